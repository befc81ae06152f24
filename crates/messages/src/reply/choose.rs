//! Which answer a message gets: by what arrived, and by what its sender agreed to.
//!
//! - In: what was decoded, and whether it was taken.  Out: a [`Reply`], or none.
//! - Source: ISO 9735-4 (CONTRL); PNRGOV guide, ACKRES. Who is answered at all is agreed with each
//!   carrier, and so is a value ([`Agreement`]).
//! - Invariants: nothing is answered with an answer; a message that was refused is never called
//!   processed; the version, parties and references of what arrived come back in the answer.

use super::{
    Action, Answer, Codes, MessageReport, Outcome, PushReceipt, Reply, Sector, ServiceFault,
    SyntaxReport, Told, Verdict, VerdictKind, Verdicts,
};
use crate::envelope::Header;
use crate::{Decoded, xml};
use jiff::civil::DateTime;
use oriel_edifact::{Charset, Segment, Starts, Tokens};
use oriel_model::{Envelope, Flight, Function, Message, Report, Severity, Text, Traveller};
use std::collections::BTreeMap;

/// An error that is told in no code (data element 0085).
const UNTOLD: ServiceFault = ServiceFault {
    code: 18,
    segment: None,
    at: None,
};

/// How a kind of message is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Not at all.
    Silent,
    /// By a report on its syntax: CONTRL.
    Syntax,
    /// By what became of it: ACKRES, or the response in XML to a document in XML. A list, which has
    /// no such answer, gets CONTRL.
    Receipt,
    /// A list asks about its travellers, and is answered by a verdict on each: CUSRES. Where there
    /// is none, by CONTRL.
    Verdicts,
}

/// How an answer is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As what it answers.
    AsSent,
    /// CONTRL or ACKRES.
    Edifact,
    /// `IATA_PNRGOV_NotifRS`, which answers bookings alone.
    Xml,
}

/// What was agreed with the sender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// Bookings (PNRGOV).
    pub pushes: Manner,
    /// Lists of passengers and crew (PAXLST).
    pub lists: Manner,
    /// What was refused, whatever it was.
    pub refusals: Manner,
    /// The codes of its answers.
    pub codes: Codes,
}

impl Default for Agreement {
    /// Every message is answered in its kind.
    fn default() -> Self {
        Self {
            pushes: Manner::Receipt,
            lists: Manner::Syntax,
            refusals: Manner::Syntax,
            codes: Codes::default(),
        }
    }
}

impl Manner {
    /// The manner for who asks for an answer although none was agreed.
    fn or(self, usual: Self) -> Self {
        match self {
            Self::Silent => usual,
            agreed => agreed,
        }
    }

    /// The manner of a name, as configurations write it.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "silent" => Some(Self::Silent),
            "syntax" => Some(Self::Syntax),
            "receipt" => Some(Self::Receipt),
            "verdicts" => Some(Self::Verdicts),
            _ => None,
        }
    }
}

/// What was agreed with each sender; with all others, [`Agreement::default`].
#[derive(Clone, Debug, Default)]
pub struct Agreements {
    by_sender: BTreeMap<Text, Agreement>,
    asked: Option<Form>,
}

impl Agreements {
    /// Notes what was agreed with a sender, by its identification in UNB (0004) or, in XML, its
    /// airline code.
    pub fn add(&mut self, sender: &str, agreement: Agreement) {
        self.by_sender.insert(sender.into(), agreement);
    }

    /// The same for one transmission whose sender asks for answers in a form: there is one for each
    /// message then, also where none was agreed.
    #[must_use]
    pub fn asked(&self, form: Form) -> Self {
        Self {
            asked: Some(form),
            ..self.clone()
        }
    }

    /// What was agreed with a sender.
    pub fn with(&self, sender: &str) -> Agreement {
        let agreed = self.by_sender.get(sender).cloned().unwrap_or_default();
        if self.asked.is_none() {
            return agreed;
        }
        let usual = Agreement::default();
        Agreement {
            pushes: agreed.pushes.or(usual.pushes),
            lists: agreed.lists.or(usual.lists),
            refusals: agreed.refusals.or(usual.refusals),
            ..agreed
        }
    }

    /// Whether a message asks about its travellers: a list of them, or of changes to them, from a
    /// sender with whom that was agreed.
    pub fn asks(&self, envelope: &Envelope) -> bool {
        let asks = matches!(
            envelope.function,
            Function::PassengerList | Function::PassengerChange
        );
        asks && envelope.kind == "PAXLST" && self.with(&envelope.sender).lists == Manner::Verdicts
    }

    fn form(&self) -> Form {
        self.asked.unwrap_or(Form::AsSent)
    }
}

