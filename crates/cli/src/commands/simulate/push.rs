//! `oriel simulate --push`: the invented traffic sent over the ways in, by carriers who behave as
//! carriers do; and what they saw.

use super::WorldArgs;
use super::cast::Cast;
use crate::commands::keys::KeyArgs;
use crate::commands::{Format, Place, system_clock};
use crate::output::{Exit, complain, fail, print};
use anyhow::Context;
use jiff::SignedDuration;
use oriel_fleet::{Count, Item, Kind, Mailbox, Manners, Play, Report, Sight, What};
use oriel_synth::Transmission;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::json;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

#[derive(Debug, clap::Args)]
pub(crate) struct PushArgs {
    /// Sends the traffic to this way in; several are dealt out among the carriers. `{carrier}` and
    /// `{number}` stand for the one that sends; `#zq,x9` or `#0-4` behind it names who uses it first.
    #[arg(long, value_name = "URL", conflicts_with = "out")]
    push: Vec<String>,
    /// Folder with what the carriers show, one folder each; made where it is not there.
    #[arg(long, value_name = "DIR", default_value = "target/carriers")]
    identities: PathBuf,
    /// Enrols the carriers in this store first.
    #[arg(long, value_name = "DIR|URL")]
    enrol: Option<String>,
    #[command(flatten)]
    keys: KeyArgs,
    /// Handling agents that send instead of the carriers themselves.
    #[arg(long, value_name = "N")]
    agents: Option<u16>,
    /// Address of this machine at which answers of AS4 are taken.
    #[arg(long, default_value = "127.0.0.1:8489")]
    answers: SocketAddr,
    /// Over HTTPS carriers show certificates instead of keys, by the authority that is made in the
    /// folder of `--identities`: `authority.pem` there is the window's `client_ca`.
    #[arg(long)]
    certificates: bool,
    /// Of a hundred transmissions, those before which a certificate is shown that is another
    /// authority's, another carrier's or expired.
    #[arg(long, default_value_t = 2, value_name = "PERCENT")]
    wrong_certificates: u8,
    /// Authorities of the window's certificates, PEM.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// File whose first line is the carriers' password at the broker.
    #[arg(long, value_name = "FILE")]
    broker_password_file: Option<PathBuf>,
    /// In how many minutes the traffic is sent.
    #[arg(long, default_value_t = 5.0)]
    minutes: f64,
    /// So many transmissions a minute, evenly, instead of the whole traffic as its days bring it.
    #[arg(long, value_name = "N")]
    rate: Option<u32>,
    /// A fifth of it comes so many times as fast as the rest.
    #[arg(long, default_value_t = 1.0, value_name = "TIMES")]
    rush: f64,
    /// Of a hundred transmissions, those that are sent once more.
    #[arg(long, default_value_t = 5, value_name = "PERCENT")]
    repeats: u8,
    /// Of a hundred, those whose first try is broken off before it is answered.
    #[arg(long, default_value_t = 3, value_name = "PERCENT")]
    broken_off: u8,
    /// Of a hundred, those that somebody tries to send first whom nobody knows.
    #[arg(long, default_value_t = 1, value_name = "PERCENT")]
    strangers: u8,
    /// By how much the carriers' clocks go wrong at most.
    #[arg(long, default_value_t = 90, value_name = "SECONDS")]
    skew: u32,
    /// How long an answer is waited for.
    #[arg(long, default_value_t = 30.0, value_name = "SECONDS")]
    patience: f64,
    /// How long a carrier tries by one way before it takes another.
    #[arg(long, default_value_t = 60.0, value_name = "SECONDS")]
    insists: f64,
    /// A question at check-in that is not answered for so long, or put off, is told as a list by the
    /// carrier's next way; without it, questions are asked until they are answered.
    #[arg(long, value_name = "SECONDS")]
    batch_after: Option<f64>,
    /// How long it is tried after the last was due.
    #[arg(long, default_value_t = 120.0, value_name = "SECONDS")]
    ends: f64,
    /// Writes what each carrier saw, one object a line.
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,
    /// How to print the report: text on a terminal, JSON elsewhere unless told.
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// Until when every node has heard of who is enrolled.
const HEARD: Duration = Duration::from_millis(2_500);

/// What is sent when.
pub(crate) fn items(cast: &Cast, world: &oriel_synth::World, minutes: f64, rush: f64) -> Vec<Item> {
    let all: Vec<_> = world.transmissions().collect();
    let (Some(first), Some(last)) = (all.first(), all.last()) else {
        return Vec::new();
    };
    let (first, span) = (first.due, last.due.duration_since(first.due).as_secs_f64());
    let item = |(number, sent): (usize, Transmission)| {
        let share = sent.due.duration_since(first).as_secs_f64() / span.max(1.0);
        let due = Duration::from_secs_f64(rushed(share, rush) * minutes * 60.0);
        item_of(cast, number, sent, due)
    };
    all.into_iter().enumerate().map(item).collect()
}

/// One transmission, named as its file is.
pub(crate) fn item_of(cast: &Cast, number: usize, sent: Transmission, due: Duration) -> Item {
    Item {
        station: cast.sends(sent.carrier, number),
        due,
        name: sent.path.replace('/', "-"),
        list: sent.as_list(),
        bytes: sent.bytes,
    }
}

/// The share of time that has passed when a share of the traffic is sent, where the middle fifth comes
/// `times` as fast as the rest.
fn rushed(share: f64, times: f64) -> f64 {
    let usual = 1.0 / (0.8 + 0.2 / times);
    let middle = (share - 0.4).clamp(0.0, 0.2);
    usual * (share - middle + middle / times)
}

pub(crate) fn run(args: &PushArgs, world: WorldArgs) -> anyhow::Result<Exit> {
    if !(args.minutes > 0.0 && args.minutes < 1e6 && args.rush >= 1.0) {
        let text = "--minutes is more than nothing, and --rush is 1 or more";
        return Err(fail(Exit::Configuration, text));
    }
    let mut cast = Cast::new(args.agents, &args.push, &args.identities)?;
    if args.certificates {
        cast.certify()?;
    }
    if let Some(path) = &args.broker_password_file {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("could not read {}", path.display()))?;
        cast.give_password(text.lines().next().unwrap_or_default())?;
    }
    if let Some(data) = &args.enrol {
        let place = Place {
            keys: args.keys.clone(),
            ..Place::invented(data.clone())
        };
        let app = place.open(true, system_clock())?;
        cast.enrol(&app, args.answers.port())?;
        complain(&format!("{} carriers are enrolled", cast.stations.len()));
        std::thread::sleep(HEARD);
    }
    let tls = args.ca.as_deref().map(trusting).transpose()?;
    let world = world.world();
    let watch = watch(args.log.as_deref(), &cast)?;
    let seconds = Duration::from_secs_f64;
    let manners = Manners {
        seed: 1,
        repeats: args.repeats,
        broken_off: args.broken_off,
        strangers: args.strangers,
        wrong_certificates: args.wrong_certificates,
        skew: SignedDuration::from_secs(args.skew.into()),
        patience: seconds(args.patience),
        insists: seconds(args.insists),
        batch_after: args.batch_after.map(seconds),
        ends: seconds(args.ends),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(async {
        let clock = system_clock();
        let mailbox = match cast.uses(Kind::As4) {
            true => Some(Mailbox::open(args.answers, Arc::clone(&clock)).await?),
            false => None,
        };
        if let Some(mailbox) = &mailbox {
            cast.answer_at(mailbox);
        }
        let stations = std::mem::take(&mut cast.stations);
        let items: Box<dyn Iterator<Item = Item> + Send> = match args.rate {
            None => Box::new(items(&cast, &world, args.minutes, args.rush).into_iter()),
            Some(rate) => Box::new(evenly(&cast, &world, f64::from(rate), args)),
        };
        let play = Play {
            stations,
            manners,
            clock,
            tls,
            mailbox,
            watch,
        };
        Ok::<_, anyhow::Error>(play.run(items).await)
    })?;
    runtime.shutdown_background();
    if Format::chosen(args.format).is_json() {
        print(&json(&report)?.to_string())?;
    } else {
        print(&text(&report))?;
    }
    Ok(match report.all.is_well() {
        true => Exit::Clean,
        false => Exit::Found,
    })
}

/// So many a minute, in the order of the traffic, as long as there is any.
fn evenly<'a>(
    cast: &'a Cast,
    world: &'a oriel_synth::World,
    rate: f64,
    args: &PushArgs,
) -> impl Iterator<Item = Item> + Send + use<'a> {
    let (minutes, rush) = (args.minutes, args.rush);
    let count = (rate * minutes) as usize;
    let all = world.transmissions().take(count).enumerate();
    all.map(move |(number, sent)| {
        let share = rushed(number as f64 / count as f64, rush);
        let due = Duration::from_secs_f64(share * minutes * 60.0);
        item_of(cast, number, sent, due)
    })
}

