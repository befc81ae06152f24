//! The floors: what a crate may lean on.
//!
//! - Invariant: a crate depends only on floors below its own, never sideways. Dev-dependencies may
//!   look sideways or up, but each such look stands in a table with its reason.

use super::tree::{Complaint, File, Tree};

/// Every crate and its floor. `ARCHITECTURE.md` shows the same table.
pub(super) const FLOORS: &[(&str, u8)] = &[
    ("edifact", 0),
    ("model", 0),
    ("names", 0),
    ("unpack", 0),
    ("ebms", 1),
    ("messages", 1),
    ("policy", 1),
    ("screening", 1),
    ("casework", 2),
    ("synth", 2),
    ("fleet", 3),
    ("keys", 3),
    ("signin", 3),
    ("store", 4),
    ("app", 5),
    ("gateway", 6),
    ("server", 6),
    ("cli", 7),
];

/// The highest floor whose crates are functions of their arguments.
pub(super) const LAST_PURE: u8 = 2;

/// A dev-dependency and nothing else.
const TESTKIT: &str = "testkit";

/// It makes key stores for tests, and nothing that is kept under them.
const TESTKIT_FLOOR: u8 = 4;

/// Dev-dependencies that look sideways or up: who, at what, why.
const LOOKS: &[(&str, &str, &str)] = &[];

pub(super) fn floor(krate: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(name, _)| *name == krate)
        .map(|(_, floor)| *floor)
}

/// What the manifests say.
pub(super) fn manifests(tree: &Tree) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    let manifests = tree
        .files
        .iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"));
    for file in manifests.filter(|file| !file.path.starts_with("fuzz/")) {
        if !lints_inherited(&file.text) {
            let text = "add `[lints]` with `workspace = true`: every crate has the same lints";
            complaints.push(Complaint::new(&file.path, 0, text));
        }
        let Some(krate) = file.krate() else { continue };
        match floor(krate) {
            Some(own) => complaints.extend(upward(file, krate, own)),
            None if krate == TESTKIT => complaints.extend(upward(file, krate, TESTKIT_FLOOR)),
            None => {
                let text = "this crate has no floor: give it a row in xtask/src/tidy/floors.rs";
                complaints.push(Complaint::new(&file.path, 0, text));
            }
        }
    }
    complaints
}

/// The table in `ARCHITECTURE.md` is ours.
pub(super) fn page(tree: &Tree) -> Vec<Complaint> {
    const PAGE: &str = "ARCHITECTURE.md";
    let text = tree.file(PAGE).map_or("", |file| &file.text);
    FLOORS
        .iter()
        .filter(|(krate, floor)| !text.contains(&format!("\n| {floor} | [`{krate}`]")))
        .map(|(krate, floor)| {
            Complaint::new(
                PAGE,
                0,
                format!("has no row \"| {floor} | [`{krate}`]…\" in its table of floors"),
            )
        })
        .collect()
}

fn upward(file: &File, krate: &str, own: u8) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for Dependency { line, on, dev } in dependencies(&file.text) {
        let listed = || LOOKS.iter().any(|(who, at, _)| (*who, *at) == (krate, on));
        let text = match floor(on) {
            _ if on == TESTKIT && dev => continue,
            _ if on == TESTKIT => "oriel-testkit is for [dev-dependencies] only".to_owned(),
            Some(floor) if floor < own => continue,
            _ if dev && listed() => continue,
            _ if dev => format!(
                "{krate} may look at oriel-{on} in tests only with a reason in xtask/src/tidy/floors.rs"
            ),
            Some(floor) => format!(
                "{krate} stands on floor {own} and oriel-{on} on floor {floor}: lean only on floors below"
            ),
            None => format!("oriel-{on} has no floor in xtask/src/tidy/floors.rs"),
        };
        complaints.push(Complaint::new(&file.path, line, text));
    }
    complaints
}

/// One of our crates in a dependency table.
struct Dependency<'a> {
    line: usize,
    /// Without the prefix `oriel-`.
    on: &'a str,
    dev: bool,
}

