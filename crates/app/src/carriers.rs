//! Carriers: who sends, enrolled and changed by a carrier-liaison officer.
//!
//! - In: what an officer says of a carrier, and by what it is known. Out: the [`Registry`], which
//!   every way in asks who somebody is, and the pages of the workbench.
//! - Source: R-CAR-01; who may is the matrix's to say.
//! - Invariants: a carrier begins as *test* and becomes *live* by a passed certification, or by an
//!   officer who says why not; each change is a version of its own; a key, an address or a name
//!   belongs to one carrier at a time; several keys may hold at once, so that they are exchanged
//!   without a gap.

mod as4;
mod certify;
mod infringement;
mod notices;
mod push;
mod registry;

pub use as4::Came;
pub use certify::{CERTIFICATION, CaseStanding, CertificationCase, CertificationView};
pub use infringement::{Departure, Infringement, InfringementRefusal};
pub(crate) use notices::{excused_until, strange};
pub(crate) use push::{Asked, Bookings};
pub use push::{PushAsk, PushRefusal, PushRequestView, PushStanding};
pub(crate) use registry::Carriers;
pub use registry::{Enrolled, Registry, Sender};

use crate::law::only;
use crate::selection::signed;
use crate::{App, AppError};
use jiff::Timestamp;
use oriel_ebms::Certificate;
use oriel_model::Carrier;
use oriel_policy::audit::Event;
use oriel_policy::{Act, Grant};
use oriel_store::{CarrierRow, CarrierStatus, ChannelKind, ChannelRow, Id, StoreError, Tx};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// Formats that a carrier may be enrolled with.
pub const CARRIER_FORMATS: &[&str] = &["paxlst", "pnrgov", "pnrgov-xml", "table"];

/// What somebody at a carrier may be there for; notices go up in this order.
pub const CONTACT_ROLES: &[&str] = &["technician", "liaison", "management"];

/// The longest value of a channel: an RSA key of 8192 bits has a quarter of it.
const LONGEST: usize = 4096;

/// Somebody to call at a carrier.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// `technician`, `liaison` or `management`.
    pub role: String,
    /// Name of the person or desk.
    pub name: String,
    /// Electronic mail.
    #[serde(default)]
    pub mail: String,
    /// Telephone.
    #[serde(default)]
    pub phone: String,
}

/// The role alone: they are persons.
impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a {}", self.role)
    }
}

/// What an officer says of a carrier.
#[derive(Clone, Debug, Default)]
pub struct CarrierDetails {
    /// Name for people.
    pub name: String,
    /// Designators of the flights that it flies.
    pub operates: Vec<String>,
    /// Designators under which it sells flights of others.
    pub markets: Vec<String>,
    /// How it names itself in the envelope; any name where there is none.
    pub senders: Vec<String>,
    /// Whether it also brings messages of others.
    pub for_others: bool,
    /// Of [`CARRIER_FORMATS`].
    pub formats: Vec<String>,
    /// Languages, best first.
    pub languages: Vec<String>,
    /// Whom to call; as it was where nothing is said.
    pub contacts: Option<Vec<Contact>>,
}

/// A carrier with everything by which it is known.
#[derive(Clone, Debug)]
pub struct CarrierView {
    /// As it is known now.
    pub row: CarrierRow,
    /// Channels, also those that count no more.
    pub channels: Vec<ChannelRow>,
}

