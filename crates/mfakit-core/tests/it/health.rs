//! The answer for a readiness probe.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use mfakit_core::{
    MemoryStore, Secret,
    health::{Health, HealthStatus},
    provider::ProviderErrorKind,
    store::{Sharing, StoreError},
    testing::{HookedStore, Outage, StoreHook, Verb},
};

use crate::world::{alice, user, world, world_with};

const SECRET: &str = "J0x4mUoSk2m0eZ5dN1aUe1xZ0qf0c7yZ8w3lS2tB9hQ=";

fn secret() -> Secret {
    Secret::new(SECRET).unwrap()
}

fn former() -> Secret {
    Secret::new("a former secret of more than 32 bytes").unwrap()
}

/// Returns the status and the text of a check.
fn check<'a>(health: &'a Health, name: &str) -> (HealthStatus, &'a str) {
    let check = health.check(name).unwrap();
    (check.status, &check.text)
}

#[tokio::test]
async fn an_engine_with_its_own_secret_is_well() {
    let world = world_with(|builder| builder.secret(secret()));
    let health = world.mfa.health().await;
    assert_eq!(health.status(), HealthStatus::Ok, "{health}");
    assert!(health.is_ready());
    assert_eq!(
        health.to_json(),
        r#"{"ready":true,"status":"ok","checks":{"store":"ok","provider":"ok","secrets":"ok","clock":"ok"}}"#
    );
    assert_eq!(health.to_string(), "ok");
}

#[tokio::test]
async fn a_random_secret_is_shown_and_two_are_counted() {
    let random = world().mfa.health().await;
    assert_eq!(check(&random, "secrets").0, HealthStatus::Degraded);
    assert!(random.is_ready());
    let two = world_with(|builder| builder.secret(secret()).secret(former()));
    let health = two.mfa.health().await;
    let (status, text) = check(&health, "secrets");
    assert_eq!(status, HealthStatus::Ok);
    assert!(text.starts_with("2 secrets"), "{text}");
}

#[tokio::test]
async fn only_a_store_of_this_process_ends_its_readiness() {
    for (sharing, is_ready) in [(Sharing::SingleProcess, false), (Sharing::Shared, true)] {
        let outage = Outage::new();
        let store = HookedStore::new(MemoryStore::new(), outage.clone()).with_sharing(sharing);
        let world = world_with(|builder| builder.store(store).secret(secret()));
        assert!(world.mfa.health().await.is_ready());
        outage.begin();
        let health = world.mfa.health().await;
        assert_eq!(check(&health, "store").0, HealthStatus::Failed, "{health}");
        assert_eq!(health.is_ready(), is_ready, "{sharing:?}");
        assert!(!health.to_json().contains("down"), "the text of the error is for the log alone");
        outage.end();
        assert!(world.mfa.health().await.is_ready());
    }
}

/// A store that takes its time.
struct Slow(Duration);

#[async_trait]
impl StoreHook for Slow {
    async fn before(&self, _: Verb) -> Result<(), StoreError> {
        tokio::time::sleep(self.0).await;
        Ok(())
    }
}

#[tokio::test]
async fn a_slow_store_is_degraded_and_one_that_does_not_answer_has_failed() {
    for (delay, expected) in [(300, HealthStatus::Degraded), (60_000, HealthStatus::Failed)] {
        let store = HookedStore::new(MemoryStore::new(), Slow(Duration::from_millis(delay)));
        let world = world_with(|builder| builder.store(store));
        let begun = std::time::Instant::now();
        let health = world.mfa.health().await;
        assert_eq!(check(&health, "store").0, expected, "{health}");
        assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_store_that_is_nearly_full_is_degraded() {
    let store = Arc::new(MemoryStore::with_capacity(10));
    let world = world_with(|builder| builder.store(Arc::clone(&store)).secret(secret()));
    for number in 0..9 {
        world.enter(&format!("user-{number}"), format!("+1919555{:04}", 2000 + number * 37));
        let _ = world.start(&user(&format!("user-{number}"))).await.unwrap();
    }
    let health = world.mfa.health().await;
    let (status, text) = check(&health, "store");
    assert_eq!(status, HealthStatus::Degraded, "{text}");
    assert!(text.contains("90% full"), "{text}");
}

#[tokio::test]
async fn a_provider_that_is_down_is_shown_and_ends_no_readiness() {
    let world = world_with(|builder| builder.secret(secret()));
    world.provider.fail(ProviderErrorKind::Unreachable);
    for (failures, expected) in
        [(1, HealthStatus::Degraded), (2, HealthStatus::Degraded), (3, HealthStatus::Failed)]
    {
        world.enter(&format!("user-{failures}"), format!("+1919555{:04}", 2000 + failures * 37));
        let _ = world.start(&user(&format!("user-{failures}"))).await.unwrap_err();
        let health = world.mfa.health().await;
        let (status, text) = check(&health, "provider");
        assert_eq!(status, expected, "{text}");
        assert!(text.contains(&format!("failures in a row: {failures}")), "{text}");
        assert!(health.is_ready());
    }
    world.provider.recover();
    let _ = world.start(&alice()).await.unwrap();
    let health = world.mfa.health().await;
    assert_eq!(check(&health, "provider"), (HealthStatus::Ok, "the last call succeeded"));
}

#[tokio::test]
async fn credentials_that_are_rejected_fail_at_once() {
    let world = world();
    world.provider.fail_next_send(ProviderErrorKind::Credentials);
    let _ = world.start(&alice()).await.unwrap_err();
    let health = world.mfa.health().await;
    assert_eq!(check(&health, "provider").0, HealthStatus::Failed);
    assert!(health.is_ready());
}
