//! The registers that laws ask for, as choices of events.
//!
//! - Source: R-AUD-06 (who had access), R-AUD-07 (to whom was disclosed), R-RET-11 (what was erased).
//! - Invariant: a register is a choice by kind of act; it holds no list of its own that could be
//!   left incomplete.

use super::{Kind, Record};

/// A register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Register {
    /// Who consulted which records, when and why, with what was asked and allowed for it.
    Access,
    /// What went to whom outside, when and why, with the reviews before it.
    Disclosure,
    /// What was masked and erased.
    Erasure,
}

impl Register {
    /// Every register with its name.
    pub const ROWS: &[(&'static str, Self)] = &[
        ("access", Self::Access),
        ("disclosure", Self::Disclosure),
        ("erasure", Self::Erasure),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ROWS[self as usize].0
    }

    /// The register of a name.
    pub fn parse(name: &str) -> Option<Self> {
        let row = Self::ROWS.iter().find(|(known, _)| *known == name);
        row.map(|(_, register)| *register)
    }

    /// Whether an event belongs in it.
    pub fn lists(self, record: &Record<'_>) -> bool {
        let kind = Kind::of(record.act);
        let leave = |of: &str| kind == Some(Kind::Leave) && record.act.starts_with(of);
        match self {
            Self::Access => kind == Some(Kind::Consultation) || leave("unmask."),
            Self::Disclosure => {
                kind == Some(Kind::Disclosure)
                    || !record.recipient.is_empty()
                    || leave("disclosure.")
            }
            Self::Erasure => kind == Some(Kind::Erasure),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(act: &str, recipient: &str, expect: &str) {
        let record = Record {
            at: jiff::Timestamp::UNIX_EPOCH,
            actor: "usr_1",
            act,
            object: "",
            purpose: "",
            recipient,
            compartment: "",
            profile: "",
            detail: "ok",
        };
        let listed = Register::ROWS.iter().filter(|(_, r)| r.lists(&record));
        let names: Vec<&str> = listed.map(|(name, _)| *name).collect();
        assert_eq!(names.join(" "), expect, "{act}");
    }

    /// R-AUD-06, R-AUD-07, R-RET-11.
    #[test]
    fn each_event_stands_in_its_registers() {
        check("case.read", "", "access");
        check("case.read", "piu:uto", "access disclosure");
        check("unmask.approve", "", "access");
        check("disclosure.ask", "", "disclosure");
        check("sweep.run", "", "erasure");
        check("key.destroy", "", "erasure");
        check("session.open", "", "");
        for (name, register) in Register::ROWS {
            assert_eq!(
                (register.name(), Register::parse(name)),
                (*name, Some(*register))
            );
        }
    }
}
