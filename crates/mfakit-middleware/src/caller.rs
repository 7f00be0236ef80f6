//! Admission and caller of a request.

use mfakit_core::Subject;

use crate::{
    admission::Admission,
    answer::Answer,
    identify::identify_once,
    problem::{Kind, Problem},
    request_head::RequestHead,
    respond,
};

impl Admission {
    /// Returns the admission in a request.
    ///
    /// # Errors
    ///
    /// Returns the answer to a request without one, because the adapter's app-wide part is missing or inside
    /// the guard.
    pub(crate) fn of<H: RequestHead>(head: &H) -> Result<Self, Answer> {
        head.admission().ok_or_else(|| {
            let layer = H::APP_WIDE;
            tracing::error!(
                target: "mfakit",
                error = format!("{layer} is missing, or is inside the guard: put it around the whole app"),
                "misconfigured"
            );
            respond::bare(&head.facts(), Problem::new(Kind::Misconfigured))
        })
    }

    /// Returns the caller. Calls the app's function unless an earlier guard of this request already has.
    pub(crate) async fn subject<H: RequestHead>(&self, head: &mut H) -> Result<Option<Subject>, Answer> {
        if let Some(subject) = self.known_subject() {
            return Ok(subject);
        }
        match identify_once(self.mfa(), head.identify()).await {
            Ok(subject) => {
                self.note_subject(subject.clone());
                Ok(subject)
            }
            Err(kind) => Err(self.reject(None, &head.facts(), kind)),
        }
    }
}
