//! Versions of lists: one person proposes, another puts in force, and goes back. On both databases.

use jiff::Timestamp;
use oriel_app::{App, AppError, Compartment, ListImport, ListRefusal, Setup};
use oriel_policy::{Act, Actor, CheckMode, Grant, ListKind, Profile, Role};
use oriel_screening::Weights;
use oriel_screening::lists::Format;
use oriel_store::Store;
use oriel_testkit::{Place, TempDir, key_store};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Noon of 22 November 2026, and a second later whenever somebody looks.
static SECOND: AtomicI64 = AtomicI64::new(1_795_348_800);

fn open(place: &Place, keys: &TempDir) -> App {
    App::open(Setup {
        store: Store::create(&place.name(), key_store(keys)).unwrap(),
        compartments: Compartment::only(Profile::builtin("utopia").unwrap()),
        mode: CheckMode::Demo,
        weights: Weights::default(),
        clock: Arc::new(|| Timestamp::from_second(SECOND.fetch_add(1, Ordering::Relaxed)).unwrap()),
        threads: 1,
    })
    .unwrap()
}

fn leave(app: &App, who: &str, act: Act) -> Grant {
    let role = match act {
        Act::ListApprove => Role::ListApprover,
        _ => Role::ListOfficer,
    };
    app.authorize(&Actor::new(who, &[role]), act, None).unwrap()
}

/// A version with these entries.
fn propose(app: &App, who: &str, entries: &[&str]) -> Result<String, AppError> {
    let text: String = entries
        .iter()
        .map(|id| format!("{{\"id\":\"{id}\",\"names\":[\"Odran Kestrelman {id}\"]}}\n"))
        .collect();
    let import = ListImport {
        id: "national",
        kind: ListKind::Terrorism,
        name: "National list (invented)",
        owner: "Utopian Border Guard",
        legal_basis: "Border Act, section 7",
        format: &Format::Persons,
        bytes: text.as_bytes(),
        may_shrink: false,
    };
    let imported = app.list_propose(&leave(app, who, Act::ListImport), &import)?;
    Ok(imported.version)
}

fn refusal(result: Result<impl Sized, AppError>) -> ListRefusal {
    match result {
        Err(AppError::ListVersion(refusal)) => refusal,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("done"),
    }
}

/// R-WL-01.
#[test]
fn one_person_proposes_and_another_puts_in_force_and_goes_back() {
    for place in Place::each("versions") {
        let keys = TempDir::new("list-versions-keys");
        let app = open(&place, &keys);
        let approver = leave(&app, "usr_two", Act::ListApprove);
        let first = propose(&app, "usr_one", &["A", "B"]).unwrap();
        assert_eq!(app.list_entries(), 0, "a proposal is not in force");

        let own = leave(&app, "usr_one", Act::ListApprove);
        let refused = refusal(app.list_activate(&own, "national", &first, false));
        assert!(matches!(refused, ListRefusal::Pair(_)), "{refused}");
        assert_eq!(app.list_entries(), 0);

        let done = app.list_activate(&approver, "national", &first, false);
        assert_eq!(done.unwrap().diff.added.len(), 2);
        assert_eq!(app.list_entries(), 2);

        let second = propose(&app, "usr_one", &["A", "B", "C"]).unwrap();
        assert_eq!(app.list_entries(), 2, "the version in force stays");
        let done = app.list_activate(&approver, "national", &second, false);
        assert_eq!(done.unwrap().diff.added, ["C"]);
        assert_eq!(app.list_entries(), 3);

        let again = refusal(app.list_activate(&approver, "national", &second, false));
        assert!(matches!(again, ListRefusal::InForce { .. }), "{again}");
        let unknown = refusal(app.list_activate(&approver, "national", "none", false));
        assert!(
            matches!(unknown, ListRefusal::NoVersion { .. }),
            "{unknown}"
        );

        let shrunk = app.list_activate(&approver, "national", &first, false);
        assert!(matches!(shrunk, Err(AppError::ListShrank(_))));
        let back = app
            .list_activate(&approver, "national", &first, true)
            .unwrap();
        assert_eq!((back.entries, back.diff.removed.len()), (2, 1));
        drop(app);

        let app = open(&place, &keys);
        assert_eq!(app.list_entries(), 2, "in force after a start as well");
    }
}
