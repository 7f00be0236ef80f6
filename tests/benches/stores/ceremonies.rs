//! Starts and verifies per second, through the engine.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::{StreamExt, stream};
use mfakit::{
    Channel, Code, LoginId, MemoryStore, Mfa, MfaBuilder, MfaProvider, MfaStore, PhoneNumber, Policy, Scope,
    Secret, StartRequest, Subject, UserId,
    policy::Limit,
    provider::{ProviderError, SendReceipt, SendRequest, Verdict, VerifyRequest},
};
use mfakit_redis::RedisStore;

use crate::server::RedisServer;

const USERS: usize = 20_000;
const IN_FLIGHT: usize = 32;

/// Provider that sends nothing and approves everything at once.
#[derive(Debug)]
struct AtOnce;

#[async_trait]
impl MfaProvider for AtOnce {
    fn supports(&self, _: Channel) -> bool {
        true
    }

    async fn send(&self, _: &SendRequest<'_>) -> Result<SendReceipt, ProviderError> {
        Ok(SendReceipt::new(""))
    }

    async fn verify(&self, _: &VerifyRequest<'_>) -> Result<Verdict, ProviderError> {
        Ok(Verdict::Approved)
    }
}

pub(crate) async fn print() {
    run("memory", MemoryStore::new()).await;
    let server = RedisServer::start().await;
    run("Redis", RedisStore::connect(server.url()).await.unwrap()).await;
}

async fn run(name: &str, store: impl MfaStore) {
    let mfa = &engine(store);
    let scope = Scope::new("transfer").unwrap();
    let subjects: Vec<_> =
        (0..USERS).map(|user| Subject::cookie(user.to_string(), LoginId::random())).collect();
    let begun = Instant::now();
    let started: Vec<_> = stream::iter(&subjects)
        .map(|subject| async move {
            let request = StartRequest::new(scope, Channel::Messaging);
            (subject, mfa.start(subject, request).await.unwrap().id)
        })
        .buffer_unordered(IN_FLIGHT)
        .collect()
        .await;
    say(&format!("{name}: starts a second, {IN_FLIGHT} in flight"), begun.elapsed());
    let code = Code::parse("123456").unwrap();
    let begun = Instant::now();
    let verified = stream::iter(&started)
        .map(|(subject, challenge)| mfa.verify(subject, &scope, challenge, &code))
        .buffer_unordered(IN_FLIGHT)
        .filter(|verified| std::future::ready(verified.is_ok()))
        .count()
        .await;
    say(&format!("{name}: verifies a second, {IN_FLIGHT} in flight"), begun.elapsed());
    assert_eq!(verified, USERS);
}

fn say(what: &str, took: Duration) {
    println!("{what:<64} {:>12.0}", USERS as f64 / took.as_secs_f64());
}

fn engine(store: impl MfaStore) -> Mfa {
    builder(store).policy(policy()).build().unwrap()
}

/// Returns the default limits, with room for many users in one block of numbers.
pub(crate) fn policy() -> Policy {
    Policy::default().sends_per_block([Limit::new(1000, Duration::from_secs(60))])
}

/// Returns the builder of an engine whose users have a number each.
pub(crate) fn builder(store: impl MfaStore) -> MfaBuilder {
    Mfa::builder(AtOnce, "https://bank.example")
        .scope("transfer", "make a transfer")
        .directory(async |user: UserId| {
            let user: u32 = user.as_str().parse().unwrap();
            PhoneNumber::new(format!("+1919{:07}", 2_000_000 + 97 * user)).map(Some)
        })
        .messaging_to(["US"])
        .store(store)
        .secret(Secret::new("a secret for a benchmark, and for nothing else").unwrap())
        .observer(Silent)
}

struct Silent;

impl mfakit::Observer for Silent {
    fn observe(&self, _: &mfakit::event::Event<'_>) {}
}
