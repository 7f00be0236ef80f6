//! Answers to a user who has reached a limit.

use std::time::Duration;

use mfakit::Policy;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    faults::Fault,
    heard::Heard,
    world::{Page, World},
};

/// Limits with which one wrong code locks, and the second disables.
fn jumpy() -> Policy {
    Policy::default().lock_after(1).disable_after(2)
}

/// Enters a wrong code, and then tries every request: for a new code, with the right and with a wrong code.
async fn after_a_wrong_code(w: &World) -> [Heard; 3] {
    let started = w.start(Who::Alice, "pay").await;
    let (challenge, wrong) = (started.challenge.as_str(), started.wrong_code());
    w.type_code(Who::Alice, "pay", challenge, &wrong).await;
    let asked = w.provider.inner.verifies();
    let heard = [
        w.ask_for_code(Who::Alice, "pay").await,
        w.type_code(Who::Alice, "pay", challenge, &started.code).await,
        w.type_code(Who::Alice, "pay", challenge, &wrong).await,
    ];
    assert_eq!(w.provider.inner.verifies(), asked, "the provider is not called for a locked user");
    heard
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("a user without sends left is told the wait, to the second", |w| async move {
            for wait in [30, 60] {
                w.start(Who::Alice, "pay").await;
                w.advance(wait);
            }
            w.start(Who::Alice, "pay").await;
            // Three in fifteen minutes, the first of them 90 seconds ago.
            let heard = w.ask_for_code(Who::Alice, "pay").await;
            let members = heard.problem(429, "quota-exceeded");
            assert_eq!((heard.retry_after(), &members["resend_in"]), (810, &810.into()));
            w.advance(809);
            assert_eq!(w.ask_for_code(Who::Alice, "pay").await.status(429).retry_after(), 1);
            w.advance(1);
            w.start(Who::Alice, "pay").await;
        })
        .limited(Policy::default),
        case("a locked user is told the wait, in the same words for every request", |w| async move {
            let heard = after_a_wrong_code(&w).await;
            for heard in &heard {
                heard.problem(429, "locked");
                assert_eq!(heard.retry_after(), 1800, "{heard}");
            }
            assert_eq!((&heard[1].body, &heard[1].headers), (&heard[2].body, &heard[2].headers));
        })
        .limited(jumpy),
        case("a disabled user is told to ask for help, and no wait", |w| async move {
            after_a_wrong_code(&w).await;
            w.clock.advance(Duration::from_secs(30 * 60));
            for heard in after_a_wrong_code(&w).await {
                heard.problem(429, "disabled");
                assert_eq!(heard.header("retry-after"), None, "{heard}");
            }
            w.mfa.unlock(&"alice".into()).await.unwrap();
            w.clock.advance(Duration::from_secs(30 * 60));
            w.elevate(Who::Alice, "pay").await;
        })
        .limited(jumpy),
        case("a lock ends at the announced time, to the second", |w| async move {
            after_a_wrong_code(&w).await;
            w.advance(1799);
            let heard = w.ask_for_code(Who::Alice, "pay").await;
            heard.problem(429, "locked");
            assert_eq!(heard.retry_after(), 1);
            w.advance(1);
            w.elevate(Who::Alice, "pay").await;
        })
        .limited(jumpy),
        case(
            "a right and a wrong code of a locked user get the same answer, byte for byte, as a page too",
            |w| async move {
                let started = w.start(Who::Alice, "pay").await;
                let page = w.page(Who::Alice, "/mfa/pay").await;
                w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await;
                let asked = w.provider.inner.verifies();
                let mut said = Vec::new();
                for code in [started.code.clone(), started.wrong_code()] {
                    let ask = Ask::form("/mfa/pay/verify", &page.fields(&format!("code={code}")));
                    let heard = w.hear(ask.by(Who::Alice)).await;
                    let html = heard.page(429);
                    assert!(html.contains("too many wrong codes.") && html.contains("30 minutes"), "{heard}");
                    assert_eq!((heard.retry_after(), heard.header("set-cookie")), (1800, None), "{heard}");
                    said.push((heard.headers, heard.body));
                }
                assert_eq!(said[0], said[1]);
                let ask = Ask::form("/mfa/pay/challenge", &page.fields("channel=messaging")).by(Who::Alice);
                let heard = w.hear(ask).await;
                assert!(heard.page(429).contains("too many wrong codes."), "{heard}");
                assert_eq!((w.provider.inner.verifies(), w.provider.inner.sends()), (asked, 1));
            },
        )
        .limited(jumpy),
        case("a locked user is rejected without a call to the directory", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            let page = w.page(Who::Alice, "/mfa/pay").await;
            w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await;
            w.phones.fault.set(Fault::Panics);
            for heard in [
                w.ask_for_code(Who::Alice, "pay").await,
                w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await,
            ] {
                heard.problem(429, "locked");
            }
            let ask = Ask::form("/mfa/pay/verify", &page.fields(&format!("code={}", started.code)));
            w.hear(ask.by(Who::Alice)).await.page(429);
        })
        .limited(jumpy),
        case("a start that is bound to fail is rejected without a call to the directory", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.phones.fault.set(Fault::Panics);
            let heard = w.ask_for_code(Who::Alice, "pay").await;
            assert_eq!(heard.problem(429, "cooling-down")["challenge"], started.challenge.as_str());
            let code = &started.code;
            w.type_code(Who::AliceElsewhere, "pay", &started.challenge, code)
                .await
                .problem(410, "challenge-over");
            w.type_code(Who::Bob, "pay", &started.challenge, code).await.problem(410, "challenge-over");
            w.type_code(Who::Alice, "settings", &started.challenge, code)
                .await
                .problem(410, "challenge-over");
        }),
        case("no more attempts are shown than the lock leaves", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            for left in [2, 1, 0] {
                let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await;
                assert_eq!(heard.problem(422, "wrong-code")["attempts_left"], left);
            }
            w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await.problem(429, "locked");
        })
        .limited(|| Policy::default().lock_after(3)),
        case("a browser of a user without sends left gets the page, with the wait", |w| async move {
            for wait in [30, 60, 0] {
                w.start(Who::Alice, "pay").await;
                w.advance(wait);
            }
            let page = w.page(Who::Alice, "/mfa/pay").await;
            let ask = Ask::form("/mfa/pay/challenge", &page.fields("channel=messaging")).by(Who::Alice);
            let heard = w.hear(ask).await;
            let html = heard.page(429);
            assert!(
                html.contains("We can’t send another code right now.") && html.contains("14 minutes"),
                "{html}"
            );
            assert_eq!(heard.retry_after(), 810, "{heard}");
            // The code that was sent last can still be entered there.
            let page = Page::read(html);
            let ask = Ask::form("/mfa/pay/verify", &page.fields(&format!("code={}", w.last_code())));
            w.hear(ask.by(Who::Alice)).await.goes_to("/");
        })
        .limited(Policy::default),
        case("another session's challenge is not shown to a user without sends left", |w| async move {
            for wait in [30, 60, 0] {
                w.start(Who::Alice, "pay").await;
                w.advance(wait);
            }
            let mine = w.ask_for_code(Who::Alice, "pay").await.problem(429, "quota-exceeded");
            assert!(mine["challenge"].is_string(), "{mine}");
            for (who, scope) in [(Who::AliceElsewhere, "pay"), (Who::Alice, "settings")] {
                let other = w.ask_for_code(who, scope).await.status(429).value();
                assert!(other["challenge"].is_null() && other["sent_to"].is_null(), "{other}");
            }
        })
        .limited(Policy::default),
        case("a lock ends no grant, and locks no other user", |w| async move {
            let grant = w.elevate(Who::Alice, "settings").await;
            after_a_wrong_code(&w).await;
            w.hear(Ask::get("/settings").by(Who::Alice).cookie(grant)).await.passed();
            w.elevate(Who::Bob, "settings").await;
        })
        .limited(jumpy),
    ]
}
