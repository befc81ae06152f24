//! What most bookings say in segments of few forms, which need not be looked through.
//!
//! - Source: PNRGOV guide, groups 1 to 7.
//! - Invariant: a row says what its segment says when its components are looked up one by one.

use super::flight::Leg;
use super::reservation::Office;
use super::values::{code, number};
use super::{Place, Reader};
use crate::forms::{Form, Forms};
use oriel_edifact::{Segment, Short};
use oriel_model::Element::{
    self, Agency, Baggage, BookingDate, Itinerary, Locator, Name, Seat, Status, Structure, Ticket,
};

/// What a segment is about.
#[derive(Clone, Copy, Debug)]
enum Says {
    Locators,
    Dates,
    Office,
    /// Without office and second city.
    OfficeInShort,
    Traveller,
    CarrierReference,
    FareBasis,
    Ticket,
    Amounts,
    Taxes,
    Flight,
    /// With its operating carrier.
    SharedFlight,
    OperatedBy,
    FlightStatus,
    Aircraft,
    CheckInTime,
    Agent,
    CheckIn,
    ListedTraveller,
    SeatGiven,
    Bags,
}

/// Marks of so many dates.
const DATES: &[Element] = &[Structure, BookingDate, BookingDate];
const TWO_DATES: &[Element] = &[
    Structure,
    BookingDate,
    BookingDate,
    Structure,
    BookingDate,
    BookingDate,
];
const LOCATORS: &[Element] = &[Structure, Locator, BookingDate, BookingDate, BookingDate];

static OF_BOOKING: Forms<Says> = Forms::new(&[
    Form::new("RCI+:", LOCATORS.split_at(2).0, Says::Locators),
    Form::new("RCI+::::", LOCATORS, Says::Locators),
    Form::new(
        "RCI+::::+:",
        &[
            Structure,
            Locator,
            BookingDate,
            BookingDate,
            BookingDate,
            Structure,
            Locator,
        ],
        Says::Locators,
    ),
    Form::new("DAT+::", DATES, Says::Dates),
    Form::new("DAT+:::::", TWO_DATES, Says::Dates),
    Form::new("ORG+:++++++", &[Agency; 8], Says::OfficeInShort),
    Form::new("ORG+:+:++:+++", &[Agency; 10], Says::Office),
    TRAVELLER,
    INFANT_CARRIER,
]);

static OF_TRAVELLER: Forms<Says> = Forms::new(&[
    TRAVELLER,
    INFANT_CARRIER,
    Form::new("REF+:", &[Structure, Locator], Says::CarrierReference),
    Form::new("FAR++++++", &[Ticket; 6], Says::FareBasis),
    Form::new("TKT+:", &[Ticket; 2], Says::Ticket),
    Form::new("TKT+::", &[Ticket; 3], Says::Ticket),
    Form::new("MON+::", &[Ticket; 3], Says::Amounts),
    Form::new("MON+::+::", &[Ticket; 6], Says::Amounts),
    Form::new("TXD++:::", &[Ticket; 5], Says::Taxes),
    Form::new("TXD++:::+:::", &[Ticket; 9], Says::Taxes),
    Form::new("DAT+::", DATES, Says::Dates),
    Form::new("DAT+:::::", TWO_DATES, Says::Dates),
    FLIGHT,
    SHARED_FLIGHT,
]);

static OF_FLIGHT: Forms<Says> = Forms::new(&[
    FLIGHT,
    SHARED_FLIGHT,
    Form::new("TRA++:", &[Itinerary; 3], Says::OperatedBy),
    Form::new("RPI++", &[Structure, Status], Says::FlightStatus),
    Form::new("APD+", &[Itinerary], Says::Aircraft),
    Form::new("DAT+::", &[Status; 3], Says::CheckInTime),
    Form::new("ORG+:++++++", &[Agency; 8], Says::Agent),
    Form::new(
        "TRI++:::",
        &[Status, Status, Status, Seat, Structure],
        Says::CheckIn,
    ),
    TRAVELLER.saying(Says::ListedTraveller),
    INFANT_CARRIER.saying(Says::ListedTraveller),
    Form::new("SSD+++++", &[Seat; 5], Says::SeatGiven),
    Form::new("TBD++::+++:::", &[Baggage; 10], Says::Bags),
]);

