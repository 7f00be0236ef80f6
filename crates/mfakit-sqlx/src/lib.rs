//! Store of mfakit on the database that the app already has, by its own pool of [sqlx](https://docs.rs/sqlx) 0.9: PostgreSQL
//! with the feature `postgres`, and SQLite with the feature `sqlite`.
//!
//! ```no_run
//! # #[cfg(feature = "postgres")]
//! # async fn example(secret: mfakit_core::Secret) -> Result<(), Box<dyn std::error::Error>> {
//! use mfakit_sqlx::SqlStore;
//! use sqlx::PgPool;
//!
//! let pool = PgPool::connect("postgres://bank@db.example/bank").await?;
//! let store = SqlStore::builder(&pool, secret).migrate().await?.connect().await?;
//! # Ok(())
//! # }
//! ```
//!
//! The pool is a `PgPool` or a `SqlitePool`, not an `AnyPool`. It is a type of sqlx, so a new major version of sqlx is a new major
//! version of this crate. TLS, the runtime and other features of sqlx are the app's choice. This crate turns on `runtime-tokio`,
//! `postgres` and `sqlite-bundled` alone, and no macros, which would need a database at compile time.
//!
//! # Behavior
//!
//! 1. A guarded request is one `SELECT` by the primary key. A change is one `SELECT` and then one statement that writes the
//!    row if it has not changed since. If it has, both are repeated, a bounded number of times.
//! 2. No transaction lasts longer than a statement, except in [`migrate`](SqlStoreBuilder::migrate). Each statement changes
//!    one row, or skips the rows that are locked. So statements cannot wait for each other in a circle, which is a deadlock, and
//!    an instance that stops or dies holds no lock. It also works behind a connection pooler that lends a connection for one
//!    transaction; see [`simple_protocol`](SqlStoreBuilder::simple_protocol).
//! 3. On PostgreSQL all times are those of the database, so instances whose clocks differ agree on expiry. On SQLite the
//!    engine's clock counts, and all instances are on one machine. A write takes effect only if it begins within five seconds
//!    after its read, by the clock of the database or of the machine. So an instance that was suspended in between writes nothing.
//! 4. Every statement is bounded in time, including the wait for a free connection (by default two seconds). A statement whose
//!    answer was lost may have taken effect. It is an error all the same.
//! 5. Expired rows are deleted in small batches, in a task of its own, about once a minute while the store writes. Validity is
//!    decided by times in the records.
//!
//! # Tables
//!
//! | table | a row for each | columns |
//! |---|---|---|
//! | `mfakit_users` | user with a challenge, a count or a grant | sealed records, not encrypted |
//! | `mfakit_budgets` | number, block of numbers or address that was sent a message; ended recovery | sealed record, not encrypted |
//! | `mfakit_numbers` | user in the [`SqlNumberBook`] | encrypted number, its keyed hash, and the time of its confirmation |
//! | `mfakit_recoveries` | user with recovery codes in the [`SqlNumberBook`] | sealed record, encrypted |
//! | `mfakit_schema` | migration that was run | its version |
//!
//! Primary keys are keyed hashes. They contain no user ID, number or address. A sealed record carries a keyed hash of its content
//! and of its place (HMAC-SHA256). If it cannot be read, requests of that user are rejected with an error.
//!
//! - **A person with write access** to the tables cannot make a grant, or copy one to another user or to the tables of another
//!   prefix or schema. That person can delete rows, and restore an earlier state of a row or of one of its columns: that brings
//!   back a grant that was used or revoked, until it expires, forgets counts, and puts an earlier number on file again. A user whose
//!   row in `mfakit_numbers` was deleted can add a number after a fresh sign-in, without a code to the one that was on file.
//! - **A person with read access** sees times, counts, scopes and channels, the last two digits of the number and the path of
//!   return of a challenge, and the text of an action that waits for approval, but no code, token, user ID or whole number.
//!
//! [`migrate`](SqlStoreBuilder::migrate) creates the tables. The same statements are files in the folder `migrations` of this
//! crate, for apps whose role may not create tables. Run them in the order of their numbers, each as one transaction. On PostgreSQL,
//! the first schema of the search path gets the tables. For another prefix, replace `mfakit_` in the files. The role of a
//! running app needs `USAGE` on the schema, `SELECT`, `INSERT`, `UPDATE` and `DELETE` on the first four tables, and `SELECT` on
//! `mfakit_schema`. [`migrate`](SqlStoreBuilder::migrate) needs no more if the tables have their version.
//!
//! The guide of `mfakit` has the commands for this (page Deployment), and describes the retention of rows, backups, the end of
//! an account and a move from Redis (page Stores).
//!
//! # Running the database
//!
//! - **PostgreSQL:** the primary, with `synchronous_commit` and `fsync` on. A replica and a read-only database are rejected by
//!   `connect`. If the pool later leads to a replica, each read that finds a row there is an error, and so is each write.
//!   After a failover to a replica that had not received everything, what it lacks is lost: a use of a one-time grant, a count, a
//!   revocation. Synchronous replication closes that window. The default isolation level of the role can be any of PostgreSQL's.
//! - **SQLite:** a file in WAL mode, with `synchronous` at `FULL` and a busy timeout, on a local disk. The defaults of sqlx are
//!   right, except for the WAL mode: `SqliteConnectOptions::journal_mode(SqliteJournalMode::Wal)`. A database in memory ends with
//!   its connection, so its pool has `max_connections(1)`, `idle_timeout(None)` and `max_lifetime(None)`.
//! - **Transactions of the app.** Begin them with [`begin`](sqlx::Pool::begin), which rolls back when it is dropped. If the app
//!   gives a connection back after `BEGIN` as text, everything that runs on it later is part of that transaction. On PostgreSQL the
//!   store then rejects its writes there, and after a second also its reads, if the isolation level is `repeatable read` or
//!   `serializable`. On SQLite it cannot see the transaction: a read shows the past, such as a grant that was revoked since, and a
//!   use of a one-time grant is undone when it rolls back.
//! - **Locks.** A statement that waits for a lock of another program, such as a long `ALTER TABLE`, stays on the server after the
//!   store has given up. Set `lock_timeout` for the role of the app to limit that.
//! - **Backups.** Stop all instances before you restore one. Locks, counts, numbers and recoveries are then those of the backup. The
//!   guide has the steps (page Stores).
//! - **Clocks.** The instance that reads a grant decides whether it is still valid. Keep all clocks synchronized by NTP.
//! - **One prefix or schema for each group of users.** See [`prefix`](SqlStoreBuilder::prefix).
//!
//! [`connect`](SqlStoreBuilder::connect) checks the settings of the database, the clock, and the tables: their columns, primary keys
//! and permissions, and on PostgreSQL that they are logged and that no row level security hides rows. It logs a warning (target
//! `mfakit`) for each setting that does not hold.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(any(feature = "postgres", feature = "sqlite")),
    allow(unused, unreachable_code, reason = "without a database there is no pool, and so nothing to run")
)]

// Vocabulary.
mod error;
mod failure;
mod migrations;
mod moment;
mod names;
mod naming;
mod pool;
mod retry;
mod seal;
mod statement;

// Connections.
#[cfg(feature = "postgres")]
mod pooler;
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
mod shape;
mod store;
mod stored;
mod sweeper;
mod table;
mod verbs;

pub use builder::SqlStoreBuilder;
pub use error::ConnectError;
pub use number_book::SqlNumberBook;
pub use pool::Pool;
pub use store::SqlStore;
