//! The settings page.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use bank::{Bank, forms::Choice, pages::SettingsPage};
use mfakit::require_mfa;

use crate::{AppError, page::Page, session::Customer};

/// `GET /settings`
#[require_mfa(scope = "settings", max_age = "5m")]
pub(crate) async fn show(
    customer: Customer,
    State(bank): State<Bank>,
) -> Result<impl IntoResponse, AppError> {
    let account = bank.account(&customer.id).ok_or(AppError::NoAccount)?;
    Ok(Page(SettingsPage { settings: account.settings, phone: bank.phone(&customer.id), wrong: None }))
}

/// `POST /settings`
#[require_mfa(scope = "settings", max_age = "5m")]
pub(crate) async fn change(
    customer: Customer,
    State(bank): State<Bank>,
    Form(choice): Form<Choice>,
) -> Response {
    let settings = choice.settings();
    match settings.problem() {
        None => {
            bank.change_settings(&customer.id, settings);
            Redirect::to("/settings").into_response()
        }
        wrong => {
            let page = Page(SettingsPage { settings, phone: bank.phone(&customer.id), wrong });
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
    }
}
