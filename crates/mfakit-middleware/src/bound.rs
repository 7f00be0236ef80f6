//! Argument of a handler that runs only with an approved value.

use std::marker::PhantomData;

use mfakit_core::Grant;

use crate::approved_argument::ApprovedArgument;

/// Extractor of a value `M` that a person has approved, and of the other arguments `O` of the handler.
///
/// `#[require_mfa]` combines the arguments of a handler into this type if the last of them has the marker `#[approve]`. It
/// requires a grant for exactly this value, and consumes it immediately before the handler runs.
///
/// | request | extracted | then |
/// |---|---|---|
/// | unauthenticated | nothing | rejected |
/// | without any grant for an action of this scope | only `M`, within ten seconds and the app's own limits | the value is kept for the session, and the request is rejected |
/// | with such a grant | `O`, then `M` | the grant for this value is judged again and consumed. If there is none, the value is kept and the request rejected |
/// | that names its approval, in the parameter `mfa-approval` of its query or in the header `MFA-Approval` | only `O`; the body is not read | the grant is judged again and consumed, and the handler receives the kept value |
///
/// A request that `O` or `M` rejects is answered with that rejection, and costs no code. A `HEAD` request never passes. Only a
/// request with another method than `GET` and `HEAD` can name its approval, and it must come from this site, like the calls
/// of mfakit's routes.
///
/// The digest of an approval covers the scope, the name of the value's type and the canonical form of the value. The handler
/// receives the value that is read from this form, so it has nothing that the digest does not cover. Two handlers with the
/// same scope and the same type of value accept each other's approvals.
///
/// On actix-web, no other argument may read the body, because what it reads is not approved. Such a request is answered with
/// 500, and the log names the mistake. On axum, such a handler does not compile.
///
/// If you write this type by hand, make it the handler's *only* argument, and do not wrap it, as described for
/// [`Guarded`](crate::guarded::Guarded).
#[derive(Debug)]
pub struct Bound<R, O, M: ApprovedArgument> {
    /// Arguments of the handler before the approved one.
    pub rest: O,
    /// Approved argument.
    pub approved: M,
    /// Grant that admitted the request. It is consumed.
    pub grant: Grant,
    requirement: PhantomData<fn() -> R>,
}

impl<R, O, M: ApprovedArgument> Bound<R, O, M> {
    /// Creates the value after the grant was consumed. For adapters.
    #[must_use]
    pub const fn new(rest: O, approved: M, grant: Grant) -> Self {
        Self { rest, approved, grant, requirement: PhantomData }
    }
}
