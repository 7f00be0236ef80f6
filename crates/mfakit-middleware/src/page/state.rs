//! What the page is showing: one of its states, each with words of its own.
//!
//! ```text
//!  ask ── send ──► sent ── right code ──► done
//!   ▲               │ ▲
//!   │               ▼ │ wrong, malformed, check-failed, throttled
//!   └── over ◄── too old, replaced, no try left
//!
//!  instead of ask: unkept, too-soon, spent, send-failed, not-this-way
//!  with nothing to do: locked, disabled, no-number, refused
//! ```

use mfakit_core::{
    Channel,
    adapter::{Destination, Situation},
    messages::MessageId,
    store::Lock,
};

use crate::problem::Kind;

/// What the page is showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nothing was sent yet.
    Ask,
    /// A code is on its way or arrived.
    Sent,
    /// A code was wrong.
    Wrong,
    /// What was typed can be no code.
    Malformed,
    /// A code was used, replaced, or became too old.
    Over,
    /// Another code was asked for too soon.
    TooSoon,
    /// So many codes were sent that there is none left for a while.
    Spent,
    /// The provider asks to wait.
    Throttled,
    /// No code is sent or accepted for a while.
    Locked,
    /// No code is sent or accepted until the app unlocks.
    Disabled,
    /// There is no number on file.
    NoNumber,
    /// The number on file gets no codes.
    Refused,
    /// The number on file gets no codes this way.
    NotThisWay,
    /// The provider did not send.
    SendFailed,
    /// The provider did not check.
    CheckFailed,
    /// A code was met.
    Done,
    /// A code was met, and the browser did not keep the grant cookie.
    Unkept,
}

/// What was done just before the page is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Somebody looked.
    Looked,
    /// A code was asked for by this channel, and this came of it where none was sent.
    Started(Channel, Option<Kind>),
    /// A code was typed, and this came of it where it was not right.
    Typed(Option<Kind>),
}

impl State {
    /// The state of the page after this; `None` for a refusal that has a page of its own.
    #[must_use]
    pub(crate) fn of(situation: &Situation, deed: Deed) -> Option<Self> {
        match deed {
            Deed::Looked | Deed::Started(_, None) | Deed::Typed(None) => Some(Self::looked_at(situation)),
            Deed::Started(tried, Some(kind)) => match kind {
                Kind::ProviderFailed => Some(Self::SendFailed),
                // What does not reach the number this way may reach it another way, and what was sent can be typed.
                Kind::DestinationRejected
                    if situation.live.is_some()
                        || situation.channels.iter().any(|channel| *channel != tried) =>
                {
                    Some(Self::NotThisWay)
                }
                kind => Self::after(situation, kind),
            },
            Deed::Typed(Some(kind)) => match kind {
                Kind::ProviderFailed => Some(Self::CheckFailed),
                kind => Self::after(situation, kind),
            },
        }
    }

    fn looked_at(situation: &Situation) -> Self {
        match (situation.lock, &situation.destination) {
            _ if situation.grant.is_some() => Self::Done,
            (Lock::Until(_), _) => Self::Locked,
            (Lock::Disabled, _) => Self::Disabled,
            (Lock::Open, Destination::Nowhere) => Self::NoNumber,
            (Lock::Open, _) if situation.live.is_none() && situation.channels.is_empty() => Self::Refused,
            (Lock::Open, Destination::Number(_) | Destination::Unknown) if situation.live.is_some() => {
                Self::Sent
            }
            (Lock::Open, Destination::Number(_) | Destination::Unknown) if situation.unkept => Self::Unkept,
            (Lock::Open, Destination::Number(_) | Destination::Unknown) => Self::Ask,
        }
    }

