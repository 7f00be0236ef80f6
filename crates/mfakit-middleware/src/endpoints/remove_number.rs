//! Removes the number on file.

use mfakit_core::{EnrollError, NumberTokens};

use crate::{
    answer::Answer,
    endpoints::{call::Call, reply::Reply},
    form::Format,
    page::Notice,
};

/// Removes the number. A program is answered with `204`, a person with `303` to the page of the number, and a script that
/// shows pages with that page.
pub(super) async fn remove(call: &Call<'_>, format: Format, body: &[u8]) -> Result<Answer, Answer> {
    call.fields(format, body)?.finish().map_err(|problem| call.reject(problem))?;
    match call.mfa.remove_number(&call.subject, call.number_tokens.manage.as_ref()).await {
        Ok(_) => {
            let answer = match call.reply {
                Reply::Json => Answer::new(204).negotiated(),
                Reply::Redirect => Answer::see_other(call.noticing_url(Notice::Removed)).negotiated(),
                Reply::Page => call.changed(Notice::Removed, NumberTokens::new()).await,
            };
            Ok(call.without_number_tokens(answer))
        }
        Err(EnrollError::Denied(denied)) => Err(call.deny_change(denied).await),
        Err(error) => Err(call.not_changed(&error)),
    }
}
