//! The machine-readable zone of travel documents: read and written, five layouts.
//!
//! - In: the two or three lines as a reader, a keyboard or a message gives them.  Out: a [`Zone`]
//!   in the model's types, and which of its check digits fit.
//! - Source: ICAO Doc 9303, parts 3 to 7 (8th edition): layouts TD1, TD2, TD3, MRV-A, MRV-B.
//! - Invariants: no clock is read, so the century of a birth date comes from a day that the caller
//!   names; a character is mended only where a check digit then fits, and that is said; a check
//!   digit that does not fit never costs a value.

mod check;
mod write;

pub(crate) use check::check_digits_fit;
pub use write::{TooLong, write};

use crate::dates;
use crate::states::State;
use check::{Field, fits};
use jiff::civil::Date;
use oriel_model::{BirthDate, Country, Document, PersonName, Personal, Sex, Span, Text};

/// The layouts of Doc 9303.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Card, three lines of 30.
    Td1,
    /// Card, two lines of 36.
    Td2,
    /// Passport, two lines of 44.
    Td3,
    /// Visa, two lines of 44.
    MrvA,
    /// Visa, two lines of 36.
    MrvB,
}

/// What a check digit says of its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It fits.
    Fits,
    /// It fits once a letter is taken for the digit it looks like, or the other way round.
    Mended,
    /// It does not fit.
    Fails,
    /// The layout has none.
    None,
}

/// The check digits of a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checks {
    /// Document number.
    pub number: Check,
    /// Birth date.
    pub birth: Check,
    /// Last day of validity.
    pub expires: Check,
    /// Optional data of a passport.
    pub optional: Check,
    /// The composite digit over all of them.
    pub composite: Check,
}

impl Checks {
    /// Whether every one that the layout has fits, mended or not.
    pub fn all_fit(&self) -> bool {
        [
            self.number,
            self.birth,
            self.expires,
            self.optional,
            self.composite,
        ]
        .iter()
        .all(|check| *check != Check::Fails)
    }
}

/// What a machine-readable zone says.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// How it is laid out.
    pub layout: Layout,
    /// Kind, number, issuing state and last day.
    pub document: Document,
    /// Primary and secondary identifier; fillers are blanks.
    pub name: PersonName,
    /// Nationality.
    pub nationality: Option<Personal<Country>>,
    /// Birth date, perhaps partly unknown.
    pub birth: Option<Personal<BirthDate>>,
    /// Sex; a filler is *unspecified*.
    pub sex: Option<Personal<Sex>>,
    /// Optional data, without the fillers around it.
    pub optional: Option<Personal<Text>>,
    /// Which check digits fit.
    pub checks: Checks,
}

/// Why a text is not a machine-readable zone. Holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAZone {
    /// Neither two lines of 44 or 36 nor three of 30.
    #[error("a machine-readable zone has two lines of 44 or 36 characters or three of 30")]
    Lines,
    /// A character other than A-Z, 0-9 and the filler.
    #[error("character {0} is none of A to Z, 0 to 9 and <")]
    Character(usize),
}

/// Where the fields of a layout stand, counted from 0 over all its lines.
struct Places {
    name: (usize, usize),
    number: usize,
    nationality: usize,
    birth: usize,
    sex: usize,
    expires: usize,
    /// Optional data, in up to two places.
    optional: [(usize, usize); 2],
    /// Where the check digit of the optional data stands.
    optional_check: Option<usize>,
    composite: Option<usize>,
    /// What the composite digit is computed over.
    over: &'static [(usize, usize)],
}

impl Layout {
    /// Characters of a line.
    pub fn width(self) -> usize {
        match self {
            Self::Td1 => 30,
            Self::Td2 | Self::MrvB => 36,
            Self::Td3 | Self::MrvA => 44,
        }
    }

    fn places(self) -> Places {
        let width = self.width();
        // The second line of all layouts but TD1 begins alike.
        let common = Places {
            name: (5, width),
            number: width,
            nationality: width + 10,
            birth: width + 13,
            sex: width + 20,
            expires: width + 21,
            optional: [(width + 28, 2 * width), (0, 0)],
            optional_check: None,
            composite: None,
            over: &[],
        };
        match self {
            Self::MrvA | Self::MrvB => common,
            Self::Td2 => Places {
                optional: [(64, 71), (0, 0)],
                composite: Some(71),
                over: &[(36, 46), (49, 56), (57, 71)],
                ..common
            },
            Self::Td3 => Places {
                optional: [(72, 86), (0, 0)],
                optional_check: Some(86),
                composite: Some(87),
                over: &[(44, 54), (57, 64), (65, 87)],
                ..common
            },
            Self::Td1 => Places {
                name: (60, 90),
                number: 5,
                nationality: 45,
                birth: 30,
                sex: 37,
                expires: 38,
                optional: [(15, 30), (48, 59)],
                optional_check: None,
                composite: Some(59),
                over: &[(5, 30), (30, 37), (38, 45), (48, 59)],
            },
        }
    }
}

