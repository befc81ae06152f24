//! Decodes PNRGOV: the bookings of one flight as a carrier pushes them to a state.
//!
//! - In: the segments between UNH and UNT.  Out: a [`Message`], findings and marks.
//! - Source: IATA PADIS EDIFACT implementation guide PNRGOV, releases 11.1 to 16.1. The release in
//!   UNH is not believed; one tolerant reading serves them all.
//! - The same tag stands at several levels, so [`Place`] decides what a segment means.
//! - Invariants: content never stops the decoder; whatever is wrong with one person stays with that
//!   person; who is meant by a reference is decided when the booking is complete, so that the order
//!   of segments inside it does not matter.

mod checkin;
mod contact;
mod documents;
mod flight;
mod header;
mod history;
mod known;
mod names;
mod party;
mod payment;
mod remarks;
mod request;
mod reservation;
mod services;
mod ticket;
mod time;
mod traveller;
mod values;

use crate::body::{Body, Here, Tag, Tags};
use crate::findings::pnrgov as findings;
use checkin::CheckIn;
use jiff::civil::{Date, DateTime};
use oriel_edifact::Segment;
use oriel_model::{Booking, Element, Envelope, FindingKind, Function, Message, Text};
use request::Claim;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// The most members of one list that are compared with a newcomer. The guide allows 99 travellers
/// in a booking; a bound keeps the work linear in the bytes whatever is sent.
const SEARCHED: usize = 255;

/// Segments, with the elements that they have in practice. Those that open with a code can be found
/// behind a lost terminator.
pub(crate) static TAGS: Tags = Tags::new(&[
    Tag::new(
        b"SSR",
        20,
        &[
            "DOCS", "DOCO", "DOCA", "TKNE", "SEAT", "FQTV", "CTCM", "CTCE", "OTHS",
        ],
    )
    .with_text(),
    Tag::new(b"TVL", 9, &[]),
    Tag::new(b"RPI", 2, &["1", "2", "3", "4", "5"]),
    Tag::new(b"TIF", 3, &[]).with_text(),
    Tag::new(b"DAT", 4, &["700", "710", "2", "3"]),
    Tag::new(b"IFT", 20, &["4", "3"]).with_text(),
    Tag::new(b"RCI", 9, &[]),
    Tag::new(b"SRC", 0, &[]),
    Tag::new(b"ORG", 9, &[]),
    Tag::new(b"ADD", 9, &[]).with_text(),
    Tag::new(b"FTI", 9, &[]),
    Tag::new(b"REF", 9, &[]),
    Tag::new(b"FAR", 9, &[]),
    Tag::new(b"TKT", 2, &[]),
    Tag::new(b"MON", 9, &["B", "T"]),
    Tag::new(b"PTK", 8, &["NR", "NE", "PE"]),
    Tag::new(b"TXD", 20, &["700"]),
    Tag::new(b"FOP", 9, &["CC", "CA", "CK", "GR", "MS"]),
    Tag::new(b"TRA", 2, &[]),
    Tag::new(b"APD", 9, &[]),
    Tag::new(b"TRI", 2, &[]),
    Tag::new(b"SSD", 9, &[]),
    Tag::new(b"TBD", 20, &[]),
    Tag::new(b"EBD", 5, &[]),
    Tag::new(b"EQN", 1, &[]),
    Tag::new(b"MSG", 2, &[]),
    Tag::new(b"ABI", 5, &["1", "4"]),
    Tag::new(b"SAC", 3, &[]),
    Tag::new(b"LTS", 20, &[]).with_text(),
]);

/// Releases of the guide; a decoder goes by the content, but a slip in the version is told.
const RELEASES: [&str; 12] = [
    "10.1", "11.1", "12.1", "13.1", "14.1", "15.1", "16.1", "17.1", "18.1", "19.1", "20.1", "21.1",
];

/// What is to be said about a version and release.
pub(crate) fn version_fault(version: &str) -> Option<&'static FindingKind> {
    (!RELEASES.contains(&version)).then_some(&findings::UNKNOWN_VERSION)
}

/// Decodes the message in whose body `body` stands.
pub(crate) fn decode<'a>(
    body: &mut Body<'a, '_>,
    segment: &mut Segment<'a>,
    envelope: Envelope,
) -> Message {
    let mut reader = Reader::new(body, envelope);
    while reader.body.next_into(segment) {
        reader.read(segment);
        reader.read_known(segment);
    }
    reader.finish()
}

