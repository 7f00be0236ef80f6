//! The store.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    time::Duration,
};

use tokio::time::timeout;

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    engine::{
        backend_error::BackendError,
        meter::{Operation, Outcome},
        ports::observer::ObserverPort,
        reason::Ended,
        spans,
    },
    event::{EventContext, EventKind, with_causes},
    grant::GrantRecord,
    guarded_call::{NoAnswer, guarded_call},
    kept_action::KeptAction,
    limit::Limit,
    scope::Scope,
    store::{
        AttemptReservation, BoundGrants, Budget, BudgetChange, BudgetReservation, ConsumeOutcome, FindRepeat,
        KeepAction, Kept, Key, MfaStore, OpenOutcome, Redeem, RedeemOutcome, ReleaseAttempt, RepeatLookup,
        ReserveAttempt, ReserveBudget, ReserveSend, Revocation, SendReservation, Sharing, StoreError,
        StoreProbe, StoreSize, UserState,
    },
    subject::{Subject, UserId},
    token::ChallengeId,
};

/// The store of the engine. Its methods are those of [`MfaStore`].
pub(crate) struct StorePort {
    store: Box<dyn MfaStore>,
    observer: ObserverPort,
}

impl StorePort {
    pub(crate) fn new(store: Box<dyn MfaStore>, observer: ObserverPort) -> Self {
        Self { store, observer }
    }

    pub(crate) async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, BackendError> {
        self.call(Operation::Check, "grant", async { self.store.grant(key).await }).await
    }

    /// Reads a grant and judges it, if the store answers at once. Otherwise it is read with [`grant`](Self::grant).
    #[inline]
    pub(crate) fn grant_at_once<T>(
        &self,
        subject: &Subject,
        scope: &Scope,
        judge: impl FnOnce(Option<&GrantRecord>) -> T,
    ) -> Option<Result<T, BackendError>> {
        // Judged where it was read, because moving a record, or even a key, costs more than judging it.
        self.at_once(|| {
            let key = Key { user: subject.user(), login: subject.login(), scope, approval: None };
            match self.store.grant_at_once(key) {
                None => None,
                Some(Ok(ref record)) => Some(Ok(judge(record.as_ref()))),
                Some(Err(error)) => Some(Err(error)),
            }
        })
    }

    pub(crate) async fn bound_grants(&self, key: Key<'_>) -> Result<BoundGrants, BackendError> {
        self.call(Operation::Check, "bound_grants", async { self.store.bound_grants(key).await }).await
    }

    /// Reads the bound grants and judges them, if the store answers at once. Otherwise they are read with
    /// [`bound_grants`](Self::bound_grants).
    pub(crate) fn bound_grants_at_once<T>(
        &self,
        key: Key<'_>,
        judge: impl FnOnce(&BoundGrants) -> T,
    ) -> Option<Result<T, BackendError>> {
        self.at_once(|| Some(self.store.bound_grants_at_once(key)?.map(|grants| judge(&grants))))
    }

    pub(crate) async fn keep_action(&self, request: KeepAction<'_>) -> Result<Kept, BackendError> {
        self.call(Operation::Write, "keep_action", async { self.store.keep_action(request).await }).await
    }

    pub(crate) async fn actions(
        &self,
        key: Key<'_>,
        now: Timestamp,
    ) -> Result<Vec<KeptAction>, BackendError> {
        self.call(Operation::Read, "actions", async { self.store.actions(key, now).await }).await
    }

    pub(crate) async fn is_consumed(&self, key: Key<'_>, now: Timestamp) -> Result<bool, BackendError> {
        self.call(Operation::Read, "is_consumed", async { self.store.is_consumed(key, now).await }).await
    }

    pub(crate) async fn user_state(&self, user: &UserId, now: Timestamp) -> Result<UserState, BackendError> {
        self.call(Operation::Read, "user_state", async { self.store.user_state(user, now).await }).await
    }

    pub(crate) async fn reserve_send(
        &self,
        request: ReserveSend<'_>,
    ) -> Result<SendReservation, BackendError> {
        self.call(Operation::Write, "reserve_send", async { self.store.reserve_send(request).await }).await
    }

    pub(crate) async fn release_send(
        &self,
        user: &UserId,
        challenge: &ChallengeId,
    ) -> Result<(), BackendError> {
        self.call(Operation::Write, "release_send", async { self.store.release_send(user, challenge).await })
            .await
    }

    pub(crate) async fn open_challenge(
        &self,
        user: &UserId,
        challenge: &Challenge,
    ) -> Result<OpenOutcome, BackendError> {
        self.call(Operation::Write, "open_challenge", async {
            self.store.open_challenge(user, challenge).await
        })
        .await
    }

    pub(crate) async fn reserve_attempt(
        &self,
        request: ReserveAttempt<'_>,
    ) -> Result<AttemptReservation, BackendError> {
        self.call(Operation::Write, "reserve_attempt", async { self.store.reserve_attempt(request).await })
            .await
    }