/// Reads a zone. Blanks and line breaks are passed over, small letters taken for capital ones; the
/// lines may stand in one. `today` is a day near the reading, for the centuries.
///
/// ```
/// use oriel_messages::mrz;
/// let lines = "P<XOMQUELLANDER<<TOBIN<MARIS<<<<<<<<<<<<<<<<\n\
///              K7042189X2XOM9102239M3106073<<<<<<<<<<<<<<<0";
/// let zone = mrz::read(lines, jiff::civil::date(2026, 11, 4)).unwrap();
/// assert!(zone.checks.all_fit());
/// ```
pub fn read(text: &str, today: Date) -> Result<Zone, NotAZone> {
    let mut line = Vec::with_capacity(90);
    let mut at = Vec::with_capacity(90);
    for (place, byte) in text.bytes().enumerate() {
        match byte.to_ascii_uppercase() {
            b' ' | b'\r' | b'\n' | b'\t' => continue,
            byte @ (b'A'..=b'Z' | b'0'..=b'9' | b'<') => line.push(byte),
            _ => return Err(NotAZone::Character(place)),
        }
        at.push(place as u32);
        if line.len() > 90 {
            return Err(NotAZone::Lines);
        }
    }
    let layout = match (line.len(), line.first()) {
        (88, Some(b'V')) => Layout::MrvA,
        (88, _) => Layout::Td3,
        (72, Some(b'V')) => Layout::MrvB,
        (72, _) => Layout::Td2,
        (90, _) => Layout::Td1,
        _ => return Err(NotAZone::Lines),
    };
    let mut reader = Reader {
        places: layout.places(),
        line,
        at,
        today,
    };
    Ok(reader.zone(layout))
}

struct Reader {
    places: Places,
    line: Vec<u8>,
    /// Where each character stands in the text.
    at: Vec<u32>,
    today: Date,
}

impl Reader {
    fn zone(&mut self, layout: Layout) -> Zone {
        let (birth, expires, number) = (self.places.birth, self.places.expires, self.places.number);
        let checks = Checks {
            birth: self.check(birth, birth + 6, birth + 6, Field::Digits),
            expires: self.check(expires, expires + 6, expires + 6, Field::Digits),
            number: Check::None,
            optional: match self.places.optional_check {
                Some(digit) => {
                    let (from, to) = self.places.optional[0];
                    self.optional_check(from, to, digit)
                }
                None => Check::None,
            },
            composite: Check::None,
        };
        let (number, number_check, rest_from) = self.number(layout, number);
        let composite = match self.places.composite {
            Some(digit) => {
                let over: Vec<u8> = self
                    .places
                    .over
                    .iter()
                    .flat_map(|(from, to)| &self.line[*from..*to])
                    .copied()
                    .collect();
                match fits(&over, self.line[digit]) {
                    true => Check::Fits,
                    false => Check::Fails,
                }
            }
            None => Check::None,
        };
        Zone {
            layout,
            document: self.document(number),
            name: self.name(),
            nationality: self.state(self.places.nationality),
            birth: self.birth(),
            sex: self.sex(),
            optional: self.optional(rest_from),
            checks: Checks {
                number: number_check,
                composite,
                ..checks
            },
        }
    }

    /// Checks a field against its digit, mending what can be mended.
    fn check(&mut self, from: usize, to: usize, digit: usize, field: Field) -> Check {
        if fits(&self.line[from..to], self.line[digit]) {
            return Check::Fits;
        }
        match check::mended(&self.line[from..to], self.line[digit], field) {
            Some((characters, mended_digit)) => {
                self.line[from..to].copy_from_slice(&characters);
                self.line[digit] = mended_digit;
                Check::Mended
            }
            None => Check::Fails,
        }
    }

    /// A field that may be empty has a zero or a filler for its digit.
    fn optional_check(&mut self, from: usize, to: usize, digit: usize) -> Check {
        let is_empty = self.line[from..to].iter().all(|byte| *byte == b'<');
        match self.line[digit] {
            b'<' if is_empty => Check::Fits,
            _ => self.check(from, to, digit, Field::Any),
        }
    }

