//! The format of every body follows `Accept` (RFC 9110, section 12.5.1).

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    faults::Fault,
    framework::Layer,
    heard::Heard,
    world::World,
};

/// `Accept` header of a navigating browser. A service worker that forwards the request keeps it.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
const TURBO: &str = "text/vnd.turbo-stream.html, text/html, application/xhtml+xml";

/// `Accept` headers of clients that get a page, and of clients that get JSON.
const ACCEPTED: [(&str, bool); 12] = [
    (BROWSER, true),
    (TURBO, true),
    ("text/html", true),
    ("text/html, */*;q=0.01", true),
    ("text/*", true),
    ("application/json;q=0.8, text/html;q=0.9", true),
    ("*/*", false),
    ("application/json", false),
    ("application/json, text/plain, */*", false),
    ("text/html;q=0.5, */*", false),
    ("text/html;q=0", false),
    ("image/avif, */*", false),
];

fn script(ask: Ask, accept: &str) -> Ask {
    ask.header("sec-fetch-mode", "same-origin").header("accept", accept)
}

/// Checks the format of a rejection, and everything that holds in both formats.
#[track_caller]
fn written(heard: &Heard, page: bool, status: u16, name: &str) {
    let vary = heard.header("vary").unwrap_or_default();
    assert!(["Cookie", "Accept", "Sec-Fetch-Mode"].iter().all(|name| vary.contains(name)), "{heard}");
    if page {
        heard.page(status);
        assert!(
            vary.contains("Accept-Language") && heard.header("content-security-policy").is_some(),
            "{heard}"
        );
    } else {
        heard.problem(status, name);
    }
}

/// Returns the page that a link on a page leads to, and that the header names.
fn leads_to(heard: &Heard) -> String {
    let html = heard.text();
    let (_, link) = html.split_once("<a class=\"mfa-button\" href=\"").expect("there is a way on");
    let target = link.split('"').next().unwrap().to_owned();
    assert_eq!(heard.header("link"), Some(&*format!("<{target}>; rel=\"alternate\"; type=\"text/html\"")));
    target
}

