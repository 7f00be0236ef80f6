//! Step-up two-factor authentication for axum and actix-web.
//!
//! Write [`#[require_mfa]`](require_mfa) above a handler, and it runs only if the user has recently confirmed a one-time
//! code, sent by text message or voice call through Bandwidth's MFA API.
//!
#![cfg_attr(feature = "axum", doc = "```")]
#![cfg_attr(not(feature = "axum"), doc = "```ignore")]
//! use axum::{Router, routing::post};
//! use mfakit::{Mfa, MfaLayer, Subject, require_mfa};
//!
//! #[require_mfa(scope = "transfer", max_age = "5m")]
//! async fn transfer() -> &'static str {
//!     "sent"
//! }
//!
//! fn app(mfa: Mfa) -> Router {
//!     Router::new()
//!         .route("/transfer", post(transfer))
//!         .layer(MfaLayer::new(mfa, identify).with_routes()) // serves the challenge page, too
//! }
//! # async fn identify() -> Result<Option<Subject>, std::convert::Infallible> { Ok(None) }
//! ```
//!
//! Start with [the guide](guide::getting_started): it has complete programs for axum and actix-web, and the steps for an
//! existing app. The [other pages](guide) cover deployment, testing, your own stores and providers, and security.
//!
//! | feature | adds |
//! |---|---|
//! | `axum`, `actix`, `tower` | [`web::axum`], [`web::actix`], [`web::tower`]: the integration with axum 0.8, actix-web 4, or any tower stack |
//! | `bandwidth` (default) | [`bandwidth`]: the client of Bandwidth's MFA API |
//! | `rustls-no-provider` (default), `rustls-aws-lc-rs`, `rustls-ring`, `native-tls` | TLS for that client and for Redis; see [Deployment](guide::deployment#tls) |
//! | `translations` | [`Messages`] in languages other than English; see [the challenge page](guide::page#translate-it) |
//! | `redis`, `redis-cluster`, `redis-sentinel` | [`RedisStore`], for apps on several instances |
//! | `postgres`, `sqlite` | `SqlStore`, in the database that the app already has, with sqlx 0.9; and `store::sql`, with a book of phone numbers |
//! | `uuid` | [`UserId`] from `Uuid` |
//! | `metrics` | [`metrics`]: counts and durations for the recorder of your app; see [Operations](guide::operations) |
//! | `testing`, `testing-in-release` | [`testing`], for the tests of your app |
//! | `conformance` | [`conformance`], for the tests of your own store |
//!
//! ![A dialog over a bank's account page prompts for the code that was sent to a number ending in 34][dialog]
//!
//! Text messages and voice calls do not resist phishing. Please read [their limits](guide::threat_model#limits-of-text-messages-and-voice-calls)
//! before you rely on them. mfakit has not yet been tested against a live Bandwidth account.
//!
//! In the examples of some items, imports name the crates behind `mfakit`. In your app, write `mfakit` for `mfakit_core` and
//! `mfakit_middleware`, and `mfakit::web::axum` for `mfakit_middleware::axum` (likewise `actix` and `tower`).
#![doc = ""]
#![cfg_attr(doc, doc = include_str!("guide/dialog.md"))]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

