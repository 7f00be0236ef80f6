//! The elevation is dropped.

use mfakit_core::Recognition;

use crate::{
    answer::Answer,
    cookie,
    endpoints::{Call, reply::Reply, show},
    form::Format,
    page::Deed,
    problem::{Kind, Problem},
    return_to::ReturnTo,
};

/// Ends the grant of this log-in and scope: `204` for a program, `303` for a person.
pub(super) async fn drop(call: &Call<'_>, format: Option<Format>, body: &[u8]) -> Result<Answer, Answer> {
    let mut return_to = None;
    if let Some(format) = format {
        let mut fields = call.fields(format, body)?;
        return_to = call.sealed_return(fields.take("return"));
        fields.finish().map_err(|problem| call.refuse(problem))?;
    }
    let dropped = call.mfa.revoke_grant(&call.subject, call.scope()).await;
    dropped.map_err(|_| call.refuse(Problem::new(Kind::Unavailable)))?;
    let answer = match call.reply {
        Reply::Json => Answer::new(204).negotiated(),
        Reply::Redirect => {
            let errand = return_to.and_then(|sealed| call.open_return(&sealed));
            let target = errand.map_or_else(|| ReturnTo::home(call.mfa.site()), |errand| errand.target);
            Answer::see_other(target.href(call.mfa.site())).negotiated()
        }
        Reply::Page => {
            let shown = show::show_with(call, None, return_to.as_deref(), Deed::Looked, None).await;
            shown.unwrap_or_else(|answer| answer)
        }
    };
    Ok(match call.subject.recognition() {
        Recognition::Cookie => answer.header("set-cookie", cookie::dropping(call.scope())),
        Recognition::Bearer => answer,
    })
}
