//! Dates and times as messages write them. Which clock they are on is the business of the caller.

use compact_str::format_compact;
use jiff::civil::{Date, DateTime};
use oriel_model::Text;

/// `261122`, as UN/EDIFACT writes dates.
pub(crate) fn yymmdd(date: Date) -> Text {
    format_compact!(
        "{:02}{:02}{:02}",
        date.year() % 100,
        date.month(),
        date.day()
    )
}

/// `221126`, as PADIS writes dates.
pub(crate) fn ddmmyy(date: Date) -> Text {
    format_compact!(
        "{:02}{:02}{:02}",
        date.day(),
        date.month(),
        date.year() % 100
    )
}

/// `22NOV26`, as AIRIMP writes dates.
pub(crate) fn ddmonyy(date: Date) -> Text {
    const MONTHS: [&str; 12] = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ];
    let month = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
    format_compact!("{:02}{month}{:02}", date.day(), date.year() % 100)
}

/// `1743`.
pub(crate) fn hhmm(at: DateTime) -> Text {
    format_compact!("{:02}{:02}", at.hour(), at.minute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_system_has_its_own_order() {
        let at = jiff::civil::date(2026, 11, 2).at(7, 3, 0, 0);
        assert_eq!(yymmdd(at.date()), "261102");
        assert_eq!(ddmmyy(at.date()), "021126");
        assert_eq!(ddmonyy(at.date()), "02NOV26");
        assert_eq!(hhmm(at), "0703");
    }
}
