//! State of the client, which it knows without a call.

use mfakit_core::provider::{ProviderErrorKind, TokenHealth};

use super::*;

#[tokio::test]
async fn the_token_is_missing_then_valid_and_no_call_is_made_to_find_out() {
    let server = Server::start(|call, _| well(call)).await;
    let bandwidth = oauth2(&server);
    assert_eq!(bandwidth.health().token, Some(TokenHealth::Missing));
    verify(&bandwidth).await.map(drop).unwrap();
    let calls = server.calls().len();
    let Some(TokenHealth::Valid { expires_in }) = bandwidth.health().token else {
        panic!("{:?}", bandwidth.health());
    };
    assert!(expires_in > Duration::from_secs(60), "{expires_in:?}");
    assert_eq!(server.calls().len(), calls);
}

#[tokio::test]
async fn a_token_that_was_not_given_is_a_failure_until_the_next_one() {
    let server = Server::start(|call, nth| match call.endpoint() {
        "token" if nth == 1 => Act::answer(401, "{}"),
        _ => well(call),
    })
    .await;
    let bandwidth = oauth2(&server);
    verify(&bandwidth).await.map(drop).unwrap_err();
    let failed = TokenHealth::Failed { kind: ProviderErrorKind::Credentials };
    assert_eq!(bandwidth.health().token, Some(failed));
    verify(&bandwidth).await.map(drop).unwrap();
    assert!(matches!(bandwidth.health().token, Some(TokenHealth::Valid { .. })));
}

#[tokio::test]
async fn a_client_with_a_password_has_no_token() {
    let server = Server::start(|call, _| well(call)).await;
    assert_eq!(basic(&server).health().token, None);
}

#[tokio::test]
async fn the_clock_is_that_of_the_last_answer() {
    let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    let server = Server::start(move |_, _| Act::AnswerWith(200, date, r#"{"valid": true}"#.into())).await;
    let bandwidth = basic(&server);
    assert_eq!(bandwidth.health().clock_offset, None);
    verify(&bandwidth).await.map(drop).unwrap();
    let offset = bandwidth.health().clock_offset.unwrap();
    assert!(offset.as_millis() < 0 && offset.abs() > Duration::from_secs(31 * 365 * 24 * 3600), "{offset}");
}
