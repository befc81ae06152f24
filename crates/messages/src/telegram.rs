//! Type B telegrams: what the lines before an interchange say, and one interchange out of several
//! telegrams.
//!
//! - In: bytes with headings of the teletype network around the text.  Out: a [`Telegram`], or the
//!   text of several joined.
//! - Source: IATA/SITA Type B message format: address line, origin line, text of lines of at most 69
//!   characters.
//! - Invariant: a heading is an address line and an origin line behind it, nothing less, so that no
//!   line of a message is taken for one; every line is looked at a bounded number of times.

use oriel_model::Text;

/// Longer headings are noise: 32 addresses, origin and marks take less than 400 bytes.
const MAX_HEADING_BYTES: usize = 1024;

/// The most addresses of one telegram, and the most lines they are spread over.
const MAX_ADDRESSES: usize = 32;
const MAX_ADDRESS_LINES: usize = 8;

/// The heading of a telegram.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Telegram {
    /// Channel and number in the line before (`ZCZC LTA0231`).
    pub channel: Option<Text>,
    /// Priority, such as `QK`; none was sent in some networks.
    pub priority: Option<Text>,
    /// Whom it is for: seven characters each.
    pub addresses: Vec<Text>,
    /// Who sent it.
    pub origin: Text,
    /// Day of the month, hour and minute at which it was filed, UTC. The month is not sent.
    pub filed: Option<(u8, u8, u8)>,
    /// Sent again because nobody knows whether it arrived (`PDM`).
    pub possible_duplicate: bool,
    /// Number of the telegram where a text takes several (`PART1`).
    pub part: Option<u16>,
}

impl Telegram {
    /// Reads what stands before an interchange; `None` when it is not the heading of a telegram.
    pub(crate) fn read(heading: &[u8]) -> Option<Self> {
        if heading.len() > MAX_HEADING_BYTES {
            return None;
        }
        let mut lines = lines(heading).map(|line| line.words);
        let mut telegram = Self::default();
        let mut origin = None;
        while origin.is_none() {
            let line = lines.next()?;
            origin = telegram.address_line(line)?;
        }
        telegram.origin_line(origin?)?;
        for line in lines {
            telegram.mark(line)?;
        }
        Some(telegram)
    }

    /// One line before the text: channel, addresses, or both of addresses and origin. Gives the
    /// words from the origin on.
    fn address_line<'l>(&mut self, line: &'l str) -> Option<Option<&'l str>> {
        if line.is_empty() || matches!(line, "SOH" | "STX") {
            return Some(None);
        }
        if let Some(channel) = line.strip_prefix("ZCZC") {
            self.channel = channel.split_ascii_whitespace().next().map(Text::from);
            return Some(None);
        }
        let (addresses, origin) = match line.find('.') {
            Some(at) => (&line[..at], Some(&line[at..])),
            None => (line, None),
        };
        for word in addresses.split_ascii_whitespace() {
            let first = self.addresses.is_empty() && self.priority.is_none();
            match word {
                "SOH" if first => {}
                _ if first && is_priority(word) => self.priority = Some(word.into()),
                _ if is_address(word) && self.addresses.len() < MAX_ADDRESSES => {
                    self.addresses.push(word.into());
                }
                _ => return None,
            }
        }
        (!self.addresses.is_empty()).then_some(origin)
    }

    /// `.NCE1A0S 040847/2`: originator, time, and whatever else the network adds.
    fn origin_line(&mut self, words: &str) -> Option<()> {
        let mut words = words.split_ascii_whitespace();
        let origin = words.next()?.strip_prefix('.')?;
        self.origin = is_address(origin).then(|| origin.into())?;
        self.filed = words.find_map(filed);
        Some(())
    }

    /// A line between origin and text; `None` for anything that is not known there.
    fn mark(&mut self, line: &str) -> Option<()> {
        match line {
            "" | "STX" => {}
            "PDM" => self.possible_duplicate = true,
            _ => match line.strip_prefix("PART") {
                Some(number) => self.part = Some(number.trim_ascii().parse().ok()?),
                // A standard message identifier, such as `PAX`.
                None if line.len() == 3 && line.bytes().all(|b| b.is_ascii_uppercase()) => {}
                None => return None,
            },
        }
        Some(())
    }
}

/// What stands behind the end of the telegram before.
pub(crate) fn behind_end(bytes: &[u8]) -> &[u8] {
    match memchr::memmem::rfind(bytes, b"NNNN") {
        Some(at) if is_end(&bytes[..at + 4]) => &bytes[at + 4..],
        _ => bytes,
    }
}

