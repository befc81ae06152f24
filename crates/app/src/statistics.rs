//! The statistics of the law: what a year collected, found and gave away, without a person in it.
//!
//! - In: counts that were kept while the work was done.  Out: a table for each figure, by month,
//!   with its definition; as CSV too.
//! - Source: R-STA-01; Directive (EU) 2016/681, Article 20; R-STA-02.
//! - Invariants: counts are kept in the transaction of what is counted and never reckoned from
//!   records afterwards, so that masking, erasing and the log's own time do not change them; a
//!   small count of persons is not shown, nor what it could be worked out from; a year is always
//!   told whole, because two periods that overlap would tell what lies between them.

use crate::screen::Work;
use crate::{App, AppError};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use oriel_policy::cells::{shown, with_totals};
use oriel_policy::figures::Measure;
use oriel_policy::{Act, Day, Grant, Profile, day};
use oriel_store::{Store, StoreError, Tx};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write;

const MONTHS: usize = 12;

/// What a year came to.
#[derive(Clone, Debug)]
pub struct YearFigures {
    /// The year, UTC.
    pub year: i16,
    /// The recipient whose figures they are.
    pub compartment: String,
    /// Profile and version under which small counts are left out.
    pub profile: String,
    /// A count of persons below this is not shown.
    pub least: u64,
    /// The clause that says so.
    pub clause: String,
    /// Months of it that are over; figures of a month that is not are not to be published.
    pub months_over: usize,
    /// The figures.
    pub figures: Vec<Figure>,
}

/// One figure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What is counted.
    pub measure: Measure,
    /// One row a part, and the totals last where there is more than one.
    pub rows: Vec<FigureRow>,
}

/// A count, or a blank where it must not be shown.
pub type Cell = Option<u64>;

/// One part of a figure.
#[derive(Clone, Debug)]
pub struct FigureRow {
    /// Such as a list; blank where there are no parts, `total` for the totals.
    pub part: String,
    /// January to December.
    pub months: Vec<Cell>,
    /// Their sum.
    pub year: Cell,
}

/// Counts what became of a journey: who is new on it, and which hits were found or went.
pub(crate) fn count(
    tx: &mut Tx<'_>,
    work: &Work,
    found: &BTreeMap<String, i64>,
    left: &BTreeMap<String, i64>,
    now: Timestamp,
) {
    let row = &work.row;
    let compartment = &row.compartment;
    let on = day(row.anchor);
    let known = work.before.as_ref().map_or(0, |before| before.travellers);
    let people = row.travellers - known;
    let mode = work.journey.flight.mode.name();
    tx.count(on, compartment, Measure::Passengers, mode, people);
    let journeys = i64::from(work.before.is_none());
    tx.count(on, compartment, Measure::Journeys, mode, journeys);
    for (list, hits) in left {
        tx.count(day(now), compartment, Measure::Hits, list, *hits);
    }
    for (list, hits) in found {
        tx.count(day(now), compartment, Measure::Hits, list, -hits);
    }
}

impl App {
    /// The figures of a year.
    pub fn statistics(&self, grant: &Grant, year: i16) -> Result<YearFigures, AppError> {
        if grant.act() != Act::StatisticsRead {
            return Err(StoreError::WrongGrant.into());
        }
        let profile = grant.profile();
        year_figures(
            &self.core.store,
            grant.compartment(),
            profile,
            year,
            self.now(),
        )
    }
}

/// The figures of a year, for who holds the store.
pub fn year_figures(
    store: &Store,
    compartment: &str,
    profile: &Profile,
    year: i16,
    now: Timestamp,
) -> Result<YearFigures, AppError> {
    let start = |year: i16| -> Result<(Date, Day), AppError> {
        let none = || StoreError::NotFound { what: "year" };
        let first = Date::new(year, 1, 1).map_err(|_| none())?;
        let at = first.to_zoned(TimeZone::UTC).map_err(|_| none())?;
        Ok((first, day(at.timestamp())))
    };
    let ((_, from), (_, until)) = (start(year)?, start(year.saturating_add(1))?);
    let counts = store.read(|tx| tx.count_list(compartment, from, until))?;
    let mut parts: BTreeMap<(String, String), Vec<i64>> = BTreeMap::new();
    for count in counts {
        let months = parts.entry((count.measure, count.part)).or_default();
        months.resize(MONTHS, 0);
        months[month(count.day)] += count.count;
    }
    let small = &profile.statistics().small_cell;
    let least = u64::from(small.value);
    let figure = |measure: &Measure| {
        let of = |((name, part), months): (&(String, String), &Vec<i64>)| {
            let months = months.iter().map(|n| n.unsigned_abs() * u64::from(*n > 0));
            (name == measure.name()).then(|| (part.clone(), months.collect()))
        };
        figure(*measure, parts.iter().filter_map(of).collect(), least)
    };
    let today = now.to_zoned(TimeZone::UTC).date();
    Ok(YearFigures {
        year,
        compartment: compartment.to_owned(),
        profile: profile.reference(),
        least,
        clause: small.clause.clone(),
        months_over: match today.year().cmp(&year) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => today.month() as usize - 1,
            std::cmp::Ordering::Greater => MONTHS,
        },
        figures: Measure::ALL.iter().map(figure).collect(),
    })
}

