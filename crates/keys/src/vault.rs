//! The vault: opens masked data, which every ring can seal and none can open.
//!
//! - The vault has an X25519 key pair (RFC 7748). Who seals takes a fresh pair for each process and
//!   day, and derives the key from what both pairs share *and* from the ratchet of the class
//!   [`Class::Masked`]: the vault alone opens nothing once that day is destroyed, and neither opens
//!   data of another compartment.
//! - The vault's secrets stand in the head of the key store's file, sealed by a lock of their own.
//! - A process that seals keeps the derived key of a day for a while, and so could open what it
//!   sealed itself; it had that data in its hands.

use crate::hex::Hex;
use crate::lock::{Lock, LockHead};
use crate::ring::Ring;
use crate::seal::{DataKey, HEAD, head, strand_of};
use crate::secret::{Key, Length, random};
use crate::{Bucket, Class, KeyError};
use aes_gcm_siv::aead::{Aead, Payload};
use aes_gcm_siv::{Aes256GcmSiv, KeyInit, Nonce};
use curve25519_dalek::montgomery::MontgomeryPoint;
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// Bytes of the head of a masked value: version, class, strand, number of the vault's key pair, and
/// the sender's public key.
const MASKED_HEAD: usize = HEAD + 1 + 32;

/// The vault as the file's head has it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VaultHead {
    /// Whether it has a lock of its own; before that it opens with the key store's.
    pub(crate) own: bool,
    pub(crate) lock: LockHead,
    /// Oldest first; the last one is sealed to.
    pub(crate) public: Vec<Hex>,
    nonce: Hex,
    secrets: Hex,
}

impl VaultHead {
    /// Puts `secrets` behind `lock`.
    pub(crate) fn new(lock: &Lock, own: bool, secrets: &[Key]) -> Result<Self, KeyError> {
        let (lock, key) = LockHead::new(lock)?;
        let public: Vec<Hex> = secrets
            .iter()
            .map(|secret| Hex(public_of(secret).to_vec()))
            .collect();
        let mut plain = Zeroizing::new(Vec::with_capacity(32 * secrets.len()));
        for secret in secrets {
            plain.extend_from_slice(&**secret);
        }
        let nonce = random::<12>()?;
        let sealed = cipher(&key)
            .encrypt(&Nonce::from(*nonce), bound(&plain, &public.concat_bytes()))
            .expect("a few keys are far shorter than the bound of the cipher");
        Ok(Self {
            own,
            lock,
            public,
            nonce: Hex(nonce.to_vec()),
            secrets: Hex(sealed),
        })
    }

    /// The secrets, by the lock that holds them.
    pub(crate) fn open(&self, lock: &Lock) -> Result<Vec<Key>, KeyError> {
        const WHAT: &str = "vault";
        let wrong = || KeyError::WrongPassphrase { what: WHAT };
        let key = self.lock.key(lock, WHAT)?;
        let nonce = Nonce::from(self.nonce.array().ok_or_else(wrong)?);
        let plain = cipher(&key)
            .decrypt(&nonce, bound(&self.secrets.0, &self.public.concat_bytes()))
            .map_err(|_| wrong())?;
        let plain = Zeroizing::new(plain);
        let (secrets, _) = plain.as_chunks::<32>();
        Ok(secrets
            .iter()
            .map(|secret| Zeroizing::new(*secret))
            .collect())
    }

    /// Number and public key of the pair that is sealed to.
    pub(crate) fn newest(&self) -> Option<(u8, [u8; 32])> {
        let public = self.public.last()?.array()?;
        Some(((self.public.len() - 1) as u8, public))
    }
}

trait ConcatBytes {
    fn concat_bytes(&self) -> Vec<u8>;
}

impl ConcatBytes for Vec<Hex> {
    fn concat_bytes(&self) -> Vec<u8> {
        self.iter().flat_map(|hex| hex.0.iter().copied()).collect()
    }
}

fn bound<'a>(msg: &'a [u8], aad: &'a [u8]) -> Payload<'a, 'a> {
    Payload { msg, aad }
}

