//! The situation as JSON: what a program needs to show it, and no more than the page shows.

use mfakit::{Policy, Theme};
use serde_json::{Value, json};

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    faults::Fault,
    heard::Heard,
    world::{TRUSTED, World},
};

fn look(target: &str) -> Ask {
    Ask::get(target).header("accept", "application/json")
}

/// Asserts that it is a situation, and returns its members without the texts.
#[track_caller]
fn situation(heard: &Heard) -> Value {
    heard.status(200).untouched();
    assert_eq!(heard.header("content-type"), Some("application/json"), "{heard}");
    let mut members = heard.value();
    assert!(members["texts"].is_object(), "{heard}");
    members.as_object_mut().unwrap().remove("texts");
    members
}

async fn see(w: &World, who: Who) -> Value {
    situation(&w.hear(look("/mfa/pay").by(who)).await)
}

/// Returns the texts after a problem.
async fn texts(w: &World, after: &str) -> Value {
    let heard = w.hear(look(&format!("/mfa/pay?after={after}")).by(Who::Alice)).await;
    situation(&heard);
    heard.value()["texts"].take()
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = members();
    cases.extend(callers());
    cases.extend(limits_of_it());
    cases.extend(links());
    cases
}

/// Members in each state.
fn members() -> Vec<Case> {
    vec![
        case("the situation before a code names the action, the number and the channels", |w| async move {
            let expected = json!({
                "scope": "pay",
                "state": "ask",
                "label": "make a payment",
                "action": null,
                "max_age": 600,
                "once": false,
                "grant": null,
                "number": "•••34",
                "channels": ["messaging"],
                "challenge": null,
                "resend_in": 0,
                "locked_for": null,
                "digits": 6,
                "challenge_url": "/mfa/pay/challenge",
                "verify_url": "/mfa/pay/verify",
            });
            assert_eq!(see(&w, Who::Alice).await, expected);
            assert_eq!(see(&w, Who::AliceByToken).await, expected, "a token sees the same");
            assert_eq!(w.provider.inner.sends(), 0);
        }),
        case("the situation has the live challenge with its seconds and attempts", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await.status(422);
            w.advance(10);
            let seen = see(&w, Who::Alice).await;
            let expected = json!({
                "challenge": started.challenge,
                "channel": "messaging",
                "sent_to": "•••34",
                "expires_in": 290,
                "resend_in": 20,
                "attempts_left": 4,
            });
            assert_eq!((&seen["state"], &seen["challenge"]), (&json!("sent"), &expected), "{seen}");
            assert_eq!(seen["resend_in"], 20);
            let elsewhere = see(&w, Who::AliceElsewhere).await;
            assert_eq!((&elsewhere["challenge"], &elsewhere["resend_in"]), (&Value::Null, &json!(20)));
        }),
        case("a challenge of the situation takes the code that was sent", |w| async move {
            w.start(Who::AliceByToken, "pay").await;
            let seen = see(&w, Who::AliceByToken).await;
            let challenge = seen["challenge"]["challenge"].as_str().unwrap().to_owned();
            w.type_code(Who::AliceByToken, "pay", &challenge, &w.last_code()).await.status(200);
            let seen = see(&w, Who::AliceByToken).await;
            assert_eq!((&seen["state"], &seen["grant"]), (&json!("done"), &json!({ "expires_in": 600 })));
            assert_eq!((&seen["challenge"], &seen["channels"]), (&Value::Null, &json!([])), "{seen}");
            assert_eq!(seen["number"], Value::Null, "the page shows none either");
        }),
        case("the grant of the situation needs the cookie of its browser", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let with = situation(&w.hear(look("/mfa/pay").by(Who::Alice).cookie(cookie)).await);
            assert_eq!((&with["state"], &with["grant"]["expires_in"]), (&json!("done"), &json!(600)));
            let without = see(&w, Who::Alice).await;
            assert_eq!((&without["state"], &without["grant"]), (&json!("unkept"), &Value::Null));
        }),
        case("the situation of a locked user has the wait and nothing to do", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await.status(422);
            w.advance(60);
            let seen = see(&w, Who::Alice).await;
            assert_eq!((&seen["state"], &seen["locked_for"]), (&json!("locked"), &json!(1740)), "{seen}");
            assert_eq!(
                (&seen["channels"], &seen["challenge"], &seen["number"]),
                (&json!([]), &Value::Null, &Value::Null)
            );
        })
        .limited(|| Policy::default().lock_after(1)),
        case("the situation of a disabled user has no wait", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await.status(422);
            w.advance(1800);
            let started = w.start(Who::Alice, "pay").await;
            w.type_code(Who::Alice, "pay", &started.challenge, &started.wrong_code()).await.status(422);
            let seen = see(&w, Who::Alice).await;
            assert_eq!((&seen["state"], &seen["locked_for"]), (&json!("disabled"), &Value::Null), "{seen}");
        })
        .limited(|| Policy::default().lock_after(1).disable_after(2)),
        case("the situation says if there is no number, or none that can be reached", |w| async move {
            for (who, state) in [(Who::Carol, "no-number"), (Who::Dave, "refused")] {
                let seen = see(&w, who).await;
                assert_eq!((&seen["state"], &seen["channels"]), (&json!(state), &json!([])), "{seen}");
            }
        }),
    ]
}

