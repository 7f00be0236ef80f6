//! Core engine of mfakit: step-up confirmation by one-time codes, without a web framework.
//!
//! Most apps use this crate through `mfakit`. [`Mfa`] ties six ports together: an [`MfaProvider`] that sends and
//! checks codes, an [`MfaStore`] that keeps challenges and grants, a [`Directory`] of phone numbers (or a [`NumberBook`], in
//! which people change theirs), an optional [`RiskCheck`], [`NumberCheck`] and [`Notifier`], and an [`Observer`] that
//! receives audit events. You can implement all of them outside this crate.
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
//!
//! | module | contents |
//! |---|---|
//! | [`provider`], [`store`], [`risk`], [`number_check`], [`notifier`], [`event`] | the ports, with their requests, records and events |
//! | [`action`] | actions that a person approves, and amounts of money |
//! | [`policy`] | every limit, with its default |
//! | [`health`] | the answer for a readiness probe |
//! | `metrics` (feature of the same name) | names, labels and descriptions of the metrics |
//! | [`messages`], [`theme`] | texts and appearance of the challenge page |
//! | `bandwidth` (default feature) | the client of Bandwidth's MFA API |
//! | `testing`, `conformance` (features of the same names) | tools for the tests of apps, and of stores |
//! | [`adapter`] | parts for web adapters, which are exempt from semantic versioning |
//! | [`error`] | errors of constructors |
//!
//! The feature `translations` adds texts in languages other than English.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

#[cfg(all(feature = "testing", not(feature = "testing-in-release"), not(debug_assertions)))]
compile_error!(
    "the feature `testing` of mfakit can make grants without a code, and this build has no debug assertions, like a \
     release. Move the feature to `[dev-dependencies]`, or enable the feature `testing-in-release` for benchmarks and \
     for tests with `--release`."
);

// Vocabulary.
pub mod action;
mod approval;
mod box_error;
mod catalog;
mod challenge;
mod challenge_ref;
mod channel;
mod client_address;
mod clock;
mod clock_offset;
mod code;
mod constant_time;
mod destinations;
mod digit;
mod grant;
mod guarded_call;
pub mod health;
#[cfg(test)]
mod hostile_text;
mod kept_action;
mod key_ring;
mod limit;
mod lock;
pub mod messages;
mod method;
#[cfg(feature = "metrics")]
pub mod metrics;
mod notice;
mod number_tokens;
mod numbering;
mod origin;
mod phone;
mod proof;
mod random;
mod recovery_code;
mod recovery_rule;
mod redacted;
mod region;
mod requirement;
mod scope;
mod secret;
mod send_rule;
mod site;
mod stored;
mod subject;
pub mod theme;
mod timeout;
mod tls;
mod token;
mod url_path;

// Rules, without IO.
mod decision;
pub mod policy;
mod sent_text;

// Ports.
mod directory;
pub mod event;
pub mod notifier;
mod number_book;
pub mod number_check;
pub mod provider;
mod recovery_book;
pub mod risk;
pub mod store;

// Implementations of the ports. They use vocabulary and ports, never the engine.
#[cfg(feature = "bandwidth")]
pub mod bandwidth;
mod memory;
mod memory_number_book;
mod memory_recovery_book;

// The engine. It uses vocabulary, rules and ports, and no implementation but the default store.
mod engine;

// Public by purpose.
pub mod adapter;
pub mod error;

// For tests of apps.
#[cfg(feature = "testing")]
pub mod testing;

// For tests of stores.
#[cfg(feature = "conformance")]
pub mod conformance;

pub use catalog::DeclaredScope;
pub use challenge_ref::ChallengeRef;
pub use channel::Channel;
pub use client_address::ClientAddress;
pub use clock::{Clock, SystemClock, Timestamp};
pub use code::Code;
pub use decision::{Decision, Denial, Reason};
pub use destinations::{DestinationRejection, UnknownNumbers};
pub use directory::{BoxError, Directory, IntoNumberOnFile};
pub use engine::{
    ActionError, BackendError, BuildError, ChangeDenied, ConfirmNumberError, ConfirmedNumber, EnrollError,
    LiveChallenge, Mfa, MfaBuilder, Misconfigured, NumberRejection, NumberSituation, PendingNumber,
    ProposedNumber, RecoverError, Recovered, Recovery, RecoveryCodes, RecoveryCodesLeft, RecoveryOpening,
    RecoverySituation, RecoveryStatus, StartError, StartRequest, UserGrant, UserStatus, Verified,
    VerifyError,
};
pub use event::Observer;
pub use grant::Grant;
pub use memory::{BudgetLedger, MemoryStore, UserBytes, UserGrants, UserLedger};
pub use memory_number_book::MemoryNumberBook;
pub use memory_recovery_book::MemoryRecoveryBook;
pub use messages::Messages;
pub use notifier::Notifier;
pub use number_book::{Changed, NumberBook, NumberChange, NumberOnFile};
pub use number_check::NumberCheck;
pub use number_tokens::NumberTokens;
pub use phone::PhoneNumber;
pub use policy::Policy;
pub use provider::MfaProvider;
pub use recovery_book::{RecoveryBook, RecoveryRecord};
pub use recovery_code::RecoveryCode;
pub use region::Region;
pub use requirement::Requirement;
pub use risk::RiskCheck;
pub use scope::Scope;
pub use secret::Secret;
pub use store::MfaStore;
pub use subject::{LoginId, Recognition, Subject, UserId};
pub use theme::Theme;
pub use token::{ChallengeId, GrantToken};
