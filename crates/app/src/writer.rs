//! One thread that commits: many messages, one transaction, one acknowledgement each.
//!
//! - Invariants: messages are committed in the order in which they were handed over; nobody is
//!   answered before the commit; what waits is bounded, so that a fast sender is slowed down and
//!   memory is not filled.

use crate::prepare::{Brought, prepare};
use crate::receive::Job;
use crate::{AppError, Channel, Core, Prepared, Receipt, Sender, check_in};
use std::future::{IntoFuture, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering::{AcqRel, Acquire};
use std::sync::atomic::{AtomicU8, AtomicUsize};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Persons in one transaction, about. More would make the sender wait without making the commit
/// much cheaper a person.
const BATCH_TRAVELLERS: usize = 8_000;

/// Messages in one transaction.
const BATCH_MESSAGES: usize = 512;

/// Transmissions that may wait.
const QUEUE: usize = 256;

/// Who has waited no longer than this before the line is put in it, however short the law's time is:
/// the answer is late then, and told when it is there.
const NOTHING: Duration = Duration::from_secs(1);

/// What a batch is answered with; one error is shared by all.
type Answer = Result<Receipt, Arc<AppError>>;

struct Handed {
    job: Job,
    reply: oneshot::Sender<Answer>,
}

/// The writer's handle.
pub(crate) struct Writer {
    jobs: Option<SyncSender<Handed>>,
    /// How many stand in line, about.
    line: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

/// A transmission that was handed over and is not yet answered.
pub struct Pending {
    answer: oneshot::Receiver<Answer>,
    question: Option<Question>,
}

/// Somebody waits for an answer, and not for ever.
struct Question {
    until: Instant,
    turn: Arc<Turn>,
    /// What is told in the place of the answer.
    late: Receipt,
}

/// Who answers a question: the commit, or whoever waits for it when the time is over. The first
/// counts, so that what is written down is what was told.
#[derive(Default)]
pub(crate) struct Turn(AtomicU8);

impl Turn {
    const ANSWERED: u8 = 1;
    const GIVEN_UP: u8 = 2;

    /// Says that the commit answers; whether it still may. A commit that is tried again has answered
    /// already.
    pub(crate) fn answer(&self) -> bool {
        self.claim(Self::ANSWERED)
    }

    fn give_up(&self) -> bool {
        self.claim(Self::GIVEN_UP)
    }

    fn claim(&self, who: u8) -> bool {
        let claimed = self.0.compare_exchange(0, who, AcqRel, Acquire);
        claimed.is_ok() || claimed == Err(who)
    }
}

impl Pending {
    /// One that is answered already.
    fn settled(receipt: Result<Receipt, AppError>) -> Self {
        let (reply, answer) = oneshot::channel();
        // Whoever waits for it holds the other end.
        let _ = reply.send(receipt.map_err(Arc::new));
        Self {
            answer,
            question: None,
        }
    }

    /// Waits for the commit, however long it takes; the thread does nothing else meanwhile.
    pub fn wait(self) -> Result<Receipt, Arc<AppError>> {
        answered(self.answer.recv())
    }

    /// Waits for the commit without a thread, and if it is a question not longer than the law lets
    /// its sender wait: the receipt says [`Late`](crate::Status::Late) then, and nothing may be
    /// acknowledged. `sleep` lets a task sleep.
    pub async fn in_time<S: Future<Output = ()>>(
        self,
        sleep: impl FnOnce(Duration) -> S,
    ) -> Result<Receipt, Arc<AppError>> {
        let mut answer = self.answer.into_future();
        let Some(question) = self.question else {
            return answered(answer.await);
        };
        let left = question.until.saturating_duration_since(Instant::now());
        let mut over = pin!(sleep(left));
        let first = poll_fn(|task| match Pin::new(&mut answer).poll(task) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending => over.as_mut().poll(task).map(|()| None),
        });
        match first.await {
            Some(answer) => answered(answer),
            None if question.turn.give_up() => Ok(question.late),
            // Its turn was taken: it is being committed at this moment.
            None => answered(answer.await),
        }
    }
}

fn answered(answer: Result<Answer, oneshot::RecvError>) -> Answer {
    answer.unwrap_or_else(|_| Err(Arc::new(AppError::Closing)))
}

impl Writer {
    pub(crate) fn start(core: Arc<Core>) -> Self {
        let (jobs, inbox) = sync_channel(QUEUE);
        let line = Arc::new(AtomicUsize::new(0));
        let length = Arc::clone(&line);
        let thread = std::thread::Builder::new()
            .name("oriel-writer".to_owned())
            .spawn(move || run(&core, &inbox, &length))
            .expect("a program that starts can start one thread");
        Self {
            jobs: Some(jobs),
            line,
            thread: Some(thread),
        }
    }

    /// Hands over a transmission; waits while the queue is full.
    pub(crate) fn hand(&self, prepared: Vec<Prepared>, channel: Channel) -> Pending {
        let (reply, answer) = oneshot::channel();
        let job = Job {
            prepared,
            channel,
            turn: None,
        };
        if let Some(jobs) = &self.jobs {
            self.line.fetch_add(1, AcqRel);
            // When the writer has ended, `answer` has no sender and says so.
            let _ = jobs.send(Handed { job, reply });
        }
        Pending {
            answer,
            question: None,
        }
    }

    /// Whether whoever comes now would have to wait before the line, about.
    fn is_full(&self) -> bool {
        self.line.load(Acquire) >= QUEUE
    }

    /// Hands over a question; nothing where the queue is full, so that who waits at a desk is told at
    /// once that nobody can say.
    fn ask(
        &self,
        prepared: Vec<Prepared>,
        channel: Channel,
        question: Question,
    ) -> Option<Pending> {
        let (reply, answer) = oneshot::channel();
        let job = Job {
            prepared,
            channel,
            turn: Some(Arc::clone(&question.turn)),
        };
        if let Some(jobs) = &self.jobs {
            self.line.fetch_add(1, AcqRel);
            if let Err(TrySendError::Full(_)) = jobs.try_send(Handed { job, reply }) {
                self.line.fetch_sub(1, AcqRel);
                return None;
            }
        }
        Some(Pending {
            answer,
            question: Some(question),
        })
    }
}

impl Drop for Writer {
    /// Lets the writer commit what it was handed, and waits for it.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic in the writer was reported by the panic hook when it happened.
            let _ = thread.join();
        }
    }
}

