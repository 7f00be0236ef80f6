//! Second requests of another sender, or with other cookies.

use super::{Change, ORDER, Scene, left};
use crate::{approvals::cookie_name, browser::Answer};

pub(super) const CHANGES: &[Change] = &[
    left("without the cookie of the grant", &[401], |scene| Box::pin(without_cookie(scene, false))),
    left("without the cookie of the grant, by id", &[401], |scene| Box::pin(without_cookie(scene, true))),
    left("with another value of the cookie", &[401], |scene| Box::pin(with_other_cookie(scene))),
    left("with the cookie of another approval", &[401], |scene| Box::pin(with_cookie_of_another(scene))),
    left("another session of the customer", &[401], |scene| Box::pin(another_session(scene, false))),
    left("another session of the customer, by id", &[410], |scene| Box::pin(another_session(scene, true))),
    left("another customer, by id", &[410], |scene| Box::pin(another_customer(scene))),
    left("a visitor", &[401], |scene| Box::pin(visitor(scene, false))),
    left("a visitor, by id", &[401], |scene| Box::pin(visitor(scene, true))),
    left("another scope with the cookie renamed", &[401], |scene| Box::pin(another_scope(scene))),
    left("a grant of another scope with its cookie renamed", &[401], |scene| {
        Box::pin(of_another_scope(scene))
    }),
    left("another tab's order", &[401], |scene| Box::pin(another_tabs(scene))),
    left("another tab's order, with this one's code", &[401], |scene| Box::pin(with_this_ones_code(scene))),
    left("another order after four more", &[401], |scene| Box::pin(after_four_more(scene))),
];

async fn without_cookie(scene: &mut Scene<'_>, by_id: bool) -> Answer {
    scene.alice.cookies.remove(&scene.cookie()).unwrap();
    if by_id { scene.by_id().await } else { scene.order(ORDER).await }
}

async fn with_other_cookie(scene: &mut Scene<'_>) -> Answer {
    let cookie = scene.alice.cookies.get_mut(&cookie_name(&scene.id)).unwrap();
    let first = if cookie.starts_with('A') { "B" } else { "A" };
    cookie.replace_range(..1, first);
    scene.order(ORDER).await
}

async fn with_cookie_of_another(scene: &mut Scene<'_>) -> Answer {
    let other = scene.approve(("50.00", "bob")).await;
    let value = scene.alice.cookies[&cookie_name(&other)].clone();
    scene.alice.cookies.insert(scene.cookie(), value);
    scene.order(ORDER).await
}

async fn another_session(scene: &mut Scene<'_>, by_id: bool) -> Answer {
    let mut other = scene.branches.at_last(&scene.branches.log_in("alice").await);
    other.cookies.insert(scene.cookie(), scene.alice.cookies[&scene.cookie()].clone());
    scene.alice = other;
    if by_id { scene.by_id().await } else { scene.order(ORDER).await }
}

async fn another_customer(scene: &mut Scene<'_>) -> Answer {
    let mut bob = scene.branches.at_last(&scene.branches.log_in("bob").await);
    bob.cookies.insert(scene.cookie(), scene.alice.cookies[&scene.cookie()].clone());
    scene.alice = bob;
    scene.by_id().await
}

async fn visitor(scene: &mut Scene<'_>, by_id: bool) -> Answer {
    let grant = scene.cookie();
    scene.alice.cookies.retain(|name, _| *name == grant);
    if by_id { scene.by_id().await } else { scene.order(ORDER).await }
}

async fn another_scope(scene: &mut Scene<'_>) -> Answer {
    let value = scene.alice.cookies[&scene.cookie()].clone();
    for name in ["__Host-mfa-settings".to_owned(), format!("__Host-mfa-settings~{}", scene.id)] {
        scene.alice.cookies.insert(name, value.clone());
    }
    scene.alice.order_with("/settings", &[("display_name", "Mallory")]).await
}

async fn of_another_scope(scene: &mut Scene<'_>) -> Answer {
    scene.alice.step_up("settings", async || scene.branches.last_code()).await;
    let value = scene.alice.cookies["__Host-mfa-settings"].clone();
    for name in ["__Host-mfa-transfer".to_owned(), scene.cookie()] {
        scene.alice.cookies.insert(name, value.clone());
    }
    scene.order(ORDER).await
}

async fn another_tabs(scene: &mut Scene<'_>) -> Answer {
    scene.alice.propose(("50.00", "bob")).await;
    scene.order(("50.00", "bob")).await
}

async fn with_this_ones_code(scene: &mut Scene<'_>) -> Answer {
    let this_ones = scene.branches.last_code();
    let other = scene.alice.propose(("50.00", "bob")).await;
    let challenge = scene.alice.request_code(&other, "messaging").await;
    let entered = scene.alice.enter_code(&challenge, &this_ones).await;
    assert_eq!(entered.status, 422, "{}", entered.body);
    scene.order(("50.00", "bob")).await
}

async fn after_four_more(scene: &mut Scene<'_>) -> Answer {
    for amount in ["1", "2", "3", "4"] {
        scene.alice.propose((amount, "bob")).await;
    }
    scene.order(("5", "bob")).await
}
