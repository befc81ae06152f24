//! The register of selected journeys: inside the area only what somebody decided to look at is
//! taken, for a time, and two persons decide.
//!
//! - In: a pattern with reason, decision maker, begin, end and review.  Out: whether a journey is
//!   taken by a recipient at an instant.
//! - Source: R-SCO-08, R-SCO-09; C-817/19 on Article 2 of Directive (EU) 2016/681.
//! - Invariants: which ways of travelling need an entry is the profile's to say; an entry counts from
//!   its begin to its end, to the instant, and only once a second person approved it; all journeys
//!   at once are selected only against a threat that is named.

use crate::law::only;
use crate::{App, AppError, Compartment};
use jiff::Timestamp;
use oriel_model::{Carrier, Country, Flight, Port};
use oriel_policy::audit::Event;
use oriel_policy::profile::Taking;
use oriel_policy::{Act, Grant, Way, refuse_step};
use oriel_store::{Id, NotTakenCount, Pattern, SelectionRow, Signed, Tx};

/// An entry to propose.
#[derive(Clone, Debug)]
pub struct NewSelection<'a> {
    /// Which journeys.
    pub pattern: Pattern,
    /// Why.
    pub reason: &'a str,
    /// The genuine and present or foreseeable threat it answers; needed where the pattern names
    /// neither carrier nor place.
    pub threat: &'a str,
    /// The office that decided.
    pub decided_by: &'a str,
    /// From when, UTC.
    pub starts_at: Timestamp,
    /// Until before when, UTC.
    pub ends_at: Timestamp,
    /// When it must be looked at again, UTC.
    pub review_at: Timestamp,
}

/// Why an entry was not proposed, approved or ended. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SelectionRefusal {
    /// The law needs none.
    #[error(
        "legal profile {profile} takes no journey by {mode} by selection; there is nothing to select"
    )]
    NotAsked {
        /// The law.
        profile: String,
        /// The mode.
        mode: &'static str,
    },
    /// A pattern that fits nothing.
    #[error("{0:?} is neither a carrier's designator nor a place's code; write ZQ or UXA")]
    Code(String),
    /// Half a route.
    #[error("a route has both its ends; name one place alone as the airport")]
    Route,
    /// No reason.
    #[error("say why, and which office decided, in 1 to 2000 characters each")]
    Reason,
    /// Everything without a threat.
    #[error(
        "all journeys at once are selected only against a genuine and present or foreseeable threat \
         (C-817/19); name the threat, or a carrier or place"
    )]
    Threat,
    /// It would not run.
    #[error("an entry begins before it ends, ends after now, and is looked at again in between")]
    Period,
    /// Too long.
    #[error("an entry may run {longest} at most ({clause}); propose it anew when it ends")]
    Longest {
        /// The period.
        longest: String,
        /// Its clause.
        clause: String,
    },
    /// Approved or ended before.
    #[error("this entry does not wait for approval")]
    NotWaiting,
    /// Ended before.
    #[error("this entry has ended")]
    Ended,
    /// The same person.
    #[error(transparent)]
    Pair(#[from] oriel_policy::Refused),
}

/// How an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectionState {
    /// For a second person.
    Waits,
    /// Approved, and not yet begun.
    ToCome,
    /// In force.
    InForce,
    /// Over: by its time, or by a person.
    Over,
}

impl SelectionState {
    /// How an entry stands at an instant.
    pub fn of(row: &SelectionRow, now: Timestamp) -> Self {
        match &row.approved {
            _ if row.ended.is_some() || row.ends_at <= now => Self::Over,
            None => Self::Waits,
            Some(_) if row.starts_at > now => Self::ToCome,
            Some(_) => Self::InForce,
        }
    }

    /// Name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::ToCome => "to_come",
            Self::InForce => "in_force",
            Self::Over => "over",
        }
    }
}

/// The places a journey touches, in order.
fn places(flight: &Flight) -> Vec<Option<Port>> {
    let first = flight.legs.first().map(|leg| leg.from);
    let others = flight.legs.iter().map(|leg| leg.to);
    first.into_iter().chain(others).collect()
}

/// Whether a journey is one that a pattern names.
fn fits(pattern: &Pattern, flight: &Flight) -> bool {
    let places: Vec<String> = places(flight)
        .into_iter()
        .map(|place| place.map(|place| place.to_string()).unwrap_or_default())
        .collect();
    let at = |code: &str| places.iter().position(|place| place == code);
    let carrier = flight.carrier.map(|carrier| carrier.to_string());
    let route = || {
        let from = at(&pattern.from)?;
        let to = places.iter().rposition(|place| *place == pattern.to)?;
        Some(from < to)
    };
    pattern.mode == flight.mode
        && (pattern.carrier.is_empty() || carrier.as_ref() == Some(&pattern.carrier))
        && (pattern.airport.is_empty() || at(&pattern.airport).is_some())
        && (pattern.from.is_empty() || route() == Some(true))
}

/// Entries in force for the recipients of one commit, read once each and only where asked for.
#[derive(Default)]
pub(crate) struct Register {
    known: Vec<(String, Vec<SelectionRow>)>,
}

