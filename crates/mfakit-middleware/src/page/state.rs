//! States of the challenge page, each with its own texts.
//!
//! ```text
//!  ask ── send ──► sent ── right code ──► done
//!   ▲               │ ▲
//!   │               ▼ │ wrong, malformed, check-failed, throttled
//!   └── over ◄── too old, replaced, no try left
//!
//!  instead of ask: unkept, too-soon, spent, send-failed, not-this-way
//!  with nothing to do: locked, disabled, settling, no-number, refused, no-channel
//! ```

use mfakit_core::{
    Channel,
    adapter::{Destination, Situation},
    messages::MessageId,
    store::Lock,
};

use crate::problem::{Kind, Problem};

/// State of the challenge page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// No code was sent yet.
    Ask,
    /// A code was sent.
    Sent,
    /// A code was wrong.
    Wrong,
    /// The text entered is not a valid code.
    Malformed,
    /// A code was consumed, replaced, or has expired.
    Over,
    /// Another code was requested too soon.
    TooSoon,
    /// Too many codes were sent recently, so no code is sent for a while.
    Spent,
    /// The provider limits the rate of requests.
    Throttled,
    /// No code is sent or accepted for a while.
    Locked,
    /// No code is sent or accepted until the app unlocks.
    Disabled,
    /// The number on file was confirmed too recently for the scope.
    Settling,
    /// There is no number on file.
    NoNumber,
    /// No code can be sent to the number on file.
    Refused,
    /// No code can be sent to the number on file by this channel.
    NotThisWay,
    /// No code can be sent to the number on file by any channel.
    NoChannel,
    /// The provider failed to send a code.
    SendFailed,
    /// The provider failed to check a code.
    CheckFailed,
    /// A code was verified.
    Done,
    /// A code was verified, but the browser did not keep the grant cookie.
    Unkept,
}

/// Event that the page is shown after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PageTrigger {
    /// The page was opened, or the last action succeeded. The state follows from the situation alone.
    Success,
    /// An action was rejected.
    Rejected(Attempt, Problem),
}

/// Action that was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// A code was requested by this channel, and none was sent.
    Start(Channel),
    /// A code was entered, and it was not accepted.
    Verify,
}

impl PageTrigger {
    /// Returns the problem of a rejected action.
    pub(crate) const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Success => None,
            Self::Rejected(_, problem) => Some(problem),
        }
    }
}

impl State {
    /// Returns the state of the page after this trigger, or `None` for a rejection that has a separate page.
    #[must_use]
    pub(crate) fn of(situation: &Situation, trigger: &PageTrigger) -> Option<Self> {
        let PageTrigger::Rejected(attempt, problem) = trigger else {
            return Some(Self::at_rest(situation));
        };
        match (*attempt, problem.kind()) {
            (Attempt::Start(_), Kind::ProviderFailed) => Some(Self::SendFailed),
            (Attempt::Verify, Kind::ProviderFailed) => Some(Self::CheckFailed),
            // A number that this channel does not reach may be reached by another, and a code that was already sent
            // can still be entered.
            (Attempt::Start(_), Kind::NoChannelLeft) if situation.live.is_some() => Some(Self::NotThisWay),
            (Attempt::Start(tried), Kind::DestinationRejected)
                if situation.live.is_some() || situation.channels.iter().any(|channel| *channel != tried) =>
            {
                Some(Self::NotThisWay)
            }
            (Attempt::Start(_) | Attempt::Verify, kind) => Self::after(situation, kind),
        }
    }

    /// Returns the state of the page when it is opened.
    pub(crate) fn at_rest(situation: &Situation) -> Self {
        match (situation.lock, &situation.destination) {
            _ if situation.grant.is_some() => Self::Done,
            (Lock::Until(_), _) => Self::Locked,
            (Lock::Disabled, _) => Self::Disabled,
            (Lock::Unlocked, _) if situation.settling.is_some() => Self::Settling,
            (Lock::Unlocked, Destination::Nowhere) => Self::NoNumber,
            (Lock::Unlocked, _) if situation.live.is_none() && situation.channels.is_empty() => Self::Refused,
            (Lock::Unlocked, Destination::Number(_) | Destination::Unknown) if situation.live.is_some() => {
                Self::Sent
            }
            (Lock::Unlocked, Destination::Number(_) | Destination::Unknown) if situation.unkept => {
                Self::Unkept
            }
            (Lock::Unlocked, Destination::Number(_) | Destination::Unknown) => Self::Ask,
        }
    }

