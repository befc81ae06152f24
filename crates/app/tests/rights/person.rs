//! What persons ask about their own data, and the memory that spares them a false match.

use crate::world::{PHRASE, World, at};
use jiff::{SignedDuration, Timestamp};
use oriel_app::{AppError, Asker, Change, Found, FoundIn, HoldAsk, RightsAsk, Search, Unfit};
use oriel_casework::{ReviewState, Verdict};
use oriel_keys::Secret;
use oriel_policy::{Act, PIU, Profile, Role};
use oriel_screening::Person;
use oriel_store::{Id, Retention, RightsRequest, RightsState, StoreError};
use oriel_testkit::Place;

const RECEIVED: &str = "2027-01-15T08:00:00Z";

/// The one on the list, as given by the person.
fn kestrelman() -> Asker {
    Asker {
        person: Person {
            names: vec!["Odran Kestrelman".into()],
            dob: vec!["1976-02-17".into()],
            docs: vec!["x-1234567".into()],
            ..Person::default()
        },
        ..Asker::default()
    }
}

fn open(world: &World, kind: &str, asker: &Asker) -> Result<RightsRequest, AppError> {
    let grant = world.grant("dpo", Role::Dpo, Act::RightsPut, "rights=register");
    world.app.rights_open(
        &grant,
        &RightsAsk {
            kind,
            identity: "in-person",
            received_at: world.app.now(),
            asker,
        },
    )
}

fn leave(world: &World, act: Act, request: &RightsRequest) -> oriel_policy::Grant {
    let purpose = format!("rights={}", request.id.display("rgt"));
    world.grant("dpo", Role::Dpo, act, &purpose)
}

fn search(world: &World, request: &RightsRequest, way: Search<'_>) -> Vec<Found> {
    let grant = leave(world, Act::RightsSearch, request);
    world.app.rights_search(&grant, way).unwrap().1
}

fn surnames(found: &[Found]) -> Vec<String> {
    let reports = found.iter().flat_map(|one| &one.view.journey.reports);
    let names = reports.flat_map(|r| &r.travellers).map(|t| &t.name.surname);
    names
        .flatten()
        .map(|name| name.expose().to_string())
        .collect()
}

/// R-DSR-01, R-DPO-01: on both kinds of store, in the open, behind the mask, and in a hold's copy.
#[test]
fn everything_about_a_person_is_found_and_nobody_elses() {
    for place in Place::each("find") {
        let world = World::new(&place, "eu-2016", RECEIVED);
        world.receive(1, "270116");
        world.set("2027-07-16T00:00:00Z");
        world.sweep();
        world.receive(2, "270717");
        let hold = {
            let grant = world.grant("req", Role::RequestOfficer, Act::HoldPlace, "request=r1");
            let ask = HoldAsk {
                traveller: world.case("2"),
                authority: "police:uto",
                reason: "An invented case.",
                ends_at: at("2028-01-01T00:00:00Z"),
            };
            world.app.hold_place(&grant, &ask).unwrap()
        };
        let request = open(&world, "access", &kestrelman()).unwrap();
        let places = |found: &[Found]| found.iter().map(|one| one.place).collect::<Vec<_>>();

        let exact = search(&world, &request, Search::Exact);
        assert_eq!(
            places(&exact),
            [FoundIn::Open],
            "masking took the digests away"
        );
        assert_eq!(exact[0].same, ["document", "name"]);

        let without = search(&world, &request, Search::Thorough(None));
        assert_eq!(places(&without), [FoundIn::Open, FoundIn::Held(hold.id)]);
        let phrase = Secret::new(PHRASE);
        let all = search(&world, &request, Search::Thorough(Some(&phrase)));
        assert_eq!(
            places(&all),
            [FoundIn::Masked, FoundIn::Open, FoundIn::Held(hold.id)]
        );
        assert_eq!(surnames(&all), ["KESTRELMAN"; 3], "alone in every record");
        assert!(all.iter().all(|one| one.likeness.is_some()));
        assert_eq!(all[0].view.hits.len(), 1);

        let grant = leave(&world, Act::RightsSearch, &request);
        let wrong = Secret::new("guess");
        let refused = world
            .app
            .rights_search(&grant, Search::Thorough(Some(&wrong)));
        assert!(matches!(refused, Err(AppError::Unfit(Unfit::Vault))));
        assert_eq!(
            world.log("rights.search").last().unwrap(),
            "denied wrong-passphrase"
        );
    }
}

