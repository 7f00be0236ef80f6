//! A grant that passes one request [GRANT-6].

use std::time::Duration;

use mfakit::LoginId;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    faults::Fault,
    world::World,
};

/// The three ways to consume a grant.
const WAYS: [&str; 3] = ["/once/attribute", "/once/layer", "/once/inside"];

fn pay(target: &str, cookie: &str) -> Ask {
    Ask::post(target).by(Who::Alice).cookie(cookie).urlencoded("amount=7")
}

/// Asserts that the grant is still there, and passes one request.
async fn still_good(w: &World, cookie: &str) {
    w.hear(pay("/once/attribute", cookie)).await.passed();
}

/// Asserts that the grant is gone.
async fn gone(w: &World, cookie: &str) {
    let heard = w.hear(pay("/pay", cookie)).await;
    assert_eq!(heard.untouched().problem(401, "step-up-required")["reason"], "missing");
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("a handler that consumes a grant still gets it", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let heard = w.hear(pay("/once/attribute", &cookie)).await;
            assert_eq!(heard.passed().text(), "pay 7");
        }),
        case("a form with a typo costs no code under the attribute", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            for (media_type, body) in [
                ("application/x-www-form-urlencoded", "amount=lots"),
                ("application/x-www-form-urlencoded", ""),
                ("text/plain", "amount=7"),
            ] {
                let ask = Ask::post("/once/attribute").by(Who::Alice).cookie(cookie.clone());
                let heard = w.hear(ask.header("content-type", media_type).body(body)).await;
                assert!((400..500).contains(&heard.status) && heard.status != 401, "{heard}");
                assert_eq!((heard.runs, heard.header("cache-control")), (0, Some("no-store")), "{heard}");
            }
            still_good(&w, &cookie).await;
        }),
        case("a body that breaks off costs no code under the attribute", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let heard = w.hear(pay("/once/attribute", &cookie).broken("amount=7")).await;
            assert_eq!((heard.status / 100, heard.runs), (4, 0), "{heard}");
            still_good(&w, &cookie).await;
        }),
        case("a form with a typo costs a code under a layer, which cannot see the form", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let ask =
                Ask::post("/once/layer").by(Who::Alice).cookie(cookie.clone()).urlencoded("amount=lots");
            assert_eq!(w.hear(ask).await.runs, 0);
            gone(&w, &cookie).await;
        }),
        case("a form with a typo costs no code in a handler with StepUp", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let ask =
                Ask::post("/once/inside").by(Who::Alice).cookie(cookie.clone()).urlencoded("amount=lots");
            assert_eq!(w.hear(ask).await.runs, 0);
            still_good(&w, &cookie).await;
        }),
        case("a grant that an ordinary guard has accepted can still be consumed", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            w.hear(pay("/pay", &cookie)).await.passed();
            still_good(&w, &cookie).await;
            gone(&w, &cookie).await;
        }),
        case("once and an age on one handler both apply", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            w.advance(300);
            let heard = w.hear(pay("/once/attribute", &cookie)).await;
            let members = heard.untouched().problem(401, "step-up-required");
            assert_eq!((&members["reason"], &members["max_age"]), (&"expired".into(), &300.into()));
        }),
        case("HEAD consumes a grant like GET", |w| async move {
            w.hear(Ask::new("HEAD", "/once/look").by(Who::Alice)).await.untouched().status(401);
            let cookie = w.elevate(Who::Alice, "settings").await;
            let look = |method| Ask::new(method, "/once/look").by(Who::Alice).cookie(cookie.clone());
            w.hear(look("HEAD")).await.passed();
            w.hear(look("GET")).await.untouched().status(401);
        }),
        case("a method that the route does not have costs no code under the attribute", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            for method in ["GET", "HEAD", "OPTIONS", "PUT", "BREW"] {
                let ask = Ask::new(method, "/once/attribute").by(Who::Alice).cookie(cookie.clone());
                w.hear(ask).await.untouched().status(405);
            }
            still_good(&w, &cookie).await;
        }),
        case("a bearer token's grant is consumed too", |w| async move {
            w.elevate(Who::AliceByToken, "pay").await;
            let ask = || Ask::post("/once/attribute").by(Who::AliceByToken).urlencoded("amount=7");
            w.hear(ask()).await.passed();
            assert_eq!(w.hear(ask()).await.untouched().problem(401, "step-up-required")["reason"], "missing");
        }),
        case("a browser whose grant is consumed is redirected to the page", |w| async move {
            let cookie = w.elevate(Who::Alice, "settings").await;
            let look = || Ask::get("/once/look").by(Who::Alice).cookie(cookie.clone()).navigating();
            w.hear(look()).await.passed();
            w.hear(look()).await.untouched().goes_to_page("settings");
        }),
        case("no other request consumes a grant", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            for who in [Who::Anonymous, Who::Bob, Who::AliceElsewhere, Who::AliceByToken] {
                for target in WAYS {
                    let ask = Ask::post(target).by(who).cookie(cookie.clone()).urlencoded("amount=7");
                    assert_eq!(w.hear(ask).await.status(401).runs, 0);
                }
            }
            w.hear(Ask::post("/once/attribute").by(Who::Alice).urlencoded("amount=7")).await.status(401);
            still_good(&w, &cookie).await;
        }),
    ];
    for target in WAYS {
        cases.push(case(
            format!("{target} accepts one request, and rejects the next"),
            move |w| async move {
                let cookie = w.elevate(Who::Alice, "pay").await;
                w.hear(pay(target, &cookie)).await.passed();
                let heard = w.hear(pay(target, &cookie)).await;
                assert_eq!((heard.runs, heard.header("cache-control")), (0, Some("no-store")));
                assert_eq!(heard.problem(401, "step-up-required")["reason"], "missing");
                gone(&w, &cookie).await;
            },
        ));
        for (kind, span) in [("at once", None), ("that wait for the store", Some(Duration::from_millis(10)))]
        {
            cases.push(case(format!("of 50 requests {kind} {target} accepts one"), move |w| async move {
                let cookie = w.elevate(Who::Alice, "pay").await;
                if let Some(span) = span {
                    w.store.fault.set(Fault::Hangs(span));
                }
                let (mut statuses, runs) = w.at_once((0..50).map(|_| pay(target, &cookie))).await;
                statuses.sort_unstable();
                assert_eq!((runs, &statuses[..2], statuses[49]), (1, &[200, 401][..], 401), "{statuses:?}");
            }));
        }
    }
    cases.extend(meanwhile());
    cases.extend(stacked());
    cases
}

