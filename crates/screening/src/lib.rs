//! Watchlists and rules against a journey; every hit explains itself.
