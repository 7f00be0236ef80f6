//! Consumed approvals: found by name, at most a hundred of a user, and beside records of an earlier version.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use mfakit::{
    Clock as _, LoginId, MfaStore, Timestamp,
    store::{
        ActionRule, Binding, ConsumeOutcome, ConsumedAction, GrantNonce, KeepAction, Kept, Redeem,
        RedeemOutcome, Revocation, SendReservation,
    },
    testing::ManualClock,
};
use mfakit_redis::RedisStore;

use crate::{
    kit::{
        NO_TIME, PROOF, TestUser, attempt, granted, keep, kept, live_challenge, many_sends, new_id, redeem,
        reserve_send,
    },
    layout::calls,
    release_before::{ReleaseBefore, alice_key},
    server::RedisServer,
};

const MINUTE: Duration = Duration::from_secs(60);
const MOST: usize = ConsumedAction::MOST_OF_USER;

async fn connected() -> (RedisServer, RedisStore, TestUser) {
    let server = RedisServer::start().await;
    let store = RedisStore::connect(server.url()).await.unwrap();
    (server, store, TestUser::new("alice"))
}

/// Approves an action of this name and consumes its grant, which would have lasted for this time.
async fn consume(
    store: &RedisStore,
    alice: &TestUser,
    name: &str,
    lifetime: Duration,
    now: Timestamp,
) -> TestUser {
    let action = alice.action(name, now);
    let _ = keep(store, alice, &action).await.unwrap();
    let bound = alice.approving(action.approval);
    let challenge = bound.challenge(now);
    let _ = reserve_send(store, &bound, &challenge.id, &many_sends()).await.unwrap();
    let _ = store.open_challenge(&alice.id, &challenge).await.unwrap();
    let nonce = GrantNonce::from_bytes([5; 32]);
    let request = Redeem::new(bound.key(), &challenge.id, Binding::Bearer, lifetime, &PROOF, &nonce, now);
    let RedeemOutcome::Granted(grant) = store.redeem(request).await.unwrap() else {
        panic!("the challenge is live")
    };
    assert_eq!(store.consume(bound.key(), &grant, now).await.unwrap(), ConsumeOutcome::Consumed);
    bound
}

async fn consume_many(
    store: &RedisStore,
    alice: &TestUser,
    numbers: std::ops::Range<usize>,
) -> Vec<TestUser> {
    let mut all = Vec::new();
    for number in numbers {
        all.push(consume(store, alice, &number.to_string(), 10 * MINUTE, NO_TIME).await);
    }
    all
}

/// Keeps an action of this name once more. Returns the answer.
async fn again(store: &RedisStore, alice: &TestUser, name: &str, now: Timestamp) -> Kept {
    let (action, rule) = (alice.action(name, now), ActionRule::default());
    store.keep_action(KeepAction::new(alice.key(), &action, &rule, now)).await.unwrap()
}

fn number_of_fields(server: &RedisServer, suffix: &str) -> usize {
    server.cli(&["hlen", &alice_key(suffix)]).parse().unwrap()
}

