//! What overseers write, and what they have to know about duties left undone.
//!
//! - Source: R-DPO-04, R-RET-05, R-RET-11.
//! - Invariant: an answer is an event of the log; only the text that goes with it lies here, sealed,
//!   under the number of that event, and it goes when the event goes.

use crate::db::Value;
use crate::message::instant;
use crate::seal::Kind;
use crate::{StoreError, SweepRun, Tx};
use jiff::Timestamp;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant};

impl Tx<'_> {
    /// Appends an answer to an item, with the text that was written to it.
    pub fn oversight_answer(
        &mut self,
        grant: &Grant,
        object: String,
        detail: String,
        text: &str,
    ) -> Result<(), StoreError> {
        self.admit(grant, &[Act::OversightAnswer])?;
        self.audit_append(&[Event::granted(grant, object, detail)])?;
        if text.is_empty() {
            return Ok(());
        }
        let (event, _) = self.audit_head()?;
        let place = event.to_be_bytes();
        let seal = self.seal_of_notes(grant.compartment())?;
        let sealed = seal.put(Kind::Note, &[&place], text.as_bytes())?;
        self.db.execute(
            "INSERT INTO oversight_note (event, compartment, text) VALUES ($1, $2, $3)",
            &[
                Value::Int(event as i64),
                Value::Text(grant.compartment()),
                Value::Blob(&sealed),
            ],
        )?;
        Ok(())
    }

    /// The text written with the answer that is event number `event`; blank where there is none.
    pub fn oversight_note(&mut self, grant: &Grant, event: u64) -> Result<String, StoreError> {
        self.admit(grant, &[Act::OversightRead])?;
        let seal = self.seal_of_notes(grant.compartment())?;
        let mut text = String::new();
        self.db.query(
            "SELECT text FROM oversight_note WHERE event = $1 AND compartment = $2",
            &[Value::Int(event as i64), Value::Text(grant.compartment())],
            &mut |row| {
                text = seal.take_text(Kind::Note, &[&event.to_be_bytes()], row.blob(0)?)?;
                Ok(())
            },
        )?;
        Ok(text)
    }

    /// How many pieces of evidence in force should have been looked at again before `now`.
    pub fn evidence_overdue(
        &mut self,
        compartment: &str,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut count = 0;
        self.db.query(
            "SELECT count(*) FROM evidence JOIN journey ON journey.n = evidence.journey
             WHERE evidence.lifted_at IS NULL AND evidence.review_at <= $1
                AND journey.compartment = $2",
            &[Value::Int(now.as_microsecond()), Value::Text(compartment)],
            &mut |row| {
                count = row.int(0)?.unsigned_abs();
                Ok(())
            },
        )?;
        Ok(count)
    }

    /// Newest runs of the sweep of a recipient, newest first.
    pub fn sweep_newest(
        &mut self,
        compartment: &str,
        limit: i64,
    ) -> Result<Vec<SweepRun>, StoreError> {
        let mut runs = Vec::new();
        self.db.query(
            "SELECT at, profile, step, counts FROM sweep_run
             WHERE compartment = $1 ORDER BY n DESC LIMIT $2",
            &[Value::Text(compartment), Value::Int(limit)],
            &mut |row| {
                runs.push(SweepRun {
                    at: instant(row.int(0)?)?,
                    compartment: compartment.to_owned(),
                    profile: row.text(1)?.to_owned(),
                    step: row.text(2)?.to_owned(),
                    counts: row.text(3)?.to_owned(),
                });
                Ok(())
            },
        )?;
        Ok(runs)
    }
}
