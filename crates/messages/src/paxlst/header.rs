//! Header and trailer of a list: BGM, RFF with the transaction, parties, CNT.
//!
//! Source: PAXLST guide, BGM, RFF, group 1, CNT.

use super::List;
use crate::body::Body;
use crate::envelope::text;
use crate::findings::paxlst as found;
use oriel_edifact::Segment;
use oriel_model::{Element, Function, Text};

/// Functions by kind of list (1001) and function (1004). An empty function is a plain list.
///
/// Close-outs and cancellations are sent with 745 as well as with 266.
const FUNCTIONS: &[(&str, &str, Function)] = &[
    ("745", "", Function::PassengerList),
    ("745", "CP", Function::PassengerChange),
    ("745", "XR", Function::PassengerCancel),
    ("745", "RP", Function::PartyReduction),
    ("266", "CL", Function::FlightClose),
    ("266", "CLOB", Function::FlightCloseOnBoard),
    ("266", "CLNB", Function::FlightCloseNotOnBoard),
    ("266", "XF", Function::FlightCancel),
    ("266", "CF", Function::FlightChange),
    ("250", "", Function::CrewList),
    ("250", "C", Function::CrewList),
    ("250", "CC", Function::CrewList),
    ("250", "B", Function::CrewList),
    ("250", "BC", Function::CrewList),
    ("250", "A", Function::CrewList),
    ("250", "D", Function::CrewList),
    ("250", "E", Function::CrewList),
    ("250", "EC", Function::CrewList),
    ("250", "F", Function::CrewList),
    ("250", "FC", Function::CrewList),
    ("336", "", Function::MasterCrewList),
    ("336", "G", Function::MasterCrewList),
    ("336", "H", Function::MasterCrewList),
    ("336", "I", Function::MasterCrewList),
    ("655", "", Function::GatePass),
];

impl List {
    /// BGM: what the list is for.
    pub(super) fn bgm(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        body.mark_rest(Element::Structure);
        self.has_purpose = true;
        let (list, function) = (segment.part(1, 1), segment.part(2, 1));
        let (kind, sent) = (list.trimmed(), function.trimmed());
        let row = |kind: &str, sent: &str| {
            FUNCTIONS
                .iter()
                .find(|row| row.0 == kind && row.1 == sent)
                .map(|row| row.2)
        };
        let known = row(&kind, &sent).or_else(|| (kind == "745").then(|| row("266", &sent))?);
        self.message.envelope.function = match known {
            Some(function) => function,
            None => match row(&kind, "") {
                Some(plain) => {
                    body.report(&found::UNKNOWN_FUNCTION, function.span());
                    plain
                }
                None => {
                    let kind = if kind == "266" {
                        &found::UNKNOWN_FUNCTION
                    } else {
                        &found::UNKNOWN_LIST
                    };
                    body.report(kind, segment.span());
                    Function::Other
                }
            },
        };
    }

    /// RFF before the persons: the carrier's transaction with its revision.
    pub(super) fn rff_of_list(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        body.mark_rest(Element::Structure);
        let reference = text(segment.part(1, 2));
        if segment.part(1, 1).trimmed() == "TN" && !reference.is_empty() {
            let revision = segment.part(1, 5).trimmed().parse().ok();
            self.message.envelope.transaction = Some((reference, revision));
        }
    }

    /// CNT: how many persons the sender says there are.
    pub(super) fn cnt(&mut self, body: &mut Body<'_, '_>, segment: &Segment<'_>) {
        body.mark_rest(Element::Structure);
        self.close_person(body);
        let (qualifier, count) = (segment.part(1, 1), segment.part(1, 2));
        // Other qualifiers count other things than persons.
        if !matches!(&*qualifier.trimmed(), "41" | "42") {
            return;
        }
        match count.trimmed().parse::<u32>() {
            Ok(announced) => {
                self.message.announced = Some(announced);
                if usize::try_from(announced) != Ok(self.message.travellers.len()) {
                    body.report(&found::COUNT_DIFFERS, count.span());
                }
            }
            Err(_) => body.report(&found::COUNT_UNREADABLE, count.span()),
        }
    }

    /// What a person in a list of this function is, in one word.
    pub(super) fn status(&self) -> Option<Text> {
        let status = match self.message.envelope.function {
            Function::PassengerCancel | Function::PartyReduction => "cancelled",
            Function::FlightCloseOnBoard => "boarded",
            Function::FlightCloseNotOnBoard => "not_boarded",
            _ => return None,
        };
        Some(Text::const_new(status))
    }
}
