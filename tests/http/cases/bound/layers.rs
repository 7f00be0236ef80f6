//! Layers around a route whose value a person approves.

use super::{Approved, ORDER, Proposed, approve};
use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    cases::late_bodies::hear_pausing,
    framework::Layer,
    heard::Heard,
};

fn order(target: &str) -> Ask {
    Ask::post(target).by(Who::Alice).same_origin().urlencoded(ORDER)
}

/// Request that names its approval.
fn named(target: &str, id: &str) -> Ask {
    Ask::post(target).by(Who::Alice).same_origin().header("mfa-approval", id)
}

/// Asserts that the layer rejected the request for its own scope, unread.
#[track_caller]
fn by_layer(heard: &Heard, scope: &str) {
    let members = heard.untouched().problem(401, "step-up-required");
    assert_eq!((&members["scope"], members.get("approval")), (&scope.into(), None), "{heard}");
}

/// Asserts that the order was carried out by this approval.
#[track_caller]
fn paid(heard: &Heard, approved: &Approved) {
    assert_eq!(heard.passed().text(), format!("paid 100 to ACME by {}", approved.id));
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_other_scopes();
    cases.extend(of_the_same_scope());
    cases.extend(app_wide());
    cases
}

/// Layers that require a grant of another scope.
fn of_other_scopes() -> Vec<Case> {
    vec![
        case("inside a layer of another scope, a value needs both grants", |w| async move {
            by_layer(&w.hear(order("/bound/in-layer")).await, "reports");
            assert_eq!(w.store.memory.records(), 0, "what the layer rejects is not kept");
            let reports = w.elevate(Who::Alice, "reports").await;
            let approved = approve(&w, Who::Alice, order("/bound/in-layer").cookie(&*reports)).await;
            by_layer(&w.hear(order("/bound/in-layer").cookie(&*approved.cookie)).await, "reports");
            let both = || order("/bound/in-layer").cookie(&*reports).cookie(&*approved.cookie);
            paid(&w.hear(both()).await, &approved);
            Proposed::read(&w.hear(both()).await);
        }),
        case("inside a layer of another scope, a request may name its approval", |w| async move {
            let reports = w.elevate(Who::Alice, "reports").await;
            let approved = approve(&w, Who::Alice, order("/bound/in-layer").cookie(&*reports)).await;
            let ask = || named("/bound/in-layer", &approved.id).cookie(&*approved.cookie);
            by_layer(&w.hear(ask()).await, "reports");
            paid(&w.hear(ask().cookie(&*reports)).await, &approved);
            w.hear(ask().cookie(&*reports)).await.problem(410, "approval-over");
        }),
        case("inside a layer of another scope, a late body costs no approval", |w| async move {
            let reports = w.elevate(Who::Alice, "reports").await;
            w.advance(400);
            let approved = approve(&w, Who::Alice, order("/bound/in-layer").cookie(&*reports)).await;
            let both = order("/bound/in-layer").cookie(&*reports).cookie(&*approved.cookie);
            let heard = hear_pausing(&w, both, async { w.advance(200) }).await;
            assert_eq!(
                (heard.runs, &heard.problem(401, "step-up-required")["scope"]),
                (0, &"reports".into())
            );
            let reports = w.elevate(Who::Alice, "reports").await;
            let both = order("/bound/in-layer").cookie(reports).cookie(&*approved.cookie);
            paid(&w.hear(both).await, &approved);
        }),
        case("inside a layer that consumes a grant of another scope, no approval is lost", |w| async move {
            let target = "/bound/in-layer-once";
            let once = || w.elevate(Who::Alice, "reports");
            by_layer(&w.hear(order(target)).await, "reports");
            let approved = approve(&w, Who::Alice, order(target).cookie(once().await)).await;
            // The layer has consumed its grant for the request that was rejected.
            by_layer(&w.hear(order(target).cookie(&*approved.cookie)).await, "reports");
            let both = order(target).cookie(once().await).cookie(&*approved.cookie);
            paid(&w.hear(both).await, &approved);
        }),
    ]
}

/// Layers that require an unbound grant of the scope of the value.
fn of_the_same_scope() -> Vec<Case> {
    vec![
        case("inside a layer of its own scope, a value needs a bound and an unbound grant", |w| async move {
            let target = "/bound/in-layer-alike";
            by_layer(&w.hear(order(target)).await, "pay");
            let unbound = w.elevate(Who::Alice, "pay").await;
            let approved = approve(&w, Who::Alice, order(target).cookie(&*unbound)).await;
            by_layer(&w.hear(order(target).cookie(&*approved.cookie)).await, "pay");
            let both = || order(target).cookie(&*unbound).cookie(&*approved.cookie);
            paid(&w.hear(both()).await, &approved);
            Proposed::read(&w.hear(both()).await);
        }),
        case(
            "a layer that consumes an unbound grant of the same scope leaves the bound one",
            |w| async move {
                let target = "/bound/in-layer-alike-once";
                let approved =
                    approve(&w, Who::Alice, order(target).cookie(w.elevate(Who::Alice, "pay").await)).await;
                by_layer(&w.hear(order(target).cookie(&*approved.cookie)).await, "pay");
                let unbound = w.elevate(Who::Alice, "pay").await;
                paid(&w.hear(order(target).cookie(unbound).cookie(&*approved.cookie)).await, &approved);
            },
        ),
    ]
}

/// Two app-wide layers of one engine.
fn app_wide() -> Vec<Case> {
    let twice = |case: Case| case.shaped(|shape| shape.layer = Layer::Twice);
    vec![
        twice(case("inside two layers of one engine, an approved value passes once", |w| async move {
            let proposed = Proposed::read(&w.hear(order("/bound/pay")).await);
            let approved = proposed.approve(&w, Who::Alice).await;
            let again = || order("/bound/pay").cookie(&*approved.cookie);
            let heard = w.hear(again()).await;
            assert_eq!((heard.identified, heard.extracted), (1, 1), "{heard}");
            paid(&heard, &approved);
            let heard = w.hear(again()).await;
            assert_eq!(heard.problem(401, "step-up-required")["consumed_approval"], &*approved.id, "{heard}");
        })),
        twice(case("inside two layers of one engine, a request may name its approval", |w| async move {
            let approved = approve(&w, Who::Alice, order("/bound/pay")).await;
            let ask = || named("/bound/pay", &approved.id).cookie(&*approved.cookie);
            paid(&w.hear(ask()).await, &approved);
            assert_eq!(w.hear(ask()).await.problem(410, "approval-over")["consumed"], true);
        })),
        twice(case(
            "inside two layers of one engine and a layer of another scope, both grants count",
            |w| async move {
                let reports = w.elevate(Who::Alice, "reports").await;
                let approved = approve(&w, Who::Alice, order("/bound/in-layer").cookie(&*reports)).await;
                let both = order("/bound/in-layer").cookie(&*reports).cookie(&*approved.cookie);
                paid(&w.hear(both).await, &approved);
            },
        )),
        twice(case("inside two layers of one engine, concurrent requests pass once", |w| async move {
            let approved = approve(&w, Who::Alice, order("/bound/pay")).await;
            let asks = (0..20).map(|at| {
                let ask = if at % 2 == 0 { order("/bound/pay") } else { named("/bound/pay", &approved.id) };
                ask.cookie(&*approved.cookie)
            });
            let (statuses, runs) = w.at_once(asks).await;
            let passed = statuses.iter().filter(|status| **status == 200).count();
            assert_eq!((passed, runs), (1, 1), "{statuses:?}");
        })),
    ]
}
