//! No file names a package registry's host or a place on somebody's machine: both are true for one
//! machine only.

use super::tree::{Complaint, Tree};

/// What no file says. Spelled in halves, because this file is read too.
const HOSTS: &[&str] = &[
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("files.", "pythonhosted.org"),
    concat!("deb.", "debian.org"),
    concat!("proxy.", "golang.org"),
];

/// Folders of one machine.
const PLACES: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
];

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    // Cargo.lock names the registry of each crate; that is its format, and cargo replaces it where
    // a mirror is configured.
    for file in tree
        .files
        .iter()
        .filter(|file| !file.path.ends_with("Cargo.lock"))
    {
        for (number, line) in file.lines() {
            for host in HOSTS.iter().filter(|host| line.contains(**host)) {
                let text = format!("names the registry host {host}: leave that to the machine");
                complaints.push(Complaint::new(&file.path, number, text));
            }
            for place in PLACES.iter().filter(|place| names_place(line, place)) {
                let text = format!("names a place of one machine ({place}…)");
                complaints.push(Complaint::new(&file.path, number, text));
            }
        }
    }
    complaints
}

/// Whether the path starts here: not in the middle of another.
fn names_place(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        !line[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}'))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn hosts_and_places_are_named() {
        let text = format!(
            "see https://{}/x\nin {}me/x\n[a](docs{}me/)\n",
            HOSTS[0], PLACES[1], PLACES[1]
        );
        tree::check(
            check,
            &[("a.md", &text)],
            &[
                &format!(
                    "a.md:1: names the registry host {}: leave that to the machine",
                    HOSTS[0]
                ),
                &format!("a.md:2: names a place of one machine ({}…)", PLACES[1]),
            ],
        );
    }
}
