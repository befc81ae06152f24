//! SSR: special service requests. They say by a code what they are about and whom they mean, in
//! group 1 (all flights), group 2 (one traveller) or group 5 (one flight).

use super::documents::Docs;
use super::values::{code, stretch};
use super::{Place, Reader};
use crate::body::Here;
use crate::findings::pnrgov as findings;
use oriel_edifact::{Part, Segment};
use oriel_model::{BirthDate, Element, PersonName, Personal, Port, Text};
use std::ops::Range;

/// Something said of a traveller who is known when the booking is complete.
pub(super) struct Claim {
    /// Traveller of the group in hand.
    pub(super) owner: Option<u32>,
    /// Reference (9944), which goes before the group; empty when not sent.
    pub(super) reference: Text,
    /// Flight of the group in hand, an index into the itinerary.
    pub(super) flight: Option<usize>,
    pub(super) fact: Fact,
    pub(super) at: Range<usize>,
    pub(super) here: Here,
}

/// What can be said of a traveller outside of TIF. The two great ones are boxed, because all are
/// moved several times.
pub(super) enum Fact {
    /// A document, or birth date and sex without one.
    Docs(Box<Docs>),
    /// A known-traveller, redress or similar number; whether an infant's.
    Government(Personal<Text>, bool),
    /// Place of birth; whether an infant's.
    BirthPlace(Personal<Text>, bool),
    /// Address in the receiving state, in the order street, city, region, postcode, state.
    Destination(Vec<Personal<Text>>),
    /// State of residence.
    Residence(Personal<oriel_model::Country>),
    /// Contact of the booking, an index.
    Contact(usize),
    /// Seat, and the board point it is good for where no flight says so.
    Seat(Personal<Text>, Option<Port>),
    /// Programme and number.
    FrequentFlyer(Text, Personal<Text>),
    /// Ticket number; whether an infant's.
    Ticket(Personal<Text>, bool),
    /// Birth date of a child.
    Child(Personal<BirthDate>),
    /// A minor who travels alone.
    Unaccompanied,
    /// A lap infant, whom the traveller carries.
    Infant(Box<PersonName>, Option<Personal<BirthDate>>),
}

impl Fact {
    /// Whether it concerns an infant whom only the adult tells apart, so that the infants must be
    /// known first.
    pub(super) fn needs_infants(&self) -> bool {
        match self {
            Self::Docs(docs) => docs.infant && docs.document.holder.is_none(),
            Self::Ticket(_, infant) | Self::Government(_, infant) | Self::BirthPlace(_, infant) => {
                *infant
            }
            _ => false,
        }
    }
}

/// What a request is about, by its code.
#[derive(Clone, Copy)]
enum Kind {
    Docs,
    Doco,
    Doca,
    /// Documents in forms that are obsolete or say too little: FOID, PSPT.
    Identity,
    /// CTCx with its letter.
    Contact(u8),
    Seat,
    Loyalty,
    TicketNumber,
    /// Time limits and fares.
    Ticket,
    Infant,
    Child,
    Minor,
    Group,
    Baggage,
    Remark,
    /// None of these.
    Service,
}

impl Kind {
    fn of(code: &[u8]) -> Self {
        match code {
            b"DOCS" => Self::Docs,
            b"DOCO" => Self::Doco,
            b"DOCA" => Self::Doca,
            b"FOID" | b"PSPT" => Self::Identity,
            [b'C', b'T', b'C', letter] => Self::Contact(*letter),
            b"SEAT" | b"RQST" | b"NSST" | b"NSSA" | b"NSSB" | b"NSSW" | b"SMST" | b"SMSA"
            | b"SMSB" | b"SMSW" => Self::Seat,
            b"FQTV" | b"FQTR" | b"FQTS" | b"FQTU" => Self::Loyalty,
            b"TKNE" | b"TKNA" | b"TKNM" | b"TKNR" => Self::TicketNumber,
            b"TKTL" | b"ADTK" | b"GRPF" => Self::Ticket,
            b"INFT" => Self::Infant,
            b"CHLD" => Self::Child,
            b"UMNR" => Self::Minor,
            b"GRPS" => Self::Group,
            b"XBAG" | b"PDBG" | b"EXST" | b"CBBG" => Self::Baggage,
            b"OTHS" | b"CKIN" => Self::Remark,
            _ => Self::Service,
        }
    }

