//! Pushes that carriers are asked for outside the schedule, and what answered.
//!
//! - Source: R-ING-08.
//! - Invariants: why it was asked, and what was said to it, is sealed; what carriers get is the notice
//!   of the same identifier, and it is there only for a request that was approved. A message answers a
//!   request once.

use crate::db::{Row, Value};
use crate::message::instant;
use crate::named::named;
use crate::seal::Kind;
use crate::{Id, StoreError, Tx};
use jiff::Timestamp;
use jiff::civil::DateTime;
use oriel_keys::Class;
use oriel_model::MessageKey;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant};

named! {
    /// What was decided of a request.
    PushRequestState in "a request for a push" {
        /// Waits for a second person.
        Asked = "asked",
        /// Goes out.
        Approved = "approved",
        /// Does not.
        Refused = "refused",
    }
}

named! {
    /// By what a message is known as an answer.
    PushLink in "an answer to a request" {
        /// It repeats the number of the request.
        Reference = "reference",
        /// It is about the flight, and came while the request stood.
        Flight = "flight",
    }
}

/// A message that answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PushAnswer {
    /// The message.
    pub message: MessageKey,
    /// Receipt, UTC.
    pub received_at: Timestamp,
    /// By what it is known.
    pub link: PushLink,
}

/// A request, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushRequest {
    /// Identifier; its notice has the same.
    pub id: Id,
    /// Who asks.
    pub compartment: String,
    /// The number under which the carrier gets it, and which it repeats (UNH 0068).
    pub number: String,
    /// The carrier.
    pub handle: String,
    /// Its designator.
    pub carrier: String,
    /// Carrier and number of the flight.
    pub flight: String,
    /// Where it departs.
    pub from: String,
    /// Where it arrives; blank where nobody said.
    pub to: String,
    /// Scheduled departure, local.
    pub departs: DateTime,
    /// Kind of the threat, by code.
    pub threat: String,
    /// Why.
    pub reason: String,
    /// By whom.
    pub asked_by: String,
    /// When, UTC.
    pub asked_at: Timestamp,
    /// From when nothing is sent any more, and an answer is late, UTC.
    pub ends_at: Timestamp,
    /// What goes out (GOVREQ).
    pub message: String,
    /// What was decided.
    pub state: PushRequestState,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When, UTC.
    pub decided_at: Option<Timestamp>,
    /// What that person said.
    pub answer: String,
    /// Until when it is kept, UTC.
    pub keep_until: Timestamp,
    /// Counts changes.
    pub version: i64,
    /// When the carrier was handed it, UTC.
    pub sent_at: Option<Timestamp>,
    /// By which way.
    pub way: String,
    /// What answered, oldest first.
    pub answers: Vec<PushAnswer>,
}

/// A request that was approved, as it is compared with what comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPush {
    /// Identifier.
    pub id: Id,
    /// Who asks.
    pub compartment: String,
    /// Its number.
    pub number: String,
    /// The carrier.
    pub handle: String,
    /// Carrier and number of the flight.
    pub flight: String,
    /// Where it departs.
    pub from: String,
    /// Scheduled departure, local.
    pub departs: DateTime,
    /// When the carrier was handed it, UTC.
    pub sent_at: Option<Timestamp>,
    /// From when an answer is late, UTC.
    pub ends_at: Timestamp,
    /// Whether something answered.
    pub answered: bool,
}

/// How a message named who sends and who receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentBefore {
    /// Who sent it.
    pub sender: String,
    /// As whom it named us.
    pub recipient: String,
    /// Version and release of its type.
    pub version: String,
}

const COLUMNS: &str = "p.id, p.compartment, p.number, p.handle, p.carrier, p.flight, p.starts, \
                       p.ends, p.departs, p.threat, p.reason, p.asked_by, p.asked_at, p.ends_at, \
                       p.message, p.state, p.decided_by, p.decided_at, p.answer, p.keep_until, \
                       p.version, n.delivered_at, n.way";

