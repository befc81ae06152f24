//! How well carriers send, in counts that outlast the records.
//!
//! - Source: R-ING-14, R-CAR-02; what is counted is said in `oriel-app`.
//! - Invariants: no person stands in a count; what arrives is counted in the transaction that keeps
//!   it; a day of one carrier and format is one row, whatever came.

use crate::db::{Insert, Value};
use crate::message::instant;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use oriel_policy::Day;
use std::collections::BTreeMap;

/// Counts by name. Which names there are is the caller's to say; they are few, and have no blank or
/// `=` in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures(pub BTreeMap<String, u64>);

impl Figures {
    /// Adds to a count.
    pub fn add(&mut self, name: &str, more: u64) {
        if more == 0 {
            return;
        }
        match self.0.get_mut(name) {
            Some(count) => *count += more,
            None => {
                self.0.insert(name.to_owned(), more);
            }
        }
    }

    /// Adds every count of another.
    pub fn add_all(&mut self, other: &Self) {
        for (name, more) in &other.0 {
            self.add(name, *more);
        }
    }

    /// A count; none where it was never added to.
    pub fn get(&self, name: &str) -> u64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    /// Counts whose names begin so, by the rest of the name.
    pub fn under<'a>(&'a self, start: &'a str) -> impl Iterator<Item = (&'a str, u64)> {
        let rest =
            move |(name, count): (&'a String, &u64)| Some((name.strip_prefix(start)?, *count));
        self.0.iter().filter_map(rest)
    }
}

/// Whose counts, of which day and format.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct QualityKey {
    /// The recipient.
    pub compartment: String,
    /// The carrier's short name.
    pub handle: String,
    /// UTC day: of receipt for messages, of departure for flights.
    pub day: Day,
    /// Format of messages, or what the caller calls the counts of flights.
    pub format: String,
}

/// How many passengers travel on one journey, by what spoke of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToldOf {
    /// In passenger lists.
    pub lists: u64,
    /// In bookings.
    pub bookings: u64,
    /// On board, by the close-out.
    pub boarded: u64,
    /// In lists and in no booking.
    pub lists_alone: u64,
    /// In bookings and in no list.
    pub bookings_alone: u64,
    /// On board, and named neither in a list nor in a booking before.
    pub boarded_alone: u64,
}

/// A journey with how many travel on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyTold {
    /// Carrier that flies it.
    pub carrier: String,
    /// Departure, UTC.
    pub departs_at: Timestamp,
    /// Messages about it.
    pub messages: u64,
    /// The counts.
    pub told: ToldOf,
}

const QUALITY: Insert = Insert {
    table: "quality",
    columns: &["compartment", "handle", "day", "format", "figures"],
    conflict: "ON CONFLICT (compartment, handle, day, format) DO UPDATE SET
        figures = excluded.figures",
};

const TOLD: Insert = Insert {
    table: "told_of",
    columns: &[
        "journey",
        "lists",
        "bookings",
        "boarded",
        "lists_alone",
        "bookings_alone",
        "boarded_alone",
    ],
    conflict: "ON CONFLICT (journey) DO UPDATE SET lists = excluded.lists,
        bookings = excluded.bookings, boarded = excluded.boarded,
        lists_alone = excluded.lists_alone, bookings_alone = excluded.bookings_alone,
        boarded_alone = excluded.boarded_alone",
};

