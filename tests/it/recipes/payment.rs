//! A transfer over a JSON API, which is booked once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use mfakit::{Action, Granted, action::Money, require_mfa};
use serde::{Deserialize, Serialize};

// Used by the test only.
use mfakit::{
    DeclaredScope, MfaLayer, Policy, Subject,
    testing::{Confirm, HttpCall, TestProvider, on_tower},
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Action)]
#[serde(deny_unknown_fields)]
struct Transfer {
    #[action(amount)]
    amount: Money,
    #[action(payee)]
    name: String,
    #[action(line = "Account")]
    iban: String,
}

/// Stands in for a table whose primary key is the approval.
#[derive(Clone, Default)]
struct Transfers(Arc<Mutex<HashMap<String, Transfer>>>);

#[require_mfa(scope = "transfers")]
async fn transfer(
    State(transfers): State<Transfers>,
    Granted(grant): Granted,
    #[approve] Json(transfer): Json<Transfer>,
) -> Result<(StatusCode, Json<Transfer>), StatusCode> {
    let approval = grant.approval().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?.id.to_string();
    let mut booked = transfers.0.lock().unwrap_or_else(PoisonError::into_inner);
    let booked = booked.entry(approval).or_insert(transfer);
    Ok((StatusCode::CREATED, Json(booked.clone())))
}

#[tokio::test]
async fn a_transfer_over_a_json_api_is_booked_once() {
    let provider = TestProvider::new();
    let scope = DeclaredScope::new("transfers", "make a transfer").psd2::<Transfer>();
    let mfa = super::mfa::builder(provider.clone()).declare(scope).policy(Policy::for_tests());
    let identify = async || Ok::<_, std::convert::Infallible>(Some(Subject::bearer("alice", "token-1")));
    let transfers = Transfers::default();
    let routes = Router::new().route("/transfers", post(transfer)).with_state(transfers.clone());
    let send = on_tower(routes.layer(MfaLayer::new(mfa.build().unwrap(), identify).with_routes()));

    let body = r#"{"amount":"100.00 USD","name":"ACME Ltd","iban":"DE89370400440532013000"}"#;
    let call = || {
        let call = HttpCall::new("POST", "/transfers").header("authorization", "Bearer token-1");
        call.header("content-type", "application/json")
    };
    let unknown = send(call().body(body.replace("iban", "account"))).await.unwrap();
    assert_eq!((unknown.status, provider.sends()), (422, 0), "{}", unknown.body);
    let rejected = send(call().body(body)).await.unwrap();
    let problem: serde_json::Value = serde_json::from_str(&rejected.body).unwrap();
    let approval = problem["approval"].as_str().unwrap();
    let confirm = Confirm::new("transfers").bearer("token-1").approval(approval);
    confirm.run(&provider, &send).await.unwrap();

    let by_identifier = || call().header("mfa-approval", approval);
    let booked = send(by_identifier()).await.unwrap();
    assert_eq!(booked.status, 201, "{}", booked.body);
    assert_eq!(send(by_identifier()).await.unwrap().status, 410);
    let booked = transfers.0.lock().unwrap();
    assert_eq!(booked.get(approval), serde_json::from_str(body).ok().as_ref());
    assert_eq!(booked.len(), 1);
}
