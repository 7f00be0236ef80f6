//! Ways of a request to its approval.

use super::{ORDER, Proposed, approve, pay, with_orders};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = before_a_grant();
    cases.extend(with_a_grant());
    cases.extend(beside_other_guards());
    cases
}

fn before_a_grant() -> Vec<Case> {
    vec![
        case("an unauthenticated request for an approved value is rejected unread", |w| async move {
            let heard = w.hear(pay(Who::Anonymous, ORDER)).await;
            assert!(heard.untouched().problem(401, "unauthenticated").get("approval").is_none(), "{heard}");
        }),
        case("without a grant, only the approved argument is extracted", |w| async move {
            let heard = w.hear(pay(Who::Alice, ORDER)).await;
            let proposed = Proposed::read(&heard);
            assert_eq!((heard.runs, heard.extracted, heard.body_read), (0, 0, ORDER.len()), "{heard}");
            assert_eq!(proposed.challenge_url, format!("/mfa/pay/challenge?approval={}", proposed.id));
            let situation = proposed.situation_url.split("&return=").next();
            assert_eq!(situation, Some(&*format!("/mfa/pay?approval={}", proposed.id)));
        }),
        case("the same value in one session is one approval, however it is written", |w| async move {
            let first = Proposed::read(&w.hear(pay(Who::Alice, ORDER)).await);
            for body in ["payee=ACME&amount=100", "payee=AC%4dE&amount=100&extra=1", "amount=0100&payee=ACME"]
            {
                assert_eq!(Proposed::read(&w.hear(pay(Who::Alice, body)).await).id, first.id, "{body}");
            }
            let json = serde_json::json!({ "payee": "ACME", "amount": 100 });
            let heard = w.hear(Ask::json("/bound/json", &json).by(Who::Alice)).await;
            assert_eq!(Proposed::read(&heard).id, first.id);
            let heard = w.hear(Ask::get("/bound/look?amount=100&payee=ACME").by(Who::Alice)).await;
            assert_eq!(Proposed::read(&heard).id, first.id);
            let other = Proposed::read(&w.hear(pay(Who::Alice, "amount=100&payee=ACMF")).await);
            assert_ne!(other.id, first.id);
            let elsewhere = Proposed::read(&w.hear(pay(Who::AliceElsewhere, ORDER)).await);
            assert_ne!(elsewhere.id, first.id);
        }),
        case("a value that cannot be read is answered as the handler answers it", |w| async move {
            for (target, body, status) in [
                ("/bound/pay", "amount=lots&payee=ACME", None),
                ("/bound/pay", "", None),
                ("/bound/own", "amount=lots&payee=ACME", Some(409)),
                ("/bound/own", "amount=1001&payee=ACME", Some(409)),
                ("/bound/json", ORDER, None),
            ] {
                let ask = Ask::post(target).by(Who::Alice).same_origin().urlencoded(body);
                let heard = w.hear(ask).await;
                assert!(
                    (400..500).contains(&heard.status) && heard.status != 401,
                    "{target} {body}: {heard}"
                );
                assert_eq!(status.unwrap_or(heard.status), heard.status, "{heard}");
                assert_eq!((heard.runs, heard.extracted), (0, 0), "{heard}");
            }
        }),
        case("a value above 4 KB is rejected with 413", |w| async move {
            let body = |payee: usize| format!("amount=100&payee={}", "x".repeat(payee));
            Proposed::read(&w.hear(pay(Who::Alice, &body(4000))).await);
            let heard = w.hear(pay(Who::Alice, &body(4100))).await;
            assert_eq!(heard.problem(413, "body-too-large")["detail"], "the value to approve is too large");
        }),
        case("without a grant, a body that does not arrive is given up after ten seconds", |w| async move {
            let heard = w.hear(Ask::post("/bound/pay").by(Who::Alice).same_origin().silent()).await;
            assert_eq!((heard.runs, heard.extracted), (0, 0), "{heard}");
            heard.problem(408, "body-too-slow");
        }),
        case("a body that breaks off keeps no value", |w| async move {
            let heard = w.hear(pay(Who::Alice, ORDER).broken("amount=100")).await;
            assert_eq!((heard.status / 100, heard.runs), (4, 0), "{heard}");
        }),
    ]
}

