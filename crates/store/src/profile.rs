//! Recipients, and the history of the law that each works under.
//!
//! - Source: R-SCO-07, R-DOC-02: which version was in force is known for every past moment.
//! - Invariants: a version's text is never changed; what was proposed and activated is only added
//!   to, without a gap; each step is sealed by its recipient's key together with the digest of the
//!   text, so that a text or step that was changed in the database is refused. Steps cut off at the
//!   end do not show here: the audit log tells of each.

use crate::db::Value;
use crate::message::instant;
use crate::named::named;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use oriel_policy::Profile;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Somebody who receives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecipientRow {
    /// Short name, such as `piu`.
    pub id: String,
    /// Name for people.
    pub title: String,
}

named! {
    /// What was done with a version.
    Step in "a step of a profile" {
        /// It waits for another person.
        Proposed = "proposed",
        /// It came into force.
        Activated = "activated",
    }
}

/// One step of a version for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileStep {
    /// Number, from 1, over all recipients.
    pub n: i64,
    /// When, UTC.
    pub at: Timestamp,
    /// For whom.
    pub compartment: String,
    /// Identifier of the profile.
    pub id: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its text, in hexadecimal digits.
    pub digest: String,
    /// What was done.
    pub step: Step,
    /// By which account; `system` for the first version.
    pub actor: String,
}

impl ProfileStep {
    /// Identifier and version, such as `eu-2022/1`.
    pub fn reference(&self) -> String {
        format!("{}/{}", self.id, self.version)
    }

    /// What the seal is over: each field behind its length.
    fn sealed(&self) -> Vec<u8> {
        let at = self.at.as_microsecond();
        let mut bytes = [self.n.to_be_bytes(), at.to_be_bytes()].concat();
        for text in [
            &*self.compartment,
            &self.id,
            &self.version,
            &self.digest,
            self.step.name(),
            &self.actor,
        ] {
            bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes
    }
}

impl Tx<'_> {
    /// Every recipient, the default one first.
    pub fn recipient_list(&mut self) -> Result<Vec<RecipientRow>, StoreError> {
        let mut rows = Vec::new();
        self.db.query(
            "SELECT id, title FROM recipient ORDER BY place",
            &[],
            &mut |row| {
                rows.push(RecipientRow {
                    id: row.text(0)?.to_owned(),
                    title: row.text(1)?.to_owned(),
                });
                Ok(())
            },
        )?;
        Ok(rows)
    }

    /// Adds a recipient behind the others, or gives a known one its title.
    pub fn recipient_put(&mut self, row: &RecipientRow) -> Result<(), StoreError> {
        let place = self.recipient_list()?.len() as i64;
        self.db.execute(
            "INSERT INTO recipient (id, title, place) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET title = excluded.title",
            &[
                Value::Text(&row.id),
                Value::Text(&row.title),
                Value::Int(place),
            ],
        )?;
        Ok(())
    }

    /// Number of the newest step: another one means that the law may be another.
    pub fn profile_epoch(&mut self) -> Result<i64, StoreError> {
        let mut newest = 0;
        self.db.query(
            "SELECT coalesce(max(n), 0) FROM profile_step",
            &[],
            &mut |row| {
                newest = row.int(0)?;
                Ok(())
            },
        )?;
        Ok(newest)
    }

    /// Notes a step, with the text where it is a version that nobody proposed before. A known
    /// version with another text is refused.
    pub fn profile_step(
        &mut self,
        profile: &Profile,
        compartment: &str,
        step: Step,
        actor: &str,
        at: Timestamp,
    ) -> Result<ProfileStep, StoreError> {
        let new = ProfileStep {
            n: self.profile_epoch()? + 1,
            at,
            compartment: compartment.to_owned(),
            id: profile.id().to_owned(),
            version: profile.version().to_owned(),
            digest: profile.digest(),
            step,
            actor: actor.to_owned(),
        };
        match self.profile_text(&new.id, &new.version)? {
            Some(known) if known == profile.text() => {}
            Some(_) => {
                return Err(StoreError::OtherProfile {
                    reference: new.reference(),
                });
            }
            None => {
                self.db.execute(
                    "INSERT INTO profile_version (id, version, text) VALUES ($1, $2, $3)",
                    &[
                        Value::Text(&new.id),
                        Value::Text(&new.version),
                        Value::Text(profile.text()),
                    ],
                )?;
            }
        }
        let seal = self.ring(compartment)?.blind(SEAL, &new.sealed());
        self.db.execute(
            "INSERT INTO profile_step (n, at, compartment, id, version, digest, step, actor, seal)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                Value::Int(new.n),
                Value::Int(new.at.as_microsecond()),
                Value::Text(&new.compartment),
                Value::Text(&new.id),
                Value::Text(&new.version),
                Value::Text(&new.digest),
                Value::Text(new.step.name()),
                Value::Text(&new.actor),
                Value::from(&seal),
            ],
        )?;
        Ok(new)
    }

    /// Every step for one recipient, oldest first. One that is missing or was changed is an error.
    pub fn profile_steps(&mut self, compartment: &str) -> Result<Vec<ProfileStep>, StoreError> {
        let mut rows = Vec::new();
        self.db.query(
            "SELECT n, at, compartment, id, version, digest, step, actor, seal
             FROM profile_step ORDER BY n",
            &[],
            &mut |row| {
                let step = ProfileStep {
                    n: row.int(0)?,
                    at: instant(row.int(1)?)?,
                    compartment: row.text(2)?.to_owned(),
                    id: row.text(3)?.to_owned(),
                    version: row.text(4)?.to_owned(),
                    digest: row.text(5)?.to_owned(),
                    step: Step::parse(row.text(6)?)?,
                    actor: row.text(7)?.to_owned(),
                };
                rows.push((step, row.blob(8)?.to_vec()));
                Ok(())
            },
        )?;
        let ring = self.ring(compartment)?;
        let mut steps = Vec::new();
        for ((step, seal), n) in rows.into_iter().zip(1..) {
            let own = step.compartment == compartment;
            let holds = step.n == n && (!own || ring.blind(SEAL, &step.sealed())[..] == seal[..]);
            if !holds {
                return Err(StoreError::TamperedProfile {
                    what: format!("step {n} of the history of legal profiles"),
                });
            }
            if own {
                steps.push(step);
            }
        }
        Ok(steps)
    }

    /// The text of the version that a step is about, as it was when the step was taken.
    pub fn profile_of_step(&mut self, step: &ProfileStep) -> Result<String, StoreError> {
        let text = self.profile_text(&step.id, &step.version)?;
        let text = text.filter(|text| hex_digest(text) == step.digest);
        text.ok_or_else(|| StoreError::TamperedProfile {
            what: format!("legal profile {}", step.reference()),
        })
    }

    fn profile_text(&mut self, id: &str, version: &str) -> Result<Option<String>, StoreError> {
        let mut text = None;
        self.db.query(
            "SELECT text FROM profile_version WHERE id = $1 AND version = $2",
            &[Value::Text(id), Value::Text(version)],
            &mut |row| {
                text = Some(row.text(0)?.to_owned());
                Ok(())
            },
        )?;
        Ok(text)
    }
}

/// What the keyed digest of a step is for.
const SEAL: &str = "profile step";

fn hex_digest(text: &str) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(text.as_bytes()) {
        write!(hex, "{byte:02x}").expect("a string takes all that is written");
    }
    hex
}
