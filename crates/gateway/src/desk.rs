//! Where every way in hands over what it took.
//!
//! - Invariants: what the desk says was taken is durable and screened, or was refused for good; of
//!   everything else it says *later*, and nothing of it may be acknowledged.

use jiff::{SignedDuration, Timestamp};
use oriel_app::{
    App, AppError, Came, Channel, MessageOutcome, Pending, Receipt, Registry, Sender, Status,
    Unasked, replies,
};
use oriel_messages::reply::Agreements;
use oriel_store::{ChannelKind, NoticeRow};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// Visitors for whom somebody decodes at a time, or waits while the line is full, for each core: more
/// would only keep the one thread from its core that commits.
const HANDS: usize = 2;

/// Visitors for whom something is read or written at a time: a thread keeps what it has worked with in
/// memory, so that there are not as many of them as there are visitors.
const TURNS: usize = 16;

/// The pipeline, as transports see it.
#[derive(Clone)]
pub struct Desk {
    app: Arc<App>,
    /// What was agreed with senders about answers.
    agreed: Arc<Agreements>,
    /// Who hands over. Others work meanwhile: the line may be full for long.
    hands: Arc<Semaphore>,
    /// Who reads and writes.
    turns: Arc<Semaphore>,
}

/// A transmission that was handed over and is not yet kept.
pub struct Handed {
    bytes: Vec<u8>,
    channel: Channel,
    sender: Sender,
    pending: Pending,
}

/// What became of a transmission, for good.
#[derive(Debug)]
pub struct Taken {
    /// Message by message.
    pub receipt: Receipt,
    /// The answers that were agreed, each a transmission of its own.
    pub answers: Vec<Vec<u8>>,
    /// Nothing of it was kept, because its carrier is in test.
    pub rehearsed: bool,
}

/// What waits for a carrier and answers nothing that it just sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Waiting<'a> {
    /// An answer has changed: CUSRES 132.
    Unasked(&'a Unasked),
    /// What is missing, late or ends soon; or what is asked for, with the request beside it.
    Notice(&'a NoticeRow),
}

/// One thing of what waits, as every way but a line hands it over.
pub(crate) struct Item {
    /// What it is: `request`, `notice` or `changed`.
    pub(crate) subject: &'static str,
    /// Its name as a file.
    pub(crate) name: String,
    /// Its media type.
    pub(crate) media: &'static str,
    pub(crate) bytes: Vec<u8>,
    /// From when it is not to arrive any more, UTC.
    pub(crate) ends_at: Option<Timestamp>,
}

impl Waiting<'_> {
    /// What is handed over, in order: words that speak of something come behind it.
    pub(crate) fn items(self) -> Vec<Item> {
        match self {
            Self::Unasked(change) => vec![Item {
                subject: "changed",
                name: format!("{}.changed.reply", change.number),
                media: "application/edifact",
                bytes: change.message.clone(),
                ends_at: None,
            }],
            Self::Notice(notice) => {
                let id = notice.id.display("ntc");
                let request = (!notice.message.is_empty()).then(|| Item {
                    subject: "request",
                    name: format!("{id}.request.edi"),
                    media: "application/edifact",
                    bytes: notice.message.clone().into_bytes(),
                    ends_at: notice.due_at,
                });
                let words = Item {
                    subject: "notice",
                    name: format!("{id}.notice.json"),
                    media: "application/json",
                    bytes: notice_json(notice).to_string().into_bytes(),
                    ends_at: request.as_ref().and_then(|it| it.ends_at),
                };
                request.into_iter().chain([words]).collect()
            }
        }
    }

    /// What it is as a whole, and by what it is known again.
    pub(crate) fn about(self) -> (&'static str, String) {
        match self {
            Self::Unasked(change) => ("changed", change.number.clone()),
            Self::Notice(notice) if notice.message.is_empty() => {
                ("notice", notice.id.display("ntc"))
            }
            Self::Notice(notice) => ("request", notice.id.display("ntc")),
        }
    }
}

