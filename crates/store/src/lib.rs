//! Keep and find everything; every read of personal data takes a grant.
