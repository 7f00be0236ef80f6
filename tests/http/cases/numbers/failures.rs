//! Failures while a number is changed, and guards with the scopes that the engine declares.

use std::time::Duration;

use mfakit::MfaBuilder;
use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    cases::numbers::{NEW, NEW_ON_FILE, enter, remove},
    faults::{CONTESTED, Fault, WINNER},
    world::ALICES_NUMBER,
};

/// A landline.
const LANDLINE: &str = "+44 20 7183 8750";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_ports();
    cases.extend(of_guards());
    cases.extend(of_landlines());
    cases
}

fn state() -> Ask {
    Ask::get("/mfa/number").header("accept", "application/json")
}

fn of_ports() -> Vec<Case> {
    vec![
        case("a number book that fails is answered with 503, and changes nothing", |w| async move {
            for fault in [Fault::Errs, Fault::Hangs(Duration::from_secs(60))] {
                w.phones.fault.set(fault);
                for ask in [enter(NEW), remove(), state()] {
                    let heard = w.hear(ask.by(Who::Carol)).await;
                    heard.problem(503, "unavailable");
                    assert!(heard.retry_after() > 0);
                }
                w.phones.fault.set(Fault::None);
            }
            assert!(w.provider.inner.inbox().is_empty());
            let entered = w.enters(Who::Carol, NEW, "").await;
            w.phones.fault.set(Fault::Errs);
            w.confirms(Who::Carol, &entered, "").await.problem(503, "unavailable");
            w.phones.fault.set(Fault::None);
            assert_eq!(w.on_file("carol"), None);
            w.confirms(Who::Carol, &entered, "").await.status(200);
            assert_eq!(w.on_file("carol").as_deref(), Some(NEW_ON_FILE));
        }),
        case("a store that fails is answered with 503, and the number stays", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            w.store.fault.set(Fault::Errs);
            for ask in [enter(NEW), remove(), state()] {
                w.hear(ask.by(Who::Alice).cookie(&*cookie)).await.problem(503, "unavailable");
            }
            w.store.fault.set(Fault::None);
            assert_eq!(w.on_file("alice").as_deref(), Some(ALICES_NUMBER));
            w.hear(remove().by(Who::Alice).cookie(&*cookie)).await.status(204);
        }),
        case(
            "a number that changes in the moment in which it is saved is a conflict, and stays",
            |w| async move {
                let entered = w.enters(Who::Carol, CONTESTED, "").await;
                w.confirms(Who::Carol, &entered, "").await.problem(409, "number-conflict");
                assert_eq!(w.on_file("carol").as_deref(), Some(WINNER));
            },
        ),
    ]
}

fn of_guards() -> Vec<Case> {
    vec![
        case("a guard with the scope of a change passes until the change", |w| async move {
            let cookie = w.manage(Who::Alice).await;
            let managed = || Ask::get("/managed").by(Who::Alice).cookie(&*cookie);
            w.hear(Ask::get("/managed").by(Who::Alice)).await.untouched().problem(401, "step-up-required");
            w.hear(managed()).await.passed();
            w.hear(remove().by(Who::Alice).cookie(&*cookie)).await.status(204);
            w.hear(managed()).await.untouched().problem(401, "step-up-required");
        }),
        case("no guard passes with the code to a new number", |w| async move {
            let entered = w.enters(Who::Carol, NEW, "").await;
            w.hear(Ask::get("/enrolled").by(Who::Carol)).await.untouched().problem(500, "misconfigured");
            let heard = w.confirms(Who::Carol, &entered, "").await;
            heard.status(200);
            for target in ["/enrolled", "/managed", "/settings"] {
                let heard = w.hear(Ask::get(target).by(Who::Carol)).await;
                assert!(heard.untouched().status >= 401, "{target}: {heard}");
            }
        }),
    ]
}

fn with_calls(builder: MfaBuilder) -> MfaBuilder {
    builder.messaging_to(["US", "GB"]).voice_to(["GB"])
}

fn of_landlines() -> Vec<Case> {
    vec![
        case("a landline gets a call and no message", |w| async move {
            let heard = w.hear(enter(LANDLINE).by(Who::Carol)).await;
            heard.problem(422, "channel-unavailable");
            assert!(w.provider.inner.inbox().is_empty());
            w.advance(120);
            let call = Ask::json("/mfa/number", &json!({ "number": LANDLINE, "channel": "voice" }));
            w.hear(call.by(Who::Carol)).await.status(201);
        })
        .dressed(with_calls),
        case("a landline without calls to its country says why", |w| async move {
            let heard = w.hear(enter(LANDLINE).by(Who::Carol)).await;
            assert_eq!(heard.problem(422, "number-rejected")["reason"], "landline");
        })
        .dressed(|builder| builder.messaging_to(["US", "GB"])),
    ]
}
