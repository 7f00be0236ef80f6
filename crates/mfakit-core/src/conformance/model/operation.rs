//! What can be done to a store, in small numbers that a property test can make up and shorten.

use std::time::Duration;

/// Who: one of a few users, log-ins of theirs and scopes. Numbers wrap, so that any is somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Person {
    /// Which user, of two.
    pub user: u8,
    /// Which log-in of that user, of two.
    pub login: u8,
    /// Which scope, of two.
    pub scope: u8,
}

/// Which of the things that happened: the newest, the one before it, and so on. Wraps.
pub type Which = u8;

/// One thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Time passes.
    Pass(Duration),
    /// Reserves a send.
    ReserveSend(Person),
    /// Gives a send back, of any user's.
    ReleaseSend(Which),
    /// Opens the challenge of a send, which lets the next one follow so much later than its reservation said.
    Open(Which, Duration),
    /// Reserves a send and opens its challenge, if that was counted.
    Start(Person),
    /// Tries a code on a challenge, in the name of its own person.
    Attempt(Which),
    /// Tries a code on a challenge when another number is on file.
    AttemptElsewhere(Which),
    /// Tries a code on a challenge in the name of somebody.
    AttemptAs(Person, Which),
    /// Tries so many codes on fresh challenges of somebody, as far as they are counted.
    Fail(Person, u8),
    /// Tries a different code on a challenge, on behalf of its owner.
    Guess(Which),
    /// Settles the newest attempt on a challenge on behalf of its owner, with the usual code or a different
    /// one.
    FindRepeat(Which, bool),
    /// Gives the failure of an attempt back.
    ReleaseAttempt(Which),
    /// Makes a challenge a grant for so long, in the name of its own person, by cookie or by bearer token.
    Redeem(Which, Duration, bool),
    /// Makes a challenge a grant, in the name of somebody.
    RedeemAs(Person, Which),
    /// Reads a grant.
    Grant(Person),
    /// Takes a grant of somebody's away, of those that ever were.
    Consume(Which),
    /// Ends everything of a user.
    RevokeUser(Person),
    /// Ends everything of a log-in.
    RevokeLogin(Person),
    /// Ends everything of a scope.
    RevokeScope(Person),
    /// Ends everything of a scope in a log-in.
    RevokeElevation(Person),
    /// Ends failures and lock.
    Unlock(Person),
    /// Counts an event against one of a few budgets, caused by one of a few numbers.
    ReserveBudget(u8, u8),
    /// Gives an event back to the budget that counted it, or, where the second is not zero, to another.
    ReleaseBudget(Which, u8),
    /// Notes at a budget that a number completed, whether its events stay counted, and for how long that is known.
    CompleteBudget(u8, u8, bool, Duration),
    /// Forgets at a budget that a number completed.
    ForgetBudget(u8),
}
