//! Messages of ours: units, receipts and errors, signed.
//!
//! - In: what is to be said, and the key to say it with. Out: a content type and a body.
//! - Source: as [`message`](crate::message) reads them.
//! - Invariant: what is signed is made by the same canonical form by which others are checked.

use crate::c14n::canonical;
use crate::message::Message;
use crate::signature::{BASE64, CONTENT, EXCLUSIVE, SHA256, TOKEN};
use crate::xml::{DS, EB, EBBP, SOAP, WSSE, WSU, escaped, quoted};
use crate::{Content, Fault, Signer};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use ring::digest;
use std::io::Write;

/// The content type of an envelope.
const SOAP_TYPE: &str = "application/soap+xml; charset=UTF-8";

/// A unit that is to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    /// What it is called, the same however often it is sent.
    pub id: &'a str,
    /// When it is sent, UTC.
    pub at: Timestamp,
    /// The message that it answers, as a property.
    pub about: Option<&'a str>,
    /// Of what conversation it is.
    pub conversation: &'a str,
    /// Who we are.
    pub from: &'a str,
    /// Who it is for.
    pub to: &'a str,
    /// By what agreement.
    pub agreement: Option<&'a str>,
    /// The service.
    pub service: &'a str,
    /// The action.
    pub action: &'a str,
    /// What it brings.
    pub parts: &'a [Part],
}

/// A payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is, as `application/EDIFACT`.
    pub media: String,
    /// The file name under which a carrier may keep it, as a property of the part.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A message, ready to be sent.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Content type.
    pub content_type: String,
    /// Body.
    pub body: Vec<u8>,
    /// What it is called.
    id: String,
    /// What was signed: references and their digests.
    digests: Vec<(String, Vec<u8>)>,
}

impl Posted {
    /// Whether a message is the receipt of this one: it names it, and every digest that was signed.
    pub fn is_acknowledged<W>(&self, answer: &Message<W>) -> bool {
        let Content::Receipt { about, references } = &answer.content else {
            return false;
        };
        let stated = |(uri, digest): &(String, Vec<u8>)| {
            references
                .iter()
                .any(|(known, method, value)| known == uri && method == SHA256 && value == digest)
        };
        *about == self.id && self.digests.iter().all(stated)
    }
}

impl Draft<'_> {
    /// Writes and signs it; its payloads are compressed.
    pub fn post(&self, signer: Signer<'_>) -> Result<Posted, Fault> {
        let mut attached = Vec::new();
        let mut infos = String::new();
        for (n, part) in (1..).zip(self.parts) {
            let id = format!("part{n}.{}", self.id);
            let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
            let packed = packed.write_all(&part.bytes).and_then(|()| packed.finish());
            infos.push_str(&format!(
                "<eb:PartInfo href=\"cid:{}\"><eb:PartProperties>\
                 <eb:Property name=\"MimeType\">{}</eb:Property>\
                 <eb:Property name=\"CompressionType\">application/gzip</eb:Property>\
                 <eb:Property name=\"FileName\">{}</eb:Property>\
                 </eb:PartProperties></eb:PartInfo>",
                quoted(&id),
                escaped(&part.media),
                escaped(&part.name),
            ));
            attached.push((id, packed.map_err(|_| Fault::Compressed)?));
        }
        if !infos.is_empty() {
            infos = format!("<eb:PayloadInfo>{infos}</eb:PayloadInfo>");
        }
        let agreement = self.agreement.map(|it| {
            let it = escaped(it);
            format!("<eb:AgreementRef>{it}</eb:AgreementRef>")
        });
        // Not in `eb:RefToMessageId`: that makes of two one-way exchanges one that goes both ways.
        let about = self.about.map(|it| {
            let it = escaped(it);
            format!(
                "<eb:MessageProperties><eb:Property name=\"refToMessageId\">{it}</eb:Property>\
                 </eb:MessageProperties>"
            )
        });
        let messaging = format!(
            "<eb:UserMessage>{}<eb:PartyInfo><eb:From><eb:PartyId>{}</eb:PartyId>\
             <eb:Role>{EB}initiator</eb:Role></eb:From><eb:To><eb:PartyId>{}</eb:PartyId>\
             <eb:Role>{EB}responder</eb:Role></eb:To></eb:PartyInfo><eb:CollaborationInfo>{}\
             <eb:Service>{}</eb:Service><eb:Action>{}</eb:Action>\
             <eb:ConversationId>{}</eb:ConversationId></eb:CollaborationInfo>{}{infos}\
             </eb:UserMessage>",
            info(self.id, self.at, None),
            escaped(self.from),
            escaped(self.to),
            agreement.unwrap_or_default(),
            escaped(self.service),
            escaped(self.action),
            escaped(self.conversation),
            about.unwrap_or_default(),
        );
        let (envelope, digests) = sealed(&messaging, &attached, signer)?;
        let (content_type, body) = packed(envelope, &attached);
        Ok(Posted {
            content_type,
            body,
            id: self.id.to_owned(),
            digests,
        })
    }
}

