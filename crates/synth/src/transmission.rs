//! What reaches the border authority, file by file, in the order in which it arrives.
//!
//! - In: a [`World`].  Out: [`Transmission`]s in order of `due`.
//! - Invariant: every push tells the state of the bookings at its own time, of the same people;
//!   a transmission is made only when its time comes.

use crate::booking::{Fate, Kind, Passenger};
use crate::carrier::{CloseOut, Packing};
use crate::envelope::{Envelope, Letter, hhmm, yymmdd};
use crate::fault::{FaultKind, Where, damage};
use crate::paxlst::{List, Listed, Manifest};
use crate::pnrgov::{Push, Pushed, seat};
use crate::said::{Said, SaidPerson};
use crate::schedule::{Direction, Flight};
use crate::world::{Aboard, World};
use compact_str::format_compact;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use oriel_edifact::Writer;
use oriel_model::Text;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// One file as it arrives.
#[derive(Clone, Debug)]
pub struct Transmission {
    /// Where a directory of traffic keeps it: carrier, day, flight, push.
    pub path: String,
    /// Sending carrier.
    pub carrier: &'static str,
    /// When it arrives.
    pub due: Timestamp,
    /// The file.
    pub bytes: Vec<u8>,
    /// What its messages say, in order.
    pub messages: Vec<Said>,
    /// What is wrong with it.
    pub fault: Option<Planted>,
}

/// A planted fault.
#[derive(Clone, Debug)]
pub struct Planted {
    /// Name of the row in the table of faults.
    pub name: &'static str,
    /// Whether the message can no longer be taken as a whole.
    pub refused: bool,
    /// Reference of the message with the fault.
    pub reference: Text,
    /// The person the fault is about, where it is about one.
    pub person: Option<SaidPerson>,
}

/// The occasions on which a carrier sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Occasion {
    Pnr48,
    Pnr24,
    /// Parties check in one by one; starts a day before departure.
    Interactive,
    Crew,
    CheckIn,
    PnrClosed,
    CloseOut,
}

impl Occasion {
    /// Minutes before departure; negative after.
    fn before(self) -> i64 {
        match self {
            Self::Pnr48 => 48 * 60,
            Self::Pnr24 => 24 * 60,
            Self::Interactive => 24 * 60 - 1,
            Self::Crew => 120,
            Self::CheckIn => 40,
            Self::PnrClosed => -2,
            Self::CloseOut => -5,
        }
    }

    /// What the file is called.
    fn file(self) -> &'static str {
        match self {
            Self::Pnr48 => "pnrgov-48h",
            Self::Pnr24 => "pnrgov-24h",
            Self::PnrClosed => "pnrgov-closed",
            Self::Interactive | Self::CheckIn => "paxlst-checkin",
            Self::Crew => "paxlst-crew",
            Self::CloseOut => "paxlst-closeout",
        }
    }

    fn number(self) -> usize {
        self as usize
    }
}

/// Yields the transmissions of a world in order of arrival.
pub struct Transmissions<'w> {
    world: &'w World,
    /// Occasions still to come, the next one last.
    plan: Vec<(Timestamp, usize, Occasion)>,
    /// Made and waiting for their time.
    waiting: BinaryHeap<Reverse<Waiting>>,
}

/// A transmission that waits; ordered by time, then path.
struct Waiting(Transmission);

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Waiting {}
impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Waiting {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.0.due, &self.0.path).cmp(&(other.0.due, &other.0.path))
    }
}

impl Iterator for Transmissions<'_> {
    type Item = Transmission;

    fn next(&mut self) -> Option<Transmission> {
        while let Some(&(start, flight, occasion)) = self.plan.last() {
            if self
                .waiting
                .peek()
                .is_some_and(|Reverse(first)| first.0.due < start)
            {
                break;
            }
            self.plan.pop();
            let made = self.world.transmit(flight, occasion);
            self.waiting
                .extend(made.into_iter().map(|t| Reverse(Waiting(t))));
        }
        self.waiting
            .pop()
            .map(|Reverse(Waiting(transmission))| transmission)
    }
}

/// One message before it is packed.
struct Sheet<'a> {
    /// Common access reference.
    access: Text,
    part: Option<(usize, bool)>,
    due: Timestamp,
    body: Body<'a>,
}

