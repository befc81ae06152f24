//! What is tried against a receiver of signed messages, one test each. Everybody is invented.
//!
//! Genuine messages are written by this crate, then changed; where the lie must be signed, it is.

use crate::write::{packed, sealed};
use crate::{Certificate, Draft, Fault, Message, Own, Part, Refused, Rules, Signer};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use rcgen::{CertificateParams, KeyPair, PKCS_ED25519, date_time_ymd};
use ring::rand::SystemRandom;
use std::io::Write;
use std::sync::LazyLock;

const TEXT: &str = "UNB+UNOA:4+ZQAIR+UTOGOV+261122:0845+R1++APIS'UNZ+0+R1'";
const PART: &str = "part1.one@zq.example";

static RANDOM: LazyLock<SystemRandom> = LazyLock::new(SystemRandom::new);
static ZQ: LazyLock<Own> = LazyLock::new(|| own((2026, 2027)));

fn own((from, until): (i32, i32)) -> Own {
    let key = KeyPair::generate_for(&PKCS_ED25519).unwrap();
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(until, 12, 31);
    let certificate = params.self_signed(&key).unwrap();
    Own::read(&certificate.pem(), &key.serialize_pem(), &*RANDOM).unwrap()
}

fn signer(own: &Own) -> Signer<'_> {
    Signer {
        own,
        random: &*RANDOM,
    }
}

fn now() -> Timestamp {
    "2026-11-23T08:00:00Z".parse().unwrap()
}

fn rules() -> Rules<'static> {
    Rules {
        now: now(),
        window: SignedDuration::from_hours(24 * 7),
        most: 1 << 20,
        party: "utopia",
    }
}

fn draft(parts: &[Part]) -> Draft<'_> {
    Draft {
        id: "one@zq.example",
        at: now(),
        about: None,
        conversation: "c1",
        from: "zq",
        to: "utopia",
        agreement: Some("pnr"),
        service: "PNRGOV",
        action: "push",
        parts,
    }
}

fn list() -> Vec<Part> {
    vec![Part {
        media: "application/EDIFACT".to_owned(),
        name: "list.edi".to_owned(),
        bytes: TEXT.into(),
    }]
}

/// A genuine message: content type and body.
fn genuine() -> (String, Vec<u8>) {
    let posted = draft(&list()).post(signer(&ZQ)).unwrap();
    (posted.content_type, posted.body)
}

fn read(content_type: &str, body: &[u8]) -> Result<Message<()>, Refused> {
    let known = |it: &Certificate| (it == ZQ.certificate()).then_some(());
    Message::read(content_type, body, rules(), known)
}

fn fault(content_type: &str, body: &[u8]) -> Option<Fault> {
    read(content_type, body).err().map(|it| it.fault)
}

/// Another text in the stead of one that stands once in the genuine message.
#[track_caller]
fn changed(from: &str, to: &str) -> Option<Fault> {
    let (content_type, body) = genuine();
    let at = memchr::memmem::find(&body, from.as_bytes()).expect(from);
    let bytes = [&body[..at], to.as_bytes(), &body[at + from.len()..]].concat();
    fault(&content_type, &bytes)
}

/// A message about which its sender lies under its own signature.
fn signed(messaging: &str, attached: &[(&str, &[u8])], own: &Own) -> (String, Vec<u8>) {
    let attached: Vec<_> = attached
        .iter()
        .map(|(id, bytes)| ((*id).to_owned(), bytes.to_vec()))
        .collect();
    let (envelope, _) = sealed(messaging, &attached, signer(own)).unwrap();
    packed(envelope, &attached)
}

/// A header of the sender's making.
fn header(at: &str, to: &str, payload: &str) -> String {
    format!(
        "<eb:UserMessage><eb:MessageInfo><eb:Timestamp>{at}</eb:Timestamp>\
         <eb:MessageId>one@zq.example</eb:MessageId></eb:MessageInfo><eb:PartyInfo><eb:From>\
         <eb:PartyId>zq</eb:PartyId></eb:From><eb:To><eb:PartyId>{to}</eb:PartyId></eb:To>\
         </eb:PartyInfo><eb:CollaborationInfo><eb:Service>PNRGOV</eb:Service>\
         <eb:Action>push</eb:Action><eb:ConversationId>c</eb:ConversationId>\
         </eb:CollaborationInfo>{payload}</eb:UserMessage>"
    )
}