/// Events between the first check of a grant and its consumption. Every call of the store takes 10 ms: the first
/// check ends after 10 ms, the second after 20 ms, and the consumption after 30 ms.
fn meanwhile() -> impl Iterator<Item = Case> {
    let at = Duration::from_millis;
    [("just after the first look", at(11)), ("just before its use", at(21))]
        .into_iter()
        .flat_map(|(when, at)| {
            [
                case(format!("a grant that is revoked {when} passes no request"), move |w| async move {
                    let cookie = w.elevate(Who::Alice, "pay").await;
                    let login: LoginId = "00000000000000000000000000000001".parse().unwrap();
                    w.store.fault.set(Fault::Hangs(Duration::from_millis(10)));
                    let revoke = async {
                        tokio::time::sleep(at - Duration::from_millis(10)).await;
                        w.mfa.revoke_login(&"alice".into(), &login).await.unwrap();
                    };
                    let (heard, ()) = futures_util::join!(w.hear(pay("/once/attribute", &cookie)), revoke);
                    assert_eq!((heard.runs, heard.extracted), (0, 1), "{heard}");
                    assert_eq!(heard.problem(401, "step-up-required")["reason"], "missing");
                }),
                case(format!("a store that fails {when} passes no request"), move |w| async move {
                    let cookie = w.elevate(Who::Alice, "pay").await;
                    w.store.fault.set(Fault::Hangs(Duration::from_millis(10)));
                    let fail = async {
                        // The store reads the fault before it waits, so change the fault of the next step during this one.
                        tokio::time::sleep(at - Duration::from_millis(10)).await;
                        w.store.fault.set(Fault::Errs);
                    };
                    let (heard, ()) = futures_util::join!(w.hear(pay("/once/attribute", &cookie)), fail);
                    assert_eq!(heard.runs, 0, "{heard}");
                    heard.problem(503, "unavailable");
                    w.store.fault.set(Fault::None);
                    still_good(&w, &cookie).await;
                }),
            ]
        })
        .chain([
            case("a grant that expires after the first check passes no request", |w| async move {
                let cookie = w.elevate(Who::Alice, "pay").await;
                w.store.fault.set(Fault::Hangs(Duration::from_millis(10)));
                let expire = async {
                    tokio::time::sleep(Duration::from_millis(15)).await;
                    w.advance(300);
                };
                let (heard, ()) = futures_util::join!(w.hear(pay("/once/attribute", &cookie)), expire);
                assert_eq!((heard.runs, heard.extracted), (0, 1), "{heard}");
                assert_eq!(heard.problem(401, "step-up-required")["reason"], "expired");
            }),
            case("a store that panics when a grant is consumed passes no request", |w| async move {
                let cookie = w.elevate(Who::Alice, "pay").await;
                w.store.fault.set(Fault::Hangs(Duration::from_millis(10)));
                let panic = async {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    w.store.fault.set(Fault::Panics);
                };
                let (heard, ()) = futures_util::join!(w.hear(pay("/once/attribute", &cookie)), panic);
                assert_eq!(heard.runs, 0, "{heard}");
                heard.problem(500, "misconfigured");
            }),
        ])
}

