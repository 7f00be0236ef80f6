//! The guard inside a handler.

use std::fmt;

use mfakit_core::Subject;

use crate::{admission::Admission, facts::Facts, guarded::Grant, refused::Refused, require::RequireMfa};

/// Asks for a code inside a handler, for what only the handler can know: an amount above a limit.
///
/// An argument of the handler, before the one that reads the body. The grant is judged when
/// [`require`](Self::require) is called, so a body that took long does not matter. Who sent the request was found out
/// before the body: sign-out has to call [`Mfa::revoke_login`](mfakit_core::Mfa::revoke_login), which ends the grants of
/// the session, or a request that was already under way still passes.
///
/// Take it as it is. On actix-web an `Option<StepUp>` is `None` without the middleware, and a handler that asks
/// `if let Some(step_up)` then asks for no code. On axum that does not compile:
///
/// ```compile_fail,E0277
/// use mfakit_middleware::StepUp;
///
/// async fn pay(step_up: Option<StepUp>) {}
///
/// let routes: axum::Router = axum::Router::new().route("/pay", axum::routing::post(pay));
/// ```
pub struct StepUp {
    pub(crate) admission: Admission,
    pub(crate) subject: Option<Subject>,
    pub(crate) cookies: Vec<Vec<u8>>,
    pub(crate) facts: Facts,
}

impl StepUp {
    /// Goes on only for somebody who may pass. A grant that is to be used [once](RequireMfa::once) is used up
    /// here and now, so ask when nothing else can be wrong with the request any more; and ask once, for a second
    /// time in the same request finds it used up and is answered with 500.
    ///
    /// # Errors
    ///
    /// The answer for everybody else: hand it back with `?`.
    pub async fn require(&self, require: RequireMfa) -> Result<Grant, Refused> {
        let Self { admission, subject, cookies, facts } = self;
        let requirement =
            require.requirement().map_err(|what| Refused::new(admission.misconfigured(facts, what)))?;
        let cookies = cookies.iter().map(Vec::as_slice);
        let claim = admission.claim(&requirement, subject.clone(), cookies, || facts.clone()).await;
        let taken = claim.map_err(Refused::new)?.take(|| facts.clone()).await;
        taken.map(Grant::from).map_err(Refused::new)
    }
}

impl fmt::Debug for StepUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepUp").field("subject", &self.subject).finish_non_exhaustive()
    }
}
