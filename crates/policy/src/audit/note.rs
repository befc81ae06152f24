//! Signed notes: a text that a public key vouches for.
//!
//! - Source: C2SP signed-note v1.0.0: the text, a blank line, then one line a signature,
//!   `— name base64(key id || signature)`; Ed25519 as signature type 1.
//! - Invariant: [`PublicKey::open`] gives a text out only when this key signed all of it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::signature::{ED25519, UnparsedPublicKey};
use sha2::{Digest, Sha256};
use std::fmt;

/// Ed25519 among the signature types of the source.
const ED25519_TYPE: u8 = 1;

/// Holds the secret half of a key. The key store is one.
pub trait Signer {
    /// Public half, Ed25519.
    fn public_key(&self) -> [u8; 32];
    /// Ed25519 signature over `message`.
    fn sign(&self, message: &[u8]) -> [u8; 64];
}

/// A public key with the name it signs under.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey {
    name: String,
    key: [u8; 32],
}

impl PublicKey {
    /// `key` under `name`, which has neither blanks nor `+`.
    pub fn new(name: &str, key: [u8; 32]) -> Option<Self> {
        let shaped = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+');
        shaped.then(|| Self {
            name: name.to_owned(),
            key,
        })
    }

    /// Reads `name+id+key`, the form in which keys are handed out.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '+');
        let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
        let bytes = BASE64.decode(key).ok()?;
        let (&ED25519_TYPE, key) = bytes.split_first()? else {
            return None;
        };
        let key = Self::new(name, key.try_into().ok()?)?;
        (id == hex(&key.id())).then_some(key)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// First four bytes of SHA-256 over name, line feed, type and key.
    fn id(&self) -> [u8; 4] {
        let mut digest = Sha256::new();
        digest.update(self.name.as_bytes());
        digest.update([b'\n', ED25519_TYPE]);
        digest.update(self.key);
        let hash: [u8; 32] = digest.finalize().into();
        [hash[0], hash[1], hash[2], hash[3]]
    }

    /// The text of a note that this key signed; `None` where it did not.
    pub fn open<'a>(&self, note: &'a str) -> Option<&'a str> {
        let (text, signatures) = note.rsplit_once("\n\n")?;
        let text = &note[..text.len() + 1];
        let control = |c: char| c != '\n' && c.is_control();
        if text.contains(control) || !signatures.ends_with('\n') {
            return None;
        }
        let mut signed = false;
        for line in signatures.lines() {
            let (name, bytes) = line.strip_prefix("— ")?.split_once(' ')?;
            let bytes = BASE64.decode(bytes).ok()?;
            let (id, signature) = bytes.split_first_chunk()?;
            if name != self.name || *id != self.id() {
                continue;
            }
            let key = UnparsedPublicKey::new(&ED25519, &self.key);
            // A line that claims this key and does not hold spoils the note.
            key.verify(text.as_bytes(), signature).ok()?;
            signed = true;
        }
        signed.then_some(text)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [ED25519_TYPE; 33];
        bytes[1..].copy_from_slice(&self.key);
        let (id, key) = (hex(&self.id()), BASE64.encode(bytes));
        write!(f, "{}+{id}+{key}", self.name)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The note of `text`, which ends with a line feed, signed under `name`.
pub fn sign(text: &str, name: &str, signer: &dyn Signer) -> String {
    let key = PublicKey {
        name: name.to_owned(),
        key: signer.public_key(),
    };
    let mut bytes = key.id().to_vec();
    bytes.extend_from_slice(&signer.sign(text.as_bytes()));
    format!("{text}\n— {name} {}\n", BASE64.encode(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use ring::signature::{Ed25519KeyPair, KeyPair};

    /// A key made from a seed.
    pub(in super::super) struct Pen(Ed25519KeyPair);

    impl Pen {
        pub(in super::super) fn new(seed: u8) -> Self {
            Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
        }
    }

    impl Signer for Pen {
        fn public_key(&self) -> [u8; 32] {
            self.0.public_key().as_ref().try_into().unwrap()
        }

        fn sign(&self, message: &[u8]) -> [u8; 64] {
            self.0.sign(message).as_ref().try_into().unwrap()
        }
    }

    /// Opens a note that was spoilt after it was signed.
    #[track_caller]
    fn check(spoil: impl FnOnce(String) -> String, expect: Option<&str>) {
        let pen = Pen::new(7);
        let key = PublicKey::new("log.example", pen.public_key()).unwrap();
        let note = spoil(sign("one\ntwo\n", "log.example", &pen));
        assert_eq!(key.open(&note), expect);
    }

    #[test]
    fn a_note_opens_with_its_key_alone_and_whole() {
        let text = Some("one\ntwo\n");
        check(|n| n, text);
        check(|n| n + "— somebody.else AAAAAAAA\n", text);
        check(|n| n.replace("one", "onf"), None);
        check(|n| n.replace("two\n", "two\nthree\n"), None);
        check(|n| n.replace("log.example", "log.elsewhere"), None);
        check(|n| n.trim_end().to_owned(), None);
        check(|n| n[..n.len() - 9].to_owned() + "\n", None);
        check(|n| n + "no signature\n", None);
        check(|_| "one\ntwo\n".to_owned(), None);
        check(|_| String::new(), None);
    }

    #[test]
    fn another_key_of_the_same_name_does_not_open_it() {
        let note = sign("one\n", "log.example", &Pen::new(1));
        let other = PublicKey::new("log.example", Pen::new(2).public_key()).unwrap();
        assert_eq!(other.open(&note), None);
    }

    #[test]
    fn a_key_is_handed_out_as_one_word() {
        let key = PublicKey::new("oriel/3f2a", Pen::new(7).public_key()).unwrap();
        assert_eq!(PublicKey::parse(&format!("{key}\n")), Some(key.clone()));
        let text = key.to_string();
        for wrong in [&text[..text.len() - 4], &text.replace("oriel", "other"), ""] {
            assert_eq!(PublicKey::parse(wrong), None, "{wrong}");
        }
        assert_eq!(PublicKey::new("two words", [0; 32]), None);
        assert_eq!(PublicKey::new("a+b", [0; 32]), None);
    }
}
