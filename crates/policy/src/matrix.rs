//! Who may do what with which data at what age, as rows for people and for review.
//!
//! - In: a profile.  Out: [`MatrixRow`]s, read off the rule itself (`access::sight`), never written
//!   down a second time.
//! - Source: R-ACC-01.
//! - Invariant: every act, and every kind of data at every age, has a row, also when nobody may.

use crate::access::{sees, sight};
use crate::retention::Standing;
use crate::{Act, Profile, PurposeKind, Role};
use jiff::Timestamp;
use oriel_model::Element;
use std::collections::BTreeMap;

/// Who may do one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatrixRow {
    /// `act`, or the age of data: `open`, `stage NAME`, `masked`, `erased`.
    pub kind: String,
    /// Name of the act or of the kind of data.
    pub what: &'static str,
    /// Roles by purpose; without a purpose where no personal data is read.
    pub who: BTreeMap<Option<PurposeKind>, Vec<Role>>,
    /// The clause that keeps, or hides, data of this kind; blank for acts.
    pub clause: String,
}

/// Every row of a profile's matrix.
pub fn matrix(profile: &Profile) -> Vec<MatrixRow> {
    let mut rows: Vec<MatrixRow> = Act::ALL.iter().map(|act| act_row(profile, *act)).collect();
    let since = Timestamp::UNIX_EPOCH;
    let mut ages = vec![("open".to_owned(), Standing::Open)];
    for (stage, (name, _)) in profile.stages().enumerate() {
        ages.push((format!("stage {name}"), Standing::Staged { stage, since }));
    }
    ages.push(("masked".to_owned(), Standing::Masked { since }));
    ages.push(("erased".to_owned(), Standing::Due { since }));
    for (age, standing) in &ages {
        for (name, element) in Profile::elements() {
            rows.push(MatrixRow {
                kind: age.clone(),
                what: name,
                who: seers(profile, element, *standing),
                clause: why(profile, element, *standing),
            });
        }
    }
    rows
}

fn roles() -> impl Iterator<Item = Role> {
    let accounts = Role::ROWS.iter().map(|row| row.1);
    accounts.chain([Role::System])
}

fn act_row(profile: &Profile, act: Act) -> MatrixRow {
    let mut who = BTreeMap::<_, Vec<Role>>::new();
    let purposes: Vec<Option<PurposeKind>> = if act.is_personal() {
        PurposeKind::ROWS.iter().map(|row| Some(row.1)).collect()
    } else {
        vec![None]
    };
    for purpose in purposes {
        for role in roles() {
            if sight(profile, &[role], act, purpose).is_ok() {
                who.entry(purpose).or_default().push(role);
            }
        }
    }
    MatrixRow {
        kind: "act".to_owned(),
        what: act.name(),
        who,
        clause: String::new(),
    }
}

/// Who sees data of this kind with any act.
fn seers(
    profile: &Profile,
    element: Element,
    standing: Standing,
) -> BTreeMap<Option<PurposeKind>, Vec<Role>> {
    let mut who = BTreeMap::<_, Vec<Role>>::new();
    if !profile.keeps(element) {
        return who;
    }
    for (_, purpose, _) in PurposeKind::ROWS {
        for role in roles() {
            let mut acts = Act::ALL.iter();
            if acts.any(|act| {
                sight(profile, &[role], *act, Some(*purpose))
                    .is_ok_and(|sight| sees(profile, sight, Some(*purpose), element, standing))
            }) {
                who.entry(Some(*purpose)).or_default().push(role);
            }
        }
    }
    who
}

fn why(profile: &Profile, element: Element, standing: Standing) -> String {
    let kept = profile.clause(element);
    let hidden = match standing {
        Standing::Masked { .. } => profile.mask_clause(element),
        Standing::Staged { stage, .. } if profile.stage_hides(stage, element) => profile
            .stages()
            .nth(stage)
            .map(|(_, stage)| stage.hidden.clause.as_str()),
        _ => None,
    };
    match (kept, hidden) {
        (None, _) => "not kept".to_owned(),
        (Some(_), Some(hidden)) => hidden.to_owned(),
        (Some(kept), None) => kept.to_owned(),
    }
}
