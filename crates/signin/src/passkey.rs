//! Passkeys (WebAuthn): adding one, and signing in with one.
//!
//! - Invariants: the authenticator verifies its owner, so a passkey is two factors; the key is
//!   bound to the public address; the state of a ceremony never goes to the browser.

use crate::Refused;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};
use webauthn_rs_proto::ResidentKeyRequirement;

/// Passkeys of one public address.
#[derive(Debug)]
pub struct Passkeys(Webauthn);

/// What a ceremony begins with.
#[derive(Debug)]
pub struct Offered {
    /// For the browser, as JSON.
    pub options: String,
    /// For the server to keep, as JSON.
    pub state: String,
}

/// A passkey that was just made.
#[derive(Debug)]
pub struct NewPasskey {
    credential: Vec<u8>,
    data: String,
}

impl NewPasskey {
    /// The credential's identifier.
    pub fn credential(&self) -> &[u8] {
        &self.credential
    }

    /// Public key and counter, as JSON.
    pub fn data(&self) -> &str {
        &self.data
    }
}

/// A passkey that was just used.
#[derive(Debug)]
pub struct ProvedPasskey(NewPasskey);

impl ProvedPasskey {
    /// The credential's identifier.
    pub fn credential(&self) -> &[u8] {
        &self.0.credential
    }

    /// Public key and counter as they are now, as JSON.
    pub fn data(&self) -> &str {
        &self.0.data
    }
}

impl Passkeys {
    /// Passkeys for the workbench at `public_url`.
    pub fn new(public_url: &str) -> Result<Self, Refused> {
        let refused = |reason: String| Refused::Address {
            url: public_url.to_owned(),
            reason,
        };
        let url = Url::parse(public_url).map_err(|fault| refused(fault.to_string()))?;
        let host = url
            .domain()
            .ok_or_else(|| refused("it has no host name".to_owned()))?;
        let built = WebauthnBuilder::new(host, &url)
            .map(|builder| builder.rp_name("Oriel"))
            .and_then(WebauthnBuilder::build);
        built.map(Self).map_err(|fault| refused(fault.to_string()))
    }

    /// Begins to add a passkey to an account that has the passkeys `known`.
    pub fn register(
        &self,
        account: &str,
        login: &str,
        name: &str,
        known: &[Vec<u8>],
    ) -> Result<Offered, Refused> {
        let known = known.to_vec();
        let (mut options, state) = self
            .0
            .start_passkey_registration(handle(account), login, name, Some(known))
            .map_err(refused)?;
        // Kept by the authenticator, so that nobody has to type a login and no login can be tried.
        if let Some(wanted) = &mut options.public_key.authenticator_selection {
            wanted.resident_key = Some(ResidentKeyRequirement::Required);
            wanted.require_resident_key = true;
        }
        offered(&options, &state)
    }

    /// Takes the new passkey from the browser's answer.
    pub fn registered(&self, state: &str, answer: &str) -> Result<NewPasskey, Refused> {
        let state: PasskeyRegistration = read(state)?;
        let answer: RegisterPublicKeyCredential = read(answer)?;
        let key = self
            .0
            .finish_passkey_registration(&answer, &state)
            .map_err(refused)?;
        new_passkey(&key)
    }

    /// Begins to sign in somebody, whoever it is.
    pub fn ask(&self) -> Result<Offered, Refused> {
        let (mut options, state) = self
            .0
            .start_discoverable_authentication()
            .map_err(refused)?;
        // Asked for by a button, not by the browser's own list.
        options.mediation = None;
        offered(&options, &state)
    }

    /// Which credential an answer claims to be of. Nothing is proved yet.
    pub fn claimed(&self, answer: &str) -> Result<Vec<u8>, Refused> {
        let answer: PublicKeyCredential = read(answer)?;
        let (_, credential) = self
            .0
            .identify_discoverable_authentication(&answer)
            .map_err(refused)?;
        Ok(credential.to_vec())
    }

