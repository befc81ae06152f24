//! The queue's rows, and a case with its hits fact by fact.

use super::person::{self, Side, sides};
use super::{instant, message_row, moment};
use crate::views::case::{
    ActBy, Alias, Case, CaseHead, CaseJourney, CaseRow, CaseState, CaseTraveller, Counts, Decision,
    Direction, Entry, Fact, Hit, HitState, Lane, LedgerLine, ListRef, Owner, Refusal, Relation,
    Severity, Verdict, Why,
};
use crate::views::shown::Shown;
use oriel_app::{CaseView, HitView, QueueItem};
use oriel_casework::{Review, ReviewState};
use oriel_policy::{Act, Actor, Grant, Profile, Purpose, authorize};
use oriel_screening as screening;
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
    fn initials(&self, account: &str) -> String {
        self.initials
            .get(account)
            .cloned()
            .unwrap_or_else(|| "?".to_owned())
    }

    fn is_me(&self, account: &str) -> bool {
        self.actor.id() == account
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
    let birth = person::birth(desk.grant, who.birth.as_ref(), &who.message);
    let sex = person::open(desk.grant, who.sex.as_ref(), &who.message, |s| {
        s.code().to_owned()
    });
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
            surname: person::plain(desk.grant, who.name.surname.as_ref(), &who.message),
            given_names: person::plain(desk.grant, who.name.given.as_ref(), &who.message),
            sex: person::text(&sex).map(str::to_owned),
            age: person::age(&birth, journey.departs.as_deref()),
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
    }
}

