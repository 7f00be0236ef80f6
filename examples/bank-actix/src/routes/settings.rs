//! The settings page.

use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Form},
};
use bank::{Bank, forms::Choice, pages::SettingsPage};
use mfakit::require_mfa;

use crate::{
    AppError,
    page::{page, see_other},
    session::Customer,
};

/// `GET /settings`
#[get("/settings")]
#[require_mfa(scope = "settings", max_age = "5m")]
pub(crate) async fn show(customer: Customer, bank: Data<Bank>) -> Result<HttpResponse, AppError> {
    let account = bank.account(&customer.id).ok_or(AppError::NoAccount)?;
    let (settings, phone) = (account.settings, bank.phone(&customer.id));
    page(StatusCode::OK, &SettingsPage { settings, phone, wrong: None })
}

/// `POST /settings`
#[post("/settings")]
#[require_mfa(scope = "settings", max_age = "5m")]
pub(crate) async fn change(
    customer: Customer,
    bank: Data<Bank>,
    Form(choice): Form<Choice>,
) -> Result<HttpResponse, AppError> {
    let settings = choice.settings();
    match settings.problem() {
        None => {
            bank.change_settings(&customer.id, settings);
            Ok(see_other("/settings"))
        }
        wrong => {
            let phone = bank.phone(&customer.id);
            page(StatusCode::UNPROCESSABLE_ENTITY, &SettingsPage { settings, phone, wrong })
        }
    }
}
