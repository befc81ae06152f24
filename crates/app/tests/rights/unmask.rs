//! Seeing masked values again.

use crate::world::{PHRASE, World, at};
use jiff::{SignedDuration, Timestamp};
use oriel_app::{AppError, OpenedView, Unfit, UnmaskAsk, UnmaskLimits, Wanted};
use oriel_keys::{Bucket, Class, Lock, Secret, TokenKey};
use oriel_policy::{Act, PIU, Role};
use oriel_store::{StoreError, UnmaskState, Unmasking};
use oriel_testkit::{Place, SoftToken};

const RECEIVED: &str = "2027-01-15T08:00:00Z";
const MASKED: &str = "2027-07-16T08:00:00Z";

/// A world in which flight 1 has been masked.
fn masked(place: &Place, law: &str) -> World {
    let world = World::new(place, law, RECEIVED);
    world.receive(1, "270116");
    world.set(MASKED);
    assert!(world.sweep().masked > 0);
    world
}

fn purpose(world: &World) -> String {
    format!("case={}", world.case("1").display("case"))
}

fn ask(world: &World, who: &str, elements: &[&str]) -> Result<Unmasking, AppError> {
    let grant = world.try_grant(who, Role::RequestOfficer, Act::UnmaskAsk, &purpose(world))?;
    let elements: Vec<String> = elements.iter().map(|&name| name.to_owned()).collect();
    world.app.unmask_ask(
        &grant,
        &UnmaskAsk {
            records: &[Wanted::Traveller(world.case("1"))],
            offence: "annex-ii/4",
            reason: "An invented consignment; the person carried it on this flight.",
            elements: &elements,
            minutes: Some(120),
        },
    )
}

fn decide(world: &World, who: &str, act: Act, asked: &Unmasking) -> Result<Unmasking, AppError> {
    decide_with(world, who, act, asked, &UnmaskLimits::default(), PHRASE)
}

fn decide_with(
    world: &World,
    who: &str,
    act: Act,
    asked: &Unmasking,
    limits: &UnmaskLimits,
    phrase: &str,
) -> Result<Unmasking, AppError> {
    let role = if act == Act::UnmaskUrgent {
        Role::HeadOfAuthority
    } else {
        Role::UnmaskAuthority
    };
    let grant = world.try_grant(who, role, act, "")?;
    let phrase = Secret::new(phrase);
    let decide = match act {
        Act::UnmaskUrgent => oriel_app::App::unmask_urgent,
        _ => oriel_app::App::unmask_approve,
    };
    decide(
        &world.app,
        &grant,
        asked.id,
        asked.version,
        limits,
        "",
        Some(&phrase),
    )
}

fn read(world: &World, asked: &Unmasking, purpose: &str) -> Result<OpenedView, AppError> {
    let grant = world.try_grant("usr_1", Role::Analyst, Act::UnmaskRead, purpose)?;
    world.app.unmask_read(&grant, asked.id)
}

/// Surname and document numbers of the only person that was opened.
fn seen(view: &OpenedView) -> (Option<String>, usize) {
    assert_eq!(view.travellers.len(), 1);
    let view = &view.travellers[0];
    let mut travellers = view.journey.reports.iter().flat_map(|r| &r.travellers);
    let traveller = travellers.next().unwrap();
    assert!(travellers.next().is_none(), "nobody else is in the copy");
    let surname = traveller.name.surname.as_ref();
    (
        surname.map(|name| name.expose().to_string()),
        traveller.documents.len(),
    )
}

/// What the officer's inbox tells of unmaskings, in the order in which it happened.
fn told(world: &World) -> Vec<&'static str> {
    let grant = world.grant("dpo", Role::Dpo, Act::OversightRead, "oversight=o1");
    let mut items = world.app.inbox(&grant).unwrap();
    items.sort_by_key(|view| view.item.event);
    let names = items.iter().map(|view| view.item.concern.name);
    names.filter(|name| name.starts_with("unmask")).collect()
}