fn run(core: &Core, inbox: &Receiver<Handed>, line: &AtomicUsize) {
    while let Ok(first) = inbox.recv() {
        line.fetch_sub(1, AcqRel);
        let mut batch = vec![first];
        let mut size = weight(&batch[0]);
        // Whoever came during the last commit goes together. Waiting for more company would make
        // everybody wait, and a commit costs little beside what is in it.
        while size.0 < BATCH_TRAVELLERS && size.1 < BATCH_MESSAGES {
            let Ok(next) = inbox.try_recv() else {
                break;
            };
            line.fetch_sub(1, AcqRel);
            let more = weight(&next);
            size = (size.0 + more.0, size.1 + more.1);
            batch.push(next);
        }
        answer(core, batch);
    }
    // The log's end is signed before the program's. What keeps it from being signed now keeps
    // nothing back: the next event brings the checkpoint with it.
    let _ = core.store.checkpoint();
}

fn weight(handed: &Handed) -> (usize, usize) {
    let travellers = |p: &Prepared| p.accepted.as_ref().map_or(0, |a| a.travellers as usize);
    (
        handed.job.prepared.iter().map(travellers).sum(),
        handed.job.prepared.len(),
    )
}

fn answer(core: &Core, batch: Vec<Handed>) {
    let (jobs, replies): (Vec<Job>, Vec<_>) = batch
        .into_iter()
        .map(|handed| (handed.job, handed.reply))
        .unzip();
    // A sender that went away meanwhile is not told; it will send again and find a duplicate.
    match core.commit(jobs) {
        Ok(receipts) => {
            for (reply, receipt) in replies.into_iter().zip(receipts) {
                let _ = reply.send(Ok(receipt));
            }
        }
        Err(error) => {
            let error = Arc::new(error);
            for reply in replies {
                let _ = reply.send(Err(Arc::clone(&error)));
            }
        }
    }
}