/// Why a carrier was not enrolled or changed. Nothing was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CarrierRefusal {
    /// A handle that is none.
    #[error(
        "{0:?} cannot be a carrier's short name: 1 to 32 lower-case letters, digits and hyphens"
    )]
    Handle(String),
    /// Enrolled before.
    #[error("a carrier is enrolled as {0:?} already; change it, or choose another short name")]
    Known(String),
    /// A name that is none.
    #[error("name the carrier in 1 to 200 characters")]
    Name,
    /// A designator that is none.
    #[error("{0:?} is no designator of a carrier, such as ZQ")]
    Designator(String),
    /// It flies nothing and brings nothing for others.
    #[error(
        "name at least one designator of flights that it flies, or say that it sends for others"
    )]
    NoDesignator,
    /// Somebody else flies under it.
    #[error("{0:?} is the designator of another carrier's flights")]
    TakenDesignator(String),
    /// An envelope's name that is none.
    #[error("{0:?} cannot stand in an envelope: 1 to 35 signs without blanks")]
    Envelope(String),
    /// A format that nobody knows.
    #[error("{0:?} is no format; there is: paxlst, pnrgov, pnrgov-xml, table")]
    Format(String),
    /// No format or language.
    #[error("name at least one format, and one language by its two letters, such as en")]
    NoFormat,
    /// A contact that is none.
    #[error(
        "a contact is a technician, liaison or management, with a name of 1 to 200 characters, and \
         mail or phone of at most 200; there are 20 at most"
    )]
    Contact,
    /// A value of a channel that is none.
    #[error("this cannot be used as {kind}: {why}")]
    Value {
        /// What it was to be.
        kind: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
    /// It belongs to another carrier.
    #[error("this {0} belongs to another carrier, or to this one already; end it there first")]
    Taken(&'static str),
    /// A channel that would never count.
    #[error("a channel begins before it ends, and ends in the future")]
    Period,
    /// It ended before.
    #[error("this channel has ended")]
    Ended,
    /// Not certified.
    #[error(
        "the carrier has not passed the certification of all its formats since they last changed; \
         let it pass, or say why it goes live without"
    )]
    NotCertified,
    /// A reason that is too long, or missing.
    #[error("say why in 1 to 2000 characters")]
    Reason,
    /// It has this status.
    #[error("the carrier has this status already")]
    SameStatus,
}

impl App {
    /// Everybody who is enrolled, as the ways in see it now.
    pub fn registry(&self) -> std::sync::Arc<Registry> {
        self.core.carriers.now(&self.core.store)
    }

    /// Every carrier, by short name.
    pub fn carriers(&self, grant: &Grant) -> Result<Vec<CarrierView>, AppError> {
        only(grant, &[Act::CarrierRead])?;
        self.core.store.read(views)
    }

    /// One carrier.
    pub fn carrier(&self, grant: &Grant, handle: &str) -> Result<CarrierView, AppError> {
        only(grant, &[Act::CarrierRead, Act::CarrierPut])?;
        self.core.store.read(|tx| view(tx, handle))
    }

    /// Every version of a carrier, newest first.
    pub fn carrier_history(
        &self,
        grant: &Grant,
        handle: &str,
    ) -> Result<Vec<CarrierRow>, AppError> {
        only(grant, &[Act::CarrierRead])?;
        Ok(self.core.store.read(|tx| tx.carrier_history(handle))?)
    }

    /// Whom to call at a carrier.
    pub fn carrier_contacts(&self, grant: &Grant, handle: &str) -> Result<Vec<Contact>, AppError> {
        let text = self.core.store.write(|tx| {
            let text = tx.carrier_contacts(grant, handle)?;
            tx.audit_append(&[Event::granted(grant, object(handle), "ok")])?;
            Ok::<_, AppError>(text)
        })?;
        if text.is_empty() {
            return Ok(Vec::new());
        }
        let read = serde_json::from_str(&text);
        let damaged = |_| StoreError::Damaged {
            what: "a carrier's contacts".into(),
        };
        Ok(read.map_err(damaged)?)
    }

    /// Enrols a carrier. Its messages are decoded and answered, and nothing of them is kept, until
    /// it goes live.
    pub fn carrier_enrol(
        &self,
        grant: &Grant,
        handle: &str,
        details: &CarrierDetails,
    ) -> Result<CarrierRow, AppError> {
        only(grant, &[Act::CarrierPut])?;
        if !is_handle(handle) {
            return Err(CarrierRefusal::Handle(handle.to_owned()).into());
        }
        self.carrier_write(|tx| {
            if !tx.carrier_history(handle)?.is_empty() {
                return Err(CarrierRefusal::Known(handle.to_owned()).into());
            }
            put(tx, grant, row_of(grant, handle, details), details)
        })
    }

