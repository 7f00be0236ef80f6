//! A route for support staff, who let a person replace the number of a lost phone.

use axum::{Extension, Json, http::StatusCode};
use mfakit::{Mfa, UserId, require_mfa};
use serde::Deserialize;

// Used by the test only.
use axum::{
    Router,
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
    routing::post,
};
use mfakit::{
    MemoryNumberBook, MemoryRecoveryBook, MfaLayer, PhoneNumber, Policy, Secret, Subject, Timestamp,
    testing::{Confirm, HttpCall, TestProvider, on_tower},
};
use std::convert::Infallible;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LostPhone {
    user: String,
}

/// `Staff` is an extractor of the app, which rejects everyone who is not on the staff.
#[require_mfa(scope = "support", once)]
async fn allow_recovery(
    Staff(staff): Staff,
    Extension(mfa): Extension<Mfa>,
    Json(LostPhone { user }): Json<LostPhone>,
) -> Result<String, StatusCode> {
    match mfa.recovery().allow(&UserId::from(&*user)).await {
        Ok(Some(opening)) => {
            tracing::warn!(staff, user, "a recovery was allowed");
            Ok(format!("{user} can replace the number from {} on, until {}", opening.from, opening.until))
        }
        // There is no number to replace.
        Ok(None) => Err(StatusCode::NOT_FOUND),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// Stands in for the table of the staff.
struct Staff(String);

impl<S: Sync> FromRequestParts<S> for Staff {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let user = user(&parts.headers).ok_or(StatusCode::UNAUTHORIZED)?;
        if user == "sam" { Ok(Self(user)) } else { Err(StatusCode::FORBIDDEN) }
    }
}

/// Returns the user of a token.
fn user(headers: &HeaderMap) -> Option<String> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::to_owned)
}

async fn identify(headers: HeaderMap) -> Result<Option<Subject>, Infallible> {
    Ok(user(&headers).map(|user| Subject::bearer(&*user, &*user)))
}

fn allow(token: &str, user: &str) -> HttpCall {
    let call = HttpCall::new("POST", "/support/recovery").header("authorization", format!("Bearer {token}"));
    call.header("content-type", "application/json").body(format!("{{\"user\":\"{user}\"}}"))
}

#[tokio::test]
async fn only_staff_with_a_code_allow_a_recovery() {
    let provider = TestProvider::new();
    let numbers = [("sam", "+19195551234"), ("alice", "+19195555678")].into_iter();
    let book = numbers.fold(MemoryNumberBook::new(), |book, (user, number)| {
        book.with(user, PhoneNumber::new(number).unwrap(), Timestamp::from_millis(0))
    });
    let mfa = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("support", "help a customer")
        .number_book(book)
        .recovery(MemoryRecoveryBook::new())
        .secret(Secret::new("a secret of more than thirty-two bytes").unwrap())
        .messaging_to(["US"])
        .login_url("/login")
        .policy(Policy::for_tests())
        .build()
        .unwrap();
    let routes = Router::new().route("/support/recovery", post(allow_recovery)).layer(Extension(mfa.clone()));
    let send = on_tower(routes.layer(MfaLayer::new(mfa.clone(), identify).with_routes()));
    let is_allowed = async || mfa.recovery().status(&"alice".into()).await.unwrap().allowed.is_some();

    assert_eq!(send(allow("sam", "alice")).await.unwrap().status, 401, "without a code");
    for token in ["alice", "sam"] {
        Confirm::new("support").bearer(token).run(&provider, &send).await.unwrap();
        assert!(!is_allowed().await);
        let answer = send(allow(token, "alice")).await.unwrap();
        let expected = if token == "sam" { 200 } else { 403 };
        assert_eq!(answer.status, expected, "{}", answer.body);
        assert_eq!(answer.body.starts_with("alice can replace the number from "), token == "sam");
    }
    assert!(is_allowed().await);
    assert_eq!(send(allow("sam", "alice")).await.unwrap().status, 401, "each takes a code");
    Confirm::new("support").bearer("sam").run(&provider, &send).await.unwrap();
    assert_eq!(send(allow("sam", "bob")).await.unwrap().status, 404);
}
