//! Rows of different lengths in two flat arrays.
use std::ops::Range;

/// Row `i` is `items[starts[i]..starts[i + 1]]`.
#[derive(Clone, Debug)]
pub(crate) struct Rows<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            starts: vec![0],
            items: Vec::new(),
        }
    }
}

impl<T> Rows<T> {
    /// Adds a row.
    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = T>) {
        self.items.extend(row);
        self.starts.push(self.items.len() as u32);
    }

    pub(crate) fn row(&self, i: usize) -> &[T] {
        &self.items[self.range(i)]
    }

    /// Where row `i` stands among all items.
    pub(crate) fn range(&self, i: usize) -> Range<usize> {
        self.starts[i] as usize..self.starts[i + 1] as usize
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// The same rows of other items.
    pub(crate) fn map<U>(self, item: impl FnMut(T) -> U) -> Rows<U> {
        Rows {
            starts: self.starts,
            items: self.items.into_iter().map(item).collect(),
        }
    }

    /// Orders each row; items of one key stay in order.
    pub(crate) fn sort_rows_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        for ends in self.starts.windows(2) {
            self.items[ends[0] as usize..ends[1] as usize].sort_by_key(&key);
        }
    }

    /// Gives back what was reserved for growth.
    pub(crate) fn shrink(&mut self) {
        self.starts.shrink_to_fit();
        self.items.shrink_to_fit();
    }
}

impl Rows<u32> {
    /// From pairs of row and item, ordered by item; `pairs` names them all, as often as it is
    /// called. Of equal pairs that follow each other one counts.
    pub(crate) fn group(rows: usize, pairs: impl Fn(&mut dyn FnMut(usize, u32))) -> Self {
        let mut starts = vec![0_u32; rows + 1];
        let mut last = vec![u32::MAX; rows];
        pairs(&mut |row, item| {
            if std::mem::replace(&mut last[row], item) != item {
                starts[row] += 1;
            }
        });
        let mut end = 0;
        for start in &mut starts {
            let count = *start;
            *start = end;
            end += count;
        }
        let mut items = vec![0; end as usize];
        last.fill(u32::MAX);
        let mut next = starts.clone();
        pairs(&mut |row, item| {
            if std::mem::replace(&mut last[row], item) != item {
                items[next[row] as usize] = item;
                next[row] += 1;
            }
        });
        Self { starts, items }
    }
}

impl Rows<u8> {
    pub(crate) fn text(&self, i: usize) -> &str {
        std::str::from_utf8(self.row(i)).unwrap_or("")
    }
}
