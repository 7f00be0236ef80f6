//! A local emulator of Bandwidth's MFA API, with an inbox for the codes that it sends.
//!
//! Point an app at [`Emulator::base_url`] instead of at Bandwidth. The emulator puts what the app sends into
//! [`Emulator::inbox`] and on the page at [`Emulator::inbox_url`]. Its statuses, bodies and limits are those that
//! Bandwidth documents, or that Bandwidth's own live tests show. [`Emulator::fail`] injects failures, and
//! [`Emulator::advance`] moves the clock.
//!
//! ```
//! use std::time::Duration;
//!
//! use mfakit_emulator::{Emulator, Endpoint, Fault};
//!
//! # #[tokio::main]
//! # async fn main() -> std::io::Result<()> {
//! let bandwidth = Emulator::builder().verify_limit(3).start().await?;
//! // … point the app at bandwidth.base_url() and bandwidth.token_url() …
//! assert!(bandwidth.inbox().is_empty());
//!
//! bandwidth.fail(Fault::on(Endpoint::Messaging).status(503));
//! bandwidth.advance(Duration::from_secs(600));
//! # Ok(())
//! # }
//! ```
//!
//! The program `mfakit-emulator` runs the same emulator on a fixed port. It is controlled over HTTP:
//!
//! | call | meaning |
//! |---|---|
//! | `GET /` | the inbox as a page |
//! | `GET /inbox`, `DELETE /inbox` | every [`Message`], newest last (`?newest=10`: only the last ten) |
//! | `GET /texts`, `DELETE /texts` | every [`Text`], which is a text message without a code, newest last (`?newest=10`: only the last ten) |
//! | `GET /calls`, `DELETE /calls` | every API [`Call`] in the order of arrival |
//! | `POST /control/faults` | adds a [`Fault`]: `{"endpoint":"verify","status":500,"body":{},"headers":{},"delay_ms":0,"drop":false,"after":false,"times":1}`; only the endpoint is required |
//! | `DELETE /control/faults` | removes the pending faults |
//! | `POST /control/clock` | advances the clock: `{"advance_s":600}` |
//! | `POST /api/v1/accounts/{accountId}/code/{messaging,voice,verify}` | Bandwidth's operations, also without `/api/v1` |
//! | `POST /api/v2/users/{accountId}/messages` | an operation of Bandwidth's Messaging API, for notices |
//! | `POST /api/v1/oauth2/token` | Bandwidth's token endpoint, also without `/api/v1` |
//!
//! A notice is a message without a code, which the MFA API cannot send: its `message` must contain `{CODE}`. So the
//! emulator also has the one operation of the Messaging API that sends a text message. Its messages are in
//! [`Emulator::texts`], apart from the codes.
//!
//! The emulator listens only on 127.0.0.1. It rejects every request whose `Host` or `Origin` is not on loopback, so
//! that a page of another site can neither read the codes nor control the emulator.
//!
//! If Bandwidth's documentation is silent, the code states which behavior this crate assumes. Apps should not rely on
//! it:
//!
//! 1. A successful verify does not consume the code, and every code of the last minutes is valid beside the others.
//! 2. The sixth wrong code of a number results in a 429 without `Retry-After`. It is lifted thirty seconds later.
//! 3. An unknown or expired token results in a 401, a wrong password in a 403.
//! 4. Every application id exists, except `not_an_application_id`.
//!
//! The emulator shares no code with mfakit's client, so that two independent readings of the API check each other.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

mod address;
mod bounded_log;
mod call;
mod clock;
mod endpoint;
mod message;
mod random;
mod text;

mod api_error;
mod credentials;
mod fault;
mod fields;
mod send_request;
mod text_request;
mod token_request;
mod verify_request;

mod attempts;
mod codes;
mod state;
mod tokens;

mod http;

mod emulator;

pub use call::Call;
pub use emulator::{Emulator, EmulatorBuilder};
pub use endpoint::Endpoint;
pub use fault::Fault;
pub use message::{Channel, Message};
pub use text::Text;
