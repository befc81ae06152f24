//! The pure half of receiving: decode, project, digest. Any number of these run side by side.
//!
//! - In: bytes as received and the recipients' laws.  Out: one [`Prepared`] a message.
//! - Invariant: what leaves here holds, for each recipient, nothing that its profile forbids; the bytes as received are
//!   not kept.

use crate::ahead::Ahead;
use crate::compartment::Recipients;
use crate::quality::{Counts, lost, of_message};
use crate::{Compartment, Enrolled, MessageOutcome, Sender, Status};
use oriel_edifact::ServiceString;
use oriel_messages::Conventions;
use oriel_messages::Decoded;
use oriel_messages::findings::reception;
use oriel_messages::reply::Agreements;
use oriel_model::{
    Carrier, Envelope, Finding, FindingKind, JourneyKey, Message, MessageKey, Report, Severity,
    Text,
};
use oriel_policy::profile::{CarrierRules, Stranger};
use oriel_policy::{Characters, Profile, Projected, project};
use oriel_store::{Id, Packed};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::ops::Range;
use std::sync::Arc;

/// How a transmission came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel(pub Text);

/// A finding as kept and reported: no value, only code and place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingNote {
    /// Code, such as `PAX-0231`.
    pub code: String,
    /// Segment of the message, UNH being 1; 0 outside.
    pub segment: u32,
    /// Its tag.
    pub tag: String,
    /// Byte range counted from the message's first byte; absent for a place outside of it.
    pub bytes: Option<(u32, u32)>,
}

/// A message on its way to the store.
#[derive(Debug)]
pub struct Prepared {
    /// Number of the law it was projected under.
    pub(crate) law: i64,
    pub(crate) key: MessageKey,
    pub(crate) size: usize,
    pub(crate) sender: Text,
    pub(crate) kind: Text,
    /// What carriers call its form: one of [`crate::CARRIER_FORMATS`]; blank when it is refused.
    pub(crate) format: &'static str,
    pub(crate) reference: Text,
    pub(crate) notes: Vec<FindingNote>,
    pub(crate) findings: String,
    pub(crate) errors: u32,
    pub(crate) warnings: u32,
    /// Who brought it, and the code that says that it is not theirs to send.
    pub(crate) strange: Option<(Arc<Enrolled>, &'static str)>,
    /// Who brought it, where that is a carrier.
    pub(crate) brought: Option<Arc<Enrolled>>,
    /// `None` when it is refused.
    pub(crate) accepted: Option<Accepted>,
}

impl Prepared {
    /// What becomes of it as far as that is known without the store.
    pub(crate) fn outcome(&self) -> MessageOutcome {
        let accepted = self.accepted.as_ref();
        MessageOutcome {
            id: Id::of_message(&self.key),
            status: match accepted {
                Some(_) => Status::Accepted,
                None => Status::Refused,
            },
            kind: self.kind.to_string(),
            reference: self.reference.to_string(),
            travellers: accepted.map_or(0, |accepted| accepted.travellers),
            bookings: accepted.map_or(0, |accepted| accepted.bookings),
            findings: self.notes.clone(),
            cleared: None,
        }
    }
}

/// What is kept of a message that is accepted.
#[derive(Debug)]
pub(crate) struct Accepted {
    pub(crate) envelope: Envelope,
    /// The carrier that waits for a verdict on each traveller, if one does; blank where it is not
    /// enrolled.
    pub(crate) asks: Option<String>,
    pub(crate) service: [u8; 6],
    pub(crate) travellers: u32,
    pub(crate) bookings: u32,
    /// What each recipient gets; none where its law takes nothing of this.
    pub(crate) kept: Vec<Kept>,
}

/// What one recipient gets of a message, under its own law.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Which recipient, by its place in the configuration.
    pub(crate) compartment: usize,
    pub(crate) bytes: Packed,
    pub(crate) reports: Vec<Told>,
    /// Whether every journey the bytes speak of is in `reports`.
    pub(crate) whole: bool,
    /// What was cut, in counts.
    pub(crate) cut: Projected,
    /// Who flies the flight that the message is about.
    pub(crate) flown: Option<Carrier>,
    /// What the message counts for.
    pub(crate) counts: Counts,
}