impl Register {
    /// Whether a recipient takes a journey at an instant. Where it does not, which way it goes.
    pub(crate) fn refuses(
        &mut self,
        tx: &mut Tx<'_>,
        recipient: &Compartment,
        flight: &Flight,
        now: Timestamp,
    ) -> Result<Option<Way>, AppError> {
        let states: Vec<Option<Country>> = places(flight)
            .into_iter()
            .map(|place| place?.state())
            .collect();
        let codes = states
            .iter()
            .map(|state| state.as_ref().map(Country::as_str));
        // What cannot be told is not inside the area, so nothing of it is lost.
        let Some(way) = recipient.profile.way(codes) else {
            return Ok(None);
        };
        Ok(match recipient.profile.taking(flight.mode, way).value {
            Taking::Always => None,
            Taking::Never => Some(way),
            Taking::Selected => {
                let entries = self.of(tx, &recipient.name, now)?;
                let selected = entries.iter().any(|row| fits(&row.pattern, flight));
                (!selected).then_some(way)
            }
        })
    }

    fn of(
        &mut self,
        tx: &mut Tx<'_>,
        recipient: &str,
        now: Timestamp,
    ) -> Result<&[SelectionRow], AppError> {
        let known = self.known.iter().position(|(name, _)| name == recipient);
        let at = match known {
            Some(at) => at,
            None => {
                let rows = tx.selection_in_force(recipient, now)?;
                self.known.push((recipient.to_owned(), rows));
                self.known.len() - 1
            }
        };
        Ok(&self.known[at].1)
    }
}

impl App {
    /// The register of the recipient of `grant`.
    pub fn selections(&self, grant: &Grant) -> Result<Vec<SelectionRow>, AppError> {
        only(grant, &[Act::SelectionRead])?;
        let list = |tx: &mut Tx<'_>| tx.selection_list(grant.compartment());
        Ok(self.core.store.read(list)?)
    }

    /// What it did not take because nobody had selected it: counts.
    pub fn not_taken(&self, grant: &Grant) -> Result<Vec<NotTakenCount>, AppError> {
        only(grant, &[Act::SelectionRead])?;
        let mut counts = self.core.store.read(|tx| tx.not_taken_counts())?;
        counts.retain(|count| count.compartment == grant.compartment());
        Ok(counts)
    }

    /// Proposes an entry. It counts once another person has approved it.
    pub fn selection_propose(
        &self,
        grant: &Grant,
        new: NewSelection<'_>,
    ) -> Result<SelectionRow, AppError> {
        only(grant, &[Act::SelectionPut])?;
        check(grant, &new)?;
        let NewSelection {
            pattern,
            reason,
            threat,
            decided_by,
            starts_at,
            ends_at,
            review_at,
        } = new;
        let times = [starts_at, ends_at, review_at].map(|at| at.to_string());
        let row = SelectionRow {
            id: Id::of_record(
                &[
                    "selection",
                    grant.compartment(),
                    grant.actor(),
                    pattern.mode.name(),
                    &pattern.carrier,
                    &pattern.airport,
                    &pattern.from,
                    &pattern.to,
                    reason,
                    threat,
                    decided_by,
                    &times[0],
                    &times[1],
                    &times[2],
                ],
                grant.at(),
                &[],
            ),
            compartment: grant.compartment().to_owned(),
            pattern,
            reason: reason.trim().to_owned(),
            threat: threat.trim().to_owned(),
            decided_by: decided_by.trim().to_owned(),
            starts_at,
            ends_at,
            review_at,
            profile: grant.profile().reference(),
            proposed: Signed {
                by: grant.actor().to_owned(),
                at: grant.at(),
            },
            approved: None,
            ended: None,
        };
        self.core.store.write(|tx| {
            // The very same proposal at the same instant is the first one, asked for again.
            if !tx.selection_insert(&row)? {
                return Ok(());
            }
            let (mode, from, to) = (row.pattern.mode.name(), row.starts_at, row.ends_at);
            let detail = format!("ok mode={mode} from={from} to={to}");
            tx.audit_append(&[Event::granted(grant, row.id.display("sel"), detail)])?;
            Ok::<_, AppError>(())
        })?;
        Ok(row)
    }

    /// Approves an entry that another person proposed.
    pub fn selection_approve(&self, grant: &Grant, id: Id) -> Result<SelectionRow, AppError> {
        only(grant, &[Act::SelectionApprove])?;
        let object = id.display("sel");
        let approved = self.core.store.write(|tx| {
            let row = tx.selection_fetch(grant.compartment(), id)?;
            let done = (Act::SelectionPut, row.proposed.by.as_str());
            if let Err(refused) = refuse_step([done], Act::SelectionApprove, grant.actor()) {
                return Ok(Err(refused));
            }
            if SelectionState::of(&row, grant.at()) != SelectionState::Waits
                || !tx.selection_approve(id, &signed(grant))?
            {
                return Err(SelectionRefusal::NotWaiting.into());
            }
            tx.audit_append(&[Event::granted(grant, object.clone(), "ok approved")])?;
            Ok::<_, AppError>(Ok(tx.selection_fetch(grant.compartment(), id)?))
        })?;
        approved.or_else(|refused| {
            self.note(Event::granted(grant, object, "denied second-person"))?;
            Err(SelectionRefusal::Pair(refused).into())
        })
    }

