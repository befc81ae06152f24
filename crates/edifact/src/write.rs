//! Writes segments: releases what must be released, omits trailing empties, counts.
//!
//! - Source: ISO 9735-1 clauses 8 and 9; encoder rules restated in `docs/formats/edifact.md`.
//! - Invariant: what it writes, [`crate::Tokens`] reads back to the same components.

use crate::ServiceString;

/// Builds an interchange in memory.
///
/// ```
/// use oriel_edifact::{ServiceString, Writer};
///
/// let mut out = Writer::new(ServiceString::LEVEL_A);
/// out.segment("NAD", &[&["FL"], &[], &[], &["O'DWYER", "SAOIRSE", ""]]);
/// assert_eq!(out.finish(), b"NAD+FL+++O?'DWYER:SAOIRSE'");
/// ```
#[derive(Clone, Debug)]
pub struct Writer {
    service: ServiceString,
    out: Vec<u8>,
    segments: u32,
}

impl Writer {
    /// An empty interchange; UNA is written only by [`Self::una`].
    pub fn new(service: ServiceString) -> Self {
        Self {
            service,
            out: Vec::new(),
            segments: 0,
        }
    }

    /// Writes the service string advice.
    pub fn una(&mut self) {
        let s = self.service;
        self.out.extend_from_slice(b"UNA");
        self.out.extend_from_slice(&[
            s.component,
            s.element,
            s.decimal,
            s.release.unwrap_or(b' '),
            s.repetition.unwrap_or(b' '),
            s.terminator,
        ]);
    }

    /// Writes one segment. Trailing empty components and elements are left out, inner ones kept.
    pub fn segment(&mut self, tag: &str, elements: &[&[&str]]) {
        self.out.extend_from_slice(tag.as_bytes());
        let used = elements
            .iter()
            .rposition(|e| e.iter().any(|c| !c.is_empty()));
        for element in &elements[..used.map_or(0, |last| last + 1)] {
            self.out.push(self.service.element);
            let used = element.iter().rposition(|c| !c.is_empty());
            for (i, component) in element[..used.map_or(0, |last| last + 1)]
                .iter()
                .enumerate()
            {
                if i > 0 {
                    self.out.push(self.service.component);
                }
                self.component(component.as_bytes());
            }
        }
        self.out.push(self.service.terminator);
        self.segments += 1;
    }

    /// Segments written since the last call: what UNT counts from UNH on.
    pub fn take_count(&mut self) -> u32 {
        std::mem::take(&mut self.segments)
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.out.len()
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.out.is_empty()
    }

    /// The interchange.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    fn component(&mut self, bytes: &[u8]) {
        let s = self.service;
        for &byte in bytes {
            let special = byte == s.component
                || byte == s.element
                || byte == s.terminator
                || Some(byte) == s.release
                || Some(byte) == s.repetition;
            if special && let Some(release) = s.release {
                self.out.push(release);
            }
            self.out.push(byte);
        }
    }
}
