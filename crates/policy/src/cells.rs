//! Small counts of persons in a table that is published: which cells are left blank, so that none
//! of them can be worked out from the others.
//!
//! - In: counts, and the sums that hold between them.  Out: which counts are shown.
//! - Source: R-STA-01: figures without personal data; `statistics.small_cell` of the profile.
//! - Invariants: a count of 1 up to the least is never shown; what is shown determines no count that
//!   is not, even for who knows this rule; no sum of counts that are not shown is itself small. A zero is shown: it
//!   is about nobody.

/// Sums that hold: the first cell of each is the sum of the others.
pub type Sums = Vec<Vec<usize>>;

/// Whether each count is shown.
///
/// `counts` and `sums` are those of [`with_totals`] for a table of `columns`.
pub fn shown(counts: &[u64], sums: &Sums, columns: usize, least: u64) -> Vec<bool> {
    let mut shown: Vec<bool> = counts.iter().map(|n| *n == 0 || *n >= least).collect();
    loop {
        let weak = sums
            .iter()
            .find_map(|sum| weak(counts, sum, &shown, least))
            .or_else(|| {
                let doubt = |cell: &usize| is_in_doubt(counts, &shown, columns + 1, *cell);
                (0..counts.len()).find(|cell| !shown[*cell] && !doubt(cell))
            });
        let Some(weak) = weak else {
            return shown;
        };
        // A small count beside it costs the reader least, and a total most; a zero would protect
        // nothing.
        let is_total = |cell: &usize| sums.iter().any(|sum| sum.first() == Some(cell));
        let cost = |cell: &usize| (is_total(cell), counts[*cell]);
        let beside = |cell: &usize| {
            let sums = sums.iter().filter(|sum| sum.contains(&weak));
            sums.into_iter().any(|sum| sum.contains(cell))
        };
        let open = |cell: &usize| shown[*cell] && counts[*cell] > 0;
        let all = || (0..counts.len()).filter(open);
        let next = all()
            .filter(beside)
            .min_by_key(cost)
            .or_else(|| all().min_by_key(cost));
        let Some(next) = next else {
            return shown;
        };
        shown[next] = false;
    }
}

/// A hidden cell of a sum whose total is shown and whose hidden parts together are as telling as a
/// small count, or can only be ones.
fn weak(counts: &[u64], sum: &[usize], shown: &[bool], least: u64) -> Option<usize> {
    let (total, parts) = sum.split_first()?;
    let hidden: Vec<usize> = parts.iter().copied().filter(|cell| !shown[*cell]).collect();
    let rest: u64 = hidden.iter().map(|cell| counts[*cell]).sum();
    let few = rest < least || rest <= hidden.len() as u64;
    (shown[*total] && few).then_some(*hidden.first()?)
}

/// Whether another table shows the same and differs in `cell`, when everybody knows that nothing
/// hidden is a zero. A cell can grow by one if other hidden cells can shrink and grow in turn, from
/// its column back to its row, and it can shrink likewise (the tables with given sums are the flows
/// of a network, so that steps of one are enough).
fn is_in_doubt(counts: &[u64], shown: &[bool], wide: usize, cell: usize) -> bool {
    let high = counts.len() / wide;
    let (row, column) = (cell / wide, cell % wide);
    // Totals count against what they are the sum of.
    let against = |cell: usize| (cell / wide == high - 1) != (cell % wide == wide - 1);
    let free = |cell: usize, up: bool| up != against(cell) || counts[cell] > 1;
    // Nodes are rows, then columns. Growing leads from a row to a column, shrinking back.
    let reaches = |from: usize, to: usize| {
        let mut seen = vec![false; high + wide];
        let mut next = vec![from];
        while let Some(node) = next.pop() {
            if node == to {
                return true;
            }
            if std::mem::replace(&mut seen[node], true) {
                continue;
            }
            let steps: Vec<(usize, usize, bool)> = match node.checked_sub(high) {
                None => (0..wide)
                    .map(|at| (node * wide + at, high + at, true))
                    .collect(),
                Some(at) => (0..high).map(|of| (of * wide + at, of, false)).collect(),
            };
            let open = |(step, _, up): &(usize, usize, bool)| {
                *step != cell && !shown[*step] && free(*step, *up)
            };
            next.extend(steps.into_iter().filter(open).map(|(_, to, _)| to));
        }
        false
    };
    free(cell, true) && reaches(high + column, row)
        || free(cell, false) && reaches(row, high + column)
}

