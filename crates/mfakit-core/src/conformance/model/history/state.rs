//! State of one user, derived from the history.

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    conformance::model::history::event::{Event, History, Owner},
    grant::GrantRecord,
    lock::{Lock, LockRule},
    proof::{CodeProof, GrantNonce},
    store::{GrantState, UserState},
    token::ChallengeId,
};

/// A send that was reserved and not released.
pub(super) struct Send {
    pub(super) id: ChallengeId,
    pub(super) owner: Owner,
    pub(super) at: Timestamp,
    pub(super) resend_at: Timestamp,
    pub(super) opened: bool,
    pub(super) revoked: bool,
    /// True if the user has redeemed a challenge since.
    pub(super) before_success: bool,
}

/// A failure that counts toward the lock.
struct Failure {
    /// Position of the attempt in the history.
    attempt: usize,
    at: Timestamp,
}

impl History {
    pub(super) fn sends(&self) -> Vec<Send> {
        let mut sends: Vec<Send> = Vec::new();
        for event in &self.events {
            match event {
                Event::SendReserved { id, owner, at, resend_at } => sends.push(Send {
                    id: *id,
                    owner: *owner,
                    at: *at,
                    resend_at: *resend_at,
                    opened: false,
                    revoked: false,
                    before_success: false,
                }),
                Event::SendReleased(id) => sends.retain(|send| send.id != *id),
                Event::ChallengeOpened(challenge) => {
                    let opened = sends.iter_mut().filter(|send| send.id == challenge.id);
                    opened.for_each(|send| send.opened = true);
                }
                Event::Redeemed { .. } => sends.iter_mut().for_each(|send| send.before_success = true),
                Event::Revoked(revocation) => {
                    for send in sends.iter_mut().filter(|send| !send.opened) {
                        send.revoked |= revocation.covers(&send.owner.login, &send.owner.scope, None);
                    }
                }
                Event::ActionKept { .. }
                | Event::ActionKeptAgain { .. }
                | Event::Attempted { .. }
                | Event::AttemptSettled { .. }
                | Event::FailureReleased { .. }
                | Event::AttemptUnsent { .. }
                | Event::AttemptReturned(_)
                | Event::NumberChanged(_)
                | Event::Consumed(..)
                | Event::Unlocked => {}
            }
        }
        sends
    }

    /// Returns the challenges that may have ended only by time, by their attempts or by a right code.
    pub(super) fn opened_challenges(&self) -> Vec<Challenge> {
        let mut challenges: Vec<Challenge> = Vec::new();
        for event in &self.events {
            match event {
                Event::ChallengeOpened(newer) => {
                    challenges.retain(|it| Owner::of_challenge(it) != Owner::of_challenge(newer));
                    challenges.push(newer.clone());
                }
                Event::Attempted { id, .. } => {
                    let attempted = challenges.iter_mut().filter(|it| it.id == *id);
                    attempted.for_each(|it| it.attempts_used += 1);
                }
                Event::AttemptReturned(id) | Event::AttemptUnsent { id, .. } | Event::Redeemed { id, .. } => {
                    let returned = challenges.iter_mut().filter(|it| it.id == *id && it.attempts_used > 0);
                    returned.for_each(|it| it.attempts_used -= 1);
                }
                Event::NumberChanged(id) => challenges.retain(|it| it.id != *id),
                Event::Revoked(revocation) => {
                    challenges.retain(|it| !Owner::of_challenge(it).is_covered_by(revocation));
                }
                Event::ActionKept { replaced, .. } => {
                    challenges.retain(|it| !Owner::of_challenge(it).is_among(replaced));
                }
                Event::Consumed(owner, _) if owner.approval.is_some() => {
                    challenges.retain(|it| Owner::of_challenge(it) != *owner);
                }
                Event::ActionKeptAgain { .. }
                | Event::SendReserved { .. }
                | Event::SendReleased(_)
                | Event::AttemptSettled { .. }
                | Event::FailureReleased { .. }
                | Event::Consumed(..)
                | Event::Unlocked => {}
            }
        }
        challenges
    }

    /// Returns the opened challenges that no code has redeemed.
    pub(super) fn unredeemed_challenges(&self) -> Vec<Challenge> {
        self.opened_challenges().into_iter().filter(|it| self.redemption(it.id).is_none()).collect()
    }

    /// Returns the challenge of an owner on which a code can be attempted.
    pub(super) fn live_challenge(&self, owner: Owner, now: Timestamp) -> Option<Challenge> {
        let challenges = self.unredeemed_challenges().into_iter();
        challenges.filter(|it| is_live(it, now)).find(|it| Owner::of_challenge(it) == owner)
    }

    /// Returns the code that redeemed a challenge, the grant, and the nonce of the grant's token.
    pub(super) fn redemption(&self, challenge: ChallengeId) -> Option<(CodeProof, GrantRecord, GrantNonce)> {
        self.events.iter().find_map(|event| match event {
            Event::Redeemed { id, proof, grant, nonce, .. } if *id == challenge => {
                Some((*proof, grant.clone(), *nonce))
            }
            _ => None,
        })
    }

