//! A place for a store, on each kind of database.

use crate::{Cluster, Database, TempDir};

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

    /// What a store is opened with.
    pub fn name(&self) -> String {
        match self {
            Self::Folder(dir) => dir.path().to_string_lossy().into_owned(),
            Self::Server(database) => database.url(),
        }
    }
}