/// Believes the authorities of a PEM file.
fn trusting(path: &Path) -> anyhow::Result<Arc<RootCertStore>> {
    let mut roots = RootCertStore::empty();
    let unreadable = || format!("could not read {} as PEM", path.display());
    for certificate in CertificateDer::pem_file_iter(path).with_context(unreadable)? {
        roots.add(certificate.with_context(unreadable)?)?;
    }
    Ok(Arc::new(roots))
}

/// Writes sights down where that is wanted.
fn watch(path: Option<&Path>, cast: &Cast) -> anyhow::Result<Arc<dyn Fn(Sight) + Send + Sync>> {
    let Some(path) = path else {
        return Ok(Arc::new(|_| {}));
    };
    let file = std::fs::File::create(path)
        .with_context(|| format!("could not write {}", path.display()))?;
    let out = Mutex::new(std::io::LineWriter::new(file));
    let handles = cast.stations.iter().map(|it| it.handle.clone());
    let handles: Vec<String> = handles.collect();
    Ok(Arc::new(move |sight: Sight| {
        let line = json!({
            "seconds": sight.seconds,
            "due": sight.due,
            "carrier": handles[sight.station],
            "name": sight.name,
            "saw": saw(sight.what),
        });
        let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
        // A full disk does not end the play; its report still tells.
        let _ = writeln!(out, "{line}");
    }))
}