/// Whether the answers to a transmission can have a form. What could not be read may be answered
/// in none; its findings say why.
pub fn has_form<'d>(
    form: Form,
    bytes: &[u8],
    decoded: impl IntoIterator<Item = &'d Decoded>,
) -> bool {
    let mut messages = decoded.into_iter().filter_map(|one| one.message.as_ref());
    let is_list = |envelope: &Envelope| envelope.kind == "PAXLST";
    match form {
        Form::AsSent => true,
        // A document in XML names no recipient in whose name the answer could be written.
        Form::Edifact => {
            !xml::is_xml(bytes)
                && messages.all(|one| is_list(&one.envelope) || is_push(&one.envelope))
        }
        // One document answers one push.
        Form::Xml => {
            messages.next().is_none_or(|one| is_push(&one.envelope)) && messages.next().is_none()
        }
    }
}

fn is_push(envelope: &Envelope) -> bool {
    matches!(envelope.function, Function::FullPush | Function::UpdatePush)
        || envelope.kind == "PNRGOV"
}

/// The answer to one message of a transmission; `taken` says whether it was accepted, known from
/// before counting as accepted; `None` where none is agreed, or where nothing can
/// be answered because nobody knows to whom. `told` is what a carrier that asks is told of each
/// traveller, in the order of the message. `sent` is the time of the answer, UTC, and `reference`
/// its own.
///
/// ```
/// use oriel_messages::reply::{Agreements, Codes, answer, write};
///
/// let push = b"UNB+UNOA:4+ZQ+XOGOV+261104:0712+A7'UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'\
///     TDT+20+ZQ0417'LOC+125+KEF'LOC+87+LIS'NAD+FL+++DOE:JANE'UNT+7+1'UNZ+1+A7'";
/// let decoded = oriel_messages::decode(push).next().unwrap();
/// let sent = jiff::civil::date(2026, 11, 4).at(7, 13, 0, 0);
/// let reply = answer(push, &decoded, true, None, &Agreements::default(), sent, "C1").unwrap();
/// let written = write(&reply, &Codes::default()).unwrap();
/// assert!(written.starts_with(b"UNB+UNOA:3+XOGOV+ZQ+261104:0713+C1'UNH+1+CONTRL:D:3:UN'UCI+A7"));
/// ```
pub fn answer(
    bytes: &[u8],
    decoded: &Decoded,
    taken: bool,
    told: Option<&[Told]>,
    agreed: &Agreements,
    sent: DateTime,
    reference: &str,
) -> Option<Reply> {
    let Some(message) = &decoded.message else {
        return match agreed.form() {
            Form::Xml => None,
            _ => refusal(bytes, agreed, sent, reference),
        };
    };
    let envelope = &message.envelope;
    let in_xml = match agreed.form() {
        Form::AsSent => xml::is_xml(bytes),
        form => form == Form::Xml,
    };
    let agreed = agreed.with(&envelope.sender);
    let is_push = is_push(envelope);
    let manner = match (taken, is_push) {
        (false, _) if agreed.refusals == Manner::Silent => Manner::Silent,
        (_, true) => agreed.pushes,
        (_, false) => agreed.lists,
    };
    // Tables and declarations have no parties and no answer.
    if manner == Manner::Silent || (!in_xml && !matches!(&*envelope.kind, "PAXLST" | "PNRGOV")) {
        return None;
    }
    let lossy = decoded.severity() >= Some(Severity::Error);
    let receipt = PushReceipt {
        outcome: match (taken, lossy) {
            (false, _) => Outcome::NotProcessed,
            (true, true) => Outcome::Partly,
            (true, false) => Outcome::Processed,
        },
        errors: Vec::new(),
    };
    let version = Text::from(envelope.version.replace('.', ":"));
    let (answer, version) = match (is_push, manner, in_xml) {
        (_, _, true) => (Answer::PushXml(receipt), envelope.version.clone()),
        (true, Manner::Receipt, _) => (Answer::Push(receipt), version),
        (false, Manner::Verdicts, _) if taken && told.is_some() => {
            let told = told.unwrap_or_default();
            let verdicts = verdicts(message, told);
            (Answer::Verdicts(verdicts), version)
        }
        _ => (Answer::Syntax(syntax_report(envelope, taken)), "D:3".into()),
    };
    let access = match &answer {
        Answer::Syntax(_) => None,
        _ => envelope.access_reference.clone(),
    };
    Some(Reply {
        sender: envelope.recipient.clone(),
        recipient: envelope.sender.clone(),
        sent,
        interchange: reference.into(),
        reference: "1".into(),
        version,
        access,
        answer,
    })
}

