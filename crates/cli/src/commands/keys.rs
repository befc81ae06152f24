//! `oriel keys`: the key store, and how every other command opens it.
//!
//! Nothing here prints a secret: what goes out are days, counts and public keys.

use super::Format;
use crate::digest::hex;
use crate::output::{Exit, fail, print};
use anyhow::Context;
use jiff::civil::Date;
use oriel_keys::{Bucket, Class, KeyStore, Lock, Secret};
use oriel_store::StoreError;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where the key store is and what opens it. Every command that opens a store takes these.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct KeyArgs {
    /// File of the key store; in the folder of the store unless given.
    #[arg(long, value_name = "FILE", env = "ORIEL_KEYS")]
    keys: Option<PathBuf>,
    /// File with the passphrase of the key store in its first line.
    #[arg(long, value_name = "FILE", env = "ORIEL_PASSPHRASE_FILE")]
    passphrase_file: Option<PathBuf>,
    /// Key in a token that opens the key store:
    /// pkcs11:token=NAME;object=KEY?module-path=LIBRARY&pin-source=FILE.
    #[arg(
        long,
        value_name = "URI",
        env = "ORIEL_TOKEN",
        conflicts_with = "passphrase_file"
    )]
    token: Option<String>,
}

impl KeyArgs {
    /// The file, for the store at `data`.
    pub(crate) fn file(&self, data: Option<&str>) -> anyhow::Result<PathBuf> {
        match (&self.keys, data) {
            (Some(file), _) => Ok(file.clone()),
            (None, Some(folder)) if !folder.contains("://") => {
                Ok(Path::new(folder).join("keys").join("oriel.keys"))
            }
            (None, _) => Err(fail(
                Exit::Configuration,
                "say where the key store is, with --keys FILE or ORIEL_KEYS",
            )),
        }
    }

    /// What opens it.
    pub(crate) fn lock(&self) -> anyhow::Result<Lock> {
        lock(self.passphrase_file.as_deref(), self.token.as_deref())
    }

    /// Opens the key store of the store at `data`.
    pub(crate) fn open(&self, data: &str) -> anyhow::Result<Arc<KeyStore>> {
        let file = self.file(Some(data))?;
        let nothing = self.keys.is_none() && !file.exists();
        if nothing && !Path::new(data).join("oriel.db").exists() {
            let path = data.to_owned();
            return Err(StoreError::Missing { path })
                .with_context(|| format!("the store at {data}"));
        }
        Ok(Arc::new(KeyStore::open(&file, &self.lock()?)?))
    }

    /// Opens the key store of the store at `data`. One in its usual place is made where there is no
    /// store yet either, so that trying out needs no preparation; a key store that is missing beside
    /// a store is an error, because a new one would open nothing of it.
    pub(crate) fn open_or_create(
        &self,
        data: &str,
        today: Bucket,
    ) -> anyhow::Result<Arc<KeyStore>> {
        let file = self.file(Some(data))?;
        let new = self.keys.is_none() && !file.exists();
        if !new || Path::new(data).join("oriel.db").exists() {
            return self.open(data);
        }
        Ok(Arc::new(KeyStore::create(&file, &self.lock()?, today)?))
    }
}

fn lock(passphrase: Option<&Path>, token: Option<&str>) -> anyhow::Result<Lock> {
    Ok(match (passphrase, token) {
        (_, Some(uri)) => Lock::token(uri)?,
        (Some(file), None) => Lock::Passphrase(Secret::read(file)?),
        (None, None) => Lock::Plain,
    })
}

/// Which key store.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// Folder of the store, where the key store is in its usual place.
    #[arg(long, value_name = "DIR", env = "ORIEL_DATA", hide_env_values = true)]
    data: Option<String>,
    #[command(flatten)]
    keys: KeyArgs,
}

impl Which {
    fn file(&self) -> anyhow::Result<PathBuf> {
        self.keys.file(self.data.as_deref())
    }

    fn open(&self) -> anyhow::Result<KeyStore> {
        Ok(KeyStore::open(&self.file()?, &self.keys.lock()?)?)
    }
}

