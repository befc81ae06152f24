//! One person as one message describes them.

use crate::{BirthDate, Country, Document, Personal, Port, Role, Sex, Text};

/// Name parts as sent, with a title taken off where one was glued on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PersonName {
    /// Family name, or the only name; a suffix such as `JR` stands behind it.
    pub surname: Option<Personal<Text>>,
    /// All given names, blank between them, without the title.
    pub given: Option<Personal<Text>>,
    /// Title as sent, such as `MR`.
    pub title: Option<Text>,
    /// The name fills its field to the last character, so that its end may be cut off.
    pub maybe_truncated: bool,
}

/// One piece of checked baggage.
#[derive(Clone, Debug, PartialEq)]
pub struct Bag {
    /// Tag: airline code and number.
    pub tag: Personal<Text>,
    /// Airport the tag names, where it does.
    pub to: Option<Port>,
}

/// Travellers who check their baggage together.
#[derive(Clone, Debug, PartialEq)]
pub struct BagPool {
    /// The head of the pool, whose tags count for all; else a member.
    pub head: bool,
    /// What the pool is known by: a ticket or a sequence number.
    pub reference: Option<Personal<Text>>,
}

/// A person in a message. Everything may be missing except that somebody is meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Traveller {
    /// What the person does on the journey.
    pub role: Role,
    /// Name as the list or booking gives it. Names in documents stand with the documents.
    pub name: PersonName,
    /// Birth date.
    pub birth: Option<Personal<BirthDate>>,
    /// Sex.
    pub sex: Option<Personal<Sex>>,
    /// Nationalities, current first. Taken from the passport's issuer only where
    /// `nationality_derived` says so.
    pub nationalities: Vec<Personal<Country>>,
    /// The nationality was not sent but derived from the passport's issuing state.
    pub nationality_derived: bool,
    /// State of residence.
    pub residence: Option<Personal<Country>>,
    /// Place of birth as sent.
    pub birth_place: Option<Personal<Text>>,
    /// Address in the receiving state, in the order of its elements.
    pub address: Vec<Personal<Text>>,
    /// Documents in the order sent.
    pub documents: Vec<Document>,
    /// Record locator of the booking.
    pub locator: Option<Personal<Text>>,
    /// Unique passenger reference given by the carrier (RFF+ABO, or REF in a booking).
    pub carrier_ref: Option<Personal<Text>>,
    /// Reference inside the message or booking (`9944`), by which other elements point here.
    pub local_ref: Option<Text>,
    /// Seat without leading zeros, such as `14C`.
    pub seat: Option<Personal<Text>>,
    /// Where the person boards this journey.
    pub from: Option<Port>,
    /// Where the person leaves this journey.
    pub to: Option<Port>,
    /// Where the person passes the border controls.
    pub clearance: Option<Port>,
    /// Travels without a seat of their own, or is under two on the day of the flight.
    pub infant: bool,
    /// Travels alone as a minor (passenger type `UN`, SSR UMNR).
    pub unaccompanied_minor: bool,
    /// Status as sent: a booking status (`HK`), `cancelled`, `boarded`, `not_boarded`…
    pub status: Option<Text>,
    /// Checked in, as a UTC instant without its zone, where a booking says so.
    pub checked_in: Option<jiff::civil::DateTime>,
    /// Boarding sequence number as sent.
    pub sequence: Option<Text>,
    /// Checked baggage, tag by tag.
    pub bags: Vec<Bag>,
    /// Pieces of checked baggage, as counted by the carrier.
    pub bag_count: Option<u16>,
    /// Weight of checked baggage in whole kilograms.
    pub bag_weight_kg: Option<u32>,
    /// The document data was verified by the carrier (GEI 173) or not (174).
    pub verified: Option<bool>,
    /// Crew function as sent, such as `CR1`.
    pub crew_function: Option<Text>,
    /// Frequent-flyer programme and number.
    pub frequent_flyer: Vec<(Text, Personal<Text>)>,
    /// Ticket numbers.
    pub tickets: Vec<Personal<Text>>,
    /// Government references: redress, known traveller, e-visa.
    pub government_refs: Vec<Personal<Text>>,
    /// Index of the person this infant travels with, in the same message.
    pub travels_with: Option<u32>,
    /// Baggage checked together with others.
    pub bag_pool: Option<BagPool>,
    /// Further record locators, of other carriers or systems.
    pub more_locators: Vec<Personal<Text>>,
}

/// What stands as the status of a person who was erased: no sender's status is a word.
const ERASED: &str = "(erased)";

impl Traveller {
    /// The place of a person who was erased on request: nothing is said, and nobody is meant.
    /// Others keep their places in the message.
    pub fn erased() -> Self {
        Self {
            status: Some(ERASED.into()),
            ..Self::new(Role::Passenger)
        }
    }

    /// Whether this is such a place.
    pub fn is_erased(&self) -> bool {
        self.status.as_deref() == Some(ERASED) && *self == Self::erased()
    }

    /// A person of whom nothing but the role is known yet.
    pub fn new(role: Role) -> Self {
        Self {
            role,
            name: PersonName::default(),
            birth: None,
            sex: None,
            nationalities: Vec::new(),
            nationality_derived: false,
            residence: None,
            birth_place: None,
            address: Vec::new(),
            documents: Vec::new(),
            locator: None,
            carrier_ref: None,
            local_ref: None,
            seat: None,
            from: None,
            to: None,
            clearance: None,
            infant: false,
            unaccompanied_minor: false,
            status: None,
            checked_in: None,
            sequence: None,
            bags: Vec::new(),
            bag_count: None,
            bag_weight_kg: None,
            verified: None,
            crew_function: None,
            frequent_flyer: Vec::new(),
            tickets: Vec::new(),
            government_refs: Vec::new(),
            travels_with: None,
            bag_pool: None,
            more_locators: Vec::new(),
        }
    }
}
