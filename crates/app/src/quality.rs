//! How well carriers send: by carrier, format and element, and by day.
//!
//! - In: messages as they are kept, and how the pushes of expected flights stand. Out: counts, and
//!   from them what an officer sees of a carrier.
//! - Source: R-ING-14, R-CAR-02; what is owed is the profile's.
//! - Invariants: messages are counted in the commit that keeps them, by the UTC day of receipt;
//!   flights are counted while their day is not older than yesterday, by the UTC day of departure,
//!   and then stay as they are; of a flight whose record is masked or erased nothing is counted
//!   anew. No person stands in a count; each recipient sees its own.

mod count;
mod told;

pub(crate) use count::{Counts, Of, lost, of_message, told_of};
pub use told::{
    ElementQuality, FindingCount, FlightQuality, FormatQuality, PushCount, QualityStep,
};

use crate::carriers::Registry;
use crate::law::only;
use crate::{App, AppError, Core, Enrolled, ExpectedFlight, Plan};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use oriel_model::Carrier;
use oriel_policy::{Act, Day, Grant, PushState, day};
use oriel_store::{CarrierStatus, Figures, QualityKey, Tx};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The format under which flights are counted: no message's.
pub const FLIGHTS: &str = "flights";

/// Days that counts are kept: a season beside the same season a year before.
const KEPT: Day = 800;

/// The most days that are shown at once.
pub const MOST_DAYS: u32 = 400;

/// Up to here each day is a step of the trend; beyond, each week is.
const BY_DAY: u32 = 31;

/// Counts by format; those of flights under [`FLIGHTS`].
pub type ByFormat = BTreeMap<String, Figures>;

/// How well one carrier sent in a range of days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quality {
    /// First day, UTC.
    pub from: Date,
    /// Last day, UTC.
    pub to: Date,
    /// Of all days together.
    pub total: ByFormat,
    /// Elements of each format, with what they are counted of: `persons` or `bookings`.
    pub elements: BTreeMap<String, Vec<(&'static str, &'static str)>>,
    /// Day by day, or week by week from Monday: first day of each step, and its counts.
    pub trend: Vec<(Date, ByFormat)>,
    /// Whether a step of the trend is a week.
    pub weekly: bool,
}

/// Why figures were not given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QualityRefusal {
    /// Days that are none.
    #[error("name a first and a last day, at most {MOST_DAYS} days from each other")]
    Range,
}

impl App {
    /// How well a carrier sent to the recipient of `grant`, from one UTC day to another; the last
    /// four weeks where nothing is said.
    pub fn quality(
        &self,
        grant: &Grant,
        handle: &str,
        from: Option<Date>,
        to: Option<Date>,
    ) -> Result<Quality, AppError> {
        only(grant, &[Act::QualityRead])?;
        let today = grant.at().to_zoned(TimeZone::UTC).date();
        let to = to.unwrap_or(today);
        let from = from.unwrap_or(to.saturating_sub(27.days()));
        let days = days_between(from, to).filter(|days| (1..=MOST_DAYS).contains(days));
        let days = days.ok_or(QualityRefusal::Range)?;
        let rows = self.core.store.read(|tx| {
            if tx.carrier_history(handle)?.is_empty() {
                return Err(oriel_store::StoreError::NotFound { what: "carrier" });
            }
            tx.quality_list(grant.compartment(), handle, number(from), number(to) + 1)
        })?;
        let weekly = days > BY_DAY;
        let mut total = ByFormat::new();
        let mut trend: BTreeMap<Date, ByFormat> = BTreeMap::new();
        for (key, figures) in &rows {
            let on = date(key.day);
            let step = if weekly { monday(on).max(from) } else { on };
            for place in [&mut total, trend.entry(step).or_default()] {
                place
                    .entry(key.format.clone())
                    .or_default()
                    .add_all(figures);
            }
        }
        let read = |format: &&String| !format.is_empty() && *format != FLIGHTS;
        let formats = total.keys().filter(read);
        let elements = formats.map(|format| {
            let own = count::elements(grant.profile(), format).collect();
            (format.clone(), own)
        });
        Ok(Quality {
            from,
            to,
            elements: elements.collect(),
            total,
            trend: trend.into_iter().collect(),
            weekly,
        })
    }

    /// The counts of yesterday and today of every carrier and recipient: for whoever watches the
    /// machine.
    pub fn quality_now(&self) -> Result<Vec<(QualityKey, Figures)>, AppError> {
        let today = day(self.now());
        let rows = |tx: &mut Tx<'_>| tx.quality_of_days(today.saturating_sub(1), today + 1);
        Ok(self.core.store.read(rows)?)
    }
}