/// The verdicts on the travellers of a message that asked.
fn verdicts(message: &Message, told: &[Told]) -> Verdicts {
    let travellers = message.travellers.iter().zip(told);
    Verdicts {
        kind: VerdictKind::Response,
        transaction: message.envelope.transaction.clone(),
        flights: message.flights.iter().flat_map(sectors).collect(),
        errors: Vec::new(),
        travellers: travellers.map(|(who, told)| verdict(who, told)).collect(),
    }
}

fn verdict(traveller: &Traveller, told: &Told) -> Verdict {
    Verdict {
        locator: traveller.locator.clone(),
        reference: traveller.carrier_ref.clone(),
        codes: vec![told.code.clone()],
        text: (!told.text.is_empty()).then(|| told.text.clone()),
    }
}

/// The message by which a carrier that asked is told, unasked, what has changed: `reports` is what
/// its question became, journey by journey, and `told` who is told what, by the place in the
/// question. Nothing where nobody in the reports has such a place.
///
/// `number` is the state's own, by which the carrier acknowledges (12 characters at most).
pub fn unasked(
    reports: &[Report],
    told: &[(u32, Told)],
    number: &str,
    sent: DateTime,
) -> Option<Reply> {
    let first = reports.first()?;
    let envelope = &first.envelope;
    let one = |(place, told): &(u32, Told)| {
        let who = first.travellers.get(*place as usize)?;
        Some(verdict(who, told))
    };
    let travellers: Vec<Verdict> = told.iter().filter_map(one).collect();
    if travellers.is_empty() {
        return None;
    }
    Some(Reply {
        sender: envelope.recipient.clone(),
        recipient: envelope.sender.clone(),
        sent,
        interchange: number.into(),
        reference: "1".into(),
        version: envelope.version.replace('.', ":").into(),
        access: None,
        answer: Answer::Verdicts(Verdicts {
            kind: VerdictKind::Unsolicited,
            transaction: Some((number.into(), None)),
            flights: reports.iter().flat_map(|it| sectors(&it.flight)).collect(),
            errors: Vec::new(),
            travellers,
        }),
    })
}

/// The sectors of a flight as an answer names them.
fn sectors(flight: &Flight) -> impl Iterator<Item = Sector> + '_ {
    flight.legs.iter().map(|leg| Sector {
        carrier: flight.carrier,
        number: flight.number.clone(),
        from: leg.from,
        to: leg.to,
        departs: leg.departs,
        arrives: leg.arrives,
    })
}

/// CONTRL that takes one message, or rejects it.
fn syntax_report(envelope: &Envelope, taken: bool) -> SyntaxReport {
    let identifier = envelope.version.split('.').map(Text::from);
    let identifier = std::iter::once(envelope.kind.clone()).chain(identifier);
    SyntaxReport {
        interchange: envelope.interchange.clone(),
        sender: envelope.sender.clone(),
        recipient: envelope.recipient.clone(),
        action: Action::Acknowledged,
        fault: None,
        messages: vec![MessageReport {
            reference: envelope.reference.clone(),
            identifier: identifier.chain(std::iter::once("UN".into())).collect(),
            action: match taken {
                true => Action::Acknowledged,
                false => Action::Rejected,
            },
            fault: (!taken).then_some(UNTOLD),
            segments: Vec::new(),
        }],
        groups: Vec::new(),
    }
}

/// CONTRL that rejects the interchange, where a transmission holds one whose header can be read.
/// Of several, nobody knows here to which one the refused message belongs.
fn refusal(bytes: &[u8], agreed: &Agreements, sent: DateTime, reference: &str) -> Option<Reply> {
    let mut starts = Starts::new(bytes);
    let start = starts.from(0)?;
    if starts.from(start.header_limit).is_some() {
        return None;
    }
    let header = &bytes[start.header..start.header_limit];
    let mut tokens = Tokens::new(header, start.header, start.service, Charset::Ascii);
    let mut segment = Segment::default();
    if !matches!(tokens.next_into(&mut segment), Ok(true)) {
        return None;
    }
    let envelope = Header::read(&segment, &mut Vec::new()).envelope();
    let silent = agreed.with(&envelope.sender).refusals == Manner::Silent;
    if silent || envelope.interchange.is_empty() || envelope.sender.is_empty() {
        return None;
    }
    Some(Reply {
        sender: envelope.recipient.clone(),
        recipient: envelope.sender.clone(),
        sent,
        interchange: reference.into(),
        reference: "1".into(),
        version: "D:3".into(),
        access: None,
        answer: Answer::Syntax(SyntaxReport {
            interchange: envelope.interchange,
            sender: envelope.sender,
            recipient: envelope.recipient,
            action: Action::Rejected,
            fault: Some(UNTOLD),
            messages: Vec::new(),
            groups: Vec::new(),
        }),
    })
}
