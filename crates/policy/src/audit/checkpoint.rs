//! Checkpoints: how many events there are and the root of the tree over them, signed.
//!
//! - Source: C2SP tlog-checkpoint: origin, size, root in base 64, a line each, as a signed note.
//! - Invariants: the origin names one log for good; it is made from the first key that signed for
//!   the log, and stays when the key changes. Only a checkpoint that says so, signed, begins a log
//!   whose earlier events were removed; any other is followed by what it follows.

use super::note::{self, PublicKey, Signer};
use super::{Hash, Tree};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

/// The head of a log at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Events.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// The events it covers were lawfully removed: the log begins after it.
    pub begins: bool,
}

/// The extension line of a checkpoint after which a log begins.
const BEGINS: &str = "the log begins after this";

impl Checkpoint {
    /// The checkpoint of `tree`.
    pub fn of(origin: &str, tree: &Tree) -> Self {
        Self {
            origin: origin.to_owned(),
            size: tree.size(),
            root: tree.root(),
            begins: false,
        }
    }

    /// The name of a log that begins with this key.
    pub fn origin(signer: &dyn Signer) -> String {
        let hash: [u8; 32] = Sha256::digest(signer.public_key()).into();
        let id = u64::from_be_bytes(*hash.first_chunk().expect("a hash has 32 bytes"));
        format!("oriel/{id:016x}")
    }

    /// As a signed note; the key signs under the name of the log.
    pub fn sign(&self, signer: &dyn Signer) -> String {
        let root = BASE64.encode(self.root);
        let mut text = format!("{}\n{}\n{root}\n", self.origin, self.size);
        if self.begins {
            text.push_str(BEGINS);
            text.push('\n');
        }
        note::sign(&text, &self.origin, signer)
    }

    /// The checkpoint of a note that one of `keys` signed; `None` where none did.
    pub fn open(note: &str, keys: &[PublicKey]) -> Option<Self> {
        let (key, text) = keys
            .iter()
            .find_map(|key| key.open(note).map(|text| (key, text)))?;
        // A key vouches for the log of its own name only.
        Self::parse(text).filter(|checkpoint| checkpoint.origin == key.name())
    }

    /// What a note says, whoever signed it.
    pub fn unsigned(note: &str) -> Option<Self> {
        let (text, _) = note.rsplit_once("\n\n")?;
        Self::parse(text)
    }

    fn parse(text: &str) -> Option<Self> {
        // Lines after the third are extensions; those of others are signed and not ours to read.
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let number: u64 = size.parse().ok()?;
        let canonical = number.to_string() == size;
        Some(Self {
            origin: origin.to_owned(),
            size: canonical.then_some(number)?,
            root: BASE64.decode(root).ok()?.try_into().ok()?,
            begins: lines.any(|line| line == BEGINS),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::note::tests::Pen;
    use super::*;

    #[test]
    fn a_checkpoint_is_three_lines_and_a_signature() {
        let pen = Pen::new(7);
        let origin = Checkpoint::origin(&pen);
        let mut tree = Tree::default();
        tree.push(&[1; 32]);
        let checkpoint = Checkpoint::of(&origin, &tree);
        let note = checkpoint.sign(&pen);
        let lines: Vec<&str> = note.lines().collect();
        assert_eq!(lines[0], origin);
        assert_eq!(lines[1], "1");
        assert_eq!(lines[2], BASE64.encode(tree.root()));
        assert_eq!(lines[3], "");
        assert!(lines[4].starts_with(&format!("— {origin} ")));
        let key = PublicKey::new(&origin, pen.public_key()).unwrap();
        assert_eq!(
            Checkpoint::open(&note, std::slice::from_ref(&key)),
            Some(checkpoint.clone())
        );
        assert_eq!(Checkpoint::open(&note, &[]), None);
        let begins = Checkpoint {
            begins: true,
            ..checkpoint.clone()
        };
        let beginning = begins.sign(&pen);
        assert_eq!(beginning.lines().nth(3), Some(BEGINS));
        assert_eq!(
            Checkpoint::open(&beginning, std::slice::from_ref(&key)),
            Some(begins)
        );
        assert_eq!(Checkpoint::unsigned(&note), Some(checkpoint));
        assert_eq!(
            Checkpoint::open(&note.replace("\n1\n", "\n2\n"), &[key]),
            None
        );
    }

    #[test]
    fn a_key_vouches_for_its_own_log_only() {
        let pen = Pen::new(7);
        let other = Checkpoint {
            origin: "oriel/other".into(),
            size: 1,
            root: [0; 32],
            begins: false,
        };
        let text = format!("{}\n1\n{}\n", other.origin, BASE64.encode(other.root));
        let note = note::sign(&text, "oriel/mine", &pen);
        let key = PublicKey::new("oriel/mine", pen.public_key()).unwrap();
        assert!(key.open(&note).is_some());
        assert_eq!(Checkpoint::open(&note, &[key]), None);
    }

    #[test]
    fn what_is_no_checkpoint_is_none() {
        for text in ["", "\n\n", "o\n1\n\n", "o\n01\nAAAA\n\n", "o\n-1\nAAAA\n\n"] {
            assert_eq!(Checkpoint::unsigned(text), None, "{text:?}");
        }
    }
}