const TRAVELLER: Form<Says> = Form::new(
    "TIF+:+::",
    &[Name, Structure, Name, Structure, Structure],
    Says::Traveller,
)
.with_text();

const INFANT_CARRIER: Form<Says> = Form::new(
    "TIF+:+:::",
    &[Name, Structure, Name, Structure, Structure, Structure],
    Says::Traveller,
)
.with_text();

const FLIGHT: Form<Says> = Form::new("TVL+:::++++:", &[Itinerary; 9], Says::Flight);

const SHARED_FLIGHT: Form<Says> = Form::new("TVL+:::+++:+:", &[Itinerary; 10], Says::SharedFlight);

/// A component that the form does not have.
const NONE: usize = 99;

impl<'a> Reader<'_, 'a, '_> {
    /// Reads what comes next as far as its forms are known. `segment` is the one read last.
    pub(super) fn read_known(&mut self, segment: &Segment<'a>) {
        let mut short = Short::default();
        while let Some(forms) = self.forms()
            && let Some(row) = self.body.next_form(segment, &mut short, forms)
            && self.means(row.says, &short)
        {
            self.body.take_form(row, &short);
            self.last = short.span();
            self.say(row.says, &short);
        }
    }

    fn forms(&self) -> Option<&'static Forms<Says>> {
        match self.place {
            Place::Booking => Some(&OF_BOOKING),
            Place::Traveller | Place::Ticket | Place::Payment => Some(&OF_TRAVELLER),
            Place::Flight | Place::CheckIn => Some(&OF_FLIGHT),
            _ => None,
        }
    }

    /// Whether a segment of a form says what such segments say, as far as that depends on values.
    fn means(&self, says: Says, short: &Short<'a>) -> bool {
        match says {
            Says::Flight | Says::SharedFlight => !short.part(0).is_empty(),
            Says::CheckInTime => *code(short.part(0)) == *b"2",
            Says::ListedTraveller => self.listed(short.raw()).is_some(),
            _ => true,
        }
    }

    fn say(&mut self, says: Says, short: &Short<'a>) {
        // Components that a form does not have are empty.
        let at = |index| short.part(index);
        match says {
            Says::Locators => {
                self.locator([at(0), at(1), at(2), at(3), at(4)]);
                if !at(6).is_empty() {
                    self.locator([at(5), at(6), at(NONE), at(NONE), at(NONE)]);
                }
            }
            Says::Dates => {
                self.date_of_booking(at(0), at(1), at(2));
                if !at(3).is_empty() {
                    self.date_of_booking(at(3), at(4), at(5));
                }
            }
            Says::Office => self.made_by(Office {
                company: at(0),
                iata: at(2),
                office: at(3),
                city: at(4),
                other_city: at(6),
                kind: at(7),
                country: at(8),
                agent: at(9),
            }),
            Says::OfficeInShort => self.made_by(Office {
                company: at(0),
                iata: at(2),
                office: at(NONE),
                city: at(3),
                other_city: at(NONE),
                kind: at(5),
                country: at(6),
                agent: at(7),
            }),
            Says::Traveller => {
                let of = [at(2), at(3), at(4), at(5), at(NONE), at(NONE)];
                if !self.opens_traveller(at(0), at(1), &of) {
                    self.person(at(0), &of, true);
                }
            }
            Says::CarrierReference => self.carrier_reference(at(1)),
            Says::FareBasis => self.fare_basis(at(5)),
            Says::Ticket => self.ticket_of(at(0), at(1), at(2)),
            Says::Amounts => {
                self.amount([at(0), at(1), at(2)]);
                if !at(3).is_empty() {
                    self.amount([at(3), at(4), at(5)]);
                }
            }
            Says::Taxes => {
                self.tax([at(1), at(2), at(3), at(4)]);
                if !at(5).is_empty() {
                    self.tax([at(5), at(6), at(7), at(8)]);
                }
            }
            Says::Flight => self.next_flight(Leg {
                times: [at(0), at(1), at(2), at(3)],
                from: at(4),
                to: at(5),
                carrier: at(6),
                operating: at(NONE),
                number: at(7),
                class: at(8),
                suffix: at(NONE),
            }),
            Says::SharedFlight => self.next_flight(Leg {
                times: [at(0), at(1), at(2), at(3)],
                from: at(4),
                to: at(5),
                carrier: at(6),
                operating: at(7),
                number: at(8),
                class: at(9),
                suffix: at(NONE),
            }),
            Says::OperatedBy => self.operated_by(at(0), at(1), at(NONE)),
            Says::FlightStatus => self.status(number(at(0)), at(1)),
            Says::Aircraft => self.aircraft(at(0)),
            Says::CheckInTime => self.open_checkin_at(at(1), at(2)),
            Says::Agent => {}
            Says::CheckIn => self.check_in(at(1), at(3), at(4)),
            Says::ListedTraveller => {
                if let Some(index) = self.listed(short.raw()) {
                    self.is_at_checkin(index);
                }
            }
            Says::SeatGiven => self.seat_given(at(0)),
            Says::Bags => {
                self.bags([at(1), at(2), at(3), at(NONE)]);
                for single in [at(4), at(5)] {
                    if !single.is_empty() {
                        self.bags([single, at(NONE), at(NONE), at(NONE)]);
                    }
                }
                self.bags([at(6), at(7), at(8), at(9)]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::TAGS;
    use super::*;
    use crate::decode;
    use oriel_model::{Booking, Traveller};

    type Said = (
        Vec<Booking>,
        Vec<Traveller>,
        Vec<&'static str>,
        Vec<(Element, String)>,
    );

    /// What is said by `segment` of a booking, of a traveller and of a flight.
    fn said(segment: &str) -> Said {
        let push = format!(
            "UNB+IATA:1+ZQ+UTOGOV+261104:0845+1'UNH+1+PNRGOV:13:1:IA'MSG+:22'\
             TVL+041126:1015:041126:1430+KEF+LIS+ZQ+0417'EQN+1'SRC'RCI+ZQ:ABC123'{segment}\
             TIF+DOE:I+JANE:A:1'{segment}TKT+9990000000001:T'{segment}TIF+DOE:I+JOHN:A:2'{segment}\
             TVL+041126:1015:041126:1430+KEF+LIS+ZQ+0417:Y'{segment}DAT+2:041126:0801'{segment}\
             TRI++001:::1'{segment}{segment}SRC'{segment}UNT+14+1'UNZ+1+1'"
        );
        let decoded = decode(push.as_bytes()).next().expect("a message");
        let codes = decoded.findings.iter().map(|finding| finding.kind.code);
        let marks = decoded.marks.iter().map(|mark| {
            let marked = &push[decoded.span.clone()][mark.at.range()];
            (mark.element, marked.to_owned())
        });
        let (codes, marks) = (codes.collect(), marks.collect());
        let message = decoded.message.expect("it is accepted");
        (message.bookings, message.travellers, codes, marks)
    }

    #[test]
    fn no_form_hides_a_lost_terminator() {
        let forms = [&OF_BOOKING, &OF_TRAVELLER, &OF_FLIGHT];
        for row in forms.iter().flat_map(|forms| forms.rows) {
            let elements = row.written.matches('+').count();
            let expected = TAGS.find(row.tag).map(|tag| usize::from(tag.elements));
            assert!(Some(elements) <= expected, "{}", row.written);
        }
    }

    #[test]
    fn a_row_says_what_its_segment_says_component_by_component() {
        let values = [
            "700",
            "041126",
            "1015",
            "ABC123",
            "ZQ",
            "KEF",
            "1",
            "2",
            "710",
            "DOE",
            "JANE MRS",
            "I",
            "HK",
            " ",
            "",
            "14C",
            "99.50",
            "EUR",
            "0417",
            "G",
            "HP",
            "9990000000001",
            "EXST",
            "B",
        ];
        let forms = [&OF_BOOKING, &OF_TRAVELLER, &OF_FLIGHT];
        for row in forms.iter().flat_map(|forms| forms.rows) {
            for first in 0..values.len() {
                for step in [0, 1, 5, 7] {
                    let mut segment = String::new();
                    let mut filled = row.written.chars();
                    segment.extend(filled.by_ref().take(3));
                    for (at, separator) in filled.enumerate() {
                        segment.push(separator);
                        segment += values[(first + step * at) % values.len()];
                    }
                    // Components that are empty say nothing, but make it another form.
                    let (known, other) = (
                        said(&format!("{segment}'")),
                        said(&format!("{segment}{}'", ":".repeat(20))),
                    );
                    assert_eq!(known, other, "{segment}");
                }
            }
        }
    }
}