    fn after(situation: &Situation, kind: Kind) -> Option<Self> {
        Some(match kind {
            // This wrong code may be the one that locked the user.
            Kind::WrongCode => match situation.lock {
                Lock::Unlocked => Self::Wrong,
                Lock::Until(_) => Self::Locked,
                Lock::Disabled => Self::Disabled,
            },
            Kind::MalformedCode => Self::Malformed,
            Kind::ChallengeOver => Self::Over,
            Kind::CoolingDown => Self::TooSoon,
            Kind::QuotaExceeded => Self::Spent,
            Kind::Throttled => Self::Throttled,
            Kind::Locked => Self::Locked,
            Kind::Disabled => Self::Disabled,
            Kind::Settling => Self::Settling,
            Kind::NoNumber => Self::NoNumber,
            Kind::DestinationRejected => Self::Refused,
            Kind::ChannelUnavailable => Self::NotThisWay,
            Kind::NoChannelLeft => Self::NoChannel,
            Kind::MalformedBody
            | Kind::StepUpRequired
            | Kind::ApprovalOver
            | Kind::Unauthenticated
            | Kind::SignInTooOld
            | Kind::Unchanged
            | Kind::NumberConflict
            | Kind::CodesMade
            | Kind::NumberRejected
            | Kind::RecoveryRejected
            | Kind::TooManyAttempts
            | Kind::CrossSite
            | Kind::UnknownScope
            | Kind::MethodNotAllowed
            | Kind::BodyTooSlow
            | Kind::BodyTooLarge
            | Kind::UnsupportedMediaType
            | Kind::InvalidField
            | Kind::Misconfigured
            | Kind::ProviderFailed
            | Kind::Unavailable => return None,
        })
    }