    /// Changes what is known of a carrier; `version` is the one that was seen.
    pub fn carrier_change(
        &self,
        grant: &Grant,
        handle: &str,
        version: i64,
        details: &CarrierDetails,
    ) -> Result<CarrierRow, AppError> {
        only(grant, &[Act::CarrierPut])?;
        self.carrier_write(|tx| {
            let known = view(tx, handle)?.row;
            let row = CarrierRow {
                version: version + 1,
                status: known.status,
                ..row_of(grant, handle, details)
            };
            put(tx, grant, row, details)
        })
    }

    /// Lets a carrier go live, puts it back to test, or ends it. Without a passed certification of
    /// its formats it goes live only for a reason.
    pub fn carrier_status(
        &self,
        grant: &Grant,
        handle: &str,
        version: i64,
        status: CarrierStatus,
        reason: &str,
    ) -> Result<CarrierRow, AppError> {
        only(grant, &[Act::CarrierPut])?;
        let reason = reason.trim();
        if reason.chars().count() > 2000 {
            return Err(CarrierRefusal::Reason.into());
        }
        self.carrier_write(|tx| {
            let known = view(tx, handle)?.row;
            if known.status == status {
                return Err(CarrierRefusal::SameStatus.into());
            }
            if status == CarrierStatus::Live
                && reason.is_empty()
                && !certify::is_certified(tx, &known)?
            {
                return Err(CarrierRefusal::NotCertified.into());
            }
            let row = CarrierRow {
                version: version + 1,
                status,
                reason: reason.to_owned(),
                put: signed(grant),
                ..known
            };
            keep(tx, grant, row, None)
        })
    }

    /// Gives a carrier something by which it is known, from `starts_at` to before `ends_at`. Those
    /// that it has stay valid.
    pub fn channel_add(
        &self,
        grant: &Grant,
        handle: &str,
        kind: ChannelKind,
        value: &str,
        (starts_at, ends_at): (Option<Timestamp>, Option<Timestamp>),
    ) -> Result<ChannelRow, AppError> {
        only(grant, &[Act::CarrierPut])?;
        let value = channel_value(kind, value)?;
        // A certificate says itself when it ends.
        let ends_at = match kind {
            ChannelKind::As4Certificate => Some(certificate_end(&value, grant.at(), ends_at)?),
            _ => ends_at,
        };
        let starts_at = starts_at.unwrap_or(grant.at()).max(grant.at());
        if ends_at.is_some_and(|ends| ends <= starts_at) {
            return Err(CarrierRefusal::Period.into());
        }
        let row = ChannelRow {
            id: Id::of_record(&["channel", handle, kind.name(), &value], grant.at(), &[]),
            handle: handle.to_owned(),
            kind,
            value,
            starts_at,
            ends_at,
            put: signed(grant),
            ended: None,
        };
        self.carrier_write(|tx| {
            view(tx, handle)?;
            for known in tx.channel_list()? {
                let lasts = known.ends_at.is_none_or(|ends| ends > row.starts_at);
                let before = row.ends_at.is_none_or(|ends| known.starts_at < ends);
                let shared = is_shared(kind) && known.handle != handle;
                if known.kind == kind && known.value == row.value && lasts && before && !shared {
                    return Err(CarrierRefusal::Taken(kind.name()).into());
                }
            }
            tx.channel_insert(&row)?;
            let what = row.id.display("chn");
            let detail = format!("ok channel={what} kind={}", kind.name());
            tx.audit_append(&[Event::granted(grant, object(handle), detail)])?;
            Ok(row)
        })
    }

