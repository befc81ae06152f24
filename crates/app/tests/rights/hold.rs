//! Holds, links to an offence, and the time of results.

use crate::world::{World, at};
use jiff::{SignedDuration, Timestamp};
use oriel_app::{AppError, HoldAsk, TravellerView, Unfit};
use oriel_casework::Verdict;
use oriel_keys::{Bucket, Class};
use oriel_policy::{Act, PIU, Role};
use oriel_store::{Hold, Id, Retention, StoreError};
use oriel_testkit::Place;

const RECEIVED: &str = "2027-01-15T08:00:00Z";
const ENDS: &str = "2029-03-01T12:00:00Z";

fn place(world: &World, traveller: Id, ends_at: &str) -> Result<Hold, AppError> {
    let grant = world.grant("req_1", Role::RequestOfficer, Act::HoldPlace, "request=r1");
    world.app.hold_place(
        &grant,
        &HoldAsk {
            traveller,
            authority: "police:uto",
            reason: "An invented case.",
            ends_at: at(ends_at),
        },
    )
}

fn read(world: &World, hold: &Hold, purpose: &str) -> Result<TravellerView, AppError> {
    let grant = world.grant("usr_1", Role::Analyst, Act::HoldRead, purpose);
    world.app.hold_read(&grant, hold.id).map(|(_, view)| view)
}

/// R-RET-07, on both kinds of store.
#[test]
fn a_hold_keeps_a_copy_for_its_case_and_the_record_goes_on_its_day() {
    for store in Place::each("hold") {
        let world = World::new(&store, "eu-2022", RECEIVED);
        world.receive(1, "270116");
        let other = world.case("1");
        let innocent = world
            .people("1")
            .into_iter()
            .find(|id| *id != other)
            .unwrap();
        let hold = place(&world, innocent, ENDS).unwrap();
        assert_eq!(hold.review_at, at("2027-07-15T08:00:00Z"));
        world.decide("1", Verdict::NotSame, "N1");

        world.set("2027-07-16T00:00:00Z");
        world.sweep();
        assert_eq!(
            world.journey("1").retention,
            Retention::Erased,
            "on its day"
        );

        let at_instant = |now: Timestamp| {
            world.set_at(now);
            read(&world, &hold, "request=r1")
        };
        let view = at_instant(at(ENDS) - SignedDuration::from_secs(1)).unwrap();
        let travellers: Vec<_> = view
            .journey
            .reports
            .iter()
            .flat_map(|r| &r.travellers)
            .collect();
        assert_eq!(travellers.len(), 1, "nobody else is in the copy");
        let surname = travellers[0].name.surname.as_ref().unwrap();
        assert_eq!(surname.expose(), "UMBERWAY");
        assert!(
            read(&world, &hold, "request=r2").is_err(),
            "its own case alone"
        );

        assert!(at_instant(at(ENDS)).is_err());
        world.set("2029-03-02T00:00:00Z");
        assert_eq!(world.sweep().ended, 1);
        assert_eq!(world.log("hold.end"), ["ok ended"]);
        let ring = world.app.store().keys().unwrap().ring(PIU).unwrap();
        assert_eq!(
            ring.horizon(Class::Kept),
            Bucket(Bucket::of(at(ENDS)).0 + 1)
        );
    }
}

/// R-RET-07.
#[test]
fn a_hold_that_is_lifted_opens_nothing_and_one_that_is_kept_is_looked_at_again() {
    let world = World::new(&Place::folder("hold"), "eu-2022", RECEIVED);
    world.receive(1, "270116");
    let hold = place(&world, world.case("1"), ENDS).unwrap();
    world.set("2027-07-15T08:00:00Z");
    let lift = || world.grant("legal", Role::LegalOfficer, Act::HoldLift, "");
    world.app.hold_keep(&lift(), hold.id).unwrap();
    let see = world.grant("legal", Role::LegalOfficer, Act::HoldSee, "");
    let listed = world.app.holds(&see).unwrap();
    assert_eq!(listed[0].review_at, at("2028-01-15T08:00:00Z"));
    world.app.hold_lift(&lift(), hold.id).unwrap();
    assert!(read(&world, &hold, "request=r1").is_err());
    let again = world.app.hold_lift(&lift(), hold.id);
    assert!(matches!(
        again,
        Err(AppError::Store(StoreError::NotFound { .. }))
    ));
    assert!(world.app.holds(&see).unwrap().is_empty());
}

