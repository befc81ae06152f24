//! A stream of bytes that only one passphrase, token or secret key opens: for backups.
//!
//! - In: bytes of any length.  Out: a readable head that says how to open it, then parts of 64 KiB
//!   under AES-256-GCM-SIV, counted, the last one marked.
//! - Invariant: what was changed, cut, swapped or taken from another archive is an error when it is
//!   read, before any of its bytes is given out.
//!
//! ```text
//! "oriel archive 1\n" | length of head (4) | head: JSON | { length (4) | sealed part }
//! ```

use crate::hex::Hex;
use crate::lock::{Lock, LockHead};
use crate::secret::{Key, Length, random};
use crate::{KeyError, file};
use aes_gcm_siv::aead::{Aead, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit, Nonce};
use curve25519_dalek::montgomery::MontgomeryPoint;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::io::{Error, ErrorKind, Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

const MAGIC: &[u8] = b"oriel archive 1\n";
const PART: usize = 64 << 10;
const TAG: usize = 16;

/// Longer than any head.
const LONGEST_HEAD: usize = 64 << 10;

/// For whom an archive is made.
#[derive(Debug)]
pub enum Recipient<'a> {
    /// Who has this lock.
    Lock(&'a Lock),
    /// Who has the secret key to this public key.
    Public([u8; 32]),
}

/// What opens an archive.
#[derive(Debug)]
pub enum Opener<'a> {
    /// The lock it was made with.
    Lock(&'a Lock),
    /// The secret key to the public key it was made for.
    Secret(&'a ArchiveKey),
}

/// A secret key that opens archives (X25519). It is kept away from the machines that make them.
pub struct ArchiveKey(Key);

impl ArchiveKey {
    /// Makes a key and writes it to a file that only its owner may read and that must not be there.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let key = Self(random()?);
        let digits: Zeroizing<String> =
            Zeroizing::new(key.0.iter().map(|byte| format!("{byte:02x}")).collect());
        file::write_private(path, digits.as_bytes())?;
        Ok(key)
    }

    /// Reads what [`ArchiveKey::create`] wrote.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let digits = crate::Secret::read(path)?;
        let text = std::str::from_utf8(digits.bytes()).unwrap_or_default();
        let key = parse_public(text).ok_or_else(|| KeyError::EmptySecret { file: path.into() })?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// The public key, for which archives are made.
    pub fn public(&self) -> [u8; 32] {
        MontgomeryPoint::mul_base_clamped(*self.0).to_bytes()
    }
}

impl fmt::Debug for ArchiveKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArchiveKey")
    }
}

/// A key from its 64 hexadecimal digits.
pub fn parse_public(text: &str) -> Option<[u8; 32]> {
    let hex: Hex = serde_json::from_value(text.into()).ok()?;
    hex.array()
}

/// How an archive opens. Readable by anybody who has it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "lowercase", deny_unknown_fields)]
enum Head {
    Lock { lock: LockHead },
    Public { recipient: Hex, ephemeral: Hex },
}

impl Head {
    fn new(recipient: &Recipient<'_>) -> Result<(Self, Key), KeyError> {
        match recipient {
            Recipient::Lock(lock) => {
                let (lock, key) = LockHead::new(lock)?;
                Ok((Self::Lock { lock }, key))
            }
            Recipient::Public(public) => {
                let secret = random::<32>()?;
                let ephemeral = MontgomeryPoint::mul_base_clamped(*secret).to_bytes();
                let key = agree(&secret, public, &ephemeral, public);
                let head = Self::Public {
                    recipient: Hex(public.to_vec()),
                    ephemeral: Hex(ephemeral.to_vec()),
                };
                Ok((head, key.ok_or(KeyError::ArchiveOther)?))
            }
        }
    }

    fn key(&self, opener: &Opener<'_>) -> Result<Key, KeyError> {
        match (self, opener) {
            (Self::Lock { lock: head }, Opener::Lock(lock)) => head.key(lock, "backup"),
            (
                Self::Public {
                    recipient,
                    ephemeral,
                },
                Opener::Secret(secret),
            ) => {
                let public = secret.public();
                let ephemeral = ephemeral.array().filter(|_| recipient.0 == public);
                ephemeral
                    .and_then(|ephemeral| agree(&secret.0, &ephemeral, &ephemeral, &public))
                    .ok_or(KeyError::ArchiveOther)
            }
            _ => Err(KeyError::ArchiveOther),
        }
    }
}

/// The key that both sides derive; `None` for a public key of small order.
fn agree(own: &Key, other: &[u8; 32], ephemeral: &[u8; 32], recipient: &[u8; 32]) -> Option<Key> {
    let shared = Zeroizing::new(MontgomeryPoint(*other).mul_clamped(**own).to_bytes());
    if shared.iter().all(|byte| *byte == 0) {
        return None;
    }
    let mut key = Zeroizing::new([0; 32]);
    ring::hkdf::Salt::new(ring::hkdf::HKDF_SHA256, &[])
        .extract(&*shared)
        .expand(&[b"oriel archive", ephemeral, recipient], Length(32))
        .and_then(|okm| okm.fill(&mut *key))
        .expect("32 bytes are within HKDF's bound");
    Some(key)
}

/// The state that both directions share: which part comes next.
struct Parts {
    cipher: Aes256GcmSiv,
    /// Digest of the head, which every part is bound to.
    head: [u8; 32],
    next: u64,
}

impl Parts {
    fn new(key: &Key, head: &[u8]) -> Self {
        let head = digest(&SHA256, head);
        Self {
            cipher: Aes256GcmSiv::new((&**key).into()),
            head: head.as_ref().try_into().expect("SHA-256 has 32 bytes"),
            next: 0,
        }
    }

