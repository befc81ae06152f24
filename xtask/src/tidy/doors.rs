//! The doors to personal data, and who may open them.
//!
//! - Invariant: each file that opens a door stands in its list with a reason, so that a new one is
//!   a decision somebody reads. Tests are free: their people are invented.

use super::rust;
use super::tree::{Complaint, Tree};

/// A call that must not spread.
struct Door {
    /// How the call reads in code.
    call: &'static [&'static str],
    /// What it does, for the complaint.
    does: &'static str,
    /// Files, or folders with `/` at the end, that may, and why.
    open_to: &'static [(&'static str, &'static str)],
}

const DOORS: &[Door] = &[
    Door {
        call: &[".expose()", "::expose"],
        does: "takes values about persons out",
        open_to: &[
            (
                "crates/app/src/lookup.rs",
                "turns what a record can be found by into keyed digests",
            ),
            (
                "crates/app/src/receive.rs",
                "names a booking in the store after its locator",
            ),
            (
                "crates/cli/src/commands/bench/interactive.rs",
                "shows the key of its own machine to its own server; nothing about travellers",
            ),
            (
                "crates/cli/src/commands/decode.rs",
                "prints a file to whoever holds the file",
            ),
            (
                "crates/cli/src/commands/demo.rs",
                "prints sign-in links; nothing about travellers",
            ),
            (
                "crates/cli/src/commands/diff.rs",
                "prints what differs between two files to whoever holds them",
            ),
            (
                "crates/cli/src/commands/serve.rs",
                "prints the first administrator's link; nothing about travellers",
            ),
            (
                "crates/cli/src/commands/simulate/cast.rs",
                "gives an invented carrier the key of its machine; nothing about travellers",
            ),
            (
                "crates/cli/src/commands/user.rs",
                "prints sign-in links and machines' keys; nothing about travellers",
            ),
            (
                "crates/messages/src/",
                "decoders make the values, and put them together",
            ),
            (
                "crates/model/src/document.rs",
                "makes the key that documents are compared by",
            ),
            (
                "crates/model/src/merge.rs",
                "makes the keys that tell mentions of a person apart",
            ),
            (
                "crates/policy/src/lens.rs",
                "shows a value under a grant: the way out",
            ),
            (
                "crates/screening/src/subject.rs",
                "gathers what screening compares",
            ),
            (
                "crates/server/src/routes/accounts.rs",
                "shows a link or key that was just made; nothing about travellers",
            ),
            (
                "crates/server/src/routes/passkeys.rs",
                "names a ceremony to the browser; nothing about travellers",
            ),
            (
                "crates/server/src/routes/providers.rs",
                "puts a ceremony's name into its cookie; nothing about travellers",
            ),
            (
                "crates/server/src/routes/session.rs",
                "puts the session token into its cookie; nothing about travellers",
            ),
            ("crates/store/src/codec.rs", "writes records into the store"),
            (
                "crates/synth/src/sample/",
                "writes messages about people whom it invented itself",
            ),
        ],
    },
    Door {
        call: &["authorize_system("],
        does: "gives the program itself leave to read personal data",
        open_to: &[
            (
                "crates/app/src/compartment.rs",
                "merging, screening and sweeping each recipient's records",
            ),
            ("crates/policy/src/access.rs", "makes it"),
        ],
    },
];

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    DOORS.iter().flat_map(|door| callers(tree, door)).collect()
}

fn callers(tree: &Tree, door: &Door) -> Vec<Complaint> {
    const LIST: &str = "xtask/src/tidy/doors.rs";
    let mut complaints = Vec::new();
    let mut used = Vec::new();
    for file in tree.rust().filter(|file| !rust::is_test(&file.path)) {
        let code = rust::shipped(&file.text);
        let opens = |line: &str| door.call.iter().any(|call| line.contains(call));
        let Some(line) = code.lines().position(opens) else {
            continue;
        };
        match door
            .open_to
            .iter()
            .position(|(path, _)| covers(path, &file.path))
        {
            Some(row) => used.push(row),
            None => {
                let text = format!(
                    "{}: find another way, or give the reason in {LIST}",
                    door.does
                );
                complaints.push(Complaint::new(&file.path, line + 1, text));
            }
        }
    }
    for (row, (path, _)) in door.open_to.iter().enumerate() {
        if !used.contains(&row) {
            let text = format!("{path} no longer calls {}: delete its row", door.call[0]);
            complaints.push(Complaint::new(LIST, 0, text));
        }
    }
    complaints
}

fn covers(path: &str, file: &str) -> bool {
    path == file || (path.ends_with('/') && file.starts_with(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_caller_and_a_stale_row_are_both_named() {
        let door = Door {
            call: &[".expose()", "::expose"],
            does: "takes values out",
            open_to: &[
                ("crates/app/src/b.rs", "because"),
                ("crates/app/src/c.rs", "because"),
                ("crates/messages/src/", "because"),
            ],
        };
        let tree = Tree::of(&[
            ("crates/app/src/a.rs", "//! x\nfn f(p: P) { p.expose(); }"),
            (
                "crates/app/src/b.rs",
                "fn f(p: P) { p.map(Personal::expose); }",
            ),
            (
                "crates/app/src/c.rs",
                "// .expose()\n#[cfg(test)]\nmod tests { fn f() { p.expose(); } }",
            ),
            ("crates/messages/src/x/y.rs", "fn f(p: P) { p.expose(); }"),
            ("crates/app/tests/d.rs", "fn f(p: P) { p.expose(); }"),
        ]);
        let lines: Vec<String> = callers(&tree, &door)
            .iter()
            .map(Complaint::to_string)
            .collect();
        assert_eq!(
            lines,
            [
                "crates/app/src/a.rs:2: takes values out: find another way, or give the reason in xtask/src/tidy/doors.rs",
                "xtask/src/tidy/doors.rs: crates/app/src/c.rs no longer calls .expose(): delete its row",
            ]
        );
    }
}
