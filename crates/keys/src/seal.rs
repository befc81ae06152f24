//! One sealed value.
//!
//! - In: a key of one class and day, the place where the value is kept, the value.  Out: bytes that
//!   open with the same key at the same place only.
//! - AES-256-GCM-SIV (RFC 8452). The nonce is derived from the place, so it need not be kept and the
//!   same value sealed twice at the same place is equal; the algorithm is made for nonces that
//!   repeat, and tells then only that two values are equal.
//!
//! ```text
//! version 1 | class | strand |                                   ciphertext | tag (16)
//! version 1 | class | strand | vault | ephemeral public key (32) | ciphertext | tag (16)   masked
//! ```
//!
//! Everything before the ciphertext, the day and the place are authenticated.

use crate::secret::expand;
use crate::{Bucket, Class};
use aes_gcm_siv::aead::inout::InOutBuf;
use aes_gcm_siv::{AeadInOut, Aes256GcmSiv, KeyInit, Nonce, Tag};
use ring::hmac;
use zeroize::Zeroizing;

/// What every sealed value starts with.
const VERSION: u8 = 1;

/// Bytes of the tag.
const TAG: usize = 16;

/// Bytes of a head that names version, class and strand.
pub(crate) const HEAD: usize = 3;

/// The head of a sealed value.
pub(crate) fn head(class: Class, strand: u8) -> [u8; HEAD] {
    [VERSION, class as u8, strand]
}

/// The strand that a sealed value of this class names; `None` where it is none of this class.
pub(crate) fn strand_of(class: Class, sealed: &[u8]) -> Option<u8> {
    match sealed {
        [VERSION, number, strand, ..] if *number == class as u8 => Some(*strand),
        _ => None,
    }
}

/// The keys that seal one class of data of one day, ready to use.
pub(crate) struct DataKey {
    cipher: Aes256GcmSiv,
    nonce: hmac::Key,
}

impl DataKey {
    /// From a secret that is used for nothing else.
    pub(crate) fn new(secret: &[u8; 32], class: Class) -> Self {
        let keys: Zeroizing<[u8; 64]> = expand(secret, &[b"oriel data key", &[class as u8]]);
        let (cipher, nonce) = keys.split_at(32);
        Self {
            cipher: Aes256GcmSiv::new_from_slice(cipher).expect("32 bytes were derived"),
            nonce: hmac::Key::new(hmac::HMAC_SHA256, nonce),
        }
    }

    /// Seals `plain` behind `head`.
    pub(crate) fn seal(
        &self,
        head: &[u8],
        bucket: Bucket,
        place: &[&[u8]],
        plain: &[u8],
    ) -> Vec<u8> {
        let (associated, nonce) = self.bind(head, bucket, place);
        let mut sealed = Vec::with_capacity(head.len() + plain.len() + TAG);
        sealed.extend_from_slice(head);
        sealed.extend_from_slice(plain);
        let body = InOutBuf::from(&mut sealed[head.len()..]);
        let tag = self
            .cipher
            .encrypt_inout_detached(&nonce, &associated, body)
            .expect("a value in memory is shorter than the 64 GiB that one nonce allows");
        sealed.extend_from_slice(&tag);
        sealed
    }

    /// Opens what was sealed behind a head of `head` bytes; `None` where anything differs.
    pub(crate) fn open(
        &self,
        head: usize,
        bucket: Bucket,
        place: &[&[u8]],
        sealed: &[u8],
    ) -> Option<Vec<u8>> {
        let (head, body) = sealed.split_at_checked(head)?;
        let (body, tag) = body.split_at_checked(body.len().checked_sub(TAG)?)?;
        let (associated, nonce) = self.bind(head, bucket, place);
        let mut plain = body.to_vec();
        let tag = Tag::try_from(tag).expect("the tag was cut to its length");
        // On failure the buffer holds ciphertext again.
        self.cipher
            .decrypt_inout_detached(&nonce, &associated, InOutBuf::from(&mut *plain), &tag)
            .ok()?;
        Some(plain)
    }

    /// What is authenticated beside the value, and the nonce of this place.
    fn bind(&self, head: &[u8], bucket: Bucket, place: &[&[u8]]) -> (Vec<u8>, Nonce) {
        let length: usize = place.iter().map(|part| 4 + part.len()).sum();
        let mut associated = Vec::with_capacity(head.len() + 4 + length);
        associated.extend_from_slice(head);
        associated.extend_from_slice(&bucket.0.to_be_bytes());
        for part in place {
            let length = u32::try_from(part.len()).expect("a part of a place is a short key");
            associated.extend_from_slice(&length.to_be_bytes());
            associated.extend_from_slice(part);
        }
        let digest = hmac::sign(&self.nonce, &associated);
        let nonce = Nonce::try_from(&digest.as_ref()[..12]).expect("a digest has 32 bytes");
        (associated, nonce)
    }
}
