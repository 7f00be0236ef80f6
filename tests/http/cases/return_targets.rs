//! Return targets after the code [WEB-4].

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    framework::Rest,
    world::{Page, World},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = targets().chain(referers()).chain(hosts()).chain(signed()).collect();
    cases.extend([
        case("a user stopped in a nest returns to their target, including its prefix", |w| async move {
            let rejected = Ask::get("/vault/deep/list?tab=2").by(Who::Alice).navigating();
            assert_eq!(comes_out(&w, rejected, "reports").await, "/vault/deep/list?tab=2");
        }),
        case(
            "a target of four kilobytes is kept whole, in a page's address of less than eight",
            |w| async move {
                let target = format!("/settings?{:a<4086}", "");
                assert_eq!(target.len(), 4096);
                let rejected = || Ask::get(&target).by(Who::Alice).navigating();
                let location = w.hear(rejected()).await.header("location").unwrap().to_owned();
                assert!(location.len() < 8000, "{} bytes", location.len());
                assert_eq!(comes_out(&w, rejected(), "settings").await, target);
            },
        ),
        case("a Referer of four kilobytes is kept whole", |w| async move {
            let page = format!("/orders?{:a<4088}", "");
            let ask = Ask::post("/pay").by(Who::Alice).navigating().urlencoded("amount=1");
            let rejected = ask.header("referer", format!("https://bank.example{page}#top"));
            assert_eq!(comes_out(&w, rejected, "pay").await, page);
        }),
        case("a target longer than four kilobytes when escaped is dropped", |w| async move {
            for target in [format!("/settings?{:'<2000}", ""), format!("/settings?{:a<4087}", "")] {
                let rejected = Ask::get(&target).by(Who::Alice).navigating();
                assert_eq!(comes_out(&w, rejected, "settings").await, "/", "{} bytes", target.len());
            }
        }),
        case("a form from a challenge page continues with the return target of that page", |w| async move {
            let before = "https://bank.example/orders?id=1";
            let ask = Ask::get("/settings?tab=2").by(Who::Alice).navigating().header("referer", before);
            let page = w.hear(ask).await.header("location").unwrap().to_owned();
            let from = |page: &str| {
                let ask = Ask::post("/pay").by(Who::Alice).navigating().urlencoded("amount=1");
                ask.header("referer", format!("https://bank.example{page}"))
            };
            let second = w.hear(from(&page)).await.header("location").unwrap().to_owned();
            let html = w.page(Who::Alice, &second).await.html;
            assert!(html.contains("<a data-mfa-cancel href=\"/orders?id=1\">"), "{html}");
            assert_eq!(comes_out(&w, from(&page), "pay").await, "/settings?tab=2");
            let forged = page.replace("/mfa/settings", "/mfa/reports");
            w.advance(3600);
            assert_eq!(comes_out(&w, from(&forged), "pay").await, "/");
        }),
        case("a user who goes from a challenge page to another guard can still cancel", |w| async move {
            let before = "https://bank.example/orders?id=1";
            let ask = Ask::get("/settings").by(Who::Alice).navigating().header("referer", before);
            let page = w.hear(ask).await.header("location").unwrap().to_owned();
            let ask = Ask::get("/report").by(Who::Alice).navigating();
            let second = w.hear(ask.header("referer", format!("https://bank.example{page}"))).await;
            let html = w.page(Who::Alice, second.header("location").unwrap()).await.html;
            assert!(html.contains("<a data-mfa-cancel href=\"/orders?id=1\">"), "{html}");
        }),
        case("a target of ten kilobytes is dropped", |w| async move {
            let rejected = Ask::get(&format!("/settings?{}", "a".repeat(10_000))).by(Who::Alice).navigating();
            assert_eq!(comes_out(&w, rejected, "settings").await, "/");
        })
        .shaped(|shape| shape.rest = Rest::Guarded),
        case("the target survives a wrong code, a resend and a GET of the page", |w| async move {
            let rejected = w.hear(Ask::get("/settings?tab=2").by(Who::Alice).navigating()).await;
            let page = w.page(Who::Alice, rejected.header("location").unwrap()).await;
            let ask = Ask::form("/mfa/settings/challenge", &page.fields("channel=messaging"));
            w.hear(ask.by(Who::Alice)).await.status(303);
            let page = w.page(Who::Alice, "/mfa/settings").await;
            let wrong = if w.last_code() == "000000" { "000001" } else { "000000" };
            let ask = Ask::form("/mfa/settings/verify", &page.fields(&format!("code={wrong}")));
            let page = Page::read(w.hear(ask.by(Who::Alice)).await.page(422));
            w.advance(30);
            let ask = Ask::form("/mfa/settings/challenge", &page.fields("channel=messaging"));
            let again = w.hear(ask.by(Who::Alice)).await;
            let page = w.page(Who::Alice, again.status(303).header("location").unwrap()).await;
            let ask = Ask::form("/mfa/settings/verify", &page.fields(&format!("code={}", w.last_code())));
            w.hear(ask.by(Who::Alice)).await.goes_to("/settings?tab=2");
        }),
        case("the address of the page contains only the signed addresses of the request", |w| async move {
            let rejected = Ask::get("/settings?tab=2").by(Who::Alice).navigating().same_origin();
            let heard = w.hear(rejected.header("referer", "https://bank.example/start?x=1")).await;
            let signed = URL_SAFE_NO_PAD.decode(heard.untouched().goes_to_page("settings")).unwrap();
            let (signature, text) = signed.split_at(32);
            assert_eq!(String::from_utf8(text.to_vec()).unwrap(), "\n\n/settings?tab=2\n/start?x=1");
            // Another session gets the same text with another signature, so no part of the session is in the text.
            let heard = w.hear(Ask::get("/settings?tab=2").by(Who::AliceElsewhere).navigating()).await;
            let elsewhere = URL_SAFE_NO_PAD.decode(heard.goes_to_page("settings")).unwrap();
            assert_eq!(elsewhere[32..], *b"\n\n/settings?tab=2\n/");
            assert_ne!(elsewhere[..32], *signature);
        }),
        case("a rejection sends nothing and stores nothing", |w| async move {
            for _ in 0..3 {
                w.hear(Ask::get("/settings").by(Who::Alice).navigating()).await.status(303);
            }
            assert_eq!(w.provider.inner.sends(), 0);
            assert!(format!("{:?}", w.store).contains("users: 0"), "{:?}", w.store);
        }),
    ]);
    cases
}

