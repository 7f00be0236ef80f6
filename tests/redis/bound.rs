//! Records of bound actions: their keys, their bounds, and what else they cost.

use std::{collections::BTreeMap, time::Duration};

use mfakit::{
    LoginId, MfaStore,
    store::{
        ActionDigest, AttemptReservation, ConsumeOutcome, GrantRecord, KeepOutcome, OpenOutcome,
        RedeemOutcome, Revocation, SendReservation,
    },
    testing::ManualClock,
};
use mfakit_redis::RedisStore;

use crate::{
    kit::{
        NO_TIME, TestUser, attempt, granted, keep, kept, live_challenge, many_sends, new_id, redeem,
        reserve_send,
    },
    layout::calls,
    release_before::alice_key,
    server::RedisServer,
    verbs::every_verb,
};

async fn connected() -> (RedisServer, RedisStore, TestUser) {
    let server = RedisServer::start().await;
    let store = RedisStore::connect(server.url()).await.unwrap();
    (server, store, TestUser::new("alice"))
}

#[tokio::test]
async fn a_bound_guard_calls_as_many_commands_as_an_unbound_one_that_is_used_once() {
    let (server, store, alice) = connected().await;
    let only = |command: &str| BTreeMap::from([(command.to_owned(), 1)]);
    // Afterward the server has the scripts.
    every_verb(&store).await;
    let bound = kept(&store, &alice, "first").await;
    let (unbound_grant, grant) = (granted(&store, &alice).await, granted(&store, &bound).await);
    server.cli(&["config", "resetstat"]);
    assert_eq!(store.grant(alice.key()).await.unwrap().as_ref(), Some(&unbound_grant));
    assert_eq!(calls(&server), only("hget"));
    server.cli(&["config", "resetstat"]);
    assert_eq!(store.bound_grants(alice.key()).await.unwrap(), [grant.clone()].into_iter().collect());
    assert_eq!(calls(&server), only("hgetall"));
    for (user, grant) in [(&alice, &unbound_grant), (&bound, &grant)] {
        server.cli(&["config", "resetstat"]);
        assert_eq!(store.consume(user.key(), grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
        let called = calls(&server);
        assert_eq!((called.get("evalsha"), called.get("eval")), (Some(&1), None), "{called:?}");
    }
}

#[tokio::test]
async fn an_approval_that_is_over_leaves_at_most_that_it_was_consumed() {
    let (server, store, alice) = connected().await;
    let bound = kept(&store, &alice, "first").await;
    let _ = live_challenge(&store, &bound).await;
    let grant = granted(&store, &bound).await;
    for (suffix, at_most) in [("a", 12), ("g", 11), ("x", 7), ("u", 24 * 60)] {
        let ttl: u64 = server.cli(&["pttl", &alice_key(suffix)]).parse().unwrap();
        assert!(ttl > 3_600_000 && ttl <= (60 + at_most) * 60_000, "{suffix}: {ttl}");
    }
    let resent = live_challenge(&store, &bound).await;
    let _ = attempt(&store, &bound, &resent.id).await.unwrap();
    assert_eq!(store.consume(bound.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    let keys =
        || server.cli(&["keys", "*"]).lines().map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(keys(), [alice_key("c"), alice_key("u")].into(), "counts, and that it was consumed");
    let fields = server.cli(&["hkeys", &alice_key("u")]);
    assert!(!fields.contains('~') && !fields.contains("c:"), "{fields}");
    let records = server.cli(&["hvals", &alice_key("c")]);
    assert!(records.lines().count() == 4 && records.len() < 300, "{records}");
    let ttl: u64 = server.cli(&["pttl", &alice_key("c")]).parse().unwrap();
    assert!(ttl > 3_600_000 && ttl <= 72 * 60_000, "{ttl}");
    assert!(store.is_consumed(bound.key(), NO_TIME).await.unwrap());
    assert!(store.actions(alice.key(), NO_TIME).await.unwrap().is_empty());
    assert!(store.user_state(&alice.id, NO_TIME).await.unwrap().actions.is_empty());

    let (kept, waiting) = (kept(&store, &alice, "second").await, kept(&store, &alice, "third").await);
    let _ = (granted(&store, &kept).await, live_challenge(&store, &waiting).await);
    store.revoke(&alice.id, Revocation::Login(alice.login)).await.unwrap();
    assert_eq!(server.cli(&["keys", "*"]), alice_key("u"), "counts are all that is left");
    assert!(!server.cli(&["hkeys", &alice_key("u")]).contains('~'));
}

#[tokio::test]
async fn a_user_who_keeps_as_much_as_possible_has_a_bounded_key() {
    let (server, clock) = (RedisServer::start().await, ManualClock::new());
    let builder = RedisStore::builder(server.url()).danger_clock(clock.clone());
    let store = builder.connect().await.unwrap();
    let now = || mfakit::Clock::now(&clock);
    for number in 0..60 {
        let session = TestUser { login: LoginId::random(), ..TestUser::new("alice") };
        let mut action = session.action(&number.to_string(), now());
        action.canonical = vec![b'x'; 4096];
        action.target = Some("/".repeat(512));
        assert_eq!(keep(&store, &session, &action).await.unwrap(), KeepOutcome::Kept(action.approval.id));
        clock.advance(Duration::from_millis(1));
        let fields: u32 = server.cli(&["hlen", &alice_key("a")]).parse().unwrap();
        assert_eq!(fields, 12.min(number + 1));
    }
    let bytes: u32 = server.cli(&["memory", "usage", &alice_key("a"), "samples", "0"]).parse().unwrap();
    assert!(bytes <= 12 * 6_500, "{bytes}");
    // Expired actions go with the next one, and the key an hour after the last.
    clock.advance(Duration::from_secs(5 * 60));
    let alice = TestUser::new("alice");
    let _ = keep(&store, &alice, &alice.action("last", now())).await.unwrap();
    assert_eq!(server.cli(&["hlen", &alice_key("a")]), "1");
    let ttl: u64 = server.cli(&["pttl", &alice_key("a")]).parse().unwrap();
    assert!(ttl > 64 * 60_000 && ttl <= 65 * 60_000, "{ttl}");
    assert_eq!(server.cli(&["keys", "*"]), alice_key("a"), "an action counts nothing");
}

#[tokio::test]
async fn a_full_server_keeps_no_new_action_and_ends_every_approval() {
    let (server, store, alice) = connected().await;
    let (approved, sent) = (kept(&store, &alice, "first").await, kept(&store, &alice, "second").await);
    let grant = granted(&store, &approved).await;
    let challenge = live_challenge(&store, &sent).await;
    let before = server.cli(&["hgetall", &alice_key("a")]);
    assert_eq!(server.cli(&["config", "set", "maxmemory", "1"]), "OK");
    for name in ["third", "fourth"] {
        keep(&store, &alice, &alice.action(name, NO_TIME)).await.unwrap_err();
    }
    reserve_send(&store, &sent, &new_id(), &many_sends()).await.unwrap_err();
    redeem(&store, &sent, &challenge.id).await.unwrap_err();
    assert_eq!(server.cli(&["hgetall", &alice_key("a")]), before);
    let known = keep(&store, &alice, &alice.action("first", NO_TIME)).await.unwrap();
    assert_eq!(Some(known.id()), approved.approval.map(|approval| approval.id));
    assert_eq!(store.bound_grants(alice.key()).await.unwrap().len(), 1);
    assert_eq!(store.consume(approved.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    store.revoke(&alice.id, Revocation::User).await.unwrap();
    assert!(store.actions(alice.key(), NO_TIME).await.unwrap().is_empty());
}

/// Actions of one user: with a grant, with a challenge, and with a reserved send.
struct Kept {
    approved: TestUser,
    grant: GrantRecord,
    sent: TestUser,
    challenge: mfakit::store::Challenge,
    reserved: mfakit::ChallengeId,
}

async fn kept_actions(store: &RedisStore, alice: &TestUser) -> Kept {
    let (approved, sent) = (kept(store, alice, "first").await, kept(store, alice, "second").await);
    let (grant, challenge) = (granted(store, &approved).await, live_challenge(store, &sent).await);
    let reserved = new_id();
    let _ = reserve_send(store, &sent, &reserved, &many_sends()).await.unwrap();
    Kept { approved, grant, sent, challenge, reserved }
}

fn field_of(server: &RedisServer, suffix: &str, user: &TestUser) -> String {
    let id: String = user.approval.unwrap().id.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let fields = server.cli(&["hkeys", &alice_key(suffix)]);
    fields.lines().find(|field| field.ends_with(&id)).unwrap().to_owned()
}

#[tokio::test]
async fn an_unreadable_action_is_an_error_and_stays_unchanged() {
    for (name, value) in [
        ("garbage", "garbage"),
        ("nothing", ""),
        ("version 1", "1|1|9999999999999|00|0|0|"),
        ("a later version", "3|1|9999999999999|00|0|0|"),
        ("a time that is none", "2|1|never|00|0|0|"),
        ("a digest that is none", "2|1|9999999999999|none|0|0|"),
    ] {
        let (server, store, alice) = connected().await;
        let Kept { approved, grant, sent, challenge, reserved } = kept_actions(&store, &alice).await;
        let field = field_of(&server, "a", &sent);
        server.cli(&["hset", &alice_key("a"), &field, value]);
        let dump = || ["u", "g", "x", "a"].map(|suffix| server.cli(&["hgetall", &alice_key(suffix)]));
        let before = dump();
        keep(&store, &alice, &alice.action("third", NO_TIME)).await.unwrap_err();
        store.actions(alice.key(), NO_TIME).await.unwrap_err();
        store.actions(sent.key(), NO_TIME).await.unwrap_err();
        store.user_state(&alice.id, NO_TIME).await.unwrap_err();
        reserve_send(&store, &sent, &new_id(), &many_sends()).await.unwrap_err();
        let mut next = challenge.clone();
        next.id = reserved;
        store.open_challenge(&alice.id, &next).await.unwrap_err();
        attempt(&store, &sent, &challenge.id).await.unwrap_err();
        redeem(&store, &sent, &challenge.id).await.unwrap_err();
        assert_eq!(dump(), before, "{name}");
        // A grant of another action can still be used, and all of them revoked.
        assert_eq!(store.bound_grants(alice.key()).await.unwrap().len(), 1, "{name}");
        assert_eq!(
            store.consume(approved.key(), &grant, NO_TIME).await.unwrap(),
            ConsumeOutcome::Consumed,
            "{name}"
        );
        store.revoke(&alice.id, Revocation::User).await.unwrap();
        assert!(store.actions(alice.key(), NO_TIME).await.unwrap().is_empty(), "{name}");
    }
}

#[tokio::test]
async fn lengths_that_do_not_fit_the_content_are_an_error() {
    for (name, lengths) in
        [("too long", "99999|0|"), ("too short", "0|0|"), ("none", "x|0|"), ("negative", "-1|0|")]
    {
        let (server, store, alice) = connected().await;
        let Kept { sent, .. } = kept_actions(&store, &alice).await;
        let field = field_of(&server, "a", &sent);
        let record = server.cli(&["hget", &alice_key("a"), &field]);
        let parts: Vec<_> = record.splitn(7, '|').collect();
        let bad = format!("{}|{lengths}{}", parts[..4].join("|"), parts[6]);
        server.cli(&["hset", &alice_key("a"), &field, &bad]);
        store.actions(sent.key(), NO_TIME).await.unwrap_err();
        store.user_state(&alice.id, NO_TIME).await.unwrap_err();
        let reserved = reserve_send(&store, &sent, &new_id(), &many_sends()).await;
        assert!(reserved.is_err(), "no code is sent for an unreadable action: {name}: {reserved:?}");
    }
}

#[tokio::test]
async fn an_unreadable_bound_grant_is_an_error() {
    let (server, store, alice) = connected().await;
    let Kept { approved, grant, .. } = kept_actions(&store, &alice).await;
    let field = field_of(&server, "g", &approved);
    let good = server.cli(&["hget", &alice_key("g"), &field]);
    let unbound = good.rsplit_once('|').unwrap().0.replacen('2', "1", 1);
    for bad in ["", "garbage", &unbound, &good.replacen('2', "3", 1), &good.replace("messaging", "passkey")] {
        server.cli(&["hset", &alice_key("g"), &field, bad]);
        let before = server.cli(&["hgetall", &alice_key("g")]);
        store.grant(approved.key()).await.unwrap_err();
        store.bound_grants(alice.key()).await.unwrap_err();
        store.consume(approved.key(), &grant, NO_TIME).await.unwrap_err();
        store.user_state(&alice.id, NO_TIME).await.unwrap_err();
        assert_eq!(server.cli(&["hgetall", &alice_key("g")]), before, "{bad:?}");
    }
    // Other sessions are not affected. An unbound record at a bound place, and a bound one at an unbound place, is neither.
    let other = TestUser::new("alice");
    assert!(store.bound_grants(other.key()).await.unwrap().is_empty());
    let (place, _) = field[1..].rsplit_once(':').unwrap();
    server.cli(&["hset", &alice_key("g"), place, &good]);
    store.grant(alice.key()).await.unwrap_err();
    store.revoke(&alice.id, Revocation::User).await.unwrap();
    assert_eq!(store.grant(approved.key()).await.unwrap(), None);
}

#[tokio::test]
async fn a_lost_action_takes_its_challenge_with_it() {
    let (server, store, alice) = connected().await;
    let Kept { sent, challenge, reserved, .. } = kept_actions(&store, &alice).await;
    server.cli(&["hdel", &alice_key("a"), &field_of(&server, "a", &sent)]);
    let tried = attempt(&store, &sent, &challenge.id).await.unwrap();
    assert!(matches!(tried, AttemptReservation::Over), "{tried:?}");
    let redeemed = redeem(&store, &sent, &challenge.id).await.unwrap();
    assert!(matches!(redeemed, RedeemOutcome::Over), "{redeemed:?}");
    let mut next = challenge.clone();
    next.id = reserved;
    assert_eq!(store.open_challenge(&alice.id, &next).await.unwrap(), OpenOutcome::Over);
    let nothing = reserve_send(&store, &sent, &new_id(), &many_sends()).await.unwrap();
    assert!(matches!(nothing, SendReservation::NoAction), "{nothing:?}");
    assert!(store.user_state(&alice.id, NO_TIME).await.unwrap().challenges.is_empty());
}

#[tokio::test]
async fn an_approval_is_never_that_of_another_action() {
    let (_server, store, alice) = connected().await;
    let Kept { approved, grant, sent, challenge, .. } = kept_actions(&store, &alice).await;
    for user in [&approved, &sent] {
        let mut action = alice.action("another", NO_TIME);
        action.approval.id = user.approval.unwrap().id;
        action.approval.digest =
            ActionDigest::from_bytes(*action.approval.id.as_bytes().repeat(2).first_chunk().unwrap());
        assert_eq!(keep(&store, &alice, &action).await.unwrap(), KeepOutcome::Kept(action.approval.id));
    }
    assert!(store.bound_grants(alice.key()).await.unwrap().is_empty());
    assert_eq!(store.consume(approved.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Gone);
    let tried = attempt(&store, &sent, &challenge.id).await.unwrap();
    assert!(matches!(tried, AttemptReservation::Over), "{tried:?}");
}
