//! What persons ask about their own data, and what was corrected or noted for them.
//!
//! - Source: R-DSR-01; Directive (EU) 2016/681, Article 13(1).
//! - Invariants: whom a request is about, and how it was answered, lie sealed under the day on which
//!   the request is no longer kept; a correction stands beside what was sent and never in its place,
//!   lies under the keys of its record and goes with it.

use crate::db::{Row, Value};
use crate::journey::same_compartment;
use crate::message::instant;
use crate::named::named;
use crate::seal::Kind;
use crate::{Id, JourneyRow, Retention, StoreError, Tx};
use jiff::Timestamp;
use oriel_keys::{Class, Vault};
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant};

named! {
    /// Where a request stands.
    RightsState in "a request of a person" {
        /// Not answered yet.
        Open = "open",
        /// Answered.
        Answered = "answered",
        /// Refused, with reasons and the remedy.
        Refused = "refused",
    }
}

/// A person's request about their own data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightsRequest {
    /// Identifier.
    pub id: Id,
    /// Whose records.
    pub compartment: String,
    /// `access`, `rectify`, `erase`, `redress`.
    pub kind: String,
    /// Where it stands.
    pub state: RightsState,
    /// How the person's identity was checked: a code.
    pub identity: String,
    /// Who it is about, as JSON.
    pub person: String,
    /// When it came in, UTC.
    pub received_at: Timestamp,
    /// When it must be answered, UTC.
    pub due_at: Timestamp,
    /// Until when it is kept, UTC.
    pub keep_until: Timestamp,
    /// Who recorded it.
    pub opened_by: String,
    /// The answer as JSON; blank before.
    pub answer: String,
    /// Who closed it.
    pub closed_by: Option<String>,
    /// When, UTC.
    pub closed_at: Option<Timestamp>,
    /// Counts changes.
    pub version: i64,
}

/// What was corrected or noted about a traveller on a person's request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// Identifier.
    pub id: Id,
    /// The traveller.
    pub traveller: Id,
    /// On which request.
    pub request: Id,
    /// By whom.
    pub made_by: String,
    /// When, UTC.
    pub made_at: Timestamp,
    /// Field and value, or a note, as JSON; blank where only the vault opens it.
    pub data: String,
}

const COLUMNS: &str = "id, compartment, kind, state, identity, person, received_at, due_at, \
                       keep_until, opened_by, answer, closed_by, closed_at, version";

