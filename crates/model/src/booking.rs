//! A booking (PNR) as one push describes it.

use crate::{Bag, Carrier, Document, FlightNumber, PersonName, Personal, Port, Text};
use jiff::civil::DateTime;

/// What the push says about the booking as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum BookingStatus {
    /// In force for the flight of the push.
    #[default]
    Active,
    /// Cancelled, or not found by the carrier.
    Cancelled,
    /// In force, but no longer for the flight of the push.
    CancelledOnPushFlight,
}

/// A record locator and the system it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Locator {
    /// Airline or reservation system.
    pub company: Text,
    /// The locator.
    pub code: Personal<Text>,
    /// The code is a departure-control reference; no reservation was available.
    pub departure_control: bool,
    /// Creation, UTC unless agreed otherwise.
    pub created: Option<DateTime>,
}

/// What a way to reach somebody is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContactKind {
    /// Telephone, any kind.
    Phone,
    /// Electronic mail.
    Email,
    /// Postal address, in one line.
    Address,
    /// Sent as a contact without saying which kind.
    Other,
}

/// A way to reach a traveller, given in the booking.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    /// What it is.
    pub kind: ContactKind,
    /// Number, address or mailbox, with AIRIMP substitutions undone.
    pub value: Personal<Text>,
    /// Whose it is, as an index into [`crate::Message::travellers`], where the message says so.
    pub traveller: Option<u32>,
}

/// How the journey was paid. Card numbers are masked before a value of this type exists.
#[derive(Clone, Debug, PartialEq)]
pub struct Payment {
    /// Form: `CC` card, `CA` cash…
    pub form: Text,
    /// Card company, such as `VI`.
    pub vendor: Option<Text>,
    /// At most the first six and last four characters of a card number, `X` between.
    pub number_masked: Option<Personal<Text>>,
    /// Card expiry as sent, MMYY.
    pub expires: Option<Personal<Text>>,
    /// Amount as sent.
    pub amount: Option<Text>,
    /// Payer, where it is not the traveller.
    pub payer: Option<Personal<Text>>,
}

/// Who made the booking.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agency {
    /// Reservation system or airline.
    pub company: Option<Text>,
    /// IATA agency number.
    pub iata: Option<Text>,
    /// Office or pseudo-city.
    pub office: Option<Text>,
    /// Location of the office.
    pub city: Option<Text>,
    /// State of the office, as sent.
    pub country: Option<Text>,
    /// `A` airline, `T` travel agent…
    pub kind: Option<Text>,
    /// Agent's sign.
    pub agent: Option<Personal<Text>>,
}

/// One flight of the itinerary.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItinerarySegment {
    /// Marketing carrier.
    pub carrier: Option<Carrier>,
    /// Number of the marketing carrier; empty digits for open or surface segments.
    pub number: FlightNumber,
    /// Operating carrier, where another.
    pub operating: Option<Carrier>,
    /// Number of the operating carrier, where given.
    pub operating_number: Option<FlightNumber>,
    /// `OPEN`, `ARNK`, or `None` for a flight.
    pub special: Option<Text>,
    /// From.
    pub from: Option<Port>,
    /// To.
    pub to: Option<Port>,
    /// Departure, local.
    pub departs: Option<DateTime>,
    /// Arrival, local.
    pub arrives: Option<DateTime>,
    /// Booking class.
    pub class: Option<Text>,
    /// Booking status, such as `HK`.
    pub status: Option<Text>,
    /// Number in party on this flight.
    pub party: Option<u16>,
    /// The flight of the push.
    pub push_flight: bool,
    /// IATA aircraft type, such as `321`.
    pub equipment: Option<Text>,
}

/// Travellers that were divided to or from another booking.
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// How many.
    pub travellers: Option<u16>,
    /// Locator of the other booking.
    pub locator: Option<Personal<Text>>,
}

/// An amount as sent, with its currency where one was sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Money {
    /// Figures, or a word such as `AWARD`.
    pub amount: Text,
    /// ISO 4217 code as sent.
    pub currency: Option<Text>,
}

/// One tax of a ticket.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tax {
    /// How much.
    pub money: Money,
    /// State that levies it, as sent.
    pub country: Option<Text>,
    /// Code of the tax, such as `YQ`.
    pub code: Option<Text>,
}