    /// Checks an answer against what is known of its passkey and of its account.
    pub fn proved(
        &self,
        state: &str,
        answer: &str,
        data: &str,
        account: &str,
    ) -> Result<ProvedPasskey, Refused> {
        let state: DiscoverableAuthentication = read(state)?;
        let answer: PublicKeyCredential = read(answer)?;
        let mut key: Passkey = read(data)?;
        let (user, _) = self
            .0
            .identify_discoverable_authentication(&answer)
            .map_err(refused)?;
        if user != handle(account) {
            return Err(Refused::State("the passkey is of another account"));
        }
        let result = self
            .0
            .finish_discoverable_authentication_v2(&answer, state, DiscoverableKey::from(&key))
            .map_err(refused)?;
        key.update_credential(&result);
        new_passkey(&key).map(ProvedPasskey)
    }
}

/// What an authenticator calls an account: made from its identifier, and says nothing.
fn handle(account: &str) -> Uuid {
    let digest = Sha256::digest(account.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

fn new_passkey(key: &Passkey) -> Result<NewPasskey, Refused> {
    Ok(NewPasskey {
        credential: key.cred_id().to_vec(),
        data: write(key)?,
    })
}

fn offered(options: &impl Serialize, state: &impl Serialize) -> Result<Offered, Refused> {
    Ok(Offered {
        options: write(options)?,
        state: write(state)?,
    })
}

fn write(value: &impl Serialize) -> Result<String, Refused> {
    serde_json::to_string(value).map_err(refused)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Refused> {
    serde_json::from_str(text).map_err(refused)
}

fn refused(fault: impl std::fmt::Display) -> Refused {
    Refused::Passkey(fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_testkit::Authenticator;

    const HERE: &str = "https://oriel.example";

    /// Adds a passkey and signs in with it; what happens between is up to `spoil`.
    #[track_caller]
    fn check(spoil: impl FnOnce(&mut Authenticator, &mut String), fits: bool) {
        let passkeys = Passkeys::new(HERE).unwrap();
        let mut device = Authenticator::new();
        let begun = passkeys.register("usr_1", "ada", "Ada", &[]).unwrap();
        let answer = device.create(&begun.options, HERE);
        let key = passkeys.registered(&begun.state, &answer).unwrap();
        let mut account = "usr_1".to_owned();
        spoil(&mut device, &mut account);
        let begun = passkeys.ask().unwrap();
        let answer = device.get(&begun.options);
        assert_eq!(passkeys.claimed(&answer).unwrap(), key.credential());
        let proved = passkeys.proved(&begun.state, &answer, key.data(), &account);
        assert_eq!(proved.is_ok(), fits, "{proved:?}");
    }

    #[test]
    fn a_passkey_signs_in_here_and_its_owner_only() {
        check(|_, _| {}, true);
        check(
            |device, _| device.origin = "https://evil.example".into(),
            false,
        );
        check(|device, _| device.verifies = false, false);
        check(|device, _| device.counter = 0, false);
        check(|device, _| device.new_key(), false);
        check(|_, account| *account = "usr_2".into(), false);
    }

    #[test]
    fn an_answer_fits_its_own_ceremony_only() {
        let passkeys = Passkeys::new(HERE).unwrap();
        let mut device = Authenticator::new();
        let begun = passkeys.register("usr_1", "ada", "Ada", &[]).unwrap();
        let answer = device.create(&begun.options, HERE);
        let other = passkeys.register("usr_1", "ada", "Ada", &[]).unwrap();
        assert!(passkeys.registered(&other.state, &answer).is_err());
        let key = passkeys.registered(&begun.state, &answer).unwrap();
        let answer = device.get(&passkeys.ask().unwrap().options);
        let later = passkeys.ask().unwrap();
        assert!(
            passkeys
                .proved(&later.state, &answer, key.data(), "usr_1")
                .is_err()
        );
    }

    #[test]
    fn an_address_without_a_name_has_no_passkeys() {
        for url in ["https://192.0.2.1", "oriel.example", ""] {
            assert!(Passkeys::new(url).is_err(), "{url}");
        }
    }
}
