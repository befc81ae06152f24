//! A message in parts: the envelope first, then what is attached.
//!
//! - In: a content type and a body. Out: parts, as they lie in the body. - Source: RFC 2045, 2046,
//!   2387, as far as SOAP with attachments needs them.

use crate::Fault;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use memchr::memmem;
use std::borrow::Cow;

/// Parts of a message.
const MOST: usize = 64;

/// Bytes of the headers of a part.
const HEADERS: usize = 8 << 10;

/// A content type: `type/subtype`, and what stands behind it.
pub(crate) struct Media<'a> {
    pub(crate) name: String,
    parameters: Vec<(String, Cow<'a, str>)>,
}

impl<'a> Media<'a> {
    pub(crate) fn read(text: &'a str) -> Result<Self, Fault> {
        let (name, mut rest) = text.split_once(';').unwrap_or((text, ""));
        let mut parameters: Vec<(String, Cow<'_, str>)> = Vec::new();
        while !rest.trim().is_empty() {
            let (name, behind) = rest.split_once('=').ok_or(Fault::Parts)?;
            let behind = behind.trim_start();
            let value = match behind.strip_prefix('"') {
                Some(quoted) => {
                    let (value, behind) = quoted.split_once('"').ok_or(Fault::Parts)?;
                    // Nobody needs an escape in here, and two readers differ about it easily.
                    if value.contains('\\') {
                        return Err(Fault::Parts);
                    }
                    rest = behind.trim_start();
                    rest = match rest.strip_prefix(';') {
                        Some(rest) => rest,
                        None if rest.is_empty() => rest,
                        None => return Err(Fault::Parts),
                    };
                    value
                }
                None => {
                    let (value, behind) = behind.split_once(';').unwrap_or((behind, ""));
                    rest = behind;
                    value.trim_end()
                }
            };
            let name = name.trim().to_ascii_lowercase();
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err(Fault::Parts);
            }
            parameters.push((name, Cow::Borrowed(value)));
        }
        Ok(Self {
            name: name.trim().to_ascii_lowercase(),
            parameters,
        })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        let mut all = self.parameters.iter();
        all.find(|(known, _)| known == name).map(|(_, it)| &**it)
    }
}

/// What is attached.
#[derive(Debug)]
pub(crate) struct Attached<'a> {
    /// Its identifier, without `<` and `>`.
    pub(crate) id: String,
    /// `type/subtype`, in small letters.
    media: String,
    /// Its content, as it was before it was sent.
    content: Cow<'a, [u8]>,
}

impl Attached<'_> {
    /// The bytes that a signature of its content is about, and so the only ones that are read.
    pub(crate) fn signed(&self) -> Result<Cow<'_, [u8]>, Fault> {
        let (kind, subtype) = self.media.split_once('/').unwrap_or_default();
        if subtype == "xml" || subtype.ends_with("+xml") {
            return Err(Fault::Feature);
        }
        if kind != "text" {
            return Ok(Cow::Borrowed(&self.content));
        }
        let mut lines = Vec::with_capacity(self.content.len());
        let mut rest = &*self.content;
        while let Some(at) = memchr::memchr2(b'\r', b'\n', rest) {
            lines.extend_from_slice(&rest[..at]);
            lines.extend_from_slice(b"\r\n");
            let both = rest[at..].starts_with(b"\r\n");
            rest = &rest[at + 1 + usize::from(both)..];
        }
        lines.extend_from_slice(rest);
        Ok(Cow::Owned(lines))
    }
}

/// A body in its parts.
#[derive(Debug)]
pub(crate) struct Parts<'a> {
    pub(crate) envelope: Cow<'a, [u8]>,
    pub(crate) attached: Vec<Attached<'a>>,
}

