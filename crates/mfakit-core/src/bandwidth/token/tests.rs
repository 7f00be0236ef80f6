//! The token's life, on a clock that stands still until a test moves it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use serde_json::json;
use tokio::time::{advance, sleep};

use super::*;
use crate::provider::ProviderError;

const HOUR: Duration = Duration::from_secs(3600);

/// Counts its fetches. The token is `t-` and the number of the fetch.
#[derive(Clone, Default)]
struct Source {
    fetches: Arc<AtomicUsize>,
}

impl Source {
    async fn fetch(self, lifetime: Duration) -> Result<Fetched, Failure> {
        let number = self.fetches.fetch_add(1, SeqCst) + 1;
        sleep(Duration::from_millis(10)).await;
        Ok(Fetched { authorization: sensitive("Bearer", &format!("t-{number}")).unwrap(), lifetime })
    }

    async fn fail(self) -> Result<Fetched, Failure> {
        self.fetches.fetch_add(1, SeqCst);
        sleep(Duration::from_millis(10)).await;
        Err(Failure::new(ProviderErrorKind::Unreachable, "down"))
    }

    fn fetches(&self) -> usize {
        self.fetches.load(SeqCst)
    }
}

fn text(token: &Token) -> &str {
    token.authorization.to_str().unwrap()
}