    fn after(situation: &Situation, kind: Kind) -> Option<Self> {
        Some(match kind {
            // The wrong code may be the one that locked.
            Kind::WrongCode => match situation.lock {
                Lock::Open => Self::Wrong,
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
            Kind::NoNumber => Self::NoNumber,
            Kind::DestinationRejected => Self::Refused,
            Kind::ChannelUnavailable => Self::NotThisWay,
            Kind::MalformedBody
            | Kind::StepUpRequired
            | Kind::Unauthenticated
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

    /// Its name, for scripts and style sheets.
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
            Self::NoNumber => "no-number",
            Self::Refused => "refused",
            Self::NotThisWay => "not-this-way",
            Self::SendFailed => "send-failed",
            Self::CheckFailed => "check-failed",
            Self::Done => "done",
            Self::Unkept => "unkept",
        }
    }

    /// What the page is called in the browser's tab.
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
            Self::NoNumber => MessageId::NoNumberTitle,
            Self::Refused | Self::NotThisWay => MessageId::RefusedTitle,
            Self::SendFailed => MessageId::SendFailedTitle,
            Self::CheckFailed => MessageId::CheckFailedTitle,
            Self::Done => MessageId::DoneTitle,
            Self::Unkept => MessageId::UnkeptTitle,
        }
    }

    /// What went wrong, in a sentence. `None` where nothing did.
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
            Self::NoNumber => MessageId::NoNumber,
            Self::Refused => MessageId::Refused,
            Self::NotThisWay => MessageId::NotThisWay,
            Self::SendFailed => MessageId::SendFailed,
            Self::CheckFailed if may_try_again => MessageId::CheckFailed,
            Self::CheckFailed => MessageId::CheckFailedLast,
            Self::Unkept => MessageId::Unkept,
        })
    }

    /// Whether a code may be asked for, and typed where one is on its way.
    #[must_use]
    pub(crate) const fn goes_on(self) -> bool {
        match self {
            Self::Locked | Self::Disabled | Self::NoNumber | Self::Refused | Self::Done => false,
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

    /// Whether what was typed was wrong, so that the field says so.
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
            grant: None,
            unkept: false,
            live: None,
            lock: Lock::Open,
            locked_for: None,
            resend_in: Duration::ZERO,
            destination: Destination::Number("•••34".to_owned()),
            channels: vec![Channel::Messaging],
        }
    }

    #[test]
    fn whoever_looks_is_shown_what_can_be_done() {
        let until = Lock::Until(mfakit_core::Timestamp::from_millis(1));
        for (situation, state) in [
            (situation(), State::Ask),
            (Situation { unkept: true, ..situation() }, State::Unkept),
            (Situation { destination: Destination::Unknown, ..situation() }, State::Ask),
            (Situation { channels: Vec::new(), ..situation() }, State::Refused),
            (Situation { destination: Destination::Nowhere, ..situation() }, State::NoNumber),
            (Situation { lock: until, destination: Destination::Nowhere, ..situation() }, State::Locked),
            (Situation { lock: Lock::Disabled, unkept: true, ..situation() }, State::Disabled),
        ] {
            assert_eq!(State::of(&situation, Deed::Looked), Some(state), "{situation:?}");
        }
    }

    #[test]
    fn the_wrong_code_that_locks_is_told_as_a_lock() {
        let until = Lock::Until(mfakit_core::Timestamp::from_millis(1));
        let after = |lock| State::of(&Situation { lock, ..situation() }, Deed::Typed(Some(Kind::WrongCode)));
        assert_eq!(after(Lock::Open), Some(State::Wrong));
        assert_eq!(after(until), Some(State::Locked));
        assert_eq!(after(Lock::Disabled), Some(State::Disabled));
    }

    #[test]
    fn the_documentation_has_every_state() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/page.md");
        let documented = std::fs::read_to_string(path).unwrap();
        let of_deeds =
            |kind: &Kind| [Deed::Started(Channel::Messaging, Some(*kind)), Deed::Typed(Some(*kind))];
        let after = Kind::ALL.iter().flat_map(of_deeds).filter_map(|deed| State::of(&situation(), deed));
        for state in after.chain([State::Ask, State::Sent, State::Done, State::Unkept]) {
            let row = format!("| `{}` |", state.name());
            assert!(documented.contains(&row), "docs/page.md wants a row {row}");
        }
    }

    #[test]
    fn every_state_has_words_of_its_own() {
        let states: HashSet<_> = Kind::ALL
            .iter()
            .flat_map(|kind| [Deed::Started(Channel::Messaging, Some(*kind)), Deed::Typed(Some(*kind))])
            .filter_map(|deed| State::of(&situation(), deed))
            .map(|state| (state.name(), state.notice(true).map(MessageId::english)))
            .collect();
        assert_eq!(states.len(), 13);
        let notices: HashSet<_> = states.iter().map(|(_, notice)| notice).collect();
        assert_eq!(notices.len(), states.len());
    }
}
