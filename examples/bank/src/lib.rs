//! What the example banks share, whatever framework they are built on.
//!
//! | module | has |
//! |---|---|
//! | [`accounts`] | customers, and money that moves between them |
//! | [`forms`] | what people type, and what becomes of it |
//! | [`pages`] | what they read, and the files beside it |
//! | [`step_up`] | how the engine is set up: scopes, countries, whom to ask for a number |
//! | [`shared`] | what several instances share: a Redis and a secret |
//! | [`start_up`] | what a program does before it serves |
//!
//! Nothing here has heard of a request or a response.
//!
//! ```
//! use bank::{Bank, forms::Order};
//!
//! let bank = Bank::open()?;
//! let order = Order { amount: "12.50".to_owned(), payee: "bob".to_owned() };
//! assert!(order.carry_out(&bank, "alice").is_ok());
//! # Ok::<(), mfakit::BoxError>(())
//! ```
#![forbid(unsafe_code)]

pub mod accounts;

pub mod forms;
pub mod pages;

pub mod emulated;
pub mod step_up;

pub mod shared;

pub mod start_up;

pub use accounts::Bank;
pub use shared::Shared;
pub use start_up::Inbox;
