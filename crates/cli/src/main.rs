//! The binary `oriel`.
fn main() {}
