//! Spent challenges, and the codes that are entered for them afterward.

use crate::{
    clock::Timestamp,
    conformance::model::history::event::{ChallengeKey, Event, History},
    proof::CodeProof,
    store::{Repeat, RepeatLookup},
    token::ChallengeId,
};

impl History {
    /// Returns a redeemed challenge whose grant is still valid, with the proof of the code that redeemed it.
    pub(super) fn spent_challenge(&self, key: ChallengeKey, now: Timestamp) -> Option<(CodeProof, Repeat)> {
        let mut challenges = self.opened_challenges().into_iter();
        let challenge = challenges.find(|it| key.names(it) && now < it.expires_at)?;
        let (proof, grant, nonce) = self.redemption(key.id)?;
        let is_current = self.grant(key.owner).as_ref() == Some(&grant);
        (is_current && now < grant.expires_at).then_some((proof, Repeat { challenge, grant, nonce }))
    }

    /// Settles an attempt that did not redeem its challenge, and looks up the grant that its code made in the meantime.
    pub(in crate::conformance::model) fn find_repeat(
        &mut self,
        key: ChallengeKey,
        (attempt, proof): (u32, CodeProof),
        now: Timestamp,
    ) -> RepeatLookup {
        if self.spent_challenge(key, now).is_some_and(|(right, _)| right == proof) {
            self.events.push(Event::AttemptReturned(key.id));
            let found = self.spent_challenge(key, now);
            return found.map_or(RepeatLookup::Nothing, |(_, repeat)| RepeatLookup::Found(Box::new(repeat)));
        }
        let challenges = self.unredeemed_challenges();
        if !challenges.iter().any(|it| key.names(it) && now < it.expires_at) {
            return RepeatLookup::Nothing;
        }
        self.events.push(Event::AttemptSettled { id: key.id, number: attempt });
        if self.is_pending(key.id, proof) { RepeatLookup::Pending } else { RepeatLookup::Nothing }
    }

    /// Returns whether an attempt with this code was counted on the challenge and is not settled yet.
    fn is_pending(&self, challenge: ChallengeId, code: CodeProof) -> bool {
        let mut unsettled: Vec<(u32, CodeProof)> = Vec::new();
        for event in &self.events {
            match event {
                Event::Attempted { id, number, proof, .. } if *id == challenge => {
                    unsettled.push((*number, *proof));
                }
                Event::AttemptSettled { id, number } | Event::AttemptUnsent { id, number, .. }
                    if *id == challenge =>
                {
                    unsettled.retain(|(attempt, _)| attempt != number);
                }
                _ => {}
            }
        }
        unsettled.iter().any(|(_, proof)| *proof == code)
    }
}