fn payload(ids: &[&str], properties: &str) -> String {
    let parts = ids.iter().map(|id| {
        format!("<eb:PartInfo href=\"cid:{id}\"><eb:PartProperties>{properties}</eb:PartProperties></eb:PartInfo>")
    });
    format!(
        "<eb:PayloadInfo>{}</eb:PayloadInfo>",
        parts.collect::<String>()
    )
}

const NOW: &str = "2026-11-23T08:00:00Z";
const PRESSED: &str = "<eb:Property name=\"CompressionType\">application/gzip</eb:Property>";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn what_somebody_known_has_signed_is_read() {
    let (content_type, body) = genuine();
    let message = read(&content_type, &body).unwrap();
    let unit = message.unit().unwrap();
    assert_eq!(unit.id, "one@zq.example");
    assert_eq!(unit.payloads, [TEXT.as_bytes()]);
    assert_eq!((&*unit.conversation, &*unit.from[0]), ("c1", "zq"));
    assert!(!unit.is_test);
}

#[test]
fn a_receipt_proves_what_arrived_and_nothing_else() {
    let posted = draft(&list()).post(signer(&ZQ)).unwrap();
    let message = read(&posted.content_type, &posted.body).unwrap();
    let receipt = crate::receipt(&message, "r@utopia", now(), signer(&ZQ)).unwrap();
    let answer = read(&receipt.content_type, &receipt.body).unwrap();
    assert!(posted.is_acknowledged(&answer));
    let mut other = list();
    other[0].bytes.push(b' ');
    let other = draft(&other).post(signer(&ZQ)).unwrap();
    assert!(!other.is_acknowledged(&answer), "its digest is another");
    let parts = list();
    let renamed = Draft {
        id: "two@zq.example",
        ..draft(&parts)
    };
    assert!(!renamed.post(signer(&ZQ)).unwrap().is_acknowledged(&answer));
    let error = crate::error(
        Fault::Digest,
        Some("one@zq.example"),
        "e",
        now(),
        signer(&ZQ),
    );
    let error = error.unwrap();
    let error = read(&error.content_type, &error.body).unwrap();
    assert!(!posted.is_acknowledged(&error));
    let crate::Content::Error { about, code } = error.content else {
        panic!("{:?}", error.content);
    };
    assert_eq!(
        (about.as_deref(), &*code),
        (Some("one@zq.example"), "EBMS:0101")
    );
}

/// The signed element is kept where it is found by its identifier, and another one stands where it
/// is read.
#[test]
fn a_signature_is_not_wrapped_around_something_else() {
    let (content_type, body) = genuine();
    let text = String::from_utf8_lossy(&body).into_owned();
    let begin = text.find("<eb:Messaging").unwrap();
    let end = text.find("</eb:Messaging>").unwrap() + "</eb:Messaging>".len();
    let real = &text[begin..end];
    let forged = real.replace(">zq<", ">x9<");
    for (forged, expect) in [
        (forged.replace("wsu:Id=\"messaging\"", ""), Fault::Unsigned),
        (
            forged.replace("\"messaging\"", "\"other\""),
            Fault::Unsigned,
        ),
        (forged.clone(), Fault::Identifiers),
        (forged.replace("wsu:Id", "Id"), Fault::Identifiers),
        (forged.replace("wsu:Id", "xml:id"), Fault::Identifiers),
    ] {
        let wrapper = "<w:x xmlns:w=\"urn:w\">";
        let hidden = format!("{wrapper}{real}</w:x>{forged}");
        let position = body
            .windows(real.len())
            .position(|it| it == real.as_bytes());
        let at = position.unwrap();
        let bytes = [&body[..at], hidden.as_bytes(), &body[at + real.len()..]].concat();
        assert_eq!(fault(&content_type, &bytes), Some(expect), "{forged}");
    }
    let twice = format!("{real}{}", forged.replace("\"messaging\"", "\"other\""));
    assert_eq!(changed(real, &twice), Some(Fault::Header));
    assert_eq!(
        changed(
            "soap:Header>",
            "soap:Header><wsse:Security xmlns:wsse=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\"/>"
        ),
        Some(Fault::Header)
    );
}