fn with_a_grant() -> Vec<Case> {
    vec![
        case("an approved value passes once, and the handler gets its approval", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            assert!(approved.cookie.starts_with(&format!("__Host-mfa-pay~{}=", approved.id)), "{approved:?}");
            let again = || pay(Who::Alice, ORDER).cookie(approved.cookie.clone());
            let heard = w.hear(again()).await;
            assert_eq!(heard.passed().text(), format!("paid 100 to ACME by {}", approved.id));
            assert_eq!(heard.extracted, 1);
            let next = Proposed::read(&w.hear(again()).await);
            assert_ne!(next.id, approved.id, "an approval is good for one request");
        }),
        case("a browser keeps the cookies of the newest approvals only", |w| async move {
            let proposed = Proposed::read(&w.hear(pay(Who::Alice, ORDER)).await);
            let started = w.start_at(Who::Alice, &proposed.challenge_url).await;
            let body = serde_json::json!({ "challenge": started.challenge, "code": started.code });
            let ask = ('a'..='j').fold(Ask::json("/mfa/pay/verify", &body).by(Who::Alice), |ask, letter| {
                let (id, token) = (format!("{letter}AAAAAAAAAAAAAAAAAAAAA"), "A".repeat(43));
                ask.cookie(format!("__Host-mfa-pay~{id}={token}"))
            });
            let heard = w.hear(ask).await;
            let set = heard.status(200).headers_named("set-cookie");
            let names: Vec<_> = set.iter().map(|set| set.split_once('=').unwrap().0.to_owned()).collect();
            let name = |id: &str| format!("__Host-mfa-pay~{id}");
            let [a, b] = ["aAAAAAAAAAAAAAAAAAAAAA", "bAAAAAAAAAAAAAAAAAAAAA"].map(name);
            assert_eq!(names, [name(&proposed.id), a, b], "{heard}");
        }),
        case("an approved value passes by a bearer token", |w| async move {
            approve(&w, Who::AliceByToken, pay(Who::AliceByToken, ORDER)).await;
            w.hear(pay(Who::AliceByToken, ORDER)).await.passed();
            Proposed::read(&w.hear(pay(Who::AliceByToken, ORDER)).await);
        }),
        case("of twenty concurrent requests for one approved value, one passes", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            let asks = (0..20).map(|_| pay(Who::Alice, ORDER).cookie(approved.cookie.clone()));
            let (statuses, runs) = w.at_once(asks).await;
            let passed = statuses.iter().filter(|status| **status == 200).count();
            assert_eq!((passed, runs), (1, 1), "{statuses:?}");
        }),
        case("a form with a typo costs no approval", |w| async move {
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            let heard = w.hear(pay(Who::Alice, "amount=lots").cookie(approved.cookie.clone())).await;
            assert!((400..500).contains(&heard.status) && heard.status != 401, "{heard}");
            w.hear(pay(Who::Alice, ORDER).cookie(approved.cookie)).await.passed();
        }),
        case("two approvals of one session do not disturb each other", |w| async move {
            let other = "amount=5&payee=Bob";
            let first = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            // Neither the code nor the grant of the first ends when the second is approved.
            let second = approve(&w, Who::Alice, pay(Who::Alice, other).cookie(first.cookie.clone())).await;
            let both =
                |body| pay(Who::Alice, body).cookie(first.cookie.clone()).cookie(second.cookie.clone());
            let heard = w.hear(both(other)).await;
            assert_eq!(heard.passed().text(), format!("paid 5 to Bob by {}", second.id));
            let heard = w.hear(both(ORDER)).await;
            assert_eq!(heard.passed().text(), format!("paid 100 to ACME by {}", first.id));
        }),
        case("StepUp approves a value inside a handler", |w| async move {
            let ask = || Ask::post("/bound/inside").by(Who::Alice).urlencoded(ORDER);
            let approved = approve(&w, Who::Alice, ask()).await;
            let heard = w.hear(ask().cookie(approved.cookie.clone())).await;
            assert_eq!(heard.passed().text(), format!("paid 100 to ACME by {}", approved.id));
            Proposed::read(&w.hear(ask().cookie(approved.cookie)).await);
        }),
        case("a GET passes with its approved query, and HEAD consumes nothing", |w| async move {
            let ask = |method| Ask::new(method, "/bound/look?amount=100&payee=ACME").by(Who::Alice);
            w.hear(ask("HEAD")).await.status(401);
            let approved = approve(&w, Who::Alice, ask("GET")).await;
            let heard = w.hear(ask("HEAD").cookie(approved.cookie.clone())).await;
            assert_eq!((heard.status, heard.runs), (401, 0), "{heard}");
            w.hear(ask("GET").cookie(approved.cookie)).await.passed();
        }),
    ]
}