/// Completes the ceremony after a rejected request, and returns where it ends.
async fn comes_out(w: &World, rejected: Ask, scope: &str) -> String {
    let heard = w.hear(rejected).await;
    heard.untouched().goes_to_page(scope);
    let page = w.page(Who::Alice, heard.header("location").unwrap()).await;
    let ask = Ask::form(&format!("/mfa/{scope}/challenge"), &page.fields("channel=messaging"));
    let sent = w.hear(ask.by(Who::Alice)).await;
    let page = w.page(Who::Alice, sent.status(303).header("location").unwrap()).await;
    let ask = Ask::form(&format!("/mfa/{scope}/verify"), &page.fields(&format!("code={}", w.last_code())));
    w.hear(ask.by(Who::Alice)).await.status(303).header("location").unwrap().to_owned()
}

/// Targets of a `GET`, some of which only a fallback would get.
fn targets() -> impl Iterator<Item = Case> {
    [
        ("/settings", "/settings"),
        ("/settings?tab=2&x=%2F%2Fevil", "/settings?tab=2&x=%2F%2Fevil"),
        ("/a/b/c.d", "/a/b/c.d"),
        ("/caf%C3%A9", "/caf%C3%A9"),
        ("/settings?next=https://evil.example", "/settings?next=https://evil.example"),
        ("//evil.example", "/"),
        ("//evil.example/%2f..", "/"),
        ("///evil.example", "/"),
        ("/%2f/evil.example", "/"),
        ("/%2F%2Fevil.example", "/"),
        ("/%5cevil.example", "/"),
        ("/%5C%5Cevil.example", "/"),
        ("/.//evil.example", "/"),
        ("/x/..//evil.example", "/"),
        ("/%2e//evil.example", "/"),
        ("/%2e%2e/%2fevil.example", "/"),
        ("/mfa", "/"),
        ("/mfa/settings/verify/x", "/"),
        ("/x/../mfa/settings", "/"),
        ("/./mfa/settings/drop", "/"),
        ("/x/%2e%2e/mfa/settings", "/"),
        ("/mfantasy", "/mfantasy"),
    ]
    .into_iter()
    .map(|(target, out)| {
        case(format!("a user who was going to {target} returns to {out}"), move |w| async move {
            let rejected = Ask::get(target).by(Who::Alice).navigating();
            assert_eq!(comes_out(&w, rejected, "settings").await, out);
        })
        .shaped(|shape| shape.rest = Rest::Guarded)
    })
}