#[test]
fn what_was_changed_on_the_way_has_another_digest() {
    assert_eq!(changed(">zq<", ">x9<"), Some(Fault::Digest));
    let (content_type, mut body) = genuine();
    let at = memchr::memmem::find(&body, &gzip_head()).unwrap();
    body[at + 12] ^= 1;
    assert_eq!(fault(&content_type, &body), Some(Fault::Digest));
    assert_eq!(
        changed("<ds:SignatureValue>", "<ds:SignatureValue>AAAA"),
        Some(Fault::Signature)
    );
    assert_eq!(
        changed("<soap:Body", "<soap:Body x=\"1\""),
        Some(Fault::Digest)
    );
}

fn gzip_head() -> [u8; 3] {
    [0x1f, 0x8b, 8]
}

/// A comment is not signed: it must not cut a value in two.
#[test]
fn a_comment_within_a_value_makes_it_none() {
    assert_eq!(
        changed(">one@zq.example<", ">one@zq.ex<!-- -->ample<"),
        Some(Fault::Header)
    );
    assert_eq!(changed(">utopia<", ">uto<!---->pia<"), Some(Fault::Header));
}

#[test]
fn who_is_unknown_or_out_of_time_is_nobody() {
    let of = |own: &Own| signed(&header(NOW, "utopia", ""), &[], own);
    let stranger = own((2026, 2027));
    let (content_type, body) = of(&stranger);
    assert_eq!(fault(&content_type, &body), Some(Fault::Stranger));
    for years in [(2024, 2025), (2027, 2028)] {
        let late = own(years);
        let (content_type, body) = of(&late);
        let read = Message::read(&content_type, &body, rules(), |_| Some(()));
        assert_eq!(read.unwrap_err().fault, Fault::Expired, "{years:?}");
    }
    // Whoever holds a message of ours cannot put another certificate under it.
    let (content_type, body) = genuine();
    let text = String::from_utf8_lossy(&body)
        .replace(&ZQ.certificate().line(), &stranger.certificate().line());
    let read = Message::read(&content_type, text.as_bytes(), rules(), |_| Some(()));
    assert_eq!(read.unwrap_err().fault, Fault::Signature);
}

#[test]
fn document_types_and_entities_are_refused() {
    for declared in [
        "<!DOCTYPE x>",
        "<!DOCTYPE x [<!ENTITY a \"b\">]>",
        "<!DOCTYPE x SYSTEM \"http://192.0.2.1/x\">",
        "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>",
    ] {
        let to = format!("{declared}<soap:Envelope");
        assert_eq!(changed("<soap:Envelope", &to), Some(Fault::DocumentType));
    }
    assert_eq!(changed(">zq<", ">&a;<"), Some(Fault::Envelope));
}

#[test]
fn weak_and_foreign_algorithms_are_refused() {
    let digest = "http://www.w3.org/2001/04/xmlenc#sha256";
    for weak in [
        "http://www.w3.org/2000/09/xmldsig#sha1",
        "http://www.w3.org/2001/04/xmldsig-more#md5",
        "",
    ] {
        assert_eq!(changed(digest, weak), Some(Fault::Algorithm), "{weak}");
    }
    let method = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519";
    for weak in [
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#dsa-sha1",
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
        "",
    ] {
        assert_eq!(changed(method, weak), Some(Fault::Algorithm), "{weak}");
    }
    // A key of one kind is never taken for one of another.
    let other = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
    assert_eq!(changed(method, other), Some(Fault::Signature));
}

#[test]
fn no_transform_computes_selects_or_fetches() {
    let exclusive = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">";
    for other in [
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform",
    ] {
        let to = format!("<ds:Transform Algorithm=\"{other}\">");
        assert_eq!(changed(exclusive, &to), Some(Fault::Algorithm), "{other}");
    }
    let twice = format!("{exclusive}</ds:Transform>{exclusive}");
    assert_eq!(changed(exclusive, &twice), Some(Fault::Algorithm));
    for uri in [
        "",
        "http://192.0.2.1/x",
        "file:///etc/passwd",
        "#xpointer(/)",
    ] {
        let to = format!("URI=\"{uri}\"");
        let found = changed("URI=\"#messaging\"", &to);
        assert!(
            matches!(found, Some(Fault::Algorithm | Fault::Header)),
            "{uri}"
        );
    }
    assert_eq!(
        changed("</ds:KeyInfo>", "</ds:KeyInfo><ds:Object/>"),
        Some(Fault::Algorithm)
    );
}