impl Tx<'_> {
    /// Adds counts to those of their day.
    pub fn quality_add(&mut self, more: &BTreeMap<QualityKey, Figures>) -> Result<(), StoreError> {
        let mut sums = Vec::with_capacity(more.len());
        for (key, figures) in more {
            let mut sum = self.quality_one(key)?.unwrap_or_default();
            sum.add_all(figures);
            sums.push((key, sum));
        }
        self.quality_put(&sums)
    }

    /// Puts counts in the place of those of their day.
    pub fn quality_set(
        &mut self,
        counts: &BTreeMap<QualityKey, Figures>,
    ) -> Result<(), StoreError> {
        let all: Vec<_> = counts
            .iter()
            .map(|(key, figures)| (key, figures.clone()))
            .collect();
        self.quality_put(&all)
    }

    fn quality_put(&mut self, rows: &[(&QualityKey, Figures)]) -> Result<(), StoreError> {
        let texts: Vec<String> = rows.iter().map(|(_, figures)| text(figures)).collect();
        let values: Vec<Value<'_>> = rows
            .iter()
            .zip(&texts)
            .flat_map(|((key, _), text)| {
                [
                    Value::Text(&key.compartment),
                    Value::Text(&key.handle),
                    Value::Int(i64::from(key.day)),
                    Value::Text(&key.format),
                    Value::Text(text),
                ]
            })
            .collect();
        if values.is_empty() {
            return Ok(());
        }
        self.db.insert_many(&QUALITY, &values)
    }

    fn quality_one(&mut self, key: &QualityKey) -> Result<Option<Figures>, StoreError> {
        let mut found = None;
        let sql = "SELECT figures FROM quality
            WHERE compartment = $1 AND handle = $2 AND day = $3 AND format = $4";
        let values = [
            Value::Text(&key.compartment),
            Value::Text(&key.handle),
            Value::Int(i64::from(key.day)),
            Value::Text(&key.format),
        ];
        self.db.query(sql, &values, &mut |row| {
            found = Some(figures(row.text(0)?)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Counts of one carrier on behalf of a recipient, from one day up to before another.
    pub fn quality_list(
        &mut self,
        compartment: &str,
        handle: &str,
        from: Day,
        until: Day,
    ) -> Result<Vec<(QualityKey, Figures)>, StoreError> {
        self.qualities(
            "compartment = $1 AND handle = $2 AND day >= $3 AND day < $4",
            &[
                Value::Text(compartment),
                Value::Text(handle),
                Value::Int(i64::from(from)),
                Value::Int(i64::from(until)),
            ],
        )
    }

    /// Counts of every carrier and recipient, from one day up to before another.
    pub fn quality_of_days(
        &mut self,
        from: Day,
        until: Day,
    ) -> Result<Vec<(QualityKey, Figures)>, StoreError> {
        let values = [Value::Int(i64::from(from)), Value::Int(i64::from(until))];
        self.qualities("day >= $1 AND day < $2", &values)
    }

    fn qualities(
        &mut self,
        which: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<(QualityKey, Figures)>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!(
            "SELECT compartment, handle, day, format, figures FROM quality WHERE {which}
             ORDER BY compartment, handle, day, format"
        );
        self.db.query(&sql, values, &mut |row| {
            let key = QualityKey {
                compartment: row.text(0)?.to_owned(),
                handle: row.text(1)?.to_owned(),
                day: Day::try_from(row.int(2)?).map_err(|_| damaged())?,
                format: row.text(3)?.to_owned(),
            };
            rows.push((key, figures(row.text(4)?)?));
            Ok(())
        })?;
        Ok(rows)
    }

    /// Forgets counts of days before `day`.
    pub fn quality_forget(&mut self, day: Day) -> Result<u64, StoreError> {
        let values = [Value::Int(i64::from(day))];
        self.db
            .execute("DELETE FROM quality WHERE day < $1", &values)
    }

    /// Keeps how many travel on journeys, each by its number.
    pub fn told_put(&mut self, told: &BTreeMap<i64, ToldOf>) -> Result<(), StoreError> {
        let count = |count: u64| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
        let values: Vec<Value<'_>> = told
            .iter()
            .flat_map(|(journey, told)| {
                [
                    Value::Int(*journey),
                    count(told.lists),
                    count(told.bookings),
                    count(told.boarded),
                    count(told.lists_alone),
                    count(told.bookings_alone),
                    count(told.boarded_alone),
                ]
            })
            .collect();
        if values.is_empty() {
            return Ok(());
        }
        self.db.insert_many(&TOLD, &values)
    }

    /// The journeys of a recipient that depart between two instants, with how many travel on each.
    /// Those whose record is gone are not among them.
    pub fn told_list(
        &mut self,
        compartment: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<JourneyTold>, StoreError> {
        let mut rows = Vec::new();
        self.db.query(
            "SELECT journey.carrier, journey.departs_at, lists, bookings, boarded, lists_alone,
                bookings_alone, boarded_alone,
                (SELECT count(*) FROM report WHERE report.journey = journey.n)
             FROM journey JOIN told_of ON told_of.journey = journey.n
             WHERE journey.compartment = $1 AND journey.departs_at BETWEEN $2 AND $3
                AND journey.retention = 'whole'",
            &[
                Value::Text(compartment),
                Value::Int(from.as_microsecond()),
                Value::Int(to.as_microsecond()),
            ],
            &mut |row| {
                let count = |column| u64::try_from(row.int(column)?).map_err(|_| damaged());
                rows.push(JourneyTold {
                    carrier: row.text(0)?.to_owned(),
                    departs_at: instant(row.int(1)?)?,
                    told: ToldOf {
                        lists: count(2)?,
                        bookings: count(3)?,
                        boarded: count(4)?,
                        lists_alone: count(5)?,
                        bookings_alone: count(6)?,
                        boarded_alone: count(7)?,
                    },
                    messages: count(8)?,
                });
                Ok(())
            },
        )?;
        Ok(rows)
    }
}

/// `name=count`, blanks between.
fn text(figures: &Figures) -> String {
    let words = figures
        .0
        .iter()
        .map(|(name, count)| format!("{name}={count}"));
    words.collect::<Vec<_>>().join(" ")
}

fn figures(text: &str) -> Result<Figures, StoreError> {
    let word = |word: &str| {
        let (name, count) = word.split_once('=')?;
        Some((name.to_owned(), count.parse().ok()?))
    };
    let read = text
        .split_ascii_whitespace()
        .map(word)
        .collect::<Option<_>>();
    read.map(Figures).ok_or_else(damaged)
}

fn damaged() -> StoreError {
    StoreError::damaged("how well a carrier sends")
}
