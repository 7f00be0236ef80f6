//! Arguments of a guarded handler.

use std::marker::PhantomData;

#[cfg(any(feature = "axum", feature = "actix"))]
use mfakit_core::Misconfigured;
use mfakit_core::{Grant, action::Approval};

use crate::{admission::Admission, mfa_rejection::MfaRejection, request_head::RequestHead};

/// Extracts the grant that admitted the request.
///
/// # Errors
///
/// Returns a rejection if no guard ran.
pub fn granted<H: RequestHead>(head: &H) -> Result<Granted, MfaRejection> {
    let granted = Admission::of(head).and_then(|admission| admission.grant(|| head.facts()));
    granted.map(Granted).map_err(MfaRejection::new)
}

/// Extractor of the [`Grant`] that admitted the request, for a guarded handler.
///
/// With several guards on one route, this is the grant of the innermost. A handler that extracts it without a
/// guard is answered with 500.
///
/// ```
/// use mfakit_middleware::Granted;
///
/// async fn settings(Granted(grant): Granted) -> String {
///     format!("confirmed by {} at {:?}", grant.channel(), grant.verified_at())
/// }
/// ```
///
/// This extracts a proof and does not guard anything, so do not wrap it. On actix-web, an `Option<Granted>` or a
/// `Result<Granted, _>` accepts every request, so the handler runs for all of them. On axum, `Option<Granted>` does not
/// compile:
///
/// ```compile_fail,E0277
/// use mfakit_middleware::Granted;
///
/// async fn settings(granted: Option<Granted>) {}
///
/// let routes: axum::Router = axum::Router::new().route("/settings", axum::routing::get(settings));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted(pub Grant);

/// Extractor of the [`Approval`] of the request, for a handler with an approved value.
///
/// Its [`id`](Approval::id) is the same in the rejection, in the events and in the [`Grant`]. Use it as the idempotency key of
/// what the handler does, and store it with the order. A handler that extracts it without `#[approve]` is answered with 500.
///
/// ```
/// use mfakit_middleware::Approved;
///
/// async fn transfer(Approved(approval): Approved) -> String {
///     format!("booked as {}", approval.id)
/// }
/// ```
///
/// This extracts a proof and does not guard anything, so do not wrap it, as described for [`Granted`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approved(pub Approval);

/// Extracts the approval that the request was let through with.
///
/// # Errors
///
/// Returns a rejection if no guard ran, or none that is bound to a value.
#[cfg(any(feature = "axum", feature = "actix"))]
pub(crate) fn approved<H: RequestHead>(head: &H) -> Result<Approved, MfaRejection> {
    let admission = Admission::of(head).map_err(MfaRejection::new)?;
    let grant = admission.grant(|| head.facts()).map_err(MfaRejection::new)?;
    grant.approval().copied().map(Approved).ok_or_else(|| {
        let what = "a handler extracts Approved, but its guard is not bound to a value: mark the last argument with #[approve]";
        MfaRejection::new(admission.misconfigured(&head.facts(), Misconfigured::new(what)))
    })
}

/// Extractor that checks the requirement `R`, then extracts `T`, and then checks the grant once more.
///
/// A rejected request runs no other extractor. No extractor, handler or inner service receives a byte of its body;
/// the rest of the body is read and discarded within [limits](mfakit_core::Policy::drain_bytes) [GUARD-1]. After `T`
/// is extracted, the end of the grant is checked again. If more than a second has passed, the store is read
/// again too, because the client controls how long a body takes [GRANT-2]. A grant that is good for one
/// request is consumed only then, so a request that `T` rejects costs no code.
///
/// `#[require_mfa]` wraps the arguments of a handler in this type. If you write it by hand, make it the
/// handler's *only* argument, and put everything else into its tuple, because other arguments are extracted before
/// or after the check:
///
/// ```
/// use mfakit_core::{Requirement, Scope};
/// use mfakit_middleware::{Guarded, Required};
///
/// struct Pay;
///
/// impl Required for Pay {
///     const REQUIREMENT: Requirement = match Scope::new("pay") {
///         Ok(scope) => Requirement::new(scope).once(),
///         Err(_) => panic!("not a valid scope"),
///     };
/// }
///
/// async fn pay(guarded: Guarded<Pay, (String,)>) -> String {
///     let (payee,) = guarded.args;
///     format!("paid {payee}, confirmed by {}", guarded.grant.channel())
/// }
/// ```
///
/// A handler that continues reading after it has started (a stream, a multipart form) must
/// call [`StepUp`](crate::step_up::StepUp) when it has read everything.
///
/// # Never wrap it
///
/// A generic wrapper turns the rejection into a value, so the handler *runs for requests that must not pass*. This
/// applies to `Option<Guarded<..>>`, `Result<Guarded<..>, _>` and `Either<Guarded<..>, _>` on actix-web,
/// and to `Result<Guarded<..>, _>` on axum. Nothing can stop such a handler. If it succeeds, an error in the log names
/// the mistake. The attribute cannot be wrapped. On axum, an `Option` does not compile:
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
    /// Arguments of the handler.
    pub args: T,
    /// Grant that admitted the request.
    pub grant: Grant,
    requirement: PhantomData<fn() -> R>,
}

impl<R, T> Guarded<R, T> {
    /// Creates the value after the check. For adapters.
    #[must_use]
    pub const fn new(args: T, grant: Grant) -> Self {
        Self { args, grant, requirement: PhantomData }
    }
}
