//! Person names: read, normalise, transliterate, compare with reasons.
