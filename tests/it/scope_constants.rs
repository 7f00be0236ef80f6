//! A scope can be a constant of the app, in the attribute, the layer and the builder alike.

use std::convert::Infallible;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, header},
    routing::post,
};
use mfakit::{
    LoginId, Mfa, MfaLayer, PhoneNumber, RequireMfa, Subject, UserId, require_mfa, testing::TestProvider,
};
use tower::ServiceExt;

/// Scopes of an app, as it declares and requires them.
mod scopes {
    pub(super) const TRANSFER: &str = "transfer";
    pub(super) const LONGEST: &str = "abcdefghijklmnopqrstuvwxyz012345";
    pub(super) const REPORTS: &str = "reports";
}

#[require_mfa(scope = scopes::TRANSFER)]
async fn transfer() -> &'static str {
    "passed"
}

#[require_mfa(once, scope = crate::scope_constants::scopes::LONGEST, max_age = "5m")]
async fn longest(_: HeaderMap, body: String) -> String {
    body
}

struct Settings;

impl Settings {
    const SCOPE: &'static str = "settings.phone";

    #[require_mfa(scope = Self::SCOPE)]
    async fn change() -> &'static str {
        "passed"
    }
}

async fn identify() -> Result<Option<Subject>, Infallible> {
    Ok(Some(Subject::cookie("alice", LoginId::from_bytes([1; 16]))))
}

#[tokio::test]
async fn a_constant_guards_like_a_literal() {
    let all = [scopes::TRANSFER, scopes::LONGEST, Settings::SCOPE, scopes::REPORTS];
    let builder = Mfa::builder(TestProvider::new(), "https://bank.example")
        .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
        .messaging_to(["US"]);
    let mfa = all.into_iter().fold(builder, |builder, scope| builder.scope(scope, "act")).build().unwrap();
    mfa.assert_scopes(all);
    let app = Router::new()
        .route("/transfer", post(transfer))
        .route("/longest", post(longest))
        .route("/settings", post(Settings::change))
        .route("/reports", post(async || "passed").layer(RequireMfa::scope(scopes::REPORTS)))
        .layer(MfaLayer::new(mfa.clone(), identify));
    let alice = identify().await.unwrap().unwrap();
    for (path, scope) in ["/transfer", "/longest", "/settings", "/reports"].into_iter().zip(all) {
        let ask = |cookie: &str| {
            let request =
                Request::post(path).header("accept", "application/json").header(header::COOKIE, cookie);
            app.clone().oneshot(request.body(Body::from("passed")).unwrap())
        };
        let rejected = ask("").await.unwrap();
        assert_eq!(rejected.status(), 401, "{path}");
        let body = to_bytes(rejected.into_body(), 4096).await.unwrap();
        let members: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(members["scope"], scope, "{path}");
        let cookie = mfa.testing().grant(&alice, scope).await;
        let passed = ask(&cookie).await.unwrap();
        assert_eq!(to_bytes(passed.into_body(), 4096).await.unwrap(), "passed", "{path}");
    }
}