/// Callers, methods and formats.
fn callers() -> Vec<Case> {
    vec![
        case("the situation is for programs, and the page for those that prefer HTML", |w| async move {
            for (accept, mode, json) in [
                (Some("application/json"), None, true),
                (Some("*/*"), Some("cors"), true),
                (None, None, true),
                (Some("application/json"), Some("navigate"), true),
                (Some("text/html"), Some("cors"), false),
                (Some("text/html,*/*;q=0.8"), Some("navigate"), false),
            ] {
                let ask = Ask::get("/mfa/pay").by(Who::Alice);
                let ask = accept.into_iter().fold(ask, |ask, accept| ask.header("accept", accept));
                let ask = mode.into_iter().fold(ask, |ask, mode| ask.header("sec-fetch-mode", mode));
                let heard = w.hear(ask).await;
                let vary = heard.header("vary").unwrap();
                assert!(vary.contains("Cookie") && vary.contains("Accept-Language"), "{heard}");
                if json {
                    situation(&heard).is_object()
                } else {
                    heard.page(200).is_empty()
                };
            }
        }),
        case("HEAD of the situation has no body", |w| async move {
            let heard = w
                .hear(Ask::new("HEAD", "/mfa/pay").header("accept", "application/json").by(Who::Alice))
                .await;
            assert_eq!(heard.status(200).header("content-type"), Some("application/json"), "{heard}");
            assert!(heard.body.is_empty(), "{heard}");
        }),
        case("the situation of an anonymous caller says only that", |w| async move {
            let heard = w.hear(look("/mfa/pay")).await;
            let members = heard.problem(401, "unauthenticated");
            assert_eq!(members.as_object().unwrap().len(), 3, "{members}");
        }),
        case("the situation of an unknown scope is not found", |w| async move {
            for who in [Who::Anonymous, Who::Alice, Who::AliceByToken] {
                w.hear(look("/mfa/nothing").by(who)).await.problem(404, "unknown-scope");
            }
        }),
        case("a failure of the store makes the situation unavailable", |w| async move {
            w.store.fault.set(Fault::Errs);
            for who in [Who::Alice, Who::AliceByToken] {
                let heard = w.hear(look("/mfa/pay").by(who)).await;
                assert_eq!(heard.problem(503, "unavailable")["retry_after"], 5, "{heard}");
            }
        }),
    ]
}

/// Limits of what it says.
fn limits_of_it() -> Vec<Case> {
    vec![
        case("every text of the situation is on the page", |w| async move {
            for step in ["ask", "sent", "wrong"] {
                let heard = match step {
                    "ask" => w.hear(look("/mfa/pay").by(Who::Alice)).await,
                    "sent" => {
                        w.start(Who::Alice, "pay").await;
                        w.hear(look("/mfa/pay").by(Who::Alice)).await
                    }
                    _ => w.hear(look("/mfa/pay?after=verify:wrong-code:0").by(Who::Alice)).await,
                };
                let page = w.hear(Ask::get("/mfa/pay").navigating().by(Who::Alice)).await.page(200);
                let said = heard.value()["texts"].clone();
                let mut missing = Vec::new();
                leaves(&said, &mut |text| {
                    if !page.contains(&text.replace('\'', "&#39;")) {
                        missing.push(text.to_owned());
                    }
                });
                let allowed = ["That code isn’t right. Check the latest one and try again."];
                missing.retain(|text| !(step == "wrong" && allowed.contains(&text.as_str())));
                assert_eq!(missing, Vec::<String>::new(), "{step}");
            }
        }),
        case("a problem selects the texts of its page, and no state of the store", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            for (after, notice) in [
                (
                    "messaging:cooling-down:30",
                    json!("Please wait 30 seconds before you request another code."),
                ),
                (
                    "messaging:quota-exceeded:7200",
                    json!("We can’t send another code right now. Please try again in 2 hours."),
                ),
                (
                    "messaging:provider-failed",
                    json!("There was a problem with the phone service. Please try again in a moment."),
                ),
                ("verify:wrong-code", json!("That code isn’t right. Check the latest one and try again.")),
                ("verify:unavailable:5", json!("We’re sorry about that. Please try again in a moment.")),
                ("verify:%3Cb%3E", Value::Null),
                ("nothing:wrong-code", Value::Null),
                ("", Value::Null),
            ] {
                let said = texts(&w, after).await;
                assert_eq!(said["notice"], notice, "{after}");
                assert_eq!(said["code"]["invalid"], after.starts_with("verify:wrong"), "{after}");
            }
            w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await.status(200);
        }),
        case("the page takes no problem from its address", |w| async move {
            let html = w.page(Who::Alice, "/mfa/pay?after=verify:locked:60").await.html;
            assert!(html.contains("data-mfa-state=\"ask\""), "{html}");
        }),
        case("the situation is in the language of the request", |w| async move {
            let heard = w.hear(look("/mfa/pay").by(Who::Alice)).await;
            assert_eq!(heard.header("content-language"), Some("en"));
            let said = heard.value()["texts"].clone();
            assert_eq!(
                (&said["language"], &said["direction"], &said["app"]),
                (&json!("en"), &json!("ltr"), &json!("The Bank"))
            );
        }),
        case("the addresses of the situation have the prefix that a proxy strips", |w| async move {
            let seen = see(&w, Who::Alice).await;
            assert_eq!(seen["challenge_url"], "/app/mfa/pay/challenge");
        })
        .dressed(|builder| builder.public_path("/app").theme(Theme::new())),
    ]
}

