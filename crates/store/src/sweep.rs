//! What masking and erasing do to records.
//!
//! - Source: R-RET-01, R-RET-02, R-RET-05, R-RET-11.
//! - Invariants: masking moves what it takes away to the vault, in the same transaction in which
//!   it leaves the ordinary record, and person by person, so that one can go later while the vault
//!   stays closed; erasing leaves the flight and nothing of anybody on it; a run
//!   in which something was due is recorded with its counts in that transaction too. Keys are
//!   destroyed after the commit, by whoever has them.

use crate::db::Value;
use crate::journey::{JOINED, journey_row};
use crate::message::instant;
use crate::pressed::Packed;
use crate::seal::Kind;
use crate::{Id, JourneyRow, Retention, StoreError, Tx, codec};
use jiff::Timestamp;
use oriel_keys::{Class, Vault};
use oriel_model::{MessageKey, Presence, Report};
use oriel_policy::{Act, Grant};
use std::collections::HashSet;

/// A person of a journey. Who is who is written down, so that one person is read without the
/// others, and because behind the mask the facts are gone by which people are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPerson {
    /// Identifier, as before masking.
    pub id: Id,
    /// Whether the person travelled.
    pub presence: Presence,
    /// Mentions, oldest first: message and place in its report as it is kept.
    pub mentions: Vec<(MessageKey, u32)>,
}

/// A report on its way behind the mask.
#[derive(Clone, Debug)]
pub struct MaskedReport {
    /// Of each person who stays the report of that person alone, whole: for the vault.
    pub whole: Vec<(Id, Report)>,
    /// With the persons who stay, without the masked elements.
    pub open: Report,
}

/// What is left of a journey when some of its persons go before the others.
#[derive(Clone, Debug, Default)]
pub struct Remaining {
    /// Reports without them.
    pub reports: Vec<Report>,
    /// Who is who.
    pub people: Vec<StoredPerson>,
    /// Under which digests the journey is still found; of journeys that are not masked.
    pub lookups: Vec<[u8; 16]>,
    /// Who goes.
    pub gone: Vec<Id>,
    /// Messages that spoke of them; their bytes go.
    pub messages: Vec<MessageKey>,
}

/// A hit on its way behind the mask.
#[derive(Clone, Debug)]
pub struct MaskedHit {
    /// Which.
    pub id: Id,
    /// Explanation without values.
    pub data: String,
    /// Review without notes.
    pub review: String,
}

/// Everything that stays of a journey after its initial period.
#[derive(Clone, Debug, Default)]
pub struct Masked {
    /// Reports.
    pub reports: Vec<MaskedReport>,
    /// Who is who.
    pub people: Vec<StoredPerson>,
    /// Hits of those people.
    pub hits: Vec<MaskedHit>,
}

/// One run of the sweep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SweepRun {
    /// When, UTC.
    pub at: Timestamp,
    /// Whose records.
    pub compartment: String,
    /// Profile and version that said so.
    pub profile: String,
    /// `mask`, `erase`, `originals`, `keys`.
    pub step: String,
    /// Counts as JSON.
    pub counts: String,
}

/// Tables that hold something about the people of a journey, by its number.
const OF_JOURNEY: &[&str] = &[
    "DELETE FROM report WHERE journey = $1",
    "DELETE FROM traveller WHERE journey = $1",
    "DELETE FROM hit WHERE journey = $1",
    "DELETE FROM review_case WHERE journey = $1",
    "DELETE FROM lookup WHERE journey = $1",
    "DELETE FROM people WHERE journey = $1",
    "DELETE FROM vault WHERE journey = $1",
    "DELETE FROM evidence WHERE journey = $1",
    "DELETE FROM correction WHERE journey = $1",
    "DELETE FROM settled WHERE journey = $1",
    "DELETE FROM clearance WHERE journey = $1",
    "DELETE FROM told_of WHERE journey = $1",
    "DELETE FROM opened WHERE traveller IN
        (SELECT traveller FROM unmasking_person WHERE journey = $1)",
];

