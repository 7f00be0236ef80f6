//! Page of a rejection that leads only to another page.

use mfakit_core::{Messages, Mfa, Scope, adapter::MfaExt as _, messages::MessageId};

use crate::{
    answer::{Answer, with_retry_after},
    page::{
        frame::{BarePage, Frame, Link},
        html,
        markup::{self, Html, Markup},
    },
    problem::{Kind, Problem},
    return_path::ReturnPath,
};

struct RejectionPage<'a> {
    frame: Frame<'a>,
    heading: &'a str,
    why: String,
    on: Link<'a>,
    /// Link for canceling, if the main link is a different one. A dialog closes instead of following it.
    cancel: Option<Link<'a>>,
}

impl Markup for RejectionPage<'_> {
    fn write(&self, html: &mut Html) {
        let Self { frame, heading, why, on, cancel } = self;
        frame.around(html, |html| {
            markup::html!(html, "<main class=\"mfa\" data-mfa-state=\"refusal\">\n");
            frame.head(html);
            markup::html!(html, "<h1 id=\"mfa-title\" tabindex=\"-1\">{}</h1>\n<p>{}</p>\n", heading, why);
            markup::html!(html, "<p><a class=\"mfa-button\"");
            if cancel.is_none() {
                markup::html!(html, " data-mfa-cancel");
            }
            markup::html!(html, " href=\"{}\">{}</a></p>\n", on.href, on.words);
            frame.foot(html, cancel.as_ref());
            markup::html!(html, "</main>\n");
        });
    }
}

