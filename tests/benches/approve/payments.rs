//! A payment, and its handlers with a code for each request and with an approved value. The benchmark measures their time, and
//! a test counts their allocations.

use actix_web::web;
use axum::Form;
use mfakit::{Action, Mfa, Subject, action::Money, require_mfa};
use serde::{Deserialize, Serialize};

/// Payment of one kilobyte.
#[derive(Serialize, Deserialize, Action)]
pub(crate) struct Order {
    #[action(amount)]
    amount: Money,
    #[action(payee)]
    payee: String,
    note: String,
}

pub(crate) fn order() -> Order {
    Order { amount: "100.00 EUR".parse().unwrap(), payee: "ACME Ltd".to_owned(), note: "n".repeat(960) }
}

pub(crate) fn form() -> String {
    format!("amount=100.00+EUR&payee=ACME+Ltd&note={}", order().note)
}

#[require_mfa(scope = "pay", once)]
pub(crate) async fn once(Form(order): Form<Order>) -> String {
    order.payee
}

#[require_mfa(scope = "pay")]
pub(crate) async fn approved(#[approve] Form(order): Form<Order>) -> String {
    order.payee
}

#[require_mfa(scope = "pay", once)]
pub(crate) async fn once_on_actix(order: web::Form<Order>) -> String {
    order.into_inner().payee
}

#[require_mfa(scope = "pay")]
pub(crate) async fn approved_on_actix(#[approve] order: web::Form<Order>) -> String {
    order.into_inner().payee
}

/// Headers of a browser that sends a form.
pub(crate) const HEADERS: [(&str, &str); 7] = [
    ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
    ("accept-language", "en-US,en;q=0.5"),
    ("content-type", "application/x-www-form-urlencoded"),
    ("origin", "https://bank.example"),
    ("referer", "https://bank.example/order"),
    ("sec-fetch-mode", "navigate"),
    ("sec-fetch-site", "same-origin"),
];

/// Session, as the app's session layer finds it.
#[derive(Clone)]
pub(crate) struct Session(pub(crate) Subject);

/// Makes a grant for the next request of `subject`, for [`order`] or for any, and returns its cookie.
pub(crate) async fn grant(mfa: &Mfa, subject: &Subject, bound: bool) -> String {
    if bound {
        mfa.testing().approve(subject, "pay", &order()).await
    } else {
        mfa.testing().grant(subject, "pay").await
    }
}
