//! `oriel backup`: everything a store holds in one encrypted file, and back.
//!
//! The key store is never in it: what is sealed in the store stays sealed in the backup. So a backup
//! is made and restored without keys, and what was erased since stays unreadable in it.

use crate::digest::{hex, of_file};
use crate::output::{Exit, complain, fail, print};
use anyhow::Context;
use jiff::Timestamp;
use oriel_keys::{
    ArchiveKey, ArchiveReader, ArchiveWriter, Lock, Opener, Recipient, Secret, parse_public,
};
use oriel_policy::CONSOLE;
use oriel_policy::audit::{Deed, Event};
use oriel_store::backup::{self, Contents};
use oriel_store::place_shown;
use serde_json::{Value, json};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufReader, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Who can open a backup.
#[derive(Debug, clap::Args)]
pub(crate) struct For {
    /// File with the passphrase of the backup in its first line.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["token", "public"])]
    passphrase_file: Option<PathBuf>,
    /// Key in a token:
    /// pkcs11:token=NAME;object=KEY?module-path=LIBRARY&pin-source=FILE.
    #[arg(long, value_name = "URI", conflicts_with = "public")]
    token: Option<String>,
    /// Public key, as `oriel backup key` prints it.
    #[arg(
        long,
        value_name = "HEX",
        required_unless_present_any = ["passphrase_file", "token"]
    )]
    public: Option<String>,
}

/// What opens a backup.
#[derive(Debug, clap::Args)]
pub(crate) struct With {
    /// File with the passphrase of the backup in its first line.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["token", "key"])]
    passphrase_file: Option<PathBuf>,
    /// Key in a token.
    #[arg(long, value_name = "URI", conflicts_with = "key")]
    token: Option<String>,
    /// File with the secret key, as `oriel backup key` made it.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a key pair: the secret key is kept away from the machines that make backups.
    Key {
        /// File for the secret key.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Back a store up while it runs.
    Create {
        /// Folder of the store, or postgres://user@host/database.
        #[arg(
            long,
            value_name = "DIR|URL",
            env = "ORIEL_DATA",
            hide_env_values = true
        )]
        data: String,
        /// File to write; it must not be there.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        recipient: For,
    },
    /// Read a backup to its end and prove it against its own sums.
    Verify {
        /// The backup.
        file: PathBuf,
        /// Store in whose log it is noted: a folder, or postgres://user@host/database.
        #[arg(
            long,
            value_name = "DIR|URL",
            env = "ORIEL_DATA",
            hide_env_values = true
        )]
        data: Option<String>,
        #[command(flatten)]
        opener: With,
    },
    /// Fill a blank place with a backup, and prove it.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Folder for the store, or postgres://user@host/database of a blank database.
        #[arg(long, value_name = "DIR|URL")]
        data: String,
        #[command(flatten)]
        opener: With,
    },
    /// Restore into a place of its own, prove, and delete it: a backup made now, or one that is there.
    Drill {
        /// Folder of the store, or postgres://user@host/database.
        #[arg(
            long,
            value_name = "DIR|URL",
            env = "ORIEL_DATA",
            hide_env_values = true,
            required_unless_present = "from"
        )]
        data: Option<String>,
        /// A backup that is there; without it one is made for this drill.
        #[arg(long, value_name = "FILE", conflicts_with = "data")]
        from: Option<PathBuf>,
        #[command(flatten)]
        opener: With,
        /// Folder in which the drill takes place; needs room for the store and its backup.
        #[arg(long, value_name = "DIR", default_value_os_t = std::env::temp_dir())]
        room: PathBuf,
    },
}

/// What opens a backup, once it was read from where it is kept.
enum Key {
    Lock(Lock),
    Secret(ArchiveKey),
}

impl Key {
    fn opener(&self) -> Opener<'_> {
        match self {
            Self::Lock(lock) => Opener::Lock(lock),
            Self::Secret(key) => Opener::Secret(key),
        }
    }
}

impl With {
    fn key(&self) -> anyhow::Result<Key> {
        Ok(match (&self.passphrase_file, &self.token, &self.key) {
            (Some(file), ..) => Key::Lock(Lock::Passphrase(Secret::read(file)?)),
            (_, Some(uri), _) => Key::Lock(Lock::token(uri)?),
            (.., Some(file)) => Key::Secret(ArchiveKey::read(file)?),
            _ => {
                return Err(fail(
                    Exit::Configuration,
                    "say what opens the backup: --passphrase-file, --token or --key",
                ));
            }
        })
    }
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    let start = Instant::now();
    match command {
        Command::Key { out } => {
            let public = ArchiveKey::create(out)?.public();
            print(&json!({"schema": "oriel.backup-key/1", "public": hex(&public)}).to_string())?;
        }
        Command::Create {
            data,
            out,
            recipient,
        } => {
            let lock;
            let recipient = match (&recipient.passphrase_file, &recipient.token) {
                (Some(file), _) => {
                    lock = Lock::Passphrase(Secret::read(file)?);
                    Recipient::Lock(&lock)
                }
                (None, Some(uri)) => {
                    lock = Lock::token(uri)?;
                    Recipient::Lock(&lock)
                }
                (None, None) => Recipient::Public(public(recipient.public.as_deref())?),
            };
            let contents = create(data, out, &recipient)?;
            note(data, Deed::BackupMake, "ok", Some(out), &contents)?;
            tell("created", out, &contents, start)?;
        }
        Command::Verify { file, data, opener } => {
            let checked = backup::check(&mut reader(file, &opener.key()?)?);
            if let Some(data) = data {
                match &checked {
                    Ok(contents) => note(data, Deed::BackupVerify, "ok", Some(file), contents)?,
                    Err(_) => {
                        let nothing = Contents::default();
                        note(data, Deed::BackupVerify, "broken", Some(file), &nothing)?;
                    }
                }
            }
            let contents = checked?;
            tell("verified", file, &contents, start)?;
        }
        Command::Restore { file, data, opener } => {
            let contents = restore(file, data, &opener.key()?)?;
            note(data, Deed::BackupRestore, "ok", Some(file), &contents)?;
            tell("restored", file, &contents, start)?;
            complain("bring the key store to its place; it is not in the backup");
        }
        Command::Drill {
            data,
            from,
            opener,
            room,
        } => {
            let room = Room::make(room)?;
            let (file, key) = match (from, data) {
                (Some(file), _) => (file.clone(), opener.key()?),
                (None, data) => {
                    let data = data.as_deref().expect("the command line asks for one");
                    let key = ArchiveKey::create(&room.0.join("key"))?;
                    let file = room.0.join("drill.backup");
                    create(data, &file, &Recipient::Public(key.public()))?;
                    (file, Key::Secret(key))
                }
            };
            let place = room.0.join("store");
            let contents = restore(&file, &place.to_string_lossy(), &key)?;
            // A backup that was made for the drill alone is nothing to compare with.
            let kept = from.as_deref();
            drop(room);
            if let Some(data) = data {
                note(data, Deed::BackupVerify, "ok drill", kept, &contents)?;
            }
            tell("drilled", &file, &contents, start)?;
        }
    }
    Ok(Exit::Clean)
}

