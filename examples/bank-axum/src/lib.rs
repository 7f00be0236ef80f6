//! A small bank on axum, guarded by mfakit: log in, look, transfer, change settings.
//!
//! Where to look for what:
//!
//! | module | shows |
//! |---|---|
//! | [`step_up`] | how the engine is set up: scopes, countries, whom to ask for a number |
//! | [`app`] | the router: routes, guards, layers, and their order |
//! | [`session`] | how a log-in is kept, said to mfakit, and ended |
//! | [`routes`] | guarded handlers, one file each |
//! | [`bank`] | the bank, which knows nothing of any of this |
//!
//! ```
//! use bank_axum::{App, Bank, Inbox, step_up::step_up};
//! use mfakit::testing::{ManualClock, TestProvider};
//! use tower_sessions::MemoryStore;
//!
//! let (bank, clock) = (Bank::open()?, ManualClock::new());
//! let mfa = step_up(TestProvider::new(), 3000, &bank).clock(clock.clone()).build()?;
//! let router: axum::Router = App { bank, mfa, inbox: Inbox::default() }.router(MemoryStore::default());
//! # Ok::<(), mfakit::BoxError>(())
//! ```
#![forbid(unsafe_code)]

pub mod bank;

mod error;
mod page;

pub mod emulated;
pub mod session;
pub mod step_up;

pub mod routes;

pub mod app;

pub use app::{App, Inbox};
pub use bank::Bank;
pub use error::AppError;
