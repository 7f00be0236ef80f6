//! The page on which people see, add, replace and remove their number [ENROL-1].
//!
//! ```text
//!  add ──── number ───┐
//!   ▲                 ├──► challenge page of the new number ── right code ──► on-file
//!  change ── number ──┘
//!   ▲  └──── remove ──────────────────────────────────────────────────────► add
//!   │
//!  on-file ── challenge page of the number on file
//!
//!  on-file ── recovery code ──► change, without remove ── recovery-codes: a page of their own
//!
//!  instead of add: sign-in-too-old; with nothing to do: locked, disabled
//! ```

mod layout;
mod recovery;
mod recovery_part;

use std::time::Duration;

use mfakit_core::{
    ChangeDenied, Channel, Messages, Mfa, NumberSituation, Scope, Subject, adapter::MfaExt as _,
    messages::MessageId, store::Lock,
};

use crate::{
    address::{NUMBER, REMOVE_NUMBER, file_path},
    answer::{Answer, with_retry_after},
    form,
    page::{
        NextStep,
        challenge::challenge_url,
        frame::{Frame, Link},
        html,
        isolate::{date, isolated},
        number::recovery_part::RecoveryPart,
        rejection,
    },
    problem::{Kind, Problem},
    return_path::ReturnPath,
};

/// Change that was just made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// A number was confirmed.
    Confirmed,
    /// The number was removed.
    Removed,
    /// A recovery code was accepted.
    Recovered,
}

impl Notice {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Removed => "removed",
            Self::Recovered => "recovered",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::Confirmed, Self::Removed, Self::Recovered].into_iter().find(|notice| notice.as_str() == name)
    }

    /// Returns the text, unless the state of the number shows that it is out of date.
    const fn message(self, situation: &NumberSituation) -> Option<MessageId> {
        match (self, &situation.number) {
            (Self::Confirmed, Some(_)) => Some(MessageId::NumberConfirmed),
            (Self::Removed, None) => Some(MessageId::NumberRemoved),
            (Self::Recovered, Some(_)) if situation.denied.is_none() => Some(MessageId::RecoveryAccepted),
            (Self::Confirmed | Self::Recovered, None) | (Self::Removed | Self::Recovered, Some(_)) => None,
        }
    }
}

/// Event that the page is shown after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NumberTrigger {
    /// The page was opened, perhaps after a change.
    Notice(Option<Notice>),
    /// A number was entered, and rejected.
    Rejected { problem: Problem, typed: String },
}

/// Everything that the page depends on, besides its trigger.
pub(crate) struct NumberContext<'a> {
    pub(crate) mfa: &'a Mfa,
    pub(crate) messages: &'a Messages,
    pub(crate) subject: &'a Subject,
    pub(crate) situation: &'a NumberSituation,
    /// Address of the challenge page of the number on file, which leads back here.
    pub(crate) manage_url: String,
}

/// Name of the state after a number that cannot be used.
const REJECTED: &str = "rejected";

/// State of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Add,
    Change,
    OnFile,
    SignInTooOld,
    Locked,
    Disabled,
}

impl State {
    fn of(situation: &NumberSituation) -> Self {
        match (situation.lock, &situation.denied) {
            (Lock::Until(_), _) => Self::Locked,
            (Lock::Disabled, _) => Self::Disabled,
            (Lock::Unlocked, None) if situation.number.is_some() => Self::Change,
            (Lock::Unlocked, None) => Self::Add,
            (Lock::Unlocked, Some(ChangeDenied::SignInTooOld { .. })) => Self::SignInTooOld,
            (Lock::Unlocked, Some(_)) => Self::OnFile,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::OnFile => "on-file",
            Self::SignInTooOld => "sign-in-too-old",
            Self::Locked => "locked",
            Self::Disabled => "disabled",
        }
    }
}

struct NumberPage<'a> {
    frame: Frame<'a>,
    state: &'static str,
    /// Text for a lost connection, which the module shows in a dialog.
    offline: &'a str,
    heading: &'a str,
    good: Option<&'a str>,
    /// The number on file, and the day of its confirmation.
    on_file: Option<String>,
    /// Unconfirmed number that waits for its code, and the link to its page.
    pending: Option<(String, Link<'a>)>,
    notice: Option<String>,
    introduction: Option<&'a str>,
    form: Option<NumberForm<'a>>,
    recovery: Option<RecoveryPart<'a>>,
    /// Button that removes the number, and its text.
    remove: Option<Link<'a>>,
    on: Option<Link<'a>>,
    token: String,
    back: Link<'a>,
}

/// Form for a number.
struct NumberForm<'a> {
    action: String,
    label: &'a str,
    hint: &'a str,
    typed: String,
    invalid: bool,
    described: bool,
    buttons: Vec<(&'static str, &'a str, bool)>,
}