    /// Says when a channel ends: at once, or at an instant ahead.
    pub fn channel_end(
        &self,
        grant: &Grant,
        handle: &str,
        id: Id,
        at: Option<Timestamp>,
    ) -> Result<(), AppError> {
        only(grant, &[Act::CarrierPut])?;
        let at = at.unwrap_or(grant.at());
        if at < grant.at() {
            return Err(CarrierRefusal::Period.into());
        }
        self.carrier_write(|tx| {
            let known = view(tx, handle)?.channels;
            if !known.iter().any(|row| row.id == id) {
                return Err(StoreError::NotFound { what: "channel" }.into());
            }
            if !tx.channel_end(id, at, &signed(grant))? {
                return Err(CarrierRefusal::Ended.into());
            }
            let detail = format!("ok channel={} ends_at={at}", id.display("chn"));
            tx.audit_append(&[Event::granted(grant, object(handle), detail)])?;
            Ok(())
        })
    }

    /// Writes, and lets the ways in of this program know at once.
    fn carrier_write<T>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, AppError>,
    ) -> Result<T, AppError> {
        let done = self.core.store.write(work)?;
        self.core.carriers.forget();
        Ok(done)
    }
}

/// How the log names a carrier.
fn object(handle: &str) -> String {
    format!("carrier:{handle}")
}

fn views(tx: &mut Tx<'_>) -> Result<Vec<CarrierView>, AppError> {
    let mut channels = tx.channel_list()?;
    let view = |row: CarrierRow| {
        let own = |channel: &mut ChannelRow| channel.handle == row.handle;
        let channels = channels.extract_if(.., own).collect();
        CarrierView { row, channels }
    };
    Ok(tx.carrier_list()?.into_iter().map(view).collect())
}

fn view(tx: &mut Tx<'_>, handle: &str) -> Result<CarrierView, AppError> {
    let known = views(tx)?
        .into_iter()
        .find(|view| view.row.handle == handle);
    known.ok_or_else(|| StoreError::NotFound { what: "carrier" }.into())
}

fn row_of(grant: &Grant, handle: &str, details: &CarrierDetails) -> CarrierRow {
    let codes = |list: &[String]| -> Vec<String> {
        let mut codes: Vec<String> = list.iter().map(|code| code.trim().to_owned()).collect();
        codes.retain(|code| !code.is_empty());
        codes
    };
    CarrierRow {
        handle: handle.to_owned(),
        version: 1,
        name: details.name.trim().to_owned(),
        operates: codes(&details.operates),
        markets: codes(&details.markets),
        senders: codes(&details.senders),
        for_others: details.for_others,
        formats: codes(&details.formats),
        languages: codes(&details.languages),
        status: CarrierStatus::Test,
        reason: String::new(),
        put: signed(grant),
    }
}

fn put(
    tx: &mut Tx<'_>,
    grant: &Grant,
    row: CarrierRow,
    details: &CarrierDetails,
) -> Result<CarrierRow, AppError> {
    check(&row)?;
    for other in tx.carrier_list()? {
        let flown = |code: &&String| other.operates.contains(code);
        match row.operates.iter().find(flown) {
            Some(code) if other.handle != row.handle && other.status != CarrierStatus::Ended => {
                return Err(CarrierRefusal::TakenDesignator(code.clone()).into());
            }
            _ => {}
        }
    }
    let contacts = details.contacts.as_deref().map(contacts_text).transpose()?;
    keep(tx, grant, row, contacts.as_deref())
}

fn keep(
    tx: &mut Tx<'_>,
    grant: &Grant,
    row: CarrierRow,
    contacts: Option<&str>,
) -> Result<CarrierRow, AppError> {
    let current = tx
        .carrier_history(&row.handle)?
        .first()
        .map_or(0, |it| it.version);
    if row.version != current + 1 || !tx.carrier_put(grant, &row, contacts)? {
        return Err(StoreError::Stale { current }.into());
    }
    let (status, version) = (row.status.name(), row.version);
    let why = if row.reason.is_empty() {
        ""
    } else {
        " reason=given"
    };
    let detail = format!("ok status={status} version={version}{why}");
    tx.audit_append(&[Event::granted(grant, object(&row.handle), detail)])?;
    Ok(row)
}

fn is_handle(handle: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=32).contains(&handle.len()) && handle.bytes().all(plain)
}

