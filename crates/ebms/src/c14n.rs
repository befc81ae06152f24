//! Exclusive canonical XML: the one form of an element in which it is signed.
//!
//! - In: an element. Out: its text, as every program that follows the standard writes it.
//! - Source: W3C Exclusive XML Canonicalization 1.0, without comments, of a whole element; Canonical
//!   XML 1.0 for what it takes from there.
//! - Invariant: the form does not depend on what stands around the element, but for the namespaces
//!   that it uses or that are asked for.

use crate::Fault;
use crate::xml::{self, element_name, prefix};
use roxmltree::{Node, NodeType};

/// The element of a document in its canonical form, with the namespaces of these prefixes kept
/// wherever they are declared; `#default` is the one without a prefix.
pub fn canonical(text: &str, kept: &[&str]) -> Result<String, Fault> {
    let document = xml::parse(text)?;
    Ok(exclusive(document.root_element(), kept))
}

/// An element in its canonical form.
pub(crate) fn exclusive(node: Node<'_, '_>, kept: &[&str]) -> String {
    let mut writer = Writer {
        out: String::new(),
        told: Vec::new(),
        kept: kept
            .iter()
            .map(|it| if *it == "#default" { "" } else { it })
            .collect(),
    };
    writer.element(node);
    writer.out
}

struct Writer<'a> {
    out: String,
    /// Prefixes and what they were last said to mean, outermost first.
    told: Vec<(&'a str, &'a str)>,
    kept: Vec<&'a str>,
}

impl<'a> Writer<'a> {
    /// As deep as [`xml::parse`] lets elements be.
    fn element(&mut self, node: Node<'a, '_>) {
        let name = element_name(node);
        let said = self.told.len();
        let spaces = self.spaces(node);
        self.out.push('<');
        self.out.push_str(name);
        for (prefix, space) in spaces {
            self.told.push((prefix, space));
            let colon = if prefix.is_empty() { "" } else { ":" };
            self.out.push_str(&format!(" xmlns{colon}{prefix}=\""));
            push_value(&mut self.out, space);
            self.out.push('"');
        }
        let mut attributes: Vec<_> = node.attributes().collect();
        attributes.sort_by_key(|it| (it.namespace().unwrap_or_default(), it.name()));
        let input = node.document().input_text();
        for attribute in attributes {
            self.out.push(' ');
            self.out.push_str(&input[attribute.range_qname()]);
            self.out.push_str("=\"");
            push_value(&mut self.out, attribute.value());
            self.out.push('"');
        }
        self.out.push('>');
        for child in node.children() {
            match child.node_type() {
                NodeType::Element => self.element(child),
                NodeType::Text => push_text(&mut self.out, child.text().unwrap_or_default()),
                NodeType::PI => self.instruction(child),
                NodeType::Comment | NodeType::Root => {}
            }
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        self.told.truncate(said);
    }

    /// What an element has to say of namespaces, by prefix: those that it uses or that are kept, and
    /// that mean something else than was said last.
    fn spaces(&self, node: Node<'a, '_>) -> Vec<(&'a str, &'a str)> {
        let input: &'a str = node.document().input_text();
        let name_at = node.range().start + 1;
        let own = &input[name_at..name_at + element_name(node).len()];
        let mut used = vec![prefix(own).unwrap_or("")];
        let of_attribute = |range| prefix(&input[range]);
        used.extend(
            node.attributes()
                .filter_map(|it| of_attribute(it.range_qname())),
        );
        let declared = |it: &&&str| node.lookup_namespace_uri(named(it)).is_some();
        used.extend(self.kept.iter().filter(declared));
        used.retain(|prefix| *prefix != "xml");
        used.sort_unstable();
        used.dedup();
        let meant = |prefix| node.lookup_namespace_uri(named(prefix)).unwrap_or("");
        let spaces = used.into_iter().map(|prefix| (prefix, meant(prefix)));
        spaces
            .filter(|(prefix, space)| self.last(prefix) != *space)
            .collect()
    }

    /// What a prefix was last said to mean; the blank one means nothing until it is.
    fn last(&self, prefix: &str) -> &str {
        let mut told = self.told.iter().rev();
        told.find(|(known, _)| *known == prefix)
            .map_or("", |(_, space)| space)
    }

    fn instruction(&mut self, node: Node<'_, '_>) {
        let Some(instruction) = node.pi() else { return };
        self.out.push_str("<?");
        self.out.push_str(instruction.target);
        if let Some(value) = instruction.value {
            self.out.push(' ');
            self.out.push_str(value);
        }
        self.out.push_str("?>");
    }
}

fn named(prefix: &str) -> Option<&str> {
    Some(prefix).filter(|it| !it.is_empty())
}

/// Text between tags.
pub(crate) fn push_text(out: &mut String, text: &str) {
    for it in text.chars() {
        match it {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#xD;"),
            it => out.push(it),
        }
    }
}

/// Text between quotation marks.
pub(crate) fn push_value(out: &mut String, text: &str) {
    for it in text.chars() {
        match it {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            '\t' => out.push_str("&#x9;"),
            '\n' => out.push_str("&#xA;"),
            '\r' => out.push_str("&#xD;"),
            it => out.push(it),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, kept: &[&str], expect: &str) {
        assert_eq!(canonical(text, kept).as_deref(), Ok(expect));
    }

    #[test]
    fn a_namespace_is_said_where_it_is_used_and_only_there() {
        let inner = "<a:b xmlns:a='urn:a' xmlns:c='urn:c'><c:d/><c:d><a:e/></c:d></a:b>";
        check(
            inner,
            &[],
            "<a:b xmlns:a=\"urn:a\"><c:d xmlns:c=\"urn:c\"></c:d><c:d xmlns:c=\"urn:c\"><a:e></a:e></c:d></a:b>",
        );
        check(
            inner,
            &["c", "unknown"],
            "<a:b xmlns:a=\"urn:a\" xmlns:c=\"urn:c\"><c:d></c:d><c:d><a:e></a:e></c:d></a:b>",
        );
        check(
            "<b xmlns='urn:a'><c xmlns=''/><d/></b>",
            &[],
            "<b xmlns=\"urn:a\"><c xmlns=\"\"></c><d></d></b>",
        );
        check(
            "<a:b xmlns:a='urn:a' xmlns='urn:d'/>",
            &["#default"],
            "<a:b xmlns=\"urn:d\" xmlns:a=\"urn:a\"></a:b>",
        );
    }

    #[test]
    fn attributes_stand_by_namespace_and_name() {
        check(
            "<e z='1' xmlns:b='urn:1' xmlns:a='urn:2' a:y='2' b:x='3' a='4' xml:lang='en'/>",
            &[],
            "<e xmlns:a=\"urn:2\" xmlns:b=\"urn:1\" a=\"4\" z=\"1\" xml:lang=\"en\" b:x=\"3\" a:y=\"2\"></e>",
        );
    }

    #[test]
    fn text_has_one_spelling() {
        check(
            "<e a=' &#9;&#10;&#13;\t&lt;&gt;&amp;&quot;&apos;'>\r\n&#13;<![CDATA[<&>]]>'\"<!-- x -->&gt;<?p  q ?></e>",
            &[],
            "<e a=\" &#x9;&#xA;&#xD; &lt;>&amp;&quot;'\">\n&#xD;&lt;&amp;&gt;'\"&gt;<?p q ?></e>",
        );
    }
}