/// The lock of the vault.
#[derive(Debug, clap::Args)]
pub(crate) struct VaultArgs {
    /// File with the passphrase of the vault in its first line.
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "vault_token",
        conflicts_with = "vault_token"
    )]
    vault_passphrase_file: Option<PathBuf>,
    /// Key in a token that opens the vault.
    #[arg(long, value_name = "URI")]
    vault_token: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a key store for a new store.
    Init {
        #[command(flatten)]
        which: Which,
        /// Compartment whose keys are made; may be given several times.
        #[arg(long = "compartment", default_value = "piu")]
        compartments: Vec<String>,
    },
    /// Show what a key store holds: no secret.
    Status {
        #[command(flatten)]
        which: Which,
        /// How to print: text on a terminal, JSON elsewhere unless told.
        #[arg(long, value_enum)]
        format: Option<Format>,
    },
    /// Seal with fresh randomness from a day on; what was sealed before still opens.
    Rotate {
        #[command(flatten)]
        which: Which,
        /// Compartment; every one unless given.
        #[arg(long)]
        compartment: Option<String>,
        /// Class of data; every one unless given.
        #[arg(long, value_parser = class)]
        class: Option<Class>,
        /// First day, in UTC; tomorrow unless given.
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// Rotate the key that signs checkpoints of the audit log, and no other.
        #[arg(long, conflicts_with_all = ["compartment", "class", "from"])]
        signing: bool,
    },
    /// Change what opens a key store.
    Relock {
        #[command(flatten)]
        which: Which,
        /// File with the new passphrase in its first line.
        #[arg(
            long,
            value_name = "FILE",
            required_unless_present = "to_token",
            conflicts_with = "to_token"
        )]
        to_passphrase_file: Option<PathBuf>,
        /// Key in a token, which is made if the token has none of that name.
        #[arg(long, value_name = "URI")]
        to_token: Option<String>,
    },
    /// Give the vault, which opens masked data, a lock of its own and a fresh key pair.
    VaultInit {
        #[command(flatten)]
        which: Which,
        #[command(flatten)]
        vault: VaultArgs,
        /// File with the passphrase that the vault has now, if it has one of its own.
        #[arg(long, value_name = "FILE")]
        vault_now_passphrase_file: Option<PathBuf>,
        /// Key in a token that the vault has now, if it has one of its own.
        #[arg(long, value_name = "URI", conflicts_with = "vault_now_passphrase_file")]
        vault_now_token: Option<String>,
    },
    /// Print the public keys that prove the audit log, oldest first.
    ExportPublic {
        #[command(flatten)]
        which: Which,
    },
}

fn class(name: &str) -> Result<Class, String> {
    Class::parse(name).ok_or_else(|| {
        let names: Vec<&str> = Class::ALL.iter().map(|class| class.name()).collect();
        format!("classes are {}", names.join(", "))
    })
}

pub(crate) fn run(command: &Command) -> anyhow::Result<Exit> {
    let today = Bucket::of(jiff::Timestamp::now());
    match command {
        Command::Init {
            which,
            compartments,
        } => {
            let file = which.file()?;
            let keys = KeyStore::create(&file, &which.keys.lock()?, today)?;
            for compartment in compartments {
                keys.ring(compartment)?;
            }
            print(&format!(
                "made {}; keep a copy of it in a second place, apart from every backup",
                file.display()
            ))?;
        }
        Command::Status { which, format } => status(&which.open()?, *format)?,
        Command::Rotate {
            which,
            signing: true,
            ..
        } => {
            which.open()?.rotate_signing(today)?;
            print(
                "checkpoints are signed with a fresh key; `oriel keys export-public` prints both",
            )?;
        }
        Command::Rotate {
            which,
            compartment,
            class,
            from,
            ..
        } => {
            let from = from.map_or(Bucket(today.0 + 1), Bucket::from_date);
            rotate(&which.open()?, compartment.as_deref(), *class, from)?;
        }
        Command::Relock {
            which,
            to_passphrase_file,
            to_token,
        } => {
            let then = lock(to_passphrase_file.as_deref(), to_token.as_deref())?;
            let keys = which.open()?;
            keys.relock(&which.keys.lock()?, &then)?;
            let kind = then.kind();
            print(&format!("{} opens with {kind}", keys.file().display()))?;
            print("start every running oriel again; bring the file to the other nodes")?;
        }
        Command::VaultInit {
            which,
            vault,
            vault_now_passphrase_file: passphrase,
            vault_now_token: token,
        } => {
            let keys = which.open()?;
            let now = match (passphrase, token) {
                (None, None) if keys.status().vault.own => {
                    return Err(fail(
                        Exit::Configuration,
                        "the vault has a lock of its own: say which, with \
                         --vault-now-passphrase-file or --vault-now-token",
                    ));
                }
                (None, None) => which.keys.lock()?,
                (passphrase, token) => lock(passphrase.as_deref(), token.as_deref())?,
            };
            let own = lock(
                vault.vault_passphrase_file.as_deref(),
                vault.vault_token.as_deref(),
            )?;
            keys.vault_init(&now, &own)?;
            let kind = own.kind();
            print(&format!("the vault opens with {kind} of its own"))?;
        }
        Command::ExportPublic { which } => {
            for (since, public) in which.open()?.public_keys() {
                let object = json!({
                    "schema": "oriel.public-key/1",
                    "algorithm": "ed25519",
                    "since": since.to_string(),
                    "public_key": hex(&public),
                });
                print(&object.to_string())?;
            }
        }
    }
    Ok(Exit::Clean)
}

