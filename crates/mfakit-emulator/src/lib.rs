//! Bandwidth's MFA API on your desk: a faithful local emulator with an inbox a person can look at.
//!
//! An app is pointed at [`Emulator::base_url`] instead of at Bandwidth; what it sends lands in
//! [`Emulator::inbox`] and on the page at [`Emulator::inbox_url`]. Statuses, bodies and limits are those Bandwidth
//! documents or its own live tests show; failures come on order with [`Emulator::fail`], and time passes with
//! [`Emulator::advance`].
//!
//! ```
//! use std::time::Duration;
//! use mfakit_emulator::{Emulator, Endpoint, Fault};
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let bandwidth = Emulator::builder().verify_limit(3).start().await?;
//! // … point the app at bandwidth.base_url() and bandwidth.token_url() …
//! assert!(bandwidth.inbox().is_empty());
//!
//! bandwidth.fail(Fault::on(Endpoint::Messaging).status(503));
//! bandwidth.advance(Duration::from_secs(600));
//! # std::io::Result::Ok(())
//! # })?;
//! # std::io::Result::Ok(())
//! ```
//!
//! Where Bandwidth is silent, this crate's reading is written where it is made, and no app should rely on it:
//!
//! 1. A successful verify does not consume the code, and every code of the last minutes is valid beside the others.
//! 2. The sixth wrong code of a number is a 429, lifted thirty seconds after it; no `Retry-After`.
//! 3. An unknown or expired token is a 401, a wrong password a 403.
//! 4. Every application id exists, except `not_an_application_id`.
//!
//! It shares no code with mfakit's client: each is a reading of its own of the same API.

mod address;
mod call;
mod clock;
mod endpoint;
mod message;
mod newest;
mod random;

mod credentials;
mod fault;
mod fields;
mod refusal;
mod send;
mod token_request;
mod verify;

mod attempts;
mod codes;
mod desk;
mod tokens;

mod http;

mod emulator;

pub use call::Call;
pub use emulator::{Emulator, EmulatorBuilder};
pub use endpoint::Endpoint;
pub use fault::Fault;
pub use message::{Channel, Message};
