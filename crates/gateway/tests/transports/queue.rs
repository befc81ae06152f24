//! A carrier that puts its messages into a queue of a broker, and reads answers from another.

use crate::carrier::Carrier;
use fe2o3_amqp::connection::ConnectionHandle;
use fe2o3_amqp::sasl_profile::SaslProfile;
use fe2o3_amqp::session::SessionHandle;
use fe2o3_amqp::types::messaging::{Body, Data, Header, Message, MessageId, Outcome, Properties};
use fe2o3_amqp::types::primitives::{Binary, Value};
use fe2o3_amqp::{Connection, Receiver, Sender, Session};
use oriel_gateway::{Desk, Gateway, open};
use oriel_testkit::{Broker, TempDir};
use std::error::Error;
use std::fs;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

/// A carrier, its queues, and a reader of its answers.
pub(crate) struct Queue {
    dir: TempDir,
    broker: &'static Broker,
    queues: (String, String),
    heard: Arc<Heard>,
    reader: Option<JoinHandle<()>>,
}

/// What came back.
#[derive(Default)]
struct Heard {
    gone: AtomicBool,
    receipts: Mutex<Vec<Heading>>,
    answers: Mutex<Vec<String>>,
}

/// A receipt: what it says, and which message it is about.
#[derive(Clone, Debug)]
pub(crate) struct Heading {
    pub(crate) about: Option<MessageId>,
    pub(crate) receipt: serde_json::Value,
}

type Failed = Box<dyn Error + Send + Sync>;

fn runtime() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().unwrap()
}

async fn connect(
    port: u16,
    password: &str,
) -> Result<(ConnectionHandle<()>, SessionHandle<()>), Failed> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let mut connection = Connection::builder()
        .container_id("carrier")
        .hostname("localhost")
        .scheme("amqp")
        .sasl_profile(SaslProfile::Plain {
            username: "oriel".to_owned(),
            password: password.to_owned(),
        })
        .open_with_stream(stream)
        .await?;
    let session = Session::begin(&mut connection).await?;
    Ok((connection, session))
}

impl Queue {
    pub(crate) fn new() -> Self {
        Self::of(Broker::shared())
    }

