//! Pages of the documentation that are made from tables in the code equal what the code says.
//!
//! `UPDATE_EXPECT=1 cargo test -p xtask --test generated` writes them again.

use oriel_messages::findings;
use oriel_model::FindingKind;
use oriel_names::Weights;
use oriel_policy::Profile;
use oriel_screening::{REASONS, lists};
use oriel_synth::sample::{DEVIATIONS, FORMS};
use oriel_testkit::expect_file;
use std::path::PathBuf;

#[test]
fn the_page_of_findings_is_the_tables() {
    let mut page = String::from(
        "# Findings\n\n\
         Everything that can be odd about a message, made from the tables under \
         `crates/messages/src/findings` (see the [recipe](recipes/finding.md)). `oriel explain CODE` \
         prints one. A finding never costs a traveller the screening, except where its severity is \
         *refused*: then the message could not be taken, and its sender is told.\n",
    );
    for (title, rows) in [
        ("Syntax and envelopes", findings::syntax::ROWS),
        ("PAXLST", findings::paxlst::ROWS),
        ("PNRGOV", findings::pnrgov::ROWS),
        ("PNRGOV in XML", findings::xml::ROWS),
        ("Tables and declarations", findings::table::ROWS),
        ("Schedule files", findings::ssim::ROWS),
        ("Reception", findings::reception::ROWS),
    ] {
        page += &format!("\n## {title}\n\n{}", findings_table(rows));
    }
    for kind in findings::all() {
        let row = format!("| {} |", kind.code);
        assert!(page.contains(&row), "{} is in no table", kind.code);
    }
    expect_file(docs("findings.md"), &page);
}

#[test]
fn reasons_and_weights_are_the_tables() {
    let reasons = REASONS
        .iter()
        .map(|(code, words)| [format!("`{code}`"), (*words).to_owned()]);
    let weights = Weights::table()
        .into_iter()
        .map(|(name, value, words)| [format!("`{name}`"), value.to_string(), (*words).to_owned()]);
    expect_blocks(
        "matching.md",
        &[
            ("reasons", table(["code", "in words"], reasons)),
            ("weights", table(["weight", "points", "for"], weights)),
        ],
    );
}

#[test]
fn list_formats_are_the_tables() {
    let sources = lists::SOURCES
        .iter()
        .map(|row| [format!("`{}`", row.name), row.label.to_owned()]);
    let fields = lists::FIELDS
        .iter()
        .map(|(name, takes)| [format!("`{name}`"), (*takes).to_owned()]);
    expect_blocks(
        "formats/lists.md",
        &[
            ("sources", table(["format", "what it is"], sources)),
            ("fields", table(["field", "takes"], fields)),
        ],
    );
}

#[test]
fn disguises_and_faults_of_the_simulator_are_the_tables() {
    let disguises =
        oriel_synth::disguises().map(|(name, does)| [format!("`{name}`"), does.to_owned()]);
    let faults = oriel_synth::faults()
        .map(|(name, kind, does)| [format!("`{name}`"), kind.to_owned(), does.to_owned()]);
    let formats = FORMS
        .iter()
        .map(|form| [format!("`{}`", form.name), form.what.to_owned()]);
    let deviations = DEVIATIONS.iter().map(|row| {
        let told = row
            .told
            .map_or_else(String::new, |code| format!("`{code}`"));
        [
            format!("`{}`", row.name),
            format!("`{}`", row.form),
            row.does.to_owned(),
            told,
        ]
    });
    expect_blocks(
        "simulator.md",
        &[
            ("formats", table(["name", "what it is"], formats)),
            (
                "deviations",
                table(
                    ["name", "in", "what the carrier does", "told by"],
                    deviations,
                ),
            ),
            ("disguises", table(["name", "what it does"], disguises)),
            (
                "faults",
                table(["name", "in", "what the carrier does"], faults),
            ),
        ],
    );
}

/// Values by which laws are compared.
const NUMBERS: &[&str] = &[
    "retention.anchor",
    "retention.mask",
    "retention.post_initial",
    "retention.total",
    "retention.total_linked",
    "retention.log",
    "unmask.authority",
    "unmask.urgent",
    "disclosure.review_after_arrival",
    "recipient.kind",
    "modules.pnr",
    "selection.air.intra",
];

#[test]
fn the_numbers_of_profiles_are_those_of_their_files() {
    const LAWS: [&str; 6] = [
        "eu-2022",
        "eu-2016",
        "germany",
        "canada",
        "icao-minimum",
        "api-only",
    ];
    let rows = LAWS.map(|id| Profile::builtin(id).unwrap().rows());
    let lines = NUMBERS.iter().map(|key| {
        let value = |law: usize| {
            let row = rows[law].iter().find(|row| row.key == *key);
            row.map_or("-".to_owned(), |row| {
                format!("{} ({})", row.value.replace('_', " "), row.status.name())
            })
        };
        let mut line: [String; 7] =
            std::array::from_fn(|n| n.checked_sub(1).map_or_else(String::new, value));
        line[0] = format!("`{key}`");
        line
    });
    let mut head = ["value"; 7];
    head[1..].copy_from_slice(&LAWS);
    expect_blocks("profiles.md", &[("numbers", table(head, lines))]);
}

fn findings_table(kinds: &[&FindingKind]) -> String {
    let rows = kinds.iter().map(|kind| {
        let FindingKind {
            code,
            severity,
            text,
            source,
            advice,
        } = kind;
        [code, severity.name(), text, source, advice].map(str::to_owned)
    });
    table(
        [
            "code",
            "severity",
            "what is odd",
            "source",
            "advice to the sender",
        ],
        rows,
    )
}

fn table<const N: usize>(head: [&str; N], rows: impl Iterator<Item = [String; N]>) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(N));
    for row in rows {
        let cells = row.map(|cell| cell.replace('|', "\\|"));
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}

/// Compares the stretches of a page between `<!-- name: … -->` and `<!-- end -->`.
#[track_caller]
fn expect_blocks(page: &str, blocks: &[(&str, String)]) {
    let path = docs(page);
    let mut text = std::fs::read_to_string(&path).unwrap();
    for (name, block) in blocks {
        let mark = format!("<!-- {name}: ");
        let start = text.find(&mark).expect("the page has the block");
        let start = start + text[start..].find('\n').expect("a line ends") + 1;
        let end = start + text[start..].find("<!-- end -->").expect("the block ends");
        text.replace_range(start..end, &format!("\n{block}\n"));
    }
    expect_file(path, &text);
}

fn docs(page: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(page)
}