/// What a message says of one journey.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) journey: JourneyKey,
    pub(crate) report: Report,
    /// The report as it is to be kept.
    pub(crate) packed: Packed,
    /// What its travellers were found to be, where somebody asks about them.
    pub(crate) ahead: Option<Ahead>,
}

/// What is known of a transmission besides its bytes.
#[derive(Default)]
pub(crate) struct Brought<'a> {
    /// How it is read where its format leaves that open.
    pub(crate) conventions: Option<&'a Conventions>,
    /// Who is answered by verdicts.
    pub(crate) agreements: Option<&'a Agreements>,
    /// Who brings it.
    pub(crate) sender: Option<&'a Sender>,
}

/// Decodes every message of a transmission and projects it for every recipient.
pub(crate) fn prepare(
    recipients: &Recipients,
    brought: &Brought<'_>,
    bytes: &[u8],
) -> Vec<Prepared> {
    let transmission = oriel_messages::Transmission::open(bytes);
    let decoder = match brought.conventions {
        Some(agreed) => transmission.decode_by(agreed),
        None => transmission.decode(),
    };
    decoder
        .map(|decoded| prepare_one(recipients, brought, transmission.bytes(), decoded))
        .collect()
}

/// Whether a law takes messages of this type at all (R-SCO-03).
fn takes(profile: &Profile, kind: &str) -> bool {
    match kind {
        "PNRGOV" => profile.takes_pnr(),
        _ => profile.takes_api(),
    }
}

fn carrier_handle(sender: Option<&Sender>) -> String {
    let carrier = sender.and_then(Sender::carrier);
    carrier.map_or(String::new(), |carrier| carrier.row.handle.clone())
}

/// What of a message does not fit who brought it. It is refused where no recipient's law takes it.
fn strange(
    recipients: &[Compartment],
    sender: Option<&Sender>,
    message: &Message,
) -> Vec<&'static FindingKind> {
    let Some(carrier) = sender.and_then(Sender::carrier) else {
        return Vec::new();
    };
    let taken = |rule: fn(&CarrierRules) -> Stranger| {
        let mut rules = recipients.iter().map(|known| known.profile.carriers());
        rules.any(|rules| rule(rules) == Stranger::Take)
    };
    let mut strange = Vec::new();
    if !carrier.is_named(&message.envelope.sender) {
        strange.push(match taken(|rules| rules.other_sender.value) {
            true => &reception::OTHER_SENDER,
            false => &reception::OTHER_SENDER_REFUSED,
        });
    }
    let flown = message.flights.first().and_then(|flight| flight.carrier);
    match flown {
        Some(flown) if carrier.reports(flown) => {}
        // Whoever flies it reports everybody: this one only sold seats (R-ING-10).
        Some(flown) if carrier.sells(flown) => strange.push(&reception::SOLD_FLIGHT),
        Some(_) => strange.push(match taken(|rules| rules.other_flight.value) {
            true => &reception::OTHER_FLIGHT,
            false => &reception::OTHER_FLIGHT_REFUSED,
        }),
        None => {}
    }
    strange
}

