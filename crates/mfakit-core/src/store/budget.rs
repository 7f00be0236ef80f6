//! Budgets that limit sends besides those of their user.

use std::{fmt, time::Duration};

use crate::{clock::Timestamp, limit::Limit, token::ChallengeId};

/// Budget that events are counted against, named by a keyed hash. A dump of the store contains neither a number
/// nor an address.
///
/// ```
/// use mfakit_core::store::Budget;
///
/// assert_eq!(format!("{:?}", Budget::Number([7; 32])), "Budget(number)");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Budget {
    /// Sends to one number, across all users.
    Number([u8; 32]),
    /// Sends to a block of adjacent numbers.
    Block([u8; 32]),
    /// Sends that one client address requested.
    Address([u8; 32]),
    /// Rejected codes, across all users.
    Rejections,
}

impl Budget {
    /// [Kind](Self::kind) of the budget of an address.
    pub(crate) const ADDRESS: &'static str = "address";

    /// Returns the name in logs. It contains no hash, so the lines of one number cannot be connected.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Block(_) => "block of numbers",
            Self::Address(_) => Self::ADDRESS,
            Self::Rejections => "rejections",
        }
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Budget({})", self.kind())
    }
}

/// Request to count one event against a budget.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ReserveBudget<'a> {
    /// Budget to count against.
    pub budget: &'a Budget,
    /// Challenge that causes the event. It identifies the event for a later release.
    pub challenge: &'a ChallengeId,
    /// Keyed hash of the number that causes the event. It identifies all events of the number for a later release.
    pub number: &'a [u8; 32],
    /// Limits of the budget.
    pub limits: &'a [Limit],
    /// Current time.
    pub now: Timestamp,
}

impl<'a> ReserveBudget<'a> {
    /// Creates a request, for tests of a store.
    #[must_use]
    pub const fn new(
        budget: &'a Budget,
        challenge: &'a ChallengeId,
        number: &'a [u8; 32],
        limits: &'a [Limit],
        now: Timestamp,
    ) -> Self {
        Self { budget, challenge, number, limits, now }
    }
}

/// Outcome of reserving an event of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum BudgetReservation {
    /// The event was counted.
    Reserved {
        /// Time at which there is room for the next event.
        next_at: Timestamp,
        /// True if [`Complete`](BudgetChange::Complete) was recorded and is still remembered.
        completed: bool,
    },
    /// The budget is exhausted. Nothing was counted and nothing was written.
    Exhausted {
        /// Time at which there is room again.
        retry_at: Timestamp,
        /// True if [`Complete`](BudgetChange::Complete) was recorded and is still remembered.
        completed: bool,
    },
}

/// Change of a budget other than counting.
///
/// Exhaustive on purpose: a store that ignored a change would count wrongly.
#[derive(Clone, Copy, Debug)]
pub enum BudgetChange<'a> {
    /// Releases the event that this challenge caused.
    Release {
        /// Challenge that caused the event.
        challenge: &'a ChallengeId,
    },
    /// Records that a challenge to this number was completed, so a person uses it. Releases all events that the number
    /// caused unless `keep_counted` is set, and remembers the fact for a while.
    Complete {
        /// Keyed hash of the number.
        number: &'a [u8; 32],
        /// True if the events stay counted.
        keep_counted: bool,
        /// Time for which the fact is remembered. Zero if it is not remembered.
        remember_for: Duration,
    },
    /// Forgets that a challenge was completed. Events stay counted.
    Forget,
}
