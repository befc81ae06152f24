//! The rules of the house that no compiler knows.
//!
//! - In: the files of the workspace.  Out: complaints, each with file, line and what to do.
//! - Each rule is a function of a [`Tree`] and is tested on a bad sample; the last test applies
//!   all of them to the workspace itself, so that `cargo test` fails where `cargo xtask tidy` does.

mod changelog;
mod clippy;
mod doors;
mod fixtures;
mod floors;
mod headers;
mod leaks;
mod leftovers;
mod links;
mod locks;
mod pure;
mod requirements;
mod rust;
mod tree;

use crate::args::Args;
use crate::root;
use crate::step::Steps;
use anyhow::{Result, bail};
use tree::{Complaint, Tree};

type Rule = fn(&Tree) -> Vec<Complaint>;

const RULES: &[Rule] = &[
    floors::manifests,
    floors::page,
    headers::check,
    pure::check,
    clippy::check,
    doors::check,
    leftovers::check,
    fixtures::check,
    leaks::check,
    locks::check,
    changelog::check,
    links::check,
    requirements::check,
];

pub(crate) fn run(args: Args) -> Result<()> {
    args.done()?;
    step(&mut Steps::new())
}

/// All rules on the workspace.
pub(crate) fn step(steps: &mut Steps) -> Result<()> {
    steps.step("tidy", || {
        let complaints = complaints(&Tree::read(root())?);
        for complaint in &complaints {
            println!("   {complaint}");
        }
        match complaints.len() {
            0 => Ok(()),
            1 => bail!("the line above says what to mend"),
            n => bail!("the {n} lines above say what to mend"),
        }
    })
}

fn complaints(tree: &Tree) -> Vec<Complaint> {
    let mut complaints: Vec<Complaint> = RULES.iter().flat_map(|rule| rule(tree)).collect();
    complaints.sort();
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_is_tidy() {
        let complaints = complaints(&Tree::read(root()).unwrap());
        let lines: Vec<String> = complaints.iter().map(Complaint::to_string).collect();
        assert!(lines.is_empty(), "{}", lines.join("\n"));
    }
}
