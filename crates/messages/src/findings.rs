//! Everything that can be odd about a message: one row each.
//!
//! The carrier report, `oriel explain` and the docs page are made from these rows. To add one,
//! write the row in the table of its format and a case that produces it.

use oriel_model::FindingKind;

/// Declares one table: constants for the code that reports, and `ROWS` for everybody else.
macro_rules! findings {
    ($($name:ident = $code:literal, $severity:ident, $text:literal, $source:literal, $advice:literal;)*) => {
        $(
            #[doc = $text]
            pub static $name: oriel_model::FindingKind = oriel_model::FindingKind {
                code: $code,
                severity: oriel_model::Severity::$severity,
                text: $text,
                source: $source,
                advice: $advice,
            };
        )*
        /// Every row, sorted by code.
        pub static ROWS: &[&oriel_model::FindingKind] = &[$(&$name,)*];
    };
}

pub mod paxlst;
pub mod pnrgov;
pub mod reception;
pub mod ssim;
pub mod syntax;
pub mod table;
pub mod xml;

/// Every row of every table.
pub fn all() -> impl Iterator<Item = &'static FindingKind> {
    [
        syntax::ROWS,
        paxlst::ROWS,
        pnrgov::ROWS,
        ssim::ROWS,
        reception::ROWS,
        xml::ROWS,
        table::ROWS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The row of a code such as `PAX-0231`.
pub fn by_code(code: &str) -> Option<&'static FindingKind> {
    all().find(|kind| kind.code == code)
}
