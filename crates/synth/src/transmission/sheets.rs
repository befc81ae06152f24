//! What a carrier tells on each occasion: the messages, before they are packed into files.
//!
//! - In: a flight and who is on board.  Out: the files of the occasion.
//! - Invariant: each message tells the state of the bookings at its own time.

use super::pack::{pack, seal_alone};
use super::{Occasion, Transmission};
use crate::booking::{Fate, Kind, Passenger};
use crate::carrier::{CloseOut, Packing};
use crate::dates::{hhmm, yymmdd};
use crate::fault::{FaultKind, Where};
use crate::paxlst::{List, Listed, Manifest};
use crate::pnrgov::{Push, Pushed, seat};
use crate::said::Said;
use crate::schedule::Flight;
use crate::world::Aboard;
use compact_str::format_compact;
use jiff::{SignedDuration, Timestamp};
use oriel_edifact::Writer;
use oriel_model::Text;

/// One message before it is packed.
pub(super) struct Sheet<'a> {
    /// Common access reference.
    pub(super) access: Text,
    pub(super) part: Option<(usize, bool)>,
    /// When it is written, which is what it says of itself.
    pub(super) written: Timestamp,
    /// How much later it arrives, where something holds it up.
    pub(super) delay: SignedDuration,
    pub(super) body: Body<'a>,
}

pub(super) enum Body<'a> {
    Paxlst(Manifest<'a>),
    Pnrgov(Push<'a>),
}

impl Body<'_> {
    pub(super) fn reference(&self) -> &Text {
        match self {
            Self::Paxlst(manifest) => &manifest.reference,
            Self::Pnrgov(push) => &push.reference,
        }
    }

    pub(super) fn fault(&self) -> Option<FaultKind> {
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

    pub(super) fn write(&self, out: &mut Writer) -> Said {
        match self {
            Self::Paxlst(manifest) => manifest.write(out),
            Self::Pnrgov(push) => push.write(out),
        }
    }
}

/// A PNRGOV push.
pub(super) fn push(flight: &Flight, occasion: Occasion, aboard: &[Aboard]) -> Vec<Transmission> {
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
        yymmdd(departs.date()),
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
                written: due + SignedDuration::from_secs(20 * part as i64),
                delay: SignedDuration::ZERO,
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

/// The push at closure of a flight, written as segments and as XML.
pub(super) fn both_spellings(flight: &Flight, aboard: &[Aboard]) -> (Vec<u8>, Vec<u8>) {
    let told: Vec<Pushed<'_>> = aboard
        .iter()
        .filter(|one| !matches!(one.booking.fate, Fate::Cancelled(_)))
        .map(|Aboard { booking, seat, .. }| Pushed {
            booking,
            seat: *seat,
        })
        .collect();
    let push = Push {
        flight,
        style: &flight.carrier.pnrgov,
        reference: reference(flight, Occasion::PnrClosed, 0),
        before: 0,
        update: false,
        closed: true,
        total: told.len(),
        bookings: &told,
        fault: None,
    };
    (seal_alone(flight, &push), push.write_xml().into_bytes())
}

/// The crew list.
pub(super) fn crew_list(flight: &Flight, crew: &[(Passenger, &'static str)]) -> Vec<Transmission> {
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
pub(super) fn check_in(flight: &Flight, aboard: &[Aboard]) -> Vec<Transmission> {
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
pub(super) fn one_by_one(flight: &Flight, aboard: &[Aboard]) -> Vec<Transmission> {
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
            sheet.written = flight.departs - SignedDuration::from_mins(before);
            sheet
        })
        .collect();
    spoil(flight, Occasion::Interactive, &mut sheets);
    pack(flight, Occasion::Interactive, sheets, Packing::Files)
}

/// The close-out: one message, because who is not named did not fly, or did.
pub(super) fn close_out(flight: &Flight, aboard: &[Aboard]) -> Vec<Transmission> {
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
        yymmdd(departs.date()),
        hhmm(departs)
    );
    Sheet {
        access,
        part,
        written: due(flight, occasion) + SignedDuration::from_secs(20 * number as i64),
        delay: SignedDuration::ZERO,
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
        // Each part waits until the ones after it have gone.
        for (after, sheet) in sheets.iter_mut().rev().enumerate() {
            sheet.delay = SignedDuration::from_mins(after as i64);
        }
    }
    if kind == FaultKind::Late {
        for sheet in sheets {
            sheet.delay = SignedDuration::from_hours(25);
        }
    }
}
