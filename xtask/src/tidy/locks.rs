//! The lock files are checked in, hold no download address, and none of the crates we decided
//! against.

use super::tree::{Complaint, Tree};

/// Crates that must not come in by a side door: one TLS stack, rustls with ring.
const UNWANTED: &[&str] = &["aws-lc-sys", "native-tls", "openssl-sys"];

pub(super) fn check(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    match tree.file("Cargo.lock") {
        None => complaints.push(Complaint::new("Cargo.lock", 0, "must be checked in")),
        Some(lock) => {
            for (number, line) in lock.lines() {
                let name = line
                    .strip_prefix("name = \"")
                    .and_then(|rest| rest.strip_suffix('"'));
                if let Some(name) = name.filter(|name| UNWANTED.contains(name)) {
                    let text = format!("{name} came in: `cargo tree -i {name}` says by whom");
                    complaints.push(Complaint::new(&lock.path, number, text));
                }
            }
        }
    }
    for lock in tree
        .files
        .iter()
        .filter(|file| file.path.ends_with("package-lock.json"))
    {
        let address = lock
            .lines()
            .find(|(_, line)| line.contains("\"resolved\": \"http"));
        if let Some((number, _)) = address {
            let text = "records download addresses: lock again with omit-lockfile-registry-resolved=true in .npmrc";
            complaints.push(Complaint::new(&lock.path, number, text));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[test]
    fn unwanted_crates_and_addresses_are_named() {
        tree::check(
            check,
            &[
                ("Cargo.lock", "[[package]]\nname = \"openssl-sys\"\n"),
                (
                    "web/package-lock.json",
                    "{\n  \"resolved\": \"https://x\"\n}",
                ),
            ],
            &[
                "Cargo.lock:2: openssl-sys came in: `cargo tree -i openssl-sys` says by whom",
                "web/package-lock.json:2: records download addresses: lock again with omit-lockfile-registry-resolved=true in .npmrc",
            ],
        );
    }

    #[test]
    fn a_missing_lock_is_named() {
        tree::check(check, &[], &["Cargo.lock: must be checked in"]);
    }
}
