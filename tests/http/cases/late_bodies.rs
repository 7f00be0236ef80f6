//! Withheld bodies: a decision must be fresh when the handler starts [GRANT-2, GRANT-3, BIND-7, GUARD-12].

use std::{rc::Rc, time::Duration};

use futures_util::future::{Either, LocalBoxFuture, select};
use mfakit::{LoginId, Scope, Subject};

use crate::http::{
    ask::{Ask, Pause, Who},
    case::{Case, case},
    faults::Fault,
    heard::Heard,
    world::World,
};

/// Every form of guard in front of a handler that reads a form, and of extractor behind a layer, and whether it consumes the grant at the head.
const FORMS: [(&str, bool); 13] = [
    ("/pay", false),
    ("/upload", false),
    ("/maybe", false),
    ("/once/attribute", false),
    ("/once/inside", false),
    ("/once/session-in-once", false),
    ("/once/once-in-session", false),
    ("/once/session-layer", false),
    ("/once/session-layer-attribute", false),
    ("/once/layer", true),
    ("/once/layer-option", false),
    ("/once/layer-result", false),
    ("/once/layer-either", false),
];

/// Forms whose decision is checked in the store only if it is stale.
const REUSABLE: [&str; 3] = ["/pay", "/upload", "/once/session-layer"];

fn alice() -> LoginId {
    "00000000000000000000000000000001".parse().unwrap()
}

fn pay(target: &str, cookie: &str) -> Ask {
    Ask::post(target).by(Who::Alice).cookie(cookie).urlencoded("amount=700")
}

/// Sends a request whose body pauses while something else happens.
pub(super) async fn hear_pausing(w: &World, ask: Ask, meanwhile: impl Future<Output = ()>) -> Heard {
    let pause = Pause::default();
    let elsewhere = async {
        pause.begins().await;
        meanwhile.await;
        pause.end();
    };
    match select(Box::pin(w.hear(ask.pausing(&pause))), Box::pin(elsewhere)).await {
        Either::Left((heard, _)) => panic!("the answer does not wait for the body: {heard}"),
        Either::Right(((), answer)) => answer.await,
    }
}

#[track_caller]
fn rejected(heard: &Heard) {
    assert_eq!(heard.runs, 0, "{heard}");
    heard.problem(401, "step-up-required");
    assert_eq!(heard.header("cache-control"), Some("no-store"), "{heard}");
}

type End = fn(Rc<World>) -> LocalBoxFuture<'static, ()>;

/// Every way to revoke a grant.
const ENDS: [(&str, End); 4] = [
    ("revoke_user", |w| Box::pin(async move { w.mfa.revoke_user(&"alice".into()).await.unwrap() })),
    ("revoke_login", |w| {
        Box::pin(async move { w.mfa.revoke_login(&"alice".into(), &alice()).await.unwrap() })
    }),
    ("revoke_scope", |w| {
        let scope = Scope::new("pay").unwrap();
        Box::pin(async move { w.mfa.revoke_scope(&"alice".into(), &scope).await.unwrap() })
    }),
    ("drop_elevation", |w| {
        let (subject, scope) = (Subject::cookie("alice", alice()), Scope::new("pay").unwrap());
        Box::pin(async move { w.mfa.revoke_grant(&subject, &scope).await.unwrap() })
    }),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (target, consumes_first) in FORMS {
        cases.push(case(
            format!("{target} waits for a slow body while its grant lasts"),
            move |w| async move {
                let cookie = w.elevate(Who::Alice, "pay").await;
                let wait = if consumes_first { 9 } else { 240 };
                hear_pausing(&w, pay(target, &cookie), async { w.advance(wait) }).await.passed();
            },
        ));
        cases.push(case(
            format!("{target} rejects a body that comes after the grant's end"),
            move |w| async move {
                let cookie = w.elevate(Who::Alice, "pay").await;
                rejected(&hear_pausing(&w, pay(target, &cookie), async { w.advance(600) }).await);
            },
        ));
        // A grant that was consumed at the head is no longer in the store, so only time ends it.
        let wait = if consumes_first { 10 } else { 2 };
        for (name, end) in ENDS {
            cases.push(case(
                format!("{target} rejects a body that comes after {name}"),
                move |w| async move {
                    let cookie = w.elevate(Who::Alice, "pay").await;
                    let world = w.clone();
                    let meanwhile = async {
                        w.advance(wait);
                        end(world).await;
                    };
                    rejected(&hear_pausing(&w, pay(target, &cookie), meanwhile).await);
                },
            ));
        }
        cases.push(case(
            format!("{target} redirects a browser to the page if the body comes too late"),
            move |w| async move {
                let cookie = w.elevate(Who::Alice, "pay").await;
                let ask = pay(target, &cookie).navigating().header("referer", "https://bank.example/account");
                let heard = hear_pausing(&w, ask, async { w.advance(600) }).await;
                assert_eq!(heard.runs, 0, "{heard}");
                heard.goes_to_page("pay");
            },
        ));
    }
    cases.extend(reusable());
    cases.extend(beside());
    cases
}

