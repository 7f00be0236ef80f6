//! Tools for the tests of apps: a clock that you move, a provider with an inbox, a store that fails on demand, an observer
//! that keeps the events, and grants without a challenge.
//!
//! The `testing` feature enables this module, [`Mfa::testing`](crate::engine::Mfa::testing) and
//! [`Policy::for_tests`](crate::policy::Policy::for_tests). Enable it in `[dev-dependencies]` only: a build without
//! `debug_assertions`, such as a release, does not compile with it, unless the feature `testing-in-release` is enabled as
//! well.
//!
//! ```
//! use std::time::Duration;
//! use mfakit_core::{LoginId, Mfa, PhoneNumber, Subject, UserId, testing::{ManualClock, TestProvider}};
//!
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let (clock, provider) = (ManualClock::new(), TestProvider::new());
//! let mfa = Mfa::builder(provider.clone(), "https://bank.example")
//!     .scope("transfer", "make a transfer")
//!     .directory(async |_: UserId| Ok::<_, std::io::Error>(PhoneNumber::new("+19195551234").ok()))
//!     .messaging_to(["US"])
//!     .clock(clock.clone())
//!     .build()?;
//!
//! let alice = Subject::cookie("alice", LoginId::random());
//! let cookie = mfa.testing().grant(&alice, "transfer").await;
//! assert!(cookie.starts_with("__Host-mfa-transfer="));
//! clock.advance(Duration::from_secs(660)); // The grant has expired.
//! # Ok::<(), mfakit_core::BuildError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod clock;
mod events;
mod grants;
mod hooked;
mod outage;
mod provider;

pub use clock::ManualClock;
pub use events::{Events, RecordedEvent};
pub use grants::Testing;
pub use hooked::{HookedStore, StoreHook, Verb};
pub use outage::Outage;
pub use provider::{SentCode, TestProvider};