fn prepare_one(
    recipients: &Recipients,
    brought: &Brought<'_>,
    bytes: &[u8],
    decoded: Decoded,
) -> Prepared {
    let compartments: &[Compartment] = &recipients.list;
    let Decoded {
        span,
        message,
        mut findings,
        marks,
        service,
        ..
    } = decoded;
    let raw = &bytes[span.clone()];
    let mut strange_code = None;
    let message = message.filter(|message| {
        let kind = &message.envelope.kind;
        let module_off = !compartments.iter().any(|c| takes(&c.profile, kind));
        if module_off {
            findings.push(Finding {
                kind: &reception::MODULE_OFF,
                at: span.clone(),
                segment: 1,
                tag: *b"UNH",
            });
        }
        let strange = strange(compartments, brought.sender, message);
        strange_code = strange.first().map(|kind| kind.code);
        findings.extend(strange.iter().map(|kind| Finding {
            kind,
            at: span.clone(),
            segment: 1,
            tag: *b"UNH",
        }));
        !module_off
            && strange
                .iter()
                .all(|kind| kind.severity != Severity::Refused)
    });
    let key = message_key(message.as_ref().map(|m| &m.envelope), raw);
    let notes: Vec<FindingNote> = findings
        .iter()
        .map(|finding| note(finding, &span))
        .collect();
    let count = |severity| {
        findings
            .iter()
            .filter(|f| f.kind.severity == severity)
            .count() as u32
    };
    let mut prepared = Prepared {
        law: recipients.epoch,
        key,
        size: raw.len(),
        sender: Text::default(),
        kind: Text::default(),
        format: "",
        reference: Text::default(),
        findings: serde_json::to_string(&notes).expect("codes and numbers always serialise"),
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        notes,
        strange: None,
        brought: brought.sender.and_then(Sender::carrier).cloned(),
        accepted: None,
    };
    prepared.strange = prepared.brought.clone().zip(strange_code);
    if let Some(message) = message {
        prepared.sender = message.envelope.sender.clone();
        prepared.kind = message.envelope.kind.clone();
        prepared.format = match (&*prepared.kind, raw.starts_with(b"UNH")) {
            ("PNRGOV", true) => "pnrgov",
            ("PNRGOV", false) => "pnrgov-xml",
            (_, true) => "paxlst",
            (_, false) => "table",
        };
        prepared.reference = message.envelope.reference.clone();
        let characters = Characters {
            filler: filler(service),
            terminator: service.terminator,
        };
        let mut accepted = Accepted {
            envelope: message.envelope.clone(),
            asks: brought
                .agreements
                .filter(|agreed| agreed.asks(&message.envelope))
                .map(|_| carrier_handle(brought.sender)),
            service: service_bytes(service),
            travellers: message.travellers.len() as u32,
            bookings: message.bookings.len() as u32,
            kept: Vec::with_capacity(compartments.len()),
        };
        let lost = lost(&findings, &marks, &span);
        let takers: Vec<usize> = (0..compartments.len())
            .filter(|at| takes(&compartments[*at].profile, &prepared.kind))
            .collect();
        let mut message = Some(message);
        for (nth, compartment) in takers.iter().copied().enumerate() {
            // The last one takes the message itself, so that the only one costs no copy.
            let own = if nth + 1 == takers.len() {
                message.take()
            } else {
                message.clone()
            };
            let Some(mut own) = own else { break };
            let mut kept = raw.to_vec();
            let profile = &compartments[compartment].profile;
            let cut = project(profile, &mut own, &mut kept, &marks, characters);
            accepted.kept.push(Kept {
                compartment,
                flown: own.flights.first().and_then(|flight| flight.carrier),
                counts: of_message(profile, &own, &findings, &lost),
                bytes: Packed::original(&kept),
                reports: Report::of(own, key).into_iter().map(told).collect(),
                whole: true,
                cut,
            });
        }
        prepared.accepted = Some(accepted);
    }
    prepared
}

fn told((journey, report): (JourneyKey, Report)) -> Told {
    Told {
        packed: Packed::report(&report),
        journey,
        report,
        ahead: None,
    }
}

