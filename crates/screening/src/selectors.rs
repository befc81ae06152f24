//! Listed telephone numbers, mail addresses, payment references and postal addresses: selectors.
//!
//! - In: values as lists and bookings write them.  Out: for a list, [`ListSelector`]s that hold no
//!   value; for a traveller, the entries whose selectors are the traveller's ([`screen_selectors`]).
//! - Source: Directive (EU) 2016/681, Annex I, headings 5 and 6, and Article 6(3)(a).
//! - A value of a list becomes a keyed digest while its row is read, as a listed document does
//!   ([`crate::documents`]). Of a card number no more than the first six and the last four digits
//!   are digested, which is what is kept of the traveller's.
//! - Invariants: values are compared in one spelling ([`Form`]) and are the same or not, never
//!   alike; a hit says that something is listed, not who uses it.

mod screen;
mod value;

pub use screen::{Selectors, screen_selectors};
pub(crate) use value::{asked, listed};

use crate::hit::Fact;
use oriel_model::{ContactKind, Text};
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;
use std::fmt;
use std::hash::Hasher;

/// What a selector is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectorKind {
    /// Telephone number.
    Phone,
    /// Mail address.
    Email,
    /// Card or account that a journey was paid with.
    Payment,
    /// Postal address.
    Address,
}

impl SelectorKind {
    /// Every kind with its name, which is also the field of a mapping.
    pub const ROWS: &[(&'static str, Self)] = &[
        ("phone", Self::Phone),
        ("email", Self::Email),
        ("payment", Self::Payment),
        ("address", Self::Address),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        let row = Self::ROWS.iter().find(|(_, kind)| *kind == self);
        row.map_or("", |(name, _)| name)
    }

    /// The kind of a name.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let row = Self::ROWS.iter().find(|(known, _)| *known == name);
        row.map(|(_, kind)| *kind)
    }

    /// What a contact may be: of one that does not say, both are tried.
    pub(crate) fn of_contact(kind: ContactKind) -> &'static [Self] {
        match kind {
            ContactKind::Phone => &[Self::Phone],
            ContactKind::Email => &[Self::Email],
            ContactKind::Address => &[Self::Address],
            ContactKind::Other => &[Self::Phone, Self::Email],
        }
    }
}

/// A spelling in which two values are compared. One value may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// Country code and number.
    Phone,
    /// Number without a country code, where none was sent.
    PhoneNational,
    /// Mail address.
    Email,
    /// First six and last four digits of a card; the list knows no expiry.
    Card,
    /// The same with the month of expiry.
    CardDated,
    /// The same without, where the list knows the expiry and the booking does not.
    CardUndated,
    /// Any other account.
    Account,
    /// Words and numbers of an address, in one order.
    Address,
}

/// What agreeing in a form comes to.
struct Agreement {
    fact: Fact,
    /// Code of the reason, and what goes into the digest beside the value.
    code: &'static str,
    /// Whether the same value means the same thing; otherwise it may mean another one.
    sure: bool,
}

impl Form {
    #[cfg(test)]
    const ALL: [Self; 8] = [
        Self::Phone,
        Self::PhoneNational,
        Self::Email,
        Self::Card,
        Self::CardDated,
        Self::CardUndated,
        Self::Account,
        Self::Address,
    ];

    fn agreement(self) -> Agreement {
        let (fact, code, sure) = match self {
            Self::Phone => (Fact::Phone, "phone-listed", true),
            Self::PhoneNational => (Fact::Phone, "phone-national", false),
            Self::Email => (Fact::Email, "email-listed", true),
            Self::Card => (Fact::Payment, "card-ends", false),
            Self::CardDated => (Fact::Payment, "card-ends-and-expiry", true),
            Self::CardUndated => (Fact::Payment, "card-undated", false),
            Self::Account => (Fact::Payment, "account-listed", true),
            Self::Address => (Fact::Address, "address-listed", false),
        };
        Agreement { fact, code, sure }
    }

    /// Code of the reason of a hit. A payment is always the booking's.
    fn code(self, own: bool) -> Text {
        let Agreement { fact, code, .. } = self.agreement();
        match own || fact == Fact::Payment {
            true => code.into(),
            false => format!("{code}-of-booking").into(),
        }
    }
}

/// The secret under which selectors are compared: the same for all that are to be compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SelectorKey([u64; 2]);

/// Without itself.
impl fmt::Debug for SelectorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SelectorKey")
    }
}

impl SelectorKey {
    /// For files that are looked at and not kept.
    pub const NONE: Self = Self([0, 0]);

    /// A key of the key store.
    pub fn new(key: [u64; 2]) -> Self {
        Self(key)
    }

    fn digest(self, form: Form, text: &str) -> u64 {
        let mut hasher = SipHasher13::new_with_keys(self.0[0], self.0[1]);
        hasher.write(form.agreement().code.as_bytes());
        hasher.write_u8(0);
        hasher.write(text.as_bytes());
        hasher.finish()
    }
}

/// A selector of an entry: what it is, and digests of the forms in which it may be met.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ListSelector {
    /// What it is.
    pub kind: SelectorKind,
    digests: Vec<u64>,
}

impl ListSelector {
    /// Reads a value of a list. `prefix`: country code of telephone numbers that have none.
    /// `expires`: month of a card's expiry, MMYY. An error never repeats the value.
    pub fn read(
        key: SelectorKey,
        kind: SelectorKind,
        value: &str,
        prefix: Option<&str>,
        expires: Option<&str>,
    ) -> Result<Self, &'static str> {
        let forms = listed(kind, value, prefix, expires)?;
        let digests = forms.iter().map(|(form, text)| key.digest(*form, text));
        Ok(Self {
            kind,
            digests: digests.collect(),
        })
    }
}

/// A value of a traveller in one of its forms.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectSelector {
    /// The spelling.
    pub form: Form,
    /// The value in it.
    pub text: Text,
    /// It is the traveller's own; otherwise the booking's, whose travellers may be several.
    pub own: bool,
}

#[cfg(test)]
mod tests {
    use super::{Form, ListSelector, SelectorKey, SelectorKind};
    use crate::hit::words;

    #[test]
    fn each_reason_has_words() {
        for form in Form::ALL {
            for own in [true, false] {
                assert!(!words(&form.code(own)).is_empty(), "{}", form.code(own));
            }
        }
    }

    #[test]
    fn a_listed_value_is_a_digest_under_its_key_and_form() {
        let read = |key, kind, value| {
            let read = ListSelector::read(SelectorKey::new([key, 1]), kind, value, None, None);
            read.unwrap()
        };
        let mail = read(1, SelectorKind::Email, "odran@kestrel.example");
        assert_eq!(
            mail,
            read(1, SelectorKind::Email, " Odran@Kestrel.EXAMPLE ")
        );
        assert_ne!(mail, read(2, SelectorKind::Email, "odran@kestrel.example"));
        let json = serde_json::to_string(&mail).unwrap();
        assert!(!json.contains("odran"), "{json}");
        assert_eq!(serde_json::from_str::<ListSelector>(&json).unwrap(), mail);
        assert_eq!(format!("{:?}", SelectorKey::new([7, 7])), "SelectorKey");
    }
}