const FROM: &str = "push_request p LEFT JOIN carrier_notice n ON n.id = p.id";

impl Tx<'_> {
    /// Records a request. Nothing goes out yet; tells whether it is new.
    pub fn push_request_insert(
        &mut self,
        grant: &Grant,
        asked: &PushRequest,
    ) -> Result<bool, StoreError> {
        self.admit(grant, &[Act::PushAsk])?;
        let reason = self.push_words(asked, b"reason", &asked.reason)?;
        let kept = self.db.execute(
            "INSERT INTO push_request (id, compartment, number, handle, carrier, flight, starts,
                ends, departs, threat, reason, asked_by, asked_at, ends_at, message, state, answer,
                keep_until, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                1)
             ON CONFLICT (id) DO NOTHING",
            &[
                Value::from(asked.id.bytes()),
                Value::Text(&asked.compartment),
                Value::Text(&asked.number),
                Value::Text(&asked.handle),
                Value::Text(&asked.carrier),
                Value::Text(&asked.flight),
                Value::Text(&asked.from),
                Value::Text(&asked.to),
                Value::Text(&asked.departs.to_string()),
                Value::Text(&asked.threat),
                Value::Blob(&reason),
                Value::Text(&asked.asked_by),
                Value::Int(asked.asked_at.as_microsecond()),
                Value::Int(asked.ends_at.as_microsecond()),
                Value::Text(&asked.message),
                Value::Text(asked.state.name()),
                Value::Blob(&[]),
                Value::Int(asked.keep_until.as_microsecond()),
            ],
        )?;
        Ok(kept > 0)
    }

    /// Writes what was decided of a request; tells whether it was still what the decision saw.
    pub fn push_request_decide(
        &mut self,
        grant: &Grant,
        now: &PushRequest,
    ) -> Result<bool, StoreError> {
        self.admit(grant, &[Act::PushApprove])?;
        let answer = match &*now.answer {
            "" => Vec::new(),
            text => self.push_words(now, b"answer", text)?,
        };
        let touched = self.db.execute(
            "UPDATE push_request SET state = $1, decided_by = $2, decided_at = $3, answer = $4,
                version = version + 1
             WHERE id = $5 AND version = $6 AND state = 'asked'",
            &[
                Value::Text(now.state.name()),
                Value::from(now.decided_by.as_deref()),
                Value::from(now.decided_at.map(Timestamp::as_microsecond)),
                Value::Blob(&answer),
                Value::from(now.id.bytes()),
                Value::Int(now.version),
            ],
        )?;
        Ok(touched == 1)
    }

    /// Requests of the grant's compartment, newest first. Leaves an audit event.
    pub fn push_request_list(&mut self, grant: &Grant) -> Result<Vec<PushRequest>, StoreError> {
        self.admit(grant, &[Act::PushSee])?;
        let values = [
            Value::Text(grant.compartment()),
            Value::Int(grant.at().as_microsecond()),
        ];
        let which = "p.compartment = $1 AND p.keep_until > $2 ORDER BY p.asked_at DESC, p.id";
        let rows = self.push_requests(which, &values)?;
        let detail = format!("ok requests={}", rows.len());
        self.audit_append(&[Event::granted(grant, "", detail)])?;
        Ok(rows)
    }

    /// One request of the grant's compartment.
    pub fn push_request_find(&mut self, grant: &Grant, id: Id) -> Result<PushRequest, StoreError> {
        self.admit(grant, &[Act::PushApprove, Act::PushAsk])?;
        let values = [
            Value::from(id.bytes()),
            Value::Text(grant.compartment()),
            Value::Int(grant.at().as_microsecond()),
        ];
        let which = "p.id = $1 AND p.compartment = $2 AND p.keep_until > $3";
        let found = self.push_requests(which, &values)?.pop();
        found.ok_or(StoreError::NotFound {
            what: "request for a push",
        })
    }

    /// Requests that were approved and end at `from` or later: those that something may answer.
    pub fn push_request_open(&mut self, from: Timestamp) -> Result<Vec<OpenPush>, StoreError> {
        let sql = format!(
            "SELECT p.id, p.compartment, p.number, p.handle, p.flight, p.starts, p.departs,
                n.delivered_at, p.ends_at, (SELECT count(*) FROM push_answer WHERE request = p.id)
             FROM {FROM} WHERE p.state = 'approved' AND p.ends_at >= $1 ORDER BY p.asked_at, p.id"
        );
        let mut rows = Vec::new();
        self.db
            .query(&sql, &[Value::Int(from.as_microsecond())], &mut |row| {
                let text = |column| Ok::<_, StoreError>(row.text(column)?.to_owned());
                rows.push(OpenPush {
                    id: Id::from_bytes(row.blob(0)?)?,
                    compartment: text(1)?,
                    number: text(2)?,
                    handle: text(3)?,
                    flight: text(4)?,
                    from: text(5)?,
                    departs: departs(row.text(6)?)?,
                    sent_at: row.int_or_null(7)?.map(instant).transpose()?,
                    ends_at: instant(row.int(8)?)?,
                    answered: row.int(9)? > 0,
                });
                Ok(())
            })?;
        Ok(rows)
    }

    /// Requests that were approved, ended before `now`, and neither went out nor were stopped.
    pub fn push_request_unsent(&mut self, now: Timestamp) -> Result<Vec<(Id, String)>, StoreError> {
        let mut rows = Vec::new();
        let sql = "SELECT id, compartment FROM carrier_notice
             WHERE delivered_at IS NULL AND stopped_at IS NULL AND message <> '' AND due_at <= $1";
        self.db
            .query(sql, &[Value::Int(now.as_microsecond())], &mut |row| {
                rows.push((Id::from_bytes(row.blob(0)?)?, row.text(1)?.to_owned()));
                Ok(())
            })?;
        Ok(rows)
    }

    /// Whose request goes out with a notice; nobody's with most.
    pub fn push_request_of(&mut self, notice: Id) -> Result<Option<String>, StoreError> {
        let mut compartment = None;
        let sql = "SELECT compartment FROM push_request WHERE id = $1";
        self.db
            .query(sql, &[Value::from(notice.bytes())], &mut |row| {
                compartment = Some(row.text(0)?.to_owned());
                Ok(())
            })?;
        Ok(compartment)
    }

    /// Links a message to the request that it answers; tells whether it was not linked before.
    pub fn push_answer_insert(
        &mut self,
        request: Id,
        answer: &PushAnswer,
    ) -> Result<bool, StoreError> {
        let kept = self.db.execute(
            "INSERT INTO push_answer (request, message, received_at, link) VALUES ($1, $2, $3, $4)
             ON CONFLICT (request, message) DO NOTHING",
            &[
                Value::from(request.bytes()),
                Value::from(&answer.message),
                Value::Int(answer.received_at.as_microsecond()),
                Value::Text(answer.link.name()),
            ],
        )?;
        Ok(kept > 0)
    }

    /// How the newest bookings about flights of a carrier's designator that depart from `since` on
    /// named both sides, among those of `senders`, or of anybody where there is none.
    pub fn sent_before(
        &mut self,
        designator: &str,
        senders: &[String],
        since: Timestamp,
    ) -> Result<Option<SentBefore>, StoreError> {
        let mut found = None;
        self.db.query(
            "SELECT m.sender, m.recipient, m.version FROM message m
             JOIN report r ON r.message = m.n JOIN journey j ON j.n = r.journey
             WHERE j.carrier = $1 AND j.departs_at >= $2 AND m.kind = 'PNRGOV'
                AND m.recipient <> ''
             ORDER BY m.n DESC LIMIT 100",
            &[Value::Text(designator), Value::Int(since.as_microsecond())],
            &mut |row| {
                let sender = row.text(0)?;
                let named = senders.is_empty() || senders.iter().any(|known| known == sender);
                if found.is_none() && named {
                    found = Some(SentBefore {
                        sender: sender.to_owned(),
                        recipient: row.text(1)?.to_owned(),
                        version: row.text(2)?.to_owned(),
                    });
                }
                Ok(())
            },
        )?;
        Ok(found)
    }

    fn push_words(
        &mut self,
        request: &PushRequest,
        part: &[u8],
        text: &str,
    ) -> Result<Vec<u8>, StoreError> {
        let seal = self.seal_until(&request.compartment, Class::Kept, request.keep_until)?;
        seal.put(Kind::Words, &[request.id.bytes(), part], text.as_bytes())
    }

    fn push_requests(
        &mut self,
        which: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<PushRequest>, StoreError> {
        let mut found = Vec::new();
        let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE {which}");
        self.db.query(&sql, values, &mut |row| {
            found.push((read(row)?, row.blob(10)?.to_vec(), row.blob(18)?.to_vec()));
            Ok(())
        })?;
        let mut rows = Vec::with_capacity(found.len());
        for (mut row, reason, answer) in found {
            let seal = self.seal_until(&row.compartment, Class::Kept, row.keep_until)?;
            let text = |part: &[u8], sealed: &[u8]| match sealed {
                [] => Ok(String::new()),
                sealed => seal.take_text(Kind::Words, &[row.id.bytes(), part], sealed),
            };
            (row.reason, row.answer) = (text(b"reason", &reason)?, text(b"answer", &answer)?);
            row.answers = self.push_answers(row.id)?;
            rows.push(row);
        }
        Ok(rows)
    }

    fn push_answers(&mut self, request: Id) -> Result<Vec<PushAnswer>, StoreError> {
        let mut answers = Vec::new();
        let sql = "SELECT message, received_at, link FROM push_answer WHERE request = $1
             ORDER BY received_at, message";
        self.db
            .query(sql, &[Value::from(request.bytes())], &mut |row| {
                let message = row.blob(0)?.try_into();
                answers.push(PushAnswer {
                    message: message.map_err(|_| StoreError::damaged("an answer to a request"))?,
                    received_at: instant(row.int(1)?)?,
                    link: PushLink::parse(row.text(2)?)?,
                });
                Ok(())
            })?;
        Ok(answers)
    }
}

