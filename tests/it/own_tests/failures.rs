//! Failures of the provider and of the store, and the errors of a ceremony.

use mfakit::{
    BoxError, MemoryStore, Policy,
    provider::ProviderErrorKind,
    testing::{Confirm, HookedStore, HttpCall, HttpReply, Outage, TestProvider, on_tower},
};

use super::{app::step_up, axum::app, over_http::spawn_app, send::send};

#[tokio::test]
async fn while_bandwidth_is_down_no_code_is_sent_and_no_transfer_passes() {
    let app = spawn_app().await;
    let (session, client) = (app.sign_in("alice").await, reqwest::Client::new());
    let confirm = Confirm::new("transfer").base_url(&app.url).cookie(&session);
    app.provider.fail(ProviderErrorKind::Unreachable);

    let failed = confirm.run(&app.provider, async |call| send(&client, call).await).await.unwrap_err();
    assert_eq!(failed.problem().as_deref(), Some("provider-failed"));
    assert_eq!(app.request("POST", "/transfer", &session).await.0, 401);

    app.provider.recover();
    confirm.run(&app.provider, async |call| send(&client, call).await).await.unwrap();
}

#[tokio::test]
async fn while_the_store_is_down_no_request_passes() {
    let outage = Outage::new();
    let store = HookedStore::new(MemoryStore::new(), outage.clone());
    let mfa = step_up(TestProvider::new(), "https://bank.example").store(store).build().unwrap();
    mfa.testing().grant_user("alice", "transfer");
    let send = on_tower(app(mfa));
    let session = sign_in(&send).await;

    outage.begin();
    let transfer = HttpCall::new("POST", "/transfer").header("cookie", session);
    assert_eq!(send(transfer.clone()).await.unwrap().status, 503);

    outage.end();
    assert_eq!(send(transfer).await.unwrap().status, 200);
}

async fn sign_in(send: &impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>) -> String {
    let signed_in = send(HttpCall::new("POST", "/login").body("alice")).await.unwrap();
    let (name, value) = signed_in.cookies().next().unwrap();
    format!("{name}={value}")
}

#[tokio::test]
async fn a_failed_ceremony_states_the_status_the_problem_and_the_usual_cause() {
    let provider = TestProvider::new();
    let mfa = step_up(provider.clone(), "https://bank.example").build().unwrap();
    let send = on_tower(app(mfa));
    let session = sign_in(&send).await;
    let confirm = || Confirm::new("transfer").cookie(&session);

    let no_user = Confirm::new("transfer").run(&provider, &send).await.unwrap_err();
    let elsewhere = confirm().path("/v1/mfa").run(&provider, &send).await.unwrap_err();
    let foreign = confirm().header("sec-fetch-site", "cross-site").header("origin", "https://x.example");
    let foreign = foreign.run(&provider, &send).await.unwrap_err();
    let wrong = confirm().run_with_code(async || "000000".to_owned(), &send).await.unwrap_err();
    // The wrong code went to a live challenge, so the next start is too early under the default policy.
    let too_soon = confirm().run(&provider, &send).await.unwrap_err();
    let unsent = confirm().run(&provider, async |_| Err("no network".into())).await.unwrap_err();
    for (error, problem, status, hint) in [
        (no_user, Some("unauthenticated"), " 401: ", "pass the session's cookie"),
        (
            elsewhere,
            None,
            "/v1/mfa/transfer/challenge was answered with 404",
            "the routes of mfakit are elsewhere",
        ),
        (foreign, Some("cross-site"), " 403: ", "did not send the headers"),
        (wrong, Some("wrong-code"), "/mfa/transfer/verify was answered with 422: ", "not the one that"),
        (too_soon, Some("cooling-down"), " 429: ", "`Policy::for_tests()`"),
        (unsent, None, "was not answered: no network", ""),
    ] {
        let shown = format!("{error:?}");
        assert_eq!(error.problem().as_deref(), problem, "{shown}");
        assert!(shown.contains(status) && shown.contains(hint), "{shown}");
    }
}

#[tokio::test]
async fn a_provider_of_another_engine_is_named_as_the_cause() {
    let mfa =
        step_up(TestProvider::new(), "https://bank.example").policy(Policy::for_tests()).build().unwrap();
    let send = on_tower(app(mfa));
    let session = sign_in(&send).await;
    let confirm = Confirm::new("transfer").cookie(&session);
    let failed = confirm.run(&TestProvider::new(), &send).await.unwrap_err();
    assert!(failed.to_string().contains("pass a clone of the one that the engine was built with"));
}
