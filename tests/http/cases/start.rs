//! Requests for a code.

use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    world::ALICES_NUMBER,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("a code is sent, and the answer says where to and for how long", |w| async move {
            let heard = w.ask_for_code(Who::Alice, "pay").await;
            assert_eq!(heard.status(201).header("content-type"), Some("application/json"), "{heard}");
            let members = heard.value();
            let challenge = members["challenge"].as_str().unwrap();
            assert_eq!(challenge.len(), 43, "256 bits");
            let expected = json!({
                "challenge": challenge, "channel": "messaging", "sent_to": "•••34", "expires_in": 300, "resend_in": 30
            });
            assert_eq!(members, expected);
        }),
        case("a code goes to the number on file, in a text that names the purpose", |w| async move {
            w.start(Who::Alice, "pay").await;
            let sent = w.provider.inner.inbox();
            assert_eq!(sent.len(), 1);
            assert_eq!(sent[0].to.as_e164(), ALICES_NUMBER);
            assert!(sent[0].message.contains("make a payment") && sent[0].message.contains("The Bank"));
            assert_eq!(sent[0].code.len(), 6);
        }),
        case("every send has its own scope at the provider", |w| async move {
            w.start(Who::Alice, "settings").await;
            w.advance(30);
            w.start(Who::Alice, "settings").await;
            let scopes: Vec<_> = w.provider.inner.inbox().into_iter().map(|sent| sent.scope).collect();
            assert_ne!(scopes[0], scopes[1]);
            assert!(
                scopes.iter().all(|scope| scope.starts_with("settings-") && scope.len() == 25),
                "{scopes:?}"
            );
        }),
        case("a bearer token can request a code, from anywhere", |w| async move {
            let ask = Ask::json_from_anywhere("/mfa/pay/challenge", &json!({ "channel": "messaging" }));
            w.hear(ask.by(Who::AliceByToken)).await.status(201);
        }),
        case("a form requests a code and returns to the page", |w| async move {
            let page = w.page(Who::Alice, "/mfa/pay").await;
            let ask = Ask::form("/mfa/pay/challenge", &page.fields("channel=messaging"));
            w.hear(ask.by(Who::Alice)).await.goes_to("/mfa/pay");
            assert_eq!(w.provider.inner.sends(), 1);
            assert!(w.page(Who::Alice, "/mfa/pay").await.challenge.is_some());
        }),
        case("the page and every GET of it send nothing", |w| async move {
            for ask in [
                Ask::get("/mfa/pay").navigating(),
                Ask::get("/mfa/pay").navigating().header("sec-purpose", "prefetch;prerender"),
                Ask::get("/mfa/pay?channel=messaging"),
                Ask::new("HEAD", "/mfa/pay"),
                Ask::get("/mfa/pay/challenge?channel=messaging"),
                Ask::new("HEAD", "/mfa/pay/challenge"),
            ] {
                w.hear(ask.by(Who::Alice)).await;
            }
            assert_eq!(w.provider.inner.sends(), 0);
        }),
        case("an anonymous caller gets no code", |w| async move {
            let heard = w.ask_for_code(Who::Anonymous, "pay").await;
            assert_eq!(heard.problem(401, "unauthenticated").as_object().unwrap().len(), 3);
            let form = Ask::form("/mfa/pay/challenge", "token=x&channel=messaging");
            w.hear(form).await.goes_to("/login");
            assert_eq!(w.provider.inner.sends(), 0);
        }),
    ];
    cases.extend(rejections());
    cases.extend(waits());
    cases
}

fn rejections() -> impl Iterator<Item = Case> {
    [
        ("without a number on file", Who::Carol, json!({ "channel": "messaging" }), 409, "no-number"),
        (
            "to a country not on the list",
            Who::Dave,
            json!({ "channel": "messaging" }),
            422,
            "destination-refused",
        ),
        (
            "by a call, where no calls are made",
            Who::Alice,
            json!({ "channel": "voice" }),
            422,
            "channel-unavailable",
        ),
        ("by a way that does not exist", Who::Alice, json!({ "channel": "pigeon" }), 422, "invalid-field"),
        ("by e-mail", Who::Alice, json!({ "channel": "email" }), 422, "invalid-field"),
        ("in capitals", Who::Alice, json!({ "channel": "MESSAGING" }), 422, "invalid-field"),
        ("without saying how", Who::Alice, json!({}), 422, "invalid-field"),
        (
            "to the caller's own number",
            Who::Alice,
            json!({ "channel": "messaging", "to": "+19195550000" }),
            422,
            "invalid-field",
        ),
        (
            "for another user",
            Who::Bob,
            json!({ "channel": "messaging", "user": "alice" }),
            422,
            "invalid-field",
        ),
        (
            "for another scope",
            Who::Alice,
            json!({ "channel": "messaging", "scope": "settings" }),
            422,
            "invalid-field",
        ),
    ]
    .into_iter()
    .map(|(how, who, body, status, name)| {
        case(format!("no code is sent {how}"), move |w| async move {
            let heard = w.hear(Ask::json("/mfa/pay/challenge", &body).by(who)).await;
            heard.problem(status, name);
            assert_eq!(w.provider.inner.sends(), 0);
        })
    })
}

