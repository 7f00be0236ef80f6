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
//! The program `mfakit-emulator` is the same on a port of its own, steered over HTTP:
//!
//! | call | meaning |
//! |---|---|
//! | `GET /` | the inbox as a page |
//! | `GET /inbox`, `DELETE /inbox` | every [`Message`], newest last (`?newest=10`: only the last ten) |
//! | `GET /calls`, `DELETE /calls` | every API [`Call`] in the order of arrival |
//! | `POST /control/faults` | a [`Fault`]: `{"endpoint":"verify","status":500,"body":{},"headers":{},"delay_ms":0,"drop":false,"after":false,"times":1}`, all but the endpoint optional |
//! | `DELETE /control/faults` | take back those that have not happened |
//! | `POST /control/clock` | `{"advance_s":600}` |
//! | `POST /api/v1/accounts/{accountId}/code/{messaging,voice,verify}` | Bandwidth's operations, also without `/api/v1` |
//! | `POST /api/v1/oauth2/token` | Bandwidth's token endpoint, also without `/api/v1` |
//!
//! It listens on 127.0.0.1 only, and answers nothing whose `Host` or `Origin` is not on loopback: a page of another
//! site must not read the codes or give orders.
//!
//! Where Bandwidth is silent, this crate's reading is written where it is made, and no app should rely on it:
//!
//! 1. A successful verify does not consume the code, and every code of the last minutes is valid beside the others.
//! 2. The sixth wrong code of a number is a 429, lifted thirty seconds after it; no `Retry-After`.
//! 3. An unknown or expired token is a 401, a wrong password a 403.
//! 4. Every application id exists, except `not_an_application_id`.
//!
//! It shares no code with mfakit's client: each is a reading of its own of the same API.

#![forbid(unsafe_code)]

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
