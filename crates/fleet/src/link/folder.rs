//! A folder: written under a name of its own, renamed, and answered beside.

use super::{Failed, Sent, Settled, Told, digest};
use crate::Way;
use std::path::PathBuf;
use std::time::Duration;
use tokio::fs;

/// How often it is looked whether there is an answer.
const LOOK: Duration = Duration::from_millis(20);

/// A folder of the window's.
pub(crate) struct Folder {
    at: PathBuf,
}

impl Folder {
    pub(crate) fn open(way: &Way) -> Self {
        Self { at: way.folder() }
    }

    pub(crate) async fn send(&mut self, sent: Sent<'_>) -> Result<Told, Failed> {
        let part = self.at.join(format!(".{}.part", sent.name));
        fs::write(&part, sent.bytes).await?;
        fs::rename(&part, self.at.join(sent.name)).await?;
        let answers = self.at.join("answers");
        let stem = format!("{}.{}", sent.name, digest(sent.bytes));
        let receipt = answers.join(format!("{stem}.receipt.json"));
        let text = loop {
            match fs::read(&receipt).await {
                Ok(text) => break text,
                Err(_) => tokio::time::sleep(LOOK).await,
            }
        };
        // What was read is cleared away, as carriers are asked to.
        fs::remove_file(&receipt).await?;
        let mut replies = 0;
        while fs::remove_file(answers.join(format!("{stem}.{}.reply", replies + 1)))
            .await
            .is_ok()
        {
            replies += 1;
        }
        let settled = Settled::of(&serde_json::from_slice(&text)?, replies);
        Ok(settled.map_or(Told::Later, Told::Settled))
    }
}
