//! PostgreSQL: a server, one connection for a driver, every commit flushed to its log.
//!
//! - The client is asynchronous inside and is driven here by a runtime of the connection's own, on
//!   whichever thread calls. It may be called from any thread that may block.
//! - A transaction that writes holds one advisory lock from its beginning to its end, so that
//!   numbers and the chain of events have no gap and no branch, however many nodes there are.
//! - A connection that is lost ends its transaction on the server. The next transaction opens
//!   another; what was acknowledged is there, and what was not is safe to send again.

mod errors;
mod place;
mod translate;
mod value;

pub(crate) use place::Target;

use super::{Driver, Insert, Row, Value};
use crate::StoreError;
use errors::{failed, is_lost};
use futures_util::stream::{self, StreamExt};
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use tokio::runtime::Runtime;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::types::{BorrowToSql, Type};
use tokio_postgres::{AsyncMessage, Client, NoTls, Socket, Statement};
use value::Owned;

/// The one that writes holds this lock.
const WRITER_LOCK: i64 = 0x4f52_4945_4c00_0001;

/// Rows taken from the connection at once.
const CHUNK: usize = 256;

/// Statements on their way at most.
const UNANSWERED: usize = 256;

/// From this many rows on, COPY is faster than one statement with arrays.
const COPY_ROWS: usize = 64;

/// A connection that is opened when it is needed and opened again when it was lost.
pub(crate) struct Postgres {
    target: Arc<Target>,
    session: Option<Session>,
    /// A statement of this transaction failed: the server would answer COMMIT with a rollback.
    spoilt: bool,
}

struct Session {
    client: Arc<Client>,
    statements: HashMap<String, Statement>,
    /// Answers that nobody has waited for yet, in the order of their statements.
    sent: Vec<Answer>,
    /// The server said something while it committed.
    warned: Arc<AtomicBool>,
    /// Outlives the client: dropped last, and never from within another runtime.
    runtime: Option<Runtime>,
}

/// The answer to a statement that is on its way.
type Answer = Pin<Box<dyn Future<Output = Result<u64, tokio_postgres::Error>> + Send>>;

impl Postgres {
    pub(crate) fn open(target: Arc<Target>) -> Result<Self, StoreError> {
        let session = Session::start(&target)?;
        Ok(Self {
            target,
            session: Some(session),
            spoilt: false,
        })
    }

    /// Begins a transaction, on a new connection where the old one was lost while it was idle.
    fn start(&mut self, sql: &str) -> Result<(), StoreError> {
        self.spoilt = false;
        if let Some(session) = &mut self.session {
            match session.batch(sql) {
                Ok(()) => return Ok(()),
                Err(error) if is_lost(&error) => self.session = None,
                Err(error) => {
                    // Of several statements the first ones were done.
                    self.rollback()?;
                    return Err(failed(&error));
                }
            }
        }
        let mut session = Session::start(&self.target)?;
        session.batch(sql).map_err(|error| failed(&error))?;
        self.session = Some(session);
        Ok(())
    }

    /// Does something in the open transaction and remembers when it fails.
    fn within<T>(
        &mut self,
        work: impl FnOnce(&mut Session) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, StoreError> {
        let session = self.session.as_mut().ok_or(StoreError::Cut)?;
        work(session).map_err(|error| {
            self.spoilt = true;
            failed(&error)
        })
    }
}

impl Driver for Postgres {
    fn is_blank(&mut self) -> Result<bool, StoreError> {
        let mut blank = true;
        self.query("SELECT to_regclass('migration') IS NULL", &[], &mut |row| {
            blank = row.int(0)? != 0;
            Ok(())
        })?;
        Ok(blank)
    }