/// Takes a body apart.
pub(crate) fn parts<'a>(content_type: &str, body: &'a [u8]) -> Result<Parts<'a>, Fault> {
    let media = Media::read(content_type)?;
    if media.name == "application/soap+xml" {
        return Ok(Parts {
            envelope: Cow::Borrowed(body),
            attached: Vec::new(),
        });
    }
    let boundary = media.parameter("boundary").unwrap_or_default();
    if media.name != "multipart/related" || boundary.is_empty() || boundary.len() > 70 {
        return Err(Fault::Parts);
    }
    let mut found = Vec::new();
    for part in pieces(body, boundary)? {
        found.push(attached(part)?);
    }
    let start = media.parameter("start").map(bare);
    let root = match start {
        None => 0,
        Some(id) => found
            .iter()
            .position(|it| it.id == id)
            .ok_or(Fault::Parts)?,
    };
    for (n, one) in found.iter().enumerate() {
        // Two of one name could each be the one that was signed.
        if n != root && (one.id.is_empty() || found[..n].iter().any(|it| it.id == one.id)) {
            return Err(Fault::Parts);
        }
    }
    let envelope = found.remove(root);
    if envelope.media != "application/soap+xml" {
        return Err(Fault::Parts);
    }
    Ok(Parts {
        envelope: envelope.content,
        attached: found,
    })
}

/// What lies between the boundaries.
fn pieces<'a>(body: &'a [u8], boundary: &str) -> Result<Vec<&'a [u8]>, Fault> {
    let line = format!("\r\n--{boundary}");
    let finder = memmem::Finder::new(&line);
    let mut rest = match body.strip_prefix(&line.as_bytes()[2..]) {
        Some(rest) => rest,
        None => {
            let at = finder.find(body).ok_or(Fault::Parts)?;
            &body[at + line.len()..]
        }
    };
    let mut found = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return match found.is_empty() {
                true => Err(Fault::Parts),
                false => Ok(found),
            };
        }
        let blanks = rest.iter().take_while(|it| matches!(it, b' ' | b'\t'));
        let begin = rest[blanks.count()..].strip_prefix(b"\r\n");
        let begin = begin.ok_or(Fault::Parts)?;
        // The line end before the next boundary is the boundary's own, also of a part with nothing.
        let at = finder.find(begin).ok_or(Fault::Parts)?;
        if found.len() == MOST {
            return Err(Fault::Parts);
        }
        found.push(&begin[..at]);
        rest = &begin[at + line.len()..];
    }
}

fn attached(part: &[u8]) -> Result<Attached<'_>, Fault> {
    let end = memmem::find(&part[..part.len().min(HEADERS)], b"\r\n\r\n").ok_or(Fault::Parts)?;
    let headers = std::str::from_utf8(&part[..end]).map_err(|_| Fault::Parts)?;
    let content = &part[end + 4..];
    let headers = headers.replace("\r\n ", " ").replace("\r\n\t", " ");
    let (mut id, mut media, mut encoding) = (None, None, None);
    for line in headers.split("\r\n").filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or(Fault::Parts)?;
        let place = match &*name.trim().to_ascii_lowercase() {
            "content-id" => &mut id,
            "content-type" => &mut media,
            "content-transfer-encoding" => &mut encoding,
            _ => continue,
        };
        if place.replace(value.trim()).is_some() {
            return Err(Fault::Parts);
        }
    }
    let content = match &*encoding.unwrap_or("binary").to_ascii_lowercase() {
        "binary" | "8bit" | "7bit" => Cow::Borrowed(content),
        "base64" => Cow::Owned(base64(content)?),
        _ => return Err(Fault::Parts),
    };
    Ok(Attached {
        id: bare(id.unwrap_or_default()).to_owned(),
        media: Media::read(media.unwrap_or("text/plain"))?.name,
        content,
    })
}

/// An identifier without its brackets.
fn bare(id: &str) -> &str {
    let inner = id.strip_prefix('<').and_then(|it| it.strip_suffix('>'));
    inner.unwrap_or(id)
}

/// Base64 with line breaks in it.
pub(crate) fn base64(text: &[u8]) -> Result<Vec<u8>, Fault> {
    let dense: Vec<u8> = text
        .iter()
        .copied()
        .filter(|it| !it.is_ascii_whitespace())
        .collect();
    BASE64_STANDARD.decode(dense).map_err(|_| Fault::Parts)
}

