//! Code that the example banks share, independent of the web framework.
//!
//! | module | contents |
//! |---|---|
//! | [`accounts`] | customers, accounts and transfers |
//! | [`forms`] | the forms that customers submit |
//! | [`pages`] | the pages, and their style sheet and script |
//! | [`step_up`] | the configuration of the engine: scopes, countries, the phone numbers |
//! | [`notices`] | the e-mails about changed phone numbers |
//! | [`storage`] | the place of sessions and grants, as the environment names it |
//! | [`shared`] | Redis and a secret, which several instances share |
//! | [`database`] | PostgreSQL or SQLite, with the rows of the sessions |
//! | [`start_up`] | what a program does before it serves requests |
//!
//! Nothing here depends on HTTP requests or responses.
//!
//! ```
//! use bank::{Bank, forms::Order};
//!
//! let bank = Bank::open()?;
//! let order = Order { amount: "12.50".to_owned(), payee: "bob".to_owned() };
//! let transfer = order.transfer(&bank, "alice").unwrap();
//! assert!(bank.transfer("alice", &transfer).is_ok());
//! # Ok::<(), mfakit::BoxError>(())
//! ```
#![forbid(unsafe_code)]

pub mod accounts;

pub mod forms;
pub mod pages;

pub mod emulated;
pub mod notices;
pub mod step_up;

pub mod database;
pub mod shared;

pub mod storage;

pub mod start_up;

pub use accounts::Bank;
pub use shared::Shared;
pub use start_up::Inbox;
pub use storage::Storage;
