//! `oriel match`: compares persons as screening does, without a store.

use super::Format;
use crate::output::{Exit, complain, fail, print};
use oriel_screening::{
    Person, Scratch, Subject, Watchlists, Weights, Why, match_pair, search, why,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Compare the query with the candidate of each line.
    Pairs {
        /// Lines of `{"query":person,"candidate":person}`; `-` reads standard input.
        file: PathBuf,
    },
    /// Explain one pair: how common the names are, how far it is from the line, what would decide.
    Why {
        /// A person record, or a file that holds one; `-` reads standard input.
        query: String,
        /// The listed person, likewise.
        entry: String,
        /// How to print: text on a terminal, JSON elsewhere unless told.
        #[arg(long, value_enum)]
        format: Option<Format>,
    },
    /// Search lists for each query.
    Search {
        /// List file, any format that `oriel list check` reads; may be given several times.
        #[arg(long = "list", required = true)]
        lists: Vec<PathBuf>,
        /// Lines of `{"id":…,"query":person}`; `-` reads standard input.
        queries: PathBuf,
        /// Lowest score to print; the line that makes a hit unless given.
        #[arg(long)]
        min: Option<u8>,
        /// Most hits a query.
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
}

#[derive(Debug, Deserialize)]
struct Pair {
    query: Person,
    candidate: Person,
}

#[derive(Debug, Deserialize)]
struct Query {
    #[serde(default)]
    id: Value,
    query: Person,
}

/// Lines of a file that are not blank, with their numbers.
fn lines(path: &Path) -> anyhow::Result<Vec<(usize, String)>> {
    let text = String::from_utf8(super::read_input(path)?)
        .map_err(|_| fail(Exit::Unreadable, format!("{} is not UTF-8", path.display())))?;
    let numbered = (1..)
        .zip(text.lines())
        .filter(|(_, line)| !line.trim().is_empty());
    Ok(numbered
        .map(|(number, line)| (number, line.to_owned()))
        .collect())
}

/// Reads one line; the fault names the place, never the content.
fn parse<T: for<'a> Deserialize<'a>>(path: &Path, number: usize, line: &str) -> anyhow::Result<T> {
    serde_json::from_str(line).map_err(|fault| {
        fail(
            Exit::Unreadable,
            format!(
                "{}: line {number}, column {}: not a record of this form",
                path.display(),
                fault.column()
            ),
        )
    })
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    let weights = Weights::default();
    match command {
        Command::Pairs { file } => {
            for (number, line) in lines(file)? {
                let pair: Pair = parse(file, number, &line)?;
                let result = match_pair(&pair.query, &pair.candidate, &weights);
                print(&serde_json::to_string(&result)?)?;
            }
            Ok(Exit::Clean)
        }
        Command::Why {
            query,
            entry,
            format,
        } => {
            let why = why(&one(query)?, &one(entry)?, &weights);
            if Format::chosen(*format).is_json() {
                print(&serde_json::to_string(&why)?)?;
            } else {
                print(&in_words(&why))?;
            }
            Ok(Exit::Clean)
        }
        Command::Search {
            lists,
            queries,
            min,
            limit,
        } => {
            let watchlists = load(lists)?;
            let queries: Vec<Query> = lines(queries)?
                .iter()
                .map(|(number, line)| parse(queries, *number, line))
                .collect::<anyhow::Result<_>>()?;
            let mut scratch = Scratch::default();
            let lowest = min.unwrap_or(oriel_screening::LINE_SCORE);
            let mut found = false;
            let start = Instant::now();
            let mut seconds = 0.0;
            for query in &queries {
                let subject = Subject::from_person(&query.query);
                let one = Instant::now();
                let hits = search(
                    &subject,
                    &watchlists,
                    &weights,
                    lowest,
                    *limit,
                    &mut scratch,
                );
                seconds += one.elapsed().as_secs_f64();
                found |= !hits.is_empty();
                let hits: Vec<Value> = hits
                    .iter()
                    .map(|hit| {
                        json!({
                            "list": hit.list.as_str(), "entry": hit.entry.as_str(),
                            "score": hit.score, "points": hit.points,
                        })
                    })
                    .collect();
                print(
                    &json!({
                        "schema": "oriel.match-search/1", "id": query.id, "hits": hits,
                    })
                    .to_string(),
                )?;
            }
            complain(&format!(
                "{} entries, {} queries, {:.3} s searching of {:.3} s, {:.0} queries/s, \
                 peak memory {} MiB",
                watchlists.len(),
                queries.len(),
                seconds,
                start.elapsed().as_secs_f64(),
                queries.len() as f64 / seconds.max(1e-9),
                super::peak_rss() >> 20
            ));
            Ok(if found { Exit::Found } else { Exit::Clean })
        }
    }
}

/// The person of an argument: a record itself, or a file with one.
fn one(argument: &str) -> anyhow::Result<Person> {
    let path = Path::new(argument);
    if argument.trim_start().starts_with('{') {
        return parse(Path::new("argument"), 1, argument);
    }
    match lines(path)?.as_slice() {
        [(number, line)] => parse(path, *number, line),
        all => Err(fail(
            Exit::Unreadable,
            format!(
                "{} holds {} lines; one person is wanted",
                path.display(),
                all.len()
            ),
        )),
    }
}

/// An explanation for people.
fn in_words(why: &Why) -> String {
    let mut out = format!("score {}, {} points; ", why.result.score, why.result.points);
    let _ = match why.above_line {
        0.. => writeln!(out, "the line is {}: a hit by {}", why.line, why.above_line),
        short => writeln!(out, "the line is {}: no hit, {} short", why.line, -short),
    };
    if why.line_undated > 0 {
        let _ = writeln!(
            out,
            "  of the line, {} because no birth date was compared",
            why.line_undated
        );
    }
    for part in why.result.parts.iter().filter(|part| part.points != 0) {
        let theirs = part.theirs.join(" ");
        let _ = writeln!(
            out,
            "  {:+5}  {}: {} ~ {theirs}",
            part.points, part.why, part.ours
        );
    }
    out.push_str("how common the names are, by the tables:\n");
    for rate in &why.base_rates {
        let guess = if rate.known {
            ""
        } else {
            " (in no table; estimated)"
        };
        let (word, one_in, sound) = (&rate.word, rate.one_in, rate.sound_one_in);
        let _ = writeln!(
            out,
            "  {word}: 1 in {one_in}, its sound 1 in {sound}{guess}"
        );
    }
    for decider in &why.deciders {
        let verdict = |hit| if hit { "a hit" } else { "no hit" };
        let _ = writeln!(
            out,
            "not compared: {:?}. If it agreed {} points, {}; if it differed {} points, {}",
            decider.fact,
            decider.if_agrees,
            verdict(decider.hit_if_agrees),
            decider.if_differs,
            verdict(decider.hit_if_differs),
        );
    }
    out.truncate(out.trim_end().len());
    out
}

/// Lists ready for search, each named by its file.
pub(crate) fn load(paths: &[PathBuf]) -> anyhow::Result<Watchlists> {
    let indexes = paths
        .iter()
        .map(|path| Ok(Arc::new(super::list::version(path)?.index())))
        .collect::<anyhow::Result<_>>()?;
    Ok(Watchlists::new(indexes))
}
