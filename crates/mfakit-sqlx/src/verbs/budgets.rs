//! Verbs on a budget.

use mfakit_core::{
    Timestamp,
    policy::Limit,
    store::{Budget, BudgetChange, BudgetReservation, ReserveBudget, StoreError},
};

use crate::{database::Database, stored::Stored};

use super::ledger::{change_budget, of_budget};

pub(crate) async fn reserve_budget(
    database: &Database,
    request: ReserveBudget<'_>,
) -> Result<BudgetReservation, StoreError> {
    let verb = |stored: &Stored<'_>| {
        let mut request = request;
        request.now = stored.now;
        change_budget(stored, |ledger| ledger.reserve(request))
    };
    database.change_budget(request.budget, request.now, verb).await
}

pub(crate) async fn exhausted_until(
    database: &Database,
    budget: &Budget,
    limits: &[Limit],
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let stored = database.read_budget(budget, now).await?;
    Ok(of_budget(&stored)?.exhausted_until(limits, stored.now))
}

pub(crate) async fn settle_budget(
    database: &Database,
    budget: &Budget,
    change: BudgetChange<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let verb = |stored: &Stored<'_>| change_budget(stored, |ledger| ledger.settle(change, stored.now));
    database.change_budget(budget, now, verb).await
}