fn public(digits: Option<&str>) -> anyhow::Result<[u8; 32]> {
    digits.and_then(parse_public).ok_or_else(|| {
        let text = "a public key has 64 hexadecimal digits; `oriel backup key` makes one";
        fail(Exit::Configuration, text)
    })
}

/// Writes beside, and gives the backup its name only when it is whole and on disk.
fn create(data: &str, out: &Path, recipient: &Recipient<'_>) -> anyhow::Result<Contents> {
    if out.exists() {
        let text = format!("there is a file {} already", out.display());
        return Err(fail(Exit::Configuration, text));
    }
    let mut beside = out.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)
        .with_context(|| format!("could not write {}", beside.display()))?;
    let work = || -> anyhow::Result<Contents> {
        let mut writer = ArchiveWriter::new(BufWriter::new(file), recipient)?;
        let contents = backup::dump(data, &mut writer)
            .with_context(|| format!("the store at {}", place_shown(data)))?;
        writer.finish()?.into_inner()?.sync_all()?;
        std::fs::rename(&beside, out)?;
        Ok(contents)
    };
    work().inspect_err(|_| {
        // A part of a backup is of no use; that it cannot be deleted would hide the reason.
        let _ = std::fs::remove_file(&beside);
    })
}

fn reader(file: &Path, key: &Key) -> anyhow::Result<ArchiveReader<BufReader<File>>> {
    let opened = File::open(file).with_context(|| format!("could not open {}", file.display()))?;
    let reader = ArchiveReader::new(BufReader::new(opened), &key.opener());
    reader.with_context(|| format!("the backup {}", file.display()))
}

fn restore(file: &Path, data: &str, key: &Key) -> anyhow::Result<Contents> {
    let contents = backup::restore(data, &mut reader(file, key)?);
    contents.with_context(|| format!("{} into {}", file.display(), place_shown(data)))
}

/// A folder that is gone when the drill is over, however it ends.
struct Room(PathBuf);

impl Room {
    fn make(parent: &Path) -> anyhow::Result<Self> {
        let path = parent.join(format!("oriel-drill-{}", std::process::id()));
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("could not make {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            let path = self.0.display();
            complain(&format!(
                "{path} could not be deleted: {error}; delete it by hand"
            ));
        }
    }
}

/// Leaves in the log of a store what was done, by whom, how much it was and which file. A store
/// that has no log to write to, because it is only read, is none that a backup is made of.
fn note(
    data: &str,
    deed: Deed,
    said: &str,
    file: Option<&Path>,
    contents: &Contents,
) -> anyhow::Result<()> {
    let rows: u64 = contents.tables.iter().map(|table| table.rows).sum();
    let mut detail = format!(
        "{said} tables={} rows={rows} events={}",
        contents.tables.len(),
        contents.audit.0
    );
    if let Some(file) = file {
        detail += &format!(" sha256={}", of_file(file)?);
    }
    // The account of the machine: whoever holds it can make a backup without one of Oriel's.
    if let Ok(own) = std::fs::metadata("/proc/self") {
        detail += &format!(" uid={}", own.uid());
    }
    let event = Event::by(Timestamp::now(), CONSOLE, deed, "", detail);
    backup::note(data, event).with_context(|| format!("the store at {}", place_shown(data)))
}

fn tell(done: &str, file: &Path, contents: &Contents, start: Instant) -> anyhow::Result<()> {
    let tables: serde_json::Map<String, Value> = contents
        .tables
        .iter()
        .map(|table| {
            let value = json!({"rows": table.rows, "sum": hex(&table.sum)});
            (table.name.clone(), value)
        })
        .collect();
    let object = json!({
        "schema": "oriel.backup/1",
        "done": done,
        "file": file.display().to_string(),
        "migration": contents.schema,
        "tables": tables,
        "audit": {"events": contents.audit.0, "head": hex(&contents.audit.1)},
        "seconds": start.elapsed().as_secs_f64(),
    });
    print(&object.to_string())?;
    std::io::stdout().flush()?;
    Ok(())
}
