//! Sends a code.

use std::time::Duration;

use mfakit_core::{Channel, LiveChallenge, StartError, Timestamp, number_check::Moment};
use serde_json::Value;

use crate::{
    answer::Answer,
    endpoints::{call::Call, reply::Reply, show, situation::sent},
    form::Format,
    page::{Attempt, PageTrigger},
    problem::{Kind, Problem},
};

/// Sends a code. A program is answered with `201`, a person with `303` back to the page, and a script that shows
/// the page with the page.
pub(super) async fn start(call: &Call<'_>, format: Format, body: &[u8]) -> Result<Answer, Answer> {
    let mut fields = call.fields(format, body)?;
    let channel = fields.require("channel").map_err(|problem| call.reject(problem))?;
    let return_to = call.open_return(fields.take("return"));
    fields.finish().map_err(|problem| call.reject(problem))?;
    let channel: Channel = channel
        .parse()
        .map_err(|unknown| call.reject(Problem::new(Kind::InvalidField).detail(format!("{unknown}"))))?;

    let return_to = return_to.as_ref();
    match call.mfa.start(&call.subject, call.start_request(channel, return_to)).await {
        Ok(live) => match call.reply {
            Reply::Json => Ok(Answer::new(201)
                .content("application/json", sent(&live).to_string().into_bytes())
                .negotiated()),
            Reply::Redirect => Ok(Answer::see_other(call.page_url(return_to)).negotiated()),
            Reply::Page => show::show(call, return_to, PageTrigger::Success).await,
        },
        Err(StartError::ApprovalOver) => Err(call.reject_approval(return_to).await),
        Err(StartError::ChangeDenied(denied)) => Err(call.deny_change(denied).await),
        Err(error) => {
            Err(call.reject_on_page(Attempt::Start(channel), problem(error, call.mfa.now()), return_to).await)
        }
    }
}

/// Returns the problem of a code that was not sent, at this time.
pub(super) fn problem(error: StartError, now: Timestamp) -> Problem {
    match error {
        StartError::Settling { until } => {
            Problem::new(Kind::Settling).retry_after(until.since(now)).with("until", until.to_string())
        }
        StartError::NumberRejected { moment, channels } => number_rejected(moment, &channels),
        StartError::NoChannelLeft { moment: Moment::Enrollment } => {
            Problem::new(Kind::NumberRejected).with("reason", Kind::NoChannelLeft.name())
        }
        StartError::NoChannelLeft { .. } => Problem::new(Kind::NoChannelLeft),
        StartError::NoNumber => Problem::new(Kind::NoNumber),
        StartError::ChannelUnavailable => Problem::new(Kind::ChannelUnavailable),
        StartError::DestinationRejected(_) | StartError::Risky => Problem::new(Kind::DestinationRejected),
        StartError::CoolingDown { retry_after, live } => {
            wait(Kind::CoolingDown, retry_after, live.as_deref())
        }
        StartError::BudgetSpent { retry_after, live, .. } => {
            wait(Kind::QuotaExceeded, retry_after, live.as_deref())
        }
        StartError::Locked { retry_after } => Problem::locked(retry_after),
        StartError::Throttled { retry_after } => Problem::new(Kind::Throttled).retry_after(retry_after),
        StartError::Revoked => Problem::new(Kind::ChallengeOver),
        StartError::ApprovalOver => Problem::approval_over(false),
        StartError::ProviderFailed => Problem::new(Kind::ProviderFailed),
        StartError::Unavailable => Problem::new(Kind::Unavailable),
        StartError::Misconfigured(_) => Problem::new(Kind::Misconfigured),
        _ => Problem::new(Kind::Unavailable),
    }
}

/// Returns the problem of a number that the app's check rejected. It says no more than other rejections do.
fn number_rejected(moment: Moment, channels: &[Channel]) -> Problem {
    if !channels.is_empty() {
        let channels: Vec<_> = channels.iter().map(|channel| channel.as_str()).collect();
        return Problem::new(Kind::ChannelUnavailable).with("channels", channels);
    }
    match moment {
        Moment::Enrollment => Problem::new(Kind::NumberRejected).with("reason", "not-accepted"),
        Moment::Settled => Problem::new(Kind::Settling).with("until", Value::Null),
        _ => Problem::new(Kind::DestinationRejected),
    }
}

/// Returns a problem with the time to wait, and with the code that can be entered in the meantime.
fn wait(kind: Kind, retry_after: Duration, live: Option<&LiveChallenge>) -> Problem {
    let problem = Problem::new(kind).retry_after(retry_after);
    let live = live.map(sent).unwrap_or_default();
    live.as_object()
        .into_iter()
        .flatten()
        .fold(problem, |problem, (name, value)| problem.with(name, value.clone()))
}

#[cfg(test)]
mod tests {
    use mfakit_core::DestinationRejection;

    use super::*;

    #[test]
    fn a_rejection_by_the_risk_check_looks_like_a_rejected_destination() {
        let now = Timestamp::from_millis(0);
        let risky = problem(StartError::Risky, now).into_answer();
        let rejected = StartError::DestinationRejected(DestinationRejection::NotPersonal);
        assert_eq!(risky, problem(rejected, now).into_answer());
        assert_eq!(risky.status, 422);
    }
}