fn departs(text: &str) -> Result<DateTime, StoreError> {
    text.parse()
        .map_err(|_| StoreError::damaged("a request for a push"))
}

/// A request without what is sealed of it, and without its answers.
fn read(row: &dyn Row) -> Result<PushRequest, StoreError> {
    let text = |column| Ok::<_, StoreError>(row.text(column)?.to_owned());
    let at = |column| row.int_or_null(column)?.map(instant).transpose();
    Ok(PushRequest {
        id: Id::from_bytes(row.blob(0)?)?,
        compartment: text(1)?,
        number: text(2)?,
        handle: text(3)?,
        carrier: text(4)?,
        flight: text(5)?,
        from: text(6)?,
        to: text(7)?,
        departs: departs(row.text(8)?)?,
        threat: text(9)?,
        reason: String::new(),
        asked_by: text(11)?,
        asked_at: instant(row.int(12)?)?,
        ends_at: instant(row.int(13)?)?,
        message: text(14)?,
        state: PushRequestState::parse(row.text(15)?)?,
        decided_by: row.text_or_null(16)?.map(str::to_owned),
        decided_at: at(17)?,
        answer: String::new(),
        keep_until: instant(row.int(19)?)?,
        version: row.int(20)?,
        sent_at: at(21)?,
        way: row.text_or_null(22)?.unwrap_or_default().to_owned(),
        answers: Vec::new(),
    })
}
