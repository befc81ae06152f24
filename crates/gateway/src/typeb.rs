//! Type B telegrams at a station of ours: who may send them, and what is sent back.
//!
//! - In: telegrams, whole, from the [`line`] and from [`matip`]. Out: telegrams back: the answers
//!   that were agreed, and behind them one line, `ACK DIGEST STATUS`.
//! - Source: IATA/SITA Type B message format, as far as it is public. The network's own protection of
//!   messages (BATAP) is not, so that the acknowledgement is ours, and is agreed with a carrier.
//! - Invariants: an acknowledgement that is not `LATER` is sent when the telegram is durable, or
//!   refused for good; nothing of what a sender wrote stands in it but an address of seven letters
//!   and digits, so that no heading can be smuggled into an answer.

mod line;
mod matip;

use crate::answers::digest;
use crate::desk::Waiting;
use crate::listen::{self, Each, Limits, Room};
use crate::{Desk, Ends, Fault, Transport};
use jiff::Timestamp;
use oriel_app::{Enrolled, Sender, Status};
use oriel_store::{ChannelKind, NoticeRow};
use serde::Deserialize;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;

/// By what telegrams come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Protocol {
    Line,
    Matip,
}

impl Protocol {
    /// As the configuration calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Matip => "matip",
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Name of this way in.
    name: String,
    /// Address to listen on; the port that is assigned to MATIP is 351.
    listen: SocketAddr,
    /// Our address in the network.
    address: String,
    #[serde(default)]
    limits: Limits,
}

/// A port of ours at which carriers' machines send telegrams.
struct Port {
    name: String,
    protocol: Protocol,
    address: String,
    listener: Option<TcpListener>,
    limits: Limits,
}

/// Takes the address of a line.
pub(crate) fn line(table: toml::Table) -> Result<Box<dyn Transport>, Fault> {
    open(Protocol::Line, table)
}

/// Takes the address of MATIP.
pub(crate) fn matip(table: toml::Table) -> Result<Box<dyn Transport>, Fault> {
    open(Protocol::Matip, table)
}

fn open(protocol: Protocol, table: toml::Table) -> Result<Box<dyn Transport>, Fault> {
    let settings: Settings = crate::settings(table)?;
    let (name, limits) = (settings.name, settings.limits);
    let address = settings.address;
    if !is_address(address.as_bytes()) {
        return Err(Fault::Settings(format!(
            "{address:?} is no address of a station, such as XOGAPZQ"
        )));
    }
    Ok(Box::new(Port {
        listener: Some(listen::bind(&name, settings.listen)?),
        protocol,
        address,
        limits,
        name,
    }))
}

impl Transport for Port {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&mut self, desk: &Desk, ends: &Ends) {
        let Some(listener) = self.listener.take() else {
            return;
        };
        let (limits, protocol) = (self.limits, self.protocol);
        let station = Station {
            address: self.address.clone(),
            way: format!("{} {}", protocol.name(), self.name),
            desk: desk.clone(),
            rooms: Arc::new(Each::new(limits)),
        };
        listen::run(&self.name, ends, |told| {
            listen::receive(listener, limits, told, move |stream, from, told| {
                let station = station.clone();
                async move {
                    let kind = protocol.name();
                    let Some(from) = station.subscriber(from.ip()) else {
                        tracing::warn!(kind, "somebody unknown came");
                        return;
                    };
                    let talked = match protocol {
                        Protocol::Line => line::talk(stream, &station, &from, limits, told).await,
                        Protocol::Matip => matip::talk(stream, &station, &from, limits, told).await,
                    };
                    if let Err(why) = talked {
                        let channel = &*from.channel;
                        tracing::warn!(channel, %why, "a connection ended early");
                    }
                }
            })
        });
    }
}

/// Our station in the network.
#[derive(Clone)]
pub(crate) struct Station {
    /// Its address there.
    address: String,
    /// Kind and name of the way in.
    way: String,
    desk: Desk,
    /// For what each carrier has not sent whole.
    rooms: Arc<Each<Room>>,
}

/// A carrier whose machine is connected.
#[derive(Debug)]
pub(crate) struct Subscriber {
    channel: String,
    /// Of its machine.
    from: IpAddr,
    /// Its short name.
    handle: String,
    room: Arc<Room>,
}

/// What stands in an acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Accepted,
    Duplicate,
    Refused,
    /// Sent under an address that is not this carrier's, or under two.
    Origin,
    /// Nothing was kept: to be sent again.
    Later,
}

impl Told {
    fn name(self) -> &'static str {
        match self {
            Self::Accepted => "ACCEPTED",
            Self::Duplicate => "DUPLICATE",
            Self::Refused => "REFUSED",
            Self::Origin => "ORIGIN",
            Self::Later => "LATER",
        }
    }
}

