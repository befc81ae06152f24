//! Journeys: the reports about a flight and the travellers they add up to.

use crate::db::{Insert, Row, Value};
use crate::message::{COLUMNS, instant, joined_message};
use crate::named::named;
use crate::pressed::Packed;
use crate::seal::Kind;
use crate::{Id, MessageRow, StoreError, Tx, codec};
use jiff::Timestamp;
use oriel_model::{MessageKey, Mode, Report};
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant, Standing, hide};

named! {
    /// How much of what was said about a journey is still there.
    Retention in "a journey" {
        /// Everything.
        Whole = "whole",
        /// What stays readable after masking.
        Masked = "masked",
        /// The flight alone.
        Erased = "erased",
    }
}

/// A flight on one day, as lists show it: nothing about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JourneyRow {
    /// Number in this store.
    pub n: i64,
    /// The recipient whose record this is.
    pub compartment: String,
    /// Instant from which the retention clock runs, UTC. Set once (R-ING-13).
    pub anchor: Timestamp,
    /// How much is still there.
    pub retention: Retention,
    /// Identifier.
    pub id: Id,
    /// Operating carrier, or blank.
    pub carrier: String,
    /// Flight number with suffix; number of a voyage, train or coach service; or blank.
    pub number: String,
    /// By what the border is crossed.
    pub mode: Mode,
    /// What a ship, or an aircraft of a flight without a number, is known by (`imo:9074729`).
    pub vehicle: String,
    /// Where the border-crossing leg departs, or blank.
    pub from: String,
    /// Where that leg arrives, or blank.
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
    /// Since when a part of one of its transfers is missing, UTC; `None` when nothing is.
    pub waits_from: Option<Timestamp>,
    /// How often what is kept of it was written before; the store counts.
    pub version: i64,
}

impl JourneyRow {
    /// What people call it: `ZQ417`; a ship by its number and voyage; else by what is known.
    pub fn name(&self) -> String {
        let service = format!("{}{}", self.carrier, self.number);
        let (_, vehicle) = self.vehicle.split_once(':').unwrap_or_default();
        match (vehicle, service.as_str()) {
            ("", _) => service,
            (_, "") => vehicle.to_owned(),
            _ => format!("{vehicle} {service}"),
        }
    }
}

/// One person on a journey, as far as the pipeline needs to know without reading reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TravellerRow {
    /// Identifier.
    pub id: Id,
    /// Keyed digest of the facts that are screened ([`Tx::ring`]).
    pub digest: [u8; 16],
    /// The same of what the person can be reached at or has paid with, where that is screened. It
    /// stands behind the other in one column.
    pub selectors: Option<[u8; 16]>,
    /// `listed`, `boarded`, `not_boarded`, `cancelled`.
    pub presence: String,
}

/// Columns of a journey, to be read by [`joined_row`].
pub(crate) const JOINED: &str = "journey.n, journey.id, journey.carrier, journey.number, journey.from_place, \
     journey.to_place, journey.departs, journey.arrives, journey.departs_at, \
     journey.arrives_at, journey.ends_at, journey.direction, journey.state, \
     journey.travellers, journey.screened, journey.received_at, journey.compartment, \
     journey.anchor, journey.retention, journey.mode, journey.vehicle, journey.waits_from, \
     journey.version";

const TRAVELLERS: Insert = Insert {
    table: "traveller",
    columns: &["journey", "id", "digest", "presence"],
    conflict: "ON CONFLICT (journey, id) DO UPDATE SET digest = excluded.digest,
        presence = excluded.presence",
};