    /// Returns the name for scripts and style sheets.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Sent => "sent",
            Self::Wrong => "wrong",
            Self::Malformed => "malformed",
            Self::Over => "over",
            Self::TooSoon => "too-soon",
            Self::Spent => "spent",
            Self::Throttled => "throttled",
            Self::Locked => "locked",
            Self::Disabled => "disabled",
            Self::Settling => "settling",
            Self::NoNumber => "no-number",
            Self::Refused => "refused",
            Self::NotThisWay => "not-this-way",
            Self::NoChannel => "no-channel",
            Self::SendFailed => "send-failed",
            Self::CheckFailed => "check-failed",
            Self::Done => "done",
            Self::Unkept => "unkept",
        }
    }

    /// Returns the page's title in the browser's tab.
    #[must_use]
    pub(crate) const fn title(self) -> MessageId {
        match self {
            Self::Ask => MessageId::AskTitle,
            Self::Sent => MessageId::SentTitle,
            Self::Wrong => MessageId::WrongTitle,
            Self::Malformed => MessageId::MalformedTitle,
            Self::Over => MessageId::OverTitle,
            Self::TooSoon => MessageId::TooSoonTitle,
            Self::Spent => MessageId::SpentTitle,
            Self::Throttled => MessageId::ThrottledTitle,
            Self::Locked => MessageId::LockedTitle,
            Self::Disabled => MessageId::DisabledTitle,
            Self::Settling => MessageId::SettlingTitle,
            Self::NoNumber => MessageId::NoNumberTitle,
            Self::Refused | Self::NotThisWay => MessageId::RefusedTitle,
            Self::NoChannel => MessageId::NoChannelTitle,
            Self::SendFailed => MessageId::SendFailedTitle,
            Self::CheckFailed => MessageId::CheckFailedTitle,
            Self::Done => MessageId::DoneTitle,
            Self::Unkept => MessageId::UnkeptTitle,
        }
    }

    /// Returns a sentence about the problem, or `None` if there is none.
    #[must_use]
    pub(crate) const fn notice(self, may_try_again: bool) -> Option<MessageId> {
        Some(match self {
            Self::Ask | Self::Sent | Self::Done => return None,
            Self::Wrong if may_try_again => MessageId::Wrong,
            Self::Wrong => MessageId::WrongLast,
            Self::Malformed if may_try_again => MessageId::Malformed,
            Self::Malformed | Self::Over => MessageId::Over,
            Self::TooSoon => MessageId::TooSoon,
            Self::Spent => MessageId::Spent,
            Self::Throttled => MessageId::Throttled,
            Self::Locked => MessageId::Locked,
            Self::Disabled => MessageId::Disabled,
            Self::Settling => MessageId::Settling,
            Self::NoNumber => MessageId::NoNumber,
            Self::Refused => MessageId::Refused,
            Self::NotThisWay => MessageId::NotThisWay,
            Self::NoChannel => MessageId::NoChannel,
            Self::SendFailed => MessageId::SendFailed,
            Self::CheckFailed if may_try_again => MessageId::CheckFailed,
            Self::CheckFailed => MessageId::CheckFailedLast,
            Self::Unkept => MessageId::Unkept,
        })
    }

    /// Returns whether a code can be requested, and entered if one was sent.
    #[must_use]
    pub(crate) const fn goes_on(self) -> bool {
        match self {
            Self::Locked
            | Self::Disabled
            | Self::Settling
            | Self::NoNumber
            | Self::Refused
            | Self::NoChannel
            | Self::Done => false,
            Self::Ask
            | Self::Sent
            | Self::Wrong
            | Self::Malformed
            | Self::Over
            | Self::TooSoon
            | Self::Spent
            | Self::Throttled
            | Self::NotThisWay
            | Self::SendFailed
            | Self::CheckFailed
            | Self::Unkept => true,
        }
    }

    /// Returns whether the field must be marked as invalid.
    #[must_use]
    pub(crate) const fn is_about_the_field(self) -> bool {
        matches!(self, Self::Wrong | Self::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::HashSet, time::Duration};

    fn situation() -> Situation {
        Situation {
            action: None,
            granted_for: None,
            grant: None,
            unkept: false,
            live: None,
            lock: Lock::Unlocked,
            locked_for: None,
            resend_in: Duration::ZERO,
            destination: Destination::Number("•••34".to_owned()),
            settling: None,
            channels: vec![Channel::Messaging],
        }
    }

    /// Returns the states after every kind of rejection.
    fn rejected() -> impl Iterator<Item = State> {
        let triggers = |kind: &Kind| {
            [Attempt::Start(Channel::Messaging), Attempt::Verify]
                .map(|attempt| PageTrigger::Rejected(attempt, Problem::new(*kind)))
        };
        Kind::ALL.iter().flat_map(triggers).filter_map(|trigger| State::of(&situation(), &trigger))
    }

    #[test]
    fn the_page_shows_the_actions_that_are_possible() {
        let until = Lock::Until(mfakit_core::Timestamp::from_millis(1));
        for (situation, state) in [
            (situation(), State::Ask),
            (Situation { unkept: true, ..situation() }, State::Unkept),
            (Situation { destination: Destination::Unknown, ..situation() }, State::Ask),
            (Situation { channels: Vec::new(), ..situation() }, State::Refused),
            (
                Situation { settling: Some(mfakit_core::Timestamp::from_millis(1)), ..situation() },
                State::Settling,
            ),
            (Situation { destination: Destination::Nowhere, ..situation() }, State::NoNumber),
            (Situation { lock: until, destination: Destination::Nowhere, ..situation() }, State::Locked),
            (Situation { lock: Lock::Disabled, unkept: true, ..situation() }, State::Disabled),
        ] {
            assert_eq!(State::of(&situation, &PageTrigger::Success), Some(state), "{situation:?}");
        }
    }

    #[test]
    fn the_wrong_code_that_locks_is_shown_as_a_lock() {
        let until = Lock::Until(mfakit_core::Timestamp::from_millis(1));
        let wrong = PageTrigger::Rejected(Attempt::Verify, Problem::new(Kind::WrongCode));
        let after = |lock| State::of(&Situation { lock, ..situation() }, &wrong);
        assert_eq!(after(Lock::Unlocked), Some(State::Wrong));
        assert_eq!(after(until), Some(State::Locked));
        assert_eq!(after(Lock::Disabled), Some(State::Disabled));
    }

    #[test]
    fn the_documentation_has_every_state() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/page.md");
        let documented = std::fs::read_to_string(path).unwrap();
        for state in rejected().chain([State::Ask, State::Sent, State::Done, State::Unkept]) {
            let row = format!("| `{}` |", state.name());
            assert!(documented.contains(&row), "docs/page.md needs a row {row}");
        }
    }

    #[test]
    fn every_state_has_its_own_texts() {
        let states: HashSet<_> =
            rejected().map(|state| (state.name(), state.notice(true).map(MessageId::english))).collect();
        assert_eq!(states.len(), 15);
        let notices: HashSet<_> = states.iter().map(|(_, notice)| notice).collect();
        assert_eq!(notices.len(), states.len());
    }
}
