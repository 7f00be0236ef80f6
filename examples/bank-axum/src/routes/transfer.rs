//! A transfer.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use mfakit::require_mfa;
use serde::Deserialize;

use crate::{
    AppError, Bank,
    bank::{Transfer, TransferRefused},
    routes::account::{self, Wrong},
    session::Customer,
};

/// What a customer typed into the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Order {
    pub(crate) amount: String,
    pub(crate) payee: String,
}

/// `GET /transfer`
///
/// The form stands on the account's page. But an order that was wrong is answered by that page under this
/// address, and whoever sends it again and is asked for a code comes back to here.
pub(crate) async fn form() -> Redirect {
    Redirect::to("/account")
}

/// `POST /transfer`
///
/// Nobody gets here without a code: until then the order is not even read.
#[require_mfa(scope = "transfer")]
pub(crate) async fn transfer(
    customer: Customer,
    State(bank): State<Bank>,
    Form(order): Form<Order>,
) -> Result<Response, AppError> {
    match order.carry_out(&bank, &customer) {
        Ok(()) => Ok(Redirect::to("/account").into_response()),
        Err(wrong) => {
            let page = account::page(&bank, &customer, order, wrong)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

impl Order {
    fn carry_out(&self, bank: &Bank, customer: &Customer) -> Result<(), Wrong> {
        let wrong_amount = |why: String| Wrong { amount: Some(why), payee: None };
        let amount = self.amount.parse().map_err(|why| wrong_amount(format!("{why}")))?;
        let transfer = Transfer { amount, other: self.payee.trim().to_lowercase() };
        bank.transfer(&customer.id, &transfer).map_err(|why| match why {
            TransferRefused::NotEnough => wrong_amount(why.to_string()),
            TransferRefused::NoSuchPayee | TransferRefused::ToYourself => {
                Wrong { amount: None, payee: Some(why.to_string()) }
            }
        })
    }
}
