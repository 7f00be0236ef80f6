//! Actions that are kept.

use std::time::Duration;

use crate::{
    approval::Approval,
    conformance::model::{
        comparison::{ACTION_RULE, Comparison},
        divergence::{Mismatch, expect_answer, expect_same},
        operation::Actor,
    },
    kept_action::KeptAction,
    store::KeepAction,
};

impl Comparison {
    /// Keeps the action of an actor, or the first one if the actor approves none.
    pub(in crate::conformance::model) async fn keep_action(
        &mut self,
        actor: Actor,
        lifetime: Duration,
    ) -> Result<(), Mismatch> {
        let actor = Actor { action: actor.wrapped().action.max(1), ..actor };
        let (user, now) = (self.users.in_store(actor).unbound(), self.suite.now());
        let action = user.new_action(&actor.action.to_string());
        let action = KeptAction { expires_at: now.plus(lifetime), ..action };
        let request = KeepAction { key: user.key(), action: &action, rule: &ACTION_RULE, now };
        let actual = expect_answer("keep_action", self.suite.store().keep_action(request).await)?;
        let expected = self.users.in_model(actor).keep_action(&action, &ACTION_RULE, now);
        expect_same(format!("{expected:?}"), format!("{actual:?}"))?;
        self.users.approve(actor, Approval::new(expected.outcome.id(), action.approval.digest));
        Ok(())
    }
}
