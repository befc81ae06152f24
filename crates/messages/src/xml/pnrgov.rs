//! What the elements of IATA_PNRGOV_NotifRQ are in the segments of PNRGOV EDIFACT.
//!
//! - In: a document, element by element.  Out: its segments, and what it says of itself.
//! - Times of flights are local, those of bookings UTC, as in EDIFACT.

use super::tree::{Fault, Node, Step, Walk};
use crate::findings::xml as found;
use crate::respelled::{Part, Segments, Value, read};
use jiff::civil::DateTime;
use oriel_model::{Envelope, Text};
use std::ops::Range;

/// The most elements of unknown names that are told.
const MAX_UNKNOWN: usize = 100;

/// Elements that are read, besides those above PNR.
const KNOWN: &[&str] = &[
    "BookingRefID",
    "SSR",
    "OSI",
    "Remark",
    "POS",
    "ContactInfo",
    "PrepaidBag",
    "Passenger",
    "Flight",
    "SplitPNR",
    "GivenName",
    "Surname",
    "NameTitle",
    "CustLoyalty",
    "FareInfo",
    "TicketDocument",
    "DOC_SSR",
    "DepartureAirport",
    "ArrivalAirport",
    "OperatingAirline",
    "Equipment",
    "MarketingAirline",
    "CheckInInfo",
    "NonAir",
    "History",
    "HistoryCredit",
    "Action",
    "CheckedBag",
];

/// A document as segments.
#[derive(Default)]
pub(super) struct Document {
    pub(super) segments: Segments,
    /// Names of elements that are not read.
    pub(super) unknown: Vec<Range<usize>>,
    /// Values that say something of the document and nothing of a person.
    pub(super) structure: Vec<Range<usize>>,
    version: Text,
    transaction: Text,
    token: Text,
    sender: Text,
    sent: Option<DateTime>,
    test: bool,
}

impl Document {
    /// What the document says of itself; function and parts as its segments were read.
    pub(super) fn envelope(&self, read: &Envelope) -> Envelope {
        let or = |text: &Text, other: &Text| match text.is_empty() {
            true => other.clone(),
            false => text.clone(),
        };
        Envelope {
            version: self.version.clone(),
            reference: or(&self.transaction, &self.token),
            interchange: or(&self.token, &self.transaction),
            sender: self.sender.clone(),
            recipient: Text::default(),
            sent: self.sent,
            access_reference: Some(self.transaction.clone()).filter(|text| !text.is_empty()),
            test: self.test,
            ..read.clone()
        }
    }
}

/// Writes a document as segments.
pub(super) fn translate(walk: &mut Walk<'_>) -> Result<Document, Fault> {
    let mut document = Document::default();
    let conventions = walk.conventions;
    let mut is_push = false;
    let mut function = "22";
    loop {
        let node = match walk.next()? {
            Step::Open(node) => node,
            Step::Close => continue,
            Step::End => break,
        };
        match node.name {
            "IATA_PNRGOV_NotifRQ" => {
                is_push = true;
                document.head(&node);
                function = conventions.function(read(node.get("TransactionStatusCode")).trim());
                document.open(function);
            }
            "Originator" | "FlightLeg" => {
                let node = walk.whole(node)?;
                document.header(&node);
            }
            "PNRs" => {
                let count = node.get("NumberOfPnrs");
                document.segments.segment("EQN", &[&[Part::Sent(count)]]);
            }
            "PNR" => {
                if !is_push {
                    // A fragment: bookings without their flight.
                    is_push = true;
                    document.open(function);
                }
                let node = walk.whole(node)?;
                document.booking(&node, conventions.bare_is_cancelled);
            }
            _ if !is_push => return Err((&found::NOT_A_PUSH, 0)),
            _ => {
                let node = walk.whole(node)?;
                document.not_read(&node);
            }
        }
    }
    if !is_push {
        return Err((&found::NOT_A_PUSH, 0));
    }
    let end = |tag: &str, document: &mut Document| {
        document
            .segments
            .segment(tag, &[&[Part::Own("1")], &[Part::Own("1")]]);
    };
    end("UNT", &mut document);
    end("UNZ", &mut document);
    Ok(document)
}

