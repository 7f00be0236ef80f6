//! Store on Redis. Each verb is one command.

use std::fmt;

use async_trait::async_trait;
use mfakit_core::{
    ChallengeId, Clock, LoginId, MfaStore, Scope, Timestamp, UserId,
    policy::Limit,
    store::{
        AttemptReservation, BoundGrants, Budget, BudgetChange, BudgetReservation, Challenge, CodeProof,
        ConsumeOutcome, FindRepeat, GrantRecord, GrantState, KeepAction, KeepOutcome, KeptAction, Key,
        OpenOutcome, Redeem, RedeemOutcome, ReleaseAttempt, RepeatLookup, ReserveAttempt, ReserveBudget,
        ReserveSend, Revocation, SendReservation, Sharing, StoreError, StoreProbe, UserState,
    },
};

use crate::{
    arguments::{ANY_NUMBER, changes, hex_list, limits, millis, moment},
    connection::Connection,
    names::{Names, hex, place, short_hex},
    probe::probe,
    record::{
        binding_parts, challenge_parts, not_yet, read_challenge, read_count, read_grant, read_lock,
        read_place, read_repeat, read_timestamp, unbound, unreadable, write_grant,
    },
    scripts::Scripts,
};

/// Store in Redis, which all instances of an app share. The [crate documentation](crate) explains how to run Redis for it.
///
/// ```no_run
/// use mfakit_core::{Mfa, MfaProvider, PhoneNumber, Secret, UserId};
/// use mfakit_redis::RedisStore;
///
/// # async fn example(provider: impl MfaProvider, secret: Secret) -> Result<(), Box<dyn std::error::Error>> {
/// let store = RedisStore::connect("rediss://mfakit:password@redis.example:6380/0").await?;
/// let mfa = Mfa::builder(provider, "https://bank.example")
///     .scope("transfer", "make a transfer")
///     .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
///     .messaging_to(["US"])
///     .secret(secret) // The same on every instance.
///     .store(store)
///     .build()?;
/// # Ok(())
/// # }
/// ```
pub struct RedisStore {
    connection: Connection,
    names: Names,
    scripts: Scripts,
    /// Clock of a test, in place of the server's.
    clock: Option<Box<dyn Clock>>,
}

impl RedisStore {
    pub(crate) fn new(connection: Connection, names: Names, clock: Option<Box<dyn Clock>>) -> Self {
        Self { connection, names, scripts: Scripts::new(), clock }
    }

    /// Returns all keys of a user, in the order in which the scripts take them.
    fn keys_of(&self, user: &UserId) -> [String; 3] {
        [self.names.user(user), self.names.grants(user), self.names.spent(user)]
    }

    /// Returns the time for a script: empty for the server's own, or the time of a test's clock.
    fn now(&self) -> String {
        self.clock.as_ref().map(|clock| moment(clock.now())).unwrap_or_default()
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("names", &self.names).finish_non_exhaustive()
    }
}

#[async_trait]
impl MfaStore for RedisStore {
    fn sharing(&self) -> Sharing {
        Sharing::Shared
    }

    async fn grant(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        unbound(&key)?;
        let (grants, field) = (self.names.grants(key.user), place(key.login, key.scope));
        let record: Option<String> = self.connection.read(redis::cmd("HGET").arg(grants).arg(field)).await?;
        record.map(|record| read_grant(&record)).transpose()
    }

    async fn bound_grants(&self, _: Key<'_>) -> Result<BoundGrants, StoreError> {
        Err(not_yet())
    }

    async fn keep_action(&self, _: KeepAction<'_>) -> Result<KeepOutcome, StoreError> {
        Err(not_yet())
    }

    async fn actions(&self, _: Key<'_>, _: Timestamp) -> Result<Vec<KeptAction>, StoreError> {
        Err(not_yet())
    }

