//! The report, as JSON.

use actix_web::web::{Data, Json};
use bank::{Bank, pages::Report};

use crate::{AppError, session::Customer};

/// `GET /api/report`
///
/// The guard is a middleware around the resource.
pub(crate) async fn report(customer: Customer, bank: Data<Bank>) -> Result<Json<Report>, AppError> {
    let account = bank.account(&customer.id).ok_or(AppError::NoAccount)?;
    Ok(Json(account.into()))
}
