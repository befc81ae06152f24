//! Makes the audit log of a busy month, to measure how long its proof takes.
//!
//! `cargo run --release -p oriel-store --example audit_month -- DIR EVENTS`, then
//! `oriel audit verify --data DIR`. The events are invented; a key made for the run signs.

use jiff::{SignedDuration, Timestamp};
use oriel_policy::audit::{Deed, Event, Signer};
use oriel_store::{Store, StoreError};
use ring::signature::{Ed25519KeyPair, KeyPair};
use std::sync::Arc;
use std::time::Instant;

/// Events in one transaction, as under load.
const BATCH: i64 = 512;

struct Pen(Ed25519KeyPair);

impl Signer for Pen {
    fn public_key(&self) -> [u8; 32] {
        let key = self.0.public_key().as_ref();
        key.try_into().expect("a public key has 32 bytes")
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature = self.0.sign(message);
        let bytes = signature.as_ref();
        bytes.try_into().expect("a signature has 64 bytes")
    }
}

fn main() -> Result<(), StoreError> {
    let mut words = std::env::args().skip(1);
    let place = words.next().unwrap_or_else(|| "audit-month".to_owned());
    let events = words.next().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let key = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("any seed is a key");
    let store = Store::create(&place, None)?.signed_by(Arc::new(Pen(key)));
    // A month has 2.6 million seconds.
    let step = SignedDuration::from_secs(30 * 86_400) / i32::try_from(events).unwrap_or(i32::MAX);
    let mut at: Timestamp = "2026-11-01T00:00:00Z".parse().expect("an instant");
    let began = Instant::now();
    let mut n = 0;
    while n < events {
        let batch: Vec<Event> = (n..events.min(n + BATCH))
            .map(|n| {
                at += step;
                let detail = format!("ok type=PAXLST travellers={}", n % 240);
                let object = format!("msg_{n:026}");
                Event::system(at, Deed::MessageAccept, object, detail)
            })
            .collect();
        n += batch.len() as i64;
        store.write(|tx| tx.audit_append(&batch))?;
    }
    store.checkpoint()?;
    let seconds = began.elapsed().as_secs_f64();
    let each = seconds * 1e6 / events as f64;
    #[expect(clippy::print_stderr, reason = "the figure is what it is for")]
    {
        eprintln!("{events} events in {seconds:.1} s, {each:.1} microseconds each");
    }
    Ok(())
}
