//! CORS around everything: preflights run nothing, and only allowed origins can read rejections.

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    heard::Heard,
    world::TRUSTED,
};

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        case("a preflight is answered without identifying the caller", |w| async move {
            for (target, method) in
                [("/pay", "POST"), ("/settings", "GET"), ("/report", "GET"), ("/vault/list", "GET")]
            {
                for who in [Who::Anonymous, Who::Alice, Who::LookupFails] {
                    let heard = w.hear(preflight(target, method, TRUSTED).by(who)).await;
                    assert!(matches!(heard.untouched().status, 200 | 204), "{heard}");
                    assert_eq!(heard.identified, 0, "{heard}");
                    readable(&heard);
                }
            }
        }),
        case("a preflight from another origin runs nothing and allows nothing", |w| async move {
            for target in ["/settings", "/report", "/vault/list"] {
                let heard = w.hear(preflight(target, "GET", "https://evil.example").by(Who::Alice)).await;
                heard.untouched();
                assert_eq!(heard.header("access-control-allow-origin"), None, "{heard}");
            }
        }),
        case("a rejection can be read by the allowed origin", |w| async move {
            for target in ["/settings", "/report", "/vault/list", "/both"] {
                let heard = w.hear(Ask::get(target).by(Who::Alice).header("origin", TRUSTED)).await;
                heard.untouched().problem(401, "step-up-required");
                readable(&heard);
            }
            let heard = w.hear(Ask::get("/settings").by(Who::LookupFails).header("origin", TRUSTED)).await;
            heard.untouched().problem(503, "unavailable");
            readable(&heard);
            let heard = w.hear(Ask::get("/undeclared").by(Who::Alice).header("origin", TRUSTED)).await;
            heard.untouched().problem(500, "misconfigured");
            readable(&heard);
        }),
        case("a rejection cannot be read by another origin", |w| async move {
            for target in ["/settings", "/report"] {
                let ask = Ask::get(target).by(Who::Alice).header("origin", "https://evil.example");
                let heard = w.hear(ask).await;
                heard.untouched().problem(401, "step-up-required");
                assert_eq!(heard.header("access-control-allow-origin"), None, "{heard}");
            }
        }),
        case("with a grant the allowed origin reads the answer", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let ask = Ask::get("/settings").by(Who::Alice).cookie(cookie).header("origin", TRUSTED);
            readable(w.hear(ask).await.passed());
        }),
        case("the module for other origins names one allowed origin inside the CORS layer", |w| async move {
            for (origin, allowed) in [(TRUSTED, TRUSTED), ("https://evil.example", "*")] {
                let heard = w.hear(Ask::get("/mfa/-/mfa-remote.js").header("origin", origin)).await;
                assert_eq!(heard.status(200).header("access-control-allow-origin"), Some(allowed), "{heard}");
            }
        }),
        case("OPTIONS that is not a preflight runs no guarded handler", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            for target in ["/settings", "/report", "/vault/list"] {
                let ask = || Ask::new("OPTIONS", target).by(Who::Alice);
                for ask in [ask(), ask().header("origin", TRUSTED), ask().cookie(&cookie)] {
                    w.hear(ask).await.untouched();
                }
            }
        }),
    ];
    cases.into_iter().map(|case| case.shaped(|shape| shape.cors = true)).collect()
}

fn preflight(target: &str, method: &str, origin: &str) -> Ask {
    Ask::new("OPTIONS", target).header("origin", origin).header("access-control-request-method", method)
}

fn readable(heard: &Heard) {
    assert_eq!(heard.header("access-control-allow-origin"), Some(TRUSTED), "{heard}");
    assert_eq!(heard.header("access-control-allow-credentials"), Some("true"), "{heard}");
}
