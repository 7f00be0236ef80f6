//! Ledgers in rows.

use mfakit_core::{BudgetLedger, UserBytes, UserLedger, store::StoreError};

use crate::stored::{Change, Replacement, Stored};

/// Reads the ledger of a user from its row.
pub(super) fn of_user(stored: &Stored<'_>) -> Result<UserLedger, StoreError> {
    let column = |number| stored.payload(number).map(|payload| payload.map(<[u8]>::to_vec));
    let mut bytes = UserBytes::default();
    (bytes.grants, bytes.codes, bytes.actions) = (column(0)?, column(1)?, column(2)?);
    UserLedger::read(&bytes, stored.now)
}

/// Applies a verb to the ledger of a user. Returns the row that it leaves, or `None` if it has changed nothing.
pub(super) fn change_user<T>(
    stored: &Stored<'_>,
    verb: impl FnOnce(&mut UserLedger) -> Result<T, StoreError>,
) -> Result<(T, Option<Replacement>), StoreError> {
    let mut ledger = of_user(stored)?;
    let before = ledger.write();
    let answer = verb(&mut ledger)?;
    let after = ledger.write();
    let is_changed = after != before;
    let UserBytes { grants, codes, actions, ends_at, .. } = after;
    let columns = [grants, codes, actions].into_iter().map(written).collect();
    Ok((answer, is_changed.then_some(Replacement { columns, sweep_at: ends_at })))
}

/// Reads the ledger of a budget from its row.
pub(super) fn of_budget(stored: &Stored<'_>) -> Result<BudgetLedger, StoreError> {
    BudgetLedger::read(stored.payload(0)?, stored.now)
}

/// Applies a verb to the ledger of a budget. Returns the row that it leaves, or `None` if it has changed nothing.
pub(super) fn change_budget<T>(
    stored: &Stored<'_>,
    verb: impl FnOnce(&mut BudgetLedger) -> T,
) -> Result<(T, Option<Replacement>), StoreError> {
    let mut ledger = of_budget(stored)?;
    let before = ledger.write();
    let answer = verb(&mut ledger);
    let after = ledger.write();
    let is_changed = after != before;
    let columns = vec![written(after)];
    Ok((answer, is_changed.then_some(Replacement { columns, sweep_at: ledger.ends_at() })))
}

fn written(payload: Option<Vec<u8>>) -> Change {
    payload.map_or(Change::Clear, Change::Set)
}
