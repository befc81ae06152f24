//! Messages by way in and by what became of them: whoever watches the machine sees a way in fall
//! silent, or a sender begin to be refused.
//!
//! - Invariants: counted after the commit, so that nothing counts twice; counts alone; bounded.
//!   Counts begin with the program.

use crate::{App, Channel, Receipt};
use oriel_model::Text;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Ways in that are told apart; each carrier's account is one.
const MOST: usize = 2_000;

/// The counts of this program since it began.
#[derive(Default)]
pub(crate) struct Traffic(Mutex<BTreeMap<(Text, &'static str), u64>>);

impl Traffic {
    /// Adds what became of a transmission that came by `channel`.
    pub(crate) fn add(&self, channel: &Channel, receipt: &Receipt) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for message in &receipt.messages {
            let mut key = (channel.0.clone(), message.status.name());
            if counts.len() >= MOST && !counts.contains_key(&key) {
                key.0 = "other".into();
            }
            *counts.entry(key).or_default() += 1;
        }
    }
}

impl App {
    /// Messages since the program began: way in, what became of them, how many.
    pub fn traffic(&self) -> Vec<(Text, &'static str, u64)> {
        let counts = self.core.traffic.0.lock();
        let counts = counts.unwrap_or_else(PoisonError::into_inner);
        let row =
            |((channel, status), n): (&(Text, &'static str), &u64)| (channel.clone(), *status, *n);
        counts.iter().map(row).collect()
    }
}
