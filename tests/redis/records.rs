//! Unreadable records are errors, and stay unchanged. They are never read as absent.

use std::time::Duration;

use mfakit::{
    MfaStore,
    policy::Limit,
    store::{
        AttemptReservation, Budget, BudgetChange, ConsumeOutcome, GrantRecord, RedeemOutcome, ReleaseAttempt,
        ReserveBudget, Revocation,
    },
};
use mfakit_redis::RedisStore;

use crate::{
    kit::{LOCKS, NO_TIME, TestUser, attempt, live_challenge, many_sends, new_id, redeem, reserve_send},
    server::RedisServer,
};

/// Server with one user, who has a grant, a challenge and a reserved send.
struct World {
    server: RedisServer,
    store: RedisStore,
    alice: TestUser,
    grant: GrantRecord,
    challenge: mfakit::store::Challenge,
    reserved: mfakit::ChallengeId,
}

impl World {
    async fn new() -> Self {
        let server = RedisServer::start().await;
        let store = RedisStore::connect(server.url()).await.unwrap();
        let alice = TestUser::new("alice");
        let redeemed = live_challenge(&store, &alice).await;
        let RedeemOutcome::Granted(grant) = redeem(&store, &alice, &redeemed.id).await.unwrap() else {
            panic!()
        };
        let (challenge, reserved) = (live_challenge(&store, &alice).await, new_id());
        let _ = reserve_send(&store, &alice, &reserved, &many_sends()).await.unwrap();
        Self { server, store, alice, grant, challenge, reserved }
    }

    fn key(&self, suffix: &str) -> String {
        let keys = self.server.cli(&["--scan", "--pattern", &format!("*{suffix}")]);
        assert_eq!(keys.lines().count(), 1, "{keys}");
        keys
    }

    fn field(&self, key: &str, prefix: &str) -> String {
        let fields = self.server.cli(&["hkeys", key]);
        fields.lines().find(|field| field.starts_with(prefix)).unwrap().to_owned()
    }

    fn dump(&self) -> Vec<String> {
        let keys = self.server.cli(&["keys", "*"]);
        let mut keys: Vec<_> = keys.lines().collect();
        keys.sort_unstable();
        let shown = |key: &&str| {
            let hash = self.server.cli(&["hgetall", key]);
            format!("{key} {hash} {}", self.server.cli(&["get", key]))
        };
        keys.iter().map(shown).collect()
    }

    /// Returns the verbs that fail, of those that read more about a user than the grants.
    async fn failing_verbs(&self) -> Vec<&'static str> {
        let Self { store, alice, challenge, .. } = self;
        let user = &alice.id;
        let mut failing = Vec::new();
        let mut note = |verb, failed: bool| failed.then(|| failing.push(verb));
        note("user_state", store.user_state(user, NO_TIME).await.is_err());
        note("reserve_send", reserve_send(store, alice, &new_id(), &many_sends()).await.is_err());
        note("release_send", store.release_send(user, &self.reserved).await.is_err());
        let mut next = challenge.clone();
        next.id = self.reserved;
        note("open_challenge", store.open_challenge(user, &next).await.is_err());
        note("reserve_attempt", attempt(store, alice, &challenge.id).await.is_err());
        let released = ReleaseAttempt::new(alice.key(), &challenge.id, 1, 0, &LOCKS, NO_TIME);
        note("release_attempt", store.release_attempt(released).await.is_err());
        note("redeem", redeem(store, alice, &challenge.id).await.is_err());
        note("unlock", store.unlock(user).await.is_err());
        failing
    }
}

const ALL: [&str; 8] = [
    "user_state",
    "reserve_send",
    "release_send",
    "open_challenge",
    "reserve_attempt",
    "release_attempt",
    "redeem",
    "unlock",
];

