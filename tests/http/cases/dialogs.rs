//! A script that shows the page itself, as the module does in a dialog.

use std::time::Duration;

use mfakit::provider::ProviderErrorKind;
use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    faults::Fault,
    heard::Heard,
    world::{Page, World},
};

/// Returns a request of a script that shows the answer.
fn shown(ask: Ask) -> Ask {
    ask.same_origin().header("sec-fetch-mode", "cors").header("accept", "text/html").by(Who::Alice)
}

/// Returns the page that the rejection of a script names for people.
fn page_named(rejected: &Heard) -> String {
    let link = rejected.header("link").expect("a rejection to a script names the page");
    let path =
        link.strip_prefix('<').and_then(|rest| rest.strip_suffix(">; rel=\"alternate\"; type=\"text/html\""));
    path.unwrap_or_else(|| panic!("{link}")).to_owned()
}

async fn opened(w: &World, scope: &str) -> Page {
    Page::read(w.hear(shown(Ask::get(&format!("/mfa/{scope}")))).await.page(200))
}

async fn posted(w: &World, target: &str, fields: &str) -> Heard {
    w.hear(shown(Ask::post(target).urlencoded(fields))).await
}

/// Asserts that the page is in this state.
fn is(html: &str, state: &str) -> bool {
    html.contains(&format!("data-mfa-state=\"{state}\""))
}

