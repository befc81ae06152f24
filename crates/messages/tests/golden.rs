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

/// Folders of all formats, with the extension of a case.
const ALL: &[(&str, &str)] = &[
    ("paxlst", "edi"),
    ("pnrgov", "edi"),
    ("xml", "xml"),
    ("edifact", "edi"),
    ("envelopes", "edi"),
    ("tables", "csv"),
    ("declarations", "json"),
    ("workbooks", "xlsx"),
    ("replies", "edi"),
    ("ssim", "ssim"),
    ("mrz", "mrz"),
];

#[test]
fn every_format_has_a_dozen_cases_of_which_four_are_broken() {
    for (name, extension) in ALL {
        let paths = fs::read_dir(folder(name))
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let cases = paths.filter(|path| path.extension().is_some_and(|found| found == *extension));
        let cases: Vec<PathBuf> = cases.collect();
        let is_broken = |path: &&PathBuf| {
            let named = path
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("broken");
            let expect = fs::read_to_string(path.with_extension("expect")).unwrap();
            let told = |line: &str| line.starts_with("! ") && line.contains(" error ");
            named || expect.starts_with("refused") || expect.lines().any(told)
        };
        let broken = cases.iter().filter(is_broken).count();
        assert!(
            cases.len() >= 12 && broken >= 4,
            "{name}: {broken} of {}",
            cases.len()
        );
    }
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