#[test]
fn as_much_is_read_as_a_message_needs() {
    let many = |each: &str, count: usize| each.repeat(count);
    let into = |what: &str| changed("<soap:Header>", &format!("<soap:Header>{what}"));
    let reference = "<ds:Reference URI=\"#body\"/>";
    let at = "</ds:SignedInfo>";
    let references = format!("{}{at}", many(reference, 100));
    assert_eq!(changed(at, &references), Some(Fault::TooMuch));
    assert_eq!(
        into(&format!("{}{}", many("<a>", 100), many("</a>", 100))),
        Some(Fault::TooMuch)
    );
    assert_eq!(
        into(&format!("{}{}", many("<a>", 60_000), many("</a>", 60_000))),
        Some(Fault::TooMuch)
    );
    assert_eq!(into(&many("<a/>", 30_000)), Some(Fault::TooMuch));
    let attributes: String = (0..9000).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(into(&format!("<a{attributes}/>")), Some(Fault::TooMuch));
    let spaces: String = (0..600).map(|n| format!(" xmlns:a{n}='u'")).collect();
    assert_eq!(into(&format!("<a{spaces}/>")), Some(Fault::TooMuch));
    assert_eq!(
        into(&format!("<{}/>", many("a", 300))),
        Some(Fault::TooMuch)
    );
    assert_eq!(into(&many(" ", 600 << 10)), Some(Fault::TooMuch));
}

#[test]
fn what_the_signature_does_not_cover_is_not_taken() {
    // A part more than was signed.
    let (content_type, body) = genuine();
    let boundary = content_type
        .split("boundary=\"")
        .nth(1)
        .unwrap()
        .trim_end_matches('"');
    let end = format!("\r\n--{boundary}--");
    let more = format!("\r\n--{boundary}\r\nContent-ID: <more>\r\n\r\nmore{end}");
    let text = &body[..body.len() - end.len() - 2];
    let longer = [text, more.as_bytes()].concat();
    assert_eq!(fault(&content_type, &longer), Some(Fault::Unsigned));
    // A part that the signed header names, and the signature does not.
    let (envelope, _) = sealed(
        &header(NOW, "utopia", &payload(&["p"], "")),
        &[],
        signer(&ZQ),
    )
    .unwrap();
    let (content_type, body) = packed(envelope, &[("p".to_owned(), b"x".to_vec())]);
    assert_eq!(fault(&content_type, &body), Some(Fault::Unsigned));
    // No signature at all, and none of the header.
    let (content_type, body) = genuine();
    let text = String::from_utf8_lossy(&body);
    let at = (
        text.find("<ds:Signature ").unwrap(),
        text.find("</ds:Signature>").unwrap(),
    );
    let (signature, ends) = (&text[at.0..at.1 + 15], "</ds:Signature>");
    assert!(signature.ends_with(ends));
    assert_eq!(changed(signature, ""), Some(Fault::Unsigned));
    let header_only = text.find("<ds:Reference URI=\"#messaging\"").unwrap();
    let upto = text[header_only..].find("</ds:Reference>").unwrap() + 15;
    assert_eq!(
        changed(&text[header_only..header_only + upto], ""),
        Some(Fault::Signature)
    );
    assert!(read(&content_type, &body).is_ok());
}

#[test]
fn payloads_are_those_that_the_header_names_each_once() {
    let check = |ids: &[&str], attached: &[(&str, &[u8])], expect: Fault| {
        let (content_type, body) = signed(&header(NOW, "utopia", &payload(ids, "")), attached, &ZQ);
        assert_eq!(fault(&content_type, &body), Some(expect));
    };
    check(&["p", "p"], &[("p", b"x")], Fault::Payload);
    check(&["q"], &[("p", b"x")], Fault::Payload);
    check(&[], &[("p", b"x")], Fault::Payload);
    check(&["p", "q"], &[("p", b"x")], Fault::Payload);
    // A reference to a part that did not come.
    let (content_type, body) = genuine();
    let text = String::from_utf8_lossy(&body).replace(&format!("<{PART}>"), "<other>");
    assert_eq!(fault(&content_type, text.as_bytes()), Some(Fault::Payload));
}

