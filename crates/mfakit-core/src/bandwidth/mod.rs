//! Client for Bandwidth's MFA API (<https://dev.bandwidth.com/docs/mfa>).
//!
//! 1. A code is approved by status 200 with the JSON boolean `true`, and by nothing else [PROV-1].
//! 2. A verify is never repeated. A send is repeated once, and only if no connection was made. Either is repeated
//!    once after a 401 to a bearer token, because the gateway rejected it before the service received it [PROV-5].
//! 3. Connections to other machines use TLS, and redirects are not followed. Connecting may take 2 seconds, a whole
//!    call may take 8 seconds, and a reply may have 64 KiB [PROV-6]. `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` of the
//!    environment apply unless one of the two URLs is on this machine.
//! 4. All calls that wait for a bearer token share one request for it. A token is kept until 60 seconds before it
//!    expires. A token without an expiry is kept for five minutes.
//! 5. No credential, token, code or full number appears in `Debug`, in errors or in logs [PROV-7, LOG-2].
//! 6. TLS is the app's choice, by the features `rustls-aws-lc-rs`, `rustls-ring`, `native-tls` and
//!    `rustls-no-provider`. If several are on, the first of these applies. The last is a default feature. It uses
//!    the provider that the process has installed into rustls, or else one that another crate of the app compiled
//!    into rustls. Without either, building the client fails if a URL is https. Nothing is installed for the whole
//!    process.
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
//! [`Bandwidth::from_env`] reads these variables. An empty variable counts as not set. One error names everything
//! that is missing or malformed.
//!
//! | variable | value | required |
//! |---|---|---|
//! | `BANDWIDTH_ACCOUNT_ID` | account id, such as `9900000` | yes |
//! | `BANDWIDTH_CLIENT_ID`, `BANDWIDTH_CLIENT_SECRET` | OAuth2 client credentials, which take precedence if both pairs are set | yes |
//! | `BANDWIDTH_USERNAME`, `BANDWIDTH_PASSWORD` | user name and password of an API user, instead of client credentials, only if the base URL is on this machine: Bandwidth stops accepting these on December 2, 2026 | no |
//! | `BANDWIDTH_FROM` | number that codes are sent from, in E.164 form | yes |
//! | `BANDWIDTH_MESSAGING_APPLICATION_ID` | id of the application that sends text messages | one of the two |
//! | `BANDWIDTH_VOICE_APPLICATION_ID` | id of the application that makes voice calls | one of the two |
//! | `BANDWIDTH_BASE_URL` | another base URL of the API, such as `http://127.0.0.1:4010/api/v1` | no |
//! | `BANDWIDTH_TOKEN_URL` | another URL of the token service | no |
//! | `BANDWIDTH_NOTICE_FROM` | another number that [notices](BandwidthNotifier) are sent from | no |
//! | `BANDWIDTH_NOTICE_APPLICATION_ID` | id of another application that sends notices | no |
//! | `BANDWIDTH_MESSAGING_URL` | another base URL of the Messaging API, such as `http://127.0.0.1:4010/api/v2` | no |
//!
//! # Undocumented behavior
//!
//! Bandwidth does not document the following points, and they cannot be determined without an account. Nothing here
//! relies on them:
//!
//! - whether a successful verify consumes the code, and whether older codes stay valid for the same scope, which
//!   is why every send has its own scope;
//! - whether `{CODE}` is replaced more than once in a message, and whether line breaks survive;
//! - which characters a scope may contain, and whether a new scope for every send is acceptable: only the maximum
//!   length of 25 is documented;
//! - how many wrong codes cause a 429, and when it ends: its text states two minutes, Bandwidth's own tests wait 35
//!   seconds, and no `Retry-After` is documented (it is honored if there is one);
//! - how a call pronounces the digits, how often, and in which language.

mod builder;
mod client;
mod config;
mod connector;
mod credentials;
mod endpoint;
mod environment;
mod failure;
mod http;
mod notices;
mod notifier;
mod provider;
mod reply;
mod scrub;
mod server_clock;
mod token;
mod wire;

pub use builder::BandwidthBuilder;
pub use config::BandwidthConfigError;
pub use credentials::Credentials;
pub use notifier::BandwidthNotifier;
pub use provider::Bandwidth;
