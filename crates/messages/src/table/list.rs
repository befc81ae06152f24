//! What the cells of a list are in the segments of PAXLST.
//!
//! - In: a [`Sheet`].  Out: its segments, and what PAXLST has no room for.
//! - Source: IMO FAL forms 5 and 6; PAXLST guide. A list of an arrival ends in the port it is made
//!   for, one of a departure begins there.
//! - Invariant: a value that cannot be read is sent on as it is, so that PAXLST reports it.

use super::csv::Cell;
use super::headings::Field;
use super::values::{
    is_nothing, is_spoiled, read_date, read_document_kind, read_sex, read_state, read_time,
    read_yes,
};
use super::{Fault, Person, Sheet};
use crate::findings::table as found;
use crate::respelled::{Part, Segments};
use jiff::civil::DateTime;
use oriel_model::{FindingKind, Function, Message, Mode, Port, Text, Vehicle};
use std::ops::Range;

/// A passport is valid for ten years, a visa for less: no date lies further behind the list.
const MOST_YEARS_AHEAD: i16 = 30;

/// Which identifier of a vehicle stands in TDT, the surest first, with its code list.
const IDENTIFIERS: &[(Field, &str)] = &[
    (Field::Imo, "146"),
    (Field::CallSign, "103"),
    (Field::Mmsi, ""),
    (Field::Registration, ""),
    (Field::Plate, ""),
];

/// A list as segments.
pub(super) struct List {
    pub(super) segments: Segments,
    /// Places of values that say something of the list and nothing of a person.
    pub(super) structure: Vec<Range<usize>>,
    findings: Vec<(&'static FindingKind, Range<usize>)>,
    kind: &'static str,
    reference: Text,
    sender: Text,
    sent: Option<DateTime>,
    vehicle: Vehicle,
    /// The year in which the list was made, as far as it tells.
    year: Option<i16>,
}

impl List {
    /// Writes a sheet as segments.
    pub(super) fn of(sheet: &mut Sheet<'_>) -> Result<Self, Fault> {
        let head = Head(&sheet.head);
        let mode = head.mode();
        let text = |field| {
            head.get(field)
                .map_or(Text::default(), |cell| (&*cell.text).into())
        };
        let date = |field| Some(read_date(&head.get(field)?.text, None)?.at);
        let dates = [
            Field::Date,
            Field::ArrivalDate,
            Field::DepartureDate,
            Field::Prepared,
        ];
        let mut list = Self {
            segments: Segments::default(),
            structure: head.places().chain(sheet.labels.iter().cloned()).collect(),
            findings: Vec::new(),
            kind: "",
            reference: text(Field::Reference),
            sender: text(Field::Sender),
            sent: date(Field::Prepared),
            vehicle: Vehicle {
                imo: text(Field::Imo),
                call_sign: text(Field::CallSign),
                mmsi: text(Field::Mmsi),
                registration: match text(Field::Registration) {
                    none if none.is_empty() => text(Field::Plate),
                    registration => registration,
                },
                name: text(Field::ShipName),
                flag: None,
            },
            year: dates.into_iter().find_map(date).map(|at| at.year()),
        };
        let crew = !sheet.people.is_empty() && sheet.people.iter().all(Person::is_crew);
        list.kind = match (mode, crew) {
            (Mode::Sea, true) => "FAL5",
            (Mode::Sea, false) => "FAL6",
            (Mode::Air, _) => "GENDEC",
            (Mode::Rail | Mode::Road, _) => "LIST",
        };
        list.open(if crew { "250" } else { "745" });
        list.journey(&head, mode)?;
        for person in &sheet.people {
            list.person(person);
        }
        if let Some(count) = head.get(Field::Count) {
            let count = Part::Made(count.text.to_string(), count.at.clone());
            let qualifier = if crew { "41" } else { "42" };
            list.segments
                .segment("CNT", &[&[Part::Own(qualifier), count]]);
        }
        for tag in ["UNT", "UNZ"] {
            list.segments
                .segment(tag, &[&[Part::Own("1")], &[Part::Own("1")]]);
        }
        sheet.findings.append(&mut list.findings);
        Ok(list)
    }

