//! Documents and comments point at what is there: relative links, headings, and paths written as
//! code; and a folder's `README.md` leads to every page of the folder.

use super::tree::{Complaint, File, Tree};
use std::collections::BTreeSet;

/// Folders at the root: a path that is written as code and starts with one must exist.
const ROOMS: &[&str] = &[
    "crates/",
    "data/",
    "docs/",
    "fuzz/",
    "profiles/",
    "web/",
    "xtask/",
];

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let pages = tree.files.iter().filter(|file| file.is("md"));
    let pages = pages.flat_map(|file| page(tree, file));
    pages
        .chain(tree.rust().flat_map(|file| comments(tree, file)))
        .chain(unlisted(tree))
        .collect()
}

/// Pages below `docs/` that the `README.md` next above them does not link to.
fn unlisted(tree: &Tree) -> Vec<Complaint> {
    let pages = tree.files.iter().filter(|file| file.is("md"));
    let pages =
        pages.filter(|file| file.path.starts_with("docs/") && !file.path.ends_with("/README.md"));
    let mut complaints = Vec::new();
    for page in pages {
        let mut folder = page.path.as_str();
        let mut readme = None;
        while let (None, Some((above, _))) = (readme, folder.rsplit_once('/')) {
            folder = above;
            readme = tree.file(&format!("{folder}/README.md"));
        }
        let Some(readme) = readme else { continue };
        let mut targets = readme.lines().flat_map(|(_, line)| links(line));
        if !targets.any(|target| resolve(&readme.path, target) == page.path) {
            complaints.push(Complaint::new(
                &page.path,
                1,
                format!("{} does not lead here", readme.path),
            ));
        }
    }
    complaints
}

fn comments(tree: &Tree, file: &File) -> Vec<Complaint> {
    let lines = file
        .lines()
        .filter(|(_, line)| line.trim_start().starts_with("//"));
    lines
        .flat_map(|(number, line)| paths(tree, file, number, line))
        .collect()
}

fn page(tree: &Tree, file: &File) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let mut fenced = false;
    for (number, line) in file.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for target in links(line) {
            if let Some(what) = broken(tree, file, target) {
                let text = format!("the link to {target} leads nowhere: {what}");
                complaints.push(Complaint::new(&file.path, number, text));
            }
        }
        complaints.extend(paths(tree, file, number, line));
    }
    complaints
}

/// Complaints about paths in backticks.
fn paths(tree: &Tree, file: &File, number: usize, line: &str) -> Vec<Complaint> {
    let named = line
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|code| is_path(code));
    named
        .filter(|path| !tree.has(path.trim_end_matches('/')))
        .map(|path| {
            Complaint::new(
                &file.path,
                number,
                format!("names {path}, which is not there"),
            )
        })
        .collect()
}

/// The targets of `[text](target)` and `![text](target)` on a line, code left out.
fn links(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("](") {
        let target = after.split([')', ' ']).next().unwrap_or("");
        if before.matches('`').count().is_multiple_of(2) {
            found.push(target);
        }
        rest = &rest[before.len() + 2..];
    }
    found
}

/// What is wrong with a link of `file`, if anything.
fn broken(tree: &Tree, file: &File, target: &str) -> Option<String> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (path, heading) = target.split_once('#').unwrap_or((target, ""));
    let path = if path.is_empty() {
        file.path.clone()
    } else {
        resolve(&file.path, path)
    };
    if !tree.has(&path) {
        return Some(format!("there is no {path}"));
    }
    let page = tree.file(&path).filter(|page| page.is("md"))?;
    (!heading.is_empty() && !headings(page).contains(heading))
        .then(|| format!("{path} has no heading #{heading}"))
}

/// `target` as seen from the folder of `from`.
fn resolve(from: &str, target: &str) -> String {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// The anchors that code-hosting sites make of headings.
fn headings(page: &File) -> BTreeSet<String> {
    let lines = page
        .lines()
        .filter_map(|(_, line)| Some(line.strip_prefix('#')?.trim_start_matches('#')));
    lines
        .map(|title| {
            let kept = title
                .trim()
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.collect::<String>().to_lowercase().replace(' ', "-")
        })
        .collect()
}

/// Whether code in a document is a path of ours and no pattern such as `crates/<name>`.
fn is_path(code: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    ROOMS.iter().any(|room| code.starts_with(room)) && code.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn links_headings_and_paths_that_lead_nowhere_are_named() {
        let page = "# A page\n[a](b.md) [b](../README.md#run-it) [c](https://x/y)\n\
            [d](#a-page) [e](#no) ![f](no.png)\n`docs/b.md` `docs/c.md` `docs/<x>.md` `crates/`\n\
            ```\n[g](no.md)\n```\n`[h](no.md)`\n";
        tree::check(
            check,
            &[
                ("README.md", "## Run it!\n"),
                ("crates/x/Cargo.toml", ""),
                ("docs/a.md", page),
                ("docs/b.md", ""),
                (
                    "x.rs",
                    "//! See `docs/d.md`.\nconst A: &str = \"`docs/e.md`\";\n",
                ),
            ],
            &[
                "docs/a.md:3: the link to #no leads nowhere: docs/a.md has no heading #no",
                "docs/a.md:3: the link to no.png leads nowhere: there is no docs/no.png",
                "docs/a.md:4: names docs/c.md, which is not there",
                "x.rs:1: names docs/d.md, which is not there",
            ],
        );
    }

    #[test]
    fn a_page_that_no_readme_leads_to_is_named() {
        tree::check(
            check,
            &[
                ("docs/README.md", "[a](a.md) [c](c/c.md)"),
                ("docs/a.md", ""),
                ("docs/b.md", ""),
                ("docs/c/c.md", ""),
                ("docs/d/README.md", "[e](e.md)"),
                ("docs/d/e.md", ""),
                ("docs/d/f.md", ""),
            ],
            &[
                "docs/b.md:1: docs/README.md does not lead here",
                "docs/d/f.md:1: docs/d/README.md does not lead here",
            ],
        );
    }
}
