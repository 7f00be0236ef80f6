//! Checks the code that was sent to a new number, and saves the number.

use mfakit_core::{
    ChallengeRef, Code, ConfirmNumberError, ConfirmedNumber, NumberTokens, Recognition, Scope,
    adapter::RECOVERY_COOKIE,
};
use serde_json::json;

use crate::{
    answer::Answer,
    cookie,
    endpoints::{call::Call, reply::Reply, show_number, verify_problem},
    page::{Attempt, Notice, NumberTrigger},
    problem::{Kind, Problem},
};

/// Checks the code. A program is answered with `200` and the number, a person with `303` to the page of the number, and
/// a script that shows pages with that page. What permitted the change is consumed, so its cookies are removed.
pub(super) async fn confirm(call: &Call<'_>, challenge: ChallengeRef, code: &Code) -> Result<Answer, Answer> {
    match call.mfa.confirm_number(&call.subject, challenge, code, &call.number_tokens).await {
        Ok(confirmed) => {
            let answer = answer(call, &confirmed).await;
            Ok(call.without_number_tokens(answer))
        }
        Err(ConfirmNumberError::Denied(denied)) => Err(call.deny_change(denied).await),
        Err(ConfirmNumberError::Conflict) => {
            Err(call.reject_towards_number(Problem::new(Kind::NumberConflict)))
        }
        Err(ConfirmNumberError::Verify(error)) => {
            Err(call.reject_on_page(Attempt::Verify, verify_problem::problem(&error), None).await)
        }
        Err(_) => Err(call.reject_towards_number(Problem::new(Kind::Unavailable))),
    }
}

async fn answer(call: &Call<'_>, confirmed: &ConfirmedNumber) -> Answer {
    match call.reply {
        Reply::Json => {
            let members = json!({
                "number": confirmed.number.to_string(),
                "confirmed_at": confirmed.confirmed_at.to_string(),
                "replaced": confirmed.replaced.as_ref().map(ToString::to_string),
            });
            Answer::new(200).content("application/json", members.to_string().into_bytes()).negotiated()
        }
        Reply::Redirect => Answer::see_other(call.noticing_url(Notice::Confirmed)).negotiated(),
        Reply::Page => call.changed(Notice::Confirmed, NumberTokens::new()).await,
    }
}

impl Call<'_> {
    /// Shows the page of the number after a change, with the cookies that the browser has from now on. The change was made even
    /// if this fails.
    pub(super) async fn changed(&self, notice: Notice, number_tokens: NumberTokens) -> Answer {
        let call = Call { number_tokens, ..self.clone() };
        let shown = show_number::show(&call, NumberTrigger::Notice(Some(notice))).await;
        shown.unwrap_or_else(|answer| answer)
    }

    /// Removes the cookies that allowed the change from a browser.
    pub(super) fn without_number_tokens(&self, answer: Answer) -> Answer {
        let answer = match self.subject.recognition() {
            Recognition::Cookie => answer.header("set-cookie", cookie::dropping(&Scope::MANAGE)),
            Recognition::Bearer => return answer,
        };
        match self.number_tokens.recovery {
            Some(_) => answer.header("set-cookie", cookie::dropping(&RECOVERY_COOKIE)),
            None => answer,
        }
    }
}