/// Whose a message is: the carrier's that brought it, or, where somebody brings it for others or
/// nobody is known by the way it came, the one's that flies.
pub(crate) fn whose<'a>(
    registry: &'a Registry,
    brought: Option<&'a Arc<Enrolled>>,
    flown: Option<Carrier>,
) -> Option<&'a Enrolled> {
    let flies = flown.and_then(|carrier| registry.flying(carrier.as_str()));
    match brought {
        Some(carrier) if !carrier.row.for_others => Some(carrier),
        other => flies.or(other).map(|it| &**it),
    }
}

/// Counts of flights, by whose they are and the day of departure, and whose cannot be counted any
/// more because a record of that day is gone.
#[derive(Default)]
pub(crate) struct Flown {
    counts: BTreeMap<QualityKey, Figures>,
    gone: BTreeSet<QualityKey>,
}

impl Flown {
    /// Adds what is known of flights to one recipient; `tx` says how many travel on each.
    pub(crate) fn add(
        &mut self,
        tx: &mut Tx<'_>,
        registry: &Registry,
        compartment: &str,
        flights: &[ExpectedFlight],
        now: Timestamp,
    ) -> Result<(), AppError> {
        let today = day(now);
        let key = |carrier: &str, departs_at: Timestamp| {
            let on = day(departs_at);
            let live = |it: &&Arc<Enrolled>| it.row.status == CarrierStatus::Live;
            let own = registry.flying(carrier).filter(live)?;
            (today.saturating_sub(1)..=today)
                .contains(&on)
                .then(|| QualityKey {
                    compartment: compartment.to_owned(),
                    handle: own.row.handle.clone(),
                    day: on,
                    format: FLIGHTS.to_owned(),
                })
        };
        for flight in flights {
            let Some(key) = key(&flight.carrier, flight.departs_at) else {
                continue;
            };
            if flight.gone {
                self.gone.insert(key);
                continue;
            }
            let figures = self.counts.entry(key).or_default();
            figures.add("flights", 1);
            figures.add("cancelled", u64::from(flight.plan == Plan::Cancelled));
            figures.add("unplanned", u64::from(flight.plan == Plan::Unplanned));
            for push in &flight.pushes {
                let state = match push.state {
                    PushState::Awaited => continue,
                    _ if push.excused => "excused",
                    state => state.name(),
                };
                figures.add(&format!("{state}.{}", push.name), 1);
            }
        }
        let yesterday = now - 48.hours();
        for journey in tx.told_list(compartment, yesterday, now + 24.hours())? {
            let Some(key) = key(&journey.carrier, journey.departs_at) else {
                continue;
            };
            let told = journey.told;
            let figures = self.counts.entry(key).or_default();
            figures.add("told", 1);
            figures.add("messages", journey.messages);
            figures.add("lists", told.lists);
            figures.add("bookings", told.bookings);
            // Where only one kind is sent there is nothing to hold it against.
            if told.lists > 0 && told.bookings > 0 {
                figures.add("compared", 1);
                figures.add("lists_alone", told.lists_alone);
                figures.add("bookings_alone", told.bookings_alone);
            }
            if told.boarded > 0 {
                figures.add("closed", 1);
                figures.add("boarded", told.boarded);
                figures.add("boarded_alone", told.boarded_alone);
            }
        }
        Ok(())
    }
}

impl Core {
    /// Keeps counts of flights where they are other than those that are kept.
    pub(crate) fn put_flown(&self, flown: Flown, now: Timestamp) -> Result<(), AppError> {
        let Flown { mut counts, gone } = flown;
        counts.retain(|key, _| !gone.contains(key));
        let today = day(now);
        let known = self
            .store
            .read(|tx| tx.quality_of_days(today.saturating_sub(1), today + 1))?;
        for (key, figures) in known {
            if counts.get(&key) == Some(&figures) {
                counts.remove(&key);
            }
        }
        if counts.is_empty() {
            return Ok(());
        }
        self.store.write(|tx| {
            tx.housekeeping();
            tx.quality_set(&counts)?;
            tx.quality_forget(today.saturating_sub(KEPT))?;
            Ok::<_, AppError>(())
        })
    }
}

/// Days from one to another, both counted.
fn days_between(from: Date, to: Date) -> Option<u32> {
    let between = from.until(to).ok()?.get_days();
    u32::try_from(between).ok()?.checked_add(1)
}

fn number(date: Date) -> Day {
    let at = date.to_zoned(TimeZone::UTC).map(|at| at.timestamp());
    day(at.unwrap_or_default())
}

fn date(of: Day) -> Date {
    let at = Timestamp::from_second(i64::from(of) * 86_400).unwrap_or_default();
    at.to_zoned(TimeZone::UTC).date()
}

fn monday(of: Date) -> Date {
    let back = of.weekday().since(Weekday::Monday);
    of.saturating_sub(i64::from(back).days())
}