impl crate::App {
    /// Decodes and projects a transmission; any number of threads may do so at once.
    pub fn prepare(&self, bytes: &[u8]) -> Vec<Prepared> {
        self.prepare_of(bytes, None)
    }

    /// The same for what a sender brings.
    fn prepare_of(&self, bytes: &[u8], sender: Option<&Sender>) -> Vec<Prepared> {
        let core = &self.core;
        let brought = Brought {
            conventions: core.conventions.get(),
            agreements: core.agreements.get(),
            sender,
        };
        prepare(&core.recipients(), &brought, bytes)
    }

    /// Decodes what a sender brings and puts it in line; a rehearsal is answered and not kept, and a
    /// word on what the sender was told is noted at once.
    pub fn hand_of(&self, bytes: &[u8], channel: Channel, sender: &Sender) -> Pending {
        if let Some(heard) = self.hear(bytes, sender).transpose() {
            return Pending::settled(heard);
        }
        let prepared = self.prepare_of(bytes, Some(sender));
        if !sender.rehearses() {
            return self.hand(prepared, channel);
        }
        Pending::settled(self.rehearse(prepared, sender))
    }

    /// The same for who waits on a line, and has `waited` before: a question is answered within the
    /// time that the law gives, or the receipt of [`Pending::in_time`] says that it is late. What
    /// has waited longer than that is not put in line at all.
    pub fn hand_in_time(
        &self,
        bytes: &[u8],
        channel: Channel,
        sender: &Sender,
        waited: Duration,
    ) -> Pending {
        let begun = Instant::now();
        if sender.rehearses() {
            return self.hand_of(bytes, channel, sender);
        }
        if let Some(heard) = self.hear(bytes, sender).transpose() {
            return Pending::settled(heard);
        }
        let mut prepared = self.prepare_of(bytes, Some(sender));
        let asks = |message: &Prepared| {
            let taken = message.accepted.as_ref();
            taken.is_some_and(|taken| taken.asks.is_some())
        };
        let recipients = self.core.recipients();
        let patience = check_in::patience(&recipients.list).filter(|_| prepared.iter().any(asks));
        let Some(patience) = patience else {
            return self.hand(prepared, channel);
        };
        let late = check_in::late(&recipients.list, &prepared);
        let in_vain = waited > patience.max(NOTHING) || self.writer.is_full();
        if !in_vain {
            self.core.look_ahead(&recipients.list, &mut prepared);
        }
        let question = Question {
            until: begun + patience.saturating_sub(waited),
            turn: Arc::default(),
            late: late.clone(),
        };
        let asked = match in_vain {
            true => None,
            false => self.writer.ask(prepared, channel.clone(), question),
        };
        asked.unwrap_or_else(|| {
            self.core.traffic.add(&channel, &late);
            Pending::settled(Ok(late))
        })
    }

    /// Hands prepared messages to the writer.
    pub fn hand(&self, prepared: Vec<Prepared>, channel: Channel) -> Pending {
        self.writer.hand(prepared, channel)
    }

    /// Receives a transmission and waits until it is durable and screened. Where the law changes
    /// in between, it is projected again.
    pub fn receive(&self, bytes: &[u8], channel: Channel) -> Result<Receipt, Arc<AppError>> {
        self.receive_of(bytes, channel, &Sender::default())
    }

    /// The same for what a sender brings.
    pub fn receive_of(
        &self,
        bytes: &[u8],
        channel: Channel,
        sender: &Sender,
    ) -> Result<Receipt, Arc<AppError>> {
        loop {
            let received = self.hand_of(bytes, channel.clone(), sender).wait();
            if !received.as_ref().is_err_and(|error| error.is_law_changed()) {
                return received;
            }
        }
    }
}
