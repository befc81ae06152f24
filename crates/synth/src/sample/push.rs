//! PNRGOV of samples in segments.
//!
//! - Source: PADIS PNRGOV guide; AIRIMP for the texts of requests.

use super::Draw;
use super::bookings::for_segments;
use super::envelope::{interchange, text};
use crate::dates::{ddmmyy, ddmonyy, hhmm};
use compact_str::format_compact;
use jiff::civil::DateTime;
use oriel_edifact::Writer;
use oriel_model::{
    Booking, BookingStatus, Contact, ContactKind, Document, ExcessBaggage, Function, HistoryEntry,
    ItinerarySegment, Message, Money, PartialDate, Past, Payment, PersonName, Personal, Port, Text,
    Ticket, Traveller,
};

pub(super) fn push(draw: &mut Draw) -> (Message, Vec<u8>) {
    let message = for_segments(draw);
    let bytes = write(draw, &message);
    (message, bytes)
}

/// Writes a push as one interchange.
pub(super) fn write(draw: &mut Draw, message: &Message) -> Vec<u8> {
    interchange(draw, &message.envelope, ("IATA", "1"), |out, draw| {
        let function = if message.envelope.function == Function::UpdatePush {
            "141"
        } else {
            "22"
        };
        out.segment("MSG", &[&["", function]]);
        out.segment("ORG", &[&["ZQ", "UXA"]]);
        let flight = &message.flights[0];
        let leg = &flight.legs[0];
        let carrier = shown(flight.carrier);
        let number = &flight.text[carrier.len()..];
        out.segment(
            "TVL",
            &[
                &times(leg.departs, leg.arrives).each_ref().map(|t| &**t),
                &[&port(leg.from)],
                &[&port(leg.to)],
                &[&carrier],
                &[number],
            ],
        );
        let count = message
            .announced
            .map(|n| format_compact!("{n}"))
            .unwrap_or_default();
        out.segment("EQN", &[&[&count]]);
        for booking in &message.bookings {
            self::booking(out, draw, message, booking);
        }
    })
}

fn booking(out: &mut Writer, draw: &mut Draw, message: &Message, booking: &Booking) {
    out.segment("SRC", &[]);
    let locators: Vec<[Text; 5]> = booking
        .locators
        .iter()
        .map(|locator| {
            let kind = if locator.departure_control { "C" } else { "" };
            let [date, time] = moment(locator.created);
            [
                locator.company.clone(),
                locator.code.expose().clone(),
                kind.into(),
                date,
                time,
            ]
        })
        .collect();
    elements(out, "RCI", &locators);
    let [(date, time), (issued, at)] = [booking.changed, booking.ticketed].map(|at| {
        let [date, time] = moment(at);
        (date, time)
    });
    let mut dates: Vec<&str> = Vec::new();
    if booking.changed.is_some() {
        dates.extend(["700", &date, &time]);
    }
    // Without a time of its own the booking has that of its first ticket.
    let first = booking.tickets.iter().find_map(|ticket| ticket.issued);
    let of_booking = booking.ticketed != first;
    match booking.changed.is_some() {
        _ if booking.ticketed.is_none() || !of_booking => {}
        true => dates.extend(["710", &issued, &at]),
        false => out.segment("DAT", &[&["710", &issued, &at]]),
    }
    if !dates.is_empty() {
        // One composite of six, as most send it, or two of three.
        match draw.rng.percent(70) || dates.len() == 3 {
            true => out.segment("DAT", &[&dates]),
            false => out.segment("DAT", &[&dates[..3], &dates[3..]]),
        }
    }
    if booking.status == BookingStatus::Cancelled {
        out.segment("ORG", &[]);
        return;
    }
    if let Some(agency) = &booking.agency {
        let of = |value: &Option<Text>| value.clone().unwrap_or_default();
        let (company, iata, office, city, kind, country) = (
            of(&agency.company),
            of(&agency.iata),
            of(&agency.office),
            of(&agency.city),
            of(&agency.kind),
            of(&agency.country),
        );
        let agent = text(agency.agent.as_ref());
        out.segment(
            "ORG",
            &[
                &[&company, &city],
                &[&iata, &office],
                &[&city],
                &[],
                &[&kind],
                &[&country],
                &[agent],
            ],
        );
    }
    for contact in booking
        .contacts
        .iter()
        .filter(|contact| contact.traveller.is_none())
    {
        self::contact(out, draw, contact);
    }
    for _ in 0..booking.remarks {
        out.segment("IFT", &[&["4", "28", "", "ZQ"], &["LIKES THE SEA"]]);
    }
    booking
        .excess_baggage
        .iter()
        .filter(|bag| bag.traveller.is_none())
        .for_each(|bag| excess(out, bag));
    if let Some(group) = &booking.group {
        out.segment("TIF", &[&[group.expose(), "G"]]);
    }
    for &index in &booking.travellers {
        traveller(out, draw, message, booking, index);
    }
    for segment in &booking.itinerary {
        flight(out, segment);
        if segment.push_flight {
            desk(out, message, booking);
        }
    }
    for split in &booking.splits {
        let count = split
            .travellers
            .map(|n| format_compact!("{n}"))
            .unwrap_or_default();
        out.segment("EQN", &[&[&count]]);
        out.segment("RCI", &[&["ZQ", text(split.locator.as_ref())]]);
    }
    for service in &booking.services {
        out.segment("MSG", &[&[&service.kind]]);
        let of = |value: &Option<Text>| value.clone().unwrap_or_default();
        let (vendor, product) = (of(&service.vendor), of(&service.product));
        out.segment(
            "TVL",
            &[
                &times(service.from, service.to).each_ref().map(|t| &**t),
                &[&port(service.place), text(service.name.as_ref())],
                &[],
                &[&vendor],
                &[text(service.confirmation.as_ref()), &product],
            ],
        );
    }
    booking
        .past
        .iter()
        .for_each(|entry| history(out, draw, entry));
}