fn rotate(
    keys: &KeyStore,
    compartment: Option<&str>,
    class: Option<Class>,
    from: Bucket,
) -> anyhow::Result<()> {
    let rings = keys.status().rings;
    let known = rings.iter().map(|ring| ring.compartment.as_str());
    if let Some(wanted) = compartment.filter(|wanted| !known.clone().any(|name| name == *wanted)) {
        let names: Vec<&str> = known.collect();
        let text = format!(
            "there is no compartment {wanted}; there are {}",
            names.join(", ")
        );
        return Err(fail(Exit::Configuration, text));
    }
    for name in known.filter(|name| compartment.is_none_or(|wanted| wanted == *name)) {
        let timed = Class::ALL.into_iter().filter(|each| *each != Class::Static);
        for each in timed.filter(|each| class.is_none_or(|wanted| wanted == *each)) {
            keys.rotate(name, each, from)
                .with_context(|| format!("class {each} of compartment {name}"))?;
            print(&format!("{name} {each}: fresh keys from {from} on"))?;
        }
    }
    Ok(())
}

fn status(keys: &KeyStore, format: Option<Format>) -> anyhow::Result<()> {
    let status = keys.status();
    if Format::chosen(format).is_json() {
        let rings: Vec<_> = status
            .rings
            .iter()
            .map(|ring| {
                let classes: Vec<_> = ring
                    .classes
                    .iter()
                    .map(|class| {
                        let rotated: Vec<String> =
                            class.rotated.iter().map(Bucket::to_string).collect();
                        json!({
                            "class": class.class.name(),
                            "destroyed_before": class.horizon.to_string(),
                            "rotated": rotated,
                        })
                    })
                    .collect();
                json!({ "compartment": ring.compartment, "classes": classes })
            })
            .collect();
        let object = json!({
            "schema": "oriel.keys/1",
            "file": keys.file().display().to_string(),
            "generation": status.generation,
            "created": status.created.to_string(),
            "lock": status.lock.name(),
            "vault": {
                "own_lock": status.vault.own,
                "lock": status.vault.lock.name(),
                "key_pairs": status.vault.pairs,
            },
            "compartments": rings,
            "public_key": hex(&keys.public_key()),
        });
        return print(&object.to_string());
    }
    print(&format!(
        "{}, made {}, generation {}",
        keys.file().display(),
        status.created,
        status.generation
    ))?;
    print(&format!("opens with {}", status.lock))?;
    print(&match status.vault.own {
        true => format!("vault opens with {} of its own", status.vault.lock),
        false => "vault opens with the same lock: give it its own with `oriel keys vault-init`"
            .to_owned(),
    })?;
    for ring in &status.rings {
        for class in &ring.classes {
            let mut line = format!("{:<12} {:<7}", ring.compartment, class.class.name());
            if class.horizon > Bucket(0) {
                line += &format!(" destroyed before {}", class.horizon);
            }
            for from in &class.rotated {
                line += &format!(" fresh from {from}");
            }
            print(line.trim_end())?;
        }
    }
    Ok(())
}
