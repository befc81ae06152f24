//! Queues of a broker that speaks AMQP 1.0: RabbitMQ, ActiveMQ, IBM MQ.
//!
//! - In: messages of one queue, which one carrier fills. Out: answers in another one; each message of
//!   the first is accepted when it is durable and answered.
//! - Source: OASIS AMQP 1.0, by `fe2o3-amqp`.
//! - Invariants: a message that is not accepted stays with the broker, which delivers it again;
//!   answers go to the queue that the configuration names, never to one that a message names, because
//!   that would let one carrier write to another; a password goes to another machine under TLS only.

use crate::answers::digest;
use crate::desk::way_sender;
use crate::listen::{self, Told, ending};
use crate::{Desk, Ends, Fault, Handed, Transport, tls};
use fe2o3_amqp::connection::ConnectionHandle;
use fe2o3_amqp::link::RecvError;
use fe2o3_amqp::link::delivery::{Delivery, DeliveryInfo};
use fe2o3_amqp::link::receiver::CreditMode;
use fe2o3_amqp::sasl_profile::SaslProfile;
use fe2o3_amqp::session::SessionHandle;
use fe2o3_amqp::types::messaging::{Body, Data, Header, Message, MessageId, Outcome, Properties};
use fe2o3_amqp::types::primitives::{Binary, Value};
use fe2o3_amqp::{Connection, Receiver, Sender, Session};
use oriel_store::ChannelKind;
use rustls::pki_types::ServerName;
use serde::Deserialize;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Messages that are decoded or wait for the commit at a time.
const AT_ONCE: usize = 16;

/// How long nothing is done after a question that could not be answered in time.
const BREATH: Duration = Duration::from_millis(100);

/// How often it is looked whether notices wait.
const NOTICES: Duration = Duration::from_secs(5);

/// The first wait after a fault.
const SHORTEST: Duration = Duration::from_millis(100);

/// How long the broker may take for one step.
const PATIENCE: Duration = Duration::from_secs(30);

/// Milliseconds without a word after which either side takes the other for gone.
const SILENCE: u32 = 60_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// Name of this way in.
    name: String,
    /// Host and port of the broker.
    broker: String,
    /// Account at the broker.
    user: String,
    /// File whose first line is its password.
    password_file: PathBuf,
    /// Authority of the broker's certificate, PEM; with it, TLS is spoken.
    ca: Option<PathBuf>,
    /// Address of the queue that the carrier fills.
    queue: String,
    /// Address of the queue for answers.
    answers: String,
    /// Bytes of the largest message that is taken.
    #[serde(default = "most")]
    most: u64,
    /// Seconds of the longest wait after a fault.
    #[serde(default = "longest")]
    longest: u64,
}

fn most() -> u64 {
    64 << 20
}

fn longest() -> u64 {
    30
}

struct Amqp {
    name: String,
    channel: String,
    broker: String,
    host: String,
    user: String,
    password: String,
    tls: Option<(tokio_rustls::TlsConnector, ServerName<'static>)>,
    queue: String,
    answers: String,
    most: u64,
    longest: Duration,
}

/// Reads password and authority; the broker may come later.
pub(crate) fn open(table: toml::Table) -> Result<Box<dyn Transport>, Fault> {
    let settings: Settings = crate::settings(table)?;
    let broker = settings.broker;
    let Some((host, _)) = broker.rsplit_once(':').filter(|(host, _)| !host.is_empty()) else {
        let says =
            format!("broker is {broker:?}; it is a host and a port, such as mq.example:5671");
        return Err(Fault::Settings(says));
    };
    let host = host.trim_matches(['[', ']']).to_owned();
    let unreadable = |path: &Path, why: String| Fault::Key {
        name: settings.name.clone(),
        what: path.display().to_string(),
        why,
    };
    let is_here = matches!(&*host, "localhost" | "127.0.0.1" | "::1");
    let tls = match &settings.ca {
        None if !is_here => {
            let says = "ca names no file; the password goes to another machine under TLS only";
            return Err(Fault::Settings(says.to_owned()));
        }
        None => None,
        Some(ca) => {
            let connector = tls::connector(ca).map_err(|why| unreadable(ca, why))?;
            let name = ServerName::try_from(host.clone());
            let name = name.map_err(|why| unreadable(ca, why.to_string()))?;
            Some((connector, name))
        }
    };
    let file = &settings.password_file;
    let text = std::fs::read_to_string(file).map_err(|why| unreadable(file, why.to_string()))?;
    let password = text.lines().next().unwrap_or_default().to_owned();
    Ok(Box::new(Amqp {
        channel: format!("amqp {}", settings.name),
        name: settings.name,
        user: settings.user,
        queue: settings.queue,
        answers: settings.answers,
        most: settings.most,
        longest: Duration::from_secs(settings.longest),
        broker,
        host,
        password,
        tls,
    }))
}

/// What ends a connection to the broker.
type Failed = Box<dyn std::error::Error + Send + Sync>;

impl Transport for Amqp {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&mut self, desk: &Desk, ends: &Ends) {
        listen::run(&self.name, ends, |told| self.work(desk, told));
    }
}

