//! The codes of one user that can be entered, and the failures to enter them.

use crate::{
    approval::ApprovalId,
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    lock::{Failures, Lock, LockRule},
    proof::CodeProof,
    store::{
        AttemptReservation, FindRepeat, Key, Redeem, ReleaseAttempt, Repeat, RepeatLookup, ReserveAttempt,
        Revocation,
    },
    stored::stored,
    token::ChallengeId,
};

use super::spent::{Spent, SpentOutcome};

/// The codes of one user that can be entered, and the failures to enter them.
pub(super) struct Codes {
    failures: Failures,
    forget_failures_at: Option<Timestamp>,
    challenges: Vec<Challenge>,
    /// Number of the last attempt that was counted, on any challenge. It only grows, so no two attempts share a number.
    last_attempt: u32,
    unsettled: Vec<Unsettled>,
    spent: Spent,
}

/// Attempt on a challenge that was counted and is not settled yet.
struct Unsettled {
    challenge: ChallengeId,
    attempt: u32,
    proof: CodeProof,
}

stored!(Codes { failures, forget_failures_at, challenges, last_attempt, unsettled, spent });
stored!(Unsettled { challenge, attempt, proof });

impl Codes {
    /// Creates an empty record whose failures begin with this era.
    pub(super) const fn new(era: u64) -> Self {
        Self {
            failures: Failures::beginning(era),
            forget_failures_at: None,
            challenges: Vec::new(),
            last_attempt: 0,
            unsettled: Vec::new(),
            spent: Spent::new(),
        }
    }

    /// Returns whether nothing has to be kept.
    pub(super) fn is_blank(&self) -> bool {
        self.challenges.is_empty() && self.spent.is_empty() && self.failures.is_clear()
    }

    /// Returns the time from which nothing has to be kept. A disabled user is kept forever.
    pub(super) fn ends_at(&self) -> Timestamp {
        let challenges = self.challenges.iter().map(|challenge| challenge.expires_at);
        let ends_at = challenges.chain(self.spent.ends_at()).chain(self.forget_failures_at).max();
        ends_at.unwrap_or_default().max(self.failures.locked_until())
    }

    /// Removes everything that has ended.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        // A challenge without attempts left can still be redeemed: the provider may be checking the last of them.
        self.challenges.retain(|challenge| now < challenge.expires_at);
        let live = |id: &ChallengeId| self.challenges.iter().any(|challenge| challenge.id == *id);
        self.unsettled.retain(|unsettled| live(&unsettled.challenge));
        self.challenges.shrink_to_fit();
        self.unsettled.shrink_to_fit();
        self.spent.sweep(now);
        if self.forgets_failures(now) && now >= self.failures.locked_until() {
            self.unlock();
        }
    }

    /// Returns the first era that these failures have not used.
    pub(super) const fn next_era(&self) -> u64 {
        self.failures.era() + 1
    }

    /// Returns the number of failures.
    pub(super) fn failures(&self, now: Timestamp) -> u32 {
        if self.forgets_failures(now) { 0 } else { self.failures.count() }
    }

    pub(super) fn lock(&self, now: Timestamp) -> Lock {
        self.failures.lock(now)
    }

    /// Returns the challenges that still accept a code.
    pub(super) fn live(&self, now: Timestamp) -> impl Iterator<Item = &Challenge> {
        self.challenges.iter().filter(move |challenge| challenge.is_live(now))
    }

    /// Returns the live challenge of a key.
    pub(super) fn live_of(&self, key: &Key<'_>, now: Timestamp) -> Option<&Challenge> {
        self.live(now).find(|challenge| key.owns(challenge))
    }

    /// Adds a challenge, replacing the one of its session, scope and approval.
    pub(super) fn open(&mut self, challenge: &Challenge) {
        self.challenges.retain(|other| !other.replaces(challenge));
        self.spent.remove_beside(challenge);
        self.challenges.reserve_exact(1);
        self.challenges.push(challenge.clone());
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
        if numbers.is_none() && self.failures.next_locks(rule, now) {
            return AttemptReservation::NumberNeeded;
        }
        challenge.attempts_used += 1;
        self.last_attempt = self.last_attempt.wrapping_add(1);
        let (challenge, attempt) = (Box::new(challenge.clone()), self.last_attempt);
        if let Some(proof) = proofs.first() {
            self.unsettled.reserve_exact(1);
            self.unsettled.push(Unsettled { challenge: challenge.id, attempt, proof: *proof });
        }
        self.count_failure(rule, now);
        AttemptReservation::Reserved {
            challenge,
            attempt,
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
        self.challenges.shrink_to_fit();
        self.unsettled.retain(|unsettled| unsettled.challenge != challenge.id);
        self.unsettled.shrink_to_fit();
        let (expires_at, method, approval) = (now.plus(lifetime), challenge.method, challenge.approval);
        let grant = GrantRecord { binding, verified_at: now, expires_at, method, approval };
        self.spent.insert(*proof, Repeat { challenge, grant: grant.clone(), nonce: *nonce });
        self.unlock();
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
        self.challenges.retain(|challenge| {
            !revocation.covers(&challenge.login, &challenge.scope, challenge.approval_id())
        });
        self.spent.revoke(revocation);
    }

    /// Removes the challenges of an approval.
    pub(super) fn end_approval(&mut self, id: &ApprovalId) {
        self.challenges.retain(|challenge| !challenge.is_for(id));
        self.spent.remove_of(id);
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

    fn position_of(&self, key: &Key<'_>, id: &ChallengeId) -> Option<usize> {
        self.challenges.iter().position(|challenge| challenge.id == *id && key.owns(challenge))
    }
}
