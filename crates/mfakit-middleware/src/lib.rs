//! What mfakit says and hears over HTTP, written once for every framework.
//!
//! Most apps use this by the crate `mfakit`. What HTTP means here is decided in plain types: [`Facts`] is what
//! of a request may influence an answer, [`Answer`] what goes back. An adapter translates and decides nothing;
//! [`adapter`] is what one is made of, for frameworks that have none yet.
//!
//! ```
//! use mfakit_middleware::{ClientKind, Facts};
//!
//! let facts = Facts { fetch_mode: Some("navigate".to_owned()), ..Facts::default() };
//! assert_eq!(ClientKind::of(&facts, None), ClientKind::Navigation);
//! ```
#![forbid(unsafe_code)]

// Words.
mod answer;
mod facts;
mod guarded;
mod identify;
mod mfa_rejection;
mod require;
mod return_to;

// Pure.
mod accept;
mod address;
mod client_address;
mod client_kind;
mod cookie;
mod errand;
mod form;
mod origin;
mod page;
mod problem;
mod rejection;
mod respond;
mod stay;

// With the engine.
mod admission;
mod claim;
#[cfg(any(feature = "actix", feature = "tower"))]
mod drain;
mod endpoints;
mod lookout;
mod step_up;
mod watch;

/// Building blocks for framework adapters.
///
/// Its app-wide part gives every request an [`Admission`](adapter::Admission), which a guard asks for a
/// [`Claim`](adapter::Claim) and takes that when the handler's arguments are there, or keeps a
/// [`Watch`](adapter::Watch) on the body and a [`Lookout`](adapter::Lookout) on the handler if it cannot see that; a
/// route is a
/// [`file`](adapter::file) or goes through [`open`](adapter::open), reads a body of the [allowed
/// size](adapter::Opened::longest_body) if one is wanted, and [finishes](adapter::Opened::finish). Every
/// answer passes through [`Admission::shape`](adapter::Admission::shape) on its way out.
pub mod adapter {
    pub use crate::{
        admission::{Admission, Unidentified},
        answer::NOT_KEPT,
        claim::Claim,
        endpoints::{NoBody, Opened, file, open},
        lookout::Lookout,
        rejection::OnRejection,
        watch::{BodyTooLate, Watch},
    };
}

// Adapters, which only convert.
#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "tower")]
pub mod tower;

pub use answer::Answer;
pub use client_kind::ClientKind;
pub use facts::{Facts, Method};
pub use guarded::{Granted, Guarded};
pub use identify::IdentifyError;
pub use mfa_rejection::MfaRejection;
pub use problem::Kind as ProblemKind;
pub use rejection::Rejection;
pub use require::{Require, RequireMfa, Required};
pub use step_up::StepUp;
