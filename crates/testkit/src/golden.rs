//! Golden files: what a test expects, kept beside its input and reviewed as a diff.
//!
//! - In: a path and the text a test got.  Out: nothing, or a panic that shows the difference.
//! - `UPDATE_EXPECT=1` rewrites the files instead; a missing file is always a failure without it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// How many equal lines are shown around a difference.
const AROUND: usize = 2;

const HOW_TO_ACCEPT: &str = "If the new text is right, run the test again with UPDATE_EXPECT=1.";

/// Compares `got` with the file at `path`, or rewrites the file when `UPDATE_EXPECT` is set.
#[track_caller]
pub fn expect_file(path: impl AsRef<Path>, got: &str) {
    if let Err(difference) = compare(path.as_ref(), got, update()) {
        panic!("{difference}\n\n{HOW_TO_ACCEPT}");
    }
}

/// Runs `read` on each file of `dir` that ends in `.extension` and compares what it returns with
/// the `.expect` file beside it. All cases run, then every difference is shown at once.
#[track_caller]
pub fn golden(dir: impl AsRef<Path>, extension: &str, read: impl FnMut(&[u8]) -> String) {
    if let Err(differences) = compare_all(dir.as_ref(), extension, update(), read) {
        panic!("{differences}\n\n{HOW_TO_ACCEPT}");
    }
}

fn update() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some()
}

fn compare_all(
    dir: &Path,
    extension: &str,
    update: bool,
    mut read: impl FnMut(&[u8]) -> String,
) -> Result<(), String> {
    let cases = cases(dir, extension)?;
    let mut differences = Vec::new();
    for case in &cases {
        let bytes = fs::read(case).map_err(|fault| cannot("read", case, &fault))?;
        if let Err(difference) = compare(&case.with_extension("expect"), &read(&bytes), update) {
            differences.push(difference);
        }
    }
    match differences.len() {
        0 => Ok(()),
        n => Err(format!(
            "{n} of {} cases differ.\n\n{}",
            cases.len(),
            differences.join("\n\n")
        )),
    }
}

/// The cases of a folder, sorted. A folder without any would prove nothing, so it is a failure.
fn cases(dir: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let mut cases = Vec::new();
    for entry in fs::read_dir(dir).map_err(|fault| cannot("read", dir, &fault))? {
        let path = entry.map_err(|fault| cannot("read", dir, &fault))?.path();
        if path.extension().is_some_and(|found| found == extension) {
            cases.push(path);
        }
    }
    cases.sort();
    match cases.is_empty() {
        true => Err(format!("{} has no .{extension} case", dir.display())),
        false => Ok(cases),
    }
}

fn compare(path: &Path, got: &str, update: bool) -> Result<(), String> {
    match fs::read_to_string(path) {
        Ok(want) if want == got => Ok(()),
        _ if update => fs::write(path, got).map_err(|fault| cannot("write", path, &fault)),
        Ok(want) => Err(format!(
            "{} differs (- expected, + got):\n{}",
            path.display(),
            diff(&want, got)
        )),
        Err(fault) => Err(format!("{}; got:\n{got}", cannot("read", path, &fault))),
    }
}

fn cannot(what: &str, path: &Path, fault: &std::io::Error) -> String {
    format!("cannot {what} {}: {fault}", path.display())
}

/// The lines between the common start and the common end, with a little of both around them.
fn diff(want: &str, got: &str) -> String {
    let (want, got): (Vec<&str>, Vec<&str>) = (
        want.split_inclusive('\n').collect(),
        got.split_inclusive('\n').collect(),
    );
    let start = want.iter().zip(&got).take_while(|(a, b)| a == b).count();
    let room = want.len().min(got.len()) - start;
    let end = want
        .iter()
        .rev()
        .zip(got.iter().rev())
        .take(room)
        .take_while(|(a, b)| a == b)
        .count();
    let mut text = String::new();
    let mut show = |mark: char, from: usize, lines: &[&str]| {
        for (index, line) in lines.iter().enumerate() {
            let _ = write!(
                text,
                "{:>5} {mark} {}",
                from + index + 1,
                line.trim_end_matches('\n')
            );
            text.push_str(if line.ends_with('\n') {
                "\n"
            } else {
                " (no line end)\n"
            });
        }
    };
    let before = start.saturating_sub(AROUND);
    show(' ', before, &want[before..start]);
    show('-', start, &want[start..want.len() - end]);
    show('+', start, &got[start..got.len() - end]);
    let after = want.len() - end;
    show(' ', after, &want[after..(after + AROUND).min(want.len())]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TempDir;

    #[test]
    fn a_difference_names_its_lines() {
        assert_eq!(
            diff("a\nb\nc\nd\ne\n", "a\nb\nC\nd\ne\n"),
            "    1   a\n    2   b\n    3 - c\n    3 + C\n    4   d\n    5   e\n"
        );
    }

    #[test]
    fn a_missing_line_end_and_a_repeated_line_are_differences() {
        assert_eq!(diff("a\n", "a"), "    1 - a\n    1 + a (no line end)\n");
        assert_eq!(diff("a\na\n", "a\n"), "    1   a\n    2 - a\n");
    }

    #[test]
    fn every_differing_case_is_shown_and_can_be_accepted() {
        let dir = TempDir::new("golden");
        for (name, text) in [
            ("a.edi", "A"),
            ("a.expect", "A"),
            ("b.edi", "B"),
            ("b.expect", "x"),
            ("c.edi", "C"),
        ] {
            fs::write(dir.path().join(name), text).unwrap();
        }
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let failure = compare_all(dir.path(), "edi", false, text).unwrap_err();
        assert!(failure.starts_with("2 of 3 cases differ."), "{failure}");
        assert!(failure.contains("b.expect differs"), "{failure}");
        assert!(failure.contains("c.expect"), "{failure}");

        compare_all(dir.path(), "edi", true, text).unwrap();
        assert_eq!(compare_all(dir.path(), "edi", false, text), Ok(()));
    }

    #[test]
    fn a_folder_without_cases_proves_nothing() {
        let dir = TempDir::new("empty");
        let failure = compare_all(dir.path(), "edi", true, |_| String::new()).unwrap_err();
        assert!(failure.ends_with("has no .edi case"), "{failure}");
    }
}
