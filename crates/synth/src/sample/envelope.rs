//! What goes around the messages of samples: interchanges, telegrams, archives.
//!
//! - Source: ISO 9735-1; IATA Type B; RFC 1951 and 1952 (stored blocks, so that nothing has to be
//!   compressed); PKWARE APPNOTE 6.3.

use super::{Draw, manifest, push};
use crate::dates::{hhmm, yymmdd};
use compact_str::format_compact;
use oriel_edifact::{ServiceString, Writer};
use oriel_model::{Envelope, Message, Text};

/// Service characters that carriers use, and whether UNA is needed to tell them.
const SERVICE: &[(ServiceString, bool)] = &[
    (ServiceString::LEVEL_A, false),
    (ServiceString::LEVEL_A, true),
    (service(b':', b'*', b'?', b'$'), true),
    (service(b':', b'(', b')', b'-'), true),
    (service(b':', b'+', b'\\', b'\''), true),
];

const fn service(component: u8, element: u8, release: u8, terminator: u8) -> ServiceString {
    ServiceString {
        component,
        element,
        decimal: b'.',
        release: Some(release),
        repetition: None,
        terminator,
    }
}

/// Writes an interchange of one message.
pub(super) fn interchange(
    draw: &mut Draw,
    envelope: &Envelope,
    syntax: (&str, &str),
    body: impl FnOnce(&mut Writer, &mut Draw),
) -> Vec<u8> {
    let (service, advice) = match draw.plain {
        true => SERVICE[0],
        false => draw.rng.pick(SERVICE),
    };
    let mut out = Writer::new(service);
    if advice {
        out.una();
    }
    let stamp = envelope
        .sent
        .map_or_else(Default::default, |at| (yymmdd(at.date()), hhmm(at)));
    let grouped = !draw.plain && draw.rng.percent(30);
    let kind = envelope.kind.as_str();
    let mut version = envelope.version.splitn(2, '.');
    let (version, release) = (version.next().unwrap_or(""), version.next().unwrap_or(""));
    let (agency, association, application) = match kind {
        "PNRGOV" => ("IA", "", "PNRGOV"),
        _ => ("UN", "IATA", "APIS"),
    };
    let (date, time) = (&*stamp.0, &*stamp.1);
    let (sender, recipient) = (envelope.sender.as_str(), envelope.recipient.as_str());
    let test = if envelope.test { "1" } else { "" };
    out.segment(
        "UNB",
        &[
            &[syntax.0, syntax.1],
            &[sender, "ZZ"],
            &[recipient, "ZZ"],
            &[date, time],
            &[&envelope.interchange],
            &[],
            &[application],
            &[],
            &[],
            &[],
            &[test],
        ],
    );
    if grouped {
        out.segment(
            "UNG",
            &[
                &[kind],
                &[sender, "ZZ"],
                &[recipient, "ZZ"],
                &[date, time],
                &["1"],
                &[agency],
                &[version, release],
            ],
        );
    }
    out.take_count();
    let part = envelope.part;
    let number = format_compact!("{:02}", part.number);
    let part: [&str; 2] = match (part.number, part.last) {
        (1, true) if draw.plain || draw.rng.percent(50) => ["", ""],
        (_, true) => [&number, "F"],
        (1, false) => [&number, "C"],
        (_, false) => [&number, ""],
    };
    let access = envelope.access_reference.as_deref().unwrap_or("");
    out.segment(
        "UNH",
        &[
            &[&envelope.reference],
            &[kind, version, release, agency, association],
            &[access],
            &part,
        ],
    );
    body(&mut out, draw);
    let count = format_compact!("{}", out.take_count() + 1);
    out.segment("UNT", &[&[&count], &[&envelope.reference]]);
    if grouped {
        out.segment("UNE", &[&["1"], &["1"]]);
    }
    out.segment("UNZ", &[&["1"], &[&envelope.interchange]]);
    out.finish()
}