/// Whether what stands behind an interchange only ends a telegram.
pub(crate) fn is_end(bytes: &[u8]) -> bool {
    lines(bytes).all(|line| matches!(line.words, "" | "NNNN" | "ETX"))
}

/// One text out of several telegrams, where a later one goes on with the interchange of an earlier
/// one; `None` when there is nothing to join.
pub(crate) fn join(bytes: &[u8]) -> Option<Vec<u8>> {
    memchr::memmem::find(bytes, b"\n.")?;
    let mut joined = Vec::new();
    let mut kept = 0;
    let mut last: Option<Telegram> = None;
    let mut recent: Vec<Line<'_>> = Vec::new();
    let mut lines = lines(bytes).peekable();
    while let Some(line) = lines.next() {
        let is_origin = line.words.contains('.') && line.words.len() < 80;
        recent.push(line);
        if recent.len() > MAX_ADDRESS_LINES {
            recent.remove(0);
        }
        let heading = is_origin.then(|| heading(&recent, bytes)).flatten();
        let Some((start, mut telegram)) = heading else {
            continue;
        };
        let mut end = line.end;
        while let Some(next) = lines.next_if(|next| telegram.mark(next.words).is_some()) {
            end = next.end;
        }
        recent.clear();
        let text = bytes[end..].trim_ascii_start();
        let text = text
            .strip_prefix(b"\x02")
            .unwrap_or(text)
            .trim_ascii_start();
        let goes_on = last.is_some() && !begins_interchange(text);
        if goes_on {
            joined.extend_from_slice(without_end(&bytes[kept..start]));
            kept = end;
        }
        last = Some(telegram);
    }
    if joined.is_empty() {
        return None;
    }
    joined.extend_from_slice(&bytes[kept..]);
    Some(joined)
}

/// Whether a text begins an interchange. A name may have been cut before `UNA` or `UNB` too.
fn begins_interchange(text: &[u8]) -> bool {
    let is_header = |text: &[u8]| {
        let rest = text.strip_prefix(b"UNB");
        rest.is_some_and(|rest| {
            rest.first()
                .is_some_and(|byte| !byte.is_ascii_alphanumeric())
        })
    };
    // UNA has six characters.
    let behind = text.strip_prefix(b"UNA").and_then(|rest| rest.get(6..));
    is_header(text) || behind.is_some_and(|rest| is_header(rest.trim_ascii_start()))
}

/// The heading that ends with the last of `recent`: where it starts, and what it says.
fn heading(recent: &[Line<'_>], bytes: &[u8]) -> Option<(usize, Telegram)> {
    let end = recent.last()?.end;
    let mut found = None;
    for line in recent.iter().rev() {
        match Telegram::read(&bytes[line.start..end]) {
            Some(telegram) => found = Some((line.start, telegram)),
            None if found.is_some() => break,
            None => {}
        }
    }
    found
}

/// A text without what ends its telegram.
fn without_end(text: &[u8]) -> &[u8] {
    let blank = |byte: &u8| byte.is_ascii_whitespace() || byte.is_ascii_control();
    let end = |text: &[u8]| {
        text.iter()
            .rposition(|byte| !blank(byte))
            .map_or(0, |at| at + 1)
    };
    let text = &text[..end(text)];
    match text.strip_suffix(b"NNNN") {
        Some(rest) => &rest[..end(rest)],
        None => text,
    }
}

/// One line and its place.
#[derive(Clone, Copy)]
struct Line<'a> {
    start: usize,
    /// Behind its line break.
    end: usize,
    /// Its text without control characters and blanks around it; empty where it is not ASCII.
    words: &'a str,
}

fn lines(bytes: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    bytes
        .split_inclusive(|byte| *byte == b'\n')
        .map(move |line| {
            let at = start;
            start += line.len();
            let words = match std::str::from_utf8(line) {
                Ok(words) if words.is_ascii() => words,
                // Not a line of a telegram: one that no heading has.
                _ => "?",
            };
            let words = words.trim_matches(|c: char| c.is_ascii_control() || c == ' ');
            Line {
                start: at,
                end: start,
                words,
            }
        })
}

/// `QU`, `QK`, `QD` and their like.
fn is_priority(word: &str) -> bool {
    matches!(word.as_bytes(), [b'Q', second] if second.is_ascii_uppercase())
}

