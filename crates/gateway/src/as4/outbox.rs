//! Answers and notices that wait until their carrier has signed for them.
//!
//! - In: what a carrier is to be told. Out: files, one for each unit, in a folder for each carrier;
//!   the oldest first.
//! - Invariants: a file is there whole or not at all, and outlasts a crash; the same unit has the
//!   same name, so that a repeat replaces it. It holds places and codes, as answers do everywhere.

use crate::Taken;
use crate::answers::{usable, write};
use crate::desk::Waiting;
use jiff::Timestamp;
use oriel_ebms::Part;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Where units lie that a carrier has refused.
const REFUSED: &str = "refused";

/// A folder with a folder for each carrier.
#[derive(Debug)]
pub(crate) struct Outbox {
    path: PathBuf,
    /// Two writers of one file at a time would write one draft.
    one: Mutex<()>,
}

/// What a carrier is to be told.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Unit {
    /// The message that it answers.
    pub(crate) about: Option<String>,
    pub(crate) conversation: String,
    pub(crate) action: String,
    /// From when it is not to be pushed any more, UTC.
    until: Option<String>,
    parts: Vec<Piece>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Piece {
    media: String,
    name: String,
    /// Bytes of which each stands for the character of its number: answers are texts.
    text: String,
}

impl Piece {
    fn new(media: &str, name: String, bytes: &[u8]) -> Self {
        Self {
            media: media.to_owned(),
            name,
            text: bytes.iter().copied().map(char::from).collect(),
        }
    }
}

impl Unit {
    /// The answer to a unit, whose payloads became this: what was agreed, and receipts last.
    pub(crate) fn answer(about: &str, conversation: &str, taken: &[Taken]) -> Self {
        let mut parts = Vec::new();
        for (n, one) in (1..).zip(taken) {
            for (of, bytes) in (1..).zip(&one.answers) {
                let is_xml = bytes.trim_ascii_start().starts_with(b"<");
                let media = match is_xml {
                    true => "application/xml",
                    false => "application/EDIFACT",
                };
                parts.push(Piece::new(media, format!("{n}.{of}.reply"), bytes));
            }
        }
        for (n, one) in (1..).zip(taken) {
            let receipt = one.json().to_string();
            let name = format!("{n}.receipt.json");
            parts.push(Piece::new("application/json", name, receipt.as_bytes()));
        }
        Self {
            about: Some(about.to_owned()),
            conversation: conversation.to_owned(),
            action: "answer".to_owned(),
            until: None,
            parts,
        }
    }

    /// What waits for a carrier and answers nothing that it just sent: a notice, what is asked for
    /// with its notice, or an answer that has changed.
    pub(crate) fn waiting(one: Waiting<'_>) -> Self {
        let (action, conversation) = one.about();
        let items = one.items();
        let until = items.iter().find_map(|it| it.ends_at);
        let part = |it: crate::desk::Item| Piece::new(it.media, it.name, &it.bytes);
        Self {
            about: None,
            conversation,
            action: action.to_owned(),
            until: until.map(|until| until.to_string()),
            parts: items.into_iter().map(part).collect(),
        }
    }

    /// Whether it is not to be pushed any more.
    pub(crate) fn is_over(&self, now: Timestamp) -> bool {
        let until = self.until.as_ref().and_then(|until| until.parse().ok());
        until.is_some_and(|until: Timestamp| until <= now)
    }

    pub(crate) fn parts(&self) -> Vec<Part> {
        let part = |it: &Piece| Part {
            media: it.media.clone(),
            name: it.name.clone(),
            bytes: it
                .text
                .chars()
                .filter_map(|it| u8::try_from(it).ok())
                .collect(),
        };
        self.parts.iter().map(part).collect()
    }
}

impl Outbox {
    /// Makes the folder, and tries to write into it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        usable(path)?;
        Ok(Self {
            path: path.to_owned(),
            one: Mutex::default(),
        })
    }

    /// Leaves a unit for a carrier under its name.
    pub(crate) fn leave(&self, handle: &str, id: &str, unit: &Unit) -> io::Result<()> {
        let _one = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = self.path.join(handle);
        match fs::create_dir(&folder) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let text = serde_json::to_string(unit)?;
        write(&folder, OsStr::new(&format!("{id}.json")), text.as_bytes())
    }

    /// Names of what waits for a carrier, oldest first.
    pub(crate) fn waiting(&self, handle: &str) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(self.path.join(handle)) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(".json"));
            if let Some(id) = id.filter(|id| !id.starts_with('.')) {
                // Gone meanwhile is pushed meanwhile.
                let Ok(about) = entry.metadata() else {
                    continue;
                };
                found.push((about.modified()?, id.to_owned()));
            }
        }
        found.sort();
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    /// Reads a unit.
    pub(crate) fn read(&self, handle: &str, id: &str) -> io::Result<Unit> {
        let text = fs::read_to_string(self.file(handle, id))?;
        Ok(serde_json::from_str(&text)?)
    }

    /// Takes away what a carrier has signed for.
    pub(crate) fn done(&self, handle: &str, id: &str) -> io::Result<()> {
        fs::remove_file(self.file(handle, id))
    }

    /// Puts aside what a carrier has refused, for somebody to look at.
    pub(crate) fn refused(&self, handle: &str, id: &str) -> io::Result<()> {
        let folder = self.path.join(handle).join(REFUSED);
        fs::create_dir_all(&folder)?;
        fs::rename(self.file(handle, id), folder.join(format!("{id}.json")))
    }

    fn file(&self, handle: &str, id: &str) -> PathBuf {
        self.path.join(handle).join(format!("{id}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_store::{Id, NoticeRow};

    /// R-ING-08: what is asked for travels with its words, and no further than its end; that also
    /// holds for a unit that was read again.
    #[test]
    fn a_request_is_over_when_it_ends() {
        let at = |text: &str| -> Timestamp { text.parse().unwrap() };
        let end = at("2026-11-22T17:00:00Z");
        let row = |message: &str| NoticeRow {
            id: Id::of_record(&["notice"], end, &[]),
            compartment: String::new(),
            handle: "zq".to_owned(),
            kind: String::new(),
            step: String::new(),
            flight: String::new(),
            from: String::new(),
            to: String::new(),
            departs_at: None,
            push: String::new(),
            due_at: Some(end),
            clause: String::new(),
            language: String::new(),
            words: String::new(),
            made_at: end,
            delivered_at: None,
            way: String::new(),
            stopped_at: None,
            message: message.to_owned(),
        };
        let check = |message: &str, action: &str, parts: usize, over: bool| {
            let unit = Unit::waiting(Waiting::Notice(&row(message)));
            let text = serde_json::to_string(&unit).unwrap();
            let unit: Unit = serde_json::from_str(&text).unwrap();
            assert_eq!((&*unit.action, unit.parts().len()), (action, parts));
            assert!(!unit.is_over(at("2026-11-22T16:59:59Z")));
            assert_eq!(unit.is_over(end), over);
        };
        check("UNB+IATA:1'", "request", 2, true);
        check("", "notice", 1, false);
    }
}
