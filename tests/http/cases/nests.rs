//! A guard around a nest (a nested router, or a scope), and its reach [GUARD-3].

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    framework::Rest,
};

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("with a grant a guard around a nest leaves the answer to the routes inside", |w| async move {
            let cookie = w.elevate(Who::Alice, "reports").await;
            for target in ["/vault/list", "/vault/deep/list", "/vault/nothing", "/hollow/list", "/loose/list"]
            {
                let heard = w.hear(Ask::get(target).by(Who::Alice).cookie(&cookie)).await;
                assert_eq!(heard.passed().header("cache-control"), Some("no-store"), "{target}");
                assert_eq!(heard.identified, 1, "{target}");
            }
        }),
        case("the grant of another scope opens no nest", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let heard = w.hear(Ask::get("/vault/list").by(Who::Alice).cookie(cookie)).await;
            assert_eq!(heard.untouched().problem(401, "step-up-required")["scope"], "reports");
        }),
        case("a nest is guarded for every method", |w| async move {
            for method in ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO", "get"] {
                for target in ["/vault/list", "/vault/deep/list", "/vault/nothing"] {
                    w.hear(Ask::new(method, target).by(Who::Alice).silent()).await.status(401).untouched();
                }
            }
        }),
        case(
            "an identity function that panics rejects a request to a nest, and the next request is answered",
            |w| async move {
                for _ in 0..3 {
                    let heard = w.hear(Ask::get("/vault/deep/list").by(Who::LookupPanics)).await;
                    heard.untouched().problem(500, "misconfigured");
                }
                w.hear(Ask::get("/vault/deep/list").by(Who::Alice)).await.untouched().status(401);
            },
        ),
        case("a guard on the routes of a nest is not around its fallback", |w| async move {
            // Neither is `route_layer` on axum, nor middleware of a resource on actix-web. A guard around the
            // whole nest is, as `/vault` shows.
            w.hear(Ask::get("/loose/list").by(Who::Alice)).await.untouched().status(401);
            w.hear(Ask::get("/loose/nothing")).await.passed();
        }),
        case("a nest without a fallback may be answered by the app's", |w| async move {
            w.hear(Ask::get("/hollow/list").by(Who::Alice)).await.untouched().status(401);
            let heard = w.hear(Ask::get("/hollow/nothing").by(Who::Alice)).await;
            if w.manner.layer_covers_outer_rest {
                heard.untouched().status(401);
            } else {
                heard.passed();
            }
        })
        .shaped(|shape| shape.rest = Rest::Open),
        case("a nest with its own fallback is never answered by the app's", |w| async move {
            w.hear(Ask::get("/vault/nothing").by(Who::Alice)).await.untouched().status(401);
        })
        .shaped(|shape| shape.rest = Rest::Open),
        case("a nest's own prefix with a slash may be answered by the app's fallback", |w| async move {
            let heard = w.hear(Ask::get("/vault/").by(Who::Alice)).await;
            if w.manner.nest_has_its_slash {
                heard.untouched().status(401);
            } else {
                heard.passed();
            }
        })
        .shaped(|shape| shape.rest = Rest::Open),
        case("a nest's own prefix with a slash runs nothing if the app has no fallback", |w| async move {
            for who in [Who::Anonymous, Who::Alice] {
                let heard = w.hear(Ask::get("/vault/").by(who)).await;
                heard.untouched().status(if w.manner.nest_has_its_slash { 401 } else { 404 });
            }
        }),
        case("a fallback with the attribute is guarded for every path that reaches it", |w| async move {
            for target in ["/nothing", "/hollow/nothing", "/", "/settings/x", "//settings", "/mfa"] {
                w.hear(Ask::get(target).by(Who::Alice)).await.untouched().status(401);
            }
            let cookie = w.elevate(Who::Alice, "settings").await;
            w.hear(Ask::get("/nothing").by(Who::Alice).cookie(cookie)).await.passed();
        })
        .shaped(|shape| shape.rest = Rest::Guarded),
        case(
            "a route that is added after the guard around its nest is inside it only if the framework does so",
            |w| async move {
                let heard = w.hear(Ask::get("/vault/late").by(Who::Alice)).await;
                if w.manner.layer_covers_later {
                    heard.untouched().status(401);
                } else {
                    heard.passed();
                }
            },
        ),
        case(
            "a route with the attribute that is added after the layer lets no request pass unchecked",
            |w| async move {
                let cookie = w.elevate(Who::Alice, "settings").await;
                for who in [Who::Anonymous, Who::Alice, Who::AliceByToken] {
                    let rejected = w.hear(Ask::get("/late").by(who)).await;
                    rejected.untouched().status(if w.manner.layer_covers_later { 401 } else { 500 });
                }
                let heard = w.hear(Ask::get("/late").by(Who::Alice).cookie(cookie)).await;
                if w.manner.layer_covers_later {
                    heard.passed();
                } else {
                    heard.untouched().problem(500, "misconfigured");
                    assert!(w.log.text().contains(w.manner.layer_name), "{}", w.log.text());
                }
            },
        ),
    ];
    for target in ["/vault", "/vault/list", "/vault/deep/list", "/vault/deep/nothing", "/vault/nothing"] {
        cases.push(case(format!("{target} is guarded with its whole nest"), move |w| async move {
            w.hear(Ask::get(target)).await.untouched().problem(401, "unauthenticated");
            let heard = w.hear(Ask::get(target).by(Who::Alice)).await;
            assert_eq!(heard.untouched().problem(401, "step-up-required")["scope"], "reports");
            w.hear(Ask::get(target).by(Who::Alice).navigating()).await.untouched().goes_to_page("reports");
        }));
    }
    for target in
        ["//vault/list", "/vault//list", "/VAULT/list", "/vault/./list", "/x/../vault/list", "/%76ault/list"]
    {
        for normalized in [false, true] {
            let how = if normalized { "normalized" } else { "unchanged" };
            let asked = case(format!("the path {target}, {how}, leads into no nest"), move |w| async move {
                for who in [Who::Anonymous, Who::Alice] {
                    let heard = w.hear(Ask::get(target).by(who)).await;
                    heard.untouched();
                    assert!(matches!(heard.status, 400 | 401 | 404), "{heard}");
                }
            });
            cases.push(asked.shaped(move |shape| shape.normalized = normalized));
        }
    }
    cases
}