/// Three letters of the place, two of the office, two of the company.
fn is_address(word: &str) -> bool {
    let bytes = word.as_bytes();
    bytes.len() == 7
        && bytes[..3].iter().all(u8::is_ascii_uppercase)
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// `DDHHMM`, perhaps with a number of the telegram behind it.
fn filed(word: &str) -> Option<(u8, u8, u8)> {
    let digits = word.get(..6)?;
    let two = |at: usize| digits.get(at..at + 2)?.parse::<u8>().ok();
    let (day, hour, minute) = (two(0)?, two(2)?, two(4)?);
    let exists = (1..=31).contains(&day) && hour < 24 && minute < 60;
    exists.then_some((day, hour, minute))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The heading in one line: channel, priority, addresses, origin, time, marks.
    #[track_caller]
    fn check(heading: &str, expect: &str) {
        let read = Telegram::read(heading.as_bytes()).map(|telegram| {
            let or = |text: &Option<Text>| text.clone().unwrap_or("-".into());
            let marks = match (telegram.possible_duplicate, telegram.part) {
                (false, None) => String::new(),
                (again, part) => format!(" {again} {part:?}"),
            };
            format!(
                "{} {} {} .{} {:?}{marks}",
                or(&telegram.channel),
                or(&telegram.priority),
                telegram.addresses.join(" "),
                telegram.origin,
                telegram.filed,
            )
        });
        assert_eq!(read.as_deref().unwrap_or("none"), expect);
    }

    #[test]
    fn headings_are_read_in_all_their_variants() {
        check(
            "QK XOGAPZQ\r\n.REKOPZQ 040846\r\n",
            "- QK XOGAPZQ .REKOPZQ Some((4, 8, 46))",
        );
        check(
            "ZCZC LTA0231 040847\r\nQU XOGAPZQ XOGBPZQ\r\nREKOPZQ\r\n.NCE1A0S 040847/2\r\n",
            "LTA0231 QU XOGAPZQ XOGBPZQ REKOPZQ .NCE1A0S Some((4, 8, 47))",
        );
        check("XOGAPZQ\n.REKOPZQ\n", "- - XOGAPZQ .REKOPZQ None");
        check(
            "\u{1}QD XOGAPZQ\r\n.REKOPZQ 312359 MA\r\n\u{2}PDM\r\nPART2\r\nPAX\r\n",
            "- QD XOGAPZQ .REKOPZQ Some((31, 23, 59)) true Some(2)",
        );
        check(
            "SOH QK XOGAPZQ .REKOPZQ 321000\nSTX\n",
            "- QK XOGAPZQ .REKOPZQ None",
        );
    }

    #[test]
    fn other_lines_are_no_heading() {
        for noise in [
            "",
            "QK XOGAPZQ\n",
            ".REKOPZQ 040846\n",
            "DEAR SIRS\n.REKOPZQ 040846\n",
            "QK XOGAPZQ\n.REKOPZQ 040846\nWITH REGARDS\n",
            "QK xogapzq\n.REKOPZQ 040846\n",
            "QK XOGAPZQ\n.REKOP 040846\n",
        ] {
            check(noise, "none");
        }
    }

    #[test]
    fn a_text_of_several_telegrams_is_joined_where_it_was_cut() {
        let join = |text: &str| join(text.as_bytes()).map(|text| String::from_utf8(text).unwrap());
        let first = "QK XOGAPZQ\n.REKOPZQ 040846\nPART1\nUNB+UNOA:4+ZQ'NAD+FL+++O";
        let second = "QK XOGAPZQ\n.REKOPZQ 040847\nPART2\nSEN:TOM'UNZ+1+1'\nNNNN\n";
        assert_eq!(
            join(&format!("{first}\n\u{3}\nNNNN\n\n{second}")).as_deref(),
            Some(
                "QK XOGAPZQ\n.REKOPZQ 040846\nPART1\nUNB+UNOA:4+ZQ'NAD+FL+++OSEN:TOM'UNZ+1+1'\nNNNN\n"
            )
        );
        // A name that is cut where it looks like a header.
        for name in ["UNAULT", "UNBEKANT"] {
            let second = second.replace("SEN", name);
            let joined = join(&format!("{first}\nNNNN\n{second}")).unwrap();
            assert!(
                joined.contains(&format!("NAD+FL+++O{name}:TOM'")),
                "{joined}"
            );
        }
        // Each begins an interchange of its own.
        let whole = "QK XOGAPZQ\n.REKOPZQ 040846\nUNB+UNOA:4+ZQ'UNZ+0+1'\nNNNN\n";
        assert_eq!(join(&whole.repeat(2)), None);
        let advised = whole.replace("UNB+", "UNA:+.? '\nUNB+");
        assert_eq!(join(&advised.repeat(2)), None);
        assert_eq!(join(second), None);
    }
}
