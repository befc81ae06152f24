//! What a signature covers, and whether it holds.
//!
//! - In: the security header of an envelope, and what is attached. Out: the elements and the parts
//!   that were signed, each found by the identifier that no other has.
//! - Source: W3C XML Signature 1.1; WS-Security 1.1, X.509 Token Profile, and SwA Profile 1.1.
//! - Invariants: of all that XML Signature can express, only this is read: references to elements in
//!   exclusive canonical form, and to the content of parts. No transform computes, selects or
//!   fetches; no algorithm is chosen by the sender but from a table. The signature is checked before
//!   anything that it refers to is.

use crate::certificate::{METHODS, Method};
use crate::mime::{Attached, base64, cid};
use crate::xml::{self, DS, WSSE, WSU, at_most_one, attribute, children, is, one};
use crate::{Certificate, Fault, c14n};
use ring::digest;
use roxmltree::{Document, Node, NodeId};
use std::collections::HashMap;

/// References of a signature: header, body, and every part that there may be.
const REFERENCES: usize = 70;

pub(crate) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
pub(crate) const CONTENT: &str = "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#Attachment-Content-Signature-Transform";
pub(crate) const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";
pub(crate) const TOKEN: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
pub(crate) const BASE64: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";

/// Digests that are accepted, by their names in XML.
const DIGESTS: &[(&str, &digest::Algorithm)] = &[
    (SHA256, &digest::SHA256),
    (
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
        &digest::SHA384,
    ),
    ("http://www.w3.org/2001/04/xmlenc#sha512", &digest::SHA512),
];