/// A message of one of the two kinds that travel in envelopes.
fn enclosed(draw: &mut Draw) -> (Message, Vec<u8>) {
    match draw.rng.percent(60) {
        true => manifest::passengers(draw),
        false => push::push(draw),
    }
}

/// The text in lines behind a heading, in one telegram or two.
pub(super) fn telegram(draw: &mut Draw) -> (Message, Vec<u8>) {
    let (says, text) = enclosed(draw);
    let heading = |draw: &mut Draw, part: &str| -> String {
        let mut out = String::new();
        if draw.rng.percent(30) {
            out += "ZCZC LTA0231 221143\r\n";
        }
        let priority = draw.rng.pick(&["QK ", "QU ", "QD ", ""]);
        let copies = draw.rng.pick(&["", " UTOBPZQ", " UTOBPZQ\r\nUTOCPZQ"]);
        out += &format!("{priority}UTOAPZQ{copies}\r\n.NBOOPZQ 221143\r\n{part}");
        out
    };
    let mut out = Vec::new();
    // A network may take blanks off the ends of a text, so that no carrier cuts beside one.
    let blank = |at: &usize| text[at - 1] == b' ' || text[*at] == b' ';
    let at = (text.len() / 2..text.len())
        .find(|at| !blank(at))
        .unwrap_or(1);
    let parts: &[(&str, &[u8])] = match draw.rng.percent(40) {
        true => &[("PART1\r\n", &text[..at]), ("PART2\r\n", &text[at..])],
        false => &[("", &text)],
    };
    for (mark, text) in parts {
        out.extend_from_slice(heading(draw, mark).as_bytes());
        out.extend_from_slice(text);
        out.extend_from_slice(b"\r\n\x03\r\nNNNN\r\n");
    }
    (says, out)
}

/// A gzip member with stored blocks.
pub(super) fn gzip(draw: &mut Draw) -> (Message, Vec<u8>) {
    let (says, text) = enclosed(draw);
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut blocks = text.chunks(0xFFFF).peekable();
    while let Some(block) = blocks.next() {
        let length = block.len() as u16;
        out.push(u8::from(blocks.peek().is_none()));
        out.extend_from_slice(&length.to_le_bytes());
        out.extend_from_slice(&(!length).to_le_bytes());
        out.extend_from_slice(block);
    }
    out.extend_from_slice(&crc(&text).to_le_bytes());
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    (says, out)
}

/// An archive of the one file.
pub(super) fn zip(draw: &mut Draw) -> (Message, Vec<u8>) {
    let (says, text) = enclosed(draw);
    (says, archive(&[("push.edi", &text)]))
}

/// A ZIP archive whose files are stored as they are.
pub(super) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let offset = out.len() as u32;
        let mut entry = Vec::new();
        // Version 2.0, no flags, stored, no time.
        entry.extend_from_slice(&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0]);
        entry.extend_from_slice(&crc(text).to_le_bytes());
        entry.extend_from_slice(&(text.len() as u32).to_le_bytes());
        entry.extend_from_slice(&(text.len() as u32).to_le_bytes());
        entry.extend_from_slice(&(name.len() as u16).to_le_bytes());
        entry.extend_from_slice(&[0, 0]);
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&entry);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(text);
        directory.extend_from_slice(b"PK\x01\x02\x14\0");
        directory.extend_from_slice(&entry);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let (start, count) = (out.len() as u32, files.len() as u16);
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

/// CRC-32 (ISO 3309).
fn crc(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut at = 0;
        while at < 256 {
            let mut value = at as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 {
                    0xEDB8_8320 ^ (value >> 1)
                } else {
                    value >> 1
                };
                bit += 1;
            }
            table[at] = value;
            at += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |crc, byte| {
        TABLE[usize::from((crc as u8) ^ byte)] ^ (crc >> 8)
    })
}

/// The text of a value that may be missing.
pub(super) fn text(value: Option<&oriel_model::Personal<Text>>) -> &str {
    value.map_or("", |value| value.expose())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_checksum_is_the_one_of_the_standard() {
        assert_eq!(super::crc(b"123456789"), 0xCBF4_3926);
    }
}
