//! Misconfigured apps reject every request, and log why [GUARD-8].

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    framework::Layer,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("a guard around the layer answers 500", |w| async move {
            for who in [Who::Anonymous, Who::Alice, Who::AliceByToken] {
                let heard = w.hear(Ask::get("/report").by(who)).await;
                heard.untouched().problem(500, "misconfigured");
            }
            assert!(w.log.text().contains(w.manner.layer_name), "{}", w.log.text());
        })
        .shaped(|shape| shape.layer = Layer::InsideGuard),
        case("without the layer a route without a guard is unchanged", |w| async move {
            w.hear(Ask::get("/public")).await.passed();
        })
        .shaped(|shape| shape.layer = Layer::Missing),
        case("an undeclared scope rejects every request, and the log names it", |w| async move {
            for who in [Who::Anonymous, Who::Alice, Who::AliceByToken] {
                let ask = Ask::get("/undeclared")
                    .by(who)
                    .cookie(format!("__Host-mfa-undeclared={}", "A".repeat(43)));
                w.hear(ask).await.untouched().problem(500, "misconfigured");
            }
            let log = w.log.text();
            assert!(log.contains("undeclared") && log.contains(".scope("), "{log}");
        }),
        case("a browser gets a page if the app is misconfigured", |w| async move {
            let html = w.hear(Ask::get("/undeclared").by(Who::Alice).navigating()).await.page(500);
            assert!(!html.contains("undeclared"), "the mistake is for the log: {html}");
        }),
        case("a handler that extracts a grant without a guard does not run", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let heard = w.hear(Ask::get("/grant").by(Who::Alice).cookie(cookie)).await;
            heard.problem(500, "misconfigured");
            assert_eq!(heard.runs, 0);
            assert!(w.log.text().contains("#[require_mfa"), "{}", w.log.text());
        }),
        case("a misconfiguration is not described to the caller", |w| async move {
            let members = w.hear(Ask::get("/undeclared").by(Who::Alice)).await.problem(500, "misconfigured");
            assert_eq!(members.as_object().unwrap().len(), 3, "{members}");
        }),
    ];
    for (method, target) in [
        ("POST", "/pay"),
        ("GET", "/settings"),
        ("HEAD", "/settings"),
        ("GET", "/report"),
        ("POST", "/upload"),
        ("POST", "/maybe"),
        ("GET", "/both"),
        ("GET", "/mfa/pay"),
        ("POST", "/mfa/pay/challenge"),
        ("DELETE", "/mfa/pay"),
    ] {
        cases.push(
            case(format!("without the layer {method} {target} is answered with 500"), move |w| async move {
                for who in [Who::Anonymous, Who::Alice, Who::AliceByToken] {
                    let heard = w
                        .hear(Ask::new(method, target).urlencoded("amount=1000").same_origin().by(who))
                        .await;
                    heard.status(500);
                    assert_eq!((heard.runs, heard.body_read), (0, 0), "{heard}");
                }
                assert!(w.log.text().contains(w.manner.layer_name), "{}", w.log.text());
            })
            .shaped(|shape| shape.layer = Layer::Missing),
        );
    }
    cases.extend(engines());
    cases
}

/// Two engines in one app.
fn engines() -> Vec<Case> {
    let mut cases = vec![
        case(
            "routes inside the layer of their own engine inside another engine's layer still work",
            |w| async move {
                let cookie = w.elevate(Who::Alice, "settings").await;
                w.hear(Ask::get("/settings").by(Who::Alice).cookie(cookie)).await.passed();
            },
        )
        .shaped(|shape| shape.layer = Layer::InsideForeign),
        case("a browser gets a page at the routes inside the layer of another engine", |w| async move {
            w.hear(Ask::get("/mfa/settings").by(Who::Alice).navigating()).await.page(500);
        })
        .shaped(|shape| shape.layer = Layer::Foreign),
    ];
    for (method, target, body) in [
        ("GET", "/mfa/settings", ""),
        ("POST", "/mfa/settings/challenge", "{\"channel\":\"messaging\"}"),
        ("POST", "/mfa/settings/verify", "{\"challenge\":\"a\",\"code\":\"000000\"}"),
        ("POST", "/mfa/settings/drop", "{}"),
        ("DELETE", "/mfa/settings", ""),
    ] {
        let name = format!("inside the layer of another engine {method} {target} is answered with 500");
        cases.push(
            case(name, move |w| async move {
                for who in [Who::Anonymous, Who::Alice, Who::AliceByToken] {
                    let ask = Ask::new(method, target).header("content-type", "application/json").body(body);
                    let heard = w.hear(ask.same_origin().by(who)).await;
                    heard.problem(500, "misconfigured");
                    assert_eq!((heard.body_read, heard.identified), (0, 0), "{heard}");
                }
                assert_eq!(w.provider.inner.sends(), 0);
                assert!(w.log.text().contains("inside the layer of another"), "{}", w.log.text());
            })
            .shaped(|shape| shape.layer = Layer::Foreign),
        );
    }
    cases
}
