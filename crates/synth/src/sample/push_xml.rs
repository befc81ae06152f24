//! PNRGOV of samples in XML.
//!
//! - Source: IATA PNRGOV XML, `IATA_PNRGOV_NotifRQ`, release 13.1.

use super::Draw;
use super::bookings::for_xml;
use super::envelope::text;
use crate::xml::Xml;
use compact_str::format_compact;
use jiff::civil::DateTime;
use oriel_model::{
    Booking, BookingStatus, Contact, ContactKind, Document, Function, HistoryEntry,
    ItinerarySegment, Message, OtherService, PartialDate, Past, Text, Ticket, Traveller,
};

pub(super) fn push(draw: &mut Draw) -> (Message, Vec<u8>) {
    let message = for_xml(draw);
    let bytes = write(&message);
    (message, bytes)
}

/// Writes a push as one document.
pub(super) fn write(message: &Message) -> Vec<u8> {
    let mut xml = Xml::new();
    let envelope = &message.envelope;
    let function = if envelope.function == Function::UpdatePush {
        "141"
    } else {
        ""
    };
    let target = if envelope.test { "Test" } else { "Production" };
    xml.start(
        "IATA_PNRGOV_NotifRQ",
        &[
            ("xmlns", "http://www.iata.org/IATA/2007/00"),
            ("Version", &envelope.version),
            ("TransactionIdentifier", &envelope.reference),
            ("TransactionStatusCode", function),
            ("TimeStamp", &moment(envelope.sent)),
            ("Target", target),
        ],
    );
    xml.empty("Originator", &[("AirlineCode", &envelope.sender)]);
    let flight = &message.flights[0];
    let leg = &flight.legs[0];
    let suffix = flight.number.suffix.map(String::from).unwrap_or_default();
    let number = &flight.text[2..flight.text.len() - suffix.len()];
    xml.start(
        "FlightLeg",
        &[
            ("CarrierCode", "ZQ"),
            ("FlightNumber", number),
            ("OperationalSuffix", &suffix),
            ("DepartureDateTime", &moment(leg.departs)),
            ("ArrivalDateTime", &moment(leg.arrives)),
        ],
    );
    places(&mut xml, &shown(leg.from), &shown(leg.to));
    xml.end();
    let count = shown(message.announced);
    xml.start("PNRs", &[("NumberOfPnrs", &count)]);
    for booking in &message.bookings {
        self::booking(&mut xml, message, booking);
    }
    xml.end();
    xml.end();
    xml.finish().into_bytes()
}

fn booking(xml: &mut Xml, message: &Message, booking: &Booking) {
    let size = format_compact!("{}", booking.travellers.len());
    let created = booking.locators.first().and_then(|locator| locator.created);
    // Without a time of its own the booking has that of its first ticket.
    let first = booking.tickets.iter().find_map(|ticket| ticket.issued);
    let ticketed = booking.ticketed.filter(|at| Some(*at) != first);
    xml.start(
        "PNR",
        &[
            ("NumberOfPassengers", &size),
            ("PNR_TransDate", &moment(booking.changed)),
            ("PNR_CreationDate", &moment(created)),
            ("LastTktDate", &moment(ticketed)),
        ],
    );
    for (at, locator) in booking.locators.iter().enumerate() {
        let kind = match (at, locator.departure_control) {
            (_, true) => "C",
            (0, _) => "",
            _ => "O",
        };
        reference(xml, kind, &locator.company, locator.code.expose());
    }
    if booking.status != BookingStatus::Cancelled {
        parts(xml, message, booking);
    }
    xml.end();
}

fn reference(xml: &mut Xml, kind: &str, company: &str, code: &str) {
    xml.start("BookingRefID", &[("ID", code), ("Type", kind)]);
    xml.empty("CompanyName", &[("Code", company)]);
    xml.end();
}

