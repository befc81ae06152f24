//! One hit, fact by fact: why it is one, what the entry says, and what was decided.

use super::case::Desk;
use super::instant;
use super::person::{self, Side};
use crate::views::case::{
    Alias, Decision, Entry, Fact, Hit, HitState, ListRef, Relation, Verdict, Why,
};
use crate::views::matching::{MatchHit, MatchPart};
use crate::views::shown::{Shown, Source};
use oriel_app::{HitView, Matched};
use oriel_casework::ReviewState;
use oriel_model::Element;
use oriel_policy::Lens;
use oriel_screening as screening;

/// One hit, fact by fact.
pub(super) fn hit(desk: &Desk<'_>, lens: Lens<'_>, sides: &[Side<'_>], view: &HitView) -> Hit {
    let found = &view.hit;
    let (code, words) = band(found.band);
    let list = view.list.as_ref();
    let review = &view.review;
    // The second person decides without knowing what the first one did.
    let blind = review.state() == ReviewState::SecondWanted
        && review.first.as_ref().is_some_and(|d| !desk.is_me(d.by()));
    let profile = desk.grant.profile();
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
            legal_basis: list.map(|l| l.legal_basis.clone()).unwrap_or_default(),
        },
        offences: found.offences.iter().map(ToString::to_string).collect(),
        entry: entry(found, view.entry.as_ref()),
        weights: found.weights_version.to_string(),
        profile: format!("{} {}", profile.id(), profile.version()),
        strength: u32::from(found.score),
        line: u32::from(screening::LINE_SCORE),
        band: code.to_owned(),
        words: words.to_owned(),
        facts: found
            .parts
            .iter()
            .map(|part| fact(lens, sides, part))
            .collect(),
        decisive_missing: decisive_missing(found),
        decision: review
            .first
            .as_ref()
            .filter(|_| !blind)
            .map(|d| decision(desk, d)),
        second: review.second.as_ref().map(|d| decision(desk, d)),
        earlier: review.earlier.iter().map(|d| decision(desk, d)).collect(),
    }
}

/// A hit of a question; what was asked is shown to who asked it.
pub(crate) fn matched(matched: &Matched) -> MatchHit {
    let found = &matched.hit;
    let part = |part: &screening::FactPart| MatchPart {
        fact: fact_name(part.fact).to_owned(),
        relation: match part.relation {
            screening::Relation::Agrees => "agrees",
            screening::Relation::Close => "close",
            screening::Relation::Differs => "differs",
            screening::Relation::Missing => "missing",
            screening::Relation::NotCompared => "not_compared",
        }
        .to_owned(),
        code: part.code.to_string(),
        why: part.why.to_string(),
        points: i32::from(part.points),
        ours: part.ours.to_string(),
        theirs: part.theirs.iter().map(ToString::to_string).collect(),
    };
    let names = matched.entry.iter().flat_map(|entry| &entry.names);
    MatchHit {
        list: found.list.to_string(),
        list_version: found.list_version.to_string(),
        entry: found.entry.to_string(),
        caption: names
            .map(|name| name.text.to_string())
            .next()
            .unwrap_or_default(),
        score: found.score,
        points: found.points,
        band: band(found.band).0.to_owned(),
        parts: found.parts.iter().map(part).collect(),
        weights_version: found.weights_version.to_string(),
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
            sought: Vec::new(),
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
        sought: entry
            .selectors
            .iter()
            .map(|selector| selector.kind.name().to_owned())
            .collect(),
        listed_on: some(&entry.listed_on),
        remarks: some(&entry.remarks),
    }
}

/// What can be compared: its code, its words and the kind of data it is, the telling ones first.
const FACTS: &[(screening::Fact, &str, &str, Element)] = {
    use screening::Fact;
    &[
        (Fact::Document, "document", "document", Element::Document),
        (Fact::Name, "name", "name", Element::Name),
        (
            Fact::BirthDate,
            "birth_date",
            "birth date",
            Element::BirthDate,
        ),
        (
            Fact::BirthPlace,
            "birth_place",
            "place of birth",
            Element::BirthPlace,
        ),
        (
            Fact::Nationality,
            "nationality",
            "nationality",
            Element::Nationality,
        ),
        (Fact::Sex, "sex", "sex", Element::Sex),
        (Fact::Phone, "phone", "telephone number", Element::Contact),
        (Fact::Email, "email", "mail address", Element::Contact),
        (Fact::Payment, "payment", "payment", Element::Payment),
        (Fact::Address, "address", "postal address", Element::Contact),
    ]
};

fn fact_name(fact: screening::Fact) -> &'static str {
    FACTS
        .iter()
        .find(|row| row.0 == fact)
        .map_or("", |row| row.1)
}

