//! The words after `cargo xtask`.
//!
//! Invariant: what nobody asked for is an error, so that a misspelt option never passes silently.

use anyhow::{Context, Result, bail};
use std::str::FromStr;

/// The words not yet taken.
pub(crate) struct Args {
    words: Vec<String>,
}

impl Args {
    pub(crate) fn new(words: impl Iterator<Item = String>) -> Self {
        Self {
            words: words.collect(),
        }
    }

    /// The first word that is left.
    pub(crate) fn word(&mut self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.remove(0))
    }

    /// Takes the option `name` without a value.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let before = self.words.len();
        self.words.retain(|word| word != name);
        self.words.len() < before
    }

    /// Takes the option `name` with its value: `--name value` or `--name=value`.
    pub(crate) fn value<T: FromStr>(&mut self, name: &str) -> Result<Option<T>>
    where
        T::Err: std::error::Error + Send + Sync + 'static,
    {
        let joined = format!("{name}=");
        let Some(at) = self
            .words
            .iter()
            .position(|word| word == name || word.starts_with(&joined))
        else {
            return Ok(None);
        };
        let word = self.words.remove(at);
        let value = match word.strip_prefix(&joined) {
            Some(value) => value.to_owned(),
            None if at < self.words.len() => self.words.remove(at),
            None => bail!("{name} needs a value"),
        };
        let read = value
            .parse()
            .with_context(|| format!("{name} cannot be {value:?}"))?;
        Ok(Some(read))
    }

    /// Takes the words that are left, none of which may be an option.
    pub(crate) fn rest(self) -> Result<Vec<String>> {
        if let Some(word) = self.words.iter().find(|word| word.starts_with('-')) {
            bail!("there is no option {word}; `cargo xtask help` lists them");
        }
        Ok(self.words)
    }

    /// Ends the reading: nothing may be left.
    pub(crate) fn done(self) -> Result<()> {
        match self.rest()?.first() {
            Some(word) => bail!("{word:?} is one word too many; see `cargo xtask help`"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(line: &str) -> Args {
        Args::new(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_stand_anywhere_and_take_their_value_either_way() {
        let mut a = args("--no-serve --seed 7 --data=/tmp/x");
        assert_eq!(a.value::<u64>("--seed").unwrap(), Some(7));
        assert_eq!(
            a.value::<String>("--data").unwrap().as_deref(),
            Some("/tmp/x")
        );
        assert!(a.flag("--no-serve"));
        assert!(!a.flag("--no-serve"));
        a.done().unwrap();
    }

    #[test]
    fn what_is_wrong_is_said() {
        let check = |line: &str, expect: &str| {
            let mut a = args(line);
            let fault = match a.value::<u64>("--seed") {
                Err(fault) => fault,
                Ok(_) => a.done().unwrap_err(),
            };
            assert_eq!(fault.to_string(), expect);
        };
        check("--seed", "--seed needs a value");
        check("--seed seven", "--seed cannot be \"seven\"");
        check(
            "--sead 7",
            "there is no option --sead; `cargo xtask help` lists them",
        );
        check(
            "now",
            "\"now\" is one word too many; see `cargo xtask help`",
        );
    }
}
