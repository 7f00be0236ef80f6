//! Starts and verifies per second, through the engine.

use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};
use mfakit::{Channel, Code, LoginId, MfaStore, Scope, StartRequest, Subject};

use crate::engine::{builder, policy};

const IN_FLIGHT: usize = 32;

/// Prints the starts and the verifies per second of as many users.
pub(crate) async fn print(name: &str, store: impl MfaStore, users: usize) {
    let mfa = &builder(store).policy(policy()).build().unwrap();
    let scope = Scope::new("transfer").unwrap();
    let subjects: Vec<_> =
        (0..users).map(|user| Subject::cookie(user.to_string(), LoginId::random())).collect();
    let begun = Instant::now();
    let started: Vec<_> = stream::iter(&subjects)
        .map(|subject| async move {
            let request = StartRequest::new(scope, Channel::Messaging);
            (subject, mfa.start(subject, request).await.unwrap().id)
        })
        .buffer_unordered(IN_FLIGHT)
        .collect()
        .await;
    say(&format!("{name}: starts a second, {IN_FLIGHT} in flight"), users, begun.elapsed());
    let code = Code::parse("123456").unwrap();
    let begun = Instant::now();
    let verified = stream::iter(&started)
        .map(|(subject, challenge)| mfa.verify(subject, &scope, challenge, &code))
        .buffer_unordered(IN_FLIGHT)
        .filter(|verified| std::future::ready(verified.is_ok()))
        .count()
        .await;
    say(&format!("{name}: verifies a second, {IN_FLIGHT} in flight"), users, begun.elapsed());
    assert_eq!(verified, users);
}

fn say(what: &str, users: usize, took: Duration) {
    println!("{what:<64} {:>12.0}", users as f64 / took.as_secs_f64());
}
