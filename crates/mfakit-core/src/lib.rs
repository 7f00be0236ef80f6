//! The words, the rules and the ceremony of mfakit: a code is sent, typed and checked, and makes a grant.
//!
//! Most apps use this by the crate `mfakit`. Nothing here knows a web framework. [`Mfa`] ties the ports
//! together: an [`MfaProvider`] that sends and checks codes, an [`MfaStore`] that remembers, a [`Directory`]
//! that knows the numbers, an [`Observer`] that hears what an auditor wants to know.
//!
//! ```
//! use mfakit_core::{Decision, LoginId, Mfa, MfaProvider, PhoneNumber, Requirement, Scope, Subject, UserId};
//!
//! # async fn example(bandwidth: impl MfaProvider) -> Result<(), Box<dyn std::error::Error>> {
//! let mfa = Mfa::builder(bandwidth, "https://bank.example")
//!     .scope("transfer", "make a transfer")
//!     .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
//!     .messaging_to(["US"])
//!     .build()?;
//!
//! let alice = Subject::cookie("alice", LoginId::random());
//! let transfer = Requirement::new(Scope::new("transfer")?);
//! match mfa.check(Some(&alice), &transfer, None).await? {
//!     Decision::Granted(grant) => println!("confirmed by {}", grant.channel()),
//!     Decision::Denied(denial) => println!("not yet: {}", denial.reason.as_str()),
//! }
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

// Words.
mod catalog;
mod challenge;
mod channel;
mod client_address;
mod clock;
mod code;
mod destinations;
mod digit;
mod key_ring;
mod limit;
mod messages;
mod phone;
mod proof;
mod random;
mod redacted;
mod region;
mod scope;
mod secret;
mod site;
mod subject;
mod theme;
mod timeout;
mod token;

// Rules, without IO.
mod decision;
mod failures;
mod grant;
mod policy;
mod requirement;
mod sent_text;

// Ports.
mod directory;
mod event;
mod provider;
mod risk;
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

// For the tests of stores.
#[cfg(feature = "conformance")]
pub mod conformance;

pub use catalog::{DeclaredScope, ScopeSettings};
pub use challenge::Challenge;
pub use channel::{Channel, UnknownChannel};
pub use client_address::ClientAddress;
pub use clock::{Clock, SystemClock, Timestamp, whole_seconds};
pub use code::{Code, MalformedCode};
pub use decision::{Decision, Denial, Freshness, Reason};
pub use destinations::{DestinationRejection, UnknownNumbers};
pub use directory::{BoxError, Directory};
pub use engine::{
    BuildError, Destination, LiveChallenge, Mfa, MfaBuilder, Misconfigured, Situation, StartError,
    StartRequest, UserGrant, UserStatus, Verified, VerifyError,
};
pub use event::{Event, EventContext, EventKind, Fingerprint, Observer, TracingObserver, with_causes};
pub use failures::{Failures, Lock, LockRule};
pub use grant::{Binding, Grant, GrantRecord};
pub use key_ring::{KeyRing, Purpose};
pub use limit::Limit;
pub use memory::MemoryStore;
pub use messages::{InvalidMessages, InvalidText, MessageId, Messages, PluralForm};
pub use phone::{InvalidPhoneNumber, PhoneNumber};
pub use policy::{DrainRule, InvalidPolicy, Policy};
pub use proof::{CodeProof, GrantNonce};
pub use provider::{
    MfaProvider, ProviderError, ProviderErrorKind, SendReceipt, SendRequest, Verdict, VerifyRequest,
};
pub use region::{Region, UnknownRegion};
pub use requirement::Requirement;
pub use risk::{OnRiskError, PlannedSend, Risk, RiskCheck};
pub use scope::{InvalidScope, Scope};
pub use secret::{InvalidSecret, Secret};
pub use sent_text::CODE_PLACEHOLDER;
pub use site::Site;
pub use store::{
    AttemptReservation, Budget, BudgetChange, BudgetReservation, ConsumeOutcome, FindRepeat, GrantState, Key,
    MfaStore, OpenOutcome, Redeem, RedeemOutcome, Repeat, RepeatLookup, ReserveAttempt, ReserveBudget,
    ReserveSend, Revocation, SendReservation, SendRule, Sharing, StoreError, UserState,
};
pub use subject::{InvalidLoginId, LoginId, Recognition, Subject, UserId};
pub use theme::{Color, ColorScheme, InvalidColor, InvalidTheme, Theme};
pub use timeout::{CALL_TIMEOUT, with_timeout};
pub use token::{ChallengeId, GrantToken, ProviderScope, TokenHash};
