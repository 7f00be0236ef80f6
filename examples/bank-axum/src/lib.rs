//! A small bank on axum, protected by mfakit: sign in, view the account, transfer money, change settings.
//!
//! Guide to the modules:
//!
//! | module | shows |
//! |---|---|
//! | [`app`] | the router: routes, guards, layers, and their order |
//! | [`session`] | how a session is stored, reported to mfakit, and ended |
//! | [`mod@redis_sessions`], [`sql_sessions`] | the same for several instances |
//! | [`routes`] | guarded handlers, one file each |
//! | [`bank::step_up`] | the configuration of the engine: scopes, countries, the phone numbers |
//!
//! The accounts and the pages are in the crate [`bank`], which is independent of the framework.
//!
//! ```
//! use bank::{Bank, Inbox, step_up::step_up};
//! use bank_axum::App;
//! use mfakit::testing::{ManualClock, TestProvider};
//! use tower_sessions::MemoryStore;
//!
//! let (bank, clock) = (Bank::open()?, ManualClock::new());
//! let mfa = step_up(TestProvider::new(), 3000, &bank).clock(clock.clone()).build()?;
//! let router: axum::Router = App { bank, mfa, inbox: Inbox::default() }.router(MemoryStore::default());
//! # Ok::<(), mfakit::BoxError>(())
//! ```
#![forbid(unsafe_code)]

mod error;
mod page;

pub mod redis_sessions;
pub mod session;
pub mod sql_sessions;

pub mod routes;

pub mod app;

pub use app::App;
pub use error::AppError;
pub use redis_sessions::redis_sessions;
pub use sql_sessions::SqlSessions;
