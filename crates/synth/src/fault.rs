//! What carriers get wrong, one row each; every planted fault stands in the answer key.
//!
//! - In: a message as it should be.  Out: the same with one fault.
//! - Source: the deviations listed in `docs/simulator.md`, seen in public samples and described
//!   by the message guides.
//! - Invariant: most faults are made while the message is written (the encoders ask
//!   [`Faulty::is`]); the rest edit the finished bytes here.

use oriel_edifact::{Charset, Segment, ServiceString, Tokens};

/// The kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FaultKind {
    SegmentCount,
    MessageReference,
    ControlTotal,
    InterchangeReference,
    LostTerminator,
    UnescapedTerminator,
    ImpossibleDate,
    MissingDocument,
    ShiftedDocs,
    WrongCentury,
    Duplicate,
    Late,
    PartsOutOfOrder,
    Truncated,
    UnknownSegment,
    WrongCharset,
    DamagedNumber,
    InfantOnParent,
    MissingTrailer,
    UnknownAirport,
    ArrivalBeforeDeparture,
    EmptyLocator,
    ShortNationality,
    BareCardNumber,
}

/// Which messages a fault is made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    Paxlst,
    Pnrgov,
}

/// One row of the table.
pub(crate) struct Fault {
    pub(crate) kind: FaultKind,
    pub(crate) name: &'static str,
    /// What the carrier does, in words for the documentation.
    pub(crate) does: &'static str,
    pub(crate) made_in: Where,
    /// Whether the message can no longer be taken as a whole.
    pub(crate) refused: bool,
}

/// Every fault.
pub(crate) static FAULTS: &[Fault] = &[
    row(
        FaultKind::SegmentCount,
        "segment_count",
        Where::Paxlst,
        false,
        "UNT counts one segment too many",
    ),
    row(
        FaultKind::MessageReference,
        "message_reference",
        Where::Pnrgov,
        false,
        "UNT repeats another reference than UNH",
    ),
    row(
        FaultKind::ControlTotal,
        "control_total",
        Where::Paxlst,
        false,
        "CNT announces seven travellers more than are listed",
    ),
    row(
        FaultKind::InterchangeReference,
        "interchange_reference",
        Where::Pnrgov,
        false,
        "UNZ repeats another reference than UNB",
    ),
    row(
        FaultKind::LostTerminator,
        "lost_terminator",
        Where::Paxlst,
        false,
        "the terminator between two segments is lost",
    ),
    row(
        FaultKind::UnescapedTerminator,
        "unescaped_terminator",
        Where::Pnrgov,
        false,
        "the terminator stands in a name without its release character",
    ),
    row(
        FaultKind::ImpossibleDate,
        "impossible_date",
        Where::Paxlst,
        false,
        "a birth date on 31 February",
    ),
    row(
        FaultKind::MissingDocument,
        "missing_document",
        Where::Paxlst,
        false,
        "a traveller without any document",
    ),
    row(
        FaultKind::ShiftedDocs,
        "shifted_docs",
        Where::Pnrgov,
        false,
        "SSR DOCS with one stroke too many in front, so that every field moves",
    ),
    row(
        FaultKind::WrongCentury,
        "wrong_century",
        Where::Paxlst,
        false,
        "the birth date of an adult in the wrong century",
    ),
    row(
        FaultKind::Duplicate,
        "duplicate",
        Where::Paxlst,
        false,
        "the same transmission twice",
    ),
    row(
        FaultKind::Late,
        "late",
        Where::Pnrgov,
        false,
        "the push at 24 hours arrives after the one at closure",
    ),
    row(
        FaultKind::PartsOutOfOrder,
        "parts_out_of_order",
        Where::Pnrgov,
        false,
        "the parts of a push arrive last part first",
    ),
    row(
        FaultKind::Truncated,
        "truncated",
        Where::Pnrgov,
        true,
        "the transfer breaks off in the middle of a message",
    ),
    row(
        FaultKind::UnknownSegment,
        "unknown_segment",
        Where::Paxlst,
        false,
        "a segment that no guide knows",
    ),
    row(
        FaultKind::WrongCharset,
        "wrong_charset",
        Where::Paxlst,
        false,
        "a name in ISO 8859-1 in an interchange that declares seven bits",
    ),
    row(
        FaultKind::DamagedNumber,
        "damaged_number",
        Where::Paxlst,
        false,
        "a document number with letter O for digit 0 and a blank inside",
    ),
    row(
        FaultKind::InfantOnParent,
        "infant_on_parent",
        Where::Pnrgov,
        false,
        "the passport of an infant stands on its parent without the infant's mark",
    ),
    row(
        FaultKind::MissingTrailer,
        "missing_trailer",
        Where::Pnrgov,
        true,
        "UNT and what follows are missing",
    ),
    row(
        FaultKind::UnknownAirport,
        "unknown_airport",
        Where::Paxlst,
        false,
        "a traveller who embarks at an airport that does not exist",
    ),
    row(
        FaultKind::ArrivalBeforeDeparture,
        "arrival_before_departure",
        Where::Paxlst,
        false,
        "the arrival is two days before the departure",
    ),
    row(
        FaultKind::EmptyLocator,
        "empty_locator",
        Where::Paxlst,
        false,
        "RFF+AVF without a locator",
    ),
    row(
        FaultKind::ShortNationality,
        "short_nationality",
        Where::Paxlst,
        false,
        "nationality and issuing state with two letters",
    ),
    row(
        FaultKind::BareCardNumber,
        "bare_card_number",
        Where::Pnrgov,
        false,
        "the number of a payment card in full",
    ),
];