/// Page that the main link of a rejection leads to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NextStep<'a> {
    /// The app's home page.
    Home,
    /// The challenge page at this address.
    StartAgain(&'a str),
    /// The sign-in page at this path of the app or address on another site.
    SignIn(&'a str),
}

impl<'a> NextStep<'a> {
    /// Returns the step to the sign-in page, or to the home page if the app has not configured one.
    pub(crate) fn sign_in(mfa: &'a Mfa) -> Self {
        mfa.site().login_url().map_or(Self::Home, Self::SignIn)
    }
}

/// Writes a rejection as a page.
pub(crate) fn rejection(mfa: &Mfa, words: &Messages, problem: &Problem, next: NextStep<'_>) -> Answer {
    let (title, why) = words_of(problem);
    let home = || ReturnPath::home(mfa.site()).href(mfa.site());
    let back = words.fill(MessageId::BackTo, &[("app", mfa.site().name())]);
    let on = match next {
        NextStep::Home => Link { href: home(), words: &back },
        NextStep::StartAgain(page) => {
            Link { href: page.to_owned(), words: words.text(MessageId::StartAgain) }
        }
        NextStep::SignIn(page) => {
            Link { href: mfa.site().public(page).into_owned(), words: words.text(MessageId::GoLogIn) }
        }
    };
    let page = RejectionPage {
        frame: Frame::new(mfa, words, title, true),
        heading: words.text(title),
        why: words.text(why).to_owned(),
        on,
        cancel: matches!(next, NextStep::SignIn(_))
            .then(|| Link { href: home(), words: words.text(MessageId::Cancel) }),
    };
    let answer = html(problem.kind().status(), words.language(), &page).rejecting(problem.kind());
    with_retry_after(answer, problem.wait())
}

/// Writes the page of a guard that requires a code, for a client that shows it instead of the expected answer. It leads
/// to the challenge page, or back.
pub(crate) fn asks(mfa: &Mfa, words: &Messages, scope: &Scope, challenge_page: &str, back: &str) -> Answer {
    let label = mfa.scope(scope).map(|entry| mfa.label(entry, words)).unwrap_or_default();
    let page = RejectionPage {
        frame: Frame::new(mfa, words, MessageId::AskTitle, true),
        heading: words.text(MessageId::AskTitle),
        why: words.fill(MessageId::Purpose, &[("label", label)]),
        on: Link { href: challenge_page.to_owned(), words: words.text(MessageId::GoOn) },
        cancel: Some(Link { href: back.to_owned(), words: words.text(MessageId::Cancel) }),
    };
    html(Kind::StepUpRequired.status(), words.language(), &page).rejecting(Kind::StepUpRequired)
}

/// Writes a problem outside of any engine as a page without a name, a theme or a choice of language.
pub(crate) fn bare(problem: &Problem) -> Answer {
    let (title, why) = words_of(problem);
    let page = BarePage { heading: title.english(), why: why.english() };
    let answer = html(problem.kind().status(), "en", &page).rejecting(problem.kind());
    with_retry_after(answer, problem.wait())
}

/// Returns the heading, and a sentence with what to do.
fn words_of(problem: &Problem) -> (MessageId, MessageId) {
    match problem.kind() {
        Kind::Unauthenticated => (MessageId::LogInTitle, MessageId::LogIn),
        Kind::CrossSite => (MessageId::ForeignTitle, MessageId::Foreign),
        Kind::UnknownScope => (MessageId::NothingTitle, MessageId::Nothing),
        Kind::Misconfigured => (MessageId::MisconfiguredTitle, MessageId::Misconfigured),
        Kind::Unavailable => (MessageId::UnavailableTitle, MessageId::Unavailable),
        Kind::MalformedBody
        | Kind::MethodNotAllowed
        | Kind::BodyTooSlow
        | Kind::BodyTooLarge
        | Kind::UnsupportedMediaType
        | Kind::InvalidField => (MessageId::NotUnderstoodTitle, MessageId::NotUnderstood),
        // The challenge page shows these if it has a state for them.
        Kind::StepUpRequired => (MessageId::AskTitle, MessageId::NeverAsked),
        Kind::SignInTooOld => (MessageId::SignInAgainTitle, MessageId::LogIn),
        Kind::NumberConflict => (MessageId::NumberConflictTitle, MessageId::NumberConflict),
        Kind::CodesMade => (MessageId::RecoveryCodesAgainTitle, MessageId::RecoveryCodesAgain),
        Kind::Unchanged => (MessageId::NumberRejectedTitle, MessageId::NumberUnchanged),
        Kind::NumberRejected => (MessageId::NumberRejectedTitle, MessageId::NumberUnknown),
        Kind::RecoveryRejected | Kind::TooManyAttempts => {
            (MessageId::RecoveryRejectedTitle, MessageId::RecoveryRejected)
        }
        Kind::Settling => (MessageId::SettlingTitle, MessageId::Unavailable),
        Kind::NoNumber => (MessageId::NoNumberTitle, MessageId::NoNumber),
        Kind::ApprovalOver if problem.is_consumed() => (MessageId::SubmittedTitle, MessageId::Submitted),
        Kind::ApprovalOver => (MessageId::NothingWaitsTitle, MessageId::NothingWaits),
        Kind::ChallengeOver => (MessageId::OverTitle, MessageId::Over),
        Kind::ChannelUnavailable => (MessageId::RefusedTitle, MessageId::NotThisWay),
        Kind::NoChannelLeft => (MessageId::NoChannelTitle, MessageId::NoChannel),
        Kind::DestinationRejected => (MessageId::RefusedTitle, MessageId::Refused),
        Kind::MalformedCode | Kind::WrongCode => (MessageId::WrongTitle, MessageId::Wrong),
        Kind::CoolingDown => (MessageId::TooSoonTitle, MessageId::Unavailable),
        Kind::QuotaExceeded => (MessageId::SpentTitle, MessageId::Unavailable),
        Kind::Locked | Kind::Disabled => (MessageId::DisabledTitle, MessageId::Disabled),
        Kind::Throttled => (MessageId::ThrottledTitle, MessageId::Unavailable),
        Kind::ProviderFailed => (MessageId::SendFailedTitle, MessageId::SendFailed),
    }
}
