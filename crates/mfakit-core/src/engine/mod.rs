//! The engine: checks requests, sends codes and verifies them, through the ports.
//!
//! 1. A send or an attempt is reserved in the store before the provider is called. It is not released if the caller
//!    stops waiting [RATE-4, STORE-3].
//! 2. A start or a verify runs to completion in its own task. The request only waits for it.
//! 3. The number comes from the directory, never from the caller [BIND-2].
//! 4. If the store, the provider or a function of the app fails, the request is rejected.
//! 5. Ports are called only through `ports`, which limits the time of each call, catches its panic and reports it.

mod action_error;
mod administer;
mod attempt;
mod backend_error;
mod budgets;
mod build;
mod build_error;
mod builder;
mod check;
mod check_bound;
mod check_number;
mod claims;
mod conversion;
mod count;
mod enroll;
#[cfg(feature = "testing")]
mod grant_user;
mod health;
mod holds;
mod in_flight;
mod kept_words;
mod languages;
mod live_challenge;
mod meter;
mod mfa;
mod misconfigured;
mod not_granted;
mod notify;
mod number_on_file;
mod parts;
mod payment_reports;
mod pending_denial;
mod ports;
mod propose;
mod psd2;
mod reason;
mod recovery;
mod repeat;
mod reserved_scopes;
mod revoke;
mod route_reports;
mod shown_action;
mod situation;
mod spans;
mod start;
mod start_error;
mod task;
#[cfg(feature = "testing")]
mod user_grants;
mod verified;
mod verify;
mod verify_error;
mod withdraw;
mod withdrawals;

pub use action_error::ActionError;
pub use administer::{UserGrant, UserStatus};
pub use backend_error::BackendError;
pub use build_error::BuildError;
pub use builder::MfaBuilder;
pub use check::AtOnce;
pub use claims::{Approved, BoundAtOnce, BoundCheck, Claims, GrantTokens};
pub use enroll::{
    ChangeDenied, ConfirmNumberError, ConfirmedNumber, EnrollError, NumberRejection, NumberSituation,
    PendingNumber, ProposedNumber,
};
pub use live_challenge::LiveChallenge;
pub use mfa::Mfa;
pub use misconfigured::Misconfigured;
pub use pending_denial::PendingDenial;
pub use propose::{ConsumedApproval, ProposedAction};
pub use recovery::{
    RecoverError, Recovered, Recovery, RecoveryCodes, RecoveryCodesLeft, RecoveryOpening, RecoverySituation,
    RecoveryStatus,
};
pub use shown_action::ShownAction;
pub use situation::{Destination, Situation};
pub use start::StartRequest;
pub use start_error::StartError;
pub use verified::Verified;
pub use verify_error::VerifyError;
