//! The page. Sends nothing [SEND-9].

use mfakit_core::{GrantToken, Requirement};

use crate::{
    answer::Answer,
    endpoints::Call,
    page::{self, Deed, Scene},
    problem::{Kind, Problem},
};

/// The page after this deed, with the log-in's live challenge if there is one.
pub(super) async fn show(
    call: &Call<'_>,
    return_to: Option<&str>,
    deed: Deed,
    problem: Option<&Problem>,
) -> Result<Answer, Answer> {
    show_with(call, call.token.as_ref(), return_to, deed, problem).await
}

/// The same to a browser that has, or is about to have, this grant cookie.
pub(super) async fn show_with(
    call: &Call<'_>,
    token: Option<&GrantToken>,
    return_to: Option<&str>,
    deed: Deed,
    problem: Option<&Problem>,
) -> Result<Answer, Answer> {
    let asked = return_to.and_then(|sealed| Some((call.open_return(sealed)?, sealed)));
    let requirement = asked
        .as_ref()
        .map_or(Requirement::new(*call.scope()), |(errand, _)| errand.requirement(call.scope()));
    let situation = call.mfa.situation(&call.subject, &requirement, token).await;
    let situation = situation.map_err(|_| call.refuse_towards(Problem::new(Kind::Unavailable), return_to))?;
    let stored = situation.live.as_ref().and_then(|live| live.return_to.as_deref());
    let stored = || stored.and_then(|sealed| Some((call.open_return(sealed)?, sealed)));
    let errand = asked.or_else(stored);
    let scene = Scene {
        mfa: call.mfa,
        words: call.messages(),
        entry: call.entry,
        subject: &call.subject,
        situation: &situation,
        errand: errand.as_ref().map(|(errand, sealed)| (errand, *sealed)),
    };
    Ok(page::challenge(&scene, deed, problem))
}
