//! Takes apart what came packed: gzip, ZIP archives, and workbooks, which are ZIP archives of XML.
//!
//! It knows nothing of what is inside: messages come in workbooks and so do lists of persons. The
//! two types to know: [`Archive`] (the files of a ZIP archive) and [`Workbook`] (the rows and cells of
//! its sheets).
//!
//! Invariant: no more is unpacked than the limit that the caller sets, whatever the headers
//! announce, and nothing is made of it that is much longer.
//!
//! ```
//! let packed = oriel_unpack::gzip(b"\x1f\x8b", 1 << 20);
//! assert_eq!(packed, Err(oriel_unpack::Fault::Damaged));
//! ```

mod archive;
mod workbook;

pub use archive::{Archive, gzip};
pub use workbook::{Cell, Row, Workbook};

/// Why something was not taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// More than the limit would come out.
    #[error("more comes out of the package than is taken")]
    TooLarge,
    /// Not what its first bytes promise, or its checksum differs.
    #[error("the package is damaged")]
    Damaged,
    /// Several files where one is wanted.
    #[error("the package holds several files")]
    Several,
    /// A password protects it.
    #[error("the package is encrypted")]
    Encrypted,
    /// A document type declaration, by which XML can be made to grow or to fetch.
    #[error("a file of the package declares a document type")]
    DocumentType,
    /// A file of a workbook that is not XML.
    #[error("a sheet of the workbook cannot be read")]
    Unreadable,
}
