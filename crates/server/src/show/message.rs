//! A message as stored, segment by segment, and what became of new ones.

use super::{instant, person};
use crate::views::message::{Finding, FindingSeverity, Message, MessageRow, Segment, Separators};
use oriel_app::FindingNote;
use oriel_edifact::{Charset, ServiceString, Tokens};
use oriel_policy::{Grant, Lens, Standing};
use oriel_store::StoredMessage;

/// A message, in short.
pub(crate) fn message_row(row: &oriel_store::MessageRow) -> MessageRow {
    MessageRow {
        id: row.id().display("msg"),
        kind: row.kind.clone(),
        function: row.function.clone(),
        sent: row.sent.clone(),
        received_at: instant(&row.received_at),
        size: row.size.unsigned_abs(),
        findings: (row.errors + row.warnings) as u32,
    }
}

/// A finding as kept, with the words of its kind.
pub(crate) fn finding(note: &FindingNote) -> Finding {
    let kind = oriel_messages::findings::by_code(&note.code);
    let (from, to) = note.bytes.unwrap_or_default();
    Finding {
        code: note.code.clone(),
        severity: match kind.map(|kind| kind.severity) {
            Some(oriel_model::Severity::Refused) => FindingSeverity::Refused,
            Some(oriel_model::Severity::Error) => FindingSeverity::Error,
            Some(oriel_model::Severity::Warning) => FindingSeverity::Warning,
            Some(oriel_model::Severity::Info) | None => FindingSeverity::Info,
        },
        text: kind
            .map_or("a finding of another version of this program", |k| k.text)
            .to_owned(),
        advice: kind.map_or("", |k| k.advice).to_owned(),
        segment: note.segment,
        bytes: [from, to],
    }
}

/// A message as stored; without its bytes where one of the values in them is hidden.
pub(crate) fn message(grant: &Grant, stored: &StoredMessage) -> Message {
    let row = &stored.row;
    // The store gives no bytes where one value in them may not be seen, or where they are gone.
    let standing = match stored.anchor {
        Some(anchor) => grant.standing(anchor, false),
        None => Standing::Due {
            since: row.received_at,
        },
    };
    let hidden = Lens::new(grant, standing).hides_source();
    let [component, element, decimal, release, repetition, terminator] = stored.service;
    let given = |byte: u8| (byte != b' ').then_some(byte);
    let service = ServiceString {
        component,
        element,
        decimal,
        release: given(release),
        repetition: given(repetition),
        terminator,
    };
    let sign = |byte: u8| char::from(byte).to_string();
    let notes: Vec<FindingNote> = serde_json::from_str(&stored.findings).unwrap_or_default();
    let bytes = stored.bytes.as_deref().unwrap_or_default();
    Message {
        id: row.id().display("msg"),
        kind: row.kind.clone(),
        version: row.version.clone(),
        function: row.function.clone(),
        sender: row.sender.clone(),
        recipient: row.recipient.clone(),
        reference: row.reference.clone(),
        sent: row.sent.clone(),
        received_at: instant(&row.received_at),
        size: row.size.unsigned_abs(),
        separators: Separators {
            component: sign(component),
            element: sign(element),
            release: given(release).map(sign).unwrap_or_default(),
            terminator: sign(terminator),
        },
        charset: charset(bytes).to_owned(),
        filler: sign(oriel_app::filler(service)),
        segments: segments(bytes, service),
        hidden: hidden.map(person::hidden),
        findings: notes.iter().map(finding).collect(),
    }
}

/// The interchange's character set is not kept with its messages; what is valid UTF-8 beyond
/// ASCII is practically never anything else.
fn charset(bytes: &[u8]) -> &'static str {
    if std::str::from_utf8(bytes).is_ok() {
        "utf-8"
    } else {
        "iso-8859-1"
    }
}

/// Cuts a message into its segments. Bytes between segments (line breaks) belong to the one
/// before; what cannot be cut is one segment without a tag.
fn segments(bytes: &[u8], service: ServiceString) -> Vec<Segment> {
    let mut tokens = Tokens::new(bytes, 0, service, Charset::Ascii);
    let mut token = oriel_edifact::Segment::default();
    let mut starts: Vec<(usize, String)> = Vec::new();
    loop {
        let start = tokens.skip_filler();
        match tokens.next_into(&mut token) {
            Ok(true) => starts.push((start, latin1(token.tag()))),
            Ok(false) => break,
            Err(_) => {
                starts.push((start, String::new()));
                break;
            }
        }
    }
    let ends = starts
        .iter()
        .skip(1)
        .map(|(start, _)| *start)
        .chain([bytes.len()]);
    let mut segments: Vec<Segment> = Vec::with_capacity(starts.len());
    for ((start, tag), end) in starts.iter().zip(ends) {
        segments.push(Segment {
            n: segments.len() as u32 + 1,
            tag: tag.clone(),
            bytes: [*start as u32, end as u32],
            text: latin1(&bytes[*start..end]),
        });
    }
    segments
}

/// One character a byte.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expect: &[(&str, [u32; 2])]) {
        let got = segments(bytes, ServiceString::LEVEL_A);
        let got: Vec<_> = got.iter().map(|s| (s.tag.as_str(), s.bytes)).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn segments_cover_the_message_without_a_gap() {
        check(b"UNH+1'\r\nBGM+745'", &[("UNH", [0, 8]), ("BGM", [8, 16])]);
        check(b"FTX+A?'B'UNT+2'", &[("FTX", [0, 9]), ("UNT", [9, 15])]);
    }

    #[test]
    fn what_cannot_be_cut_is_still_shown() {
        check(b"UNH+1'NAD+FL", &[("UNH", [0, 6]), ("", [6, 12])]);
    }

    #[test]
    fn a_byte_is_a_character() {
        let text = latin1("NAD+FL+++Ö'".as_bytes());
        assert_eq!(text.chars().count(), "NAD+FL+++Ö'".len());
    }
}