/// Where in the structure of the message the reader stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Level 0, before the first SRC.
    Header,
    /// Head of group 1: what concerns the booking as a whole.
    Booking,
    /// Group 2: one traveller.
    Traveller,
    /// Group 3: a ticket.
    Ticket,
    /// Group 4: its payment.
    Payment,
    /// Group 5: one flight of the itinerary.
    Flight,
    /// Groups 6 and 7: check-in for that flight.
    CheckIn,
    /// Group 8: divided travellers.
    Split,
    /// Group 9: hotels, cars and the like.
    NonAir,
    /// Groups 10 to 12: history.
    History,
    /// After an LTS that closed one of the last three.
    Text,
}

/// What the decoder holds while it walks one message.
struct Reader<'r, 'a, 't> {
    body: &'r mut Body<'a, 't>,
    message: Message,
    place: Place,
    /// Day of the flight, or of the message: centuries of two-digit years are told from it.
    today: Option<Date>,
    has_function: bool,
    /// Where EQN announced the number of bookings.
    announced: Option<(Range<usize>, Here)>,
    /// Bookings sent, one that is sent twice counted twice.
    sent: u32,
    /// Segment read last, to report what is missing at the end.
    last: Range<usize>,
    /// First locators of the bookings read, to know one that is sent twice.
    locators: FxHashMap<(Text, Text), usize>,
    draft: Draft<'a>,
}

/// Who bears a reference in a booking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Referred {
    /// A traveller.
    One(u32),
    /// An extra seat or cabin baggage.
    Thing,
    /// Several travellers, by a mistake of the sender.
    Several,
}

/// The booking in hand, as far as it is not yet in the model. Its buffers are reused.
#[derive(Default)]
struct Draft<'a> {
    /// Index into the message's bookings; `None` before the first SRC.
    booking: Option<usize>,
    /// Its first segment.
    opened: Option<(Range<usize>, Here)>,
    /// Traveller of the group 2 in hand; `None` for groups and things.
    traveller: Option<u32>,
    /// The group 2 in hand is an extra seat or cabin baggage.
    thing: bool,
    /// Flight of the group 5 in hand, an index into the itinerary.
    flight: Option<usize>,
    /// Ticket of the group 3 in hand, an index into the booking's.
    ticket: Option<usize>,
    /// Fare bases (FAR) that wait for the ticket of their traveller.
    fare_bases: Vec<Text>,
    /// What the items of the history entry in hand were subject to.
    action: Text,
    /// Who is meant by a reference (9944).
    references: FxHashMap<Text, Referred>,
    /// TIF of travellers whom it names and who alone bear the reference in it.
    listed: Vec<(&'a [u8], u32)>,
    /// What was said of travellers, in the order sent, owners still open.
    claims: Vec<Claim>,
    /// Check-ins, owners still open.
    checkins: Vec<CheckIn>,
    /// Time of check-in (DAT of group 6) for the travellers that follow.
    checked_in: Option<DateTime>,
    /// Adults who announce a lap infant (9946).
    carries_infant: Vec<u32>,
    /// The only traveller with a seat; known when the booking is closed.
    only: Option<u32>,
    /// The flight of the push is in the itinerary; known when the booking is closed.
    on_flight: bool,
    /// ORG was sent without anything in it.
    empty_originator: bool,
    /// A service group was opened whose first service is still to come.
    first_service: bool,
    /// The same booking was sent before in this message.
    repeated: bool,
}

impl<'r, 'a, 't> Reader<'r, 'a, 't> {
    fn new(body: &'r mut Body<'a, 't>, mut envelope: Envelope) -> Self {
        envelope.function = Function::FullPush;
        Self {
            body,
            today: envelope.sent.map(DateTime::date),
            message: Message {
                envelope,
                flights: Vec::new(),
                travellers: Vec::new(),
                bookings: Vec::new(),
                announced: None,
            },
            place: Place::Header,
            has_function: false,
            announced: None,
            sent: 0,
            last: 0..0,
            locators: FxHashMap::default(),
            draft: Draft::default(),
        }
    }