/// Digest by which a message is known again: over what its interchange says of itself and over the
/// message's own bytes, so that it does not matter which other messages travelled with it.
pub fn message_key(envelope: Option<&Envelope>, message: &[u8]) -> MessageKey {
    let mut digest = Sha256::new();
    if let Some(envelope) = envelope {
        let sent = envelope.sent.map(|at| at.to_string()).unwrap_or_default();
        for text in [
            &envelope.sender,
            &envelope.recipient,
            &envelope.interchange,
            &Text::from(sent),
        ] {
            digest.update((text.len() as u64).to_be_bytes());
            digest.update(text.as_bytes());
        }
    }
    digest.update(message);
    digest.finalize().into()
}

fn note(finding: &Finding, message: &Range<usize>) -> FindingNote {
    let inside = finding.at.start >= message.start && finding.at.end <= message.end;
    let place = |at: usize| (at - message.start) as u32;
    FindingNote {
        code: finding.kind.code.to_owned(),
        segment: finding.segment,
        tag: finding.tag().to_owned(),
        bytes: inside.then(|| (place(finding.at.start), place(finding.at.end))),
    }
}

/// The byte written over what the profile does not allow: one that no service character of this
/// message is, so that the message can still be cut into its parts.
pub fn filler(service: ServiceString) -> u8 {
    let used = service_bytes(service);
    b"#_XY123"
        .iter()
        .copied()
        .find(|byte| !used.contains(byte))
        .unwrap_or(b'#')
}

fn service_bytes(s: ServiceString) -> [u8; 6] {
    [
        s.component,
        s.element,
        s.decimal,
        s.release.unwrap_or(b' '),
        s.repetition.unwrap_or(b' '),
        s.terminator,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAXLST: &str = "UNB+UNOA:4+ZQ+XO+261122:0914+7'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
        TDT+20+ZQ417+++ZQ'LOC+125+NBO'DTM+189:2611221743:201'LOC+87+CDG'DTM+232:2611230010:201'\
        NAD+FL+++EXEMPLE:JEAN'CNT+42:1'UNT+10+1'UNZ+1+7'";
    const PNRGOV: &str = "UNB+IATA:1+ZQ+XO+261122:0914+8'UNH+1+PNRGOV:11:1:IA'MSG+:22'ORG+ZQ'\
        TVL+221126:1743:231126:0010+NBO+CDG+ZQ+417'EQN+0'UNT+6+1'UNZ+1+8'";

    /// Which recipients, by their laws, take the messages of `sent`; nobody means refused.
    #[track_caller]
    fn check(laws: &[&str], sent: &str, takers: &[usize]) {
        let of = |law: &&str| Compartment::new(law, law, Profile::builtin(law).unwrap()).unwrap();
        let recipients = Recipients {
            list: laws.iter().map(of).collect(),
            epoch: 1,
        };
        for prepared in prepare(&recipients, &Brought::default(), sent.as_bytes()) {
            let kept = prepared.accepted.iter().flat_map(|taken| &taken.kept);
            let got: Vec<usize> = kept.map(|kept| kept.compartment).collect();
            assert_eq!(got, takers, "{:?}", prepared.notes);
            let off = prepared.notes.iter().any(|note| note.code == "RCV-0001");
            assert_eq!(off, takers.is_empty(), "{:?}", prepared.notes);
        }
    }

    /// R-SCO-03: with one module off its messages are refused, and the others are taken.
    #[test]
    fn a_module_that_is_off_refuses_its_messages_alone() {
        check(&["eu-2022"], PAXLST, &[0]);
        check(&["eu-2022"], PNRGOV, &[0]);
        check(&["api-only"], PAXLST, &[0]);
        check(&["api-only"], PNRGOV, &[]);
    }

    /// R-SCO-07: a recipient gets what its own law takes, whatever the others get.
    #[test]
    fn each_recipient_takes_what_its_own_law_takes() {
        check(&["eu-2022", "api-only"], PAXLST, &[0, 1]);
        check(&["eu-2022", "api-only"], PNRGOV, &[0]);
        check(&["api-only", "eu-2022"], PNRGOV, &[1]);
    }
}
