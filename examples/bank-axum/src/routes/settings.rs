//! What a customer may choose.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use mfakit::{PhoneNumber, require_mfa};
use serde::Deserialize;

use crate::{AppError, Bank, bank::Settings, page::Page, session::Customer};

/// The longest name that fits on the envelope.
const LONGEST_NAME: usize = 60;

#[derive(Template)]
#[template(path = "settings.html")]
struct SettingsPage {
    settings: Settings,
    phone: Option<PhoneNumber>,
    wrong: Option<&'static str>,
}

/// What a customer typed into the form. A box that is not ticked is not sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Choice {
    display_name: String,
    paper_statements: Option<String>,
}

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
    let settings = Settings {
        display_name: choice.display_name.trim().to_owned(),
        paper_statements: choice.paper_statements.is_some(),
    };
    match problem(&settings.display_name) {
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

fn problem(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("enter a name")
    } else if name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        Some("enter a name of at most 60 characters")
    } else {
        None
    }
}
