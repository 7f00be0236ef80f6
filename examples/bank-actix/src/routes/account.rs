//! The account page: balance, statement, and the form for a transfer.

use actix_web::{HttpResponse, get, http::StatusCode, web::Data};
use bank::{
    Bank,
    forms::{Order, OrderErrors},
    pages::AccountPage,
};

use crate::{AppError, page::page, session::Customer};

/// `GET /account`
#[get("/account")]
pub(crate) async fn show(customer: Customer, bank: Data<Bank>) -> Result<HttpResponse, AppError> {
    let account = bank.account(&customer.id).ok_or(AppError::NoAccount)?;
    page(StatusCode::OK, &AccountPage { account, order: Order::default(), wrong: OrderErrors::default() })
}
