//! Reasons why no code was sent.

use std::time::Duration;

use crate::{
    destinations::DestinationRejection,
    engine::{live_challenge::LiveChallenge, misconfigured::Misconfigured, number_on_file::DirectoryFailed},
    event::EventKind,
    store::StoreError,
};

/// Why no code was sent.
#[derive(Clone, Debug)]
#[must_use]
pub enum StartError {
    /// The directory has no number for the user, or one that cannot be read.
    NoNumber,
    /// Codes for this scope do not travel this way.
    ChannelUnavailable,
    /// No code is sent to the number on file. The reason is for the log.
    DestinationRejected(DestinationRejection),
    /// The app's [`RiskCheck`](crate::risk::RiskCheck) speaks against it. To be told as [`DestinationRejected`] is.
    ///
    /// [`DestinationRejected`]: Self::DestinationRejected
    Risky,
    /// The send before is too recent.
    CoolingDown {
        /// How long to wait.
        retry_after: Duration,
        /// The live challenge of this log-in and scope, if there is one.
        live: Option<Box<LiveChallenge>>,
    },
    /// So many codes were sent lately that there is none left for a while.
    BudgetSpent {
        /// What they were counted against; for the log.
        budget: &'static str,
        /// How long to wait.
        retry_after: Duration,
        /// The live challenge of this log-in and scope, if there is one.
        live: Option<Box<LiveChallenge>>,
    },
    /// Too many codes in a row were wrong.
    Locked {
        /// How long to wait; `None` where only the app can unlock.
        retry_after: Option<Duration>,
    },
    /// The provider asks to wait.
    Throttled {
        /// How long.
        retry_after: Duration,
    },
    /// The provider erred; whether anything was sent is not known.
    ProviderFailed,
    /// The log-in, the scope or the user was revoked while the code was on its way.
    Revoked,
    /// The store or the directory could not be asked.
    Unavailable,
    /// The app is put together wrongly.
    Misconfigured(Misconfigured),
}

impl StartError {
    /// The refusal as its decision record.
    pub(super) const fn event(&self) -> EventKind<'static> {
        let (why, limited, retry_after) = match self {
            Self::NoNumber => ("no number", false, None),
            Self::ChannelUnavailable => ("channel unavailable", false, None),
            Self::DestinationRejected(reason) => (reason.as_str(), false, None),
            Self::Risky => ("risk check", false, None),
            Self::CoolingDown { retry_after, .. } => ("cooling down", true, Some(*retry_after)),
            Self::BudgetSpent { budget, retry_after, .. } => (*budget, true, Some(*retry_after)),
            Self::Locked { retry_after } => ("locked", true, *retry_after),
            Self::Throttled { retry_after } => ("provider throttled", true, Some(*retry_after)),
            Self::ProviderFailed => ("provider failed", false, None),
            Self::Revoked => ("revoked", false, None),
            Self::Unavailable => ("unavailable", false, None),
            Self::Misconfigured(_) => ("misconfigured", false, None),
        };
        EventKind::SendRejected { why, limited, retry_after }
    }
}

impl From<StoreError> for StartError {
    fn from(_: StoreError) -> Self {
        Self::Unavailable
    }
}

impl From<DirectoryFailed> for StartError {
    fn from(_: DirectoryFailed) -> Self {
        Self::Unavailable
    }
}
