//! The queue's rows, and a case with its hits fact by fact.

use super::hit::{hit, why};
use super::person::{self, sides};
use super::{instant, message_row, moment, standing};
use crate::views::case::{
    ActBy, Case, CaseHead, CaseJourney, CaseRow, CaseState, CaseTraveller, Counts, Direction, Lane,
    LedgerLine, Mode, Owner, Refusal, Severity,
};
use oriel_app::{CaseView, HitView, QueueItem};
use oriel_casework::{Review, ReviewState};
use oriel_model::Element;
use oriel_policy::{Act, Actor, Grant, Lens, Profile, Purpose, authorize};
use std::collections::HashMap;

/// Who is looking, and whom they know: what a case looks like depends on it.
pub(crate) struct Desk<'a> {
    /// Leave under which the case was read.
    pub(crate) grant: &'a Grant,
    /// Who looks.
    pub(crate) actor: &'a Actor,
    /// Law in force.
    pub(crate) profile: &'a Profile,
    /// Initials by account.
    pub(crate) initials: &'a HashMap<String, String>,
}

impl Desk<'_> {
    pub(super) fn initials(&self, account: &str) -> String {
        self.initials
            .get(account)
            .cloned()
            .unwrap_or_else(|| "?".to_owned())
    }

    pub(super) fn is_me(&self, account: &str) -> bool {
        self.actor.id() == account
    }

    /// How whoever asks sees the record of a journey.
    pub(super) fn lens(&self, journey: &oriel_store::JourneyRow) -> Lens<'_> {
        Lens::new(self.grant, standing(self.grant, journey))
    }

    /// Whether whoever asks has signed a decision in this review.
    fn has_signed(&self, review: &oriel_casework::Review) -> bool {
        review.signed_by(self.actor.id())
    }

    fn may(&self, act: Act, purpose: &Purpose) -> bool {
        authorize(
            self.profile,
            self.actor,
            act,
            Some(purpose),
            self.grant.at(),
        )
        .is_ok()
    }
}

/// A row of the queue.
pub(crate) fn case_row(desk: &Desk<'_>, item: &QueueItem) -> CaseRow {
    CaseRow {
        head: head(desk, item),
        hits: item.hits as u32,
    }
}

fn head(desk: &Desk<'_>, item: &QueueItem) -> CaseHead {
    let case = &item.case.case;
    let journey = &item.journey;
    let who = &case.summary;
    let lens = desk.lens(journey);
    let birth = person::birth(lens, who.birth.as_ref(), &who.message);
    let name = |part| person::plain(lens, Element::Name, part, &who.message);
    CaseHead {
        id: case.id.display("case"),
        version: item.case.version.unsigned_abs(),
        act_by: item.act_by.as_ref().map(|by| ActBy {
            utc: instant(&by.at),
            why: by.why.clone(),
        }),
        rank: item.rank.0,
        severity: severity(case.severity),
        traveller: CaseTraveller {
            id: case.id.display("trv"),
            surname: name(who.name.surname.as_ref()),
            given_names: name(who.name.given.as_ref()),
            sex: person::sex(lens, who.sex.as_ref(), &who.message),
            age: person::age(birth, journey.departs.as_deref()),
        },
        journey: case_journey(journey),
        why: why(item.strongest.as_ref()),
        state: state(&case.state, item.case.claim.is_some()),
        owner: item.case.claim.as_ref().map(|claim| Owner {
            initials: desk.initials(&claim.by),
            me: desk.is_me(&claim.by),
        }),
        received_at: instant(&case.found_at),
        missed: item.missed,
        waits_since: item.waits_since.as_ref().map(instant),
    }
}

pub(super) fn case_journey(journey: &oriel_store::JourneyRow) -> CaseJourney {
    CaseJourney {
        id: journey.id.display("jrn"),
        flight: journey.name(),
        mode: mode(journey.mode),
        from: journey.from.clone(),
        to: journey.to.clone(),
        direction: direction(&journey.direction),
        departs: moment(&journey.from, journey.departs.as_ref(), journey.departs_at),
        arrives: moment(&journey.to, journey.arrives.as_ref(), journey.arrives_at),
    }
}