pub(super) fn case_journey(journey: &oriel_store::JourneyRow) -> CaseJourney {
    CaseJourney {
        id: journey.id.display("jrn"),
        flight: format!("{}{}", journey.carrier, journey.number),
        from: journey.from.clone(),
        to: journey.to.clone(),
        direction: direction(&journey.direction),
        departs: moment(&journey.from, journey.departs.as_ref(), journey.departs_at),
        arrives: moment(&journey.to, journey.arrives.as_ref(), journey.arrives_at),
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

/// A band's stable code and its words.
fn band(band: screening::Band) -> (&'static str, &'static str) {
    match band {
        screening::Band::Below => ("below", "below the line"),
        screening::Band::Document => ("document", "the document is listed"),
        screening::Band::NameOnly => ("name_only", "names agree, no birth date to compare"),
        screening::Band::Possible => ("possible", "over the line"),
        screening::Band::Likely => ("likely", "well over the line"),
        screening::Band::Certain => (
            "certain",
            "names agree together with a document or the day of birth",
        ),
    }
}

fn why(hit: Option<&screening::Hit>) -> Why {
    let Some(hit) = hit else {
        return Why {
            code: "withdrawn".to_owned(),
            words: "nothing fits any more".to_owned(),
            agreeing: 0,
            compared: 0,
        };
    };
    let standing = |fact| {
        let relations = hit
            .parts
            .iter()
            .filter(|part| part.fact == fact)
            .map(|part| part.relation);
        let relations: Vec<_> = relations.collect();
        let any = |wanted| relations.contains(&wanted);
        if any(screening::Relation::Agrees) || any(screening::Relation::Close) {
            Some(true)
        } else {
            any(screening::Relation::Differs).then_some(false)
        }
    };
    let facts = FACTS
        .iter()
        .filter_map(|(fact, _, words)| Some((*words, standing(*fact)?)));
    let (agreeing, differing): (Vec<_>, Vec<_>) = facts.partition(|(_, agrees)| *agrees);
    let list = |facts: &[(&str, bool)], verb| {
        let names: Vec<&str> = facts.iter().map(|(words, _)| *words).collect();
        (!names.is_empty()).then(|| format!("{verb} {}", names.join(", ")))
    };
    let words = [list(&agreeing, "agrees:"), list(&differing, "differs:")];
    Why {
        code: band(hit.band).0.to_owned(),
        words: words.into_iter().flatten().collect::<Vec<_>>().join("; "),
        agreeing: agreeing.len() as u32,
        compared: (agreeing.len() + differing.len()) as u32,
    }
}

/// Whether a row stands in a lane. What was missed must still be decided, but stands in nobody's
/// way: only its own lane and that of whoever has it show it.
pub(crate) fn stands_in(row: &CaseRow, lane: Lane) -> bool {
    let head = &row.head;
    let mine = head.owner.as_ref().is_some_and(|owner| owner.me);
    match lane {
        Lane::Mine => mine,
        Lane::Missed => head.missed,
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
        missed: count(Lane::Missed),
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
    Case {
        head: head(desk, &view.item),
        hits: view.hits.iter().map(|h| hit(desk, &sides, h)).collect(),
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
        let by_me = |h: &HitView| h.review.first.as_ref().is_some_and(|d| desk.is_me(d.by()));
        let waits = |h: &&HitView| h.row.open && h.review.state() == ReviewState::SecondWanted;
        if view.hits.iter().filter(waits).any(|h| !by_me(h)) {
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
        refuse(
            "decide",
            "disagreed",
            clause,
            "Two people decided differently; a supervisor must settle it.".to_owned(),
        );
    }
    (can, cannot)
}

/// One hit, fact by fact.
pub(crate) fn hit(desk: &Desk<'_>, sides: &[Side<'_>], view: &HitView) -> Hit {
    let found = &view.hit;
    let (code, words) = band(found.band);
    let list = view.list.as_ref();
    let review = &view.review;
    // The second person decides without knowing what the first one did.
    let blind = review.state() == ReviewState::SecondWanted
        && review.first.as_ref().is_some_and(|d| !desk.is_me(d.by()));
    let (profile, version) = desk.grant.profile();
    Hit {
        id: view.row.hit.id.display("hit"),
        version: view.row.version.unsigned_abs(),
        state: hit_state(view),
        kind: "list".to_owned(),
        list: ListRef {
            id: format!("lst_{}", found.list),
            name: list.map_or_else(|| found.list.to_string(), |l| l.name.clone()),
            version: found.list_version.to_string(),
            owner: list.map(|l| l.owner.clone()).unwrap_or_default(),
        },
        entry: entry(found, view.entry.as_ref()),
        weights: found.weights_version.to_string(),
        profile: format!("{profile} {version}"),
        strength: u32::from(found.score),
        line: u32::from(screening::LINE_SCORE),
        band: code.to_owned(),
        words: words.to_owned(),
        facts: found
            .parts
            .iter()
            .map(|part| fact(desk.grant, sides, part))
            .collect(),
        decisive_missing: decisive_missing(found),
        decision: review
            .first
            .as_ref()
            .filter(|_| !blind)
            .map(|d| decision(desk, d)),
        second: review.second.as_ref().map(|d| decision(desk, d)),
    }
}

/// Where a hit stands.
pub(super) fn hit_state(view: &HitView) -> HitState {
    match (view.row.open, view.review.state()) {
        (false, _) => HitState::Withdrawn,
        (true, ReviewState::Open) => HitState::Open,
        (true, ReviewState::SecondWanted) => HitState::SecondWanted,
        (true, ReviewState::Disagreed) => HitState::Disagreed,
        (true, ReviewState::Closed) => HitState::Decided,
    }
}

fn decision(desk: &Desk<'_>, signed: &oriel_casework::Decision) -> Decision {
    Decision {
        verdict: match signed.verdict() {
            oriel_casework::Verdict::Same => Verdict::Same,
            oriel_casework::Verdict::NotSame => Verdict::NotSame,
            oriel_casework::Verdict::CannotTell => Verdict::CannotTell,
        },
        reasons: signed.reasons().to_vec(),
        note: Some(signed.note().to_owned()).filter(|note| !note.is_empty()),
        by: desk.initials(signed.by()),
        at: instant(&signed.at()),
    }
}

fn entry(found: &screening::Hit, entry: Option<&screening::Entry>) -> Entry {
    let texts = |values: &[oriel_model::Text]| values.iter().map(ToString::to_string).collect();
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let Some(entry) = entry else {
        return Entry {
            id: found.entry.to_string(),
            reference: found.entry.to_string(),
            names: Vec::new(),
            aliases: Vec::new(),
            births: Vec::new(),
            nationalities: Vec::new(),
            documents: Vec::new(),
            listed_on: None,
            remarks: None,
        };
    };
    let (primary, others): (Vec<_>, Vec<_>) = entry
        .names
        .iter()
        .partition(|name| name.quality == screening::Quality::Primary);
    Entry {
        id: entry.id.to_string(),
        reference: some(&entry.reference).unwrap_or_else(|| entry.id.to_string()),
        names: primary.iter().map(|name| name.text.to_string()).collect(),
        aliases: others
            .iter()
            .map(|name| Alias {
                name: name.text.to_string(),
                quality: Some(
                    match name.quality {
                        screening::Quality::Low => "low",
                        _ => "good",
                    }
                    .to_owned(),
                ),
            })
            .collect(),
        births: entry.births.iter().map(ToString::to_string).collect(),
        nationalities: texts(&entry.nationalities),
        documents: entry
            .documents
            .iter()
            .map(|d| {
                let parts = [
                    d.number.as_str(),
                    d.issuer.as_deref().unwrap_or(""),
                    d.kind.as_str(),
                ];
                let parts: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
                parts.join(" ")
            })
            .collect(),
        listed_on: some(&entry.listed_on),
        remarks: some(&entry.remarks),
    }
}

/// What can be compared: its code and its words, the telling ones first.
const FACTS: &[(screening::Fact, &str, &str)] = &[
    (screening::Fact::Document, "document", "document"),
    (screening::Fact::Name, "name", "name"),
    (screening::Fact::BirthDate, "birth_date", "birth date"),
    (screening::Fact::BirthPlace, "birth_place", "place of birth"),
    (screening::Fact::Nationality, "nationality", "nationality"),
    (screening::Fact::Sex, "sex", "sex"),
];

fn fact_name(fact: screening::Fact) -> &'static str {
    FACTS
        .iter()
        .find(|row| row.0 == fact)
        .map_or("", |row| row.1)
}

fn fact(grant: &Grant, sides: &[Side<'_>], part: &screening::FactPart) -> Fact {
    let ours = if part.ours.is_empty() {
        Shown::missing()
    } else {
        Shown::Value {
            value: part.ours.to_string(),
            source: source(grant, sides, part),
        }
    };
    Fact {
        fact: fact_name(part.fact).to_owned(),
        relation: match part.relation {
            screening::Relation::Agrees => Relation::Agrees,
            screening::Relation::Close => Relation::Close,
            screening::Relation::Differs => Relation::Differs,
            screening::Relation::Missing if part.ours.is_empty() => Relation::MissingOurs,
            screening::Relation::Missing => Relation::MissingTheirs,
            screening::Relation::NotCompared => Relation::NotCompared,
        },
        ours,
        theirs: part.theirs.iter().map(ToString::to_string).collect(),
        points: i32::from(part.points),
        why: part.why.to_string(),
    }
}

/// The bytes a compared value was read from: those of the first source that says it.
fn source(
    grant: &Grant,
    sides: &[Side<'_>],
    part: &screening::FactPart,
) -> Option<crate::views::shown::Source> {
    let wanted = fold(&part.ours);
    let says = |shown: &Shown| {
        person::text(shown).is_some_and(|value| {
            let value = fold(value);
            !value.is_empty() && (value.contains(&wanted) || wanted.contains(&value))
        })
    };
    let values = sides.iter().flat_map(|side| {
        let t = side.traveller;
        let key = &side.report.message;
        let plain = |value| person::plain(grant, value, key);
        match part.fact {
            screening::Fact::Name => {
                let mut names = vec![plain(t.name.surname.as_ref()), plain(t.name.given.as_ref())];
                for holder in t.documents.iter().filter_map(|d| d.holder.as_ref()) {
                    names.push(plain(holder.surname.as_ref()));
                    names.push(plain(holder.given.as_ref()));
                }
                names
            }
            screening::Fact::BirthDate => vec![person::birth(grant, t.birth.as_ref(), key)],
            screening::Fact::Nationality => {
                let sent = t
                    .nationalities
                    .iter()
                    .map(|n| person::plain(grant, Some(n), key));
                let issuers = t.documents.iter().filter_map(|d| d.issuer.as_ref());
                sent.chain(issuers.map(|i| person::plain(grant, Some(i), key)))
                    .collect()
            }
            screening::Fact::Sex => {
                vec![person::open(grant, t.sex.as_ref(), key, |sex| {
                    sex.code().to_owned()
                })]
            }
            screening::Fact::Document => t
                .documents
                .iter()
                .map(|d| plain(d.number.as_ref()))
                .collect(),
            screening::Fact::BirthPlace => vec![plain(t.birth_place.as_ref())],
        }
    });
    let said = values.filter(says).next();
    match said {
        Some(Shown::Value { source, .. }) => source,
        _ => None,
    }
}

/// Letters and digits only, in lower case.
fn fold(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Strong facts that one side lacks.
fn decisive_missing(hit: &screening::Hit) -> Vec<String> {
    [screening::Fact::Document, screening::Fact::BirthDate]
        .into_iter()
        .filter(|fact| {
            let mut parts = hit.parts.iter().filter(|part| part.fact == *fact);
            parts.all(|part| {
                matches!(
                    part.relation,
                    screening::Relation::Missing | screening::Relation::NotCompared
                )
            })
        })
        .map(|fact| fact_name(fact).to_owned())
        .collect()
}