    fn catalogue(&self) -> &'static str {
        "SELECT kept.relname::text, part.attname::text FROM pg_class AS kept
             JOIN pg_attribute AS part ON part.attrelid = kept.oid
         WHERE kept.relnamespace = current_schema()::regnamespace
             AND kept.relkind IN ('r', 'p') AND NOT kept.relispartition
             AND part.attnum > 0 AND NOT part.attisdropped
         ORDER BY kept.relname, part.attnum"
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        // Each statement sees what was committed before it: the lock's own would be too early.
        self.start(&format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; SELECT pg_advisory_xact_lock({WRITER_LOCK})"
        ))
    }

    fn begin_read(&mut self) -> Result<(), StoreError> {
        self.start("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        if self.spoilt {
            return Err(StoreError::Spoilt);
        }
        // What failed before the commit was sent did not happen; that is worth knowing.
        self.within(Session::settle)?;
        let session = self.session.as_mut().ok_or(StoreError::Cut)?;
        session.warned.store(false, Ordering::Relaxed);
        match session.batch("COMMIT") {
            // The one thing that a server says beside a commit is that it gave up waiting for its
            // replica.
            Ok(()) if session.warned.load(Ordering::Relaxed) => Err(StoreError::Unknown),
            Ok(()) => Ok(()),
            Err(error) if is_lost(&error) => Err(StoreError::Unknown),
            Err(error) => Err(failed(&error)),
        }
    }

    fn rollback(&mut self) -> Result<(), StoreError> {
        let ended = self.session.as_mut().is_some_and(|session| {
            session.sent.clear();
            session.batch("ROLLBACK").is_ok()
        });
        if !ended {
            // The server rolls back what a connection leaves open.
            self.session = None;
        }
        Ok(())
    }

    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        self.within(|session| {
            let statement = session.prepare(sql)?;
            let client = Arc::clone(&session.client);
            session.run(client.execute_raw(&statement, values.iter().copied()))
        })
    }

    fn put(&mut self, sql: &str, values: &[Value<'_>]) -> Result<(), StoreError> {
        self.within(|session| {
            let statement = session.prepare(sql)?;
            session.send(
                statement,
                values.iter().map(Owned::from).collect::<Vec<_>>(),
            )
        })
    }

    fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: &mut dyn FnMut(&dyn Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let rows = self.within(|session| {
            let statement = session.prepare(sql)?;
            let client = Arc::clone(&session.client);
            session.run(client.query_raw(&statement, values.iter().copied()))
        })?;
        let mut rows = pin!(rows.ready_chunks(CHUNK));
        // `each` runs outside of the runtime, so that it may itself use a store.
        loop {
            let chunk = self.within(|session| match session.wait(rows.next()) {
                Some(chunk) => chunk.into_iter().collect::<Result<Vec<_>, _>>().map(Some),
                None => Ok(None),
            })?;
            match chunk {
                Some(chunk) => chunk.iter().try_for_each(|row| each(row))?,
                None => return Ok(()),
            }
        }
    }

    fn insert_many(&mut self, into: &Insert, values: &[Value<'_>]) -> Result<(), StoreError> {
        let width = into.columns.len();
        if values.is_empty() {
            return Ok(());
        }
        self.within(|session| {
            if into.conflict.is_empty() && values.len() >= COPY_ROWS * width {
                session.copy(into, values)
            } else {
                session.insert_arrays(into, values)
            }
        })
    }

    fn migrate(&mut self, sql: &str) -> Result<(), StoreError> {
        let sql = translate::schema(sql);
        self.within(|session| {
            session.batch(&sql)?;
            session.batch(translate::KEPT_AS_GIVEN)
        })
    }
}

impl Session {
    fn start(target: &Target) -> Result<Self, StoreError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|source| StoreError::NotOpened {
                source: Box::new(source),
            })?;
        let warned = Arc::new(AtomicBool::new(false));
        let client = match target.tls()? {
            Some(tls) => connect(&runtime, target, tls, &warned),
            None => connect(&runtime, target, NoTls, &warned),
        }?;
        let mut session = Self {
            client: Arc::new(client),
            statements: HashMap::new(),
            sent: Vec::new(),
            warned,
            runtime: Some(runtime),
        };
        session.check()?;
        Ok(session)
    }

    /// What the server must be before anything is entrusted to it.
    fn check(&mut self) -> Result<(), StoreError> {
        let row = self
            .wait(self.client.query_one(
                "SELECT current_setting('server_version_num')::bigint,
                    current_setting('server_encoding'), current_setting('fsync')",
                &[],
            ))
            .map_err(|error| failed(&error))?;
        let unfit = |why: &str| StoreError::Unfit {
            why: why.to_owned(),
        };
        if row.int(0)? < 150_000 {
            return Err(unfit("is older than PostgreSQL 15"));
        }
        if row.text(1)? != "UTF8" {
            return Err(unfit("keeps this database in another encoding than UTF8"));
        }
        if row.text(2)? != "on" {
            return Err(unfit(
                "runs with fsync = off, so that it loses what it acknowledged when the power fails",
            ));
        }
        Ok(())
    }

    /// Drives the connection until `work` is done.
    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime
            .as_ref()
            .expect("a session has its runtime until it is dropped")
            .block_on(work)
    }

    /// Sends `work` behind the statements that are on their way, then waits for the answers of
    /// all in order. The first error is the one that counts: the server skips what follows it.
    fn run<T>(
        &mut self,
        work: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, tokio_postgres::Error> {
        let sent = std::mem::take(&mut self.sent);
        self.wait(async {
            let mut work = pin!(work);
            // Polled once it is sent.
            let early = once(&mut work).await;
            for answer in sent {
                answer.await?;
            }
            match early {
                Poll::Ready(done) => done,
                Poll::Pending => work.await,
            }
        })
    }

    /// Sends a statement and does not wait for its answer.
    fn send<P>(&mut self, statement: Statement, values: Vec<P>) -> Result<(), tokio_postgres::Error>
    where
        P: BorrowToSql + Send + 'static,
    {
        let client = Arc::clone(&self.client);
        let mut answer: Answer =
            Box::pin(async move { client.execute_raw(&statement, values).await });
        if let Poll::Ready(done) = self.wait(once(&mut answer)) {
            return done.map(drop);
        }
        self.sent.push(answer);
        if self.sent.len() < UNANSWERED {
            return Ok(());
        }
        self.settle()
    }

    /// Waits for the answers to everything that is on its way.
    fn settle(&mut self) -> Result<(), tokio_postgres::Error> {
        self.run(async { Ok(()) })
    }

    /// Runs statements without values.
    fn batch(&mut self, sql: &str) -> Result<(), tokio_postgres::Error> {
        let client = Arc::clone(&self.client);
        self.run(client.batch_execute(sql))
    }

    /// A statement is prepared once a connection.
    fn prepare(&mut self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let client = Arc::clone(&self.client);
        let statement = self.run(client.prepare(sql))?;
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// The types of the columns that get a value.
    fn types(&mut self, into: &Insert) -> Result<Vec<Type>, tokio_postgres::Error> {
        let columns = into.columns.join(", ");
        let statement = self.prepare(&format!("SELECT {columns} FROM {} LIMIT 0", into.table))?;
        let types = statement.columns().iter().map(|c| c.type_().clone());
        Ok(types.collect())
    }

    /// All rows in one statement, each column an array.
    fn insert_arrays(
        &mut self,
        into: &Insert,
        values: &[Value<'_>],
    ) -> Result<(), tokio_postgres::Error> {
        let width = into.columns.len();
        let arrays: Vec<String> = self
            .types(into)?
            .iter()
            .zip(1..)
            .map(|(kind, n)| format!("${n}::{}[]", kind.name()))
            .collect();
        let sql = format!(
            "INSERT INTO {} ({}) SELECT * FROM unnest({}) {}",
            into.table,
            into.columns.join(", "),
            arrays.join(", "),
            into.conflict
        );
        let statement = self.prepare(&sql)?;
        let columns: Vec<Vec<Owned>> = (0..width)
            .map(|at| {
                values
                    .iter()
                    .skip(at)
                    .step_by(width)
                    .map(Owned::from)
                    .collect()
            })
            .collect();
        self.send(statement, columns)
    }

    /// All rows in the binary form of COPY.
    fn copy(&mut self, into: &Insert, values: &[Value<'_>]) -> Result<(), tokio_postgres::Error> {
        let types = self.types(into)?;
        let statement = self.prepare(&format!(
            "COPY {} ({}) FROM STDIN (FORMAT binary)",
            into.table,
            into.columns.join(", ")
        ))?;
        let client = Arc::clone(&self.client);
        self.run(async {
            let sink = client.copy_in(&statement).await?;
            let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
            for row in values.chunks(types.len()) {
                writer.as_mut().write_raw(row.iter().copied()).await?;
            }
            writer.finish().await?;
            Ok(())
        })
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // A runtime that is dropped where another one runs would panic.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Begins some work and goes as far as it goes without waiting.
async fn once<F: Future + Unpin>(work: &mut F) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(Pin::new(&mut *work).poll(context))).await
}

/// Opens a connection and leaves it to the runtime.
fn connect<T>(
    runtime: &Runtime,
    target: &Target,
    tls: T,
    warned: &Arc<AtomicBool>,
) -> Result<Client, StoreError>
where
    T: MakeTlsConnect<Socket>,
    T::Stream: Send + 'static,
{
    let (client, mut connection) = runtime
        .block_on(target.config().connect(tls))
        .map_err(|error| errors::not_connected(&error))?;
    let warned = Arc::clone(warned);
    runtime.spawn(async move {
        let mut messages = pin!(stream::poll_fn(|cx| connection.poll_message(cx)));
        // The end of the connection shows in the answers of the client.
        while let Some(Ok(message)) = messages.next().await {
            if matches!(message, AsyncMessage::Notice(_)) {
                warned.store(true, Ordering::Relaxed);
            }
        }
    });
    Ok(client)
}
