//! Travel documents.

use crate::{Country, PartialDate, PersonName, Personal, Text};

/// A passport, visa, card or certificate that a message gives for a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Kind as sent: `P` passport, `V` visa, `I` identity card, `AC` crew certificate…
    pub kind: Text,
    /// Number as sent, with its blanks removed at both ends.
    pub number: Option<Personal<Text>>,
    /// Issuing state.
    pub issuer: Option<Personal<Country>>,
    /// Issuing state as sent, where it is not a state code.
    pub issuer_text: Option<Personal<Text>>,
    /// Last day of validity.
    pub expires: Option<Personal<PartialDate>>,
    /// Day of issue.
    pub issued: Option<Personal<PartialDate>>,
    /// Names in the document, where the message gives them apart from the traveller's own.
    pub holder: Option<PersonName>,
    /// Whether the holder is the first of several in one document (SSR DOCS field 11).
    pub primary_holder: bool,
}

impl Document {
    /// What documents are compared by; `None` without a number.
    pub fn key(&self) -> Option<DocumentKey> {
        DocumentKey::new(
            self.number.as_ref()?.expose(),
            self.issuer.as_ref().map(|c| *c.expose()),
        )
    }

    /// Whether this kind proves identity, so that it may stand for its holder (no visa does).
    pub fn identifies(&self) -> bool {
        !matches!(self.kind.as_str(), "V" | "T" | "L")
    }
}

/// A document number in the form that is compared: capital letters and digits only.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DocumentKey {
    /// Number, normalised.
    pub number: Text,
    /// Issuing state, if known.
    pub issuer: Option<Country>,
}

impl DocumentKey {
    /// Normalises a number as sent; `None` when fewer than three characters remain, which
    /// identifies nothing.
    pub fn new(number: &str, issuer: Option<Country>) -> Option<Self> {
        let number: Text = number
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        (number.len() >= 3).then_some(Self { number, issuer })
    }
}
