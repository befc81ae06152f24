//! Birth dates as lists give them, and how they go with a traveller's.
//!
//! - Text form, also the stored form: a date shortened to what is known (`1976`, `1976-02`,
//!   `1976-02-17`), a range with both ends included (`1976/1978`), `~` behind what is approximate.
//! - Source: shares of agreement among persons that stand on two lists; see `docs/matching.md`.

use crate::hit::Relation;
use oriel_model::PartialDate;
use oriel_names::Weights;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// When somebody was born, as far as a list knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Birth {
    /// The date, or the first of the range.
    pub from: PartialDate,
    /// The last of the range; the same as `from` where there is none.
    pub to: PartialDate,
    /// "About": two years more or less are meant.
    pub approximate: bool,
}

impl Birth {
    /// A date.
    pub fn on(date: PartialDate) -> Self {
        Self {
            from: date,
            to: date,
            approximate: false,
        }
    }

    /// Reads the text form.
    pub fn parse(text: &str) -> Option<Self> {
        let (text, approximate) = match text.strip_suffix('~') {
            Some(text) => (text, true),
            None => (text, false),
        };
        let (from, to) = text.split_once('/').unwrap_or((text, text));
        let (from, to) = (PartialDate::parse(from)?, PartialDate::parse(to)?);
        (from <= to).then_some(Self {
            from,
            to,
            approximate,
        })
    }

    /// Whether one date, not a range, is given.
    pub(crate) fn is_single(&self) -> bool {
        self.from == self.to && !self.approximate
    }

    /// First and last year meant.
    pub(crate) fn years(&self) -> (i16, i16) {
        let margin = if self.approximate { 2 } else { 0 };
        (self.from.year() - margin, self.to.year() + margin)
    }
}

impl fmt::Display for Birth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.from)?;
        if self.from != self.to {
            write!(f, "/{}", self.to)?;
        }
        f.write_str(if self.approximate { "~" } else { "" })
    }
}

impl Serialize for Birth {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Birth {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a birth date or range"))
    }
}

/// How two birth dates go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BirthMatch {
    pub(crate) code: &'static str,
    pub(crate) relation: Relation,
    pub(crate) points: i16,
}

/// Compares; `None` where one of them cannot be compared (a year of the Hijri calendar).
pub(crate) fn compare(own: PartialDate, listed: &Birth, w: &Weights) -> Option<BirthMatch> {
    use Relation::{Agrees, Close, Differs};
    if hijri(own) || hijri(listed.from) {
        return None;
    }
    // Most pairs are years apart and agree in nothing.
    let years = (own.year() - listed.from.year()).abs();
    let other_day = own.month() != listed.from.month() || own.day() != listed.from.day();
    if years > 3 && other_day && listed.is_single() {
        return apart(years, w);
    }
    let found = |code, relation, points| {
        Some(BirthMatch {
            code,
            relation,
            points,
        })
    };
    if !listed.is_single() {
        let (from, to) = listed.years();
        return if (from..=to).contains(&own.year()) {
            let width = to - from;
            // A range of many years says little.
            let points = if width <= 10 {
                w.birth_in_range
            } else {
                w.birth_in_range / 2
            };
            found("born-in-range", Agrees, points)
        } else {
            let off = (from - own.year()).max(own.year() - to);
            apart(off, w)
        };
    }
    let listed = listed.from;
    let off = (own.year() - listed.year()).abs();
    let same = |a: Option<u8>, b: Option<u8>| a.is_some() && a == b;
    let month = same(own.month(), listed.month());
    let day = same(own.day(), listed.day());
    let full = own.day().is_some() && listed.day().is_some();
    let swapped = full && own.day() == listed.month() && own.month() == listed.day();
    match off {
        0 if full && month && day && placeholder(own) => {
            found("born-same-year", Agrees, w.birth_year_agrees)
        }
        0 if full && month && day => found("born-same-day", Agrees, w.birth_exact),
        0 if !full && month => found("born-same-month", Agrees, w.birth_month_agrees),
        0 if !full && own.month().is_some() && listed.month().is_some() => {
            found("born-same-year-other-month", Differs, w.birth_same_year)
        }
        0 if !full || placeholder(own) || placeholder(listed) => {
            found("born-same-year", Agrees, w.birth_year_agrees)
        }
        0 if swapped => found("born-day-month-swapped", Close, w.birth_swapped),
        0 if month || day => found("born-part-agrees", Close, w.birth_part_agrees),
        0 => found("born-same-year-other-day", Differs, w.birth_same_year),
        1 if month && day && !placeholder(own) => {
            found("born-one-year-off", Close, w.birth_year_one_off)
        }
        _ if month && day && !placeholder(own) => {
            found("born-year-differs", Close, w.birth_year_off)
        }
        _ => apart(off, w),
    }
}

