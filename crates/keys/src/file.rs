//! The file of a key store: its frame, and changes that survive a power failure.
//!
//! ```text
//! "oriel keys 1\n" | length of head (4) | head: JSON | nonce (12) | sealed content | SHA-256 (32)
//! ```
//!
//! - The head is readable: which lock, which vault. It is authenticated together with the content.
//!   The digest tells accident from attack: a file that was cut or has a flipped bit is named as
//!   that, and not as one with another passphrase.
//! - A change is written beside the file, synced, renamed over it, and the folder is synced. The old
//!   copy is then overwritten as far as the disk lets us, because it holds keys just destroyed.
//! - Processes take turns by an advisory lock on a file beside it.

use crate::KeyError;
use crate::lock::LockHead;
use crate::secret::{Key, random};
use aes_gcm_siv::aead::Aead;
use aes_gcm_siv::aead::Payload;
use aes_gcm_siv::{Aes256GcmSiv, KeyInit, Nonce};
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

const MAGIC: &[u8] = b"oriel keys 1\n";
const DIGEST: usize = 32;
const NONCE: usize = 12;

/// More than any key store needs, and little enough to read at once.
const LONGEST: u64 = 16 << 20;

/// The readable part.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    /// Rises with every change.
    pub(crate) generation: u64,
    /// Day on which the key store was made.
    pub(crate) created: u32,
    pub(crate) lock: LockHead,
    pub(crate) vault: crate::vault::VaultHead,
}

/// A key store as it stands on disk: well-framed, not yet opened.
pub(crate) struct Image {
    bytes: Vec<u8>,
    /// Where the head ends.
    body: usize,
    pub(crate) head: Head,
    pub(crate) stamp: Stamp,
}

/// What changes when a file is replaced.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds.
    changed: (i64, i64),
}

