//! Actions that users of the suite approve.

use std::time::Duration;

use crate::{
    approval::{ActionDigest, Approval, ApprovalId},
    conformance::{
        suite::expect_answer,
        test_user::{CODE_LIFETIME, TestUser, lenient},
    },
    kept_action::KeptAction,
    store::{ActionRule, BoundGrants, KeepAction, KeepOutcome, Kept, SendReservation},
};

/// Limits of the suite on actions.
pub(super) const ACTIONS: ActionRule = ActionRule { per_place: 3, per_user: 12 };

/// Lifetime of the suite's actions, unless a challenge or a grant extends it.
pub(super) const ACTION_LIFETIME: Duration = CODE_LIFETIME;

impl TestUser {
    /// Returns an action that this user has not seen, which only its name tells from others.
    pub(super) fn new_action(&self, name: &str) -> KeptAction {
        let mut digest = [0; 32];
        digest.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
        let approval = Approval::new(ApprovalId::random(), ActionDigest::from_bytes(digest));
        let now = self.suite.now();
        KeptAction::new(approval, self.login, self.scope, format!("{{\"lines\":[\"{name}\"]}}"), name)
            .with_target(Some(format!("/pay?for={name}")))
            .with_times(now, now.plus(ACTION_LIFETIME))
    }

    /// Keeps an action.
    pub(super) async fn keep(&self, action: &KeptAction) -> KeepOutcome {
        self.keep_beside(action).await.outcome
    }

    /// Keeps an action, and returns the approval of the same one that was consumed as well.
    pub(super) async fn keep_beside(&self, action: &KeptAction) -> Kept {
        let unbound = self.unbound();
        let request = KeepAction { key: unbound.key(), action, rule: &ACTIONS, now: self.suite.now() };
        expect_answer("keep_action", self.suite.store().keep_action(request).await)
    }

    /// Keeps a new action with this name, and returns the same user, who approves it.
    pub(super) async fn approving(&self, name: &str) -> Self {
        let action = self.new_action(name);
        assert_eq!(self.keep(&action).await, KeepOutcome::Kept(action.approval.id), "a new action is kept");
        self.bound_to(action.approval)
    }

    /// Returns the same user, who approves this.
    pub(super) fn bound_to(&self, approval: Approval) -> Self {
        Self { approval: Some(approval), ..self.clone() }
    }

    /// Returns the same user, who approves nothing.
    pub(super) fn unbound(&self) -> Self {
        Self { approval: None, ..self.clone() }
    }

    /// Returns the actions of the user's session and scope, or the one of the user's approval.
    pub(super) async fn actions(&self) -> Vec<KeptAction> {
        let answer = self.suite.store().actions(self.key(), self.suite.now()).await;
        expect_answer("actions", answer)
    }

    /// Returns whether the action of the user's approval is kept.
    pub(super) async fn has_action(&self) -> bool {
        match self.actions().await.as_slice() {
            [] => false,
            [action] => Some(action.approval) == self.approval,
            more => panic!("an approval has one action: {more:?}"),
        }
    }

    /// Returns whether the grant of the user's approval was consumed.
    pub(super) async fn is_consumed(&self) -> bool {
        expect_answer("is_consumed", self.suite.store().is_consumed(self.key(), self.suite.now()).await)
    }

    /// Reads the bound grants of the user's session and scope, in both ways if the store has both.
    pub(super) async fn bound_grants(&self) -> BoundGrants {
        let (store, unbound) = (self.suite.store(), self.unbound());
        let grants = expect_answer("bound_grants", store.bound_grants(unbound.key()).await);
        if let Some(answer) = store.bound_grants_at_once(unbound.key()) {
            let at_once = expect_answer("bound_grants_at_once", answer);
            assert_eq!(
                sorted(&at_once),
                sorted(&grants),
                "bound_grants_at_once returns what bound_grants returns"
            );
        }
        grants
    }

    /// Reserves a send, and returns the action that the store returned.
    pub(super) async fn reserved_action(&self) -> Option<KeptAction> {
        match self.reserve_send(&lenient()).await {
            (_, SendReservation::Reserved { action, .. }) => action.map(|action| *action),
            (_, answer) => panic!("a send for an action that is kept is reserved: {answer:?}"),
        }
    }
}

/// Describes grants without their order.
fn sorted(grants: &BoundGrants) -> Vec<String> {
    let mut described: Vec<_> = grants.iter().map(|grant| format!("{grant:?}")).collect();
    described.sort();
    described
}
