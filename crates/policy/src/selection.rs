//! Which way a journey crosses the border, and whether it is taken.
//!
//! - In: the states a journey touches, in order.  Out: its [`Way`] and what the profile says of it.
//! - Source: R-SCO-02, R-SCO-08, R-SCO-09.
//! - Invariant: a way is told only when every state is known; what cannot be told is never called
//!   inside the area.

use crate::Profile;
use crate::profile::{Ruled, Taking};
use oriel_model::Mode;

/// How a journey lies to the home state and the area it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// Ends at home and touches a state outside the area.
    Inbound,
    /// Starts at home and touches a state outside the area.
    Outbound,
    /// Passes home between other states, one of them outside the area.
    Transit,
    /// Touches home and other states of the area only.
    Intra,
    /// Touches home only.
    Domestic,
}

impl Way {
    /// Every way with its name.
    pub const ROWS: &[(&'static str, Self)] = &[
        ("inbound", Self::Inbound),
        ("outbound", Self::Outbound),
        ("transit", Self::Transit),
        ("intra", Self::Intra),
        ("domestic", Self::Domestic),
    ];

    /// Name in registers and figures.
    pub fn name(self) -> &'static str {
        let row = Self::ROWS.iter().find(|(_, way)| *way == self);
        row.map_or("", |(name, _)| name)
    }
}

impl Profile {
    /// The way of a journey that touches `states` (alpha-3) in this order. Nothing when a state is
    /// not known, or when home is not among them.
    pub fn way<'a>(&self, states: impl IntoIterator<Item = Option<&'a str>>) -> Option<Way> {
        let area = &self.selection().area.value;
        let home = |state: &str| self.home().iter().any(|known| known == state);
        let inside = |state: &str| home(state) || area.iter().any(|known| known == state);
        let states: Vec<&str> = states.into_iter().collect::<Option<_>>()?;
        if !states.iter().any(|state| home(state)) {
            return None;
        }
        Some(if states.iter().all(|state| home(state)) {
            Way::Domestic
        } else if states.iter().all(|state| inside(state)) {
            Way::Intra
        } else if states.last().is_some_and(|state| home(state)) {
            Way::Inbound
        } else if states.first().is_some_and(|state| home(state)) {
            Way::Outbound
        } else {
            Way::Transit
        })
    }

    /// Whether journeys of this kind are taken, with the clause.
    pub fn taking(&self, mode: Mode, way: Way) -> &Ruled<Taking> {
        let selection = self.selection();
        let ways = match mode {
            Mode::Air => &selection.air,
            Mode::Sea => &selection.sea,
            Mode::Rail => &selection.rail,
            Mode::Road => &selection.coach,
        };
        match way {
            Way::Inbound => &ways.inbound,
            Way::Outbound => &ways.outbound,
            Way::Transit => &ways.transit,
            Way::Intra => &ways.intra,
            Way::Domestic => &ways.domestic,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(states: &str, way: Option<Way>) {
        let profile = Profile::builtin("eu-2022").unwrap();
        let states = states
            .split(' ')
            .map(|state| (state != "?").then_some(state));
        assert_eq!(profile.way(states), way);
    }

    /// R-SCO-02.
    #[test]
    fn the_way_follows_from_the_states_touched() {
        check("XAA UTO", Some(Way::Inbound));
        check("XAA AUT UTO", Some(Way::Inbound));
        check("UTO XAA UTO", Some(Way::Inbound));
        check("UTO XAA", Some(Way::Outbound));
        check("UTO AUT XAA", Some(Way::Outbound));
        check("XAA UTO XBB", Some(Way::Transit));
        check("AUT UTO XAA", Some(Way::Transit));
        check("UTO AUT", Some(Way::Intra));
        check("AUT UTO FRA", Some(Way::Intra));
        check("UTO UTO", Some(Way::Domestic));
    }

    #[test]
    fn what_cannot_be_told_is_not_called_inside() {
        check("UTO ?", None);
        check("XAA XBB", None);
        check("AUT FRA", None);
    }

    /// R-SCO-08.
    #[test]
    fn inside_the_area_only_what_is_selected_is_taken_after_the_judgment() {
        let taking = |id: &str| {
            let profile = Profile::builtin(id).unwrap();
            profile.taking(Mode::Air, Way::Intra).value
        };
        assert_eq!(taking("eu-2022"), Taking::Selected);
        assert_eq!(taking("eu-2016"), Taking::Always);
        assert_eq!(taking("api-only"), Taking::Never);
    }

    /// R-SCO-09.
    #[test]
    fn a_ferry_is_taken_only_when_selected() {
        let profile = Profile::builtin("eu-2022").unwrap();
        for (_, way) in Way::ROWS {
            assert_ne!(profile.taking(Mode::Sea, *way).value, Taking::Always);
        }
    }
}
