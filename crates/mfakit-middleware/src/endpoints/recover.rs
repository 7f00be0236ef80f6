//! Takes a recovery code. Sends nothing.

use mfakit_core::{RecoverError, Recovered, adapter::RECOVERY_COOKIE};
use serde_json::json;

use crate::{
    answer::Answer,
    cookie,
    endpoints::{call::Call, reply::Reply},
    form::Format,
    page::Notice,
    problem::{Kind, Problem},
};

/// Takes a recovery code, which opens the replacement of the number. A program is answered with `200`, a person with `303`
/// to the page of the number, and a script that shows pages with that page.
pub(super) async fn recover(call: &Call<'_>, format: Format, body: &[u8]) -> Result<Answer, Answer> {
    let mut fields = call.fields(format, body)?;
    let code = fields.require("code").map_err(|problem| call.reject(problem))?;
    fields.finish().map_err(|problem| call.reject(problem))?;
    match call.mfa.use_recovery_code(&call.subject, &code, call.address).await {
        Ok(recovered) => {
            let answer = answer(call, &recovered).await;
            Ok(call.with_recovery(answer, &recovered))
        }
        Err(error) => Err(call.not_recovered(error).await),
    }
}

async fn answer(call: &Call<'_>, recovered: &Recovered) -> Answer {
    match call.reply {
        Reply::Json => {
            let members = json!({
                "may_change_for": recovered.may_replace_for.as_secs(),
                "codes_left": recovered.codes_left,
            });
            Answer::new(200).content("application/json", members.to_string().into_bytes()).negotiated()
        }
        Reply::Redirect => Answer::see_other(call.noticing_url(Notice::Recovered)).negotiated(),
        Reply::Page => {
            let tokens = call.number_tokens.clone().recovery(recovered.token.clone());
            call.changed(Notice::Recovered, tokens).await
        }
    }
}

impl Call<'_> {
    /// Gives the browser the cookie without which the session may not replace the number.
    fn with_recovery(&self, answer: Answer, recovered: &Recovered) -> Answer {
        match &recovered.token {
            Some(token) => {
                let set = cookie::granting(&RECOVERY_COOKIE, token, recovered.may_replace_for);
                answer.header("set-cookie", set)
            }
            None => answer,
        }
    }

    /// Rejects a recovery code. The page never shows what was entered, because it may be a code with a typo.
    async fn not_recovered(&self, error: RecoverError) -> Answer {
        let problem = match error {
            RecoverError::Denied(denied) => return self.deny_change(denied).await,
            RecoverError::Malformed => Problem::new(Kind::RecoveryRejected).with("reason", "malformed"),
            RecoverError::Rejected => Problem::new(Kind::RecoveryRejected).with("reason", "wrong"),
            RecoverError::TooManyAttempts { retry_after } => {
                Problem::new(Kind::TooManyAttempts).retry_after(retry_after)
            }
            RecoverError::Locked { retry_after } => Problem::locked(retry_after),
            RecoverError::NoNumber => return self.reject_towards_number(Problem::new(Kind::NoNumber)),
            RecoverError::Misconfigured(_) => {
                return self.reject_towards_number(Problem::new(Kind::Misconfigured));
            }
            _ => return self.reject_towards_number(Problem::new(Kind::Unavailable)),
        };
        self.reject_number(problem, String::new()).await
    }
}
