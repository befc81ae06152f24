//! Pages of the documentation that are made from tables in the code equal what the code says.
//!
//! `UPDATE_EXPECT=1 cargo test -p xtask` writes them again.

use oriel_messages::findings;
use oriel_model::FindingKind;
use oriel_testkit::expect_file;
use std::fmt::Write;
use std::path::Path;

#[test]
fn the_page_of_findings_is_the_tables() {
    let mut page = String::from(
        "# Findings\n\n\
         Everything that can be odd about a message, made from the tables under \
         `crates/messages/src/findings` (see the [recipe](recipes/finding.md)). `oriel explain CODE` \
         prints one. A finding never costs a traveller the screening, except where its severity is \
         *refused*: then the message could not be taken whole, and its sender is told.\n",
    );
    for (title, rows) in [
        ("Syntax and envelopes", findings::syntax::ROWS),
        ("PAXLST", findings::paxlst::ROWS),
        ("PNRGOV", findings::pnrgov::ROWS),
    ] {
        section(&mut page, title, rows);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/findings.md");
    expect_file(path, &page);
}

fn section(page: &mut String, title: &str, rows: &[&FindingKind]) {
    let _ = write!(
        page,
        "\n## {title}\n\n\
         | code | severity | what is odd | source | advice to the sender |\n|---|---|---|---|---|\n"
    );
    for kind in rows {
        let FindingKind {
            code,
            severity,
            text,
            source,
            advice,
        } = kind;
        let _ = writeln!(
            page,
            "| {code} | {} | {text} | {source} | {advice} |",
            severity.name()
        );
    }
}
