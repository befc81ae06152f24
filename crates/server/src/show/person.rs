//! One person on a journey, source by source.
//!
//! Each message that names the person is one *side*; the newest passenger list speaks first, then
//! the newest booking, then older ones.

use crate::views::shown::{MaskReason, Shown, Source};
use oriel_model::{
    BirthDate, Element, Journey, MessageKey, Person, Personal, Report, Sex, Traveller,
};
use oriel_policy::{Hidden, Lens, Why};
use oriel_store::Id;

/// What one message says of a person.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) report: &'a Report,
    pub(super) traveller: &'a Traveller,
}

impl Side<'_> {
    /// `api` or `pnr`.
    pub(super) fn kind(&self) -> &'static str {
        if self.report.is_booking_data() {
            "pnr"
        } else {
            "api"
        }
    }
}

/// Every side of a person: passenger lists before bookings, newest first.
pub(super) fn sides<'a>(journey: &'a Journey, person: &'a Person) -> Vec<Side<'a>> {
    let mut sides: Vec<Side<'a>> = journey
        .mentions(person)
        .rev()
        .map(|(report, traveller)| Side { report, traveller })
        .collect();
    sides.sort_by_key(|side| side.report.is_booking_data());
    sides
}

/// Opens one value, with the bytes it was read from.
pub(super) fn open<T: Clone>(
    lens: Lens<'_>,
    element: Element,
    value: Option<&Personal<T>>,
    message: &MessageKey,
    text: impl FnOnce(T) -> String,
) -> Shown {
    match lens.shown(element, value) {
        oriel_policy::Shown::Value { value, at } => Shown::Value {
            value: text(value),
            source: Some(Source {
                message: Id::of_message(message).display("msg"),
                bytes: [at.start, at.end],
            }),
        },
        oriel_policy::Shown::Missing => Shown::missing(),
        oriel_policy::Shown::Hidden(reason) => hidden(reason),
    }
}

/// What stands for a value that is not shown.
pub(super) fn hidden(reason: Hidden) -> Shown {
    let why = match reason.why {
        Why::Erased => {
            return Shown::Erased {
                erased: true,
                clause: reason.clause,
            };
        }
        Why::Retention => MaskReason::Retention,
        Why::Role => MaskReason::Role,
        Why::Law => MaskReason::Law,
    };
    Shown::Masked {
        masked: true,
        why,
        clause: reason.clause,
    }
}

/// A text that carries no place of its own.
pub(super) fn bare(lens: Lens<'_>, element: Element, text: Option<String>) -> Shown {
    match (lens.hides(element), text) {
        (Some(Hidden { why: Why::Law, .. }), None) => Shown::missing(),
        (Some(reason), _) => hidden(reason),
        (None, Some(value)) => Shown::Value {
            value,
            source: None,
        },
        (None, None) => Shown::missing(),
    }
}

/// A value that prints as it is sent.
pub(super) fn plain<T: Clone + std::fmt::Display>(
    lens: Lens<'_>,
    element: Element,
    value: Option<&Personal<T>>,
    message: &MessageKey,
) -> Shown {
    open(lens, element, value, message, |value| value.to_string())
}

/// The code of a sex.
pub(super) fn sex(lens: Lens<'_>, value: Option<&Personal<Sex>>, message: &MessageKey) -> Shown {
    open(lens, Element::Sex, value, message, |sex| {
        sex.code().to_owned()
    })
}

/// A birth date, or the text that could not be read as one.
pub(super) fn birth(
    lens: Lens<'_>,
    value: Option<&Personal<BirthDate>>,
    message: &MessageKey,
) -> Shown {
    open(lens, Element::BirthDate, value, message, |birth| {
        match (birth.date, birth.text) {
            (Some(date), _) => date.to_string(),
            (None, text) => text.unwrap_or_default().into(),
        }
    })
}

/// The first side that has a value.
pub(super) fn first(sides: &[Side<'_>], value: impl Fn(&Side<'_>) -> Shown) -> Shown {
    sides
        .iter()
        .map(value)
        .find(|shown| !matches!(shown, Shown::Missing { .. }))
        .unwrap_or_else(Shown::missing)
}

/// The text of a shown value.
pub(super) fn text(shown: &Shown) -> Option<&str> {
    match shown {
        Shown::Value { value, .. } => Some(value),
        _ => None,
    }
}

/// Whole years between a full birth date and the local date of travel, both `YYYY-MM-DD…`; hidden
/// where the birth date is.
pub(super) fn age(birth: Shown, travel: Option<&str>) -> Shown {
    let Shown::Value { value, .. } = birth else {
        return birth;
    };
    let years = || {
        let born: jiff::civil::Date = value.parse().ok()?;
        let day: jiff::civil::Date = travel?.get(..10)?.parse().ok()?;
        let had = (day.month(), day.day()) >= (born.month(), born.day());
        u8::try_from(day.year() - born.year() - i16::from(!had)).ok()
    };
    years().map_or_else(Shown::missing, |years| Shown::Value {
        value: years.to_string(),
        source: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Shown {
        Shown::Value {
            value: text.to_owned(),
            source: None,
        }
    }

    #[track_caller]
    fn check(birth: &str, travel: &str, expect: Option<u8>) {
        let expect = expect.map_or_else(Shown::missing, |years| value(&years.to_string()));
        assert_eq!(age(value(birth), Some(travel)), expect);
    }

    #[test]
    fn age_counts_birthdays_that_were_had() {
        check("1985-11-22", "2026-11-22T17:43", Some(41));
        check("1985-11-23", "2026-11-22T17:43", Some(40));
        check("2026-11-01", "2026-11-22T17:43", Some(0));
        check("2027-01-01", "2026-11-22T17:43", None);
        check("1985-11", "2026-11-22T17:43", None);
        check("1985-11-22", "soon", None);
        assert_eq!(age(Shown::missing(), Some("2026-11-22")), Shown::missing());
    }

    /// A masked birth date must not come back as an age, and an erased one not as a missing one.
    #[test]
    fn what_hides_a_birth_date_hides_the_age() {
        for why in [Why::Retention, Why::Role, Why::Erased] {
            let clause = "clause".to_owned();
            let birth = hidden(Hidden { why, clause });
            assert_eq!(age(birth.clone(), Some("2026-11-22")), birth);
            assert_ne!(birth, Shown::missing());
        }
    }
}
