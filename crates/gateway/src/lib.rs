//! Ways in other than HTTP: what carriers leave is taken, kept, and answered.
//!
//! - What it does: each [`Transport`] frames what it is given into transmissions, hands them to the
//!   [`Desk`], and lets the sender know only what is durable. All of them pass the same story
//!   (`tests/transports/story.rs`): accept, refuse, repeat, half a frame, nobody told of a commit,
//!   the same message by two ways, somebody else, store down.
//! - What it does not: decode, filter, screen. That is the pipeline's, whatever the way in.
//! - To know: [`TRANSPORTS`], one row a kind; [`open`], from the configuration; [`Gateway`], which
//!   runs them.
//!
//! ```no_run
//! # fn run(app: std::sync::Arc<oriel_app::App>) -> Result<(), Box<dyn std::error::Error>> {
//! use oriel_gateway::{Desk, Gateway, open};
//! let settings = toml::from_str("kind = 'directory'\nname = 'zq'\npath = '/srv/zq/in'")?;
//! let running = Gateway::start(Desk::new(app, Default::default()), vec![open(settings)?]);
//! drop(running); // ends it, when what it has begun is done
//! # Ok(())
//! # }
//! ```

mod amqp;
mod answers;
mod as4;
mod desk;
mod directory;
mod listen;
mod running;
mod sftp;
mod tls;
mod typeb;

pub use desk::{Desk, Handed, Later, Taken};
pub use running::{Ends, Gateway};

use std::path::PathBuf;

/// A way in, opened.
pub trait Transport: Send {
    /// Its name, from the configuration; it stands in the channel of each message.
    fn name(&self) -> &str;

    /// Takes what comes until it is told to end. Faults are met by waiting and trying again, never
    /// by ending.
    fn run(&mut self, desk: &Desk, ends: &Ends);
}

/// A kind of way in.
pub struct Kind {
    /// What `kind` in the configuration says.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub says: &'static str,
    open: fn(toml::Table) -> Result<Box<dyn Transport>, Fault>,
}

/// Every kind.
pub const TRANSPORTS: &[Kind] = &[
    Kind {
        name: "amqp",
        says: "a queue of a broker that speaks AMQP 1.0; answers go to another queue",
        open: amqp::open,
    },
    Kind {
        name: "as4",
        says: "an AS4 receiver (ebMS 3.0) for signed pushes; answers are pushed to the carrier",
        open: as4::open,
    },
    Kind {
        name: "directory",
        says: "a folder in which messages are left under their final name; answers are written \
               beside",
        open: directory::open,
    },
    Kind {
        name: "maildir",
        says: "a Maildir: what lies in its `new` is taken; answers are written beside",
        open: directory::open_maildir,
    },
    Kind {
        name: "sftp",
        says: "an SFTP server with an inbox and an outbox for each carrier, by public key or \
               certificate",
        open: sftp::open,
    },
    Kind {
        name: "line",
        says: "telegrams (Type B) over a plain TCP line, each acknowledged by a telegram",
        open: typeb::line,
    },
    Kind {
        name: "matip",
        says: "telegrams (Type B) over MATIP, RFC 2351, each acknowledged by a telegram",
        open: typeb::matip,
    },
];

/// Why a way in cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// No such kind.
    #[error("{named:?} is no kind of transport; there is: {known}")]
    Kind {
        /// As given.
        named: String,
        /// Those there are.
        known: String,
    },
    /// Two of one name.
    #[error("two transports are called {0:?}; the name tells them apart in what is kept")]
    Twice(String),
    /// Its settings.
    #[error("the settings of a transport do not hold: {0}")]
    Settings(String),
    /// A key, or a list of keys.
    #[error("the transport {name} cannot use the key {what:?}: {why}")]
    Key {
        /// Of the transport.
        name: String,
        /// The file, or the beginning of the line.
        what: String,
        /// What is wrong with it.
        why: String,
    },
    /// An address on which it would listen.
    #[error(
        "the transport {name} cannot listen on {address}; end the program that uses the port, \
        or choose another"
    )]
    Address {
        /// Of the transport.
        name: String,
        /// The address.
        address: std::net::SocketAddr,
        /// What the system says.
        #[source]
        error: std::io::Error,
    },
    /// A folder it needs.
    #[error("the transport {name} cannot use the folder {}; make it, or give it to the account \
        under which Oriel runs", path.display())]
    Folder {
        /// Of the transport.
        name: String,
        /// The folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        error: std::io::Error,
    },
}

/// Opens the ways in that a configuration names, in its order.
pub fn open_all(tables: &[toml::Table]) -> Result<Vec<Box<dyn Transport>>, Fault> {
    let mut opened: Vec<Box<dyn Transport>> = Vec::new();
    for table in tables {
        let next = open(table.clone())?;
        if opened.iter().any(|known| known.name() == next.name()) {
            return Err(Fault::Twice(next.name().to_owned()));
        }
        opened.push(next);
    }
    Ok(opened)
}

/// Opens a way in from its table in the configuration.
pub fn open(mut settings: toml::Table) -> Result<Box<dyn Transport>, Fault> {
    let named = match settings.remove("kind") {
        Some(toml::Value::String(named)) => named,
        Some(_) | None => String::new(),
    };
    let Some(kind) = TRANSPORTS.iter().find(|kind| kind.name == named) else {
        let known: Vec<&str> = TRANSPORTS.iter().map(|kind| kind.name).collect();
        let known = known.join(", ");
        return Err(Fault::Kind { named, known });
    };
    (kind.open)(settings)
}

/// Reads the settings of one kind.
fn settings<T: serde::de::DeserializeOwned>(table: toml::Table) -> Result<T, Fault> {
    if table.contains_key("carrier") {
        let says = "who may come is said in the registry and not here: take `carrier` out of the \
            transport; `oriel carrier enrol` and `oriel carrier channel add` put carriers and their \
            keys and addresses there";
        return Err(Fault::Settings(says.to_owned()));
    }
    table
        .try_into()
        .map_err(|fault: toml::de::Error| Fault::Settings(fault.message().to_owned()))
}
