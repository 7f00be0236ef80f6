//! An app below a path that its proxy strips: `/app/settings` for browsers, `/settings` for the app.

use mfakit::Theme;
use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    heard::Heard,
    world::{Page, World},
};

/// Rewrites an address as the proxy does.
#[track_caller]
fn stripped(address: &str) -> String {
    let rest = address.strip_prefix("/app").unwrap_or_else(|| panic!("{address} leaves the app"));
    assert!(rest.starts_with('/'), "{address} leaves the app");
    rest.to_owned()
}

/// Returns every address on a page that a browser would request.
fn addresses(html: &str) -> Vec<String> {
    let of = |attribute: &str| -> Vec<_> {
        html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
    };
    [" href=\"", " src=\"", " action=\""].into_iter().flat_map(of).collect()
}

/// Follows a redirect through the proxy.
async fn followed(w: &World, heard: &Heard) -> Page {
    w.page(Who::Alice, &stripped(heard.status(303).header("location").unwrap())).await
}

/// Completes the ceremony as a browser does, and returns where it ends.
async fn comes_out(w: &World, rejected: Ask) -> String {
    let page = followed(w, &w.hear(rejected).await).await;
    let target = |page: &Page, form: &str| {
        let found = addresses(&page.html).into_iter().find(|address| address.ends_with(form));
        stripped(&found.unwrap_or_else(|| panic!("no {form} on {}", page.html)))
    };
    let ask = Ask::form(&target(&page, "/challenge"), &page.fields("channel=messaging"));
    let page = followed(w, &w.hear(ask.by(Who::Alice)).await).await;
    let fields = page.fields(&format!("code={}", w.last_code()));
    let heard = w.hear(Ask::form(&target(&page, "/verify"), &fields).by(Who::Alice)).await;
    heard.status(303).header("location").unwrap().to_owned()
}

pub(super) fn cases() -> Vec<Case> {
    let form = || Ask::post("/pay").by(Who::Alice).navigating().urlencoded("amount=1");
    let mut cases = vec![
        case("below a stripped prefix a script gets addresses that browsers can request", |w| async move {
            let heard = w.hear(Ask::get("/settings").by(Who::Alice)).await;
            let members = heard.untouched().problem(401, "step-up-required");
            assert_eq!(members["challenge_url"], "/app/mfa/settings/challenge");
            assert!(
                heard.header("link").is_some_and(|link| link.starts_with("</app/mfa/settings?return=")),
                "{heard}"
            );
        }),
        case("below a stripped prefix every address on a page has the prefix and exists", |w| async move {
            let asked = w.page(Who::Alice, "/mfa/pay").await.html;
            w.start(Who::Alice, "pay").await;
            let sent = w.page(Who::Alice, "/mfa/pay").await.html;
            let cookie = w.elevate(Who::Bob, "pay").await;
            let done = w.hear(Ask::get("/mfa/pay").navigating().by(Who::Bob).cookie(cookie)).await.page(200);
            let stopped = Ask::get("/settings").by(Who::Alice).header("sec-fetch-mode", "cors");
            let stopped = w.hear(stopped.header("accept", "text/html")).await.page(401);
            let nothing = w.hear(Ask::get("/mfa/nothing").by(Who::Alice).navigating()).await.page(404);
            let anonymous =
                w.hear(Ask::get("/mfa/pay").header("sec-fetch-mode", "cors").header("accept", "text/html"));
            let anonymous = anonymous.await.page(401);
            let mut found = Vec::new();
            for html in [asked, sent, done, stopped, nothing, anonymous] {
                found.extend(addresses(&html).iter().map(|address| stripped(address)));
            }
            for expected in
                ["/bank.svg", "/own.css", "/help", "/key/pay", "/account", "/login", "/mfa/-/mfa.js"]
            {
                assert!(found.iter().any(|address| address == expected), "{expected} in {found:?}");
            }
            for address in found.iter().filter(|address| address.starts_with("/mfa/")) {
                let heard = w.hear(Ask::get(address).navigating().by(Who::Alice)).await;
                assert!(matches!(heard.status, 200 | 303), "{address}: {heard}");
            }
        }),
        case("below a stripped prefix users return to their target", |w| async move {
            let rejected = Ask::get("/settings?tab=2").by(Who::Alice).navigating();
            assert_eq!(comes_out(&w, rejected).await, "/app/settings?tab=2");
        }),
        case(
            "below a stripped prefix an anonymous browser is redirected to the sign-in page",
            |w| async move {
                w.hear(Ask::get("/settings").navigating()).await.goes_to("/app/login");
                w.hear(Ask::get("/mfa/pay").navigating()).await.goes_to("/app/login");
            },
        ),
        case("below a stripped prefix an address of a form is redirected to its page", |w| async move {
            w.hear(Ask::get("/mfa/pay/verify").navigating().by(Who::Alice)).await.goes_to("/app/mfa/pay");
        }),
        case("below a stripped prefix revoking the grant ends at home", |w| async move {
            let page = w.page(Who::Alice, "/mfa/pay").await;
            w.hear(Ask::form("/mfa/pay/drop", &format!("token={}", page.token)).by(Who::Alice))
                .await
                .goes_to("/app/account");
        }),
        case("below a stripped prefix the cookie keeps the path that its name requires", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            let heard = w.type_code(Who::Alice, "pay", &started.challenge, &started.code).await;
            assert!(heard.header("set-cookie").is_some_and(|set| set.contains("; Path=/;")), "{heard}");
        }),
        case("no header sets the prefix", |w| async move {
            let ask = Ask::get("/settings").by(Who::Alice).header("x-forwarded-prefix", "/evil");
            assert_eq!(w.hear(ask).await.value()["challenge_url"], "/app/mfa/settings/challenge");
            let body = json!({ "channel": "messaging" });
            let ask = Ask::json("/mfa/pay/challenge", &body).header("x-forwarded-prefix", "/evil");
            w.hear(ask.by(Who::Alice)).await.status(201);
        }),
    ];
    for (what, referer, out) in [
        ("a page of the app", "https://bank.example/app/orders?id=42", "/app/orders?id=42"),
        ("the app's front page", "https://bank.example/app/", "/app/"),
        ("the app's front page without its slash", "https://bank.example/app", "/app/"),
        ("a page of a trusted host", "https://app.bank.example/app/orders?id=42", "/app/orders?id=42"),
        ("a page of another app of the host", "https://bank.example/orders", "/app/account"),
        ("a page of an app whose name begins alike", "https://bank.example/apple/orders", "/app/account"),
        ("two slashes behind the prefix", "https://bank.example/app//evil.example", "/app/account"),
        ("dots that leave the prefix", "https://bank.example/app/../orders", "/app/account"),
        ("a challenge page", "https://bank.example/app/mfa/pay", "/app/account"),
        ("a foreign page", "https://evil.example/app/orders", "/app/account"),
    ] {
        cases.push(case(
            format!("below a stripped prefix a form from {what} returns to {out}"),
            move |w| async move {
                assert_eq!(comes_out(&w, form().header("referer", referer)).await, out);
            },
        ));
    }
    cases.into_iter().map(|case| case.dressed(below_app)).collect()
}

fn below_app(builder: mfakit::MfaBuilder) -> mfakit::MfaBuilder {
    builder.public_path("/app").theme(
        Theme::new()
            .logo("/bank.svg")
            .style_sheet("/own.css")
            .home("/account")
            .help("/help")
            .alternative("/key/{scope}", "Use a key"),
    )
}
