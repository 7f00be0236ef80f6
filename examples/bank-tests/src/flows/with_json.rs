//! A script in a page, or any other program that uses JSON.

use reqwest::Method;
use serde_json::json;

use crate::{Candidate, browser::other_than, program::Program};

pub async fn a_rejection_states_how_to_get_a_code_which_then_passes(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;

    let refused = alice.fetch("/settings").await;
    assert_eq!(refused.status, 401);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(refused.header("cache-control"), "no-store");
    assert_eq!(
        refused.header("www-authenticate"),
        "Bearer error=\"insufficient_user_authentication\", acr_values=\"mfa:settings\", max_age=300"
    );
    let mut problem = refused.json();
    let situation = problem.as_object_mut().unwrap().remove("situation_url").unwrap();
    assert!(situation.as_str().unwrap().starts_with("/mfa/settings?return="), "{situation}");
    assert_eq!(
        problem,
        json!({
            "type": "urn:mfakit:problem:step-up-required",
            "title": "A code is required.",
            "status": 401,
            "reason": "missing",
            "scope": "settings",
            "max_age": 300,
            "challenge_url": "/mfa/settings/challenge",
        })
    );

    let url = problem["challenge_url"].as_str().unwrap();
    let started = alice.post(url, &json!({"channel": "messaging"})).await;
    assert_eq!(started.status, 201, "{}", started.body);
    let challenge = started.json();
    assert_eq!(challenge["channel"], "messaging");
    assert_eq!(challenge["sent_to"], "•••34");
    assert_eq!(challenge["expires_in"], 300);
    assert_eq!(challenge["resend_in"], 30);

    let code = bank.last_code().await;
    let verify = |code: &str| json!({"challenge": challenge["challenge"], "code": code});
    let wrong = alice.post("/mfa/settings/verify", &verify(&other_than(&code))).await;
    assert_eq!(wrong.status, 422);
    assert_eq!(wrong.json()["type"], "urn:mfakit:problem:wrong-code");
    assert_eq!(wrong.json()["attempts_left"], 4);
    let right = alice.post("/mfa/settings/verify", &verify(&code)).await;
    assert_eq!((right.status.as_u16(), right.json()), (200, json!({"scope": "settings", "expires_in": 600})));
    assert!(right.header("set-cookie").starts_with("__Host-mfa-settings="));

    let settings = alice.fetch("/settings").await;
    assert_eq!((settings.status.as_u16(), settings.header("cache-control")), (200, "no-store"));
    let again = alice.post("/mfa/settings/verify", &verify(&code)).await;
    assert_eq!(again.status, 200, "the same code sent twice");
    let other = alice.post("/mfa/settings/verify", &verify(&other_than(&code))).await;
    assert_eq!(other.status, 410, "another code for a spent challenge");
}

pub async fn a_grant_is_for_its_scope_and_session_and_needs_its_cookie(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    alice.step_up("settings", async || bank.last_code().await).await;
    assert_eq!(alice.fetch("/settings").await.status, 200);

    let mut copied = alice.clone();
    let grant = copied.cookies.remove("__Host-mfa-settings").unwrap();
    assert_eq!(copied.fetch("/settings").await.status, 401, "the session cookie alone");
    let with_header = copied.request(Method::GET, "/settings").header("authorization", "Bearer x");
    assert_eq!(copied.send(with_header).await.status, 401, "with an invalid bearer token");

    assert_eq!(alice.fetch("/api/report").await.status, 401, "another scope");
    let moved = alice.submit("/account", "/transfer", &[("amount", "1"), ("payee", "bob")]).await;
    assert!(moved.location().starts_with("/mfa/transfer?"), "a third one");
    alice.cookies.insert("__Host-mfa-reports".to_owned(), grant.clone());
    assert_eq!(alice.fetch("/api/report").await.status, 401, "another scope, its cookie renamed");
    alice.cookies.remove("__Host-mfa-reports");

    let mut bob = bank.browser();
    bob.log_in("bob").await;
    bob.cookies.insert("__Host-mfa-settings".to_owned(), grant.clone());
    assert_eq!(bob.fetch("/settings").await.status, 401, "another customer");

    alice.submit("/account", "/logout", &[]).await;
    alice.log_in("alice").await;
    assert_eq!(alice.cookies["__Host-mfa-settings"], grant, "the cookie is still there");
    assert_eq!(alice.fetch("/settings").await.status, 401, "after sign-out");
}

pub async fn the_report_is_behind_a_layer(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut bob = bank.browser();
    bob.log_in("bob").await;
    let refused = bob.fetch("/api/report").await;
    assert_eq!((refused.status.as_u16(), refused.json()["max_age"].as_u64()), (401, Some(600)));
    bob.step_up("reports", async || bank.last_code().await).await;
    let report = bob.fetch("/api/report").await;
    assert_eq!((report.status.as_u16(), report.header("cache-control")), (200, "no-store"));
    assert_eq!(report.json(), json!({"customer": "bob", "balance": "$2,500.00", "entries": 1}));
}

pub async fn the_number_is_sent_only_to_bandwidth(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    alice.step_up("reports", async || bank.last_code().await).await;

    let message = &bank.emulator("/inbox").await[0];
    assert_eq!(message["to"], "+19195551234");
    let text = message["message"].as_str().unwrap();
    assert!(text.contains("Example Bank") && text.contains("see the reports"), "{text}");
    let code = message["code"].as_str().unwrap();
    assert!(text.starts_with(code) && text.ends_with(&format!("\n\n@127.0.0.1 #{code}")), "{text}");
    let calls = bank.emulator("/calls").await;
    let endpoints: Vec<_> = calls.iter().map(|call| call["endpoint"].as_str().unwrap()).collect();
    assert_eq!(endpoints, ["token", "messaging", "verify"]);
}
