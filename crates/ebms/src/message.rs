//! A message as it arrives: who signed it, and what of it they signed.
//!
//! - In: a content type, a body, and who is known by which certificate. Out: a unit for us, or a
//!   signal about one of ours.
//! - Source: ebMS 3.0 Core, 5.2; AS4 Profile 1.0, 3.1 (compression) and 5.1.
//! - Invariants: an element is read where it has to stand, once, and only if it is the very one that
//!   was signed; every part is named by the header, and signed; what the header says of its sender
//!   decides nothing.

use crate::mime::{self, Attached, cid};
use crate::signature::{Identified, Signature, stated};
use crate::xml::{
    self, DS, EB, EBBP, SOAP, WSSE, WSU, XENC, at_most_one, attribute, children, one,
};
use crate::{Certificate, Fault};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use ring::digest;
use roxmltree::Node;

/// The service and action by which a sender tries whether it is heard.
const TEST: (&str, &str) = (
    "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/service",
    "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/test",
);

/// How payloads are compressed.
const GZIP: &str = "application/gzip";

/// Bytes of an identifier or a name.
const LONGEST: usize = 255;

/// How far ahead a sender's clock may be.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// What is taken.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The present.
    pub now: Timestamp,
    /// How old a message may be.
    pub window: SignedDuration,
    /// Bytes of all payloads together, unpacked.
    pub most: usize,
    /// The party that we are.
    pub party: &'a str,
}

/// A message that somebody known has signed.
#[derive(Debug)]
pub struct Message<W> {
    /// Who is known by the certificate of the signature.
    pub who: W,
    /// What it says.
    pub content: Content,
    /// References of its signature in canonical form, for the receipt.
    pub(crate) references: Vec<String>,
}

/// What a message says.
#[derive(Debug)]
#[non_exhaustive]
pub enum Content {
    /// A unit for us.
    User(UserMessage),
    /// A receipt for a message of ours.
    Receipt {
        /// The message.
        about: String,
        /// What arrived: references, the names of their digests, and these.
        references: Vec<(String, String, Vec<u8>)>,
    },
    /// An error about a message of ours.
    Error {
        /// The message, where it is named.
        about: Option<String>,
        /// Its code, as `EBMS:0004`.
        code: String,
    },
}

/// A unit for us.
#[derive(Clone, Debug)]
pub struct UserMessage {
    /// What the sender calls it.
    pub id: String,
    /// Of what conversation it is.
    pub conversation: String,
    /// As whom the header names the sender.
    pub from: Vec<String>,
    /// It only tries whether it is heard.
    pub is_test: bool,
    /// Payloads, unpacked, as the header orders them.
    pub payloads: Vec<Vec<u8>>,
}

impl UserMessage {
    /// A digest of what it brings, the same for a repeat that was packed anew.
    pub fn digest(&self) -> [u8; 32] {
        let mut context = digest::Context::new(&digest::SHA256);
        for payload in &self.payloads {
            context.update(&(payload.len() as u64).to_be_bytes());
            context.update(payload);
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(context.finish().as_ref());
        digest
    }
}

/// A message that is refused, and what it is called where that can be told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
pub struct Refused {
    /// Why.
    pub fault: Fault,
    /// What its sender calls it, as it says without proof.
    pub about: Option<String>,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { fault, about: None }
    }
}

impl<W> Message<W> {
    /// Reads a message. `known` says who signs with a certificate now.
    pub fn read(
        content_type: &str,
        body: &[u8],
        rules: Rules<'_>,
        known: impl FnOnce(&Certificate) -> Option<W>,
    ) -> Result<Self, Refused> {
        let parts = mime::parts(content_type, body)?;
        let text = std::str::from_utf8(&parts.envelope).map_err(|_| Fault::Envelope)?;
        let document = xml::parse(text.strip_prefix('\u{feff}').unwrap_or(text))?;
        let envelope = Envelope::of(document.root_element())?;
        let about = envelope.id();
        let read = || {
            let ids = Identified::of(&document)?;
            let signature = Signature::read(envelope.security, &ids)?;
            let who = known(&signature.certificate).ok_or(Fault::Stranger)?;
            if !signature.certificate.holds(rules.now) {
                return Err(Fault::Expired);
            }
            let covered = signature.verify(&parts.attached)?;
            let body_is_blank = !envelope.body.children().any(|it| it.is_element());
            let is_covered = covered.element(envelope.messaging)
                && (body_is_blank || covered.element(envelope.body))
                && parts.attached.iter().all(|it| covered.part(&it.id));
            if !is_covered {
                return Err(Fault::Unsigned);
            }
            envelope.fresh(rules)?;
            Ok(Self {
                who,
                content: envelope.content(&parts.attached, rules)?,
                references: covered.references,
            })
        };
        read().map_err(|fault| Refused { fault, about })
    }

