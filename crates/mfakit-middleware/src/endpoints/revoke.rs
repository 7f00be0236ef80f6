//! Revokes the grant.

use mfakit_core::Recognition;

use crate::{
    answer::Answer,
    bound_cookie, cookie,
    endpoints::{call::Call, reply::Reply, show},
    form::Format,
    page::PageTrigger,
};

/// Revokes the approval that the call names, or else all grants of this session and scope. A program is answered with `204`, a person with `303`, and a
/// script that shows the page with the page.
pub(super) async fn revoke(call: &Call<'_>, format: Option<Format>, body: &[u8]) -> Result<Answer, Answer> {
    let mut return_to = None;
    if let Some(format) = format {
        let mut fields = call.fields(format, body)?;
        return_to = call.open_return(fields.take("return"));
        fields.finish().map_err(|problem| call.reject(problem))?;
    }
    let revoked = match &call.approval {
        Some(id) => call.mfa.revoke_approval(&call.subject, call.scope(), id).await,
        None => call.mfa.revoke_grant(&call.subject, call.scope()).await,
    };
    revoked.map_err(|error| call.reject_failure(&error, None))?;
    let answer = match call.reply {
        Reply::Json => Answer::new(204).negotiated(),
        Reply::Redirect => Answer::see_other(call.onward_url(return_to.as_ref())).negotiated(),
        Reply::Page => {
            let shown = show::show_with(call, None, return_to.as_ref(), PageTrigger::Success).await;
            shown.unwrap_or_else(|answer| answer)
        }
    };
    Ok(match call.subject.recognition() {
        Recognition::Cookie => match &call.approval {
            Some(id) => answer.header("set-cookie", bound_cookie::dropping(call.scope(), id)),
            None => {
                let answer = answer.header("set-cookie", cookie::dropping(call.scope()));
                call.bound_tokens.ids().fold(answer, |answer, id| {
                    answer.header("set-cookie", bound_cookie::dropping(call.scope(), id))
                })
            }
        },
        Recognition::Bearer => answer,
    })
}
