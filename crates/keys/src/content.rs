//! What the key store holds inside its seal, and how that is laid out.
//!
//! Fields one after the other, numbers big-endian, lists behind their length; no field is optional.
//! The layout belongs to version 1 of the file. Invariant: buffers with secrets are overwritten when
//! they are dropped, and are never moved by growing.

use crate::ratchet::{Ratchet, Strand};
use crate::secret::{Key, random};
use crate::{Bucket, Class, KeyError};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Everything the lock protects.
#[derive(Clone)]
pub(crate) struct Content {
    pub(crate) signing: Signing,
    /// By compartment.
    pub(crate) rings: BTreeMap<String, RingSecrets>,
}

/// The key that signs checkpoints of the audit log, and the public keys of those before it.
#[derive(Clone)]
pub(crate) struct Signing {
    pub(crate) seed: Key,
    pub(crate) since: Bucket,
    /// Oldest first: since when, public key.
    pub(crate) former: Vec<(Bucket, [u8; 32])>,
}

/// The keys of one compartment.
#[derive(Clone)]
pub(crate) struct RingSecrets {
    pub(crate) blind: Key,
    /// By class.
    pub(crate) ratchets: [Ratchet; Class::ALL.len()],
}

impl RingSecrets {
    pub(crate) fn new() -> Result<Self, KeyError> {
        Ok(Self {
            blind: random()?,
            ratchets: [
                Ratchet::new()?,
                Ratchet::new()?,
                Ratchet::new()?,
                Ratchet::new()?,
                Ratchet::new()?,
                Ratchet::new()?,
            ],
        })
    }
}

impl Content {
    pub(crate) fn new(today: Bucket) -> Result<Self, KeyError> {
        Ok(Self {
            signing: Signing {
                seed: random()?,
                since: today,
                former: Vec::new(),
            },
            rings: BTreeMap::new(),
        })
    }

    /// Whether every key that `before` had destroyed is destroyed here too.
    pub(crate) fn follows(&self, before: &Self) -> bool {
        before.rings.iter().all(|(name, before)| {
            self.rings.get(name).is_some_and(|now| {
                let pairs = now.ratchets.iter().zip(&before.ratchets);
                pairs
                    .into_iter()
                    .all(|(now, before)| now.horizon >= before.horizon)
            })
        })
    }

    pub(crate) fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(self.size()));
        out.extend_from_slice(&*self.signing.seed);
        number(&mut out, self.signing.since.0);
        number(&mut out, self.signing.former.len() as u32);
        for (since, public) in &self.signing.former {
            number(&mut out, since.0);
            out.extend_from_slice(public);
        }
        number(&mut out, self.rings.len() as u32);
        for (name, ring) in &self.rings {
            number(&mut out, name.len() as u32);
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(&*ring.blind);
            for ratchet in &ring.ratchets {
                number(&mut out, ratchet.horizon.0);
                number(&mut out, ratchet.strands.len() as u32);
                for strand in &ratchet.strands {
                    number(&mut out, strand.from.0);
                    number(&mut out, strand.at.0);
                    out.extend_from_slice(&*strand.chain);
                }
            }
        }
        debug_assert_eq!(out.len(), self.size());
        out
    }

    fn size(&self) -> usize {
        let strands = |ratchet: &Ratchet| 8 + 40 * ratchet.strands.len();
        let ring = |(name, ring): (&String, &RingSecrets)| {
            4 + name.len() + 32 + ring.ratchets.iter().map(strands).sum::<usize>()
        };
        32 + 4 + 4 + 36 * self.signing.former.len() + 4 + self.rings.iter().map(ring).sum::<usize>()
    }

    /// `None` where the bytes are no content.
    pub(crate) fn decode(mut bytes: &[u8]) -> Option<Self> {
        let from = &mut bytes;
        let mut signing = Signing {
            seed: key(from)?,
            since: Bucket(take_number(from)?),
            former: Vec::new(),
        };
        for _ in 0..take_number(from)? {
            let since = Bucket(take_number(from)?);
            signing.former.push((since, *key(from)?));
        }
        let mut rings = BTreeMap::new();
        for _ in 0..take_number(from)? {
            let length = take_number(from)? as usize;
            let name = std::str::from_utf8(take(from, length)?).ok()?.to_owned();
            let blind = key(from)?;
            let mut ratchets = Vec::with_capacity(Class::ALL.len());
            for _ in Class::ALL {
                ratchets.push(ratchet(from)?);
            }
            let ratchets = ratchets.try_into().ok()?;
            rings.insert(name, RingSecrets { blind, ratchets });
        }
        from.is_empty().then_some(Self { signing, rings })
    }
}

fn ratchet(from: &mut &[u8]) -> Option<Ratchet> {
    let horizon = Bucket(take_number(from)?);
    let mut strands = Vec::new();
    for _ in 0..take_number(from)? {
        strands.push(Strand {
            from: Bucket(take_number(from)?),
            at: Bucket(take_number(from)?),
            chain: key(from)?,
        });
    }
    (!strands.is_empty()).then_some(Ratchet { horizon, strands })
}

fn number(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_be_bytes());
}

fn take<'a>(from: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = from.split_at_checked(length)?;
    *from = rest;
    Some(taken)
}

fn take_number(from: &mut &[u8]) -> Option<u32> {
    let (taken, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(u32::from_be_bytes(*taken))
}

fn key(from: &mut &[u8]) -> Option<Key> {
    let (taken, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(Zeroizing::new(*taken))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_shorter_or_longer() {
        let mut content = Content::new(Bucket(7)).unwrap();
        content.signing.former.push((Bucket(3), [9; 32]));
        let mut ring = RingSecrets::new().unwrap();
        ring.ratchets[0].rotate(Bucket(5)).unwrap();
        ring.ratchets[1].destroy_before(Bucket(4));
        content.rings.insert("piu".to_owned(), ring);
        let bytes = content.encode();
        assert_eq!(*Content::decode(&bytes).unwrap().encode(), *bytes);
        for end in 0..bytes.len() {
            assert!(Content::decode(&bytes[..end]).is_none(), "cut at {end}");
        }
        let mut longer = bytes.to_vec();
        longer.push(0);
        assert!(Content::decode(&longer).is_none());
    }
}