#[tokio::test]
async fn an_unreadable_user_record_is_an_error_and_stays_unchanged() {
    for (name, prefix, value) in [
        ("another version", "v", Some("2")),
        ("no version", "v", None),
        ("no count of failures", "failures", None),
        ("garbage for a count", "failures", Some("garbage")),
        ("a negative count", "failures", Some("-1|0|0|open|0")),
        ("a count with a fraction", "failures", Some("1.5|0|0|open|0")),
        ("an unknown lock", "failures", Some("1|0|0|shut|0")),
        ("a number beyond all bounds", "failures", Some("1|0|99999999999999999999|open|0")),
        ("garbage for a send", "s:", Some("garbage")),
        ("a send in an unknown state", "s:", Some("1|1|9999999999999|X|0|00|pay")),
        ("garbage for a challenge", "c:", Some("garbage")),
        ("a challenge of another version", "c:", Some("2|00|00|5|1|9999999999999|messaging|1|34|pay-a|")),
        ("garbage for attempts", "a:", Some("garbage")),
    ] {
        let world = World::new().await;
        let key = world.key(":u");
        let field = world.field(&key, prefix);
        match value {
            Some(value) => world.server.cli(&["hset", &key, &field, value]),
            None => world.server.cli(&["hdel", &key, &field]),
        };
        let before = world.dump();
        assert_eq!(world.failing_verbs().await, ALL, "{name}");
        assert_eq!(world.dump(), before, "{name}");
        // An earlier grant stays valid, and can still be revoked.
        assert!(world.store.grant(world.alice.key()).await.unwrap().is_some(), "{name}");
        world.store.revoke(&world.alice.id, Revocation::User).await.unwrap_err();
        assert!(world.store.grant(world.alice.key()).await.unwrap().is_none(), "{name}");
    }
}

#[tokio::test]
async fn a_key_of_another_type_is_an_error() {
    let world = World::new().await;
    let key = world.key(":u");
    world.server.cli(&["set", &key, "garbage"]);
    let before = world.dump();
    assert_eq!(world.failing_verbs().await, ALL);
    assert_eq!(world.dump(), before);

    let world = World::new().await;
    let key = world.key(":g");
    world.server.cli(&["set", &key, "garbage"]);
    let (before, store, alice) = (world.dump(), &world.store, &world.alice);
    store.grant(alice.key()).await.unwrap_err();
    store.consume(alice.key(), &world.grant, NO_TIME).await.unwrap_err();
    store.user_state(&alice.id, NO_TIME).await.unwrap_err();
    redeem(store, alice, &world.challenge.id).await.unwrap_err();
    store.revoke(&alice.id, Revocation::User).await.unwrap_err();
    assert_eq!(world.dump(), before);
}

#[tokio::test]
async fn an_unreadable_spent_challenge_is_an_error_and_can_be_revoked() {
    let server = RedisServer::start().await;
    let store = RedisStore::connect(server.url()).await.unwrap();
    let spoilers: [fn(&str) -> String; 8] = [
        |_| String::new(),
        |_| "garbage".to_owned(),
        |good| good.replacen('1', "2", 1),
        |good| good.replacen("|0|", "|x|", 1),
        |good| good.replacen("|0404", "|zz04", 1),
        |good| good.replacen("|0505", "|zz05", 1),
        |good| good.replacen("bearer|messaging", "bearer|email", 1),
        |good| good.replacen("|1|bearer", "|2|bearer", 1),
    ];
    for spoil in spoilers {
        let (alice, beside) = (TestUser::new("alice"), TestUser::new("alice"));
        let challenge = live_challenge(&store, &alice).await;
        let RedeemOutcome::Granted(grant) = redeem(&store, &alice, &challenge.id).await.unwrap() else {
            panic!()
        };
        let key = server.cli(&["--scan", "--pattern", "*:x"]);
        let field = server.cli(&["hkeys", &key]);
        let good = server.cli(&["hget", &key, &field]);
        let repeated = attempt(&store, &alice, &challenge.id).await.unwrap();
        assert!(matches!(repeated, AttemptReservation::Repeated(_)), "{repeated:?}");
        let bad = spoil(&good);
        assert_ne!(bad, good);
        server.cli(&["hset", &key, &field, &bad]);
        let before = server.cli(&["hgetall", &key]);
        let tried = attempt(&store, &alice, &challenge.id).await;
        let over = matches!(tried, Ok(AttemptReservation::Over));
        assert!(tried.is_err() || over, "no code is recognized by {bad:?}: {tried:?}");
        assert!(over || server.cli(&["hgetall", &key]) == before, "{bad:?}");
        // Other challenges and the grant are not affected.
        assert_eq!(store.grant(alice.key()).await.unwrap().as_ref(), Some(&grant));
        let _ = live_challenge(&store, &beside).await;
        store.revoke(&alice.id, Revocation::User).await.unwrap();
        assert_eq!(server.cli(&["exists", &key]), "0", "{bad:?}");
    }
}

