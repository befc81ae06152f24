//! Writes a push as PNRGOV XML: the same bookings as the segments, in elements and attributes.
//!
//! - In: a push.  Out: one document.
//! - Source: IATA PNRGOV XML, `IATA_PNRGOV_NotifRQ`, release 13.1.

use super::flight::padded_seat;
use super::{Push, Pushed, has_ticket, local_ref, pays_by_card, type_code};
use crate::booking::{Booking, CanaryPlace, Kind, Passenger};
use crate::dates::ddmonyy;
use crate::itinerary::Hop;
use crate::sent_name::{title, with_title};
use crate::xml::Xml;
use compact_str::format_compact;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use oriel_model::Text;

fn at(moment: DateTime) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

impl Push<'_> {
    /// Writes the document.
    pub(crate) fn write_xml(&self) -> String {
        let flight = self.flight;
        let mut xml = Xml::new();
        let (departs, arrives) = flight.times();
        let number = format_compact!("{:04}", flight.number);
        xml.start(
            "IATA_PNRGOV_NotifRQ",
            &[
                ("xmlns", "http://www.iata.org/IATA/2007/00"),
                ("Version", "13.1"),
                ("TransactionIdentifier", &self.reference),
                ("TimeStamp", &at(departs)),
            ],
        );
        xml.empty("Originator", &[("AirlineCode", flight.carrier.code)]);
        xml.start(
            "FlightLeg",
            &[
                ("CarrierCode", flight.carrier.code),
                ("FlightNumber", &number),
                ("DepartureDateTime", &at(departs)),
                ("ArrivalDateTime", &at(arrives)),
            ],
        );
        stations(&mut xml, flight.origin().airport, flight.target().airport);
        xml.end();
        let total = format_compact!("{}", self.total);
        xml.start("PNRs", &[("NumberOfPnrs", &total)]);
        for pushed in self.bookings {
            self.xml_booking(&mut xml, pushed);
        }
        xml.end();
        xml.end();
        xml.finish()
    }

    fn xml_booking(&self, xml: &mut Xml, pushed: &Pushed<'_>) {
        let booking = pushed.booking;
        let carrier = self.flight.carrier.code;
        let created = at(booking.created);
        let ticketed = if has_ticket(booking) { &*created } else { "" };
        let size = format_compact!("{}", booking.party.len());
        xml.start(
            "PNR",
            &[
                ("NumberOfPassengers", &size),
                ("PNR_TransDate", &created),
                ("PNR_CreationDate", &created),
                ("LastTktDate", ticketed),
            ],
        );
        let mut locator = |kind: &str, company: &str, code: &str| {
            xml.start("BookingRefID", &[("ID", code), ("Type", kind)]);
            xml.empty("CompanyName", &[("Code", company)]);
            xml.end();
        };
        locator("", carrier, &booking.locator);
        if let Some(partner) = &booking.partner {
            locator("O", "1U", partner);
        }
        if let Some(canary) = &booking.canary
            && let CanaryPlace::Service(code) = canary.at
        {
            self.xml_request(xml, &[("SSR_Code", code), ("Status", "HK")], &canary.token);
        }
        self.xml_contacts(xml, booking);
        for (place, passenger) in booking.party.iter().enumerate() {
            self.xml_passenger(xml, pushed, place, passenger);
        }
        for hop in &booking.itinerary {
            self.xml_flight(xml, pushed, hop);
        }
        if self.style.history {
            self.xml_history(xml, booking);
        }
        xml.end();
    }

    /// What [`Push::history`] says in segments.
    fn xml_history(&self, xml: &mut Xml, booking: &Booking) {
        let carrier = self.flight.carrier.code;
        if booking.one_in(19) {
            let locator: String = booking.locator.chars().rev().collect();
            xml.start("SplitPNR", &[("NumberOfPassengers", "1")]);
            xml.start("BookingRefID", &[("ID", &locator)]);
            xml.empty("CompanyName", &[("Code", carrier)]);
            xml.end();
            xml.end();
        }
        if booking.one_in(17) {
            let there = &booking.itinerary[booking.outward - 1];
            let day = there.arrives.date();
            xml.empty(
                "NonAir",
                &[
                    ("ServiceType", "8"),
                    ("StartDateTime", &at(day.at(15, 0, 0, 0))),
                    ("EndDateTime", &day.to_string()),
                    ("LocationCode", there.to),
                    ("Name", "HARBOUR REST"),
                    ("VendorCode", "HL"),
                    ("ConfirmationNbr", "67576"),
                    ("ProductCode", "ROH"),
                ],
            );
        }
        if booking.one_in(5) {
            xml.start("History", &[]);
            xml.start(
                "HistoryCredit",
                &[
                    ("Type", "1"),
                    ("TransDate", &at(booking.created)),
                    ("AgentDutyCode", "WEB"),
                    ("AirportCode", "UXA"),
                    ("AirlineVendorID", carrier),
                ],
            );
            xml.start("Action", &[("ActionCode", "A")]);
            xml.text("Remark", "CREATED BY CUSTOMER");
            xml.end();
            xml.end();
            xml.end();
        }
        if let Some(canary) = &booking.canary
            && canary.at == CanaryPlace::Remark
        {
            xml.text("Remark", &canary.token);
        }
    }

    fn xml_request(&self, xml: &mut Xml, attributes: &[(&str, &str)], text: &str) {
        xml.start("SSR", attributes);
        xml.empty("Airline", &[("Code", self.flight.carrier.code)]);
        xml.text("Text", text);
        xml.end();
    }

    fn xml_contacts(&self, xml: &mut Xml, booking: &Booking) {
        let carrier = self.flight.carrier.code;
        let phone = format_compact!("9995550{}", booking.phone);
        let mut osi = |text: &str| {
            xml.start("OSI", &[]);
            xml.empty("Airline", &[("Code", carrier)]);
            xml.text("Text", text);
            xml.end();
        };
        if booking.one_in(4) {
            osi(&format_compact!("CTCM {phone}"));
        }
        if let Some(canary) = &booking.canary
            && canary.at == CanaryPlace::Osi
        {
            osi(&canary.token);
        }
        xml.start("POS", &[]);
        match booking.agency {
            Some(agency) => {
                let office = format_compact!("{}1U{:03}", agency.city, booking.whim % 1000);
                let iata = format_compact!("{}", agency.iata);
                let source = [
                    ("AirlineVendorID", "1U"),
                    ("PseudoCityCode", &*office),
                    ("AirportCode", agency.city),
                    ("ISOCountry", agency.state),
                    ("AgentSine", "0101AASU"),
                ];
                xml.start("Source", &source);
                xml.empty("RequestorID", &[("Type", "T"), ("ID", &iata)]);
            }
            None => {
                xml.start(
                    "Source",
                    &[("AirlineVendorID", carrier), ("AgentSine", "WEB")],
                );
                xml.empty("RequestorID", &[("Type", "A")]);
            }
        }
        xml.end();
        xml.end();
        if booking.one_in(3) {
            let street = format_compact!("{} HARBOUR LANE", booking.whim % 300);
            xml.start("ContactInfo", &[("PhoneNumber", &phone)]);
            xml.text("StreetNmbr", &street);
            xml.text("CityName", "ABRAXA");
            xml.text("CountryName", "XU");
            xml.text("PostalCode", "1516");
            xml.end();
        }
        if booking.one_in(7) {
            let surname = booking
                .party
                .first()
                .map_or("", |p| p.person.surname.as_str());
            let surname = surname.replace(' ', "");
            let mail = format_compact!("/{surname}..{}//MAIL.EXAMPLE", booking.phone);
            self.xml_request(xml, &[("SSR_Code", "CTCE"), ("Status", "HK")], &mail);
        }
    }

    fn xml_passenger(
        &self,
        xml: &mut Xml,
        pushed: &Pushed<'_>,
        place: usize,
        passenger: &Passenger,
    ) {
        let booking = pushed.booking;
        let laps = || {
            booking
                .party
                .iter()
                .filter(|p| p.kind == Kind::Infant(place))
        };
        let reference = passenger.reference();
        let local = local_ref(place);
        let carries = if laps().next().is_some() { "true" } else { "" };
        xml.start(
            "Passenger",
            &[
                ("RPH", &local),
                ("SurnameRefNumber", &reference),
                ("PTC", type_code(passenger.kind)),
                ("AccompaniedByInfantInd", carries),
            ],
        );
        self.xml_name(xml, passenger);
        if passenger.one_in(6) && passenger.kind == Kind::Adult {
            let number = format_compact!("{}", 5_000_000 + passenger.id);
            let member = [
                ("ProgramID", self.flight.carrier.code),
                ("MembershipID", &*number),
            ];
            xml.empty("CustLoyalty", &member);
        }
        if has_ticket(booking) {
            let basis = format_compact!("{}LFLEX", booking.class);
            xml.empty("FareInfo", &[("FareBasis", &basis)]);
        }
        if self.knows_documents(booking) {
            if !matches!(passenger.kind, Kind::Infant(_)) {
                xml_docs(xml, passenger, "");
            }
            laps().for_each(|lap| xml_docs(xml, lap, "I"));
            let visa = passenger.person.documents.iter().find(|d| d.kind == "V");
            if let Some(visa) = visa {
                xml.start("DOC_SSR", &[("SSR_Code", "DOCO"), ("Status", "HK")]);
                xml.empty(
                    "DOCO",
                    &[
                        ("TravelDocType", "V"),
                        ("TravelDocNbr", &visa.number),
                        ("PlaceOfIssue", "AMAUROT"),
                        ("CountryState", visa.issuer),
                    ],
                );
                xml.end();
            }
        }
        for lap in laps() {
            let hop = &booking.itinerary[0];
            let given = match lap.person.given.as_str() {
                "" => "FNU",
                given => given,
            };
            let born = ddmonyy(lap.person.birth);
            let text = format_compact!("{}/{given} {born}", lap.person.surname);
            let request = [
                ("SSR_Code", "INFT"),
                ("Status", "HK"),
                ("BoardPoint", hop.from),
                ("OffPoint", hop.to),
                ("RPH", &*local),
            ];
            self.xml_request(xml, &request, &text);
        }
        if has_ticket(booking) {
            self.xml_ticket(xml, booking, passenger, place == 0);
        }
        xml.end();
    }

    fn xml_name(&self, xml: &mut Xml, passenger: &Passenger) {
        let person = &passenger.person;
        let given = with_title(&person.given, title(passenger), self.style.given);
        xml.text("GivenName", &given);
        xml.text("Surname", &person.surname);
    }

    fn xml_ticket(&self, xml: &mut Xml, booking: &Booking, passenger: &Passenger, pays: bool) {
        let accounting = self.flight.carrier.accounting;
        let number = format_compact!("{accounting}{:010}", passenger.ticket);
        let issued = at(booking.created);
        let document = [
            ("TicketDocumentNbr", &*number),
            ("Type", "T"),
            ("DateOfIssue", &*issued),
        ];
        xml.start("TicketDocument", &document);
        let base = 80 + booking.whim % 900;
        let base_text = format_compact!("{base}.00");
        let total = format_compact!("{}.50", base + 61);
        xml.empty(
            "BaseFare",
            &[("Amount", &base_text), ("CurrencyCode", "EUR")],
        );
        xml.empty("TotalFare", &[("Amount", &total), ("CurrencyCode", "EUR")]);
        xml.start("Taxes", &[]);
        let tax = [
            ("Amount", "61.50"),
            ("CurrencyCode", "EUR"),
            ("TaxType", "YQ"),
        ];
        xml.empty("Tax", &tax);
        xml.end();
        if pays {
            let card = format_compact!("999999XXXXXX{:04}", booking.whim % 10_000);
            let sponsor = format_compact!("{} HOLDINGS", passenger.person.surname);
            let sponsor = if booking.one_in(11) { &*sponsor } else { "" };
            let form: &[(&str, &str)] = match pays_by_card(booking) {
                true => &[
                    ("PaymentType", "CC"),
                    ("VendorCode", "VI"),
                    ("AccountNbr", &card),
                    ("ExpiryDate", "0330"),
                ],
                false => &[("PaymentType", "CA")],
            };
            let paid = [("PaymentAmount", &*total), ("CardHolderName", sponsor)];
            xml.empty("PaymentInfo", &[form, &paid].concat());
        }
        xml.end();
    }

    fn xml_flight(&self, xml: &mut Xml, pushed: &Pushed<'_>, hop: &Hop) {
        let booking = pushed.booking;
        let own = format_compact!("{:04}", hop.number);
        let class = format_compact!("{}", booking.class);
        let sold = hop.sold_as.filter(|_| booking.one_in(2));
        let seated = || {
            let party = booking.party.iter().enumerate();
            party.filter(|(_, p)| !matches!(p.kind, Kind::Infant(_)))
        };
        let party = format_compact!("{}", seated().count());
        let number = sold.map_or(own.clone(), |(_, number)| format_compact!("{number}"));
        xml.start(
            "Flight",
            &[
                ("DepartureDateTime", &at(hop.departs)),
                ("ArrivalDateTime", &at(hop.arrives)),
                ("ResBookDesigCode", &class),
                ("NumberInParty", &party),
                ("Status", "HK"),
                ("FlightNumber", &number),
            ],
        );
        stations(xml, hop.from, hop.to);
        if sold.is_some() {
            xml.empty(
                "OperatingAirline",
                &[
                    ("Code", hop.carrier),
                    ("FlightNumber", &own),
                    ("ResBookDesigCode", &class),
                ],
            );
        }
        xml.empty("Equipment", &[("AirEquipType", "321")]);
        let marketing = sold.map_or(hop.carrier, |(seller, _)| seller);
        xml.empty("MarketingAirline", &[("Code", marketing)]);
        let here = hop.flight == Some(self.flight.index);
        if here && has_ticket(booking) {
            for (place, _) in seated() {
                let seat = padded_seat(pushed.seat + place);
                let local = local_ref(place);
                let request = [
                    ("SSR_Code", "SEAT"),
                    ("Status", "HK"),
                    ("BoardPoint", hop.from),
                    ("OffPoint", hop.to),
                    ("RPH", &*local),
                ];
                self.xml_request(xml, &request, &seat);
            }
        }
        if here && self.is_checked_in(booking) {
            let desk = self.flight.departs - SignedDuration::from_mins(booking.checks_in_before);
            let desk = at(desk.to_zoned(TimeZone::UTC).datetime());
            // Seconds are not told at the desk.
            xml.start("CheckInInfo", &[("Time", &format!("{}00", &desk[..17]))]);
            for (place, passenger) in seated() {
                self.xml_check_in(xml, pushed, place, passenger);
            }
            xml.end();
        }
        xml.end();
    }

    fn xml_check_in(
        &self,
        xml: &mut Xml,
        pushed: &Pushed<'_>,
        place: usize,
        passenger: &Passenger,
    ) {
        let booking = pushed.booking;
        let sequence = format_compact!("{:03}", pushed.seat + place + 1);
        let local = local_ref(place);
        xml.start("BoardingNumber", &[("Number", &sequence), ("RPH", &local)]);
        xml.start("Passenger", &[]);
        self.xml_name(xml, passenger);
        xml.end();
        let seat: Text = padded_seat(pushed.seat + place);
        xml.text("SeatNumber", &seat);
        let (pieces, weight, tag) = passenger.bags;
        if pieces > 0 {
            let (count, weight) = (format_compact!("{pieces}"), format_compact!("{weight}"));
            let tag = format_compact!("0{}{tag:06}", self.flight.carrier.accounting);
            xml.empty(
                "CheckedBag",
                &[
                    ("IssuerCode", self.flight.carrier.code),
                    ("SerialNumber", &tag),
                    ("SequenceCount", &count),
                    ("BagDestination", booking.itinerary[booking.outward - 1].to),
                    ("UnitOfMeasureQuantity", &weight),
                    ("UnitOfMeasureCode", "700"),
                ],
            );
        }
        xml.end();
    }
}