    /// Ends an entry at once, or refuses one that waits. One person may: it lets less in.
    pub fn selection_end(&self, grant: &Grant, id: Id) -> Result<SelectionRow, AppError> {
        only(grant, &[Act::SelectionApprove])?;
        self.core.store.write(|tx| {
            let row = tx.selection_fetch(grant.compartment(), id)?;
            if SelectionState::of(&row, grant.at()) == SelectionState::Over
                || !tx.selection_end(id, &signed(grant))?
            {
                return Err(SelectionRefusal::Ended.into());
            }
            tx.audit_append(&[Event::granted(grant, id.display("sel"), "ok ended")])?;
            Ok::<_, AppError>(tx.selection_fetch(grant.compartment(), id)?)
        })
    }
}

pub(crate) fn signed(grant: &Grant) -> Signed {
    Signed {
        by: grant.actor().to_owned(),
        at: grant.at(),
    }
}

/// Refuses an entry that the law does not know, or that could not be looked at afterwards.
fn check(grant: &Grant, new: &NewSelection<'_>) -> Result<(), SelectionRefusal> {
    let (profile, pattern) = (grant.profile(), &new.pattern);
    let asked = |way: &Way| profile.taking(pattern.mode, *way).value == Taking::Selected;
    if !Way::ROWS.iter().any(|(_, way)| asked(way)) {
        return Err(SelectionRefusal::NotAsked {
            profile: profile.reference(),
            mode: pattern.mode.name(),
        });
    }
    if !pattern.carrier.is_empty() && Carrier::parse(&pattern.carrier).is_err() {
        return Err(SelectionRefusal::Code(pattern.carrier.clone()));
    }
    let places = [&pattern.airport, &pattern.from, &pattern.to];
    for place in places.into_iter().filter(|place| !place.is_empty()) {
        if Port::parse(place).is_err() {
            return Err(SelectionRefusal::Code(place.clone()));
        }
    }
    if pattern.from.is_empty() != pattern.to.is_empty() {
        return Err(SelectionRefusal::Route);
    }
    let said = |text: &str| (1..=2000).contains(&text.trim().chars().count());
    if !said(new.reason) || !said(new.decided_by) || new.threat.chars().count() > 2000 {
        return Err(SelectionRefusal::Reason);
    }
    let everything = pattern.carrier.is_empty() && places.iter().all(|place| place.is_empty());
    if everything && !said(new.threat) {
        return Err(SelectionRefusal::Threat);
    }
    let runs = new.starts_at < new.ends_at && new.ends_at > grant.at();
    if !runs || new.review_at <= new.starts_at || new.review_at > new.ends_at {
        return Err(SelectionRefusal::Period);
    }
    let longest = &profile.selection().longest;
    if new.ends_at > longest.value.after(new.starts_at) {
        return Err(SelectionRefusal::Longest {
            longest: longest.value.to_string(),
            clause: longest.clause.clone(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oriel_model::{FlightNumber, Leg, Mode};

    /// Whether a pattern `mode carrier airport from to` (`-` for blank) names a journey of ZQ by
    /// air over these places.
    #[track_caller]
    fn check(pattern: &str, route: &str, expect: bool) {
        let [mode, carrier, airport, from, to] = pattern
            .split(' ')
            .map(|part| part.trim_matches('-').to_owned())
            .collect::<Vec<_>>()
            .try_into()
            .unwrap();
        let pattern = Pattern {
            mode: Mode::parse(&mode).unwrap(),
            carrier,
            airport,
            from,
            to,
        };
        let places: Vec<_> = route
            .split(' ')
            .map(|code| Port::parse(code).ok())
            .collect();
        let legs = places.windows(2).map(|pair| Leg {
            from: pair[0],
            to: pair[1],
            ..Leg::default()
        });
        let flight = Flight {
            carrier: Carrier::parse("ZQ").ok(),
            number: FlightNumber::parse("417").unwrap(),
            legs: legs.collect(),
            ..Flight::default()
        };
        assert_eq!(fits(&pattern, &flight), expect, "{pattern:?} {route}");
    }

    #[test]
    fn a_pattern_names_what_fits_each_of_its_parts() {
        check("air - - - -", "UXA CDG", true);
        check("sea - - - -", "UXA CDG", false);
        check("air ZQ - - -", "UXA CDG", true);
        check("air X9 - - -", "UXA CDG", false);
        check("air - CDG - -", "UXA CDG VIE", true);
        check("air - VIE - -", "UXA CDG", false);
        check("air - - UXA CDG", "UXA CDG", true);
        check("air - - CDG UXA", "UXA CDG", false);
        check("air - - UXA VIE", "UXA CDG VIE", true);
        check("air - - UXA UXA", "UXA CDG UXA", true);
        check("air ZQ VIE UXA CDG", "UXA CDG", false);
    }
}