/// Group 2 to 4.
fn traveller(out: &mut Writer, draw: &mut Draw, message: &Message, booking: &Booking, index: u32) {
    let person = &message.travellers[index as usize];
    let carries = message
        .travellers
        .iter()
        .any(|other| other.travels_with == Some(index));
    tif(out, draw, person, if carries { "1" } else { "" });
    for (airline, number) in &person.frequent_flyer {
        out.segment("FTI", &[&[airline, number.expose()]]);
    }
    if person.carrier_ref.is_some() {
        out.segment("REF", &[&["", text(person.carrier_ref.as_ref())]]);
    }
    booking
        .excess_baggage
        .iter()
        .filter(|bag| bag.traveller == Some(index))
        .for_each(|bag| excess(out, bag));
    let tickets: Vec<(&Ticket, Option<&Payment>)> = booking
        .tickets
        .iter()
        .zip(booking.payments.iter().map(Some))
        .filter(|(ticket, _)| ticket.traveller == Some(index))
        .collect();
    for (ticket, _) in &tickets {
        if !ticket.fare_bases.is_empty() {
            let head: [&[&str]; 5] = [&["A"], &[], &[], &[], &[]];
            let bases: Vec<[&str; 1]> = ticket.fare_bases.iter().map(|basis| [&**basis]).collect();
            let all: Vec<&[&str]> = head
                .into_iter()
                .chain(bases.iter().map(|basis| &basis[..]))
                .collect();
            out.segment("FAR", &all);
        }
    }
    requests(out, person);
    for contact in booking
        .contacts
        .iter()
        .filter(|contact| contact.traveller == Some(index))
    {
        self::contact(out, draw, contact);
    }
    for (ticket, payment) in tickets {
        self::ticket(out, ticket);
        if let Some(payment) = payment {
            pay(out, payment);
        }
    }
}

fn tif(out: &mut Writer, draw: &mut Draw, person: &Traveller, carries: &str) {
    let given = text(person.name.given.as_ref());
    let title = person.name.title.as_deref().unwrap_or("");
    let given = match title.is_empty() || given.is_empty() || draw.rng.percent(50) {
        true => format_compact!("{given}{title}"),
        false => format_compact!("{given} {title}"),
    };
    let kind = match () {
        () if person.infant => "IN",
        () if person.unaccompanied_minor => "UN",
        () => "A",
    };
    let reference = person.local_ref.as_deref().unwrap_or("");
    out.segment(
        "TIF",
        &[
            &[text(person.name.surname.as_ref()), "I"],
            &[&given, kind, reference, carries],
        ],
    );
}

