//! A small bank on actix-web, protected by mfakit: sign in, view the account, transfer money, change settings.
//!
//! Guide to the modules:
//!
//! | module | shows |
//! |---|---|
//! | [`mod@app`] | the app: routes, guards, middleware, and their order |
//! | [`session`] | how a session is stored, reported to mfakit, and ended |
//! | [`redis_sessions`], [`sql_sessions`] | the same for several instances |
//! | [`routes`] | guarded handlers, one file each |
//! | [`bank::step_up`] | the configuration of the engine: scopes, countries, the phone numbers |
//!
//! The accounts and the pages are in the crate [`bank`], which is independent of the framework.
//!
//! ```
//! use actix_web::HttpServer;
//! use bank::{Bank, Inbox, step_up::step_up};
//! use bank_actix::{Sessions, app};
//! use mfakit::testing::{ManualClock, TestProvider};
//!
//! let (bank, clock) = (Bank::open()?, ManualClock::new());
//! let mfa = step_up(TestProvider::new(), 3001, &bank).clock(clock.clone()).build()?;
//! let sessions = Sessions::in_memory();
//! let server =
//!     HttpServer::new(move || app(bank.clone(), mfa.clone(), Inbox::default(), sessions.clone()));
//! # Ok::<(), mfakit::BoxError>(())
//! ```
#![forbid(unsafe_code)]

mod error;
mod own_pages;
mod page;

pub mod memory;
pub mod redis_sessions;
pub mod session;
pub mod sql_sessions;

pub mod routes;

pub mod app;

pub use app::app;
pub use error::AppError;
pub use redis_sessions::RedisSessions;
pub use session::Sessions;
pub use sql_sessions::SqlSessions;
