#![cfg_attr(all(feature = "axum", feature = "actix"), doc = include_str!("../README.md"))]
#![cfg_attr(
    not(all(feature = "axum", feature = "actix")),
    doc = "Step-up two-factor authentication for axum and actix-web. The README and the documentation with all features have more."
)]
#![forbid(unsafe_code)]

// Names that an app uses every day.
pub use mfakit_core::{
    BackendError, BoxError, BuildError, ChallengeId, Channel, ClientAddress, Clock, Code, Decision,
    DeclaredScope, Denial, DestinationRejection, Directory, Grant, GrantToken, LiveChallenge, LoginId,
    MemoryStore, Messages, Mfa, MfaBuilder, MfaProvider, MfaStore, Misconfigured, Observer, PhoneNumber,
    Policy, Reason, Recognition, Region, Requirement, RiskCheck, Scope, Secret, StartError, StartRequest,
    Subject, SystemClock, Theme, Timestamp, UnknownNumbers, UserGrant, UserId, UserStatus, Verified,
    VerifyError,
};
pub use mfakit_macros::require_mfa;
#[cfg(feature = "actix")]
pub use mfakit_middleware::actix::MfaMiddleware;
#[cfg(feature = "tower")]
pub use mfakit_middleware::tower::MfaLayer;
pub use mfakit_middleware::{
    Granted, Guarded, IdentifyError, MfaRejection, ProblemKind, Rejection, RequireMfa, Required, StepUp,
};
#[cfg(feature = "redis")]
pub use mfakit_redis::RedisStore;

// Modules of a single port or subject.
#[cfg(feature = "bandwidth")]
pub use mfakit_core::bandwidth;
#[cfg(feature = "conformance")]
pub use mfakit_core::conformance;
pub use mfakit_core::{error, event, messages, policy, provider, risk, theme};

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
    pub use mfakit_core::store::*;

    /// Store for apps on several instances: [`RedisStore`](redis::RedisStore), with notes on running Redis for it.
    #[cfg(feature = "redis")]
    pub mod redis {
        #[doc(inline)]
        pub use mfakit_redis::*;
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

/// Code in the documentation of the challenge page, which must compile.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/page.md")]
struct Page;

/// Types that the attribute writes into a handler. Exempt from semantic versioning.
#[doc(hidden)]
pub mod __private {
    pub use mfakit_middleware::{Guarded, Require};
}
