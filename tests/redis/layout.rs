//! Keys in Redis, their expiry, and the commands that write them.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use mfakit::{
    Channel, ClientAddress, Code, Decision, LoginId, MfaStore, Requirement, Scope, StartRequest, Subject,
    Timestamp,
    store::{AttemptReservation, LockRule, ReleaseAttempt},
};
use mfakit_redis::RedisStore;

use crate::{
    kit::{LOCKS, NO_TIME, NUMBER, PROOF, TestUser, attempt, builder, engine, live_challenge, redeem},
    server::RedisServer,
};

/// Returns the number of calls of each command since the statistics were last reset.
pub(crate) fn calls(server: &RedisServer) -> BTreeMap<String, u64> {
    let stats = server.cli(&["info", "commandstats"]);
    let call = |line: &str| {
        let (command, rest) = line.strip_prefix("cmdstat_")?.split_once(":calls=")?;
        Some((command.to_owned(), rest.split_once(',')?.0.parse().ok()?))
    };
    stats.lines().filter_map(call).filter(|(command, _)| !command.starts_with("config")).collect()
}

async fn ttl(server: &RedisServer, key: &str) -> i64 {
    server.cli(&["pttl", key]).parse().unwrap()
}

#[tokio::test]
async fn keys_reveal_no_user_and_all_of_them_expire() {
    let server = RedisServer::start().await;
    let (mfa, provider) = builder(RedisStore::connect(server.url()).await.unwrap());
    let mfa = mfa.client_address(ClientAddress::Direct).build().unwrap();
    let pay = Scope::new("pay").unwrap();
    for user in ["alice@example.com", "b"] {
        let subject = Subject::cookie(user, LoginId::random());
        let address: IpAddr = "203.0.113.9".parse().unwrap();
        let request = StartRequest::new(pay, Channel::Messaging).address(address);
        let started = mfa.start(&subject, request).await.unwrap();
        let wrong = Code::parse("000000").unwrap();
        let _ = mfa.verify(&subject, &pay, &started.id, &wrong).await;
        let code = Code::parse(&provider.last_code().unwrap()).unwrap();
        let _ = mfa.verify(&subject, &pay, &started.id, &code).await.unwrap();
    }
    let keys = server.cli(&["keys", "*"]);
    // Three keys of each user, two of the number, one of the address and one of the rejections. Completing a challenge
    // gives back the count of its block.
    assert_eq!(keys.lines().count(), 10, "{keys}");
    let mut lengths: BTreeMap<&str, usize> = BTreeMap::new();
    for key in keys.lines() {
        let all = format!("{key} {}", server.cli(&["hgetall", key]));
        for secret in ["alice", "example.com", "9195551234", "203.0.113"] {
            assert!(!all.contains(secret), "{all}");
        }
        let kind = &key[key.len() - 2..];
        assert_eq!(*lengths.entry(kind).or_insert(key.len()), key.len(), "{key}");
        let ttl = ttl(&server, key).await;
        assert!(ttl > 3_500_000 && ttl <= 91 * 24 * 3_600_000, "{key} lives {ttl} ms");
    }
    assert_eq!(lengths.keys().copied().collect::<Vec<_>>(), [":d", ":e", ":g", ":u", ":x"]);
}

#[tokio::test]
async fn only_disabled_users_never_expire_and_a_lost_expiry_is_restored() {
    let server = RedisServer::start().await;
    let store = RedisStore::connect(server.url()).await.unwrap();
    let alice = TestUser::new("alice");
    let challenge = live_challenge(&store, &alice).await;
    let _ = redeem(&store, &alice, &challenge.id).await.unwrap();
    let keys = server.cli(&["keys", "*"]);
    for key in keys.lines() {
        server.cli(&["persist", key]);
    }
    let challenge = live_challenge(&store, &alice).await;
    let _ = redeem(&store, &alice, &challenge.id).await.unwrap();
    for key in keys.lines() {
        assert!(ttl(&server, key).await > 0, "{key}");
    }

    let challenge = live_challenge(&store, &alice).await;
    let key = server.cli(&["--scan", "--pattern", "*:u"]);
    let rule = LockRule { disable_after: 1, ..LOCKS };
    let request =
        mfakit::store::ReserveAttempt::new(alice.key(), &challenge.id, &[NUMBER], &[PROOF], &rule, NO_TIME);
    let AttemptReservation::Reserved { era, .. } = store.reserve_attempt(request).await.unwrap() else {
        panic!()
    };
    assert_eq!(ttl(&server, &key).await, -1);
    let released = ReleaseAttempt::new(alice.key(), &challenge.id, 1, era, &rule, NO_TIME);
    store.release_attempt(released).await.unwrap();
    assert!(ttl(&server, &key).await > 0);
    let _ = store.reserve_attempt(request).await.unwrap();
    assert_eq!(ttl(&server, &key).await, -1);
    store.unlock(&alice.id).await.unwrap();
    assert!(ttl(&server, &key).await > 0);
}

