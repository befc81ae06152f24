//! The permission matrix of each profile, as a file that is read in review.
//!
//! `UPDATE_EXPECT=1` writes the files again; the difference is the decision. An act, a kind of data,
//! a purpose or a role that is new shows up here by itself, or the test says which is missing.

use oriel_policy::{Act, MatrixRow, Profile, PurposeKind, Role, matrix};
use std::fmt::Write;

/// One line a row: `kind  what  purpose ROLES | purpose ROLES`.
fn print(profile: &Profile) -> String {
    let mut text = format!(
        "# {}: who may do what, and who sees which data at what age.\n\
         # Masked data is reached by unmask.read, under an open approval, and by rights acts alone.\n\
         # Roles: {}.\n",
        profile.reference(),
        signs()
    );
    let mut kind = String::new();
    for row in matrix(profile) {
        if row.kind != kind {
            kind.clone_from(&row.kind);
            write!(text, "\n[{kind}]\n").unwrap();
        }
        writeln!(text, "{:<20}{}", row.what, who(&row)).unwrap();
    }
    text
}

fn signs() -> String {
    let signs = Role::ROWS
        .iter()
        .map(|(name, _, sign)| format!("{sign} {name}"));
    let signs: Vec<String> = signs.chain(["SY the program itself".to_owned()]).collect();
    signs.join(", ")
}

fn who(row: &MatrixRow) -> String {
    if row.who.is_empty() {
        return match row.clause.as_str() {
            "not kept" => "- not kept".to_owned(),
            _ => "- nobody".to_owned(),
        };
    }
    let sides = row.who.iter().map(|(purpose, roles)| {
        let roles: Vec<&str> = roles.iter().map(|role| role.sign()).collect();
        match purpose {
            Some(purpose) => format!("{} {}", purpose.name(), roles.join(" ")),
            None => roles.join(" "),
        }
    });
    sides.collect::<Vec<_>>().join(" | ")
}

/// R-ACC-01.
#[test]
fn matrix_of_each_profile_is_as_reviewed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/matrix");
    for id in Profile::builtins() {
        let got = print(&Profile::builtin(id).unwrap());
        oriel_testkit::expect_file(format!("{folder}/{id}.txt"), &got);
    }
}

#[test]
fn every_act_purpose_role_and_kind_of_data_has_a_row() {
    for id in Profile::builtins() {
        let profile = Profile::builtin(id).unwrap();
        let rows = matrix(&profile);
        for act in Act::ALL {
            let row = rows
                .iter()
                .find(|row| row.kind == "act" && row.what == act.name());
            let somebody = row.is_some_and(|row| !row.who.is_empty());
            // A purpose that the profile does not know takes its acts along.
            let lawful = act.purposes().iter().any(|purpose| {
                profile.allows(*purpose) && act.roles().iter().any(|role| purpose.is_of(*role))
            });
            assert_eq!(
                somebody,
                lawful || !act.is_personal(),
                "{id}: {}",
                act.name()
            );
        }
        for (name, _) in Profile::elements() {
            for age in ["open", "masked", "erased"] {
                assert!(
                    rows.iter().any(|row| row.kind == age && row.what == name),
                    "{id}: {name} {age}"
                );
            }
        }
    }
}

#[test]
fn what_is_erased_is_seen_by_nobody_and_what_is_not_kept_neither() {
    for id in Profile::builtins() {
        let profile = Profile::builtin(id).unwrap();
        for row in matrix(&profile).iter().filter(|row| row.kind != "act") {
            if row.kind == "erased" || row.clause == "not kept" {
                assert!(row.who.is_empty(), "{id}: {} {}", row.kind, row.what);
            }
        }
    }
}

/// Masked values are reached under an approval or a person's own rights, and in no other way.
/// R-RET-03, R-DSR-01.
#[test]
fn masked_values_are_seen_under_approval_or_for_the_person_alone() {
    for id in Profile::builtins() {
        let profile = Profile::builtin(id).unwrap();
        let hidden = |name: &str| {
            let mut elements = Profile::elements();
            elements.any(|(known, element)| known == name && profile.masks(element))
        };
        for row in matrix(&profile) {
            if row.kind != "masked" || !hidden(row.what) {
                continue;
            }
            for (purpose, roles) in &row.who {
                for role in roles {
                    let allowed = *purpose == Some(PurposeKind::Rights)
                        || Act::UnmaskRead.roles().contains(role);
                    assert!(allowed, "{id}: {} {role:?}", row.what);
                    assert!(*role != Role::System && *role != Role::Inspector);
                }
            }
        }
    }
}
