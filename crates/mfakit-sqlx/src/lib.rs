//! Store of mfakit on the database that the app already has, by the pool of [sqlx](https://docs.rs/sqlx) 0.9: PostgreSQL with
//! the feature `postgres`, and SQLite with the feature `sqlite`.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![allow(dead_code, reason = "the verbs that use this are not written yet")]

// Vocabulary.
mod error;
mod failure;
mod migrations;
mod names;
mod naming;
mod pool;
mod retry;
mod seal;
mod statement;

// Connections.
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

mod connection;
mod transaction;

// The store.
mod books;
mod builder;
mod database;
mod inspect;
mod lanes;
mod number_book;
mod schema;
mod store;
mod stored;
mod table;
mod verbs;

pub use builder::SqlStoreBuilder;
pub use error::ConnectError;
pub use number_book::SqlNumberBook;
pub use pool::Pool;
pub use store::SqlStore;
