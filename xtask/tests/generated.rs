//! Pages of the documentation that are made from tables in the code equal what the code says.
//!
//! `UPDATE_EXPECT=1 cargo test -p xtask --test generated` writes them again.

use oriel_messages::findings;
use oriel_model::FindingKind;
use oriel_names::Weights;
use oriel_screening::{REASONS, lists};
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
    let weights = Weights::ROWS
        .iter()
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
    expect_blocks(
        "simulator.md",
        &[
            ("disguises", table(["name", "what it does"], disguises)),
            (
                "faults",
                table(["name", "in", "what the carrier does"], faults),
            ),
        ],
    );
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
