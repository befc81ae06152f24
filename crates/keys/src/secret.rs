//! A passphrase or PIN in memory.
//!
//! Invariant: it is overwritten when it is dropped, and it has no way onto paper: `Debug` prints
//! its type only.

use crate::KeyError;
use crate::file;
use std::fmt;
use std::path::Path;
use zeroize::Zeroizing;

/// A secret key.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// A passphrase or PIN.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes it over; the caller's copy, if there is one, is the caller's to overwrite.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(bytes.into()))
    }

    /// The first line of a file that nobody else may read.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let mut bytes = file::read_private(path)?;
        if let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
            bytes.truncate(end);
        }
        if bytes.is_empty() {
            return Err(KeyError::EmptySecret { file: path.into() });
        }
        Ok(Self(bytes))
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Fresh randomness of the operating system.
pub(crate) fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, KeyError> {
    let mut bytes = Zeroizing::new([0; N]);
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut *bytes)
        .map_err(|_| KeyError::Randomness)?;
    Ok(bytes)
}

/// HKDF-Expand (RFC 5869) with SHA-256: derives `N` bytes for one named use of a key.
pub(crate) fn expand<const N: usize>(key: &[u8; 32], info: &[&[u8]]) -> Zeroizing<[u8; N]> {
    const { assert!(N <= 255 * 32) };
    let mut out = Zeroizing::new([0; N]);
    ring::hkdf::Prk::new_less_safe(ring::hkdf::HKDF_SHA256, key)
        .expand(info, Length(N))
        .and_then(|okm| okm.fill(&mut *out))
        .expect("the length is within HKDF's bound, which is asserted above");
    out
}

/// How many bytes to derive.
pub(crate) struct Length(pub(crate) usize);

impl ring::hkdf::KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}
