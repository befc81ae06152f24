//! Messages: what was accepted, with its bytes as the profile leaves them, and what was refused,
//! without any content.

use crate::db::{Insert, Value};
use crate::pressed::Packed;
use crate::seal::{Kind, is_open};
use crate::{Id, StoreError, Tx};
use jiff::Timestamp;
use oriel_model::MessageKey;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant};
use std::collections::BTreeSet;

/// A message to keep.
#[derive(Clone, Debug)]
pub struct NewMessage<'a> {
    /// Digest of the message as received.
    pub key: &'a MessageKey,
    /// Type, such as `PAXLST`.
    pub kind: &'a str,
    /// Version, such as `D.05B`.
    pub version: &'a str,
    /// Function, snake case.
    pub function: &'a str,
    /// Sender of the interchange.
    pub sender: &'a str,
    /// Recipient of the interchange.
    pub recipient: &'a str,
    /// Message reference.
    pub reference: &'a str,
    /// When it says it was sent, civil time as text.
    pub sent: Option<&'a str>,
    /// Receipt, UTC.
    pub received_at: Timestamp,
    /// How it came.
    pub channel: &'a str,
    /// Service characters: component, element, decimal, release or blank, repetition or blank,
    /// terminator.
    pub service: [u8; 6],
    /// Its size in bytes.
    pub size: i64,
    /// Findings as JSON, without values.
    pub findings: &'a str,
    /// How many findings are errors.
    pub errors: i64,
    /// How many findings are warnings.
    pub warnings: i64,
    /// Persons in it.
    pub travellers: i64,
}

/// A message as lists show it: nothing about a person.
#[derive(Clone, Debug)]
pub struct MessageRow {
    /// Number of commit.
    pub n: i64,
    /// Digest.
    pub key: MessageKey,
    /// Type.
    pub kind: String,
    /// Version.
    pub version: String,
    /// Function, snake case.
    pub function: String,
    /// Sender.
    pub sender: String,
    /// Recipient.
    pub recipient: String,
    /// Message reference.
    pub reference: String,
    /// When it says it was sent.
    pub sent: Option<String>,
    /// Receipt, UTC.
    pub received_at: Timestamp,
    /// Size in bytes.
    pub size: i64,
    /// Findings that are errors.
    pub errors: i64,
    /// Findings that are warnings.
    pub warnings: i64,
    /// Persons in it.
    pub travellers: i64,
}

impl MessageRow {
    /// Its identifier.
    pub fn id(&self) -> Id {
        Id::of_message(&self.key)
    }
}

/// A message with its bytes.
#[derive(Clone, Debug)]
pub struct StoredMessage {
    /// Header.
    pub row: MessageRow,
    /// Service characters, as in [`NewMessage::service`].
    pub service: [u8; 6],
    /// The bytes as the recipient's profile leaves them; `None` once their time is over, and where
    /// this recipient got none.
    pub bytes: Option<Vec<u8>>,
    /// The instant from which the clock of the bytes runs, while they are there.
    pub anchor: Option<Timestamp>,
    /// Findings as JSON.
    pub findings: String,
}

/// A refusal to keep: what the sender is told, and no content.
#[derive(Clone, Debug)]
pub struct Refused<'a> {
    /// Digest of what was refused.
    pub key: &'a MessageKey,
    /// Its size in bytes.
    pub size: i64,
    /// Sender, as the envelope says, or blank.
    pub sender: &'a str,
    /// Type, or blank.
    pub kind: &'a str,
    /// How it came.
    pub channel: &'a str,
    /// Receipt, UTC.
    pub received_at: Timestamp,
    /// Findings as JSON, without values.
    pub findings: &'a str,
}

/// A message as evidence: what is kept of it besides its content.
#[derive(Clone, Debug)]
pub struct MessageProof {
    /// Header.
    pub row: MessageRow,
    /// How it came.
    pub channel: String,
    /// Findings as JSON, without values.
    pub findings: String,
}

/// A refusal as evidence.
#[derive(Clone, Debug)]
pub struct RefusalProof {
    /// Digest of what was refused.
    pub key: MessageKey,
    /// Its size in bytes.
    pub size: i64,
    /// Sender, as the envelope says, or blank.
    pub sender: String,
    /// Type, or blank.
    pub kind: String,
    /// How it came.
    pub channel: String,
    /// Receipt, UTC.
    pub received_at: Timestamp,
    /// Findings as JSON, without values.
    pub findings: String,
}

const FEEDS: Insert = Insert {
    table: "feed",
    columns: &["compartment", "sender", "received_at"],
    conflict: "ON CONFLICT (compartment, sender) DO UPDATE SET received_at = excluded.received_at",
};

/// Columns of a message, to be read by [`joined_message`].
pub(crate) const COLUMNS: &str = "n, key, kind, version, function, sender, recipient, reference, sent, \
                       received_at, size, errors, warnings, travellers";

