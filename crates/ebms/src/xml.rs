//! Reads an envelope as a tree, within bounds that hold before anything is compared with anything.
//!
//! - Invariants: no document type, no entity but those of XML itself; as many nodes, names and
//!   depth as no honest message comes near to. Names of attributes are told apart by their
//!   namespaces, which the tree's own look-up does not do.

use crate::Fault;
use roxmltree::{Document, Error, Node, ParsingOptions};

/// Bytes of an envelope: a receipt for a hundred parts has a tenth of it.
const LONGEST: usize = 512 << 10;

/// Nodes: elements and pieces of text.
const NODES: u32 = 20_000;

/// Elements in each other.
const DEEPEST: usize = 64;

/// Attributes; the tree compares each with the others of its element.
const ATTRIBUTES: usize = 8_000;

/// Declarations of namespaces; the tree hands each down to what is inside.
const NAMESPACES: usize = 512;

/// Bytes of a name.
const NAME: usize = 256;

/// The envelope.
pub(crate) const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
/// ebMS 3.0.
pub(crate) const EB: &str = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/";
/// The content of receipts.
pub(crate) const EBBP: &str = "http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0";
/// XML Signature.
pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// XML Encryption.
pub(crate) const XENC: &str = "http://www.w3.org/2001/04/xmlenc#";
/// WS-Security.
pub(crate) const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// Its identifiers and times.
pub(crate) const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// Reads a text as a tree.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, Fault> {
    let count = |what: &[u8]| memchr::memmem::find_iter(text.as_bytes(), what).count();
    if text.len() > LONGEST || count(b"=") > ATTRIBUTES || count(b"xmlns") > NAMESPACES {
        return Err(Fault::TooMuch);
    }
    let options = ParsingOptions {
        nodes_limit: NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        Error::DtdDetected => Fault::DocumentType,
        Error::NodesLimitReached => Fault::TooMuch,
        _ => Fault::Envelope,
    })?;
    let is_named = |node: &Node<'_, '_>| {
        let mut attributes = node.attributes();
        element_name(*node).len() <= NAME && attributes.all(|it| it.range_qname().len() <= NAME)
    };
    let mut elements = document.descendants().filter(Node::is_element);
    let fits = elements.all(|node| node.ancestors().count() <= DEEPEST && is_named(&node));
    fits.then_some(document).ok_or(Fault::TooMuch)
}

/// An element's name as it is written, with its prefix.
pub(crate) fn element_name<'i>(node: Node<'_, 'i>) -> &'i str {
    let text = node.document().input_text();
    let text = &text[node.range().start..];
    let text = text.strip_prefix('<').unwrap_or(text);
    let end = text.find(|it: char| matches!(it, '/' | '>') || it.is_ascii_whitespace());
    &text[..end.unwrap_or(text.len())]
}

/// The prefix of a name as it is written, and the rest.
pub(crate) fn prefix(name: &str) -> Option<&str> {
    name.split_once(':').map(|(prefix, _)| prefix)
}

/// The value of an attribute in no namespace.
pub(crate) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let mut attributes = node.attributes();
    let found = attributes.find(|it| it.namespace().is_none() && it.name() == name);
    found.map(|it| it.value())
}

/// The elements of a name in another.
pub(crate) fn children<'a, 'i>(
    node: Node<'a, 'i>,
    (space, name): (&'static str, &'static str),
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |it| is(*it, (space, name)))
}

/// The only element of a name in another, where there is one.
pub(crate) fn at_most_one<'a, 'i>(
    node: Node<'a, 'i>,
    name: (&'static str, &'static str),
) -> Result<Option<Node<'a, 'i>>, Fault> {
    let mut found = children(node, name);
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        _ => Err(Fault::Header),
    }
}

/// The only element of a name in another.
pub(crate) fn one<'a, 'i>(
    node: Node<'a, 'i>,
    name: (&'static str, &'static str),
) -> Result<Node<'a, 'i>, Fault> {
    at_most_one(node, name)?.ok_or(Fault::Header)
}

/// Whether a node is an element of a name.
pub(crate) fn is(node: Node<'_, '_>, (space, name): (&str, &str)) -> bool {
    let tag = node.tag_name();
    node.is_element() && tag.name() == name && tag.namespace() == Some(space)
}

/// What stands in an element that holds text alone, without blanks around it. Text that a comment
/// or an element cuts in two is none: half of it must not be taken for the whole.
pub(crate) fn text<'a>(node: Node<'a, '_>) -> Result<&'a str, Fault> {
    let mut inside = node.children();
    match (inside.next(), inside.next()) {
        (Some(first), None) if first.is_text() => Ok(first.text().unwrap_or_default().trim()),
        (None, _) => Ok(""),
        _ => Err(Fault::Header),
    }
}

/// A text as it stands between two tags.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    crate::c14n::push_text(&mut out, text);
    out
}

/// A text as it stands between quotation marks.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    crate::c14n::push_value(&mut out, text);
    out
}
