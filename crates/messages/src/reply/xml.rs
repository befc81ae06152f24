//! The answer to a push in XML: `IATA_PNRGOV_NotifRS`.

use super::{Answer, Outcome, PushReceipt, Reply};
use jiff::civil::DateTime;
use oriel_model::Text;
use quick_xml::Reader;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};

const ROOT: &str = "IATA_PNRGOV_NotifRS";

/// The most errors that are read.
const MAX_ERRORS: usize = 99;

pub(super) fn write(reply: &Reply, receipt: &PushReceipt) -> Vec<u8> {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <{ROOT} xmlns=\"http://www.iata.org/IATA/2007/00\" Version=\"{}\" TimeStamp=\"{}\" \
         EchoToken=\"{}\" SequenceNmbr=\"{}\"",
        escape(reply.version.as_str()),
        reply.sent.strftime("%Y-%m-%dT%H:%M:%SZ"),
        escape(reply.interchange.as_str()),
        escape(reply.reference.as_str()),
    );
    if let Some(access) = &reply.access {
        out += &format!(" TransactionIdentifier=\"{}\"", escape(access.as_str()));
    }
    let parties = [
        ("Originator", &reply.sender),
        ("Recipient", &reply.recipient),
    ];
    out.push('>');
    for (name, party) in parties {
        out += &format!("<{name} SystemCode=\"{}\"/>", escape(party.as_str()));
    }
    match receipt.outcome {
        Outcome::Processed => out += "<Success/>",
        Outcome::Partly => out += "<Success/><Warnings/>",
        Outcome::NotProcessed => {}
    }
    if !receipt.errors.is_empty() {
        out += "<Errors>";
        for code in &receipt.errors {
            out += &format!("<Error Code=\"{}\"/>", escape(code.as_str()));
        }
        out += "</Errors>";
    }
    out += &format!("</{ROOT}>");
    out.into_bytes()
}

/// Reads an answer; `None` when it is another document or broken.
pub(super) fn read(text: &str) -> Option<Reply> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut reply: Option<Reply> = None;
    let (mut success, mut warnings, mut whole) = (false, false, false);
    let mut errors = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::DocType(_) => return None,
            Event::Eof => break,
            Event::End(end) => whole |= end.local_name().as_ref() == ROOT,
            Event::Start(start) => match (start.local_name().as_ref(), &mut reply) {
                (ROOT, None) => reply = Some(head(&start)?),
                ("Success", Some(_)) => success = true,
                ("Warnings", Some(_)) => warnings = true,
                ("Error", Some(_)) if errors.len() < MAX_ERRORS => {
                    errors.push(attribute(&start, "Code")?);
                }
                ("Originator", Some(reply)) => reply.sender = attribute(&start, "SystemCode")?,
                ("Recipient", Some(reply)) => reply.recipient = attribute(&start, "SystemCode")?,
                _ => {}
            },
            _ => {}
        }
    }
    let mut reply = reply.filter(|_| whole)?;
    let outcome = match (success, warnings) {
        (true, false) => Outcome::Processed,
        (true, true) => Outcome::Partly,
        (false, _) => Outcome::NotProcessed,
    };
    reply.answer = Answer::PushXml(PushReceipt { outcome, errors });
    Some(reply)
}

fn head(start: &BytesStart<'_>) -> Option<Reply> {
    let or_empty = |name: &str| attribute(start, name).unwrap_or_default();
    let sent: DateTime = or_empty("TimeStamp").trim_end_matches('Z').parse().ok()?;
    Some(Reply {
        sender: Text::default(),
        recipient: Text::default(),
        sent,
        interchange: or_empty("EchoToken"),
        reference: or_empty("SequenceNmbr"),
        version: or_empty("Version"),
        access: attribute(start, "TransactionIdentifier"),
        answer: Answer::PushXml(PushReceipt {
            outcome: Outcome::NotProcessed,
            errors: Vec::new(),
        }),
    })
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<Text> {
    let mut attributes = start.attributes();
    let found = attributes
        .with_checks(false)
        .flatten()
        .take(64)
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = quick_xml::escape::unescape(&found.value).ok()?;
    Some(Text::from(&*value))
}
