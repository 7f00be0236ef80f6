//! Sign-in.

use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use bank::{Bank, forms::Credentials, pages::LogInPage};
use tower_sessions::Session;

use crate::{
    AppError,
    page::Page,
    session::{self, Customer},
};

/// `GET /login`. A customer can sign in again, because adding the first phone number requires a recent sign-in.
pub(crate) async fn show(customer: Option<Customer>) -> Response {
    Page(LogInPage { again: customer.is_some(), ..LogInPage::default() }).into_response()
}

/// `POST /login`
///
/// If the credentials do not match, the form is returned again with a 422. A 401 would have to name an authentication
/// scheme in a header (RFC 9110, 15.5.2), and there is none for a form.
pub(crate) async fn log_in(
    session: Session,
    State(bank): State<Bank>,
    Form(Credentials { username, password }): Form<Credentials>,
) -> Result<Response, AppError> {
    let Some(user) = bank.log_in(&username, password).await.map_err(AppError::Bank)? else {
        let page = Page(LogInPage { username, wrong: true, ..LogInPage::default() });
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    session::log_in(&session, user).await?;
    Ok(Redirect::to("/account").into_response())
}
