//! Figures, and the digest by which two stores are compared.

use crate::db::Value;
use crate::message::instant;
use crate::seal::Kind;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// What the store holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Messages received: accepted and refused.
    pub messages: i64,
    /// Messages accepted.
    pub accepted: i64,
    /// Messages refused.
    pub refused: i64,
    /// Travellers, each once a journey.
    pub travellers: i64,
    /// Traveller records in the messages accepted.
    pub traveller_records: i64,
    /// Bookings, each once.
    pub bookings: i64,
    /// Journeys.
    pub journeys: i64,
    /// Findings that are errors, in accepted messages.
    pub errors: i64,
    /// Findings that are warnings, in accepted messages.
    pub warnings: i64,
    /// Hits found and not withdrawn.
    pub hits: i64,
    /// Hits that at least one person has decided.
    pub decisions: i64,
    /// Audit events.
    pub events: i64,
}

/// Everything in clear that is a function of the messages, lists and decisions: no receipt times,
/// no numbers of commit, no digest that depends on keys. A hit that came and went between two
/// messages before anybody reviewed it is history, like the hour of a receipt.
const STATE: &[&str] = &[
    "SELECT key, kind, version, function, sender, recipient, reference, sent, service, findings
        FROM message ORDER BY key",
    "SELECT key, size, sender, kind, findings FROM refusal ORDER BY key",
    "SELECT id, name, owner, legal_basis, active FROM list ORDER BY id",
    "SELECT count(*) FROM booking",
];

/// The same of one journey.
const JOURNEY_STATE: &[&str] = &[
    "SELECT id, compartment, carrier, number, from_place, to_place, departs, arrives, departs_at,
        arrives_at, direction, state, travellers, screened, retention, mode, vehicle
        FROM journey WHERE n = $1",
    "SELECT id, presence FROM traveller WHERE journey = $1 ORDER BY id",
    "SELECT id, traveller, list, entry, score, severity, open, reviewed FROM hit
        WHERE journey = $1 AND (open = 1 OR reviewed <> 'open') ORDER BY id",
    "SELECT id, severity, state, act_by, owner FROM review_case
        WHERE journey = $1 AND state <> 'withdrawn' ORDER BY id",
];

/// What is sealed of one journey: kind, and a query for the place below the kind and the value.
/// The journey's own identifier stands before the place of a report.
const JOURNEY_SEALED: &[(Kind, &str)] = &[
    (
        Kind::Report,
        "SELECT message.key, report.data FROM report JOIN message ON message.n = report.message
            WHERE report.journey = $1 ORDER BY message.key",
    ),
    (
        Kind::Hit,
        "SELECT id, data FROM hit
            WHERE journey = $1 AND (open = 1 OR reviewed <> 'open') ORDER BY id",
    ),
    (
        Kind::Review,
        "SELECT id, review FROM hit WHERE journey = $1 AND reviewed <> 'open' ORDER BY id",
    ),
    (
        Kind::Summary,
        "SELECT id, summary FROM review_case
            WHERE journey = $1 AND state <> 'withdrawn' ORDER BY id",
    ),
];

impl Tx<'_> {
    /// Counts what the store holds.
    pub fn stats(&mut self) -> Result<Stats, StoreError> {
        let mut n = [0; 11];
        self.db.query(
            "SELECT (SELECT count(*) FROM message), (SELECT count(*) FROM refusal),
                (SELECT count(*) FROM traveller),
                (SELECT coalesce(sum(travellers), 0) FROM message),
                (SELECT count(*) FROM booking), (SELECT count(*) FROM journey),
                (SELECT coalesce(sum(errors), 0) FROM message),
                (SELECT coalesce(sum(warnings), 0) FROM message),
                (SELECT count(*) FROM hit WHERE open = 1),
                (SELECT count(*) FROM hit WHERE reviewed <> 'open'),
                (SELECT count(*) FROM audit)",
            &[],
            &mut |row| {
                for (column, count) in n.iter_mut().enumerate() {
                    *count = row.int(column)?;
                }
                Ok(())
            },
        )?;
        let [
            accepted,
            refused,
            travellers,
            traveller_records,
            bookings,
            journeys,
            errors,
            warnings,
            hits,
            decisions,
            events,
        ] = n;
        Ok(Stats {
            messages: accepted + refused,
            accepted,
            refused,
            travellers,
            traveller_records,
            bookings,
            journeys,
            errors,
            warnings,
            hits,
            decisions,
            events,
        })
    }

    /// Digest of the state: equal on two stores that received the same messages, in whatever order
    /// and however often, hold the same lists and saw the same decisions, under whatever keys.
    pub fn state_digest(&mut self) -> Result<[u8; 32], StoreError> {
        let mut digest = Sha256::new();
        for sql in STATE {
            self.absorb(&mut digest, sql, &[])?;
        }
        for journey in self.journey_all()? {
            for sql in JOURNEY_STATE {
                self.absorb(&mut digest, sql, &[Value::Int(journey.n)])?;
            }
            let seal = self.seal_of(&journey)?;
            for (kind, sql) in JOURNEY_SEALED {
                self.db.query(sql, &[Value::Int(journey.n)], &mut |row| {
                    let mut place: Vec<&[u8]> = vec![row.blob(0)?];
                    if matches!(kind, Kind::Report) {
                        place.insert(0, journey.id.bytes());
                    }
                    part(&mut digest, row.blob(0)?);
                    part(&mut digest, &seal.take(*kind, &place, row.blob(1)?)?);
                    Ok(())
                })?;
            }
        }
        self.absorb_originals(&mut digest)?;
        for list in self.list_versions()? {
            self.list_entries(&list.list, &list.version, |entry| {
                part(&mut digest, entry.as_bytes());
                Ok::<_, StoreError>(())
            })?;
        }
        Ok(digest.finalize().into())
    }

    fn absorb(
        &mut self,
        digest: &mut Sha256,
        sql: &str,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        digest.update(b"table");
        self.db
            .query(sql, values, &mut |row| row.absorb(&mut |b| part(digest, b)))
    }

    /// The bytes of every message, for every recipient.
    fn absorb_originals(&mut self, digest: &mut Sha256) -> Result<(), StoreError> {
        let mut places: Vec<(i64, String, Timestamp)> = Vec::new();
        self.db.query(
            "SELECT original.message, original.compartment, original.anchor FROM original
             JOIN message ON message.n = original.message
             ORDER BY message.key, original.compartment",
            &[],
            &mut |row| {
                places.push((row.int(0)?, row.text(1)?.to_owned(), instant(row.int(2)?)?));
                Ok(())
            },
        )?;
        for (message, compartment, anchor) in places {
            let seal = self.seal_of_original(&compartment, anchor)?;
            part(digest, compartment.as_bytes());
            self.db.query(
                "SELECT message.key, original.data FROM original
                 JOIN message ON message.n = original.message
                 WHERE original.message = $1 AND original.compartment = $2",
                &[Value::Int(message), Value::Text(&compartment)],
                &mut |row| {
                    let bytes = seal.take(Kind::Original, &[row.blob(0)?], row.blob(1)?)?;
                    part(digest, &bytes);
                    Ok(())
                },
            )?;
        }
        Ok(())
    }
}

fn part(digest: &mut Sha256, bytes: &[u8]) {
    digest.update((bytes.len() as u64).to_be_bytes());
    digest.update(bytes);
}