    /// The number, its check, and where the optional data behind a long one begins.
    ///
    /// A number of more than nine characters has a filler for its digit and goes on in the optional
    /// data, its digit and a filler behind it (parts 5 and 6).
    fn number(&mut self, layout: Layout, from: usize) -> (Personal<Text>, Check, Option<usize>) {
        let digit = from + 9;
        let (rest_from, rest_to) = self.places.optional[0];
        let long = self.line[digit] == b'<'
            && matches!(layout, Layout::Td1 | Layout::Td2)
            && self.line[rest_from] != b'<';
        if long {
            let rest = &self.line[rest_from..rest_to];
            let length = rest
                .iter()
                .position(|byte| *byte == b'<')
                .unwrap_or(rest.len());
            let mut whole = self.line[from..digit].to_vec();
            whole.extend_from_slice(&rest[..length - 1]);
            let check = match fits(&whole, rest[length - 1]) {
                true => Check::Fits,
                false => Check::Fails,
            };
            let text = String::from_utf8_lossy(&whole).into_owned();
            let span = Span::new(self.at[from], self.at[rest_from + length - 1]);
            let number = Personal::new(Text::from(text), span);
            return (number, check, Some(rest_from + length));
        }
        let check = self.check(from, digit, digit, Field::Any);
        (self.text(from, digit, ""), check, None)
    }

    fn document(&self, number: Personal<Text>) -> Document {
        let issuer = self.state(2);
        Document {
            kind: self.text(0, 2, "").expose().clone(),
            number: Some(number).filter(|number| !number.expose().is_empty()),
            issuer_text: match issuer {
                None => Some(self.text(2, 5, "")).filter(|text| !text.expose().is_empty()),
                Some(_) => None,
            },
            issuer,
            expires: {
                let from = self.places.expires;
                let read = dates::document(&self.line[from..from + 6], b"", Some(self.today));
                read.date
                    .map(|date| Personal::new(date, self.span(from, from + 6)))
            },
            ..Document::default()
        }
    }

    fn birth(&self) -> Option<Personal<BirthDate>> {
        let from = self.places.birth;
        let sent = &self.line[from..from + 6];
        let read = dates::birth(sent, b"", Some(self.today));
        let is_empty = sent.iter().all(|byte| *byte == b'<');
        let text = (!read.is_plain()).then(|| String::from_utf8_lossy(sent).as_ref().into());
        let birth = BirthDate {
            date: read.date,
            text,
        };
        (!is_empty).then(|| Personal::new(birth, self.span(from, from + 6)))
    }

    fn sex(&self) -> Option<Personal<Sex>> {
        let from = self.places.sex;
        let sex = match self.line[from] {
            b'M' => Sex::Male,
            b'F' => Sex::Female,
            b'<' | b'X' => Sex::Unspecified,
            other => Sex::Other(Text::from(char::from(other).to_string())),
        };
        Some(Personal::new(sex, self.span(from, from + 1)))
    }

    fn state(&self, from: usize) -> Option<Personal<Country>> {
        let text = self.text(from, from + 3, "");
        let country = State::read(text.expose()).country()?;
        Some(text.map(|_| country))
    }

    fn optional(&self, rest_from: Option<usize>) -> Option<Personal<Text>> {
        let [(from, to), second] = self.places.optional;
        let from = rest_from.unwrap_or(from).min(to);
        let first = self.text(from, to, " ");
        let second = self.text(second.0, second.1, " ");
        [first, second]
            .into_iter()
            .find(|text| !text.expose().is_empty())
    }

    /// Names: `<<` between primary and secondary identifier, one filler for a blank or hyphen.
    fn name(&self) -> PersonName {
        let (from, to) = self.places.name;
        let field = &self.line[from..to];
        let end = field
            .iter()
            .rposition(|byte| *byte != b'<')
            .map_or(0, |at| at + 1);
        let split = field[..end].windows(2).position(|pair| pair == b"<<");
        let primary_end = split.unwrap_or(end);
        let given_from = split.map_or(end, |at| at + 2);
        let text = |from: usize, to: usize| {
            let text = self.text(from, to, " ");
            (!text.expose().is_empty()).then_some(text)
        };
        PersonName {
            surname: text(from, from + primary_end),
            given: text(from + given_from, from + end),
            title: None,
            maybe_truncated: end == field.len(),
        }
    }

    /// The text of a field without the fillers around it; those inside are `blank`.
    fn text(&self, from: usize, to: usize, blank: &str) -> Personal<Text> {
        let mut text = Text::default();
        let words = self.line[from..to].split(|byte| *byte == b'<');
        for word in words.filter(|word| !word.is_empty()) {
            if !text.is_empty() {
                text.push_str(blank);
            }
            word.iter().for_each(|byte| text.push(char::from(*byte)));
        }
        Personal::new(text, self.span(from, to))
    }

    fn span(&self, from: usize, to: usize) -> Span {
        match (self.at.get(from), self.at.get(to.saturating_sub(1))) {
            (Some(start), Some(last)) if from < to => Span::new(*start, last + 1),
            _ => Span::default(),
        }
    }
}