/// Checks by the clock, and checks by the store.
fn reusable() -> impl Iterator<Item = Case> {
    REUSABLE.into_iter().flat_map(|target| {
        [
            case(
                format!("{target} reads the store once for a body that comes within a second"),
                move |w| async move {
                    let cookie = w.elevate(Who::Alice, "pay").await;
                    let meanwhile = async {
                        w.advance(1);
                        w.store.fault.set(Fault::Errs);
                    };
                    hear_pausing(&w, pay(target, &cookie), meanwhile).await.passed();
                },
            ),
            case(format!("{target} reads no store for a grant that has ended"), move |w| async move {
                let cookie = w.elevate(Who::Alice, "pay").await;
                // `/pay` requires a code of the last five minutes, the others one of the last ten.
                let end = if target == "/pay" { 300 } else { 600 };
                w.clock.advance(Duration::from_millis(end * 1000 - 500));
                let meanwhile = async {
                    w.clock.advance(Duration::from_millis(500));
                    w.store.fault.set(Fault::Errs);
                };
                let heard = hear_pausing(&w, pay(target, &cookie), meanwhile).await;
                rejected(&heard);
                assert_eq!(heard.value()["reason"], "expired");
            }),
            case(
                format!("{target} reads the store again after the clock was set back"),
                move |w| async move {
                    let cookie = w.elevate(Who::Alice, "pay").await;
                    w.advance(60);
                    let back = w.mfa.now();
                    w.advance(60);
                    let meanwhile = async {
                        w.clock.set(back);
                        w.mfa.revoke_login(&"alice".into(), &alice()).await.unwrap();
                    };
                    rejected(&hear_pausing(&w, pay(target, &cookie), meanwhile).await);
                },
            ),
            case(format!("{target} rejects the request if the store fails meanwhile"), move |w| async move {
                let cookie = w.elevate(Who::Alice, "pay").await;
                for (fault, status, name) in
                    [(Fault::Errs, 503, "unavailable"), (Fault::Panics, 500, "misconfigured")]
                {
                    let meanwhile = async {
                        w.advance(2);
                        w.store.fault.set(fault);
                    };
                    let heard = hear_pausing(&w, pay(target, &cookie), meanwhile).await;
                    assert_eq!(heard.runs, 0, "{heard}");
                    heard.problem(status, name);
                    w.store.fault.set(Fault::None);
                }
            }),
            case(
                format!("{target} notices a revocation during a slow answer of the store"),
                move |w| async move {
                    let cookie = w.elevate(Who::Alice, "pay").await;
                    w.store.late.set(Fault::Hangs(Duration::from_millis(10)));
                    let meanwhile = async {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                        w.advance(3);
                        w.mfa.revoke_user(&"alice".into()).await.unwrap();
                    };
                    let (heard, ()) = futures_util::join!(w.hear(pay(target, &cookie)), meanwhile);
                    assert_eq!(heard.runs, 0, "{heard}");
                    heard.status(401);
                },
            ),
            case(
                format!("{target} rejects a bearer token that was revoked meanwhile"),
                move |w| async move {
                    w.elevate(Who::AliceByToken, "pay").await;
                    let ask = || Ask::post(target).by(Who::AliceByToken).urlencoded("amount=700");
                    hear_pausing(&w, ask(), async { w.advance(30) }).await.passed();
                    let meanwhile = async {
                        w.advance(30);
                        w.mfa.revoke_user(&"alice".into()).await.unwrap();
                    };
                    rejected(&hear_pausing(&w, ask(), meanwhile).await);
                },
            ),
        ]
    })
}

/// Behavior that a pause must not change.
fn beside() -> impl Iterator<Item = Case> {
    [
        case("the handler answers a slow body that it cannot read", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            for target in ["/pay", "/once/session-layer"] {
                let ask = Ask::post(target).by(Who::Alice).cookie(cookie.clone()).urlencoded("amount=lots");
                let heard = hear_pausing(&w, ask, async { w.advance(60) }).await;
                assert_eq!((heard.runs, heard.status / 100), (0, 4), "{heard}");
                assert_ne!(heard.status, 401, "{heard}");
            }
        }),
        case("a slow body on a route without a guard is not checked", |w| async move {
            let ask = Ask::post("/maybe").by(Who::Alice).urlencoded("amount=7");
            let meanwhile = async {
                w.advance(3600);
                w.mfa.revoke_user(&"alice".into()).await.unwrap();
            };
            hear_pausing(&w, ask, meanwhile).await.passed();
        }),
        case("a page that stays in the browser gets the rejection of a late body", |w| async move {
            for target in ["/pay", "/once/session-layer"] {
                let cookie = w.elevate(Who::Alice, "pay").await;
                let stay = format!("__Host-mfa--stay-k4={}", target.replace('/', "%2F"));
                let ask = pay(target, &cookie).navigating().same_origin().cookie(stay);
                let meanwhile = async {
                    w.advance(2);
                    w.mfa.revoke_user(&"alice".into()).await.unwrap();
                };
                let heard = hear_pausing(&w, ask, meanwhile).await;
                assert_eq!(heard.status(204).runs, 0, "{heard}");
                let told = heard.headers_named("set-cookie").join("\n");
                assert!(told.contains("__Host-mfa--stay-k4=/mfa/pay?return="), "{heard}");
                assert!(
                    !w.log.text().contains("its guard rejected"),
                    "no handler is blamed: {}",
                    w.log.text()
                );
                w.advance(120);
            }
        }),
        case("a request that is accepted after a pause gets its large body whole", |w| async move {
            let cookie = w.elevate(Who::Alice, "pay").await;
            let ask = Ask::post("/upload").by(Who::Alice).cookie(cookie).body(vec![b'x'; 100_000]);
            let heard = hear_pausing(&w, ask, async { w.advance(60) }).await;
            assert_eq!(heard.passed().text(), "100000 bytes");
        }),
    ]
    .into_iter()
}