fn fact(lens: Lens<'_>, sides: &[Side<'_>], part: &screening::FactPart) -> Fact {
    let element = FACTS.iter().find(|row| row.0 == part.fact).map(|row| row.3);
    let element = element.unwrap_or(Element::Unmapped);
    let sent = Some(part.ours.to_string()).filter(|ours| !ours.is_empty());
    let mut ours = person::bare(lens, element, sent);
    if let Shown::Value { source: place, .. } = &mut ours {
        *place = source(lens, sides, part);
    }
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
fn source(lens: Lens<'_>, sides: &[Side<'_>], part: &screening::FactPart) -> Option<Source> {
    let wanted = fold(&part.ours);
    let says = |shown: &Shown| {
        person::text(shown).is_some_and(|value| {
            let value = fold(value);
            !value.is_empty() && (value.contains(&wanted) || wanted.contains(&value))
        })
    };
    let mut values = sides.iter().flat_map(|side| {
        let t = side.traveller;
        let key = &side.report.message;
        let plain = |element, value| person::plain(lens, element, value, key);
        let name = |value| plain(Element::Name, value);
        match part.fact {
            screening::Fact::Name => {
                let mut names = vec![name(t.name.surname.as_ref()), name(t.name.given.as_ref())];
                for holder in t.documents.iter().filter_map(|d| d.holder.as_ref()) {
                    names.push(name(holder.surname.as_ref()));
                    names.push(name(holder.given.as_ref()));
                }
                names
            }
            screening::Fact::BirthDate => vec![person::birth(lens, t.birth.as_ref(), key)],
            screening::Fact::Nationality => {
                let country = |element, value| person::plain(lens, element, Some(value), key);
                let sent = t.nationalities.iter();
                let issuers = t.documents.iter().filter_map(|d| d.issuer.as_ref());
                sent.map(|sent| country(Element::Nationality, sent))
                    .chain(issuers.map(|issuer| country(Element::Document, issuer)))
                    .collect()
            }
            screening::Fact::Sex => vec![person::sex(lens, t.sex.as_ref(), key)],
            screening::Fact::Document => t
                .documents
                .iter()
                .map(|d| plain(Element::Document, d.number.as_ref()))
                .collect(),
            screening::Fact::BirthPlace => {
                vec![plain(Element::BirthPlace, t.birth_place.as_ref())]
            }
            screening::Fact::Phone | screening::Fact::Email | screening::Fact::Address => side
                .report
                .bookings
                .iter()
                .flat_map(|booking| &booking.contacts)
                .map(|contact| plain(Element::Contact, Some(&contact.value)))
                .collect(),
            screening::Fact::Payment => side
                .report
                .bookings
                .iter()
                .flat_map(|booking| &booking.payments)
                .map(|payment| plain(Element::Payment, payment.number_masked.as_ref()))
                .collect(),
        }
    });
    match values.find(says)? {
        Shown::Value { value, source } => source.map(|source| narrow(&value, source, &part.ours)),
        _ => None,
    }
}

/// The bytes of one word of a value, where value and bytes stand letter under letter.
fn narrow(value: &str, source: Source, word: &str) -> Source {
    let [from, to] = source.bytes;
    if (to - from) as usize != value.len() {
        return source;
    }
    let (value, word) = (value.to_ascii_lowercase(), word.to_ascii_lowercase());
    let Some(at) = value.find(&word) else {
        return source;
    };
    let from = from + at as u32;
    Source {
        bytes: [from, from + word.len() as u32],
        ..source
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
    // A list of documents or of telephone numbers knows nobody, so nothing about the traveller
    // could decide.
    let of_nobody = |fact: screening::Fact| fact == screening::Fact::Document || fact.is_selector();
    if hit.parts.iter().all(|part| of_nobody(part.fact)) {
        return Vec::new();
    }
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

/// A band's stable code and its words.
fn band(band: screening::Band) -> (&'static str, &'static str) {
    match band {
        screening::Band::Below => ("below", "below the line"),
        screening::Band::Document => (
            "document",
            "the document is listed: ask who issued it before anybody acts",
        ),
        screening::Band::Selector => (
            "selector",
            "what was used is listed, and may be used by others: ask who the booking is for",
        ),
        screening::Band::NameOnly => ("name_only", "names agree, no birth date to compare"),
        screening::Band::Possible => ("possible", "over the line"),
        screening::Band::Likely => ("likely", "well over the line"),
        screening::Band::Certain => (
            "certain",
            "names agree together with a document or the day of birth",
        ),
    }
}

/// Why there is a case, in short.
pub(super) fn why(hit: Option<&screening::Hit>) -> Why {
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
        .filter_map(|(fact, _, words, _)| Some((*words, standing(*fact)?)));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &str, bytes: [u32; 2], word: &str, expect: [u32; 2]) {
        let source = Source {
            message: "msg_1".to_owned(),
            bytes,
        };
        assert_eq!(narrow(value, source, word).bytes, expect);
    }

    #[test]
    fn a_word_is_marked_alone_where_its_place_is_sure() {
        check("HAI TUAN KIET", [100, 113], "kiet", [109, 113]);
        check("HAI TUAN KIET", [100, 113], "MINH", [100, 113]);
        // A release character, or a letter of two bytes read from one.
        check("O'DWYER ANN", [100, 112], "ANN", [100, 112]);
    }
}
