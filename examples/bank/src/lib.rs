//! Code that the example banks share, independent of the web framework.
//!
//! | module | contents |
//! |---|---|
//! | [`accounts`] | customers, accounts and transfers |
//! | [`forms`] | the forms that customers submit |
//! | [`pages`] | the pages, and their style sheet and script |
//! | [`step_up`] | the configuration of the engine: scopes, countries, the phone numbers |
//! | [`notices`] | the e-mails about changed phone numbers |
//! | [`shared`] | what several instances share: Redis and a secret |
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

pub mod shared;

pub mod start_up;

pub use accounts::Bank;
pub use shared::Shared;
pub use start_up::Inbox;