impl Amqp {
    /// Connects again and again; after faults, with waits that get longer until something is taken.
    async fn work(&self, desk: &Desk, mut told: Told) {
        let mut wait = SHORTEST;
        loop {
            let mut taken = 0;
            let served = tokio::select! {
                served = self.serve(desk, told.clone(), &mut taken) => served,
                // What was begun by then comes again.
                () = late(told.clone()) => Ok(()),
            };
            if *told.borrow() {
                return;
            }
            if let Err(why) = served {
                let name = &*self.name;
                tracing::warn!(name, %why, "messages wait at the broker");
            }
            wait = match taken {
                0 => (wait * 2).min(self.longest),
                _ => SHORTEST,
            };
            tokio::select! {
                () = ending(&mut told) => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn connect(&self) -> Result<ConnectionHandle<()>, Failed> {
        let stream = TcpStream::connect(&self.broker).await?;
        stream.set_nodelay(true)?;
        let connection = Connection::builder()
            .container_id(format!("oriel-{}", self.name))
            .hostname(&*self.host)
            .scheme("amqp")
            .idle_time_out(SILENCE)
            .sasl_profile(SaslProfile::Plain {
                username: self.user.clone(),
                password: self.password.clone(),
            });
        Ok(match &self.tls {
            None => connection.open_with_stream(stream).await?,
            Some((tls, name)) => {
                let stream = tls.connect(name.clone(), stream).await?;
                connection.open_with_stream(stream).await?
            }
        })
    }

    /// One connection: takes messages until it is time to end, and counts them.
    async fn serve(&self, desk: &Desk, told: Told, taken: &mut usize) -> Result<(), Failed> {
        let mut connection = timeout(PATIENCE, self.connect()).await??;
        let session = timeout(PATIENCE, Session::begin(&mut connection)).await??;
        tokio::select! {
            gone = connection.on_close() => {
                gone?;
                return Err("the broker has ended the connection".into());
            }
            served = self.take(session, desk, told, taken) => served?,
        }
        // Links and session end with it; RabbitMQ takes leave of a link in a way that counts as a
        // fault.
        Ok(timeout(PATIENCE, connection.close()).await??)
    }

    async fn take(
        &self,
        mut session: SessionHandle<()>,
        desk: &Desk,
        mut told: Told,
        taken: &mut usize,
    ) -> Result<(), Failed> {
        let receiver = Receiver::builder()
            .name(format!("oriel-{}-in", self.name))
            .source(&*self.queue)
            .credit_mode(CreditMode::Auto(AT_ONCE as u32))
            .attach(&mut session);
        let mut receiver = timeout(PATIENCE, receiver).await??;
        let name = format!("oriel-{}-out", self.name);
        let sender = Sender::attach(&mut session, name, &*self.answers);
        let mut sender = timeout(PATIENCE, sender).await??;
        let mut line: VecDeque<InLine> = VecDeque::new();
        let mut look = tokio::time::interval(NOTICES);
        loop {
            let next = match line.len() {
                AT_ONCE.. => None,
                _ => tokio::select! {
                    biased;
                    () = ending(&mut told) => None,
                    _ = look.tick() => {
                        self.notify(desk, &mut sender).await?;
                        continue;
                    }
                    next = receiver.recv::<Body<Value>>() => Some(next),
                    // Nothing more is there now: what is in line is settled.
                    () = std::future::ready(()), if !line.is_empty() => None,
                },
            };
            match next {
                Some(Ok(delivery)) => line.push_back(self.begin(desk, delivery).await?),
                // Nobody could ever read it.
                Some(Err(RecvError::MessageDecode(malformed))) => {
                    receiver.reject(malformed.info, None).await?;
                }
                Some(Err(why)) => return Err(why.into()),
                None => match line.pop_front() {
                    Some(first) => {
                        self.settle(desk, first, &receiver, &mut sender).await?;
                        *taken += 1;
                    }
                    None => return Ok(()),
                },
            }
        }
    }

    /// Sends what waits for the carrier to whom the queue was given.
    async fn notify(&self, desk: &Desk, sender: &mut Sender) -> Result<(), Failed> {
        let registry = desk.registry();
        let known = registry.known_by(ChannelKind::Way, &self.name, desk.now());
        let Some((carrier, _)) = known else {
            return Ok(());
        };
        let runtime = tokio::runtime::Handle::current();
        let mut failed = None;
        tokio::task::block_in_place(|| {
            desk.notify(&carrier.row.handle, &self.channel, |one| {
                for item in one.items() {
                    let mut message = answer(item.bytes, item.media, item.subject, &None);
                    // What has ended is not to be read: the broker throws it away by itself.
                    let left = item.ends_at.map(|ends| ends.duration_since(desk.now()));
                    let left = left.map(|left| u32::try_from(left.as_millis()).unwrap_or(0));
                    if let Some(header) = &mut message.header {
                        header.ttl = left;
                    }
                    runtime.block_on(send(sender, message)).map_err(|why| {
                        let says = why.to_string();
                        failed = Some(why);
                        says
                    })?;
                }
                Ok::<_, String>(())
            });
        });
        failed.map_or(Ok(()), Err)
    }

    /// Puts a message in line.
    async fn begin(&self, desk: &Desk, delivery: Delivery<Body<Value>>) -> Result<InLine, Failed> {
        let sender = way_sender(desk, &self.name)?;
        let (info, message) = delivery.into_parts();
        let id = message
            .properties
            .and_then(|properties| properties.message_id);
        let bytes = text(message.body).filter(|bytes| bytes.len() as u64 <= self.most);
        let handed = match bytes {
            None => None,
            Some(bytes) => {
                let digest = digest(&bytes);
                // It waits while the line of the desk is full.
                let handed = desk.hand_over(bytes, &self.channel, sender, true).await;
                Some((digest, handed))
            }
        };
        Ok(InLine { info, id, handed })
    }

    /// Waits for the commit, answers, and lets the broker forget the message.
    async fn settle(
        &self,
        desk: &Desk,
        first: InLine,
        receiver: &Receiver,
        sender: &mut Sender,
    ) -> Result<(), Failed> {
        let InLine { info, id, handed } = first;
        let Some((digest, handed)) = handed else {
            let says = format!(
                "the message has more than {} bytes, or is no text; nothing of it was read",
                self.most
            );
            let error = serde_json::json!({
                "schema": "oriel.receipt/1", "messages": [], "error": says,
            });
            let receipt = answer(error.to_string().into(), "application/json", "receipt", &id);
            send(sender, receipt).await?;
            return Ok(timeout(PATIENCE, receiver.reject(info, None)).await??);
        };
        let taken = desk.settled(handed).await.map_err(Box::new)?;
        let receipt = taken.json().to_string().into_bytes();
        let late = taken.is_late();
        for (n, bytes) in (1..).zip(taken.answers) {
            let subject = format!("{digest}.{n}.reply");
            send(sender, answer(bytes, "application/edifact", &subject, &id)).await?;
        }
        if late {
            // The broker keeps it and brings it again, at once.
            tokio::time::sleep(BREATH).await;
            return Ok(timeout(PATIENCE, receiver.release(info)).await??);
        }
        let subject = format!("{digest}.receipt.json");
        // Last, so that whoever sees it knows that the others are there.
        send(sender, answer(receipt, "application/json", &subject, &id)).await?;
        Ok(timeout(PATIENCE, receiver.accept(info)).await??)
    }
}

/// A message that waits for the commit.
struct InLine {
    info: DeliveryInfo,
    /// What the carrier calls it; answers refer to it.
    id: Option<MessageId>,
    /// Its digest, and itself; nothing where it is not to be read.
    handed: Option<(String, Handed)>,
}

/// Some time after it is time to end.
async fn late(mut told: Told) {
    ending(&mut told).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
}

/// What a message holds, as bytes: its data, or a text.
fn text(body: Body<Value>) -> Option<Vec<u8>> {
    match body {
        Body::Data(pieces) => {
            let pieces: Vec<Data> = pieces.into_iter().collect();
            let bytes: Vec<&[u8]> = pieces.iter().map(|piece| &piece.0[..]).collect();
            Some(bytes.concat())
        }
        Body::Value(value) => match value.0 {
            Value::String(text) => Some(text.into_bytes()),
            Value::Binary(bytes) => Some(bytes.into_vec()),
            _ => None,
        },
        Body::Empty => Some(Vec::new()),
        Body::Sequence(_) => None,
    }
}

/// A message for the carrier, about the one that it calls `about`.
fn answer(bytes: Vec<u8>, kind: &str, subject: &str, about: &Option<MessageId>) -> Message<Data> {
    let mut properties = Properties::builder()
        .content_type(kind)
        .subject(subject)
        .build();
    properties.correlation_id.clone_from(about);
    Message::builder()
        .header(Header {
            durable: true,
            ..Header::default()
        })
        .properties(properties)
        .data(Binary::from(bytes))
        .build()
}

/// Sends, and waits until the broker has it for good.
async fn send(sender: &mut Sender, message: Message<Data>) -> Result<(), Failed> {
    match timeout(PATIENCE, sender.send(message)).await?? {
        Outcome::Accepted(_) => Ok(()),
        _ => Err("the broker does not take an answer".into()),
    }
}
