//! Splits text of rows and cells: separators of any kind, quotes, and quotes that do not close.
//!
//! - In: bytes.  Out: rows of cells, each with its place.
//! - Source: RFC 4180; spreadsheets that write semicolons and tabs, and Windows-1252.
//! - Invariants: every byte is looked at a bounded number of times; a quote that does not close
//!   within [`MAX_QUOTED`] bytes is text, so that it swallows no person.

use std::borrow::Cow;
use std::ops::Range;

/// The longest cell between quotes, in bytes.
const MAX_QUOTED: usize = 1024;

/// One cell. Blanks around it are cut off.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cell<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Its bytes, without quotes around it.
    pub(crate) at: Range<usize>,
}

/// Rows of cells.
pub(crate) struct Rows<'a> {
    bytes: &'a [u8],
    at: usize,
    separator: u8,
    /// Where a quote stands that does not close.
    pub(crate) open_quote: Option<usize>,
    /// Where the first byte stands that is not UTF-8.
    pub(crate) foreign: Option<usize>,
}

impl<'a> Rows<'a> {
    /// Rows from byte `at` on.
    pub(crate) fn new(bytes: &'a [u8], at: usize, separator: u8) -> Self {
        Self {
            bytes,
            at,
            separator,
            open_quote: None,
            foreign: None,
        }
    }

    /// Fills `row` with the next one; `false` at the end.
    pub(crate) fn next_into(&mut self, row: &mut Vec<Cell<'a>>) -> bool {
        row.clear();
        if self.at >= self.bytes.len() {
            return false;
        }
        loop {
            let (inside, end) = self.bounds();
            row.push(self.cell(inside));
            match self.bytes.get(end) {
                Some(&byte) if byte == self.separator => self.at = end + 1,
                Some(b'\r') if self.bytes.get(end + 1) == Some(&b'\n') => {
                    self.at = end + 2;
                    return true;
                }
                _ => {
                    self.at = end + 1;
                    return true;
                }
            }
        }
    }

    /// The bytes inside of the next cell, and the separator or line end behind it.
    fn bounds(&mut self) -> (Range<usize>, usize) {
        let ends = |byte: &u8| *byte == self.separator || matches!(byte, b'\n' | b'\r');
        let rest = &self.bytes[self.at..];
        let blank = rest.iter().take_while(|byte| **byte == b' ').count();
        if rest.get(blank) == Some(&b'"') {
            let start = self.at + blank + 1;
            if let Some(length) = closing(&self.bytes[start..]) {
                let behind = start + length + 1;
                let after = self.bytes[behind..].iter().position(ends);
                let end = after.map_or(self.bytes.len(), |after| behind + after);
                // What stands between the closing quote and the separator belongs to the cell.
                let inside = match self.bytes[behind..end].trim_ascii().is_empty() {
                    true => start..start + length,
                    false => start - 1..end,
                };
                return (inside, end);
            }
            self.open_quote.get_or_insert(start - 1);
        }
        let end = rest.iter().position(ends).unwrap_or(rest.len());
        (self.at..self.at + end, self.at + end)
    }

    fn cell(&mut self, inside: Range<usize>) -> Cell<'a> {
        let raw = &self.bytes[inside.clone()];
        let trimmed = raw.trim_ascii_start();
        let start = inside.end - trimmed.len();
        let trimmed = trimmed.trim_ascii_end();
        let at = start..start + trimmed.len();
        let text = match std::str::from_utf8(trimmed) {
            Ok(text) if !text.contains("\"\"") => Cow::Borrowed(text),
            Ok(text) => Cow::Owned(text.replace("\"\"", "\"")),
            Err(fault) => {
                self.foreign.get_or_insert(start + fault.valid_up_to());
                Cow::Owned(trimmed.iter().map(|byte| windows(*byte)).collect())
            }
        };
        Cell { text, at }
    }
}

/// Where the quote closes; `None` when it does not within the limit.
fn closing(bytes: &[u8]) -> Option<usize> {
    let near = &bytes[..bytes.len().min(MAX_QUOTED)];
    let mut at = 0;
    loop {
        at += memchr::memchr(b'"', &near[at..])?;
        if near.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
        if at >= near.len() {
            return None;
        }
    }
}

/// One byte of Windows-1252.
fn windows(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', ' ', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', ' ', 'Ž', ' ', ' ', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', ' ', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &[u8], separator: u8, expected: &[&[&str]]) -> Option<usize> {
        let mut rows = Rows::new(text, 0, separator);
        let (mut row, mut got) = (Vec::new(), Vec::new());
        while rows.next_into(&mut row) {
            got.push(row.iter().map(|c| c.text.to_string()).collect::<Vec<_>>());
        }
        assert_eq!(got, expected);
        rows.open_quote
    }

    #[test]
    fn quotes_line_ends_and_blanks() {
        check(b"a,b\r\nc , d\n", b',', &[&["a", "b"], &["c", "d"]]);
        check(
            b"\"a;b\";\"c\"\"d\";\"e\nf\"",
            b';',
            &[&["a;b", "c\"d", "e\nf"]],
        );
        check(b"\"a\" b;c", b';', &[&["\"a\" b", "c"]]);
        check(b";\n\n", b';', &[&["", ""], &[""]]);
        check(b"M\xfcller\x8a", b';', &[&["MüllerŠ"]]);
    }

    #[test]
    fn a_quote_that_does_not_close_swallows_nothing() {
        let open = check(b"\"a;b\nc;d", b';', &[&["\"a", "b"], &["c", "d"]]);
        assert_eq!(open, Some(0));
    }
}