/// R-DSR-01: a name that is written otherwise is shown by its likeness, for the officer to judge.
#[test]
fn the_thorough_way_also_shows_who_is_alike() {
    let world = World::new(&Place::folder("find"), "eu-2022", RECEIVED);
    world.receive(1, "270116");
    let mut asker = kestrelman();
    asker.person.names = vec!["Odrán Kestrelmann".into()];
    asker.person.docs.clear();
    let request = open(&world, "access", &asker).unwrap();
    assert!(search(&world, &request, Search::Exact).is_empty());
    let alike = search(&world, &request, Search::Thorough(None));
    assert_eq!(surnames(&alike), ["KESTRELMAN"]);
    assert!(alike[0].same.is_empty() && alike[0].likeness.is_some());
}

/// R-DSR-01: what is due is found by nobody, swept or not.
#[test]
fn what_is_due_is_not_found() {
    let world = World::new(&Place::folder("find"), "eu-2022", RECEIVED);
    world.receive(1, "270116");
    world.set("2027-07-15T07:59:59Z");
    let request = open(&world, "access", &kestrelman()).unwrap();
    assert_eq!(search(&world, &request, Search::Exact).len(), 1);
    world.set("2027-07-15T08:00:00Z");
    assert!(search(&world, &request, Search::Exact).is_empty());
}

/// R-DSR-01, R-DPO-01: nobody else, and for nothing but a request that is there and open.
#[test]
fn only_the_officer_for_an_open_request() {
    let world = World::new(&Place::folder("rights"), "eu-2022", RECEIVED);
    for act in Act::ALL
        .iter()
        .filter(|act| act.name().starts_with("rights."))
    {
        for (name, role, _) in Role::ROWS {
            let leave = world.try_grant("usr", *role, *act, "rights=r1");
            assert_eq!(leave.is_ok(), *role == Role::Dpo, "{name} {}", act.name());
        }
        assert!(
            world
                .try_grant("dpo", Role::Dpo, *act, "oversight=o")
                .is_err()
        );
    }
    let nobody = world.grant("dpo", Role::Dpo, Act::RightsSearch, "rights=rgt_1");
    assert!(world.app.rights_search(&nobody, Search::Exact).is_err());
    let request = open(&world, "access", &kestrelman()).unwrap();
    let put = leave(&world, Act::RightsPut, &request);
    world
        .app
        .rights_refuse(&put, 1, "Not who the person says.")
        .unwrap();
    let search = leave(&world, Act::RightsSearch, &request);
    let closed = world.app.rights_search(&search, Search::Exact);
    assert!(matches!(closed, Err(AppError::Unfit(Unfit::Decided))));
}