fn stations(xml: &mut Xml, from: &str, to: &str) {
    xml.empty("DepartureAirport", &[("LocationCode", from)]);
    xml.empty("ArrivalAirport", &[("LocationCode", to)]);
}

/// DOCS of a passenger; `infant` marks the sex of one on a lap.
fn xml_docs(xml: &mut Xml, passenger: &Passenger, infant: &str) {
    let person = &passenger.person;
    let Some(passport) = person.documents.first() else {
        return;
    };
    let sex = format_compact!("{}{infant}", if person.woman { "F" } else { "M" });
    let (first, second) = person.given.split_once(' ').unwrap_or((&person.given, ""));
    let (born, expires) = (person.birth.to_string(), passport.expires.to_string());
    xml.start("DOC_SSR", &[("SSR_Code", "DOCS"), ("Status", "HK")]);
    xml.empty(
        "DOCS",
        &[
            ("TravelDocType", passport.kind),
            ("IssuingLoc", passport.issuer),
            ("TravelDocNbr", &passport.number),
            ("PaxNationality", person.state),
            ("DateOfBirth", &born),
            ("Gender", &sex),
            ("ExpiryDate", &expires),
            ("Surname", &person.surname),
            ("FirstGivenName", first),
            ("SecondGivenName", second),
        ],
    );
    xml.end();
}
