#![cfg_attr(all(feature = "axum", feature = "actix"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "axum", feature = "actix")),
    doc = "Step-up verification for Rust web handlers. The README and the documentation with all features say more."
)]
#![forbid(unsafe_code)]

// The words people use every day, flat.
pub use mfakit_core::{
    BoxError, BuildError, Channel, ClientAddress, Code, ColorScheme, DeclaredScope, Directory, Event,
    EventKind, InvalidPhoneNumber, Limit, LoginId, MemoryStore, MessageId, Messages, Mfa, MfaBuilder,
    MfaProvider, MfaStore, Observer, OnRiskError, PhoneNumber, PlannedSend, PluralForm, Policy, Recognition,
    Region, Risk, RiskCheck, Scope, Secret, Subject, Theme, Timestamp, TracingObserver, UnknownNumbers,
    UserId,
};
pub use mfakit_macros::require_mfa;
#[cfg(feature = "actix")]
pub use mfakit_middleware::actix::MfaMiddleware;
#[cfg(feature = "tower")]
pub use mfakit_middleware::tower::MfaLayer;
pub use mfakit_middleware::{
    Grant, Guarded, IdentifyError, MfaRejection, ProblemKind, Rejection, RequireMfa, Required, StepUp,
};

#[cfg(feature = "bandwidth")]
pub use mfakit_core::bandwidth;

#[cfg(feature = "redis")]
pub use mfakit_redis::RedisStore;

/// For apps on several instances: [`RedisStore`], and how to run Redis for it.
#[cfg(feature = "redis")]
pub mod redis {
    #[doc(inline)]
    pub use mfakit_redis::*;
}

/// Everything of the engine: ports to implement, records, verdicts.
pub use mfakit_core as core;

#[cfg(feature = "testing")]
pub use mfakit_core::testing;

/// For actix-web: [`MfaMiddleware`], [`routes`](actix::routes), and functions of extractors that say who it is.
#[cfg(feature = "actix")]
pub mod actix {
    pub use mfakit_middleware::actix::*;
}

/// For any tower stack: [`MfaLayer`] and the service that answers the routes.
#[cfg(feature = "tower")]
pub mod tower {
    pub use mfakit_middleware::tower::*;
}

/// For axum: [`routes`](axum::routes), and what makes functions of extractors say who it is.
#[cfg(feature = "axum")]
pub mod axum {
    pub use mfakit_middleware::axum::*;
}

/// The code in the documentation of the page, which is to compile.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/page.md")]
struct Page;

/// What the attribute writes into a handler. Not for use by hand: it may change in any release.
#[doc(hidden)]
pub mod __private {
    pub use mfakit_middleware::{Guarded, Require};
}