/// What a reference of the form `cid:…` names.
pub(crate) fn cid(reference: &str) -> Option<String> {
    let text = reference.strip_prefix("cid:")?.as_bytes();
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at] == b'%' {
            let digits = std::str::from_utf8(text.get(at + 1..at + 3)?).ok()?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            at += 3;
        } else {
            out.push(text[at]);
            at += 1;
        }
    }
    String::from_utf8(out).ok().filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/related; type=\"application/soap+xml\"; boundary=b";
    const ROOT: &str = "--b\r\nContent-Type: application/soap+xml\r\n\r\n<x/>";

    #[track_caller]
    fn check(content_type: &str, body: &str, expect: Option<&[(&str, &str)]>) {
        let parts = parts(content_type, body.as_bytes());
        let read = parts.as_ref().ok().map(|parts| {
            assert_eq!(&*parts.envelope, b"<x/>");
            let each = parts.attached.iter();
            each.map(|it| (&*it.id, std::str::from_utf8(&it.content).unwrap()))
                .collect::<Vec<_>>()
        });
        assert_eq!(read.as_deref(), expect, "{body}");
    }

    #[test]
    fn a_body_is_taken_apart_at_its_boundaries() {
        let with = |part: &str| format!("{ROOT}\r\n--b\r\n{part}\r\n--b--\r\n");
        check(TYPE, &format!("{ROOT}\r\n--b--"), Some(&[]));
        check("application/soap+xml; charset=utf-8", "<x/>", Some(&[]));
        check(TYPE, &format!("preamble\r\n{ROOT}\r\n--b--"), Some(&[]));
        check(
            TYPE,
            &with("Content-ID: <a@x>\r\ncontent-type: application/gzip\r\n\r\n\r\n--\r\nb"),
            Some(&[("a@x", "\r\n--\r\nb")]),
        );
        check(
            TYPE,
            &with("Content-ID: <a>\r\nContent-Transfer-Encoding: base64\r\n\r\nYW\r\nJj"),
            Some(&[("a", "abc")]),
        );
        check(TYPE, &with("Content-ID: <a>\r\n\r\n"), Some(&[("a", "")]));
    }

    #[test]
    fn what_could_be_taken_apart_in_two_ways_is_not() {
        let with = |part: &str| format!("{ROOT}\r\n--b\r\n{part}\r\n--b--\r\n");
        for body in [
            "",
            "--b--",
            ROOT,
            &with("no header"),
            &with("\r\n\r\nnameless"),
            &with("Content-ID: <a>\r\nContent-ID: <b>\r\n\r\nx"),
            &with("Content-ID: <a>\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nx"),
            &with("Content-ID: <a>\r\n\r\nx\r\n--b\r\nContent-ID: <a>\r\n\r\ny"),
            &format!("{ROOT}\r\n--bc\r\n\r\n\r\n--b--"),
        ] {
            check(TYPE, body, None);
        }
        for content_type in [
            "multipart/related",
            "multipart/mixed; boundary=b",
            "multipart/related; boundary=b; boundary=c",
            "multipart/related; boundary=\"b\\\"\"",
            "multipart/related; boundary=b; start=\"<other>\"",
            "text/xml",
        ] {
            check(content_type, &format!("{ROOT}\r\n--b--"), None);
        }
    }

    #[test]
    fn of_a_text_the_line_ends_are_signed_as_the_standard_writes_them() {
        let one = |media: &str| Attached {
            id: String::new(),
            media: media.to_owned(),
            content: Cow::Borrowed(b"\na\r\rb\r\nc\n\r"),
        };
        let text = one("text/plain");
        assert_eq!(&*text.signed().unwrap(), b"\r\na\r\n\r\nb\r\nc\r\n\r\n");
        let other = one("application/edifact");
        assert_eq!(&*other.signed().unwrap(), b"\na\r\rb\r\nc\n\r");
        assert_eq!(one("text/xml").signed(), Err(Fault::Feature));
    }

    #[test]
    fn a_reference_names_an_identifier() {
        assert_eq!(cid("cid:a%40x").as_deref(), Some("a@x"));
        for none in ["a@x", "cid:", "cid:%", "cid:%4", "cid:%zz", "cid:%ff"] {
            assert_eq!(cid(none), None, "{none}");
        }
    }
}
