//! Numbers that are rejected, and sessions that may not change theirs.

use std::time::Duration;

use mfakit::{Clock as _, DeclaredScope, NumberOnFile, PhoneNumber, Timestamp};
use serde_json::{Value, json};

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    cases::numbers::{NEW, enter, fill, remove},
    world::{ALICES_NUMBER, Page},
};

/// Input, and the reason why it is rejected.
const REJECTED: [(&str, &str); 6] = [
    ("", "unreadable"),
    ("my number", "unreadable"),
    ("+1 202 155 0123", "unknown"),
    ("+44 20 7183 8750", "country-not-served"),
    ("1 900 555 0123", "service"),
    ("+1 800 555 0123", "service"),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_numbers();
    cases.extend(of_sessions());
    cases
}

fn of_numbers() -> Vec<Case> {
    vec![
        case("a number that cannot be used says why, and nothing is sent", |w| async move {
            for (typed, reason) in REJECTED {
                let heard = w.hear(enter(typed).by(Who::Carol)).await;
                assert_eq!(heard.problem(422, "number-rejected")["reason"], reason, "{typed}: {heard}");
            }
            assert!(w.provider.inner.inbox().is_empty());
        }),
        case("a form with a number that cannot be used keeps it in the field", |w| async move {
            let page = w.page(Who::Carol, "/mfa/number").await;
            for typed in ["my \"number\"", "+44 20 7183 8750"] {
                let encoded = typed.replace('+', "%2B");
                let html = w.hear(fill(&page, &encoded).by(Who::Carol)).await.page(422);
                let shown = typed.replace('"', "&#34;");
                for part in [
                    &*format!("value=\"{shown}\""),
                    "<title>Error: Check the phone number – The Bank</title>",
                    r#"data-mfa-state="rejected""#,
                    r#"aria-describedby="mfa-notice mfa-hint" aria-invalid="true""#,
                    r#"role="alert" id="mfa-notice""#,
                ] {
                    assert!(html.contains(part), "{part}: {html}");
                }
            }
        }),
        case("the number on file again changes nothing and sends nothing", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let sent = w.provider.inner.inbox().len();
            w.advance(30);
            let heard = w.hear(enter(ALICES_NUMBER).by(Who::Alice).cookie(&*cookie)).await;
            heard.problem(409, "unchanged");
            assert_eq!(w.provider.inner.inbox().len(), sent);
            w.enters(Who::Alice, NEW, &cookie).await;
        }),
        case("a second number within the wait is rejected, and its form says so", |w| async move {
            w.enters(Who::Carol, NEW, "").await;
            w.hear(enter("202 555 0177").by(Who::Carol)).await.problem(429, "cooling-down");
            let page = w.page(Who::Carol, "/mfa/number").await;
            let heard = w.hear(fill(&page, "202 555 0177").by(Who::Carol)).await;
            let html = heard.page(429);
            assert!(html.contains("Please wait") && html.contains("value=\"202 555 0177\""), "{html}");
            assert!(heard.retry_after() > 0);
        }),
        case("a body without a number, or with more, is rejected", |w| async move {
            for body in [
                json!({ "channel": "messaging" }),
                json!({ "number": NEW }),
                json!({ "number": NEW, "channel": "pigeon" }),
                json!({ "number": NEW, "channel": "messaging", "user": "alice" }),
                json!({ "number": 12_025_550_123_u64, "channel": "messaging" }),
            ] {
                w.hear(Ask::json("/mfa/number", &body).by(Who::Carol)).await.problem(422, "invalid-field");
            }
            let heard = w.hear(Ask::post("/mfa/number").same_origin().by(Who::Carol).body("x")).await;
            heard.problem(415, "unsupported-media-type");
        }),
    ]
}