impl Tx<'_> {
    /// Whether a message of this digest was accepted, and its number.
    pub fn message_find(&mut self, key: &MessageKey) -> Result<Option<i64>, StoreError> {
        let mut found = None;
        self.db.query(
            "SELECT n FROM message WHERE key = $1",
            &[Value::from(key)],
            &mut |row| {
                found = Some(row.int(0)?);
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// The number the next message gets.
    pub fn message_next(&mut self) -> Result<i64, StoreError> {
        let mut next = 1;
        self.db
            .query("SELECT max(n) FROM message", &[], &mut |row| {
                next = row.int_or_null(0)?.unwrap_or(0) + 1;
                Ok(())
            })?;
        Ok(next)
    }

    /// Keeps an accepted message under number `n`.
    pub fn message_insert(&mut self, n: i64, message: &NewMessage<'_>) -> Result<(), StoreError> {
        self.db.put(
            "INSERT INTO message (n, key, kind, version, function, sender, recipient, reference,
                sent, received_at, channel, service, size, findings, errors, warnings, travellers)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
            &[
                Value::Int(n),
                Value::from(message.key),
                Value::Text(message.kind),
                Value::Text(message.version),
                Value::Text(message.function),
                Value::Text(message.sender),
                Value::Text(message.recipient),
                Value::Text(message.reference),
                Value::from(message.sent),
                Value::Int(message.received_at.as_microsecond()),
                Value::Text(message.channel),
                Value::from(&message.service),
                Value::Int(message.size),
                Value::Text(message.findings),
                Value::Int(message.errors),
                Value::Int(message.warnings),
                Value::Int(message.travellers),
            ],
        )?;
        Ok(())
    }

    /// Keeps a refusal; the same bytes refused again change nothing. Says whether it was new.
    pub fn refusal_insert(&mut self, refused: &Refused<'_>) -> Result<bool, StoreError> {
        let touched = self.db.execute(
            "INSERT INTO refusal (key, size, sender, kind, channel, received_at, findings)
             VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (key) DO NOTHING",
            &[
                Value::from(refused.key),
                Value::Int(refused.size),
                Value::Text(refused.sender),
                Value::Text(refused.kind),
                Value::Text(refused.channel),
                Value::Int(refused.received_at.as_microsecond()),
                Value::Text(refused.findings),
            ],
        )?;
        Ok(touched > 0)
    }

    /// Keeps the bytes of message number `n` as `compartment` may have them. `anchor` is the oldest
    /// of the journeys it speaks of: the bytes go when the first of them goes.
    pub fn original_insert(
        &mut self,
        n: i64,
        compartment: &str,
        anchor: Timestamp,
        key: &MessageKey,
        bytes: &Packed,
    ) -> Result<(), StoreError> {
        let seal = self.seal_of_original(compartment, anchor)?;
        let data = seal.put_packed(Kind::Original, &[key], bytes)?;
        self.db.put(
            "INSERT INTO original (message, compartment, anchor, data) VALUES ($1, $2, $3, $4)",
            &[
                Value::Int(n),
                Value::Text(compartment),
                Value::Int(anchor.as_microsecond()),
                Value::Blob(&data),
            ],
        )?;
        Ok(())
    }

    /// A message with its bytes; leaves an audit event. Only what the recipient of `grant` was
    /// given: to every other it is not there.
    pub fn message_fetch(&mut self, grant: &Grant, id: Id) -> Result<StoredMessage, StoreError> {
        self.admit(grant, &[Act::MessageRead])?;
        let mut found = None;
        // The identifier is the beginning of the digest: a range finds it in the digest's index.
        let low = pad(id, 0x00);
        let high = pad(id, 0xff);
        let sql = format!(
            "SELECT {COLUMNS}, service, findings, original.anchor, original.data FROM message \
             LEFT JOIN original ON original.message = message.n AND original.compartment = $1 \
             WHERE key >= $2 AND key <= $3 AND (original.message IS NOT NULL OR EXISTS \
                 (SELECT 1 FROM report JOIN journey ON journey.n = report.journey \
                  WHERE report.message = message.n AND journey.compartment = $1))"
        );
        let values = [
            Value::Text(grant.compartment()),
            Value::from(&low),
            Value::from(&high),
        ];
        self.db.query(&sql, &values, &mut |row| {
            let service = row.blob(14)?.try_into();
            let sealed = match row.int_or_null(16)? {
                Some(anchor) => Some((instant(anchor)?, row.blob(17)?.to_vec())),
                None => None,
            };
            let message = StoredMessage {
                row: message_row(row)?,
                service: service.map_err(|_| StoreError::damaged("a message"))?,
                bytes: None,
                anchor: None,
                findings: row.text(15)?.to_owned(),
            };
            found = Some((message, sealed));
            Ok(())
        })?;
        let (mut message, sealed) = found.ok_or(StoreError::NotFound { what: "message" })?;
        message.anchor = sealed.as_ref().map(|(anchor, _)| *anchor);
        if let Some((anchor, data)) = sealed.filter(|(anchor, _)| is_open(grant, *anchor)) {
            let seal = self.seal_of_original(grant.compartment(), anchor)?;
            message.bytes = Some(seal.take(Kind::Original, &[&message.row.key], &data)?);
        }
        self.audit_append(&[Event::granted(grant, id.display("msg"), "ok")])?;
        Ok(message)
    }

    /// Headers of the messages about a journey, oldest commit first.
    pub fn message_list(&mut self, journey: i64) -> Result<Vec<MessageRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!(
            "SELECT {COLUMNS} FROM message WHERE n IN \
             (SELECT message FROM report WHERE journey = $1) ORDER BY n"
        );
        self.db.query(&sql, &[Value::Int(journey)], &mut |row| {
            rows.push(message_row(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// What is kept of the messages about a recipient's journey besides their content, oldest commit
    /// first.
    pub fn message_proofs(
        &mut self,
        compartment: &str,
        journey: Id,
    ) -> Result<Vec<MessageProof>, StoreError> {
        let mut proofs = Vec::new();
        let sql = format!(
            "SELECT {COLUMNS}, channel, findings FROM message WHERE n IN \
             (SELECT message FROM report WHERE journey = \
                 (SELECT n FROM journey WHERE id = $1 AND compartment = $2)) ORDER BY n"
        );
        let values = [Value::from(journey.bytes()), Value::Text(compartment)];
        self.db.query(&sql, &values, &mut |row| {
            proofs.push(MessageProof {
                row: message_row(row)?,
                channel: row.text(14)?.to_owned(),
                findings: row.text(15)?.to_owned(),
            });
            Ok(())
        })?;
        Ok(proofs)
    }

    /// What was refused between two instants, oldest first.
    pub fn refusal_proofs(
        &mut self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<RefusalProof>, StoreError> {
        let mut proofs = Vec::new();
        self.db.query(
            "SELECT key, size, sender, kind, channel, received_at, findings FROM refusal
             WHERE received_at BETWEEN $1 AND $2 ORDER BY received_at, key",
            &[
                Value::Int(from.as_microsecond()),
                Value::Int(to.as_microsecond()),
            ],
            &mut |row| {
                let key = row.blob(0)?.try_into();
                proofs.push(RefusalProof {
                    key: key.map_err(|_| StoreError::damaged("a refusal"))?,
                    size: row.int(1)?,
                    sender: row.text(2)?.to_owned(),
                    kind: row.text(3)?.to_owned(),
                    channel: row.text(4)?.to_owned(),
                    received_at: instant(row.int(5)?)?,
                    findings: row.text(6)?.to_owned(),
                });
                Ok(())
            },
        )?;
        Ok(proofs)
    }

    /// Notes that a recipient took messages of these senders, each once, at `now`.
    pub fn feed_put(
        &mut self,
        took: &BTreeSet<(&str, String)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let at = now.as_microsecond();
        let values: Vec<Value<'_>> = took
            .iter()
            .flat_map(|(compartment, sender)| {
                [
                    Value::Text(compartment),
                    Value::Text(sender),
                    Value::Int(at),
                ]
            })
            .collect();
        self.db.insert_many(&FEEDS, &values)
    }

    /// Senders with the instant of the newest of their messages that a recipient took.
    pub fn feed_list(&mut self, compartment: &str) -> Result<Vec<(String, Timestamp)>, StoreError> {
        let mut feeds = Vec::new();
        self.db.query(
            "SELECT sender, received_at FROM feed WHERE compartment = $1 ORDER BY sender",
            &[Value::Text(compartment)],
            &mut |row| {
                feeds.push((row.text(0)?.to_owned(), instant(row.int(1)?)?));
                Ok(())
            },
        )?;
        Ok(feeds)
    }
}

fn pad(id: Id, with: u8) -> MessageKey {
    let mut key = [with; 32];
    key[..16].copy_from_slice(id.bytes());
    key
}

fn message_row(row: &dyn crate::db::Row) -> Result<MessageRow, StoreError> {
    joined_message(row, 0)
}

/// A message whose columns begin at `first`.
pub(crate) fn joined_message(
    row: &dyn crate::db::Row,
    first: usize,
) -> Result<MessageRow, StoreError> {
    let text = |column: usize| row.text(first + column).map(str::to_owned);
    let key = row.blob(first + 1)?.try_into();
    Ok(MessageRow {
        n: row.int(first)?,
        key: key.map_err(|_| StoreError::damaged("a message"))?,
        kind: text(2)?,
        version: text(3)?,
        function: text(4)?,
        sender: text(5)?,
        recipient: text(6)?,
        reference: text(7)?,
        sent: row.text_or_null(first + 8)?.map(str::to_owned),
        received_at: instant(row.int(first + 9)?)?,
        size: row.int(first + 10)?,
        errors: row.int(first + 11)?,
        warnings: row.int(first + 12)?,
        travellers: row.int(first + 13)?,
    })
}

/// Microseconds since 1970 as an instant.
pub(crate) fn instant(microseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(microseconds).map_err(|_| StoreError::damaged("a time"))
}
