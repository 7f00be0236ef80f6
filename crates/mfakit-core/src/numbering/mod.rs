//! Numbering plans of all countries and territories, from the metadata of libphonenumber.
//!
//! `plans.txt` and `examples.txt` are written by `cargo xtask phone-plans` from the Python package `phonenumbers`. The
//! version is pinned in `tests/python/requirements.txt`. To update, change the version, run the command, and review the
//! difference line by line. A test compares the files with the package.
//!
//! If the files are older than an area code, its numbers are unknown and are rejected. An app can accept them with
//! [`UnknownNumbers::StartingWith`](crate::UnknownNumbers::StartingWith).

mod kind;
mod lengths;
mod read;
mod record;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use kind::Kind;
pub(crate) use lengths::Lengths;
pub(crate) use record::{Pattern, Record};
pub(crate) use table::{has_territory, records};