    /// What its text is, where nothing finer is said; `None` where each field has its own heading.
    fn element(self) -> Option<Element> {
        Some(match self {
            Self::Docs | Self::Doco | Self::Doca => return None,
            Self::Identity => Element::Document,
            Self::Contact(_) => Element::Contact,
            Self::Seat => Element::Seat,
            Self::Loyalty => Element::FrequentFlyer,
            Self::TicketNumber | Self::Ticket => Element::Ticket,
            Self::Infant | Self::Group => Element::Name,
            Self::Child => Element::BirthDate,
            Self::Minor => Element::Minor,
            Self::Baggage => Element::Baggage,
            Self::Remark => Element::Remark,
            Self::Service => Element::Service,
        })
    }
}

impl<'a> Reader<'_, 'a, '_> {
    /// SSR wherever it stands outside of history.
    pub(super) fn request(&mut self, segment: &Segment<'a>) {
        if matches!(self.place, Place::Split | Place::NonAir | Place::Text) {
            self.body.report(&findings::OUT_OF_PLACE, segment.span());
        }
        let in_group = matches!(
            self.place,
            Place::Traveller | Place::Ticket | Place::Payment
        );
        if in_group && self.draft.thing {
            // What was asked for an extra seat concerns nobody.
            return self.body.mark_rest(Element::Unmapped);
        }
        let owner = self.draft.traveller.filter(|_| in_group);
        let words = self.words(segment);
        let kind = Kind::of(&code(segment.part(1, 1)));
        let reference = reference(segment);
        self.mark_frame(segment, kind);
        match kind {
            Kind::Docs => self.docs(owner, reference, words),
            Kind::Doco => self.doco(owner, reference, words),
            Kind::Doca => self.doca(owner, reference, words),
            Kind::Contact(letter) => self.contact_request(letter, owner, reference, words),
            Kind::Seat => self.seats(segment, owner, words),
            Kind::Loyalty => self.loyalty(owner, reference, words),
            Kind::TicketNumber => self.ticket_request(owner, reference, words),
            Kind::Infant => self.infant_request(segment, owner, reference, words),
            Kind::Child => {
                let date = words.split(b'/').find(|piece| !piece.is_empty());
                if let Some(birth) = date.and_then(|date| self.birth(date)) {
                    self.claim(owner, reference, Fact::Child(birth));
                }
            }
            Kind::Minor => self.claim(owner, reference, Fact::Unaccompanied),
            Kind::Remark => self.booking().remarks += 1,
            Kind::Identity | Kind::Group | Kind::Ticket | Kind::Baggage | Kind::Service => {}
        }
        // Last, because the first word about a place counts.
        if let Some(element) = kind.element() {
            self.body.mark(words, element);
        }
    }

