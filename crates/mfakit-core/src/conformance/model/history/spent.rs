//! Challenges that a right code has redeemed, and the codes that are entered for them afterward.

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    conformance::model::history::{Attempted, Happened, History},
    grant::GrantRecord,
    lock::LockRule,
    proof::{CodeProof, GrantNonce},
    scope::Scope,
    store::{Repeat, RepeatLookup},
    subject::LoginId,
    token::ChallengeId,
};

impl History {
    /// Returns the code that redeemed a challenge, and the grant that it made.
    pub(super) fn redeemed(&self, id: ChallengeId) -> Option<(CodeProof, GrantRecord, GrantNonce)> {
        self.0.iter().find_map(|happened| match happened {
            Happened::Redeemed { id: redeemed, proof, grant, nonce, .. } if *redeemed == id => {
                Some((*proof, grant.clone(), *nonce))
            }
            _ => None,
        })
    }

    /// Returns a redeemed challenge whose grant still exists, with the proof of the code that redeemed it.
    pub(super) fn spent(
        &self,
        (id, login, scope): (ChallengeId, LoginId, Scope),
        now: Timestamp,
    ) -> Option<(CodeProof, Repeat)> {
        let theirs = |it: &Challenge| it.id == id && it.login == login && it.scope == scope;
        let challenge = self.opened().into_iter().find(|it| theirs(it) && now < it.expires_at)?;
        let (proof, grant, nonce) = self.redeemed(id)?;
        let stands = self.grant(login, scope).as_ref() == Some(&grant) && now < grant.expires_at;
        stands.then_some((proof, Repeat { challenge, grant, nonce }))
    }

    pub(super) fn attempt_on_spent(
        &mut self,
        repeat: Repeat,
        (number, proof, is_right): ([u8; 32], CodeProof, bool),
        rule: &LockRule,
        now: Timestamp,
    ) -> Attempted {
        let mut challenge = Box::new(repeat.challenge.clone());
        if challenge.number != number {
            self.0.push(Happened::NumberChanged(challenge.id));
            return Attempted::Over;
        }
        if challenge.attempts_used >= challenge.attempts {
            return Attempted::Over;
        }
        if is_right {
            return Attempted::Repeated(Box::new(repeat));
        }
        challenge.attempts_used += 1;
        let (id, number, forget_after) = (challenge.id, challenge.attempts_used, rule.forget_after);
        self.0.push(Happened::Attempted { id, number, proof, at: now, forget_after });
        let (failures, lock) = self.lock(rule, now);
        Attempted::Rejected { challenge, failures, lock }
    }

    /// Returns the result of settling an attempt that did not redeem its challenge.
    pub(in crate::conformance::model) fn find_repeat(
        &mut self,
        (id, login, scope): (ChallengeId, LoginId, Scope),
        (number, proof): (u32, CodeProof),
        now: Timestamp,
    ) -> RepeatLookup {
        if self.spent((id, login, scope), now).is_some_and(|(right, _)| right == proof) {
            self.0.push(Happened::AttemptReturned(id));
            let found = self.spent((id, login, scope), now);
            return found.map_or(RepeatLookup::Nothing, |(_, repeat)| RepeatLookup::Found(Box::new(repeat)));
        }
        let theirs = |it: &Challenge| it.id == id && it.login == login && it.scope == scope;
        if !self.challenges().iter().any(|it| theirs(it) && now < it.expires_at) {
            return RepeatLookup::Nothing;
        }
        self.0.push(Happened::Settled { id, number });
        if self.is_pending(id, proof) { RepeatLookup::Pending } else { RepeatLookup::Nothing }
    }

    /// Returns whether an attempt with this code was counted on the challenge and is not settled yet.
    fn is_pending(&self, challenge: ChallengeId, code: CodeProof) -> bool {
        let settled = |of: u32| {
            let it = |happened: &Happened| matches!(happened, Happened::Settled { id, number } if *id == challenge && *number == of);
            self.0.iter().any(it)
        };
        self.0.iter().any(|happened| match happened {
            Happened::Attempted { id, number, proof, .. } => {
                *id == challenge && *proof == code && !settled(*number)
            }
            _ => false,
        })
    }

    /// Returns the number of the newest attempt on a challenge.
    pub(in crate::conformance::model) fn newest_attempt(&self, challenge: ChallengeId) -> u32 {
        let of_it = |happened: &Happened| match happened {
            Happened::Attempted { id, number, .. } if *id == challenge => Some(*number),
            _ => None,
        };
        self.0.iter().rev().find_map(of_it).unwrap_or_default()
    }
}