    async fn user_state(&self, user: &UserId, _: Timestamp) -> Result<UserState, StoreError> {
        type Answer =
            (String, String, String, Option<String>, Vec<(String, String, String)>, Vec<(String, String)>);
        let keys = [self.names.user(user), self.names.grants(user)];
        let (now, failures, lock, resend_at, challenges, grants): Answer =
            self.connection.call_read(&self.scripts.user_state, &keys, &[&self.now()]).await?;
        let now = read_timestamp(&now)?;
        let challenges = challenges.iter().map(|(of, record, used)| {
            let (login, scope) = read_place(of)?;
            read_challenge(login, scope, record, used)
        });
        let grants = grants.iter().map(|(of, record)| {
            let (login, scope) = read_place(of)?;
            Ok(GrantState::new(login, scope, read_grant(record)?))
        });
        let grants: Vec<_> = grants.collect::<Result<_, StoreError>>()?;
        Ok(UserState::new(
            read_count(&failures)?,
            read_lock(&lock)?,
            resend_at.as_deref().map(read_timestamp).transpose()?,
            challenges.collect::<Result<_, _>>()?,
            grants.into_iter().filter(|state| now < state.grant.expires_at).collect(),
            Vec::new(),
        ))
    }

    async fn reserve_send(&self, request: ReserveSend<'_>) -> Result<SendReservation, StoreError> {
        let ReserveSend { key, challenge, rule, .. } = request;
        unbound(&key)?;
        let waits: Vec<_> = rule.cool_down.iter().map(|wait| millis(*wait)).collect();
        let answer: Vec<Option<String>> = self
            .connection
            .call_write(
                &self.scripts.reserve_send,
                &[self.names.user(key.user)],
                &[
                    &self.now(),
                    &hex(challenge.as_bytes()),
                    &hex(key.login.as_bytes()),
                    key.scope.as_str(),
                    &waits.join(","),
                    &limits(&rule.per_login_and_scope),
                    &limits(&rule.per_user),
                    &millis(rule.keep()),
                ],
            )
            .await?;
        let answer: Vec<_> = answer.iter().map(Option::as_deref).collect();
        match *answer.as_slice() {
            [Some("reserved"), Some(resend_at)] => {
                Ok(SendReservation::Reserved { resend_at: read_timestamp(resend_at)?, action: None })
            }
            [Some("too_soon"), Some(resend_at), Some(cooling_down), record, used] => {
                let read = |(record, used)| read_challenge(*key.login, *key.scope, record, used);
                let live = record.zip(used).map(read).transpose()?.map(Box::new);
                let (resend_at, cooling_down) = (read_timestamp(resend_at)?, cooling_down == "1");
                Ok(SendReservation::TooSoon { resend_at, cooling_down, live })
            }
            [Some("locked"), Some(lock)] => Ok(SendReservation::Locked(read_lock(lock)?)),
            _ => Err(unreadable("an answer")),
        }
    }

    async fn release_send(&self, user: &UserId, challenge: &ChallengeId) -> Result<(), StoreError> {
        let arguments = [&*self.now(), &hex(challenge.as_bytes())];
        self.connection
            .call_write::<()>(&self.scripts.release_send, &[self.names.user(user)], &arguments)
            .await
    }

    async fn open_challenge(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        if challenge.approval.is_some() {
            return Err(not_yet());
        }
        let (before, after) = challenge_parts(challenge);
        let answer: String = self
            .connection
            .call_write(
                &self.scripts.open_challenge,
                &[self.names.user(user), self.names.spent(user)],
                &[
                    &self.now(),
                    &hex(challenge.id.as_bytes()),
                    &hex(challenge.login.as_bytes()),
                    challenge.scope.as_str(),
                    &before,
                    &moment(challenge.sent_at),
                    &millis(challenge.expires_at.since(challenge.sent_at)),
                    &after,
                    &challenge.attempts_used.to_string(),
                ],
            )
            .await?;
        match answer.as_str() {
            "opened" => Ok(OpenOutcome::Opened),
            "over" => Ok(OpenOutcome::Over),
            _ => Err(unreadable("an answer")),
        }
    }