/// Writes the page that follows this trigger, with the status `200` or that of the problem.
pub(crate) fn number(context: &NumberContext<'_>, trigger: &NumberTrigger) -> Answer {
    let words = context.messages;
    let (problem, typed) = match trigger {
        NumberTrigger::Notice(_) => (None, ""),
        NumberTrigger::Rejected { problem, typed } => (Some(problem), typed.as_str()),
    };
    let told = problem.map(|problem| (problem, message(problem)));
    if let Some((problem, None)) = told {
        // A problem that is not one of the number has a separate page.
        let page = file_path(context.mfa, NUMBER);
        return rejection(context.mfa, words, problem, NextStep::StartAgain(&page));
    }
    let notice = told.and_then(|(problem, texts)| Some((problem, texts?)));
    let good = match trigger {
        NumberTrigger::Notice(Some(notice)) => notice.message(context.situation),
        NumberTrigger::Notice(None) | NumberTrigger::Rejected { .. } => None,
    };
    let back = words.fill(MessageId::BackTo, &[("app", context.mfa.site().name())]);
    let page = context.page(notice, typed, good, &back);
    match problem {
        None => html(200, words.language(), &page),
        Some(problem) => {
            let answer = html(problem.kind().status(), words.language(), &page).rejecting(problem.kind());
            with_retry_after(answer, problem.wait())
        }
    }
}

/// Returns the title and the text of a problem that this page shows, or `None` if it has a separate page.
fn message(problem: &Problem) -> Option<(MessageId, MessageId)> {
    let rejected = |why| (MessageId::NumberRejectedTitle, why);
    Some(match problem.kind() {
        Kind::NumberRejected => rejected(match problem.text("reason") {
            Some("unknown") => MessageId::NumberUnknown,
            Some("country-not-served") => MessageId::NumberCountry,
            Some("service") => MessageId::NumberService,
            Some("landline") => MessageId::NumberLandline,
            Some("not-accepted") => MessageId::NumberNotAccepted,
            Some("no-channel-left") => MessageId::NumberNoChannel,
            _ => MessageId::NumberUnreadable,
        }),
        Kind::Unchanged => rejected(MessageId::NumberUnchanged),
        Kind::RecoveryRejected => (
            MessageId::RecoveryRejectedTitle,
            match problem.text("reason") {
                Some("malformed") => MessageId::RecoveryMalformed,
                _ => MessageId::RecoveryRejected,
            },
        ),
        Kind::TooManyAttempts => (MessageId::RecoveryRejectedTitle, MessageId::RecoveryAttempts),
        Kind::DestinationRejected => (MessageId::RefusedTitle, MessageId::NotThisWay),
        Kind::ChannelUnavailable => (MessageId::RefusedTitle, MessageId::NotThisWay),
        Kind::SignInTooOld => (MessageId::SignInAgainTitle, MessageId::SignInAgain),
        Kind::CoolingDown => (MessageId::TooSoonTitle, MessageId::TooSoon),
        Kind::QuotaExceeded => (MessageId::SpentTitle, MessageId::Spent),
        Kind::Throttled => (MessageId::ThrottledTitle, MessageId::Throttled),
        Kind::Locked => (MessageId::LockedTitle, MessageId::Locked),
        Kind::Disabled => (MessageId::DisabledTitle, MessageId::Disabled),
        Kind::ProviderFailed => (MessageId::SendFailedTitle, MessageId::SendFailed),
        _ => return None,
    })
}