#[tokio::test]
async fn a_challenge_without_its_counter_is_over() {
    let world = World::new().await;
    let key = world.key(":u");
    let field = world.field(&key, "a:");
    world.server.cli(&["hdel", &key, &field]);
    let tried = attempt(&world.store, &world.alice, &world.challenge.id).await.unwrap();
    assert!(matches!(tried, AttemptReservation::Over), "{tried:?}");
    let redeemed = redeem(&world.store, &world.alice, &world.challenge.id).await.unwrap();
    assert!(matches!(redeemed, RedeemOutcome::Over), "{redeemed:?}");
}

#[tokio::test]
async fn an_unreadable_grant_is_an_error() {
    let world = World::new().await;
    let (store, alice, key) = (&world.store, &world.alice, world.key(":g"));
    let field = world.field(&key, "");
    let good = world.server.cli(&["hget", &key, &field]);
    for bad in [
        "",
        "garbage",
        &good.replacen('1', "2", 1),
        &good.replace("messaging", "email"),
        &format!("{good}00"),
        "1|bearer|messaging|1|99999999999999999999|",
    ] {
        world.server.cli(&["hset", &key, &field, bad]);
        let before = world.dump();
        store.grant(alice.key()).await.unwrap_err();
        store.user_state(&alice.id, NO_TIME).await.unwrap_err();
        store.consume(alice.key(), &world.grant, NO_TIME).await.unwrap_err();
        assert_eq!(world.dump(), before, "{bad:?}");
    }
    // Another session of the same user is not affected.
    let other = TestUser::new("alice");
    let challenge = live_challenge(store, &other).await;
    let RedeemOutcome::Granted(grant) = redeem(store, &other, &challenge.id).await.unwrap() else { panic!() };
    assert_eq!(store.grant(other.key()).await.unwrap(), Some(grant.clone()));
    assert_eq!(store.consume(other.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    store.revoke(&alice.id, Revocation::User).await.unwrap();
    assert_eq!(store.grant(alice.key()).await.unwrap(), None);
}

#[tokio::test]
async fn an_unreadable_budget_is_an_error() {
    let server = RedisServer::start().await;
    let store = RedisStore::connect(server.url()).await.unwrap();
    let (limits, challenge) = ([Limit::new(3, Duration::from_secs(10 * 60))], new_id());
    let budget = Budget::Number([1; 32]);
    let reserve = || ReserveBudget::new(&budget, &challenge, &[1; 32], &limits, NO_TIME);
    for bad in [
        &["hset", "KEY", "v", "2"] as &[_],
        &["hdel", "KEY", "v"],
        &["hset", "KEY", "e:00:1", "garbage"],
        &["hset", "KEY", "e:00:1", "1|x|00"],
        &["set", "KEY", "garbage"],
        &["hset", "MEMORY", "v", "2"],
        &["hdel", "MEMORY", "v"],
        &["hset", "MEMORY", "done", "never"],
        &["hdel", "MEMORY", "done"],
        &["set", "MEMORY", "garbage"],
    ] {
        let remember_for = Duration::from_secs(60);
        let completed = BudgetChange::Complete { number: &[1; 32], keep_counted: true, remember_for };
        let _ = store.reserve_budget(reserve()).await.unwrap();
        store.settle_budget(&budget, completed, NO_TIME).await.unwrap();
        let [key, memory] = ["*:e", "*:d"].map(|keys| server.cli(&["keys", keys]));
        let bad = bad.iter().map(|word| match *word {
            "KEY" => &*key,
            "MEMORY" => &*memory,
            word => word,
        });
        server.cli(&bad.collect::<Vec<_>>());
        store.reserve_budget(reserve()).await.unwrap_err();
        store.exhausted_until(&budget, &limits, NO_TIME).await.unwrap_err();
        for change in [
            BudgetChange::Release { challenge: &challenge },
            BudgetChange::Complete { number: &[1; 32], keep_counted: true, remember_for: Duration::ZERO },
            BudgetChange::Forget,
        ] {
            store.settle_budget(&budget, change, NO_TIME).await.unwrap_err();
        }
        server.cli(&["del", &key, &memory]);
    }
}
