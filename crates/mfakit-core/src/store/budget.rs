//! What sends are counted against beyond their user.

use std::{fmt, time::Duration};

use crate::{clock::Timestamp, limit::Limit, token::ChallengeId};

/// What is counted against, under a keyed hash: a dump of the store names no number and no address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Budget {
    /// Sends to one number, over all users.
    Number([u8; 32]),
    /// Sends to a block of adjacent numbers.
    Block([u8; 32]),
    /// Sends that one address asked for.
    Address([u8; 32]),
    /// Codes that were rejected, over all users.
    Rejections,
}

impl Budget {
    /// [Kind](Self::kind) of the budget of an address.
    pub(crate) const ADDRESS: &'static str = "address";

    /// Its name in logs: no hash, so that lines of one number cannot be told from those of another.
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

/// One event, to be counted against a budget.
#[derive(Clone, Copy, Debug)]
pub struct ReserveBudget<'a> {
    /// Which.
    pub budget: &'a Budget,
    /// The challenge it is about, by which it can be given back.
    pub challenge: &'a ChallengeId,
    /// The keyed hash of the number it is about, by which all that a number caused can be given back.
    pub number: &'a [u8; 32],
    /// How many are allowed.
    pub limits: &'a [Limit],
    /// What time it is.
    pub now: Timestamp,
}

/// Result of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum BudgetReservation {
    /// The event was counted.
    Reserved {
        /// Time at which there is room for the next event.
        next_at: Timestamp,
        /// Whether [`Complete`](BudgetChange::Complete) was noted and is still remembered.
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

/// What happens to a budget beside counting.
#[derive(Clone, Copy, Debug)]
pub enum BudgetChange<'a> {
    /// What was counted for this challenge is given back.
    Release {
        /// Which.
        challenge: &'a ChallengeId,
    },
    /// A challenge that went to this number was met, so the number is a person's: all that it caused is given back
    /// unless `keep_counted`, and the fact is remembered for a while.
    Complete {
        /// Which number.
        number: &'a [u8; 32],
        /// Whether what was counted stays so.
        keep_counted: bool,
        /// For how long the fact is remembered; zero for not at all.
        remember_for: Duration,
    },
    /// The fact that a challenge was met is forgotten; what was counted stays so.
    Forget,
}
