//! The front page.

use askama::Template;
use axum::{extract::State, response::IntoResponse};

use crate::{app::Inbox, page::Page, session::Customer};

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    logged_in: bool,
    inbox: Option<String>,
}

/// `GET /`
pub(crate) async fn show(State(Inbox(inbox)): State<Inbox>, customer: Option<Customer>) -> impl IntoResponse {
    Page(HomePage { logged_in: customer.is_some(), inbox })
}