fn parts(xml: &mut Xml, message: &Message, booking: &Booking) {
    for _ in 0..booking.remarks {
        xml.start("OSI", &[]);
        xml.empty("Airline", &[("Code", "ZQ")]);
        xml.text("Text", "LIKES THE SEA");
        xml.end();
    }
    if let Some(agency) = &booking.agency {
        let of = |value: &Option<Text>| value.clone().unwrap_or_default();
        xml.start("POS", &[]);
        xml.start(
            "Source",
            &[
                ("AirlineVendorID", &of(&agency.company)),
                ("PseudoCityCode", &of(&agency.office)),
                ("AirportCode", &of(&agency.city)),
                ("ISOCountry", &of(&agency.country)),
                ("AgentSine", text(agency.agent.as_ref())),
            ],
        );
        xml.empty(
            "RequestorID",
            &[("Type", &of(&agency.kind)), ("ID", &of(&agency.iata))],
        );
        xml.end();
        xml.end();
    }
    for contact in booking
        .contacts
        .iter()
        .filter(|contact| contact.traveller.is_none())
    {
        self::contact(xml, contact);
    }
    for bag in &booking.excess_baggage {
        let charge = bag.charge.clone().unwrap_or_default();
        let (quantity, unit) = match (bag.pieces, bag.weight_kg) {
            (Some(pieces), _) => (format_compact!("{pieces}"), ""),
            (None, weight) => (shown(weight), "700"),
        };
        xml.empty(
            "PrepaidBag",
            &[
                ("UnitOfMeasureQuantity", &quantity),
                ("UnitOfMeasureCode", unit),
                ("Amount", &charge.amount),
                ("CurrencyCode", &charge.currency.unwrap_or_default()),
            ],
        );
    }
    for &index in &booking.travellers {
        passenger(xml, message, booking, index);
    }
    for segment in &booking.itinerary {
        flight(xml, message, booking, segment);
    }
    for split in &booking.splits {
        let count = shown(split.travellers);
        xml.start("SplitPNR", &[("NumberOfPassengers", &count)]);
        reference(xml, "", "ZQ", text(split.locator.as_ref()));
        xml.end();
    }
    for service in &booking.services {
        self::service(xml, service);
    }
    if !booking.past.is_empty() {
        xml.start("History", &[]);
        booking.past.iter().for_each(|entry| history(xml, entry));
        xml.end();
    }
}

/// NonAir.
fn service(xml: &mut Xml, service: &OtherService) {
    let of = |value: &Option<Text>| value.clone().unwrap_or_default();
    xml.empty(
        "NonAir",
        &[
            ("ServiceType", &service.kind),
            ("StartDateTime", &moment(service.from)),
            ("EndDateTime", &moment(service.to)),
            ("LocationCode", &shown(service.place)),
            ("Name", text(service.name.as_ref())),
            ("VendorCode", &of(&service.vendor)),
            ("ConfirmationNbr", text(service.confirmation.as_ref())),
            ("ProductCode", &of(&service.product)),
        ],
    );
}

/// HistoryCredit with its actions.
fn history(xml: &mut Xml, entry: &HistoryEntry) {
    let of = |value: &Option<Text>| value.clone().unwrap_or_default();
    xml.start(
        "HistoryCredit",
        &[
            ("Type", &entry.kind),
            ("TransDate", &moment(entry.at)),
            ("AgentSine", text(entry.agent.as_ref())),
            ("AirportCode", &of(&entry.place)),
            ("AirlineVendorID", &of(&entry.company)),
        ],
    );
    for item in &entry.items {
        xml.start("Action", &[("ActionCode", &item.action)]);
        past(xml, &item.past);
        xml.end();
    }
    xml.end();
}

fn past(xml: &mut Xml, past: &Past) {
    let mut said = |name: &'static str, attributes: &[(&str, &str)], words: &str| {
        xml.start(name, attributes);
        xml.empty("Airline", &[("Code", "ZQ")]);
        xml.text("Text", words);
        xml.end();
    };
    match past {
        Past::Name(name) => {
            xml.start("Passenger", &[("PTC", "A")]);
            xml.text("GivenName", text(name.given.as_ref()));
            xml.text("Surname", text(name.surname.as_ref()));
            xml.end();
        }
        Past::Flight(segment) => {
            open_flight(xml, segment);
            xml.end();
        }
        Past::Seat(seat) => {
            let request = [("SSR_Code", "SEAT"), ("Status", "HK")];
            said("SSR", &request, seat.expose());
        }
        Past::Service(code) => said("SSR", &[("SSR_Code", code), ("Status", "HK")], ""),
        Past::Contact(contact) => {
            let words = format_compact!("CTCH {}", contact.value.expose());
            said("OSI", &[], &words);
        }
        Past::Bags(bags) => {
            let first = bags.first();
            xml.empty(
                "CheckedBag",
                &[
                    ("IssuerCode", "ZQ"),
                    (
                        "SerialNumber",
                        first.map_or("", |bag| &bag.tag.expose()[2..]),
                    ),
                    ("SequenceCount", "1"),
                    ("BagDestination", &shown(first.and_then(|bag| bag.to))),
                    ("UnitOfMeasureQuantity", "12"),
                    ("UnitOfMeasureCode", "700"),
                ],
            );
        }
        _ => said("OSI", &[], "CREATED BY CUSTOMER"),
    }
}

