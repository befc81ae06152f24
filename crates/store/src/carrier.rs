//! Carriers: who sends, by what each is known, and whom to call there.
//!
//! - Source: R-CAR-01.
//! - Invariants: what is known of a carrier is a version, and a change is the next one; a channel
//!   is never changed but for when it ends. Whom to call is sealed, and of those who were called
//!   before nothing is kept. Nothing here is about a passenger.

mod as4;
mod certification;
mod notice;
mod push;

pub use certification::{CaseMet, CertificationRow};
pub use notice::{NoticeRow, OutageRow};
pub use push::{OpenPush, PushAnswer, PushLink, PushRequest, PushRequestState, SentBefore};

use crate::db::{Row, Value};
use crate::message::instant;
use crate::named::named;
use crate::seal::Kind;
use crate::selection::signed;
use crate::{Id, Signed, StoreError, Tx};
use jiff::Timestamp;
use oriel_policy::{Act, Grant};

named! {
    /// How a carrier's messages are met.
    CarrierStatus in "a carrier" {
        /// Decoded and answered; nothing of them is kept.
        Test = "test",
        /// Kept and screened.
        Live = "live",
        /// It does not send any more.
        Ended = "ended",
    }
}

named! {
    /// By what a carrier is known.
    ChannelKind in "a carrier's channel" {
        /// Public key for SFTP, as `ssh-ed25519 AAAA…`.
        SshKey = "ssh-key",
        /// Authority whose SSH certificates name the carrier.
        SshAuthority = "ssh-authority",
        /// Key, of itself or in certificates, that no longer holds.
        SshRevoked = "ssh-revoked",
        /// Address of a machine that connects for telegrams.
        Address = "address",
        /// Address in the Type B network under which it sends.
        Origin = "origin",
        /// Designator in MATIP.
        Designator = "designator",
        /// Name of a configured folder or queue that it alone fills.
        Way = "way",
        /// Login of its machine at the HTTP API.
        Account = "account",
        /// Certificate with which it signs over AS4: all of it, in base 64.
        As4Certificate = "as4-certificate",
        /// Party as which it names itself over AS4.
        As4Party = "as4-party",
        /// Address to which it is answered over AS4.
        As4Endpoint = "as4-endpoint",
    }
}

/// Values by the name that is kept, for those who read what people wrote.
macro_rules! by_name {
    ($($type:ident: $($value:ident)+;)+) => {$(
        impl $type {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// The value of a name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.name() == name)
            }
        }
    )+};
}

by_name! {
    CarrierStatus: Test Live Ended;
    ChannelKind: SshKey SshAuthority SshRevoked Address Origin Designator Way Account As4Certificate
        As4Party As4Endpoint;
}

/// What is known of a carrier, without whom to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarrierRow {
    /// Short name, such as `zq`: it signs in under it, and it stands in channels. Never changes.
    pub handle: String,
    /// Counts changes.
    pub version: i64,
    /// Name for people.
    pub name: String,
    /// Designators of the flights that it flies.
    pub operates: Vec<String>,
    /// Designators under which it sells flights of others.
    pub markets: Vec<String>,
    /// How it names itself in the envelope (UNB sender, or the code in XML); any where there is none.
    pub senders: Vec<String>,
    /// Whether it also brings messages of others: a network, or somebody who handles for carriers.
    pub for_others: bool,
    /// Formats that it sends.
    pub formats: Vec<String>,
    /// Languages in which it is told things, best first.
    pub languages: Vec<String>,
    /// How its messages are met.
    pub status: CarrierStatus,
    /// Why this version was made, where somebody had to say so; blank otherwise.
    pub reason: String,
    /// Who made this version.
    pub put: Signed,
}