    /// What its sender calls it, where it is a unit.
    pub fn unit(&self) -> Option<&UserMessage> {
        match &self.content {
            Content::User(unit) => Some(unit),
            _ => None,
        }
    }
}

/// An envelope by its places.
struct Envelope<'a, 'i> {
    messaging: Node<'a, 'i>,
    security: Node<'a, 'i>,
    body: Node<'a, 'i>,
    /// The one unit or signal.
    unit: Node<'a, 'i>,
}

impl<'a, 'i> Envelope<'a, 'i> {
    fn of(root: Node<'a, 'i>) -> Result<Self, Fault> {
        if !xml::is(root, (SOAP, "Envelope")) {
            return Err(Fault::Envelope);
        }
        let header = one(root, (SOAP, "Header"))?;
        let security = at_most_one(header, (WSSE, "Security"))?.ok_or(Fault::Unsigned)?;
        let messaging = one(header, (EB, "Messaging"))?;
        let encrypted = |it: Node<'_, '_>| it.tag_name().namespace() == Some(XENC);
        if security.children().any(encrypted) {
            return Err(Fault::Encrypted);
        }
        let must =
            |it: Node<'_, '_>| matches!(it.attribute((SOAP, "mustUnderstand")), Some("1" | "true"));
        let mut others = header
            .children()
            .filter(|it| *it != security && *it != messaging);
        if others.any(must) {
            return Err(Fault::Feature);
        }
        let mut units = messaging.children().filter(Node::is_element);
        let (Some(unit), None) = (units.next(), units.next()) else {
            return Err(Fault::Feature);
        };
        let body = one(root, (SOAP, "Body"))?;
        Ok(Self {
            messaging,
            security,
            body,
            unit,
        })
    }

    fn info(&self) -> Result<Node<'a, 'i>, Fault> {
        one(self.unit, (EB, "MessageInfo"))
    }

    /// What the message is called; it may be a lie until the signature is checked.
    fn id(&self) -> Option<String> {
        let id = one(self.info().ok()?, (EB, "MessageId")).ok()?;
        value(id).ok().map(str::to_owned)
    }

    /// Looks at its times.
    fn fresh(&self, rules: Rules<'_>) -> Result<(), Fault> {
        let sent = instant(one(self.info()?, (EB, "Timestamp"))?)?;
        let age = rules.now.duration_since(sent);
        let mut ends = None;
        if let Some(stamp) = at_most_one(self.security, (WSU, "Timestamp"))? {
            let end = at_most_one(stamp, (WSU, "Expires"))?;
            ends = end.map(instant).transpose()?;
        }
        let is_late =
            ends.is_some_and(|ends| rules.now > ends.saturating_add(AHEAD).unwrap_or(ends));
        match is_late || age > rules.window || age < -AHEAD {
            true => Err(Fault::Stale),
            false => Ok(()),
        }
    }

