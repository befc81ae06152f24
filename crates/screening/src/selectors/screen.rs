//! Asks the selectors of a list about one traveller.

use super::{Agreement, SelectorKey};
use crate::entry::Entry;
use crate::hit::{Band, FactPart, Hit, Relation, score, words};
use crate::subject::Subject;
use oriel_model::Text;
use oriel_names::Weights;
use rustc_hash::FxHashMap;
use std::fmt;

/// The selectors of one version of one list, ready to be asked.
#[derive(Default)]
pub struct Selectors {
    key: [u64; 2],
    list: Text,
    version: Text,
    ids: Vec<Text>,
    /// From a digest to places in `ids`.
    holders: FxHashMap<u64, Vec<u32>>,
}

/// Without its key.
impl fmt::Debug for Selectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Selectors({} of {} entries)",
            self.holders.len(),
            self.ids.len()
        )
    }
}

impl Selectors {
    /// Of these entries. `key`: the one they were read under.
    pub fn build(key: SelectorKey, list: &str, version: &Text, entries: &[Entry]) -> Self {
        let mut selectors = Self {
            key: key.0,
            list: list.into(),
            version: version.clone(),
            ..Self::default()
        };
        for entry in entries.iter().filter(|entry| !entry.selectors.is_empty()) {
            let at = selectors.ids.len() as u32;
            selectors.ids.push(entry.id.clone());
            for digest in entry.selectors.iter().flat_map(|s| &s.digests) {
                let holders = selectors.holders.entry(*digest).or_default();
                // Two values of one entry may read alike in one form.
                if holders.last() != Some(&at) {
                    holders.push(at);
                }
            }
        }
        selectors
    }

    /// Whether no entry has one.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The list.
    pub fn list(&self) -> &Text {
        &self.list
    }
}

/// Every entry of which the traveller, or the traveller's booking, has a selector.
pub fn screen_selectors(subject: &Subject, selectors: &Selectors, weights: &Weights) -> Vec<Hit> {
    let mut found: Vec<(u32, Vec<FactPart>)> = Vec::new();
    for own in subject.selectors() {
        let digest = SelectorKey(selectors.key).digest(own.form, &own.text);
        let holders = selectors.holders.get(&digest);
        for entry in holders.into_iter().flatten() {
            let Agreement { fact, sure, .. } = own.form.agreement();
            // What the booking says of everybody in it says less of each of them.
            let (relation, points) = match sure && own.own {
                true => (Relation::Agrees, weights.likely),
                false => (Relation::Close, weights.line),
            };
            let code = own.form.code(own.own);
            let part = FactPart {
                fact,
                relation,
                points,
                why: words(&code).into(),
                code,
                ours: own.text.clone(),
                theirs: vec![own.text.clone()],
            };
            let parts = match found.iter_mut().find(|(known, _)| known == entry) {
                Some((_, parts)) => parts,
                None => {
                    found.push((*entry, Vec::new()));
                    &mut found.last_mut().expect("it was just put there").1
                }
            };
            // The surest of a kind speaks for it.
            match parts.iter_mut().find(|known| known.fact == part.fact) {
                Some(known) if known.points >= part.points => {}
                Some(known) => *known = part,
                None => parts.push(part),
            }
        }
    }
    let hit = |(entry, parts): (u32, Vec<FactPart>)| {
        let points = parts.iter().map(|part| i32::from(part.points)).sum();
        Hit {
            list: selectors.list.clone(),
            list_version: selectors.version.clone(),
            entry: selectors.ids[entry as usize].clone(),
            score: score(points, weights),
            points,
            band: Band::Selector,
            parts,
            weights_version: weights.version().clone(),
            offences: Vec::new(),
        }
    };
    let mut hits: Vec<Hit> = found.into_iter().map(hit).collect();
    hits.sort_by(|a, b| (b.points, &a.entry).cmp(&(a.points, &b.entry)));
    hits
}

#[cfg(test)]
mod tests {
    use super::{Selectors, screen_selectors};
    use crate::hit::{Band, FactPart, Hit, Relation};
    use crate::selectors::{ListSelector, SelectorKey, SelectorKind};
    use crate::{Entry, Subject};
    use oriel_names::Weights;

    const KEY: SelectorKey = SelectorKey([3, 5]);

    fn list() -> Selectors {
        let entry = |id: &str, values: &[(SelectorKind, &str)]| Entry {
            id: id.into(),
            selectors: values
                .iter()
                .map(|(kind, value)| ListSelector::read(KEY, *kind, value, None, None).unwrap())
                .collect(),
            ..Entry::default()
        };
        let entries = [
            entry(
                "A",
                &[
                    (SelectorKind::Phone, "+43 664 5550123"),
                    (SelectorKind::Email, "o@kestrel.example"),
                ],
            ),
            entry("B", &[(SelectorKind::Phone, "+43 664 5550123")]),
            entry("C", &[(SelectorKind::Payment, "4111111111111111")]),
            entry("D", &[]),
        ];
        Selectors::build(KEY, "own", &"v1".into(), &entries)
    }

    fn hits(asked: &[(SelectorKind, &str, bool)]) -> Vec<Hit> {
        let mut subject = Subject::default();
        for (kind, value, own) in asked {
            subject.add_selector(*kind, value, None, *own);
        }
        screen_selectors(&subject, &list(), &Weights::default())
    }

    #[track_caller]
    fn check(asked: &[(SelectorKind, &str, bool)], expect: &[&str]) {
        let got: Vec<String> = hits(asked)
            .iter()
            .map(|hit| {
                let sure = |part: &FactPart| {
                    if part.relation == Relation::Agrees {
                        "!"
                    } else {
                        ""
                    }
                };
                let codes = hit.parts.iter().map(|p| format!(" {}{}", p.code, sure(p)));
                format!("{}{}", hit.entry, codes.collect::<String>())
            })
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn a_listed_selector_is_a_hit_that_says_whose_it_is() {
        use SelectorKind::{Email, Payment, Phone};
        check(
            &[(Phone, "0043 664 5550123", true)],
            &["A phone-listed!", "B phone-listed!"],
        );
        check(
            &[
                (Phone, "0664 5550123", true),
                (Email, "O@KESTREL.EXAMPLE", false),
            ],
            &[
                "A phone-national email-listed-of-booking",
                "B phone-national",
            ],
        );
        check(&[(Payment, "411111XXXXXX1111", false)], &["C card-ends"]);
        check(
            &[
                (Phone, "+436645550123", false),
                (Phone, "+43 664 5550123", true),
            ],
            &["A phone-listed!", "B phone-listed!"],
        );
        check(&[(Phone, "+43 664 5550124", true)], &[]);
    }

    #[test]
    fn the_parts_add_up_and_have_words() {
        for hit in hits(&[
            (SelectorKind::Phone, "+43 664 5550123", true),
            (SelectorKind::Email, "o@kestrel.example", false),
            (SelectorKind::Payment, "411111XXXXXX1111", true),
        ]) {
            assert_eq!(hit.band, Band::Selector);
            assert_eq!(
                hit.points,
                hit.parts.iter().map(|p| i32::from(p.points)).sum::<i32>()
            );
            assert!(hit.parts.iter().all(|part| !part.why.is_empty()));
        }
    }
}