    /// The free text: from the ninth component on, or the one in which it was put by mistake.
    fn words(&mut self, segment: &Segment<'a>) -> Part<'a> {
        let width = segment.width(1);
        if width > 9 {
            self.body
                .report(&findings::TEXT_REJOINED, segment.element_span(1));
        }
        if width >= 9 {
            return segment.rest(1, 9);
        }
        let misplaced = (5..=width).map(|component| segment.part(1, component));
        let longest = misplaced.max_by_key(|part| part.raw().len());
        match longest.filter(|part| part.raw().len() > 3) {
            Some(part) => {
                self.body.report(&findings::TEXT_MISPLACED, part.span());
                part
            }
            None => segment.part(1, 9),
        }
    }

    /// Everything of an SSR but its text. The code of one that we do not read is marked, because it
    /// may say something of health or belief.
    fn mark_frame(&mut self, segment: &Segment<'a>, kind: Kind) {
        let (of_code, of_data) = match kind {
            Kind::Service => (Element::Service, Element::Service),
            Kind::Seat => (Element::Structure, Element::Seat),
            _ => (Element::Structure, Element::Unmapped),
        };
        self.body
            .mark_by(segment, 1, |at, length| match (at, length) {
                (0, _) => Some(of_code),
                (1..=5, ..=3) => Some(Element::Structure),
                (6 | 7, 3) => Some(Element::Itinerary),
                // Something else stands here, perhaps the text.
                _ => None,
            });
        for element in 2..=segment.len() {
            let of = |at, _| Some(if at == 2 { Element::Structure } else { of_data });
            self.body.mark_by(segment, element, of);
        }
    }

    /// SEAT and its kin: one seat an element, each with its traveller; or seats in the text.
    fn seats(&mut self, segment: &Segment<'a>, owner: Option<u32>, words: Part<'a>) {
        let status = &*code(segment.part(1, 2));
        if is_cancelled(status) {
            return;
        }
        let from = Port::airport(&segment.part(1, 7).trimmed()).ok();
        let mut given = false;
        for element in 2..=segment.len() {
            let part = segment.part(element, 1);
            let reference = segment.part(element, 3);
            if let Some(seat) = self.seat(part) {
                given = true;
                self.claim(owner, reference, Fact::Seat(seat, from));
            }
        }
        // `.03BN03AN`: row, column, smoking or not. Two seats for nobody in particular help nobody.
        let text = words.text();
        let mut pairs = text
            .trim_start_matches('.')
            .trim_ascii()
            .split_inclusive(['N', 'S']);
        if let (false, Some(first), None) = (given, pairs.next(), pairs.next())
            && let Some(seat) = seat_number(first.trim_end_matches(['N', 'S']))
        {
            let seat = self.body.personal(seat.into(), words);
            self.claim(owner, segment.part(2, 3), Fact::Seat(seat, from));
        }
    }

    /// A seat number without leading zeros; `None` for `XXX` and for what is an airport.
    pub(super) fn seat(&mut self, part: Part<'a>) -> Option<Personal<Text>> {
        let sent = part.trimmed();
        let seat = seat_number(&sent);
        if seat.is_none() && sent.starts_with(|first: char| first.is_ascii_digit()) {
            self.body.report(&findings::BAD_SEAT, part.span());
        }
        seat.map(|seat| self.body.personal(seat.into(), part))
    }

    /// FQTV: `/DL1234567890-LASTNAME/FIRST`.
    fn loyalty(&mut self, owner: Option<u32>, reference: Part<'a>, words: Part<'a>) {
        let whole = words.text();
        let sent = whole.trim_ascii().trim_start_matches(['/', '.']);
        let end = sent.find(['-', '/', ' ']).unwrap_or(sent.len());
        if let (Some(airline), Some(number)) = (sent.get(..2), sent.get(2..end))
            && number.bytes().any(|byte| byte.is_ascii_digit())
        {
            let place = stretch(words, number);
            let number = self.body.personal(number.into(), place);
            self.claim(
                owner,
                reference,
                Fact::FrequentFlyer(airline.into(), number),
            );
        }
    }

    /// TKNE: ticket and coupon, `INF` before an infant's.
    fn ticket_request(&mut self, owner: Option<u32>, reference: Part<'a>, words: Part<'a>) {
        let whole = words.text();
        let sent = whole.trim_ascii().trim_start_matches(['.', '/']);
        let (infant, sent) = match sent.strip_prefix("INF") {
            Some(rest) => (true, rest),
            None => (false, sent),
        };
        let end = sent
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(sent.len());
        let ticket = &sent[..end];
        if ticket.len() >= 10 {
            let place = stretch(words, ticket);
            let ticket = self.body.personal(ticket.into(), place);
            self.claim(owner, reference, Fact::Ticket(ticket, infant));
        }
    }

    /// INFT: `SURNAME/GIVEN DDMMMYY` or `SURNAME/GIVEN/DDMMMYY`, a lap infant of the traveller.
    fn infant_request(
        &mut self,
        segment: &Segment<'a>,
        owner: Option<u32>,
        reference: Part<'a>,
        words: Part<'a>,
    ) {
        let mut pieces = words.split(b'/').filter(|piece| !piece.is_empty());
        let (Some(surname), Some(given)) = (pieces.next(), pieces.next()) else {
            return;
        };
        let mut given = given;
        let mut date = pieces.next();
        if date.is_none()
            && let Some(blank) = given
                .raw()
                .trim_ascii_end()
                .iter()
                .rposition(|b| *b == b' ')
            && !given.is_dirty()
        {
            let last = given.slice(blank + 1..given.raw().len());
            if super::time::is_spelled(&code(last)) {
                date = Some(last);
                given = given.slice(0..blank);
            }
        }
        let birth = date.and_then(|date| {
            self.body.mark(date, Element::BirthDate);
            self.birth(date)
        });
        if is_cancelled(&code(segment.part(1, 2))) {
            return;
        }
        let name = self.name_of(surname, given);
        self.claim(owner, reference, Fact::Infant(Box::new(name), birth));
    }
}

/// The first traveller reference behind the text.
fn reference<'a>(segment: &Segment<'a>) -> Part<'a> {
    (2..=segment.len())
        .map(|element| segment.part(element, 3))
        .find(|part| !part.is_empty())
        .unwrap_or_else(|| segment.part(2, 3))
}

/// `14C` of `014C`.
pub(super) fn seat_number(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let digits = bytes
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let zeros = bytes[..digits]
        .iter()
        .take_while(|byte| **byte == b'0')
        .count();
    let shaped = (1..=3).contains(&(digits - zeros))
        && matches!(bytes[digits..], [column] if column.is_ascii_uppercase());
    shaped.then(|| &text[zeros..])
}

/// Whether a status says that the service will not be given.
fn is_cancelled(status: &[u8]) -> bool {
    matches!(
        status,
        b"UN" | b"UC" | b"NO" | b"HX" | b"XX" | b"XK" | b"XL" | b"XR"
    )
}