/// DOCS, DOCO and DOCA.
fn requests(out: &mut Writer, person: &Traveller) {
    let mut put = |code: &str, words: &str| {
        out.segment("SSR", &[&[code, "HK", "1", "ZQ", "", "", "", "", words]]);
    };
    for document in &person.documents {
        match document.kind.as_str() {
            "V" => put(
                "DOCO",
                &format_compact!(
                    "/{}/V/{}/AMAUROT/{}/{}",
                    text(person.birth_place.as_ref()),
                    text(document.number.as_ref()),
                    spelled(document.issued.as_ref()),
                    shown(document.issuer.as_ref().map(|state| *state.expose())),
                ),
            ),
            _ => put("DOCS", &docs(person, document)),
        }
    }
    for number in &person.government_refs {
        put("DOCO", &format_compact!("//K/{}", number.expose()));
    }
    if let [street, city, region, postcode, state] = &person.address[..] {
        let [street, city, region, postcode, state] =
            [street, city, region, postcode, state].map(|line| line.expose());
        put(
            "DOCA",
            &format_compact!("/D/{state}/{street}/{city}/{region}/{postcode}"),
        );
    }
    if let Some(state) = &person.residence {
        put("DOCA", &format_compact!("/R/{}", state.expose()));
    }
}

fn docs(person: &Traveller, document: &Document) -> Text {
    let birth = person.birth.as_ref().and_then(|birth| birth.expose().date);
    let holder = document.holder.as_ref();
    let given = text(holder.and_then(|name| name.given.as_ref()));
    // The guide has two fields for given names.
    let given = match given.split_once(' ') {
        Some((first, rest)) => format_compact!("{first}/{rest}"),
        None => format_compact!("{given}/"),
    };
    format_compact!(
        "/{}/{}/{}/{}/{}/{}/{}/{}/{given}{}",
        document.kind,
        shown(document.issuer.as_ref().map(|state| *state.expose())),
        text(document.number.as_ref()),
        shown(person.nationalities.first().map(|state| *state.expose())),
        spelled(birth.map(super::own).as_ref()),
        person.sex.as_ref().map_or("", |sex| sex.expose().code()),
        spelled(document.expires.as_ref()),
        text(holder.and_then(|name| name.surname.as_ref())),
        if document.primary_holder { "/H" } else { "" },
    )
}

fn ticket(out: &mut Writer, ticket: &Ticket) {
    let of = |value: &Option<Text>| value.clone().unwrap_or_default();
    let booklets = ticket
        .booklets
        .map(|n| format_compact!("{n}"))
        .unwrap_or_default();
    out.segment(
        "TKT",
        &[&[text(ticket.number.as_ref()), &of(&ticket.kind), &booklets]],
    );
    let amounts = [("B", &ticket.base), ("T", &ticket.total)];
    let amounts: Vec<[Text; 3]> = amounts
        .into_iter()
        .filter_map(|(kind, money)| {
            money
                .as_ref()
                .map(|money| [kind.into(), money.amount.clone(), of(&money.currency)])
        })
        .collect();
    if !amounts.is_empty() {
        elements(out, "MON", &amounts);
    }
    if !ticket.restrictions.is_empty() {
        let rules: Vec<&str> = ticket.restrictions.iter().map(Text::as_str).collect();
        let [date, time] = moment(ticket.deadline);
        out.segment("PTK", &[&rules, &[], &[&date, &time]]);
    }
    if !ticket.taxes.is_empty() {
        let taxes = ticket.taxes.iter().map(|tax| {
            [
                tax.money.amount.clone(),
                of(&tax.country),
                of(&tax.money.currency),
                of(&tax.code),
            ]
        });
        let all: Vec<[Text; 4]> = std::iter::once(Default::default()).chain(taxes).collect();
        elements(out, "TXD", &all);
    }
    if ticket.issued.is_some() {
        let [date, time] = moment(ticket.issued);
        out.segment("DAT", &[&["710", &date, &time]]);
    }
    if let Some(words) = &ticket.calculation {
        // Cut anywhere.
        let (head, tail) = words.expose().split_at(words.expose().len() / 2);
        out.segment("IFT", &[&["4", "15", "0"], &[head], &[tail]]);
    }
}

fn pay(out: &mut Writer, payment: &Payment) {
    let of = |value: &Option<Text>| value.clone().unwrap_or_default();
    let (amount, vendor) = (of(&payment.amount), of(&payment.vendor));
    let (number, expires) = (
        text(payment.number_masked.as_ref()),
        text(payment.expires.as_ref()),
    );
    let payer = text(payment.payer.as_ref());
    out.segment(
        "FOP",
        &[&[
            &payment.form,
            "",
            &amount,
            &vendor,
            number,
            expires,
            "",
            "",
            "",
            "",
            payer,
        ]],
    );
}

