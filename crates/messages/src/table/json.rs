//! Reads a declaration in JSON: what it says of the journey, and one row for each person.
//!
//! - In: bytes.  Out: a [`Sheet`], each value with its place.
//! - Source: RFC 8259; keys mean what the headings of a table mean, with the key of the object
//!   around them where they are told apart by it (`departure`: `{ "port": … }`).
//! - Invariants: depth is bounded; a text that is no JSON is refused naming the byte.

use super::csv::Cell;
use super::headings::field;
use super::{Fault, Person, Sheet};
use crate::findings::table as found;
use std::borrow::Cow;
use std::ops::Range;

/// The deepest nesting that is read; a declaration needs four.
const MAX_DEPTH: usize = 16;

/// Names of lists of persons, in lower case, and whether they are crew.
const LISTS: &[(&str, bool)] = &[
    ("crew", true),
    ("pilots", true),
    ("passengers", false),
    ("pax", false),
    ("persons", false),
    ("people", false),
    ("travellers", false),
];

/// Reads a declaration.
pub(super) fn read<'a>(bytes: &'a [u8], start: usize) -> Result<Sheet<'a>, Fault> {
    let mut reader = Reader {
        bytes,
        at: start,
        sheet: Sheet::default(),
    };
    reader.value("", 0, Place::Head)?;
    reader.blanks();
    if reader.at < bytes.len() {
        return Err((&found::NOT_JSON, reader.at));
    }
    Ok(reader.sheet)
}

/// To whom a value belongs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Head,
    /// In a list of persons, or inside of the last of them.
    People {
        crew: bool,
    },
    Person,
    /// In a list that is not read.
    Unread,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    sheet: Sheet<'a>,
}

impl<'a> Reader<'a> {
    fn blanks(&mut self) {
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        self.at += rest.len() - rest.trim_ascii_start().len();
    }

    fn take(&mut self, byte: u8) -> bool {
        self.blanks();
        let here = self.bytes.get(self.at) == Some(&byte);
        self.at += usize::from(here);
        here
    }

    fn fault<T>(&self) -> Result<T, Fault> {
        Err((&found::NOT_JSON, self.at.min(self.bytes.len())))
    }

    fn value(&mut self, key: &str, depth: usize, place: Place) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err((&found::TOO_DEEP, self.at));
        }
        self.blanks();
        match self.bytes.get(self.at) {
            Some(b'{') => self.object(key, depth, place),
            Some(b'[') => self.array(key, depth, place),
            Some(b'"') => {
                let cell = self.string()?;
                self.scalar(key, cell, place);
                Ok(())
            }
            Some(_) => {
                let rest = &self.bytes[self.at..];
                let ends = |byte: &u8| b",]} \t\r\n".contains(byte);
                let length = rest.iter().position(ends).unwrap_or(rest.len());
                let at = self.at..self.at + length;
                let word = std::str::from_utf8(&rest[..length]).unwrap_or_default();
                let number = word.starts_with(|c: char| c.is_ascii_digit() || c == '-');
                if !number && !matches!(word, "true" | "false" | "null") {
                    return self.fault();
                }
                self.at = at.end;
                if word != "null" {
                    let text = Cow::Borrowed(word);
                    self.scalar(key, Cell { text, at }, place);
                }
                Ok(())
            }
            None => self.fault(),
        }
    }

    fn object(&mut self, outer: &str, depth: usize, place: Place) -> Result<(), Fault> {
        self.at += 1;
        let place = match place {
            Place::People { crew } => {
                self.sheet.people.push(Person {
                    crew,
                    ..Person::default()
                });
                Place::Person
            }
            other => other,
        };
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.blanks();
            if self.bytes.get(self.at) != Some(&b'"') {
                return self.fault();
            }
            let key = self.string()?;
            if !self.take(b':') {
                return self.fault();
            }
            // The object around a key may be what tells it apart, and a list is none.
            let both = format!("{outer}{}", key.text);
            let key = match field(&both) {
                Some(_) => both,
                None => key.text.into_owned(),
            };
            self.value(&key, depth + 1, place)?;
            if self.take(b'}') {
                return Ok(());
            }
            if !self.take(b',') {
                return self.fault();
            }
        }
    }

    fn array(&mut self, key: &str, depth: usize, place: Place) -> Result<(), Fault> {
        self.at += 1;
        let list = LISTS.iter().find(|row| row.0.eq_ignore_ascii_case(key));
        let inside = match (place, list) {
            (Place::Head, Some((_, crew))) => Place::People { crew: *crew },
            // Documents of one person.
            (Place::Person, _) => Place::Person,
            _ => Place::Unread,
        };
        let key = key.strip_suffix('s').unwrap_or(key);
        let key = if inside == Place::Person { key } else { "" };
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.value(key, depth + 1, inside)?;
            if self.take(b']') {
                return Ok(());
            }
            if !self.take(b',') {
                return self.fault();
            }
        }
    }

    /// A string, from its opening quote on; places are those of what stands between the quotes.
    fn string(&mut self) -> Result<Cell<'a>, Fault> {
        let start = self.at + 1;
        let mut at = start;
        let mut escaped = false;
        loop {
            match self.bytes.get(at) {
                None => return self.fault(),
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += 2;
                }
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        let Ok(raw) = std::str::from_utf8(&self.bytes[start..at]) else {
            return Err((&found::NOT_JSON, start));
        };
        let text = match escaped {
            false => Cow::Borrowed(raw.trim()),
            true => Cow::Owned(unescaped(raw).ok_or((&found::NOT_JSON, start))?),
        };
        Ok(Cell {
            text,
            at: start..at,
        })
    }

    fn scalar(&mut self, key: &str, cell: Cell<'a>, place: Place) {
        let at: Range<usize> = cell.at.clone();
        if at.is_empty() {
            return;
        }
        self.sheet.values.push(at);
        let known = field(key);
        match (place, known, self.sheet.people.last_mut()) {
            (Place::Person, Some(known), Some(person)) if known.is_personal() => {
                person.cells.push((known, cell));
            }
            (Place::Head, Some(known), _) if !known.is_personal() => {
                self.sheet.head.push((known, cell));
            }
            _ => self.sheet.unknown.push(cell.at),
        }
    }
}

/// The text with its escapes resolved; `None` where one is none.
fn unescaped(raw: &str) -> Option<String> {
    let mut out = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match chars.next()? {
            'n' | 'r' | 't' | 'b' | 'f' => ' ',
            'u' => {
                let high = unit(&mut chars)?;
                let code = match high {
                    0xd800..=0xdbff => {
                        let escape = (chars.next()?, chars.next()?);
                        let low = unit(&mut chars).filter(|_| escape == ('\\', 'u'))?;
                        0x1_0000 + ((high - 0xd800) << 10) + low.checked_sub(0xdc00)?
                    }
                    other => other,
                };
                char::from_u32(code)?
            }
            other => other,
        });
    }
    Some(out.trim().to_owned())
}

fn unit(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |code, _| Some(code * 16 + chars.next()?.to_digit(16)?))
}
