//! What one person may not be, or do, at the same time.
//!
//! - In: the roles an account is to hold; the steps of an object that are done already.
//!   Out: leave, or which rule stands in the way.
//! - Source: R-ACC-02; R-RET-03 and C-817/19 for unmasking; R-SCO-04.
//! - Invariant: the rules are rows; who enforces them reads only these.

use crate::{Act, Role};
use std::fmt;

/// Two kinds of role that one account may not hold together.
struct Apart {
    one: &'static [Role],
    other: &'static [Role],
    why: &'static str,
}

const ADMINISTRATORS: &[Role] = &[Role::SystemAdministrator, Role::SecurityAdministrator];

const OVERSEERS: &[Role] = &[Role::Dpo, Role::Inspector];

const UNIT: &[Role] = &[
    Role::Analyst,
    Role::SecondReviewer,
    Role::Supervisor,
    Role::Disseminator,
    Role::RequestOfficer,
    Role::ListOfficer,
    Role::ListApprover,
    Role::RuleAuthor,
    Role::RuleApprover,
    Role::LegalOfficer,
    Role::CarrierLiaison,
    Role::Trainer,
];

/// Who may allow masked values to be seen, for good or until the other confirms it.
const ALLOWING: &[Role] = &[Role::UnmaskAuthority, Role::HeadOfAuthority];

const APART: &[Apart] = &[
    Apart {
        one: &[Role::UnmaskAuthority],
        other: &[Role::HeadOfAuthority],
        why: "who confirms an urgent unmasking did not grant it (R-RET-04)",
    },
    Apart {
        one: ALLOWING,
        other: UNIT,
        why: "who allows unmasking stands outside the unit (R-RET-03)",
    },
    Apart {
        one: ALLOWING,
        other: OVERSEERS,
        why: "who reviews an unmasking afterwards does not allow it (R-RET-03)",
    },
    Apart {
        one: ALLOWING,
        other: ADMINISTRATORS,
        why: "who runs the system does not allow unmasking (R-RET-03)",
    },
    Apart {
        one: ADMINISTRATORS,
        other: UNIT,
        why: "who runs the system has no part in the unit's work (R-ACC-02)",
    },
    Apart {
        one: ADMINISTRATORS,
        other: OVERSEERS,
        why: "who runs the system is overseen, and sees no passenger data (R-ACC-02)",
    },
    Apart {
        one: &[Role::SystemAdministrator],
        other: &[Role::SecurityAdministrator],
        why: "who runs the machines does not hold the keys and accounts (R-ACC-02)",
    },
    Apart {
        one: OVERSEERS,
        other: UNIT,
        why: "who oversees the unit does not work in it (R-ACC-02)",
    },
    Apart {
        one: &[Role::Dpo],
        other: &[Role::Inspector],
        why: "the inspector comes from outside (R-ACC-02)",
    },
    Apart {
        one: &[Role::Carrier],
        other: UNIT,
        why: "a carrier's system only sends (R-ACC-02)",
    },
    Apart {
        one: &[Role::Carrier],
        other: OVERSEERS,
        why: "a carrier's system only sends (R-ACC-02)",
    },
    Apart {
        one: &[Role::Carrier],
        other: ADMINISTRATORS,
        why: "a carrier's system only sends (R-ACC-02)",
    },
    Apart {
        one: &[Role::Carrier],
        other: ALLOWING,
        why: "a carrier's system only sends (R-ACC-02)",
    },
];

/// Two steps of one object that one person may not take both.
const STEPS: &[(Act, Act, &str)] = &[
    (
        Act::HitDecide,
        Act::HitDecide,
        "a second person checks a decision (R-REV-01)",
    ),
    (
        Act::ListImport,
        Act::ListApprove,
        "a second person puts a list in force (R-ACC-02)",
    ),
    (
        Act::RequestPut,
        Act::RequestDecide,
        "who records a request does not grant it (R-SHR-02)",
    ),
    (
        Act::UnmaskAsk,
        Act::UnmaskApprove,
        "who asks for unmasking does not allow it (R-RET-03)",
    ),
    (
        Act::UnmaskAsk,
        Act::UnmaskUrgent,
        "who asks for unmasking does not allow it (R-RET-04)",
    ),
    (
        Act::UnmaskUrgent,
        Act::UnmaskApprove,
        "who granted an urgent unmasking does not confirm it (R-RET-04)",
    ),
    (
        Act::DisclosureAsk,
        Act::DisclosureApprove,
        "who asks to pass data on does not review it (R-RET-06)",
    ),
    (
        Act::PushAsk,
        Act::PushApprove,
        "who asks for a push outside the schedule does not let it go out (R-ING-08)",
    ),
    (
        Act::SelectionPut,
        Act::SelectionApprove,
        "a second person puts a selection in force (R-SCO-08)",
    ),
    (
        Act::ProfilePropose,
        Act::ProfileActivate,
        "a second person puts a profile in force (R-ACC-02)",
    ),
    (
        Act::AccountManage,
        Act::AccountApprove,
        "a second person confirms a role (R-ACC-02)",
    ),
    (
        Act::LinkRecord,
        Act::LinkReview,
        "who recorded a link does not review it (R-RET-05)",
    ),
];

