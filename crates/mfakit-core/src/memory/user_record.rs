//! Everything about one user except the grants.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    limit::Limit,
    lock::{Failures, Lock, LockRule},
    memory::spent::{Spent, SpentOutcome},
    proof::CodeProof,
    scope::Scope,
    send_rule::SendRule,
    store::{
        AttemptReservation, FindRepeat, Key, OpenOutcome, Redeem, ReleaseAttempt, Repeat, RepeatLookup,
        ReserveAttempt, ReserveSend, Revocation, SendReservation, UserState,
    },
    subject::LoginId,
    token::ChallengeId,
};

/// Maximum time that a send may be in flight.
const MAX_SEND_TIME: Duration = Duration::from_secs(60);

/// Everything about one user except the grants: failures, sends and challenges.
#[derive(Default)]
pub(super) struct UserRecord {
    failures: Failures,
    forget_failures_at: Option<Timestamp>,
    /// Oldest first.
    sends: Vec<Send>,
    challenges: Vec<Challenge>,
    unsettled: Vec<Unsettled>,
    spent: Spent,
}

/// Attempt on a challenge that was counted and is not settled yet.
struct Unsettled {
    challenge: ChallengeId,
    attempt: u32,
    proof: CodeProof,
}

/// Send that was counted.
struct Send {
    challenge: ChallengeId,
    login: LoginId,
    scope: Scope,
    at: Timestamp,
    resend_at: Timestamp,
    keep_until: Timestamp,
    state: SendState,
    /// True if the user has redeemed a challenge since.
    succeeded_since: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SendState {
    /// In flight.
    Reserved,
    /// In flight, and revoked.
    Void,
    /// Accepted by the provider.
    Opened,
}

impl UserRecord {
    /// Removes everything that has ended. Returns whether anything is left.
    pub(super) fn sweep(&mut self, now: Timestamp) -> bool {
        // A challenge without attempts left can still be redeemed: the provider may be checking the last of them.
        self.challenges.retain(|challenge| now < challenge.expires_at);
        let live = |id: &ChallengeId| self.challenges.iter().any(|challenge| challenge.id == *id);
        self.unsettled.retain(|unsettled| live(&unsettled.challenge));
        self.spent.sweep(now);
        self.sends.retain(|send| !send.has_ended(now));
        if self.forgets_failures(now) {
            self.unlock();
        }
        !self.challenges.is_empty()
            || !self.spent.is_empty()
            || !self.sends.is_empty()
            || self.forget_failures_at.is_some()
    }

    /// Returns whether the record equals a new one, in which case it does not have to be kept.
    pub(super) fn is_blank(&self) -> bool {
        let nothing_kept = self.challenges.is_empty() && self.sends.is_empty();
        nothing_kept && self.forget_failures_at.is_none() && self.failures == Failures::default()
    }

    pub(super) fn user_state(&self, now: Timestamp) -> UserState {
        let counted = self.sends.iter().filter(|send| !send.succeeded_since && now < send.keep_until);
        UserState {
            failures: if self.forgets_failures(now) { 0 } else { self.failures.count() },
            lock: self.failures.lock(now),
            resend_at: counted.map(|send| send.resend_at).max(),
            challenges: self.challenges.iter().filter(|challenge| challenge.is_live(now)).cloned().collect(),
            grants: Vec::new(),
        }
    }

    pub(super) fn reserve_send(&mut self, request: ReserveSend<'_>) -> SendReservation {
        let ReserveSend { key, challenge, rule, now } = request;
        match self.failures.lock(now) {
            Lock::Unlocked => {}
            lock => return SendReservation::Locked(lock),
        }
        self.sends.retain(|send| !send.has_ended(now));
        let cooled_at = self.cooled_at(rule, now);
        let budgeted_at = self.budgeted_at(&key, rule, now);
        let resend_at = cooled_at.max(budgeted_at);
        if now < resend_at {
            let live = self.live(&key, now).cloned().map(Box::new);
            return SendReservation::TooSoon { resend_at, cooling_down: cooled_at > budgeted_at, live };
        }
        self.sends.push(Send {
            challenge: *challenge,
            login: *key.login,
            scope: *key.scope,
            at: now,
            resend_at: now,
            keep_until: now.plus(rule.keep()),
            state: SendState::Reserved,
            succeeded_since: false,
        });
        let counted = self.sends.iter().filter(|send| send.counts_for_cool_down(now)).count();
        let cooled_at = now.plus(rule.wait_after(counted));
        if let Some(newest) = self.sends.last_mut() {
            newest.resend_at = cooled_at;
        }
        SendReservation::Reserved { resend_at: cooled_at.max(self.budgeted_at(&key, rule, now)) }
    }