pub(super) fn mode(mode: oriel_model::Mode) -> Mode {
    match mode {
        oriel_model::Mode::Air => Mode::Air,
        oriel_model::Mode::Sea => Mode::Sea,
        oriel_model::Mode::Rail => Mode::Rail,
        oriel_model::Mode::Road => Mode::Road,
    }
}

pub(super) fn direction(name: &str) -> Direction {
    match name {
        "out" => Direction::Out,
        "in" => Direction::In,
        "transit" => Direction::Transit,
        _ => Direction::Unknown,
    }
}

pub(super) fn severity(severity: oriel_casework::Severity) -> Severity {
    match severity {
        oriel_casework::Severity::Critical => Severity::Critical,
        oriel_casework::Severity::High => Severity::High,
        oriel_casework::Severity::Medium => Severity::Medium,
        oriel_casework::Severity::Low => Severity::Low,
    }
}

/// The state of a case by its name in the store and whether somebody works on it.
pub(super) fn state(name: &str, claimed: bool) -> CaseState {
    match name {
        "second_wanted" => CaseState::SecondWanted,
        "disagreed" => CaseState::Disagreed,
        "decided" => CaseState::Closed,
        "withdrawn" => CaseState::Withdrawn,
        _ if claimed => CaseState::Claimed,
        _ => CaseState::New,
    }
}

/// Whether a row stands in a lane. What was missed must still be decided, but stands in nobody's
/// way: only its own lane, that of whoever has it, and that of second checks show it.
pub(crate) fn stands_in(row: &CaseRow, lane: Lane) -> bool {
    let head = &row.head;
    let mine = head.owner.as_ref().is_some_and(|owner| owner.me);
    match lane {
        Lane::Mine => mine,
        Lane::Missed => head.missed,
        Lane::CheckIn => head.waits_since.is_some(),
        Lane::Second => head.state == CaseState::SecondWanted,
        _ if head.missed => false,
        Lane::All => true,
        Lane::Departing => head.journey.direction == Direction::Out,
        Lane::Arriving => head.journey.direction == Direction::In,
        Lane::Transit => head.journey.direction == Direction::Transit,
        Lane::Others => head.owner.is_some() && !mine,
        Lane::Unclaimed => head.owner.is_none(),
    }
}

/// How many rows stand in each lane.
pub(crate) fn counts(rows: &[CaseRow]) -> Counts {
    let count = |lane| rows.iter().filter(|row| stands_in(row, lane)).count() as u32;
    Counts {
        all: count(Lane::All),
        departing: count(Lane::Departing),
        arriving: count(Lane::Arriving),
        transit: count(Lane::Transit),
        mine: count(Lane::Mine),
        others: count(Lane::Others),
        unclaimed: count(Lane::Unclaimed),
        second: count(Lane::Second),
        missed: count(Lane::Missed),
        check_in: count(Lane::CheckIn),
    }
}

/// A case with everything its review needs.
pub(crate) fn case(desk: &Desk<'_>, view: &CaseView) -> Case {
    let person = &view.journey.people[view.person];
    let sides = sides(&view.journey, person);
    let named: Vec<_> = sides.iter().map(|side| side.report.message).collect();
    let mut messages: Vec<_> = view
        .messages
        .iter()
        .filter(|row| named.contains(&row.key))
        .collect();
    messages.sort_by_key(|row| std::cmp::Reverse(row.received_at));
    let (can, cannot) = acts(desk, view);
    let lens = desk.lens(&view.item.journey);
    Case {
        head: head(desk, &view.item),
        hits: view
            .hits
            .iter()
            .map(|h| hit(desk, lens, &sides, h))
            .collect(),
        ledger: ledger(desk, view, messages.last().map(|row| &row.received_at)),
        messages: messages.into_iter().map(message_row).collect(),
        can,
        cannot,
    }
}

