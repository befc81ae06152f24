//! `docs/law.md`: from each requirement to its clause, the profile's keys, the code and the tests.
//!
//! - In: `docs/requirements.md`, the trail of profile keys, and every Rust file that cites an id.
//!   Out: the page, compared with the file; `UPDATE_EXPECT=1 cargo test -p xtask --test law` writes
//!   it again.
//! - Invariant: a test counts for a requirement only where it cites its id: in the comment above it,
//!   in its body, or in the header of a file that holds nothing but tests.

use oriel_policy::Profile;
use oriel_policy::profile::trail;
use oriel_testkit::expect_file;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What one id is cited by.
#[derive(Default)]
struct Cited {
    code: BTreeSet<String>,
    tests: BTreeSet<String>,
}

#[test]
fn the_trail_of_the_law_is_what_profiles_code_and_tests_say() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut cited = BTreeMap::<String, Cited>::new();
    let mut files = Vec::new();
    for folder in ["crates", "xtask/src", "web/src"] {
        walk(&root.join(folder), &mut files);
    }
    for file in files {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap();
        // The trail of keys is the page's own column.
        if !path.ends_with("profile/trail.rs") && !path.ends_with("profile/tables.rs") {
            gather(path, &std::fs::read_to_string(&file).unwrap(), &mut cited);
        }
    }
    let mut keys = BTreeMap::<&str, BTreeSet<String>>::new();
    for id in Profile::builtins() {
        for row in Profile::builtin(id).unwrap().rows() {
            for requirement in trail(&row.key).unwrap_or_default() {
                let key = keys.entry(*requirement).or_default();
                key.insert(short(&row.key));
            }
        }
    }
    let page = std::fs::read_to_string(root.join("docs/requirements.md")).unwrap();
    let mut out = String::from(
        "# The trail of the law\n\n\
         From each [requirement](requirements.md) to the clause, the keys of a \
         [legal profile](profiles.md), the code and the tests that cite it. Made from these: \
         `UPDATE_EXPECT=1 cargo test -p xtask --test law` writes it again. A test is named where \
         the comment above it or its body cites the id.\n\n\
         | id | clause | profile | code | tests |\n|---|---|---|---|---|\n",
    );
    let mut open = Vec::new();
    for line in page.lines().filter(|line| line.starts_with("| R-")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let (id, clause) = (cells[1], cells[3]);
        let empty = Cited::default();
        let by = cited.get(id).unwrap_or(&empty);
        if by.tests.is_empty() {
            open.push(id);
        }
        let code = |set: &BTreeSet<String>| {
            let marked = set.iter().map(|item| format!("`{item}`"));
            marked.collect::<Vec<_>>().join(", ")
        };
        let keys = keys.get(id).cloned().unwrap_or_default();
        out += &format!(
            "| {id} | {clause} | {} | {} | {} |\n",
            code(&keys),
            code(&by.code),
            if by.tests.is_empty() {
                "**none cites it**".to_owned()
            } else {
                code(&by.tests)
            }
        );
    }
    out += &format!(
        "\n## Without a test that cites them\n\n{}.\n",
        open.join(", ")
    );
    expect_file(root.join("docs/law.md"), &out);
}

/// A profile's key as far as it says something new: elements and ways are many.
fn short(key: &str) -> String {
    let parts: Vec<&str> = key.split('.').collect();
    match parts[..] {
        ["elements" | "masked" | "purposes", _] => format!("{}.*", parts[0]),
        ["selection", mode, _] => format!("selection.{mode}.*"),
        ["sensitive", "terms", _] => "sensitive.terms.*".to_owned(),
        ["push", "expected", ..] => "push.expected.*".to_owned(),
        ["retention", "stages", ..] => "retention.stages.*".to_owned(),
        _ => key.to_owned(),
    }
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut inside: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    inside.sort();
    for path in inside {
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Adds what one file cites.
fn gather(path: &str, text: &str, cited: &mut BTreeMap<String, Cited>) {
    let only_tests = path.contains("/tests/");
    // Ids of the comment that is being read; whether a test attribute was seen since; the test
    // that is being read.
    let (mut pending, mut is_test, mut test) = (Vec::new(), false, None::<String>);
    let mut in_tests = only_tests;
    for line in text.lines() {
        let line = line.trim();
        let ids = ids(line);
        if line.starts_with("#[cfg(test)]") {
            in_tests = true;
        }
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            (is_test, test) = (true, None);
        }
        if line.starts_with("//!") {
            for id in ids {
                let by = cited.entry(id).or_default();
                let set = if only_tests {
                    &mut by.tests
                } else {
                    &mut by.code
                };
                set.insert(path.to_owned());
            }
            continue;
        }
        if line.starts_with("///") {
            // Inside of a body nobody writes such a comment: the test is over.
            test = None;
            pending.extend(ids);
            continue;
        }
        if line.starts_with("#[") {
            continue;
        }
        if let Some(name) = function(line) {
            if is_test {
                test = Some(format!("{path}: {name}"));
            } else if in_tests {
                test = None;
            }
            is_test = false;
        }
        for id in pending.drain(..).chain(ids) {
            let by = cited.entry(id).or_default();
            match &test {
                Some(test) => by.tests.insert(test.clone()),
                None => by.code.insert(path.to_owned()),
            };
        }
    }
}

/// The name of the function that begins on a line.
fn function(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub ").unwrap_or(line);
    let line = line.strip_prefix("async ").unwrap_or(line);
    let name = line.strip_prefix("fn ")?;
    name.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .next()
}

/// The ids on a line, as the rules of the house know them.
fn ids(line: &str) -> Vec<String> {
    let starts = line.match_indices("R-").map(|(at, _)| at);
    starts
        .filter_map(|at| {
            let rest = &line[at + 2..];
            let letters = rest.bytes().take_while(u8::is_ascii_uppercase).count();
            let digits = rest.get(letters..)?.strip_prefix('-')?;
            let digits = digits.bytes().take_while(u8::is_ascii_digit).count();
            let whole = (2..=4).contains(&letters) && digits == 2;
            whole.then(|| line[at..at + letters + 5].to_owned())
        })
        .collect()
}

#[test]
fn a_test_is_found_by_its_comment_its_body_or_its_file() {
    let id = concat!("R-", "RET-02");
    let found = |path: &str, text: &str| {
        let mut cited = BTreeMap::new();
        gather(path, &text.replace("ID", id), &mut cited);
        let by = cited.remove(id).unwrap_or_default();
        let list = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(" ");
        (list(by.code), list(by.tests))
    };
    let pair = |code: &str, tests: &str| (code.to_owned(), tests.to_owned());
    let test = "#[cfg(test)]\nmod tests {\n    /// ID.\n    #[test]\n    fn holds() {}\n}";
    assert_eq!(found("a.rs", test), pair("", "a.rs: holds"));
    let body = "#[test]\nfn holds() {\n    // ID\n}";
    assert_eq!(found("a.rs", body), pair("", "a.rs: holds"));
    assert_eq!(found("a.rs", "//! ID\nfn f() {}"), pair("a.rs", ""));
    let after = "#[test]\nfn holds() {}\n/// ID\nfn helper() {}";
    assert_eq!(
        found("a.rs", &format!("mod tests {{\n{after}")),
        pair("a.rs", "")
    );
    assert_eq!(found("c/tests/d.rs", "//! ID"), pair("", "c/tests/d.rs"));
}
