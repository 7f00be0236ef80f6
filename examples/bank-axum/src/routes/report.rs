//! The report, for programs.

use axum::{Json, extract::State};
use serde::Serialize;

use crate::{AppError, Bank, session::Customer};

#[derive(Serialize)]
pub(crate) struct Report {
    customer: String,
    balance: String,
    entries: usize,
}

/// `GET /api/report`
///
/// The guard is a layer on the route, so that nothing of it is to be seen here.
pub(crate) async fn report(customer: Customer, State(bank): State<Bank>) -> Result<Json<Report>, AppError> {
    let account = bank.account(&customer.id).ok_or(AppError::NoAccount)?;
    let (balance, entries) = (account.balance.to_string(), account.statement.len());
    Ok(Json(Report { customer: account.id, balance, entries }))
}
