//! Our own key and certificate, with which what we send is signed.

use crate::certificate::{Key, METHODS, Method};
use crate::{Certificate, Fault};
use ring::rand::SecureRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    RSA_PKCS1_SHA256, RsaKeyPair,
};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use std::fmt;

/// A key and its certificate.
pub struct Own {
    pair: Pair,
    method: &'static Method,
    certificate: Certificate,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

/// The certificate alone.
impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Own").field(&self.certificate).finish()
    }
}

impl Own {
    /// Reads certificate and key from PEM: RSA of 2048 bits and more, P-256, P-384, or Ed25519. A
    /// key that is not the certificate's is refused.
    pub fn read(certificate: &str, key: &str, random: &dyn SecureRandom) -> Result<Self, Fault> {
        let certificate = Certificate::read_text(certificate)?;
        let kind = certificate.key();
        let method = METHODS.iter().find(|it| it.key == kind);
        let method = method.ok_or(Fault::Algorithm)?;
        let der = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| Fault::Token)?;
        let pair = match (kind, &der) {
            (Key::Rsa, PrivateKeyDer::Pkcs1(it)) => {
                RsaKeyPair::from_der(it.secret_pkcs1_der()).map(Pair::Rsa)
            }
            (Key::Rsa, _) => RsaKeyPair::from_pkcs8(der.secret_der()).map(Pair::Rsa),
            (Key::P256 | Key::P384, _) => {
                let way = match kind {
                    Key::P256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
                    _ => &ECDSA_P384_SHA384_FIXED_SIGNING,
                };
                EcdsaKeyPair::from_pkcs8(way, der.secret_der(), random).map(Pair::Ecdsa)
            }
            (Key::Ed25519, _) => {
                Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_der()).map(Pair::Ed25519)
            }
        };
        let own = Self {
            pair: pair.map_err(|_| Fault::Token)?,
            method,
            certificate,
        };
        let signer = Signer { own: &own, random };
        let sample = b"whether the key is the certificate's";
        own.certificate
            .verify(method, sample, &signer.sign(sample)?)?;
        Ok(own)
    }

    /// Its certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }
}

/// A key and the chance that signing with it needs.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The key.
    pub own: &'a Own,
    /// Chance.
    pub random: &'a dyn SecureRandom,
}

impl Signer<'_> {
    pub(crate) fn method(&self) -> &'static str {
        self.own.method.uri
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Fault> {
        match &self.own.pair {
            Pair::Rsa(pair) => {
                let mut value = vec![0; pair.public().modulus_len()];
                let signed = pair.sign(&RSA_PKCS1_SHA256, self.random, message, &mut value);
                signed.map(|()| value)
            }
            Pair::Ecdsa(pair) => pair
                .sign(self.random, message)
                .map(|value| value.as_ref().to_vec()),
            Pair::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
        }
        .map_err(|_| Fault::Signature)
    }
}