// Names that an app uses every day.
pub use mfakit_core::action::Action;
pub use mfakit_core::{
    BackendError, BoxError, BuildError, ChallengeId, ChangeDenied, Changed, Channel, ClientAddress, Clock,
    Code, ConfirmNumberError, ConfirmedNumber, Decision, DeclaredScope, Denial, DestinationRejection,
    Directory, EnrollError, Grant, GrantToken, IntoNumberOnFile, LiveChallenge, LoginId, MemoryNumberBook,
    MemoryRecoveryBook, MemoryStore, Messages, Mfa, MfaBuilder, MfaProvider, MfaStore, Misconfigured,
    Notifier, NumberBook, NumberChange, NumberCheck, NumberOnFile, NumberRejection, NumberSituation,
    NumberTokens, Observer, PendingNumber, PhoneNumber, Policy, ProposedNumber, Reason, Recognition,
    RecoverError, Recovered, Recovery, RecoveryBook, RecoveryCode, RecoveryCodes, RecoveryCodesLeft,
    RecoveryOpening, RecoveryRecord, RecoverySituation, RecoveryStatus, Region, Requirement, RiskCheck,
    Scope, Secret, StartError, StartRequest, Subject, SystemClock, Theme, Timestamp, UnknownNumbers,
    UserGrant, UserId, UserStatus, Verified, VerifyError,
};
pub use mfakit_macros::Action;
#[cfg(any(feature = "axum", feature = "actix"))]
pub use mfakit_macros::require_mfa;
#[cfg(feature = "actix")]
pub use mfakit_middleware::actix::MfaMiddleware;
#[cfg(any(feature = "axum", feature = "tower"))]
pub use mfakit_middleware::tower::MfaLayer;
pub use mfakit_middleware::{
    Approved, ApprovedArgument, Bound, Granted, Guarded, IdentifyError, MfaRejection, ProblemKind, Rejection,
    RequireMfa, Required, StepUp,
};
#[cfg(feature = "redis")]
pub use mfakit_redis::RedisStore;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub use mfakit_sqlx::SqlStore;

// Modules of a single port or subject.
#[cfg(feature = "bandwidth")]
pub use mfakit_core::bandwidth;
#[cfg(feature = "conformance")]
pub use mfakit_core::conformance;
#[cfg(feature = "metrics")]
pub use mfakit_core::metrics;
pub use mfakit_core::{
    action, error, event, health, messages, notifier, number_check, policy, provider, risk, theme,
};

/// Tools for the tests of apps.
///
/// Enable the feature `testing` in `[dev-dependencies]` only. A build without `debug_assertions`, such as a release, does
/// not compile with it, unless the feature `testing-in-release` is enabled as well.
#[cfg(feature = "testing")]
pub mod testing {
    #[doc(inline)]
    pub use mfakit_core::testing::*;
    #[doc(inline)]
    pub use mfakit_middleware::testing::*;
}

/// Port to the storage of challenges, grants and counts, and the stores behind features.
pub mod store {
    pub use mfakit_core::{BudgetLedger, UserBytes, UserGrants, UserLedger, store::*};

    /// Store for apps on several instances: [`RedisStore`](redis::RedisStore), with notes on running Redis for it.
    #[cfg(feature = "redis")]
    pub mod redis {
        #[doc(inline)]
        pub use mfakit_redis::*;
    }

    /// Store on the database that the app already has, with its number book and its recovery book:
    /// [`SqlStore`](sql::SqlStore).
    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub mod sql {
        #[doc(inline)]
        pub use mfakit_sqlx::*;
    }
}

/// Integrations with web frameworks, each behind its feature.
///
/// They are in a separate module, so that `use mfakit::*` does not hide the crates `axum`, `actix` or `tower`.
pub mod web {
    pub use mfakit_middleware::cors;

    /// Integration with actix-web: [`MfaMiddleware`](actix::MfaMiddleware), [`routes`](actix::routes), and identify functions of extractors.
    #[cfg(feature = "actix")]
    pub mod actix {
        pub use mfakit_middleware::actix::*;
    }

    /// Integration with any tower stack: [`MfaLayer`](tower::MfaLayer) and the service that answers the routes.
    #[cfg(feature = "tower")]
    pub mod tower {
        pub use mfakit_middleware::tower::*;
    }

    /// Integration with axum: [`routes`](axum::routes), and identify functions of extractors.
    #[cfg(feature = "axum")]
    pub mod axum {
        pub use mfakit_middleware::axum::*;
    }
}

#[cfg(doc)]
pub mod guide;

/// Program of the README, which must compile.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Types that the attribute writes into a handler. Exempt from semantic versioning.
#[doc(hidden)]
pub mod __private {
    pub use mfakit_middleware::{Bound, Guarded, Require, scope_half};
}