    /// Returns the grants that nothing but time has ended.
    pub(super) fn grants(&self) -> Vec<GrantState> {
        let mut grants: Vec<GrantState> = Vec::new();
        for event in &self.events {
            match event {
                Event::Redeemed { owner, grant, .. } => {
                    let Owner { login, scope, .. } = *owner;
                    grants.retain(|it| Owner::of_grant(it) != *owner);
                    grants.push(GrantState { login, scope, grant: grant.clone() });
                }
                Event::Consumed(owner, _) => grants.retain(|it| Owner::of_grant(it) != *owner),
                Event::ActionKept { replaced, .. } => {
                    grants.retain(|it| !Owner::of_grant(it).is_among(replaced));
                }
                Event::Revoked(revocation) => {
                    grants.retain(|it| !Owner::of_grant(it).is_covered_by(revocation));
                }
                Event::ActionKeptAgain { .. }
                | Event::SendReserved { .. }
                | Event::SendReleased(_)
                | Event::ChallengeOpened(_)
                | Event::Attempted { .. }
                | Event::AttemptSettled { .. }
                | Event::FailureReleased { .. }
                | Event::AttemptUnsent { .. }
                | Event::AttemptReturned(_)
                | Event::NumberChanged(_)
                | Event::Unlocked => {}
            }
        }
        grants
    }

    /// Returns the consecutive failures that count now, oldest first.
    fn failures(&self, rule: &LockRule, now: Timestamp) -> Vec<Failure> {
        let mut failures: Vec<Failure> = Vec::new();
        let mut forget_at = None;
        for (position, event) in self.events.iter().enumerate() {
            match event {
                Event::Attempted { at, forget_after, .. } => {
                    if are_forgotten(&failures, forget_at, rule, *at) {
                        failures.clear();
                    }
                    failures.push(Failure { attempt: position, at: *at });
                    forget_at = Some(at.plus(*forget_after));
                }
                Event::FailureReleased { attempt } | Event::AttemptUnsent { attempt, .. } => {
                    failures.retain(|it| it.attempt != *attempt);
                }
                Event::Redeemed { .. } | Event::Unlocked => failures.clear(),
                Event::ActionKept { .. }
                | Event::ActionKeptAgain { .. }
                | Event::SendReserved { .. }
                | Event::SendReleased(_)
                | Event::ChallengeOpened(_)
                | Event::AttemptSettled { .. }
                | Event::AttemptReturned(_)
                | Event::NumberChanged(_)
                | Event::Consumed(..)
                | Event::Revoked(_) => {}
            }
        }
        if are_forgotten(&failures, forget_at, rule, now) {
            failures.clear();
        }
        failures
    }

    /// Returns the number of failures, and the lock that they cause.
    pub(super) fn lock(&self, rule: &LockRule, now: Timestamp) -> (u32, Lock) {
        let failures = self.failures(rule, now);
        let count = u32::try_from(failures.len()).unwrap_or(u32::MAX);
        if count >= rule.disable_after {
            return (count, Lock::Disabled);
        }
        let Some(last) = failures.last() else { return (0, Lock::Unlocked) };
        if count % rule.lock_after != 0 {
            return (count, Lock::Unlocked);
        }
        let mut duration = rule.lock_for;
        for _ in 1..count / rule.lock_after {
            duration *= 2;
        }
        let end = last.at.plus(duration.min(rule.longest_lock));
        (count, if now < end { Lock::Until(end) } else { Lock::Unlocked })
    }

    pub(in crate::conformance::model) fn user_state(&self, rule: &LockRule, now: Timestamp) -> UserState {
        let (failures, lock) = self.lock(rule, now);
        let counted = self.sends().into_iter().filter(|send| !send.before_success);
        UserState {
            failures,
            lock,
            resend_at: counted.map(|send| send.resend_at).max(),
            challenges: self.unredeemed_challenges().into_iter().filter(|it| is_live(it, now)).collect(),
            grants: self.grants().into_iter().filter(|it| now < it.grant.expires_at).collect(),
            actions: self.actions().into_iter().filter(|it| now < it.expires_at).collect(),
            consumed: self.consumed(now),
        }
    }
}

fn is_live(challenge: &Challenge, now: Timestamp) -> bool {
    now < challenge.expires_at && challenge.attempts_used < challenge.attempts
}

/// Returns whether the last failure is too long ago. The failures of a disabled user are never forgotten.
fn are_forgotten(
    failures: &[Failure],
    forget_at: Option<Timestamp>,
    rule: &LockRule,
    now: Timestamp,
) -> bool {
    failures.len() < rule.disable_after as usize && forget_at.is_some_and(|at| now >= at)
}
