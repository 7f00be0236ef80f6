//! The elevation is dropped.

use mfakit_core::Recognition;

use crate::{
    answer::Answer,
    asker::Asker,
    cookie,
    endpoints::Call,
    form::Format,
    problem::{Kind, Problem},
    return_to::ReturnTo,
};

/// Ends the grant of this log-in and scope: `204` for a program, `303` for a person.
pub(super) async fn drop(call: &Call<'_>, format: Option<Format>, body: &[u8]) -> Result<Answer, Answer> {
    let mut return_to = None;
    if let Some(format) = format {
        let mut fields = call.fields(format, body)?;
        return_to = fields.take("return").and_then(|sealed| call.open_return(&sealed));
        fields.finish().map_err(|problem| call.refuse(problem))?;
    }
    let dropped = call.mfa.drop_elevation(&call.subject, call.scope()).await;
    dropped.map_err(|_| call.refuse(Problem::new(Kind::Unavailable)))?;
    let answer = match call.asker {
        Asker::Token | Asker::Script => Answer::new(204).negotiated(),
        Asker::Navigation => {
            Answer::see_other(return_to.unwrap_or_else(ReturnTo::home).as_str()).negotiated()
        }
    };
    Ok(match call.subject.recognition() {
        Recognition::Cookie => answer.header("set-cookie", cookie::dropping(call.scope())),
        Recognition::Bearer => answer,
    })
}
