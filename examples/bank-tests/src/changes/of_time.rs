//! Second requests after the approval has ended, or after something else has.

use std::time::Duration;

use reqwest::Method;

use super::{Change, ORDER, Scene, left, over};
use crate::browser::Answer;

/// Another number of the customer.
const NEW_NUMBER: &str = "+19195550000";

pub(super) const CHANGES: &[Change] = &[
    over("after it expired", &[401], |scene| Box::pin(expired(scene, false))),
    over("after it expired, by id", &[410], |scene| Box::pin(expired(scene, true))),
    over("after the customer was revoked", &[401], |scene| Box::pin(revoked(scene, false))),
    over("after the customer was revoked, by id", &[410], |scene| Box::pin(revoked(scene, true))),
    over("after the number changed", &[401], |scene| Box::pin(number_changed(scene, false))),
    over("after the number changed, by id", &[410], |scene| Box::pin(number_changed(scene, true))),
    over("after it was dropped", &[401], |scene| Box::pin(dropped(scene, false))),
    over("after it was dropped, by id", &[410], |scene| Box::pin(dropped(scene, true))),
    over("after sign-out", &[401], |scene| Box::pin(signed_out(scene, false))),
    over("after sign-out, by id", &[401], |scene| Box::pin(signed_out(scene, true))),
    over("in a new session after sign-out", &[401], |scene| Box::pin(signed_in_again(scene, false))),
    over("in a new session after sign-out, by id", &[410], |scene| Box::pin(signed_in_again(scene, true))),
    left("an order whose number changed before its code was entered", &[401], |scene| {
        Box::pin(number_changed_meanwhile(scene))
    }),
];

impl Scene<'_> {
    async fn second(&mut self, by_id: bool) -> Answer {
        if by_id { self.by_id().await } else { self.order(ORDER).await }
    }
}

async fn expired(scene: &mut Scene<'_>, by_id: bool) -> Answer {
    scene.branches.clock.advance(Duration::from_secs(10 * 60 + 1));
    scene.second(by_id).await
}

async fn revoked(scene: &mut Scene<'_>, by_id: bool) -> Answer {
    scene.branches.mfa().revoke_user(&"alice".into()).await.unwrap();
    scene.second(by_id).await
}

async fn number_changed(scene: &mut Scene<'_>, by_id: bool) -> Answer {
    scene.branches.phone.change(NEW_NUMBER);
    // What every app does when a number changes.
    scene.branches.mfa().revoke_user(&"alice".into()).await.unwrap();
    scene.second(by_id).await
}

async fn dropped(scene: &mut Scene<'_>, by_id: bool) -> Answer {
    let path = format!("/mfa/transfer?approval={}", scene.id);
    let drop = scene.alice.request(Method::DELETE, &path).header("sec-fetch-mode", "cors");
    let cookies = scene.alice.cookies.clone();
    let dropped = scene.alice.send(drop).await;
    assert_eq!(dropped.status, 204, "{}", dropped.body);
    scene.alice.cookies = cookies;
    scene.second(by_id).await
}

async fn signed_out(scene: &mut Scene<'_>, by_id: bool) -> Answer {
    let cookies = scene.alice.cookies.clone();
    let out = scene.alice.submit("/account", "/logout", &[]).await;
    assert_eq!(out.status, 303, "{}", out.body);
    scene.alice.cookies = cookies;
    scene.second(by_id).await
}

async fn signed_in_again(scene: &mut Scene<'_>, by_id: bool) -> Answer {
    let (name, grant) = (scene.cookie(), scene.alice.cookies[&scene.cookie()].clone());
    scene.alice.submit("/account", "/logout", &[]).await;
    scene.alice.log_in("alice").await;
    scene.alice.cookies.insert(name, grant);
    scene.second(by_id).await
}

async fn number_changed_meanwhile(scene: &mut Scene<'_>) -> Answer {
    let other = scene.alice.propose(("50.00", "bob")).await;
    let challenge = scene.alice.request_code(&other, "messaging").await;
    scene.branches.phone.change("+19195550001");
    let entered = scene.alice.enter_code(&challenge, &scene.branches.last_code()).await;
    assert_eq!(entered.status, 410, "{}", entered.body);
    scene.order(("50.00", "bob")).await
}
