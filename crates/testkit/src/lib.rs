//! What tests share: a directory that vanishes, a free port, a program that ends with its test, a
//! PostgreSQL server, a message broker, an OpenID Connect provider, a passkey authenticator, a token,
//! golden files, schedules, workbooks, other programs for XML signatures, a count of instructions, and
//! a way to kill a program at a random moment.
//!
//! A dev-dependency and nothing else: `cargo xtask tidy` refuses it in any other table. Helpers
//! panic with a sentence instead of returning errors, because a test has nobody to hand them to.
//!
//! The three to know: [`TempDir`], [`Peer`] and [`golden`].
//!
//! ```
//! let dir = oriel_testkit::TempDir::new("doc");
//! std::fs::write(dir.path().join("a.txt"), "gone with the test")?;
//! # Ok::<(), std::io::Error>(())
//! ```

mod authenticator;
mod base64url;
mod broker;
mod callgrind;
mod golden;
mod keeper;
mod keys;
mod kill;
mod open_id;
mod peer;
mod place;
mod port;
mod postgres;
mod soft_token;
mod ssim;
mod temp_dir;
mod xml_security;
mod zip;

pub use authenticator::Authenticator;
pub use broker::Broker;
pub use callgrind::instructions;
pub use golden::{expect_file, golden};
pub use keys::{any_keys, key_store};
pub use kill::kill_randomly;
pub use open_id::{OpenId, Spoil};
pub use peer::Peer;
pub use place::Place;
pub use port::free_port;
pub use postgres::{Cluster, Database, PASSWORD, postgres_programs};
pub use soft_token::SoftToken;
pub use ssim::ssim;
pub use temp_dir::TempDir;
pub use xml_security::{rsa_key, xmllint_exclusive, xmlsec1_sign, xmlsec1_verify};
pub use zip::{workbook, zip};
