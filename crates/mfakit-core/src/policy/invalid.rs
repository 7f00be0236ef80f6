//! Error for limits outside their allowed range.

use std::time::Duration;

/// Error for a limit outside its allowed range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPolicy {
    /// The code has too few digits to resist guessing, or more than Bandwidth can send.
    #[error("code_digits is {digits}; it must be 6 to 8")]
    CodeDigits {
        /// Value that was given.
        digits: u8,
    },
    /// A code would be valid for too long, or too short to be entered.
    #[error("code_lifetime is {lifetime:?}; it must be 1 to 10 minutes")]
    CodeLifetime {
        /// Value that was given.
        lifetime: Duration,
    },
    /// A challenge would allow too many guesses, or none.
    #[error("attempts is {attempts}; it must be 1 to 5")]
    Attempts {
        /// Value that was given.
        attempts: u32,
    },
    /// There is no wait, or one is too short, too long, or shorter than the one before it.
    #[error("cool_down needs at least one wait, each of 30 seconds to 30 minutes, in ascending order")]
    CoolDown,
    /// A lock would come after too many failures, or after none.
    #[error("lock_after is {failures}; it must be 1 to 10")]
    LockAfter {
        /// Value that was given.
        failures: u32,
    },
    /// A lock would be too short or too long.
    #[error("lock_for is {span:?}; it must be 30 minutes to 24 hours")]
    LockFor {
        /// Value that was given.
        span: Duration,
    },
    /// The factor would be disabled after too many failures, or before the first lock.
    #[error("disable_after is {failures}; it must be at least lock_after and at most 100")]
    DisableAfter {
        /// Value that was given.
        failures: u32,
    },
    /// A budget has no limit, or one outside its allowed range.
    #[error("{setting} needs at least one limit, each of 1 to 1,000 in 1 minute to 24 hours")]
    Budget {
        /// Name of the setting.
        setting: &'static str,
    },
    /// A grant would be valid for too long, or not at all.
    #[error("the lifetime of a grant is {lifetime:?}; it must be 1 second to 24 hours")]
    GrantLifetime {
        /// Value that was given.
        lifetime: Duration,
    },
    /// A person would have to sign in again before each number, or could add one in an old session.
    #[error("fresh_sign_in is {age:?}; it must be 1 minute to 24 hours")]
    FreshSignIn {
        /// Value that was given.
        age: Duration,
    },
    /// The owner would have no chance to recover, because the wait is too long.
    #[error("recovery_wait is {wait:?}; it must be at most 30 days")]
    RecoveryWait {
        /// Value that was given.
        wait: Duration,
    },
    /// A permission to recover would be too short to use, or would stay open for too long.
    #[error("recovery_window is {window:?}; it must be 10 minutes to 30 days")]
    RecoveryWindow {
        /// Value that was given.
        window: Duration,
    },
    /// Grants from too far in the future would be accepted.
    #[error("clock_skew is {skew:?}; it must be at most 60 seconds")]
    ClockSkew {
        /// Value that was given.
        skew: Duration,
    },
    /// A rejected request could keep a connection busy for too long.
    #[error("drain_bytes is {bytes}; it must be at most 1 GiB")]
    DrainBytes {
        /// Value that was given.
        bytes: u64,
    },
    /// A client would be cut off between two packets, or could idle for too long.
    #[error("drain_pause is {pause:?}; it must be 10 milliseconds to 60 seconds")]
    DrainPause {
        /// Value that was given.
        pause: Duration,
    },
    /// A rejected request could hold a connection for too long, or the time is too short to discard anything.
    #[error("drain_time is {time:?}; it must be 10 milliseconds to 10 minutes")]
    DrainTime {
        /// Value that was given.
        time: Duration,
    },
}