const LOOKUPS: Insert = Insert {
    table: "lookup",
    columns: &["key", "journey"],
    conflict: "ON CONFLICT DO NOTHING",
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
        let sql = format!("SELECT {JOINED} FROM journey {condition}");
        self.db.query(&sql, &[value], &mut |row| {
            found = Some(journey_row(row)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// Counts that what is kept of a journey was written.
    pub(crate) fn journey_written(&mut self, n: i64) -> Result<(), StoreError> {
        let sql = "UPDATE journey SET version = version + 1 WHERE n = $1";
        self.db.execute(sql, &[Value::Int(n)])?;
        Ok(())
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

    /// Writes a journey, new or known as it was `before`, and counts that.
    pub fn journey_put(
        &mut self,
        journey: &JourneyRow,
        before: Option<&JourneyRow>,
    ) -> Result<(), StoreError> {
        let at = |t: Option<Timestamp>| Value::from(t.map(Timestamp::as_microsecond));
        let times = |row: &JourneyRow| (row.departs_at, row.ends_at);
        if let Some(before) = before.filter(|before| times(before) == times(journey)) {
            // The times by which it is found stay where they lie.
            return self.db.put(
                "UPDATE journey SET number = $1, to_place = $2, departs = $3, arrives = $4,
                    arrives_at = $5, direction = $6, state = $7, travellers = $8, screened = $9,
                    received_at = $10, waits_from = $11, version = version + 1
                 WHERE n = $12",
                &[
                    Value::Text(&journey.number),
                    Value::Text(&journey.to),
                    Value::from(journey.departs.as_deref()),
                    Value::from(journey.arrives.as_deref()),
                    at(journey.arrives_at),
                    Value::Text(&journey.direction),
                    Value::Text(&journey.state),
                    Value::Int(journey.travellers),
                    Value::Text(&journey.screened),
                    Value::Int(journey.received_at.as_microsecond()),
                    at(journey.waits_from),
                    Value::Int(before.n),
                ],
            );
        }
        self.db.put(
            "INSERT INTO journey (n, id, carrier, number, from_place, to_place, departs, arrives,
                departs_at, arrives_at, ends_at, direction, state, travellers, screened,
                received_at, compartment, anchor, retention, mode, vehicle, waits_from)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
                $18, $19, $20, $21, $22)
             ON CONFLICT (n) DO UPDATE SET number = excluded.number, to_place = excluded.to_place,
                departs = excluded.departs, arrives = excluded.arrives,
                departs_at = excluded.departs_at, arrives_at = excluded.arrives_at,
                ends_at = excluded.ends_at, direction = excluded.direction,
                state = excluded.state, travellers = excluded.travellers,
                screened = excluded.screened, received_at = excluded.received_at,
                waits_from = excluded.waits_from, version = journey.version + 1",
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
                Value::Text(&journey.compartment),
                Value::Int(journey.anchor.as_microsecond()),
                Value::Text(journey.retention.name()),
                Value::Text(journey.mode.name()),
                Value::Text(&journey.vehicle),
                at(journey.waits_from),
            ],
        )?;
        Ok(())
    }

    /// Keeps what message number `message`, of this digest, says about a journey.
    pub fn report_insert(
        &mut self,
        journey: &JourneyRow,
        message: i64,
        key: &MessageKey,
        report: &Packed,
    ) -> Result<(), StoreError> {
        let place: &[&[u8]] = &[journey.id.bytes(), key];
        let seal = self.seal_of(journey)?;
        let data = seal.put_packed(Kind::Report, place, report)?;
        self.db.put(
            "INSERT INTO report (journey, message, data) VALUES ($1, $2, $3)",
            &[
                Value::Int(journey.n),
                Value::Int(message),
                Value::Blob(&data),
            ],
        )?;
        Ok(())
    }

    /// Every report about a journey, for merging and screening by the program itself.
    pub fn report_list(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
    ) -> Result<Vec<Report>, StoreError> {
        self.admit(grant, &[Act::JourneyScreen])?;
        let told = self.seen(grant, journey, None)?;
        Ok(told.into_iter().map(|(_, report)| report).collect())
    }

    /// Reports as `grant` may see them at its moment, each with the row of its message; of one
    /// person where these are given.
    fn seen(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
        of: Option<&[(MessageKey, u32)]>,
    ) -> Result<Vec<(MessageRow, Report)>, StoreError> {
        same_compartment(grant, journey)?;
        let standing = standing(grant, journey)?;
        let mut told = self.report_each(journey, of)?;
        if standing != Standing::Open {
            let hidden = |element| !grant.sees(element, standing);
            for (_, report) in &mut told {
                hide(&mut report.travellers, &mut report.bookings, &hidden);
            }
        }
        Ok(told)
    }

    pub(crate) fn report_each(
        &mut self,
        journey: &JourneyRow,
        of: Option<&[(MessageKey, u32)]>,
    ) -> Result<Vec<(MessageRow, Report)>, StoreError> {
        let seal = self.seal_of(journey)?;
        let mut told = Vec::new();
        let sql = format!(
            "SELECT report.data, {COLUMNS} FROM report \
             JOIN message ON message.n = report.message WHERE report.journey = $1 ORDER BY n"
        );
        self.db.query(&sql, &[Value::Int(journey.n)], &mut |row| {
            let message = joined_message(row, 1)?;
            let place: &[&[u8]] = &[journey.id.bytes(), &message.key];
            let plain = seal.take(Kind::Report, place, row.blob(0)?)?;
            let report = match of {
                None => codec::read(message.key, &plain)?,
                Some(mentions) => {
                    let here = mentions.iter().filter(|(key, _)| *key == message.key);
                    let places: Vec<u32> = here.map(|(_, place)| *place).collect();
                    codec::read_only(message.key, &plain, &places)?
                }
            };
            told.push((message, report));
            Ok(())
        })?;
        Ok(told)
    }

    /// Everything the messages say about a journey, or about the person of it who has these
    /// mentions, to show it; leaves an audit event. Of one person the places of the others are
    /// blank.
    pub fn journey_fetch(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
        of: Option<&[(MessageKey, u32)]>,
        object: &str,
    ) -> Result<Vec<(MessageRow, Report)>, StoreError> {
        self.admit(
            grant,
            &[
                Act::ManifestRead,
                Act::TravellerRead,
                Act::CaseRead,
                Act::HitDecide,
                Act::HoldPlace,
            ],
        )?;
        let told = self.seen(grant, journey, of)?;
        let shown = of.map_or(journey.travellers, |_| 1);
        let detail = format!("ok travellers={shown}");
        self.audit_append(&[Event::granted(grant, object, detail)])?;
        Ok(told)
    }

    /// Journeys that depart, or arrive, between two instants, by departure.
    pub fn journey_list(
        &mut self,
        compartment: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<JourneyRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!(
            "SELECT {JOINED} FROM journey
             WHERE compartment = $1 AND (departs_at BETWEEN $2 AND $3 OR departs_at IS NULL)
             ORDER BY departs_at, carrier, number"
        );
        let values = [
            Value::Text(compartment),
            Value::Int(from.as_microsecond()),
            Value::Int(to.as_microsecond()),
        ];
        self.db.query(&sql, &values, &mut |row| {
            rows.push(journey_row(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Since when each journey of a recipient waits for a part, of those that began after `from`.
    pub fn journey_waits(
        &mut self,
        compartment: &str,
        from: Timestamp,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let sql = "SELECT waits_from FROM journey WHERE compartment = $1 AND waits_from > $2";
        let values = [Value::Text(compartment), Value::Int(from.as_microsecond())];
        let mut since = Vec::new();
        self.db.query(sql, &values, &mut |row| {
            since.push(instant(row.int(0)?)?);
            Ok(())
        })?;
        Ok(since)
    }

    /// Every journey of every recipient, by identifier.
    pub(crate) fn journey_all(&mut self) -> Result<Vec<JourneyRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!("SELECT {JOINED} FROM journey ORDER BY id");
        self.db.query(&sql, &[], &mut |row| {
            rows.push(journey_row(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Journeys of a recipient that have not ended at `now` and were not screened against `lists`, at
    /// most `limit`.
    pub fn journey_unscreened(
        &mut self,
        compartment: &str,
        lists: &str,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<JourneyRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!(
            "SELECT {JOINED} FROM journey
             WHERE compartment = $1 AND screened <> $2 AND retention = 'whole'
                 AND (ends_at IS NULL OR ends_at > $3)
             ORDER BY n LIMIT $4"
        );
        let values = [
            Value::Text(compartment),
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
                let damaged = || StoreError::damaged("a traveller");
                let (digest, rest) = row.blob(1)?.split_first_chunk().ok_or_else(damaged)?;
                rows.push(TravellerRow {
                    id: Id::from_bytes(row.blob(0)?)?,
                    digest: *digest,
                    selectors: match rest {
                        [] => None,
                        rest => Some(rest.try_into().map_err(|_| damaged())?),
                    },
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
        let digests: Vec<Vec<u8>> = travellers
            .iter()
            .map(|t| [&t.digest[..], t.selectors.as_ref().map_or(&[], |s| &s[..])].concat())
            .collect();
        let values: Vec<Value<'_>> = travellers
            .iter()
            .zip(&digests)
            .flat_map(|(t, digest)| {
                [
                    Value::Int(journey),
                    Value::from(t.id.bytes()),
                    Value::Blob(digest),
                    Value::Text(&t.presence),
                ]
            })
            .collect();
        self.db.insert_many(&TRAVELLERS, &values)
    }

    /// Removes travellers who turned out to be another one of the same journey.
    pub fn traveller_remove(&mut self, journey: i64, ids: &[Id]) -> Result<(), StoreError> {
        for id in ids {
            self.db.put(
                "DELETE FROM traveller WHERE journey = $1 AND id = $2",
                &[Value::Int(journey), Value::from(id.bytes())],
            )?;
        }
        Ok(())
    }

    /// Notes under which digests a journey can be found. Each stands once.
    pub fn lookup_put(&mut self, journey: i64, keys: &[[u8; 16]]) -> Result<(), StoreError> {
        let values: Vec<Value<'_>> = keys
            .iter()
            .flat_map(|key| [Value::from(key), Value::Int(journey)])
            .collect();
        self.db.insert_many(&LOOKUPS, &values)
    }

    /// Journeys found under a digest, newest first.
    pub fn lookup_find(
        &mut self,
        grant: &Grant,
        key: &[u8; 16],
    ) -> Result<Vec<JourneyRow>, StoreError> {
        self.admit(grant, &[Act::RightsSearch])?;
        let mut rows = Vec::new();
        let sql = format!(
            "SELECT {JOINED} FROM journey
             WHERE n IN (SELECT journey FROM lookup WHERE key = $1) AND compartment = $2
             ORDER BY n DESC"
        );
        let values = [Value::from(key), Value::Text(grant.compartment())];
        self.db.query(&sql, &values, &mut |row| {
            rows.push(journey_row(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Counts bookings, each once however often and for how many flights it is pushed.
    pub fn booking_put(&mut self, ids: &[Id]) -> Result<(), StoreError> {
        let values: Vec<Value<'_>> = ids.iter().map(|id| Value::from(id.bytes())).collect();
        self.db.insert_many(&BOOKINGS, &values)
    }
}

/// How a journey stands to `grant`. What is due to be masked or erased is not shown while it waits
/// for the sweep.
pub(crate) fn standing(grant: &Grant, journey: &JourneyRow) -> Result<Standing, StoreError> {
    let whole = journey.retention == Retention::Whole;
    let standing = grant.standing(journey.anchor, !whole);
    match (standing, whole) {
        (Standing::Open | Standing::Staged { .. }, true) | (Standing::Masked { .. }, false) => {
            Ok(standing)
        }
        _ => Err(StoreError::Due),
    }
}

/// A grant of one recipient opens nothing of another.
pub(crate) fn same_compartment(grant: &Grant, journey: &JourneyRow) -> Result<(), StoreError> {
    if grant.compartment() == journey.compartment {
        Ok(())
    } else {
        Err(StoreError::NotFound { what: "flight" })
    }
}

pub(crate) fn journey_row(row: &dyn Row) -> Result<JourneyRow, StoreError> {
    joined_row(row, 0)
}

/// A journey whose columns begin at `first`.
pub(crate) fn joined_row(row: &dyn Row, first: usize) -> Result<JourneyRow, StoreError> {
    let text = |column: usize| row.text(first + column).map(str::to_owned);
    let text_or_null = |column: usize| -> Result<_, StoreError> {
        Ok(row.text_or_null(first + column)?.map(str::to_owned))
    };
    let at = |column: usize| row.int_or_null(first + column)?.map(instant).transpose();
    Ok(JourneyRow {
        n: row.int(first)?,
        id: Id::from_bytes(row.blob(first + 1)?)?,
        carrier: text(2)?,
        number: text(3)?,
        from: text(4)?,
        to: text(5)?,
        departs: text_or_null(6)?,
        arrives: text_or_null(7)?,
        departs_at: at(8)?,
        arrives_at: at(9)?,
        ends_at: at(10)?,
        direction: text(11)?,
        state: text(12)?,
        travellers: row.int(first + 13)?,
        screened: text(14)?,
        received_at: instant(row.int(first + 15)?)?,
        compartment: text(16)?,
        anchor: instant(row.int(first + 17)?)?,
        retention: Retention::parse(row.text(first + 18)?)?,
        mode: Mode::parse(row.text(first + 19)?).ok_or_else(|| StoreError::damaged("a journey"))?,
        vehicle: text(20)?,
        waits_from: at(21)?,
        version: row.int(first + 22)?,
    })
}
