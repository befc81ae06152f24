//! One thread that commits: many messages, one transaction, one acknowledgement each.
//!
//! - Invariants: messages are committed in the order in which they were handed over; nobody is
//!   answered before the commit; what waits is bounded, so that a fast sender is slowed down and
//!   memory is not filled.

use crate::prepare::{Brought, prepare};
use crate::receive::Job;
use crate::{AppError, Channel, Core, Prepared, Receipt, Sender};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Persons in one transaction, about. More would make the sender wait without making the commit
/// much cheaper a person.
const BATCH_TRAVELLERS: usize = 8_000;

/// Messages in one transaction.
const BATCH_MESSAGES: usize = 512;

/// How long a message waits for company.
const GATHER: Duration = Duration::from_millis(2);

/// Transmissions that may wait.
const QUEUE: usize = 256;

struct Handed {
    job: Job,
    reply: SyncSender<Result<Receipt, Arc<AppError>>>,
}

/// The writer's handle.
pub(crate) struct Writer {
    jobs: Option<SyncSender<Handed>>,
    thread: Option<JoinHandle<()>>,
}

/// A transmission that was handed over and is not yet answered.
pub struct Pending(Receiver<Result<Receipt, Arc<AppError>>>);

impl Pending {
    /// One that is answered already.
    fn settled(receipt: Result<Receipt, AppError>) -> Self {
        let (reply, answer) = sync_channel(1);
        // There is room for the one answer, and whoever waits for it holds the other end.
        let _ = reply.send(receipt.map_err(Arc::new));
        Self(answer)
    }

    /// Waits for the commit.
    pub fn wait(self) -> Result<Receipt, Arc<AppError>> {
        self.0
            .recv()
            .unwrap_or_else(|_| Err(Arc::new(AppError::Closing)))
    }
}

impl Writer {
    pub(crate) fn start(core: Arc<Core>) -> Self {
        let (jobs, inbox) = sync_channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("oriel-writer".to_owned())
            .spawn(move || run(&core, &inbox))
            .expect("a program that starts can start one thread");
        Self {
            jobs: Some(jobs),
            thread: Some(thread),
        }
    }

    /// Hands over a transmission; waits while the queue is full.
    pub(crate) fn hand(&self, prepared: Vec<Prepared>, channel: Channel) -> Pending {
        let (reply, answer) = sync_channel(1);
        let handed = Handed {
            job: Job { prepared, channel },
            reply,
        };
        if let Some(jobs) = &self.jobs {
            // When the writer has ended, `answer` has no sender and says so.
            let _ = jobs.send(handed);
        }
        Pending(answer)
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

fn run(core: &Core, inbox: &Receiver<Handed>) {
    while let Ok(first) = inbox.recv() {
        let mut batch = vec![first];
        let mut size = weight(&batch[0]);
        let until = Instant::now() + GATHER;
        while size.0 < BATCH_TRAVELLERS && size.1 < BATCH_MESSAGES {
            match inbox.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(next) => {
                    let more = weight(&next);
                    size = (size.0 + more.0, size.1 + more.1);
                    batch.push(next);
                }
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
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
