//! Requests that pass a guard, and answers to all others.

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("a code opens the routes of its scope and no other", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.hear(Ask::get("/settings").by(Who::Alice).cookie(&cookie)).await.passed();
            w.hear(Ask::get("/report").by(Who::Alice).cookie(&cookie)).await.problem(401, "step-up-required");
            let pay = Ask::post("/pay").by(Who::Alice).cookie(&cookie).urlencoded("amount=7");
            w.hear(pay).await.untouched().problem(401, "step-up-required");
        }),
        case("a handler behind a guard gets its form like any other", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let pay = Ask::post("/pay").by(Who::Alice).cookie(cookie).urlencoded("amount=7");
            assert_eq!(w.hear(pay).await.passed().text(), "paid 7");
        }),
        case("a handler answers a bad form itself, once the request has a grant", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let ask = Ask::post("/pay").by(Who::Alice).cookie(cookie).urlencoded("amount=lots");
            let heard = w.hear(ask).await;
            assert!((400..500).contains(&heard.status) && heard.runs == 0, "{heard}");
            assert_eq!(heard.header("cache-control"), Some("no-store"), "{heard}");
        }),
        case("a rejected script gets the requirement and the address to meet it", |w| async move {
            let heard = w.hear(Ask::post("/pay").by(Who::Alice).urlencoded("amount=7")).await;
            let members = heard.untouched().problem(401, "step-up-required");
            assert_eq!(members["reason"], "missing");
            assert_eq!(members["scope"], "pay");
            assert_eq!(members["max_age"], 300);
            assert_eq!(members["challenge_url"], "/mfa/pay/challenge");
            let wanted =
                "Bearer error=\"insufficient_user_authentication\", acr_values=\"mfa:pay\", max_age=300";
            assert_eq!(heard.header("www-authenticate"), Some(wanted));
        }),
        case("a rejected bearer token gets the same, and is never redirected", |w| async move {
            let report = || Ask::get("/report").by(Who::AliceByToken);
            for ask in [report(), report().header("sec-fetch-mode", "navigate").header("accept", "*/*")] {
                let heard = w.hear(ask).await;
                let members = heard.untouched().problem(401, "step-up-required");
                assert_eq!((&members["scope"], &members["max_age"]), (&"reports".into(), &600.into()));
            }
        }),
        case("a browser is redirected to the page, with the return target signed", |w| async move {
            let heard = w.hear(Ask::get("/settings?tab=2").by(Who::Alice).navigating()).await;
            let signed = heard.untouched().goes_to_page("settings");
            // The signature alone has 43 characters.
            assert!(signed.len() > 60, "{signed}");
        }),
    ];
    cases.extend(clients());
    cases.extend(anonymous());
    cases.extend(untouched());
    cases.extend(inside());
    cases.extend(stacked());
    cases
}

/// Clients that get a redirect, and clients that get an answer for programs [HTTP-3]. `formats` tests which
/// of them get a page.
fn clients() -> impl Iterator<Item = Case> {
    let html = "text/html,application/xhtml+xml,*/*;q=0.8";
    [
        ("a browser that navigates", Some("navigate"), Some(html), true),
        ("an old browser that sends only Accept", None, Some(html), true),
        ("a browser that names XHTML in capitals", None, Some("Application/XHTML+XML"), true),
        ("a script that accepts both and prefers JSON", Some("cors"), Some("text/html;q=0.9, */*"), false),
        ("a script of the same origin", Some("same-origin"), Some("*/*"), false),
        ("an image", Some("no-cors"), Some("image/avif,*/*"), false),
        ("a program that accepts anything", None, Some("*/*"), false),
        ("a program that sends neither header", None, None, false),
        ("a client with a made-up mode", Some("navigate, navigate"), Some("*/*"), false),
        ("a navigation that accepts only JSON", Some("navigate"), Some("application/json"), false),
    ]
    .into_iter()
    .flat_map(|(who, mode, accept, redirected)| {
        ["/settings", "/report"].map(move |target| {
            let told = if redirected { "is redirected to the page" } else { "gets the requirement" };
            case(format!("{who} {told} by {target}"), move |w| async move {
                let mut ask = Ask::get(target).by(Who::Alice);
                ask = mode.into_iter().fold(ask, |ask, mode| ask.header("sec-fetch-mode", mode));
                ask = accept.into_iter().fold(ask, |ask, accept| ask.header("accept", accept));
                let heard = w.hear(ask).await;
                heard.untouched();
                let scope = if target == "/report" { "reports" } else { "settings" };
                if redirected {
                    heard.goes_to_page(scope);
                } else {
                    heard.problem(401, "step-up-required");
                }
            })
        })
    })
}