enum Body<'a> {
    Paxlst(Manifest<'a>),
    Pnrgov(Push<'a>),
}

impl Body<'_> {
    fn reference(&self) -> &Text {
        match self {
            Self::Paxlst(manifest) => &manifest.reference,
            Self::Pnrgov(push) => &push.reference,
        }
    }

    fn fault(&self) -> Option<FaultKind> {
        match self {
            Self::Paxlst(manifest) => manifest.fault,
            Self::Pnrgov(push) => push.fault,
        }
    }

    /// Makes the fault here, if it can be made here.
    fn spoil(&mut self, kind: FaultKind) -> bool {
        let suits = match self {
            Self::Paxlst(manifest) => {
                manifest.fault = Some(kind);
                !kind.is_about_somebody() || manifest.victim().is_some()
            }
            Self::Pnrgov(push) => {
                push.fault = Some(kind);
                !kind.is_about_somebody() || push.victim().is_some()
            }
        };
        if !suits {
            match self {
                Self::Paxlst(manifest) => manifest.fault = None,
                Self::Pnrgov(push) => push.fault = None,
            }
        }
        suits
    }

    fn write(&self, out: &mut Writer) -> Said {
        match self {
            Self::Paxlst(manifest) => manifest.write(out),
            Self::Pnrgov(push) => push.write(out),
        }
    }
}

impl World {
    /// Everything that carriers send, in order of arrival.
    pub fn transmissions(&self) -> Transmissions<'_> {
        let mut plan: Vec<_> = self
            .flights
            .iter()
            .flat_map(|flight| {
                occasions(flight).iter().map(|&occasion| {
                    let start = flight.departs - SignedDuration::from_mins(occasion.before());
                    (start, flight.index, occasion)
                })
            })
            .collect();
        plan.sort_unstable_by_key(|&step| Reverse(step));
        Transmissions {
            world: self,
            plan,
            waiting: BinaryHeap::new(),
        }
    }

    /// The content of all files whose path contains `name`, in no order of time.
    pub(crate) fn files(&self, name: &str) -> impl Iterator<Item = Vec<u8>> {
        self.flights
            .iter()
            .flat_map(|flight| {
                occasions(flight)
                    .iter()
                    .map(|&occasion| (flight.index, occasion))
            })
            .filter(move |(_, occasion)| name.ends_with(occasion.file()))
            .flat_map(|(flight, occasion)| self.transmit(flight, occasion))
            .map(|transmission| transmission.bytes)
    }

    /// The files of one occasion.
    fn transmit(&self, flight: usize, occasion: Occasion) -> Vec<Transmission> {
        let aboard = match occasion {
            Occasion::Crew => Vec::new(),
            _ => self.aboard(flight),
        };
        let flight = &self.flights[flight];
        match occasion {
            Occasion::Pnr48 | Occasion::Pnr24 | Occasion::PnrClosed => {
                push(flight, occasion, &aboard)
            }
            Occasion::Crew => crew_list(flight, &self.crew(flight.index)),
            Occasion::CheckIn => check_in(flight, &aboard),
            Occasion::Interactive => one_by_one(flight, &aboard),
            Occasion::CloseOut => close_out(flight, &aboard),
        }
    }
}

/// A PNRGOV push.
fn push(flight: &Flight, occasion: Occasion, aboard: &[Aboard]) -> Vec<Transmission> {
    let style = &flight.carrier.pnrgov;
    let before = occasion.before().max(0);
    let update = occasion == Occasion::Pnr24 && style.update_at_24;
    let due = due(flight, occasion);
    let since_last = before..Occasion::Pnr48.before();
    let told: Vec<Pushed<'_>> = aboard
        .iter()
        .filter(|Aboard { booking, .. }| {
            let cancelled = match booking.fate {
                Fate::Cancelled(at) => Some(at),
                _ => None,
            };
            let gone = cancelled.is_some_and(|at| at >= before);
            if update {
                let news = [booking.created_before, booking.documents_before];
                let changed = news.iter().any(|at| since_last.contains(at));
                let was_known = booking.created_before >= Occasion::Pnr48.before();
                match gone {
                    true => was_known && cancelled.is_some_and(|at| since_last.contains(&at)),
                    false => booking.created_before >= before && changed,
                }
            } else {
                booking.created_before >= before && !gone
            }
        })
        .map(|Aboard { booking, seat, .. }| Pushed {
            booking,
            seat: *seat,
        })
        .collect();
    let (departs, _) = flight.times();
    let hours = format_compact!("{:02}", before / 60);
    let access = format_compact!(
        "{}{:04}/{}/{}/{hours}",
        flight.carrier.code,
        flight.number,
        yymmdd(departs),
        hhmm(departs)
    );
    // A push without bookings is one message that says so.
    let parts = told.len().div_ceil(style.per_message).max(1);
    let mut sheets: Vec<Sheet<'_>> = (0..parts)
        .map(|part| {
            let start = part * style.per_message;
            let end = told.len().min(start + style.per_message);
            Sheet {
                access: access.clone(),
                part: Some((part + 1, part + 1 == parts)),
                due: due + SignedDuration::from_secs(20 * part as i64),
                body: Body::Pnrgov(Push {
                    flight,
                    style,
                    reference: reference(flight, occasion, part),
                    before,
                    update,
                    closed: occasion == Occasion::PnrClosed,
                    total: told.len(),
                    bookings: &told[start..end],
                    fault: None,
                }),
            }
        })
        .collect();
    spoil(flight, occasion, &mut sheets);
    pack(flight, occasion, sheets, style.packing)
}

