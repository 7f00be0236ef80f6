//! Number of token requests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Instant,
};

use mfakit_core::provider::ProviderErrorKind;
use tokio::time::sleep;

use super::*;

/// Runs several verifies concurrently, each in a separate task.
async fn at_once(number: usize, bandwidth: &Arc<Bandwidth>) -> Vec<Result<Verdict, ProviderError>> {
    let tasks: Vec<_> = (0..number)
        .map(|_| {
            let bandwidth = bandwidth.clone();
            tokio::spawn(async move { verify(&bandwidth).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_concurrent_calls_request_one_token() {
    let server = Server::start(|call, _| match call.endpoint() {
        "token" => Act::Late(
            Duration::from_millis(100),
            200,
            r#"{"access_token": "t-1", "expires_in": 3600}"#.into(),
        ),
        _ => well(call),
    })
    .await;
    let bandwidth = Arc::new(oauth2(&server));
    for outcome in at_once(50, &bandwidth).await {
        assert_eq!(outcome.unwrap(), Verdict::Approved);
    }
    assert_eq!((server.count("token"), server.count("verify")), (1, 50));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_concurrent_calls_reach_a_failing_token_service_once_and_bandwidth_never() {
    for (status, kind) in [(500, ProviderErrorKind::Unreachable), (401, ProviderErrorKind::Credentials)] {
        // The answer is late enough that all calls wait for it.
        let server =
            Server::start(move |_, _| Act::Late(Duration::from_secs(2), status, String::new())).await;
        let bandwidth = Arc::new(oauth2(&server));
        for outcome in at_once(50, &bandwidth).await {
            assert_eq!(outcome.unwrap_err().kind(), kind);
        }
        assert_eq!((server.count("token"), server.count("verify")), (1, 0));
    }
}

#[tokio::test]
async fn a_token_is_renewed_sixty_seconds_before_it_expires() {
    let server = Server::start(|call, nth| match call.endpoint() {
        "token" => token(nth, 62),
        _ => well(call),
    })
    .await;
    let bandwidth = oauth2(&server);
    let begun = Instant::now();
    while server.count("token") < 2 {
        assert_eq!(verify(&bandwidth).await.unwrap(), Verdict::Approved);
        assert!(begun.elapsed() < Duration::from_secs(60), "no second token is requested");
        sleep(Duration::from_millis(20)).await;
    }
    assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(server.calls().last().unwrap().header("authorization"), Some("Bearer t-2"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_calls_with_the_same_rejected_token_request_one_new_token() {
    let revoked = Arc::new(AtomicBool::new(false));
    let is_revoked = revoked.clone();
    let server = Server::start(move |call, nth| match call.endpoint() {
        "token" => token(nth, 3600),
        _ if is_revoked.load(SeqCst) && call.header("authorization") == Some("Bearer t-1") => {
            Act::Late(Duration::from_millis(50), 401, r#"{"message": "Unauthorized"}"#.into())
        }
        _ => well(call),
    })
    .await;
    let bandwidth = Arc::new(oauth2(&server));
    assert_eq!(verify(&bandwidth).await.unwrap(), Verdict::Approved);
    revoked.store(true, SeqCst);
    for outcome in at_once(20, &bandwidth).await {
        assert_eq!(outcome.unwrap(), Verdict::Approved);
    }
    assert_eq!(server.count("token"), 2);
    assert_eq!(server.count("verify"), 1 + 20 + 20);
}

#[tokio::test]
async fn a_second_rejected_token_is_final() {
    let server = Server::start(|call, nth| match call.endpoint() {
        "token" => token(nth, 3600),
        _ => Act::answer(401, r#"{"message": "Unauthorized"}"#),
    })
    .await;
    let bandwidth = oauth2(&server);
    assert_eq!(verify(&bandwidth).await.unwrap_err().kind(), ProviderErrorKind::Credentials);
    assert_eq!((server.count("token"), server.count("verify")), (2, 2));
    assert_eq!(send(&bandwidth).await.unwrap_err().kind(), ProviderErrorKind::Credentials);
    assert_eq!((server.count("token"), server.count("messaging")), (3, 2));
}

#[tokio::test]
async fn a_403_requests_no_new_token() {
    let server = Server::start(|call, nth| match call.endpoint() {
        "token" => token(nth, 3600),
        _ => Act::answer(403, r#"{"Message": "User is not authorized"}"#),
    })
    .await;
    let error = verify(&oauth2(&server)).await.unwrap_err();
    assert_eq!(error.kind(), ProviderErrorKind::Credentials);
    assert!(error.to_string().contains("User is not authorized"), "{error}");
    assert_eq!((server.count("token"), server.count("verify")), (1, 1));
}

#[tokio::test]
async fn after_a_new_token_a_failure_is_final() {
    let server = Server::start(|call, nth| match (call.endpoint(), nth) {
        ("token", _) => token(nth, 3600),
        (_, 1) => Act::answer(401, ""),
        _ => Act::Drop,
    })
    .await;
    assert_eq!(send(&oauth2(&server)).await.unwrap_err().kind(), ProviderErrorKind::Failed);
    assert_eq!((server.count("token"), server.count("messaging")), (2, 2));
}

#[tokio::test]
async fn a_canceled_token_request_does_not_block_other_calls() {
    let server = Server::start(|call, nth| match (call.endpoint(), nth) {
        ("token", 1) => Act::Silence,
        ("token", _) => token(nth, 3600),
        _ => well(call),
    })
    .await;
    let bandwidth = Arc::new(oauth2(&server));
    let first = {
        let bandwidth = bandwidth.clone();
        tokio::spawn(async move { verify(&bandwidth).await })
    };
    while server.count("token") < 1 {
        sleep(Duration::from_millis(5)).await;
    }
    let second = {
        let bandwidth = bandwidth.clone();
        tokio::spawn(async move { verify(&bandwidth).await })
    };
    // Gives the second call time to wait for the token of the first. Without that, it requests its own.
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    first.abort();
    assert_eq!(second.await.unwrap().unwrap(), Verdict::Approved);
    assert_eq!((server.count("token"), server.count("verify")), (2, 1));
}

#[tokio::test]
async fn a_token_service_that_does_not_answer_causes_no_request_to_bandwidth() {
    for act in [Act::Silence, Act::Drop] {
        let server = Server::start(move |_, _| act.clone()).await;
        let bandwidth = hurried(set_up(&server, Credentials::oauth2("client", "secret")));
        let error = verify(&bandwidth).await.unwrap_err();
        assert_eq!(error.kind(), ProviderErrorKind::Unreachable, "{error}");
        assert_eq!((server.count("token"), server.count("verify")), (1, 0));
    }
}
