//! Golden cases of PAXLST, of tables, and of the syntax around messages; tables that the cases must cover.
//!
//! A case is `data/<folder>/<case>.edi` (or another extension) beside `<case>.expect`; `UPDATE_EXPECT=1` rewrites the
//! expectations, to be reviewed as a diff. All people, documents and carriers are invented.

#[allow(dead_code, reason = "each test shows what it needs")]
mod show;

use oriel_messages::findings;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

/// Folders of cases with the extension of what was received.
const FOLDERS: &[(&str, &str)] = &[
    ("paxlst", "edi"),
    ("edifact", "edi"),
    ("envelopes", "edi"),
    ("tables", "csv"),
    ("declarations", "json"),
    ("workbooks", "xlsx"),
];

fn cases((name, extension): &(&str, &str)) -> Vec<Vec<u8>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder(name))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|found| found == *extension))
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn every_paxlst_case_decodes_as_expected() {
    oriel_testkit::golden(folder("paxlst"), "edi", show::transmission);
}

#[test]
fn every_syntax_case_decodes_as_expected() {
    oriel_testkit::golden(folder("edifact"), "edi", show::transmission);
}

#[test]
fn every_envelope_is_opened_as_expected() {
    oriel_testkit::golden(folder("envelopes"), "edi", show::transmission);
}

#[test]
fn every_table_decodes_as_expected() {
    oriel_testkit::golden(folder("tables"), "csv", show::transmission);
}

#[test]
fn every_declaration_decodes_as_expected() {
    oriel_testkit::golden(folder("declarations"), "json", show::transmission);
}

#[test]
fn every_workbook_decodes_as_expected() {
    oriel_testkit::golden(folder("workbooks"), "xlsx", show::transmission);
}

#[test]
fn every_finding_has_a_case_that_produces_it() {
    let mut seen = BTreeSet::new();
    for bytes in FOLDERS.iter().flat_map(cases) {
        for decoded in oriel_messages::Transmission::open(&bytes).decode() {
            seen.extend(decoded.findings.iter().map(|finding| finding.kind.code));
        }
    }
    // What needs more bytes than a file should have is produced in `hostile.rs`.
    let large = [
        "EDI-0061", "EDI-0102", "EDI-0105", "EDI-0106", "EDI-0199", "TAB-0003",
    ];
    let tables = [
        findings::syntax::ROWS,
        findings::paxlst::ROWS,
        findings::table::ROWS,
    ];
    let rows = tables.into_iter().flatten();
    let missing: Vec<_> = rows
        .map(|row| row.code)
        .filter(|code| !seen.contains(code) && !large.contains(code))
        .collect();
    assert!(missing.is_empty(), "no case produces {missing:?}");
}

#[test]
fn codes_are_sorted_and_stand_once() {
    for rows in [
        findings::syntax::ROWS,
        findings::paxlst::ROWS,
        findings::table::ROWS,
    ] {
        assert!(rows.is_sorted_by(|a, b| a.code < b.code));
    }
}