impl<'a> NumberContext<'a> {
    fn page(
        &self,
        problem: Option<(&Problem, (MessageId, MessageId))>,
        typed: &str,
        good: Option<MessageId>,
        back: &'a str,
    ) -> NumberPage<'a> {
        let Self { mfa, messages: words, subject, situation, .. } = *self;
        let state = State::of(situation);
        let at_rest = match state {
            State::SignInTooOld => Some((MessageId::SignInAgainTitle, MessageId::SignInAgain)),
            State::Locked => Some((MessageId::LockedTitle, MessageId::Locked)),
            State::Disabled => Some((MessageId::DisabledTitle, MessageId::Disabled)),
            State::Add | State::Change | State::OnFile => None,
        };
        let told = problem.map(|(_, told)| told).or(at_rest);
        let title = told.map_or(MessageId::NumberTitle, |(title, _)| title);
        let introduction = match state {
            State::Add => Some(words.text(MessageId::NumberNone)),
            State::OnFile => Some(words.text(MessageId::NumberChangeHint)),
            State::Change | State::SignInTooOld | State::Locked | State::Disabled => None,
        };
        let is_rejected = problem.is_some_and(|(problem, _)| is_about_the_field(problem.kind()));
        let is_about_recovery = problem.is_some_and(|(problem, _)| problem.kind() == Kind::RecoveryRejected);
        let remove = Link { href: file_path(mfa, REMOVE_NUMBER), words: words.text(MessageId::NumberRemove) };
        NumberPage {
            frame: Frame::new(mfa, words, title, told.is_some()),
            state: if problem.is_some() && is_rejected { REJECTED } else { state.name() },
            offline: words.text(MessageId::Offline),
            heading: words.text(MessageId::NumberTitle),
            good: good.map(|id| words.text(id)),
            on_file: self.on_file(),
            pending: self.pending(),
            notice: told.map(|(_, text)| self.notice(text, problem.map(|(problem, _)| problem))),
            introduction,
            form: matches!(state, State::Add | State::Change)
                .then(|| self.form(typed, is_rejected, told.is_some() && !is_about_recovery)),
            recovery: self.recovery(state, problem.map(|(problem, _)| problem.kind())),
            remove: (state == State::Change && situation.may_remove).then_some(remove),
            on: self.on(state),
            token: form::token(mfa.keys(), subject, &Scope::ENROLL, None),
            back: Link { href: ReturnPath::home(mfa.site()).href(mfa.site()), words: back },
        }
    }

    fn on_file(&self) -> Option<String> {
        let number = isolated(self.messages, self.situation.number.as_deref()?);
        let text = self.messages.fill(MessageId::NumberOnFile, &[("number", &number)]);
        Some(match self.situation.confirmed_at {
            Some(at) => {
                format!(
                    "{text} {}",
                    self.messages.fill(MessageId::NumberSince, &[("date", &date(self.messages, at))])
                )
            }
            None => text,
        })
    }

    /// Returns the unconfirmed number, while a code for it can be entered.
    fn pending(&self) -> Option<(String, Link<'a>)> {
        let pending = self.situation.pending.as_ref().filter(|_| self.situation.denied.is_none())?;
        pending.live.as_ref()?;
        let number = isolated(self.messages, &pending.number);
        let text = self.messages.fill(MessageId::NumberPending, &[("number", &number)]);
        let href = challenge_url(self.mfa, &Scope::ENROLL, Some(&pending.approval), None);
        Some((text, Link { href, words: self.messages.text(MessageId::NumberEnterCode) }))
    }

    fn notice(&self, text: MessageId, problem: Option<&Problem>) -> String {
        let wait = problem.and_then(Problem::wait).or(self.situation.locked_for).unwrap_or_default();
        let max_age = problem.and_then(|problem| problem.number("max_age")).map(Duration::from_secs);
        let time = match self.situation.denied {
            Some(ChangeDenied::SignInTooOld { max_age }) if text == MessageId::SignInAgain => max_age,
            _ => max_age.unwrap_or(wait),
        };
        self.messages.fill(text, &[("time", &self.messages.span(time))])
    }

    fn form(&self, typed: &str, invalid: bool, described: bool) -> NumberForm<'a> {
        let words = self.messages;
        let label =
            if self.situation.number.is_some() { MessageId::NewNumberLabel } else { MessageId::NumberLabel };
        let button = |(at, channel): (usize, &Channel)| {
            let text = if *channel == Channel::Voice { MessageId::ByVoice } else { MessageId::ByMessage };
            (channel.as_str(), words.text(text), at > 0)
        };
        NumberForm {
            action: file_path(self.mfa, NUMBER),
            label: words.text(label),
            hint: words.text(MessageId::NumberHint),
            typed: typed.to_owned(),
            invalid,
            described,
            buttons: self.situation.channels.iter().enumerate().map(button).collect(),
        }
    }

    /// Returns the link to what has to happen first.
    fn on(&self, state: State) -> Option<Link<'a>> {
        match state {
            State::OnFile => Some(Link {
                href: self.manage_url.clone(),
                words: self.messages.text(MessageId::NumberChange),
            }),
            State::SignInTooOld => self.sign_in(),
            State::Add | State::Change | State::Locked | State::Disabled => None,
        }
    }

    /// Returns the link to the app's sign-in page, if there is one.
    fn sign_in(&self) -> Option<Link<'a>> {
        let href = self.mfa.site().public(self.mfa.site().login_url()?).into_owned();
        Some(Link { href, words: self.messages.text(MessageId::GoLogIn) })
    }
}

/// Returns whether another number may help.
const fn is_about_the_field(kind: Kind) -> bool {
    matches!(kind, Kind::NumberRejected | Kind::Unchanged | Kind::DestinationRejected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_every_state() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/enrollment.md");
        let documented = std::fs::read_to_string(path).unwrap();
        let states =
            [State::Add, State::Change, State::OnFile, State::SignInTooOld, State::Locked, State::Disabled];
        for state in states.map(State::name).into_iter().chain([REJECTED]) {
            let row = format!("| `{state}` |");
            assert!(documented.contains(&row), "docs/enrollment.md needs a row {row}");
        }
    }
}