/// R-RET-03, on both kinds of store.
#[test]
fn what_was_approved_is_seen_for_its_case_until_the_second_it_ends() {
    for place in Place::each("unmask") {
        let world = masked(&place, "eu-2022");
        let purpose = purpose(&world);
        let asked = ask(&world, "req_1", &["name"]).unwrap();
        assert!(matches!(
            read(&world, &asked, &purpose),
            Err(AppError::Store(StoreError::Closed))
        ));
        let open = decide(&world, "ua_1", Act::UnmaskApprove, &asked).unwrap();
        let end = at(MASKED) + SignedDuration::from_mins(120);
        assert_eq!(
            (open.state, open.ends_at),
            (UnmaskState::Approved, Some(end))
        );
        assert_eq!(open.review_by, Some(at("2027-07-23T08:00:00Z")));

        let name = Some("KESTRELMAN".to_owned());
        assert_eq!(seen(&read(&world, &open, &purpose).unwrap()), (name, 0));
        // Another case's purpose opens nothing, and neither does having no part in it.
        let other = read(&world, &open, "case=case_2");
        assert!(matches!(
            other,
            Err(AppError::Store(StoreError::NotFound { .. }))
        ));

        world.set_at(end - SignedDuration::from_secs(1));
        assert!(read(&world, &open, &purpose).is_ok());
        for swept in [false, true] {
            world.set_at(end);
            if swept {
                assert_eq!(world.sweep().ended, 1);
            }
            assert!(matches!(
                read(&world, &open, &purpose),
                Err(AppError::Store(StoreError::Closed))
            ));
        }
        assert_eq!(world.log("unmask.end"), ["ok why=expired copies=1"]);
        let ring = world.app.store().keys().unwrap().ring(PIU).unwrap();
        let day = Bucket::of(end);
        assert!(ring.horizon(Class::Opened) <= day);
        world.set("2027-07-17T00:00:00Z");
        world.sweep();
        assert_eq!(ring.horizon(Class::Opened), Bucket(day.0 + 1));
    }
}

/// R-RET-03, C-817/19: no account of the unit allows it, whatever roles it has.
#[test]
fn no_account_of_the_unit_approves() {
    let world = masked(&Place::folder("unmask"), "germany");
    for (name, role, _) in Role::ROWS {
        for (act, allowed) in [
            (Act::UnmaskApprove, Role::UnmaskAuthority),
            (Act::UnmaskUrgent, Role::HeadOfAuthority),
        ] {
            let leave = world.try_grant("usr_1", *role, act, "");
            assert_eq!(leave.is_ok(), *role == allowed, "{name} {}", act.name());
        }
    }
}

/// R-RET-03, R-RET-04: three steps by three persons.
#[test]
fn whoever_took_one_step_takes_no_other() {
    let world = masked(&Place::folder("unmask"), "germany");
    let pair = |done: Result<Unmasking, AppError>| {
        assert!(
            matches!(done, Err(AppError::Unfit(Unfit::Pair(_)))),
            "{done:?}"
        );
    };
    let asked = ask(&world, "usr_1", &["name"]).unwrap();
    pair(decide(&world, "usr_1", Act::UnmaskApprove, &asked));
    pair(decide(&world, "usr_1", Act::UnmaskUrgent, &asked));
    let granted = decide(&world, "usr_2", Act::UnmaskUrgent, &asked).unwrap();
    pair(decide(&world, "usr_2", Act::UnmaskApprove, &granted));
    let confirmed = decide(&world, "usr_3", Act::UnmaskApprove, &granted).unwrap();
    assert_eq!(confirmed.state, UnmaskState::Approved);
}