#[tokio::test(start_paused = true)]
async fn fifty_callers_share_one_fetch_even_of_a_token_too_short_to_keep() {
    for lifetime in [HOUR, Duration::ZERO] {
        let (cache, source) = (Arc::new(TokenCache::default()), Source::default());
        let callers = (0..50).map(|_| {
            let (cache, source) = (cache.clone(), source.clone());
            tokio::spawn(async move { cache.token(source.fetch(lifetime)).await })
        });
        for caller in callers.collect::<Vec<_>>() {
            assert_eq!(text(&caller.await.unwrap().ok().unwrap()), "Bearer t-1");
        }
        assert_eq!(source.fetches(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn fifty_callers_share_one_failure_and_the_next_one_tries_again() {
    let (cache, source) = (Arc::new(TokenCache::default()), Source::default());
    let callers = (0..50).map(|_| {
        let (cache, source) = (cache.clone(), source.clone());
        tokio::spawn(async move { cache.token(source.fail()).await.map(drop) })
    });
    for caller in callers.collect::<Vec<_>>() {
        let error = ProviderError::from(caller.await.unwrap().unwrap_err());
        assert_eq!(error.kind(), ProviderErrorKind::Unreachable);
    }
    assert_eq!(source.fetches(), 1);
    assert_eq!(text(&cache.token(source.clone().fetch(HOUR)).await.ok().unwrap()), "Bearer t-2");
}

#[tokio::test(start_paused = true)]
async fn a_token_is_kept_until_sixty_seconds_before_it_expires() {
    let (cache, source) = (TokenCache::default(), Source::default());
    let token = async || text(&cache.token(source.clone().fetch(HOUR)).await.ok().unwrap()).to_owned();
    assert_eq!(token().await, "Bearer t-1");
    // The fetch itself took 10 ms of the token's life.
    advance(Duration::from_millis(3_539_000)).await;
    assert_eq!(token().await, "Bearer t-1");
    advance(Duration::from_secs(1)).await;
    assert_eq!(token().await, "Bearer t-2");
}

#[tokio::test(start_paused = true)]
async fn a_rejected_token_is_replaced_once_for_all_callers() {
    let (cache, source) = (Arc::new(TokenCache::default()), Source::default());
    let rejected = cache.token(source.clone().fetch(HOUR)).await.ok().unwrap();
    let callers = (0..20).map(|_| {
        let (cache, source, rejected) = (cache.clone(), source.clone(), rejected.clone());
        tokio::spawn(async move { cache.successor(&rejected, source.fetch(HOUR)).await })
    });
    for caller in callers.collect::<Vec<_>>() {
        assert_eq!(text(&caller.await.unwrap().ok().unwrap()), "Bearer t-2");
    }
    // One whose 401 comes late finds the successor there.
    let late = cache.successor(&rejected, source.clone().fetch(HOUR)).await.ok().unwrap();
    assert_eq!(text(&late), "Bearer t-2");
    assert_eq!(source.fetches(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_caller_leaves_its_fetch_to_the_next() {
    let (cache, source) = (Arc::new(TokenCache::default()), Source::default());
    let spawn = || {
        let (cache, source) = (cache.clone(), source.clone());
        tokio::spawn(async move { cache.token(source.fetch(HOUR)).await })
    };
    let (first, waiter, last) = (spawn(), spawn(), spawn());
    sleep(Duration::from_millis(1)).await;
    first.abort();
    waiter.abort();
    assert_eq!(text(&last.await.unwrap().ok().unwrap()), "Bearer t-2");
    assert_eq!(text(&cache.token(source.clone().fetch(HOUR)).await.ok().unwrap()), "Bearer t-2");
}

#[test]
fn every_kind_of_lifetime_is_handled() {
    let seconds = Duration::from_secs;
    for (expires_in, expected) in [
        (json!(3600), seconds(3600)),
        (json!(59.5), Duration::from_millis(59_500)),
        (json!("3600"), seconds(3600)),
        (json!(" 60 "), seconds(60)),
        (json!(1), seconds(1)),
        (json!(0), seconds(0)),
        (json!(-1), seconds(0)),
        (json!(i64::MIN), seconds(0)),
        (json!(u64::MAX), LONGEST_LIFETIME),
        (json!(1e308), LONGEST_LIFETIME),
        (json!("1e999"), LONGEST_LIFETIME),
        (json!("-inf"), seconds(0)),
        (json!("NaN"), UNSAID_LIFETIME),
        (json!("soon"), UNSAID_LIFETIME),
        (json!(""), UNSAID_LIFETIME),
        (json!(true), UNSAID_LIFETIME),
        (json!([3600]), UNSAID_LIFETIME),
        (Value::Null, UNSAID_LIFETIME),
    ] {
        assert_eq!(lifetime(&expires_in), expected, "{expires_in}");
    }
}

#[test]
fn a_reply_without_a_valid_token_is_rejected() {
    let reply =
        |status, body: &str| Reply { status, retry_after: None, body: Body::Whole(body.as_bytes().to_vec()) };
    let read =
        |status, body| read(&reply(status, body), Timestamp::from_millis(0)).map_err(ProviderError::from);
    for (body, lifetime) in [
        (r#"{"access_token": "a.b-c", "token_type": "bearer", "expires_in": 3600}"#, HOUR),
        (r#"{"access_token": "a.b-c", "token_type": "Bearer", "expires_in": "3600"}"#, HOUR),
        (r#"{"access_token": "a.b-c"}"#, UNSAID_LIFETIME),
        (r#"{"access_token": "a.b-c", "token_type": null, "expires_in": null}"#, UNSAID_LIFETIME),
    ] {
        let fetched = read(200, body).unwrap();
        assert_eq!(fetched.authorization.to_str().unwrap(), "Bearer a.b-c");
        assert!(fetched.authorization.is_sensitive());
        assert_eq!(fetched.lifetime, lifetime);
    }
    let throttled = ProviderErrorKind::Throttled { retry_after: Duration::from_secs(120) };
    for (status, body, kind) in [
        (200, "", ProviderErrorKind::Answer),
        (200, "<html>", ProviderErrorKind::Answer),
        (200, "{}", ProviderErrorKind::Answer),
        (200, r#"{"access_token": null}"#, ProviderErrorKind::Answer),
        (200, r#"{"access_token": ""}"#, ProviderErrorKind::Answer),
        (200, r#"{"access_token": "a b"}"#, ProviderErrorKind::Answer),
        (200, r#"{"access_token": "a\r\nX-Evil: 1"}"#, ProviderErrorKind::Answer),
        (200, r#"{"access_token": "t", "token_type": "mac"}"#, ProviderErrorKind::Answer),
        (204, "", ProviderErrorKind::Answer),
        (302, "", ProviderErrorKind::Answer),
        (400, r#"{"error": "invalid_client"}"#, ProviderErrorKind::Credentials),
        (401, "", ProviderErrorKind::Credentials),
        (403, "", ProviderErrorKind::Credentials),
        (404, "", ProviderErrorKind::Request),
        (429, "", throttled),
        (500, "", ProviderErrorKind::Unreachable),
        (503, "<html>", ProviderErrorKind::Unreachable),
    ] {
        let error = read(status, body).err().unwrap();
        assert_eq!(error.kind(), kind, "{status} {body}");
        assert!(error.to_string().contains("the token service"), "{error}");
    }
    let error =
        read(400, r#"{"error": "invalid_client", "error_description": "secret s3cr3t"}"#).err().unwrap();
    assert!(error.to_string().ends_with("the token service answers 400 (invalid_client)"), "{error}");
    let error = read(400, r#"{"error": "client abc with Secret 1"}"#).err().unwrap();
    assert!(error.to_string().ends_with("the token service answers 400"), "{error}");
}
