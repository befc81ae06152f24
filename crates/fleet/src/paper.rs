//! Certificates that machines show under TLS: an authority of the play's own, what it gives out, and
//! what is wrong with those that must not count.

use crate::Fault;
use crate::identity::{file, private};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, ClientConfig, RootCertStore};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Files of an authority.
const CERTIFICATE: &str = "authority.pem";
const KEY: &str = "authority.key";

/// Who gives carriers' machines their certificates.
#[derive(Clone)]
pub struct Authority(Arc<CertifiedIssuer<'static, KeyPair>>);

impl Authority {
    /// Reads the key of the folder, which is made where there is none; `authority.pem` beside it is
    /// what a window believes.
    pub fn open(folder: &Path) -> Result<Self, Fault> {
        fs::create_dir_all(folder).map_err(|why| file(folder, why))?;
        let (at, beside) = (folder.join(KEY), folder.join(CERTIFICATE));
        if at.exists() {
            let text = fs::read_to_string(&at).map_err(|why| file(&at, why))?;
            return Ok(Self::of(
                KeyPair::from_pem(&text).map_err(|why| file(&at, why))?,
            ));
        }
        let key = new_key();
        private(&at, &key.serialize_pem())?;
        let made = Self::of(key);
        fs::write(&beside, made.0.pem()).map_err(|why| file(&beside, why))?;
        Ok(made)
    }

    /// The same key is the same authority: nothing else in its certificate is drawn.
    fn of(key: KeyPair) -> Self {
        let mut params = params(&[]);
        params
            .distinguished_name
            .push(DnType::CommonName, "Authority of invented carriers");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let made = CertifiedIssuer::self_signed(params, key);
        Self(Arc::new(made.expect("a key that was read signs")))
    }

    /// A certificate for a machine and its key, PEM.
    fn certify(&self, name: &str, is_expired: bool) -> (String, String) {
        let key = new_key();
        let mut params = params(&[name]);
        params.distinguished_name.push(DnType::CommonName, name);
        if is_expired {
            params.not_after = rcgen::date_time_ymd(2001, 1, 1);
        }
        let made = params.signed_by(&key, &self.0);
        let made = made.expect("a key that was just made is certified");
        (made.pem(), key.serialize_pem())
    }
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("the system has random numbers")
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("these are names of machines");
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
}

/// A certificate with the key behind it.
#[derive(Debug)]
pub(crate) struct Paper {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

/// Files of a carrier.
const HTTPS: &str = "https.pem";
const HTTPS_KEY: &str = "https.key";

impl Paper {
    /// That of a carrier's folder, which the authority gives where there is none.
    pub(crate) fn open(folder: &Path, name: &str, from: &Authority) -> Result<Self, Fault> {
        let (at, key) = (folder.join(HTTPS), folder.join(HTTPS_KEY));
        if !at.exists() {
            let (certificate, secret) = from.certify(name, false);
            private(&key, &secret)?;
            fs::write(&at, certificate).map_err(|why| file(&at, why))?;
        }
        let read = |path: &Path| fs::read_to_string(path).map_err(|why| file(path, why));
        Self::read(&read(&at)?, &read(&key)?).map_err(|why| file(&at, why))
    }

    fn read(certificate: &str, key: &str) -> Result<Self, rustls::pki_types::pem::Error> {
        Ok(Self {
            certificate: CertificateDer::from_pem_slice(certificate.as_bytes())?,
            key: PrivateKeyDer::from_pem_slice(key.as_bytes())?,
        })
    }

    /// Shows it to those whom the authorities certify; shows nothing where there is none.
    pub(crate) fn config(
        paper: Option<&Self>,
        roots: &Arc<RootCertStore>,
    ) -> Result<Arc<ClientConfig>, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(Arc::clone(roots));
        Ok(Arc::new(match paper {
            Some(it) => {
                builder.with_client_auth_cert(vec![it.certificate.clone()], it.key.clone_key())?
            }
            None => builder.with_no_client_auth(),
        }))
    }

    /// SHA-256 of the certificate in hexadecimal digits, as it is enrolled.
    pub(crate) fn fingerprint(&self) -> String {
        let digest = Sha256::digest(&self.certificate);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What is wrong with a certificate that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// The right name, by somebody who calls itself as the authority does.
    Authority,
    /// It ended long ago.
    Expired,
    /// It is another carrier's, and comes with the own key.
    Carrier,
}

impl Wrong {
    pub(crate) const ALL: [Self; 3] = [Self::Authority, Self::Expired, Self::Carrier];

    /// As a report calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Authority => "of another authority",
            Self::Expired => "expired",
            Self::Carrier => "of another carrier",
        }
    }

    /// One that is wrong in this way.
    pub(crate) fn paper(self, name: &str, ours: &Authority, other: &Arc<Paper>) -> Arc<Paper> {
        let (certificate, key) = match self {
            Self::Authority => Authority::of(new_key()).certify(name, false),
            Self::Expired => ours.certify(name, true),
            Self::Carrier => return Arc::clone(other),
        };
        let read = Paper::read(&certificate, &key);
        Arc::new(read.expect("what was just written can be read"))
    }
}

/// What TLS says to a certificate that it does not take, where that is why a connection ended.
pub(crate) fn refusal(why: &std::io::Error) -> Option<&'static str> {
    let fault = why.get_ref()?.downcast_ref::<rustls::Error>()?;
    let rustls::Error::AlertReceived(alert) = fault else {
        return None;
    };
    Some(match alert {
        AlertDescription::UnknownCA => "unknown authority",
        AlertDescription::CertificateExpired => "expired certificate",
        AlertDescription::BadCertificate
        | AlertDescription::CertificateUnknown
        | AlertDescription::UnsupportedCertificate
        | AlertDescription::CertificateRevoked
        | AlertDescription::DecryptError
        | AlertDescription::AccessDenied => "certificate not taken",
        _ => return None,
    })
}