/// R-RET-04: on both kinds of store.
#[test]
fn an_urgent_grant_falls_back_by_itself_when_nobody_confirms_it() {
    for place in Place::each("urgent") {
        let text = oriel_policy::Profile::builtin_text("germany").unwrap();
        // A view that would outlive the time for confirming.
        let text = text
            .replacen(
                "view = { value = \"8 hours\"",
                "view = { value = \"9 days\"",
                1,
            )
            .replace("value = \"72 hours\"", "value = \"1 hour\"");
        let law = oriel_policy::Profile::parse(&text).unwrap();
        let world = World::with(&place, law, RECEIVED);
        world.receive(1, "270116");
        world.set(MASKED);
        world.sweep();
        let purpose = purpose(&world);
        let granted = |who| {
            let asked = ask(&world, who, &["name", "document"]).unwrap();
            decide(&world, "head", Act::UnmaskUrgent, &asked).unwrap()
        };
        let (left, confirmed) = (granted("req_1"), granted("req_2"));
        let confirm_by = at(MASKED) + SignedDuration::from_hours(1);
        assert_eq!(left.state, UnmaskState::Provisional);
        assert_eq!(
            (left.confirm_by, left.ends_at),
            (Some(confirm_by), Some(confirm_by))
        );

        world.set_at(confirm_by - SignedDuration::from_secs(1));
        assert!(read(&world, &left, &purpose).is_ok());
        let confirmed = decide_with(
            &world,
            "ua_1",
            Act::UnmaskApprove,
            &confirmed,
            &UnmaskLimits::default(),
            "confirming needs no passphrase",
        )
        .unwrap();
        assert_eq!(
            confirmed.ends_at,
            Some(at(MASKED) + SignedDuration::from_mins(120))
        );

        world.set_at(confirm_by);
        let late = decide(&world, "ua_1", Act::UnmaskApprove, &left);
        assert!(matches!(late, Err(AppError::Unfit(Unfit::Decided))));
        assert!(read(&world, &left, &purpose).is_err());
        let name = Some("KESTRELMAN".to_owned());
        assert_eq!(
            seen(&read(&world, &confirmed, &purpose).unwrap()),
            (name, 1)
        );
        assert_eq!(world.sweep().ended, 1);
        assert_eq!(world.log("unmask.end"), ["ok why=unconfirmed copies=1"]);
        assert!(read(&world, &confirmed, &purpose).is_ok());
        // R-DPO-04.
        assert_eq!(
            told(&world),
            [
                "unmask-asked",
                "unmask-urgent",
                "unmask-asked",
                "unmask-urgent",
                "unmask-confirmed",
                "unmask-unconfirmed"
            ]
        );
    }
}

/// R-RET-04.
#[test]
fn where_the_law_knows_no_urgent_way_there_is_none() {
    let world = masked(&Place::folder("unmask"), "eu-2022");
    let asked = ask(&world, "req_1", &["name"]).unwrap();
    let urgent = decide(&world, "head", Act::UnmaskUrgent, &asked);
    assert!(matches!(urgent, Err(AppError::Unfit(Unfit::NoUrgentWay))));
}

/// R-RET-03: nobody allows more than was asked, or for longer than the law knows.
#[test]
fn an_approval_narrows_and_never_widens() {
    let world = masked(&Place::folder("unmask"), "eu-2022");
    let asked = ask(&world, "req_1", &["name", "document"]).unwrap();
    let with = |elements: &[&str], minutes| {
        let limits = UnmaskLimits {
            elements: Some(elements.iter().map(|&e| e.to_owned()).collect()),
            minutes: Some(minutes),
        };
        decide_with(&world, "ua_1", Act::UnmaskApprove, &asked, &limits, PHRASE)
    };
    assert!(matches!(
        with(&["contact"], 60),
        Err(AppError::Unfit(Unfit::Element(_)))
    ));
    assert!(matches!(
        with(&["name"], 121),
        Err(AppError::Unfit(Unfit::Minutes { most: 120 }))
    ));
    let open = with(&["document"], 60).unwrap();
    assert_eq!(
        open.ends_at,
        Some(at(MASKED) + SignedDuration::from_hours(1))
    );
    assert_eq!(
        seen(&read(&world, &open, &purpose(&world)).unwrap()),
        (None, 1)
    );

    let unfit = |elements: &[&str]| ask(&world, "req_1", elements).is_err();
    assert!(unfit(&[]), "something is asked for");
    assert!(unfit(&["seat"]), "what is not masked needs no leave");
    assert!(unfit(&["names of everybody"]));
}

/// R-RET-03: the vault has its own lock, and nothing opens without it.
#[test]
fn a_wrong_passphrase_opens_nothing_and_is_told_to_the_log() {
    let world = masked(&Place::folder("unmask"), "eu-2022");
    let asked = ask(&world, "req_1", &["name"]).unwrap();
    let none = UnmaskLimits::default();
    let wrong = decide_with(&world, "ua_1", Act::UnmaskApprove, &asked, &none, "guess");
    assert!(
        matches!(wrong, Err(AppError::Unfit(Unfit::Vault))),
        "{wrong:?}"
    );
    assert_eq!(
        world.log("unmask.approve").last().unwrap(),
        "denied wrong-passphrase"
    );
    assert!(read(&world, &asked, &purpose(&world)).is_err());
}