fn contact(xml: &mut Xml, contact: &Contact) {
    let value = contact.value.expose().as_str();
    match contact.kind {
        ContactKind::Phone => xml.empty(
            "ContactInfo",
            &[("PhoneNumber", &format_compact!("M+{value}"))],
        ),
        ContactKind::Email => xml.empty("ContactInfo", &[("EmailAddress", value)]),
        _ => {
            let lines: Vec<&str> = value.split(", ").collect();
            let names = ["StreetNmbr", "CityName", "CountryName", "PostalCode"];
            xml.start("ContactInfo", &[]);
            names
                .into_iter()
                .zip(lines)
                .for_each(|(name, line)| xml.text(name, line));
            xml.end();
        }
    }
}

fn passenger(xml: &mut Xml, message: &Message, booking: &Booking, index: u32) {
    let person = &message.travellers[index as usize];
    let carries = message
        .travellers
        .iter()
        .any(|other| other.travels_with == Some(index));
    let kind = match () {
        () if person.infant => "IN",
        () if person.unaccompanied_minor => "UN",
        () => "A",
    };
    xml.start(
        "Passenger",
        &[
            ("RPH", person.local_ref.as_deref().unwrap_or("")),
            ("SurnameRefNumber", text(person.carrier_ref.as_ref())),
            ("PTC", kind),
            ("AccompaniedByInfantInd", if carries { "true" } else { "" }),
        ],
    );
    xml.text("GivenName", text(person.name.given.as_ref()));
    xml.text("Surname", text(person.name.surname.as_ref()));
    if let Some(title) = &person.name.title {
        xml.text("NameTitle", title);
    }
    for (airline, number) in &person.frequent_flyer {
        xml.empty(
            "CustLoyalty",
            &[("ProgramID", airline), ("MembershipID", number.expose())],
        );
    }
    let tickets: Vec<_> = booking
        .tickets
        .iter()
        .zip(&booking.payments)
        .filter(|(ticket, _)| ticket.traveller == Some(index))
        .collect();
    for basis in tickets.iter().flat_map(|(ticket, _)| &ticket.fare_bases) {
        xml.empty("FareInfo", &[("FareBasis", basis)]);
    }
    documents(xml, person);
    for contact in booking
        .contacts
        .iter()
        .filter(|contact| contact.traveller == Some(index))
    {
        self::contact(xml, contact);
    }
    for (ticket, payment) in tickets {
        open_ticket(xml, ticket);
        let of = |value: &Option<Text>| value.clone().unwrap_or_default();
        xml.empty(
            "PaymentInfo",
            &[
                ("PaymentType", &payment.form),
                ("PaymentAmount", &of(&payment.amount)),
                ("VendorCode", &of(&payment.vendor)),
                ("AccountNbr", text(payment.number_masked.as_ref())),
                ("ExpiryDate", text(payment.expires.as_ref())),
                ("CardHolderName", text(payment.payer.as_ref())),
            ],
        );
        xml.end();
    }
    xml.end();
}

