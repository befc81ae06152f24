//! A person as the commands take one: any spelling, order and script.

use crate::{Birth, Entry, ListDocument, ListName, Quality, country_code};
use oriel_model::Text;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One person, as a query or as a list entry. See `docs/formats/lists.md`. `Debug` leaves out who it
/// is.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// Identifies the person in the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Text>,
    /// Names.
    pub names: Vec<Text>,
    /// Weak aliases.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub weak: Vec<Text>,
    /// Birth dates, shortened to what is known; several mean one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dob: Vec<Text>,
    /// Nationalities, two or three letters, or English names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nationality: Vec<Text>,
    /// `M` or `F`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Text>,
    /// Document numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub docs: Vec<Text>,
}

/// `M` or `F` of the words lists use.
pub(crate) fn sex_code(text: &str) -> Option<Text> {
    match text.trim().to_ascii_lowercase().as_str() {
        "m" | "male" | "man" | "masculin" | "h" => Some("M".into()),
        "f" | "female" | "woman" | "feminin" | "féminin" => Some("F".into()),
        _ => None,
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (names, docs) = (self.names.len() + self.weak.len(), self.docs.len());
        write!(f, "Person({names} names, {docs} documents)")
    }
}

impl Person {
    /// As a list entry. Dates that cannot be read are left out; [`Person::unread_dates`] says
    /// which.
    pub fn to_entry(&self) -> Entry {
        let named = |names: &[Text], quality| {
            names
                .iter()
                .map(move |n| ListName::new(n, quality))
                .collect::<Vec<_>>()
        };
        let mut names = named(&self.names, Quality::Good);
        if let Some(first) = names.first_mut() {
            first.quality = Quality::Primary;
        }
        names.extend(named(&self.weak, Quality::Low));
        let mut entry = Entry {
            id: self.id.clone().unwrap_or_default(),
            names,
            births: self.dob.iter().filter_map(|d| Birth::parse(d)).collect(),
            sexes: self
                .gender
                .as_deref()
                .and_then(sex_code)
                .into_iter()
                .collect(),
            nationalities: self
                .nationality
                .iter()
                .filter_map(|c| country_code(c))
                .map(Text::from)
                .collect(),
            documents: self
                .docs
                .iter()
                .map(|number| ListDocument {
                    number: number.clone(),
                    ..ListDocument::default()
                })
                .collect(),
            ..Entry::default()
        };
        entry.tidy();
        entry
    }

    /// Birth dates that are not of a form that can be read.
    pub fn unread_dates(&self) -> impl Iterator<Item = &Text> {
        self.dob.iter().filter(|d| Birth::parse(d).is_none())
    }
}
