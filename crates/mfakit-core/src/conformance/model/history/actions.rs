//! Actions: kept, and as long as something needs them.

use std::time::Duration;

use crate::{
    approval::ApprovalId,
    clock::Timestamp,
    conformance::model::history::event::{Event, History, Owner},
    kept_action::KeptAction,
    store::{ActionRule, ConsumedAction, KeepOutcome, Kept},
};

/// Time for which a send in flight lets its action last.
const IN_FLIGHT: Duration = Duration::from_secs(60);

impl History {
    pub(in crate::conformance::model) fn keep_action(
        &mut self,
        action: &KeptAction,
        rule: &ActionRule,
        now: Timestamp,
    ) -> Kept {
        let alike = |it: &ConsumedAction| {
            (it.login, it.scope, it.approval.digest) == (action.login, action.scope, action.approval.digest)
        };
        let alike = self.consumed(now).into_iter().filter(alike);
        let consumed = alike.max_by_key(|it| (it.consumed_at, it.approval.id));
        Kept { outcome: self.keep_outcome(action, rule, now), consumed }
    }

    fn keep_outcome(&mut self, action: &KeptAction, rule: &ActionRule, now: Timestamp) -> KeepOutcome {
        let here = |it: &KeptAction| it.login == action.login && it.scope == action.scope;
        let mut kept: Vec<_> = self.actions().into_iter().filter(|it| now < it.expires_at).collect();
        let is_same = |it: &&KeptAction| here(it) && it.approval.digest == action.approval.digest;
        if let Some(id) = kept.iter().find(is_same).map(|it| it.approval.id) {
            self.events.push(Event::ActionKeptAgain { id, until: action.expires_at });
            return KeepOutcome::Known(id);
        }
        // Those that are replaced first come last.
        kept.sort_by_key(|it| (self.is_granted(it, now), self.is_sent(it, now), it.kept_at, it.approval.id));
        kept.reverse();
        let waits_here = |it: &KeptAction| here(it) && !self.is_granted(it, now);
        let mut replaced = Vec::new();
        while kept.iter().filter(|it| waits_here(it)).count() >= rule.per_place as usize
            && let Some(at) = kept.iter().rposition(waits_here)
        {
            replaced.push(kept.remove(at).approval.id);
        }
        while kept.len() >= rule.per_user as usize
            && let Some(gone) = kept.pop()
        {
            replaced.push(gone.approval.id);
        }
        self.events.push(Event::ActionKept { action: action.clone(), replaced });
        KeepOutcome::Kept(action.approval.id)
    }

    /// Returns the actions that nothing but time has ended.
    pub(super) fn actions(&self) -> Vec<KeptAction> {
        self.actions_and_consumed().0
    }

    /// Returns whether the grant of an owner was consumed, and its action would not have expired.
    pub(in crate::conformance::model) fn is_consumed(&self, owner: Owner, now: Timestamp) -> bool {
        let (_, consumed) = self.actions_and_consumed();
        consumed.iter().any(|it| Owner::of_action(it) == owner && now < it.expires_at)
    }

    /// Returns the approvals that were consumed and are remembered.
    pub(super) fn consumed(&self, now: Timestamp) -> Vec<ConsumedAction> {
        let (_, consumed) = self.actions_and_consumed();
        let remembered = consumed.iter().filter(|it| now < it.expires_at);
        // The time of keeping is the time of consumption.
        remembered.map(|it| ConsumedAction::new(it.approval, it.login, it.scope, it.kept_at)).collect()
    }

    /// Returns the actions that nothing but time has ended, and those whose grants were consumed.
    fn actions_and_consumed(&self) -> (Vec<KeptAction>, Vec<KeptAction>) {
        let mut consumed: Vec<KeptAction> = Vec::new();
        let mut actions: Vec<KeptAction> = Vec::new();
        for event in &self.events {
            match event {
                Event::ActionKept { action, replaced } => {
                    actions.retain(|it| !replaced.contains(&it.approval.id));
                    actions.push(action.clone());
                }
                Event::ActionKeptAgain { id, until } => extend(&mut actions, Some(*id), *until),
                Event::SendReserved { owner, at, .. } => {
                    extend(&mut actions, owner.approval, at.plus(IN_FLIGHT));
                }
                Event::ChallengeOpened(challenge) => {
                    extend(&mut actions, Owner::of_challenge(challenge).approval, challenge.expires_at);
                }
                Event::Redeemed { owner, grant, .. } => {
                    extend(&mut actions, owner.approval, grant.expires_at);
                }
                Event::Consumed(owner, at) => {
                    let until = at.plus(ConsumedAction::REMEMBERED_FOR);
                    let used = actions.extract_if(.., |it| Owner::of_action(it) == *owner);
                    consumed.extend(used.map(|it| {
                        let ends_at = it.expires_at.max(until);
                        it.with_times(*at, ends_at)
                    }));
                }
                Event::Revoked(revocation) => {
                    actions.retain(|it| !Owner::of_action(it).is_covered_by(revocation));
                    let forgets = |it: &KeptAction| {
                        !revocation.keeps_consumed() && Owner::of_action(it).is_covered_by(revocation)
                    };
                    consumed.retain(|it| !forgets(it));
                }
                Event::SendReleased(_)
                | Event::Attempted { .. }
                | Event::AttemptSettled { .. }
                | Event::FailureReleased { .. }
                | Event::AttemptUnsent { .. }
                | Event::AttemptReturned(_)
                | Event::NumberChanged(_)
                | Event::Unlocked => {}
            }
        }
        (actions, consumed)
    }

    /// Returns the action of an approval, if it is kept.
    pub(super) fn action_of(&self, owner: Owner, now: Timestamp) -> Option<KeptAction> {
        let is_it = |it: &KeptAction| {
            Some(it.approval.id) == owner.approval && it.login == owner.login && it.scope == owner.scope
        };
        self.actions().into_iter().find(|it| is_it(it) && now < it.expires_at)
    }

    /// Returns whether an owner has an approval whose action is gone.
    pub(super) fn lacks_action(&self, owner: Owner, now: Timestamp) -> bool {
        owner.approval.is_some() && self.action_of(owner, now).is_none()
    }

    /// Returns whether an action has a live grant.
    fn is_granted(&self, action: &KeptAction, now: Timestamp) -> bool {
        self.grant(Owner::of_action(action)).is_some_and(|grant| now < grant.expires_at)
    }

    /// Returns whether an action has a live challenge.
    fn is_sent(&self, action: &KeptAction, now: Timestamp) -> bool {
        self.live_challenge(Owner::of_action(action), now).is_some()
    }
}

fn extend(actions: &mut [KeptAction], id: Option<ApprovalId>, until: Timestamp) {
    let extended = actions.iter_mut().filter(|it| Some(it.approval.id) == id);
    extended.for_each(|it| it.expires_at = it.expires_at.max(until));
}