    async fn reserve_attempt(&self, request: ReserveAttempt<'_>) -> Result<AttemptReservation, StoreError> {
        let ReserveAttempt { key, challenge, numbers, proofs, rule, .. } = request;
        unbound(&key)?;
        let numbers = numbers.map_or_else(|| ANY_NUMBER.to_owned(), hex_list);
        let answer: Vec<String> = self
            .connection
            .call_write(
                &self.scripts.reserve_attempt,
                &self.keys_of(key.user),
                &[
                    &self.now(),
                    &hex(challenge.as_bytes()),
                    &hex(key.login.as_bytes()),
                    key.scope.as_str(),
                    &numbers,
                    &rule.lock_after.to_string(),
                    &millis(rule.lock_for),
                    &millis(rule.longest_lock),
                    &rule.disable_after.to_string(),
                    &millis(rule.forget_after),
                    &hex_list(proofs.iter().map(CodeProof::as_bytes)),
                ],
            )
            .await?;
        let answer: Vec<_> = answer.iter().map(String::as_str).collect();
        match *answer.as_slice() {
            ["reserved", record, used, failures, lock, era, attempt] => Ok(AttemptReservation::Reserved {
                challenge: Box::new(read_challenge(*key.login, *key.scope, record, used)?),
                attempt: read_count(attempt)?,
                failures: read_count(failures)?,
                lock: read_lock(lock)?,
                era: read_count(era)?,
            }),
            ["rejected", record, used, failures, lock, ..] => Ok(AttemptReservation::Rejected {
                challenge: Box::new(read_challenge(*key.login, *key.scope, record, used)?),
                failures: read_count(failures)?,
                lock: read_lock(lock)?,
            }),
            ["repeated", record, used, grant, nonce] => {
                let repeat = read_repeat(&key, [record, used, grant, nonce])?;
                Ok(AttemptReservation::Repeated(Box::new(repeat)))
            }
            ["number_needed"] => Ok(AttemptReservation::NumberNeeded),
            ["over"] => Ok(AttemptReservation::Over),
            ["locked", lock] => Ok(AttemptReservation::Locked(read_lock(lock)?)),
            _ => Err(unreadable("an answer")),
        }
    }

    async fn release_attempt(&self, request: ReleaseAttempt<'_>) -> Result<(), StoreError> {
        let ReleaseAttempt { key, challenge, attempt, era, unsent, rule, .. } = request;
        unbound(&key)?;
        self.connection
            .call_write::<()>(
                &self.scripts.release_attempt,
                &self.keys_of(key.user),
                &[
                    &self.now(),
                    &hex(challenge.as_bytes()),
                    &hex(key.login.as_bytes()),
                    key.scope.as_str(),
                    &attempt.to_string(),
                    &era.to_string(),
                    if unsent { "unsent" } else { "sent" },
                    &rule.lock_after.to_string(),
                    &rule.disable_after.to_string(),
                ],
            )
            .await
    }

    async fn redeem(&self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        let Redeem { key, challenge, binding, lifetime, proof, nonce, .. } = request;
        unbound(&key)?;
        let (bound, token) = binding_parts(&binding);
        let answer: Vec<String> = self
            .connection
            .call_write(
                &self.scripts.redeem,
                &self.keys_of(key.user),
                &[
                    &self.now(),
                    &hex(challenge.as_bytes()),
                    &hex(key.login.as_bytes()),
                    key.scope.as_str(),
                    &millis(lifetime),
                    bound,
                    &token,
                    &hex(proof.as_bytes()),
                    &hex(nonce.as_bytes()),
                ],
            )
            .await?;
        let answer: Vec<_> = answer.iter().map(String::as_str).collect();
        match *answer.as_slice() {
            ["granted", record] => Ok(RedeemOutcome::Granted(read_grant(record)?)),
            ["over"] => Ok(RedeemOutcome::Over),
            _ => Err(unreadable("an answer")),
        }
    }

    async fn find_repeat(&self, request: FindRepeat<'_>) -> Result<RepeatLookup, StoreError> {
        let FindRepeat { key, challenge, attempt, proofs, .. } = request;
        unbound(&key)?;
        let answer: Vec<String> = self
            .connection
            .call_write(
                &self.scripts.find_repeat,
                &self.keys_of(key.user),
                &[
                    &self.now(),
                    &hex(challenge.as_bytes()),
                    &hex(key.login.as_bytes()),
                    key.scope.as_str(),
                    &attempt.to_string(),
                    &hex_list(proofs.iter().map(CodeProof::as_bytes)),
                ],
            )
            .await?;
        let answer: Vec<_> = answer.iter().map(String::as_str).collect();
        match *answer.as_slice() {
            ["found", record, used, grant, nonce] => {
                let repeat = read_repeat(&key, [record, used, grant, nonce])?;
                Ok(RepeatLookup::Found(Box::new(repeat)))
            }
            ["pending"] => Ok(RepeatLookup::Pending),
            ["nothing"] => Ok(RepeatLookup::Nothing),
            _ => Err(unreadable("an answer")),
        }
    }