/// It could not be kept now: acknowledge nothing, and hand it over again.
#[derive(Clone, Debug, thiserror::Error)]
#[error("nothing was kept; it is tried again")]
pub struct Later(#[source] pub Arc<AppError>);

impl Desk {
    /// Of one system, which answers as was agreed.
    pub fn new(app: Arc<App>, agreed: Agreements) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let turns = |many| Arc::new(Semaphore::new(many));
        Self {
            app,
            agreed: Arc::new(agreed),
            hands: turns(HANDS * cores),
            turns: turns(TURNS),
        }
    }

    /// Lets a task do what may block its thread, in its turn; only what is short.
    pub(crate) async fn in_turn<T>(&self, work: impl FnOnce() -> T) -> T {
        let _turn = self.turns.acquire().await;
        tokio::task::block_in_place(work)
    }

    /// Who is enrolled now. It reads the store now and then, and waits for it, also where tasks run.
    pub fn registry(&self) -> Arc<Registry> {
        match Handle::try_current() {
            Ok(_) => tokio::task::block_in_place(|| self.app.registry()),
            Err(_) => self.app.registry(),
        }
    }

    /// Hands a carrier what waits for it; what `leave` does not take waits for the next time, or
    /// another way.
    pub(crate) fn notify<E: std::fmt::Display>(
        &self,
        handle: &str,
        way: &str,
        mut leave: impl FnMut(Waiting<'_>) -> Result<(), E>,
    ) {
        // While the store is away nothing is told, and nothing is lost. Somebody stands at a desk for
        // whom an answer has changed; notices have time.
        let changes = self.app.unasked_waiting(handle).unwrap_or_default();
        let changes = changes.iter().map(Waiting::Unasked);
        let notices = self.app.notices_waiting(handle).unwrap_or_default();
        for one in changes.chain(notices.iter().map(Waiting::Notice)) {
            if let Err(why) = leave(one) {
                tracing::warn!(way, %why, "what waits for a carrier was not handed over");
                return;
            }
            let noted = match one {
                Waiting::Unasked(change) => self.app.unasked_delivered(change),
                Waiting::Notice(notice) => self.app.notice_delivered(notice.id, way).map(drop),
            };
            if let Err(why) = noted {
                tracing::warn!(way, %why, "what waits for a carrier is handed over again");
                return;
            }
        }
    }

    /// Whether an AS4 message came from a carrier before.
    pub(crate) fn as4_came(
        &self,
        handle: &str,
        id: &str,
        digest: &[u8; 32],
    ) -> Result<Came, Later> {
        let came = self.app.as4_came(handle, id, digest);
        came.map_err(|why| Later(Arc::new(why)))
    }

    /// Notes that one came and is durable; says what came under its identifier before.
    pub(crate) fn as4_note(
        &self,
        handle: &str,
        id: &str,
        digest: &[u8; 32],
    ) -> Result<Came, Later> {
        let came = self.app.as4_note(handle, id, digest);
        came.map_err(|why| Later(Arc::new(why)))
    }

    /// Forgets those that are older than `window`; another time where the store is away.
    pub(crate) fn as4_forget(&self, window: SignedDuration) {
        if let Err(why) = self.app.as4_forget(window) {
            let why: &dyn std::error::Error = &why;
            tracing::warn!(why, "AS4 messages are forgotten later");
        }
    }

    /// The present.
    pub fn now(&self) -> Timestamp {
        self.app.now()
    }

    /// Decodes a transmission and puts it in line; `channel` says how it came, `sender` who brings
    /// it. Waits while the line is full.
    pub fn hand(&self, bytes: Vec<u8>, channel: &str, sender: Sender) -> Handed {
        let channel = Channel(channel.into());
        let pending = self.app.hand_of(&bytes, channel.clone(), &sender);
        Handed {
            bytes,
            channel,
            sender,
            pending,
        }
    }

    /// Waits until it is durable; the thread does nothing else meanwhile.
    pub fn settle(&self, handed: Handed) -> Result<Taken, Later> {
        let Handed {
            bytes,
            channel,
            sender,
            pending,
        } = handed;
        let settled = match pending.wait() {
            // The law changed on the way: this one is projected again.
            Err(error) if error.is_law_changed() => self.app.receive_of(&bytes, channel, &sender),
            settled => settled,
        };
        self.taken(&bytes, &sender, settled)
    }

    /// [`Desk::hand`] for a task. Who waits on a line `asks`: a question is answered in time, if only
    /// by *undetermined*; [`Taken::is_late`] then.
    pub(crate) async fn hand_over(
        &self,
        bytes: Vec<u8>,
        channel: &str,
        sender: Sender,
        asks: bool,
    ) -> Handed {
        let come = Instant::now();
        let _turn = self.hands.acquire().await;
        tokio::task::block_in_place(|| {
            if !asks {
                return self.hand(bytes, channel, sender);
            }
            let channel = Channel(channel.into());
            let waited = come.elapsed();
            let pending = self
                .app
                .hand_in_time(&bytes, channel.clone(), &sender, waited);
            Handed {
                bytes,
                channel,
                sender,
                pending,
            }
        })
    }

    /// Waits without a thread until it is durable, or too late for who asks.
    pub(crate) async fn settled(&self, handed: Handed) -> Result<Taken, Later> {
        let Handed {
            bytes,
            channel,
            sender,
            pending,
        } = handed;
        let mut settled = pending.in_time(tokio::time::sleep).await;
        while settled.as_ref().is_err_and(|error| error.is_law_changed()) {
            let handed = self.hand_over(bytes.clone(), &channel.0, sender.clone(), false);
            settled = handed.await.pending.in_time(tokio::time::sleep).await;
        }
        self.in_turn(|| self.taken(&bytes, &sender, settled)).await
    }

    /// Hands over a transmission, and waits without a thread until it is durable.
    pub(crate) async fn take(
        &self,
        bytes: Vec<u8>,
        channel: &str,
        sender: Sender,
        asks: bool,
    ) -> Result<Taken, Later> {
        let handed = self.hand_over(bytes, channel, sender, asks).await;
        self.settled(handed).await
    }

    /// What became of a transmission, with its answers.
    fn taken(
        &self,
        bytes: &[u8],
        sender: &Sender,
        settled: Result<Receipt, Arc<AppError>>,
    ) -> Result<Taken, Later> {
        let receipt = settled.map_err(Later)?;
        let answers = replies(bytes, &receipt, &self.agreed, self.app.now());
        let answers = answers.into_iter().flatten().collect();
        Ok(Taken {
            receipt,
            answers,
            rehearsed: sender.rehearses(),
        })
    }
}

/// Who brings what comes by a configured way that one carrier fills.
pub(crate) fn way_sender(desk: &Desk, way: &str) -> std::io::Result<Sender> {
    let sender = desk.registry().sender(ChannelKind::Way, way, desk.now());
    sender.ok_or_else(|| std::io::Error::other("it is not given to any carrier now"))
}

/// A notice as a machine reads it.
fn notice_json(notice: &NoticeRow) -> Value {
    let at = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "schema": "oriel.notice/1",
        "id": notice.id.display("ntc"),
        "kind": notice.kind,
        "for": notice.step,
        "flight": notice.flight,
        "from": notice.from,
        "to": notice.to,
        "departs_at": at(notice.departs_at),
        "push": notice.push,
        "due_at": at(notice.due_at),
        "clause": notice.clause,
        "language": notice.language,
        "text": notice.words,
    })
}

