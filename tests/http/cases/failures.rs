//! Failing parts reject requests, and never let one pass [GUARD-2].

use std::time::Duration;

use mfakit::provider::{ProviderErrorKind, Verdict};
use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    faults::Fault,
    heard::Heard,
    world::World,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = store().chain(identity()).chain(directory()).collect();
    cases.extend(provider());
    cases.extend(timeout());
    cases
}

/// Requests of Alice that need the store, sent while the store fails.
async fn ask_everything(w: &World, fault: Fault, check: impl Fn(&str, &Heard)) {
    let started = w.start(Who::Alice, "pay").await;
    w.advance(30);
    let cookie = w.elevate(Who::Alice, "settings").await;
    let token = w.page(Who::Alice, "/mfa/pay").await.token;
    let (sends, verifies) = (w.provider.inner.sends(), w.provider.inner.verifies());
    w.store.fault.set(fault);
    let with_grant = |target| Ask::get(target).cookie(&cookie);
    let guess = json!({ "challenge": started.challenge, "code": started.code });
    for (what, ask) in [
        ("a route guarded by the attribute", with_grant("/settings")),
        ("the same, in a browser", with_grant("/settings").navigating()),
        ("a route guarded by a layer", with_grant("/report")),
        ("a route with two guards", with_grant("/both")),
        ("a route that reads a body", Ask::post("/pay").urlencoded("amount=1")),
        ("a handler with StepUp", Ask::post("/maybe").urlencoded("amount=1000")),
        ("a start", Ask::json("/mfa/pay/challenge", &json!({ "channel": "messaging" }))),
        (
            "a start, in a browser",
            Ask::form("/mfa/pay/challenge", &format!("token={token}&channel=messaging")),
        ),
        ("a guess", Ask::json("/mfa/pay/verify", &guess)),
        ("a revocation", Ask::new("DELETE", "/mfa/settings").same_origin()),
        ("a revocation, in a browser", Ask::form("/mfa/pay/drop", &format!("token={token}"))),
        ("the page", Ask::get("/mfa/pay")),
        ("the page, in a browser", Ask::get("/mfa/pay").navigating()),
    ] {
        let heard = w.hear(ask.by(Who::Alice)).await;
        assert_eq!(heard.runs, 0, "{what}: {heard}");
        assert_eq!(heard.header("set-cookie"), None, "{what}: {heard}");
        check(what, &heard);
    }
    let asked = (w.provider.inner.sends(), w.provider.inner.verifies());
    assert_eq!(asked, (sends, verifies), "what is not counted is not sent and not checked");
    w.store.fault.set(Fault::None);
    w.hear(with_grant("/settings").by(Who::Alice)).await.passed();
}

fn store() -> impl Iterator<Item = Case> {
    [
        case("a store that is unavailable rejects every request with a time to retry", |w| async move {
            ask_everything(&w, Fault::Errs, |what, heard| {
                assert_eq!(heard.status, 503, "{what}: {heard}");
                assert_eq!(heard.retry_after(), 5, "{what}");
            })
            .await;
            assert!(w.log.text().contains("sys_store_failed"), "{}", w.log.text());
        }),
        case("a store that panics rejects every request, and the app keeps running", |w| async move {
            ask_everything(&w, Fault::Panics, |what, heard| assert_eq!(heard.status, 500, "{what}: {heard}"))
                .await;
            assert!(w.log.text().contains("panicked"), "{}", w.log.text());
        }),
        case("a slow store is awaited", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.store.fault.set(Fault::Hangs(Duration::from_secs(3)));
            let asked = tokio::time::Instant::now();
            w.hear(Ask::get("/settings").by(Who::Alice).cookie(cookie)).await.passed();
            w.hear(Ask::get("/report").by(Who::Alice)).await.problem(401, "step-up-required");
            assert!(asked.elapsed() >= Duration::from_secs(6), "the store was asked twice, slowly");
        }),
        case("a store that hangs times out after ten seconds, and the request is rejected", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.store.fault.set(Fault::Hangs(Duration::from_secs(3600)));
            for path in ["/settings", "/report"] {
                let asked = tokio::time::Instant::now();
                let heard = w.hear(Ask::get(path).by(Who::Alice).cookie(cookie.clone())).await;
                heard.untouched().problem(503, "unavailable");
                assert_eq!(asked.elapsed().as_secs(), 10, "{path}");
            }
        }),
        case("an anonymous caller is told to sign in without a call to the store", |w| async move {
            w.store.fault.set(Fault::Errs);
            w.hear(Ask::get("/settings")).await.untouched().problem(401, "unauthenticated");
        }),
        case("a route without a guard is not affected by a failing store", |w| async move {
            for fault in [Fault::Errs, Fault::Panics, Fault::Hangs(Duration::from_secs(3600))] {
                w.store.fault.set(fault);
                for who in
                    [Who::Anonymous, Who::Alice, Who::AliceByToken, Who::LookupFails, Who::LookupPanics]
                {
                    let asked = tokio::time::Instant::now();
                    let heard = w.hear(Ask::get("/public").by(who)).await;
                    assert_eq!(heard.passed().header("cache-control"), Some("public, max-age=3600"));
                    assert_eq!((heard.identified, asked.elapsed().as_secs()), (0, 0), "{heard}");
                    w.hear(Ask::get("/loose/nothing").by(who)).await.passed();
                }
            }
        }),
    ]
    .into_iter()
}