fn of_sessions() -> Vec<Case> {
    vec![
        case("a change without a code is led to one, by JSON, script and form", |w| async move {
            for ask in [enter(NEW), remove()] {
                let heard = w.hear(ask.by(Who::Alice)).await;
                let members = heard.problem(401, "step-up-required");
                assert_eq!(members["scope"], "mfakit.manage");
                assert_eq!(members["challenge_url"], "/mfa/mfakit.manage/challenge");
                let page = members["situation_url"].as_str().unwrap();
                assert!(heard.header("link").unwrap().contains(page), "{heard}");
                assert!(heard.header("www-authenticate").unwrap().contains("mfa:mfakit.manage"), "{heard}");
            }
            // A tab from the time of an earlier grant.
            let cookie = w.manage(Who::Alice).await;
            let page = Page::read(w.number_page(Who::Alice, "/mfa/number", &cookie).await.page(200));
            w.hear(fill(&page, NEW).by(Who::Alice)).await.goes_to_page("mfakit.manage");
            let script = Ask::post("/mfa/number").same_origin().header("sec-fetch-mode", "cors");
            let script = script.header("accept", "text/html");
            let script = script.urlencoded(&format!("token={}&number={NEW}&channel=messaging", page.token));
            assert!(w.hear(script.by(Who::Alice)).await.page(401).contains("Confirm it’s you"));
        }),
        case("a sign-in that is too old adds no number", |w| async move {
            let page = w.page(Who::Carol, "/mfa/number").await;
            w.advance(10 * 60);
            let heard = w.hear(enter(NEW).by(Who::Carol)).await;
            assert_eq!(heard.problem(401, "sign-in-too-old")["max_age"], 600);
            assert!(heard.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer ")));
            let html = w.hear(fill(&page, NEW).by(Who::Carol)).await.page(401);
            for html in [html, w.number_page(Who::Carol, "/mfa/number", "").await.page(200)] {
                let state = r#"data-mfa-state="sign-in-too-old""#;
                assert!(html.contains(state) && html.contains("within 10 minutes of signing in"), "{html}");
                assert!(html.contains("href=\"/login\"") && !html.contains("<form"), "{html}");
            }
            assert_eq!(w.numbers(Who::Carol, "").await["reason"], "sign-in-too-old");
            w.ledger.sign_in_at(w.clock.now());
            w.enters(Who::Carol, NEW, "").await;
        }),
        case("an app that does not say when a person signed in is told so", |w| async move {
            w.ledger.sign_in_at(None);
            w.hear(enter(NEW).by(Who::Carol)).await.problem(500, "misconfigured");
            assert!(w.log.text().contains(".with_signed_in_at("), "{}", w.log.text());
        }),
        case("an anonymous caller is led to the sign-in, and sees nothing", |w| async move {
            w.hear(enter(NEW)).await.problem(401, "unauthenticated");
            w.hear(remove()).await.problem(401, "unauthenticated");
            w.hear(Ask::get("/mfa/number").navigating()).await.goes_to("/login");
        }),
        case(
            "a first number that another request added in the meantime needs a code to that one",
            |w| async move {
                let other = NumberOnFile::new(PhoneNumber::new("+12025550177").unwrap(), w.clock.now());
                let entered = w.enters(Who::Carol, NEW, "").await;
                w.book.set("carol", other);
                w.confirms(Who::Carol, &entered, "").await.problem(401, "step-up-required");
                assert_eq!(w.on_file("carol").as_deref(), Some("+12025550177"));
            },
        ),
        case("the page with an old approval leads to the page of the number", |w| async move {
            let old = "/mfa/mfakit.enroll?approval=AAAAAAAAAAAAAAAAAAAAAA";
            for target in [old, "/mfa/mfakit.enroll"] {
                let html = w.hear(Ask::get(target).navigating().by(Who::Carol)).await.page(410);
                assert!(html.contains("href=\"/mfa/number\""), "{html}");
            }
        }),
        case("a bearer token needs no cookie", |w| async move {
            w.elevate(Who::AliceByToken, "mfakit.manage").await;
            let entered = w.enters(Who::AliceByToken, NEW, "").await;
            let heard = w.confirms(Who::AliceByToken, &entered, "").await;
            assert_eq!(heard.status(200).header("set-cookie"), None, "{heard}");
        }),
        case("a scope that settles refuses codes after a change, with the date", |w| async move {
            w.book.set("bob", NumberOnFile::new(PhoneNumber::new("+19195555678").unwrap(), w.clock.now()));
            let heard = w.ask_for_code(Who::Bob, "slow").await;
            let until: Value = (w.clock.now() + DAY).to_string().into();
            let members = heard.problem(409, "settling");
            assert_eq!((&members["until"], &members["retry_after"]), (&until, &json!(DAY.as_secs())));
            assert_eq!(heard.retry_after(), DAY.as_secs());
            let html = w.number_page(Who::Bob, "/mfa/slow", "").await.page(200);
            let day = date(w.clock.now() + DAY);
            assert!(html.contains(r#"data-mfa-state="settling""#) && html.contains(&day), "{html}");
            let ask = Ask::get("/mfa/slow").by(Who::Bob).header("accept", "application/json");
            assert_eq!(w.hear(ask).await.status(200).value()["state"], "settling");
            w.ask_for_code(Who::Alice, "slow").await.status(201);
        })
        .dressed(|builder| builder.declare(DeclaredScope::new("slow", "be slow").settled(DAY))),
    ]
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn date(at: Timestamp) -> String {
    at.to_string()[..10].to_owned()
}
