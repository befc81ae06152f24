//! Passwords: what is taken for one, and how it is compared.
//!
//! Invariant: comparing takes one run of Argon2id whether or not there is anything to compare
//! with, so that time does not tell who has an account.

use super::Refusal;
use crate::AppError;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use std::collections::HashSet;

/// Fewest and most characters. The upper bound keeps hashing cheap to refuse.
const LENGTH: std::ops::RangeInclusive<usize> = 12..=256;

/// Fewest different characters.
const DIFFERENT: usize = 5;

/// A hash of the same cost as those that are kept, of a password that nobody knows.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$b3JpZWxub2JvZHk$\
    /3T1vQrxfDW2pZ2aJ3nKJkZyq0nq0QdM7pY4V1o7Q2U";

/// The hash to keep of a password that may be one.
pub(super) fn hash(login: &str, password: &str) -> Result<String, AppError> {
    let lower = password.to_lowercase();
    let different: HashSet<char> = lower.chars().collect();
    if !LENGTH.contains(&password.chars().count())
        || different.len() < DIFFERENT
        || lower.contains(&login.to_lowercase())
    {
        return Err(Refusal::Password.into());
    }
    let hash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(|_| AppError::Random)?;
    Ok(hash.to_string())
}

/// Whether the password is that of the hash. No hash, or one that cannot be read, fits nothing
/// and costs the same.
pub(super) fn fits(hash: Option<&str>, password: &str) -> bool {
    let known = hash.and_then(|hash| PasswordHash::new(hash).ok());
    let there = known.is_some();
    let compared = known.or_else(|| PasswordHash::new(NOBODY).ok());
    let fits = compared.is_some_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    });
    fits && there
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_fits_its_hash() {
        let kept = hash("ada", "correct horse battery").unwrap();
        assert!(fits(Some(&kept), "correct horse battery"));
        assert!(!fits(Some(&kept), "correct horse batterY"));
        assert!(!fits(Some("damaged"), "correct horse battery"));
        assert!(!fits(None, "correct horse battery"));
    }

    #[test]
    fn nobody_costs_what_somebody_costs() {
        let kept = hash("ada", "correct horse battery").unwrap();
        let (kept, nobody) = (
            PasswordHash::new(&kept).unwrap(),
            PasswordHash::new(NOBODY).unwrap(),
        );
        assert_eq!(kept.algorithm, nobody.algorithm);
        assert_eq!(kept.version, nobody.version);
        assert_eq!(kept.params, nobody.params);
        assert_eq!(
            kept.hash.unwrap().as_bytes().len(),
            nobody.hash.unwrap().as_bytes().len()
        );
    }

    #[test]
    fn what_is_easily_guessed_is_no_password() {
        for password in [
            "short",
            "aaaaaaaaaaaaaaaa",
            "ababababcdcdcdcd",
            "ADA.keller-and-more",
            &"long enough ".repeat(30),
        ] {
            assert!(hash("ada.keller", password).is_err(), "{password}");
        }
    }
}