/// R-DSR-01: the deadline of the profile, the answer, the refusal with its remedy, and the end of
/// the register, on both kinds of store.
#[test]
fn a_request_is_answered_in_time_or_refused_with_a_remedy_and_then_goes() {
    for place in Place::each("register") {
        let world = World::new(&place, "utopia", RECEIVED);
        let [asked, refused] =
            ["access", "erase"].map(|kind| open(&world, kind, &kestrelman()).unwrap());
        assert_eq!(asked.due_at, at("2027-02-15T08:00:00Z"));
        let redact = leave(&world, Act::RightsRedact, &asked);
        let stale = world.app.rights_answer(&redact, 7, "{}", 0, 0);
        assert!(matches!(
            stale,
            Err(AppError::Store(StoreError::Stale { .. }))
        ));
        let done = world
            .app
            .rights_answer(&redact, 1, r#"{"records":[]}"#, 0, 2)
            .unwrap();
        assert_eq!(
            (done.state, &*done.answer),
            (RightsState::Answered, r#"{"records":[]}"#)
        );
        let put = leave(&world, Act::RightsPut, &refused);
        let done = world.app.rights_refuse(&put, 1, "An open case.").unwrap();
        assert_eq!(done.state, RightsState::Refused);
        assert!(done.answer.contains("An open case.") && done.answer.contains("Board"));

        let listed = |now: Timestamp| {
            world.set_at(now);
            let read = world.grant("dpo", Role::Dpo, Act::RightsRead, "rights=register");
            world.app.rights_list(&read).unwrap().len()
        };
        let end = at("2029-01-15T08:00:00Z");
        assert_eq!(listed(end - SignedDuration::from_secs(1)), 2);
        assert_eq!(listed(end), 0);
        world.set("2029-01-16T00:00:00Z");
        assert_eq!(world.sweep().ended, 2);
    }
}

#[test]
fn a_request_says_who_asks_and_for_what() {
    let world = World::new(&Place::folder("rights"), "eu-2022", RECEIVED);
    let nobody = open(&world, "access", &Asker::default());
    assert!(matches!(nobody, Err(AppError::Unfit(Unfit::NothingToFind))));
    let kind = open(&world, "gossip", &kestrelman());
    assert!(matches!(kind, Err(AppError::Unfit(Unfit::Kind))));
}

/// R-DSR-01, R-ING-12: beside what was sent, with its own source; behind the mask with the rest;
/// gone with the record; and no clock starts again. On both kinds of store.
#[test]
fn a_correction_stands_beside_what_was_sent_and_goes_with_it() {
    for place in Place::each("correct") {
        let world = World::new(&place, "eu-2016", RECEIVED);
        world.receive(1, "270116");
        let traveller = world.case("1");
        let anchor = world.journey("1").anchor;
        let request = open(&world, "rectify", &kestrelman()).unwrap();
        let correct = |field: &str| {
            let grant = leave(&world, Act::RightsRectify, &request);
            let change = Change {
                field: field.into(),
                value: "1977-02-17".into(),
                proof: "birth certificate, seen".into(),
            };
            world.app.rights_correct(&grant, traveller, &change)
        };
        correct("birth_date").unwrap();
        assert!(matches!(
            correct("score"),
            Err(AppError::Unfit(Unfit::Field(_)))
        ));
        let read = |act| {
            let grant = world.grant("usr_1", Role::Analyst, act, "case=c1");
            world.app.traveller(&grant, traveller).unwrap()
        };
        let view = read(Act::TravellerRead);
        assert!(view.corrections[0].data.contains("1977-02-17"));
        let said = &view.journey.reports[0].travellers[0].birth;
        assert!(said.is_some(), "what was sent stays");
        assert_eq!(world.journey("1").anchor, anchor);

        world.set("2027-07-16T00:00:00Z");
        world.sweep();
        assert_eq!(read(Act::TravellerRead).corrections[0].data, "", "masked");
        let phrase = Secret::new(PHRASE);
        let found = search(&world, &request, Search::Thorough(Some(&phrase)));
        assert!(found[0].view.corrections[0].data.contains("1977-02-17"));
        // One that is made behind the mask lies there too.
        correct("note").unwrap();
        assert!(
            read(Act::TravellerRead)
                .corrections
                .iter()
                .all(|c| c.data.is_empty())
        );
        let found = search(&world, &request, Search::Thorough(Some(&phrase)));
        assert_eq!(found[0].view.corrections.len(), 2);
    }
}

/// R-DSR-01: in the open and behind the mask, on both kinds of store; the others stay who they are.
#[test]
fn one_persons_record_is_erased_and_the_others_stay() {
    for place in Place::each("erase") {
        let world = World::new(&place, "eu-2016", RECEIVED);
        world.receive(1, "270116");
        world.decide("1", Verdict::NotSame, "N1");
        world.set("2027-07-16T00:00:00Z");
        world.sweep();
        // Another passport, so that the pair that was decided is not this one.
        world.receive_with(2, "270717", "X7777777");
        let request = open(&world, "erase", &kestrelman()).unwrap();
        let erase = |traveller| {
            let grant = leave(&world, Act::RightsRectify, &request);
            world.app.rights_erase(&grant, traveller)
        };
        let phrase = Secret::new(PHRASE);
        let all = || search(&world, &request, Search::Thorough(Some(&phrase)));
        let found = all();
        assert_eq!(found.len(), 2);

        // A case about the second flight is open: the law keeps that record.
        let kept = erase(world.case("2"));
        assert!(matches!(kept, Err(AppError::Unfit(Unfit::Linked))));
        world.decide("2", Verdict::NotSame, "N1");
        let others: Vec<Vec<Id>> = ["1", "2"]
            .map(|number| {
                let mine = |id: &Id| found.iter().any(|one| one.view.id == *id);
                let mut people = world.people(number);
                people.retain(|id| !mine(id));
                people
            })
            .into();
        for one in &found {
            erase(one.view.id).unwrap();
        }
        assert!(all().is_empty());
        let messages = search(&world, &request, Search::Exact);
        assert!(messages.is_empty(), "the digests went, too");
        for (number, others) in ["1", "2"].into_iter().zip(&others) {
            assert_eq!(&world.people(number), others);
            let grant = world.grant("usr_1", Role::Analyst, Act::ManifestRead, "case=c1");
            let id = world.journey(number).id;
            let manifest = world.app.manifest(&grant, id).unwrap();
            assert_eq!(&manifest.ids, others, "the same persons");
        }
        let again = erase(found[0].view.id);
        assert!(matches!(
            again,
            Err(AppError::Store(StoreError::NotFound { .. }))
        ));
    }
}

/// R-DSR-01: what one node has at hand of a flight does not bring back whom another has erased.
#[test]
fn who_was_erased_on_another_node_stays_erased() {
    let world = World::new(&Place::server("erase_node"), "eu-2016", RECEIVED);
    world.receive(1, "270116");
    let mut people = world.people("1").into_iter();
    let umberway = people.find(|id| *id != world.case("1"));
    let request = open(&world, "erase", &kestrelman()).unwrap();
    let grant = leave(&world, Act::RightsRectify, &request);
    world
        .node()
        .rights_erase(&grant, umberway.unwrap())
        .unwrap();
    world.receive_list(1, "270116", &[&crate::world::kestrelman("X7777777")]);
    let grant = world.grant("usr_1", Role::Analyst, Act::ManifestRead, "case=c1");
    let id = world.journey("1").id;
    let manifest = world.app.manifest(&grant, id).unwrap();
    assert_eq!(manifest.ids, [world.case("1")]);
    assert_eq!(world.people("1"), [world.case("1")]);
}

/// Open hits of all flights.
fn hits(world: &World) -> usize {
    world.app.hit_places(PIU).unwrap().len()
}

/// R-REV-04: on both kinds of store. The same traveller is spared on the next flight; not when the
/// entry changed; and not once the record is erased on which the decision rests.
#[test]
fn who_was_not_the_same_is_spared_until_either_side_changes_or_the_record_goes() {
    for place in Place::each("settled") {
        let world = World::new(&place, "eu-2022", RECEIVED);
        world.receive(1, "270116");
        assert_eq!(hits(&world), 1);
        world.receive(2, "270117");
        assert_eq!(hits(&world), 2, "nobody has decided yet");
        world.decide("1", Verdict::NotSame, "N1");
        world.receive(3, "270118");
        assert_eq!(hits(&world), 2, "spared");
        let log = world.log("hit.spare");
        assert!(
            log.len() == 1 && log[0].starts_with("ok why=not_same of=hit_"),
            "{log:?}"
        );

        world.import("Odran Lee Kestrelman");
        world.app.rescreen(16).unwrap();
        assert_eq!(hits(&world), 3, "the entry reads otherwise now");
        world.import("Odran Kestrelman");
        world.decide("1", Verdict::NotSame, "N1");

        world.set("2027-07-16T00:00:00Z");
        world.sweep();
        assert_eq!(world.journey("1").retention, Retention::Erased);
        let before = hits(&world);
        world.receive(4, "270717");
        assert_eq!(hits(&world), before + 1, "the memory went with the record");
    }
}

/// R-REV-04: on both kinds of store. What was decided stays decided while both sides read the same,
/// whatever else happens; when either changes, it is open again, and what was decided can be seen.
#[test]
fn a_decision_opens_anew_when_either_side_changes() {
    for place in Place::each("reopened") {
        let world = World::new(&place, "eu-2022", RECEIVED);
        let review = |number: &str| {
            let case = world.case(number);
            let purpose = format!("case={}", case.display("case"));
            let read = world.grant("usr_1", Role::Analyst, Act::CaseRead, &purpose);
            world.app.case(&read, case).unwrap().hits.remove(0).review
        };
        let stands = |number: &str| (review(number).state(), review(number).earlier.len());
        let (open, closed) = (ReviewState::Open, ReviewState::Closed);
        for (number, verdict, reason) in [
            (1, Verdict::NotSame, "N1"),
            (2, Verdict::CannotTell, "C1"),
            (3, Verdict::Same, "S1"),
        ] {
            // Each another person, so that no decision spares the next.
            world.receive_with(
                number,
                &format!("27012{number}"),
                &format!("X100000{number}"),
            );
            world.decide(&number.to_string(), verdict, reason);
        }
        // The same entries are imported once more.
        world.import("Odran Kestrelman");
        world.app.rescreen(16).unwrap();
        for number in ["1", "2", "3"] {
            assert_eq!(stands(number), (closed, 0));
        }

        world.import("Odran Lee Kestrelman");
        world.app.rescreen(16).unwrap();
        assert_eq!(stands("1"), (open, 1));
        assert_eq!(stands("2"), (open, 1));
        assert_eq!(stands("3").0, closed, "confirmed");
        assert_eq!(world.log("hit.reopen").len(), 2);
        world.decide("1", Verdict::NotSame, "N1");
        assert_eq!(stands("1"), (closed, 1));

        // The traveller shows another passport.
        world.receive_with(1, "270121", "X2000001");
        assert_eq!(stands("1"), (open, 2));
        assert_eq!(world.log("hit.reopen").len(), 3);
    }
}

/// R-REV-04: a decision that another one overturns is not remembered.
#[test]
fn what_was_decided_same_is_not_spared() {
    let world = World::new(&Place::folder("settled"), "eu-2022", RECEIVED);
    world.receive(1, "270116");
    world.decide("1", Verdict::Same, "S1");
    world.receive(2, "270117");
    assert_eq!(hits(&world), 2);
}

/// R-DSR-05: the one person, for a time that ends to the second, on both kinds of store.
#[test]
fn redress_spares_one_person_one_entry_for_a_time() {
    for place in Place::each("redress") {
        // A record that lives longer than the redress.
        let world = World::new(&place, "eu-2016", RECEIVED);
        world.receive(1, "270116");
        let traveller = world.case("1");
        let request = open(&world, "redress", &kestrelman()).unwrap();
        let found = search(&world, &request, Search::Exact);
        let hit = found[0].view.hits[0].row.hit.id;
        let grant = leave(&world, Act::RightsRedress, &request);
        let ends_at = world.app.rights_redress(&grant, traveller, hit).unwrap();
        assert_eq!(ends_at, at("2029-01-15T08:00:00Z"));
        let fly = |number, date: &str, now: Timestamp| {
            world.set_at(now);
            let before = hits(&world);
            world.receive(number, date);
            hits(&world) - before
        };
        assert_eq!(fly(2, "270117", at(RECEIVED)), 0);
        assert!(world.log("hit.spare")[0].starts_with("ok why=redress of=rgt_"));
        let last = ends_at - SignedDuration::from_secs(1);
        assert_eq!(fly(3, "290117", last), 0);
        assert_eq!(fly(4, "290117", ends_at), 1);
    }
}

/// R-DSR-05: a namesake with another document is not spared.
#[test]
fn redress_does_not_spare_a_namesake() {
    let world = World::new(&Place::folder("redress"), "eu-2022", RECEIVED);
    world.receive(1, "270116");
    let request = open(&world, "redress", &kestrelman()).unwrap();
    let hit = search(&world, &request, Search::Exact)[0].view.hits[0]
        .row
        .hit
        .id;
    let grant = leave(&world, Act::RightsRedress, &request);
    world
        .app
        .rights_redress(&grant, world.case("1"), hit)
        .unwrap();
    let before = hits(&world);
    world.receive_with(2, "270117", "X9999999");
    assert_eq!(hits(&world), before + 1);
}

/// R-DSR-01.
#[test]
fn every_profile_names_the_periods_and_the_remedy() {
    for id in Profile::builtins() {
        let profile = Profile::builtin(id).unwrap();
        assert!(!profile.rights().remedy.value.is_empty(), "{id}");
    }
}
