//! Store of mfakit on the database that the app already has, by the pool of [sqlx](https://docs.rs/sqlx) 0.9: PostgreSQL with
//! the feature `postgres`, and SQLite with the feature `sqlite`.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![allow(dead_code, reason = "the verbs that use this are not written yet")]

// Vocabulary.
mod failure;
mod names;
mod pool;
mod seal;
mod statement;

// Connections.
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

mod connection;

// The store.
mod database;
mod lanes;
mod store;
mod stored;
mod table;
mod verbs;

pub use pool::Pool;
pub use store::SqlStore;
