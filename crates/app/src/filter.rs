//! What the filter cut, in counts by kind, code and carrier: the filter can be reviewed without the
//! data.
//!
//! - Source: R-SEN-05.
//! - Invariants: counted after the commit, so that nothing counts twice; no value and no person;
//!   bounded, because the carrier is what a sender says it is. Counts begin with the program.

use oriel_model::Element;
use oriel_policy::{Profile, Projected};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Counts that are kept apart; beyond it the carrier is no longer told.
const MOST: usize = 10_000;

/// One count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Filtered {
    /// For which recipient.
    pub recipient: String,
    /// `element`, `code` (of a service) or `term` (of a language's word list).
    pub kind: &'static str,
    /// Which one.
    pub what: String,
    /// Designator of the carrier; blank where the message names none, `other` beyond what is kept
    /// apart.
    pub carrier: String,
}

/// The counts of this program since it began.
#[derive(Default)]
pub(crate) struct Cuts(Mutex<BTreeMap<Filtered, u64>>);

impl Cuts {
    /// Adds what was cut of one message for one recipient.
    pub(crate) fn add(&self, recipient: &str, cut: &Projected) {
        let elements = cut
            .cut
            .iter()
            .map(|(what, n)| ("element", name(*what).to_owned(), *n));
        let codes = cut.codes.iter().map(|(what, n)| ("code", what.clone(), *n));
        let terms = cut.terms.iter().map(|(what, n)| ("term", what.clone(), *n));
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (kind, what, n) in elements.chain(codes).chain(terms) {
            let mut key = Filtered {
                recipient: recipient.to_owned(),
                kind,
                what,
                carrier: cut.carrier.clone().unwrap_or_default(),
            };
            if counts.len() >= MOST && !counts.contains_key(&key) {
                key.carrier = "other".to_owned();
            }
            *counts.entry(key).or_default() += u64::from(n);
        }
    }

    fn all(&self) -> Vec<(Filtered, u64)> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.iter().map(|(key, n)| (key.clone(), *n)).collect()
    }
}

/// The name of a kind of data in profiles; of what no profile can name, what it is.
fn name(element: Element) -> &'static str {
    let known = Profile::elements().find(|(_, known)| *known == element);
    known.map_or("unmapped", |(name, _)| name)
}

impl crate::App {
    /// What the filter cut since the program began.
    pub fn filtered(&self) -> Vec<(Filtered, u64)> {
        self.core.cuts.all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R-SEN-05.
    #[test]
    fn counts_are_by_kind_and_carrier_and_bounded() {
        let cuts = Cuts::default();
        let mut cut = Projected {
            carrier: Some("ZQ".to_owned()),
            ..Projected::default()
        };
        cut.cut.insert(Element::Remark, 2);
        cut.cut.insert(Element::Unmapped, 1);
        cut.codes.insert("WCHR".to_owned(), 1);
        cuts.add("piu", &cut);
        cuts.add("piu", &cut);
        let of = |kind: &str, what: &str, carrier: &str| {
            let all = cuts.all().into_iter();
            let mut found = all
                .filter(|(key, _)| (key.kind, &*key.what, &*key.carrier) == (kind, what, carrier));
            found.next().map_or(0, |(_, n)| n)
        };
        assert_eq!(of("element", "remark", "ZQ"), 4);
        assert_eq!(of("element", "unmapped", "ZQ"), 2);
        assert_eq!(of("code", "WCHR", "ZQ"), 2);
        for n in 0..MOST {
            cut.carrier = Some(format!("{n}"));
            cuts.add("piu", &cut);
        }
        assert!(cuts.all().len() <= MOST + 3);
        assert!(of("element", "remark", "other") > 0);
    }
}
