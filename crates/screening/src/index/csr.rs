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

    /// Gives back what was reserved for growth.
    pub(crate) fn shrink(&mut self) {
        self.starts.shrink_to_fit();
        self.items.shrink_to_fit();
    }

    /// From pairs of row and item, in any order; repeated pairs count once.
    pub(crate) fn group(rows: usize, mut pairs: Vec<(u32, T)>) -> Self
    where
        T: Ord + Copy,
    {
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = vec![0; rows + 1];
        for (row, _) in &pairs {
            starts[*row as usize + 1] += 1;
        }
        for i in 0..rows {
            starts[i + 1] += starts[i];
        }
        let items = pairs.into_iter().map(|(_, item)| item).collect();
        Self { starts, items }
    }
}

impl Rows<u8> {
    pub(crate) fn text(&self, i: usize) -> &str {
        std::str::from_utf8(self.row(i)).unwrap_or("")
    }
}