/// The app's identity function.
fn identity() -> impl Iterator<Item = Case> {
    [
        ("fails", Who::LookupFails, 503, "unavailable", "sys_app_failed"),
        ("panics", Who::LookupPanics, 500, "misconfigured", "identify panicked"),
    ]
    .into_iter()
    .flat_map(|(fails, who, status, name, logged)| {
        [
            case(format!("an identity function that {fails} rejects every request"), move |w| async move {
                for ask in [
                    Ask::get("/settings"),
                    Ask::get("/report"),
                    Ask::get("/both"),
                    Ask::post("/pay").urlencoded("amount=1"),
                    Ask::post("/upload").silent(),
                    Ask::get("/mfa/pay"),
                    Ask::post("/mfa/pay/challenge").same_origin().silent(),
                    Ask::new("DELETE", "/mfa/pay").same_origin(),
                ] {
                    let heard = w.hear(ask.by(who)).await;
                    heard.untouched().problem(status, name);
                    assert_eq!(
                        (heard.header("retry-after").is_some(), heard.identified),
                        (status == 503, 1),
                        "{heard}"
                    );
                }
                assert!(w.log.text().contains(logged), "{}", w.log.text());
            }),
            case(format!("a browser gets a page if an identity function {fails}"), move |w| async move {
                let heard = w.hear(Ask::get("/settings").navigating().by(who)).await;
                let html = heard.untouched().page(status);
                assert!(!html.contains("table of sessions"), "the cause is for the log: {html}");
            }),
            case(
                format!("a handler with StepUp does not run if an identity function {fails}"),
                move |w| async move {
                    let heard = w.hear(Ask::post("/maybe").urlencoded("amount=1").by(who)).await;
                    heard.problem(status, name);
                    assert_eq!(heard.runs, 0);
                },
            ),
            case(
                format!("a route without a guard is not affected by an identity function that {fails}"),
                move |w| async move {
                    assert_eq!(w.hear(Ask::get("/public").by(who)).await.passed().identified, 0);
                },
            ),
        ]
    })
}

/// The app's directory.
fn directory() -> impl Iterator<Item = Case> {
    [
        ("fails", Fault::Errs, 503, "unavailable"),
        ("panics", Fault::Panics, 500, "misconfigured"),
        ("hangs", Fault::Hangs(Duration::from_secs(5 * 60)), 503, "unavailable"),
    ]
    .into_iter()
    .map(|(fails, fault, status, name)| {
        case(
            format!("a directory that {fails} leads to {status}, and nothing is counted"),
            move |w| async move {
                w.phones.fault.set(fault);
                w.ask_for_code(Who::Alice, "pay").await.problem(status, name);
                w.phones.fault.set(Fault::None);
                let started = w.start(Who::Alice, "pay").await;
                w.phones.fault.set(fault);
                let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await;
                heard.problem(status, name);
                assert_eq!((w.provider.inner.sends(), w.provider.inner.verifies()), (1, 0));
                w.phones.fault.set(Fault::None);
                let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await;
                assert_eq!(heard.problem(422, "wrong-code")["attempts_left"], 4);
            },
        )
    })
}

