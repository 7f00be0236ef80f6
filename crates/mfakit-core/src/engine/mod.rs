//! The ceremony: what happens between a person, a store and a provider.
//!
//! 1. Count first, ask second: a send or an attempt is reserved in the store before the provider hears of
//!    it, and is not given back when the caller goes away [RATE-4, STORE-3].
//! 2. Once begun, a start and a verify run to their end in a task of their own; the request only waits.
//! 3. The number comes from the directory, never from the caller [BIND-2].
//! 4. A failure of the store, the provider or the app's own functions refuses.

mod administer;
mod budgets;
mod build_error;
mod builder;
mod check;
mod count;
mod holds;
mod in_flight;
mod languages;
mod live_challenge;
mod mfa;
mod repeat;
mod revoke;
mod situation;
mod start;
mod verify;

pub use administer::{UserGrant, UserStatus};
pub use build_error::BuildError;
pub use builder::MfaBuilder;
pub(crate) use in_flight::InFlight;
pub use live_challenge::LiveChallenge;
pub use mfa::{Mfa, Misconfigured};
pub use situation::{Destination, Situation};
pub use start::{StartError, StartRequest};
pub use verify::{Verified, VerifyError};