/// Reads `oriel-x…` in, and `[….oriel-x]` as, a dependency table.
fn dependencies(manifest: &str) -> Vec<Dependency<'_>> {
    let mut found = Vec::new();
    let (mut inside, mut dev) = (false, false);
    for (index, line) in manifest.lines().enumerate() {
        let line = line.trim();
        let name = if let Some(header) = line.strip_prefix('[') {
            let header = header.trim_end_matches(']');
            inside = header.ends_with("dependencies");
            dev = header.contains("dev-dependencies");
            header.rsplit_once("dependencies.").map(|(_, name)| name)
        } else if inside {
            line.split(['.', '=', ' ']).next()
        } else {
            None
        };
        if let Some(on) = name.and_then(|name| name.trim_matches('"').strip_prefix("oriel-")) {
            found.push(Dependency {
                line: index + 1,
                on,
                dev,
            });
        }
    }
    found
}

fn lints_inherited(manifest: &str) -> bool {
    let mut lines = manifest.lines().skip_while(|line| line.trim() != "[lints]");
    lines
        .nth(1)
        .is_some_and(|line| line.replace(' ', "") == "workspace=true")
}

#[cfg(test)]
mod tests {
    use super::super::tree::check;
    use super::*;

    const LINTS: &str = "[lints]\nworkspace = true\n";

    #[test]
    fn only_floors_below_are_leaned_on() {
        let screening = format!(
            "{LINTS}[dependencies]\noriel-model.workspace = true\noriel-policy.workspace = true\noriel-store = {{ path = \"x\" }}\n"
        );
        check(
            manifests,
            &[("crates/screening/Cargo.toml", &screening)],
            &[
                "crates/screening/Cargo.toml:5: screening stands on floor 1 and oriel-policy on floor 1: lean only on floors below",
                "crates/screening/Cargo.toml:6: screening stands on floor 1 and oriel-store on floor 4: lean only on floors below",
            ],
        );
    }

    #[test]
    fn no_spelling_of_a_dependency_escapes() {
        let model = format!(
            "{LINTS}[dependencies.oriel-app]\nworkspace = true\n[target.'cfg(unix)'.dependencies]\noriel-app.workspace = true\n[build-dependencies]\n\"oriel-app\" = \"1\"\n"
        );
        let text = "model stands on floor 0 and oriel-app on floor 5: lean only on floors below";
        check(
            manifests,
            &[("crates/model/Cargo.toml", &model)],
            &[3, 6, 8]
                .map(|line| format!("crates/model/Cargo.toml:{line}: {text}"))
                .each_ref()
                .map(String::as_str),
        );
    }

    #[test]
    fn tests_look_sideways_only_with_a_reason_and_may_always_use_the_kit() {
        let names = format!(
            "{LINTS}[dependencies]\noriel-testkit.workspace = true\n[dev-dependencies]\noriel-testkit.workspace = true\noriel-model.workspace = true\n"
        );
        check(
            manifests,
            &[("crates/names/Cargo.toml", &names)],
            &[
                "crates/names/Cargo.toml:4: oriel-testkit is for [dev-dependencies] only",
                "crates/names/Cargo.toml:7: names may look at oriel-model in tests only with a reason in xtask/src/tidy/floors.rs",
            ],
        );
    }

    #[test]
    fn a_new_crate_needs_a_floor_and_the_lints() {
        check(
            manifests,
            &[("crates/extra/Cargo.toml", "[package]\n")],
            &[
                "crates/extra/Cargo.toml: add `[lints]` with `workspace = true`: every crate has the same lints",
                "crates/extra/Cargo.toml: this crate has no floor: give it a row in xtask/src/tidy/floors.rs",
            ],
        );
    }

    #[test]
    fn the_page_shows_each_crate_on_its_floor() {
        let rows: String = FLOORS
            .iter()
            .filter(|(krate, _)| *krate != "cli")
            .map(|(krate, floor)| format!("\n| {floor} | [`{krate}`](x) |"))
            .collect();
        check(
            page,
            &[("ARCHITECTURE.md", &rows)],
            &["ARCHITECTURE.md: has no row \"| 7 | [`cli`]…\" in its table of floors"],
        );
    }
}