impl Taken {
    /// Whether something of it was taken, now or before.
    pub fn accepted(&self) -> bool {
        let mut messages = self.receipt.messages.iter();
        messages.any(|message| message.status != Status::Refused)
    }

    /// Whether the answers say that nobody can say, because it took too long: nothing may be
    /// acknowledged, and the carrier sends it again.
    pub fn is_late(&self) -> bool {
        let mut messages = self.receipt.messages.iter();
        messages.any(|message| message.status == Status::Late)
    }

    /// The receipt for a technician: what became of each message, and the findings, without values.
    pub fn json(&self) -> Value {
        let message = |message: &MessageOutcome| {
            let status = match message.status {
                // Which journeys are selected is not the carrier's to know.
                Status::NotSelected => Status::Accepted,
                status => status,
            };
            let findings = message.findings.iter();
            json!({
                "status": status.name(),
                "type": message.kind,
                "reference": message.reference,
                "travellers": message.travellers,
                "cleared": message.cleared.as_ref().map(|cleared| {
                    cleared.iter().map(|one| one.clearance.name()).collect::<Vec<_>>()
                }),
                "findings": findings.map(|note| json!({
                    "code": note.code, "segment": note.segment, "tag": note.tag,
                    "bytes": note.bytes,
                })).collect::<Vec<_>>(),
            })
        };
        let messages: Vec<Value> = self.receipt.messages.iter().map(message).collect();
        let mut receipt = json!({"schema": "oriel.receipt/1", "messages": messages});
        if self.rehearsed {
            receipt["test"] = Value::Bool(true);
        }
        receipt
    }
}
