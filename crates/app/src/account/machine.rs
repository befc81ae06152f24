//! Machines: keys and certificates that a carrier's system shows with each message.
//!
//! - Invariants: a key is given out once and kept as a digest; it belongs to a machine's account,
//!   never to a person's; it ends by itself.

use super::{Admin, Refusal, Token, digest, event, name, note};
use crate::{App, AppError};
use jiff::{SignedDuration, Timestamp};
use oriel_policy::audit::Deed;
use oriel_policy::{Act, Actor, Grant};
use oriel_store::{Account, AccountKind, Digest, MachineKey, MachineKind, StoreError, Tx};

/// What every key begins with, so that a scanner for leaked secrets finds it.
const PREFIX: &str = "oriel_key_";

/// How exactly the last use is kept.
const USED_STEP: SignedDuration = SignedDuration::from_hours(1);

/// A key or certificate to make.
#[derive(Clone, Copy, Debug)]
pub struct NewMachine<'a> {
    /// What the administrator calls it.
    pub name: &'a str,
    /// Days from now for which it counts.
    pub days: i64,
}

/// What a machine showed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shown<'a> {
    /// The text behind `Authorization: Bearer`.
    pub bearer: Option<&'a str>,
    /// SHA-256 of the client certificate of its connection.
    pub certificate: Option<Digest>,
}

impl App {
    /// The machine that shows a key, a certificate, or both. Both must be of one account: a key
    /// that was stolen from another machine is worth nothing on this one's connection.
    pub fn machine(&self, shown: Shown<'_>) -> Result<Option<(Account, Actor)>, AppError> {
        let now = self.now();
        let wanted = [
            shown.bearer.map(|text| (MachineKind::Key, digest(text))),
            shown.certificate.map(|is| (MachineKind::Certificate, is)),
        ];
        let mut found: Option<(Account, Actor)> = None;
        for (kind, digest) in wanted.into_iter().flatten() {
            let known = self
                .core
                .store
                .read(|tx| tx.machine_find(kind, &digest, now))?;
            let (key, account) = match (known, kind) {
                (Some(known), _) => known,
                // A browser may show a certificate that is nobody's; a key that is nobody's is a
                // refusal whatever else is shown.
                (None, MachineKind::Certificate) if found.is_some() => continue,
                (None, _) => return Ok(None),
            };
            if found
                .as_ref()
                .is_some_and(|(other, _)| other.id != account.id)
            {
                let event = event(
                    now,
                    &account.id,
                    Deed::MachineUse,
                    &account.id,
                    "denied mixed",
                );
                self.core.store.write(|tx| note(tx, event))?;
                return Ok(None);
            }
            let used = key.used_at.unwrap_or(Timestamp::MIN);
            if now.duration_since(used) >= USED_STEP {
                self.core.store.write(|tx| {
                    tx.housekeeping();
                    tx.machine_key_used(&key.id, now)
                })?;
            }
            found = Some((account.clone(), super::actor(&account)));
        }
        Ok(found)
    }

    /// Makes a key for a machine; its text is given once.
    pub fn machine_key_make(
        &self,
        admin: &Admin,
        account: &str,
        new: NewMachine<'_>,
    ) -> Result<(MachineKey, Token), AppError> {
        let token = Token(format!("{PREFIX}{}", Token::random()?.0));
        let key = self.machine_put(admin, account, new, MachineKind::Key, token.digest())?;
        Ok((key, token))
    }

    /// Binds a client certificate, by its SHA-256 in hexadecimal digits, to a machine.
    pub fn machine_certificate_bind(
        &self,
        admin: &Admin,
        account: &str,
        new: NewMachine<'_>,
        fingerprint: &str,
    ) -> Result<MachineKey, AppError> {
        let digest = fingerprint_of(fingerprint).ok_or(Refusal::Fingerprint)?;
        self.machine_put(admin, account, new, MachineKind::Certificate, digest)
    }

    fn machine_put(
        &self,
        admin: &Admin,
        account: &str,
        new: NewMachine<'_>,
        kind: MachineKind,
        digest: Digest,
    ) -> Result<MachineKey, AppError> {
        super::people::check_name(new.name)?;
        if !(1..=400).contains(&new.days) {
            return Err(Refusal::Days.into());
        }
        let now = self.now();
        let life = SignedDuration::from_hours(24 * new.days);
        self.core.store.write(|tx| {
            let machine = self.other(tx, admin, account)?;
            if machine.kind != AccountKind::Service {
                return Err(Refusal::Kind.into());
            }
            let key = MachineKey {
                id: name("key")?,
                kind,
                digest,
                account: machine.id,
                name: new.name.to_owned(),
                created_by: admin.id().to_owned(),
                created_at: now,
                expires_at: now.checked_add(life).unwrap_or(Timestamp::MAX),
                used_at: None,
                revoked_at: None,
            };
            if !tx.machine_key_insert(&key)? {
                return Err(Refusal::KnownCertificate.into());
            }
            let detail = format!("ok {}={} days={}", kind.name(), key.id, new.days);
            note(
                tx,
                event(now, admin.id(), Deed::MachineKey, &key.account, detail),
            )?;
            Ok(key)
        })
    }

    /// Keys and certificates of a machine, newest first, also those that count no more.
    pub fn machine_keys(&self, grant: &Grant, account: &str) -> Result<Vec<MachineKey>, AppError> {
        if grant.act() != Act::AccountManage {
            return Err(StoreError::WrongGrant.into());
        }
        self.account(grant, account)?;
        let list = |tx: &mut Tx<'_>| tx.machine_key_list(account);
        Ok(self.core.store.read(list)?)
    }

    /// Takes a key or certificate back.
    pub fn machine_key_revoke(
        &self,
        admin: &Admin,
        account: &str,
        id: &str,
    ) -> Result<(), AppError> {
        let now = self.now();
        self.core.store.write(|tx| {
            self.other(tx, admin, account)?;
            if !tx.machine_key_revoke(account, id, now)? {
                return Err(Refusal::Unknown.into());
            }
            let detail = format!("revoked key={id}");
            note(
                tx,
                event(now, admin.id(), Deed::MachineKey, account, detail),
            )
        })
    }
}

/// 64 hexadecimal digits, with or without colons between pairs.
fn fingerprint_of(text: &str) -> Option<Digest> {
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b':').collect();
    if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let mut digest = [0; 32];
    for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(digest)
}

#[cfg(test)]
mod tests {
    use super::fingerprint_of;

    #[test]
    fn a_fingerprint_is_64_digits_with_or_without_colons() {
        let plain = "0a".repeat(32);
        let colons = vec!["0A"; 32].join(":");
        assert_eq!(fingerprint_of(&plain), Some([10; 32]));
        assert_eq!(fingerprint_of(&colons), Some([10; 32]));
        assert_eq!(fingerprint_of(&plain[1..]), None);
        assert_eq!(fingerprint_of(&"+a".repeat(32)), None);
    }
}
