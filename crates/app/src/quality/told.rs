//! Counts as people read them.

use super::{ByFormat, FLIGHTS, Quality};
use jiff::civil::Date;
use oriel_store::Figures;
use serde::Serialize;

/// Messages of one format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FormatQuality {
    /// The format; blank for what was refused before anybody could tell.
    pub format: String,
    /// Kept.
    pub messages: u64,
    /// The same message once more.
    pub repeats: u64,
    /// Refused.
    pub refused: u64,
    /// Messages of which a value was lost.
    pub faulty: u64,
    /// Messages with something odd by which nothing was lost.
    pub warned: u64,
    /// Persons in messages that say everything of whom they name.
    pub persons: u64,
    /// Bookings in them.
    pub bookings: u64,
    /// Persons, or bookings, that messages say they have (CNT, EQN).
    pub announced: u64,
    /// How many were in those messages.
    pub announced_there: u64,
    /// Messages in which the two differ.
    pub announced_wrong: u64,
    /// How complete and how right each element is.
    pub elements: Vec<ElementQuality>,
    /// What was odd, most frequent first.
    pub findings: Vec<FindingCount>,
}

/// One element of a format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ElementQuality {
    /// Its name in the profile.
    pub element: &'static str,
    /// What it is counted of: `persons` or `bookings`.
    pub of: &'static str,
    /// How many came with it.
    pub with: u64,
    /// How many there are.
    pub all: u64,
    /// Values of it that were lost because they could not be read.
    pub lost: u64,
}

/// How often something was odd.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FindingCount {
    /// The finding's code.
    pub code: String,
    /// How often.
    pub count: u64,
}

/// Flights by departure, with how their pushes stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FlightQuality {
    /// Expected, or come without.
    pub flights: u64,
    /// Cancelled by the carrier.
    pub cancelled: u64,
    /// In no schedule.
    pub unplanned: u64,
    /// Each push of the profile.
    pub pushes: Vec<PushCount>,
    /// Flights about which messages came.
    pub told: u64,
    /// Those messages.
    pub messages: u64,
    /// Passengers in lists.
    pub lists: u64,
    /// Passengers in bookings.
    pub bookings: u64,
    /// Flights with both.
    pub compared: u64,
    /// On those, passengers in lists and in no booking.
    pub lists_alone: u64,
    /// On those, passengers in bookings and in no list.
    pub bookings_alone: u64,
    /// Flights whose close-out said who is on board.
    pub closed: u64,
    /// Passengers on board of those.
    pub boarded: u64,
    /// Of them, those whom nothing named before.
    pub boarded_alone: u64,
}

/// How one push of the profile came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PushCount {
    /// Its name in the profile.
    pub push: String,
    /// In time.
    pub come: u64,
    /// Too late.
    pub late: u64,
    /// Not at all.
    pub missing: u64,
    /// Late or missing because nobody could send (R-CAR-03).
    pub excused: u64,
}

/// One step of the trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QualityStep {
    /// Its first day, UTC.
    pub from: Date,
    /// Messages of all formats.
    pub messages: u64,
    /// Repeats.
    pub repeats: u64,
    /// Refused.
    pub refused: u64,
    /// Messages of which a value was lost.
    pub faulty: u64,
    /// Pushes in time.
    pub come: u64,
    /// Pushes too late.
    pub late: u64,
    /// Pushes that did not come.
    pub missing: u64,
}

/// States of a push that are counted.
const STATES: [&str; 4] = ["come.", "late.", "missing.", "excused."];

impl Quality {
    /// Messages by format.
    pub fn formats(&self) -> Vec<FormatQuality> {
        let formats = self.total.iter().filter(|(format, _)| *format != FLIGHTS);
        formats
            .map(|(format, counts)| self.format(format, counts))
            .collect()
    }

    fn format(&self, format: &str, counts: &Figures) -> FormatQuality {
        let elements = self.elements.get(format).into_iter().flatten();
        let elements = elements.map(|&(element, of)| ElementQuality {
            element,
            of,
            with: counts.get(&format!("has.{element}")),
            all: counts.get(of),
            lost: counts.get(&format!("lost.{element}")),
        });
        let findings = counts.under("code.").map(|(code, count)| FindingCount {
            code: code.to_owned(),
            count,
        });
        let mut findings: Vec<FindingCount> = findings.collect();
        findings.sort_by(|a, b| (b.count, &a.code).cmp(&(a.count, &b.code)));
        FormatQuality {
            format: format.to_owned(),
            messages: counts.get("messages"),
            repeats: counts.get("repeats"),
            refused: counts.get("refused"),
            faulty: counts.get("faulty"),
            warned: counts.get("warned"),
            persons: counts.get("persons"),
            bookings: counts.get("bookings"),
            announced: counts.get("announced"),
            announced_there: counts.get("announced_there"),
            announced_wrong: counts.get("announced_wrong"),
            elements: elements.collect(),
            findings,
        }
    }

    /// Flights and their pushes.
    pub fn flights(&self) -> FlightQuality {
        let Some(counts) = self.total.get(FLIGHTS) else {
            return FlightQuality::default();
        };
        let names = STATES.iter().flat_map(|state| counts.under(state));
        let mut names: Vec<&str> = names.map(|(name, _)| name).collect();
        names.sort_unstable();
        names.dedup();
        let pushes = names.into_iter().map(|push| {
            let [come, late, missing, excused] =
                STATES.map(|state| counts.get(&format!("{state}{push}")));
            PushCount {
                push: push.to_owned(),
                come,
                late,
                missing,
                excused,
            }
        });
        FlightQuality {
            flights: counts.get("flights"),
            cancelled: counts.get("cancelled"),
            unplanned: counts.get("unplanned"),
            pushes: pushes.collect(),
            told: counts.get("told"),
            messages: counts.get("messages"),
            lists: counts.get("lists"),
            bookings: counts.get("bookings"),
            compared: counts.get("compared"),
            lists_alone: counts.get("lists_alone"),
            bookings_alone: counts.get("bookings_alone"),
            closed: counts.get("closed"),
            boarded: counts.get("boarded"),
            boarded_alone: counts.get("boarded_alone"),
        }
    }

    /// Day by day, or week by week.
    pub fn steps(&self) -> Vec<QualityStep> {
        let step = |(from, formats): &(Date, ByFormat)| {
            let messages = formats.iter().filter(|(format, _)| *format != FLIGHTS);
            let sum = |name: &str| messages.clone().map(|(_, counts)| counts.get(name)).sum();
            let pushes = |state: &str| -> u64 {
                let flights = formats.get(FLIGHTS);
                let counts = flights.into_iter().flat_map(|counts| counts.under(state));
                counts.map(|(_, count)| count).sum()
            };
            QualityStep {
                from: *from,
                messages: sum("messages"),
                repeats: sum("repeats"),
                refused: sum("refused"),
                faulty: sum("faulty"),
                come: pushes("come."),
                late: pushes("late."),
                missing: pushes("missing."),
            }
        };
        self.trend.iter().map(step).collect()
    }
}
