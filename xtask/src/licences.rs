//! Every crate we build on has a licence that `deny.toml` allows.
//!
//! `cargo deny` checks the same file and more, where it is installed; this needs nothing.

use crate::root;
use crate::step::{Steps, answer, cargo};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::fs;

pub(crate) fn step(steps: &mut Steps) -> Result<()> {
    steps.step("licences", || {
        let text =
            fs::read_to_string(root().join("deny.toml")).context("could not read deny.toml")?;
        let allowed = allowed(&text);
        let host = answer(&mut cargo(&["-vV"])).unwrap_or_default();
        let host = host
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .unwrap_or_default();
        let wanted = [
            "metadata",
            "--format-version=1",
            "--locked",
            "--filter-platform",
            host,
        ];
        let metadata = answer(&mut cargo(&wanted)).context("`cargo metadata` failed")?;
        let licences = licences(&metadata);
        if licences.is_empty() {
            bail!("`cargo metadata` named no licence");
        }
        let refused: Vec<&str> = licences
            .keys()
            .copied()
            .filter(|licence| !accepts(licence, &allowed))
            .collect();
        if !refused.is_empty() {
            bail!(
                "deny.toml does not allow: {}; `cargo tree --format '{{p}} {{l}}'` says who",
                refused.join(", ")
            );
        }
        for (licence, count) in licences {
            println!("   {count:>4}  {licence}");
        }
        Ok(())
    })
}

/// The rows of `allow = [ … ]`.
fn allowed(deny: &str) -> Vec<&str> {
    let list = deny.split_once("\nallow = [").map_or("", |(_, rest)| rest);
    list.split(']')
        .next()
        .unwrap_or("")
        .split('"')
        .skip(1)
        .step_by(2)
        .collect()
}

/// Licence expressions with the number of packages that carry them. A package without one counts
/// as `none`.
fn licences(metadata: &str) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for rest in metadata.split("\"license\":").skip(1) {
        let licence = match rest.strip_prefix('"') {
            Some(text) => text.split('"').next().unwrap_or("none"),
            None => "none",
        };
        *counts.entry(licence).or_insert(0) += 1;
    }
    counts
}

/// Whether an SPDX expression can be met: one side of each OR, both of each AND.
///
/// `/` is the old spelling of OR. An exception (`WITH`) only ever adds permissions.
fn accepts(expression: &str, allowed: &[&str]) -> bool {
    let text = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut at = 0;
    any(&words, &mut at, allowed) && at == words.len()
}

fn any(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let mut met = all(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all(words, at, allowed);
    }
    met
}

fn all(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let word = words.get(*at).copied().unwrap_or("none");
    *at += 1;
    if word == "(" {
        let met = any(words, at, allowed);
        *at += 1;
        return met;
    }
    if words.get(*at) == Some(&"WITH") {
        *at += 2;
    }
    allowed.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_as_spdx_means_them() {
        let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"];
        for (expression, expect) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("GPL-3.0 OR MIT", true),
            ("MIT/Apache-2.0", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(MIT OR Apache-2.0) AND LGPL-2.1", false),
            ("MIT AND GPL-3.0 OR Apache-2.0", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("none", false),
            ("MIT MIT", false),
        ] {
            assert_eq!(accepts(expression, &allowed), expect, "{expression}");
        }
    }

    #[test]
    fn packages_without_a_licence_are_counted() {
        let metadata = r#"[{"license":"MIT"},{"license":null},{"license":"MIT"}]"#;
        assert_eq!(
            licences(metadata),
            BTreeMap::from([("MIT", 2), ("none", 1)])
        );
    }

    #[test]
    fn the_allow_list_is_read_from_deny_toml() {
        assert_eq!(
            allowed("[licenses]\nallow = [\n  \"MIT\", # yes\n  \"ISC\",\n]\n"),
            ["MIT", "ISC"]
        );
    }
}