/// One ticket and its price (PNRGOV group 3).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ticket {
    /// Whose it is, as an index into [`crate::Message::travellers`].
    pub traveller: Option<u32>,
    /// Number of the document; `None` where the journey is ticketless.
    pub number: Option<Personal<Text>>,
    /// Type as sent: `T` ticket, `700` and `1` ticketless…
    pub kind: Option<Text>,
    /// Booklets that belong to the number.
    pub booklets: Option<u16>,
    /// Issue, UTC.
    pub issued: Option<DateTime>,
    /// Price before taxes.
    pub base: Option<Money>,
    /// Price with taxes.
    pub total: Option<Money>,
    /// Taxes.
    pub taxes: Vec<Tax>,
    /// Restrictions as sent: `NR` not refundable, `NE` not endorsable, `PE` penalty.
    pub restrictions: Vec<Text>,
    /// Last moment of ticketing, UTC.
    pub deadline: Option<DateTime>,
    /// Fare bases.
    pub fare_bases: Vec<Text>,
    /// Fare calculation, its pieces joined.
    pub calculation: Option<Personal<Text>>,
}

/// Baggage paid for beyond what is free (EBD).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExcessBaggage {
    /// Whose it is, where the push says so.
    pub traveller: Option<u32>,
    /// Pieces.
    pub pieces: Option<u16>,
    /// Whole kilograms.
    pub weight_kg: Option<u32>,
    /// What was paid.
    pub charge: Option<Money>,
}

/// A hotel, car or other service that is no flight (PNRGOV group 9).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OtherService {
    /// Business function as sent (PADIS 4025): `2` car, `8` hotel…
    pub kind: Text,
    /// City.
    pub place: Option<Port>,
    /// Name of the house or the office.
    pub name: Option<Personal<Text>>,
    /// Vendor as sent.
    pub vendor: Option<Text>,
    /// Confirmation number.
    pub confirmation: Option<Personal<Text>>,
    /// Room or car as sent.
    pub product: Option<Text>,
    /// First day, local.
    pub from: Option<DateTime>,
    /// Last day, local.
    pub to: Option<DateTime>,
}

/// What an item of a booking's history is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Past {
    /// A name.
    Name(PersonName),
    /// A flight.
    Flight(Box<ItinerarySegment>),
    /// A travel document.
    Document(Box<Document>),
    /// A way to reach somebody.
    Contact(Contact),
    /// A seat.
    Seat(Personal<Text>),
    /// Checked baggage.
    Bags(Vec<Bag>),
    /// Free text, which is never kept.
    Remark,
    /// A service, by its code.
    Service(Text),
    /// Something else; only that it was is known.
    Other,
}

/// One item of a history entry (PNRGOV group 11).
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryItem {
    /// What was done, as sent: `A` added, `X` cancelled…
    pub action: Text,
    /// With what.
    pub past: Past,
}

/// One entry of a booking's history (PNRGOV group 10).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistoryEntry {
    /// Sector qualifier as sent: `1` creation, `4` change.
    pub kind: Text,
    /// UTC.
    pub at: Option<DateTime>,
    /// Agent's sign and duty.
    pub agent: Option<Personal<Text>>,
    /// Where the agent sits.
    pub place: Option<Text>,
    /// Whose agent it is.
    pub company: Option<Text>,
    /// What was done.
    pub items: Vec<HistoryItem>,
}

/// One booking in a push.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Booking {
    /// Locators; the first is the sender's own.
    pub locators: Vec<Locator>,
    /// What the push says about the booking as a whole.
    pub status: BookingStatus,
    /// Last change, UTC.
    pub changed: Option<DateTime>,
    /// Ticket issue, UTC.
    pub ticketed: Option<DateTime>,
    /// Who made it.
    pub agency: Option<Agency>,
    /// Ways to reach the travellers.
    pub contacts: Vec<Contact>,
    /// Payments.
    pub payments: Vec<Payment>,
    /// The journey as booked.
    pub itinerary: Vec<ItinerarySegment>,
    /// Travellers, as indices into [`crate::Message::travellers`].
    pub travellers: Vec<u32>,
    /// Name of a group booking.
    pub group: Option<Personal<Text>>,
    /// Divided travellers.
    pub splits: Vec<Split>,
    /// Entries of the booking's history, counted.
    pub history: u32,
    /// Free-text remarks, counted.
    pub remarks: u32,
    /// Hotels, cars and other services that are not flights, counted.
    pub non_air: u32,
    /// Tickets and their prices.
    pub tickets: Vec<Ticket>,
    /// Baggage paid for beyond what is free.
    pub excess_baggage: Vec<ExcessBaggage>,
    /// Services that are not flights, as far as a profile keeps them.
    pub services: Vec<OtherService>,
    /// Entries of the history, oldest first as sent, as far as a profile keeps them.
    pub past: Vec<HistoryEntry>,
}
