//! Faults of a store that keeps actions.

use mfakit_core::{
    MfaStore, Timestamp, UserId,
    store::{
        ActionDigest, ActionRule, Approval, ApprovalId, Challenge, ConsumeOutcome, GrantRecord, KeepAction,
        Kept, KeptAction, Key, OpenOutcome, ReserveSend, Revocation, SendReservation, SendRule, StoreError,
    },
};

use crate::{
    broken::{Broken, a_moment_before},
    fault::Fault,
};

impl Broken {
    pub(crate) fn grant_of(&self, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        let read = |key| self.store.grant_at_once(key).unwrap();
        match (self.fault(), read(key)?) {
            (Fault::ReturnsUnboundGrantsForApprovals, None) => read(key.unbind()),
            (Fault::ReturnsBoundGrantsAsUnbound, None) => {
                Ok(self.store.bound_grants_at_once(key).unwrap()?.iter().next().cloned())
            }
            (_, grant) => Ok(grant),
        }
    }

    pub(crate) async fn keep(&self, mut request: KeepAction<'_>) -> Result<Kept, StoreError> {
        let mut action = request.action.clone();
        let mut rule = *request.rule;
        match self.fault() {
            Fault::KeepsTheSameActionTwice => {
                let mut digest = *action.approval.digest.as_bytes();
                digest[16..].copy_from_slice(action.approval.id.as_bytes());
                action.approval = Approval::new(action.approval.id, ActionDigest::from_bytes(digest));
            }
            Fault::ChangesWords => action.words.truncate(9),
            Fault::KeepsOneActionTooMany => rule.per_place += 1,
            Fault::KeepsActionsOfUsersWithoutLimit => rule = ActionRule { per_user: u32::MAX, ..rule },
            _ => {}
        }
        self.leave(Fault::KeepsEmptyActions);
        if self.is(Fault::ReplacesGrants) {
            self.end_a_grant(&request).await?;
        }
        self.kept.lock().await.push((request.key.user.clone(), action.clone()));
        (request.action, request.rule) = (&action, &rule);
        let kept = self.store.keep_action(request).await?;
        self.naming(request, kept).await
    }

    /// Keeps actions again that are gone.
    async fn keep_again(
        &self,
        user: &UserId,
        is_kept: impl Fn(&KeptAction) -> bool,
    ) -> Result<(), StoreError> {
        for (_, action) in self.kept.lock().await.iter().filter(|(of, action)| of == user && is_kept(action))
        {
            let key = Key::unbound(user, &action.login, &action.scope);
            let rule = &ActionRule::default();
            let _ = self.store.keep_action(KeepAction::new(key, action, rule, action.kept_at)).await?;
        }
        Ok(())
    }

    pub(crate) async fn actions_of(
        &self,
        key: Key<'_>,
        now: Timestamp,
    ) -> Result<Vec<KeptAction>, StoreError> {
        let now = if self.is(Fault::ExpiresActionsTooLate) { a_moment_before(now) } else { now };
        self.store.actions(key, now).await
    }

    pub(crate) async fn reserve_send_of(
        &self,
        mut request: ReserveSend<'_>,
    ) -> Result<SendReservation, StoreError> {
        let without_place = SendRule { per_login_and_scope: Vec::new(), ..request.rule.clone() };
        if self.is(Fault::CountsSendsPerApproval) && request.key.approval.is_some() {
            request.rule = &without_place;
        }
        match (self.fault(), self.store.reserve_send(request).await?) {
            (Fault::SendsWithoutActions, SendReservation::NoAction) => {
                request.key = request.key.unbind();
                self.store.reserve_send(request).await
            }
            (
                Fault::ReturnsLiveChallengesOfOtherActions,
                SendReservation::TooSoon { resend_at, cooling_down, .. },
            ) => {
                let challenges = self.store.user_state(request.key.user, request.now).await?.challenges;
                let live = challenges.into_iter().next().map(Box::new);
                Ok(SendReservation::TooSoon { resend_at, cooling_down, live })
            }
            (_, answer) => Ok(answer),
        }
    }

    pub(crate) async fn open(&self, user: &UserId, challenge: &Challenge) -> Result<OpenOutcome, StoreError> {
        let mut challenge = challenge.clone();
        if self.is(Fault::ForgetsBindings) {
            challenge.approval = None;
        }
        let opening = self.store.open_challenge(user, &challenge).await?;
        if self.is(Fault::OpensOtherDigests) && opening == OpenOutcome::Over {
            let is_it = |id: &ApprovalId| challenge.approval.is_some_and(|approval| approval.id == *id);
            let kept = self.store.user_state(user, challenge.sent_at).await?.actions;
            let kept = kept.iter().find(|action| is_it(&action.approval.id)).map(|action| action.approval);
            challenge.approval = kept.or(challenge.approval);
            return self.store.open_challenge(user, &challenge).await;
        }
        Ok(opening)
    }

    pub(crate) async fn consume_of(
        &self,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Result<ConsumeOutcome, StoreError> {
        let owner = grant.approval.map(|approval| approval.id);
        if self.is(Fault::ConsumesForOtherActions) {
            return self.store.consume(Key { approval: owner.as_ref(), ..key }, grant, now).await;
        }
        let consumed = self.store.consume(key, grant, now).await?;
        if self.is(Fault::KeepsConsumedActions) && consumed == ConsumeOutcome::Consumed {
            self.keep_again(key.user, |action| Some(action.approval.id) == owner).await?;
        }
        Ok(consumed)
    }

    pub(crate) async fn revoke_without_actions(
        &self,
        user: &UserId,
        what: Revocation,
    ) -> Result<(), StoreError> {
        self.store.revoke(user, what).await?;
        let covers = |it: &KeptAction| what.covers(&it.login, &it.scope, Some(&it.approval.id));
        self.keep_again(user, covers).await
    }

    /// Ends all approvals of a session and scope if one of them is revoked.
    pub(crate) async fn revoke_beside(&self, user: &UserId, what: Revocation) -> Result<(), StoreError> {
        let what = match what {
            Revocation::Approval(login, scope, _) => Revocation::Elevation(login, scope),
            other => other,
        };
        self.store.revoke(user, what).await
    }

    /// Ends a grant that was entered for one of three actions, as if it waited.
    pub(crate) async fn end_a_grant(&self, request: &KeepAction<'_>) -> Result<(), StoreError> {
        let KeepAction { key, now, .. } = *request;
        let kept = self.store.actions(key, now).await?;
        let grants = self.store.bound_grants(key).await?;
        if let (3, Some(approval)) = (kept.len(), grants.iter().find_map(|grant| grant.approval)) {
            let what = Revocation::Approval(*key.login, *key.scope, approval.id);
            self.store.revoke(key.user, what).await?;
        }
        Ok(())
    }
}
