//! What carriers saw: counts and latencies, in all and by way in.

use crate::link::{Settled, Status};
use serde::Serialize;
use std::collections::BTreeMap;

/// Latencies in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Millis {
    /// Half of the answers came within.
    pub p50: f64,
    /// 95 of a hundred.
    pub p95: f64,
    /// 99 of a hundred.
    pub p99: f64,
    /// All.
    pub most: f64,
}

/// What was counted.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Count {
    /// Transmissions that were to be sent.
    pub transmissions: u64,
    /// Of these: accepted, in whole or in part.
    pub accepted: u64,
    /// Kept before, as the first word that was heard of it.
    pub duplicate: u64,
    /// Refused for good.
    pub refused: u64,
    /// Signed for, without a word on what became of it.
    pub signed: u64,
    /// Nothing for good was heard.
    pub unanswered: u64,
    /// Messages in them that were accepted, duplicate, refused, where that was told.
    pub messages: [u64; 3],
    /// Codes of what was found in refused messages.
    pub reasons: BTreeMap<String, u64>,
    /// Answers in the carriers' formats.
    pub answers: u64,
    /// Tries, in all.
    pub tries: u64,
    /// Of these: answered with *later*.
    pub later: u64,
    /// The connection broke, or did not come about.
    pub broken: u64,
    /// No answer within the carrier's patience.
    pub timed_out: u64,
    /// Broken off by the carrier before it was answered.
    pub broken_off: u64,
    /// Sent by another way, because the usual one did not answer or cannot carry it.
    pub other_way: u64,
    /// Questions that were told as lists in the end, because nobody answered.
    pub batched: u64,
    /// Own identity not taken.
    pub not_known: u64,
    /// Sent once more after it was settled.
    pub repeats: u64,
    /// Of these: answered as they were before, or as a duplicate.
    pub repeats_known: u64,
    /// Sent under an identity that nobody knows.
    pub strangers: u64,
    /// Of these: turned away.
    pub strangers_turned_away: u64,
    /// Certificates that were shown and must not count.
    pub wrong_certificates: u64,
    /// Of these: refused.
    pub wrong_certificates_refused: u64,
    /// What was wrong with them, and what was said.
    pub certificates: BTreeMap<String, u64>,
    /// Accepted a second time, which nothing may be.
    pub accepted_twice: u64,
    /// From the beginning of a try to its answer.
    pub millis: Millis,
    #[serde(skip)]
    answered: Vec<f32>,
}

impl Count {
    /// Everything that was to be sent and is settled, or is not.
    pub fn ended(&self) -> u64 {
        self.accepted + self.duplicate + self.refused + self.signed + self.unanswered
    }

    /// Whether what was seen is what the window promises: everything was settled, nothing twice, and
    /// nobody came in who is not known.
    pub fn is_well(&self) -> bool {
        self.ended() == self.transmissions
            && self.unanswered == 0
            && self.accepted_twice == 0
            && self.not_known == 0
            && self.strangers == self.strangers_turned_away
            && self.wrong_certificates == self.wrong_certificates_refused
            && self.repeats == self.repeats_known
    }

    pub(crate) fn settled(&mut self, settled: &Settled) {
        match settled.status {
            Status::Accepted => self.accepted += 1,
            Status::Duplicate => self.duplicate += 1,
            Status::Refused => self.refused += 1,
            Status::Signed => self.signed += 1,
        }
        for (sum, one) in self.messages.iter_mut().zip(settled.messages) {
            *sum += one;
        }
        for reason in &settled.reasons {
            *self.reasons.entry(reason.clone()).or_default() += 1;
        }
        self.answers += settled.answers;
    }

    pub(crate) fn answered(&mut self, millis: f32) {
        self.answered.push(millis);
    }

    fn finish(&mut self) {
        self.answered.sort_by(f32::total_cmp);
        let at = |share: f64| {
            let last = self.answered.len().saturating_sub(1) as f64;
            let found = self.answered.get((last * share) as usize);
            found.copied().map_or(0.0, f64::from)
        };
        self.millis = Millis {
            p50: at(0.5),
            p95: at(0.95),
            p99: at(0.99),
            most: at(1.0),
        };
    }
}

/// What all of them saw.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// In all.
    #[serde(flatten)]
    pub all: Count,
    /// By way in; each transmission counts where it was settled.
    pub ways: BTreeMap<&'static str, Count>,
    /// Carriers.
    pub carriers: usize,
    /// The most that were connected at a time.
    pub connected: usize,
    /// Notices that came by themselves.
    pub notices: u64,
    /// From the first try to the end.
    pub seconds: f64,
}

impl Report {
    /// Counts in all and for a way.
    pub(crate) fn count(&mut self, way: &'static str, change: impl Fn(&mut Count)) {
        change(&mut self.all);
        change(self.ways.entry(way).or_default());
    }

    pub(crate) fn finish(&mut self) {
        self.all.finish();
        for count in self.ways.values_mut() {
            count.finish();
        }
    }
}