/// R-RET-03: a need that names no case is none; a record that is not masked needs no leave.
#[test]
fn it_is_asked_for_one_case_that_is_there_and_for_masked_records() {
    let world = masked(&Place::folder("unmask"), "eu-2022");
    let try_ask = |purpose: &str, record, offence: &str, reason: &str| {
        let grant = world
            .try_grant("req_1", Role::RequestOfficer, Act::UnmaskAsk, purpose)
            .unwrap();
        let elements = ["name".to_owned()];
        let ask = UnmaskAsk {
            records: &[record],
            offence,
            reason,
            elements: &elements,
            minutes: None,
        };
        world.app.unmask_ask(&grant, &ask).map(|_| ())
    };
    let case = purpose(&world);
    let flight = Wanted::Flight(world.journey("1").id);
    assert!(try_ask(&case, flight, "annex-ii/4", "why").is_ok());
    assert!(try_ask("", flight, "annex-ii/4", "why").is_err());
    assert!(try_ask("oversight=o", flight, "annex-ii/4", "why").is_err());
    assert!(try_ask("case=case_1", flight, "annex-ii/4", "why").is_err());
    assert!(try_ask("request=req_7", flight, "annex-ii/4", "why").is_ok());
    for code in ["the worst of all", "annex-ii/27"] {
        assert!(try_ask(&case, flight, code, "why").is_err(), "{code}");
    }
    assert!(try_ask(&case, flight, "annex-ii/4", "  ").is_err());
    world.receive(2, "270716");
    let whole = Wanted::Flight(world.journey("2").id);
    let refused = try_ask(&case, whole, "annex-ii/4", "why");
    assert!(matches!(
        refused,
        Err(AppError::Store(StoreError::NotMasked))
    ));
}

/// R-RET-03: whoever decides sees counts and dates.
#[test]
fn a_refused_one_opens_nothing() {
    let world = masked(&Place::folder("unmask"), "eu-2022");
    let asked = ask(&world, "req_1", &["name"]).unwrap();
    let see = world.grant("ua_1", Role::UnmaskAuthority, Act::UnmaskSee, "");
    let view = world.app.unmask_view(&see, asked.id).unwrap();
    assert_eq!((view.persons, view.flights.len()), (1, 1));
    let approve = world.grant("ua_1", Role::UnmaskAuthority, Act::UnmaskApprove, "");
    let refuse = |id, version| world.app.unmask_refuse(&approve, id, version, "not needed");
    assert_eq!(refuse(asked.id, 1).unwrap().state, UnmaskState::Refused);
    assert!(matches!(
        refuse(asked.id, 2),
        Err(AppError::Unfit(Unfit::Decided))
    ));

    assert_eq!(world.log("unmask.approve"), ["ok state=refused copies=0"]);
    assert!(read(&world, &asked, &purpose(&world)).is_err());
}

/// R-RET-03, R-DPO-04: each step comes to the officer by itself, with the review that is due.
#[test]
fn what_was_opened_comes_to_the_officer() {
    let world = masked(&Place::folder("unmask"), "germany");
    let asked = ask(&world, "req_1", &["name"]).unwrap();
    let granted = decide(&world, "head", Act::UnmaskUrgent, &asked).unwrap();
    assert!(decide(&world, "req_1", Act::UnmaskApprove, &granted).is_err());
    decide(&world, "ua_1", Act::UnmaskApprove, &granted).unwrap();
    let read = world.grant("dpo", Role::Dpo, Act::OversightRead, "oversight=inbox");
    let inbox = world.app.inbox(&read).unwrap();
    let mut names: Vec<&str> = inbox.iter().map(|view| view.item.concern.name).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "second-person",
            "unmask-asked",
            "unmask-confirmed",
            "unmask-urgent"
        ]
    );
}