fn waits() -> [Case; 9] {
    [
        case("the waits between sends are 30, 60, 120 and 120 seconds, to the second", |w| async move {
            for wait in [30, 60, 120, 120] {
                w.start(Who::Alice, "pay").await;
                let heard = w.ask_for_code(Who::Alice, "pay").await;
                let members = heard.problem(429, "cooling-down");
                assert_eq!((heard.retry_after(), &members["resend_in"]), (wait, &wait.into()));
                w.advance(wait - 1);
                w.clock.advance(std::time::Duration::from_millis(999));
                assert_eq!(w.ask_for_code(Who::Alice, "pay").await.status(429).retry_after(), 1);
                w.clock.advance(std::time::Duration::from_millis(1));
            }
            assert_eq!(w.provider.inner.sends(), 4);
        }),
        case("a user who has to wait gets the live challenge", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.advance(10);
            let heard = w.ask_for_code(Who::Alice, "pay").await;
            let members = heard.problem(429, "cooling-down");
            assert_eq!(members["challenge"], started.challenge);
            assert_eq!((&members["channel"], &members["sent_to"]), (&"messaging".into(), &"•••34".into()));
            assert_eq!((&members["expires_in"], &members["resend_in"]), (&290.into(), &20.into()));
            assert_eq!(heard.retry_after(), 20);
            w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await.status(200);
        }),
        case(
            "the wait is the user's over all scopes, and shows no other scope's challenge",
            |w| async move {
                w.start(Who::Alice, "pay").await;
                let heard = w.ask_for_code(Who::Alice, "settings").await;
                assert_eq!(heard.problem(429, "cooling-down").as_object().unwrap().len(), 4, "{heard}");
                assert_eq!(heard.retry_after(), 30);
            },
        ),
        case(
            "the wait is the user's over all sessions, and shows no other session's challenge",
            |w| async move {
                w.start(Who::Alice, "pay").await;
                for who in [Who::AliceElsewhere, Who::AliceByToken] {
                    let heard = w.ask_for_code(who, "pay").await;
                    assert_eq!(heard.problem(429, "cooling-down").as_object().unwrap().len(), 4, "{heard}");
                }
                assert_eq!(w.provider.inner.sends(), 1);
            },
        ),
        case("one user's wait does not affect another user", |w| async move {
            w.start(Who::Alice, "pay").await;
            w.start(Who::Bob, "pay").await;
        }),
        case("a success ends the wait", |w| async move {
            w.elevate(Who::Alice, "pay").await;
            w.start(Who::Alice, "settings").await;
            assert_eq!(w.ask_for_code(Who::Alice, "settings").await.status(429).retry_after(), 30);
        }),
        case("a form that is sent too early gets the page again, with the wait", |w| async move {
            w.start(Who::Alice, "pay").await;
            let page = w.page(Who::Alice, "/mfa/pay").await;
            let ask = Ask::form("/mfa/pay/challenge", &page.fields("channel=messaging"));
            let heard = w.hear(ask.by(Who::Alice)).await;
            let html = heard.page(429);
            assert!(html.contains("Please wait 30 seconds before you request another code."), "{html}");
            assert_eq!(heard.retry_after(), 30);
        }),
        case("a send that the provider rejects keeps the previous code alive", |w| async move {
            let first = w.start(Who::Alice, "pay").await;
            w.advance(30);
            w.provider.inner.fail_next_send(mfakit::provider::ProviderErrorKind::Failed);
            w.ask_for_code(Who::Alice, "pay").await.problem(502, "provider-failed");
            w.type_code(Who::Alice, "pay", &first.challenge, &first.code).await.status(200);
        }),
        case("a send that the provider rejected still counts", |w| async move {
            w.provider.inner.fail_next_send(mfakit::provider::ProviderErrorKind::Failed);
            w.ask_for_code(Who::Alice, "pay").await.problem(502, "provider-failed");
            let heard = w.ask_for_code(Who::Alice, "pay").await;
            assert_eq!(heard.problem(429, "cooling-down").as_object().unwrap().len(), 4, "{heard}");
        }),
    ]
}
