//! `oriel screen`: decodes messages and screens their travellers, without a store.

use crate::output::{Exit, print};
use oriel_messages::Transmission;
use oriel_screening::{Scratch, Subject, Weights, screen};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Message files; `-` reads standard input.
    #[arg(required = true)]
    messages: Vec<PathBuf>,
    /// List file; may be given several times.
    #[arg(long = "list", required = true)]
    lists: Vec<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<Exit> {
    let watchlists = super::matching::load(&args.lists)?;
    let weights = Weights::default();
    let mut scratch = Scratch::default();
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
            for (number, traveller) in (1..).zip(&message.travellers) {
                let subject = Subject::from_traveller(traveller);
                for hit in screen(&subject, &watchlists, &weights, &mut scratch) {
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
