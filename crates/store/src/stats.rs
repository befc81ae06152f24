//! Figures, and the digest by which two stores are compared.

use crate::{StoreError, Tx};
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

/// Everything that is a function of the messages, lists and decisions: no receipt times, no
/// numbers of commit. A hit that came and went between two messages before anybody reviewed it is
/// history, like the hour of a receipt.
const STATE: &[&str] = &[
    "SELECT key, kind, version, function, sender, recipient, reference, sent, service, bytes,
        findings FROM message ORDER BY key",
    "SELECT key, size, sender, kind, findings FROM refusal ORDER BY key",
    "SELECT id, carrier, number, from_place, to_place, departs, arrives, departs_at, arrives_at,
        direction, state, travellers, screened FROM journey ORDER BY id",
    "SELECT journey.id, message.key, report.data FROM report
        JOIN journey ON journey.n = report.journey JOIN message ON message.n = report.message
        ORDER BY journey.id, message.key",
    "SELECT journey.id, traveller.id, traveller.digest, traveller.presence FROM traveller
        JOIN journey ON journey.n = traveller.journey ORDER BY journey.id, traveller.id",
    "SELECT key FROM booking ORDER BY key",
    "SELECT id, traveller, list, entry, score, severity, open, data, review, reviewed FROM hit
        WHERE open = 1 OR review <> '' ORDER BY id",
    "SELECT id, severity, state, act_by, summary, owner FROM review_case
        WHERE state <> 'withdrawn' ORDER BY id",
    "SELECT id, name, owner, legal_basis, active FROM list ORDER BY id",
    "SELECT list, version, entry, data FROM list_entry ORDER BY list, version, entry",
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
    /// and however often, hold the same lists and saw the same decisions.
    pub fn state_digest(&mut self) -> Result<[u8; 32], StoreError> {
        let mut digest = Sha256::new();
        for (table, sql) in STATE.iter().enumerate() {
            digest.update([table as u8]);
            self.db.query(sql, &[], &mut |row| {
                row.absorb(&mut |bytes| {
                    digest.update((bytes.len() as u64).to_be_bytes());
                    digest.update(bytes);
                })
            })?;
        }
        Ok(digest.finalize().into())
    }
}
