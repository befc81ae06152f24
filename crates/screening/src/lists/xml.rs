//! Walks through a list in XML, one record at a time.
//!
//! - In: the text, the name of its root and those of its records.  Out: for each record its elements
//!   with their attributes and texts.
//! - Invariant: a document type is refused, so no entity can grow or fetch anything; one record
//!   holds at most [`MAX_FIELDS`] elements of [`MAX_TEXT`] bytes, [`MAX_DEPTH`] deep; a file that
//!   ends before its root does is no shorter list but a broken one.

use super::ReadError;
use oriel_model::Text;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

const MAX_FIELDS: usize = 10_000;
const MAX_TEXT: usize = 64 << 10;
const MAX_DEPTH: usize = 16;

/// What the walk comes upon.
pub(super) enum Step {
    /// The root, with its attributes.
    Root(Element),
    /// A record of this name; `None` where it holds more than a record can.
    Record(&'static str, Option<Element>),
}

/// Walks through a file.
pub(super) fn walk(
    format: &'static str,
    text: &str,
    root: &'static str,
    records: &[&'static str],
    mut each: impl FnMut(Step),
) -> Result<(), ReadError> {
    let mut walk = Walk {
        reader: Reader::from_str(text),
    };
    let (mut begun, mut whole) = (false, false);
    loop {
        match walk.next()? {
            Event::Start(start) if start.local_name().as_ref() == root => {
                begun = true;
                each(Step::Root(Element::of(&start)));
            }
            Event::Start(start) => {
                let name = start.local_name();
                if let Some(record) = records.iter().find(|r| **r == name.as_ref()) {
                    let element = walk.element(Element::of(&start))?;
                    each(Step::Record(record, element));
                }
            }
            Event::Empty(start) => {
                let name = start.local_name();
                if let Some(record) = records.iter().find(|r| **r == name.as_ref()) {
                    each(Step::Record(record, Some(Element::of(&start))));
                }
            }
            Event::End(end) if end.local_name().as_ref() == root => whole = true,
            Event::Eof => break,
            _ => {}
        }
    }
    if !begun {
        let reason = "its root is another element";
        return Err(ReadError::NotThis { format, reason });
    }
    // A transfer that was cut between two persons must not pass for a shorter list.
    if !whole {
        return Err(ReadError::Xml {
            at: text.len() as u64,
            reason: "the file ends before the list does".to_owned(),
        });
    }
    Ok(())
}

struct Walk<'t> {
    reader: Reader<&'t [u8]>,
}

impl<'t> Walk<'t> {
    fn next(&mut self) -> Result<Event<'t>, ReadError> {
        match self.reader.read_event() {
            Ok(Event::DocType(_)) => Err(ReadError::DocumentType),
            Ok(event) => Ok(event),
            Err(error) => Err(ReadError::Xml {
                at: self.reader.error_position(),
                reason: reason(&error).to_owned(),
            }),
        }
    }

    /// Everything in an element that was just opened; `None` if it is more than a person can have.
    fn element(&mut self, record: Element) -> Result<Option<Element>, ReadError> {
        let name = record.name.clone();
        let mut open = vec![record];
        let mut fields = 0;
        loop {
            match self.next()? {
                Event::Start(start) => {
                    fields += 1;
                    if open.len() < MAX_DEPTH {
                        open.push(Element::of(&start));
                    } else {
                        fields = MAX_FIELDS + 1;
                        self.skip()?;
                    }
                }
                Event::Empty(start) => {
                    fields += 1;
                    if fields <= MAX_FIELDS
                        && let Some(parent) = open.last_mut()
                    {
                        parent.children.push(Element::of(&start));
                    }
                }
                Event::Text(text) => push(&mut open, &text.xml10_content()),
                Event::CData(text) => push(&mut open, &text.xml10_content()),
                Event::GeneralRef(reference) => {
                    let text = match reference.resolve_char_ref() {
                        Ok(Some(c)) => c.to_string(),
                        _ => predefined(&reference).to_owned(),
                    };
                    push(&mut open, &text);
                }
                Event::End(_) => {
                    let Some(mut done) = open.pop() else {
                        return Ok(None);
                    };
                    done.text = done.text.split_whitespace().collect::<Vec<_>>().join(" ");
                    match open.last_mut() {
                        Some(parent) if fields <= MAX_FIELDS => parent.children.push(done),
                        Some(_) => {}
                        None => return Ok((fields <= MAX_FIELDS).then_some(done)),
                    }
                }
                Event::Eof => {
                    return Err(ReadError::Xml {
                        at: self.reader.buffer_position(),
                        reason: format!("the file ends inside {name}"),
                    });
                }
                _ => {}
            }
        }
    }

    /// Passes over an element that was just opened.
    fn skip(&mut self) -> Result<(), ReadError> {
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                Event::Eof => depth = 0,
                _ => {}
            }
        }
        Ok(())
    }
}

/// What is wrong, without the text of the file.
fn reason(error: &quick_xml::Error) -> &'static str {
    match error {
        quick_xml::Error::IllFormed(_) => "tags do not match",
        quick_xml::Error::Syntax(_) => "a tag is not closed",
        _ => "not well formed",
    }
}

fn predefined(name: &str) -> &'static str {
    match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "apos" => "'",
        "quot" => "\"",
        // No other can be declared.
        _ => " ",
    }
}

fn push(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut()
        && element.text.len() + text.len() <= MAX_TEXT
    {
        element.text.push_str(text);
    }
}

/// The text of an attribute; what is no entity of XML itself becomes a blank.
fn resolve(value: &str) -> String {
    let mut out = String::with_capacity(value.len().min(MAX_TEXT));
    let mut rest = &value[..value.floor_char_boundary(MAX_TEXT)];
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let Some((name, after)) = after.split_once(';') else {
            break;
        };
        let number = name
            .strip_prefix('#')
            .and_then(|n| match n.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok(),
                None => n.parse().ok(),
            });
        match number.and_then(char::from_u32) {
            Some(c) => out.push(c),
            None => out.push_str(predefined(name)),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Attributes of an element beyond this many are not looked at.
const MAX_ATTRIBUTES: usize = 64;

/// An element with all that is in it.
#[derive(Default)]
pub(super) struct Element {
    name: Text,
    attributes: Vec<(Text, Text)>,
    pub(super) text: String,
    children: Vec<Element>,
}

impl Element {
    fn of(start: &BytesStart<'_>) -> Self {
        let attributes = start.attributes().flatten().map(|a| {
            let value: Text = resolve(&a.value).into();
            (Text::from(a.key.local_name().as_ref()), value)
        });
        Self {
            name: start.local_name().as_ref().into(),
            attributes: attributes.take(MAX_ATTRIBUTES).collect(),
            ..Self::default()
        }
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.children.is_empty() && self.attributes.is_empty() && self.text.is_empty()
    }

    /// An attribute; empty without one.
    pub(super) fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(key, _)| key == name);
        found.map_or("", |(_, value)| value.trim())
    }

    /// Its children of this name.
    pub(super) fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |c| c.name == name)
    }

    /// The text of a child; empty without one.
    pub(super) fn text<'e>(&'e self, name: &'e str) -> &'e str {
        self.all(name)
            .map(|c| c.text.as_str())
            .find(|t| !t.is_empty())
            .unwrap_or("")
    }

    /// The texts in `<name><VALUE>…</VALUE></name>`.
    pub(super) fn values<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e str> {
        self.all(name)
            .flat_map(|c| c.all("VALUE"))
            .map(|v| v.text.as_str())
            .filter(|t| !t.is_empty())
    }
}