#[test]
fn no_more_is_unpacked_than_is_taken() {
    let check = |bytes: &[u8], expect: Option<Fault>| {
        let header = header(NOW, "utopia", &payload(&["p"], PRESSED));
        let (content_type, body) = signed(&header, &[("p", bytes)], &ZQ);
        assert_eq!(fault(&content_type, &body), expect);
    };
    check(&gzip(&vec![0; 1 << 20]), None);
    check(&gzip(&vec![0; (1 << 20) + 1]), Some(Fault::Compressed));
    check(&gzip(b"abc")[..9], Some(Fault::Compressed));
    check(b"abc", Some(Fault::Compressed));
    // Two that fit one by one and not together.
    let half = gzip(&vec![0; 700 << 10]);
    let both = header(NOW, "utopia", &payload(&["p", "q"], PRESSED));
    let (content_type, body) = signed(&both, &[("p", &half), ("q", &half)], &ZQ);
    assert_eq!(fault(&content_type, &body), Some(Fault::Compressed));
}

#[test]
fn what_is_old_or_for_somebody_else_is_refused() {
    let check = |at: &str, to: &str, expect: Option<Fault>| {
        let (content_type, body) = signed(&header(at, to, ""), &[], &ZQ);
        assert_eq!(fault(&content_type, &body), expect, "{at} {to}");
    };
    check(NOW, "utopia", None);
    check("2026-11-23T10:05:00+02:00", "utopia", None);
    check("2026-11-23T08:05:00.125", "utopia", None);
    check("2026-11-16T07:59:59Z", "utopia", Some(Fault::Stale));
    check("2026-11-23T08:11:00Z", "utopia", Some(Fault::Stale));
    check("yesterday", "utopia", Some(Fault::Header));
    check(NOW, "atlantis", Some(Fault::Recipient));
    check(NOW, "utopia.example", Some(Fault::Recipient));
}

#[test]
fn what_is_not_done_here_is_said() {
    assert_eq!(
        changed(
            "<ds:Signature ",
            "<x:EncryptedKey xmlns:x=\"http://www.w3.org/2001/04/xmlenc#\"/><ds:Signature "
        ),
        Some(Fault::Encrypted)
    );
    assert_eq!(
        changed(
            "<soap:Header>",
            "<soap:Header><x xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" s:mustUnderstand=\"1\"/>"
        ),
        Some(Fault::Feature)
    );
    let pull = "<eb:SignalMessage><eb:MessageInfo><eb:Timestamp>2026-11-23T08:00:00Z</eb:Timestamp><eb:MessageId>p</eb:MessageId></eb:MessageInfo><eb:PullRequest/></eb:SignalMessage>";
    for units in [pull.to_owned(), format!("{pull}{pull}"), String::new()] {
        let (content_type, body) = signed(&units, &[], &ZQ);
        assert_eq!(fault(&content_type, &body), Some(Fault::Feature));
    }
}

#[test]
fn a_refusal_names_the_message_where_it_can_be_told() {
    let (content_type, body) = genuine();
    let text = String::from_utf8_lossy(&body).replace(">zq<", ">x9<");
    let refused = read(&content_type, text.as_bytes()).unwrap_err();
    assert_eq!(refused.about.as_deref(), Some("one@zq.example"));
    assert_eq!(read("text/plain", b"").unwrap_err().about, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever byte is another one, the message says the same or is refused.
    #[test]
    fn no_changed_byte_changes_what_is_read(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let (content_type, mut body) = genuine();
        let at = at.index(body.len());
        body[at] = to;
        if let Ok(message) = read(&content_type, &body) {
            let unit = message.unit().unwrap();
            prop_assert_eq!(&unit.id, "one@zq.example");
            prop_assert_eq!(&unit.payloads, &[TEXT.as_bytes()]);
        }
    }

    /// Whatever comes, it is refused and nothing else happens.
    #[test]
    fn noise_is_refused(noise in prop::collection::vec(any::<u8>(), 0..400), cut in any::<prop::sample::Index>()) {
        let (content_type, body) = genuine();
        prop_assert!(read(&content_type, &noise).is_err());
        prop_assert!(read("application/soap+xml", &noise).is_err());
        let cut = cut.index(body.len() - 4);
        prop_assert!(read(&content_type, &body[..cut]).is_err());
    }
}
