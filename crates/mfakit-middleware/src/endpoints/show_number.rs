//! Shows the person's number, as a page or as JSON. Sends nothing [SEND-9].

use mfakit_core::{Requirement, Scope, adapter::MfaExt as _};

use crate::{
    answer::Answer,
    endpoints::{call::Call, number_situation::number_situation, reply::Reply},
    page::{self, NumberContext, NumberTrigger},
    problem::Problem,
    return_target::{ReturnTarget, SignedReturn},
};

/// Shows the number on file, and what the session may do about it.
pub(super) async fn show(call: &Call<'_>, trigger: NumberTrigger) -> Result<Answer, Answer> {
    let found = call.mfa.numbers(&call.subject, &call.number_tokens).await;
    let found = found.map_err(|error| call.reject_failure(&error, None))?;
    let context = NumberContext {
        mfa: call.mfa,
        messages: call.messages(),
        subject: &call.subject,
        situation: &found,
        manage_url: call.manage_page(&Requirement::new(Scope::MANAGE).once()),
    };
    Ok(match call.reply {
        Reply::Json => number_situation(&context),
        Reply::Redirect | Reply::Page => page::number(&context, &trigger),
    })
}

impl Call<'_> {
    /// Returns the address of the challenge page of the number on file, which leads back to the page of the number.
    pub(super) fn manage_page(&self, requirement: &Requirement) -> String {
        let target = ReturnTarget::number_page(self.mfa.site(), requirement);
        let signed = SignedReturn::sign(target, self.mfa, &Scope::MANAGE, self.subject.login());
        page::challenge_url(self.mfa, &Scope::MANAGE, None, Some(&signed))
    }

    /// Rejects a number with a problem for programs, or with the page of the same status for people.
    pub(super) async fn reject_number(&self, problem: Problem, typed: String) -> Answer {
        match self.reply {
            Reply::Json => problem.into_answer(),
            Reply::Redirect | Reply::Page => {
                let trigger = NumberTrigger::Rejected { problem, typed };
                show(self, trigger).await.unwrap_or_else(|answer| answer)
            }
        }
    }
}
