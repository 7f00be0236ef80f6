//! The page of a refusal after which there is nothing to do but go elsewhere.

use askama::Template;
use mfakit_core::{Mfa, Scope, Word, Words};

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
pub(crate) fn refusal(mfa: &Mfa, words: &Words, problem: &Problem, onward: Onward<'_>) -> Answer {
    let (title, why) = words_of(problem.kind());
    let home = || ReturnTo::home(mfa.site()).href(mfa.site());
    let back = words.fill(Word::BackTo, &[("app", mfa.site().name())]);
    let on = match onward {
        Onward::Home => Link { href: home(), words: &back },
        Onward::Again(page) => Link { href: page.to_owned(), words: words.text(Word::StartAgain) },
        Onward::LogIn(page) => {
            Link { href: mfa.site().public(page).into_owned(), words: words.text(Word::GoLogIn) }
        }
    };
    let page = RefusalPage {
        frame: Frame::new(mfa, words, title, true),
        heading: words.text(title),
        why: words.text(why).to_owned(),
        on,
        cancel: matches!(onward, Onward::LogIn(_))
            .then(|| Link { href: home(), words: words.text(Word::Cancel) }),
    };
    with_retry_after(html(problem.kind().status(), words.language(), &page), problem.wait())
}

/// Returns the page of a guard that requires a code, for a client that shows it in place of the expected
/// answer. It leads to the challenge page, or back.
pub(crate) fn asks(mfa: &Mfa, words: &Words, scope: &Scope, challenge_page: &str, back: &str) -> Answer {
    let label = mfa.scope(scope).map(|entry| mfa.label(entry, words)).unwrap_or_default();
    let page = RefusalPage {
        frame: Frame::new(mfa, words, Word::AskTitle, true),
        heading: words.text(Word::AskTitle),
        why: words.fill(Word::Purpose, &[("label", label)]),
        on: Link { href: challenge_page.to_owned(), words: words.text(Word::GoOn) },
        cancel: Some(Link { href: back.to_owned(), words: words.text(Word::Cancel) }),
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
const fn words_of(kind: Kind) -> (Word, Word) {
    match kind {
        Kind::Unauthenticated => (Word::LogInTitle, Word::LogIn),
        Kind::CrossSite => (Word::ForeignTitle, Word::Foreign),
        Kind::UnknownScope => (Word::NothingTitle, Word::Nothing),
        Kind::Misconfigured => (Word::MisconfiguredTitle, Word::Misconfigured),
        Kind::Unavailable => (Word::UnavailableTitle, Word::Unavailable),
        Kind::MalformedBody
        | Kind::MethodNotAllowed
        | Kind::BodyTooSlow
        | Kind::BodyTooLarge
        | Kind::UnsupportedMediaType
        | Kind::InvalidField => (Word::NotUnderstoodTitle, Word::NotUnderstood),
        // The page that asks for a code tells these, where there is one.
        Kind::StepUpRequired => (Word::AskTitle, Word::NeverAsked),
        Kind::NoNumber => (Word::NoNumberTitle, Word::NoNumber),
        Kind::ChallengeOver => (Word::OverTitle, Word::Over),
        Kind::ChannelUnavailable => (Word::RefusedTitle, Word::NotThisWay),
        Kind::DestinationRefused => (Word::RefusedTitle, Word::Refused),
        Kind::MalformedCode | Kind::WrongCode => (Word::WrongTitle, Word::Wrong),
        Kind::CoolingDown => (Word::TooSoonTitle, Word::AgainNow),
        Kind::QuotaExceeded => (Word::SpentTitle, Word::AgainNow),
        Kind::Locked | Kind::Disabled => (Word::DisabledTitle, Word::Disabled),
        Kind::Throttled => (Word::ThrottledTitle, Word::Unavailable),
        Kind::ProviderFailed => (Word::SendFailedTitle, Word::SendFailed),
    }
}