    /// Takes one segment by its tag and the place where it stands.
    fn read(&mut self, segment: &Segment<'a>) {
        use Place::{
            Booking, CheckIn, Flight, Header, History, NonAir, Payment, Split, Text, Ticket,
        };
        self.last = segment.span();
        let Ok(tag) = <&[u8; 3]>::try_from(segment.tag()) else {
            return self.unknown(segment);
        };
        match (tag, self.place) {
            (b"MSG", Header) => return self.function(segment),
            (b"ORG", Header) => return self.sender(segment),
            (b"TVL", Header) => return self.push_flight(segment),
            (b"EQN", Header) => return self.announced(segment),
            (b"SRC", _) => return self.open_booking(segment),
            _ => {}
        }
        let takes_all = matches!(self.place, Header | History);
        if takes_all && TAGS.find(*tag).is_none() {
            return self.unknown(segment);
        }
        if self.place == Header {
            // SRC was left out: what belongs to a booking opens one.
            self.body.report(&findings::OUT_OF_PLACE, segment.span());
            self.open_booking(segment);
        }
        let opens = matches!(tag, b"ABI" | b"LTS" | b"EQN" | b"MSG");
        if self.place == History && !opens {
            return self.history_item(segment);
        }
        let at_flight = matches!(self.place, Flight | CheckIn);
        match tag {
            b"SSR" => self.request(segment),
            b"TIF" if at_flight => self.traveller_at_checkin(segment),
            b"TIF" => self.traveller(segment),
            b"TVL" if self.place == NonAir => self.service(segment),
            b"TVL" => self.itinerary(segment),
            b"RCI" if self.place == Split => self.split(segment),
            b"RCI" => self.locators(segment),
            b"ORG" if self.place == Booking => self.originator(segment),
            b"ORG" => self.agent(segment),
            b"DAT" => match self.place {
                Booking | Place::Traveller | Ticket | Payment => self.dates(segment),
                _ => self.open_checkin(segment),
            },
            b"IFT" if self.place == Payment => self.payer(segment),
            b"IFT" => self.free_text(segment),
            b"ADD" => match self.place {
                Ticket | Payment => self.body.mark_rest(Element::Payment),
                _ => self.address(segment),
            },
            b"FTI" => self.frequent_flyer(segment),
            b"REF" => self.unique_reference(segment),
            b"TKT" => self.ticket(segment),
            b"FOP" => self.payment(segment),
            b"MON" => self.price(segment),
            b"PTK" => self.restrictions(segment),
            b"TXD" => self.taxes(segment),
            b"FAR" => self.fare(segment),
            b"EBD" => self.excess_baggage(segment),
            b"TRA" if at_flight => self.operating_flight(segment),
            b"RPI" if at_flight => self.flight_status(segment),
            b"APD" if at_flight => self.equipment(segment),
            b"TRA" | b"RPI" | b"APD" => self.out_of_place(segment, Element::Itinerary),
            b"TRI" if at_flight || self.place == Text => self.checkin(segment),
            b"TRI" => self.out_of_place(segment, Element::Status),
            b"SSD" if at_flight => self.checkin_seat(segment),
            b"SSD" => self.out_of_place(segment, Element::Seat),
            b"TBD" if at_flight => self.baggage(segment),
            b"TBD" => self.out_of_place(segment, Element::Baggage),
            b"EQN" => self.open_split(segment),
            b"MSG" => self.open_services(segment),
            b"ABI" => self.history(segment),
            b"SAC" => self.history_item(segment),
            b"LTS" => self.text(segment),
            _ => self.unknown(segment),
        }
    }

    /// A tag that PNRGOV does not have: all of it stays unmapped.
    fn unknown(&mut self, segment: &Segment<'a>) {
        self.body.report(&findings::UNKNOWN_SEGMENT, segment.span());
    }

    /// A segment that says nothing where it stands.
    fn out_of_place(&mut self, segment: &Segment<'a>, element: Element) {
        self.body.report(&findings::OUT_OF_PLACE, segment.span());
        self.body.mark_rest(element);
    }

    /// The booking in hand.
    ///
    /// Only called behind the first SRC, real or supposed.
    fn booking(&mut self) -> &mut Booking {
        let at = self.draft.booking.expect("a booking is open");
        &mut self.message.bookings[at]
    }

    fn finish(mut self) -> Message {
        self.close_booking();
        self.check_header();
        self.check_count();
        self.message
    }
}