/// Without a grant nothing behind a guard is touched [GUARD-1].
fn untouched() -> Vec<Case> {
    let mut cases = vec![
        case("a body that cannot be read does not matter without a grant", |w| async move {
            let ask = Ask::post("/pay").by(Who::Alice).header("content-type", "text/plain").body("{");
            w.hear(ask).await.untouched().problem(401, "step-up-required");
        }),
        case("a large body is not read without a grant", |w| async move {
            let ask = Ask::post("/upload").by(Who::Alice).body(vec![b'x'; 10_000_000]);
            w.hear(ask).await.untouched().problem(401, "step-up-required");
        }),
        case("the rest of a rejected request is discarded after the answer", |w| async move {
            for target in ["/upload", "/pay", "/mfa/pay/verify"] {
                let before = w.ledger.drained();
                let body = format!("amount=1000&more={}", "0".repeat(999_983));
                let ask = Ask::post(target).same_origin().urlencoded(&body);
                let heard = w.hear(ask.by(Who::Alice)).await;
                assert!(heard.runs == 0 && heard.status >= 300, "{heard}");
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                let drained = w.ledger.drained() - before;
                assert_eq!(heard.body_read + drained, 1_000_000, "{target}: {drained} drained, {heard}");
            }
        }),
        case("a large body is read whole with a grant", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let heard =
                w.hear(Ask::post("/upload").by(Who::Alice).cookie(cookie).body(vec![b'x'; 100_000])).await;
            assert_eq!(heard.passed().text(), "100000 bytes");
            assert_eq!((heard.body_read, heard.extracted), (100_000, 1));
        }),
    ];
    for (who, name) in
        [(Who::Anonymous, "an anonymous caller"), (Who::Alice, "Alice"), (Who::AliceByToken, "a token")]
    {
        for target in ["/pay", "/upload"] {
            cases.push(case(
                format!("{target} answers {name} without waiting for the body"),
                move |w| async move {
                    w.hear(Ask::post(target).by(who).silent()).await.status(401).untouched();
                },
            ));
        }
    }
    cases
}

/// A handler with the `StepUp` extractor.
fn inside() -> [Case; 5] {
    let maybe = |amount: u32| Ask::post("/maybe").urlencoded(&format!("amount={amount}"));
    [
        case("a handler with StepUp accepts small amounts", move |w| async move {
            let heard = w.hear(maybe(100).by(Who::Alice)).await;
            assert_eq!(heard.passed().text(), "paid 100");
            assert_eq!(heard.header("cache-control"), Some("no-store"));
        }),
        case("a handler with StepUp stops there without a grant", move |w| async move {
            let heard = w.hear(maybe(101).by(Who::Alice)).await;
            assert_eq!(heard.runs, 0, "{heard}");
            let members = heard.problem(401, "step-up-required");
            assert_eq!((&members["scope"], &members["max_age"]), (&"pay".into(), &600.into()));
        }),
        case("a handler with StepUp redirects a browser to the page", move |w| async move {
            let heard = w.hear(maybe(101).by(Who::Alice).navigating()).await;
            heard.goes_to_page("pay");
            assert_eq!(heard.runs, 0, "{heard}");
        }),
        case(
            "a handler with StepUp reveals nothing about the challenge to an anonymous caller",
            move |w| async move {
                let heard = w.hear(maybe(101)).await;
                assert_eq!(heard.problem(401, "unauthenticated").as_object().unwrap().len(), 3);
                assert_eq!(heard.runs, 0, "{heard}");
            },
        ),
        case("a handler with StepUp continues with a grant", move |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            assert_eq!(w.hear(maybe(101).by(Who::Alice).cookie(cookie)).await.passed().text(), "paid 101");
        }),
    ]
}

/// Two guards on one route both apply [GUARD-8].
fn stacked() -> [Case; 5] {
    [
        case("of two guards the outer one decides first", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let heard = w.hear(Ask::get("/both").by(Who::Alice).cookie(cookie)).await;
            assert_eq!(heard.untouched().problem(401, "step-up-required")["scope"], "reports");
        }),
        case("of two guards the inner one decides too", |w| async move {
            let cookie = w.elevate(Who::Alice, "reports").await;
            let heard = w.hear(Ask::get("/both").by(Who::Alice).cookie(cookie)).await;
            assert_eq!(heard.untouched().problem(401, "step-up-required")["scope"], "settings");
        }),
        case("two grants pass two guards, and the handler gets the inner one's", |w| async move {
            let (one, other) =
                (w.elevate(Who::Alice, "settings").await, w.elevate(Who::Alice, "reports").await);
            let heard = w.hear(Ask::get("/both").by(Who::Alice).cookie(one).cookie(other)).await;
            assert_eq!(heard.passed().text(), "settings");
            assert_eq!(heard.identified, 1);
        }),
        case("a handler gets the grant", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let from = mfakit::Clock::now(&w.clock).as_millis();
            w.advance(60);
            let heard = w.hear(Ask::get("/proof").by(Who::Alice).cookie(cookie)).await;
            assert_eq!(heard.passed().text(), format!("settings messaging {from} {}", from + 600_000));
        }),
        case("a route with a longer age than its scope names the scope's lifetime", |w| async move {
            let heard = w.hear(Ask::get("/hour").by(Who::Alice)).await;
            assert_eq!(heard.untouched().problem(401, "step-up-required")["max_age"], 600);
        }),
    ]
}

fn anonymous() -> [Case; 3] {
    [
        case("an anonymous script learns nothing about the challenge", |w| async move {
            let heard = w.hear(Ask::post("/pay").urlencoded("amount=7")).await;
            let members = heard.untouched().problem(401, "unauthenticated");
            assert_eq!(members.as_object().unwrap().len(), 3, "{members}");
            assert_eq!(heard.header("www-authenticate"), Some("Bearer"));
        }),
        case("an anonymous browser is redirected to the app's sign-in page", |w| async move {
            let heard = w.hear(Ask::get("/settings").navigating()).await;
            heard.untouched().goes_to("/login");
        }),
        case(
            "without a sign-in page an anonymous browser gets a page that says to sign in",
            |w| async move {
                let heard = w.hear(Ask::get("/settings").navigating()).await;
                let html = heard.untouched().page(401);
                assert!(html.contains("Please sign in to continue.") && !html.contains("mfa:"), "{html}");
            },
        )
        .shaped(|shape| shape.login_url = None),
    ]
}