/// R-RET-01: the copy goes with the record, whatever the approval says.
#[test]
fn a_copy_never_outlives_its_record() {
    let world = masked(&Place::folder("unmask"), "eu-2016");
    world.set("2032-01-15T07:00:00Z");
    let asked = ask(&world, "req_1", &["name"]).unwrap();
    let open = decide(&world, "ua_1", Act::UnmaskApprove, &asked).unwrap();
    let purpose = purpose(&world);
    let records = |now: &str| {
        world.set(now);
        read(&world, &open, &purpose).unwrap().travellers.len()
    };
    assert!(open.ends_at > Some(at("2032-01-15T08:00:00Z")));
    assert_eq!(records("2032-01-15T07:59:59Z"), 1);
    assert_eq!(records("2032-01-15T08:00:00Z"), 0);
    world.sweep();
    assert_eq!(records("2032-01-15T08:00:01Z"), 0);
}

/// R-AUD-06: who asked, who decided and when stays as long as the log, and no longer.
#[test]
fn the_register_of_unmaskings_is_kept_as_long_as_the_log() {
    let world = masked(&Place::folder("unmask"), "eu-2022");
    ask(&world, "req_1", &["name"]).unwrap();
    let listed = |now: Timestamp| {
        world.set_at(now);
        let see = world.grant("dpo", Role::Dpo, Act::UnmaskSee, "");
        world.app.unmask_list(&see).unwrap().len()
    };
    let end = at("2032-07-16T08:00:00Z");
    assert_eq!(listed(end - SignedDuration::from_secs(1)), 1);
    assert_eq!(listed(end), 0);
    world.set("2032-07-17T00:00:00Z");
    assert_eq!(world.sweep().ended, 1);
}

/// R-RET-03: the authority's key may be one that never leaves its token.
#[test]
fn a_vault_behind_a_token_opens_with_the_pin_of_who_decides() {
    SoftToken::run("unmask::child_whose_vault_is_behind_a_token");
}

/// Not a claim of its own: what the process does that has the token.
#[test]
fn child_whose_vault_is_behind_a_token() {
    if !SoftToken::is_here() {
        return;
    }
    let world = || {
        let world = masked(&Place::folder("unmask-token"), "eu-2022");
        let phrase = Lock::Passphrase(Secret::new(PHRASE));
        let token = SoftToken::lock(SoftToken::PIN, "vault");
        let keys = world.app.store().keys().unwrap();
        keys.vault_init(&phrase, &token).unwrap();
        let asked = ask(&world, "req_1", &["name"]).unwrap();
        (world, asked)
    };
    let named = |label: &str| {
        let module = SoftToken::module();
        let uri = format!(
            "pkcs11:token={label};object=vault?module-path={}",
            module.display()
        );
        TokenKey::parse(&uri).unwrap()
    };
    let decide = |(world, asked): &(World, Unmasking), pin| {
        let limits = UnmaskLimits::default();
        decide_with(world, "ua_1", Act::UnmaskApprove, asked, &limits, pin)
    };
    let refused = |done: Result<Unmasking, AppError>| match done.unwrap_err() {
        AppError::Unfit(unfit) => unfit,
        other => panic!("{other:?}"),
    };

    let here = world();
    let unnamed = refused(decide(&here, SoftToken::PIN));
    assert!(matches!(unnamed, Unfit::VaultToken), "{unnamed}");
    here.0.app.name_vault_token(named("oriel%20test"));
    for wrong in ["00000000", PHRASE] {
        let unfit = refused(decide(&here, wrong));
        assert!(matches!(unfit, Unfit::Vault), "{unfit}");
    }
    let open = decide(&here, SoftToken::PIN).unwrap();
    let world_here = &here.0;
    let view = read(world_here, &open, &purpose(world_here)).unwrap();
    assert_eq!(seen(&view), (Some("KESTRELMAN".to_owned()), 0));
    let officer = world_here.grant("dpo", Role::Dpo, Act::OversightRead, "oversight=o1");
    let told = world_here.app.inbox(&officer).unwrap();
    let wrong = told
        .iter()
        .filter(|view| view.item.concern.name == "wrong-passphrase");
    assert_eq!(wrong.count(), 2, "the officer is told of each wrong PIN");

    let away = world();
    away.0.app.name_vault_token(named("absent"));
    let unfit = refused(decide(&away, SoftToken::PIN)).to_string();
    assert!(unfit.contains("there is no token \"absent\""), "{unfit}");
}