/// A request that changes something returns to the page that it was sent from.
fn referers() -> impl Iterator<Item = Case> {
    [
        ("no page", None, "/"),
        ("a page of the site", Some("https://bank.example/orders"), "/orders"),
        (
            "a page of the site, with a query and a fragment",
            Some("https://bank.example/orders?id=42&x=%2F%2Fevil#top"),
            "/orders?id=42&x=%2F%2Fevil",
        ),
        (
            "a page of the site, its port written out",
            Some("https://bank.example:443/orders?id=1"),
            "/orders?id=1",
        ),
        (
            "a page of the site, its host in capitals",
            Some("HTTPS://BANK.Example/Orders?ID=1"),
            "/Orders?ID=1",
        ),
        // Browsers write neither a user's name (RFC 9110, section 10.1.3) nor other characters than ASCII.
        ("a page of the site, with a user's name", Some("https://alice:x@bank.example/orders?id=1"), "/"),
        ("a page of the site, with non-ASCII letters", Some("https://bank.example/caf\u{e9}?q=\u{e9}"), "/"),
        (
            "a page of the site, with encoded letters",
            Some("https://bank.example/caf%C3%A9?q=%C3%A9"),
            "/caf%C3%A9?q=%C3%A9",
        ),
        (
            "a page of the site that names an address",
            Some("https://bank.example/go?to=https://evil.example"),
            "/go?to=https://evil.example",
        ),
        ("a page of the site that sends only its origin", Some("https://bank.example/"), "/"),
        ("a page of the site, with a backslash in its query", Some("https://bank.example/orders?x=\\"), "/"),
        ("a page of a trusted host", Some("https://app.bank.example/orders?id=42"), "/orders?id=42"),
        ("a trusted host without TLS", Some("http://app.bank.example/orders"), "/"),
        ("a path of two slashes on a trusted host", Some("https://app.bank.example//evil.example"), "/"),
        ("a challenge page on a trusted host", Some("https://app.bank.example/mfa/pay"), "/"),
        ("an opaque origin", Some("null"), "/"),
        ("a service worker, which names its script", Some("https://bank.example/worker.js?v=2"), "/"),
        ("the site's front page", Some("https://bank.example"), "/"),
        ("a foreign page", Some("https://evil.example/orders"), "/"),
        ("a page of another trusted origin", Some("https://app.example/orders"), "/"),
        ("a page of the site without TLS", Some("http://bank.example/orders"), "/"),
        ("a page of the site on another port", Some("https://bank.example:8443/orders"), "/"),
        ("a page whose user name is the site's host", Some("https://bank.example@evil.example/orders"), "/"),
        ("a page whose host begins like the site", Some("https://bank.example.evil.example/orders"), "/"),
        ("a path of two slashes", Some("https://bank.example//evil.example"), "/"),
        ("a path of a slash and a backslash", Some("https://bank.example/\\evil.example"), "/"),
        ("a path of a slash and an escaped slash", Some("https://bank.example/%2f/evil.example"), "/"),
        ("a path of a slash and an escaped backslash", Some("https://bank.example/%5cevil.example"), "/"),
        ("a path of dots and slashes", Some("https://bank.example/..//evil.example"), "/"),
        ("a path with tabs", Some("https://bank.example/\t/evil.example"), "/"),
        (
            "a path with escaped line breaks",
            Some("https://bank.example/%0d%0aset-cookie:x=y"),
            "/%0d%0aset-cookie:x=y",
        ),
        ("a script", Some("javascript:alert(1)"), "/"),
        ("data", Some("data:text/html,hello"), "/"),
        ("a path alone", Some("/orders"), "/"),
        ("two slashes alone", Some("//evil.example/orders"), "/"),
        ("nonsense", Some("::::"), "/"),
        ("a challenge page", Some("https://bank.example/mfa/pay"), "/"),
        ("a route of mfakit, by a detour", Some("https://bank.example/x/../mfa/pay/drop"), "/"),
    ]
    .into_iter()
    .map(|(what, referer, out)| {
        case(format!("a form sent from {what} returns to {out}"), move |w| async move {
            let ask = Ask::post("/pay").by(Who::Alice).navigating().urlencoded("amount=1");
            let rejected = referer.into_iter().fold(ask, |ask, referer| ask.header("referer", referer));
            assert_eq!(comes_out(&w, rejected, "pay").await, out);
        })
    })
    .chain([case("a Referer of ten kilobytes is dropped", |w| async move {
        let referer = format!("https://bank.example/{}", "a".repeat(10_000));
        let rejected =
            Ask::post("/pay").by(Who::Alice).navigating().urlencoded("amount=1").header("referer", referer);
        assert_eq!(comes_out(&w, rejected, "pay").await, "/");
    })])
}

