//! One person on a list, in the form every list format is read into.

use crate::Birth;
use crate::selectors::ListSelector;
use jiff::civil::Date;
use oriel_model::Text;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::hash::Hash;

/// How sure a list is of a name.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// The name the entry is listed under.
    #[default]
    Primary,
    /// A good alias.
    Good,
    /// A weak alias: nickname, common name, hearsay. It counts for less.
    Low,
}

/// One name of an entry. `Debug` leaves it out.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListName {
    /// The whole name as listed, any script.
    pub text: Text,
    /// Quality.
    #[serde(default)]
    pub quality: Quality,
    /// Family name, where the list keeps it apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub surname: Option<Text>,
    /// Given names, where the list keeps them apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<Text>,
}

impl ListName {
    /// A name as one text.
    pub fn new(text: &str, quality: Quality) -> Self {
        Self {
            text: text.into(),
            quality,
            surname: None,
            given: None,
        }
    }
}

/// A document on a list. `Debug` leaves its number out.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListDocument {
    /// Number as listed.
    pub number: Text,
    /// Issuing state, three letters, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<Text>,
    /// Kind as listed, such as `Passport`.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub kind: Text,
}

/// One person on a list. `Debug` leaves out who it is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    /// Identifies the entry within its list, across versions.
    pub id: Text,
    /// Names, the one it is listed under first.
    pub names: Vec<ListName>,
    /// Birth dates; several mean one of these.
    pub births: Vec<Birth>,
    /// `M`, `F`.
    pub sexes: Vec<Text>,
    /// Nationalities, three letters.
    pub nationalities: Vec<Text>,
    /// Other states the list connects the person with, three letters.
    pub countries: Vec<Text>,
    /// Places of birth as listed.
    pub birth_places: Vec<Text>,
    /// Documents.
    pub documents: Vec<ListDocument>,
    /// Telephone numbers, addresses and means of payment, as keyed digests.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub selectors: Vec<ListSelector>,
    /// The list's own permanent reference, such as `QDi.901`.
    pub reference: Text,
    /// Day of listing as the list writes it.
    pub listed_on: Text,
    /// Programme or regime.
    pub program: Text,
    /// Remarks.
    pub remarks: String,
    /// Codes of the offences for which the list may be used against this person; of the whole list
    /// where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub offences: Vec<Text>,
    /// Last day, UTC, on which the entry counts; without one it does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
}

impl fmt::Debug for ListName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ListName({:?})", self.quality)
    }
}

impl fmt::Debug for ListDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ListDocument({:?}, {})", self.issuer, self.kind)
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (names, births) = (self.names.len(), self.births.len());
        write!(f, "Entry({}, {names} names, {births} dates)", self.id)
    }
}

impl Entry {
    /// Brings an entry into its one form: no empty or repeated value.
    pub(crate) fn tidy(&mut self) {
        // A set, because an entry may come with tens of thousands of aliases.
        fn distinct<T: Clone + Eq + Hash>(values: &mut Vec<T>) {
            if values.len() > 1 {
                let mut seen = FxHashSet::default();
                values.retain(|value| seen.insert(value.clone()));
            }
        }
        self.names.retain(|n| !n.text.trim().is_empty());
        distinct(&mut self.names);
        distinct(&mut self.births);
        distinct(&mut self.sexes);
        distinct(&mut self.nationalities);
        let nationalities = &self.nationalities;
        self.countries.retain(|c| !nationalities.contains(c));
        distinct(&mut self.countries);
        distinct(&mut self.birth_places);
        self.documents.retain(|d| !d.number.trim().is_empty());
        distinct(&mut self.documents);
        distinct(&mut self.selectors);
        distinct(&mut self.offences);
    }
}
