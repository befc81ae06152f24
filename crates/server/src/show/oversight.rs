//! Oversight on the wire.

use super::instant;
use crate::views::oversight as view;
use oriel_app::{ChainView, EventProof, ItemView, LogEvent, MonthProof, Waiting};
use oriel_policy::audit::Hash;
use oriel_policy::oversight::Answer;
use oriel_store::SweepRun;

pub(crate) fn waiting(waiting: Waiting) -> view::Waiting {
    view::Waiting {
        open: waiting.open as u64,
        new: waiting.new as u64,
        overdue: waiting.overdue as u64,
    }
}

pub(crate) fn item(of: &ItemView) -> view::Item {
    let item = &of.item;
    let answers = item.answers.iter().enumerate();
    view::Item {
        event: item.event,
        at: instant(&item.at),
        kind: item.concern.name.to_owned(),
        says: item.concern.says.to_owned(),
        state: match item.state() {
            "closed" => view::ItemState::Closed,
            "referred" => view::ItemState::Referred,
            "seen" => view::ItemState::Seen,
            _ => view::ItemState::New,
        },
        due: of.due.as_ref().map(instant),
        overdue: of.overdue,
        act: item.act.clone(),
        actor: item.actor.clone(),
        object: item.object.clone(),
        purpose: item.purpose.clone(),
        recipient: item.recipient.clone(),
        compartment: item.compartment.clone(),
        detail: item.detail.clone(),
        answers: answers
            .map(|(at, given)| view::Answered {
                at: instant(&given.at),
                actor: given.actor.clone(),
                answer: match given.answer {
                    Answer::Seen => view::Answer::Seen,
                    Answer::Noted => view::Answer::Noted,
                    Answer::Referred => view::Answer::Referred,
                    Answer::Closed => view::Answer::Closed,
                },
                note: of.notes.get(at).cloned().unwrap_or_default(),
            })
            .collect(),
    }
}

pub(crate) fn answer(answer: view::Answer) -> Answer {
    match answer {
        view::Answer::Seen => Answer::Seen,
        view::Answer::Noted => Answer::Noted,
        view::Answer::Referred => Answer::Referred,
        view::Answer::Closed => Answer::Closed,
    }
}

pub(crate) fn event(of: &LogEvent) -> view::LogEvent {
    view::LogEvent {
        n: of.n,
        at: of.at.to_string(),
        actor: of.actor.clone(),
        act: of.act.clone(),
        object: of.object.clone(),
        purpose: of.purpose.clone(),
        recipient: of.recipient.clone(),
        compartment: of.compartment.clone(),
        profile: of.profile.clone(),
        detail: of.detail.clone(),
        hash: hex(&of.hash),
    }
}

pub(crate) fn chain(of: ChainView) -> view::Chain {
    view::Chain {
        events: of.events,
        checked: of.checked,
        held: of.held.map(|(held, at)| view::Held {
            first: held.first,
            last: held.last,
            signed: held.signed,
            at: instant(&at),
        }),
        broken: of.broken.map(|(event, says, at)| view::Broken {
            event,
            says,
            at: instant(&at),
        }),
        checkpoint: of.checkpoint.map(|row| view::SignedNote {
            size: row.kept.tree.size(),
            at: instant(&row.at),
            note: row.kept.note,
        }),
    }
}

pub(crate) fn event_proof(of: EventProof) -> view::EventProof {
    view::EventProof {
        schema: "oriel.audit-inclusion/1".to_owned(),
        event: event(&of.event),
        size: of.proof.size,
        path: of.proof.path.iter().map(hex).collect(),
        checkpoint: of.note,
    }
}

pub(crate) fn month_proof(month: String, of: MonthProof) -> view::MonthProof {
    let path = of.proof.iter().flat_map(|proof| &proof.path);
    view::MonthProof {
        schema: "oriel.audit-month/1".to_owned(),
        month,
        before: of.before,
        path: path.map(hex).collect(),
        before_checkpoint: of.before_note,
        size: of.last,
        checkpoint: of.note,
    }
}

pub(crate) fn sweep(run: &SweepRun) -> view::Sweep {
    view::Sweep {
        at: instant(&run.at),
        profile: run.profile.clone(),
        step: run.step.clone(),
        counts: serde_json::from_str(&run.counts).unwrap_or_default(),
    }
}

fn hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
