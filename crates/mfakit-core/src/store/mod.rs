//! Port to the storage of challenges, grants and counts.
//!
//! Six guarantees depend on it, and
#![cfg_attr(feature = "conformance", doc = "[the suite `conformance`](crate::conformance)")]
#![cfg_attr(not(feature = "conformance"), doc = "the suite `conformance` (behind the feature of that name)")]
//! checks them for any implementation:
//!
//! 1. *Attempts.* Every code is counted before it reaches the provider, for its challenge and for its user, across all
//!    sessions, scopes, channels and instances.
//! 2. *Sends.* Every message is counted before it is sent, for its user, session and scope, number, block of
//!    numbers and address.
//! 3. *Grants.* A challenge becomes at most one grant, and a grant is consumed at most once. Revocation takes
//!    effect at once, everywhere.
//! 4. *Repeats.* The code that redeemed a challenge is recognized when it is entered again, for as long as
//!    its grant and its challenge last. Any other code for that challenge is a guess, and is counted.
//! 5. *Approvals.* A challenge and a grant belong to one approval of one action, or to none, for as long as they live. A
//!    bound grant is consumed together with its action.
//! 6. *Failure.* If the store cannot determine something, it returns an error, never a yes and never an absence.

mod action;
mod attempt;
mod budget;
mod consumed;
mod error;
mod grant;
mod key;
mod probe;
mod repeat;
mod send;
mod user_state;

pub use crate::{
    approval::{ActionDigest, Approval, ApprovalId},
    challenge::Challenge,
    grant::{Binding, GrantRecord},
    kept_action::KeptAction,
    lock::{Failures, Lock, LockRule},
    method::Method,
    proof::{CodeProof, GrantNonce},
    send_rule::SendRule,
    token::TokenHash,
};
pub use action::{ActionRule, BoundGrants, KeepAction, KeepOutcome, Kept};
pub use attempt::{AttemptReservation, ReleaseAttempt, ReserveAttempt};
pub use budget::{Budget, BudgetChange, BudgetReservation, ReserveBudget};
pub use consumed::ConsumedAction;
pub use error::StoreError;
pub use grant::{ConsumeOutcome, Redeem, RedeemOutcome, Revocation};
pub use key::Key;
pub use probe::{Fill, StoreProbe, StoreSize};
pub use repeat::{FindRepeat, Repeat, RepeatLookup};
pub use send::{OpenOutcome, ReserveSend, SendReservation};
pub use user_state::{GrantState, UserState};

use std::{fmt, sync::Arc};

use async_trait::async_trait;

use crate::{clock::Timestamp, limit::Limit, subject::UserId, token::ChallengeId};

