//! Attempts: counted, released, and settled by a redemption.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    conformance::model::history::event::{ChallengeKey, Event, History},
    grant::{Binding, GrantRecord},
    lock::{Lock, LockRule},
    proof::{CodeProof, GrantNonce},
    store::{AttemptReservation, RedeemOutcome, Repeat},
    token::ChallengeId,
};

impl History {
    /// Reserves an attempt. The era of a reservation is the position of the attempt in the history, as
    /// [`release_attempt`](Self::release_attempt) takes it.
    pub(in crate::conformance::model) fn reserve_attempt(
        &mut self,
        key: ChallengeKey,
        (number, proof): (Option<[u8; 32]>, CodeProof),
        rule: &LockRule,
        now: Timestamp,
    ) -> AttemptReservation {
        let (_, lock) = self.lock(rule, now);
        if lock != Lock::Unlocked {
            return AttemptReservation::Locked(lock);
        }
        if let Some((right, repeat)) = self.spent_challenge(key, now) {
            return self.reserve_on_spent(repeat, right, (number, proof), rule, now);
        }
        let live = self.live_challenge(key.owner, now);
        let Some(mut challenge) = live.filter(|it| it.id == key.id) else {
            return AttemptReservation::Over;
        };
        if number.is_some_and(|number| challenge.number != number) {
            self.events.push(Event::NumberChanged(key.id));
            return AttemptReservation::Over;
        }
        if number.is_none() && rule.until_next(self.lock(rule, now).0) <= 1 {
            return AttemptReservation::NumberNeeded;
        }
        let era = u64::try_from(self.events.len()).unwrap_or(u64::MAX);
        let (failures, lock) = self.count_attempt(&mut challenge, proof, rule, now);
        let attempt = self.attempts_on(challenge.id);
        AttemptReservation::Reserved { challenge: Box::new(challenge), attempt, failures, lock, era }
    }

    fn reserve_on_spent(
        &mut self,
        repeat: Repeat,
        right: CodeProof,
        (number, proof): (Option<[u8; 32]>, CodeProof),
        rule: &LockRule,
        now: Timestamp,
    ) -> AttemptReservation {
        let mut challenge = repeat.challenge.clone();
        if number.is_some_and(|number| challenge.number != number) {
            self.events.push(Event::NumberChanged(challenge.id));
            return AttemptReservation::Over;
        }
        if challenge.attempts_used >= challenge.attempts {
            return AttemptReservation::Over;
        }
        if proof == right {
            return AttemptReservation::Repeated(Box::new(repeat));
        }
        let (failures, lock) = self.count_attempt(&mut challenge, proof, rule, now);
        AttemptReservation::Rejected { challenge: Box::new(challenge), failures, lock }
    }

    /// Counts an attempt. Returns the failures and the lock afterward.
    fn count_attempt(
        &mut self,
        challenge: &mut Challenge,
        proof: CodeProof,
        rule: &LockRule,
        now: Timestamp,
    ) -> (u32, Lock) {
        challenge.attempts_used += 1;
        let (id, forget_after) = (challenge.id, rule.forget_after);
        let number = self.attempts_on(id) + 1;
        self.events.push(Event::Attempted { id, number, proof, at: now, forget_after });
        self.lock(rule, now)
    }

    /// Releases the failure of an attempt, by the era that was returned for it. Returns an unsent attempt to its
    /// challenge.
    pub(in crate::conformance::model) fn release_attempt(&mut self, era: u64, unsent: bool) {
        let attempt = usize::try_from(era).unwrap_or(usize::MAX);
        self.events.push(match self.events.get(attempt) {
            Some(Event::Attempted { id, number, .. }) if unsent => {
                Event::AttemptUnsent { attempt, id: *id, number: *number }
            }
            _ => Event::FailureReleased { attempt },
        });
    }

    pub(in crate::conformance::model) fn redeem(
        &mut self,
        key: ChallengeKey,
        (binding, lifetime): (Binding, Duration),
        (proof, nonce): (CodeProof, GrantNonce),
        now: Timestamp,
    ) -> RedeemOutcome {
        if self.lacks_action(key.owner, now) {
            return RedeemOutcome::Over;
        }
        let challenges = self.unredeemed_challenges();
        let redeemed = challenges.iter().find(|it| key.names(it) && now < it.expires_at);
        let Some(Challenge { method, approval, .. }) = redeemed else { return RedeemOutcome::Over };
        let grant = GrantRecord::new(binding, now, now.plus(lifetime), *method, *approval);
        let ChallengeKey { id, owner } = key;
        self.events.push(Event::Redeemed { id, owner, grant: grant.clone(), proof, nonce });
        RedeemOutcome::Granted(grant)
    }

    /// Returns the number of attempts that were ever counted on a challenge. The newest one has it as its number.
    fn attempts_on(&self, challenge: ChallengeId) -> u32 {
        let on_it = |event: &&Event| matches!(event, Event::Attempted { id, .. } if *id == challenge);
        u32::try_from(self.events.iter().filter(on_it).count()).unwrap_or(u32::MAX)
    }
}
