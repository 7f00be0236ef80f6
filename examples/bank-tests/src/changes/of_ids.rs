//! Second requests that name an approval.

use super::{Change, ORDER, Scene, left, used};
use crate::browser::Answer;

/// An id of no approval.
const UNKNOWN: &str = "BwcHBwcHBwcHBwcHBwcHBw";

pub(super) const CHANGES: &[Change] = &[
    left("the id of no approval", &[410], |scene| Box::pin(scene.with_headers(&[UNKNOWN]))),
    left("an empty id", &[410], |scene| Box::pin(scene.with_query("mfa-approval="))),
    left("an empty id beside the order", &[410], |scene| Box::pin(beside_the_order(scene, String::new()))),
    left("an id that is cut short", &[410], |scene| {
        let query = format!("mfa-approval={}", &scene.id[1..]);
        Box::pin(scene.with_query_of(query))
    }),
    left("an id that is too long", &[410], |scene| {
        let query = format!("mfa-approval={}A", scene.id);
        Box::pin(scene.with_query_of(query))
    }),
    left("an unknown id beside the order", &[410], |scene| {
        Box::pin(beside_the_order(scene, UNKNOWN.to_owned()))
    }),
    left("two ids, the other one first", &[410], |scene| {
        let query = format!("mfa-approval={UNKNOWN}&mfa-approval={}", scene.id);
        Box::pin(scene.with_query_of(query))
    }),
    left("two ids, the other one last", &[410], |scene| {
        let query = format!("mfa-approval={}&mfa-approval={UNKNOWN}", scene.id);
        Box::pin(scene.with_query_of(query))
    }),
    left("two headers", &[410], |scene| {
        let id = scene.id.clone();
        Box::pin(async move { scene.with_headers(&[&id, UNKNOWN]).await })
    }),
    left("two ids in a header", &[410], |scene| {
        let ids = format!("{}, {0}", scene.id);
        Box::pin(async move { scene.with_headers(&[&ids]).await })
    }),
    left("a header and a query that differ", &[410], |scene| Box::pin(differing(scene))),
    left("the id in the body beside another order", &[401], |scene| {
        let body = format!("amount=1000.00&payee=bob&mfa-approval={}", scene.id);
        Box::pin(async move { scene.form(&body).await })
    }),
    left("the name of our own routes", &[401], |scene| {
        let path = format!("/transfer?approval={}", scene.id);
        Box::pin(async move { scene.alice.order_with(&path, &[("amount", "5"), ("payee", "erin")]).await })
    }),
    left("the id of an order that is not approved", &[401], |scene| Box::pin(not_approved(scene))),
    left("the id of someone else's approval", &[410], |scene| Box::pin(someone_elses(scene))),
    used("the id of a consumed approval", &[410], |scene| Box::pin(scene.by_id())),
    used("the id of a consumed approval beside the order", &[410], |scene| {
        let id = scene.id.clone();
        Box::pin(beside_the_order(scene, id))
    }),
    used("the same order again", &[401], |scene| Box::pin(scene.order(ORDER))),
];

impl Scene<'_> {
    async fn with_query_of(&mut self, query: String) -> Answer {
        self.with_query(&query).await
    }
}

/// Sends the approved order with an id in the query.
async fn beside_the_order(scene: &mut Scene<'_>, id: String) -> Answer {
    let path = format!("/transfer?mfa-approval={id}");
    scene.body(&path, "application/x-www-form-urlencoded", "amount=100.00&payee=bob").await
}

async fn differing(scene: &mut Scene<'_>) -> Answer {
    let path = format!("/transfer?mfa-approval={}", scene.id);
    let request = scene.alice.by_script(&path).header("mfa-approval", UNKNOWN);
    scene.alice.send(request).await
}

async fn not_approved(scene: &mut Scene<'_>) -> Answer {
    let other = scene.alice.propose(("50.00", "bob")).await;
    scene.with_query(&format!("mfa-approval={}", other.id)).await
}

async fn someone_elses(scene: &mut Scene<'_>) -> Answer {
    let mut bob = scene.branches.log_in("bob").await;
    let id = bob.approve(("5", "erin"), async || scene.branches.last_code()).await;
    // Even with the cookie of that approval.
    scene.alice.cookies.extend(bob.cookies.into_iter().filter(|(name, _)| name.starts_with("__Host-")));
    scene.with_query(&format!("mfa-approval={id}")).await
}
