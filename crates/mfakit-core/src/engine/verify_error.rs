//! Reasons why no grant was made.

use std::time::Duration;

use crate::engine::misconfigured::Misconfigured;

/// Why no grant was made.
#[derive(Clone, Debug)]
#[must_use]
pub enum VerifyError {
    /// It is not the code that was sent.
    WrongCode {
        /// How many more may be tried.
        attempts_left: u32,
    },
    /// What was typed can be no code; it counted for nothing.
    MalformedCode,
    /// There is no such challenge for this log-in and scope, or it is over: one answer for all.
    ChallengeOver,
    /// Too many codes in a row were wrong; nobody looked at this one.
    Locked {
        /// How long to wait; `None` where only the app can unlock.
        retry_after: Option<Duration>,
    },
    /// The provider asks to wait.
    Throttled {
        /// How long.
        retry_after: Duration,
    },
    /// The provider erred; whether the code was right is not known.
    ProviderFailed,
    /// The store or the directory could not be asked.
    Unavailable,
    /// The app is put together wrongly.
    Misconfigured(Misconfigured),
}
