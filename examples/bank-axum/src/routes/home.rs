//! The home page.

use axum::{extract::State, response::IntoResponse};
use bank::{Inbox, pages::HomePage};

use crate::{page::Page, session::Customer};

/// `GET /`
pub(crate) async fn show(State(Inbox(inbox)): State<Inbox>, customer: Option<Customer>) -> impl IntoResponse {
    Page(HomePage { logged_in: customer.is_some(), inbox })
}
