//! One run: each operation is applied to both sides, then the states of all users are compared.

use crate::conformance::{
    model::{
        comparison::Comparison,
        divergence::{Divergence, Mismatch},
        operation::Operation,
    },
    suite::Suite,
};

/// Applies the operations to users that the store has never seen, and compares each answer of the store with the
/// model's. Compares the states of all users after each operation.
///
/// # Errors
///
/// Returns the first answer that differs.
pub async fn compare(suite: &Suite, operations: &[Operation]) -> Result<(), Divergence> {
    let mut comparison = Comparison::new(suite);
    for (step, operation) in operations.iter().copied().enumerate() {
        let applied = comparison.apply(operation).await;
        applied.map_err(|mismatch| mismatch.at(step, operation))?;
    }
    Ok(())
}

impl Comparison {
    async fn apply(&mut self, operation: Operation) -> Result<(), Mismatch> {
        match operation {
            Operation::Pass(span) => self.suite.pass(span),
            Operation::KeepAction { actor, lifetime } => self.keep_action(actor, lifetime).await?,
            Operation::ReserveSend(actor) => self.reserve_send(actor).await.map(drop)?,
            Operation::ReleaseSend(send) => self.release_send(send).await?,
            Operation::OpenChallenge { send, resend_delay } => {
                self.open_challenge(send, resend_delay).await?;
            }
            Operation::Start(actor) => self.start(actor).await.map(drop)?,
            Operation::Attempt(challenge) => self.attempt(challenge).await?,
            Operation::AttemptWithChangedNumber(challenge) => {
                self.attempt_with_changed_number(challenge).await?;
            }
            Operation::AttemptForAnyNumber(challenge) => self.attempt_for_any_number(challenge).await?,
            Operation::AttemptAs { actor, challenge } => self.attempt_as(actor, challenge).await?,
            Operation::Fail { actor, times } => self.fail(actor, times).await?,
            Operation::Guess(challenge) => self.guess(challenge).await?,
            Operation::FindRepeat { challenge, right_code } => {
                self.find_repeat(challenge, right_code).await?;
            }
            Operation::ReleaseAttempt(attempt) => self.release_attempt(attempt, false).await?,
            Operation::ReleaseUnsentAttempt(attempt) => self.release_attempt(attempt, true).await?,
            Operation::Redeem { challenge, lifetime, by_cookie } => {
                self.redeem(challenge, lifetime, by_cookie).await?;
            }
            Operation::RedeemAs { actor, challenge } => self.redeem_as(actor, challenge).await?,
            Operation::ReadGrant(actor) => self.read_grant(actor).await?,
            Operation::ReadBoundGrants(actor) => self.read_bound_grants(actor).await?,
            Operation::Consume(grant) => self.consume(grant).await?,
            Operation::RevokeUser(actor) => self.revoke_user(actor).await?,
            Operation::RevokeLogin(actor) => self.revoke_login(actor).await?,
            Operation::RevokeScope(actor) => self.revoke_scope(actor).await?,
            Operation::RevokeElevation(actor) => self.revoke_elevation(actor).await?,
            Operation::RevokeApproval(actor) => self.revoke_approval(actor).await?,
            Operation::Unlock(actor) => self.unlock(actor).await?,
            Operation::ReserveBudget { budget, number } => self.reserve_budget(budget, number).await?,
            Operation::ReleaseBudget { event, budget_offset } => {
                self.release_budget(event, budget_offset).await?;
            }
            Operation::CompleteBudget { budget, number, keep_counted, remember_for } => {
                self.complete_budget(budget, number, keep_counted, remember_for).await?;
            }
            Operation::ForgetBudget(budget) => self.forget_budget(budget).await?,
        }
        self.compare_user_states().await
    }
}