/// DOC_SSR.
fn documents(xml: &mut Xml, person: &Traveller) {
    let mut put = |code: &'static str, fields: &[(&str, &str)]| {
        xml.start(
            "DOC_SSR",
            &[
                ("SSR_Code", code),
                ("ServiceQuantity", "1"),
                ("Status", "HK"),
            ],
        );
        xml.empty(code, fields);
        xml.end();
    };
    for document in &person.documents {
        match document.kind.as_str() {
            "V" => put(
                "DOCO",
                &[
                    ("BirthLocation", text(person.birth_place.as_ref())),
                    ("TravelDocType", "V"),
                    ("TravelDocNbr", text(document.number.as_ref())),
                    ("PlaceOfIssue", "AMAUROT"),
                    (
                        "DateOfIssue",
                        &shown(document.issued.as_ref().map(|date| *date.expose())),
                    ),
                    (
                        "CountryState",
                        &shown(document.issuer.as_ref().map(|state| *state.expose())),
                    ),
                ],
            ),
            _ => docs(&mut put, person, document),
        }
    }
    for number in &person.government_refs {
        put(
            "DOCO",
            &[("TravelDocType", "K"), ("TravelDocNbr", number.expose())],
        );
    }
    if let [street, city, region, postcode, state] = &person.address[..] {
        let [street, city, region, postcode, state] =
            [street, city, region, postcode, state].map(|line| line.expose().as_str());
        put(
            "DOCA",
            &[
                ("AddressType", "D"),
                ("Country", state),
                ("Address", street),
                ("CityName", city),
                ("StateProvCounty", region),
                ("PostalCode", postcode),
            ],
        );
    }
    if let Some(state) = &person.residence {
        put(
            "DOCA",
            &[("AddressType", "R"), ("Country", state.expose().as_str())],
        );
    }
}

