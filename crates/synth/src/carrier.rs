//! The invented carriers, and the way in which each of them writes messages.
//!
//! - Source: the variety of real traffic as `docs/simulator.md` lists it; no carrier here exists.
//! - Invariant: what varies between carriers is a field of this table; the encoders read it and
//!   know no carrier by name.

use oriel_edifact::ServiceString;

/// The service characters a carrier uses, and whether it announces them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Advice {
    /// No UNA, level A characters.
    Silent,
    /// `UNA:+.? '`.
    Standard,
    /// `UNA:+.?*'`, although syntax version 1 knows no repetition.
    Star,
    /// `UNA:+.\*'`, release character backslash.
    Backslash,
    /// `UNA:(.) -`, for telegrams that know neither plus sign nor apostrophe.
    Telegram,
    /// `UNA:*.? $`.
    Dollar,
}

impl Advice {
    /// The characters in force.
    pub(crate) fn service(self) -> ServiceString {
        let base = ServiceString::LEVEL_A;
        match self {
            Self::Silent | Self::Standard => base,
            Self::Star => ServiceString {
                repetition: Some(b'*'),
                ..base
            },
            Self::Backslash => ServiceString {
                repetition: Some(b'*'),
                release: Some(b'\\'),
                ..base
            },
            Self::Telegram => ServiceString {
                element: b'(',
                release: Some(b')'),
                terminator: b'-',
                ..base
            },
            Self::Dollar => ServiceString {
                element: b'*',
                terminator: b'$',
                ..base
            },
        }
    }
}

/// What becomes of given names and titles on the way into a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given {
    /// `TOBIN MARIS`, or one component each in PAXLST.
    Apart,
    /// `TOBINMARIS`.
    Together,
    /// `TOBINMARISMR`.
    GluedTitle,
    /// `TOBIN MARIS MR`.
    SpacedTitle,
}

/// How the close-out says who flew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseOut {
    /// BGM+266+CLOB: those on board.
    OnBoard,
    /// BGM+266+CLNB: those not on board.
    NotOnBoard,
}

/// How several messages of one list or push are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// A file each.
    Files,
    /// One file, an interchange each.
    Interchanges,
    /// One interchange.
    Messages,
}

/// How PAXLST is written.
pub(crate) struct PaxlstStyle {
    pub(crate) advice: Advice,
    /// Syntax identifier and version, such as `UNOA`, `4`.
    pub(crate) syntax: (&'static str, &'static str),
    /// Directory release, such as `05B`.
    pub(crate) release: &'static str,
    /// UNG and UNE around the messages.
    pub(crate) grouped: bool,
    /// One message a party at its check-in instead of one list a flight.
    pub(crate) interactive: bool,
    /// The most travellers in one message.
    pub(crate) per_message: usize,
    pub(crate) packing: Packing,
    pub(crate) close_out: CloseOut,
    pub(crate) given: Given,
    /// Letters that surname and given names have together before the end is cut off.
    pub(crate) room: usize,
    /// Some agents type the given name into the field of the family name.
    pub(crate) swaps: bool,
    /// Letters beyond A to Z as the passport's visual zone shows them (needs UNOC or UNOY).
    pub(crate) national_letters: bool,
    /// A line break after each segment.
    pub(crate) lines: bool,
}

/// How PNRGOV is written.
#[derive(Clone, Copy)]
pub(crate) struct PnrgovStyle {
    pub(crate) advice: Advice,
    /// Message version in UNH, such as `13`.
    pub(crate) version: &'static str,
    pub(crate) grouped: bool,
    /// The push at 24 hours holds only what changed (MSG 141).
    pub(crate) update_at_24: bool,
    /// The most bookings in one message.
    pub(crate) per_message: usize,
    pub(crate) packing: Packing,
    pub(crate) given: Given,
    /// The reservation system keeps SSR DOCS.
    pub(crate) docs: bool,
    /// Code share by TRA; without it by a second TVL.
    pub(crate) tra: bool,
    /// The application reference stands in UNB element 7, where it belongs, and not in 6.
    pub(crate) reference_in_place: bool,
    /// History, remarks and non-air segments are sent.
    pub(crate) history: bool,
}

/// An invented carrier.
pub(crate) struct Carrier {
    /// Two characters; checked against an open list of airline codes: nobody flies under it,
    /// except that `ZQ` and `X9` once belonged to carriers and serve as examples everywhere.
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    /// Airline accounting code that its tickets start with.
    pub(crate) accounting: &'static str,
    /// Culture of most of its crew.
    pub(crate) crew: &'static str,
    pub(crate) paxlst: PaxlstStyle,
    pub(crate) pnrgov: PnrgovStyle,
}

const PAXLST: PaxlstStyle = PaxlstStyle {
    advice: Advice::Standard,
    syntax: ("UNOA", "4"),
    release: "05B",
    grouped: true,
    interactive: false,
    per_message: 1000,
    packing: Packing::Files,
    close_out: CloseOut::OnBoard,
    given: Given::Apart,
    room: 70,
    swaps: false,
    national_letters: false,
    lines: false,
};

const PNRGOV: PnrgovStyle = PnrgovStyle {
    advice: Advice::Star,
    version: "13",
    grouped: true,
    update_at_24: false,
    per_message: 1000,
    packing: Packing::Files,
    given: Given::GluedTitle,
    docs: true,
    tra: true,
    reference_in_place: false,
    history: false,
};

