//! Reactions to a check that fails.

use super::Moment;

/// Reaction to a check that returns an error, or that does not answer within ten seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OnCheckError {
    /// Nothing is sent and no code is compared: the person is asked to try again later (503).
    Reject,
    /// The number is used as if the check had accepted it. An event reports the failure.
    Accept,
}

/// Reaction to a failed check at each [`Moment`].
///
/// | moment | default |
/// |---|---|
/// | [`enrollment`](Self::enrollment) | [`OnCheckError::Accept`] |
/// | [`send`](Self::send) | [`OnCheckError::Accept`] |
/// | [`settled`](Self::settled) | [`OnCheckError::Reject`] |
///
/// A check that panics always rejects.
///
/// ```
/// use mfakit_core::{MfaBuilder, NumberCheck, number_check::{OnCheckError, OnCheckErrors}};
///
/// fn with_check(builder: MfaBuilder, check: impl NumberCheck) -> MfaBuilder {
///     builder.number_check(check, OnCheckErrors::default().enrollment(OnCheckError::Reject))
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct OnCheckErrors {
    enrollment: OnCheckError,
    send: OnCheckError,
    settled: OnCheckError,
}

impl Default for OnCheckErrors {
    fn default() -> Self {
        Self { enrollment: OnCheckError::Accept, send: OnCheckError::Accept, settled: OnCheckError::Reject }
    }
}

impl OnCheckErrors {
    /// Creates the reaction that rejects at every moment.
    pub const fn reject() -> Self {
        let reject = OnCheckError::Reject;
        Self { enrollment: reject, send: reject, settled: reject }
    }

    /// Sets the reaction for a number that a person entered.
    pub const fn enrollment(mut self, reaction: OnCheckError) -> Self {
        self.enrollment = reaction;
        self
    }

    /// Sets the reaction for a send to the number on file.
    pub const fn send(mut self, reaction: OnCheckError) -> Self {
        self.send = reaction;
        self
    }

    /// Sets the reaction for settled scopes.
    pub const fn settled(mut self, reaction: OnCheckError) -> Self {
        self.settled = reaction;
        self
    }

    /// Returns the reaction at a moment.
    pub(crate) const fn at(self, moment: Moment) -> OnCheckError {
        match moment {
            Moment::Enrollment => self.enrollment,
            Moment::Send => self.send,
            Moment::Settled => self.settled,
        }
    }
}
