//! What goes around messages: UNA, UNB, UNG, UNH and their trailers.
//!
//! - In: a style, a header, the bodies.  Out: one interchange.
//! - Source: ISO 9735-1; the carriers' habits in [`crate::carrier`].
//! - Invariant: counts and references are right unless a fault says otherwise.

use crate::carrier::Advice;
use crate::dates::{hhmm, yymmdd};
use crate::fault::FaultKind;
use compact_str::format_compact;
use jiff::civil::DateTime;
use oriel_edifact::{Charset, Segment, Tokens, Writer};
use oriel_model::Text;

/// What all messages of an interchange share.
pub(crate) struct Envelope<'a> {
    pub(crate) advice: Advice,
    pub(crate) syntax: (&'a str, &'a str),
    /// `PAXLST` or `PNRGOV`.
    pub(crate) kind: &'a str,
    /// Version and release in UNG and UNH: `D`, `05B` or `13`, `1`.
    pub(crate) version: (&'a str, &'a str),
    /// `UN` or `IA`.
    pub(crate) agency: &'a str,
    /// Association code in UNH, `IATA` or nothing.
    pub(crate) association: &'a str,
    pub(crate) grouped: bool,
    /// `APIS` or `PNRGOV`, and whether it stands in UNB element 7 or, wrongly, in 6.
    pub(crate) application: (&'a str, bool),
    pub(crate) sender: &'a str,
    pub(crate) recipient: &'a str,
    /// Preparation, UTC.
    pub(crate) at: DateTime,
    /// Interchange control reference.
    pub(crate) control: &'a str,
    pub(crate) fault: Option<FaultKind>,
    /// A line break after each segment.
    pub(crate) lines: bool,
}

/// One message of an interchange.
pub(crate) struct Letter<'a> {
    pub(crate) reference: &'a str,
    /// Common access reference.
    pub(crate) access: &'a str,
    /// Part number and whether it is the last; `None` for a whole.
    pub(crate) part: Option<(usize, bool)>,
}

impl Envelope<'_> {
    /// Writes the interchange: `write` is called for each letter and writes the body.
    pub(crate) fn seal<'l>(
        &self,
        letters: &[Letter<'l>],
        mut write: impl FnMut(&mut Writer, usize),
    ) -> Vec<u8> {
        let mut out = Writer::new(self.advice.service());
        if self.advice != Advice::Silent {
            out.una();
        }
        let date = yymmdd(self.at.date());
        let time = hhmm(self.at);
        let qualifier = if self.kind == "PAXLST" { "ZZ" } else { "" };
        let application = self.application.0;
        let places = match self.application.1 {
            true => ["", application],
            false => [application, ""],
        };
        out.segment(
            "UNB",
            &[
                &[self.syntax.0, self.syntax.1],
                &[self.sender, qualifier],
                &[self.recipient, qualifier],
                &[&date, &time],
                &[self.control],
                &[places[0]],
                &[places[1]],
            ],
        );
        if self.grouped {
            out.segment(
                "UNG",
                &[
                    &[self.kind],
                    &[self.sender, qualifier],
                    &[self.recipient, qualifier],
                    &[&date, &time],
                    &["1"],
                    &[self.agency],
                    &[self.version.0, self.version.1],
                ],
            );
        }
        for (i, letter) in letters.iter().enumerate() {
            out.take_count();
            let (part, mark) = match letter.part {
                None => (Text::default(), ""),
                Some((number, last)) => (
                    format_compact!("{number:02}"),
                    match (number, last) {
                        (_, true) => "F",
                        (1, false) => "C",
                        _ => "",
                    },
                ),
            };
            out.segment(
                "UNH",
                &[
                    &[letter.reference],
                    &[
                        self.kind,
                        self.version.0,
                        self.version.1,
                        self.agency,
                        self.association,
                    ],
                    &[letter.access],
                    &[&part, mark],
                ],
            );
            write(&mut out, i);
            if self.fault == Some(FaultKind::MissingTrailer) {
                return out.finish();
            }
            let wrong = u32::from(self.fault == Some(FaultKind::SegmentCount));
            let count = format_compact!("{}", out.take_count() + 1 + wrong);
            let reference = match self.fault {
                Some(FaultKind::MessageReference) => "0",
                _ => letter.reference,
            };
            out.segment("UNT", &[&[&count], &[reference]]);
        }
        let messages = format_compact!("{}", letters.len());
        if self.grouped {
            out.segment("UNE", &[&[&messages], &["1"]]);
        }
        let control = match self.fault {
            Some(FaultKind::InterchangeReference) => "0",
            _ => self.control,
        };
        let groups = if self.grouped { "1" } else { &messages };
        out.segment("UNZ", &[&[groups], &[control]]);
        let bytes = out.finish();
        if self.lines {
            in_lines(&bytes, self.advice)
        } else {
            bytes
        }
    }
}

/// The same interchange with a line break after each segment.
fn in_lines(bytes: &[u8], advice: Advice) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 20);
    let una = if bytes.starts_with(b"UNA") { 9 } else { 0 };
    out.extend_from_slice(&bytes[..una]);
    let mut tokens = Tokens::new(&bytes[una..], una, advice.service(), Charset::Ascii);
    let mut segment = Segment::default();
    while let Ok(true) = tokens.next_into(&mut segment) {
        let span = segment.span();
        out.extend_from_slice(&bytes[span.start..=span.end]);
        out.extend_from_slice(b"\r\n");
    }
    out
}
