//! How commands end and speak: exit codes, errors in words, progress on standard error.
//!
//! Data goes to standard output, everything else to standard error. No line ever holds a value
//! about a person except the data that was asked for.

use anyhow::Error;
use indicatif::{ProgressBar, ProgressStyle};
use oriel_app::AppError;
use oriel_keys::KeyError;
use oriel_policy::audit::Broken;
use oriel_store::StoreError;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Arc;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Nothing found, or all well.
    Clean = 0,
    /// Findings or matches.
    Found = 1,
    /// The input cannot be read.
    Unreadable = 3,
    /// The configuration or a profile is wrong.
    Configuration = 4,
    /// Refused by policy.
    Refused = 5,
    /// The store or the audit log is not what was written.
    Integrity = 6,
    /// Done in part.
    Partial = 7,
    /// A store or peer cannot be reached.
    Unreachable = 8,
    /// A fault of this program.
    Internal = 9,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error with the exit code it stands for, where the error itself does not say.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) text: String,
}

/// A sentence and an exit code.
pub(crate) fn fail(exit: Exit, text: impl Into<String>) -> Error {
    Failure {
        exit,
        text: text.into(),
    }
    .into()
}

/// Prints an error with its causes; gives the exit code.
pub(crate) fn report(error: &Error) -> Exit {
    let mut text = format!("error: {error}");
    let mut before = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !before.contains(&cause) {
            text += &format!("\n  because: {cause}");
        }
        before = cause;
    }
    complain(&text);
    exit_of(error)
}

fn exit_of(error: &Error) -> Exit {
    for cause in error.chain() {
        if let Some(failure) = cause.downcast_ref::<Failure>() {
            return failure.exit;
        }
        let store = cause.downcast_ref::<StoreError>();
        let shared = cause.downcast_ref::<Arc<AppError>>().map(|error| &**error);
        let app = cause.downcast_ref::<AppError>().or(shared);
        match (store, app) {
            (Some(error), _) | (_, Some(AppError::Store(error))) => return exit_of_store(error),
            (_, Some(AppError::Keys(error))) => return exit_of_keys(error),
            (_, Some(AppError::Denied(_) | AppError::Review(_) | AppError::ListShrank(_))) => {
                return Exit::Refused;
            }
            (_, Some(AppError::List(_) | AppError::Documents(_) | AppError::ListEmpty { .. })) => {
                return Exit::Unreadable;
            }
            (
                _,
                Some(
                    AppError::SignIn
                    | AppError::Account(_)
                    | AppError::Legal(_)
                    | AppError::ListVersion(_)
                    | AppError::Selection(_)
                    | AppError::Schedule(_)
                    | AppError::Carrier(_)
                    | AppError::Infringement(_)
                    | AppError::Push(_)
                    | AppError::Quality(_),
                ),
            ) => return Exit::Refused,
            (_, Some(AppError::Law { .. } | AppError::RecipientName { .. })) => {
                return Exit::Configuration;
            }
            _ => {}
        }
        if let Some(error) = cause.downcast_ref::<KeyError>() {
            return exit_of_keys(error);
        }
        if cause.downcast_ref::<Broken>().is_some() {
            return Exit::Integrity;
        }
        if cause.downcast_ref::<std::io::Error>().is_some() {
            return Exit::Unreadable;
        }
    }
    Exit::Internal
}

fn exit_of_store(error: &StoreError) -> Exit {
    match error {
        StoreError::Keys(error) => exit_of_keys(error),
        StoreError::Damaged { .. }
        | StoreError::BadBackup { .. }
        | StoreError::TamperedProfile { .. }
        | StoreError::OtherMigration { .. } => Exit::Integrity,
        StoreError::Backup { .. } => Exit::Unreadable,
        StoreError::Newer { .. }
        | StoreError::NotBlank { .. }
        | StoreError::UnknownKind
        | StoreError::BadPlace { .. }
        | StoreError::OtherProfile { .. }
        | StoreError::Unfit { .. } => Exit::Configuration,
        StoreError::DiskFull
        | StoreError::Locked
        | StoreError::Unreachable { .. }
        | StoreError::Cut
        | StoreError::Unknown
        | StoreError::NotOpened { .. }
        | StoreError::Missing { .. } => Exit::Unreachable,
        StoreError::WrongGrant => Exit::Refused,
        _ => Exit::Internal,
    }
}

fn exit_of_keys(error: &KeyError) -> Exit {
    match error {
        KeyError::Damaged { .. } | KeyError::WentBack { .. } | KeyError::Tampered { .. } => {
            Exit::Integrity
        }
        KeyError::Missing { .. }
        | KeyError::TokenModule { .. }
        | KeyError::TokenMissing { .. }
        | KeyError::Token { .. } => Exit::Unreachable,
        KeyError::File { .. } | KeyError::Archive { .. } | KeyError::ArchiveUnknown => {
            Exit::Unreadable
        }
        KeyError::Destroyed { .. } | KeyError::VaultNeeded => Exit::Refused,
        KeyError::Randomness => Exit::Internal,
        _ => Exit::Configuration,
    }
}

/// Prints to standard error. A closed standard error is nobody's loss.
pub(crate) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints a line of data. A reader that has gone away, as `head` does, ends the output.
pub(crate) fn print(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}") {
        Err(fault) if fault.kind() == std::io::ErrorKind::BrokenPipe => std::process::exit(0),
        done => Ok(done?),
    }
}

/// A bar on a terminal, nothing elsewhere.
pub(crate) fn progress(len: u64, what: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg:<12} {wide_bar} {pos}/{len} {per_sec} {eta}")
        .expect("the template is well-formed");
    ProgressBar::new(len).with_style(style).with_message(what)
}

/// Starts the log on standard error, by `ORIEL_LOG` (`warn` unless set).
pub(crate) fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("ORIEL_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    // It writes down addresses as they were asked for, with whatever somebody typed into them.
    let silent = "tower_http=info".parse().expect("a target and a level");
    let filter = filter.add_directive(silent);
    // Started once, at the beginning of the program; a second start would only be refused.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_keys::{Bucket, Class};

    #[track_caller]
    fn check(error: impl Fn() -> KeyError, exit: Exit) {
        let stored = || StoreError::from(error());
        for wrapped in [
            Error::new(error()),
            Error::new(stored()),
            Error::new(AppError::from(error())),
            Error::new(AppError::from(stored())),
            Error::new(AppError::from(stored())).context("reading"),
        ] {
            assert_eq!(exit_of(&wrapped), exit, "{wrapped:?}");
        }
    }

    /// However deep an error lies in others, it ends the program with its own code.
    #[test]
    fn an_error_of_the_keys_keeps_its_code_on_its_way_up() {
        let (class, bucket) = (Class::Open, Bucket(0));
        check(
            || KeyError::NoSuchDay { class, bucket },
            Exit::Configuration,
        );
        check(|| KeyError::Tampered { class, bucket }, Exit::Integrity);
        check(|| KeyError::Destroyed { class, bucket }, Exit::Refused);
    }
}