/// A table of rows and columns with its totals: counts row by row, each row ending in its total, the
/// last row being the totals; and the sums that hold.
pub fn with_totals(rows: &[Vec<u64>], columns: usize) -> (Vec<u64>, Sums) {
    let wide = columns + 1;
    let mut counts = Vec::with_capacity((rows.len() + 1) * wide);
    let mut last = vec![0; wide];
    for row in rows {
        let total = row.iter().sum();
        for (sum, count) in last.iter_mut().zip(row.iter().chain([&total])) {
            *sum += count;
        }
        counts.extend(row.iter().copied().chain([total]));
    }
    counts.extend(last);
    let high = rows.len();
    let along = (0..=high).map(|row| {
        let start = row * wide;
        let cells = (0..columns).map(|column| start + column);
        [start + columns].into_iter().chain(cells).collect()
    });
    let down = (0..wide).map(|column| {
        let cells = (0..high).map(|row| row * wide + column);
        [high * wide + column].into_iter().chain(cells).collect()
    });
    (counts, along.chain(down).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A table as it is published: a blank for what is not shown.
    #[track_caller]
    fn check(rows: &[&[u64]], least: u64, expect: &str) {
        let rows: Vec<Vec<u64>> = rows.iter().map(|row| row.to_vec()).collect();
        let columns = rows[0].len();
        let (counts, sums) = with_totals(&rows, columns);
        let shown = shown(&counts, &sums, columns, least);
        let cells: Vec<String> = counts
            .iter()
            .zip(shown)
            .map(|(count, shown)| if shown { count.to_string() } else { "_".into() })
            .collect();
        let lines: Vec<String> = cells.chunks(columns + 1).map(|row| row.join(" ")).collect();
        assert_eq!(lines.join(" | "), expect);
    }

    /// R-STA-01.
    #[test]
    fn a_small_count_takes_others_with_it() {
        check(&[&[9, 8]], 5, "9 8 17 | 9 8 17");
        check(&[&[9, 0]], 5, "9 0 9 | 9 0 9");
        check(&[&[0, 0]], 5, "0 0 0 | 0 0 0");
        check(&[&[3, 0]], 5, "_ 0 _ | _ 0 _");
        check(&[&[20, 30], &[3, 40]], 5, "_ _ 50 | _ _ 43 | 23 70 93");
        check(
            &[&[20, 30, 50], &[3, 40, 60], &[70, 80, 90]],
            5,
            "_ _ 50 100 | _ _ 60 103 | 70 80 90 240 | 93 150 200 443",
        );
    }

    /// Another table with the same shown counts, no blank of which is a zero, that differs in
    /// `cell`.
    fn other(counts: &[u64], shown: &[bool], rows: usize, columns: usize, cell: usize) -> bool {
        let (_, sums) = with_totals(&vec![vec![0; columns]; rows], columns);
        let wide = columns + 1;
        // Totals follow from the rest.
        let inner: Vec<usize> = (0..rows * wide)
            .filter(|at| at % wide != columns && !shown[*at])
            .collect();
        search(
            &mut counts.to_vec(),
            counts,
            shown,
            &sums,
            wide,
            &inner,
            cell,
        )
    }

    fn search(
        guess: &mut Vec<u64>,
        counts: &[u64],
        shown: &[bool],
        sums: &Sums,
        wide: usize,
        inner: &[usize],
        cell: usize,
    ) -> bool {
        let Some((at, rest)) = inner.split_first() else {
            let high = guess.len() / wide - 1;
            for row in 0..high {
                guess[row * wide + wide - 1] =
                    guess[row * wide..row * wide + wide - 1].iter().sum();
            }
            for column in 0..wide {
                guess[high * wide + column] = (0..high).map(|row| guess[row * wide + column]).sum();
            }
            debug_assert!(sums.iter().all(|sum| {
                guess[sum[0]] == sum[1..].iter().map(|cell| guess[*cell]).sum::<u64>()
            }));
            return guess[cell] != counts[cell]
                && (0..guess.len()).all(|at| match shown[at] {
                    true => guess[at] == counts[at],
                    false => guess[at] > 0,
                });
        };
        // A change of one, of whatever cells, is enough for a doubt.
        for change in [0_i64, 1, -1] {
            let Some(value) = counts[*at].checked_add_signed(change).filter(|v| *v > 0) else {
                continue;
            };
            guess[*at] = value;
            if search(guess, counts, shown, sums, wide, rest, cell) {
                return true;
            }
        }
        guess[*at] = counts[*at];
        false
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        /// R-STA-01.
        #[test]
        fn nothing_that_is_not_shown_can_be_worked_out(
            rows in prop::collection::vec(prop::collection::vec(0_u64..14, 3), 1..4),
            least in 2_u64..6,
        ) {
            let (counts, sums) = with_totals(&rows, 3);
            let shown = shown(&counts, &sums, 3, least);
            for (cell, count) in counts.iter().enumerate() {
                let small = *count > 0 && *count < least;
                prop_assert!(!(small && shown[cell]), "a small count is shown");
                if !shown[cell] {
                    let doubt = other(&counts, &shown, rows.len(), 3, cell);
                    // Where nothing is left to hide, all that is shown is zeros.
                    let all = counts.iter().zip(&shown).all(|(n, shown)| !shown || *n == 0);
                    prop_assert!(doubt || all, "{counts:?} {shown:?} cell {cell}");
                }
            }
        }
    }
}
