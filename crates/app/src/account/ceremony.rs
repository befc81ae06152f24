//! Ceremonies of signing in that take two requests.
//!
//! Invariant: what must be remembered stays on the server, under the digest of a random name; it is
//! used up by the second request, whatever comes of it.

use super::{Token, digest};
use crate::{App, AppError};
use jiff::{SignedDuration, Timestamp};
use oriel_store::Ceremony;

/// How long the second half may take.
pub const CEREMONY_LIFE: SignedDuration = SignedDuration::from_mins(10);

impl App {
    /// Keeps what must be remembered; gives the name under which it is found again.
    pub fn ceremony_begin(
        &self,
        kind: &str,
        account: Option<&str>,
        data: String,
    ) -> Result<Token, AppError> {
        let token = Token::random()?;
        let now = self.now();
        let expires = now.checked_add(CEREMONY_LIFE).unwrap_or(Timestamp::MAX);
        let ceremony = Ceremony {
            kind: kind.to_owned(),
            account: account.map(str::to_owned),
            data,
        };
        self.core
            .store
            .write(|tx| tx.ceremony_put(&token.digest(), &ceremony, now, expires))?;
        Ok(token)
    }

    /// What was kept for the second half of a ceremony of one of these kinds.
    pub fn ceremony_end(&self, kinds: &[&str], token: &str) -> Result<Ceremony, AppError> {
        let now = self.now();
        let take = self
            .core
            .store
            .write(|tx| tx.ceremony_take(&digest(token), now));
        let found = take?.filter(|ceremony| kinds.contains(&ceremony.kind.as_str()));
        found.ok_or(AppError::SignIn)
    }
}