pub(super) fn cases() -> Vec<Case> {
    vec![
        case("the rejection of a script names the page for people, and its purpose", |w| async move {
            let ask = Ask::post("/pay").urlencoded("amount=1").by(Who::Alice);
            let rejected = w.hear(ask.header("referer", "https://bank.example/orders")).await;
            rejected.problem(401, "step-up-required");
            let html = w.hear(shown(Ask::get(&page_named(&rejected)))).await.page(200);
            assert!(html.contains("You won’t be asked again for 5 minutes."), "{html}");
            assert!(html.contains("<a data-mfa-cancel href=\"/orders\">"), "{html}");
        }),
        case(
            "a script whose GET was rejected returns to its page, and not to what it fetched",
            |w| async move {
                let ask = Ask::get("/report").by(Who::Alice).header("referer", "https://bank.example/orders");
                let page = page_named(&w.hear(ask).await);
                let started = w.page(Who::Alice, &page).await;
                let ask = Ask::form("/mfa/reports/challenge", &started.fields("channel=messaging"));
                w.hear(ask.by(Who::Alice)).await.status(303);
                let typing = w.page(Who::Alice, &page).await;
                let ask =
                    Ask::form("/mfa/reports/verify", &typing.fields(&format!("code={}", w.last_code())));
                w.hear(ask.by(Who::Alice)).await.goes_to("/orders");
            },
        ),
        case("neither a token nor an anonymous caller gets the address of a page", |w| async move {
            for who in [Who::AliceByToken, Who::Anonymous] {
                let heard = w.hear(Ask::get("/settings").by(who)).await;
                let link = heard.status(401).header("link").unwrap_or_default();
                assert!(!link.contains("alternate") && !link.contains("text/html"), "{heard}");
            }
        }),
        case("a script that shows the page gets pages and the cookie, and no redirect", |w| async move {
            let page = opened(&w, "settings").await;
            let sent =
                posted(&w, "/mfa/settings/challenge", &page.fields("channel=messaging")).await.page(200);
            assert!(is(&sent, "sent"), "{sent}");
            let typing = Page::read(sent);
            let wrong = if w.last_code() == "000000" { "000001" } else { "000000" };
            let heard = posted(&w, "/mfa/settings/verify", &typing.fields(&format!("code={wrong}"))).await;
            assert!(is(&heard.page(422), "wrong") && heard.header("set-cookie").is_none(), "{heard}");
            let fields = typing.fields(&format!("code={}", w.last_code()));
            let heard = posted(&w, "/mfa/settings/verify", &fields).await;
            assert!(is(&heard.page(200), "done"), "{heard}");
            w.hear(Ask::get("/settings").by(Who::Alice).cookie(heard.cookie())).await.passed();
        }),
        case("a grant that was made is sent even if the page fails", |w| async move {
            for (at, fault) in
                [Fault::Errs, Fault::Panics, Fault::Hangs(Duration::from_secs(3600))].into_iter().enumerate()
            {
                w.advance(3600);
                let started = w.start(Who::Alice, "settings").await;
                let typing = opened(&w, "settings").await;
                w.phones.fault.set_from_the_second(fault);
                let fields = typing.fields(&format!("code={}", started.code));
                let heard = posted(&w, "/mfa/settings/verify", &fields).await;
                w.phones.fault.set(Fault::None);
                let cookie = heard.header("set-cookie").unwrap_or_else(|| panic!("{at}: {heard}"));
                assert!(cookie.starts_with("__Host-mfa-settings="), "{cookie}");
                w.hear(Ask::get("/settings").by(Who::Alice).cookie(heard.cookie())).await.passed();
            }
        }),
        case("a script that shows the page gets a page for every failure", |w| async move {
            let page = opened(&w, "pay").await;
            w.provider.inner.fail_next_send(ProviderErrorKind::Failed);
            let heard = posted(&w, "/mfa/pay/challenge", &page.fields("channel=messaging")).await;
            assert!(is(&heard.page(502), "send-failed"), "{heard}");
            let heard = posted(&w, "/mfa/pay/challenge", &page.fields("channel=messaging")).await;
            assert!(is(&heard.page(429), "too-soon") && heard.header("retry-after") == Some("30"), "{heard}");
            posted(&w, "/mfa/pay/challenge", "token=x&channel=messaging").await.page(403);
            w.hear(shown(Ask::get("/mfa/nothing"))).await.page(404);
        }),
        case("a script that shows the page and is signed out gets a link to sign in", |w| async move {
            let html = w.hear(shown(Ask::get("/mfa/pay")).by(Who::Anonymous)).await.page(401);
            assert!(
                html.contains("Please sign in to continue.") && html.contains("href=\"/login\">Sign in"),
                "{html}"
            );
            assert!(!html.contains("payment"), "{html}");
        }),
        case("a form by a script that does not accept a page is answered in JSON", |w| async move {
            let page = opened(&w, "pay").await;
            for accept in ["*/*", "application/json", "text/html, application/json"] {
                let ask = Ask::post("/mfa/pay/challenge").same_origin().header("accept", accept);
                let ask = ask.header("sec-fetch-mode", "cors");
                let heard = w.hear(ask.urlencoded(&page.fields("channel=messaging")).by(Who::Alice)).await;
                heard.status(201);
                w.advance(3600);
            }
        }),
        case("JSON is answered in JSON, whatever Accept says", |w| async move {
            let ask = Ask::json("/mfa/pay/challenge", &json!({ "channel": "messaging" }));
            let heard = w
                .hear(ask.header("accept", "text/html").header("sec-fetch-mode", "cors").by(Who::Alice))
                .await;
            assert_eq!(heard.status(201).value()["channel"], "messaging");
        }),
        case("accepting a page does not bypass the origin check", |w| async move {
            let page = opened(&w, "pay").await;
            for site in ["cross-site", "same-site", "none"] {
                let ask = Ask::post("/mfa/pay/challenge").header("sec-fetch-site", site);
                let ask = ask.header("sec-fetch-mode", "cors").header("accept", "text/html");
                w.hear(ask.urlencoded(&page.fields("channel=messaging")).by(Who::Alice)).await.page(403);
            }
            assert_eq!(w.provider.inner.sends(), 0);
        }),
        case("the module is public and small", |w| async move {
            for who in [Who::Anonymous, Who::Alice] {
                let heard = w.hear(Ask::get("/mfa/-/mfa.js").by(who)).await;
                assert_eq!(heard.status(200).header("content-type"), Some("text/javascript; charset=utf-8"));
                assert!(
                    heard.body.len() <= 12 * 1024 && heard.text().contains("export async function fetch")
                );
            }
            assert_eq!(
                w.hear(Ask::post("/mfa/-/mfa.js")).await.status(405).header("allow"),
                Some("GET, HEAD")
            );
        }),
    ]
}