/// A notice in the letters of the network.
fn in_seven_bits(notice: &NoticeRow) -> String {
    let at = |at: Option<Timestamp>| {
        at.map_or(String::new(), |at| at.strftime("%d%b%y %H%M").to_string())
    };
    let text = format!(
        "NOTICE {} {} FOR {}\r\nFLIGHT {} {} {} {}\r\n{} DUE {}",
        notice.id.display("ntc"),
        notice.kind,
        notice.step,
        notice.flight,
        notice.from,
        notice.to,
        at(notice.departs_at),
        notice.push,
        at(notice.due_at),
    );
    let plain = |sign: char| sign.is_ascii_graphic() || matches!(sign, ' ' | '\r' | '\n');
    let letters = text
        .chars()
        .map(|sign| if plain(sign) { sign } else { '.' });
    letters.collect::<String>().to_ascii_uppercase()
}

impl Station {
    /// Who connects from an address.
    fn subscriber(&self, from: IpAddr) -> Option<Subscriber> {
        let carrier = self.carrier(from)?;
        let handle = carrier.row.handle.clone();
        let room = self.rooms.of(&handle, Ok::<_, Infallible>);
        Some(Subscriber {
            channel: format!("{} {handle}", self.way),
            from,
            handle,
            room: room.unwrap_or_else(|never| match never {}),
        })
    }

    /// Whose machine has an address now.
    fn carrier(&self, from: IpAddr) -> Option<Arc<Enrolled>> {
        let address = from.to_canonical().to_string();
        let registry = self.desk.registry();
        let known = registry.known_by(ChannelKind::Address, &address, self.desk.now());
        known.map(|(carrier, _)| Arc::clone(carrier))
    }

    /// What a carrier that is connected has of a kind now; connections may last for weeks.
    fn values(&self, from: &Subscriber, kind: ChannelKind) -> Vec<String> {
        let carrier = self.carrier(from.from);
        let rows = carrier
            .iter()
            .flat_map(|it| it.values(kind, self.desk.now()));
        rows.map(|row| row.value.clone()).collect()
    }

    /// Takes a telegram, and gives those that are sent back. Waits for the commit.
    async fn take(&self, from: &Subscriber, telegram: Vec<u8>) -> Vec<Vec<u8>> {
        let digest = digest(&telegram);
        let origins = Origins(self.values(from, ChannelKind::Origin));
        let to = origins.answers_to(&telegram).map(str::to_owned);
        let (told, answers) = self.tell(from, &origins, telegram).await;
        let acknowledgement = format!("ACK {} {}", digest.to_uppercase(), told.name());
        let texts = answers.into_iter().chain([acknowledgement.into_bytes()]);
        // A line is the carrier's to open, so that notices wait for its next telegram; the
        // acknowledgement stays the last.
        let mut telegrams: Vec<Vec<u8>> = Vec::new();
        let add = |one: Waiting<'_>| {
            let telegram = |text: &[u8]| self.telegram(to.as_deref(), text);
            match one {
                Waiting::Notice(notice) => {
                    if !notice.message.is_empty() {
                        telegrams.push(telegram(notice.message.as_bytes()));
                    }
                    telegrams.push(telegram(in_seven_bits(notice).as_bytes()));
                }
                Waiting::Unasked(change) => telegrams.push(telegram(&change.message)),
            }
            Ok::<_, Infallible>(())
        };
        let notify = || self.desk.notify(&from.handle, &from.channel, add);
        self.desk.in_turn(notify).await;
        telegrams.extend(texts.map(|text| self.telegram(to.as_deref(), &text)));
        telegrams
    }

    async fn tell(
        &self,
        from: &Subscriber,
        origins: &Origins,
        telegram: Vec<u8>,
    ) -> (Told, Vec<Vec<u8>>) {
        let channel = &*from.channel;
        let carrier = self.carrier(from.from);
        let Some(carrier) = carrier.filter(|carrier| carrier.row.handle == from.handle) else {
            tracing::warn!(channel, "the address is not this carrier's any more");
            return (Told::Origin, Vec::new());
        };
        if !origins.may_send(&telegram) {
            tracing::warn!(channel, "a telegram has the origin of somebody else");
            return (Told::Origin, Vec::new());
        }
        let sender = Sender::of(carrier);
        match self.desk.take(telegram, channel, sender, true).await {
            Ok(taken) if taken.is_late() => (Told::Later, taken.answers),
            Ok(taken) => {
                let statuses = || taken.receipt.messages.iter().map(|message| message.status);
                let told = match () {
                    () if !taken.accepted() => Told::Refused,
                    () if statuses().all(|status| status == Status::Duplicate) => Told::Duplicate,
                    () => Told::Accepted,
                };
                (told, taken.answers)
            }
            Err(later) => {
                let why: &dyn std::error::Error = &later;
                tracing::warn!(channel, why, "a telegram was not taken");
                (Told::Later, Vec::new())
            }
        }
    }

    /// A text with our heading before it; without one where nobody is to be addressed.
    fn telegram(&self, to: Option<&str>, text: &[u8]) -> Vec<u8> {
        let mut telegram = Vec::new();
        if let Some(to) = to {
            let filed = jiff::Timestamp::now().strftime("%d%H%M");
            let heading = format!("QK {to}\r\n.{} {filed}\r\n\x02", self.address);
            telegram.extend(heading.into_bytes());
        }
        telegram.extend(text);
        telegram.extend(b"\r\n");
        telegram
    }
}