/// Several guards on one route [GUARD-8].
fn stacked() -> impl Iterator<Item = Case> {
    let good = ["/once/session-layer-attribute", "/once/session-in-once", "/once/once-in-session"];
    let good = good.map(|target| {
        case(
            format!("{target}: once inside a guard of the same scope that consumes nothing"),
            move |w| async move {
                let cookie = w.elevate(Who::Alice, "pay").await;
                w.hear(pay(target, &cookie)).await.passed();
                w.hear(pay(target, &cookie)).await.untouched().problem(401, "step-up-required");
                // Of many requests, one passes.
                w.advance(30);
                let cookie = w.elevate(Who::Alice, "pay").await;
                w.store.fault.set(Fault::Hangs(Duration::from_millis(10)));
                let (mut statuses, runs) = w.at_once((0..20).map(|_| pay(target, &cookie))).await;
                statuses.sort_unstable();
                assert_eq!((runs, &statuses[..2], statuses[19]), (1, &[200, 401][..], 401), "{statuses:?}");
            },
        )
    });
    let never = [
        "/once/layer-session-attribute",
        "/once/layer-attribute",
        "/once/layer-layer",
        "/once/attribute-twice",
        "/once/attribute-inside",
        "/once/inside-twice",
    ];
    let never = never.map(|target| {
        case(
            format!("{target} consumes one grant twice: no request passes, and the log says why"),
            move |w| async move {
                w.hear(pay(target, "a=b")).await.problem(401, "step-up-required");
                let cookie = w.elevate(Who::Alice, "pay").await;
                let heard = w.hear(pay(target, &cookie)).await;
                assert_eq!(heard.runs, 0, "{heard}");
                heard.problem(500, "misconfigured");
                assert!(w.log.text().contains("consumed the grant"), "{}", w.log.text());
                gone(&w, &cookie).await;
            },
        )
    });
    let scopes = case("two scopes on one route are both consumed", |w| async move {
        let (outer, inner) =
            (w.elevate(Who::Alice, "reports").await, w.elevate(Who::Alice, "settings").await);
        let look = || Ask::get("/once/two-scopes").by(Who::Alice).cookie(outer.clone()).cookie(inner.clone());
        assert_eq!(w.hear(look()).await.passed().text(), "settings");
        let members = w.hear(look()).await.untouched().problem(401, "step-up-required");
        assert_eq!((&members["scope"], &members["reason"]), (&"reports".into(), &"missing".into()));
        w.hear(Ask::get("/settings").by(Who::Alice).cookie(inner)).await.untouched().status(401);
    });
    good.into_iter().chain(never).chain([scopes])
}
