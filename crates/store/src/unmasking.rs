//! Requests to see masked values again, and the copies an approval opens.
//!
//! - Source: R-RET-03, R-RET-04: Directive (EU) 2016/681, Article 12(3)(b); C-817/19.
//! - Invariants: a copy is made only with the vault, of the persons and kinds of data that were
//!   approved and nothing else; it lies under the key of the day on which the approval ends, and is
//!   read only before that very instant, for the purpose that was approved, and only as long as the
//!   record it came from lives. Whoever approves learns counts and dates; the values pass from the
//!   vault to the copy without leaving this file.

use crate::db::{Row, Value};
use crate::message::instant;
use crate::named::named;
use crate::seal::Kind;
use crate::{Id, JourneyRow, Retention, StoreError, Tx, codec};
use jiff::Timestamp;
use oriel_keys::{Class, Vault};
use oriel_model::{Element, MessageKey, Report};
use oriel_policy::audit::{Deed, Event};
use oriel_policy::{Act, Grant, hide};

named! {
    /// Where a request to unmask stands.
    UnmaskState in "an unmasking" {
        /// Waits for the authority.
        Asked = "asked",
        /// Granted by the head of the authority, until the authority outside confirms it.
        Provisional = "provisional",
        /// Approved, or confirmed.
        Approved = "approved",
        /// Refused, or not confirmed on purpose.
        Refused = "refused",
        /// Over: its time, or that for confirming it, has passed.
        Ended = "ended",
    }
}

/// A request to see masked values, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmasking {
    /// Identifier.
    pub id: Id,
    /// Whose records.
    pub compartment: String,
    /// The case or request it serves, in the form of the `Purpose` header.
    pub purpose: String,
    /// Code of the offence.
    pub offence: String,
    /// Kinds of data, by name.
    pub elements: Vec<String>,
    /// How long the view is to be open.
    pub minutes: i64,
    /// Why, and the link to travel: for whoever decides.
    pub reason: String,
    /// By whom.
    pub asked_by: String,
    /// When, UTC.
    pub asked_at: Timestamp,
    /// Where it stands.
    pub state: UnmaskState,
    /// Who granted it provisionally.
    pub granted_by: Option<String>,
    /// When, UTC.
    pub granted_at: Option<Timestamp>,
    /// When it falls back unless confirmed, UTC.
    pub confirm_by: Option<Timestamp>,
    /// Who approved, confirmed or refused it.
    pub decided_by: Option<String>,
    /// When, UTC.
    pub decided_at: Option<Timestamp>,
    /// What that person said.
    pub answer: String,
    /// The first instant at which it is not open, UTC.
    pub ends_at: Option<Timestamp>,
    /// By when the data-protection officer answers it in the inbox of oversight, UTC.
    pub review_by: Option<Timestamp>,
    /// Until when the request itself is kept, UTC.
    pub keep_until: Timestamp,
    /// Counts changes.
    pub version: i64,
}

impl Unmasking {
    /// Whether it opens anything at this instant.
    pub fn is_open(&self, now: Timestamp) -> bool {
        matches!(self.state, UnmaskState::Approved | UnmaskState::Provisional)
            && self.ends_at.is_some_and(|end| now < end)
    }
}

/// One person that an unmasking is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmaskPerson {
    /// The person on the journey.
    pub traveller: Id,
    /// The journey.
    pub journey: JourneyRow,
}

/// A person of an unmasking with what was opened: reports that speak of nobody else.
pub type OpenedPerson = (UnmaskPerson, Vec<Report>);

const COLUMNS: &str = "id, compartment, purpose, offence, elements, minutes, reason, asked_by, \
                       asked_at, state, granted_by, granted_at, confirm_by, decided_by, \
                       decided_at, answer, ends_at, review_by, keep_until, version";

