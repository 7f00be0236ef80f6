//! Rejection of a request whose value a person has to approve first.

use mfakit_core::{
    ActionError, Requirement,
    action::Action,
    adapter::{MfaBoundExt as _, MfaExt as _, PendingDenial},
};

use crate::{
    admission::Admission,
    answer::Answer,
    conclusion::Needed,
    facts::Facts,
    problem::{Kind, Problem},
    return_path::ReturnPath,
};

impl Admission {
    /// Keeps a value until it is approved, and returns the answer to its request. `target` is where a form can repeat the
    /// request.
    pub(crate) async fn propose(
        &self,
        requirement: &Requirement,
        action: &impl Action,
        target: Option<&str>,
        denial: PendingDenial,
        facts: &Facts,
    ) -> Answer {
        let subject = match self.caller() {
            Some(subject) if self.helps(&denial) => subject,
            _ => return self.denied(denial.report(None), Needed::Bound(None), facts),
        };
        let target = target.and_then(|target| ReturnPath::parse(target, self.mfa().site()));
        let target = target.as_ref().map(ReturnPath::as_str);
        match self.mfa().propose(subject, requirement, action, target).await {
            Ok(proposed) => {
                let denial = denial.report(Some(&proposed.approval));
                self.denied(denial, Needed::Bound(Some(proposed.into())), facts)
            }
            Err(error) => self.invalid_action(&error, facts),
        }
    }

    /// Returns the answer to a request whose value cannot be approved. A mistake in its type is already reported.
    pub(crate) fn invalid_action(&self, error: &ActionError, facts: &Facts) -> Answer {
        let problem = match error {
            ActionError::TooLarge => {
                let detail = "the value to approve is too large";
                Problem::new(Kind::BodyTooLarge).detail(detail)
            }
            ActionError::Blank => Problem::new(Kind::InvalidField).detail(error.to_string()),
            ActionError::Misconfigured(_) => Problem::new(Kind::Misconfigured),
            _ => Problem::new(Kind::Unavailable),
        };
        self.reject_with(self.caller(), facts, problem)
    }
}
