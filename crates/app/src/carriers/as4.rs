//! AS4 messages that came before.
//!
//! - Invariant: what is noted came whole and is durable; so a repeat of it is acknowledged and not
//!   taken again, and another message under its identifier is neither.

use crate::{App, AppError};
use jiff::{SignedDuration, Timestamp};

/// Whether an AS4 message came before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    /// It did not.
    Never,
    /// It did.
    Before,
    /// Another one did, under its identifier.
    Other,
}

impl App {
    /// Whether a message came from a carrier before; `content` is the digest of what it brings.
    pub fn as4_came(&self, handle: &str, id: &str, content: &[u8; 32]) -> Result<Came, AppError> {
        let known = self.core.store.read(|tx| tx.as4_content(handle, id))?;
        Ok(came(known, content))
    }

    /// Notes that a message came from a carrier and is durable; says what came under its identifier
    /// before.
    pub fn as4_note(&self, handle: &str, id: &str, content: &[u8; 32]) -> Result<Came, AppError> {
        let now = self.now();
        let before =
            self.core
                .store
                .write(|tx| match tx.as4_note(handle, id, content, now)? {
                    true => Ok(None),
                    false => tx.as4_content(handle, id),
                })?;
        Ok(came(before, content))
    }

    /// Forgets messages that are so old that they would not be taken any more.
    pub fn as4_forget(&self, window: SignedDuration) -> Result<u64, AppError> {
        let before = self.now().saturating_sub(window).unwrap_or(Timestamp::MIN);
        Ok(self.core.store.write(|tx| tx.as4_forget(before))?)
    }
}

fn came(known: Option<[u8; 32]>, content: &[u8; 32]) -> Came {
    match known {
        None => Came::Never,
        Some(known) if known == *content => Came::Before,
        Some(_) => Came::Other,
    }
}
