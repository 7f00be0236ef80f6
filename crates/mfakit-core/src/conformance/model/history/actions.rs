//! Actions: kept, and as long as something needs them.

use std::time::Duration;

use crate::{
    approval::ApprovalId,
    clock::Timestamp,
    conformance::model::history::event::{Event, History, Owner},
    kept_action::KeptAction,
    store::{ActionRule, KeepOutcome},
};

/// Time for which a send in flight lets its action last.
const IN_FLIGHT: Duration = Duration::from_secs(60);

impl History {
    pub(in crate::conformance::model) fn keep_action(
        &mut self,
        action: &KeptAction,
        rule: &ActionRule,
        now: Timestamp,
    ) -> KeepOutcome {
        let here = |it: &KeptAction| it.login == action.login && it.scope == action.scope;
        let mut kept: Vec<_> = self.actions().into_iter().filter(|it| now < it.expires_at).collect();
        let is_same = |it: &&KeptAction| here(it) && it.approval.digest == action.approval.digest;
        if let Some(id) = kept.iter().find(is_same).map(|it| it.approval.id) {
            self.events.push(Event::ActionKeptAgain { id, until: action.expires_at });
            return KeepOutcome::Known(id);
        }
        // Those that are replaced first come last.
        kept.sort_by_key(|it| (self.is_busy(it, now), it.kept_at, it.approval.id));
        kept.reverse();
        let mut replaced = Vec::new();
        while kept.iter().filter(|it| here(it)).count() >= rule.per_place as usize
            && let Some(at) = kept.iter().rposition(here)
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
                Event::Consumed(owner) => actions.retain(|it| Some(it.approval.id) != owner.approval),
                Event::Revoked(revocation) => actions.retain(|it| !revocation.covers(&it.login, &it.scope)),
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
        actions
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

    /// Returns whether an action has a live challenge or a live grant.
    fn is_busy(&self, action: &KeptAction, now: Timestamp) -> bool {
        let owner = Owner { login: action.login, scope: action.scope, approval: Some(action.approval.id) };
        let has_grant = self.grant(owner).is_some_and(|grant| now < grant.expires_at);
        has_grant || self.live_challenge(owner, now).is_some()
    }
}

fn extend(actions: &mut [KeptAction], id: Option<ApprovalId>, until: Timestamp) {
    let extended = actions.iter_mut().filter(|it| Some(it.approval.id) == id);
    extended.for_each(|it| it.expires_at = it.expires_at.max(until));
}