fn cipher(key: &Key) -> Aes256GcmSiv {
    Aes256GcmSiv::new((&**key).into())
}

fn public_of(secret: &Key) -> [u8; 32] {
    MontgomeryPoint::mul_base_clamped(**secret).to_bytes()
}

/// The sending side for one day, kept as long as its process lives.
pub(crate) struct Sender {
    head: [u8; MASKED_HEAD],
    key: DataKey,
}

impl Sender {
    /// A fresh pair. `salt` is the ratchet's part of the key.
    pub(crate) fn new(strand: u8, vault: (u8, [u8; 32]), salt: &Key) -> Result<Self, KeyError> {
        let (number, vault) = vault;
        let secret = random::<32>()?;
        let public = public_of(&secret);
        let shared = shared(&secret, &vault).ok_or(KeyError::Randomness)?;
        let mut masked = [0; MASKED_HEAD];
        masked[..HEAD].copy_from_slice(&head(Class::Masked, strand));
        masked[HEAD] = number;
        masked[HEAD + 1..].copy_from_slice(&public);
        Ok(Self {
            head: masked,
            key: joint(salt, &shared, &public, &vault),
        })
    }

    /// The strand it seals with.
    pub(crate) fn strand(&self) -> u8 {
        self.head[HEAD - 1]
    }

    pub(crate) fn seal(&self, bucket: Bucket, place: &[&[u8]], plain: &[u8]) -> Vec<u8> {
        self.key.seal(&self.head, bucket, place, plain)
    }
}

/// What both sides share; `None` for a public key of small order, which shares nothing.
fn shared(secret: &Key, public: &[u8; 32]) -> Option<Key> {
    let shared = Zeroizing::new(MontgomeryPoint(*public).mul_clamped(**secret).to_bytes());
    shared.iter().any(|byte| *byte != 0).then_some(shared)
}

/// HKDF (RFC 5869): the ratchet's part as salt, the shared part as input, both public keys as
/// context.
fn joint(salt: &Key, shared: &Key, ephemeral: &[u8; 32], vault: &[u8; 32]) -> DataKey {
    let mut key = Zeroizing::new([0; 32]);
    ring::hkdf::Salt::new(ring::hkdf::HKDF_SHA256, &**salt)
        .extract(&**shared)
        .expand(&[b"oriel masked", ephemeral, vault], Length(32))
        .and_then(|okm| okm.fill(&mut *key))
        .expect("32 bytes are within HKDF's bound");
    DataKey::new(&key, Class::Masked)
}

/// An opened vault. Dropping it closes it.
pub struct Vault {
    secrets: Vec<Key>,
}

impl Vault {
    pub(crate) fn new(secrets: Vec<Key>) -> Self {
        Self { secrets }
    }

    /// Opens a value of the class [`Class::Masked`] that `ring`, or another process with its keys,
    /// sealed for this day and place.
    pub fn open(
        &self,
        ring: &Ring,
        bucket: Bucket,
        place: &[&[u8]],
        sealed: &[u8],
    ) -> Result<Vec<u8>, KeyError> {
        let class = Class::Masked;
        let tampered = || KeyError::Tampered { class, bucket };
        let strand = strand_of(class, sealed).ok_or_else(tampered)?;
        let head = sealed.get(HEAD..MASKED_HEAD).ok_or_else(tampered)?;
        let (number, ephemeral) = head.split_first().ok_or_else(tampered)?;
        let ephemeral: [u8; 32] = ephemeral.try_into().map_err(|_| tampered())?;
        let salt = ring.mask_salt(strand, bucket)?;
        let secret = self
            .secrets
            .get(*number as usize)
            .ok_or(KeyError::NewerKey { class, bucket })?;
        let shared = shared(secret, &ephemeral).ok_or_else(tampered)?;
        joint(&salt, &shared, &ephemeral, &public_of(secret))
            .open(MASKED_HEAD, bucket, place, sealed)
            .ok_or_else(tampered)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}