impl Tx<'_> {
    /// Records a request. Whoever asks sees nothing yet.
    pub fn unmasking_insert(
        &mut self,
        grant: &Grant,
        asked: &Unmasking,
        people: &[(Id, i64)],
    ) -> Result<(), StoreError> {
        self.admit(grant, &[Act::UnmaskAsk])?;
        let seal = self.seal_until(&asked.compartment, Class::Kept, asked.keep_until)?;
        let place: &[&[u8]] = &[asked.id.bytes(), b"reason"];
        let reason = seal.put(Kind::Words, place, asked.reason.as_bytes())?;
        self.db.execute(
            "INSERT INTO unmasking (id, compartment, purpose, offence, elements, minutes, reason,
                asked_by, asked_at, state, answer, keep_until, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)",
            &[
                Value::from(asked.id.bytes()),
                Value::Text(&asked.compartment),
                Value::Text(&asked.purpose),
                Value::Text(&asked.offence),
                Value::Text(&asked.elements.join(" ")),
                Value::Int(asked.minutes),
                Value::Blob(&reason),
                Value::Text(&asked.asked_by),
                Value::Int(asked.asked_at.as_microsecond()),
                Value::Text(asked.state.name()),
                Value::Blob(&[]),
                Value::Int(asked.keep_until.as_microsecond()),
            ],
        )?;
        for (traveller, journey) in people {
            self.db.execute(
                "INSERT INTO unmasking_person (unmasking, traveller, journey) VALUES ($1, $2, $3)",
                &[
                    Value::from(asked.id.bytes()),
                    Value::from(traveller.bytes()),
                    Value::Int(*journey),
                ],
            )?;
        }
        let detail = format!(
            "ok records={} elements={} offence={}",
            people.len(),
            asked.elements.len(),
            asked.offence
        );
        self.audit_append(&[Event::granted(grant, asked.id.display("unm"), detail)])
    }

    /// Requests of a compartment, newest first: counts and dates, and why; no names.
    pub fn unmasking_list(&mut self, grant: &Grant) -> Result<Vec<Unmasking>, StoreError> {
        self.admit(grant, &[Act::UnmaskSee, Act::UnmaskRead])?;
        let values = [
            Value::Text(grant.compartment()),
            Value::Int(grant.at().as_microsecond()),
        ];
        let rows = self.unmaskings("compartment = $1 AND keep_until > $2", &values)?;
        let detail = format!("ok requests={}", rows.len());
        self.audit_append(&[Event::granted(grant, "", detail)])?;
        Ok(rows)
    }

    /// One request of the grant's compartment.
    pub fn unmasking_find(&mut self, grant: &Grant, id: Id) -> Result<Unmasking, StoreError> {
        self.admit(
            grant,
            &[
                Act::UnmaskSee,
                Act::UnmaskApprove,
                Act::UnmaskUrgent,
                Act::UnmaskRead,
            ],
        )?;
        let values = [
            Value::from(id.bytes()),
            Value::Int(grant.at().as_microsecond()),
        ];
        let found = self.unmaskings("id = $1 AND keep_until > $2", &values)?;
        let found = found.into_iter().next();
        found
            .filter(|row| row.compartment == grant.compartment())
            .ok_or(StoreError::NotFound { what: "unmasking" })
    }

    /// Where a request of a recipient stands.
    pub fn unmasking_state(
        &mut self,
        compartment: &str,
        id: Id,
    ) -> Result<Option<UnmaskState>, StoreError> {
        let mut state = None;
        self.db.query(
            "SELECT state FROM unmasking WHERE id = $1 AND compartment = $2",
            &[Value::from(id.bytes()), Value::Text(compartment)],
            &mut |row| {
                state = Some(UnmaskState::parse(row.text(0)?)?);
                Ok(())
            },
        )?;
        Ok(state)
    }

    /// The persons of a request, with their journeys: identifiers and flights.
    pub fn unmasking_people(
        &mut self,
        grant: &Grant,
        id: Id,
    ) -> Result<Vec<UnmaskPerson>, StoreError> {
        self.unmasking_find(grant, id)?;
        let mut found = Vec::new();
        self.db.query(
            "SELECT traveller, journey FROM unmasking_person WHERE unmasking = $1
             ORDER BY journey, traveller",
            &[Value::from(id.bytes())],
            &mut |row| {
                found.push((Id::from_bytes(row.blob(0)?)?, row.int(1)?));
                Ok(())
            },
        )?;
        let mut people = Vec::with_capacity(found.len());
        for (traveller, journey) in found {
            let journey = self.journey_row(journey)?;
            let journey = journey.ok_or(StoreError::NotFound { what: "flight" })?;
            people.push(UnmaskPerson { traveller, journey });
        }
        Ok(people)
    }

    /// Writes what became of a request. `seen` is the version that was decided on.
    pub fn unmasking_update(
        &mut self,
        grant: &Grant,
        now: &Unmasking,
        seen: i64,
    ) -> Result<(), StoreError> {
        self.admit(
            grant,
            &[Act::UnmaskApprove, Act::UnmaskUrgent, Act::OversightAnswer],
        )?;
        let seal = self.seal_until(&now.compartment, Class::Kept, now.keep_until)?;
        let answer = match &*now.answer {
            "" => Vec::new(),
            text => {
                let place: &[&[u8]] = &[now.id.bytes(), b"answer"];
                seal.put(Kind::Words, place, text.as_bytes())?
            }
        };
        let at = |at: Option<Timestamp>| Value::from(at.map(Timestamp::as_microsecond));
        let touched = self.db.execute(
            "UPDATE unmasking SET state = $1, granted_by = $2, granted_at = $3, confirm_by = $4,
                decided_by = $5, decided_at = $6, answer = $7, ends_at = $8, review_by = $9,
                elements = $10, minutes = $11, version = version + 1
             WHERE id = $12 AND version = $13",
            &[
                Value::Text(now.state.name()),
                Value::from(now.granted_by.as_deref()),
                at(now.granted_at),
                at(now.confirm_by),
                Value::from(now.decided_by.as_deref()),
                at(now.decided_at),
                Value::Blob(&answer),
                at(now.ends_at),
                at(now.review_by),
                Value::Text(&now.elements.join(" ")),
                Value::Int(now.minutes),
                Value::from(now.id.bytes()),
                Value::Int(seen),
            ],
        )?;
        if touched == 1 {
            Ok(())
        } else {
            Err(StoreError::Stale {
                current: now.version,
            })
        }
    }

    /// Opens what the vault has about one person of an unmasking: a copy of the `elements`, and of
    /// what was never masked, until `ends_at`. Gives the number of messages copied.
    pub fn opened_put(
        &mut self,
        grant: &Grant,
        unmasking: &Unmasking,
        person: &UnmaskPerson,
        elements: &[Element],
        vault: &Vault,
    ) -> Result<u64, StoreError> {
        self.admit(grant, &[Act::UnmaskApprove, Act::UnmaskUrgent])?;
        let ends_at = unmasking.ends_at.ok_or(StoreError::WrongGrant)?;
        let profile = grant.profile();
        let hidden = |element| profile.masks(element) && !elements.contains(&element);
        let seal = self.seal_until(&unmasking.compartment, Class::Opened, ends_at)?;
        let mut copied = 0;
        for mut report in self.vault_reports(&person.journey, person.traveller, vault)? {
            hide(&mut report.travellers, &mut report.bookings, &hidden);
            let place: &[&[u8]] = &[
                unmasking.id.bytes(),
                person.traveller.bytes(),
                &report.message,
            ];
            let data = seal.put(Kind::Opened, place, &codec::write(&report))?;
            self.db.execute(
                "INSERT INTO opened (unmasking, traveller, message, data) VALUES ($1, $2, $3, $4)",
                &[
                    Value::from(unmasking.id.bytes()),
                    Value::from(person.traveller.bytes()),
                    Value::Blob(&report.message),
                    Value::Blob(&data),
                ],
            )?;
            copied += 1;
        }
        Ok(copied)
    }

    /// Moves the copies of an unmasking to the key of another end: when it was confirmed.
    pub fn opened_extend(
        &mut self,
        grant: &Grant,
        unmasking: &Unmasking,
        ends_at: Timestamp,
    ) -> Result<(), StoreError> {
        self.admit(grant, &[Act::UnmaskApprove])?;
        let until = unmasking.ends_at.ok_or(StoreError::WrongGrant)?;
        let before = self.seal_until(&unmasking.compartment, Class::Opened, until)?;
        let after = self.seal_until(&unmasking.compartment, Class::Opened, ends_at)?;
        for (traveller, message, sealed) in self.opened_rows(unmasking.id)? {
            let place: &[&[u8]] = &[unmasking.id.bytes(), traveller.bytes(), &message];
            let plain = before.take(Kind::Opened, place, &sealed)?;
            let data = after.put(Kind::Opened, place, &plain)?;
            self.db.execute(
                "UPDATE opened SET data = $1
                 WHERE unmasking = $2 AND traveller = $3 AND message = $4",
                &[
                    Value::Blob(&data),
                    Value::from(unmasking.id.bytes()),
                    Value::from(traveller.bytes()),
                    Value::Blob(&message),
                ],
            )?;
        }
        Ok(())
    }

    /// The copies of an unmasking that is open at the moment of the grant, for the purpose it was
    /// approved for; each report speaks of one person. Leaves an audit event.
    pub fn opened_fetch(
        &mut self,
        grant: &Grant,
        id: Id,
    ) -> Result<(Unmasking, Vec<OpenedPerson>), StoreError> {
        self.admit(grant, &[Act::UnmaskRead])?;
        let unmasking = self.unmasking_find(grant, id)?;
        let purpose = grant.purpose().map(ToString::to_string);
        if purpose.as_deref() != Some(&*unmasking.purpose) {
            return Err(StoreError::NotFound { what: "unmasking" });
        }
        let until = unmasking
            .ends_at
            .filter(|_| unmasking.is_open(grant.at()))
            .ok_or(StoreError::Closed)?;
        let seal = self.seal_until(&unmasking.compartment, Class::Opened, until)?;
        let mut people = Vec::new();
        let rows = self.opened_rows(id)?;
        for person in self.unmasking_people(grant, id)? {
            // A copy never outlives the record it was made of, swept or not.
            if crate::journey::standing(grant, &person.journey).is_err() {
                continue;
            }
            let mut reports = Vec::new();
            for (traveller, message, sealed) in &rows {
                if *traveller == person.traveller {
                    let place: &[&[u8]] = &[id.bytes(), traveller.bytes(), message];
                    let plain = seal.take(Kind::Opened, place, sealed)?;
                    reports.push(codec::read(*message, &plain)?);
                }
            }
            people.push((person, reports));
        }
        let detail = format!(
            "ok records={} elements={}",
            people.len(),
            unmasking.elements.len()
        );
        self.audit_append(&[Event::granted(grant, id.display("unm"), detail)])?;
        Ok((unmasking, people))
    }

    /// Takes the copies of an unmasking away.
    pub fn opened_remove(&mut self, grant: &Grant, id: Id) -> Result<u64, StoreError> {
        self.admit(grant, &[Act::UnmaskApprove, Act::SweepRun])?;
        self.db.execute(
            "DELETE FROM opened WHERE unmasking = $1",
            &[Value::from(id.bytes())],
        )
    }

    /// Ends every unmasking of a recipient whose time is over at the moment of the grant; says how
    /// many.
    pub fn unmasking_end(&mut self, grant: &Grant) -> Result<u64, StoreError> {
        self.admit(grant, &[Act::SweepRun])?;
        let mut over = Vec::new();
        // Nothing is unsealed here, so that a register whose key is gone ends, too.
        self.db.query(
            "SELECT id, state FROM unmasking
             WHERE compartment = $1 AND state IN ('approved', 'provisional') AND ends_at <= $2",
            &[
                Value::Text(grant.compartment()),
                Value::Int(grant.at().as_microsecond()),
            ],
            &mut |row| {
                let state = UnmaskState::parse(row.text(1)?)?;
                over.push((Id::from_bytes(row.blob(0)?)?, state));
                Ok(())
            },
        )?;
        for (id, state) in &over {
            let why = match state {
                UnmaskState::Provisional => "unconfirmed",
                _ => "expired",
            };
            let copies = self.opened_remove(grant, *id)?;
            self.db.execute(
                "UPDATE unmasking SET state = $1, version = version + 1 WHERE id = $2",
                &[
                    Value::Text(UnmaskState::Ended.name()),
                    Value::from(id.bytes()),
                ],
            )?;
            let detail = format!("ok why={why} copies={copies}");
            let event = Event::system(grant.at(), Deed::UnmaskEnd, id.display("unm"), detail);
            self.audit_append(&[event.within(grant.compartment())])?;
        }
        Ok(over.len() as u64)
    }

    /// Whether an unmasking of a recipient ended, or is to end, within these instants.
    pub fn unmasking_ends_within(
        &mut self,
        compartment: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut any = false;
        self.db.query(
            "SELECT id FROM unmasking WHERE compartment = $1 AND ends_at >= $2 AND ends_at < $3
             LIMIT 1",
            &[
                Value::Text(compartment),
                Value::Int(from.as_microsecond()),
                Value::Int(to.as_microsecond()),
            ],
            &mut |_| {
                any = true;
                Ok(())
            },
        )?;
        Ok(any)
    }

    fn opened_rows(&mut self, id: Id) -> Result<Vec<(Id, MessageKey, Vec<u8>)>, StoreError> {
        let mut rows = Vec::new();
        self.db.query(
            "SELECT traveller, message, data FROM opened WHERE unmasking = $1
             ORDER BY traveller, message",
            &[Value::from(id.bytes())],
            &mut |row| {
                let message = row.blob(1)?.try_into();
                let message = message.map_err(|_| StoreError::damaged("an unmasking"))?;
                rows.push((
                    Id::from_bytes(row.blob(0)?)?,
                    message,
                    row.blob(2)?.to_vec(),
                ));
                Ok(())
            },
        )?;
        Ok(rows)
    }

    fn unmaskings(
        &mut self,
        condition: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<Unmasking>, StoreError> {
        let mut found = Vec::new();
        let sql =
            format!("SELECT {COLUMNS} FROM unmasking WHERE {condition} ORDER BY asked_at DESC, id");
        self.db.query(&sql, values, &mut |row| {
            found.push((
                unmasking(row)?,
                row.blob(6)?.to_vec(),
                row.blob(15)?.to_vec(),
            ));
            Ok(())
        })?;
        let mut rows = Vec::with_capacity(found.len());
        for (mut row, reason, answer) in found {
            let seal = self.seal_until(&row.compartment, Class::Kept, row.keep_until)?;
            let text = |part: &[u8], sealed: &[u8]| match sealed {
                [] => Ok(String::new()),
                sealed => seal.take_text(Kind::Words, &[row.id.bytes(), part], sealed),
            };
            let (reason, answer) = (text(b"reason", &reason)?, text(b"answer", &answer)?);
            (row.reason, row.answer) = (reason, answer);
            rows.push(row);
        }
        Ok(rows)
    }

    /// What the vault has about one person of a masked journey; each report speaks of that person
    /// alone.
    pub(crate) fn vault_reports(
        &mut self,
        journey: &JourneyRow,
        traveller: Id,
        vault: &Vault,
    ) -> Result<Vec<Report>, StoreError> {
        if journey.retention != Retention::Masked {
            return Err(StoreError::NotMasked);
        }
        let seal = self.seal_of(journey)?;
        let mut reports = Vec::new();
        self.db.query(
            "SELECT object, data FROM vault WHERE journey = $1 AND kind = $2",
            &[Value::Int(journey.n), Value::Text(Kind::Report.text())],
            &mut |row| {
                let damaged = || StoreError::damaged("a masked report");
                let (person, message) = row.blob(0)?.split_at_checked(16).ok_or_else(damaged)?;
                if person != traveller.bytes() {
                    return Ok(());
                }
                let message: MessageKey = message.try_into().map_err(|_| damaged())?;
                let place: &[&[u8]] = &[journey.id.bytes(), person, &message];
                let plain = seal.take_from(vault, Kind::Report, place, row.blob(1)?)?;
                reports.push(codec::read(message, &plain)?);
                Ok(())
            },
        )?;
        Ok(reports)
    }
}

