//! Asks the lists about one traveller.

use crate::hit::{Band, Hit, LINE_SCORE, points_for, score};
use crate::index::{Index, Scratch, Watchlists};
use crate::score::{Query, Total, explain, total};
use crate::subject::Subject;
use oriel_model::Text;
use oriel_names::Weights;

/// Everybody on the lists who may be this traveller, the most likely first.
pub fn screen(
    subject: &Subject,
    lists: &Watchlists,
    weights: &Weights,
    scratch: &mut Scratch,
) -> Vec<Hit> {
    search(subject, lists, weights, LINE_SCORE, usize::MAX, scratch)
}

/// The same down to a score, and at most so many.
pub fn search(
    subject: &Subject,
    lists: &Watchlists,
    weights: &Weights,
    lowest: u8,
    limit: usize,
    scratch: &mut Scratch,
) -> Vec<Hit> {
    let query = Query::new(subject);
    let floor = points_for(lowest, weights);
    let mut found = Vec::new();
    for (i, index) in lists.indexes().iter().enumerate() {
        let least = floor + raised_by_size(index.len(), weights);
        index.candidates(&query, least, weights, scratch);
        let scored = scratch
            .found
            .iter()
            .map(|e| (i, *e, total(&query, index, *e, weights)));
        found.extend(scored.filter(|(_, _, t)| reported(t, index, floor, weights)));
    }
    hits(&query, subject, lists, weights, found, limit)
}

/// The same answer as [`screen`] by comparing with every entry: slow, and the measure of the index.
pub fn exhaustive(
    subject: &Subject,
    lists: &Watchlists,
    weights: &Weights,
    lowest: u8,
) -> Vec<Hit> {
    let query = Query::new(subject);
    let floor = points_for(lowest, weights);
    let mut found = Vec::new();
    for (i, index) in lists.indexes().iter().enumerate() {
        let scored = (0..index.len() as u32).map(|e| (i, e, total(&query, index, e, weights)));
        found.extend(scored.filter(|(_, _, t)| reported(t, index, floor, weights)));
    }
    hits(&query, subject, lists, weights, found, usize::MAX)
}

/// A listed document is a hit whoever carries it.
fn reported(total: &Total, index: &Index, floor: i32, w: &Weights) -> bool {
    leveled(total, index.len(), w) >= floor || total.beside.same_document()
}

/// Entries for which the line of the weights is meant.
pub(crate) const REFERENCE_ENTRIES: usize = 10_000;

/// How much higher the line stands for a long list: it has more entries to be taken for.
pub(crate) fn raised_by_size(entries: usize, w: &Weights) -> i32 {
    let Some(times) = entries.checked_div(REFERENCE_ENTRIES).filter(|t| *t > 0) else {
        return 0;
    };
    // Between two powers of two along a straight line, in whole numbers.
    let whole = times.ilog2();
    let part = 10 * (entries - (REFERENCE_ENTRIES << whole)) / (REFERENCE_ENTRIES << whole);
    i32::from(w.line_doubling) * (10 * whole as i32 + part as i32) / 10
}

/// How much higher the line stands for this comparison.
pub(crate) fn raised(total: &Total, entries: usize, w: &Weights) -> i32 {
    raised_by_size(entries, w) + raised_without_date(total, entries, w)
}

/// How much higher the line stands where nothing but a name is compared.
pub(crate) fn raised_without_date(total: &Total, entries: usize, w: &Weights) -> i32 {
    let beside = &total.beside;
    match beside.birth_compared() || beside.same_document() {
        true => 0,
        false => raised_undated(entries, w),
    }
}

/// The same for everybody of whom no birth date can be compared: fully for a list of a few thousand
/// entries, hardly for one of a few, which has as few names to be mistaken for.
pub(crate) fn raised_undated(entries: usize, w: &Weights) -> i32 {
    /// Doublings from one entry to a list for which it counts fully.
    const DOUBLINGS: u32 = 12;
    let doublings = entries.checked_ilog2().unwrap_or(0).min(DOUBLINGS);
    i32::from(w.line_undated) * doublings as i32 / DOUBLINGS as i32
}

/// Points as they stand to the line: less what the line is raised by.
pub(crate) fn leveled(total: &Total, entries: usize, w: &Weights) -> i32 {
    total.points - raised(total, entries, w)
}

fn hits(
    query: &Query,
    subject: &Subject,
    lists: &Watchlists,
    w: &Weights,
    mut found: Vec<(usize, u32, Total)>,
    limit: usize,
) -> Vec<Hit> {
    let index = |i: usize| -> &Index { &lists.indexes()[i] };
    found.sort_by(|(i, a, x), (j, b, y)| {
        let id = |i: usize, e: u32| (i, index(i).id(e));
        let level = |i: usize, t: &Total| leveled(t, index(i).len(), w);
        level(*j, y)
            .cmp(&level(*i, x))
            .then_with(|| id(*i, *a).cmp(&id(*j, *b)))
    });
    found.truncate(limit);
    found
        .into_iter()
        .map(|(i, entry, total)| {
            let index = index(i);
            Hit {
                list: index.list().clone(),
                list_version: index.version().clone(),
                entry: Text::from(index.id(entry)),
                score: score(leveled(&total, index.len(), w), w),
                points: total.points,
                band: band(&total, index.len(), w),
                parts: explain(query, subject, index, entry, &total, w),
                weights_version: w.version().clone(),
                offences: Vec::new(),
            }
        })
        .collect()
}

pub(crate) fn band(total: &Total, entries: usize, w: &Weights) -> Band {
    let strong = total.beside.same_day() || total.beside.same_document();
    let points = leveled(total, entries, w);
    if total.beside.same_document() && total.name_points() <= 0 {
        Band::Document
    } else if points < i32::from(w.line) {
        if total.beside.same_document() {
            Band::Document
        } else {
            Band::Below
        }
    } else if !total.beside.birth_compared() && !strong {
        Band::NameOnly
    } else if points >= i32::from(w.certain) && strong {
        Band::Certain
    } else if points >= i32::from(w.likely) {
        Band::Likely
    } else {
        Band::Possible
    }
}