/// The receipt for a unit: that what was signed has arrived, and is kept.
pub fn receipt<W>(
    of: &Message<W>,
    id: &str,
    at: Timestamp,
    signer: Signer<'_>,
) -> Result<Posted, Fault> {
    let unit = of.unit().ok_or(Fault::Feature)?;
    let each = of
        .references
        .iter()
        .map(|it| format!("<ebbp:MessagePartNRInformation>{it}</ebbp:MessagePartNRInformation>"));
    let messaging = format!(
        "<eb:SignalMessage>{}<eb:Receipt><ebbp:NonRepudiationInformation xmlns:ebbp=\"{EBBP}\">{}\
         </ebbp:NonRepudiationInformation></eb:Receipt></eb:SignalMessage>",
        info(id, at, Some(&unit.id)),
        each.collect::<String>(),
    );
    signal(&messaging, id, signer)
}

/// The error about a message.
pub fn error(
    fault: Fault,
    about: Option<&str>,
    id: &str,
    at: Timestamp,
    signer: Signer<'_>,
) -> Result<Posted, Fault> {
    let named = about.map(|it| format!(" refToMessageInError=\"{}\"", quoted(it)));
    let messaging = format!(
        "<eb:SignalMessage>{}<eb:Error category=\"{}\" errorCode=\"{}\"{} severity=\"failure\" \
         shortDescription=\"{}\"><eb:Description xml:lang=\"en\">{}</eb:Description></eb:Error>\
         </eb:SignalMessage>",
        info(id, at, about),
        category(fault),
        fault.code(),
        named.unwrap_or_default(),
        fault.short(),
        escaped(&fault.to_string()),
    );
    signal(&messaging, id, signer)
}

/// Where in its way a message failed, as the standard sorts its codes.
fn category(fault: Fault) -> &'static str {
    match fault.code() {
        "EBMS:0007" | "EBMS:0009" => "Unpackaging",
        "EBMS:0010" | "EBMS:0101" | "EBMS:0102" | "EBMS:0103" => "Processing",
        "EBMS:0303" => "Communication",
        _ => "Content",
    }
}

fn signal(messaging: &str, id: &str, signer: Signer<'_>) -> Result<Posted, Fault> {
    let (envelope, digests) = sealed(messaging, &[], signer)?;
    Ok(Posted {
        content_type: SOAP_TYPE.to_owned(),
        body: envelope.into_bytes(),
        id: id.to_owned(),
        digests,
    })
}

fn info(id: &str, at: Timestamp, about: Option<&str>) -> String {
    let about = about.map(|it| format!("<eb:RefToMessageId>{}</eb:RefToMessageId>", escaped(it)));
    format!(
        "<eb:MessageInfo><eb:Timestamp>{at:.3}</eb:Timestamp><eb:MessageId>{}</eb:MessageId>{}\
         </eb:MessageInfo>",
        escaped(id),
        about.unwrap_or_default(),
    )
}

/// What was signed: references and their digests.
pub(crate) type Digests = Vec<(String, Vec<u8>)>;

