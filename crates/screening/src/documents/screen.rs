//! Asks lists of documents about one traveller: a listed document is a hit whoever carries it.
//!
//! - Source: R-WL-04 (number, issuing state, type); ICAO Doc 9303 part 3 section 4.9 for the check
//!   digit.
//! - A number alone never makes a hit: of a hundred million of them, one traveller in ten carries
//!   one of another state. Nor does a number one slip away, unless the check digit that was sent
//!   behind the traveller's number contradicts it and confirms the listed one.
//! - Invariant: the entry of a hit is named by a keyed digest, so that the name may stand in clear.

use super::near::{Near, NearScratch, check_digit};
use super::{DocumentSet, Listed};
use crate::entry::{Entry, ListDocument};
use crate::hit::{Band, Fact, FactPart, Hit, Relation, score, words};
use crate::subject::{Subject, SubjectDocument};
use oriel_model::Text;
use oriel_names::Weights;
use std::sync::Arc;

/// Characters of the number in the machine-readable zone; a digit behind them is its check digit.
const NUMBER_FIELD: usize = 9;

/// One version of one list of documents.
#[derive(Clone, Debug)]
pub struct DocumentList {
    /// Identifies the list.
    pub list: Text,
    /// Digest of its content.
    pub version: Text,
    /// Its documents.
    pub set: Arc<DocumentSet>,
}

/// A listed document that may be the traveller's.
struct Found {
    entry: Text,
    part: FactPart,
    band: Band,
}

/// Every listed document that the traveller carries, list by list.
pub fn screen_documents(
    subject: &Subject,
    lists: &[DocumentList],
    weights: &Weights,
    scratch: &mut NearScratch,
) -> Vec<Hit> {
    let mut hits = Vec::new();
    for list in lists {
        let mut found: Vec<Found> = Vec::new();
        for own in subject.documents() {
            let asked = Asked {
                subject,
                own,
                set: &list.set,
                weights,
            };
            asked.look(
                scratch,
                &mut |new| match found.iter_mut().find(|f| f.entry == new.entry) {
                    Some(known) if known.part.points >= new.part.points => {}
                    Some(known) => *known = new,
                    None => found.push(new),
                },
            );
        }
        found.sort_by(|a, b| {
            let order = b.part.points.cmp(&a.part.points);
            order.then_with(|| a.entry.cmp(&b.entry))
        });
        hits.extend(found.into_iter().map(|found| {
            let points = found.part.points.into();
            Hit {
                list: list.list.clone(),
                list_version: list.version.clone(),
                entry: found.entry,
                score: score(points, weights),
                points,
                band: found.band,
                parts: vec![found.part],
                weights_version: weights.version().clone(),
                offences: Vec::new(),
            }
        }));
    }
    hits
}

/// One document of a traveller and one list.
struct Asked<'a> {
    subject: &'a Subject,
    own: &'a SubjectDocument,
    set: &'a DocumentSet,
    weights: &'a Weights,
}

impl Asked<'_> {
    fn look(&self, scratch: &mut NearScratch, add: &mut impl FnMut(Found)) {
        let number = self.own.key.number.as_str();
        self.exact(number, "document-exact", add);
        let Some((body, digit)) = with_digit(number) else {
            return;
        };
        if check_digit(body) == digit {
            self.exact(body, "document-with-digit", add);
            return;
        }
        for near in self.set.near(body, Some(digit), scratch) {
            let Near {
                number,
                digit_fits,
                listed,
                ..
            } = near;
            if digit_fits == Some(true)
                && number.len() <= NUMBER_FIELD
                && self.state_agrees(listed) == Some("document-exact")
            {
                add(self.found(&number, listed, "document-slip"));
            }
        }
    }

    fn exact(&self, number: &str, code: &'static str, add: &mut impl FnMut(Found)) {
        for listed in self.set.get(number) {
            let Some(state) = self.state_agrees(listed) else {
                continue;
            };
            let code = match code {
                _ if !self.kind_agrees(listed) => "document-other-kind",
                "document-exact" => state,
                other => other,
            };
            add(self.found(number, listed, code));
        }
    }

    /// How the state of a listed document goes with what is known of the traveller's.
    fn state_agrees(&self, listed: Listed) -> Option<&'static str> {
        let state = listed.state()?;
        match &self.own.key.issuer {
            Some(own) => {
                let own = crate::country_code(own.as_str());
                (own == Some(state.as_str())).then_some("document-exact")
            }
            None => {
                let mut states = self.subject.nationalities().iter();
                states
                    .any(|own| *own == state)
                    .then_some("document-nationality")
            }
        }
    }

    /// Whether the kinds could be one; one that is not known could be any.
    fn kind_agrees(&self, listed: Listed) -> bool {
        // A, C and I all stand for cards (ICAO Doc 9303 part 5).
        let group = |kind: char| match kind.to_ascii_uppercase() {
            'A' | 'C' => 'I',
            other => other,
        };
        match (self.own.kind.chars().next(), listed.kind()) {
            (Some(own), Some(listed)) => group(own) == group(listed),
            _ => true,
        }
    }

    fn found(&self, number: &str, listed: Listed, code: &'static str) -> Found {
        let w = self.weights;
        let (relation, points, band) = match code {
            "document-other-kind" | "document-slip" => (Relation::Close, w.line, Band::Possible),
            _ => (Relation::Agrees, w.document_exact, Band::Document),
        };
        Found {
            entry: name(self.set.hash(number), listed),
            part: FactPart {
                fact: Fact::Document,
                relation,
                points,
                code: code.into(),
                why: words(code).into(),
                ours: self.own.key.number.clone(),
                theirs: vec![number.into()],
            },
            band,
        }
    }
}

