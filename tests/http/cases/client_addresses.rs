//! Limits by client address [RATE-8].

use mfakit::ClientAddress;
use serde_json::json;

use crate::http::{
    ask::{Ask, Who},
    case::{Case, case},
    heard::Heard,
    world::World,
};

const CLIENT: &str = "192.0.2.1";
const PROXY: &str = "10.0.0.1";

/// Starts the `count`th code a minute after the previous one, for two users in turn.
async fn start(w: &World, count: u32, dress: impl FnOnce(Ask) -> Ask) -> Heard {
    w.advance(60);
    let who = if count.is_multiple_of(2) { Who::Alice } else { Who::Bob };
    let ask = Ask::json("/mfa/pay/challenge", &json!({ "channel": "messaging" })).by(who);
    w.hear(dress(ask)).await
}

/// Returns the request as it arrives: from this client, through the proxies, with its made-up headers.
fn arriving(ask: Ask, how: ClientAddress, client: &str, made_up: &str) -> Ask {
    let ask = ["x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip", "x-forwarded"]
        .into_iter()
        .fold(ask, |ask, name| ask.header(name, made_up))
        .header("forwarded", format!("for={made_up}"));
    match how {
        ClientAddress::Direct => ask.from(client).header("x-forwarded-for", made_up),
        ClientAddress::TrustedProxies(1) => {
            ask.from(PROXY).header("x-forwarded-for", format!("{made_up}, {client}"))
        }
        // Some proxies add a second header instead of extending the first.
        _ => ask
            .from(PROXY)
            .header("x-forwarded-for", made_up)
            .header("x-forwarded-for", format!("{client}:49152,10.0.0.2")),
    }
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, how) in [
        ("connected to directly", ClientAddress::Direct),
        ("behind a proxy", ClientAddress::TrustedProxies(1)),
        ("behind two proxies", ClientAddress::TrustedProxies(2)),
    ] {
        let limited = case(
            format!("an app that is {name} sends ten codes an hour for an address, regardless of headers"),
            move |w| async move {
                for count in 0..10 {
                    let made_up = format!("198.51.100.{count}");
                    start(&w, count, |ask| arriving(ask, how, CLIENT, &made_up)).await.status(201);
                }
                let heard = start(&w, 10, |ask| arriving(ask, how, CLIENT, "198.51.100.99")).await;
                heard.problem(429, "quota-exceeded");
                // The first was sent ten minutes ago.
                assert_eq!(heard.retry_after(), 3000, "{heard}");
                assert_eq!(w.provider.inner.sends(), 10);
                // The made-up address is not counted.
                start(&w, 12, |ask| arriving(ask, how, "198.51.100.1", CLIENT)).await.status(201);
            },
        );
        cases.push(limited.counting_addresses(how));
        let network = case(
            format!("an app that is {name} counts the addresses of one IPv6 network as one"),
            move |w| async move {
                for count in 0..10 {
                    let client = format!("2001:db8::{count}:1");
                    start(&w, count, |ask| arriving(ask, how, &bracketed(how, &client), "::1"))
                        .await
                        .status(201);
                }
                let heard =
                    start(&w, 10, |ask| arriving(ask, how, &bracketed(how, "2001:db8::ffff:0:0:1"), "::1"))
                        .await;
                heard.problem(429, "quota-exceeded");
                let next = bracketed(how, "2001:db8:0:1::1");
                start(&w, 12, |ask| arriving(ask, how, &next, "::1")).await.status(201);
            },
        );
        cases.push(network.counting_addresses(how));
    }
    cases.extend([
        case(
            "a client that bypasses the proxies shares the budget of the address it connects from",
            |w| async move {
                let how =
                    |chain: &'static str| move |ask: Ask| ask.from(PROXY).header("x-forwarded-for", chain);
                for count in 0..10 {
                    let chain = ["", "192.0.2.1", "192.0.2.1, ,10.0.0.2", "unknown, 10.0.0.2"];
                    start(&w, count, how(chain[count as usize % 4])).await.status(201);
                }
                start(&w, 10, |ask| ask.from(PROXY)).await.problem(429, "quota-exceeded");
                start(&w, 12, |ask| ask.from("10.0.0.3")).await.status(201);
            },
        )
        .counting_addresses(ClientAddress::TrustedProxies(2)),
        case("an app without a configured client address counts no address", |w| async move {
            for count in 0..20 {
                start(&w, count, |ask| ask.from(CLIENT).header("x-forwarded-for", CLIENT)).await.status(201);
            }
        }),
        case(
            "a user whose address has no sends left can still enter the code that was sent",
            |w| async move {
                for count in 0..9 {
                    start(&w, count, |ask| ask.from(CLIENT)).await.status(201);
                }
                w.advance(60);
                let started = start(&w, 9, |ask| ask.from(CLIENT)).await.status(201).value();
                let code = w.last_code();
                w.advance(60);
                let heard = start(&w, 11, |ask| ask.from(CLIENT)).await;
                let members = heard.problem(429, "quota-exceeded");
                assert_eq!(members["challenge"], started["challenge"]);
                assert_eq!(members["sent_to"], "•••78");
                let other = start(&w, 12, |ask| ask.from(CLIENT)).await.problem(429, "quota-exceeded");
                assert_ne!(other["challenge"], started["challenge"]);
                let challenge = started["challenge"].as_str().unwrap();
                w.type_code(Who::Bob, "pay", challenge, &code).await.status(200);
            },
        )
        .counting_addresses(ClientAddress::Direct),
        case(
            "without a peer address an app that counts addresses sends nothing, and its guards still work",
            |w| async move {
                let heard = start(&w, 0, |ask| ask.header("x-forwarded-for", CLIENT)).await;
                heard.problem(500, "misconfigured");
                assert_eq!(w.provider.inner.sends(), 0);
                assert!(w.log.text().contains("the address of a request is not known"), "{}", w.log.text());
                w.hear(Ask::get("/settings").by(Who::Alice))
                    .await
                    .untouched()
                    .problem(401, "step-up-required");
                w.page(Who::Alice, "/mfa/pay").await;
                w.hear(Ask::new("DELETE", "/mfa/pay").same_origin().by(Who::Alice)).await.status(204);
                let cookie = w.mfa.testing().grant(&alice(), "settings").await;
                w.hear(Ask::get("/settings").by(Who::Alice).cookie(cookie)).await.passed();
                start(&w, 2, |ask| ask.from(CLIENT)).await.status(201);
            },
        )
        .counting_addresses(ClientAddress::Direct),
    ]);
    cases
}

/// Formats an address as in a chain with a port after it.
fn bracketed(how: ClientAddress, address: &str) -> String {
    if how == ClientAddress::TrustedProxies(2) { format!("[{address}]") } else { address.to_owned() }
}

fn alice() -> mfakit::Subject {
    mfakit::Subject::cookie("alice", "00000000000000000000000000000001".parse().unwrap())
}
