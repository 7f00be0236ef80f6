//! The ceremony: what happens between a person, a store and a provider.
//!
//! 1. Count first, ask second: a send or an attempt is reserved in the store before the provider hears of
//!    it, and is not given back when the caller goes away [RATE-4, STORE-3].
//! 2. Once begun, a start and a verify run to their end in a task of their own; the request only waits.
//! 3. The number comes from the directory, never from the caller [BIND-2].
//! 4. A failure of the store, the provider or the app's own functions refuses.

mod administer;
mod backend_error;
mod budgets;
mod build;
mod build_error;
mod builder;
mod check;
mod count;
mod holds;
mod in_flight;
mod languages;
mod live_challenge;
mod mfa;
mod misconfigured;
mod number_on_file;
mod ports;
mod repeat;
mod revoke;
mod situation;
mod start;
mod start_error;
mod task;
mod verified;
mod verify;
mod verify_error;

pub use administer::{UserGrant, UserStatus};
pub use backend_error::BackendError;
pub use build_error::BuildError;
pub use builder::MfaBuilder;
pub use live_challenge::LiveChallenge;
pub use mfa::Mfa;
pub use misconfigured::Misconfigured;
pub use situation::{Destination, Situation};
pub use start::StartRequest;
pub use start_error::StartError;
pub use verified::Verified;
pub use verify_error::VerifyError;
