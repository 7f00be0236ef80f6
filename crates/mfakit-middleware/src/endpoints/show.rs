//! Shows the challenge page, or the situation to programs. Sends nothing [SEND-9].

use mfakit_core::{
    GrantToken, Requirement,
    action::ApprovalId,
    adapter::{MfaBoundExt as _, MfaExt as _},
};

use crate::{
    answer::Answer,
    endpoints::{call::Call, reply::Reply, situation::situation},
    page::{self, Attempt, PageAction, PageContext, PageTrigger},
    problem::Problem,
    return_target::SignedReturn,
};

/// Shows the page, or the situation, with the session's live challenge, if there is one.
pub(super) async fn show(
    call: &Call<'_>,
    return_to: Option<&SignedReturn>,
    trigger: PageTrigger,
) -> Result<Answer, Answer> {
    show_with(call, call.token.as_ref(), return_to, trigger).await
}

/// Shows the page to a browser that has, or is about to have, this grant cookie.
pub(super) async fn show_with(
    call: &Call<'_>,
    token: Option<&GrantToken>,
    return_to: Option<&SignedReturn>,
    trigger: PageTrigger,
) -> Result<Answer, Answer> {
    let scope = call.scope();
    let requirement = return_to.map_or(Requirement::new(*scope), |signed| signed.target().requirement(scope));
    let is_bound = call.approval.is_some() || call.settings.is_bound();
    let found = if is_bound {
        let tokens = |id: &ApprovalId| token.cloned().or_else(|| call.bound_tokens.get(id));
        call.mfa.bound_situation(&call.subject, &requirement, call.approval.as_ref(), &tokens).await
    } else {
        call.mfa.situation(&call.subject, &requirement, token).await
    };
    let found = found.map_err(|error| call.reject_failure(&error, return_to))?;
    if is_bound && found.action.is_none() {
        return Err(call.reject_approval(return_to).await);
    }
    let label = call.mfa.label(call.settings, call.messages());
    let action = found.action.as_ref().map(|action| PageAction::new(action, call.messages(), label));
    let stored = match return_to {
        Some(_) => None,
        None => call.open_return(found.live.as_ref().and_then(|live| live.return_to.clone())),
    };
    let context = PageContext {
        mfa: call.mfa,
        messages: call.messages(),
        settings: call.settings,
        subject: &call.subject,
        situation: &found,
        action: action.as_ref(),
        return_to: return_to.or(stored.as_ref()),
    };
    Ok(match call.reply {
        Reply::Json => situation(&context, &trigger),
        Reply::Redirect | Reply::Page => page::challenge(&context, &trigger),
    })
}

impl Call<'_> {
    /// Rejects the call with a problem for programs, or with the challenge page of the same status for people.
    pub(super) async fn reject_on_page(
        &self,
        attempt: Attempt,
        problem: Problem,
        return_to: Option<&SignedReturn>,
    ) -> Answer {
        match self.reply {
            Reply::Json => problem.into_answer(),
            Reply::Redirect | Reply::Page => {
                let trigger = PageTrigger::Rejected(attempt, problem);
                show(self, return_to, trigger).await.unwrap_or_else(|answer| answer)
            }
        }
    }
}
