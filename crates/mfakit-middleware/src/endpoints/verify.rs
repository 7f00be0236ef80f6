//! Checks a code.

use mfakit_core::{ChallengeRef, Code, Scope, Verified, VerifyError};
use serde_json::json;

use crate::{
    answer::Answer,
    bound_cookie, cookie,
    endpoints::{call::Call, confirm_number, reply::Reply, show, verify_problem::problem},
    form::Format,
    page::{Attempt, PageTrigger},
    return_target::SignedReturn,
};

/// Checks a code. A program is answered with `200` and the grant cookie, a person with `303` and the cookie, and
/// a script that shows the page with the page and the cookie.
pub(super) async fn verify(call: &Call<'_>, format: Format, body: &[u8]) -> Result<Answer, Answer> {
    let mut fields = call.fields_with_code(format, body)?;
    let challenge = fields.require("challenge").map_err(|problem| call.reject(problem))?;
    let entered = fields.require("code").map_err(|problem| call.reject(problem))?;
    let return_to = call.open_return(fields.take("return"));
    fields.finish().map_err(|problem| call.reject(problem))?;

    // A page is about one approval, and so is the code that is entered on it.
    let challenge = challenge.parse::<ChallengeRef>().ok();
    let challenge = challenge.filter(|it| call.approval.is_none() || call.approval == it.approval);
    let approval = challenge.as_ref().and_then(|it| it.approval).or(call.approval);
    let call = &Call { approval, ..call.clone() };
    let error = match (challenge, Code::parse(&entered)) {
        (None, _) => VerifyError::ChallengeOver,
        (_, Err(_)) => VerifyError::MalformedCode,
        (Some(challenge), Ok(code)) if *call.scope() == Scope::ENROLL => {
            return confirm_number::confirm(call, challenge, &code).await;
        }
        (Some(challenge), Ok(code)) => {
            match call.mfa.verify(&call.subject, call.scope(), challenge, &code).await {
                Ok(verified) => return granted(call, verified, return_to).await,
                Err(error) => error,
            }
        }
    };
    Err(call.reject_on_page(Attempt::Verify, problem(&error), return_to.as_ref()).await)
}

async fn granted(
    call: &Call<'_>,
    verified: Verified,
    of_form: Option<SignedReturn>,
) -> Result<Answer, Answer> {
    // The target that the challenge was started with takes precedence over the form's.
    let return_to = match verified.return_to {
        Some(signed) => call.open_return(Some(signed)),
        None => of_form,
    };
    let approval = verified.grant.approval().map(|approval| approval.id);
    let answer = match call.reply {
        Reply::Json => {
            let mut members = json!({
                "scope": verified.grant.scope().as_str(),
                "expires_in": verified.lifetime.as_secs(),
            });
            if let (Some(members), Some(id)) = (members.as_object_mut(), &approval) {
                members.insert("approval".to_owned(), id.encode().into());
            }
            Answer::new(200).content("application/json", members.to_string().into_bytes()).negotiated()
        }
        // The page of an action repeats the rejected request by a button, because a person starts it.
        Reply::Redirect if approval.is_some() => {
            Answer::see_other(call.page_url(return_to.as_ref())).negotiated()
        }
        Reply::Redirect => Answer::see_other(call.onward_url(return_to.as_ref())).negotiated(),
        // If the page fails, the grant has still been made, so the browser must receive its cookie.
        Reply::Page => {
            let token = verified.token.as_ref();
            let shown = show::show_with(call, token, return_to.as_ref(), PageTrigger::Success);
            let (Ok(answer) | Err(answer)) = shown.await;
            answer
        }
    };
    let Some(token) = &verified.token else { return Ok(answer) };
    let Some(id) = &approval else {
        return Ok(answer.header("set-cookie", cookie::granting(call.scope(), token, verified.lifetime)));
    };
    let granting = bound_cookie::granting(call.scope(), id, token, verified.lifetime);
    let outdated = call.bound_tokens.outdated(id).map(|id| bound_cookie::dropping(call.scope(), id));
    let answer = answer.header("set-cookie", granting);
    Ok(outdated.fold(answer, |answer, value| answer.header("set-cookie", value)))
}