/// The same for one person of it; hits and what the vault has of them go with their case, and the
/// traveller itself with the others.
const OF_PERSON: &[&str] = &[
    "DELETE FROM evidence WHERE journey = $1 AND traveller = $2",
    "DELETE FROM settled WHERE journey = $1 AND traveller = $2",
    "DELETE FROM clearance WHERE journey = $1 AND traveller = $2",
    "DELETE FROM opened WHERE traveller = $2
        AND unmasking IN (SELECT unmasking FROM unmasking_person WHERE journey = $1)",
    "DELETE FROM vault WHERE journey = $1 AND kind = 'report' AND substr(object, 1, 16) = $2",
    "DELETE FROM vault WHERE journey = $1 AND kind = 'correction'
        AND object IN (SELECT id FROM correction WHERE journey = $1 AND traveller = $2)",
    "DELETE FROM correction WHERE journey = $1 AND traveller = $2",
];

/// Who on a journey has anything in the tables of [`OF_PERSON`], or a case.
const WITH_MORE: &str = "SELECT id FROM review_case WHERE journey = $1
    UNION SELECT traveller FROM hit WHERE journey = $1
    UNION SELECT traveller FROM evidence WHERE journey = $1
    UNION SELECT traveller FROM settled WHERE journey = $1
    UNION SELECT traveller FROM clearance WHERE journey = $1
    UNION SELECT traveller FROM correction WHERE journey = $1
    UNION SELECT traveller FROM unmasking_person WHERE journey = $1
    UNION SELECT substr(object, 1, 16) FROM vault WHERE journey = $1 AND kind = 'report'";