impl Document {
    /// The attributes of the root.
    fn head(&mut self, root: &Node<'_>) {
        let text = |name: &str| Text::from(read(root.get(name)).trim());
        let own = [
            "Version",
            "TransactionIdentifier",
            "EchoToken",
            "TimeStamp",
            "Target",
        ];
        for value in own.map(|name| root.get(name)) {
            self.structure.push(value.at..value.at + value.raw.len());
        }
        self.version = text("Version");
        self.transaction = text("TransactionIdentifier");
        self.token = text("EchoToken");
        let sent = read(root.get("TimeStamp"));
        self.sent = moment(&sent).or_else(|| moment(sent.split(['+', 'Z']).next()?));
        self.test = root.get("Target").raw == "Test";
    }

    fn open(&mut self, function: &str) {
        let out = &mut self.segments;
        let own = Part::Own;
        out.segment(
            "UNB",
            &[
                &[own("UNOY"), own("4")],
                &[own("X")],
                &[own("X")],
                &[own("20000101"), own("0000")],
                &[own("1")],
            ],
        );
        let kind = [own("PNRGOV"), own("13"), own("1"), own("IA")];
        out.segment("UNH", &[&[own("1")], &kind]);
        out.segment("MSG", &[&[Part::NONE, own(function)]]);
    }

    fn header(&mut self, node: &Node<'_>) {
        if node.name == "Originator" {
            self.sender = Text::from(read(node.get("AirlineCode")).trim());
            let out = &mut self.segments;
            return out.segment("ORG", &[&[Part::Sent(node.get("AirlineCode"))]]);
        }
        let times = [node.get("DepartureDateTime"), node.get("ArrivalDateTime")];
        let from = node.get_of("DepartureAirport", "LocationCode");
        let to = node.get_of("ArrivalAirport", "LocationCode");
        self.segments.segment(
            "TVL",
            &[
                &schedule(times),
                &[Part::Sent(from)],
                &[Part::Sent(to)],
                &[Part::Sent(node.get("CarrierCode"))],
                &[
                    Part::Sent(node.get("FlightNumber")),
                    Part::NONE,
                    Part::Sent(node.get("OperationalSuffix")),
                ],
            ],
        );
    }

