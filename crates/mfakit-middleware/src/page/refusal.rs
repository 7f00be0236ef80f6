//! The page of a refusal after which there is nothing to do but go elsewhere.

use askama::Template;
use mfakit_core::{Messages, Mfa, Scope, messages::MessageId};

use crate::{
    answer::Answer,
    page::{Frame, Link, html},
    problem::{Kind, Problem, with_retry_after},
    return_to::ReturnTo,
};

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage<'a> {
    frame: Frame<'a>,
    heading: &'a str,
    why: String,
    on: Link<'a>,
    /// The way out, where the link is none. A dialog takes it by closing.
    cancel: Option<Link<'a>>,
}

/// Where somebody may go on to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Onward<'a> {
    /// Home.
    Home,
    /// To this page, which asks for a code.
    Again(&'a str),
    /// To this page, where people log in.
    LogIn(&'a str),
}

/// A refusal, for a person.
pub(crate) fn refusal(mfa: &Mfa, words: &Messages, problem: &Problem, onward: Onward<'_>) -> Answer {
    let (title, why) = words_of(problem.kind());
    let home = || ReturnTo::home(mfa.site()).href(mfa.site());
    let back = words.fill(MessageId::BackTo, &[("app", mfa.site().name())]);
    let on = match onward {
        Onward::Home => Link { href: home(), words: &back },
        Onward::Again(page) => Link { href: page.to_owned(), words: words.text(MessageId::StartAgain) },
        Onward::LogIn(page) => {
            Link { href: mfa.site().public(page).into_owned(), words: words.text(MessageId::GoLogIn) }
        }
    };
    let page = RefusalPage {
        frame: Frame::new(mfa, words, title, true),
        heading: words.text(title),
        why: words.text(why).to_owned(),
        on,
        cancel: matches!(onward, Onward::LogIn(_))
            .then(|| Link { href: home(), words: words.text(MessageId::Cancel) }),
    };
    with_retry_after(html(problem.kind().status(), words.language(), &page), problem.wait())
}

/// Returns the page of a guard that requires a code, for a client that shows it in place of the expected
/// answer. It leads to the challenge page, or back.
pub(crate) fn asks(mfa: &Mfa, words: &Messages, scope: &Scope, challenge_page: &str, back: &str) -> Answer {
    let label = mfa.scope(scope).map(|entry| mfa.label(entry, words)).unwrap_or_default();
    let page = RefusalPage {
        frame: Frame::new(mfa, words, MessageId::AskTitle, true),
        heading: words.text(MessageId::AskTitle),
        why: words.fill(MessageId::Purpose, &[("label", label)]),
        on: Link { href: challenge_page.to_owned(), words: words.text(MessageId::GoOn) },
        cancel: Some(Link { href: back.to_owned(), words: words.text(MessageId::Cancel) }),
    };
    html(Kind::StepUpRequired.status(), words.language(), &page)
}

#[derive(Template)]
#[template(path = "bare.html")]
struct BarePage {
    heading: &'static str,
    why: &'static str,
}

/// Returns the page of a problem outside of any engine: without a name, a look or a choice of language.
pub(crate) fn bare(problem: &Problem) -> Answer {
    let (title, why) = words_of(problem.kind());
    let page = BarePage { heading: title.english(), why: why.english() };
    with_retry_after(html(problem.kind().status(), "en", &page), problem.wait())
}

/// The heading, and a sentence that says what to do.
const fn words_of(kind: Kind) -> (MessageId, MessageId) {
    match kind {
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
        // The page that asks for a code tells these, where there is one.
        Kind::StepUpRequired => (MessageId::AskTitle, MessageId::NeverAsked),
        Kind::NoNumber => (MessageId::NoNumberTitle, MessageId::NoNumber),
        Kind::ChallengeOver => (MessageId::OverTitle, MessageId::Over),
        Kind::ChannelUnavailable => (MessageId::RefusedTitle, MessageId::NotThisWay),
        Kind::DestinationRejected => (MessageId::RefusedTitle, MessageId::Refused),
        Kind::MalformedCode | Kind::WrongCode => (MessageId::WrongTitle, MessageId::Wrong),
        Kind::CoolingDown => (MessageId::TooSoonTitle, MessageId::AgainNow),
        Kind::QuotaExceeded => (MessageId::SpentTitle, MessageId::AgainNow),
        Kind::Locked | Kind::Disabled => (MessageId::DisabledTitle, MessageId::Disabled),
        Kind::Throttled => (MessageId::ThrottledTitle, MessageId::Unavailable),
        Kind::ProviderFailed => (MessageId::SendFailedTitle, MessageId::SendFailed),
    }
}
