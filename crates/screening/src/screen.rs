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
        index.candidates(&query, floor, weights, scratch);
        let scored = scratch
            .found
            .iter()
            .map(|e| (i, *e, total(&query, index, *e, weights)));
        found.extend(scored.filter(|(_, _, t)| reported(t, floor)));
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
        found.extend(scored.filter(|(_, _, t)| reported(t, floor)));
    }
    hits(&query, subject, lists, weights, found, usize::MAX)
}

/// A listed document is a hit whoever carries it.
fn reported(total: &Total, floor: i32) -> bool {
    total.points >= floor || total.beside.same_document()
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
        y.points
            .cmp(&x.points)
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
                score: score(total.points, w),
                points: total.points,
                band: band(&total, w),
                parts: explain(query, subject, index, entry, &total, w),
                weights_version: w.version().clone(),
            }
        })
        .collect()
}

pub(crate) fn band(total: &Total, w: &Weights) -> Band {
    let strong = total.beside.same_day() || total.beside.same_document();
    let points = total.points;
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
