//! Which carriers are played, with what they show and the ways they use; and how an officer of carrier
//! liaison would enrol them.
//!
//! - Invariant: enrolling twice is enrolling once; each carrier gets what its ways need and no more.

use crate::output::{Exit, fail};
use anyhow::Context;
use oriel_app::{App, AppError, CarrierDetails, CarrierRefusal, NewMachine, Refusal};
use oriel_fleet::{Authority, Identity, Kind, Mailbox, Station, Way};
use oriel_policy::{Act, Actor, Role};
use oriel_store::{CarrierStatus, ChannelKind};
use std::path::{Path, PathBuf};

/// Days for which the key of a machine holds.
const DAYS: i64 = 365;

/// The carriers of a play.
pub(crate) struct Cast {
    pub(crate) stations: Vec<Station>,
    parts: Vec<Part>,
    folder: PathBuf,
}

/// Who a carrier is.
struct Part {
    handle: String,
    name: String,
    /// The designator of its flights; none of an agent, who brings messages of all.
    code: Option<&'static str>,
}

impl Cast {
    /// The invented carriers, or as many agents who send for them, with the ways of `urls` dealt out;
    /// what they show lies in `folder`.
    pub(crate) fn new(agents: Option<u16>, urls: &[String], folder: &Path) -> anyhow::Result<Self> {
        let parts: Vec<Part> = match agents {
            Some(count) => (0..count)
                .map(|n| Part {
                    handle: format!("agent-{n:03}"),
                    name: format!("HANDLING AGENT {n}"),
                    code: None,
                })
                .collect(),
            None => oriel_synth::carriers()
                .map(|(code, name)| Part {
                    handle: code.to_lowercase(),
                    name: name.to_owned(),
                    code: Some(code),
                })
                .collect(),
        };
        let mut stations = Vec::with_capacity(parts.len());
        for (number, part) in parts.iter().enumerate() {
            let ways = ways(urls, &part.handle, number)?;
            if ways.is_empty() {
                let text = format!("no --push is for the carrier {}", part.handle);
                return Err(fail(Exit::Configuration, text));
            }
            stations.push(Station {
                handle: part.handle.clone(),
                identity: Identity::open(&folder.join(&part.handle))?,
                ways,
            });
        }
        Ok(Self {
            stations,
            parts,
            folder: folder.to_owned(),
        })
    }

    /// Gives each a certificate to show over HTTPS.
    pub(crate) fn certify(&mut self) -> anyhow::Result<()> {
        let authority = Authority::open(&self.folder)?;
        for station in &mut self.stations {
            let folder = self.folder.join(&station.handle);
            let identity = station.identity.clone();
            station.identity = identity.certified(&folder, &station.handle, &authority)?;
        }
        Ok(())
    }

    /// The place of the one that sends what a carrier has to say.
    pub(crate) fn sends(&self, code: &str, number: usize) -> usize {
        let own = self.parts.iter().position(|part| part.code == Some(code));
        own.unwrap_or(number % self.parts.len())
    }

    /// Lets those that push over AS4 take their answers.
    pub(crate) fn answer_at(&self, mailbox: &Mailbox) {
        for station in &self.stations {
            mailbox.let_in(&station.handle, &station.identity);
        }
    }

    /// Whether one of them uses a way.
    pub(crate) fn uses(&self, kind: Kind) -> bool {
        let mut ways = self.stations.iter().flat_map(|station| &station.ways);
        ways.any(|way| way.kind == kind)
    }

    /// Enrols them all, live; answers of AS4 go to the port of this machine.
    pub(crate) fn enrol(&mut self, app: &App, answers: u16) -> anyhow::Result<()> {
        let officer = Actor::new("simulator", &[Role::CarrierLiaison]);
        for (number, (station, part)) in self.stations.iter_mut().zip(&self.parts).enumerate() {
            let handle = &*part.handle;
            let grant = app.authorize(&officer, Act::CarrierPut, None)?;
            if app.registry().named(handle).is_none() {
                let details = CarrierDetails {
                    name: part.name.clone(),
                    operates: part.code.iter().map(|&code| code.to_owned()).collect(),
                    for_others: part.code.is_none(),
                    formats: vec!["paxlst".to_owned(), "pnrgov".to_owned()],
                    languages: vec!["en".to_owned()],
                    ..CarrierDetails::default()
                };
                let row = app.carrier_enrol(&grant, handle, &details)?;
                let live = CarrierStatus::Live;
                app.carrier_status(&grant, handle, row.version, live, "an invented carrier")?;
            }
            let number = u16::try_from(number + 1).context("there are too many carriers")?;
            for (kind, value) in channels(station, number, answers) {
                match app.channel_add(&grant, handle, kind, &value, (None, None)) {
                    Ok(_) | Err(AppError::Carrier(CarrierRefusal::Taken(_))) => {}
                    Err(fault) => return Err(fault.into()),
                }
            }
            if station.ways.iter().any(|way| way.kind == Kind::Https) {
                let account = app.account_put(handle, &part.name, &[Role::Carrier], None)?;
                let new = NewMachine {
                    name: "simulator",
                    days: DAYS,
                };
                let (_, token) = app.machine_key_make(&app.console(), &account.id, new)?;
                if let Some(fingerprint) = station.identity.fingerprint() {
                    let console = app.console();
                    match app.machine_certificate_bind(&console, &account.id, new, &fingerprint) {
                        Ok(_) | Err(AppError::Account(Refusal::KnownCertificate)) => {}
                        Err(fault) => return Err(fault.into()),
                    }
                }
                let folder = self.folder.join(handle);
                let identity = station.identity.clone();
                station.identity = identity.keep(&folder, Some(token.expose()), None)?;
            }
        }
        Ok(())
    }

