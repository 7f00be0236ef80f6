//! Operations on a store, in small numbers that a property test can generate and shrink.

use std::time::Duration;

/// One of two users, in one of two sessions, for one of two scopes, who approves one of three actions or none. Numbers wrap, so every number is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Number of the user, modulo two.
    pub user: u8,
    /// Number of the user's session, modulo two.
    pub login: u8,
    /// Number of the scope, modulo two.
    pub scope: u8,
    /// Number of the action, modulo four. Zero stands for none.
    pub action: u8,
}

impl Actor {
    /// Returns the actor with the smallest numbers.
    pub(super) const fn wrapped(self) -> Self {
        let Self { user, login, scope, action } = self;
        Self { user: user % 2, login: login % 2, scope: scope % 2, action: action % 4 }
    }
}

/// Reference to an earlier result by its age: 0 is the newest, 1 the one before it, and so on. Wraps, so every number
/// refers to something as soon as there is anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NthNewest(pub u8);

impl NthNewest {
    /// Returns the position in a list of this length whose last item is the newest. `None` if the list is empty.
    pub(super) fn position(self, len: usize) -> Option<usize> {
        let age = usize::from(self.0).checked_rem(len)?;
        Some(len - 1 - age)
    }

    /// Returns the item of a list whose last item is the newest. `None` if the list is empty.
    pub(super) fn of<T: Clone>(self, items: &[T]) -> Option<T> {
        items.get(self.position(items.len())?).cloned()
    }
}

/// One operation on a store. An operation that refers to a result does nothing if there is none yet.
///
/// Challenges are numbered by their sends, opened or not. Unless it names an [`Actor`], an operation on a challenge acts
/// on behalf of the user, session, scope and approval that it was sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Operation {
    /// Advances the clock.
    Pass(Duration),
    /// Keeps the action of an actor, or the first one if the actor approves none.
    KeepAction {
        /// The actor.
        actor: Actor,
        /// Lifetime of the action.
        lifetime: Duration,
    },
    /// Reserves a send.
    ReserveSend(Actor),
    /// Releases a send.
    ReleaseSend(NthNewest),
    /// Opens the challenge of a send.
    OpenChallenge {
        /// The send.
        send: NthNewest,
        /// Delay of the next send beyond the time that the reservation returned.
        resend_delay: Duration,
    },
    /// Reserves a send and opens its challenge, if it was reserved.
    Start(Actor),
    /// Attempts the right code.
    Attempt(NthNewest),
    /// Attempts the right code while a different number is on file.
    AttemptWithChangedNumber(NthNewest),
    /// Attempts the right code, whatever number is on file.
    AttemptForAnyNumber(NthNewest),
    /// Attempts the right code of an actor on a challenge that may belong to another, or on an unknown one if there is
    /// no challenge yet.
    AttemptAs {
        /// The actor that attempts it.
        actor: Actor,
        /// The challenge.
        challenge: NthNewest,
    },
    /// Starts a challenge and attempts a code on it several times.
    Fail {
        /// The actor that attempts them.
        actor: Actor,
        /// Number of attempts.
        times: u8,
    },
    /// Attempts a code that is never right.
    Guess(NthNewest),
    /// Looks up whether the code of the newest attempt on a challenge was entered before.
    FindRepeat {
        /// The challenge.
        challenge: NthNewest,
        /// True if the code is the right one. Otherwise it is one that is never right.
        right_code: bool,
    },
    /// Releases the failure of an attempt.
    ReleaseAttempt(NthNewest),
    /// Releases an attempt whose code did not reach the provider.
    ReleaseUnsentAttempt(NthNewest),
    /// Redeems a challenge for a grant.
    Redeem {
        /// The challenge.
        challenge: NthNewest,
        /// Lifetime of the grant.
        lifetime: Duration,
        /// True if the grant is bound to a cookie. Otherwise it is bound to the bearer's session.
        by_cookie: bool,
    },
    /// Redeems a challenge that may belong to another actor, or an unknown one if there is no challenge yet.
    RedeemAs {
        /// The actor that redeems it.
        actor: Actor,
        /// The challenge.
        challenge: NthNewest,
    },
    /// Reads the grant of an actor.
    ReadGrant(Actor),
    /// Reads the bound grants of an actor's session and scope.
    ReadBoundGrants(Actor),
    /// Consumes one of all grants that were ever made.
    Consume(NthNewest),
    /// Revokes everything of the actor's user.
    RevokeUser(Actor),
    /// Revokes everything of the actor's session.
    RevokeLogin(Actor),
    /// Revokes everything of the actor's scope, in all sessions of the user.
    RevokeScope(Actor),
    /// Revokes everything of the actor's session and scope.
    RevokeElevation(Actor),
    /// Revokes everything of the actor's approval, or of an unknown one if the actor approves none.
    RevokeApproval(Actor),
    /// Clears the failures and the lock of the actor's user.
    Unlock(Actor),
    /// Counts an event against one of three budgets.
    ReserveBudget {
        /// Number of the budget, modulo three.
        budget: u8,
        /// Number of the phone that caused the event, modulo two.
        number: u8,
    },
    /// Releases an event of a budget.
    ReleaseBudget {
        /// The event.
        event: NthNewest,
        /// Distance from the budget that counted the event to the one that the release is sent to. Only 0 releases
        /// anything.
        budget_offset: u8,
    },
    /// Records at a budget that a number completed a challenge.
    CompleteBudget {
        /// Number of the budget, modulo three.
        budget: u8,
        /// Number of the phone that completed the challenge, modulo two.
        number: u8,
        /// True if the events of the number stay counted.
        keep_counted: bool,
        /// Time for which the completion is remembered.
        remember_for: Duration,
    },
    /// Forgets at a budget that a number completed a challenge.
    ForgetBudget(u8),
}