/// Returns the commands of keeping an action, of reading the state, and of consuming.
async fn commands(server: &RedisServer, store: &RedisStore, alice: &TestUser) -> Vec<BTreeMap<String, u64>> {
    // The sends of this test are not what is counted.
    server.cli(&["del", &alice_key("u")]);
    let mut all = Vec::new();
    server.cli(&["config", "resetstat"]);
    let bound = kept(store, alice, "counted").await;
    all.push(calls(server));
    server.cli(&["config", "resetstat"]);
    let _ = store.user_state(&alice.id, NO_TIME).await.unwrap();
    all.push(calls(server));
    let grant = granted(store, &bound).await;
    server.cli(&["config", "resetstat"]);
    assert_eq!(store.consume(bound.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    all.push(calls(server));
    store.revoke(&alice.id, Revocation::Login(alice.login)).await.unwrap();
    all
}

#[tokio::test]
async fn what_was_consumed_costs_a_later_request_nothing() {
    let (server, store, alice) = connected().await;
    let other = TestUser { login: LoginId::random(), ..alice.clone() };
    let _ = commands(&server, &store, &alice).await;
    let _ = consume_many(&store, &other, 0..1).await;
    let few = commands(&server, &store, &alice).await;
    let _ = consume_many(&store, &other, 1..MOST - 2).await;
    assert_eq!(commands(&server, &store, &alice).await, few);
    assert_eq!(number_of_fields(&server, "a"), 0, "no script that reads all actions finds them");
    // A start and a guarded request do not even look.
    let bound = kept(&store, &alice, "another").await;
    server.cli(&["del", &alice_key("c")]);
    assert_eq!(server.cli(&["set", &alice_key("c"), "something else"]), "OK");
    let challenge = live_challenge(&store, &bound).await;
    let _ = attempt(&store, &bound, &challenge.id).await.unwrap();
    let _ = redeem(&store, &bound, &challenge.id).await.unwrap();
    assert_eq!(store.bound_grants(alice.key()).await.unwrap().len(), 1);
    assert!(store.grant(bound.key()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_user_has_at_most_a_hundred_of_them() {
    let (server, store, alice) = connected().await;
    let all = consume_many(&store, &alice, 0..MOST + 20).await;
    assert_eq!(number_of_fields(&server, "c"), 3 * MOST + 1);
    let bytes: usize = server.cli(&["memory", "usage", &alice_key("c"), "samples", "0"]).parse().unwrap();
    assert!(bytes < MOST * 750, "{bytes}");
    for (number, user) in all.iter().enumerate() {
        assert_eq!(store.is_consumed(user.key(), NO_TIME).await.unwrap(), number >= 20, "{number}");
    }
    for (name, named) in [("19", None), ("20", all[20].approval), ("119", all[119].approval)] {
        let kept = again(&store, &alice, name, NO_TIME).await;
        assert_eq!(kept.consumed.map(|consumed| consumed.approval), named, "{name}");
    }
    let ttl: u64 = server.cli(&["pttl", &alice_key("c")]).parse().unwrap();
    assert!(ttl > 69 * 60_000 && ttl <= 70 * 60_000, "{ttl}");
}

#[tokio::test]
async fn what_is_no_longer_remembered_is_deleted_by_later_ones() {
    let (server, clock) = (RedisServer::start().await, ManualClock::new());
    let store = RedisStore::builder(server.url()).danger_clock(clock.clone()).connect().await.unwrap();
    let alice = TestUser::new("alice");
    for number in 0..20 {
        let _ = consume(&store, &alice, &number.to_string(), 10 * MINUTE, clock.now()).await;
    }
    assert_eq!(number_of_fields(&server, "c"), 3 * 20 + 1);
    clock.advance(11 * MINUTE);
    for (number, left) in [(20, 13), (21, 6), (22, 3)] {
        let _ = consume(&store, &alice, &number.to_string(), 10 * MINUTE, clock.now()).await;
        assert_eq!(number_of_fields(&server, "c"), 3 * left + 1);
    }
}

#[tokio::test]
async fn of_equal_actions_the_newest_that_is_remembered_is_named() {
    let (server, clock) = (RedisServer::start().await, ManualClock::new());
    let store = RedisStore::builder(server.url()).danger_clock(clock.clone()).connect().await.unwrap();
    let alice = TestUser::new("alice");
    let long = consume(&store, &alice, "same", 30 * MINUTE, clock.now()).await;
    let mut last = None;
    for _ in 0..10 {
        clock.advance(Duration::from_secs(1));
        last = consume(&store, &alice, "same", MINUTE, clock.now()).await.approval;
    }
    let digest_field = server.cli(&["hkeys", &alice_key("c")]);
    let digest_field: Vec<_> = digest_field.lines().filter(|field| field.starts_with('=')).collect();
    let listed = server.cli(&["hget", &alice_key("c"), digest_field[0]]);
    assert_eq!((digest_field.len(), listed.split(',').count()), (1, 2), "{listed}");
    for (wait, named) in [(MINUTE, last), (10 * MINUTE, long.approval), (20 * MINUTE, None)] {
        clock.advance(wait);
        let kept = again(&store, &alice, "same", clock.now()).await;
        assert_eq!(kept.consumed.map(|consumed| consumed.approval), named, "after {wait:?}");
        let state = store.user_state(&alice.id, clock.now()).await.unwrap().consumed;
        assert_eq!(state.first().map(|consumed| consumed.approval), named, "after {wait:?}");
    }
}

#[tokio::test]
async fn the_end_of_a_session_forgets_its_own_and_no_others() {
    let (server, store, alice) = connected().await;
    let other = TestUser { login: LoginId::random(), ..alice.clone() };
    let (own, theirs) = (consume_many(&store, &alice, 0..3).await, consume_many(&store, &other, 0..3).await);
    for what in [Revocation::Scope(alice.scope), Revocation::Elevation(alice.login, alice.scope)] {
        store.revoke(&alice.id, what).await.unwrap();
    }
    assert_eq!(number_of_fields(&server, "c"), 3 * 6 + 1, "a cancellation forgets nothing");
    store.revoke(&alice.id, Revocation::Login(alice.login)).await.unwrap();
    assert!(!store.is_consumed(own[0].key(), NO_TIME).await.unwrap());
    assert!(store.is_consumed(theirs[0].key(), NO_TIME).await.unwrap());
    assert_eq!(number_of_fields(&server, "c"), 3 * 3 + 1);
    let _ = consume_many(&store, &other, 3..MOST + 3).await;
    assert_eq!(number_of_fields(&server, "c"), 3 * MOST + 1, "numbers without approvals are skipped");
    store.revoke(&alice.id, Revocation::Login(other.login)).await.unwrap();
    assert_eq!(server.cli(&["exists", &alice_key("c")]), "0");
    let _ = consume_many(&store, &alice, 0..1).await;
    store.revoke(&alice.id, Revocation::User).await.unwrap();
    assert_eq!(server.cli(&["exists", &alice_key("c")]), "0");
}

#[tokio::test]
async fn an_approval_that_an_earlier_version_consumed_is_recognized() {
    let (server, store, alice) = connected().await;
    let bound = kept(&store, &alice, "first").await;
    let grant = granted(&store, &bound).await;
    let (field, record) = (server.cli(&["hkeys", &alice_key("g")]), server.cli(&["hvals", &alice_key("g")]));
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_millis();
    let digest = bound.approval.unwrap().digest;
    let consumed = format!("2|{}|{}|{digest}|", now - 2_000, now + 598_000);
    server.cli(&["hset", &alice_key("a"), &field, &consumed]);
    assert_eq!(store.consume(bound.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Gone);
    assert!(store.is_consumed(bound.key(), NO_TIME).await.unwrap());
    let kept = again(&store, &alice, "first", NO_TIME).await;
    assert_eq!(kept.consumed.map(|consumed| consumed.approval), bound.approval);
    let state = store.user_state(&alice.id, NO_TIME).await.unwrap();
    let named: Vec<_> = state.consumed.iter().map(|consumed| Some(consumed.approval)).collect();
    assert_eq!((state.actions.len(), named), (1, vec![bound.approval]));
    // A newer one of this version counts, and an earlier version finds no action that it could send a code for.
    let newer = alice.approving(state.actions[0].approval);
    let grant = granted(&store, &newer).await;
    assert_eq!(store.consume(newer.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    let kept = again(&store, &alice, "first", NO_TIME).await;
    assert_eq!(kept.consumed.map(|consumed| consumed.approval), newer.approval);
    let nothing = reserve_send(&store, &newer, &new_id(), &many_sends()).await.unwrap();
    assert!(matches!(nothing, SendReservation::NoAction), "{nothing:?}");
    // An earlier version that makes a grant of either has it used by no instance of this one.
    let of_newer = field.replace(&place_end(&bound), &place_end(&newer));
    for place in [&field, &of_newer] {
        server.cli(&["hset", &alice_key("g"), place, &record]);
    }
    let bound_grant = store.grant(bound.key()).await.unwrap().unwrap();
    for user in [&bound, &newer] {
        assert_eq!(store.consume(user.key(), &bound_grant, NO_TIME).await.unwrap(), ConsumeOutcome::Gone);
    }
    store.revoke(&alice.id, Revocation::Login(alice.login)).await.unwrap();
    assert!(!store.is_consumed(bound.key(), NO_TIME).await.unwrap());
    assert!(!store.is_consumed(newer.key(), NO_TIME).await.unwrap());
}

fn place_end(user: &TestUser) -> String {
    user.approval.unwrap().id.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn the_release_before_does_not_see_them_and_they_end_by_themselves() {
    let (server, store, alice) = connected().await;
    let (before, own) = (ReleaseBefore(&server), consume_many(&store, &alice, 0..1).await);
    assert!(before.user_state().is_some(), "it reads the rest of the user");
    assert_eq!(before.revoke(Revocation::Login(alice.login)), ["1"]);
    // It leaves them. They let nothing pass, and only this session finds them.
    assert!(store.is_consumed(own[0].key(), NO_TIME).await.unwrap());
    let ttl: u64 = server.cli(&["pttl", &alice_key("c")]).parse().unwrap();
    assert!(ttl <= 70 * 60_000, "{ttl}");
}

#[tokio::test]
async fn an_unreadable_one_is_an_error_and_leaves_a_grant_unused() {
    let (server, store, alice) = connected().await;
    let own = consume_many(&store, &alice, 0..1).await;
    let bound = kept(&store, &alice, "second").await;
    let grant = granted(&store, &bound).await;
    let fields = server.cli(&["hkeys", &alice_key("c")]);
    let place = fields.lines().find(|field| field.starts_with('~')).unwrap();
    let good = server.cli(&["hget", &alice_key("c"), place]);
    for bad in ["", "garbage", "1|1|2|none|1", &good.replacen('1', "2", 1), &good.replacen("1|", "1|-", 1)] {
        server.cli(&["hset", &alice_key("c"), place, bad]);
        store.is_consumed(own[0].key(), NO_TIME).await.unwrap_err();
        keep(&store, &alice, &alice.action("0", NO_TIME)).await.unwrap_err();
        store.consume(bound.key(), &grant, NO_TIME).await.unwrap_err();
    }
    server.cli(&["hset", &alice_key("c"), place, &good]);
    for bad in ["", "garbage", "2|1|2|0", "1|1|x|0"] {
        server.cli(&["hset", &alice_key("c"), "order", bad]);
        store.consume(bound.key(), &grant, NO_TIME).await.unwrap_err();
    }
    store.revoke(&alice.id, Revocation::User).await.unwrap();
    assert_eq!(server.cli(&["exists", &alice_key("c")]), "0");
}
