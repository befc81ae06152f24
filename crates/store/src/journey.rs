//! Journeys: the reports about a flight and the travellers they add up to.

use crate::db::{Insert, Row, Value};
use crate::message::instant;
use crate::{Id, StoreError, Tx, codec};
use jiff::Timestamp;
use oriel_model::{MessageKey, Report};
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant};

/// A flight on one day, as lists show it: nothing about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyRow {
    /// Number in this store.
    pub n: i64,
    /// Identifier.
    pub id: Id,
    /// Operating carrier, or blank.
    pub carrier: String,
    /// Flight number with suffix.
    pub number: String,
    /// Airport of departure of the border-crossing leg, or blank.
    pub from: String,
    /// Airport of arrival of that leg, or blank.
    pub to: String,
    /// Scheduled departure, local civil time as text.
    pub departs: Option<String>,
    /// Scheduled arrival, local civil time as text.
    pub arrives: Option<String>,
    /// Scheduled departure as an instant, where the zone is known.
    pub departs_at: Option<Timestamp>,
    /// Scheduled arrival as an instant.
    pub arrives_at: Option<Timestamp>,
    /// When the journey counts as ended.
    pub ends_at: Option<Timestamp>,
    /// `out`, `in`, `transit`, `unknown`.
    pub direction: String,
    /// `open`, `closed`, `cancelled`.
    pub state: String,
    /// Travellers known.
    pub travellers: i64,
    /// The watchlists it was last screened against, by the digest of their versions.
    pub screened: String,
    /// Receipt of the newest message about it.
    pub received_at: Timestamp,
}

/// One person on a journey, as far as the pipeline needs to know without reading reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TravellerRow {
    /// Identifier.
    pub id: Id,
    /// Digest of the facts that are screened.
    pub digest: [u8; 32],
    /// `listed`, `boarded`, `not_boarded`, `cancelled`.
    pub presence: String,
}

const COLUMNS: &str = "n, id, carrier, number, from_place, to_place, departs, arrives, \
                       departs_at, arrives_at, ends_at, direction, state, travellers, screened, \
                       received_at";

const TRAVELLERS: Insert = Insert {
    table: "traveller",
    columns: &["journey", "id", "digest", "presence"],
    conflict: "ON CONFLICT (journey, id) DO UPDATE SET digest = excluded.digest,
        presence = excluded.presence",
};

const BOOKINGS: Insert = Insert {
    table: "booking",
    columns: &["key"],
    conflict: "ON CONFLICT DO NOTHING",
};

