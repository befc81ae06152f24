//! `oriel carrier evidence` and `oriel carrier verify`: what proves how a carrier failed of a
//! flight, and whether that is still what was signed.

use crate::commands::audit::trusted;
use crate::output::{Exit, fail, print};
use anyhow::Context;
use oriel_app::{Departure, Infringement};
use std::path::Path;

/// The day of departure, as `2026-11-23` where the flight departs, or its instant.
pub(super) fn departure(text: &str) -> Result<Departure, String> {
    let instant = text.parse().map(Departure::At);
    let date = || text.parse().map(Departure::On);
    instant.or_else(|_| date()).map_err(|_| {
        "it is a date such as 2026-11-23, or an instant such as 2026-11-23T12:00:00Z".to_owned()
    })
}

/// Prints the evidence; the page goes into a file of its own.
pub(super) fn show(proved: &Infringement, page: Option<&Path>) -> anyhow::Result<Exit> {
    if let Some(path) = page {
        std::fs::write(path, proved.page())
            .with_context(|| format!("could not write {}", path.display()))?;
    }
    print(&format!("{:#}", proved.json()))?;
    let failures = proved.document["failures"].as_array();
    Ok(
        match failures.is_some_and(|failures| !failures.is_empty()) {
            true => Exit::Found,
            false => Exit::Clean,
        },
    )
}

/// Whether a document is what its digest says, and its digest what a trusted key signed.
pub(super) fn verify(file: &Path, key: &Path) -> anyhow::Result<Exit> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let broken = |what: &str| {
        let text = format!("{}: broken: {what}", file.display());
        Err(fail(Exit::Integrity, text))
    };
    let Some(proved) = Infringement::read(&text) else {
        return broken("the document is not the one that the digest is of");
    };
    let Some(note) = &proved.note else {
        return broken("nobody signed it");
    };
    let signer = note.rsplit_once("\n— ").map_or("", |(_, line)| line);
    let keys = trusted(key, signer.split(' ').next().unwrap_or_default())?;
    let vouched = proved.vouched();
    if !keys.iter().any(|key| key.open(note) == Some(&vouched)) {
        return broken("its digest is not signed by a key that is trusted");
    }
    let made = proved.document["made_at"].as_str().unwrap_or_default();
    print(&format!("it holds: {}, made {made}", proved.digest))?;
    Ok(Exit::Clean)
}
