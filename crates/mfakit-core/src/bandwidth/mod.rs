//! The client of Bandwidth's MFA API (<https://dev.bandwidth.com/docs/mfa>).
//!
//! 1. A code is approved by status 200 with the JSON boolean `true`, and by nothing else [PROV-1].
//! 2. A verify is never repeated, and a send only when there was never a connection: once. Either is repeated
//!    once after a 401 to a bearer token, because the gateway refused it before the service saw it [PROV-5].
//! 3. TLS to everywhere but this machine; no redirect is followed; 2 seconds for a connection, 8 for the
//!    whole of a call, 64 KiB for an answer [PROV-6]. `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` of the
//!    environment count, unless one of the two URLs is on this machine.
//! 4. A bearer token is bought once however many calls wait for it, and kept until 60 seconds before it
//!    expires (a token that does not say when is taken to live for five minutes).
//! 5. No credential, token, code or full number is shown in `Debug`, in errors or in logs [PROV-7, LOG-2].
//!
//! ```
//! use mfakit_core::{Channel, MfaProvider, bandwidth::{Bandwidth, Credentials}};
//!
//! let bandwidth = Bandwidth::builder("9900000", Credentials::oauth2("client-id", "client-secret"))
//!     .from("+19195554321")
//!     .messaging_application("66fd98ae-ac8d-a00f-7fcd-ba3280aeb9b1")
//!     .build()?;
//! assert!(bandwidth.supports(Channel::Messaging) && !bandwidth.supports(Channel::Voice));
//! # Ok::<(), mfakit_core::bandwidth::BandwidthConfigError>(())
//! ```
//!
//! # The environment
//!
//! [`Bandwidth::from_env`] reads these. An empty variable counts as not set, and everything that is missing
//! or malformed is named in one error.
//!
//! | variable | what | needed |
//! |---|---|---|
//! | `BANDWIDTH_ACCOUNT_ID` | the account, such as `9900000` | yes |
//! | `BANDWIDTH_CLIENT_ID`, `BANDWIDTH_CLIENT_SECRET` | OAuth2 client credentials, which win when both pairs are set | yes |
//! | `BANDWIDTH_USERNAME`, `BANDWIDTH_PASSWORD` | an API user, in place of client credentials, only if the base URL is on this machine: Bandwidth ends these on 2 December 2026 | no |
//! | `BANDWIDTH_FROM` | the number that codes come from, in E.164 form | yes |
//! | `BANDWIDTH_MESSAGING_APPLICATION_ID` | the application that sends text messages | one of the two |
//! | `BANDWIDTH_VOICE_APPLICATION_ID` | the application that calls | one of the two |
//! | `BANDWIDTH_BASE_URL` | another place of the API, such as `http://127.0.0.1:4010/api/v1` | no |
//! | `BANDWIDTH_TOKEN_URL` | another place to buy tokens | no |
//!
//! # What Bandwidth does not say
//!
//! None of this can be known without an account, and nothing here relies on it:
//!
//! - whether a successful verify consumes the code, and whether older codes stay valid for the same scope:
//!   hence a scope of its own for every send;
//! - whether `{CODE}` is replaced more than once in a message, and whether line breaks survive;
//! - which characters a scope may have, and whether a new scope for every send is welcome: only a length of
//!   25 is documented;
//! - how many wrong codes bring a 429, and when it ends: its text says two minutes, Bandwidth's own tests
//!   wait 35 seconds, and no `Retry-After` is documented (it is honoured if there is one);
//! - how a call speaks the digits, how often, and in which language.

mod builder;
mod config;
mod credentials;
mod environment;
mod failure;
mod http;
mod provider;
mod reply;
mod scrub;
mod token;
mod wire;

pub use builder::BandwidthBuilder;
pub use config::BandwidthConfigError;
pub use credentials::Credentials;
pub use provider::Bandwidth;