    /// PNR: group 1.
    fn booking(&mut self, pnr: &Node<'_>, bare_is_cancelled: bool) {
        self.tell_unknown(pnr);
        self.segments.segment("SRC", &[]);
        let mut created = dated(pnr.get("PNR_CreationDate"));
        for reference in pnr.all("BookingRefID") {
            let [date, time] = std::mem::replace(&mut created, [Part::NONE, Part::NONE]);
            let is_desk = reference.get("Type").raw == "C";
            let locator = [
                Part::Sent(reference.get_of("CompanyName", "Code")),
                Part::Sent(reference.get("ID")),
                Part::Own(if is_desk { "C" } else { "" }),
                date,
                time,
            ];
            self.segments.segment("RCI", &[&locator]);
        }
        let [changed, at] = dated(pnr.get("PNR_TransDate"));
        let [ticketed, when] = dated(pnr.get("LastTktDate"));
        let (last, issue) = (Part::Own("700"), Part::Own("710"));
        let dates: [&[Part<'_>]; 1] = [&[last, changed, at, issue, ticketed, when]];
        self.segments.segment("DAT", &dates);
        for child in &pnr.children {
            match child.name {
                "SSR" => self.request_of(child),
                "OSI" | "Remark" => self.remark(child),
                "POS" => child.all("Source").for_each(|source| self.office(source)),
                "ContactInfo" => self.contact(child),
                "PrepaidBag" => self.prepaid(child),
                _ => {}
            }
        }
        let is_bare = pnr.child("POS").is_none() && pnr.child("Passenger").is_none();
        if is_bare && bare_is_cancelled {
            // Nobody travels and nobody booked: what an empty ORG says in EDIFACT.
            self.segments.segment("ORG", &[]);
        }
        pnr.all("Passenger")
            .for_each(|passenger| self.passenger(passenger));
        pnr.all("Flight").for_each(|flight| self.flight(flight));
        for split in pnr.all("SplitPNR") {
            let count = split.get("NumberOfPassengers");
            self.segments.segment("EQN", &[&[Part::Sent(count)]]);
            if let Some(reference) = split.child("BookingRefID") {
                let company = reference.get_of("CompanyName", "Code");
                let other = [Part::Sent(company), Part::Sent(reference.get("ID"))];
                self.segments.segment("RCI", &[&other]);
            }
        }
        pnr.all("NonAir").for_each(|service| self.service(service));
        for history in pnr.all("History") {
            self.tell_unknown(history);
            history
                .all("HistoryCredit")
                .for_each(|entry| self.entry(entry));
        }
    }

    /// NonAir: group 9. Days are local at its place.
    fn service(&mut self, node: &Node<'_>) {
        let sent = |name: &str| Part::Sent(node.get(name));
        self.segments.segment("MSG", &[&[sent("ServiceType")]]);
        let times = schedule([node.get("StartDateTime"), node.get("EndDateTime")]);
        self.segments.segment(
            "TVL",
            &[
                &times,
                &[sent("LocationCode"), sent("Name")],
                &[],
                &[sent("VendorCode")],
                &[sent("ConfirmationNbr"), sent("ProductCode")],
            ],
        );
    }

    /// HistoryCredit: groups 10 to 12. An item is spelled as what is in force is.
    fn entry(&mut self, node: &Node<'_>) {
        self.tell_unknown(node);
        let sent = |name: &str| Part::Sent(node.get(name));
        // Sign and duty are one value in the segment.
        let duty = node.get("AgentDutyCode");
        let between = Part::Own(if duty.is_empty() { "" } else { ":" });
        let agent = Part::Joined(vec![sent("AgentSine"), between, Part::Sent(duty)]);
        self.segments.segment(
            "ABI",
            &[
                &[sent("Type")],
                &[agent],
                &[sent("AirportCode")],
                &[],
                &[sent("AirlineVendorID")],
            ],
        );
        let [date, time] = dated(node.get("TransDate"));
        self.segments
            .segment("DAT", &[&[Part::Own("T"), date, time]]);
        for action in node.all("Action") {
            self.tell_unknown(action);
            self.segments
                .segment("SAC", &[&[], &[], &[Part::Sent(action.get("ActionCode"))]]);
            for item in &action.children {
                match item.name {
                    "Passenger" => self.name(item, Value::default()),
                    "Flight" => self.segment(item),
                    "SSR" => self.request_of(item),
                    "DOC_SSR" => self.document(item),
                    "OSI" | "Remark" => self.remark(item),
                    "ContactInfo" => self.contact(item),
                    "CheckedBag" => self.bag(item),
                    _ => {}
                }
            }
        }
    }

    fn office(&mut self, source: &Node<'_>) {
        let requestor = |name: &str| source.get_of("RequestorID", name);
        let company = match source.get("AirlineVendorID") {
            vendor if vendor.is_empty() => source
                .child("RequestorID")
                .map_or(Value::default(), |id| id.get_of("CompanyName", "Code")),
            vendor => vendor,
        };
        self.segments.segment(
            "ORG",
            &[
                &[Part::Sent(company)],
                &[
                    Part::Sent(requestor("ID")),
                    Part::Sent(source.get("PseudoCityCode")),
                ],
                &[Part::Sent(source.get("AirportCode"))],
                &[],
                &[Part::Sent(requestor("Type"))],
                &[
                    Part::Sent(source.get("ISOCountry")),
                    Part::Sent(source.get("ISOCurrency")),
                ],
                &[Part::Sent(source.get("AgentSine"))],
                &[Part::Sent(source.get("AgentDutyCode"))],
            ],
        );
    }

    /// OSI or remark, as attribute or as text.
    fn remark(&mut self, node: &Node<'_>) {
        let text = match node.text {
            own if own.is_empty() => words(node),
            own => own,
        };
        let airline = node.get_of("Airline", "Code");
        let head = [
            Part::Own("4"),
            Part::Own("28"),
            Part::NONE,
            Part::Sent(airline),
        ];
        self.segments.segment("IFT", &[&head, &[Part::Sent(text)]]);
    }

    fn contact(&mut self, node: &Node<'_>) {
        let phone = node.get("PhoneNumber");
        let lines: Vec<Value<'_>> = node.all("AddressLine").map(|line| line.text).collect();
        let street = node.text_of("StreetNmbr");
        let has_address = !street.is_empty() || lines.iter().any(|line| !line.is_empty());
        if has_address || !node.text_of("CityName").is_empty() {
            let mut parts = vec![Part::Sent(street)];
            for line in lines {
                parts.push(Part::Own(" "));
                parts.push(Part::Sent(line));
            }
            let address = [
                Part::Own("700"),
                Part::Joined(parts),
                Part::Sent(node.text_of("CityName")),
                Part::NONE,
                Part::Sent(node.text_of("StateProv")),
                Part::Sent(node.text_of("CountryName")),
                Part::Sent(node.text_of("PostalCode")),
                Part::Sent(phone),
            ];
            self.segments.segment("ADD", &[&[], &address]);
        } else if !phone.is_empty() {
            // `E+` and `M+` stand before mailboxes and mobile numbers in some systems.
            let (letter, value) = match phone.raw.split_at_checked(2) {
                Some(("E+", rest)) => (
                    "E",
                    Value {
                        raw: rest,
                        at: phone.at + 2,
                    },
                ),
                Some(("M+", rest)) => (
                    "M",
                    Value {
                        raw: rest,
                        at: phone.at + 2,
                    },
                ),
                _ => ("N", phone),
            };
            self.letter(letter, value);
        }
        let mail = node.get("EmailAddress");
        if !mail.is_empty() {
            self.letter("E", mail);
        }
    }

    fn letter(&mut self, letter: &str, value: Value<'_>) {
        let mut components = vec![Part::Own(letter)];
        components.extend((0..6).map(|_| Part::NONE));
        components.push(Part::Sent(value));
        self.segments.segment("ADD", &[&[], &components]);
    }

    fn prepaid(&mut self, bag: &Node<'_>) {
        let amount = [
            Part::Sent(bag.get("CurrencyCode")),
            Part::Sent(bag.get("Amount")),
        ];
        let quantity = Part::Sent(bag.get("UnitOfMeasureQuantity"));
        let measure = match bag.get("UnitOfMeasureCode").raw {
            "700" => [quantity, Part::NONE, Part::Own("W"), Part::Own("K")],
            "701" => [quantity, Part::NONE, Part::Own("W"), Part::Own("L")],
            _ => [quantity, Part::NONE, Part::Own("N"), Part::NONE],
        };
        self.segments.segment("EBD", &[&amount, &measure]);
    }

    /// Passenger: groups 2 to 4.
    fn passenger(&mut self, node: &Node<'_>) {
        self.tell_unknown(node);
        self.name(node, node.get("RPH"));
        for loyalty in node.all("CustLoyalty") {
            let member = [
                Part::Sent(loyalty.get("ProgramID")),
                Part::Sent(loyalty.get("MembershipID")),
            ];
            self.segments.segment("FTI", &[&member]);
        }
        let reference = node.get("SurnameRefNumber");
        if !reference.is_empty() {
            let reference = [Part::NONE, Part::Sent(reference)];
            self.segments.segment("REF", &[&reference]);
        }
        for fare in node.all("FareInfo") {
            let basis: &[Part<'_>] = &[Part::Sent(fare.get("FareBasis"))];
            let of: &[Part<'_>] = &[Part::Sent(fare.get("PTC_Code"))];
            self.segments
                .segment("FAR", &[of, &[], &[], &[], &[], basis]);
        }
        self.requests(node);
        node.all("DOC_SSR")
            .for_each(|request| self.document(request));
        node.all("ContactInfo")
            .for_each(|contact| self.contact(contact));
        node.all("TicketDocument")
            .for_each(|ticket| self.ticket(ticket));
    }

    /// TIF of a passenger, in the booking or at the desk.
    fn name(&mut self, node: &Node<'_>, reference: Value<'_>) {
        let given = Part::Joined(vec![
            Part::Sent(node.text_of("GivenName")),
            Part::Own(if node.child("NameTitle").is_some() {
                " "
            } else {
                ""
            }),
            Part::Sent(node.text_of("NameTitle")),
        ]);
        let carries = matches!(node.get("AccompaniedByInfantInd").raw, "true" | "1");
        let surname = [Part::Sent(node.text_of("Surname")), Part::Own("I")];
        let kind = Part::Sent(node.get("PTC"));
        let infant = Part::Own(if carries { "1" } else { "" });
        let given = [given, kind, Part::Sent(reference), infant];
        self.segments.segment("TIF", &[&surname, &given]);
    }

    /// SSR of a passenger or a flight.
    fn requests(&mut self, node: &Node<'_>) {
        node.all("SSR").for_each(|request| self.request_of(request));
    }

    fn request_of(&mut self, request: &Node<'_>) {
        self.request(request, Part::Sent(words(request)));
    }

    fn request(&mut self, request: &Node<'_>, text: Part<'_>) {
        // The words of a seat request are the seat.
        let (text, seat) = match (request.get("SSR_Code").raw, text) {
            ("SEAT", Part::Sent(seat)) => (Part::NONE, seat),
            (_, text) => (text, Value::default()),
        };
        let head = [
            Part::Sent(request.get("SSR_Code")),
            Part::Sent(request.get("Status")),
            Part::Sent(request.get("ServiceQuantity")),
            Part::Sent(request.get_of("Airline", "Code")),
            Part::NONE,
            Part::NONE,
            Part::Sent(request.get("BoardPoint")),
            Part::Sent(request.get("OffPoint")),
            text,
        ];
        let data = [Part::Sent(seat), Part::NONE, Part::Sent(request.get("RPH"))];
        if seat.is_empty() && request.get("RPH").is_empty() {
            self.segments.segment("SSR", &[&head]);
        } else {
            self.segments.segment("SSR", &[&head, &data]);
        }
    }

    /// DOC_SSR: the fields of a document text have attributes of their own.
    fn document(&mut self, request: &Node<'_>) {
        let fields: (&'static str, &[&str]) = match request.get("SSR_Code").raw {
            "DOCO" => (
                "DOCO",
                &[
                    "BirthLocation",
                    "TravelDocType",
                    "TravelDocNbr",
                    "PlaceOfIssue",
                    "DateOfIssue",
                    "CountryState",
                ],
            ),
            "DOCA" => (
                "DOCA",
                &[
                    "AddressType",
                    "Country",
                    "Address",
                    "CityName",
                    "StateProvCounty",
                    "PostalCode",
                ],
            ),
            _ => (
                "DOCS",
                &[
                    "TravelDocType",
                    "IssuingLoc",
                    "TravelDocNbr",
                    "PaxNationality",
                    "DateOfBirth",
                    "Gender",
                    "ExpiryDate",
                    "Surname",
                    "FirstGivenName",
                    "SecondGivenName",
                ],
            ),
        };
        let (name, fields) = fields;
        let Some(data) = request.child(name) else {
            return;
        };
        let mut text = Vec::with_capacity(2 * fields.len());
        for field in fields {
            let value = data.get(field);
            text.push(Part::Own("/"));
            text.push(match *field {
                "DateOfBirth" | "ExpiryDate" | "DateOfIssue" => spelled(value),
                _ => Part::Sent(value),
            });
        }
        if matches!(data.get("PrimaryHolderInd").raw, "true" | "1") {
            text.push(Part::Own("/H"));
        }
        self.request(request, Part::Joined(text));
    }

    fn ticket(&mut self, node: &Node<'_>) {
        let number = [
            Part::Sent(node.get("TicketDocumentNbr")),
            Part::Sent(node.get("Type")),
        ];
        self.segments.segment("TKT", &[&number]);
        for (name, kind) in [("BaseFare", "B"), ("TotalFare", "T")] {
            if let Some(fare) = node.child(name) {
                let (amount, currency) = (fare.get("Amount"), fare.get("CurrencyCode"));
                let amount = [Part::Own(kind), Part::Sent(amount), Part::Sent(currency)];
                self.segments.segment("MON", &[&amount]);
            }
        }
        if let Some(pricing) = node.child("PricingInfo") {
            let is = |name: &str| matches!(pricing.get(name).raw, "true" | "1");
            let rules = [
                ("NonRefundableInd", "NR"),
                ("NonEndorsableInd", "NE"),
                ("PenaltyRestrictionInd", "PE"),
            ];
            let rules = rules.into_iter().filter(|(name, _)| is(name));
            let rules: Vec<Part<'_>> = rules.map(|(_, code)| Part::Own(code)).collect();
            let deadline = [day_of(pricing.get("Date")), clock_of(pricing.get("Time"))];
            self.segments.segment("PTK", &[&rules, &[], &deadline]);
        }
        for tax in node
            .child("Taxes")
            .into_iter()
            .flat_map(|taxes| taxes.all("Tax"))
        {
            let tax = [
                Part::Sent(tax.get("Amount")),
                Part::Sent(tax.get("ISOCountry")),
                Part::Sent(tax.get("CurrencyCode")),
                Part::Sent(tax.get("TaxType")),
            ];
            self.segments.segment("TXD", &[&[], &tax]);
        }
        let issued = node.get("DateOfIssue");
        if !issued.is_empty() {
            let [date, time] = dated(issued);
            self.segments
                .segment("DAT", &[&[Part::Own("710"), date, time]]);
        }
        for paid in node.all("PaymentInfo") {
            let usage = match paid.get("PaymentUse").raw {
                "OLD" => "2",
                "NEW" => "3",
                _ => "",
            };
            let mut form = vec![
                Part::Sent(paid.get("PaymentType")),
                Part::Own(usage),
                Part::Sent(paid.get("PaymentAmount")),
                Part::Sent(paid.get("VendorCode")),
                Part::Sent(paid.get("AccountNbr")),
                Part::Sent(paid.get("ExpiryDate")),
            ];
            form.extend((0..4).map(|_| Part::NONE));
            form.push(Part::Sent(paid.get("CardHolderName")));
            self.segments.segment("FOP", &[&form]);
        }
    }

    /// Flight: groups 5 to 7.
    fn flight(&mut self, node: &Node<'_>) {
        self.tell_unknown(node);
        self.segment(node);
        let equipment = node.get_of("Equipment", "AirEquipType");
        if !equipment.is_empty() {
            self.segments.segment("APD", &[&[Part::Sent(equipment)]]);
        }
        self.requests(node);
        for desk in node.all("CheckInInfo") {
            let [date, time] = dated(desk.get("Time"));
            self.segments
                .segment("DAT", &[&[Part::Own("2"), date, time]]);
            desk.all("BoardingNumber")
                .for_each(|person| self.check_in(person));
        }
    }

    /// The flight itself and its status, in force or of the past.
    fn segment(&mut self, node: &Node<'_>) {
        let times = [node.get("DepartureDateTime"), node.get("ArrivalDateTime")];
        let operating = node.child("OperatingAirline");
        let of = |name: &str| operating.map_or(Value::default(), |airline| airline.get(name));
        let marketing = match node.get_of("MarketingAirline", "Code") {
            code if code.is_empty() => of("Code"),
            code => code,
        };
        self.segments.segment(
            "TVL",
            &[
                &schedule(times),
                &[Part::Sent(node.get_of("DepartureAirport", "LocationCode"))],
                &[Part::Sent(node.get_of("ArrivalAirport", "LocationCode"))],
                &[Part::Sent(marketing), Part::Sent(of("Code"))],
                &[
                    Part::Sent(node.get("FlightNumber")),
                    Part::Sent(node.get("ResBookDesigCode")),
                ],
            ],
        );
        if !of("FlightNumber").is_empty() {
            let number = [
                Part::Sent(of("FlightNumber")),
                Part::Sent(of("ResBookDesigCode")),
            ];
            self.segments
                .segment("TRA", &[&[Part::Sent(of("Code"))], &number]);
        }
        let (party, status) = (node.get("NumberInParty"), node.get("Status"));
        self.segments
            .segment("RPI", &[&[Part::Sent(party)], &[Part::Sent(status)]]);
    }

    fn check_in(&mut self, node: &Node<'_>) {
        let reference = node.get("RPH");
        let number = [
            Part::Sent(node.get("Number")),
            Part::NONE,
            Part::NONE,
            Part::Sent(reference),
        ];
        self.segments.segment("TRI", &[&[], &number]);
        if let Some(passenger) = node.child("Passenger") {
            self.name(passenger, reference);
        }
        let seat = node.text_of("SeatNumber");
        if !seat.is_empty() {
            self.segments.segment("SSD", &[&[Part::Sent(seat)]]);
        }
        node.all("CheckedBag").for_each(|bag| self.bag(bag));
    }

    fn bag(&mut self, bag: &Node<'_>) {
        let sent = |name: &str| Part::Sent(bag.get(name));
        let (count, quantity) = (sent("SequenceCount"), sent("UnitOfMeasureQuantity"));
        let measure = [count, quantity, sent("UnitOfMeasureCode")];
        let (issuer, serial) = (sent("IssuerCode"), sent("SerialNumber"));
        let tag = [
            issuer,
            serial,
            sent("SequenceCount"),
            sent("BagDestination"),
        ];
        let pool: &[Part<'_>] = &[sent("BaggagePool")];
        self.segments
            .segment("TBD", &[&[], &measure, &[], pool, &tag]);
    }

    /// Notes the children that nothing reads.
    fn tell_unknown(&mut self, node: &Node<'_>) {
        for child in &node.children {
            if !KNOWN.contains(&child.name) {
                self.not_read(child);
            }
        }
    }

    fn not_read(&mut self, node: &Node<'_>) {
        if self.unknown.len() < MAX_UNKNOWN {
            self.unknown.push(node.at.clone());
        }
    }
}

/// The words of a request or remark.
fn words<'a>(node: &Node<'a>) -> Value<'a> {
    match node.text_of("Text") {
        text if text.is_empty() => node.text_of("TEXT"),
        text => text,
    }
}

/// `2026-11-04T10:15:00`, also with a blank for the T.
fn moment(text: &str) -> Option<DateTime> {
    let text = text.trim().trim_end_matches('Z');
    text.replacen(' ', "T", 1).parse().ok()
}

/// Date and time of a value as DDMMYY and HHMM; what cannot be read goes through as it is, so that
/// it is reported.
fn dated(value: Value<'_>) -> [Part<'_>; 2] {
    if value.is_empty() {
        return [Part::NONE, Part::NONE];
    }
    let text = read(value);
    match moment(&text).or_else(|| moment(&format!("{}T00:00", text.trim()))) {
        Some(at) => [
            Part::Made(at.strftime("%d%m%y").to_string(), value.place()),
            Part::Made(at.strftime("%H%M%S").to_string(), value.place()),
        ],
        None => [Part::Sent(value), Part::NONE],
    }
}

fn schedule<'v>([departs, arrives]: [Value<'v>; 2]) -> [Part<'v>; 4] {
    let ([a, b], [c, d]) = (dated(departs), dated(arrives));
    [a, b, c, d]
}

fn day_of(value: Value<'_>) -> Part<'_> {
    let [date, _] = dated(value);
    date
}

/// `22:00:00` as HHMM.
fn clock_of(value: Value<'_>) -> Part<'_> {
    let digits: String = read(value)
        .chars()
        .filter(char::is_ascii_digit)
        .take(4)
        .collect();
    match digits.len() {
        4 => Part::Made(digits, value.place()),
        _ => Part::NONE,
    }
}

/// A date of a document as DDMMMYYYY; one that is spelled already goes through.
fn spelled(value: Value<'_>) -> Part<'_> {
    let date: Option<jiff::civil::Date> = read(value).trim().parse().ok();
    match date {
        Some(date) => {
            let text = date.strftime("%d%b%Y").to_string().to_ascii_uppercase();
            Part::Made(text, value.place())
        }
        None => Part::Sent(value),
    }
}
