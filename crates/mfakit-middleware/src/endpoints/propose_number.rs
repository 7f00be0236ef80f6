//! Sends a code to a number that a person entered.

use mfakit_core::{Channel, EnrollError, Scope, StartError};

use crate::{
    address::page_path,
    answer::Answer,
    endpoints::{call::Call, challenge, reply::Reply, show, situation::sent},
    form::Format,
    page::PageTrigger,
    problem::{Kind, Problem},
};

/// Keeps a number until it is confirmed, and sends a code to it. A program is answered with `201`, a person with `303` to the
/// page on which the code is entered, and a script that shows pages with that page.
pub(super) async fn propose(call: &Call<'_>, format: Format, body: &[u8]) -> Result<Answer, Answer> {
    let mut fields = call.fields(format, body)?;
    let typed = fields.require("number").map_err(|problem| call.reject(problem))?;
    let channel = fields.require("channel").map_err(|problem| call.reject(problem))?;
    fields.finish().map_err(|problem| call.reject(problem))?;
    let channel: Channel = channel
        .parse()
        .map_err(|unknown| call.reject(Problem::new(Kind::InvalidField).detail(format!("{unknown}"))))?;

    let proposed = match call.mfa.propose_number(&call.subject, &typed, &call.number_tokens).await {
        Ok(proposed) => proposed,
        Err(error) => return Err(call.not_proposed(error, typed).await),
    };
    let call = &Call { approval: Some(proposed.approval), ..call.clone() };
    match call.mfa.start(&call.subject, call.start_request(channel, None)).await {
        Ok(live) => match call.reply {
            Reply::Json => {
                let mut members = sent(&live);
                if let Some(members) = members.as_object_mut() {
                    let confirm_url = format!("{}/verify", page_path(call.mfa, &Scope::ENROLL));
                    members.insert("confirm_url".to_owned(), confirm_url.into());
                }
                Ok(Answer::new(201)
                    .content("application/json", members.to_string().into_bytes())
                    .negotiated())
            }
            Reply::Redirect => Ok(Answer::see_other(call.page_url(None)).negotiated()),
            Reply::Page => show::show(call, None, PageTrigger::Success).await,
        },
        Err(StartError::ChangeDenied(denied)) => Err(call.deny_change(denied).await),
        Err(StartError::ApprovalOver) => Err(call.reject_approval(None).await),
        Err(error) => Err(call.reject_number(challenge::problem(error, call.mfa.now()), typed).await),
    }
}

impl Call<'_> {
    /// Rejects a number that was not kept.
    async fn not_proposed(&self, error: EnrollError, typed: String) -> Answer {
        match error {
            EnrollError::Denied(denied) => self.deny_change(denied).await,
            EnrollError::Number(why) => {
                let problem = Problem::new(Kind::NumberRejected).with("reason", why.as_str());
                self.reject_number(problem, typed).await
            }
            EnrollError::Unchanged => self.reject_number(Problem::new(Kind::Unchanged), typed).await,
            error => self.not_changed(&error),
        }
    }

    /// Rejects a change for a reason that has nothing to do with the input.
    pub(super) fn not_changed(&self, error: &EnrollError) -> Answer {
        self.reject_towards_number(Problem::new(match error {
            EnrollError::NoNumber => Kind::NoNumber,
            EnrollError::Conflict => Kind::NumberConflict,
            EnrollError::Misconfigured(_) => Kind::Misconfigured,
            _ => Kind::Unavailable,
        }))
    }
}
