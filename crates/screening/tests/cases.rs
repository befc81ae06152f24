//! Invented pairs of people over many cultures of names, judged by hand, against a frozen result.
//!
//! `UPDATE_EXPECT=1 cargo test -p oriel-screening --test cases` rewrites `cases.expect`; the diff
//! then shows which pairs moved.

use oriel_screening::{Person, Weights, match_pair};
use std::fmt::Write;
use std::path::Path;

#[test]
fn judged_pairs_give_the_frozen_result() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let weights = Weights::default();
    let mut reader = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_path(dir.join("cases.csv"))
        .expect("cases.csv is beside this file");
    let (mut frozen, mut wrong) = (String::new(), 0);
    for row in reader.records() {
        let row = row.expect("cases.csv is well formed");
        let list = |text: &str| {
            (!text.is_empty())
                .then(|| text.into())
                .into_iter()
                .collect()
        };
        let person = |name: usize, born: usize, state: usize| Person {
            names: vec![row[name].into()],
            dob: list(&row[born]),
            nationality: list(&row[state]),
            ..Person::default()
        };
        let result = match_pair(&person(2, 4, 6), &person(3, 5, 7), &weights);
        let right = match &row[0] {
            "yes" => result.matches,
            "no" => !result.matches,
            _ => true,
        };
        wrong += usize::from(!right);
        let mark = if right { ' ' } else { '!' };
        let _ = writeln!(
            frozen,
            "{mark} {:>4} {:4} {}: {} ~ {}",
            result.points, &row[0], &row[1], &row[2], &row[3]
        );
        let sum: i32 = result.parts.iter().map(|p| i32::from(p.points)).sum();
        assert_eq!(sum, result.points, "the parts add up: {row:?}");
    }
    let _ = writeln!(frozen, "{wrong} wrong");
    let expect = dir.join("cases.expect");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&expect, &frozen).expect("the test directory can be written");
    }
    let was = std::fs::read_to_string(&expect).unwrap_or_default();
    let moved: Vec<_> = frozen
        .lines()
        .filter(|l| !was.lines().any(|w| w == *l))
        .collect();
    assert!(was == frozen, "pairs that moved:\n{}", moved.join("\n"));
}