/// R-RET-07: a hold is for a case, under a date that its authority names.
#[test]
fn a_hold_names_a_case_and_a_date_that_lies_ahead() {
    let world = World::new(&Place::folder("hold"), "eu-2022", RECEIVED);
    world.receive(1, "270116");
    let traveller = world.case("1");
    for past in [RECEIVED, "2027-01-15T07:59:59Z", "2150-01-01T00:00:00Z"] {
        let refused = place(&world, traveller, past);
        assert!(
            matches!(refused, Err(AppError::Unfit(Unfit::Date))),
            "{past}"
        );
    }
    assert!(
        world
            .try_grant("req_1", Role::RequestOfficer, Act::HoldPlace, "")
            .is_err()
    );
}

/// R-RET-05, on both kinds of store: the flight's two persons are both linked; one link is lifted.
#[test]
fn a_record_goes_at_the_next_sweep_when_its_link_is_lifted() {
    for store in Place::each("link") {
        let world = World::new(&store, "eu-2022", RECEIVED);
        world.receive(1, "270116");
        world.decide("1", Verdict::Same, "S1");
        world.set("2027-07-16T00:00:00Z");
        world.sweep();
        assert_eq!(world.journey("1").retention, Retention::Masked);

        let links = || {
            let see = world.grant("super", Role::Supervisor, Act::LinkSee, "");
            world.app.links(&see).unwrap()
        };
        let link = links().remove(0);
        let review = |who: &str, keep: bool| {
            let purpose = format!("case={}", link.traveller.display("case"));
            let grant = world.grant(who, Role::Supervisor, Act::LinkReview, &purpose);
            world.app.link_review(&grant, link.id, keep)
        };
        // Whoever recorded it does not look at it again.
        let own = review(&link.recorded_by, false);
        assert!(
            matches!(own, Err(AppError::Unfit(Unfit::Pair(_)))),
            "{own:?}"
        );
        assert!(world.log("link.see").last().unwrap().ends_with("overdue=1"));
        review("super", true).unwrap();
        assert_eq!(links()[0].review_at, at("2028-01-16T00:00:00Z"));
        assert!(world.log("link.see").last().unwrap().ends_with("overdue=0"));
        assert_eq!(world.sweep().erased, 0);

        review("super", false).unwrap();
        assert_eq!(world.sweep().erased, 1);
        assert_eq!(world.journey("1").retention, Retention::Erased);
        assert!(world.people("1").is_empty() && links().is_empty());
    }
}

/// R-REV-05, on both kinds of store: results go on their own day; the record and the link stay.
#[test]
fn results_expire_to_the_second_and_the_record_does_not() {
    for store in Place::each("results") {
        let world = World::new(&store, "eu-2022", RECEIVED);
        world.receive(1, "270116");
        world.set("2027-01-15T09:30:00Z");
        world.decide("1", Verdict::Same, "S1");
        let n = world.journey("1").n;
        let cases = || {
            let cases = world.app.store().read(|tx| tx.case_of_journey(n)).unwrap();
            cases.len()
        };
        let end = at("2027-02-14T09:30:00Z");
        world.set_at(end - SignedDuration::from_secs(1));
        assert_eq!((world.sweep().results, cases()), (0, 1));
        world.set_at(end);
        assert_eq!((world.sweep().results, cases()), (1, 0));
        assert!(world.app.hit_places(PIU).unwrap().is_empty());
        assert_eq!(world.people("1").len(), 2, "the record has its own day");
        let evidence = world
            .app
            .store()
            .read(|tx| tx.evidence_of_journey(n))
            .unwrap();
        assert_eq!(evidence.len(), 1, "and so has the link");
    }
}
