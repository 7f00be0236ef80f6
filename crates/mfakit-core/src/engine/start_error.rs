//! Reasons why no code was sent.

use std::time::Duration;

use crate::{
    channel::Channel,
    clock::{Timestamp, whole_seconds},
    destinations::DestinationRejection,
    engine::{
        backend_error::BackendError, enroll::ChangeDenied, live_challenge::LiveChallenge,
        misconfigured::Misconfigured,
    },
    event::EventKind,
    lock,
    number_check::Moment,
};

/// Reason why no code was sent.
///
/// The texts are for the log. [`DestinationRejected`](Self::DestinationRejected) and [`Risky`](Self::Risky) must
/// look the same to the user of the app.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
#[must_use]
pub enum StartError {
    /// The directory has no number for the user, or one that cannot be read.
    #[error("no phone number is on file for the user")]
    NoNumber,
    /// Codes for this scope cannot be sent by this channel.
    #[error(
        "codes for this scope cannot be sent by this channel: list its countries with .messaging_to(..) or .voice_to(..), or allow it in the scope's channels"
    )]
    ChannelUnavailable,
    /// No code is sent to the number on file. The reason is for the log.
    #[error("no code is sent to the number on file: {}", .0.as_str())]
    DestinationRejected(DestinationRejection),
    /// The app's [`RiskCheck`](crate::risk::RiskCheck) rejected the send. Answer this as
    /// [`DestinationRejected`](Self::DestinationRejected).
    #[error("the risk check rejected the send")]
    Risky,
    /// The app's [`NumberCheck`](crate::number_check::NumberCheck) rejected the number. Answer
    /// [`Moment::Send`](crate::number_check::Moment::Send) as [`DestinationRejected`](Self::DestinationRejected).
    #[error("the number check rejected the number")]
    NumberRejected {
        /// Moment of the check.
        moment: Moment,
        /// Channels by which a code can still be sent.
        channels: Vec<Channel>,
    },
    /// The app's [`NumberCheck`](crate::number_check::NumberCheck) accepts the number on other channels only, and none of them
    /// reaches it.
    #[error("the number check names other channels, and none of them reaches the number")]
    NoChannelLeft {
        /// Moment of the check.
        moment: Moment,
    },
    /// The previous code was sent too recently.
    #[error("the previous code was sent too recently: retry after {} s", whole_seconds(*.retry_after))]
    CoolingDown {
        /// Time to wait.
        retry_after: Duration,
        /// The live challenge of this session and scope, if there is one.
        live: Option<Box<LiveChallenge>>,
    },
    /// Too many codes were sent recently.
    #[error("too many codes were sent (budget {budget:?}): retry after {} s", whole_seconds(*.retry_after))]
    BudgetSpent {
        /// The budget that is exhausted, for the log.
        budget: &'static str,
        /// Time to wait.
        retry_after: Duration,
        /// The live challenge of this session and scope, if there is one.
        live: Option<Box<LiveChallenge>>,
    },
    /// Too many codes in a row were wrong.
    #[error(
        "the user is locked, because too many codes in a row were wrong: {}",
        lock::remedy(*.retry_after)
    )]
    Locked {
        /// Time to wait. `None` if only the app can unlock the user.
        retry_after: Option<Duration>,
    },
    /// The provider asks to wait.
    #[error("the provider asks to wait: retry after {} s", whole_seconds(*.retry_after))]
    Throttled {
        /// Time to wait.
        retry_after: Duration,
    },
    /// The provider failed. It is unknown whether anything was sent.
    #[error("the provider failed")]
    ProviderFailed,
    /// The session, the scope or the user was revoked while the code was being sent.
    #[error("the session, the scope or the user was revoked while the code was being sent")]
    Revoked,
    /// The action of the approval is not kept in this session and scope: it was carried out, has expired, was revoked, or
    /// never was theirs. A request for a scope that is [bound only](crate::DeclaredScope::bound) must name an approval.
    #[error("no action is kept for the approval: request the action again")]
    ApprovalOver,
    /// The scope is [settled](crate::DeclaredScope::settled), and the number on file was confirmed too recently.
    #[error("the number on file was confirmed too recently for the scope: wait until {until}")]
    Settling {
        /// Time at which a code can be sent.
        until: Timestamp,
    },
    /// The code was for a new number, and the session may not change the number.
    #[error(transparent)]
    ChangeDenied(ChangeDenied),
    /// The store, the directory or one of the checks failed. The cause is in the event of the failure.
    #[error("the store, the directory or a check failed")]
    Unavailable,
    /// The app is configured incorrectly, or one of its functions panicked.
    #[error(transparent)]
    Misconfigured(#[from] Misconfigured),
}

impl StartError {
    /// Returns the event that records this rejection.
    pub(super) const fn event(&self) -> EventKind<'static> {
        let (why, limited, retry_after) = match self {
            Self::NoNumber => ("no number", false, None),
            Self::ChannelUnavailable => ("channel unavailable", false, None),
            Self::DestinationRejected(reason) => (reason.as_str(), false, None),
            Self::Risky => ("risk check", false, None),
            Self::NumberRejected { .. } => ("number check", false, None),
            Self::NoChannelLeft { .. } => ("number check: no channel left", false, None),
            Self::CoolingDown { retry_after, .. } => ("cooling down", true, Some(*retry_after)),
            Self::BudgetSpent { budget, retry_after, .. } => (*budget, true, Some(*retry_after)),
            Self::Locked { retry_after } => ("locked", true, *retry_after),
            Self::Throttled { retry_after } => ("provider throttled", true, Some(*retry_after)),
            Self::ProviderFailed => ("provider failed", false, None),
            Self::Revoked => ("revoked", false, None),
            Self::ApprovalOver => ("approval over", false, None),
            Self::Settling { .. } => ("settling", false, None),
            Self::ChangeDenied(why) => (why.as_str(), false, None),
            Self::Unavailable => ("unavailable", false, None),
            Self::Misconfigured(_) => ("misconfigured", false, None),
        };
        EventKind::SendRejected { why, limited, retry_after }
    }
}

impl From<BackendError> for StartError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::Store(_) | BackendError::Directory(_) | BackendError::Notifier(_) => {
                Self::Unavailable
            }
            BackendError::Misconfigured(mistake) => Self::Misconfigured(mistake),
        }
    }
}