/// A rule that stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// One account may not hold both roles.
    Roles(Role, Role, &'static str),
    /// One person may not take both steps.
    Steps(Act, Act, &'static str),
}

impl Refused {
    /// Code in API problems.
    pub fn code(self) -> &'static str {
        match self {
            Self::Roles(..) => "roles-apart",
            Self::Steps(..) => "second-person",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Roles(one, other, why) => write!(
                f,
                "one account cannot be {} and {}: {why}",
                one.name(),
                other.name()
            ),
            Self::Steps(_, next, why) => write!(
                f,
                "you took the first step, so somebody else does {}: {why}",
                next.name()
            ),
        }
    }
}

impl std::error::Error for Refused {}

/// Refuses roles that one account may not hold together.
pub fn refuse_roles(roles: &[Role]) -> Result<(), Refused> {
    for apart in APART {
        let held = |side: &[Role]| roles.iter().copied().find(|role| side.contains(role));
        if let (Some(one), Some(other)) = (held(apart.one), held(apart.other)) {
            return Err(Refused::Roles(one, other, apart.why));
        }
    }
    if roles.contains(&Role::System) {
        return Err(Refused::Roles(
            Role::System,
            Role::System,
            "no account is the program itself",
        ));
    }
    Ok(())
}

/// Refuses a step of an object to the person who took the step it must be apart from.
/// `done` are the steps taken on this object so far and by whom.
pub fn refuse_step<'a>(
    done: impl IntoIterator<Item = (Act, &'a str)>,
    act: Act,
    actor: &str,
) -> Result<(), Refused> {
    let mine = done.into_iter().filter(|(_, who)| *who == actor);
    for (step, _) in mine {
        for (one, other, why) in STEPS {
            if (step, act) == (*one, *other) || (step, act) == (*other, *one) {
                return Err(Refused::Steps(step, act, why));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(roles: &str, apart: bool) {
        let roles: Vec<Role> = roles
            .split(' ')
            .map(|name| Role::parse(name).unwrap())
            .collect();
        assert_eq!(refuse_roles(&roles).is_err(), apart, "{roles:?}");
    }

    #[test]
    fn roles_that_go_together() {
        check("analyst second_reviewer", false);
        check("supervisor disseminator", false);
        check("list_officer list_approver", false);
        check("rule_author analyst", false);
        check("unmask_authority", false);
    }

    /// R-RET-03, R-RET-04.
    #[test]
    fn no_other_role_allows_unmasking() {
        for (own, allowing, _) in Role::ROWS.iter().filter(|row| ALLOWING.contains(&row.1)) {
            for (name, _, _) in Role::ROWS.iter().filter(|row| row.1 != *allowing) {
                check(&format!("{name} {own}"), true);
            }
        }
    }

    /// Follows the matrix, so that a new personal act cannot open a way round (R-ACC-02).
    #[test]
    fn who_administers_holds_no_role_that_sees_passengers() {
        let sees = |role: &Role| {
            let mut acts = Act::ALL.iter().filter(|act| act.is_personal());
            acts.any(|act| act.roles().contains(role))
        };
        for (name, role, _) in Role::ROWS.iter().filter(|row| sees(&row.1)) {
            assert!(!ADMINISTRATORS.contains(role));
            check(&format!("{name} system_administrator"), true);
            check(&format!("security_administrator {name}"), true);
        }
    }

    /// R-ACC-02.
    #[test]
    fn overseers_stand_apart() {
        check("dpo analyst", true);
        check("inspector legal_officer", true);
        check("dpo inspector", true);
        check("carrier analyst", true);
        check("system_administrator security_administrator", true);
    }

    #[test]
    fn no_account_is_the_program() {
        assert!(refuse_roles(&[Role::System]).is_err());
    }

    /// R-ACC-02, R-SCO-08, R-RET-06.
    #[test]
    fn one_person_takes_one_of_two_steps_in_either_order() {
        for (one, other, _) in STEPS {
            for (first, second) in [(*one, *other), (*other, *one)] {
                assert!(refuse_step([(first, "usr_1")], second, "usr_1").is_err());
                assert!(refuse_step([(first, "usr_1")], second, "usr_2").is_ok());
            }
        }
        assert!(refuse_step([(Act::ListImport, "usr_1")], Act::ListImport, "usr_1").is_ok());
        assert!(refuse_step([], Act::UnmaskApprove, "usr_1").is_ok());
    }

    #[test]
    fn a_refusal_says_which_rule() {
        let refused = refuse_roles(&[Role::Analyst, Role::UnmaskAuthority]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "one account cannot be unmask_authority and analyst: who allows unmasking stands \
             outside the unit (R-RET-03)"
        );
    }
}