/// Years apart beyond which one more changes nothing.
pub(crate) const FAR: u16 = 4;

/// At most what [`compare`] gives a single listed date so many years off, on the same day of the
/// year or on another.
pub(crate) fn most(years: u16, same_day: bool, w: &Weights) -> i16 {
    let other_day = match years {
        0 => w
            .birth_month_agrees
            .max(w.birth_year_agrees)
            .max(w.birth_swapped)
            .max(w.birth_part_agrees)
            .max(w.birth_same_year),
        1 => w.birth_one_year,
        2 | 3 => w.birth_three_years,
        _ => w.birth_far,
    };
    let on_day = match years {
        0 => w.birth_exact,
        1 => w.birth_year_one_off.max(w.birth_year_off),
        _ => w.birth_year_off,
    };
    if same_day {
        other_day.max(on_day)
    } else {
        other_day
    }
}

fn apart(years: i16, w: &Weights) -> Option<BirthMatch> {
    let (code, points) = match years {
        0 | 1 => ("born-a-year-apart", w.birth_one_year),
        2 | 3 => ("born-some-years-apart", w.birth_three_years),
        _ => ("born-years-apart", w.birth_far),
    };
    Some(BirthMatch {
        code,
        relation: Relation::Differs,
        points,
    })
}

/// Registers write 1 January, and some 31 December, for a day they do not know.
pub(crate) fn placeholder(date: PartialDate) -> bool {
    matches!(
        (date.month(), date.day()),
        (Some(1), Some(1)) | (Some(12), Some(31))
    )
}

pub(crate) fn hijri(date: PartialDate) -> bool {
    (1300..1500).contains(&date.year())
}

#[cfg(test)]
mod tests {
    use super::{Birth, compare};
    use oriel_model::PartialDate;
    use oriel_names::Weights;

    #[track_caller]
    fn check(own: &str, listed: &str, expect: &str) {
        let own = PartialDate::parse(own).unwrap();
        let listed = Birth::parse(listed).unwrap();
        let got = compare(own, &listed, &Weights::start());
        let got = got.map_or("not compared".into(), |m| {
            format!("{} {:+}", m.code, m.points)
        });
        assert_eq!(got, expect);
    }

    #[test]
    fn a_day_is_strong_and_a_year_is_something() {
        check("1976-02-17", "1976-02-17", "born-same-day +120");
        check("1976-02-17", "1976-02", "born-same-month +80");
        check("1976-02-17", "1976", "born-same-year +50");
        check("1976", "1976-02-17", "born-same-year +50");
        check("1976-02-17", "1976-02-18", "born-part-agrees +25");
        check("1976-05-04", "1976-04-05", "born-day-month-swapped +60");
        check("1976-02-17", "1977-02-17", "born-one-year-off +40");
        check("1976-02-17", "1967-02-17", "born-year-differs +15");
        check("1976-02-17", "1976-03", "born-same-year-other-month -15");
        check("1976-02-17", "1977-09-02", "born-a-year-apart -15");
        check("1976-02-17", "1979", "born-some-years-apart -30");
        check("1976-02-17", "1990", "born-years-apart -60");
    }

    #[test]
    fn a_first_of_january_is_a_year() {
        check("1976-01-01", "1976-01-01", "born-same-year +50");
        check("1976-01-01", "1976-08-30", "born-same-year +50");
        check("1976-01-01", "1977-01-01", "born-a-year-apart -15");
    }

    #[test]
    fn ranges_include_their_ends_and_about_is_two_years() {
        check("1976-02-17", "1976/1978", "born-in-range +45");
        check("1978-12-30", "1976/1978", "born-in-range +45");
        check("1979-01-05", "1976/1978", "born-a-year-apart -15");
        check("1974-06-05", "1976~", "born-in-range +45");
        check("1950-06-05", "1976~", "born-years-apart -60");
        check("1976-06-05", "1960/1980", "born-in-range +22");
        check("1976-06-05", "1396-03-15", "not compared");
    }

    #[test]
    fn text_form_round_trips() {
        for text in [
            "1976",
            "1976-02",
            "1976-02-17",
            "1976/1978",
            "1976~",
            "1976-02/1977",
        ] {
            assert_eq!(Birth::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Birth::parse("1978/1976"), None);
    }
}