fn excess(out: &mut Writer, bag: &ExcessBaggage) {
    let none = Money::default();
    let charge = bag.charge.as_ref().unwrap_or(&none);
    let currency = charge.currency.clone().unwrap_or_default();
    let count = bag
        .pieces
        .map(|n| format_compact!("{n}"))
        .unwrap_or_default();
    let weight = bag
        .weight_kg
        .map(|n| format_compact!("{n}"))
        .unwrap_or_default();
    let measure: [&str; 4] = match bag.pieces {
        Some(_) => [&count, "", "N", ""],
        None => ["", &weight, "W", "K"],
    };
    out.segment("EBD", &[&[&currency, &charge.amount], &measure]);
}

/// A contact in one of the forms that carriers use.
fn contact(out: &mut Writer, draw: &mut Draw, contact: &Contact) {
    let value = contact.value.expose().as_str();
    let request = |out: &mut Writer, code: &str, words: &str| {
        out.segment("SSR", &[&[code, "HK", "1", "ZQ", "", "", "", "", words]]);
    };
    match (contact.kind, draw.rng.below(3)) {
        (ContactKind::Phone, 0) => request(out, "CTCM", &format_compact!("/{value}")),
        (ContactKind::Phone, 1) => out.segment(
            "IFT",
            &[&["4", "28", "", "ZQ"], &[&format_compact!("CTCH {value}")]],
        ),
        (ContactKind::Phone, _) => {
            out.segment("ADD", &[&[], &["M", "", "", "", "", "", "", value]])
        }
        (ContactKind::Email, 0) => {
            out.segment("ADD", &[&[], &["E", "", "", "", "", "", "", value]])
        }
        (ContactKind::Email, _) => {
            let spelled = value
                .replace('_', "..")
                .replace('-', "./")
                .replace('@', "//");
            request(out, "CTCE", &format_compact!("/{spelled}"));
        }
        _ => {
            let lines: Vec<&str> = value.split(", ").collect();
            let [street, city, state, postcode] = lines[..] else {
                return;
            };
            out.segment(
                "ADD",
                &[&[], &["700", street, city, "", "", state, postcode]],
            );
        }
    }
}

/// Group 5.
fn flight(out: &mut Writer, segment: &ItinerarySegment) {
    travel(out, segment);
    if let Some(number) = &segment.operating_number {
        out.segment(
            "TRA",
            &[
                &[&shown(segment.operating)],
                &[&format_compact!("{number}")],
            ],
        );
    }
    status(out, segment);
    if let Some(equipment) = &segment.equipment {
        out.segment("APD", &[&[equipment]]);
    }
}

fn travel(out: &mut Writer, segment: &ItinerarySegment) {
    let number = match &segment.special {
        Some(special) => special.clone(),
        None => format_compact!("{}", segment.number),
    };
    let class = segment.class.clone().unwrap_or_default();
    out.segment(
        "TVL",
        &[
            &times(segment.departs, segment.arrives)
                .each_ref()
                .map(|t| &**t),
            &[&port(segment.from)],
            &[&port(segment.to)],
            &[&shown(segment.carrier), &shown(segment.operating)],
            &[&number, &class],
        ],
    );
}

fn status(out: &mut Writer, segment: &ItinerarySegment) {
    if segment.party.is_some() || segment.status.is_some() {
        let party = segment
            .party
            .map(|n| format_compact!("{n}"))
            .unwrap_or_default();
        out.segment(
            "RPI",
            &[&[&party], &[&segment.status.clone().unwrap_or_default()]],
        );
    }
}