/// Address of the situation, as a rejected program receives it.
fn links() -> Vec<Case> {
    vec![
        case("a rejection leads programs to the situation for its own requirement", |w| async move {
            for who in [Who::Alice, Who::AliceByToken] {
                for (target, max_age) in [("/settings", 600), ("/hour", 600)] {
                    let heard = w.hear(look(target).by(who)).await;
                    let url =
                        heard.problem(401, "step-up-required")["situation_url"].as_str().unwrap().to_owned();
                    assert!(heard.header("link").unwrap().starts_with(&format!("<{url}>; rel=")), "{heard}");
                    let seen = situation(&w.hear(look(&url).by(who)).await);
                    assert_eq!((&seen["max_age"], &seen["once"]), (&json!(max_age), &json!(false)), "{seen}");
                }
            }
        }),
        case("a grant that is too old for the route does not end its situation", |w| async move {
            w.elevate(Who::AliceByToken, "pay").await;
            w.advance(301);
            let ask = Ask::post("/pay").urlencoded("amount=1").by(Who::AliceByToken);
            let problem = w.hear(ask).await.problem(401, "step-up-required");
            assert_eq!(problem["reason"], "expired");
            let url = problem["situation_url"].as_str().unwrap();
            let seen = situation(&w.hear(look(url).by(Who::AliceByToken)).await);
            assert_eq!((&seen["state"], &seen["max_age"]), (&json!("ask"), &json!(300)), "{seen}");
            assert_eq!(see(&w, Who::AliceByToken).await["state"], "done", "the scope alone allows more");
        }),
        case("a token is never led to a page", |w| async move {
            let heard = w.hear(look("/settings").by(Who::AliceByToken)).await;
            let link = heard.header("link").unwrap();
            assert!(link.ends_with("; rel=\"describedby\"; type=\"application/json\""), "{link}");
        }),
        case("the module for other origins can be imported by all, and other files cannot", |w| async move {
            for who in [Who::Anonymous, Who::Alice, Who::LookupFails] {
                for origin in [TRUSTED, "https://elsewhere.example"] {
                    let ask = Ask::get("/mfa/-/mfa-remote.js").by(who).header("origin", origin);
                    let heard = w.hear(ask).await;
                    assert_eq!(heard.status(200).header("access-control-allow-origin"), Some("*"), "{heard}");
                    assert_eq!(heard.header("cross-origin-resource-policy"), Some("cross-origin"), "{heard}");
                    assert_eq!(
                        heard.header("content-type"),
                        Some("text/javascript; charset=utf-8"),
                        "{heard}"
                    );
                    assert_eq!(heard.identified, 0, "{heard}");
                }
            }
            for file in ["/mfa/-/mfa.js", "/mfa/-/page.css", "/mfa/pay"] {
                let heard = w.hear(look(file).by(Who::Alice).header("origin", TRUSTED)).await;
                assert_eq!(heard.header("access-control-allow-origin"), None, "{heard}");
            }
            let heard = w.hear(Ask::post("/mfa/-/mfa-remote.js")).await;
            assert_eq!(heard.status(405).header("allow"), Some("GET, HEAD"), "{heard}");
        }),
    ]
}

/// Calls `each` with every text that a person reads.
fn leaves(value: &Value, each: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => each(text),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, each)),
        Value::Object(members) => members.iter().for_each(|(name, value)| match name.as_str() {
            // Two texts of the page in one, and the parts of a countdown.
            "purpose" | "hint" => value
                .as_str()
                .into_iter()
                .flat_map(|text| text.split_inclusive(". "))
                .for_each(|text| each(text.trim())),
            "forms" => {}
            _ => leaves(value, each),
        }),
        _ => {}
    }
}