    /// Puts in what the list says of itself, and the identifiers for which TDT has no room.
    pub(super) fn complete(&self, message: &mut Message) {
        let envelope = &mut message.envelope;
        envelope.kind = self.kind.into();
        envelope.version = Text::default();
        envelope.reference.clone_from(&self.reference);
        envelope.interchange.clone_from(&self.reference);
        envelope.sender.clone_from(&self.sender);
        envelope.recipient = Text::default();
        envelope.sent = self.sent;
        if envelope.function == Function::Other {
            envelope.function = Function::PassengerList;
        }
        for flight in &mut message.flights {
            flight.vehicle = Vehicle {
                flag: flight.vehicle.flag,
                ..self.vehicle.clone()
            };
        }
    }

    fn open(&mut self, list: &'static str) {
        let own = |text: &'static str| Part::Own(text);
        let out = &mut self.segments;
        let stamp = [own("20000101"), own("0000")];
        let syntax = [own("UNOY"), own("4")];
        out.segment(
            "UNB",
            &[&syntax, &[own("X")], &[own("X")], &stamp, &[own("1")]],
        );
        let kind = [own("PAXLST"), own("D"), own("05B"), own("UN")];
        out.segment("UNH", &[&[own("1")], &kind]);
        out.segment("BGM", &[&[own(list)]]);
    }

    /// TDT with its places and times.
    fn journey(&mut self, head: &Head<'_, '_>, mode: Mode) -> Result<(), Fault> {
        let service = head.get(Field::Service).or(head.get(Field::Train));
        let movement = head.movement();
        let [mut from, mut to] =
            [Field::DeparturePort, Field::ArrivalPort].map(|field| head.get(field));
        let [mut leaves, mut arrives] = [
            (Field::DepartureDate, Field::DepartureTime),
            (Field::ArrivalDate, Field::ArrivalTime),
        ]
        .map(|(date, time)| (head.get(date), head.get(time)));
        let here = head.get(Field::Port);
        let now = (head.get(Field::Date), head.get(Field::Time));
        if movement == Some(true) {
            from = from.or(here);
            to = to.or(head.get(Field::NextPort));
            leaves = (leaves.0.or(now.0), leaves.1.or(now.1));
        } else {
            if let Some(cell) = here.filter(|_| movement.is_none()) {
                self.findings
                    .push((&found::MOVEMENT_MISSING, cell.at.clone()));
            }
            to = to.or(here);
            from = from.or(head.get(Field::LastPort));
            arrives = (arrives.0.or(now.0), arrives.1.or(now.1));
        }
        let vehicle = IDENTIFIERS
            .iter()
            .find_map(|(field, list)| Some((head.get(*field)?, *list)));
        let name = head.get(Field::ShipName);
        if service.is_none()
            && vehicle.is_none()
            && name.is_none()
            && from.is_none()
            && to.is_none()
        {
            return Err((&found::NO_JOURNEY, 0));
        }
        let (id, codes) = match vehicle {
            Some((cell, codes)) => (sent(cell), codes),
            None => (Part::NONE, ""),
        };
        let or_none = |cell: Option<&Cell<'_>>| cell.map_or(Part::NONE, sent);
        let flag = head.get(Field::Flag).map_or(Part::NONE, state);
        let number = match mode {
            Mode::Sea => "1",
            Mode::Rail => "2",
            Mode::Road => "3",
            Mode::Air => "4",
        };
        self.segments.segment(
            "TDT",
            &[
                &[Part::Own("20")],
                &[or_none(service)],
                &[Part::Own(number)],
                &[],
                &[or_none(head.get(Field::Operator))],
                &[],
                &[],
                &[id, Part::Own(codes), Part::NONE, or_none(name), flag],
            ],
        );
        self.call("125", "189", from, leaves, mode);
        self.call("87", "232", to, arrives, mode);
        Ok(())
    }

    /// A place with its time.
    fn call(
        &mut self,
        place: &'static str,
        time: &'static str,
        port: Option<&Cell<'_>>,
        (day, hour): (Option<&Cell<'_>>, Option<&Cell<'_>>),
        mode: Mode,
    ) {
        if port.is_none() && day.is_none() {
            return;
        }
        let port = port.map_or(Part::NONE, |port| self::port(port, mode));
        self.segments
            .segment("LOC", &[&[Part::Own(place)], &[port]]);
        let Some(day) = day else {
            return;
        };
        let (value, format) = match self.date(day, None) {
            Some((at, has_time)) => {
                let hour = hour.and_then(|cell| read_time(&cell.text));
                let at = hour.map_or(at, |(hour, minute)| at.date().at(hour, minute, 0, 0));
                match has_time || hour.is_some() {
                    true => (at.strftime("%Y%m%d%H%M").to_string(), "203"),
                    false => (at.strftime("%Y%m%d").to_string(), "102"),
                }
            }
            None => (day.text.to_string(), ""),
        };
        let value = Part::Made(value, day.at.clone());
        self.segments
            .segment("DTM", &[&[Part::Own(time), value, Part::Own(format)]]);
    }

