//! Question that a check answers.

use std::time::Duration;

use crate::{channel::Channel, clock::Timestamp, phone::PhoneNumber, scope::Scope, subject::Subject};

/// Moment at which a number is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Moment {
    /// A person entered the number, and a code to it is to be sent.
    Enrollment,
    /// A code to the number on file is to be sent, for a scope that is not settled.
    Send,
    /// A code to the number on file is to be sent or compared, for a [settled](crate::DeclaredScope::settled) scope.
    Settled,
}

impl Moment {
    /// Returns the name of the moment in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enrollment => "enrollment",
            Self::Send => "send",
            Self::Settled => "settled",
        }
    }
}

/// Question that a [`NumberCheck`](super::NumberCheck) answers.
///
/// ```
/// use mfakit_core::{
///     Channel, LoginId, PhoneNumber, Scope, Subject, Timestamp,
///     number_check::{Inquiry, Moment},
/// };
///
/// // In a test of a `NumberCheck`:
/// let (subject, scope) = (Subject::cookie("alice", LoginId::random()), Scope::new("payout")?);
/// let number = PhoneNumber::new("+19195551234")?;
/// let inquiry = Inquiry::new(Moment::Settled, &subject, &scope, Channel::Messaging, &number)
///     .with_confirmed_at(Some(Timestamp::from_millis(1_700_000_000_000)));
/// assert_eq!(inquiry.number.last_two(), "34");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Inquiry<'a> {
    /// Moment of the check.
    pub moment: Moment,
    /// User and session that the code is for.
    pub subject: &'a Subject,
    /// Scope that the code confirms. [`Scope::ENROLL`] for a number that a person entered.
    pub scope: &'a Scope,
    /// Channel of the code.
    pub channel: Channel,
    /// Number that the code goes to.
    pub number: &'a PhoneNumber,
    /// Time at which the number on file was confirmed, as the reference for what happened since. `None` for a number that a
    /// person entered, and if the app does not have the time.
    pub confirmed_at: Option<Timestamp>,
    /// Time for which the number must have been on file. `None` if the scope is not settled.
    pub settled: Option<Duration>,
    /// Current time of the engine.
    pub now: Timestamp,
}

impl<'a> Inquiry<'a> {
    /// Creates an inquiry, for tests of a check. The current time is that of the system.
    #[must_use]
    pub fn new(
        moment: Moment,
        subject: &'a Subject,
        scope: &'a Scope,
        channel: Channel,
        number: &'a PhoneNumber,
    ) -> Self {
        let now = crate::clock::Clock::now(&crate::clock::SystemClock);
        Self { moment, subject, scope, channel, number, confirmed_at: None, settled: None, now }
    }

    /// Sets the time of the confirmation.
    #[must_use]
    pub const fn with_confirmed_at(mut self, at: Option<Timestamp>) -> Self {
        self.confirmed_at = at;
        self
    }

    /// Sets the time for which the number must have been on file.
    #[must_use]
    pub const fn with_settled(mut self, settled: Option<Duration>) -> Self {
        self.settled = settled;
        self
    }

    /// Sets the current time.
    #[must_use]
    pub const fn with_now(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    /// Returns the time that has passed since the number was confirmed. `None` if that time is not known. Zero if it is in
    /// the future.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.confirmed_at.map(|at| self.now.since(at))
    }
}