    pub(super) fn release_send(&mut self, challenge: &ChallengeId) {
        self.sends.retain(|send| send.challenge != *challenge || send.state == SendState::Opened);
    }

    pub(super) fn open_challenge(&mut self, challenge: &Challenge) -> OpenOutcome {
        let reserved = |send: &&mut Send| send.challenge == challenge.id && send.state == SendState::Reserved;
        let Some(send) = self.sends.iter_mut().find(reserved) else { return OpenOutcome::Over };
        send.state = SendState::Opened;
        self.challenges.retain(|other| (other.login, other.scope) != (challenge.login, challenge.scope));
        self.spent.remove(&challenge.login, &challenge.scope);
        self.challenges.push(challenge.clone());
        OpenOutcome::Opened
    }

    /// Reserves an attempt. `grant` is the current grant of the key.
    pub(super) fn reserve_attempt(
        &mut self,
        request: ReserveAttempt<'_>,
        grant: Option<&GrantRecord>,
    ) -> AttemptReservation {
        let ReserveAttempt { key, challenge: id, numbers, proofs, rule, now } = request;
        match self.failures.lock(now) {
            Lock::Unlocked => {}
            lock => return AttemptReservation::Locked(lock),
        }
        match self.spent.try_code(&request, grant) {
            SpentOutcome::Unknown => {}
            SpentOutcome::Over => return AttemptReservation::Over,
            SpentOutcome::Right(repeat) => return AttemptReservation::Repeated(repeat),
            SpentOutcome::Wrong(challenge) => {
                self.count_failure(rule, now);
                let (failures, lock) = (self.failures.count(), self.failures.lock(now));
                return AttemptReservation::Rejected { challenge, failures, lock };
            }
        }
        let Some(at) = self.position_of(&key, id) else { return AttemptReservation::Over };
        let Some(challenge) = self.challenges.get_mut(at) else { return AttemptReservation::Over };
        if !challenge.is_live(now) {
            return AttemptReservation::Over;
        }
        if numbers.is_some_and(|numbers| !numbers.contains(&challenge.number)) {
            self.challenges.swap_remove(at);
            return AttemptReservation::Over;
        }
        challenge.attempts_used += 1;
        let challenge = Box::new(challenge.clone());
        let unsettled = |proof: &CodeProof| Unsettled {
            challenge: challenge.id,
            attempt: challenge.attempts_used,
            proof: *proof,
        };
        self.unsettled.extend(proofs.first().map(unsettled));
        self.count_failure(rule, now);
        AttemptReservation::Reserved {
            challenge,
            failures: self.failures.count(),
            lock: self.failures.lock(now),
            era: self.failures.era(),
        }
    }

    pub(super) fn release_attempt(&mut self, request: ReleaseAttempt<'_>) {
        let ReleaseAttempt { key, challenge, attempt, era, unsent, rule, now: _ } = request;
        self.failures.give_back(rule, era);
        if self.failures.count() == 0 {
            self.forget_failures_at = None;
        }
        if !unsent {
            return;
        }
        self.spent.return_attempt(&key, challenge);
        let at = self.position_of(&key, challenge);
        if let Some(live) = at.and_then(|at| self.challenges.get_mut(at)) {
            live.attempts_used = live.attempts_used.saturating_sub(1);
            self.unsettled.retain(|it| it.challenge != *challenge || it.attempt != attempt);
        }
    }

    /// Redeems a challenge, which then becomes spent. Returns its grant.
    pub(super) fn redeem(&mut self, request: Redeem<'_>) -> Option<GrantRecord> {
        let Redeem { key, challenge, binding, lifetime, proof, nonce, now } = request;
        let at = self.position_of(&key, challenge)?;
        self.challenges.get(at).filter(|challenge| now < challenge.expires_at)?;
        let challenge = self.challenges.swap_remove(at);
        self.unsettled.retain(|unsettled| unsettled.challenge != challenge.id);
        let (expires_at, channel) = (now.plus(lifetime), challenge.channel);
        let grant = GrantRecord { binding, verified_at: now, expires_at, channel };
        self.spent.insert(*proof, Repeat { challenge, grant: grant.clone(), nonce: *nonce });
        self.unlock();
        self.sends.iter_mut().for_each(|send| send.succeeded_since = true);
        Some(grant)
    }

