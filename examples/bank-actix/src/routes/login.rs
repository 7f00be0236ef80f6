//! Sign-in.

use actix_session::Session;
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Form},
};
use bank::{Bank, forms::Credentials, pages::LogInPage};

use crate::{
    AppError,
    page::{page, see_other},
    session::{self, Customer},
};

/// `GET /login`. A customer can sign in again, because adding the first phone number requires a recent sign-in.
#[get("/login")]
pub(crate) async fn show(customer: Option<Customer>) -> Result<HttpResponse, AppError> {
    page(StatusCode::OK, &LogInPage { again: customer.is_some(), ..LogInPage::default() })
}

/// `POST /login`
///
/// If the credentials do not match, the form is returned again with a 422. A 401 would have to name an authentication
/// scheme in a header (RFC 9110, 15.5.2), and there is none for a form.
#[post("/login")]
pub(crate) async fn log_in(
    request: HttpRequest,
    session: Session,
    bank: Data<Bank>,
    Form(Credentials { username, password }): Form<Credentials>,
) -> Result<HttpResponse, AppError> {
    let Some(user) = bank.log_in(&username, password).await.map_err(AppError::Bank)? else {
        return page(
            StatusCode::UNPROCESSABLE_ENTITY,
            &LogInPage { username, wrong: true, ..LogInPage::default() },
        );
    };
    session::log_in(&request, &session, user)?;
    Ok(see_other("/account"))
}
