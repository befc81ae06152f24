//! A passkey authenticator in software: one key, and knobs for what can be wrong with it.
//!
//! - Source: W3C Web Authentication Level 2, sections 5.8.1, 6.1 and 6.5; attestation `none`.

use crate::base64url::{decode, encode};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

/// A device that holds one passkey.
pub struct Authenticator {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    user: String,
    /// The page that the browser says it is on.
    pub origin: String,
    /// Whether it checks that its owner is there.
    pub verifies: bool,
    /// How often it has signed.
    pub counter: u32,
}

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 4;
const KEY_ATTACHED: u8 = 64;

fn random_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random)
        .expect("ring makes keys");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, document.as_ref(), &random)
        .expect("ring reads what it made")
}

impl Default for Authenticator {
    fn default() -> Self {
        Self::new()
    }
}

impl Authenticator {
    /// A device out of the box.
    pub fn new() -> Self {
        let mut id = vec![0; 16];
        SystemRandom::new()
            .fill(&mut id)
            .expect("the system gives random numbers");
        Self {
            key: random_key(),
            id,
            user: String::new(),
            origin: String::new(),
            verifies: true,
            counter: 1,
        }
    }

    /// Forgets its key and pretends that another is the same passkey.
    pub fn new_key(&mut self) {
        self.key = random_key();
    }

    /// Answers `navigator.credentials.create(options)` on a page of `origin`.
    #[track_caller]
    pub fn create(&mut self, options: &str, origin: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options are JSON");
        let asked = &options["publicKey"];
        origin.clone_into(&mut self.origin);
        self.user = text(&asked["user"]["id"]);
        let client = self.client_data("webauthn.create", asked);
        let mut data = self.authenticator_data(&text(&asked["rp"]["id"]), KEY_ATTACHED);
        data.extend([0; 16]);
        data.extend((self.id.len() as u16).to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": bytes}
        let mut attestation = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        attestation.push(u8::try_from(data.len()).expect("short enough for one length byte"));
        attestation.extend(data);
        self.credential(json!({
            "attestationObject": encode(&attestation),
            "clientDataJSON": encode(client.as_bytes()),
        }))
    }

    /// Answers `navigator.credentials.get(options)`.
    #[track_caller]
    pub fn get(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).expect("options are JSON");
        let asked = &options["publicKey"];
        let client = self.client_data("webauthn.get", asked);
        self.counter += u32::from(self.counter > 0);
        let data = self.authenticator_data(&text(&asked["rpId"]), 0);
        let mut signed = data.clone();
        signed.extend(digest(&SHA256, client.as_bytes()).as_ref());
        let signature = self
            .key
            .sign(&SystemRandom::new(), &signed)
            .expect("ring signs");
        self.credential(json!({
            "authenticatorData": encode(&data),
            "clientDataJSON": encode(client.as_bytes()),
            "signature": encode(signature.as_ref()),
            "userHandle": self.user,
        }))
    }

    fn credential(&self, response: Value) -> String {
        let id = encode(&self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "extensions": {}, "response": response,
        })
        .to_string()
    }

    fn client_data(&self, kind: &str, asked: &Value) -> String {
        let challenge = encode(&decode(&text(&asked["challenge"])));
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false })
            .to_string()
    }

    fn authenticator_data(&self, relying_party: &str, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, relying_party.as_bytes()).as_ref().to_vec();
        let verified = if self.verifies { USER_VERIFIED } else { 0 };
        data.push(USER_PRESENT | verified | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// COSE: {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let (x, y) = point[1..].split_at(32);
        let mut cose = b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20".to_vec();
        cose.extend(x);
        cose.extend(b"\x22\x58\x20");
        cose.extend(y);
        cose
    }
}

#[track_caller]
fn text(value: &Value) -> String {
    let text = value.as_str();
    text.unwrap_or_else(|| panic!("{value} is not text"))
        .to_owned()
}