    /// Settles an attempt and looks up the grant that its code made. `grant` is the current grant of the key.
    pub(super) fn find_repeat(
        &mut self,
        request: FindRepeat<'_>,
        grant: Option<&GrantRecord>,
    ) -> RepeatLookup {
        if let Some(repeat) = self.spent.find(request, grant) {
            return RepeatLookup::Found(Box::new(repeat));
        }
        let FindRepeat { key, challenge, attempt, proofs, now } = request;
        let named = self.position_of(&key, challenge).and_then(|at| self.challenges.get(at));
        if named.is_none_or(|challenge| now >= challenge.expires_at) {
            return RepeatLookup::Nothing;
        }
        self.unsettled.retain(|it| it.challenge != *challenge || it.attempt != attempt);
        let same = |it: &Unsettled| it.challenge == *challenge && proofs.contains(&it.proof);
        if self.unsettled.iter().any(same) { RepeatLookup::Pending } else { RepeatLookup::Nothing }
    }

    pub(super) fn revoke(&mut self, revocation: Revocation) {
        self.challenges.retain(|challenge| !revocation.covers(&challenge.login, &challenge.scope));
        self.spent.revoke(revocation);
        let in_flight = self.sends.iter_mut().filter(|send| send.state == SendState::Reserved);
        in_flight
            .filter(|send| revocation.covers(&send.login, &send.scope))
            .for_each(|send| send.state = SendState::Void);
    }

    pub(super) fn unlock(&mut self) {
        self.failures.clear();
        self.forget_failures_at = None;
    }

    fn count_failure(&mut self, rule: &LockRule, now: Timestamp) {
        self.failures.reserve(rule, now);
        self.forget_failures_at = Some(now.plus(rule.forget_after));
    }

    /// Returns whether the last failure is so long ago that none counts any longer.
    fn forgets_failures(&self, now: Timestamp) -> bool {
        self.forget_failures_at.is_some_and(|at| now >= at) && self.failures.lock(now) != Lock::Disabled
    }

    /// Returns the end of the wait after the newest send. It is at most the longest wait away, even if the clock was
    /// set back since.
    fn cooled_at(&self, rule: &SendRule, now: Timestamp) -> Timestamp {
        if rule.cool_down.is_empty() {
            return now;
        }
        let counted = self.sends.iter().filter(|send| !send.succeeded_since);
        counted.map(|send| send.resend_at).max().unwrap_or(now).clamp(now, now.plus(rule.keep()))
    }

    /// Returns the time at which both budgets have room.
    fn budgeted_at(&self, key: &Key<'_>, rule: &SendRule, now: Timestamp) -> Timestamp {
        let all: Vec<_> = self.sends.iter().map(|send| send.at).collect();
        let of_key = self
            .sends
            .iter()
            .filter(|send| !send.succeeded_since && send.login == *key.login && send.scope == *key.scope);
        let of_key: Vec<_> = of_key.map(|send| send.at).collect();
        let per_user = Limit::all_next_at(&rule.per_user, &all, now);
        per_user.max(Limit::all_next_at(&rule.per_login_and_scope, &of_key, now))
    }

    fn live(&self, key: &Key<'_>, now: Timestamp) -> Option<&Challenge> {
        let of_key = |challenge: &&Challenge| challenge.login == *key.login && challenge.scope == *key.scope;
        self.challenges.iter().find(of_key).filter(|challenge| challenge.is_live(now))
    }

    fn position_of(&self, key: &Key<'_>, id: &ChallengeId) -> Option<usize> {
        let is_it = |challenge: &Challenge| {
            challenge.id == *id && challenge.login == *key.login && challenge.scope == *key.scope
        };
        self.challenges.iter().position(is_it)
    }
}

impl Send {
    /// Returns whether nothing counts the send any longer. A send in flight is kept even if no rule counts it, so that
    /// its challenge can be opened.
    fn has_ended(&self, now: Timestamp) -> bool {
        let in_flight = self.state != SendState::Opened && now < self.at.plus(MAX_SEND_TIME);
        now >= self.keep_until && !in_flight
    }

    fn counts_for_cool_down(&self, now: Timestamp) -> bool {
        !self.succeeded_since && now < self.at.plus(SendRule::COUNTED_FOR)
    }
}
