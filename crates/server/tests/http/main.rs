//! The server from outside, over HTTP: the API, accounts, and what attackers try.

mod accounts;
mod api;
mod attacks;
mod carriers;
mod check_in;
mod law;
mod lists;
mod matching;
mod oversight;
mod proof;
mod rights;
mod schedules;
mod tls;
mod walls;
mod world;