#[tokio::test]
async fn a_guarded_request_is_one_hget() {
    let server = RedisServer::start().await;
    let (mfa, _) = engine(RedisStore::connect(server.url()).await.unwrap());
    let alice = Subject::bearer("alice", "token");
    mfa.testing().grant(&alice, "pay").await;
    server.cli(&["config", "resetstat"]);
    let wanted = Requirement::new(Scope::new("pay").unwrap());
    for _ in 0..10 {
        assert!(matches!(mfa.check(Some(&alice), &wanted, None).await.unwrap(), Decision::Granted(_)));
    }
    assert_eq!(calls(&server), BTreeMap::from([("hget".to_owned(), 10)]));
}

#[tokio::test]
async fn scripts_are_sent_once_and_again_to_a_server_that_lost_them() {
    let server = RedisServer::start().await;
    let store = RedisStore::connect(server.url()).await.unwrap();
    let ceremony = async |name: &str| {
        let user = TestUser::new(name);
        let challenge = live_challenge(&store, &user).await;
        let tried = attempt(&store, &user, &challenge.id).await.unwrap();
        assert!(matches!(tried, AttemptReservation::Reserved { .. }), "{tried:?}");
        let _ = redeem(&store, &user, &challenge.id).await.unwrap();
    };
    ceremony("alice").await;
    server.cli(&["config", "resetstat"]);
    ceremony("bob").await;
    let called = calls(&server);
    assert_eq!((called.get("eval"), called.get("evalsha")), (None, Some(&4)), "{called:?}");
    server.cli(&["script", "flush"]);
    ceremony("carol").await;
    let called = calls(&server);
    assert_eq!((called.get("eval"), called.get("evalsha")), (Some(&4), Some(&8)), "{called:?}");
}

/// Returns the permissions that the documentation gives the app's Redis user, with the password `pw`.
pub(crate) fn documented_permissions() -> String {
    let docs = include_str!("../../crates/mfakit-redis/src/lib.rs");
    let (_, rule) = docs.split_once("ACL SETUSER mfakit").unwrap();
    rule.split_once('`').unwrap().0.replace("//!", "").replace(">password", ">pw")
}

#[tokio::test]
async fn the_documented_permissions_suffice() {
    let rule = documented_permissions();
    let server = RedisServer::start().await;
    let words: Vec<_> = ["acl", "setuser", "mfakit"].into_iter().chain(rule.split_whitespace()).collect();
    assert_eq!(server.cli(&words), "OK", "{words:?}");
    let url = format!("redis://mfakit:pw@127.0.0.1:{}", server.port());
    let store = RedisStore::connect(url).await.unwrap();
    crate::verbs::every_verb(&store).await;
}

/// Returns the time of a server's clock.
fn time_of(server: &RedisServer) -> Timestamp {
    let time = server.cli(&["time"]);
    let (secs, micros) = time.split_once('\n').unwrap();
    let [secs, micros] = [secs, micros].map(|number| number.trim().parse::<u64>().unwrap());
    Timestamp::from_millis(secs * 1000 + micros / 1000)
}

#[tokio::test]
async fn the_clock_of_the_server_decides() {
    let server = RedisServer::start().await;
    let store = RedisStore::connect(server.url()).await.unwrap();
    let now = time_of(&server);
    let ahead = now.plus(Duration::from_secs(90));
    let behind = Timestamp::from_millis(now.as_millis() - 90_000);
    // A challenge that is opened with a clock 90 seconds ahead is not from the future, and one with a clock 90 seconds
    // behind does not expire earlier.
    for opened_at in [ahead, behind] {
        let alice = TestUser::new("alice");
        let mut challenge = alice.challenge(opened_at);
        // Lifetime from now, by the server's clock.
        const LIFE: Duration = Duration::from_secs(5);
        challenge.expires_at = opened_at.plus(LIFE);
        let rule = crate::kit::many_sends();
        let request = mfakit::store::ReserveSend::new(alice.key(), &challenge.id, &rule, opened_at);
        let _ = store.reserve_send(request).await.unwrap();
        let _ = store.open_challenge(&alice.id, &challenge).await.unwrap();
        for tried_at in [ahead, behind] {
            let request = mfakit::store::ReserveAttempt::new(
                alice.key(),
                &challenge.id,
                &[NUMBER],
                &[PROOF],
                &LOCKS,
                tried_at,
            );
            let tried = store.reserve_attempt(request).await.unwrap();
            assert!(matches!(tried, AttemptReservation::Reserved { .. }), "{tried:?}");
        }
        let opened_by = time_of(&server);
        while time_of(&server) <= opened_by.plus(LIFE) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let request = mfakit::store::ReserveAttempt::new(
            alice.key(),
            &challenge.id,
            &[NUMBER],
            &[PROOF],
            &LOCKS,
            behind,
        );
        let tried = store.reserve_attempt(request).await.unwrap();
        assert!(matches!(tried, AttemptReservation::Over), "{tried:?}");
        let _ = redeem(&store, &alice, &challenge.id).await.unwrap();
        assert_eq!(store.grant(alice.key()).await.unwrap(), None);
    }
}