/// Completes the ceremony, beginning at a page, and returns where it ends.
async fn comes_out(w: &World, who: Who, page: &str, scope: &str) -> String {
    let shown = w.page(who, page).await;
    let ask = Ask::form(&format!("/mfa/{scope}/challenge"), &shown.fields("channel=messaging"));
    let sent = w.hear(ask.by(who)).await;
    let shown = w.page(who, sent.status(303).header("location").unwrap()).await;
    let ask = Ask::form(&format!("/mfa/{scope}/verify"), &shown.fields(&format!("code={}", w.last_code())));
    w.hear(ask.by(who)).await.status(303).header("location").unwrap().to_owned()
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case(
            "a navigation that a service worker forwards gets a page that leads to the code and back",
            |w| async move {
                let ask = Ask::get("/settings?tab=2").by(Who::Alice).same_origin();
                let heard = w.hear(script(ask, BROWSER)).await;
                let html = heard.untouched().page(401);
                assert!(html.contains("Enter a code to change your settings"), "{html}");
                assert!(
                    heard.header("www-authenticate").is_some_and(|says| says.contains("mfa:settings")),
                    "{heard}"
                );
                assert_eq!(comes_out(&w, Who::Alice, &leads_to(&heard), "settings").await, "/settings?tab=2");
            },
        ),
        case(
            "a form that a service worker forwards gets a page that leads to the code and back to the form",
            |w| async move {
                let ask = Ask::post("/pay").by(Who::Alice).same_origin().urlencoded("amount=1");
                let ask = script(ask, BROWSER).header("referer", "https://bank.example/orders?id=42");
                let heard = w.hear(ask).await;
                let html = heard.untouched().page(401);
                assert!(html.contains("<a data-mfa-cancel href=\"/orders?id=42\">Cancel</a>"), "{html}");
                assert_eq!(comes_out(&w, Who::Alice, &leads_to(&heard), "pay").await, "/orders?id=42");
            },
        ),
        case("Turbo gets the page with the status of the rejection, and no redirect", |w| async move {
            let ask = Ask::post("/pay").by(Who::Alice).same_origin().urlencoded("amount=1");
            let ask = ask.header("sec-fetch-mode", "cors").header("accept", TURBO);
            let heard = w.hear(ask).await;
            heard.untouched().page(401);
            assert!(leads_to(&heard).starts_with("/mfa/pay?return="), "{heard}");
        }),
        case("several Accept headers count as one", |w| async move {
            let ask = Ask::get("/settings").by(Who::Alice).header("sec-fetch-mode", "cors");
            let html = ask.header("accept", "image/avif").header("accept", "text/html");
            w.hear(html.clone()).await.page(401);
            w.hear(html.header("accept", "application/json")).await.problem(401, "step-up-required");
        }),
        case(
            "a token that accepts a page gets one that it can continue with, and is not redirected",
            |w| async move {
                let heard = w.hear(Ask::get("/report").by(Who::AliceByToken).navigating()).await;
                let html = heard.untouched().page(401);
                assert!(html.contains("Enter a code to see the reports"), "{html}");
                assert!(
                    heard.header("www-authenticate").is_some_and(|says| says.contains("mfa:reports")),
                    "{heard}"
                );
                w.hear(Ask::get(&leads_to(&heard)).navigating().by(Who::AliceByToken)).await.page(200);
            },
        ),
        case(
            "an anonymous script that accepts a page gets a link to the sign-in page and nothing else",
            |w| async move {
                for target in ["/settings", "/report", "/mfa/pay"] {
                    let heard = w.hear(script(Ask::get(target), BROWSER)).await;
                    let html = heard.untouched().page(401);
                    assert!(html.contains("href=\"/login\">Sign in"), "{html}");
                    assert!(!html.contains("mfa:") && heard.header("link").is_none(), "{heard}");
                }
            },
        ),
        case("a page in more than one language has Accept-Language in Vary", |w| async move {
            let heard = w.hear(script(Ask::get("/settings").by(Who::Alice), "text/html")).await;
            let vary = heard.header("vary").unwrap();
            assert!(vary.contains("Accept-Language") && vary.contains("Referer"), "{heard}");
        }),
    ];
    cases.extend(ACCEPTED.into_iter().map(|(accept, page)| {
        let form = if page { "a page" } else { "JSON" };
        case(
            format!("a client that accepts {accept} is answered with {form} by guards and routes"),
            move |w| async move {
                for (ask, status, name) in rejected() {
                    written(&w.hear(script(ask, accept)).await, page, status, name);
                }
                w.store.fault.set(Fault::Errs);
                for target in ["/settings", "/report", "/mfa/pay"] {
                    let heard = w.hear(script(Ask::get(target).by(Who::Alice), accept)).await;
                    written(&heard, page, 503, "unavailable");
                    assert_eq!(heard.retry_after(), 5);
                }
            },
        )
    }));
    cases.extend([Layer::Missing, Layer::InsideGuard].into_iter().map(|layer| {
        case(format!("an app whose layer is {layer:?} answers in the accepted format"), |w| async move {
            for (accept, page) in ACCEPTED {
                let heard = w.hear(script(Ask::get("/report").by(Who::Alice), accept)).await;
                heard.untouched().status(500);
                let html = heard.header("content-type") == Some("text/html; charset=utf-8");
                assert_eq!(html, page, "{accept}: {heard}");
                assert!(heard.text().contains("Something went wrong on our side"), "{heard}");
            }
        })
        .shaped(move |shape| shape.layer = layer)
    }));
    cases
}

/// Requests that are rejected, each with the status and the name of the problem.
fn rejected() -> Vec<(Ask, u16, &'static str)> {
    let start = |content_type: &str| {
        let ask = Ask::post("/mfa/pay/challenge").by(Who::Alice).same_origin();
        ask.header("content-type", content_type)
    };
    let form = "application/x-www-form-urlencoded";
    vec![
        (Ask::get("/settings").by(Who::Alice), 401, "step-up-required"),
        (Ask::get("/report").by(Who::Alice), 401, "step-up-required"),
        (Ask::post("/maybe").urlencoded("amount=1000").by(Who::Alice), 401, "step-up-required"),
        (Ask::get("/report").by(Who::AliceByToken), 401, "step-up-required"),
        (Ask::get("/settings"), 401, "unauthenticated"),
        (Ask::get("/settings").by(Who::LookupFails), 503, "unavailable"),
        (Ask::get("/settings").by(Who::LookupPanics), 500, "misconfigured"),
        (Ask::get("/undeclared").by(Who::Alice), 500, "misconfigured"),
        (Ask::get("/grant").by(Who::Alice), 500, "misconfigured"),
        (Ask::get("/mfa/pay"), 401, "unauthenticated"),
        (Ask::get("/mfa/nothing").by(Who::Alice), 404, "unknown-scope"),
        (Ask::new("PUT", "/mfa/pay").by(Who::Alice), 405, "method-not-allowed"),
        (Ask::post("/mfa/-/page.css"), 405, "method-not-allowed"),
        (Ask::post("/mfa/pay/challenge").by(Who::Alice), 403, "cross-site"),
        (start("text/plain").body("x"), 415, "unsupported-media-type"),
        (start(form).body("x".repeat(20_000)), 413, "body-too-large"),
        (start(form).body("token=x&channel=messaging"), 403, "cross-site"),
    ]
}
