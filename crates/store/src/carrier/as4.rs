//! Which AS4 messages came from a carrier.
//!
//! - Source: AS4 Profile 1.0, 3.2: duplicates are eliminated by the identifier of the message.
//! - Invariants: of identifier and content the digests are kept, and nothing else; what was noted
//!   first stays.

use crate::db::Value;
use crate::{StoreError, Tx};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

impl Tx<'_> {
    /// The digest of what came from a carrier under an identifier.
    pub fn as4_content(&mut self, handle: &str, id: &str) -> Result<Option<[u8; 32]>, StoreError> {
        let name = Sha256::digest(id);
        let mut found = None;
        self.db.query(
            "SELECT content FROM as4_message WHERE handle = $1 AND name = $2",
            &[Value::Text(handle), Value::Blob(&name)],
            &mut |row| {
                let content = row.blob(0)?.try_into();
                found = Some(content.map_err(|_| StoreError::Damaged {
                    what: "the digest of an AS4 message".to_owned(),
                })?);
                Ok(())
            },
        )?;
        Ok(found)
    }

    /// Notes what came from a carrier under an identifier; tells whether that was not noted yet.
    pub fn as4_note(
        &mut self,
        handle: &str,
        id: &str,
        content: &[u8; 32],
        came_at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.housekeeping();
        let name = Sha256::digest(id);
        let noted = self.db.execute(
            "INSERT INTO as4_message (handle, name, content, came_at) VALUES ($1, $2, $3, $4)
             ON CONFLICT (handle, name) DO NOTHING",
            &[
                Value::Text(handle),
                Value::Blob(&name),
                Value::Blob(content),
                Value::Int(came_at.as_microsecond()),
            ],
        )?;
        Ok(noted > 0)
    }

    /// Forgets what came before an instant; tells how many that were.
    pub fn as4_forget(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        self.housekeeping();
        self.db.execute(
            "DELETE FROM as4_message WHERE came_at < $1",
            &[Value::Int(before.as_microsecond())],
        )
    }
}
