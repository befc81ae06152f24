//! A place for a store, on each kind of database.

use crate::{Cluster, Database, TempDir};
use std::fs;

/// Where a test keeps a store; gone, or out of the way, with the test.
#[derive(Debug)]
pub enum Place {
    /// A folder of its own.
    Folder(TempDir),
    /// A database of its own on the server that the tests of one program share.
    Server(Database<'static>),
}

impl Place {
    /// A fresh folder.
    #[track_caller]
    pub fn folder(name: &str) -> Self {
        Self::Folder(TempDir::new(name))
    }

    /// A fresh database.
    #[track_caller]
    pub fn server(name: &str) -> Self {
        Self::Server(Cluster::shared().database(name))
    }

    /// One of each.
    #[track_caller]
    pub fn each(name: &str) -> [Self; 2] {
        [Self::folder(name), Self::server(name)]
    }

    /// A place of the same kind with what this one holds; nobody may use this one meanwhile.
    #[track_caller]
    pub fn copy(&self, name: &str) -> Self {
        match self {
            Self::Folder(dir) => {
                let copy = TempDir::new(name);
                let files = fs::read_dir(dir.path()).expect("a place can be listed");
                for file in files.map(|entry| entry.expect("a place can be listed").path()) {
                    let to = copy
                        .path()
                        .join(file.file_name().expect("a file has a name"));
                    fs::copy(&file, to).expect("a place can be copied");
                }
                Self::Folder(copy)
            }
            Self::Server(database) => Self::Server(database.copy(name)),
        }
    }

    /// Does something behind the program's back.
    #[track_caller]
    pub fn sql(&self, text: &str) {
        match self {
            Self::Folder(dir) => rusqlite::Connection::open(dir.path().join("oriel.db"))
                .and_then(|db| db.execute_batch(text))
                .expect("the statements are of this database"),
            Self::Server(database) => {
                database.sql(text);
            }
        }
    }

    /// What a store is opened with.
    pub fn name(&self) -> String {
        match self {
            Self::Folder(dir) => dir.path().to_string_lossy().into_owned(),
            Self::Server(database) => database.url(),
        }
    }
}
