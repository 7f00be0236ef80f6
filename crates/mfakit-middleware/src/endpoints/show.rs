//! The page. Sends nothing [SEND-9].

use crate::{
    answer::Answer,
    endpoints::Call,
    page,
    problem::{Kind, Problem},
};

/// The page that asks for a code, with the log-in's live challenge if there is one.
pub(super) async fn show(
    call: &Call<'_>,
    return_to: Option<&str>,
    problem: Option<&Problem>,
) -> Result<Answer, Answer> {
    let live = call.mfa.live_challenge(&call.subject, call.scope()).await;
    let live = live.map_err(|_| call.refuse(Problem::new(Kind::Unavailable)))?;
    let stored = live.as_ref().and_then(|live| live.return_to.as_deref());
    let return_to = return_to.or(stored);
    Ok(page::challenge(call.mfa, call.entry, &call.subject, live.as_ref(), return_to, problem))
}
