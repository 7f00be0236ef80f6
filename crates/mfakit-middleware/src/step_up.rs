//! The guard inside a handler.

use std::fmt;

use mfakit_core::Subject;

use crate::{admission::Admission, facts::Facts, guarded::Grant, refused::Refused, require::RequireMfa};

/// Asks for a code inside a handler, for what only the handler can know: an amount above a limit.
///
/// An argument of the handler, before the one that reads the body.
pub struct StepUp {
    pub(crate) admission: Admission,
    pub(crate) subject: Option<Subject>,
    pub(crate) cookies: Vec<Vec<u8>>,
    pub(crate) facts: Facts,
}

impl StepUp {
    /// Goes on only for somebody who may pass.
    ///
    /// # Errors
    ///
    /// The answer for everybody else: hand it back with `?`.
    pub async fn require(&self, require: RequireMfa) -> Result<Grant, Refused> {
        let Self { admission, subject, cookies, facts } = self;
        let requirement =
            require.requirement().map_err(|what| Refused::new(admission.misconfigured(facts, what)))?;
        let cookies = cookies.iter().map(Vec::as_slice);
        let judged = admission.judge(&requirement, subject.as_ref(), cookies, || facts.clone()).await;
        judged.map(Grant::from).map_err(Refused::new)
    }
}

impl fmt::Debug for StepUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepUp").field("subject", &self.subject).finish_non_exhaustive()
    }
}
