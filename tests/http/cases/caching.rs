//! No cache keeps an answer that depends on a grant [HTTP-8].

use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("a route without a guard controls its own caching", |w| async move {
            for who in [Who::Anonymous, Who::Alice, Who::AliceByToken] {
                let heard = w.hear(Ask::get("/public").by(who)).await;
                assert_eq!(heard.passed().header("cache-control"), Some("public, max-age=3600"));
            }
        }),
        case("a handler behind a guard cannot make its answer cacheable", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let heard = w.hear(Ask::get("/own-cache").by(Who::Alice).cookie(cookie)).await;
            assert_eq!(heard.passed().text(), "own cache");
            assert_eq!(heard.header("cache-control"), Some("no-store"));
        }),
        case("no answer of the routes is cacheable", |w| async move {
            let start = || Ask::json("/mfa/pay/challenge", &json!({ "channel": "messaging" }));
            for ask in [
                Ask::get("/mfa/pay").navigating(),
                Ask::get("/mfa/nothing"),
                Ask::new("PUT", "/mfa/pay"),
                start(),
                start(),
                start().body("{"),
                Ask::json("/mfa/pay/verify", &json!({ "challenge": "x", "code": "123456" })),
                Ask::new("DELETE", "/mfa/pay").same_origin(),
                Ask::new("DELETE", "/mfa/pay"),
            ] {
                let heard = w.hear(ask.by(Who::Alice)).await;
                assert_eq!(heard.header("cache-control"), Some("no-store"), "{heard}");
            }
        }),
        case("an answer that depends on headers has them in Vary", |w| async move {
            for ask in [
                Ask::get("/settings").by(Who::Alice),
                Ask::get("/settings").by(Who::Alice).navigating(),
                Ask::get("/settings"),
                Ask::get("/settings").navigating(),
                Ask::get("/mfa/pay").by(Who::Alice),
            ] {
                let heard = w.hear(ask).await;
                let vary = heard.header("vary").unwrap_or_default().to_ascii_lowercase();
                let named: Vec<_> = vary.split(',').map(str::trim).collect();
                assert!(
                    ["cookie", "accept", "sec-fetch-mode"].iter().all(|name| named.contains(name)),
                    "{heard}"
                );
            }
        }),
    ];
    for (method, target, scope, body) in [
        ("GET", "/settings", "settings", ""),
        ("HEAD", "/settings", "settings", ""),
        ("GET", "/report", "reports", ""),
        ("POST", "/pay", "pay", "amount=1"),
        ("POST", "/maybe", "pay", "amount=1000"),
        ("GET", "/proof", "settings", ""),
    ] {
        cases.push(case(
            format!("{method} {target} is never cached, granted or rejected"),
            move |w| async move {
                let ask = || Ask::new(method, target).urlencoded(body);
                for who in [Who::Anonymous, Who::Alice, Who::AliceByToken] {
                    let heard = w.hear(ask().by(who)).await;
                    assert_eq!(heard.status(401).header("cache-control"), Some("no-store"), "{heard}");
                }
                let cookie = w.elevate(Who::Alice, scope).await;
                let heard = w.hear(ask().by(Who::Alice).cookie(cookie)).await;
                assert_eq!(heard.passed().header("cache-control"), Some("no-store"), "{heard}");
            },
        ));
    }
    cases
}
