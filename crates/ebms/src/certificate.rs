//! A certificate with which somebody signs: its key, and when it holds.
//!
//! - In: DER, or PEM. Out: whose it is, is not read from it: that is the registry's to say, which
//!   knows the very certificate. Nothing is believed because somebody else signed it.
//! - Source: RFC 5280.

use crate::{Fault, mime};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use ring::signature::{self, UnparsedPublicKey, VerificationAlgorithm};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey;

/// Bits of the shortest RSA key that is taken.
const RSA: usize = 2048;

/// A certificate with which somebody signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    key: Key,
    bits: Vec<u8>,
    from: Timestamp,
    until: Timestamp,
}

/// What kind of key it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Rsa,
    P256,
    P384,
    Ed25519,
}

/// A way to sign, by its name in XML; each goes with one kind of key, so that no key is ever taken
/// for one of another kind.
pub(crate) struct Method {
    pub(crate) uri: &'static str,
    pub(crate) key: Key,
    pub(crate) verify: &'static dyn VerificationAlgorithm,
}

/// Every way to sign that is accepted.
pub(crate) const METHODS: &[Method] = &[
    Method {
        uri: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        key: Key::Rsa,
        verify: &signature::RSA_PKCS1_2048_8192_SHA256,
    },
    Method {
        uri: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
        key: Key::Rsa,
        verify: &signature::RSA_PKCS1_2048_8192_SHA384,
    },
    Method {
        uri: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        key: Key::Rsa,
        verify: &signature::RSA_PKCS1_2048_8192_SHA512,
    },
    Method {
        uri: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        key: Key::P256,
        verify: &signature::ECDSA_P256_SHA256_FIXED,
    },
    Method {
        uri: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        key: Key::P384,
        verify: &signature::ECDSA_P384_SHA384_FIXED,
    },
    Method {
        uri: "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
        key: Key::Ed25519,
        verify: &signature::ED25519,
    },
];

impl Certificate {
    /// Reads DER: a certificate whose key may sign, and is strong enough to.
    pub fn read(der: &[u8]) -> Result<Self, Fault> {
        let (rest, read) = X509Certificate::from_der(der).map_err(|_| Fault::Token)?;
        let usage = read.key_usage().map_err(|_| Fault::Token)?;
        let signs =
            usage.is_none_or(|it| it.value.digital_signature() || it.value.non_repudiation());
        let info = read.public_key();
        let parameter = info.algorithm.parameters.as_ref();
        let curve = parameter
            .and_then(|it| it.as_oid().ok())
            .map(|it| it.to_id_string());
        let algorithm = info.algorithm.algorithm.to_id_string();
        let key = match (&*algorithm, curve.as_deref()) {
            ("1.2.840.113549.1.1.1", _) => match info.parsed() {
                Ok(PublicKey::RSA(key)) if key.key_size() >= RSA => Key::Rsa,
                _ => return Err(Fault::Token),
            },
            ("1.2.840.10045.2.1", Some("1.2.840.10045.3.1.7")) => Key::P256,
            ("1.2.840.10045.2.1", Some("1.3.132.0.34")) => Key::P384,
            ("1.3.101.112", _) => Key::Ed25519,
            _ => return Err(Fault::Token),
        };
        let instant = |seconds| Timestamp::from_second(seconds).map_err(|_| Fault::Token);
        let validity = read.validity();
        if !rest.is_empty() || !signs {
            return Err(Fault::Token);
        }
        Ok(Self {
            der: der.to_vec(),
            key,
            bits: info.subject_public_key.data.to_vec(),
            from: instant(validity.not_before.timestamp())?,
            until: instant(validity.not_after.timestamp())?,
        })
    }

    /// Reads the first certificate of a PEM file, or the one line of [`Certificate::line`].
    pub fn read_text(text: &str) -> Result<Self, Fault> {
        const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
        let inner = match text.split_once(BEGIN) {
            Some((_, behind)) => behind.split_once("-----END").ok_or(Fault::Token)?.0,
            None => text,
        };
        // Whoever pastes it into one line loses its line breaks.
        let der = mime::base64(inner.as_bytes()).map_err(|_| Fault::Token)?;
        Self::read(&der)
    }

    /// The whole of it in one line, which is the same for the same certificate and for no other.
    pub fn line(&self) -> String {
        BASE64_STANDARD.encode(&self.der)
    }

    /// Whether it holds at an instant.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.from <= now && now <= self.until
    }

    /// The last instant at which it holds, UTC.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    pub(crate) fn key(&self) -> Key {
        self.key
    }

    /// Checks a signature that was made by its key.
    pub(crate) fn verify(
        &self,
        method: &Method,
        message: &[u8],
        value: &[u8],
    ) -> Result<(), Fault> {
        if method.key != self.key {
            return Err(Fault::Signature);
        }
        let key = UnparsedPublicKey::new(method.verify, &self.bits);
        key.verify(message, value).map_err(|_| Fault::Signature)
    }
}
