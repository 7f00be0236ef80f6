//! Second requests in another form.

use reqwest::Method;

use super::{Change, Scene, left};
use crate::browser::Answer;

/// The order as a query.
const QUERY: &str = "amount=100.00&payee=bob";

pub(super) const CHANGES: &[Change] = &[
    left("JSON", &[400, 415], |scene| {
        Box::pin(scene.body("/transfer", "application/json", r#"{"amount":"100.00","payee":"bob"}"#))
    }),
    left("the kept form of the value", &[400, 415], |scene| {
        Box::pin(scene.body("/transfer", "application/json", r#"{"amount":10000,"payee":"bob"}"#))
    }),
    left("plain text", &[400, 415], |scene| Box::pin(scene.body("/transfer", "text/plain", QUERY))),
    left("the order in the query", &[422], |scene| Box::pin(scene.with_query(QUERY))),
    left("HEAD", &[303, 404, 405], |scene| Box::pin(read(scene, Method::HEAD, QUERY.to_owned()))),
    left("GET", &[303], |scene| Box::pin(read(scene, Method::GET, QUERY.to_owned()))),
    left("PUT", &[404, 405], |scene| Box::pin(read(scene, Method::PUT, QUERY.to_owned()))),
    left("HEAD by id", &[303, 404, 405], |scene| {
        let query = format!("mfa-approval={}", scene.id);
        Box::pin(read(scene, Method::HEAD, query))
    }),
    left("GET by id", &[303], |scene| {
        let query = format!("mfa-approval={}", scene.id);
        Box::pin(read(scene, Method::GET, query))
    }),
    left("another path", &[404, 405], |scene| {
        Box::pin(scene.body("/transfer/", "application/x-www-form-urlencoded", QUERY))
    }),
    left("cross-site", &[403], |scene| Box::pin(cross_site(scene, "/transfer".to_owned()))),
    left("cross-site by id", &[403], |scene| {
        let path = format!("/transfer?mfa-approval={}", scene.id);
        Box::pin(cross_site(scene, path))
    }),
];

/// Sends a request without a body.
async fn read(scene: &mut Scene<'_>, method: Method, query: String) -> Answer {
    let request = scene.alice.request(method, &format!("/transfer?{query}"));
    scene.alice.send(request).await
}

/// Sends the approved order as a form of another site.
async fn cross_site(scene: &mut Scene<'_>, path: String) -> Answer {
    let request = scene.alice.bare(Method::POST, &path);
    let request = request.header("sec-fetch-site", "cross-site").header("origin", "https://evil.example");
    scene.alice.send(request.form(&[("amount", "100.00"), ("payee", "bob")])).await
}
