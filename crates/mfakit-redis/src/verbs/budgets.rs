//! Budgets that users share.

use mfakit_core::{
    Timestamp,
    policy::Limit,
    store::{Budget, BudgetChange, BudgetReservation, ReserveBudget, StoreError},
};

use crate::{
    arguments::{changes, limits, millis},
    database::Database,
    names::short_hex,
    record::{read_timestamp, unreadable},
};

pub(crate) async fn reserve_budget(
    database: &Database,
    request: ReserveBudget<'_>,
) -> Result<BudgetReservation, StoreError> {
    let answer: Vec<String> = database
        .connection
        .call_replicated(
            &database.scripts.reserve_budget,
            &database.names.budget(request.budget),
            &[
                &database.now(),
                &short_hex(request.challenge.as_bytes()),
                &short_hex(request.number),
                &limits(request.limits),
                &millis(Limit::longest(request.limits)),
            ],
        )
        .await?;
    let answer: Vec<_> = answer.iter().map(String::as_str).collect();
    match *answer.as_slice() {
        ["reserved", next_at, completed] => {
            Ok(BudgetReservation::Reserved { next_at: read_timestamp(next_at)?, completed: completed == "1" })
        }
        ["exhausted", retry_at, completed] => Ok(BudgetReservation::Exhausted {
            retry_at: read_timestamp(retry_at)?,
            completed: completed == "1",
        }),
        _ => Err(unreadable("an answer")),
    }
}

pub(crate) async fn exhausted_until(
    database: &Database,
    budget: &Budget,
    limits_of_budget: &[Limit],
) -> Result<Option<Timestamp>, StoreError> {
    let arguments = [&*database.now(), &limits(limits_of_budget)];
    let keys = database.names.budget(budget);
    let retry_at: Option<String> =
        database.connection.call_read(&database.scripts.exhausted_until, &keys, &arguments).await?;
    retry_at.as_deref().map(read_timestamp).transpose()
}

pub(crate) async fn settle_budget(
    database: &Database,
    budget: &Budget,
    change: BudgetChange<'_>,
) -> Result<(), StoreError> {
    let arguments: Vec<_> = [database.now()].into_iter().chain(changes(change)).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let keys = database.names.budget(budget);
    database.connection.call_write::<()>(&database.scripts.settle_budget, &keys, &arguments).await
}
