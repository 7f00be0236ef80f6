//! The home page.

use actix_web::{HttpResponse, get, http::StatusCode, web::Data};
use bank::{Inbox, pages::HomePage};

use crate::{AppError, page::page, session::Customer};

/// `GET /`
#[get("/")]
pub(crate) async fn show(inbox: Data<Inbox>, customer: Option<Customer>) -> Result<HttpResponse, AppError> {
    page(StatusCode::OK, &HomePage { logged_in: customer.is_some(), inbox: inbox.0.clone() })
}
