//! Second requests with the approved order in other words.

use super::{ORDER, Scene, Second};
use crate::browser::Answer;

pub(super) const EQUALS: &[(&str, Second)] = &[
    ("the same words", |scene| Box::pin(scene.order(ORDER))),
    ("without decimals", |scene| Box::pin(scene.order(("100", "bob")))),
    ("with one decimal", |scene| Box::pin(scene.order(("100.0", "bob")))),
    ("with leading zeros", |scene| Box::pin(scene.order(("0100.00", "bob")))),
    ("with spaces", |scene| Box::pin(scene.order((" 100.00 ", " bob ")))),
    ("in capital letters", |scene| Box::pin(scene.order(("100.00", "BOB")))),
    ("in another order", |scene| Box::pin(scene.form("payee=bob&amount=100.00"))),
    ("in another encoding", |scene| Box::pin(scene.form("%61mount=%31%30%30%2E00&payee=%62ob"))),
    ("with more fields", |scene| {
        Box::pin(scene.form("amount=100.00&payee=bob&currency=EUR&Amount=1000.00&mfa-approval=x"))
    }),
    ("as a navigation", |scene| {
        Box::pin(scene.alice.submit("/account", "/transfer", &[("amount", "100.00"), ("payee", "bob")]))
    }),
    ("by id", |scene| Box::pin(scene.by_id())),
    ("by id in a header", |scene| {
        let id = scene.id.clone();
        Box::pin(async move { scene.with_headers(&[&id]).await })
    }),
    ("by id in both", |scene| Box::pin(by_id_in_both(scene))),
    ("by id, and the body says something else", |scene| {
        Box::pin(by_id_with(scene, "application/x-www-form-urlencoded", "amount=2000.00&payee=erin"))
    }),
    ("by id, and the body is no form", |scene| Box::pin(by_id_with(scene, "application/json", "{"))),
    ("after another order was sent", |scene| Box::pin(after_another(scene))),
    ("while another approval is at hand", |scene| Box::pin(beside_another(scene))),
];

async fn by_id_in_both(scene: &mut Scene<'_>) -> Answer {
    let path = format!("/transfer?mfa-approval={}", scene.id);
    let request = scene.alice.by_script(&path).header("mfa-approval", &scene.id);
    scene.alice.send(request).await
}

async fn by_id_with(scene: &mut Scene<'_>, media_type: &str, body: &str) -> Answer {
    let path = format!("/transfer?mfa-approval={}", scene.id);
    scene.body(&path, media_type, body).await
}

async fn after_another(scene: &mut Scene<'_>) -> Answer {
    scene.alice.propose(("50.00", "bob")).await;
    scene.order(ORDER).await
}

async fn beside_another(scene: &mut Scene<'_>) -> Answer {
    scene.approve(("50.00", "bob")).await;
    scene.order(ORDER).await
}
