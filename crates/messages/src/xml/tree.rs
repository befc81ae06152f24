//! Reads XML piece by piece, each value with its place.
//!
//! - In: text.  Out: elements by their local names; one subtree at a time is held.
//! - Invariants: a document type is refused, so that no entity can grow or fetch anything; depth,
//!   attributes and the length of a value are bounded; every stretch of text and every attribute is
//!   known by its place, so that what nobody reads can be overwritten.

use crate::Conventions;
use crate::findings::xml as found;
use crate::respelled::Value;
use oriel_model::FindingKind;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::ops::Range;

/// The deepest nesting that is read; the schema needs twelve.
const MAX_DEPTH: usize = 32;

/// The most attributes of one element; the schema has fewer than twenty.
const MAX_ATTRIBUTES: usize = 64;

/// Why a document is refused, and where.
pub(super) type Fault = (&'static FindingKind, usize);

/// One element with everything in it.
#[derive(Debug, Default)]
pub(super) struct Node<'a> {
    /// Local name.
    pub(super) name: &'a str,
    /// Where the name stands, as sent.
    pub(super) at: Range<usize>,
    pub(super) attributes: Vec<(&'a str, Value<'a>)>,
    pub(super) children: Vec<Node<'a>>,
    /// Its text, where it has no children.
    pub(super) text: Value<'a>,
}

impl<'a> Node<'a> {
    /// An attribute by its local name; empty when it was not sent, or only a dash.
    pub(super) fn get(&self, name: &str) -> Value<'a> {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map_or(Value::default(), |(_, value)| value.sent())
    }

    /// The children of a name.
    pub(super) fn all<'n>(&'n self, name: &'static str) -> impl Iterator<Item = &'n Node<'a>> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The first child of a name.
    pub(super) fn child(&self, name: &'static str) -> Option<&Node<'a>> {
        self.all(name).next()
    }

    /// The text of the first child of a name.
    pub(super) fn text_of(&self, name: &'static str) -> Value<'a> {
        self.child(name)
            .map_or(Value::default(), |child| child.text.sent())
    }

    /// An attribute of the first child of a name.
    pub(super) fn get_of(&self, child: &'static str, name: &str) -> Value<'a> {
        self.child(child)
            .map_or(Value::default(), |child| child.get(name))
    }
}

/// Walks a document.
pub(super) struct Walk<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    pub(super) conventions: &'a Conventions,
    depth: usize,
    /// Where the element that ended last ends, its tag not counted.
    closed_at: usize,
    /// Places of all values, read or not, in their order.
    pub(super) values: Vec<Range<usize>>,
}

/// What comes next.
pub(super) enum Step<'a> {
    /// An element begins; its children come next.
    Open(Node<'a>),
    /// The element that began last ends.
    Close,
    /// The document ends.
    End,
}

impl<'a> Walk<'a> {
    pub(super) fn new(text: &'a str, conventions: &'a Conventions) -> Self {
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Self {
            text,
            reader,
            conventions,
            depth: 0,
            closed_at: 0,
            values: Vec::new(),
        }
    }

    /// Goes on to the next start or end of an element; of a start only name and attributes.
    pub(super) fn next(&mut self) -> Result<Step<'a>, Fault> {
        loop {
            let from = self.reader.buffer_position() as usize;
            let event = self.reader.read_event();
            let to = self.reader.buffer_position() as usize;
            match event {
                Err(_) => return Err((&found::NOT_WELL_FORMED, from.min(self.text.len()))),
                Ok(Event::DocType(_)) => return Err((&found::DOCUMENT_TYPE, from)),
                Ok(Event::Start(start)) => {
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err((&found::TOO_DEEP, from));
                    }
                    return self.open(&start, from, to).map(Step::Open);
                }
                Ok(Event::End(_)) => {
                    self.depth -= 1;
                    self.closed_at = from;
                    return Ok(Step::Close);
                }
                Ok(Event::Eof) if self.depth > 0 => return Err((&found::NOT_WELL_FORMED, from)),
                Ok(Event::Eof) => return Ok(Step::End),
                Ok(Event::Decl(_)) => {}
                // Text, a comment or anything else that stands between tags.
                Ok(_) => {
                    if !self.text[from..to].trim().is_empty() {
                        self.values.push(from..to);
                    }
                }
            }
        }
    }

    /// The whole of an element that was opened.
    pub(super) fn whole(&mut self, mut node: Node<'a>) -> Result<Node<'a>, Fault> {
        let start = self.reader.buffer_position() as usize;
        loop {
            match self.next()? {
                Step::Open(child) => {
                    let child = self.whole(child)?;
                    node.children.push(child);
                }
                Step::Close => break,
                Step::End => return Err((&found::NOT_WELL_FORMED, self.text.len())),
            }
        }
        if node.children.is_empty() {
            let raw = &self.text[start..self.closed_at];
            let inner = raw
                .strip_prefix("<![CDATA[")
                .and_then(|raw| raw.strip_suffix("]]>"));
            let (raw, at) = inner.map_or((raw, start), |inner| (inner, start + 9));
            // A comment inside of a value: none of it is read.
            if !raw.contains('<') {
                node.text = Value { raw, at };
            }
        }
        Ok(node)
    }

    fn open(&mut self, start: &BytesStart<'_>, from: usize, to: usize) -> Result<Node<'a>, Fault> {
        let text = self.text;
        // Slices of the event are slices of the document.
        let place = |piece: &str| {
            let at = (piece.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
            (at >= from && at + piece.len() <= to).then_some(at)
        };
        let fault = (&found::NOT_WELL_FORMED, from);
        let slice = |piece: &str| {
            place(piece)
                .map(|at| &text[at..at + piece.len()])
                .ok_or(fault)
        };
        let mut node = Node {
            name: self.conventions.name(slice(start.local_name().as_ref())?),
            at: place(start.local_name().as_ref())
                .map(|at| at..at + start.local_name().as_ref().len())
                .ok_or(fault)?,
            ..Node::default()
        };
        for attribute in start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_| fault)?;
            let key = attribute.key;
            let value = Value {
                raw: slice(&attribute.value)?,
                at: place(&attribute.value).ok_or(fault)?,
            };
            let is_namespace = key.as_ref().starts_with("xmlns");
            if !is_namespace {
                self.values.push(value.at..value.at + value.raw.len());
            }
            if node.attributes.len() < MAX_ATTRIBUTES && !is_namespace {
                node.attributes.push((
                    self.conventions.name(slice(key.local_name().as_ref())?),
                    value,
                ));
            }
        }
        Ok(node)
    }
}