    /// Every part has a nonce of its own: its number, and whether it is the last.
    fn nonce(&mut self, last: bool) -> Nonce {
        let mut nonce = [0; 12];
        nonce[..8].copy_from_slice(&self.next.to_be_bytes());
        nonce[11] = u8::from(last);
        self.next += 1;
        nonce.into()
    }
}

/// Writes an archive. Without [`ArchiveWriter::finish`] it has no end, and reads as cut.
pub struct ArchiveWriter<W: Write> {
    to: W,
    parts: Parts,
    plain: Zeroizing<Vec<u8>>,
}

impl<W: Write> ArchiveWriter<W> {
    /// Begins an archive for `recipient`.
    pub fn new(mut to: W, recipient: &Recipient<'_>) -> Result<Self, KeyError> {
        let (head, key) = Head::new(recipient)?;
        let head = serde_json::to_vec(&head).expect("a head has only text keys and plain values");
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&(head.len() as u32).to_be_bytes());
        bytes.extend_from_slice(&head);
        to.write_all(&bytes)
            .map_err(|source| KeyError::Archive { source })?;
        Ok(Self {
            to,
            parts: Parts::new(&key, &bytes),
            plain: Zeroizing::new(Vec::with_capacity(PART)),
        })
    }

    /// Writes the last part; gives back what was written to.
    pub fn finish(mut self) -> std::io::Result<W> {
        self.part(true)?;
        self.to.flush()?;
        Ok(self.to)
    }

    fn part(&mut self, last: bool) -> std::io::Result<()> {
        let nonce = self.parts.nonce(last);
        let payload = Payload {
            msg: &self.plain,
            aad: &self.parts.head,
        };
        let sealed = self.parts.cipher.encrypt(&nonce, payload);
        let sealed = sealed.expect("a part is far shorter than the bound of the cipher");
        self.plain.clear();
        self.to.write_all(&(sealed.len() as u32).to_be_bytes())?;
        self.to.write_all(&sealed)
    }
}

impl<W: Write> Write for ArchiveWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        // A full part waits for more to come, because the last one is marked.
        if self.plain.len() == PART {
            self.part(false)?;
        }
        let taken = bytes.len().min(PART - self.plain.len());
        self.plain.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// What was written lies in whole parts only.
    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

/// Reads an archive.
pub struct ArchiveReader<R: Read> {
    from: R,
    parts: Parts,
    plain: Zeroizing<Vec<u8>>,
    /// How much of `plain` was given out.
    given: usize,
    ended: bool,
}

impl<R: Read> ArchiveReader<R> {
    /// Begins to read.
    pub fn new(mut from: R, opener: &Opener<'_>) -> Result<Self, KeyError> {
        let cut = |source: Error| match source.kind() {
            ErrorKind::UnexpectedEof => KeyError::ArchiveUnknown,
            _ => KeyError::Archive { source },
        };
        let mut bytes = vec![0; MAGIC.len() + 4];
        from.read_exact(&mut bytes).map_err(cut)?;
        let (magic, length) = bytes.split_at(MAGIC.len());
        let length = length.try_into().map(u32::from_be_bytes);
        let length = length.map_or(usize::MAX, |length| length as usize);
        if magic != MAGIC || length > LONGEST_HEAD {
            return Err(KeyError::ArchiveUnknown);
        }
        bytes.resize(MAGIC.len() + 4 + length, 0);
        from.read_exact(&mut bytes[MAGIC.len() + 4..])
            .map_err(cut)?;
        let head: Head = serde_json::from_slice(&bytes[MAGIC.len() + 4..])
            .map_err(|_| KeyError::ArchiveUnknown)?;
        let key = head.key(opener)?;
        Ok(Self {
            from,
            parts: Parts::new(&key, &bytes),
            plain: Zeroizing::default(),
            given: 0,
            ended: false,
        })
    }

    fn part(&mut self) -> std::io::Result<()> {
        let wrong = |what| Error::new(ErrorKind::InvalidData, what);
        let mut length = [0; 4];
        self.from.read_exact(&mut length)?;
        let length = u32::from_be_bytes(length) as usize;
        if !(TAG..=PART + TAG).contains(&length) {
            return Err(wrong("a part has no possible length"));
        }
        let mut sealed = vec![0; length];
        self.from.read_exact(&mut sealed)?;
        // Only a last part may be shorter; a full one is tried as either.
        let number = self.parts.next;
        for last in [false, true] {
            self.parts.next = number;
            let nonce = self.parts.nonce(last);
            let payload = Payload {
                msg: &sealed,
                aad: &self.parts.head,
            };
            if let Ok(plain) = self.parts.cipher.decrypt(&nonce, payload) {
                (self.plain, self.given, self.ended) = (Zeroizing::new(plain), 0, last);
                return Ok(());
            }
        }
        Err(wrong("a part does not open"))
    }
}

impl<R: Read> Read for ArchiveReader<R> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.given == self.plain.len() {
            if self.ended {
                let more = self.from.read(&mut [0])?;
                return match more {
                    0 => Ok(0),
                    _ => Err(Error::new(
                        ErrorKind::InvalidData,
                        "something follows its end",
                    )),
                };
            }
            self.part()?;
        }
        let rest = &self.plain[self.given..];
        let taken = rest.len().min(into.len());
        into[..taken].copy_from_slice(&rest[..taken]);
        self.given += taken;
        Ok(taken)
    }
}
