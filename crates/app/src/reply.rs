//! What senders are answered, whatever the way in.

use crate::{Cleared, Receipt, Status};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use oriel_messages::Transmission;
use oriel_messages::reply::{Agreements, Form, Told, answer, has_form, write};
use sha2::{Digest, Sha256};

/// The answers to the messages of a transmission, one for each where one was agreed; each is a
/// transmission of its own. `now` is when they are sent.
///
/// The same transmission again has the same references, so that an answer that was sent twice can
/// be known as one.
pub fn replies(
    bytes: &[u8],
    receipt: &Receipt,
    agreed: &Agreements,
    now: Timestamp,
) -> Vec<Option<Vec<u8>>> {
    let stem = Sha256::digest(bytes);
    let stem = stem.iter().take(5).map(|byte| format!("{byte:02X}"));
    let stem: String = stem.collect();
    let transmission = Transmission::open(bytes);
    let sent = now.to_zoned(TimeZone::UTC).datetime();
    let decoded = (0..).zip(transmission.decode().zip(&receipt.messages));
    let mut replies: Vec<Option<Vec<u8>>> = decoded
        .map(|(n, (decoded, outcome))| {
            // At most 14 characters (0020).
            let reference = format!("{stem}{:04X}", n % 0x1_0000);
            let taken = outcome.status != Status::Refused;
            // A carrier's word on what it was told is itself an answer.
            if taken && decoded.message.is_none() {
                return None;
            }
            let bytes = transmission.bytes();
            let told = outcome.cleared.as_deref().map(told);
            let told = told.as_deref();
            let reply = answer(bytes, &decoded, taken, told, agreed, sent, &reference)?;
            // A reference of the sender that no answer can repeat: there is none then.
            write(&reply, &agreed.with(&reply.recipient).codes).ok()
        })
        .collect();
    replies.resize(receipt.messages.len(), None);
    replies
}

fn told(cleared: &[Cleared]) -> Vec<Told> {
    cleared.iter().map(spelled).collect()
}

/// What a carrier is told, as an answer spells it.
pub(crate) fn spelled(cleared: &Cleared) -> Told {
    Told {
        code: cleared.code.clone(),
        text: cleared.text.clone(),
    }
}

/// Whether the answers to the messages of a transmission can have a form.
pub fn can_be_answered(bytes: &[u8], form: Form) -> bool {
    if form == Form::AsSent {
        return true;
    }
    let transmission = Transmission::open(bytes);
    let decoded: Vec<_> = transmission.decode().collect();
    has_form(form, transmission.bytes(), &decoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MessageOutcome;
    use oriel_messages::reply::{Agreement, Manner};
    use oriel_store::Id;

    /// R-ING-01.
    #[test]
    fn each_message_is_answered_in_its_kind_as_agreed_and_as_it_was_taken() {
        let sent = b"UNB+UNOA:4+ZQ+XO+261104:0712+A7'\
            UNH+1+PAXLST:D:05B:UN'BGM+745'TDT+20+ZQ0417'LOC+125+KEF'LOC+87+LIS'NAD+FL+++DOE:JANE'UNT+7+1'\
            UNH+2+PNRGOV:13:1:IA'MSG+:22'ORG+ZQ'TVL+041126:1015+KEF+LIS+ZQ+417'EQN+0'UNT+6+2'UNZ+2+A7'";
        let outcome = |status| MessageOutcome {
            id: Id::parse("msg_00000000000000000000000000", "msg").unwrap(),
            status,
            kind: String::new(),
            reference: String::new(),
            travellers: 0,
            bookings: 0,
            findings: Vec::new(),
            cleared: None,
        };
        let receipt = Receipt {
            messages: vec![outcome(Status::Accepted), outcome(Status::Refused)],
        };
        let told = |agreed: &Agreements| -> Vec<Option<String>> {
            let replies = replies(sent, &receipt, agreed, Timestamp::UNIX_EPOCH);
            let text = |reply: Vec<u8>| String::from_utf8(reply).unwrap();
            replies.into_iter().map(|reply| reply.map(text)).collect()
        };
        let told_now = told(&Agreements::default());
        let digest = Sha256::digest(sent);
        let stem: String = digest[..5].iter().map(|b| format!("{b:02X}")).collect();
        let has = |n: usize, text: &str| {
            let reply = told_now[n].as_deref().unwrap();
            assert!(reply.contains(text), "{text} is not in {reply}");
            assert!(reply.contains(&format!("{stem}{n:04}")), "{reply}");
        };
        has(0, "CONTRL");
        has(0, "UCM+1+PAXLST:D:05B:UN+7'");
        has(1, "ACKRES");
        has(1, "MSG+:23+7'");
        assert_eq!(told(&Agreements::default()), told_now, "the same again");
        let mut silent = Agreements::default();
        let manner = Manner::Silent;
        silent.add(
            "ZQ",
            Agreement {
                pushes: manner,
                lists: manner,
                refusals: manner,
                ..Agreement::default()
            },
        );
        assert_eq!(told(&silent), [None, None]);
        assert_eq!(
            told(&silent.asked(Form::Edifact)),
            told_now,
            "who asks is answered"
        );
        assert!(can_be_answered(sent, Form::Edifact));
        assert!(!can_be_answered(sent, Form::Xml), "a list among pushes");
        let push = b"UNB+UNOA:4+ZQ+XO+261104:0712+A8'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+ZQ'\
            TVL+041126:1015+KEF+LIS+ZQ+417'EQN+0'UNT+6+1'UNZ+1+A8'";
        assert!(can_be_answered(push, Form::Xml));
    }
}