/// Seats, and groups 6 and 7.
fn desk(out: &mut Writer, message: &Message, booking: &Booking) {
    let party = || {
        booking
            .travellers
            .iter()
            .map(|index| &message.travellers[*index as usize])
    };
    let seats: Vec<[Text; 3]> = party()
        .filter(|person| person.checked_in.is_none())
        .filter_map(|person| {
            let seat = format_compact!("{:0>4}", person.seat.as_ref()?.expose());
            Some([
                seat,
                Text::default(),
                person.local_ref.clone().unwrap_or_default(),
            ])
        })
        .collect();
    if !seats.is_empty() {
        let head: [&[&str]; 1] = [&["SEAT", "HK", "1", "ZQ"]];
        let seats: Vec<Vec<&str>> = seats
            .iter()
            .map(|seat| seat.iter().map(|part| &**part).collect())
            .collect();
        let all: Vec<&[&str]> = head
            .into_iter()
            .chain(seats.iter().map(|seat| &seat[..]))
            .collect();
        out.segment("SSR", &all);
    }
    for person in party().filter(|person| person.checked_in.is_some()) {
        let [date, time] = moment(person.checked_in);
        out.segment("DAT", &[&["2", &date, &time]]);
        out.segment("ORG", &[&["ZQ", "UXA"], &[], &[], &[], &[], &[], &["GS"]]);
        let reference = person.local_ref.as_deref().unwrap_or("");
        out.segment(
            "TRI",
            &[
                &[],
                &[person.sequence.as_deref().unwrap_or(""), "", "", reference],
            ],
        );
        if person.seat.is_some() {
            out.segment(
                "SSD",
                &[&[&format_compact!("{:0>4}", text(person.seat.as_ref()))]],
            );
        }
        if let Some(pieces) = person.bag_count {
            let (count, weight) = (
                format_compact!("{pieces}"),
                format_compact!("{}", person.bag_weight_kg.unwrap_or(0)),
            );
            let pool = person.bag_pool.as_ref();
            let head = pool.map_or("", |pool| if pool.head { "HP" } else { "MP" });
            let reference = text(pool.and_then(|pool| pool.reference.as_ref()));
            let first = person.bags.first();
            let tag = first.map_or("", |bag| &bag.tag.expose()[2..]);
            let to = port(first.and_then(|bag| bag.to));
            out.segment(
                "TBD",
                &[
                    &[],
                    &[&count, &weight, "700"],
                    &[],
                    &[head, reference],
                    &["ZQ", tag, &count, &to],
                ],
            );
        }
    }
}

/// Groups 10 to 12.
fn history(out: &mut Writer, draw: &mut Draw, entry: &HistoryEntry) {
    let of = |value: &Option<Text>| value.clone().unwrap_or_default();
    out.segment(
        "ABI",
        &[
            &[&entry.kind],
            &[text(entry.agent.as_ref())],
            &[&of(&entry.place)],
            &[],
            &[&of(&entry.company)],
        ],
    );
    let [date, time] = moment(entry.at);
    out.segment("DAT", &[&["T", &date, &time]]);
    for item in &entry.items {
        out.segment("SAC", &[&[], &[], &[&item.action]]);
        match &item.past {
            Past::Name(name) => {
                let PersonName { surname, given, .. } = name;
                out.segment(
                    "TIF",
                    &[&[text(surname.as_ref()), "I"], &[text(given.as_ref()), "A"]],
                );
            }
            Past::Flight(segment) => {
                travel(out, segment);
                status(out, segment);
            }
            Past::Seat(seat) => out.segment("SSR", &[&["SEAT", "HK", "1", "ZQ"], &[seat.expose()]]),
            Past::Service(code) => out.segment("SSR", &[&[code, "HK", "1", "ZQ"]]),
            Past::Contact(contact) => out.segment(
                "IFT",
                &[
                    &["4", "28", "", "ZQ"],
                    &[&format_compact!("CTCH {}", contact.value.expose())],
                ],
            ),
            Past::Bags(bags) => {
                let first = bags.first();
                let tag = first.map_or("", |bag| &bag.tag.expose()[2..]);
                let to = port(first.and_then(|bag| bag.to));
                out.segment(
                    "TBD",
                    &[&[], &["1", "12", "700"], &[], &[], &["ZQ", tag, "1", &to]],
                );
            }
            _ => {
                let words = draw
                    .rng
                    .pick(&["CREATED BY CUSTOMER", "TICKETING ARRANGED"]);
                out.segment("IFT", &[&["4", "19"], &[words]]);
            }
        }
    }
}

/// A segment whose elements all have the same number of components.
fn elements<const N: usize>(out: &mut Writer, tag: &str, rows: &[[Text; N]]) {
    let rows: Vec<[&str; N]> = rows
        .iter()
        .map(|row| row.each_ref().map(|part| &**part))
        .collect();
    let rows: Vec<&[&str]> = rows.iter().map(|row| &row[..]).collect();
    out.segment(tag, &rows);
}

fn moment(at: Option<DateTime>) -> [Text; 2] {
    at.map_or_else(Default::default, |at| [ddmmyy(at.date()), hhmm(at)])
}

fn times(departs: Option<DateTime>, arrives: Option<DateTime>) -> [Text; 4] {
    let ([a, b], [c, d]) = (moment(departs), moment(arrives));
    [a, b, c, d]
}

fn spelled(date: Option<&Personal<PartialDate>>) -> Text {
    date.and_then(|date| date.expose().date())
        .map(ddmonyy)
        .unwrap_or_default()
}

fn port(port: Option<Port>) -> Text {
    shown(port)
}

fn shown(code: Option<impl std::fmt::Display>) -> Text {
    code.map(|code| format_compact!("{code}"))
        .unwrap_or_default()
}