    fn date(&mut self, cell: &Cell<'_>, latest: Option<i16>) -> Option<(DateTime, bool)> {
        let read = read_date(&cell.text, latest)?;
        if read.order_unsure {
            self.findings.push((&found::DATE_ORDER, cell.at.clone()));
        }
        Some((read.at, read.has_time))
    }

    fn person(&mut self, person: &Person<'_>) {
        let cell = |field| person.get(field);
        let (family, given) = (cell(Field::Family), cell(Field::Given));
        let documents = person.documents();
        let full = cell(Field::FullName);
        let named = family.or(given).or(full);
        if named.is_none() && documents.is_empty() {
            if let Some((_, first)) = person.cells.iter().find(|(_, cell)| !cell.at.is_empty()) {
                self.findings.push((&found::NOBODY_NAMED, first.at.clone()));
            }
            return;
        }
        let transit = cell(Field::Transit).is_some_and(|cell| read_yes(&cell.text));
        let role = match (person.is_crew(), transit) {
            (false, false) => "FL",
            (true, false) => "FM",
            (false, true) => "DDU",
            (true, true) => "DDT",
        };
        let or_none = |cell: Option<&Cell<'_>>| cell.map_or(Part::NONE, sent);
        let name = [or_none(family.or(full)), or_none(given)];
        let none: &[Part<'_>] = &[];
        let nad: [&[Part<'_>]; 4] = [&[Part::Own(role)], none, none, &name];
        self.segments.segment("NAD", &nad);
        self.facts(person);
        for document in &documents {
            self.document(document);
        }
        if let Some(visa) = cell(Field::Visa) {
            self.segments
                .segment("DOC", &[&[Part::Own("V")], &[sent(visa)]]);
        }
        // Codes and numbers of rows say nothing of the person.
        let plain = [Field::Row, Field::Role, Field::Transit];
        let plain = plain.into_iter().filter_map(cell);
        self.structure.extend(plain.map(|cell| cell.at.clone()));
    }

    /// Everything about a person but name and documents.
    fn facts(&mut self, person: &Person<'_>) {
        let cell = |field| person.get(field);
        if let Some(sex) = cell(Field::Sex) {
            let code = read_sex(&sex.text).map_or_else(|| sex.text.to_string(), str::to_owned);
            let code = Part::Made(code, sex.at.clone());
            self.segments
                .segment("ATT", &[&[Part::Own("2")], &[], &[code]]);
        }
        let (both, mut place) = (
            cell(Field::BirthDateAndPlace),
            cell(Field::BirthPlace).cloned(),
        );
        let (born, rest) = both.map_or((None, None), |both| split(both, Side::First));
        place = place.or(rest);
        if let Some(birth) = cell(Field::BirthDate).cloned().or(born) {
            self.day("329", &birth, self.year);
        }
        let own = Part::Own;
        for (field, code) in [(Field::Embarks, "178"), (Field::Disembarks, "179")] {
            if let Some(place) = cell(field) {
                let place = port(place, Mode::Sea);
                self.segments.segment("LOC", &[&[own(code)], &[place]]);
            }
        }
        if let Some(residence) = cell(Field::Residence) {
            self.segments
                .segment("LOC", &[&[own("174")], &[state(residence)]]);
        }
        if let Some(place) = place {
            let place = [Part::NONE, Part::NONE, Part::NONE, sent(&place)];
            self.segments.segment("LOC", &[&[own("180")], &place]);
        }
        if let Some(rank) = cell(Field::Rank) {
            self.segments
                .segment("EMP", &[&[own("1")], &[], &[], &[], &[sent(rank)]]);
        }
        if let Some(nationality) = cell(Field::Nationality) {
            self.segments
                .segment("NAT", &[&[own("2")], &[state(nationality)]]);
        }
        if let Some(locator) = cell(Field::Locator) {
            self.segments
                .segment("RFF", &[&[own("AVF"), sent(locator)]]);
        }
    }

    fn document(&mut self, document: &[&(Field, Cell<'_>)]) {
        let find = |field| document.iter().find(|row| row.0 == field).map(|row| &row.1);
        let (split_kind, split_number) =
            find(Field::DocumentKindAndNumber).map_or((None, None), |both| split(both, Side::Last));
        let kind = find(Field::DocumentKind).cloned().or(split_kind);
        let number = find(Field::DocumentNumber).cloned().or(split_number);
        let passport = find(Field::PassportNumber).cloned();
        let without_kind = match passport {
            Some(_) => Part::Own("P"),
            None => Part::NONE,
        };
        let code = kind.map_or(without_kind, |kind| {
            let code = read_document_kind(&kind.text);
            Part::Made(code.map_or(kind.text.to_string(), str::to_owned), kind.at)
        });
        let number = number.or(passport);
        if let Some(number) = number.as_ref().filter(|number| is_spoiled(&number.text)) {
            self.findings
                .push((&found::SPOILED_NUMBER, number.at.clone()));
        }
        let number = number.as_ref().map_or(Part::NONE, sent);
        self.segments.segment("DOC", &[&[code], &[number]]);
        if let Some(expires) = find(Field::DocumentExpires) {
            self.day("36", expires, self.year.map(|year| year + MOST_YEARS_AHEAD));
        }
        if let Some(issued) = find(Field::DocumentIssued) {
            self.day("182", issued, self.year);
        }
        if let Some(issuer) = find(Field::DocumentIssuer) {
            let issuer = match read_state(&issuer.text) {
                Some(_) => [state(issuer), Part::NONE, Part::NONE, Part::NONE],
                None => [Part::NONE, Part::NONE, Part::NONE, sent(issuer)],
            };
            self.segments.segment("LOC", &[&[Part::Own("91")], &issuer]);
        }
    }

    /// A date without a time of day.
    fn day(&mut self, code: &'static str, cell: &Cell<'_>, latest: Option<i16>) {
        let (value, format) = match self.date(cell, latest) {
            Some((at, _)) => (at.strftime("%Y%m%d").to_string(), "102"),
            None => (cell.text.to_string(), ""),
        };
        let value = Part::Made(value, cell.at.clone());
        self.segments
            .segment("DTM", &[&[Part::Own(code), value, Part::Own(format)]]);
    }
}

/// What a list says of the journey.
struct Head<'h, 'a>(&'h [(Field, Cell<'a>)]);

impl<'h, 'a> Head<'h, 'a> {
    fn get(&self, field: Field) -> Option<&'h Cell<'a>> {
        let found = self.0.iter().find(|row| row.0 == field);
        found
            .map(|row| &row.1)
            .filter(|cell| !is_nothing(&cell.text))
    }

    fn places(&self) -> impl Iterator<Item = Range<usize>> {
        self.0.iter().map(|row| row.1.at.clone())
    }

    fn mode(&self) -> Mode {
        let words = self.get(Field::Mode).map(|cell| cell.text.to_lowercase());
        let has = |fields: &[Field]| fields.iter().any(|field| self.get(*field).is_some());
        match words.as_deref() {
            Some("air" | "4" | "aircraft" | "general aviation") => Mode::Air,
            Some("sea" | "1" | "ship" | "ferry" | "maritime" | "yacht") => Mode::Sea,
            Some("rail" | "2" | "train") => Mode::Rail,
            Some("road" | "3" | "coach" | "bus") => Mode::Road,
            _ if has(&[Field::Imo, Field::CallSign, Field::Mmsi, Field::ShipName]) => Mode::Sea,
            _ if has(&[Field::Registration]) => Mode::Air,
            _ if has(&[Field::Train]) => Mode::Rail,
            _ if has(&[Field::Plate]) => Mode::Road,
            _ => Mode::Sea,
        }
    }

    /// Whether the journey departs; `None` where nothing says so.
    fn movement(&self) -> Option<bool> {
        if let Some(cell) = self.get(Field::Movement) {
            let first = cell.text.chars().next()?.to_ascii_lowercase();
            return match first {
                'd' | '2' => Some(true),
                'a' | '1' => Some(false),
                _ => None,
            };
        }
        let crossed = |field| self.get(field).is_some_and(|cell| read_yes(&cell.text));
        match (crossed(Field::IsArrival), crossed(Field::IsDeparture)) {
            (true, false) => Some(false),
            (false, true) => Some(true),
            _ => None,
        }
    }
}

impl<'a> Person<'a> {
    /// A field that says something; names may be words for nothing.
    fn get(&self, field: Field) -> Option<&Cell<'a>> {
        let name = matches!(field, Field::Family | Field::Given | Field::FullName);
        let says = |text: &str| match name {
            true => !matches!(text, "" | "-" | "--" | "N/A" | "n/a"),
            false => !is_nothing(text),
        };
        let mut rows = self.cells.iter().filter(|row| row.0 == field);
        rows.find(|row| says(&row.1.text)).map(|row| &row.1)
    }

    fn is_crew(&self) -> bool {
        let role = self.get(Field::Role).map(|cell| cell.text.to_lowercase());
        match role.as_deref() {
            Some(role) => ["crew", "c", "master", "captain", "pilot", "fm", "driver"]
                .iter()
                .any(|crew| role == *crew || (crew.len() > 2 && role.contains(crew))),
            None => self.crew,
        }
    }

    /// The cells of each document: one begins where a field comes again.
    fn documents(&self) -> Vec<Vec<&(Field, Cell<'a>)>> {
        let mut documents: Vec<Vec<&(Field, Cell<'a>)>> = Vec::new();
        for row in &self.cells {
            let of_document = matches!(
                row.0,
                Field::DocumentKind
                    | Field::DocumentNumber
                    | Field::PassportNumber
                    | Field::DocumentKindAndNumber
                    | Field::DocumentIssuer
                    | Field::DocumentExpires
                    | Field::DocumentIssued
            );
            if !of_document || is_nothing(&row.1.text) {
                continue;
            }
            match documents.last_mut() {
                Some(last) if last.iter().all(|known| known.0 != row.0) => last.push(row),
                _ => documents.push(vec![row]),
            }
        }
        documents
    }
}

/// A cell as it was sent.
fn sent<'p>(cell: &Cell<'_>) -> Part<'p> {
    Part::Made(cell.text.to_string(), cell.at.clone())
}

/// A state by its three letters, or as it was sent.
fn state<'p>(cell: &Cell<'_>) -> Part<'p> {
    let code = read_state(&cell.text).map(|state| state.to_string());
    Part::Made(
        code.unwrap_or_else(|| cell.text.to_string()),
        cell.at.clone(),
    )
}