fn provider() -> Vec<Case> {
    let mut cases = vec![
        case("a provider that panics is answered with 500, and the attempt stays counted", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.provider.fault.set(Fault::Panics);
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await;
            heard.problem(500, "misconfigured");
            assert_eq!(heard.header("set-cookie"), None);
            w.provider.fault.set(Fault::None);
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await;
            assert_eq!(heard.problem(422, "wrong-code")["attempts_left"], 3);
            w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await.status(200);
        }),
        case(
            "a provider that panics while it sends is answered with 500, and the send stays counted",
            |w| async move {
                w.provider.fault.set(Fault::Panics);
                w.ask_for_code(Who::Alice, "pay").await.problem(500, "misconfigured");
                w.provider.fault.set(Fault::None);
                w.ask_for_code(Who::Alice, "pay").await.problem(429, "cooling-down");
            },
        ),
        case("five guesses at a provider that fails are five attempts", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            for _ in 0..5 {
                w.provider.inner.fail_next_verify(ProviderErrorKind::Failed);
                let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await;
                heard.problem(502, "provider-failed");
            }
            w.type_code(Who::Alice, "pay", &started.challenge, &started.code)
                .await
                .problem(410, "challenge-over");
        }),
        case("a failure of the provider is logged, and not described to the caller", |w| async move {
            w.provider.inner.fail_next_send(ProviderErrorKind::Credentials);
            let members = w.ask_for_code(Who::Alice, "pay").await.problem(502, "provider-failed");
            assert_eq!(members.as_object().unwrap().len(), 3, "{members}");
            assert!(
                w.log.text().contains("the provider rejects the credentials: scripted"),
                "{}",
                w.log.text()
            );
        }),
        case("a browser gets the page again if the provider fails", |w| async move {
            let page = w.page(Who::Alice, "/mfa/pay").await;
            w.provider.inner.fail_next_send(ProviderErrorKind::Failed);
            let ask = Ask::form("/mfa/pay/challenge", &page.fields("channel=messaging"));
            let html = w.hear(ask.by(Who::Alice)).await.page(502);
            assert!(
                html.contains("problem with the phone service") && html.contains("name=\"token\""),
                "{html}"
            );
        }),
        case("only the provider decides the verdict", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.provider.inner.next_verdict(Verdict::Rejected);
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await;
            heard.problem(422, "wrong-code");
        }),
    ];
    let wait = Duration::from_millis(41_500);
    for (kind, status, name) in [
        (ProviderErrorKind::Throttled { retry_after: wait }, 429, "throttled"),
        (ProviderErrorKind::Credentials, 502, "provider-failed"),
        (ProviderErrorKind::Request, 502, "provider-failed"),
        (ProviderErrorKind::Unreachable, 502, "provider-failed"),
        (ProviderErrorKind::Failed, 502, "provider-failed"),
        (ProviderErrorKind::Answer, 502, "provider-failed"),
    ] {
        cases.push(case(
            format!("a start is answered with {status} if the provider returns {kind:?}"),
            move |w| async move {
                w.provider.inner.fail_next_send(kind);
                let heard = w.ask_for_code(Who::Alice, "pay").await;
                heard.problem(status, name);
                assert_eq!(heard.header("retry-after"), (status == 429).then_some("42"), "{heard}");
            },
        ));
        cases.push(case(
            format!("a guess is answered with {status} if the provider returns {kind:?}"),
            move |w| async move {
                let started = w.start(Who::Alice, "pay").await;
                w.provider.inner.fail_next_verify(kind);
                let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await;
                heard.problem(status, name);
                assert_eq!(heard.header("retry-after"), (status == 429).then_some("42"), "{heard}");
                assert_eq!(heard.header("set-cookie"), None);
                let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await;
                assert_eq!(heard.problem(422, "wrong-code")["attempts_left"], 3, "the attempt stays counted");
            },
        ));
    }
    cases
}

/// A provider that never answers times out.
fn timeout() -> [Case; 2] {
    [
        case("a provider that hangs during a send times out", |w| async move {
            w.provider.fault.set(Fault::Hangs(Duration::from_secs(30 * 60)));
            let asked = tokio::time::Instant::now();
            w.ask_for_code(Who::Alice, "pay").await.problem(502, "provider-failed");
            assert_eq!(asked.elapsed().as_secs(), 10);
        }),
        case("a provider that hangs during a verification times out", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.provider.fault.set(Fault::Hangs(Duration::from_secs(30 * 60)));
            let asked = tokio::time::Instant::now();
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await;
            heard.problem(502, "provider-failed");
            assert_eq!(asked.elapsed().as_secs(), 10);
        }),
    ]
}