/// The crew list.
fn crew_list(flight: &Flight, crew: &[(Passenger, &'static str)]) -> Vec<Transmission> {
    let people: Vec<Listed<'_>> = crew
        .iter()
        .map(|(passenger, duty)| Listed {
            passenger,
            booking: None,
            seat: Text::default(),
            transit: *duty == "CR5",
            duty: Some(duty),
        })
        .collect();
    let sheet = list_sheet(flight, Occasion::Crew, List::Crew, &people, 0, None);
    pack(flight, Occasion::Crew, vec![sheet], Packing::Files)
}

/// The passenger list at check-in, in as many messages as the carrier needs.
fn check_in(flight: &Flight, aboard: &[Aboard]) -> Vec<Transmission> {
    let style = &flight.carrier.paxlst;
    let people = listed(aboard, &[Fate::Flies, Fate::LeftBehind]);
    let parts = people.len().div_ceil(style.per_message).max(1);
    let mut sheets: Vec<Sheet<'_>> = (0..parts)
        .map(|part| {
            let start = part * style.per_message;
            let end = people.len().min(start + style.per_message);
            let place = (parts > 1 || style.grouped).then_some((part + 1, part + 1 == parts));
            let people = &people[start..end];
            list_sheet(
                flight,
                Occasion::CheckIn,
                List::Passengers,
                people,
                part,
                place,
            )
        })
        .collect();
    spoil(flight, Occasion::CheckIn, &mut sheets);
    pack(flight, Occasion::CheckIn, sheets, style.packing)
}

/// A message for each party at its own check-in.
fn one_by_one(flight: &Flight, aboard: &[Aboard]) -> Vec<Transmission> {
    let parties: Vec<Vec<Listed<'_>>> = aboard
        .iter()
        .map(|one| listed(std::slice::from_ref(one), &[Fate::Flies, Fate::LeftBehind]))
        .collect();
    let mut sheets: Vec<Sheet<'_>> = aboard
        .iter()
        .zip(&parties)
        .enumerate()
        .filter(|(_, (_, people))| !people.is_empty())
        .map(|(number, (one, people))| {
            let (occasion, part) = (Occasion::Interactive, Some((1, true)));
            let mut sheet = list_sheet(flight, occasion, List::Passengers, people, number, part);
            sheet.access = format_compact!("{}/{}", sheet.access, one.booking.locator);
            let before = one.booking.checks_in_before.min(occasion.before());
            sheet.due = flight.departs - SignedDuration::from_mins(before);
            sheet
        })
        .collect();
    spoil(flight, Occasion::Interactive, &mut sheets);
    pack(flight, Occasion::Interactive, sheets, Packing::Files)
}

/// The close-out: one message, because who is not named did not fly, or did.
fn close_out(flight: &Flight, aboard: &[Aboard]) -> Vec<Transmission> {
    let close_out = flight.carrier.paxlst.close_out;
    let people = match close_out {
        CloseOut::OnBoard => listed(aboard, &[Fate::Flies]),
        CloseOut::NotOnBoard => listed(aboard, &[Fate::LeftBehind]),
    };
    let sheet = list_sheet(
        flight,
        Occasion::CloseOut,
        List::Close(close_out),
        &people,
        0,
        None,
    );
    pack(flight, Occasion::CloseOut, vec![sheet], Packing::Files)
}

/// The people of all parties with one of these fates.
fn listed<'a>(aboard: &'a [Aboard], fates: &[Fate]) -> Vec<Listed<'a>> {
    let mut people = Vec::new();
    for one in aboard
        .iter()
        .filter(|one| fates.contains(&one.booking.fate))
    {
        let mut seats = one.seat..;
        for passenger in &one.booking.party {
            let seated = !matches!(passenger.kind, Kind::Infant(_));
            people.push(Listed {
                passenger,
                booking: Some(&one.booking),
                seat: seats.by_ref().take(usize::from(seated)).map(seat).collect(),
                transit: one.transit,
                duty: None,
            });
        }
    }
    people
}