/// An envelope with its signature.
pub(crate) fn sealed(
    content: &str,
    attached: &[(String, Vec<u8>)],
    signer: Signer<'_>,
) -> Result<(String, Digests), Fault> {
    let messaging = format!(
        "<eb:Messaging xmlns:eb=\"{EB}\" xmlns:soap=\"{SOAP}\" xmlns:wsu=\"{WSU}\" \
         soap:mustUnderstand=\"true\" wsu:Id=\"messaging\">{content}</eb:Messaging>"
    );
    let body = format!(
        "<soap:Body xmlns:soap=\"{SOAP}\" xmlns:wsu=\"{WSU}\" wsu:Id=\"body\"></soap:Body>"
    );
    let sha256 = |bytes: &[u8]| digest::digest(&digest::SHA256, bytes).as_ref().to_vec();
    let mut digests = Vec::new();
    let mut references = String::new();
    let mut refer = |uri: String, transform: &str, digest: Vec<u8>| {
        references.push_str(&format!(
            "<ds:Reference URI=\"{}\"><ds:Transforms><ds:Transform Algorithm=\"{transform}\">\
             </ds:Transform></ds:Transforms><ds:DigestMethod Algorithm=\"{SHA256}\">\
             </ds:DigestMethod><ds:DigestValue>{}</ds:DigestValue></ds:Reference>",
            quoted(&uri),
            BASE64_STANDARD.encode(&digest),
        ));
        digests.push((uri, digest));
    };
    for (id, element) in [("#messaging", &messaging), ("#body", &body)] {
        let text = canonical(element, &[])?;
        refer(id.to_owned(), EXCLUSIVE, sha256(text.as_bytes()));
    }
    for (id, bytes) in attached {
        refer(format!("cid:{id}"), CONTENT, sha256(bytes));
    }
    let signed = canonical(
        &format!(
            "<ds:SignedInfo xmlns:ds=\"{DS}\"><ds:CanonicalizationMethod \
             Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod><ds:SignatureMethod \
             Algorithm=\"{}\"></ds:SignatureMethod>{references}</ds:SignedInfo>",
            signer.method()
        ),
        &[],
    )?;
    let value = BASE64_STANDARD.encode(signer.sign(signed.as_bytes())?);
    let token = signer.own.certificate().line();
    let envelope = format!(
        "<soap:Envelope xmlns:soap=\"{SOAP}\"><soap:Header><wsse:Security xmlns:wsse=\"{WSSE}\" \
         xmlns:wsu=\"{WSU}\" soap:mustUnderstand=\"true\"><wsse:BinarySecurityToken \
         EncodingType=\"{BASE64}\" ValueType=\"{TOKEN}\" wsu:Id=\"token\">{token}\
         </wsse:BinarySecurityToken><ds:Signature xmlns:ds=\"{DS}\" Id=\"signature\">{signed}\
         <ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><wsse:SecurityTokenReference>\
         <wsse:Reference URI=\"#token\" ValueType=\"{TOKEN}\"></wsse:Reference>\
         </wsse:SecurityTokenReference></ds:KeyInfo></ds:Signature></wsse:Security>{messaging}\
         </soap:Header>{body}</soap:Envelope>"
    );
    Ok((envelope, digests))
}

/// An envelope and what is attached, as one body.
pub(crate) fn packed(envelope: String, attached: &[(String, Vec<u8>)]) -> (String, Vec<u8>) {
    if attached.is_empty() {
        return (SOAP_TYPE.to_owned(), envelope.into_bytes());
    }
    // Nothing that was signed holds its own digest, so that no part ends before its end.
    let digest = digest::digest(&digest::SHA256, envelope.as_bytes());
    let digits: String = digest.as_ref()[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let boundary = format!("oriel.{digits}");
    let mut body = format!(
        "--{boundary}\r\nContent-Type: {SOAP_TYPE}\r\nContent-Transfer-Encoding: binary\r\n\
         Content-ID: <envelope>\r\n\r\n{envelope}"
    )
    .into_bytes();
    for (id, bytes) in attached {
        let head = format!(
            "\r\n--{boundary}\r\nContent-Type: application/gzip\r\n\
             Content-Transfer-Encoding: binary\r\nContent-ID: <{id}>\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
    }
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    let content_type = format!(
        "multipart/related; type=\"application/soap+xml\"; start=\"<envelope>\"; \
         boundary=\"{boundary}\""
    );
    (content_type, body)
}