    pub(crate) fn of(broker: &'static Broker) -> Self {
        let dir = TempDir::new("queue");
        fs::write(dir.path().join("password"), Broker::PASSWORD).unwrap();
        let queues = broker.queues();
        let heard = Arc::<Heard>::default();
        let (from, to) = (queues.1.clone(), Arc::clone(&heard));
        let reader = thread::spawn(move || {
            runtime().block_on(async {
                while !to.gone.load(Ordering::Relaxed) {
                    // The broker may have gone; it is asked again.
                    let _ = to.listen(broker.port(), &from).await;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            });
        });
        Self {
            dir,
            broker,
            queues,
            heard,
            reader: Some(reader),
        }
    }

    pub(crate) fn settings(&self, answers: &str, more: &str) -> toml::Table {
        let (dir, port) = (self.dir.path().display(), self.broker.port());
        let queue = &self.queues.0;
        let text = format!(
            "kind = 'amqp'\nname = 'zq'\nbroker = '127.0.0.1:{port}'\nuser = 'oriel'\n\
             password_file = '{dir}/password'\nqueue = '{queue}'\nanswers = '{answers}'\n\
             longest = 1\n{more}"
        );
        toml::from_str(&text).unwrap()
    }

    pub(crate) fn answers_to(&self) -> &str {
        &self.queues.1
    }

    pub(crate) fn receipts(&self) -> Vec<Heading> {
        self.heard.receipts.lock().unwrap().clone()
    }

    /// Sends messages with these bodies, whatever they are; each is kept by the broker then.
    pub(crate) fn put(&self, messages: Vec<(String, Body<Value>)>) {
        let put = async {
            let (mut connection, mut session) =
                connect(self.broker.port(), Broker::PASSWORD).await?;
            let mut sender = Sender::attach(&mut session, "carrier", &*self.queues.0).await?;
            for (id, body) in messages {
                let message = Message::builder()
                    .header(Header {
                        durable: true,
                        ..Header::default()
                    })
                    .properties(Properties::builder().message_id(id).build())
                    .body(body)
                    .build();
                let outcome = sender.send(message).await?;
                assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
            }
            Ok::<_, Failed>(connection.close().await?)
        };
        runtime().block_on(put).unwrap();
    }
}

/// A body of bytes, as most send it.
pub(crate) fn data(bytes: &[u8]) -> Body<Value> {
    Body::Data(vec![Data(Binary::from(bytes))].into())
}

impl Heard {
    async fn listen(&self, port: u16, from: &str) -> Result<(), Failed> {
        let (mut connection, mut session) = connect(port, Broker::PASSWORD).await?;
        let mut receiver = Receiver::attach(&mut session, "carrier", from).await?;
        while !self.gone.load(Ordering::Relaxed) {
            let next = receiver.recv::<Body<Value>>();
            let Ok(next) = tokio::time::timeout(Duration::from_millis(50), next).await else {
                continue;
            };
            let next = next?;
            receiver.accept(&next).await?;
            let message = next.into_message();
            let properties = message.properties.unwrap_or_default();
            let pieces = message.body.try_into_data().unwrap();
            let bytes: Vec<u8> = pieces.flat_map(Binary::into_vec).collect();
            let text = String::from_utf8(bytes).unwrap();
            // Notices are of the same type, and no receipts.
            let is_receipt = text.contains("oriel.receipt/1");
            match properties.content_type.unwrap().as_str() {
                "application/json" if is_receipt => self.receipts.lock().unwrap().push(Heading {
                    about: properties.correlation_id,
                    receipt: serde_json::from_str(&text).unwrap(),
                }),
                _ => self.answers.lock().unwrap().push(text),
            }
        }
        connection.close().await?;
        Ok(())
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.heard.gone.store(true, Ordering::Relaxed);
        let _ = self.reader.take().unwrap().join();
    }
}

impl Carrier for Queue {
    fn open(&self, desk: Desk) -> Gateway {
        let transport = open(self.settings(&self.queues.1, "")).unwrap();
        Gateway::start(desk, vec![transport])
    }

    fn send(&self, name: &str, bytes: &[u8]) {
        self.put(vec![(name.to_owned(), data(bytes))]);
    }

    fn send_all(&self, messages: &[(String, String)]) {
        let messages = messages.iter();
        let messages = messages.map(|(name, text)| (name.clone(), data(text.as_bytes())));
        self.put(messages.collect());
    }

    /// What is not whole yet is the broker's, which gives nobody a part of it.
    fn send_half<'a>(&'a self, name: &'a str, bytes: &'a [u8]) -> Box<dyn FnOnce() + 'a> {
        Box::new(move || self.send(name, bytes))
    }

    fn break_answers<'a>(&'a self, desk: Desk, name: &str, bytes: &[u8]) -> Box<dyn FnOnce() + 'a> {
        let transport = open(self.settings(Broker::FULL, "")).unwrap();
        let running = Gateway::start(desk, vec![transport]);
        self.send(name, bytes);
        Box::new(move || drop(running))
    }

    fn intrude(&self, _: &[u8]) -> Option<bool> {
        let came_in = runtime().block_on(connect(self.broker.port(), "guess"));
        Some(came_in.is_ok())
    }

    fn statuses(&self) -> Vec<String> {
        let receipts = self.receipts();
        let mut statuses: Vec<String> = receipts
            .iter()
            .map(|heading| {
                let first = heading.receipt["messages"][0]["status"].as_str();
                first.unwrap_or("nothing").to_owned()
            })
            .collect();
        statuses.sort();
        statuses
    }

    fn answers(&self) -> Vec<String> {
        self.heard.answers.lock().unwrap().clone()
    }
}