fn beside_other_guards() -> Vec<Case> {
    vec![
        case("a bound grant and an unbound grant do not stand for each other", |w| async move {
            let plain = |cookie: &str| {
                Ask::post("/pay").by(Who::Alice).urlencoded("amount=7").cookie(cookie.to_owned())
            };
            let approved = approve(&w, Who::Alice, pay(Who::Alice, ORDER)).await;
            let heard = w.hear(plain(&approved.cookie)).await;
            let members = heard.untouched().problem(401, "step-up-required");
            assert!(members.get("approval").is_none(), "{heard}");
            let unbound = w.elevate(Who::Alice, "pay").await;
            Proposed::read(&w.hear(pay(Who::Alice, ORDER).cookie(unbound.clone())).await);
            w.hear(pay(Who::Alice, ORDER).cookie(approved.cookie)).await.passed();
            w.hear(plain(&unbound)).await.passed();
        }),
        case("a marked argument belongs to the highest of two attributes", |w| async move {
            let ask = || Ask::post("/bound/stacked").by(Who::Alice).urlencoded(ORDER);
            let heard = w.hear(ask()).await;
            assert_eq!(heard.untouched().problem(401, "step-up-required")["scope"], "settings");
            let settings = w.elevate(Who::Alice, "settings").await;
            let approved = approve(&w, Who::Alice, ask().cookie(settings.clone())).await;
            w.hear(ask().cookie(settings).cookie(approved.cookie)).await.passed();
        }),
        case("a guard that does not bind a bound scope is a mistake that the log names", |w| async move {
            let ask = |target: &str| Ask::post(target).by(Who::Alice).urlencoded(ORDER);
            for target in ["/bound/unbound-only", "/bound/layer-only"] {
                w.hear(ask(target)).await.untouched().problem(500, "misconfigured");
            }
            assert!(w.log.text().contains("#[approve]"), "{}", w.log.text());
            let approved = approve(&w, Who::Alice, ask("/bound/only")).await;
            w.hear(ask("/bound/only").cookie(approved.cookie)).await.passed();
        })
        .dressed(with_orders),
        case("a code for a bound scope is for an action", |w| async move {
            w.ask_for_code(Who::Alice, "orders").await.problem(410, "approval-over");
            w.hear(Ask::get("/mfa/orders").navigating().by(Who::Alice)).await.page(410);
            let ask = Ask::post("/bound/only").by(Who::Alice).urlencoded(ORDER);
            let proposed = Proposed::read(&w.hear(ask).await);
            // The page of the scope shows the newest action.
            let html = w.hear(Ask::get("/mfa/orders").navigating().by(Who::Alice)).await.page(200);
            assert!(html.contains(&format!("/mfa/orders/challenge?approval={}", proposed.id)), "{html}");
        })
        .dressed(with_orders),
    ]
}