/// A request without what is sealed of it.
fn unmasking(row: &dyn Row) -> Result<Unmasking, StoreError> {
    let at = |column: usize| row.int_or_null(column)?.map(instant).transpose();
    let by = |column: usize| -> Result<_, StoreError> {
        Ok(row.text_or_null(column)?.map(str::to_owned))
    };
    let words = |column: usize| -> Result<Vec<String>, StoreError> {
        let text = row.text(column)?;
        Ok(text.split_ascii_whitespace().map(str::to_owned).collect())
    };
    Ok(Unmasking {
        id: Id::from_bytes(row.blob(0)?)?,
        compartment: row.text(1)?.to_owned(),
        purpose: row.text(2)?.to_owned(),
        offence: row.text(3)?.to_owned(),
        elements: words(4)?,
        minutes: row.int(5)?,
        reason: String::new(),
        asked_by: row.text(7)?.to_owned(),
        asked_at: instant(row.int(8)?)?,
        state: UnmaskState::parse(row.text(9)?)?,
        granted_by: by(10)?,
        granted_at: at(11)?,
        confirm_by: at(12)?,
        decided_by: by(13)?,
        decided_at: at(14)?,
        answer: String::new(),
        ends_at: at(16)?,
        review_by: at(17)?,
        keep_until: instant(row.int(18)?)?,
        version: row.int(19)?,
    })
}