    fn content(&self, attached: &[Attached<'_>], rules: Rules<'_>) -> Result<Content, Fault> {
        if xml::is(self.unit, (EB, "UserMessage")) {
            if self.body.children().any(|it| it.is_element()) {
                return Err(Fault::Feature);
            }
            return self.user(attached, rules).map(Content::User);
        }
        if !xml::is(self.unit, (EB, "SignalMessage")) || !attached.is_empty() {
            return Err(Fault::Feature);
        }
        let about = |node| value(node).map(str::to_owned);
        let about = at_most_one(self.info()?, (EB, "RefToMessageId"))?
            .map(about)
            .transpose()?;
        if let Some(receipt) = at_most_one(self.unit, (EB, "Receipt"))? {
            let proof = one(receipt, (EBBP, "NonRepudiationInformation"))?;
            let each = children(proof, (EBBP, "MessagePartNRInformation"));
            let each = each.flat_map(|it| children(it, (DS, "Reference")));
            return Ok(Content::Receipt {
                about: about.ok_or(Fault::Header)?,
                references: each.map(stated).collect::<Result<_, _>>()?,
            });
        }
        let error = children(self.unit, (EB, "Error"))
            .next()
            .ok_or(Fault::Feature)?;
        let named = attribute(error, "refToMessageInError").map(str::to_owned);
        let code = attribute(error, "errorCode").unwrap_or_default();
        let is_plain = |it: char| it.is_ascii_alphanumeric() || it == ':';
        Ok(Content::Error {
            about: about.or(named),
            // It goes into the log.
            code: code.chars().filter(|it| is_plain(*it)).take(16).collect(),
        })
    }

    fn user(&self, attached: &[Attached<'_>], rules: Rules<'_>) -> Result<UserMessage, Fault> {
        let parties = one(self.unit, (EB, "PartyInfo"))?;
        let party = |name| -> Result<Vec<String>, Fault> {
            let ids = children(one(parties, (EB, name))?, (EB, "PartyId"));
            ids.map(|it| value(it).map(str::to_owned)).collect()
        };
        if !party("To")?.iter().any(|it| it == rules.party) {
            return Err(Fault::Recipient);
        }
        let work = one(self.unit, (EB, "CollaborationInfo"))?;
        let word = |name| value(one(work, (EB, name))?);
        Ok(UserMessage {
            id: value(one(self.info()?, (EB, "MessageId"))?)?.to_owned(),
            conversation: xml::text(one(work, (EB, "ConversationId"))?)?
                .chars()
                .take(LONGEST)
                .collect(),
            from: party("From")?,
            is_test: (word("Service")?, word("Action")?) == TEST,
            payloads: self.payloads(attached, rules.most)?,
        })
    }

    /// Every part, once, in the order of the header, unpacked.
    fn payloads(&self, attached: &[Attached<'_>], most: usize) -> Result<Vec<Vec<u8>>, Fault> {
        let info = at_most_one(self.unit, (EB, "PayloadInfo"))?;
        let infos = info
            .into_iter()
            .flat_map(|it| children(it, (EB, "PartInfo")));
        let mut named: Vec<&str> = Vec::new();
        let (mut payloads, mut left) = (Vec::new(), most);
        for part in infos {
            let id = attribute(part, "href")
                .and_then(cid)
                .ok_or(Fault::Payload)?;
            let found = attached
                .iter()
                .find(|it| it.id == id)
                .ok_or(Fault::Payload)?;
            if named.contains(&&*found.id) {
                return Err(Fault::Payload);
            }
            named.push(&found.id);
            let content = found.signed()?;
            let payload = match compression(part)? {
                None if content.len() <= left => content.into_owned(),
                Some(GZIP) => oriel_unpack::gzip(&content, left).map_err(|_| Fault::Compressed)?,
                _ => return Err(Fault::Compressed),
            };
            left -= payload.len();
            payloads.push(payload);
        }
        match named.len() == attached.len() {
            true => Ok(payloads),
            false => Err(Fault::Payload),
        }
    }
}

/// How a part is compressed.
fn compression<'a>(part: Node<'a, '_>) -> Result<Option<&'a str>, Fault> {
    let Some(properties) = at_most_one(part, (EB, "PartProperties"))? else {
        return Ok(None);
    };
    let mut found = children(properties, (EB, "Property"))
        .filter(|it| attribute(*it, "name") == Some("CompressionType"));
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => xml::text(one).map(Some),
        _ => Err(Fault::Header),
    }
}

/// An identifier or a name: some characters, all of which can be seen.
fn value<'a>(node: Node<'a, '_>) -> Result<&'a str, Fault> {
    let text = xml::text(node)?;
    let fits = !text.is_empty() && text.len() <= LONGEST && !text.contains(char::is_control);
    fits.then_some(text).ok_or(Fault::Header)
}

/// A time; in UTC where no zone is said.
fn instant(node: Node<'_, '_>) -> Result<Timestamp, Fault> {
    let text = xml::text(node)?;
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(instant);
    }
    let civil: DateTime = text.parse().map_err(|_| Fault::Header)?;
    let zoned = civil.to_zoned(TimeZone::UTC).map_err(|_| Fault::Header)?;
    Ok(zoned.timestamp())
}