/// Storage of challenges, grants and counts.
///
/// 1. Every verb is one atomic step, even if others run concurrently in this process or another. Three verbs
///    touch one budget each. All others touch only the records of one user.
/// 2. An `Err` means "could not find out", and the request is rejected. If a store cannot read a record, it
///    returns an error instead of treating the record as absent.
/// 3. The caller passes in everything that a store cannot determine, such as limits and durations. `now` is the app's
///    clock. A store that several instances share uses its own clock instead, so that there is only one.
/// 4. The store itself bounds the time of every call. The engine drops a call that takes longer than ten
///    seconds, so a verb that was interrupted must have taken effect entirely or not at all.
/// 5. A full store rejects [`reserve_send`](Self::reserve_send), [`reserve_budget`](Self::reserve_budget) and
///    [`keep_action`](Self::keep_action), and keeps all live records. It looks for expired records before it rejects anything. Only the record of a completed
///    challenge ([`Complete`](BudgetChange::Complete)) may be dropped when counting needs the space.
/// 6. An expired record may be swept at any time, and is never returned.
/// 7. The [`approval`](Key::approval) of a key is part of the owner like its scope. Only budgets ignore it. A bound
///    record is never returned, entered, redeemed or consumed for a key without its approval, and an unbound one never
///    for a key with an approval.
/// 8. A reservation that is rejected, or that is made and then released, leaves the store as it was: no empty record,
///    and none that only waits to expire.
///
/// The diagram shows the life of a [`Challenge`]:
///
/// ```text
///  reserve_send          open_challenge           redeem
///  ───────────► reserved ─────────────► live ─────────────► spent, and a grant ── consume ──► nothing
///                  │ │                  │  ▲                 │  ▲    │
///          release │ │ revoke           │  └ reserve_attempt,│  │    │ expired, revoke
///                  ▼ ▼                  │    and release     │  │    ▼
///            nothing, void              │                    │  │  nothing
///                                       │                    │  └ reserve_attempt, find_repeat:
///                                       ▼                    ▼    the same code again
///                                  over: expired, no attempt left, a newer one live,
///                                        number changed, revoke, or spent and its grant gone
/// ```
///
/// A spent challenge is kept beside the live ones until it expires. It is not live: [`user_state`](Self::user_state)
/// and [`reserve_send`](Self::reserve_send) do not report it. Its purpose is to recognize the code that redeemed it.
///
/// A bound challenge and a bound grant need their action, which [`keep_action`](Self::keep_action) keeps. The action lasts
/// at least as long as they do, and if it goes, they go with it in the same step. So at most one challenge is live for
/// each action that is kept.
///
/// You can implement this trait outside this crate. An `Arc` or a `Box` of a store is a store. Implementers
/// should run the functions of
#[cfg_attr(feature = "conformance", doc = "[the suite `conformance`](crate::conformance)")]
#[cfg_attr(not(feature = "conformance"), doc = "the suite `conformance` (behind the feature of that name)")]
/// in a test.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a store of challenges and grants",
    label = "not a store",
    note = "pass a `MemoryStore` for a single process, or a `RedisStore` (feature `redis`) for several instances",
    note = "for a database of your own, write `impl MfaStore`, and test it with the feature `conformance`"
)]
#[async_trait]
pub trait MfaStore: fmt::Debug + Send + Sync + 'static {
    /// Returns whether other processes see the writes of this one.
    fn sharing(&self) -> Sharing;

    /// Returns the grant under this key as it is stored, even if it has expired. The engine checks it. This is one
    /// read, and every guarded request waits for it.
    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError>;

    /// Returns what [`grant`](Self::grant) returns, if the store can tell without waiting. Returns `None` if it cannot,
    /// which is the default.
    ///
    /// The engine calls this first, and calls `grant` only after `None`. A store that keeps its records in the memory of
    /// the process implements it, which saves every guarded request the allocation of a future. It must not wait for
    /// IO, because it runs on the executor's thread.
    ///
    /// A store that wraps another and acts on its reads keeps the default. Otherwise it has to act on them here as well.
    fn grant_at_once(&self, _key: Key<'_>) -> Option<Result<Option<GrantRecord>, StoreError>> {
        None
    }

    /// Returns all bound grants of a user, session and scope as they are stored, even if they have expired. The key has no
    /// approval. This is one read, and every guarded request of a bound route waits for it.
    async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, StoreError>;

    /// Returns what [`bound_grants`](Self::bound_grants) returns, if the store can tell without waiting, like
    /// [`grant_at_once`](Self::grant_at_once). Returns `None` if it cannot, which is the default.
    fn bound_grants_at_once(&self, _key: Key<'_>) -> Option<Result<BoundGrants, StoreError>> {
        None
    }

    /// Keeps an action for the user, session and scope of the key, until it expires.
    ///
    /// 1. If an action with the same digest is kept for them, it stays as it is, and lasts at least as long as the new
    ///    one would. A store with its own clock measures the life of an action from its own current time.
    /// 2. If as many actions without a live grant are kept as the rule allows for the session and scope, the new one
    ///    replaces the oldest of them without a live challenge. If each has one, it replaces the oldest, and ends
    ///    everything of its approval. An action with a live grant stays: its code was entered.
    /// 3. If as many actions are kept as the rule allows for the user, the new one replaces the oldest without a live
    ///    challenge and without a live grant, or else the oldest without a live grant, or else the oldest.
    /// 4. Of two actions that were kept at the same time, the one whose identifier has the smaller bytes counts as older.
    /// 5. The answer names the newest approval of the same digest that was [consumed](Self::consume) for the session and
    ///    scope, for as long as [`is_consumed`](Self::is_consumed) remembers it. Of two that were consumed at the same time,
    ///    the one whose identifier has the smaller bytes counts as older.
    async fn keep_action(&self, request: KeepAction<'_>) -> Result<Kept, StoreError>;

    /// Returns the actions that are kept for a user, session and scope, or the one of the approval in the key.
    async fn actions(&self, key: Key<'_>, now: Timestamp) -> Result<Vec<KeptAction>, StoreError>;

    /// Returns whether the bound grant of this key was [consumed](Self::consume). A store remembers it until the action
    /// would have expired, and for at least [ten minutes](ConsumedAction::REMEMBERED_FOR), unless a
    /// [revocation](Revocation::keeps_consumed) ends it, the store is full, or the user has
    /// [a hundred](ConsumedAction::MOST_OF_USER) newer ones. The answer only selects a text.
    async fn is_consumed(&self, key: Key<'_>, now: Timestamp) -> Result<bool, StoreError>;

    /// Returns everything about a user, for the page and for an administrator.
    async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError>;

    /// Counts one send for the user, unless the user is locked, the previous send is too recent, or a budget of
    /// the user or of the session and scope is exhausted. Writes nothing if it rejects.
    ///
    /// If the key has an approval, its action must be kept. Otherwise the answer is
    /// [`NoAction`](SendReservation::NoAction), unless the user is locked. The action lasts for at least a minute from now,
    /// so that the challenge can be opened.
    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError>;

    /// Releases a reserved send that was never made, as if it had not been reserved. A user for whom nothing else is
    /// kept has no record afterward. Does nothing to a send that opened its challenge, or to an unknown one.
    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError>;

    /// Makes a challenge whose send was reserved the live one of its session, scope and approval. The previous one is over.
    /// If it has an approval, the action lasts at least until the challenge expires, and without the action the challenge
    /// is over.
    /// If the session, scope or user was revoked since the reservation, the new challenge is over as well. A
    /// challenge cannot be opened twice. A store with its own clock measures the challenge's life from its own
    /// current time.
    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError>;

    /// Counts one attempt on a live challenge and one failure of its user. This requires that the user is not locked,
    /// that the challenge belongs to this user, session and scope, and that it went to this number, unless
    /// [`numbers`](ReserveAttempt::numbers) is `None`. An attempt without numbers that would lock or disable the user is
    /// not counted, and the answer is [`NumberNeeded`](AttemptReservation::NumberNeeded). A challenge that went to another number is over from now on. The
    /// lock is checked first, and the answer for a locked user contains nothing else.
    ///
    /// On a spent challenge whose grant is still live, with an attempt left, the store compares the proofs in
    /// the same step. If they are equal, the result is [`Repeated`](AttemptReservation::Repeated), and
    /// nothing is counted. Otherwise it is [`Rejected`](AttemptReservation::Rejected), and counts as an
    /// attempt and a failure, so a guess is never free. If the grant is no longer live, the challenge is over
    /// for every code.
    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError>;

    /// Removes the failure of a reserved attempt that turned out not to be one, with the lock that it caused. The
    /// attempt stays counted on the challenge, live or spent, unless its code is [`unsent`](ReleaseAttempt::unsent).
    async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError>;

    /// Consumes the challenge and makes the grant, in one step. A bound challenge needs its action, which then lasts at least
    /// until the grant ends. Ends the user's failures, lock and cool-down. From then
    /// on, earlier sends count only for the user's own budget. The challenge becomes spent: it keeps the proof and the
    /// nonce until it expires, and the attempt that was right is returned to it.
    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError>;

    /// Settles an attempt that was counted and did not redeem its challenge. Finds the grant that the same code has
    /// made in the meantime, and returns the attempt to the spent challenge if there is one. Nothing is counted here,
    /// so call this only for an attempt that was counted.
    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError>;

    /// Consumes a grant, if it is still this one. A bound grant takes everything of its approval with it: the action,
    /// and the challenges. The store only remembers that it was [consumed](Self::is_consumed), at what time, and the digest.
    async fn consume(
        &self,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Result<ConsumeOutcome, StoreError>;

    /// Ends grants, and everything that would become a grant: live challenges, reserved sends, and kept actions. Counts are
    /// kept.
    async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError>;

    /// Ends the user's failures and lock.
    async fn unlock(&self, user: &UserId) -> Result<(), StoreError>;

    /// Counts one event against a budget, unless the budget is exhausted. Writes nothing if it rejects.
    async fn reserve_budget(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError>;

    /// Returns the time at which an exhausted budget has room again, or `None` if it has room now. Writes nothing.
    async fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError>;

    /// Releases what a budget has counted, or records that a challenge to a number was completed. A budget that neither
    /// counts nor remembers anything afterward has no record.
    async fn settle_budget(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Reads something, to find out whether the store can be reached. By default it reads the state of a user that does
    /// not exist. A store with its own clock also returns its time.
    async fn probe(&self, now: Timestamp) -> Result<StoreProbe, StoreError> {
        self.user_state(&UserId::from("mfakit probe"), now).await?;
        Ok(StoreProbe::new())
    }

    /// Returns the number of records, if the store has a limit of its own. By default it has none. Must not block.
    fn size(&self) -> Option<StoreSize> {
        None
    }
}

/// Visibility of a store's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Only this process sees the records, and they are lost when it ends.
    SingleProcess,
    /// Several instances share the records, so they need one secret.
    Shared,
}

/// Implements the trait for a pointer to a store.
macro_rules! pointer {
    ($(#[$doc:meta])* $pointer:ident) => {
        $(#[$doc])*
        #[async_trait]
        impl<S: MfaStore + ?Sized> MfaStore for $pointer<S> {
            fn sharing(&self) -> Sharing {
                (**self).sharing()
            }

            async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
                (**self).grant(key).await
            }

            fn grant_at_once(&self, key: Key<'_>) -> Option<Result<Option<GrantRecord>, StoreError>> {
                (**self).grant_at_once(key)
            }

            async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, StoreError> {
                (**self).bound_grants(key).await
            }

            fn bound_grants_at_once(&self, key: Key<'_>) -> Option<Result<BoundGrants, StoreError>> {
                (**self).bound_grants_at_once(key)
            }

            async fn keep_action(&self, request: KeepAction<'_>) -> Result<Kept, StoreError> {
                (**self).keep_action(request).await
            }

            async fn actions(&self, key: Key<'_>, now: Timestamp) -> Result<Vec<KeptAction>, StoreError> {
                (**self).actions(key, now).await
            }

            async fn is_consumed(&self, key: Key<'_>, now: Timestamp) -> Result<bool, StoreError> {
                (**self).is_consumed(key, now).await
            }

            async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, StoreError> {
                (**self).user_state(user, now).await
            }

            async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
                (**self).reserve_send(request).await
            }

            async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
                (**self).release_send(user, challenge).await
            }

            async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
                (**self).open_challenge(user, challenge).await
            }

            async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
                (**self).reserve_attempt(request).await
            }

            async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
                (**self).release_attempt(request).await
            }

            async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
                (**self).redeem(request).await
            }

            async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
                (**self).find_repeat(request).await
            }

            async fn consume(&self, key: Key<'_>, grant: &GrantRecord, now: Timestamp) -> Result<ConsumeOutcome, StoreError> {
                (**self).consume(key, grant, now).await
            }

            async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
                (**self).revoke(user, what).await
            }

            async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
                (**self).unlock(user).await
            }

            async fn reserve_budget(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
                (**self).reserve_budget(request).await
            }

            async fn exhausted_until(
                &self,
                budget: &Budget,
                limits: &[Limit],
                now: Timestamp,
            ) -> Result<Option<Timestamp>, StoreError> {
                (**self).exhausted_until(budget, limits, now).await
            }

            async fn settle_budget(
                &self,
                budget: &Budget,
                change: BudgetChange<'_>,
                now: Timestamp,
            ) -> Result<(), StoreError> {
                (**self).settle_budget(budget, change, now).await
            }

            async fn probe(&self, now: Timestamp) -> Result<StoreProbe, StoreError> {
                (**self).probe(now).await
            }

            fn size(&self) -> Option<StoreSize> {
                (**self).size()
            }
        }
    };
}

pointer! {
    /// A shared store: all clones of one `Arc` are the same store.
    Arc
}
pointer! {
    /// A store that is chosen at run time.
    Box
}