/// Every carrier.
pub(crate) static CARRIERS: &[Carrier] = &[
    Carrier {
        code: "ZQ",
        name: "AMAUROT AIRWAYS",
        accounting: "999",
        crew: "utopian",
        paxlst: PAXLST,
        pnrgov: PnrgovStyle {
            given: Given::SpacedTitle,
            history: true,
            ..PNRGOV
        },
    },
    Carrier {
        code: "X9",
        name: "CROSSWIND NINE",
        accounting: "998",
        crew: "english",
        paxlst: PaxlstStyle {
            syntax: ("UNOA", "3"),
            release: "02B",
            grouped: false,
            per_message: 60,
            given: Given::GluedTitle,
            close_out: CloseOut::NotOnBoard,
            ..PAXLST
        },
        pnrgov: PnrgovStyle {
            version: "11",
            grouped: false,
            tra: false,
            history: true,
            ..PNRGOV
        },
    },
    Carrier {
        code: "Q0",
        name: "QUIET OCEAN",
        accounting: "997",
        crew: "portuguese",
        paxlst: PaxlstStyle {
            release: "12B",
            interactive: true,
            close_out: CloseOut::NotOnBoard,
            ..PAXLST
        },
        pnrgov: PnrgovStyle {
            advice: Advice::Standard,
            version: "16",
            update_at_24: true,
            reference_in_place: true,
            ..PNRGOV
        },
    },
    Carrier {
        code: "X0",
        name: "XANADU LINES",
        accounting: "996",
        crew: "indian",
        paxlst: PaxlstStyle {
            release: "15B",
            grouped: false,
            given: Given::Together,
            ..PAXLST
        },
        pnrgov: PnrgovStyle {
            version: "17",
            per_message: 40,
            ..PNRGOV
        },
    },
    Carrier {
        code: "0Z",
        name: "ZERO MERIDIAN",
        accounting: "995",
        crew: "maghrebi",
        paxlst: PaxlstStyle {
            advice: Advice::Telegram,
            grouped: false,
            per_message: 40,
            packing: Packing::Interchanges,
            close_out: CloseOut::NotOnBoard,
            ..PAXLST
        },
        pnrgov: PnrgovStyle {
            advice: Advice::Backslash,
            version: "15",
            docs: false,
            given: Given::Together,
            ..PNRGOV
        },
    },
    Carrier {
        code: "J0",
        name: "JADE ZEROTH",
        accounting: "994",
        crew: "chinese",
        paxlst: PaxlstStyle {
            advice: Advice::Dollar,
            given: Given::Together,
            room: 26,
            ..PAXLST
        },
        pnrgov: PnrgovStyle {
            version: "13",
            update_at_24: true,
            per_message: 50,
            packing: Packing::Interchanges,
            ..PNRGOV
        },
    },
    Carrier {
        code: "8X",
        name: "OCTAVE EXPRESS",
        accounting: "993",
        crew: "german",
        paxlst: PaxlstStyle {
            syntax: ("UNOC", "3"),
            release: "15B",
            national_letters: true,
            lines: true,
            ..PAXLST
        },
        pnrgov: PnrgovStyle {
            version: "21",
            reference_in_place: true,
            ..PNRGOV
        },
    },
    Carrier {
        code: "7X",
        name: "SEVEN ISLES AIR",
        accounting: "992",
        crew: "greek",
        paxlst: PaxlstStyle {
            advice: Advice::Silent,
            syntax: ("UNOA", "1"),
            swaps: true,
            grouped: false,
            close_out: CloseOut::NotOnBoard,
            ..PAXLST
        },
        pnrgov: PnrgovStyle {
            advice: Advice::Silent,
            version: "14",
            grouped: false,
            given: Given::Apart,
            ..PNRGOV
        },
    },
    Carrier {
        code: "0U",
        name: "NAUGHT UNITED",
        accounting: "991",
        crew: "turkish",
        paxlst: PaxlstStyle {
            syntax: ("UNOY", "4"),
            release: "12B",
            interactive: true,
            national_letters: true,
            ..PAXLST
        },
        pnrgov: PnrgovStyle {
            version: "20",
            update_at_24: true,
            history: true,
            ..PNRGOV
        },
    },
    Carrier {
        code: "K0",
        name: "KELVIN AIR",
        accounting: "990",
        crew: "nordic",
        paxlst: PaxlstStyle {
            syntax: ("UNOB", "2"),
            release: "05B",
            per_message: 80,
            packing: Packing::Messages,
            given: Given::SpacedTitle,
            ..PAXLST
        },
        pnrgov: PnrgovStyle {
            version: "18",
            given: Given::Together,
            ..PNRGOV
        },
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriers_have_codes_of_their_own_and_letters_they_can_write() {
        assert!(CARRIERS.len() >= 8);
        for (i, carrier) in CARRIERS.iter().enumerate() {
            assert!(oriel_model::Carrier::parse(carrier.code).is_ok());
            assert!(CARRIERS[..i].iter().all(|other| other.code != carrier.code));
            let beyond_ascii = ["UNOC", "UNOY"].contains(&carrier.paxlst.syntax.0);
            assert_eq!(
                carrier.paxlst.national_letters, beyond_ascii,
                "{}",
                carrier.code
            );
        }
    }
}
