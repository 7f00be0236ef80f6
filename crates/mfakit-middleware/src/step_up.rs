//! The guard inside a handler.

use std::fmt;

use mfakit_core::{Grant, Subject};

use crate::{admission::Admission, facts::Facts, mfa_rejection::MfaRejection, require::RequireMfa};

/// Requires a code inside a handler, when only the handler can decide that one is needed, such as for an
/// amount above a limit.
///
/// Take it as an argument before the one that reads the body. The grant is checked when
/// [`require`](Self::require) is called, so a slow body does not matter. The caller was identified before the
/// body, however. Sign-out must call [`Mfa::revoke_login`](mfakit_core::Mfa::revoke_login), which ends the
/// grants of the session. Otherwise a request that was already under way still passes.
///
/// Do not wrap it. On actix-web an `Option<StepUp>` is `None` without the middleware, and a handler with `if
/// let Some(step_up)` then requires no code. On axum that does not compile:
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
    pub async fn require(&self, require: RequireMfa) -> Result<Grant, MfaRejection> {
        let Self { admission, subject, cookies, facts } = self;
        let requirement =
            require.requirement().map_err(|what| MfaRejection::new(admission.misconfigured(facts, what)))?;
        let cookies = cookies.iter().map(Vec::as_slice);
        let claim = admission.claim(&requirement, subject.clone(), cookies, || facts.clone()).await;
        let taken = claim.map_err(MfaRejection::new)?.take(|| facts.clone()).await;
        taken.map_err(MfaRejection::new)
    }
}

impl fmt::Debug for StepUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepUp").field("subject", &self.subject).finish_non_exhaustive()
    }
}