    async fn consume(&self, key: Key<'_>, grant: &GrantRecord) -> Result<ConsumeOutcome, StoreError> {
        unbound(&key)?;
        let arguments = [&*self.now(), &place(key.login, key.scope), &write_grant(grant)];
        let answer: (String, Option<String>) = self
            .connection
            .call_write(&self.scripts.consume, &[self.names.grants(key.user)], &arguments)
            .await?;
        match (answer.0.as_str(), answer.1) {
            ("consumed", None) => Ok(ConsumeOutcome::Consumed),
            ("gone", None) => Ok(ConsumeOutcome::Gone),
            ("gone", Some(another)) => read_grant(&another).map(|_| ConsumeOutcome::Gone),
            _ => Err(unreadable("an answer")),
        }
    }

    async fn revoke(&self, user: &UserId, revocation: Revocation) -> Result<(), StoreError> {
        let (login, scope): (Option<LoginId>, Option<Scope>) = match revocation {
            Revocation::User => (None, None),
            Revocation::Login(login) => (Some(login), None),
            Revocation::Scope(scope) => (None, Some(scope)),
            Revocation::Elevation(login, scope) => (Some(login), Some(scope)),
        };
        let login = login.map(|login| hex(login.as_bytes())).unwrap_or_default();
        let arguments = [&*self.now(), &login, scope.as_ref().map_or("", Scope::as_str)];
        let keys = self.keys_of(user);
        self.connection.call_write::<()>(&self.scripts.revoke, &keys, &arguments).await
    }

    async fn unlock(&self, user: &UserId) -> Result<(), StoreError> {
        self.connection.call_write::<()>(&self.scripts.unlock, &[self.names.user(user)], &[&self.now()]).await
    }

    async fn reserve_budget(&self, request: ReserveBudget<'_>) -> Result<BudgetReservation, StoreError> {
        let answer: Vec<String> = self
            .connection
            .call_write(
                &self.scripts.reserve_budget,
                &self.names.budget(request.budget),
                &[
                    &self.now(),
                    &short_hex(request.challenge.as_bytes()),
                    &short_hex(request.number),
                    &limits(request.limits),
                    &millis(Limit::longest(request.limits)),
                ],
            )
            .await?;
        let answer: Vec<_> = answer.iter().map(String::as_str).collect();
        match *answer.as_slice() {
            ["reserved", next_at, completed] => Ok(BudgetReservation::Reserved {
                next_at: read_timestamp(next_at)?,
                completed: completed == "1",
            }),
            ["exhausted", retry_at, completed] => Ok(BudgetReservation::Exhausted {
                retry_at: read_timestamp(retry_at)?,
                completed: completed == "1",
            }),
            _ => Err(unreadable("an answer")),
        }
    }

    async fn exhausted_until(
        &self,
        budget: &Budget,
        limits_of_budget: &[Limit],
        _: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let arguments = [&*self.now(), &limits(limits_of_budget)];
        let keys = self.names.budget(budget);
        let retry_at: Option<String> =
            self.connection.call_read(&self.scripts.exhausted_until, &keys, &arguments).await?;
        retry_at.as_deref().map(read_timestamp).transpose()
    }

    async fn settle_budget(
        &self,
        budget: &Budget,
        change: BudgetChange<'_>,
        _: Timestamp,
    ) -> Result<(), StoreError> {
        let arguments: Vec<_> = [self.now()].into_iter().chain(changes(change)).collect();
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let keys = self.names.budget(budget);
        self.connection.call_write::<()>(&self.scripts.settle_budget, &keys, &arguments).await
    }

    async fn probe(&self, now: Timestamp) -> Result<StoreProbe, StoreError> {
        self.user_state(&UserId::from("mfakit probe"), now).await?;
        Ok(probe(&self.connection, self.clock.as_deref()).await)
    }
}