/// A place by its code: alone, or in brackets behind its name. A seaport also by its name alone.
fn port<'p>(cell: &Cell<'_>, mode: Mode) -> Part<'p> {
    let bracketed = cell
        .text
        .rsplit_once('(')
        .map(|(_, rest)| rest.trim_end_matches(')'));
    let code: String = bracketed
        .unwrap_or(&cell.text)
        .chars()
        .filter(|c| *c != ' ')
        .flat_map(char::to_uppercase)
        .collect();
    let lengths: &[usize] = if mode == Mode::Air {
        &[3, 4, 5]
    } else {
        &[3, 5]
    };
    let known = lengths.contains(&code.len());
    // A name of five letters looks like a code: MALMO lies in no port of Morocco.
    let is_seaport = || Port::parse(&code).is_ok_and(|port| port.seaport().is_some());
    let named = (mode == Mode::Sea && !is_seaport())
        .then(|| Port::seaport_named(&cell.text))
        .flatten();
    let text = match named {
        Some(port) => port.to_string(),
        None if known => code,
        None => cell.text.to_string(),
    };
    Part::Made(text, cell.at.clone())
}

/// Which word of a cell is a value of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    First,
    Last,
}

/// `1979-08-12 Hafnarbu`, `Passport K5500123`: two values in one cell.
fn split<'a>(cell: &Cell<'a>, side: Side) -> (Option<Cell<'a>>, Option<Cell<'a>>) {
    let text = &*cell.text;
    let at = match side {
        Side::First => text.find([' ', ',', ';']),
        Side::Last => text.rfind([' ', '/']),
    };
    // Places are those of the bytes only where the text is what was sent.
    let exact = text.len() == cell.at.len();
    let part = |range: Range<usize>| {
        let piece = text[range.clone()].trim_matches([' ', ',', ';', '/']);
        let start = range.start + text[range].find(piece).unwrap_or(0);
        let at = match exact {
            true => cell.at.start + start..cell.at.start + start + piece.len(),
            false => cell.at.clone(),
        };
        let text = piece.to_owned().into();
        (!piece.is_empty()).then_some(Cell { text, at })
    };
    match (at, side) {
        (Some(at), _) => (part(0..at), part(at..text.len())),
        (None, Side::First) => (Some(cell.clone()), None),
        (None, Side::Last) => (None, Some(cell.clone())),
    }
}
