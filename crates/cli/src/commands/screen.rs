//! `oriel screen`: decodes messages and screens their travellers, without a store.

use crate::output::{Exit, print};
use oriel_messages::Transmission;
use oriel_screening::documents::{DocumentList, NearScratch, screen_documents};
use oriel_screening::selectors::{SelectorKey, Selectors, screen_selectors};
use oriel_screening::{Hit, ListVersion, Scratch, Subject, Watchlists, Weights, screen};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Message files; `-` reads standard input.
    #[arg(required = true)]
    messages: Vec<PathBuf>,
    /// List file; may be given several times.
    #[arg(long = "list", required_unless_present = "documents")]
    lists: Vec<PathBuf>,
    /// CSV file of lost and stolen documents; may be given several times. A mapping may lie beside
    /// it: `lost.csv` and `lost.toml`.
    #[arg(long)]
    documents: Vec<PathBuf>,
}

fn document_list(file: &Path) -> anyhow::Result<DocumentList> {
    let read = super::list::documents(file, &super::list::mapping_beside(file)?)?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    Ok(DocumentList {
        list: name.as_ref().into(),
        version: read.set.version(),
        set: Arc::new(read.set),
    })
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let versions = args.lists.iter().map(|path| super::list::version(path));
    let versions = versions.collect::<anyhow::Result<Vec<ListVersion>>>()?;
    let indexes = versions.iter().map(|version| Arc::new(version.index()));
    let watchlists = Watchlists::new(indexes.collect());
    let sought = versions.iter().map(|version| {
        let (list, of) = (&version.list, &version.version);
        Selectors::build(SelectorKey::NONE, list, of, &version.entries)
    });
    let sought: Vec<Selectors> = sought.collect();
    let documents = args.documents.iter().map(|file| document_list(file));
    let documents = documents.collect::<anyhow::Result<Vec<DocumentList>>>()?;
    let weights = Weights::default();
    let mut scratch = Scratch::default();
    let mut near = NearScratch::default();
    let mut found = false;
    for path in super::files(&args.messages)? {
        let bytes = super::read_input(&path)?;
        let transmission = Transmission::open(&bytes);
        for message in transmission.decode().filter_map(|decoded| decoded.message) {
            let flight = message
                .flights
                .first()
                .map(super::decode::flight_words)
                .unwrap_or_default();
            for (at, traveller) in (0..).zip(&message.travellers) {
                let number = at + 1;
                let mut subject = Subject::from_traveller(traveller);
                // Nothing is kept here, so that no law says what may be compared.
                let bookings = message.bookings.iter();
                for booking in bookings.filter(|booking| booking.travellers.contains(&at)) {
                    subject.add_booking(booking, at, &|_| true);
                }
                subject.add_destination(traveller, &|_| true);
                let mut hits = screen(&subject, &watchlists, &weights, &mut scratch);
                hits.extend(screen_documents(&subject, &documents, &weights, &mut near));
                for sought in &sought {
                    Hit::support_all(&mut hits, screen_selectors(&subject, sought, &weights));
                }
                for hit in hits {
                    found = true;
                    print(
                        &json!({
                            "schema": "oriel.hit/1",
                            "file": path.display().to_string(),
                            "reference": message.envelope.reference.as_str(),
                            "traveller": format!("t{number}"),
                            "flight": flight,
                            "list": hit.list.as_str(),
                            "list_version": hit.list_version.as_str(),
                            "entry": hit.entry.as_str(),
                            "score": hit.score,
                            "parts": hit.parts,
                        })
                        .to_string(),
                    )?;
                }
            }
        }
    }
    Ok(if found { Exit::Found } else { Exit::Clean })
}