/// Elements by their identifiers, each of which stands once.
pub(crate) struct Identified<'a, 'i>(HashMap<&'a str, Node<'a, 'i>>);

impl<'a, 'i> Identified<'a, 'i> {
    /// Whatever some reader could take for an identifier counts, so that none reads another one.
    pub(crate) fn of(document: &'a Document<'i>) -> Result<Self, Fault> {
        let mut known = HashMap::new();
        for node in document.descendants() {
            for attribute in node.attributes() {
                let is_one = match attribute.namespace() {
                    None => attribute.name().eq_ignore_ascii_case("id"),
                    Some(WSU) => attribute.name() == "Id",
                    Some(space) => space == roxmltree::NS_XML_URI && attribute.name() == "id",
                };
                if is_one && known.insert(attribute.value(), node).is_some() {
                    return Err(Fault::Identifiers);
                }
            }
        }
        Ok(Self(known))
    }

    fn find(&self, reference: &str) -> Option<Node<'a, 'i>> {
        let id = reference.strip_prefix('#')?;
        self.0.get(id).copied()
    }
}

/// A signature that was read and not checked.
pub(crate) struct Signature<'a, 'i> {
    /// Whose it says it is.
    pub(crate) certificate: Certificate,
    method: &'static Method,
    value: Vec<u8>,
    /// What was signed, as it was.
    info: String,
    references: Vec<Reference<'a, 'i>>,
}

/// What a signature refers to.
struct Reference<'a, 'i> {
    target: Target<'a, 'i>,
    algorithm: &'static digest::Algorithm,
    digest: Vec<u8>,
    /// Itself, for the receipt.
    text: String,
}

enum Target<'a, 'i> {
    /// An element, and the prefixes that are kept of it.
    Element(Node<'a, 'i>, Vec<&'a str>),
    /// The content of a part.
    Part(String),
}

/// What a signature that holds covers.
#[derive(Debug, Default)]
pub(crate) struct Covered {
    elements: Vec<NodeId>,
    parts: Vec<String>,
    /// Its references in canonical form, as a receipt repeats them.
    pub(crate) references: Vec<String>,
}

impl Covered {
    /// Whether it is this very element.
    pub(crate) fn element(&self, node: Node<'_, '_>) -> bool {
        self.elements.contains(&node.id())
    }

    pub(crate) fn part(&self, id: &str) -> bool {
        self.parts.iter().any(|known| known == id)
    }
}

impl<'a, 'i> Signature<'a, 'i> {
    /// Reads the one signature of a security header.
    pub(crate) fn read(security: Node<'a, 'i>, ids: &Identified<'a, 'i>) -> Result<Self, Fault> {
        let signature = at_most_one(security, (DS, "Signature"))?.ok_or(Fault::Unsigned)?;
        let names = ["SignedInfo", "SignatureValue", "KeyInfo"];
        let inside: Vec<Node<'_, '_>> = signature.children().filter(Node::is_element).collect();
        let [info, value, key] = inside[..] else {
            return Err(Fault::Algorithm);
        };
        if !inside
            .iter()
            .zip(names)
            .all(|(it, name)| is(*it, (DS, name)))
        {
            return Err(Fault::Algorithm);
        }
        let way = one(info, (DS, "CanonicalizationMethod"))?;
        let kept = kept(way)?;
        let uri = attribute(one(info, (DS, "SignatureMethod"))?, "Algorithm");
        let method = METHODS.iter().find(|it| Some(it.uri) == uri);
        let references: Vec<_> = children(info, (DS, "Reference")).collect();
        if references.len() > REFERENCES {
            return Err(Fault::TooMuch);
        }
        let references = references.into_iter().map(|it| Reference::read(it, ids));
        Ok(Self {
            method: method.ok_or(Fault::Algorithm)?,
            references: references.collect::<Result<_, _>>()?,
            certificate: certificate(key, security, ids)?,
            value: binary(value)?,
            info: c14n::exclusive(info, &kept),
        })
    }

    /// Checks the signature, then each digest.
    pub(crate) fn verify(self, attached: &[Attached<'_>]) -> Result<Covered, Fault> {
        self.certificate
            .verify(self.method, self.info.as_bytes(), &self.value)?;
        let mut covered = Covered::default();
        for reference in self.references {
            let digest = match &reference.target {
                Target::Element(node, kept) => {
                    let text = c14n::exclusive(*node, kept);
                    digest::digest(reference.algorithm, text.as_bytes())
                }
                Target::Part(id) => {
                    let part = attached.iter().find(|it| it.id == *id);
                    let part = part.ok_or(Fault::Payload)?;
                    digest::digest(reference.algorithm, &part.signed()?)
                }
            };
            if digest.as_ref() != reference.digest {
                return Err(Fault::Digest);
            }
            match reference.target {
                Target::Element(node, _) => covered.elements.push(node.id()),
                Target::Part(id) => covered.parts.push(id),
            }
            covered.references.push(reference.text);
        }
        Ok(covered)
    }
}

impl<'a, 'i> Reference<'a, 'i> {
    fn read(node: Node<'a, 'i>, ids: &Identified<'a, 'i>) -> Result<Self, Fault> {
        let uri = attribute(node, "URI").ok_or(Fault::Algorithm)?;
        let transforms = one(node, (DS, "Transforms")).map_err(|_| Fault::Algorithm)?;
        let mut each = transforms.children().filter(Node::is_element);
        // One transform, or what is read would not be what was signed.
        let (Some(transform), None) = (each.next(), each.next()) else {
            return Err(Fault::Algorithm);
        };
        if !is(transform, (DS, "Transform")) {
            return Err(Fault::Algorithm);
        }
        let target = match cid(uri) {
            Some(id) if attribute(transform, "Algorithm") == Some(CONTENT) => Target::Part(id),
            Some(_) => return Err(Fault::Algorithm),
            None if uri.starts_with('#') => {
                let found = ids.find(uri).ok_or(Fault::Header)?;
                Target::Element(found, kept(transform)?)
            }
            None => return Err(Fault::Algorithm),
        };
        let (algorithm, digest) = digest_of(node)?;
        Ok(Self {
            target,
            algorithm,
            digest,
            text: c14n::exclusive(node, &[]),
        })
    }
}

/// The digest that a reference states.
fn digest_of(reference: Node<'_, '_>) -> Result<(&'static digest::Algorithm, Vec<u8>), Fault> {
    let uri = attribute(one(reference, (DS, "DigestMethod"))?, "Algorithm");
    let known = DIGESTS.iter().find(|(known, _)| Some(*known) == uri);
    let (_, algorithm) = known.ok_or(Fault::Algorithm)?;
    Ok((algorithm, binary(one(reference, (DS, "DigestValue"))?)?))
}

/// The references of a receipt: what each is about, how its digest was made, and the digest.
pub(crate) fn stated(node: Node<'_, '_>) -> Result<(String, String, Vec<u8>), Fault> {
    let method = attribute(one(node, (DS, "DigestMethod"))?, "Algorithm");
    Ok((
        attribute(node, "URI").unwrap_or_default().to_owned(),
        method.unwrap_or_default().to_owned(),
        binary(one(node, (DS, "DigestValue"))?)?,
    ))
}

/// Which prefixes exclusive canonicalisation keeps here; a fault where it is another one.
fn kept<'a>(node: Node<'a, '_>) -> Result<Vec<&'a str>, Fault> {
    if attribute(node, "Algorithm") != Some(EXCLUSIVE) {
        return Err(Fault::Algorithm);
    }
    let mut inside = node.children().filter(Node::is_element);
    let list = match (inside.next(), inside.next()) {
        (None, _) => return Ok(Vec::new()),
        (Some(list), None) if is(list, (EXCLUSIVE, "InclusiveNamespaces")) => list,
        _ => return Err(Fault::Algorithm),
    };
    let list = attribute(list, "PrefixList").unwrap_or_default();
    Ok(list.split_ascii_whitespace().collect())
}

/// The certificate that a signature names, from the same security header.
fn certificate<'a, 'i>(
    key: Node<'a, 'i>,
    security: Node<'a, 'i>,
    ids: &Identified<'a, 'i>,
) -> Result<Certificate, Fault> {
    let named = one(key, (WSSE, "SecurityTokenReference"))
        .and_then(|it| one(it, (WSSE, "Reference")))
        .map_err(|_| Fault::Token)?;
    let token = attribute(named, "URI").and_then(|uri| ids.find(uri));
    let token = token.filter(|it| is(*it, (WSSE, "BinarySecurityToken")));
    let token = token.filter(|it| it.parent() == Some(security));
    let token = token.ok_or(Fault::Token)?;
    if attribute(token, "ValueType") != Some(TOKEN)
        || attribute(token, "EncodingType").is_some_and(|it| it != BASE64)
    {
        return Err(Fault::Token);
    }
    Certificate::read(&binary(token).map_err(|_| Fault::Token)?)
}

/// Bytes as text.
fn binary(node: Node<'_, '_>) -> Result<Vec<u8>, Fault> {
    base64(xml::text(node)?.as_bytes()).map_err(|_| Fault::Header)
}
