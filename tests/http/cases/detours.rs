//! Ways around a guard that have worked elsewhere: headers, methods, paths [GUARD-3, GUARD-4, GUARD-10].

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
};

/// Headers that some server, proxy or framework once trusted.
const HEADERS: [(&str, &str); 34] = [
    ("x-mfa", "true"),
    ("x-mfa-verified", "1"),
    ("x-mfa-scope", "settings"),
    ("x-mfa-grant", "settings"),
    ("x-mfakit-grant", "settings"),
    ("mfa", "true"),
    ("x-middleware-subrequest", "middleware:middleware:middleware:middleware:middleware"),
    ("x-middleware-skip", "1"),
    ("x-middleware-next", "1"),
    ("x-original-url", "/public"),
    ("x-rewrite-url", "/public"),
    ("x-forwarded-uri", "/public"),
    ("x-forwarded-prefix", "/public"),
    ("x-forwarded-host", "evil.example"),
    ("x-forwarded-for", "127.0.0.1"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-user", "alice"),
    ("x-real-ip", "127.0.0.1"),
    ("forwarded", "for=127.0.0.1;host=bank.example"),
    ("x-user-id", "alice"),
    ("x-remote-user", "alice"),
    ("remote-user", "alice"),
    ("x-authenticated-userid", "alice"),
    ("x-amr", "mfa"),
    ("x-acr", "mfa:settings"),
    ("x-debug", "1"),
    ("x-http-method-override", "OPTIONS"),
    ("x-http-method", "OPTIONS"),
    ("x-method-override", "OPTIONS"),
    ("upgrade", "websocket"),
    ("connection", "upgrade, authorization, cookie"),
    ("host", "localhost"),
    ("content-length", "0"),
    ("purpose", "prefetch"),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = headers().chain(methods()).chain(paths()).chain(addresses()).collect();
    cases.extend([
        case("HEAD is guarded like GET, by the attribute and by a layer", |w| async move {
            for target in ["/settings", "/report", "/both", "/proof"] {
                let heard = w.hear(Ask::new("HEAD", target).by(Who::Alice)).await;
                heard.status(401).untouched();
            }
            let cookie = w.elevate(Who::Alice, "settings").await;
            let heard = w.hear(Ask::new("HEAD", "/settings").by(Who::Alice).cookie(cookie)).await;
            heard.passed();
        }),
        case("HEAD from a browser is redirected to the page", |w| async move {
            let heard = w.hear(Ask::new("HEAD", "/settings").navigating().by(Who::Alice)).await;
            heard.untouched().goes_to_page("settings");
        }),
        case("a field in a query or a form does not change the method", |w| async move {
            for ask in [
                Ask::get("/pay?_method=POST"),
                Ask::post("/settings").urlencoded("_method=GET"),
                Ask::get("/mfa/pay/challenge?_method=POST&channel=messaging"),
                Ask::post("/mfa/pay").same_origin().urlencoded("_method=DELETE"),
            ] {
                w.hear(ask.by(Who::Alice)).await.status(405).untouched();
            }
            assert_eq!(w.provider.inner.sends(), 0);
        }),
        case("a query bypasses no guard", |w| async move {
            for query in ["mfa=true", "skip=1", "code=000000", "debug=1", "scope=settings", "grant=1"] {
                w.hear(Ask::get(&format!("/settings?{query}")).by(Who::Alice)).await.untouched().status(401);
            }
        }),
        case("there is no master code", |w| async move {
            let started = w.start(Who::Alice, "pay").await;
            for code in
                ["000000", "123456", "111111", "999999"].into_iter().filter(|code| *code != started.code)
            {
                let heard = w.type_code(Who::Alice, "pay", &started.challenge, code).await;
                heard.problem(422, "wrong-code");
            }
        }),
        case("a path that is normalized into a route's is guarded like the route", |w| async move {
            for target in ["/settings/", "/settings", "//settings"] {
                w.hear(Ask::get(target).by(Who::Alice)).await.untouched().problem(401, "step-up-required");
                let heard = w.hear(Ask::get(target).by(Who::Alice).navigating()).await;
                heard.untouched().goes_to_page("settings");
            }
            let cookie = w.elevate(Who::Alice, "settings").await;
            for target in ["/settings/", "/settings", "//settings"] {
                w.hear(Ask::get(target).by(Who::Alice).cookie(&cookie)).await.passed();
            }
        })
        .shaped(|shape| shape.normalized = true),
    ]);
    cases
}

fn headers() -> impl Iterator<Item = Case> {
    HEADERS.into_iter().map(|(name, value)| {
        case(format!("the header {name}: {value} changes nothing"), move |w| async move {
            let settings = || Ask::get("/settings");
            for who in [Who::Anonymous, Who::Alice, Who::Bob, Who::AliceByToken] {
                let (plain, with) =
                    (w.hear(settings().by(who)).await, w.hear(settings().by(who).header(name, value)).await);
                with.untouched();
                assert_eq!(
                    (plain.status, &plain.headers, &plain.body),
                    (with.status, &with.headers, &with.body)
                );
            }
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.hear(settings().by(Who::Alice).cookie(&cookie).header(name, value)).await.passed();
            w.hear(settings().by(Who::Bob).cookie(&cookie).header(name, value)).await.untouched().status(401);
        })
    })
}

/// A method that a guarded route does not have runs nothing.
fn methods() -> impl Iterator<Item = Case> {
    ["OPTIONS", "TRACE", "CONNECT", "PATCH", "PUT", "DELETE", "PROPFIND", "get", "Post", "FOO"]
        .into_iter()
        .map(|method| {
            case(format!("the method {method} runs no guarded handler"), move |w| async move {
                let cookie = w.elevate(Who::Alice, "settings").await;
                for target in ["/settings", "/report", "/pay", "/upload"] {
                    for ask in
                        [Ask::new(method, target), Ask::new(method, target).by(Who::Alice).cookie(&cookie)]
                    {
                        let heard = w.hear(ask).await;
                        heard.untouched();
                        assert!(matches!(heard.status, 401 | 404 | 405), "{method} {target}: {heard}");
                    }
                }
            })
        })
}

/// A path that is not the route's runs nothing, or is guarded like the route [GUARD-3].
fn paths() -> impl Iterator<Item = Case> {
    [
        "//settings",
        "/./settings",
        "/settings/",
        "/SETTINGS",
        "/%73ettings",
        "/%2573ettings",
        "/x/../settings",
        "/settings;x=1",
        "/settings%00",
        "/settings%2f",
        "/settings.json",
        "/settings/x.css",
        "/settings%20",
        "/public/../settings",
        "/public/%2e%2e/settings",
        "/settings%3fpublic",
        "/public;/../settings",
    ]
    .into_iter()
    .flat_map(|target| {
        [(false, "as it is"), (true, "normalized")].map(|(normalized, how)| {
            case(format!("the path {target}, {how}, bypasses no guard"), move |w| async move {
                for host in ["bank.example", "evil.example"] {
                    for who in [Who::Anonymous, Who::Alice] {
                        let heard = w.hear(Ask::get(target).by(who).header("host", host)).await;
                        heard.untouched();
                        assert!(matches!(heard.status, 400 | 401 | 404), "{heard}");
                    }
                }
            })
            .shaped(move |shape| shape.normalized = normalized)
        })
    })
}

/// A target with the whole address is checked by its path.
fn addresses() -> impl Iterator<Item = Case> {
    [(false, "as it is"), (true, "normalized")].into_iter().map(|(normalized, how)| {
        case(format!("a request with the whole address, {how}, is checked by its path"), |w| async move {
            for target in ["https://bank.example/settings", "http://evil.example/settings"] {
                let heard = w.hear(Ask::get(target).by(Who::Alice).navigating()).await;
                heard.untouched().goes_to_page("settings");
            }
        })
        .shaped(move |shape| shape.normalized = normalized)
    })
}
