//! Carriers as the story knows them: they send, and read what they are answered.

use oriel_gateway::{Desk, Gateway, open};
use oriel_store::ChannelKind;
use oriel_testkit::TempDir;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A list with one invented passenger.
pub(crate) const LIST: &str = "UNB+UNOA:4+ZQAIR+UTOGOV+261122:0845+R1++APIS'\
    UNH+1+PAXLST:D:05B:UN:IATA'BGM+745'TDT+20+ZQ0417+++ZQ'LOC+125+LHR'DTM+189:2611221200:201'\
    LOC+87+UXA'DTM+232:2611221500:201'NAD+FL+++EXEMPLE:JEAN'ATT+2++M'DTM+329:850217'NAT+2+UTO'\
    CNT+42:1'UNT+13+1'UNZ+1+R1'";

/// The list of another flight.
pub(crate) fn list(number: u32) -> String {
    let reference = format!("Q{number}");
    LIST.replace("R1", &reference)
        .replace("ZQ0417", &format!("ZQ{number:04}"))
}

/// Somebody who sends by one way in.
pub(crate) trait Carrier: Sync {
    /// By what it is known, where it is enrolled.
    fn channels(&self) -> Vec<(ChannelKind, String)> {
        Vec::new()
    }
    /// Opens the receiving side.
    fn open(&self, desk: Desk) -> Gateway;
    /// Sends one transmission.
    fn send(&self, name: &str, bytes: &[u8]);
    /// Sends several, one behind the other.
    fn send_all(&self, messages: &[(String, String)]) {
        for (name, text) in messages {
            self.send(name, text.as_bytes());
        }
    }
    /// Sends the first half; what is given sends the rest.
    fn send_half<'a>(&'a self, name: &'a str, bytes: &'a [u8]) -> Box<dyn FnOnce() + 'a>;
    /// Opens the receiving side, sends, and sees to it that no answer arrives; what is given ends
    /// the receiving side and mends the way back.
    fn break_answers<'a>(&'a self, desk: Desk, name: &str, bytes: &[u8]) -> Box<dyn FnOnce() + 'a>;
    /// Tries to send without being who it says it is; whether it came in. Nothing where who may
    /// write is the machine's to say.
    fn intrude(&self, _bytes: &[u8]) -> Option<bool> {
        None
    }
    /// What it was told of its transmissions so far, in no order but sorted.
    fn statuses(&self) -> Vec<String>;
    /// The answers it got.
    fn answers(&self) -> Vec<String>;

    /// The same once there are `count`.
    #[track_caller]
    fn told(&self, count: usize) -> Vec<String> {
        self.wait(&format!("{count} are told"), &|| {
            self.statuses().len() >= count
        });
        let statuses = self.statuses();
        assert_eq!(statuses.len(), count, "{statuses:?}");
        statuses
    }

    #[track_caller]
    fn wait(&self, what: &str, is_so: &dyn Fn() -> bool) {
        let end = Instant::now() + Duration::from_secs(60);
        while !is_so() {
            assert!(Instant::now() < end, "it never came about that {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Leaves files in a folder, or in a Maildir.
pub(crate) struct Folder {
    dir: TempDir,
    kind: &'static str,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self {
            dir: TempDir::new("folder"),
            kind: "directory",
        }
    }

    pub(crate) fn maildir() -> Self {
        Self {
            dir: TempDir::new("maildir"),
            kind: "maildir",
        }
    }

    /// Where a file is written, and what it is called when it is whole.
    fn draft(&self, name: &str) -> (PathBuf, PathBuf) {
        match self.kind {
            "maildir" => (
                self.path().join("tmp").join(name),
                self.path().join("new").join(name),
            ),
            _ => (
                self.path().join(format!("{name}.part")),
                self.path().join(name),
            ),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn settings(&self, more: &str) -> toml::Table {
        let (kind, path) = (self.kind, self.path().display());
        let text = format!("kind = '{kind}'\nname = 'zq'\npath = '{path}'\nevery = 0.005\n{more}");
        toml::from_str(&text).unwrap()
    }

    /// What was left for the sender, by the end of its name.
    pub(crate) fn left(&self, ending: &str) -> Vec<(PathBuf, String)> {
        left(&self.path().join("answers"), ending)
    }
}

impl Carrier for Folder {
    fn open(&self, desk: Desk) -> Gateway {
        let transport = open(self.settings("quiet = 0.0")).unwrap();
        Gateway::start(desk, vec![transport])
    }

    fn send(&self, name: &str, bytes: &[u8]) {
        self.send_half(name, bytes)();
    }

    fn send_half<'a>(&'a self, name: &'a str, bytes: &'a [u8]) -> Box<dyn FnOnce() + 'a> {
        let (part, whole) = self.draft(name);
        fs::write(&part, &bytes[..bytes.len() / 2]).unwrap();
        Box::new(move || {
            fs::write(&part, bytes).unwrap();
            fs::rename(&part, whole).unwrap();
        })
    }

    fn break_answers<'a>(&'a self, desk: Desk, name: &str, bytes: &[u8]) -> Box<dyn FnOnce() + 'a> {
        let running = self.open(desk);
        let answers = self.path().join("answers");
        fs::remove_dir_all(&answers).unwrap();
        self.send(name, bytes);
        Box::new(move || drop(running))
    }

    fn statuses(&self) -> Vec<String> {
        statuses(&self.left(".receipt.json"))
    }

    fn answers(&self) -> Vec<String> {
        let left = self.left(".reply");
        left.into_iter().map(|(_, text)| text).collect()
    }
}

/// Files in a folder of answers, by the end of their names.
pub(crate) fn left(folder: &Path, ending: &str) -> Vec<(PathBuf, String)> {
    // Some folders are made when their carrier comes for the first time.
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    let paths = paths.filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.ends_with(ending) && !name.starts_with('.')
    });
    paths
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            (path, text)
        })
        .collect()
}

/// What receipts say, sorted.
pub(crate) fn statuses(receipts: &[(PathBuf, String)]) -> Vec<String> {
    let mut statuses: Vec<String> = receipts
        .iter()
        .map(|(_, text)| {
            let receipt: Value = serde_json::from_str(text).unwrap();
            let first = receipt["messages"][0]["status"].as_str();
            first.unwrap_or("nothing").to_owned()
        })
        .collect();
    statuses.sort();
    statuses
}
