//! Remembers what three-letter codes were read as: a flight has few, again and again.

/// Sixteen codes at most; a new one takes the place of one that falls into the same slot.
#[derive(Debug)]
pub(crate) struct Memo<T> {
    known: [Option<([u8; 3], T)>; 16],
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self {
            known: [const { None }; 16],
        }
    }
}

impl<T: Copy> Memo<T> {
    /// What `text` was read as before, or what `read` makes of it.
    #[inline]
    pub(crate) fn read(&mut self, text: &str, read: impl FnOnce(&str) -> T) -> T {
        let Ok(key) = <[u8; 3]>::try_from(text.as_bytes()) else {
            return read(text);
        };
        let slot = usize::from(key[0] ^ key[1].rotate_left(2) ^ key[2].rotate_left(4)) % 16;
        match self.known[slot] {
            Some((known, value)) if known == key => value,
            _ => {
                let value = read(text);
                self.known[slot] = Some((key, value));
                value
            }
        }
    }
}