impl Tx<'_> {
    /// Journeys of a recipient at one stage of their retention, anchored before `before`, oldest
    /// first.
    pub fn journey_aged(
        &mut self,
        compartment: &str,
        retention: Retention,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<JourneyRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!(
            "SELECT {JOINED} FROM journey WHERE compartment = $1 AND retention = $2 AND anchor < $3
             ORDER BY anchor, n LIMIT $4"
        );
        let values = [
            Value::Text(compartment),
            Value::Text(retention.name()),
            Value::Int(before.as_microsecond()),
            Value::Int(limit),
        ];
        self.db.query(&sql, &values, &mut |row| {
            rows.push(journey_row(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Masked journeys of a recipient anchored before `before` that hold somebody of whom there is
    /// neither evidence in force nor a case that nobody closed, oldest first.
    pub fn journey_unlinked(
        &mut self,
        compartment: &str,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<JourneyRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!(
            "SELECT {JOINED} FROM journey
             WHERE compartment = $1 AND retention = 'masked' AND anchor < $2
                AND EXISTS (SELECT 1 FROM traveller WHERE traveller.journey = journey.n
                    AND NOT EXISTS (SELECT 1 FROM evidence
                        WHERE evidence.traveller = traveller.id AND evidence.lifted_at IS NULL)
                    AND NOT EXISTS (SELECT 1 FROM review_case
                        WHERE review_case.id = traveller.id
                            AND review_case.state IN ('open', 'second_wanted', 'disagreed')))
             ORDER BY anchor, n LIMIT $3"
        );
        let values = [
            Value::Text(compartment),
            Value::Int(before.as_microsecond()),
            Value::Int(limit),
        ];
        self.db.query(&sql, &values, &mut |row| {
            rows.push(journey_row(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Takes some of the persons of a journey away, with everything about them; the others stay as
    /// they are.
    pub fn journey_reduce(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
        left: &Remaining,
    ) -> Result<(), StoreError> {
        self.admit(grant, &[Act::SweepRun, Act::RightsRectify])?;
        crate::journey::same_compartment(grant, journey)?;
        let numbers = self.report_numbers(journey.n)?;
        self.db.execute(
            "DELETE FROM report WHERE journey = $1",
            &[Value::Int(journey.n)],
        )?;
        for report in &left.reports {
            let number = numbers.iter().find(|(key, _)| *key == report.message);
            let (_, number) = number.ok_or_else(|| StoreError::damaged("a report"))?;
            self.report_insert(journey, *number, &report.message, &Packed::report(report))?;
        }
        for message in &left.messages {
            self.db.execute(
                "DELETE FROM original WHERE compartment = $1
                    AND message IN (SELECT n FROM message WHERE key = $2)",
                &[Value::Text(&journey.compartment), Value::Blob(message)],
            )?;
        }
        if journey.retention == Retention::Whole {
            self.db.execute(
                "DELETE FROM lookup WHERE journey = $1",
                &[Value::Int(journey.n)],
            )?;
            self.lookup_put(journey.n, &left.lookups)?;
            self.db.execute(
                "UPDATE journey SET travellers = travellers - $1 WHERE n = $2",
                &[Value::Int(left.gone.len() as i64), Value::Int(journey.n)],
            )?;
        }
        self.people_put(journey, &left.people)?;
        self.people_remove(grant, journey.n, |id| left.gone.contains(&id))?;
        self.journey_written(journey.n)
    }

    /// Takes people of a journey away with everything about them. Of most there is no more than
    /// that they travelled.
    fn people_remove(
        &mut self,
        grant: &Grant,
        journey: i64,
        goes: impl Fn(Id) -> bool,
    ) -> Result<(), StoreError> {
        let mut more = Vec::new();
        self.db
            .query(WITH_MORE, &[Value::Int(journey)], &mut |row| {
                more.push(Id::from_bytes(row.blob(0)?)?);
                Ok(())
            })?;
        for id in more.into_iter().filter(|id| goes(*id)) {
            self.case_forget(grant, id)?;
            for sql in OF_PERSON {
                let values = [Value::Int(journey), Value::from(id.bytes())];
                self.db.execute(sql, &values)?;
            }
        }
        let mut left = self.traveller_list(journey)?;
        left.retain(|row| !goes(row.id));
        let sql = "DELETE FROM traveller WHERE journey = $1";
        self.db.execute(sql, &[Value::Int(journey)])?;
        self.traveller_put(journey, &left)
    }

    /// Writes who is who in a journey.
    pub fn people_put(
        &mut self,
        journey: &JourneyRow,
        people: &[StoredPerson],
    ) -> Result<(), StoreError> {
        self.people_put_as(journey.class(), journey, people)
    }

    fn people_put_as(
        &mut self,
        class: Class,
        journey: &JourneyRow,
        people: &[StoredPerson],
    ) -> Result<(), StoreError> {
        let plain = codec::write_people(people);
        let seal = self.seal_of(journey)?;
        let data = seal.put_as(class, Kind::People, &[journey.id.bytes()], &plain)?;
        self.db.execute(
            "INSERT INTO people (journey, data) VALUES ($1, $2)
             ON CONFLICT (journey) DO UPDATE SET data = excluded.data",
            &[Value::Int(journey.n), Value::Blob(&data)],
        )?;
        Ok(())
    }

    /// Reports of a journey: for the sweep whose initial period it ends, and for a person's rights,
    /// which reach every record that is still kept. Of a masked journey without what is masked.
    pub fn report_due(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
    ) -> Result<Vec<Report>, StoreError> {
        self.admit(
            grant,
            &[
                Act::SweepRun,
                Act::RightsSearch,
                Act::RightsRectify,
                Act::RightsRedress,
            ],
        )?;
        crate::journey::same_compartment(grant, journey)?;
        if grant.act() != Act::SweepRun {
            crate::journey::standing(grant, journey)?;
        }
        let told = self.report_each(journey, None)?;
        Ok(told.into_iter().map(|(_, report)| report).collect())
    }

    /// What the vault has about the people of a masked journey, for a person's rights; each report
    /// speaks of one person.
    pub fn vault_fetch(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
        vault: &Vault,
    ) -> Result<Vec<(Id, Vec<Report>)>, StoreError> {
        self.admit(grant, &[Act::RightsSearch])?;
        crate::journey::same_compartment(grant, journey)?;
        crate::journey::standing(grant, journey)?;
        let mut people = Vec::new();
        for row in self.traveller_list(journey.n)? {
            people.push((row.id, self.vault_reports(journey, row.id, vault)?));
        }
        Ok(people)
    }

    /// Journeys of a recipient of which something is kept, after number `after`.
    pub fn journey_kept(
        &mut self,
        compartment: &str,
        after: i64,
        limit: i64,
    ) -> Result<Vec<JourneyRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!(
            "SELECT {JOINED} FROM journey
             WHERE compartment = $1 AND n > $2 AND retention <> 'erased' ORDER BY n LIMIT $3"
        );
        let values = [
            Value::Text(compartment),
            Value::Int(after),
            Value::Int(limit),
        ];
        self.db.query(&sql, &values, &mut |row| {
            rows.push(journey_row(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The recipients whose records have the same flight on the same day.
    pub fn journey_elsewhere(&mut self, journey: &JourneyRow) -> Result<Vec<String>, StoreError> {
        let mut names = Vec::new();
        self.db.query(
            "SELECT DISTINCT compartment FROM journey
             WHERE carrier = $1 AND number = $2 AND from_place = $3 AND departs = $4
                AND compartment <> $5 AND retention <> 'erased' ORDER BY compartment",
            &[
                Value::Text(&journey.carrier),
                Value::Text(&journey.number),
                Value::Text(&journey.from),
                Value::from(journey.departs.as_deref()),
                Value::Text(&journey.compartment),
            ],
            &mut |row| {
                names.push(row.text(0)?.to_owned());
                Ok(())
            },
        )?;
        Ok(names)
    }

    /// Puts a journey behind the mask: what stays is written anew, the rest is gone.
    pub fn journey_mask(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
        masked: &Masked,
    ) -> Result<(), StoreError> {
        self.admit(grant, &[Act::SweepRun])?;
        let seal = self.seal_of(journey)?;
        let numbers = self.report_numbers(journey.n)?;
        let hits = self.hit_due(journey)?;
        for table in ["report", "lookup", "people"] {
            let sql = format!("DELETE FROM {table} WHERE journey = $1");
            self.db.execute(&sql, &[Value::Int(journey.n)])?;
        }
        for MaskedReport { whole, open } in &masked.reports {
            let key = open.message;
            let Some((_, number)) = numbers.iter().find(|(known, _)| *known == key) else {
                return Err(StoreError::damaged("a report"));
            };
            let place: &[&[u8]] = &[journey.id.bytes(), &key];
            let data = seal.put_as(Class::Open, Kind::Report, place, &codec::write(open))?;
            self.db.execute(
                "INSERT INTO report (journey, message, data) VALUES ($1, $2, $3)",
                &[
                    Value::Int(journey.n),
                    Value::Int(*number),
                    Value::Blob(&data),
                ],
            )?;
            for (id, whole) in whole {
                let place: &[&[u8]] = &[journey.id.bytes(), id.bytes(), &key];
                let whole = codec::write(whole);
                let away = seal.put_as(Class::Masked, Kind::Report, place, &whole)?;
                let object = [&id.bytes()[..], &key].concat();
                self.vault_insert(journey.n, Kind::Report, &object, &away)?;
            }
        }
        self.people_put_as(Class::Open, journey, &masked.people)?;
        for correction in self.correction_list(grant, journey, None)? {
            let place: &[&[u8]] = &[correction.id.bytes()];
            let plain = correction.data.as_bytes();
            let away = seal.put_as(Class::Masked, Kind::Correction, place, plain)?;
            self.vault_insert(journey.n, Kind::Correction, correction.id.bytes(), &away)?;
            self.db.execute(
                "UPDATE correction SET data = $1 WHERE id = $2",
                &[Value::Blob(&[]), Value::from(correction.id.bytes())],
            )?;
        }
        for (id, data, review) in hits {
            let place: &[&[u8]] = &[id.bytes()];
            let Some(kept) = masked.hits.iter().find(|hit| hit.id == id) else {
                self.hit_remove(id)?;
                continue;
            };
            for (kind, plain) in [(Kind::Hit, data), (Kind::Review, review)] {
                let away = seal.put_as(Class::Masked, kind, place, plain.as_bytes())?;
                self.vault_insert(journey.n, kind, id.bytes(), &away)?;
            }
            let open = |kind, text: &str| match text {
                "" => Ok(Vec::new()),
                text => seal.put_as(Class::Open, kind, place, text.as_bytes()),
            };
            self.db.execute(
                "UPDATE hit SET data = $1, review = $2 WHERE id = $3",
                &[
                    Value::Blob(&open(Kind::Hit, &kept.data)?),
                    Value::Blob(&open(Kind::Review, &kept.review)?),
                    Value::from(id.bytes()),
                ],
            )?;
        }
        self.keep_people(grant, journey, &masked.people)?;
        self.retention_set(journey.n, Retention::Masked)
    }

    /// Takes everything about everybody on a journey away.
    pub fn journey_erase(&mut self, grant: &Grant, journey: &JourneyRow) -> Result<(), StoreError> {
        self.admit(grant, &[Act::SweepRun])?;
        for sql in OF_JOURNEY {
            self.db.execute(sql, &[Value::Int(journey.n)])?;
        }
        self.retention_set(journey.n, Retention::Erased)
    }

    /// Removes travellers and cases of people who do not stay; cases that stay lose their summary,
    /// and what is screened is no longer compared.
    fn keep_people(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
        people: &[StoredPerson],
    ) -> Result<(), StoreError> {
        let stays: HashSet<Id> = people.iter().map(|person| person.id).collect();
        self.people_remove(grant, journey.n, |id| !stays.contains(&id))?;
        self.db.execute(
            "UPDATE traveller SET digest = $1 WHERE journey = $2",
            &[Value::Blob(&[0; 16]), Value::Int(journey.n)],
        )?;
        let seal = self.seal_of(journey)?;
        let plain = codec::write_summary(&crate::Summary::default());
        for person in people {
            let place: &[&[u8]] = &[person.id.bytes()];
            let summary = seal.put_as(Class::Open, Kind::Summary, place, &plain)?;
            self.db.execute(
                "UPDATE review_case SET summary = $1, version = version + 1 WHERE id = $2",
                &[Value::Blob(&summary), Value::from(person.id.bytes())],
            )?;
        }
        Ok(())
    }

    fn report_numbers(&mut self, journey: i64) -> Result<Vec<(MessageKey, i64)>, StoreError> {
        let mut numbers = Vec::new();
        self.db.query(
            "SELECT message.key, message.n FROM report
             JOIN message ON message.n = report.message WHERE report.journey = $1",
            &[Value::Int(journey)],
            &mut |row| {
                let key = row.blob(0)?.try_into();
                let key = key.map_err(|_| StoreError::damaged("a message"))?;
                numbers.push((key, row.int(1)?));
                Ok(())
            },
        )?;
        Ok(numbers)
    }

    /// Identifier, explanation and review of every hit of a journey, as they lie.
    fn hit_due(&mut self, journey: &JourneyRow) -> Result<Vec<(Id, String, String)>, StoreError> {
        let seal = self.seal_of(journey)?;
        let mut hits = Vec::new();
        self.db.query(
            "SELECT id, data, review FROM hit WHERE journey = $1",
            &[Value::Int(journey.n)],
            &mut |row| {
                let id = Id::from_bytes(row.blob(0)?)?;
                let place: &[&[u8]] = &[id.bytes()];
                let data = seal.take_text(Kind::Hit, place, row.blob(1)?)?;
                let review = match row.blob(2)? {
                    [] => String::new(),
                    sealed => seal.take_text(Kind::Review, place, sealed)?,
                };
                hits.push((id, data, review));
                Ok(())
            },
        )?;
        Ok(hits)
    }

    pub(crate) fn vault_insert(
        &mut self,
        journey: i64,
        kind: Kind,
        object: &[u8],
        data: &[u8],
    ) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO vault (journey, kind, object, data) VALUES ($1, $2, $3, $4)",
            &[
                Value::Int(journey),
                Value::Text(kind.text()),
                Value::Blob(object),
                Value::Blob(data),
            ],
        )?;
        Ok(())
    }

    fn retention_set(&mut self, journey: i64, retention: Retention) -> Result<(), StoreError> {
        self.db.execute(
            "UPDATE journey SET retention = $1, version = version + 1 WHERE n = $2",
            &[Value::Text(retention.name()), Value::Int(journey)],
        )?;
        Ok(())
    }

    /// Who is who in a journey; nobody where that was not written down.
    pub fn people_list(
        &mut self,
        grant: &Grant,
        journey: &JourneyRow,
    ) -> Result<Vec<StoredPerson>, StoreError> {
        crate::journey::same_compartment(grant, journey)?;
        let seal = self.seal_of(journey)?;
        let mut people = Vec::new();
        self.db.query(
            "SELECT data FROM people WHERE journey = $1",
            &[Value::Int(journey.n)],
            &mut |row| {
                let plain = seal.take(Kind::People, &[journey.id.bytes()], row.blob(0)?)?;
                people = codec::read_people(&plain)?;
                Ok(())
            },
        )?;
        Ok(people)
    }

    /// Whether there are bytes of messages of a recipient anchored before `before`.
    pub fn original_is_due(
        &mut self,
        compartment: &str,
        before: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut due = false;
        self.db.query(
            "SELECT message FROM original WHERE compartment = $1 AND anchor < $2 LIMIT 1",
            &[
                Value::Text(compartment),
                Value::Int(before.as_microsecond()),
            ],
            &mut |_| {
                due = true;
                Ok(())
            },
        )?;
        Ok(due)
    }

    /// Removes the bytes of messages of a recipient anchored before `before`; says how many.
    pub fn original_erase(
        &mut self,
        compartment: &str,
        before: Timestamp,
    ) -> Result<u64, StoreError> {
        self.db.execute(
            "DELETE FROM original WHERE compartment = $1 AND anchor < $2",
            &[
                Value::Text(compartment),
                Value::Int(before.as_microsecond()),
            ],
        )
    }

    /// Records a run in which something was due.
    pub fn sweep_insert(&mut self, run: &SweepRun) -> Result<(), StoreError> {
        self.db.execute(
            "INSERT INTO sweep_run (n, at, compartment, profile, step, counts)
             VALUES ((SELECT coalesce(max(n), 0) + 1 FROM sweep_run), $1, $2, $3, $4, $5)",
            &[
                Value::Int(run.at.as_microsecond()),
                Value::Text(&run.compartment),
                Value::Text(&run.profile),
                Value::Text(&run.step),
                Value::Text(&run.counts),
            ],
        )?;
        Ok(())
    }

    /// Every run, oldest first.
    pub fn sweep_list(&mut self) -> Result<Vec<SweepRun>, StoreError> {
        let mut runs = Vec::new();
        self.db.query(
            "SELECT at, compartment, profile, step, counts FROM sweep_run ORDER BY n",
            &[],
            &mut |row| {
                runs.push(SweepRun {
                    at: instant(row.int(0)?)?,
                    compartment: row.text(1)?.to_owned(),
                    profile: row.text(2)?.to_owned(),
                    step: row.text(3)?.to_owned(),
                    counts: row.text(4)?.to_owned(),
                });
                Ok(())
            },
        )?;
        Ok(runs)
    }
}