fn list_sheet<'a>(
    flight: &'a Flight,
    occasion: Occasion,
    list: List,
    people: &'a [Listed<'a>],
    number: usize,
    part: Option<(usize, bool)>,
) -> Sheet<'a> {
    let (departs, _) = flight.times();
    let access = format_compact!(
        "{}{:04}/{}/{}",
        flight.carrier.code,
        flight.number,
        yymmdd(departs),
        hhmm(departs)
    );
    Sheet {
        access,
        part,
        due: due(flight, occasion) + SignedDuration::from_secs(20 * number as i64),
        body: Body::Paxlst(Manifest {
            flight,
            style: &flight.carrier.paxlst,
            list,
            reference: reference(flight, occasion, number),
            revision: 1,
            people,
            fault: None,
        }),
    }
}

fn due(flight: &Flight, occasion: Occasion) -> Timestamp {
    flight.departs - SignedDuration::from_mins(occasion.before())
}

/// A reference that no other message of the world has.
fn reference(flight: &Flight, occasion: Occasion, number: usize) -> Text {
    format_compact!("{:07}{}{number:04}", flight.index, occasion.number())
}

/// Makes the flight's fault in one of the sheets, if this is the occasion for it.
fn spoil(flight: &Flight, occasion: Occasion, sheets: &mut [Sheet<'_>]) {
    let Some(kind) = flight.fault else {
        return;
    };
    let meant = match (kind.row().made_in, kind) {
        (Where::Paxlst, _) if flight.carrier.paxlst.interactive => Occasion::Interactive,
        (Where::Paxlst, _) => Occasion::CheckIn,
        (Where::Pnrgov, FaultKind::PartsOutOfOrder) => Occasion::Pnr48,
        // Documents and payments are complete only at the end.
        (Where::Pnrgov, _) if kind.is_about_somebody() => Occasion::PnrClosed,
        (Where::Pnrgov, _) => Occasion::Pnr24,
    };
    if occasion != meant || (kind == FaultKind::PartsOutOfOrder && sheets.len() < 2) {
        return;
    }
    let spoilt = sheets.iter_mut().any(|sheet| sheet.body.spoil(kind));
    if spoilt && kind == FaultKind::PartsOutOfOrder {
        let times: Vec<Timestamp> = sheets.iter().rev().map(|sheet| sheet.due).collect();
        for (sheet, due) in sheets.iter_mut().zip(times) {
            sheet.due = due;
        }
    }
    if kind == FaultKind::Late {
        for sheet in sheets {
            sheet.due = flight.departs + SignedDuration::from_mins(60);
        }
    }
}

/// Puts messages into interchanges and interchanges into files.
fn pack(
    flight: &Flight,
    occasion: Occasion,
    sheets: Vec<Sheet<'_>>,
    packing: Packing,
) -> Vec<Transmission> {
    let files: Vec<&[Sheet<'_>]> = match packing {
        Packing::Files => sheets.chunks(1).collect(),
        Packing::Interchanges | Packing::Messages => vec![&sheets],
    };
    let several = files.len() > 1 || occasion == Occasion::Interactive;
    let mut out = Vec::with_capacity(files.len());
    for (number, file) in files.into_iter().enumerate() {
        let interchanges: Vec<&[Sheet<'_>]> = match packing {
            Packing::Messages => vec![file],
            Packing::Files | Packing::Interchanges => file.chunks(1).collect(),
        };
        let part = if several {
            format!("-{:03}", number + 1)
        } else {
            String::new()
        };
        let mut transmission = Transmission {
            path: format!("{}/{}{part}.edi", folder(flight), occasion.file()),
            carrier: flight.carrier.code,
            due: file.first().map_or(flight.departs, |sheet| sheet.due),
            bytes: Vec::new(),
            messages: Vec::with_capacity(file.len()),
            fault: None,
        };
        for sheets in interchanges {
            seal(flight, sheets, &mut transmission);
        }
        let again = transmission
            .fault
            .as_ref()
            .is_some_and(|fault| fault.name == "duplicate");
        if again {
            out.push(Transmission {
                path: transmission.path.replace(".edi", "-again.edi"),
                due: transmission.due + SignedDuration::from_mins(10),
                ..transmission.clone()
            });
        }
        out.push(transmission);
    }
    out
}

/// Writes one interchange to the end of a transmission.
fn seal(flight: &Flight, sheets: &[Sheet<'_>], transmission: &mut Transmission) {
    let Some(first) = sheets.first() else {
        return;
    };
    let fault = sheets.iter().find_map(|sheet| sheet.body.fault());
    let (paxlst, pnrgov) = (&flight.carrier.paxlst, &flight.carrier.pnrgov);
    let own = format_compact!("{}AIR", flight.carrier.code);
    let at = first.due.to_zoned(TimeZone::UTC).datetime();
    let envelope = match first.body {
        Body::Paxlst(_) => Envelope {
            advice: paxlst.advice,
            syntax: paxlst.syntax,
            kind: "PAXLST",
            version: ("D", paxlst.release),
            agency: "UN",
            association: "IATA",
            grouped: paxlst.grouped,
            application: ("APIS", true),
            sender: &own,
            recipient: "UTOAPIS",
            at,
            control: first.body.reference(),
            fault,
            lines: paxlst.lines,
        },
        Body::Pnrgov(_) => Envelope {
            advice: pnrgov.advice,
            syntax: ("IATA", "1"),
            kind: "PNRGOV",
            version: (pnrgov.version, "1"),
            agency: "IA",
            association: "",
            grouped: pnrgov.grouped,
            application: ("PNRGOV", pnrgov.reference_in_place),
            sender: flight.carrier.code,
            recipient: "UTOPNR",
            at,
            control: first.body.reference(),
            fault,
            lines: false,
        },
    };
    let letters: Vec<Letter<'_>> = sheets
        .iter()
        .map(|sheet| Letter {
            reference: sheet.body.reference(),
            access: &sheet.access,
            part: sheet.part,
        })
        .collect();
    let mut said = Vec::with_capacity(sheets.len());
    let mut bytes = envelope.seal(&letters, |out, i| said.push(sheets[i].body.write(out)));
    if envelope.syntax.0 == "UNOC" || fault == Some(FaultKind::WrongCharset) {
        bytes = latin1(bytes);
    }
    if let Some(kind) = fault
        && damage(kind, &mut bytes, envelope.advice.service())
    {
        let spoilt = sheets
            .iter()
            .zip(&said)
            .find(|(sheet, _)| sheet.body.fault().is_some());
        transmission.fault = spoilt.map(|(sheet, said)| Planted {
            name: kind.row().name,
            refused: kind.row().refused,
            reference: sheet.body.reference().clone(),
            person: said.victim.and_then(|at| said.persons.get(at)).cloned(),
        });
    }
    transmission.bytes.extend_from_slice(&bytes);
    transmission.messages.append(&mut said);
}

/// The folder of a flight's transmissions.
fn folder(flight: &Flight) -> String {
    let (departs, _) = flight.times();
    format!(
        "{0}/{1}/{0}{2:04}-{3}{4}",
        flight.carrier.code,
        departs.date(),
        flight.number,
        flight.origin().airport,
        flight.target().airport
    )
}

/// The same text in ISO 8859-1; what it cannot hold, which is nothing here, becomes `?`.
fn latin1(bytes: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => text
            .chars()
            .map(|c| u8::try_from(c).unwrap_or(b'?'))
            .collect(),
        Err(kept) => kept.into_bytes(),
    }
}

/// What a flight's carrier sends.
fn occasions(flight: &Flight) -> &'static [Occasion] {
    use Occasion::*;
    match (flight.direction, flight.carrier.paxlst.interactive) {
        (Direction::Over, true) => &[Interactive, CloseOut],
        (Direction::Over, false) => &[CheckIn, CloseOut],
        (_, true) => &[Pnr48, Pnr24, Interactive, Crew, PnrClosed, CloseOut],
        (_, false) => &[Pnr48, Pnr24, Crew, CheckIn, PnrClosed, CloseOut],
    }
}
