//! The key store: seals and opens values, looks values up blindly, destroys keys when their time
//! is over. It knows no table and no law.