impl Stamp {
    fn of(file: &Path, metadata: std::io::Result<std::fs::Metadata>) -> Result<Self, KeyError> {
        let metadata = metadata.map_err(|source| not_read(file, source))?;
        Ok(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    /// Of the file that is there now.
    pub(crate) fn now(file: &Path) -> Result<Self, KeyError> {
        Self::of(file, std::fs::metadata(file))
    }
}

/// Reads and checks the frame. The caller holds the lock file.
pub(crate) fn read(file: &Path) -> Result<Image, KeyError> {
    let mut opened = File::open(file).map_err(|source| not_read(file, source))?;
    let stamp = Stamp::of(file, opened.metadata())?;
    let bytes = contents(file, &mut opened)?.to_vec();
    let damaged = || KeyError::Damaged { file: file.into() };
    if !bytes.starts_with(MAGIC) {
        // A number after the words is another version; anything else may be a damaged one of ours.
        return Err(match bytes.starts_with(b"oriel keys ") {
            true => KeyError::Unknown { file: file.into() },
            false => damaged(),
        });
    }
    let end = bytes.len().checked_sub(DIGEST).ok_or_else(damaged)?;
    if digest(&SHA256, &bytes[..end]).as_ref() != &bytes[end..] {
        return Err(damaged());
    }
    let (length, rest) = bytes[MAGIC.len()..end]
        .split_first_chunk()
        .ok_or_else(damaged)?;
    let length = u32::from_be_bytes(*length) as usize;
    let head = rest.get(..length).ok_or_else(damaged)?;
    let head = serde_json::from_slice(head).map_err(|_| damaged())?;
    let body = MAGIC.len() + 4 + length;
    if end < body + NONCE {
        return Err(damaged());
    }
    Ok(Image {
        bytes,
        body,
        head,
        stamp,
    })
}

impl Image {
    /// Opens the content; `None` where the key is another or something was changed.
    pub(crate) fn open(&self, key: &Key) -> Option<Zeroizing<Vec<u8>>> {
        let (associated, rest) = self.bytes.split_at(self.body);
        let (nonce, rest) = rest.split_at(NONCE);
        let payload = Payload {
            msg: &rest[..rest.len() - DIGEST],
            aad: associated,
        };
        let nonce = Nonce::try_from(nonce).ok()?;
        cipher(key)
            .decrypt(&nonce, payload)
            .ok()
            .map(Zeroizing::new)
    }
}

/// Replaces the file, durably. The caller holds the lock file alone.
pub(crate) fn write(
    file: &Path,
    head: &Head,
    content: &[u8],
    key: &Key,
) -> Result<Stamp, KeyError> {
    let bytes = frame(head, content, key)?;
    let beside = sibling(file, "new");
    let fault = |source| KeyError::File {
        file: file.into(),
        act: "written",
        source,
    };
    let write = || -> std::io::Result<std::fs::Metadata> {
        match std::fs::remove_file(&beside) {
            Err(fault) if fault.kind() != ErrorKind::NotFound => return Err(fault),
            _ => {}
        }
        let mut new = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)?;
        new.write_all(&bytes)?;
        new.sync_all()?;
        let old = OpenOptions::new().write(true).open(file);
        std::fs::rename(&beside, file)?;
        File::open(folder(file))?.sync_all()?;
        if let Ok(old) = old {
            overwrite(old);
        }
        new.metadata()
    };
    Stamp::of(file, Ok(write().map_err(fault)?))
}

/// Overwrites a copy that is no longer in use. On disks that write elsewhere this does little, and
/// a failure changes nothing: the copy has lost its name already.
fn overwrite(mut old: File) {
    let length = old.metadata().map_or(0, |metadata| metadata.len());
    let zeros = vec![0; length.min(LONGEST) as usize];
    let _ = old.write_all(&zeros).and_then(|()| old.sync_data());
}

fn frame(head: &Head, content: &[u8], key: &Key) -> Result<Vec<u8>, KeyError> {
    let head = serde_json::to_vec(head).expect("a head has only text keys and plain values");
    let mut bytes = MAGIC.to_vec();
    bytes.extend_from_slice(&(head.len() as u32).to_be_bytes());
    bytes.extend_from_slice(&head);
    let nonce = random::<NONCE>()?;
    let payload = Payload {
        msg: content,
        aad: &bytes,
    };
    let sealed = cipher(key)
        .encrypt(&Nonce::from(*nonce), payload)
        .expect("the content is far shorter than the bound of the cipher");
    bytes.extend_from_slice(&*nonce);
    bytes.extend_from_slice(&sealed);
    let digest = digest(&SHA256, &bytes);
    bytes.extend_from_slice(digest.as_ref());
    Ok(bytes)
}

fn cipher(key: &Key) -> Aes256GcmSiv {
    Aes256GcmSiv::new((&**key).into())
}

/// A turn on the key store, given back when dropped.
pub(crate) struct Turn(#[expect(dead_code, reason = "holds the lock")] Option<File>);

impl Turn {
    /// Alone: nobody reads or writes meanwhile.
    pub(crate) fn alone(file: &Path) -> Result<Self, KeyError> {
        let path = sibling(file, "lock");
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .and_then(|lock| lock.lock().map(|()| lock));
        let fault = |source| KeyError::File {
            file: path.clone(),
            act: "locked",
            source,
        };
        lock.map(|lock| Self(Some(lock))).map_err(fault)
    }

    /// Together with other readers. A folder without the lock file is one to which nobody writes.
    pub(crate) fn reading(file: &Path) -> Result<Self, KeyError> {
        let path = sibling(file, "lock");
        let fault = |source| KeyError::File {
            file: path.clone(),
            act: "locked",
            source,
        };
        match File::open(&path) {
            Ok(lock) => lock.lock_shared().map(|()| Self(Some(lock))).map_err(fault),
            Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(Self(None)),
            Err(source) => Err(fault(source)),
        }
    }
}

/// Makes the folder of a key store, for its owner only, unless it is there.
pub(crate) fn make_folder(file: &Path) -> Result<(), KeyError> {
    let folder = folder(file);
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| KeyError::File {
            file: folder.into(),
            act: "made",
            source,
        })
}

/// Writes a file that holds a secret and must not be there yet.
pub(crate) fn write_private(file: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let write = || -> std::io::Result<()> {
        let mut new = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(file)?;
        new.write_all(bytes)?;
        new.write_all(b"\n")?;
        new.sync_all()
    };
    write().map_err(|source| KeyError::File {
        file: file.into(),
        act: "written",
        source,
    })
}

/// Reads a file that holds a secret. One that others may read is refused.
pub(crate) fn read_private(file: &Path) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let fault = |source| KeyError::File {
        file: file.into(),
        act: "read",
        source,
    };
    contents(file, &mut File::open(file).map_err(fault)?)
}

fn contents(file: &Path, opened: &mut File) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let fault = |source| KeyError::File {
        file: file.into(),
        act: "read",
        source,
    };
    let metadata = opened.metadata().map_err(fault)?;
    let mode = metadata.mode() & 0o777;
    if metadata.is_file() && mode & 0o077 != 0 {
        return Err(KeyError::Permissions {
            file: file.into(),
            mode,
        });
    }
    // Room for all of it, so that no half-read copy is left behind by growing.
    let room = metadata.len().clamp(4096, LONGEST) as usize + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    opened
        .take(LONGEST)
        .read_to_end(&mut bytes)
        .map_err(fault)?;
    Ok(bytes)
}

fn not_read(file: &Path, source: std::io::Error) -> KeyError {
    match source.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => KeyError::Missing { file: file.into() },
        _ => KeyError::File {
            file: file.into(),
            act: "read",
            source,
        },
    }
}

fn folder(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// `oriel.keys.lock` beside `oriel.keys`.
fn sibling(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}