fn saw(what: What) -> &'static str {
    match what {
        What::Accepted => "accepted",
        What::Duplicate => "duplicate",
        What::Refused => "refused",
        What::Signed => "signed",
        What::Nothing => "nothing",
    }
}

fn json(report: &Report) -> anyhow::Result<serde_json::Value> {
    let mut said = serde_json::to_value(report)?;
    said["schema"] = json!("oriel.push/1");
    Ok(said)
}

/// The report for people.
pub(crate) fn text(report: &Report) -> String {
    let mut text = format!(
        "{} carriers, {} connected at a time, {:.0} s, {} notices\n\n",
        report.carriers, report.connected, report.seconds, report.notices
    );
    let mut heading = format!("{:<28}{:>9}", "", "all");
    for way in report.ways.keys() {
        let _ = write!(heading, "{way:>9}");
    }
    let _ = writeln!(text, "{heading}");
    type Figure = fn(&Count) -> u64;
    let rows: &[(&str, Figure)] = &[
        ("transmissions", |it| it.transmissions),
        ("  accepted", |it| it.accepted),
        ("  duplicate", |it| it.duplicate),
        ("  refused", |it| it.refused),
        ("  signed for", |it| it.signed),
        ("  unanswered", |it| it.unanswered),
        ("answers", |it| it.answers),
        ("tries", |it| it.tries),
        ("  later", |it| it.later),
        ("  broken", |it| it.broken),
        ("  timed out", |it| it.timed_out),
        ("  broken off", |it| it.broken_off),
        ("by another way", |it| it.other_way),
        ("questions told as lists", |it| it.batched),
        ("own identity not taken", |it| it.not_known),
        ("sent once more", |it| it.repeats),
        ("  known again", |it| it.repeats_known),
        ("strangers", |it| it.strangers),
        ("  turned away", |it| it.strangers_turned_away),
        ("wrong certificates", |it| it.wrong_certificates),
        ("  refused", |it| it.wrong_certificates_refused),
        ("accepted twice", |it| it.accepted_twice),
        ("milliseconds, half", |it| it.millis.p50 as u64),
        ("milliseconds, 99 of 100", |it| it.millis.p99 as u64),
        ("milliseconds, all", |it| it.millis.most as u64),
    ];
    for (name, figure) in rows {
        let _ = write!(text, "{name:<28}{:>9}", figure(&report.all));
        for count in report.ways.values() {
            let _ = write!(text, "{:>9}", figure(count));
        }
        text.push('\n');
    }
    for (code, times) in &report.all.reasons {
        let _ = writeln!(text, "refused with {code}: {times}");
    }
    for (told, times) in &report.all.certificates {
        let _ = writeln!(text, "certificate {told}: {times}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rush_takes_less_time_and_the_rest_is_even() {
        for times in [1.0, 3.0, 10.0] {
            assert!(rushed(0.0, times).abs() < 1e-9);
            assert!((rushed(1.0, times) - 1.0).abs() < 1e-9);
            let (before, within) = (rushed(0.4, times), rushed(0.6, times) - rushed(0.4, times));
            assert!((before / within - 2.0 * times).abs() < 1e-9);
        }
    }
}
