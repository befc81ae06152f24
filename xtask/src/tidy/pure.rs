//! Floors 0 to 2 are functions of their arguments: no clock, no I/O, no environment, no thread, no
//! random source.
//!
//! The lint in each crate's `clippy.toml` sees through aliases and holds for tests too; this rule
//! reads text, holds for the code that ships, and needs no list of every function.

use super::floors::{LAST_PURE, floor};
use super::rust;
use super::tree::{Complaint, Tree};

/// What may not be named.
const FORBIDDEN: &[(&str, &str)] = &[
    ("std::env", "the environment"),
    ("std::fs", "files"),
    ("std::io::stdin", "the terminal"),
    ("std::io::stdout", "the terminal"),
    ("std::net", "the network"),
    ("std::os", "the operating system"),
    ("std::process", "other programs"),
    ("std::thread", "threads"),
    ("SystemTime", "the clock"),
    ("Instant", "the clock"),
    ("Timestamp::now", "the clock"),
    ("Zoned::now", "the clock"),
    ("getrandom", "a random source"),
    ("RandomState", "a random source"),
];

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for file in tree.rust().filter(|file| !rust::is_test(&file.path)) {
        let pure = file
            .krate()
            .and_then(floor)
            .is_some_and(|floor| floor <= LAST_PURE);
        if !pure || !file.path.contains("/src/") {
            continue;
        }
        for (index, line) in rust::shipped(&file.text).lines().enumerate() {
            if line.contains("std::{") {
                let text = "import from std one path a line, so that this rule can read it";
                complaints.push(Complaint::new(&file.path, index + 1, text));
            }
            for (word, what) in FORBIDDEN.iter().filter(|(word, _)| names(line, word)) {
                let text = format!(
                    "`{word}`: floors 0 to {LAST_PURE} do not reach for {what}; take it as an argument"
                );
                complaints.push(Complaint::new(&file.path, index + 1, text));
            }
        }
    }
    complaints
}

/// Whether `line` names `word`, as a whole word.
fn names(line: &str, word: &str) -> bool {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(part_of_word) && !line[at + word.len()..].starts_with(part_of_word)
    })
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn a_pure_crate_reads_no_clock_and_no_file() {
        let bad = "//! x\nuse std::fs;\nfn f() { jiff::Timestamp::now(); }\nuse std::{net};\n";
        tree::check(
            check,
            &[("crates/policy/src/clock.rs", bad)],
            &[
                "crates/policy/src/clock.rs:2: `std::fs`: floors 0 to 2 do not reach for files; take it as an argument",
                "crates/policy/src/clock.rs:3: `Timestamp::now`: floors 0 to 2 do not reach for the clock; take it as an argument",
                "crates/policy/src/clock.rs:4: import from std one path a line, so that this rule can read it",
            ],
        );
    }

    #[test]
    fn tests_words_and_higher_floors_are_free() {
        tree::check(
            check,
            &[
                ("crates/store/src/lib.rs", "use std::fs;"),
                ("crates/model/tests/a.rs", "use std::fs;"),
                (
                    "crates/model/src/a.rs",
                    "// std::fs\n#[cfg(test)]\nmod tests { use std::fs; }\n",
                ),
                (
                    "crates/model/src/b.rs",
                    "struct Instantaneous; use std::os_string;",
                ),
            ],
            &[],
        );
    }
}