impl Tx<'_> {
    /// Records a request.
    pub fn rights_insert(
        &mut self,
        grant: &Grant,
        request: &RightsRequest,
    ) -> Result<(), StoreError> {
        self.admit(grant, &[Act::RightsPut])?;
        let seal = self.seal_until(&request.compartment, Class::Kept, request.keep_until)?;
        let place: &[&[u8]] = &[request.id.bytes()];
        let person = seal.put(Kind::Asker, place, request.person.as_bytes())?;
        self.db.execute(
            "INSERT INTO rights_request (id, compartment, kind, state, identity, person,
                received_at, due_at, keep_until, opened_by, answer, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1)",
            &[
                Value::from(request.id.bytes()),
                Value::Text(&request.compartment),
                Value::Text(&request.kind),
                Value::Text(request.state.name()),
                Value::Text(&request.identity),
                Value::Blob(&person),
                Value::Int(request.received_at.as_microsecond()),
                Value::Int(request.due_at.as_microsecond()),
                Value::Int(request.keep_until.as_microsecond()),
                Value::Text(&request.opened_by),
                Value::Blob(&[]),
            ],
        )?;
        let detail = format!("ok kind={} due_at={}", request.kind, request.due_at);
        self.audit_append(&[Event::granted(grant, request.id.display("rgt"), detail)])
    }

    /// Requests of the grant's compartment that are still kept, soonest due first.
    pub fn rights_list(&mut self, grant: &Grant) -> Result<Vec<RightsRequest>, StoreError> {
        self.admit(grant, &[Act::RightsRead])?;
        let values = [
            Value::Text(grant.compartment()),
            Value::Int(grant.at().as_microsecond()),
        ];
        let rows = self.rights("compartment = $1 AND keep_until > $2", &values)?;
        let detail = format!("ok requests={}", rows.len());
        self.audit_append(&[Event::granted(grant, "", detail)])?;
        Ok(rows)
    }

    /// The request that the grant's purpose names: a request opens nothing for another.
    pub fn rights_find(&mut self, grant: &Grant) -> Result<RightsRequest, StoreError> {
        self.admit(
            grant,
            &[
                Act::RightsRead,
                Act::RightsPut,
                Act::RightsSearch,
                Act::RightsRedact,
                Act::RightsRectify,
                Act::RightsRedress,
            ],
        )?;
        let missing = StoreError::NotFound { what: "request" };
        let id = grant
            .purpose()
            .and_then(|p| Id::parse(p.reference(), "rgt"));
        let Some(id) = id else {
            return Err(missing);
        };
        let values = [
            Value::from(id.bytes()),
            Value::Int(grant.at().as_microsecond()),
        ];
        let rows = self.rights("id = $1 AND keep_until > $2", &values)?;
        let mut rows = rows.into_iter();
        rows.find(|row| row.compartment == grant.compartment())
            .ok_or(missing)
    }

    /// Closes a request with its answer.
    pub fn rights_close(
        &mut self,
        grant: &Grant,
        request: &RightsRequest,
        state: RightsState,
        answer: &str,
    ) -> Result<(), StoreError> {
        self.admit(grant, &[Act::RightsPut, Act::RightsRedact])?;
        let seal = self.seal_until(&request.compartment, Class::Kept, request.keep_until)?;
        let place: &[&[u8]] = &[request.id.bytes()];
        let sealed = seal.put(Kind::Words, place, answer.as_bytes())?;
        let touched = self.db.execute(
            "UPDATE rights_request SET state = $1, answer = $2, closed_by = $3, closed_at = $4,
                version = version + 1
             WHERE id = $5 AND version = $6",
            &[
                Value::Text(state.name()),
                Value::Blob(&sealed),
                Value::Text(grant.actor()),
                Value::Int(grant.at().as_microsecond()),
                Value::from(request.id.bytes()),
                Value::Int(request.version),
            ],
        )?;
        if touched == 1 {
            Ok(())
        } else {
            Err(StoreError::Stale {
                current: request.version,
            })
        }
    }

    /// Puts a correction or a note beside what was sent of a traveller.
    pub fn correction_insert(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
        correction: &Correction,
    ) -> Result<(), StoreError> {
        self.admit(grant, &[Act::RightsRectify])?;
        same_compartment(grant, journey)?;
        let seal = self.seal_of(journey)?;
        let place: &[&[u8]] = &[correction.id.bytes()];
        let plain = correction.data.as_bytes();
        // Behind the mask it stands where the other masked values stand.
        let data = if journey.retention == Retention::Whole {
            seal.put(Kind::Correction, place, plain)?
        } else {
            let away = seal.put_as(Class::Masked, Kind::Correction, place, plain)?;
            self.vault_insert(journey.n, Kind::Correction, correction.id.bytes(), &away)?;
            Vec::new()
        };
        self.db.execute(
            "INSERT INTO correction (id, journey, traveller, request, made_by, made_at, data)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &[
                Value::from(correction.id.bytes()),
                Value::Int(journey.n),
                Value::from(correction.traveller.bytes()),
                Value::from(correction.request.bytes()),
                Value::Text(&correction.made_by),
                Value::Int(correction.made_at.as_microsecond()),
                Value::Blob(&data),
            ],
        )?;
        Ok(())
    }

    /// Corrections to the people of a journey, oldest first; what lies behind the mask is blank
    /// without the vault. The caller fetches the record, which leaves the audit event.
    pub fn correction_list(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
        vault: Option<&Vault>,
    ) -> Result<Vec<Correction>, StoreError> {
        self.admit(
            grant,
            &[
                Act::TravellerRead,
                Act::CaseRead,
                Act::RightsSearch,
                Act::SweepRun,
            ],
        )?;
        same_compartment(grant, journey)?;
        let seal = self.seal_of(journey)?;
        let mut rows = Vec::new();
        self.db.query(
            "SELECT correction.id, correction.traveller, request, made_by, made_at,
                correction.data, vault.data
             FROM correction LEFT JOIN vault ON vault.journey = correction.journey
                AND vault.kind = 'correction' AND vault.object = correction.id
             WHERE correction.journey = $1 ORDER BY made_at, correction.id",
            &[Value::Int(journey.n)],
            &mut |row| {
                let id = Id::from_bytes(row.blob(0)?)?;
                let place: &[&[u8]] = &[id.bytes()];
                let data = match (row.blob(5)?, vault) {
                    ([], None) => String::new(),
                    ([], Some(vault)) => {
                        let plain = seal.take_from(vault, Kind::Correction, place, row.blob(6)?)?;
                        String::from_utf8(plain).map_err(|_| StoreError::damaged("a correction"))?
                    }
                    (sealed, _) => seal.take_text(Kind::Correction, place, sealed)?,
                };
                rows.push(Correction {
                    id,
                    traveller: Id::from_bytes(row.blob(1)?)?,
                    request: Id::from_bytes(row.blob(2)?)?,
                    made_by: row.text(3)?.to_owned(),
                    made_at: instant(row.int(4)?)?,
                    data,
                });
                Ok(())
            },
        )?;
        Ok(rows)
    }

    fn rights(
        &mut self,
        condition: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<RightsRequest>, StoreError> {
        let mut found = Vec::new();
        let sql =
            format!("SELECT {COLUMNS} FROM rights_request WHERE {condition} ORDER BY due_at, id");
        self.db.query(&sql, values, &mut |row| {
            found.push((request(row)?, row.blob(5)?.to_vec(), row.blob(10)?.to_vec()));
            Ok(())
        })?;
        let mut rows = Vec::with_capacity(found.len());
        for (mut row, person, answer) in found {
            let seal = self.seal_until(&row.compartment, Class::Kept, row.keep_until)?;
            let place: &[&[u8]] = &[row.id.bytes()];
            row.person = seal.take_text(Kind::Asker, place, &person)?;
            if !answer.is_empty() {
                row.answer = seal.take_text(Kind::Words, place, &answer)?;
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

/// A request without what is sealed of it.
fn request(row: &dyn Row) -> Result<RightsRequest, StoreError> {
    Ok(RightsRequest {
        id: Id::from_bytes(row.blob(0)?)?,
        compartment: row.text(1)?.to_owned(),
        kind: row.text(2)?.to_owned(),
        state: RightsState::parse(row.text(3)?)?,
        identity: row.text(4)?.to_owned(),
        person: String::new(),
        received_at: instant(row.int(6)?)?,
        due_at: instant(row.int(7)?)?,
        keep_until: instant(row.int(8)?)?,
        opened_by: row.text(9)?.to_owned(),
        answer: String::new(),
        closed_by: row.text_or_null(11)?.map(str::to_owned),
        closed_at: row.int_or_null(12)?.map(instant).transpose()?,
        version: row.int(13)?,
    })
}
