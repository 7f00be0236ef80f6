//! Budgets that several users share.

use std::time::Duration;

use crate::{
    conformance::model::{
        comparison::{BudgetEvent, Comparison},
        divergence::{Mismatch, expect_answer, expect_same},
        operation::NthNewest,
    },
    limit::Limit,
    store::{BudgetChange, ReserveBudget},
    token::ChallengeId,
};

/// Limits of every budget.
const LIMITS: [Limit; 2] =
    [Limit::new(2, Duration::from_secs(60)), Limit::new(3, Duration::from_secs(10 * 60))];

impl Comparison {
    /// Reads the wait of a budget, then counts an event against it.
    pub(in crate::conformance::model) async fn reserve_budget(
        &mut self,
        budget: u8,
        number: u8,
    ) -> Result<(), Mismatch> {
        let (now, store) = (self.suite.now(), self.suite.store());
        let (challenge, number) = (ChallengeId::random(), hash_of_number(number));
        let modeled = self.budget_mut(budget);

        let actual = store.exhausted_until(&modeled.in_store, &LIMITS, now).await;
        let actual = expect_answer("exhausted_until", actual)?;
        let expected = modeled.history.exhausted_until(&LIMITS, now);
        expect_same(format!("{expected:?}"), format!("{actual:?}"))?;

        let (challenge_id, in_store) = (&challenge, &modeled.in_store);
        let request = ReserveBudget {
            budget: in_store,
            challenge: challenge_id,
            number: &number,
            limits: &LIMITS,
            now,
        };
        let actual = expect_answer("reserve_budget", store.reserve_budget(request).await)?;
        let expected = modeled.history.reserve(challenge, number, &LIMITS, now);
        expect_same(format!("{expected:?}"), format!("{actual:?}"))?;
        self.budget_events.push(BudgetEvent { budget, challenge });
        Ok(())
    }

    /// Releases an event, at the budget that counted it or at another.
    pub(in crate::conformance::model) async fn release_budget(
        &mut self,
        event: NthNewest,
        budget_offset: u8,
    ) -> Result<(), Mismatch> {
        let Some(BudgetEvent { budget, challenge }) = event.of(&self.budget_events) else { return Ok(()) };
        let change = BudgetChange::Release { challenge: &challenge };
        let budget = budget % 3 + budget_offset % 3;
        self.settle_budget(budget, change).await?;
        self.budget_mut(budget).history.release(challenge);
        Ok(())
    }

    pub(in crate::conformance::model) async fn complete_budget(
        &mut self,
        budget: u8,
        number: u8,
        keep_counted: bool,
        remember_for: Duration,
    ) -> Result<(), Mismatch> {
        let (now, number) = (self.suite.now(), hash_of_number(number));
        let change = BudgetChange::Complete { number: &number, keep_counted, remember_for };
        self.settle_budget(budget, change).await?;
        self.budget_mut(budget).history.complete(number, keep_counted, remember_for, now);
        Ok(())
    }

    pub(in crate::conformance::model) async fn forget_budget(&mut self, budget: u8) -> Result<(), Mismatch> {
        self.settle_budget(budget, BudgetChange::Forget).await?;
        self.budget_mut(budget).history.forget_completion();
        Ok(())
    }

    async fn settle_budget(&mut self, budget: u8, change: BudgetChange<'_>) -> Result<(), Mismatch> {
        let (now, store) = (self.suite.now(), self.suite.store());
        let in_store = self.budget_mut(budget).in_store;
        expect_answer("settle_budget", store.settle_budget(&in_store, change, now).await)
    }
}

/// Returns the keyed hash of one of two numbers.
const fn hash_of_number(number: u8) -> [u8; 32] {
    [number % 2; 32]
}