fn check(row: &CarrierRow) -> Result<(), CarrierRefusal> {
    use CarrierRefusal as R;
    if !(1..=200).contains(&row.name.chars().count()) {
        return Err(R::Name);
    }
    let mut codes = row.operates.iter().chain(&row.markets);
    if let Some(code) = codes.find(|code| Carrier::parse(code).is_err()) {
        return Err(R::Designator(code.clone()));
    }
    if row.operates.is_empty() && !row.for_others {
        return Err(R::NoDesignator);
    }
    let in_envelope = |it: &&String| it.len() > 35 || !it.bytes().all(|b| b.is_ascii_graphic());
    if let Some(name) = row.senders.iter().find(in_envelope) {
        return Err(R::Envelope(name.clone()));
    }
    let unknown = |it: &&String| !CARRIER_FORMATS.contains(&it.as_str());
    if let Some(format) = row.formats.iter().find(unknown) {
        return Err(R::Format(format.clone()));
    }
    let is_language = |it: &String| it.len() == 2 && it.bytes().all(|b| b.is_ascii_lowercase());
    if row.formats.is_empty() || row.languages.is_empty() || !row.languages.iter().all(is_language)
    {
        return Err(R::NoFormat);
    }
    Ok(())
}

fn contacts_text(contacts: &[Contact]) -> Result<String, CarrierRefusal> {
    let holds = |contact: &Contact| {
        let name = contact.name.trim().chars().count();
        let rest = [&contact.mail, &contact.phone];
        CONTACT_ROLES.contains(&contact.role.as_str())
            && (1..=200).contains(&name)
            && rest.iter().all(|text| text.chars().count() <= 200)
    };
    if contacts.len() > 20 || !contacts.iter().all(holds) {
        return Err(CarrierRefusal::Contact);
    }
    Ok(serde_json::to_string(contacts).expect("contacts are plain data"))
}

/// Whether several carriers may have the same: an authority signs for many, a network's address or
/// designator says nothing by itself.
fn is_shared(kind: ChannelKind) -> bool {
    use ChannelKind as K;
    matches!(kind, K::SshAuthority | K::SshRevoked | K::Designator)
}

/// A value as it is compared. Comments behind keys go: people put their names into them.
fn channel_value(kind: ChannelKind, text: &str) -> Result<String, CarrierRefusal> {
    use ChannelKind as K;
    let text = text.trim();
    let wrong = |why| {
        Err(CarrierRefusal::Value {
            kind: kind.name(),
            why,
        })
    };
    if text.is_empty() || text.len() > LONGEST {
        return wrong("it has 1 to 4096 characters");
    }
    let upper = |it: u8| it.is_ascii_uppercase() || it.is_ascii_digit();
    match kind {
        K::SshKey | K::SshAuthority | K::SshRevoked => {
            let mut words = text.split_ascii_whitespace();
            match (words.next(), words.next()) {
                (Some(algorithm), Some(key)) if is_ssh_key(algorithm, key) => {
                    Ok(format!("{algorithm} {key}"))
                }
                _ => wrong("it is the one line of a file that ends in .pub"),
            }
        }
        K::Address => match text.parse::<IpAddr>() {
            Ok(address) => Ok(address.to_canonical().to_string()),
            Err(_) => wrong("it is an IP address, such as 192.0.2.7"),
        },
        K::Origin => {
            let place = text.as_bytes().iter().take(3).all(u8::is_ascii_uppercase);
            match text.len() == 7 && place && text.bytes().all(upper) {
                true => Ok(text.to_owned()),
                false => wrong("it is an address of seven letters and digits, such as REKOPZQ"),
            }
        }
        K::Designator => match text.len() == 2 && text.bytes().all(upper) {
            true => Ok(text.to_owned()),
            false => wrong("it is two letters or digits, such as ZQ"),
        },
        K::As4Certificate => match Certificate::read_text(text) {
            Ok(certificate) => Ok(certificate.line()),
            Err(_) => wrong(
                "it is the PEM file of one certificate that may sign, of an RSA key of 2048 bits or \
                 more, or of P-256, P-384 or Ed25519",
            ),
        },
        K::As4Endpoint => match is_endpoint(text) {
            true => Ok(text.to_owned()),
            false => wrong("it is an address such as https://as4.example/msh"),
        },
        K::As4Party | K::Way | K::Account => match text.bytes().all(|b| b.is_ascii_graphic()) {
            true => Ok(text.to_owned()),
            false => wrong("it is one word"),
        },
    }
}

