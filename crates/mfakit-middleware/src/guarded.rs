//! What a guarded handler is given.

use std::{marker::PhantomData, ops::Deref};

/// Proof that a code was entered, as an argument of a guarded handler.
///
/// With several guards on one route it is that of the innermost. A handler that asks for it without a guard is answered
/// with 500.
///
/// It is a proof and no guard: take it as it is. On actix-web an `Option<Grant>` or a `Result<Grant, _>` is a value
/// for every request, so the handler runs for all of them. On axum `Option<Grant>` does not compile:
///
/// ```compile_fail,E0277
/// use mfakit_middleware::Grant;
///
/// async fn settings(grant: Option<Grant>) {}
///
/// let routes: axum::Router = axum::Router::new().route("/settings", axum::routing::get(settings));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant(mfakit_core::Grant);

impl Deref for Grant {
    type Target = mfakit_core::Grant;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl From<mfakit_core::Grant> for Grant {
    fn from(grant: mfakit_core::Grant) -> Self {
        Self(grant)
    }
}

/// Extractor that checks the requirement `R`, then extracts `T`, then judges the grant once more.
///
/// A rejected request runs no other extractor, and no byte of its body is read [GUARD-1]. When `T` is there, the end of
/// the grant is judged again, and after more than a second the store is asked again, because the client decides how long
/// a body takes [GRANT-2]. A grant that is good for one request is consumed then, so a request that `T` rejects costs no
/// code.
///
/// This is what `#[require_mfa]` folds a handler's arguments into. Written by hand it has to be the handler's *only*
/// argument, with everything else in its tuple: what is extracted beside it is extracted before or after the check.
/// A handler that goes on reading after it has started (a stream, a multipart form) asks by
/// [`StepUp`](crate::StepUp) when it has read everything.
///
/// # Never wrapped
///
/// A generic wrapper turns the rejection into a value, and then the handler *runs for requests that must not pass*:
/// `Option<Guarded<..>>`, `Result<Guarded<..>, _>` and `Either<Guarded<..>, _>` on actix-web, `Result<Guarded<..>, _>` on
/// axum. Nothing can stop such a handler; if it then succeeds, an error in the log names the mistake. The attribute
/// cannot be wrapped. On axum an `Option` does not compile:
///
/// ```compile_fail,E0277
/// use mfakit_middleware::{Guarded, Require};
///
/// type Settings = Guarded<Require<0, 0, 0, false>, ()>;
/// async fn settings(guard: Option<Settings>) {}
///
/// let routes: axum::Router = axum::Router::new().route("/settings", axum::routing::get(settings));
/// ```
#[derive(Debug)]
pub struct Guarded<R, T> {
    /// What the handler asked for.
    pub args: T,
    /// The proof.
    pub grant: Grant,
    requirement: PhantomData<fn() -> R>,
}

impl<R, T> Guarded<R, T> {
    /// For adapters: the arguments and the proof, after the check.
    #[must_use]
    pub const fn new(args: T, grant: Grant) -> Self {
        Self { args, grant, requirement: PhantomData }
    }
}
