//! The report, as JSON.

use axum::{Json, extract::State};
use bank::{Bank, pages::Report};

use crate::{AppError, session::Customer};

/// `GET /api/report`
///
/// The guard is a layer on the route.
pub(crate) async fn report(customer: Customer, State(bank): State<Bank>) -> Result<Json<Report>, AppError> {
    let account = bank.account(&customer.id).ok_or(AppError::NoAccount)?;
    Ok(Json(account.into()))
}
