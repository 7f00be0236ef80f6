//! HTTP side of mfakit, written once for all frameworks.
//!
//! Most apps use this crate through `mfakit`. All decisions are made in plain types: [`Facts`] are the parts of a request
//! that an answer may depend on, and [`Answer`] is the answer. The adapters for tower, axum and actix-web only convert.
//! The module [`adapter`] contains the building blocks for adapters of other frameworks.
//!
//! ```
//! use mfakit_middleware::{ClientKind, Facts};
//!
//! let facts = Facts::read("GET", Some("/pay"), |name| {
//!     (name == "sec-fetch-mode").then_some(b"navigate".as_slice()).into_iter()
//! });
//! assert_eq!(ClientKind::of(&facts, None), ClientKind::Navigation);
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]
#![forbid(unsafe_code)]

// Vocabulary.
mod answer;
mod approved_argument;
pub mod cors;
mod facts;
mod identify;
mod mfa_rejection;
mod problem;
mod require;
mod return_path;
#[cfg(any(feature = "actix", feature = "tower"))]
mod sealed;

// Rules, without IO.
mod accept;
mod address;
mod approval_name;
mod bound_cookie;
mod client_address;
mod client_kind;
mod codes_form;
mod cookie;
mod form;
mod keep_page;
mod origin;
mod page;
mod rejection;
mod respond;
mod return_target;
mod set_cookie;

// With the engine.
mod admission;
mod app_wide;
mod body_watch;
mod bound;
mod bound_claim;
mod bound_request;
mod caller;
mod claim;
mod conclusion;
#[cfg(any(feature = "actix", feature = "tower"))]
mod drain;
mod endpoints;
mod guarded;
mod handler_watch;
mod proposal;
mod request_head;
mod serve;
mod step_up;
mod turn;

#[cfg(test)]
mod test_bank;

/// Building blocks for framework adapters. **Exempt from semantic versioning**: anything here may change in a patch
/// release.
///
/// An adapter has four parts, and none of them decides anything:
///
/// 1. The app-wide part gives every request an [`Admission`](adapter::Admission). On the way out, it applies the
///    changes that [`Admission::finish`](adapter::Admission::finish) returns.
/// 2. [`RequestHead`](adapter::RequestHead) presents the head of the framework's request.
/// 3. A guard calls [`claim`](adapter::claim), and takes the [`Claim`](adapter::Claim) when the handler's arguments have
///    been extracted. A guard that does not see that keeps a [`BodyWatch`](adapter::BodyWatch) on the body and a
///    [`HandlerWatch`](adapter::HandlerWatch) on the handler. A guard of an approved value begins with
///    [`Begun::of`](adapter::Begun::of). [`step_up`](adapter::step_up) and [`granted`](adapter::granted) are the extractors.
/// 4. The routes call [`serve`](adapter::serve).
///
/// `tests/it/third_framework.rs` in this crate's repository is a complete adapter of less than 150 lines.
pub mod adapter {
    pub use crate::{
        admission::{Admission, ResponseChanges},
        body_watch::BodyWatch,
        bound_claim::{Begun, BoundClaim, NamedClaim},
        bound_request::{BoundRequest, Unproven},
        claim::{Claim, claim},
        endpoints::BodyError,
        guarded::granted,
        handler_watch::{BodyTooLate, HandlerWatch},
        rejection::OnRejection,
        request_head::RequestHead,
        serve::serve,
        step_up::step_up,
    };
}

// Adapters, which only convert.
#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "tower")]
pub mod tower;

// For tests of apps.
#[cfg(feature = "testing")]
pub mod testing;

pub use answer::Answer;
pub use approved_argument::ApprovedArgument;
pub use bound::Bound;
pub use client_kind::ClientKind;
pub use facts::{Facts, Method};
pub use guarded::{Approved, Granted, Guarded};
pub use identify::IdentifyError;
pub use mfa_rejection::MfaRejection;
pub use problem::Kind as ProblemKind;
pub use rejection::Rejection;
#[doc(hidden)]
pub use require::scope_half;
pub use require::{Require, RequireMfa, Required};
pub use step_up::StepUp;
