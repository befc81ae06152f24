//! Every legal requirement that the code cites by its id stands on the page that explains it.

use super::tree::{Complaint, Tree};
use std::collections::BTreeSet;

const PAGE: &str = "docs/requirements.md";

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let page = tree.file(PAGE).map_or("", |file| &file.text);
    let explained: BTreeSet<&str> = page
        .lines()
        .filter(|line| line.starts_with("| R-"))
        .flat_map(|line| ids(line).into_iter().take(1))
        .collect();
    let mut complaints = Vec::new();
    for file in tree.files.iter().filter(|file| file.path != PAGE) {
        for (number, line) in file.lines() {
            for id in ids(line).into_iter().filter(|id| !explained.contains(id)) {
                complaints.push(Complaint::new(
                    &file.path,
                    number,
                    format!("cites {id}, which {PAGE} does not explain"),
                ));
            }
        }
    }
    complaints
}

/// The ids on a line: `R-`, two to four capitals, `-`, two digits.
fn ids(line: &str) -> Vec<&str> {
    let starts = line.match_indices("R-").map(|(at, _)| at);
    let alone =
        starts.filter(|at| !line[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '-'));
    alone
        .filter_map(|at| {
            let rest = &line[at + 2..];
            let letters = rest.bytes().take_while(u8::is_ascii_uppercase).count();
            let digits = rest.get(letters..)?.strip_prefix('-')?;
            let digits = digits.bytes().take_while(u8::is_ascii_digit).count();
            ((2..=4).contains(&letters) && digits == 2).then(|| &line[at..at + 2 + letters + 3])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn an_id_without_an_explanation_is_named() {
        tree::check(
            check,
            &[
                (
                    "a.rs",
                    concat!(
                        "//! R-",
                        "ING-11 and (R-",
                        "XYZ-01), not R-107 nor PAR-AB-12\n"
                    ),
                ),
                (
                    PAGE,
                    concat!("| R-", "ING-11 | erased at once | as R-", "XYZ-01 |\n"),
                ),
            ],
            &[concat!(
                "a.rs:1: cites R-",
                "XYZ-01, which docs/requirements.md does not explain"
            )],
        );
    }
}
