//! What a person sees: the page that asks for a code, and the page of a refusal.
//!
//! Templates are compiled in and escape everything; there is no script and no inline style, and the page
//! cannot be framed.

use askama::Template;
use mfakit_core::{Channel, LiveChallenge, Mfa, ScopeEntry, Subject, whole_seconds};

use crate::{
    address::{page_path, stylesheet_path},
    answer::Answer,
    form,
    problem::{Kind, Problem, with_retry_after},
};

/// The style sheet, served beside the page.
const STYLE: &str = include_str!("../templates/page.css");

/// The only things a page of ours may load or do.
const CONTENT_SECURITY_POLICY: &str =
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The page that asks for a code.
#[derive(Template)]
#[template(path = "challenge.html")]
struct ChallengePage<'a> {
    title: &'a str,
    app: &'a str,
    label: &'a str,
    minutes: u64,
    path: String,
    stylesheet: String,
    token: String,
    return_to: Option<&'a str>,
    live: Option<Sent>,
    channels: Vec<Way>,
    notice: Option<String>,
}

/// A code on its way, in words.
struct Sent {
    challenge: String,
    how: &'static str,
    sent_to: String,
    expires: String,
    resend: Option<String>,
    attempts_left: u32,
}

/// A way to send a code.
struct Way {
    name: &'static str,
    words: &'static str,
}

/// The page of a refusal.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    app: &'a str,
    title: &'a str,
    detail: Option<String>,
    stylesheet: String,
}

/// The page that asks for a code: `200`, or the status of what went wrong.
pub(crate) fn challenge(
    mfa: &Mfa,
    entry: &ScopeEntry,
    subject: &Subject,
    live: Option<&LiveChallenge>,
    return_to: Option<&str>,
    problem: Option<&Problem>,
) -> Answer {
    let page = ChallengePage {
        title: if live.is_some() { "Enter your code" } else { "Confirm it is you" },
        app: mfa.site().name(),
        label: entry.label(),
        minutes: whole_seconds(entry.grant_lifetime()).div_ceil(60),
        path: page_path(mfa, entry.scope()),
        stylesheet: stylesheet_path(mfa),
        token: form::token(mfa.keys(), subject, entry.scope()),
        return_to,
        live: live.map(Sent::of),
        channels: entry.channels().iter().map(|channel| Way::of(*channel, live.is_some())).collect(),
        notice: problem.map(notice),
    };
    let status = problem.map_or(200, |problem| problem.kind().status());
    with_retry_after(html(status, &page), problem.and_then(Problem::wait))
}

/// A refusal, for a person.
pub(crate) fn refusal(mfa: &Mfa, problem: &Problem) -> Answer {
    let wait = problem.wait().map(|wait| format!("Please try again in {}.", in_words(wait)));
    let page = ProblemPage {
        app: mfa.site().name(),
        title: problem.kind().title(),
        detail: wait,
        stylesheet: stylesheet_path(mfa),
    };
    with_retry_after(html(problem.kind().status(), &page), problem.wait())
}

/// The style sheet.
pub(crate) fn style() -> Answer {
    Answer::new(200).content("text/css; charset=utf-8", STYLE.as_bytes())
}

fn html(status: u16, page: &impl Template) -> Answer {
    // The templates write into a string and call nothing that can fail.
    let body = page.render().unwrap_or_default().into_bytes();
    Answer::new(status)
        .content("text/html; charset=utf-8", body)
        .negotiated()
        .header("content-security-policy", CONTENT_SECURITY_POLICY)
        .header("x-frame-options", "DENY")
        .header("referrer-policy", "same-origin")
        .header("cross-origin-opener-policy", "same-origin")
        .header("cross-origin-resource-policy", "same-origin")
}

fn notice(problem: &Problem) -> String {
    let wait = problem.wait().map(|wait| format!(" Please wait {}.", in_words(wait))).unwrap_or_default();
    match problem.kind() {
        Kind::WrongCode => "That is not the code. Check the newest message and try again.".to_owned(),
        Kind::MalformedCode => {
            "A code has digits only. Enter all the digits of the newest message.".to_owned()
        }
        kind => format!("{}{wait}", kind.title()),
    }
}

impl Sent {
    fn of(live: &LiveChallenge) -> Self {
        Self {
            challenge: live.id.encode(),
            how: match live.channel {
                Channel::Messaging => "a text message",
                Channel::Voice => "a call",
            },
            sent_to: live.sent_to.clone(),
            expires: in_words(live.expires_in),
            resend: (!live.resend_in.is_zero()).then(|| in_words(live.resend_in)),
            attempts_left: live.attempts_left,
        }
    }
}

impl Way {
    const fn of(channel: Channel, again: bool) -> Self {
        let words = match (channel, again) {
            (Channel::Messaging, false) => "Send me a text message",
            (Channel::Messaging, true) => "Send a new text message",
            (Channel::Voice, false) => "Call me",
            (Channel::Voice, true) => "Call me instead",
        };
        Self { name: channel.as_str(), words }
    }
}

/// A span as people say it: seconds below a minute and a half, else minutes.
fn in_words(span: std::time::Duration) -> String {
    let seconds = whole_seconds(span);
    let (count, unit) = if seconds < 90 { (seconds, "second") } else { (seconds.div_ceil(60), "minute") };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}