/// By what a carrier is known, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelRow {
    /// Identifier.
    pub id: Id,
    /// The carrier.
    pub handle: String,
    /// What it is.
    pub kind: ChannelKind,
    /// The key, address or name.
    pub value: String,
    /// From when it counts, UTC.
    pub starts_at: Timestamp,
    /// From when it counts no more, UTC.
    pub ends_at: Option<Timestamp>,
    /// Who put it there.
    pub put: Signed,
    /// Who said last when it ends, if not who put it there.
    pub ended: Option<Signed>,
}

impl ChannelRow {
    /// Whether it counts at an instant.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.starts_at <= now && self.ends_at.is_none_or(|ends| now < ends)
    }
}

const COLUMNS: &str = "handle, version, name, operates, markets, senders, for_others, formats, \
                       languages, status, reason, put_by, put_at";

const CHANNEL: &str =
    "id, handle, kind, value, starts_at, ends_at, put_by, put_at, ended_by, ended_at";

fn codes(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

fn read(row: &dyn Row) -> Result<CarrierRow, StoreError> {
    Ok(CarrierRow {
        handle: row.text(0)?.to_owned(),
        version: row.int(1)?,
        name: row.text(2)?.to_owned(),
        operates: codes(row.text(3)?),
        markets: codes(row.text(4)?),
        senders: codes(row.text(5)?),
        for_others: row.int(6)? != 0,
        formats: codes(row.text(7)?),
        languages: codes(row.text(8)?),
        status: CarrierStatus::parse(row.text(9)?)?,
        reason: row.text(10)?.to_owned(),
        put: Signed {
            by: row.text(11)?.to_owned(),
            at: instant(row.int(12)?)?,
        },
    })
}

fn read_channel(row: &dyn Row) -> Result<ChannelRow, StoreError> {
    Ok(ChannelRow {
        id: Id::from_bytes(row.blob(0)?)?,
        handle: row.text(1)?.to_owned(),
        kind: ChannelKind::parse(row.text(2)?)?,
        value: row.text(3)?.to_owned(),
        starts_at: instant(row.int(4)?)?,
        ends_at: row.int_or_null(5)?.map(instant).transpose()?,
        put: Signed {
            by: row.text(6)?.to_owned(),
            at: instant(row.int(7)?)?,
        },
        ended: signed(row, 8)?,
    })
}

impl Tx<'_> {
    /// Keeps the next version of a carrier; `row.version` is 1 for a new one. Tells whether it was
    /// the next one: somebody else may have been faster. Whom to call stays as it was unless told.
    pub fn carrier_put(
        &mut self,
        grant: &Grant,
        row: &CarrierRow,
        contacts: Option<&str>,
    ) -> Result<bool, StoreError> {
        self.admit(grant, &[Act::CarrierPut])?;
        let place: &[&[u8]] = &[row.handle.as_bytes()];
        let sealed = match contacts {
            Some(text) => {
                let seal = self.seal_of_carriers()?;
                seal.put(Kind::Contacts, place, text.as_bytes())?
            }
            None => self.contacts_sealed(&row.handle)?,
        };
        let kept = self.db.execute(
            "INSERT INTO carrier (handle, version, name, operates, markets, senders, for_others,
                formats, languages, status, reason, put_by, put_at, contacts)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             ON CONFLICT (handle, version) DO NOTHING",
            &[
                Value::Text(&row.handle),
                Value::Int(row.version),
                Value::Text(&row.name),
                Value::Text(&row.operates.join(" ")),
                Value::Text(&row.markets.join(" ")),
                Value::Text(&row.senders.join(" ")),
                Value::Int(i64::from(row.for_others)),
                Value::Text(&row.formats.join(" ")),
                Value::Text(&row.languages.join(" ")),
                Value::Text(row.status.name()),
                Value::Text(&row.reason),
                Value::Text(&row.put.by),
                Value::Int(row.put.at.as_microsecond()),
                Value::Blob(&sealed),
            ],
        )?;
        if kept > 0 {
            // Persons who are not to be called any more are not kept.
            self.db.execute(
                "UPDATE carrier SET contacts = $1 WHERE handle = $2 AND version < $3",
                &[
                    Value::Blob(&[]),
                    Value::Text(&row.handle),
                    Value::Int(row.version),
                ],
            )?;
        }
        Ok(kept > 0)
    }

    /// Every carrier as it is known now, by handle.
    pub fn carrier_list(&mut self) -> Result<Vec<CarrierRow>, StoreError> {
        let newest = "version = (SELECT max(version) FROM carrier AS other
            WHERE other.handle = carrier.handle) ORDER BY handle";
        self.carriers(newest, &[])
    }

    /// Every version of a carrier, newest first.
    pub fn carrier_history(&mut self, handle: &str) -> Result<Vec<CarrierRow>, StoreError> {
        self.carriers("handle = $1 ORDER BY version DESC", &[Value::Text(handle)])
    }

    fn carriers(
        &mut self,
        which: &str,
        values: &[Value<'_>],
    ) -> Result<Vec<CarrierRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!("SELECT {COLUMNS} FROM carrier WHERE {which}");
        self.db.query(&sql, values, &mut |row| {
            rows.push(read(row)?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// Whom to call at a carrier, as text of the caller's making; blank where nobody was named.
    pub fn carrier_contacts(&mut self, grant: &Grant, handle: &str) -> Result<String, StoreError> {
        self.admit(grant, &[Act::CarrierCall])?;
        let sealed = self.contacts_sealed(handle)?;
        if sealed.is_empty() {
            return Ok(String::new());
        }
        let seal = self.seal_of_carriers()?;
        seal.take_text(Kind::Contacts, &[handle.as_bytes()], &sealed)
    }

    fn contacts_sealed(&mut self, handle: &str) -> Result<Vec<u8>, StoreError> {
        let mut sealed = Vec::new();
        let sql = "SELECT contacts FROM carrier WHERE handle = $1 ORDER BY version DESC LIMIT 1";
        self.db.query(sql, &[Value::Text(handle)], &mut |row| {
            sealed = row.blob(0)?.to_vec();
            Ok(())
        })?;
        Ok(sealed)
    }

    /// Keeps a channel; tells whether it is new.
    pub fn channel_insert(&mut self, row: &ChannelRow) -> Result<bool, StoreError> {
        let kept = self.db.execute(
            "INSERT INTO carrier_channel (id, handle, kind, value, starts_at, ends_at, put_by,
                put_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
            &[
                Value::from(row.id.bytes()),
                Value::Text(&row.handle),
                Value::Text(row.kind.name()),
                Value::Text(&row.value),
                Value::Int(row.starts_at.as_microsecond()),
                Value::from(row.ends_at.map(Timestamp::as_microsecond)),
                Value::Text(&row.put.by),
                Value::Int(row.put.at.as_microsecond()),
            ],
        )?;
        Ok(kept > 0)
    }

    /// Says when a channel ends. One that has ended stays so; tells whether it had not.
    pub fn channel_end(
        &mut self,
        id: Id,
        ends_at: Timestamp,
        by: &Signed,
    ) -> Result<bool, StoreError> {
        let touched = self.db.execute(
            "UPDATE carrier_channel SET ends_at = $1, ended_by = $2, ended_at = $3
             WHERE id = $4 AND (ends_at IS NULL OR ends_at > $3)",
            &[
                Value::Int(ends_at.as_microsecond()),
                Value::Text(&by.by),
                Value::Int(by.at.as_microsecond()),
                Value::from(id.bytes()),
            ],
        )?;
        Ok(touched > 0)
    }

    /// Every channel, also those that count no more, by carrier and begin.
    pub fn channel_list(&mut self) -> Result<Vec<ChannelRow>, StoreError> {
        let mut rows = Vec::new();
        let sql = format!("SELECT {CHANNEL} FROM carrier_channel ORDER BY handle, starts_at, id");
        self.db.query(&sql, &[], &mut |row| {
            rows.push(read_channel(row)?);
            Ok(())
        })?;
        Ok(rows)
    }
}
