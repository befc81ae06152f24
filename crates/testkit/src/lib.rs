//! Temporary places, free ports and peers for tests.
