//! The words, the rules and the ceremony of mfakit.
#![forbid(unsafe_code)]

// Words.
mod catalog;
mod challenge;
mod channel;
mod clock;
mod code;
mod phone;
mod region;
mod scope;
mod secret;
mod site;
mod subject;
mod token;

// Rules, without IO.
mod decision;
mod grant;
mod message;
mod policy;
mod requirement;

// Ports.
mod directory;
mod event;
mod provider;
mod store;

// Implementations: they know the words and the ports, never the engine.
#[cfg(feature = "bandwidth")]
pub mod bandwidth;
mod memory;

// The engine: it knows the words and the ports, never an implementation but the default store.
mod engine;

// For the tests of apps.
#[cfg(feature = "testing")]
pub mod testing;

pub use catalog::{DeclaredScope, ScopeEntry};
pub use challenge::Challenge;
pub use channel::{Channel, UnknownChannel};
pub use clock::{Clock, SystemClock, Timestamp, whole_seconds};
pub use code::{Code, MalformedCode};
pub use decision::{Decision, Denial, Reason};
pub use directory::{BoxError, Directory};
pub use engine::{
    BuildError, LiveChallenge, Mfa, MfaBuilder, Misconfigured, StartRefusal, StartRequest, Verified,
    VerifyRefusal,
};
pub use event::{Event, Observer, TracingObserver, with_causes};
pub use grant::{Binding, Grant, GrantRecord};
pub use memory::MemoryStore;
pub use message::{CODE_PLACEHOLDER, InvalidWords};
pub use phone::{InvalidPhoneNumber, PhoneNumber};
pub use policy::{InvalidPolicy, Policy};
pub use provider::{
    Accepted, MfaProvider, ProviderError, ProviderErrorKind, SendRequest, Verdict, VerifyRequest,
};
pub use region::{Region, UnknownRegion};
pub use requirement::Requirement;
pub use scope::{InvalidScope, Scope};
pub use secret::{InvalidSecret, KeyRing, Purpose, Secret};
pub use site::Site;
pub use store::{
    AttemptReservation, Key, MfaStore, Redeem, Redemption, ReserveAttempt, ReserveSend, Revocation,
    SendReservation, Sharing, StoreError,
};
pub use subject::{InvalidLoginId, LoginId, Recognition, Subject, UserId};
pub use token::{ChallengeId, GrantToken, ProviderScope, TokenHash};
