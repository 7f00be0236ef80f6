//! A code is typed.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use mfakit_core::{ChallengeId, Code, Misconfigured, Verified, VerifyError};
use serde_json::json;

use crate::{
    answer::Answer,
    cookie,
    endpoints::{Call, reply::Reply, show},
    form::Format,
    page::Deed,
    problem::{Kind, Problem},
    return_to::ReturnTo,
};

/// Checks a code: `200` and the grant cookie for a program, `303` and the cookie for a person, the page and the cookie
/// for a script that shows it.
pub(super) async fn verify(call: &Call<'_>, format: Format, body: &[u8]) -> Result<Answer, Answer> {
    let mut fields = call.fields_with_code(format, body)?;
    let challenge = fields.require("challenge").map_err(|problem| call.refuse(problem))?;
    let typed = fields.require("code").map_err(|problem| call.refuse(problem))?;
    let return_to = call.sealed_return(fields.take("return"));
    fields.finish().map_err(|problem| call.refuse(problem))?;

    let refusal = match (ChallengeId::decode(&challenge), Code::parse(&typed)) {
        (None, _) => VerifyError::ChallengeOver,
        (_, Err(_)) => VerifyError::MalformedCode,
        (Some(challenge), Ok(code)) => {
            match call.mfa.verify(&call.subject, call.scope(), &challenge, &code).await {
                Ok(verified) => return granted(call, &verified, return_to.as_deref()).await,
                Err(refusal) => refusal,
            }
        }
    };
    let problem = problem(&refusal);
    let deed = Deed::Typed(Some(problem.kind()));
    Err(call.refuse_on_page(deed, problem, return_to.as_deref()).await)
}

async fn granted(call: &Call<'_>, verified: &Verified, return_to: Option<&str>) -> Result<Answer, Answer> {
    let sealed = verified.return_to.as_deref().or(return_to);
    let answer = match call.reply {
        Reply::Json => {
            let members = json!({
                "scope": verified.grant.scope().as_str(),
                "expires_in": verified.lifetime.as_secs(),
            });
            Answer::new(200).content("application/json", members.to_string().into_bytes()).negotiated()
        }
        Reply::Redirect => {
            let errand = sealed.and_then(|sealed| call.open_return(sealed));
            let target = errand.map_or_else(|| ReturnTo::home(call.mfa.site()), |errand| errand.target);
            Answer::see_other(target.href(call.mfa.site())).negotiated()
        }
        // Whatever becomes of the page: the grant is made, and the browser is to have its cookie.
        Reply::Page => {
            let token = verified.token.as_ref();
            let shown = show::show_with(call, token, sealed, Deed::Typed(None), None);
            match AssertUnwindSafe(shown).catch_unwind().await {
                Ok(Ok(answer) | Err(answer)) => answer,
                Err(_) => {
                    call.mfa.misconfigured(Misconfigured::panicked("directory or store"));
                    call.refuse(Problem::new(Kind::Misconfigured))
                }
            }
        }
    };
    Ok(match &verified.token {
        Some(token) => answer.header("set-cookie", cookie::granting(call.scope(), token, verified.lifetime)),
        None => answer,
    })
}

fn problem(refusal: &VerifyError) -> Problem {
    match *refusal {
        VerifyError::WrongCode { attempts_left } => {
            Problem::new(Kind::WrongCode).with("attempts_left", attempts_left)
        }
        VerifyError::MalformedCode => Problem::new(Kind::MalformedCode),
        VerifyError::ChallengeOver => Problem::new(Kind::ChallengeOver),
        VerifyError::Locked { retry_after } => Problem::locked(retry_after),
        VerifyError::Throttled { retry_after } => Problem::new(Kind::Throttled).retry_after(retry_after),
        VerifyError::ProviderFailed => Problem::new(Kind::ProviderFailed),
        VerifyError::Unavailable => Problem::new(Kind::Unavailable),
        VerifyError::Misconfigured(_) => Problem::new(Kind::Misconfigured),
    }
}