const fn row(
    kind: FaultKind,
    name: &'static str,
    made_in: Where,
    refused: bool,
    does: &'static str,
) -> Fault {
    Fault {
        kind,
        name,
        does,
        made_in,
        refused,
    }
}

impl FaultKind {
    /// Whether the fault is in what is said of one person.
    pub(crate) fn is_about_somebody(self) -> bool {
        matches!(
            self,
            Self::ImpossibleDate
                | Self::MissingDocument
                | Self::ShiftedDocs
                | Self::WrongCentury
                | Self::WrongCharset
                | Self::DamagedNumber
                | Self::InfantOnParent
                | Self::UnknownAirport
                | Self::EmptyLocator
                | Self::ShortNationality
                | Self::BareCardNumber
        )
    }

    /// The row of this kind.
    pub(crate) fn row(self) -> &'static Fault {
        FAULTS
            .iter()
            .find(|row| row.kind == self)
            .unwrap_or(&FAULTS[0])
    }
}

/// Makes the faults that are made in finished bytes; `false` when there is no place for it.
pub(crate) fn damage(kind: FaultKind, bytes: &mut Vec<u8>, service: ServiceString) -> bool {
    match kind {
        FaultKind::LostTerminator => match find(bytes, service, b"ATT") {
            Some(segment) => {
                bytes.remove(segment.end);
            }
            None => return false,
        },
        FaultKind::UnescapedTerminator => match find(bytes, service, b"TIF") {
            Some(segment) => {
                bytes.insert(segment.first + 1, service.terminator);
            }
            None => return false,
        },
        FaultKind::Truncated => bytes.truncate(bytes.len() * 3 / 5),
        _ => {}
    }
    true
}

/// Where a segment stands.
struct Place {
    /// Its terminator.
    end: usize,
    /// Its first component.
    first: usize,
}

/// Where the first segment with this tag stands.
fn find(bytes: &[u8], service: ServiceString, tag: &[u8]) -> Option<Place> {
    let una = if bytes.starts_with(b"UNA") { 9 } else { 0 };
    let mut tokens = Tokens::new(&bytes[una..], una, service, Charset::Ascii);
    let mut segment = Segment::default();
    while tokens.next_into(&mut segment).ok()? {
        if segment.tag() == tag {
            return Some(Place {
                end: segment.span().end,
                first: segment.part(1, 1).span().start,
            });
        }
    }
    None
}
