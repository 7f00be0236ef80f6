//! Paths and methods of the routes below `/mfa`.

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = unknown().chain(methods()).collect();
    cases.extend([
        case("a path below a route does not exist", |w| async move {
            for target in ["/mfa", "/mfa/", "/mfa/pay/verify/x", "/mfa/pay/verify/", "/mfa/pay/"] {
                for method in ["GET", "POST", "DELETE"] {
                    let heard = w.hear(Ask::new(method, target).same_origin().by(Who::Alice)).await;
                    heard.status(404);
                }
            }
        }),
        case("an unknown scope is unknown to an anonymous caller too", |w| async move {
            w.hear(Ask::get("/mfa/nothing")).await.problem(404, "unknown-scope");
        }),
        case("a browser gets a page for a path that does not exist", |w| async move {
            w.hear(Ask::get("/mfa/nothing").navigating().by(Who::Alice)).await.page(404);
        }),
        case("a request for an unknown scope has no byte of its body read", |w| async move {
            w.hear(Ask::post("/mfa/nothing/challenge").same_origin().silent().by(Who::Alice))
                .await
                .untouched()
                .status(404);
        }),
    ]);
    cases
}

/// Scopes that are not declared, on every method [GRANT-5].
fn unknown() -> impl Iterator<Item = Case> {
    [
        "nothing",
        "PAY",
        "Pay",
        "pa",
        "payy",
        "pay.",
        "p*",
        "*",
        "%70ay",
        "pay%00",
        "pay%2fverify",
        "..",
        "-",
        "pay;x=1",
        "pay,settings",
    ]
    .into_iter()
    .map(|scope| {
        case(format!("the scope {scope} is unknown for every method"), move |w| async move {
            for method in ["GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "FOO"] {
                let heard =
                    w.hear(Ask::new(method, &format!("/mfa/{scope}")).same_origin().by(Who::Alice)).await;
                heard.status(404).untouched();
            }
            for route in ["challenge", "verify", "drop"] {
                let ask = Ask::post(&format!("/mfa/{scope}/{route}")).same_origin();
                let ask = ask.header("content-type", "application/json").body("{\"channel\":\"messaging\"}");
                w.hear(ask.by(Who::Alice)).await.untouched().problem(404, "unknown-scope");
            }
            assert_eq!(w.provider.inner.sends(), 0);
        })
    })
}

/// Each route names its methods, and does nothing for any other.
fn methods() -> impl Iterator<Item = Case> {
    [
        ("/mfa/pay", "GET, HEAD, DELETE"),
        ("/mfa/pay/challenge", "POST"),
        ("/mfa/pay/verify", "POST"),
        ("/mfa/pay/drop", "POST"),
        ("/mfa/-/page.css", "GET, HEAD"),
    ]
    .into_iter()
    .map(|(target, allow)| {
        case(format!("{target} answers that it allows {allow}"), move |w| async move {
            let taken: Vec<_> = allow.split(", ").collect();
            for method in ["GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "TRACE", "FOO", "get"]
            {
                if taken.contains(&method) {
                    continue;
                }
                for who in [Who::Anonymous, Who::Alice] {
                    let ask = Ask::new(method, target).same_origin().header("x-http-method-override", "POST");
                    let heard = w.hear(ask.silent().by(who)).await;
                    heard.status(405).untouched();
                    assert_eq!(heard.header("allow"), Some(allow), "{method} {heard}");
                    if method != "HEAD" {
                        heard.problem(405, "method-not-allowed");
                    }
                }
            }
            assert_eq!(w.provider.inner.sends(), 0);
        })
    })
}