fn docs(
    put: &mut impl FnMut(&'static str, &[(&str, &str)]),
    person: &Traveller,
    document: &Document,
) {
    let holder = document.holder.as_ref();
    let given = text(holder.and_then(|name| name.given.as_ref()));
    let (first, second) = given.split_once(' ').unwrap_or((given, ""));
    let date = |date: Option<PartialDate>| shown(date);
    put(
        "DOCS",
        &[
            ("TravelDocType", &document.kind),
            (
                "IssuingLoc",
                &shown(document.issuer.as_ref().map(|state| *state.expose())),
            ),
            ("TravelDocNbr", text(document.number.as_ref())),
            (
                "PaxNationality",
                &shown(person.nationalities.first().map(|state| *state.expose())),
            ),
            (
                "DateOfBirth",
                &date(person.birth.as_ref().and_then(|birth| birth.expose().date)),
            ),
            (
                "Gender",
                person.sex.as_ref().map_or("", |sex| sex.expose().code()),
            ),
            (
                "ExpiryDate",
                &date(document.expires.as_ref().map(|date| *date.expose())),
            ),
            (
                "Surname",
                text(holder.and_then(|name| name.surname.as_ref())),
            ),
            ("FirstGivenName", first),
            ("SecondGivenName", second),
            (
                "PrimaryHolderInd",
                if document.primary_holder { "true" } else { "" },
            ),
        ],
    );
}

/// TicketDocument, left open for its payment.
fn open_ticket(xml: &mut Xml, ticket: &Ticket) {
    let of = |value: &Option<Text>| value.clone().unwrap_or_default();
    xml.start(
        "TicketDocument",
        &[
            ("TicketDocumentNbr", text(ticket.number.as_ref())),
            ("Type", &of(&ticket.kind)),
            ("DateOfIssue", &moment(ticket.issued)),
        ],
    );
    for (name, money) in [("BaseFare", &ticket.base), ("TotalFare", &ticket.total)] {
        if let Some(money) = money {
            xml.empty(
                name,
                &[
                    ("Amount", &money.amount),
                    ("CurrencyCode", &of(&money.currency)),
                ],
            );
        }
    }
    if !ticket.restrictions.is_empty() {
        let is = |code: &str| {
            if ticket.restrictions.iter().any(|rule| rule == code) {
                "true"
            } else {
                ""
            }
        };
        let (date, time) = match ticket.deadline {
            Some(at) => (at.date().to_string(), at.time().to_string()),
            None => Default::default(),
        };
        xml.empty(
            "PricingInfo",
            &[
                ("Date", &date),
                ("Time", &time),
                ("NonRefundableInd", is("NR")),
                ("NonEndorsableInd", is("NE")),
                ("PenaltyRestrictionInd", is("PE")),
            ],
        );
    }
    if !ticket.taxes.is_empty() {
        xml.start("Taxes", &[]);
        for tax in &ticket.taxes {
            xml.empty(
                "Tax",
                &[
                    ("Amount", &tax.money.amount),
                    ("ISOCountry", &of(&tax.country)),
                    ("CurrencyCode", &of(&tax.money.currency)),
                    ("TaxType", &of(&tax.code)),
                ],
            );
        }
        xml.end();
    }
}

fn flight(xml: &mut Xml, message: &Message, booking: &Booking, segment: &ItinerarySegment) {
    open_flight(xml, segment);
    if segment.push_flight {
        desk(xml, message, booking);
    }
    xml.end();
}

/// Flight, left open.
fn open_flight(xml: &mut Xml, segment: &ItinerarySegment) {
    let of = |value: &Option<Text>| value.clone().unwrap_or_default();
    xml.start(
        "Flight",
        &[
            ("DepartureDateTime", &moment(segment.departs)),
            ("ArrivalDateTime", &moment(segment.arrives)),
            ("ResBookDesigCode", &of(&segment.class)),
            ("NumberInParty", &shown(segment.party)),
            ("Status", &of(&segment.status)),
            ("FlightNumber", &format_compact!("{}", segment.number)),
        ],
    );
    places(xml, &shown(segment.from), &shown(segment.to));
    if segment.operating.is_some() {
        let number = shown(segment.operating_number.as_ref());
        xml.empty(
            "OperatingAirline",
            &[
                ("Code", &shown(segment.operating)),
                ("FlightNumber", &number),
            ],
        );
    }
    if let Some(equipment) = &segment.equipment {
        xml.empty("Equipment", &[("AirEquipType", equipment)]);
    }
    xml.empty("MarketingAirline", &[("Code", &shown(segment.carrier))]);
}

/// Seats, and CheckInInfo.
fn desk(xml: &mut Xml, message: &Message, booking: &Booking) {
    let party = || {
        booking
            .travellers
            .iter()
            .map(|index| &message.travellers[*index as usize])
    };
    for person in party().filter(|person| person.checked_in.is_none() && person.seat.is_some()) {
        let local = person.local_ref.as_deref().unwrap_or("");
        xml.start(
            "SSR",
            &[("SSR_Code", "SEAT"), ("Status", "HK"), ("RPH", local)],
        );
        xml.empty("Airline", &[("Code", "ZQ")]);
        xml.text(
            "Text",
            &format_compact!("{:0>4}", text(person.seat.as_ref())),
        );
        xml.end();
    }
    for person in party().filter(|person| person.checked_in.is_some()) {
        xml.start("CheckInInfo", &[("Time", &moment(person.checked_in))]);
        let local = person.local_ref.as_deref().unwrap_or("");
        xml.start(
            "BoardingNumber",
            &[
                ("Number", person.sequence.as_deref().unwrap_or("")),
                ("RPH", local),
            ],
        );
        if person.seat.is_some() {
            xml.text(
                "SeatNumber",
                &format_compact!("{:0>4}", text(person.seat.as_ref())),
            );
        }
        if let (Some(pieces), Some(first)) = (person.bag_count, person.bags.first()) {
            let pool = person
                .bag_pool
                .as_ref()
                .map_or("", |pool| if pool.head { "HP" } else { "MP" });
            xml.empty(
                "CheckedBag",
                &[
                    ("IssuerCode", "ZQ"),
                    ("SerialNumber", &first.tag.expose()[2..]),
                    ("SequenceCount", &format_compact!("{pieces}")),
                    ("BagDestination", &shown(first.to)),
                    ("BaggagePool", pool),
                    ("UnitOfMeasureQuantity", &shown(person.bag_weight_kg)),
                    ("UnitOfMeasureCode", "700"),
                ],
            );
        }
        xml.end();
        xml.end();
    }
}

fn places(xml: &mut Xml, from: &str, to: &str) {
    xml.empty("DepartureAirport", &[("LocationCode", from)]);
    xml.empty("ArrivalAirport", &[("LocationCode", to)]);
}

fn moment(at: Option<DateTime>) -> Text {
    at.map(|at| format_compact!("{}", at.strftime("%Y-%m-%dT%H:%M:%S")))
        .unwrap_or_default()
}

fn shown(code: Option<impl std::fmt::Display>) -> Text {
    code.map(|code| format_compact!("{code}"))
        .unwrap_or_default()
}
