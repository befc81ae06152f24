//! Finds where interchanges start in a transmission, and their service characters.
//!
//! - In: bytes with whatever a transport put around them.  Out: places of UNA or UNB with the
//!   characters in force there.
//! - Source: ISO 9735-1 clause 7; separators without UNA from what senders do in practice.
//! - Invariant: however often it is asked, each byte is searched a bounded number of times. The
//!   place found last is remembered, and a header is looked at no further than [`MAX_HEADER_BYTES`]
//!   and never past the next one.

use crate::{ServiceString, ServiceStringFault};
use memchr::memmem;
use std::ops::Range;

/// The longest UNB that is read: all its elements filled need less than 400 bytes.
const MAX_HEADER_BYTES: usize = 1024;

/// The start of one interchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// First byte: that of UNA, or of UNB where there is no UNA.
    pub at: usize,
    /// First byte of UNB.
    pub header: usize,
    /// How far UNB can reach at most.
    pub header_limit: usize,
    /// The characters in force; repetition as UNA says, before the syntax version is known.
    pub service: ServiceString,
    /// Why UNA could not be followed, where there is one and it could not.
    pub fault: Option<(ServiceStringFault, Range<usize>)>,
}

/// Looks for starts of interchanges from the front to the back.
#[derive(Clone, Debug)]
pub struct Starts<'a> {
    bytes: &'a [u8],
    finder: memmem::Finder<'static>,
    /// The first header at or behind the place asked for last.
    found: Option<usize>,
}

impl<'a> Starts<'a> {
    /// Searches `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        let finder = memmem::Finder::new(b"UNB");
        let found = next_header(&finder, bytes, 0);
        Self {
            bytes,
            finder,
            found,
        }
    }

    /// The first start whose UNB stands at `from` or behind it. Ask with rising `from`.
    ///
    /// It starts at `from` at the earliest, also where its UNA was taken for data of the message
    /// before.
    pub fn from(&mut self, from: usize) -> Option<Start> {
        let header = self.header_from(from)?;
        let mut start = self.read(header);
        start.at = start.at.max(from);
        Some(start)
    }

    /// Where the first UNB at `from` or behind it stands.
    pub fn header_from(&mut self, from: usize) -> Option<usize> {
        if self.found.is_some_and(|found| found < from) {
            self.found = next_header(&self.finder, self.bytes, from);
        }
        self.found
    }

    fn read(&self, header: usize) -> Start {
        let bytes = self.bytes;
        let window = &bytes[header..bytes.len().min(header + MAX_HEADER_BYTES)];
        let header_limit = header + next_header(&self.finder, window, 3).unwrap_or(window.len());
        let lead = Lead::read(&bytes[header..]).unwrap_or(Lead {
            element: b'+',
            component: None,
        });
        let (at, advised) = match advice(bytes, header) {
            Some(at) => {
                let read = ServiceString::from_una(&bytes[at..header])
                    .and_then(|service| lead.follows(service, &bytes[header..header_limit]));
                (at, Some(read))
            }
            None => (header, None),
        };
        let (service, fault) = match advised {
            Some(Ok(service)) => (service, None),
            Some(Err(fault)) => (
                lead.service(&bytes[header..header_limit]),
                Some((fault, at..header)),
            ),
            None => (lead.service(&bytes[header..header_limit]), None),
        };
        Start {
            at,
            header,
            header_limit,
            service,
            fault,
        }
    }
}

/// What the first bytes of UNB give away.
struct Lead {
    element: u8,
    /// `None` when the syntax identifier stands alone in its element.
    component: Option<u8>,
}

impl Lead {
    /// Reads `UNB`, a separator, a syntax identifier and the next separator.
    fn read(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"UNB")?;
        let blanks = rest.iter().take_while(|&&byte| byte == b' ').count();
        let (&element, rest) = rest.get(blanks..)?.split_first()?;
        let identifier = rest
            .iter()
            .take(7)
            .take_while(|byte| byte.is_ascii_alphanumeric())
            .count();
        let &after = rest.get(identifier)?;
        if !separates(element) || !separates(after) || !(1..=6).contains(&identifier) {
            return None;
        }
        Some(Self {
            element,
            component: (after != element).then_some(after),
        })
    }

    /// `service` if UNB uses it. A line break as terminator is believed only where nothing that
    /// looks more like one stands before it: a UNA that lost a byte reads that way.
    fn follows(
        &self,
        service: ServiceString,
        header: &[u8],
    ) -> Result<ServiceString, ServiceStringFault> {
        let separated = self.element == service.element
            && self.component.is_none_or(|byte| byte == service.component);
        let broken =
            matches!(service.terminator, b'\r' | b'\n') && self.terminator(header) != Some(b'\n');
        if separated && !broken {
            Ok(service)
        } else {
            Err(ServiceStringFault::NotFollowed)
        }
    }

    /// The characters of an interchange without a usable UNA; `header` is UNB and what follows.
    fn service(&self, header: &[u8]) -> ServiceString {
        if self.element == ServiceString::LEVEL_B.element {
            return ServiceString::LEVEL_B;
        }
        let component = self.component.unwrap_or(b':');
        let terminator = self.terminator(header).unwrap_or(b'\'');
        ServiceString::from_separators(component, self.element, terminator)
            .unwrap_or(ServiceString::LEVEL_A)
    }

    /// The byte before the first `UNH`, `UNG` or `UNZ`, line breaks and blanks set aside.
    fn terminator(&self, header: &[u8]) -> Option<u8> {
        memmem::find_iter(header, b"UN").find_map(|at| {
            let (&kind, rest) = header.get(at + 2..)?.split_first()?;
            let after = rest.iter().find(|&&byte| byte != b' ')?;
            if !matches!(kind, b'H' | b'G' | b'Z') || *after != self.element {
                return None;
            }
            let before = &header[..at];
            let printed = before.trim_ascii_end();
            printed
                .last()
                .filter(|&&byte| separates(byte) && byte != self.element)
                .or(before.last().filter(|&&byte| byte == b'\n'))
                .copied()
        })
    }
}

/// Whether a byte can separate anything: ASCII, but no letter, digit or blank.
fn separates(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric() && byte != b' '
}

/// Where a UNA that belongs to the UNB at `header` starts. Damaged ones count too.
fn advice(bytes: &[u8], header: usize) -> Option<usize> {
    let exact = header.checked_sub(9);
    if let Some(at) = exact.filter(|&at| bytes[at..].starts_with(b"UNA")) {
        return Some(at);
    }
    // Line breaks may follow the nine bytes; fewer or more than nine are damage.
    let near = header.saturating_sub(24);
    let at = near + memmem::rfind(&bytes[near..header], b"UNA")?;
    let apart = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
    (apart && !bytes[at + 3].is_ascii_alphanumeric()).then_some(at)
}

/// The first place from `from` on that reads like a UNB.
fn next_header(finder: &memmem::Finder<'_>, bytes: &[u8], from: usize) -> Option<usize> {
    finder
        .find_iter(bytes.get(from..)?)
        .map(|found| from + found)
        .find(|&at| {
            let apart = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
            apart && Lead::read(&bytes[at..]).is_some()
        })
}
