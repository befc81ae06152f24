//! Counts for the statistics of the law: no person in them, so they outlast the records.
//!
//! - Source: R-STA-01, R-STA-02.
//! - Invariant: a count changes in the transaction of what is counted, or not at all; a transaction
//!   that counts the same thing often writes it once.

use crate::db::{Insert, Value};
use crate::{StoreError, Tx};
use oriel_policy::audit::Event;
use oriel_policy::figures::{self, Measure};
use oriel_policy::{Day, day};
use std::collections::BTreeMap;

const COUNTS: Insert = Insert {
    table: "statistic",
    columns: &["day", "compartment", "mode", "measure", "part", "count"],
    conflict: "ON CONFLICT (day, compartment, mode, measure, part) DO UPDATE SET
        count = statistic.count + excluded.count",
};

/// Day, recipient, measure, part.
type Key = (Day, String, Measure, String);

/// What a transaction has counted.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<Key, i64>);

/// One count: of a day, a measure and a part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// UTC day.
    pub day: Day,
    /// Name of the measure.
    pub measure: String,
    /// Such as a list; blank where the measure has no parts.
    pub part: String,
    /// How many.
    pub count: i64,
}

impl Tx<'_> {
    /// Counts `more` for a recipient; fewer than none where something turned out not to be.
    pub fn count(&mut self, on: Day, compartment: &str, measure: Measure, part: &str, more: i64) {
        let key = (on, compartment.to_owned(), measure, part.to_owned());
        *self.tally.0.entry(key).or_default() += more;
    }

    /// Counts what events say.
    pub(crate) fn count_events(&mut self, events: &[Event]) {
        for event in events {
            let record = event.record();
            for (measure, part, more) in figures::of(&record) {
                self.count(day(record.at), record.compartment, measure, part, more);
            }
        }
    }

    /// Before the commit: writes what was counted.
    pub(crate) fn count_settle(&mut self) -> Result<(), StoreError> {
        let Tally(counts) = std::mem::take(&mut self.tally);
        let values: Vec<Value<'_>> = counts
            .iter()
            .filter(|(_, more)| **more != 0)
            .flat_map(|((on, compartment, measure, part), more)| {
                // What is parted by means of transport has a column of its own.
                let (mode, part) = match measure.by() {
                    "mode" => (part.as_str(), ""),
                    _ => ("", part.as_str()),
                };
                [
                    Value::Int(i64::from(*on)),
                    Value::Text(compartment),
                    Value::Text(mode),
                    Value::Text(measure.name()),
                    Value::Text(part),
                    Value::Int(*more),
                ]
            })
            .collect();
        if values.is_empty() {
            return Ok(());
        }
        self.db.insert_many(&COUNTS, &values)
    }

    /// Counts of a recipient, and of the whole installation, from one day up to another.
    pub fn count_list(
        &mut self,
        compartment: &str,
        from: Day,
        until: Day,
    ) -> Result<Vec<Count>, StoreError> {
        let mut counts = Vec::new();
        self.db.query(
            "SELECT day, measure, mode, part, count FROM statistic
             WHERE day >= $1 AND day < $2 AND (compartment = $3 OR compartment = '')
             ORDER BY day, measure, mode, part",
            &[
                Value::Int(i64::from(from)),
                Value::Int(i64::from(until)),
                Value::Text(compartment),
            ],
            &mut |row| {
                let (mode, part) = (row.text(2)?, row.text(3)?);
                counts.push(Count {
                    day: Day::try_from(row.int(0)?)
                        .map_err(|_| StoreError::damaged("a statistic"))?,
                    measure: row.text(1)?.to_owned(),
                    part: if mode.is_empty() { part } else { mode }.to_owned(),
                    count: row.int(4)?,
                });
                Ok(())
            },
        )?;
        Ok(counts)
    }
}