/// What happened to a case and is known, oldest first.
fn ledger(desk: &Desk<'_>, view: &CaseView, received: Option<&jiff::Timestamp>) -> Vec<LedgerLine> {
    let case = &view.item.case;
    let mut lines: Vec<(jiff::Timestamp, &str, Option<String>)> = Vec::new();
    lines.extend(received.map(|at| (*at, "received", None)));
    lines.push((case.case.found_at, "hit", None));
    if let Some(claim) = &case.claim {
        lines.push((claim.at, "claimed", Some(desk.initials(&claim.by))));
    }
    for hit in &view.hits {
        let Review { first, second, .. } = &hit.review;
        for (decision, what) in [(first, "decided"), (second, "second")] {
            lines.extend(
                decision
                    .as_ref()
                    .map(|d| (d.at(), what, Some(desk.initials(d.by())))),
            );
        }
    }
    lines.sort_by_key(|(at, _, _)| *at);
    lines
        .into_iter()
        .map(|(at, what, by)| LedgerLine {
            what: what.to_owned(),
            at: instant(&at),
            by,
        })
        .collect()
}

/// What the reader may do with a case now, and what not and why.
fn acts(desk: &Desk<'_>, view: &CaseView) -> (Vec<String>, Vec<Refusal>) {
    let id = view.item.case.case.id.display("case");
    let purpose = Purpose::parse(&format!("case={id}"));
    let may = |act| {
        purpose
            .as_ref()
            .is_some_and(|purpose| desk.may(act, purpose))
    };
    let holder = view.item.case.claim.as_ref();
    let mine = holder.is_some_and(|claim| desk.is_me(&claim.by));
    let mut can = Vec::new();
    let mut cannot = Vec::new();
    let mut refuse = |act: &str, code: &str, clause: &str, text: String| {
        cannot.push(Refusal {
            act: act.to_owned(),
            code: code.to_owned(),
            clause: clause.to_owned(),
            text,
        });
    };
    let closed = matches!(view.item.case.case.state.as_str(), "decided" | "withdrawn");
    if closed {
        // Nothing is left to take or to give back.
    } else if mine {
        can.push("release".to_owned());
    } else if let Some(claim) = holder {
        let who = desk.initials(&claim.by);
        refuse(
            "claim",
            "claimed-by-other",
            "operational",
            format!("{who} works on this case and can release it."),
        );
    } else if may(Act::CaseClaim) {
        can.push("claim".to_owned());
    }
    if !may(Act::HitDecide) {
        refuse(
            "decide",
            "role-missing",
            "operational",
            "Your roles read this case and do not decide it.".to_owned(),
        );
        return (can, cannot);
    }
    let states: Vec<ReviewState> = view
        .hits
        .iter()
        .filter(|h| h.row.open)
        .map(|h| h.review.state())
        .collect();
    if states.contains(&ReviewState::Open) {
        can.push("decide".to_owned());
    }
    let (_, clause) = desk.profile.second_check();
    if states.contains(&ReviewState::SecondWanted) {
        let waits = |h: &&HitView| h.row.open && h.review.state() == ReviewState::SecondWanted;
        if view
            .hits
            .iter()
            .filter(waits)
            .any(|h| !desk.has_signed(&h.review))
        {
            can.push("second".to_owned());
        } else {
            refuse(
                "second",
                "second-person",
                clause,
                "You signed the first decision; a second person must check it.".to_owned(),
            );
        }
    }
    if states.contains(&ReviewState::Disagreed) {
        let waits = |h: &&HitView| h.row.open && h.review.state() == ReviewState::Disagreed;
        if view
            .hits
            .iter()
            .filter(waits)
            .any(|h| !desk.has_signed(&h.review))
        {
            can.push("third".to_owned());
        } else {
            refuse(
                "third",
                "third-person",
                clause,
                "You signed one of the two decisions; a third person must settle it.".to_owned(),
            );
        }
    }
    (can, cannot)
}