impl Tx<'_> {
    /// A journey by its identifier.
    pub fn journey_find(&mut self, id: Id) -> Result<Option<JourneyRow>, StoreError> {
        self.journey_one("WHERE id = $1", Value::from(id.bytes()))
    }

    /// A journey by its number.
    pub fn journey_row(&mut self, n: i64) -> Result<Option<JourneyRow>, StoreError> {
        self.journey_one("WHERE n = $1", Value::Int(n))
    }

    fn journey_one(
        &mut self,
        condition: &str,
        value: Value<'_>,
    ) -> Result<Option<JourneyRow>, StoreError> {
        let mut found = None;
        let sql = format!("SELECT {COLUMNS} FROM journey {condition}");
        self.db.query(&sql, &[value], &mut |row| {
            found = Some(journey_row(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The number the next journey gets.
    pub fn journey_next(&mut self) -> Result<i64, StoreError> {
        let mut next = 1;
        self.db
            .query("SELECT max(n) FROM journey", &[], &mut |row| {
                next = row.int_or_null(0)?.unwrap_or(0) + 1;
                Ok(())
            })?;
        Ok(next)
    }

    /// Writes a journey, new or known.
    pub fn journey_put(&mut self, journey: &JourneyRow) -> Result<(), StoreError> {
        let at = |t: Option<Timestamp>| Value::from(t.map(Timestamp::as_microsecond));
        self.db.execute(
            "INSERT INTO journey (n, id, carrier, number, from_place, to_place, departs, arrives,
                departs_at, arrives_at, ends_at, direction, state, travellers, screened,
                received_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
             ON CONFLICT (n) DO UPDATE SET to_place = excluded.to_place,
                departs = excluded.departs, arrives = excluded.arrives,
                departs_at = excluded.departs_at, arrives_at = excluded.arrives_at,
                ends_at = excluded.ends_at, direction = excluded.direction,
                state = excluded.state, travellers = excluded.travellers,
                screened = excluded.screened, received_at = excluded.received_at",
            &[
                Value::Int(journey.n),
                Value::from(journey.id.bytes()),
                Value::Text(&journey.carrier),
                Value::Text(&journey.number),
                Value::Text(&journey.from),
                Value::Text(&journey.to),
                Value::from(journey.departs.as_deref()),
                Value::from(journey.arrives.as_deref()),
                at(journey.departs_at),
                at(journey.arrives_at),
                at(journey.ends_at),
                Value::Text(&journey.direction),
                Value::Text(&journey.state),
                Value::Int(journey.travellers),
                Value::Text(&journey.screened),
                Value::Int(journey.received_at.as_microsecond()),
            ],
        )?;
        Ok(())
    }

    /// Keeps what message number `message` says about journey number `journey`.
    pub fn report_insert(
        &mut self,
        journey: i64,
        message: i64,
        report: &Report,
    ) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO report (journey, message, data) VALUES ($1, $2, $3)",
            &[
                Value::Int(journey),
                Value::Int(message),
                Value::Blob(&codec::write(report)),
            ],
        )?;
        Ok(())
    }

    /// Every report about a journey, for merging and screening by the program itself.
    pub fn report_list(&mut self, grant: &Grant, journey: i64) -> Result<Vec<Report>, StoreError> {
        self.admit(grant, &[Act::JourneyScreen])?;
        self.reports(journey)
    }

    fn reports(&mut self, journey: i64) -> Result<Vec<Report>, StoreError> {
        let mut reports = Vec::new();
        self.db.query(
            "SELECT message.key, report.data FROM report
             JOIN message ON message.n = report.message WHERE report.journey = $1",
            &[Value::Int(journey)],
            &mut |row| {
                let key: MessageKey = row
                    .blob(0)?
                    .try_into()
                    .map_err(|_| StoreError::damaged("a report"))?;
                reports.push(codec::read(key, row.blob(1)?)?);
                Ok(())
            },
        )?;
        Ok(reports)
    }

    /// Everything the messages say about a journey, to show it; leaves an audit event.
    pub fn journey_fetch(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
        object: &str,
    ) -> Result<Vec<Report>, StoreError> {
        self.admit(
            grant,
            &[
                Act::ManifestRead,
                Act::TravellerRead,
                Act::CaseRead,
                Act::HitDecide,
            ],
        )?;
        let reports = self.reports(journey.n)?;
        let detail = format!("ok travellers={}", journey.travellers);
        self.audit_append(&[Event::granted(grant, object, detail)])?;
        Ok(reports)
    }

    /// Journeys that depart, or arrive, between two instants, by departure.
    pub fn journey_list(
        &mut self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<JourneyRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!(
            "SELECT {COLUMNS} FROM journey
             WHERE departs_at BETWEEN $1 AND $2 OR departs_at IS NULL
             ORDER BY departs_at, carrier, number"
        );
        let values = [
            Value::Int(from.as_microsecond()),
            Value::Int(to.as_microsecond()),
        ];
        self.db.query(&sql, &values, &mut |row| {
            rows.push(journey_row(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Journeys that have not ended at `now` and were not screened against `lists`, at most `limit`.
    pub fn journey_unscreened(
        &mut self,
        lists: &str,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<JourneyRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!(
            "SELECT {COLUMNS} FROM journey
             WHERE screened <> $1 AND (ends_at IS NULL OR ends_at > $2) ORDER BY n LIMIT $3"
        );
        let values = [
            Value::Text(lists),
            Value::Int(now.as_microsecond()),
            Value::Int(limit),
        ];
        self.db.query(&sql, &values, &mut |row| {
            rows.push(journey_row(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The travellers of a journey as the pipeline left them.
    pub fn traveller_list(&mut self, journey: i64) -> Result<Vec<TravellerRow>, StoreError> {
        let mut rows = Vec::new();
        self.db.query(
            "SELECT id, digest, presence FROM traveller WHERE journey = $1",
            &[Value::Int(journey)],
            &mut |row| {
                rows.push(TravellerRow {
                    id: Id::from_bytes(row.blob(0)?)?,
                    digest: row
                        .blob(1)?
                        .try_into()
                        .map_err(|_| StoreError::damaged("a traveller"))?,
                    presence: row.text(2)?.to_owned(),
                });
                Ok(())
            },
        )?;
        Ok(rows)
    }

    /// The journey of a traveller.
    pub fn traveller_journey(&mut self, id: Id) -> Result<Option<JourneyRow>, StoreError> {
        self.journey_one(
            "WHERE n = (SELECT journey FROM traveller WHERE id = $1)",
            Value::from(id.bytes()),
        )
    }

    /// Writes travellers of a journey, new or changed.
    pub fn traveller_put(
        &mut self,
        journey: i64,
        travellers: &[TravellerRow],
    ) -> Result<(), StoreError> {
        let values: Vec<Value<'_>> = travellers
            .iter()
            .flat_map(|t| {
                [
                    Value::Int(journey),
                    Value::from(t.id.bytes()),
                    Value::from(&t.digest),
                    Value::Text(&t.presence),
                ]
            })
            .collect();
        self.db.insert_many(&TRAVELLERS, &values)
    }

    /// Removes travellers who turned out to be another one of the same journey.
    pub fn traveller_remove(&mut self, journey: i64, ids: &[Id]) -> Result<(), StoreError> {
        for id in ids {
            self.db.execute(
                "DELETE FROM traveller WHERE journey = $1 AND id = $2",
                &[Value::Int(journey), Value::from(id.bytes())],
            )?;
        }
        Ok(())
    }

    /// Counts bookings, each once however often and for how many flights it is pushed.
    pub fn booking_put(&mut self, ids: &[Id]) -> Result<(), StoreError> {
        let values: Vec<Value<'_>> = ids.iter().map(|id| Value::from(id.bytes())).collect();
        self.db.insert_many(&BOOKINGS, &values)
    }
}

fn journey_row(row: &dyn Row) -> Result<JourneyRow, StoreError> {
    let at = |column| row.int_or_null(column)?.map(instant).transpose();
    Ok(JourneyRow {
        n: row.int(0)?,
        id: Id::from_bytes(row.blob(1)?)?,
        carrier: row.text(2)?.to_owned(),
        number: row.text(3)?.to_owned(),
        from: row.text(4)?.to_owned(),
        to: row.text(5)?.to_owned(),
        departs: row.text_or_null(6)?.map(str::to_owned),
        arrives: row.text_or_null(7)?.map(str::to_owned),
        departs_at: at(8)?,
        arrives_at: at(9)?,
        ends_at: at(10)?,
        direction: row.text(11)?.to_owned(),
        state: row.text(12)?.to_owned(),
        travellers: row.int(13)?,
        screened: row.text(14)?.to_owned(),
        received_at: instant(row.int(15)?)?,
    })
}