/// The return target is a path. It leads to the page that the form was sent from only on that page's host.
fn hosts() -> impl Iterator<Item = Case> {
    let (own, trusted) = ("https://bank.example/orders?id=42", "https://app.bank.example/orders?id=42");
    let (whole, home) = ("/orders?id=42", "/");
    [
        ("from a trusted host to itself, as the browser says", trusted, Some("same-origin"), None, whole),
        ("from a trusted host to itself, as Host says", trusted, None, Some("app.bank.example"), whole),
        ("from a trusted host to itself, with its port", trusted, None, Some("APP.bank.example:443"), whole),
        (
            "from a trusted host through a proxy with its own names",
            trusted,
            None,
            Some("10.0.0.1:8080"),
            whole,
        ),
        ("from a trusted host to the site, as the browser says", trusted, Some("same-site"), None, home),
        ("from a trusted host to the site, as Host says", trusted, None, Some("bank.example"), home),
        ("from the site to a trusted host, as Host says", own, None, Some("app.bank.example"), home),
        (
            "from the site to itself, by the browser's headers",
            own,
            Some("same-origin"),
            Some("evil.example"),
            whole,
        ),
        ("from the site, under a foreign name", own, None, Some("evil.example"), whole),
        ("from the site, under a name that is not a host", own, None, Some("a b/@c"), home),
    ]
    .into_iter()
    .map(|(what, referer, fetch_site, host, out)| {
        case(format!("a form sent {what}, returns to {out}"), move |w| async move {
            let ask = Ask::post("/pay").by(Who::Alice).navigating().urlencoded("amount=1");
            let ask = fetch_site.into_iter().fold(ask, |ask, site| ask.header("sec-fetch-site", site));
            let ask = host.into_iter().fold(ask, |ask, host| ask.header("host", host));
            assert_eq!(comes_out(&w, ask.header("referer", referer), "pay").await, out);
        })
    })
}

/// Values that a caller can write in place of the signed target.
fn signed() -> impl Iterator<Item = Case> {
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/settings",
        "AAAA",
        "%0d%0aset-cookie:x=y",
        "another scope's",
        "another session's",
        "another user's",
        "one bit off",
        "",
    ]
    .into_iter()
    .flat_map(|written| {
        let named = if written.is_empty() { "nothing" } else { written };
        [
            case(format!("a form with the return target {named:?} goes home"), move |w| async move {
                let value = value(&w, written).await;
                let token = w.page(Who::Alice, "/mfa/settings").await.token;
                let fields = format!("token={token}&channel=messaging&return={value}");
                w.hear(Ask::form("/mfa/settings/challenge", &fields).by(Who::Alice))
                    .await
                    .goes_to("/mfa/settings");
                let page = w.page(Who::Alice, "/mfa/settings").await;
                assert_eq!(page.signed, None);
                let (token, challenge, code) = (page.token, page.challenge.unwrap(), w.last_code());
                let fields = format!("token={token}&challenge={challenge}&code={code}&return={value}");
                w.hear(Ask::form("/mfa/settings/verify", &fields).by(Who::Alice)).await.goes_to("/");
                let fields = format!("token={token}&return={value}");
                w.hear(Ask::form("/mfa/settings/drop", &fields).by(Who::Alice)).await.goes_to("/");
            }),
            case(format!("a page with the return target {named:?} ignores it"), move |w| async move {
                let value = value(&w, written).await;
                let page = w.page(Who::Alice, &format!("/mfa/settings?return={value}")).await;
                assert_eq!(page.signed, None, "{}", page.html);
                assert!(!page.html.contains("evil"), "{}", page.html);
            }),
        ]
    })
}

async fn value(w: &World, written: &str) -> String {
    let signed_for = async |who, target, scope: &str| {
        w.hear(Ask::get(target).by(who).navigating()).await.goes_to_page(scope)
    };
    match written {
        "another scope's" => signed_for(Who::Alice, "/report", "reports").await,
        "another session's" => signed_for(Who::AliceElsewhere, "/settings", "settings").await,
        "another user's" => signed_for(Who::Bob, "/settings", "settings").await,
        "one bit off" => {
            let mut signed = signed_for(Who::Alice, "/settings", "settings").await;
            let flipped = if signed.ends_with('A') { "Q" } else { "A" };
            let at = signed.len() / 2;
            let flipped = if signed[at..].starts_with(flipped) { "B" } else { flipped };
            signed.replace_range(at..=at, flipped);
            signed
        }
        written => written.replace('\\', "%5C"),
    }
}