/// Addresses under which a carrier sends; any where none were agreed.
struct Origins(Vec<String>);

impl Origins {
    /// Who is answered: whoever of this carrier sent it.
    fn answers_to<'a>(&'a self, telegram: &'a [u8]) -> Option<&'a str> {
        let first = self.0.first().map(String::as_str);
        match origins(telegram).next() {
            Some(origin) if first.is_none() || self.owns(origin) => Some(origin),
            _ => first,
        }
    }

    fn owns(&self, origin: &str) -> bool {
        self.0.iter().any(|known| known == origin)
    }

    /// Whether every heading in it is this carrier's, and there is one; anything is where no
    /// addresses were agreed.
    fn may_send(&self, telegram: &[u8]) -> bool {
        let mut origins = origins(telegram).peekable();
        self.0.is_empty() || (origins.peek().is_some() && origins.all(|origin| self.owns(origin)))
    }
}

/// Who sent it, as each of its lines says that begins like one of an origin: a point, an address,
/// and nothing or a blank behind it. Several where telegrams were joined, or smuggled in.
fn origins(telegram: &[u8]) -> impl Iterator<Item = &str> {
    let lines = telegram.split(|byte| matches!(byte, b'\r' | b'\n'));
    lines.filter_map(|line| {
        let line = line.trim_ascii_start();
        // Addresses and origin may share a line.
        let at = line.iter().position(|byte| *byte == b'.')?;
        let before = line[..at].trim_ascii_end();
        let (address, rest) = line[at + 1..].split_at_checked(7)?;
        let ends = rest.first().is_none_or(u8::is_ascii_whitespace);
        let before = before.split(u8::is_ascii_whitespace);
        let headed = before
            .into_iter()
            .all(|word| word.is_empty() || is_word(word));
        (ends && headed && is_address(address)).then(|| std::str::from_utf8(address).ok())?
    })
}

/// A priority, an address, or the word for a control character.
fn is_word(word: &[u8]) -> bool {
    is_address(word) || word.len() <= 3 && word.iter().all(u8::is_ascii_uppercase)
}

fn is_address(word: &[u8]) -> bool {
    let is_place = |byte: &u8| byte.is_ascii_uppercase();
    let is_rest = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    word.len() == 7 && word[..3].iter().all(is_place) && word[3..].iter().all(is_rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(telegram: &str, expect: &[&str]) {
        let found: Vec<&str> = origins(telegram.as_bytes()).collect();
        assert_eq!(found, expect, "{telegram:?}");
    }

    #[test]
    fn every_line_that_says_who_sent_it_is_found() {
        check("QK XOGAPZQ\r\n.REKOPZQ 040846\r\nUNB+UNOA", &["REKOPZQ"]);
        check("QK XOGAPZQ .NCE1A0S 040847/2\n", &["NCE1A0S"]);
        check("XOGAPZQ\n.REKOPZQ", &["REKOPZQ"]);
        check(
            "QK XOGAPZQ\n.REKOPZQ\nUNB+1'\nNNNN\n\nQK XOGAPZQ\r.MUCKMX9 010101\n",
            &["REKOPZQ", "MUCKMX9"],
        );
        for nobody in [
            "UNB+UNOA:4+ZQ'NAD+FL+++A.B'",
            "UNA:(.) -\n",
            ".rekopzq 040846",
            ".REKOPZQX",
            "1.REKOPZQ 040846",
            "",
        ] {
            check(nobody, &[]);
        }
    }

    #[test]
    fn who_has_addresses_sends_under_them_and_no_other() {
        let subscriber =
            |origins: &[&str]| Origins(origins.iter().map(|&origin| origin.to_owned()).collect());
        let own = b"QK XOGAPZQ\r\n.REKOPZQ 040846\r\nUNB";
        let smuggled = b"QK XOGAPZQ\r\n.REKOPZQ 040846\r\nUNB\r\nQK XOGAPZQ\r\n.MUCKMX9\r\nUNB";
        assert!(subscriber(&["REKOPZQ"]).may_send(own));
        assert!(!subscriber(&["REKOPZQ"]).may_send(smuggled));
        assert!(!subscriber(&["REKOPZQ"]).may_send(b"UNB+UNOA"));
        assert!(!subscriber(&["MUCKMX9"]).may_send(own));
        assert!(subscriber(&[]).may_send(b"UNB+UNOA"));
    }
}