/// When a certificate counts no more: when it ends itself, or before.
fn certificate_end(
    line: &str,
    now: Timestamp,
    told: Option<Timestamp>,
) -> Result<Timestamp, CarrierRefusal> {
    let ends = Certificate::read_text(line).map(|it| it.until());
    let ends = ends.unwrap_or(Timestamp::MIN);
    match ends > now {
        true => Ok(told.map_or(ends, |told| told.min(ends))),
        false => Err(CarrierRefusal::Value {
            kind: ChannelKind::As4Certificate.name(),
            why: "the certificate has expired",
        }),
    }
}

/// Whether a text is an address to which answers go: under TLS, or at this very machine.
fn is_endpoint(text: &str) -> bool {
    let here = ["http://127.0.0.1", "http://[::1]", "http://localhost"];
    let here = here.iter().find_map(|it| text.strip_prefix(it));
    let here = here.is_some_and(|rest| rest.starts_with([':', '/']));
    let host = text.strip_prefix("https://").unwrap_or_default();
    let far = host.starts_with(|it: char| it.is_ascii_alphanumeric() || it == '[');
    (here || far) && text.bytes().all(|it| it.is_ascii_graphic()) && !text.contains(['@', '#'])
}

/// Whether a text of base 64 is a key of this algorithm: it begins with the algorithm's name behind
/// its length. Whoever uses the key reads the rest.
fn is_ssh_key(algorithm: &str, key: &str) -> bool {
    const BEGINS: &[&str] = &["ssh-", "ecdsa-sha2-", "sk-"];
    let known = BEGINS.iter().any(|begin| algorithm.starts_with(begin));
    let digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let (digits, padding) = key.split_at(key.trim_end_matches('=').len());
    known
        && key.len().is_multiple_of(4)
        && padding.len() <= 2
        && digits.bytes().all(digit)
        && digits.len() > algorithm.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn value(kind: ChannelKind, text: &str, expect: Option<&str>) {
        assert_eq!(channel_value(kind, text).ok().as_deref(), expect, "{text}");
    }

    #[test]
    fn what_a_channel_holds_is_compared_in_one_form_and_names_nobody() {
        use ChannelKind as K;
        let key = "AAAAC3NzaC1lZDI1NTE5AAAAIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g";
        let line = format!("ssh-ed25519 {key}");
        value(K::SshKey, &format!(" {line}  jean@laptop \n"), Some(&line));
        value(K::SshKey, "ssh-ed25519", None);
        value(K::SshKey, "ssh-ed25519 !!!!", None);
        value(K::SshKey, &format!("from=\"*\" {line}"), None);
        value(K::Address, "::ffff:192.0.2.7", Some("192.0.2.7"));
        value(K::Address, "mq.example", None);
        value(K::Origin, "REKOPZQ", Some("REKOPZQ"));
        value(K::Origin, "rekopzq", None);
        value(K::Designator, "ZQ", Some("ZQ"));
        value(K::Designator, "ZQQ", None);
        value(K::Way, "zq queue", None);
        value(K::Account, "", None);
        value(K::As4Certificate, "-----BEGIN CERTIFICATE-----", None);
        value(K::As4Party, "urn:zq", Some("urn:zq"));
        let endpoint = "https://as4.example:8443/msh";
        value(K::As4Endpoint, endpoint, Some(endpoint));
        value(K::As4Endpoint, "http://[::1]:1/", Some("http://[::1]:1/"));
        for none in [
            "http://as4.example/",
            "http://127.0.0.1.example/",
            "https://",
            "ftp://x/",
        ] {
            value(K::As4Endpoint, none, None);
        }
        value(K::As4Endpoint, "https://as4.example@x9.example/", None);
    }
}