/// A number of nine characters and the digit behind it.
fn with_digit(number: &str) -> Option<(&str, u8)> {
    let (body, digit) = number.split_at_checked(NUMBER_FIELD)?;
    match digit.as_bytes() {
        [digit @ b'0'..=b'9'] => Some((body, digit - b'0')),
        _ => None,
    }
}

/// What a listed document is called in a hit: keyed digest of the number, state, kind.
fn name(hash: u64, listed: Listed) -> Text {
    let state = listed.state().unwrap_or_else(|| "-".into());
    let kind = listed.kind().unwrap_or('-');
    format!("{hash:016x}.{state}.{kind}").into()
}

/// The entry of a hit on a list of documents, as far as the list knows it.
pub fn listed_entry(hit: &Hit) -> Entry {
    let known = |text: &&str| !text.is_empty() && *text != "-";
    let mut words = hit.entry.split('.').skip(1);
    let mut word = || words.next().filter(known);
    let (issuer, kind) = (word().map(Text::from), word().unwrap_or_default().into());
    let number = hit.parts.first().and_then(|part| part.theirs.first());
    Entry {
        id: hit.entry.clone(),
        documents: vec![ListDocument {
            number: number.cloned().unwrap_or_default(),
            issuer,
            kind,
        }],
        ..Entry::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DocumentRow, DocumentSet, NearScratch, check_digit};
    use super::{DocumentList, listed_entry, screen_documents};
    use crate::hit::{Band, Hit};
    use crate::subject::Subject;
    use oriel_model::{Country, DocumentKey};
    use oriel_names::Weights;
    use std::convert::Infallible;

    fn list() -> DocumentList {
        let rows = [
            ("X12345678", "UTO", "P"),
            ("K4401", "UTO", "ID"),
            ("L898902C3", "UTO", "P"),
        ];
        let set = DocumentSet::build([7, 11], |add| {
            for (number, state, kind) in rows {
                add(DocumentRow {
                    number,
                    state,
                    kind,
                });
            }
            Ok::<_, Infallible>(())
        })
        .unwrap();
        DocumentList {
            list: "lost".into(),
            version: set.version(),
            set: set.into(),
        }
    }

    fn hits(number: &str, issuer: Option<&str>, kind: &str, nationality: &str) -> Vec<Hit> {
        let mut subject = Subject::default();
        let issuer = issuer.map(|code| Country::parse(code).unwrap());
        subject.add_document(DocumentKey::new(number, issuer).unwrap(), kind);
        subject.add_nationality(nationality);
        let scratch = &mut NearScratch::default();
        screen_documents(&subject, &[list()], &Weights::default(), scratch)
    }

    /// R-WL-04.
    #[test]
    fn a_listed_document_is_a_hit_that_says_why() {
        // Last: number, issuing state, kind, nationality; then the reason, or nothing.
        for (number, issuer, kind, nationality, reason) in [
            ("x 1234 5678", Some("UTO"), "P", "", Some("document-exact")),
            ("X12345678", Some("UTO"), "", "", Some("document-exact")),
            ("X12345678", None, "P", "UTO", Some("document-nationality")),
            ("K4401", Some("UTO"), "C", "", Some("document-exact")),
            ("K4401", Some("UTO"), "P", "", Some("document-other-kind")),
            (
                "L898902C36",
                Some("UTO"),
                "P",
                "",
                Some("document-with-digit"),
            ),
            ("L898902036", Some("UTO"), "P", "", Some("document-slip")),
            // One slip away, and the digit fits neither or only the traveller's own.
            ("L898902035", Some("UTO"), "P", "", None),
            ("L89890203", Some("UTO"), "P", "", None),
            ("L898902036", Some("DEU"), "P", "", None),
            // A number of another state, or of nobody knows which, is somebody else's.
            ("X12345678", Some("DEU"), "P", "UTO", None),
            ("X12345678", None, "P", "DEU", None),
        ] {
            let found = hits(number, issuer, kind, nationality);
            let code = found.first().map(|hit| hit.parts[0].code.as_str());
            assert_eq!(code, reason, "{number} {issuer:?} {kind}");
            assert!(
                found
                    .iter()
                    .all(|h| h.points == i32::from(h.parts[0].points) && h.score >= 70)
            );
        }
    }

    #[test]
    fn the_digit_tells_the_slip_from_another_document() {
        assert_eq!(check_digit("L898902C3"), 6);
        assert_ne!(check_digit("L89890203"), 6);
    }

    #[test]
    fn the_entry_of_a_hit_is_told_by_state_and_kind_and_not_by_its_number() {
        let found = hits("L898902036", Some("UTO"), "P", "");
        assert_eq!(found[0].band, Band::Possible);
        assert!(found[0].entry.ends_with(".UTO.P") && !found[0].entry.contains("898902"));
        let entry = listed_entry(&found[0]);
        assert_eq!(entry.documents[0].number, "L898902C3");
        assert_eq!(entry.documents[0].issuer.as_deref(), Some("UTO"));
        assert_eq!(entry.documents[0].kind, "P");
    }
}