/// Month of a day, from 0.
fn month(of: Day) -> usize {
    let at = Timestamp::from_second(i64::from(of) * 86_400).unwrap_or_default();
    at.to_zoned(TimeZone::UTC).month() as usize - 1
}

/// The table of one measure with what must not be shown left blank.
fn figure(measure: Measure, mut parts: Vec<(String, Vec<u64>)>, least: u64) -> Figure {
    if parts.is_empty() {
        parts.push((String::new(), vec![0; MONTHS]));
    }
    let counts: Vec<Vec<u64>> = parts.iter().map(|(_, months)| months.clone()).collect();
    let (cells, sums) = with_totals(&counts, MONTHS);
    let least = if measure.is_of_persons() { least } else { 0 };
    let shown = shown(&cells, &sums, MONTHS, least);
    let cells: Vec<Cell> = cells
        .into_iter()
        .zip(shown)
        .map(|(count, shown)| shown.then_some(count))
        .collect();
    let names = parts.into_iter().map(|(part, _)| part);
    let rows = names
        .chain(["total".to_owned()])
        .zip(cells.chunks(MONTHS + 1));
    let mut rows: Vec<FigureRow> = rows
        .map(|(part, cells)| FigureRow {
            part,
            months: cells[..MONTHS].to_vec(),
            year: cells[MONTHS],
        })
        .collect();
    // The total of one part is that part.
    if rows.len() == 2 {
        rows.pop();
    }
    Figure { measure, rows }
}

impl YearFigures {
    /// The same as JSON: `null` for what is not shown.
    pub fn json(&self) -> serde_json::Value {
        let row =
            |row: &FigureRow| json!({ "part": row.part, "months": row.months, "year": row.year });
        let figure = |figure: &Figure| {
            json!({
                "name": figure.measure.name(),
                "by": figure.measure.by(),
                "definition": figure.measure.says(),
                "query": figure.measure.query(),
                "persons": figure.measure.is_of_persons(),
                "rows": figure.rows.iter().map(row).collect::<Vec<_>>(),
            })
        };
        json!({
            "schema": "oriel.statistics/1",
            "year": self.year,
            "compartment": self.compartment,
            "profile": self.profile,
            "least": self.least,
            "clause": self.clause,
            "months_over": self.months_over,
            "figures": self.figures.iter().map(figure).collect::<Vec<_>>(),
        })
    }

    /// The same as CSV: one line a part, a blank for what is not shown.
    pub fn csv(&self) -> String {
        let mut text = String::from("figure,by,part,year");
        for month in 1..=MONTHS {
            write!(text, ",{}-{month:02}", self.year).expect("a string takes all");
        }
        text.push('\n');
        for figure in &self.figures {
            for row in &figure.rows {
                let (name, by) = (figure.measure.name(), figure.measure.by());
                write!(text, "{name},{by},{}", quoted(&row.part)).expect("a string takes all");
                for cell in [&row.year].into_iter().chain(&row.months) {
                    text.push(',');
                    text += &cell.map(|n| n.to_string()).unwrap_or_default();
                }
                text.push('\n');
            }
        }
        text
    }
}

/// A value of CSV (RFC 4180). What begins like a formula would be one to a spreadsheet.
fn quoted(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@']);
    if formula || text.contains([',', '"', '\n', '\r']) {
        let mark = if formula { "'" } else { "" };
        format!("\"{mark}{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The row of each part: months with something, and the year.
    #[track_caller]
    fn check(measure: Measure, parts: &[(&str, &[u64])], expect: &[&str]) {
        let months = |first: &[u64]| {
            let mut months = first.to_vec();
            months.resize(MONTHS, 0);
            months
        };
        let parts = parts
            .iter()
            .map(|(part, first)| ((*part).to_owned(), months(first)));
        let got: Vec<String> = figure(measure, parts.collect(), 5)
            .rows
            .iter()
            .map(|row| {
                let cell = |cell: &Cell| cell.map_or("_".to_owned(), |n| n.to_string());
                let first: Vec<String> = row.months[..3].iter().map(cell).collect();
                format!("{} {} = {}", row.part, first.join(" "), cell(&row.year))
            })
            .collect();
        assert_eq!(got, expect);
    }

    /// R-STA-01.
    #[test]
    fn small_counts_of_persons_are_left_blank_and_those_of_messages_are_not() {
        check(
            Measure::Journeys,
            &[("air", &[1, 2, 0])],
            &["air 1 2 0 = 3"],
        );
        check(
            Measure::Passengers,
            &[("air", &[90, 80, 0])],
            &["air 90 80 0 = 170"],
        );
        check(
            Measure::Passengers,
            &[("air", &[90, 80, 3])],
            &["air 90 _ _ = 173"],
        );
        check(
            Measure::Hits,
            &[("un", &[20, 30]), ("national", &[3, 40])],
            &["un _ _ 0 = 50", "national _ _ 0 = 43", "total 23 70 0 = 93"],
        );
        check(Measure::Sent, &[], &[" 0 0 0 = 0"]);
    }

    #[test]
    fn a_part_that_looks_like_a_formula_is_none() {
        assert_eq!(quoted("un"), "un");
        assert_eq!(quoted("a,b\"c"), "\"a,b\"\"c\"");
        assert_eq!(quoted("=1+1"), "\"'=1+1\"");
    }
}