    pub(crate) async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), BackendError> {
        self.call(Operation::Write, "release_attempt", async { self.store.release_attempt(request).await })
            .await
    }

    pub(crate) async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, BackendError> {
        self.call(Operation::Write, "redeem", async { self.store.redeem(request).await }).await
    }

    pub(crate) async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, BackendError> {
        self.call(Operation::Write, "find_repeat", async { self.store.find_repeat(request).await }).await
    }

    pub(crate) async fn consume(
        &self,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Result<ConsumeOutcome, BackendError> {
        self.call(Operation::Write, "consume", async { self.store.consume(key, grant, now).await }).await
    }

    pub(crate) async fn revoke(&self, user: &UserId, what: Revocation) -> Result<(), BackendError> {
        self.call(Operation::Write, "revoke", async { self.store.revoke(user, what).await }).await
    }

    pub(crate) async fn unlock(&self, user: &UserId) -> Result<(), BackendError> {
        self.call(Operation::Write, "unlock", async { self.store.unlock(user).await }).await
    }

    pub(crate) async fn reserve_budget(
        &self,
        request: ReserveBudget<'_>,
    ) -> Result<BudgetReservation, BackendError> {
        self.call(Operation::Write, "reserve_budget", async { self.store.reserve_budget(request).await })
            .await
    }

    pub(crate) async fn exhausted_until(
        &self,
        budget: &Budget,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Option<Timestamp>, BackendError> {
        self.call(Operation::Read, "exhausted_until", async {
            self.store.exhausted_until(budget, limits, now).await
        })
        .await
    }

    pub(crate) async fn settle_budget(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        now: Timestamp,
    ) -> Result<(), BackendError> {
        self.call(Operation::Write, "settle_budget", async {
            self.store.settle_budget(budget, change, now).await
        })
        .await
    }

    /// Reads something, within `limit`. A failure is not an event, because a probe reports it.
    pub(crate) async fn probe(&self, now: Timestamp, limit: Duration) -> Result<StoreProbe, String> {
        let described = async { self.store.probe(now).await.map_err(|error| with_causes(&error)) };
        match timeout(limit, guarded_call(described)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(no_answer)) => Err(no_answer.to_string()),
            Err(_) => Err(format!("no answer within {limit:?}")),
        }
    }

    /// Returns the size of the store. `None` if it has no limit, or if it panicked.
    pub(crate) fn size(&self) -> Option<StoreSize> {
        catch_unwind(AssertUnwindSafe(|| self.store.size())).ok().flatten()
    }

    pub(crate) fn sharing(&self) -> Sharing {
        catch_unwind(AssertUnwindSafe(|| self.store.sharing())).unwrap_or(Sharing::Shared)
    }

    /// Makes a read that does not wait, and judges it there. `None` if the store has to be waited for.
    #[inline]
    fn at_once<T>(
        &self,
        read: impl FnOnce() -> Option<Result<T, StoreError>>,
    ) -> Option<Result<T, BackendError>> {
        let described = || match read() {
            None => None,
            Some(Ok(judged)) => Some(Ok(judged)),
            Some(Err(error)) => Some(Err(describe(error))),
        };
        match catch_unwind(AssertUnwindSafe(described)) {
            Ok(None) => None,
            Ok(Some(Ok(judged))) => Some(Ok(judged)),
            Ok(Some(Err((text, error)))) => Some(Err(self.failed(&text, error))),
            Err(_) => Some(Err(self.observer.panicked("store").into())),
        }
    }

    /// Calls a verb in its span, and times it.
    async fn call<T>(
        &self,
        operation: Operation,
        name: &'static str,
        verb: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, BackendError> {
        let meter = self.observer.meter();
        let begun = meter.begin();
        // Pinned, because each future around another one holds space for it once more.
        let described = pin!(self.described(verb));
        let answer = spans::within(spans::store(name), described, ended).await;
        meter.end(operation, Outcome::of(&answer), begun);
        if operation == Operation::Write
            && meter.is_on()
            && let Some(size) = self.size()
        {
            meter.size(&size);
        }
        answer
    }

    async fn described<T>(
        &self,
        verb: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, BackendError> {
        let verb = pin!(verb);
        match guarded_call(async { verb.await.map_err(describe) }).await {
            Ok(answer) => answer.map_err(|(text, error)| self.failed(&text, error)),
            Err(why @ NoAnswer::TimedOut) => {
                let (text, error) = describe(StoreError::new(why.to_string()));
                Err(self.failed(&text, error))
            }
            Err(NoAnswer::Panicked) => Err(self.observer.panicked("store").into()),
        }
    }

    /// Reports a record that cannot be used, and returns the error. `detail` is logged.
    pub(crate) fn unreadable(&self, detail: &str) -> BackendError {
        let (text, error) = describe(StoreError::new(detail));
        self.failed(&text, error)
    }

    /// Reports an answer that the contract of [`MfaStore`] rules out, and returns the error.
    pub(crate) fn broke_contract(&self, what: &str) -> BackendError {
        let error = StoreError::new(format!("it breaks the contract of MfaStore: {what}"));
        self.failed(&with_causes(&error), error)
    }

    /// Reports an error of the store.
    fn failed(&self, text: &str, error: StoreError) -> BackendError {
        self.observer.observe(EventContext::new(), EventKind::StoreFailed { error: text });
        BackendError::Store(error)
    }
}

/// Adds the text of an error. The store's code also writes that text, so this runs inside the guarded call.
fn describe(error: StoreError) -> (String, StoreError) {
    (with_causes(&error), error)
}

/// Returns the outcome of a verb, for its span.
const fn ended<T>(answer: &Result<T, BackendError>) -> Ended {
    match answer {
        Ok(_) => Ended::well("ok"),
        Err(BackendError::Misconfigured(_)) => Ended::failed("panic"),
        Err(BackendError::Store(_) | BackendError::Directory(_) | BackendError::Notifier(_)) => {
            Ended::failed("error")
        }
    }
}

impl fmt::Debug for StorePort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.store.fmt(f)
    }
}
