//! An app writes rejections in its own format, and cannot change a decision with that.

use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    framework::Rejections,
    heard::Heard,
    world::World,
};

/// Rejections of the guards and of the routes.
fn rejected() -> Vec<Ask> {
    vec![
        Ask::get("/settings").by(Who::Alice),
        Ask::get("/report").by(Who::AliceByToken),
        Ask::post("/maybe").urlencoded("amount=1000").by(Who::Alice),
        Ask::get("/settings"),
        Ask::get("/report").by(Who::LookupFails),
        Ask::get("/undeclared").by(Who::Alice),
        Ask::get("/grant").by(Who::Alice),
        Ask::get("/mfa/nothing").by(Who::Alice),
        Ask::new("PUT", "/mfa/pay").by(Who::Alice),
        Ask::json("/mfa/pay/challenge", &json!({ "channel": "pigeon" })).by(Who::Alice),
        Ask::json("/mfa/pay/challenge", &json!({ "channel": "messaging" })).by(Who::Carol),
        Ask::json("/mfa/pay/verify", &json!({ "challenge": "x", "code": "123456" })).by(Who::Alice),
    ]
}

/// Checks headers that a client or its safety relies on, with the statuses that they belong to.
#[track_caller]
fn protected(heard: &Heard, status: u16) {
    assert_eq!(heard.runs, 0, "{heard}");
    assert_eq!(heard.header("cache-control"), Some("no-store"), "{heard}");
    assert_eq!(heard.header("x-content-type-options"), Some("nosniff"), "{heard}");
    assert_eq!(heard.header("www-authenticate").is_some(), status == 401, "{heard}");
    assert_eq!(heard.header("retry-after").is_some(), status == 503, "{heard}");
    assert_eq!(heard.header("allow").is_some(), status == 405, "{heard}");
    assert!(heard.header("vary").is_some_and(|vary| vary.contains("Accept")), "{heard}");
}

/// Sends every rejected request to an app whose function fails, and expects the default answers.
async fn says_the_default(w: &World, why: &str) {
    for ask in rejected() {
        let heard = w.hear(ask).await;
        assert!(heard.status >= 400, "{heard}");
        assert_eq!(heard.header("content-type"), Some("application/problem+json"), "{heard}");
        protected(&heard, heard.status);
    }
    let log = w.log.text();
    assert!(log.contains("sys_app_failed") && log.contains("on_rejection") && log.contains(why), "{log}");
}

pub(super) fn cases() -> Vec<Case> {
    let own = |case: Case| case.shaped(|shape| shape.rejections = Rejections::Own);
    let mut cases: Vec<_> = [
        case(
            "an app writes every rejection in its own format, and the protective headers are restored",
            |w| async move {
                for ask in rejected() {
                    let heard = w.hear(ask.clone()).await;
                    assert_eq!(heard.status(418).header("content-type"), Some("application/json"), "{ask:?}");
                    let told = heard.value();
                    let whole: serde_json::Value =
                        serde_json::from_str(told["whole"].as_str().unwrap()).unwrap();
                    assert_eq!(told["status"], whole["status"], "{heard}");
                    assert_eq!(
                        whole["type"],
                        format!("urn:mfakit:problem:{}", told["code"].as_str().unwrap())
                    );
                    protected(&heard, u16::try_from(told["status"].as_u64().unwrap()).unwrap());
                }
            },
        ),
        case("an app gets everything that the default answer says about a rejection", |w| async move {
            let told = w.hear(Ask::post("/pay").by(Who::Alice).urlencoded("amount=1")).await.value();
            for (name, value) in [
                ("code", json!("step-up-required")),
                ("status", json!(401)),
                ("scope", json!("pay")),
                ("reason", json!("missing")),
                ("max_age", json!(300)),
                ("confirm_at", json!("/mfa/pay/challenge")),
                ("wait", json!(null)),
            ] {
                assert_eq!(told[name], value, "{name}: {told}");
            }
            assert!(told["page"].as_str().is_some_and(|page| page.starts_with("/mfa/pay?return=")), "{told}");
            let started = w
                .hear(Ask::json("/mfa/pay/challenge", &json!({ "channel": "messaging" })).by(Who::Alice))
                .await;
            let challenge = started.status(201).value()["challenge"].clone();
            let wrong = if w.last_code() == "000000" { "000001" } else { "000000" };
            let body = json!({ "challenge": challenge, "code": wrong });
            let told = w.hear(Ask::json("/mfa/pay/verify", &body).by(Who::Alice)).await.value();
            assert_eq!((&told["code"], &told["attempts_left"]), (&json!("wrong-code"), &json!(4)), "{told}");
            let soon = w
                .hear(Ask::json("/mfa/pay/challenge", &json!({ "channel": "messaging" })).by(Who::Alice))
                .await;
            assert_eq!((&soon.value()["code"], &soon.value()["wait"]), (&json!("cooling-down"), &json!(30)));
            assert_eq!(soon.retry_after(), 30);
        }),
        case("pages and redirects for people are not passed to the app's function", |w| async move {
            w.hear(Ask::get("/settings").by(Who::Alice).navigating()).await.goes_to_page("settings");
            w.hear(Ask::get("/settings").navigating()).await.goes_to("/login");
            let ask = Ask::get("/settings").by(Who::Alice).header("sec-fetch-mode", "cors");
            w.hear(ask.header("accept", "text/html")).await.page(401);
            w.hear(Ask::get("/mfa/nothing").by(Who::Alice).navigating()).await.page(404);
        }),
        case("a function that writes rejections does not reject a request with a grant", |w| async move {
            let started = w.start(Who::Alice, "settings").await;
            let heard = w.type_code(Who::Alice, "settings", &started.challenge, &started.code).await;
            let cookie = heard.status(200).cookie();
            w.hear(Ask::get("/settings").by(Who::Alice).cookie(cookie)).await.passed();
        }),
    ]
    .into_iter()
    .map(own)
    .collect();
    cases.push(
        case("an app can change a part of the default answer", |w| async move {
            for ask in rejected() {
                let heard = w.hear(ask).await;
                assert_eq!(heard.header("x-own"), Some("1"), "{heard}");
                assert_eq!(heard.header("content-type"), Some("application/problem+json"), "{heard}");
                protected(&heard, heard.status);
            }
        })
        .shaped(|shape| shape.rejections = Rejections::Marked),
    );
    for (how, does, why) in [
        (Rejections::Panicking, "panics", "it panicked"),
        (Rejections::Succeeding, "claims success", "with 200"),
        (Rejections::Streaming, "gives a body that does not come", "in memory"),
    ] {
        let sent = case(
            format!("if a function for rejections {does}, the default answer is sent"),
            move |w| async move {
                says_the_default(&w, why).await;
            },
        );
        cases.push(sent.shaped(move |shape| shape.rejections = how));
    }
    cases
}