    /// Keeps the password of the broker with every carrier that uses one.
    pub(crate) fn give_password(&mut self, password: &str) -> anyhow::Result<()> {
        for station in &mut self.stations {
            let folder = self.folder.join(&station.handle);
            let identity = station.identity.clone();
            station.identity = identity.keep(&folder, None, Some(password))?;
        }
        Ok(())
    }
}

/// By what a carrier is known, as its ways need it.
fn channels(station: &Station, number: u16, answers: u16) -> Vec<(ChannelKind, String)> {
    let handle = &station.handle;
    let mut channels = Vec::new();
    for way in &station.ways {
        match way.kind {
            Kind::Sftp => channels.push((ChannelKind::SshKey, station.identity.ssh_public())),
            Kind::Line | Kind::Matip => {
                let address = Station::address(number).to_string();
                channels.push((ChannelKind::Address, address));
                channels.push((ChannelKind::Origin, Station::origin(number)));
            }
            Kind::Folder => channels.push((ChannelKind::Way, format!("{handle}-folder"))),
            Kind::Queue => channels.push((ChannelKind::Way, format!("{handle}-queue"))),
            Kind::Https => channels.push((ChannelKind::Account, handle.clone())),
            Kind::As4 => {
                let certificate = station.identity.as4_certificate().to_owned();
                channels.push((ChannelKind::As4Certificate, certificate));
                let endpoint = format!("http://127.0.0.1:{answers}/{handle}");
                channels.push((ChannelKind::As4Endpoint, endpoint));
            }
        }
    }
    channels
}

/// The ways of one carrier: those that name it behind `#`, then the others, which are dealt out so
/// that each carrier begins with another.
fn ways(urls: &[String], handle: &str, number: usize) -> anyhow::Result<Vec<Way>> {
    let mut own = Vec::new();
    let mut dealt = Vec::new();
    for url in urls {
        match url.split_once('#') {
            Some((url, names)) if names.split(',').any(|it| is_named(it, handle, number)) => {
                own.push(url);
            }
            Some(_) => {}
            None => dealt.push(&**url),
        }
    }
    let begin = number.checked_rem(dealt.len()).unwrap_or(0);
    dealt.rotate_left(begin);
    own.extend(dealt);
    let read = own.into_iter().map(|url| Way::read(url, handle, number));
    let read: Result<Vec<Way>, _> = read.collect();
    read.map_err(|fault| fail(Exit::Configuration, fault.to_string()))
}

/// Whether a short name, or a span of places such as `0-79`, names a carrier.
fn is_named(name: &str, handle: &str, number: usize) -> bool {
    let span = name.split_once('-').and_then(|(from, to)| {
        let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
        Some(from..=to)
    });
    name == handle || span.is_some_and(|span| span.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(urls: &[&str], handle: &str, number: usize, expect: &[Kind]) {
        let urls: Vec<String> = urls.iter().map(|&url| url.to_owned()).collect();
        let ways = ways(&urls, handle, number).unwrap();
        let kinds: Vec<Kind> = ways.iter().map(|way| way.kind).collect();
        assert_eq!(kinds, expect, "{handle}");
    }

    #[test]
    fn ways_are_dealt_out_and_those_that_name_a_carrier_come_first() {
        let all = ["http://w", "sftp://w", "file:///srv/{carrier}#zq,x9"];
        check(&all, "zq", 0, &[Kind::Folder, Kind::Https, Kind::Sftp]);
        check(&all, "x9", 1, &[Kind::Folder, Kind::Sftp, Kind::Https]);
        check(&all, "q0", 2, &[Kind::Https, Kind::Sftp]);
        check(&["matip://w#3-5"], "agent-004", 4, &[Kind::Matip]);
        check(&["matip://w#3-5"], "agent-006", 6, &[]);
    }
}
