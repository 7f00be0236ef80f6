//! Instances of this release and of the one before on one Redis, while an upgrade rolls out or is rolled back.

use mfakit::{
    MfaStore,
    store::{AttemptReservation, ConsumeOutcome, GrantRecord, RedeemOutcome, RepeatLookup, Revocation},
};
use mfakit_redis::RedisStore;

use crate::{
    kit::{
        NO_TIME, TestUser, attempt, find_repeat, granted, kept, live_challenge, many_sends, new_id, redeem,
        reserve_send,
    },
    release_before::{ReleaseBefore, alice_key, is_grant, is_place},
    server::RedisServer,
};

async fn upgraded() -> (RedisServer, RedisStore) {
    let server = RedisServer::start().await;
    let store = RedisStore::connect(server.url()).await.unwrap();
    (server, store)
}

/// User with a bound challenge and a bound grant, in one session and scope.
struct Bound {
    with_challenge: TestUser,
    challenge: mfakit::store::Challenge,
    with_grant: TestUser,
    spent: mfakit::ChallengeId,
    grant: GrantRecord,
}

impl Bound {
    async fn new(store: &RedisStore, alice: &TestUser) -> Self {
        let (with_challenge, with_grant) =
            (kept(store, alice, "first").await, kept(store, alice, "second").await);
        let spent = live_challenge(store, &with_grant).await.id;
        let RedeemOutcome::Granted(grant) = redeem(store, &with_grant, &spent).await.unwrap() else {
            panic!("the challenge is live")
        };
        let challenge = live_challenge(store, &with_challenge).await;
        Self { with_challenge, challenge, with_grant, spent, grant }
    }

    /// Confirms and consumes everything, on this release.
    async fn works(&self, store: &RedisStore) {
        let again = attempt(store, &self.with_grant, &self.spent).await.unwrap();
        assert!(matches!(again, AttemptReservation::Repeated(_)), "{again:?}");
        let tried = attempt(store, &self.with_challenge, &self.challenge.id).await.unwrap();
        assert!(matches!(tried, AttemptReservation::Reserved { .. }), "{tried:?}");
        let redeemed = redeem(store, &self.with_challenge, &self.challenge.id).await.unwrap();
        let RedeemOutcome::Granted(grant) = redeemed else { panic!("{redeemed:?}") };
        assert_eq!(grant.approval, self.with_challenge.approval);
        for (user, grant) in [(&self.with_challenge, &grant), (&self.with_grant, &self.grant)] {
            assert_eq!(store.grant(user.key()).await.unwrap().as_ref(), Some(grant));
            assert_eq!(store.consume(user.key(), grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
            assert_eq!(store.consume(user.key(), grant, NO_TIME).await.unwrap(), ConsumeOutcome::Gone);
        }
    }
}

#[tokio::test]
async fn records_of_the_release_before_are_unbound() {
    let (server, store) = upgraded().await;
    let (before, alice) = (ReleaseBefore(&server), TestUser::new("alice"));
    // A send that it reserved, a challenge that it opened, and a grant that it made.
    let reserved = alice.challenge(NO_TIME);
    assert_eq!(before.reserve_send(&alice, &reserved.id)[0], "reserved");
    let opened = store.open_challenge(&alice.id, &reserved).await.unwrap();
    assert_eq!(opened, mfakit::store::OpenOutcome::Opened);
    let challenge = before.live_challenge(&alice);
    let tried = attempt(&store, &alice, &challenge.id).await.unwrap();
    let AttemptReservation::Reserved { challenge: read, .. } = tried else { panic!("{tried:?}") };
    assert_eq!((read.approval, &*read.last_two, read.attempts_used), (None, "34", 1));
    assert_eq!(before.redeem(&alice, &challenge.id)[0], "granted");
    let again = attempt(&store, &alice, &challenge.id).await.unwrap();
    let AttemptReservation::Repeated(repeat) = again else { panic!("{again:?}") };
    assert_eq!((repeat.challenge.approval, repeat.grant.approval), (None, None));
    let found = find_repeat(&store, &alice, &challenge.id).await.unwrap();
    assert!(matches!(found, RepeatLookup::Found(_)), "{found:?}");

    let grant = store.grant(alice.key()).await.unwrap().unwrap();
    assert_eq!(grant.approval, None);
    assert!(store.bound_grants(alice.key()).await.unwrap().is_empty());
    let state = store.user_state(&alice.id, NO_TIME).await.unwrap();
    assert_eq!((state.grants.len(), state.actions.len()), (1, 0));
    // An approval finds nothing of it.
    let bound = kept(&store, &alice, "first").await;
    assert_eq!(store.grant(bound.key()).await.unwrap(), None);
    assert_eq!(store.consume(bound.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Gone);
    let tried = attempt(&store, &bound, &challenge.id).await.unwrap();
    assert!(matches!(tried, AttemptReservation::Over), "{tried:?}");
    assert_eq!(store.consume(alice.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
}

#[tokio::test]
async fn the_release_before_reads_unbound_records_of_this_one() {
    let (server, store) = upgraded().await;
    let (before, alice) = (ReleaseBefore(&server), TestUser::new("alice"));
    let reserved = new_id();
    let _ = reserve_send(&store, &alice, &reserved, &many_sends()).await.unwrap();
    assert_eq!(before.open_challenge(&alice, &reserved), ["opened"]);
    let challenge = live_challenge(&store, &alice).await;
    assert_eq!(before.attempt(&alice, &challenge.id)[0], "reserved");
    let _ = redeem(&store, &alice, &challenge.id).await.unwrap();
    assert_eq!(before.attempt(&alice, &challenge.id)[0], "repeated");
    assert!(before.user_state().is_some());
    let record = before.grant(&alice).unwrap();
    assert!(is_grant(&record), "{record}");
    assert_eq!(before.consume(&alice, &record)[0], "consumed");
    assert_eq!(store.grant(alice.key()).await.unwrap(), None);
}

#[tokio::test]
async fn no_bound_record_is_an_unbound_one_to_the_release_before() {
    let (server, store) = upgraded().await;
    let (before, alice) = (ReleaseBefore(&server), TestUser::new("alice"));
    let bound = Bound::new(&store, &alice).await;
    assert_eq!(before.grant(&alice), None, "no guarded request passes");
    for challenge in [&bound.challenge.id, &bound.spent] {
        assert_eq!(before.attempt(&alice, challenge), ["over"]);
        assert_eq!(before.redeem(&alice, challenge), ["over"]);
        assert_eq!(before.find_repeat(&alice, challenge), ["nothing"]);
    }
    assert_eq!(before.grant(&alice), None);
    // Its readers reject the records, so its page and its administrator get an error.
    let (places, grants) = (server.cli(&["hkeys", &alice_key("g")]), server.cli(&["hvals", &alice_key("g")]));
    assert!(places.starts_with('~') && !is_place(&places), "{places}");
    assert!(grants.starts_with("2|") && !is_grant(&grants), "{grants}");
    assert_eq!(before.user_state(), None);
    assert_eq!(before.consume(&alice, &grants)[0], "gone");
    bound.works(&store).await;
    assert!(before.user_state().is_some(), "nothing is left that it rejects");
}

#[tokio::test]
async fn the_release_before_serves_the_other_scopes_of_a_user_with_bound_records() {
    let (server, store) = upgraded().await;
    let (before, alice) = (ReleaseBefore(&server), TestUser::new("alice"));
    let bound = Bound::new(&store, &alice).await;
    let released = new_id();
    assert_eq!(before.reserve_send(&alice, &released)[0], "reserved");
    let _ = before.release_send(&released);
    let challenge = before.live_challenge(&alice);
    assert_eq!(before.attempt(&alice, &challenge.id)[0], "reserved");
    let _ = before.release_attempt(&alice, &challenge.id);
    assert_eq!(before.attempt(&alice, &challenge.id)[0], "reserved");
    assert_eq!(before.redeem(&alice, &challenge.id)[0], "granted");
    assert_eq!(before.attempt(&alice, &challenge.id)[0], "repeated");
    let _ = before.unlock();
    let record = before.grant(&alice).unwrap();
    assert_eq!(before.consume(&alice, &record)[0], "consumed");
    bound.works(&store).await;
}

#[tokio::test]
async fn a_revocation_on_the_release_before_ends_bound_grants_and_challenges() {
    for kind in 0..4 {
        let (server, store) = upgraded().await;
        let (before, alice) = (ReleaseBefore(&server), TestUser::new("alice"));
        let bound = Bound::new(&store, &alice).await;
        let in_flight = new_id();
        let _ = reserve_send(&store, &bound.with_grant, &in_flight, &many_sends()).await.unwrap();
        let what = match kind {
            0 => Revocation::User,
            1 => Revocation::Login(alice.login),
            2 => Revocation::Scope(alice.scope),
            _ => Revocation::Elevation(alice.login, alice.scope),
        };
        assert_eq!(before.revoke(what), ["1"], "{what:?}");
        assert!(store.bound_grants(alice.key()).await.unwrap().is_empty(), "{what:?}");
        let consumed = store.consume(bound.with_grant.key(), &bound.grant, NO_TIME).await.unwrap();
        assert_eq!(consumed, ConsumeOutcome::Gone, "{what:?}");
        for (user, id) in [(&bound.with_challenge, &bound.challenge.id), (&bound.with_grant, &bound.spent)] {
            let tried = attempt(&store, user, id).await.unwrap();
            assert!(matches!(tried, AttemptReservation::Over), "{what:?}: {tried:?}");
            let redeemed = redeem(&store, user, id).await.unwrap();
            assert!(matches!(redeemed, RedeemOutcome::Over), "{what:?}: {redeemed:?}");
        }
        let mut late = bound.with_grant.challenge(NO_TIME);
        late.id = in_flight;
        let opened = store.open_challenge(&alice.id, &late).await.unwrap();
        assert_eq!(opened, mfakit::store::OpenOutcome::Over, "{what:?}");
        // What is left needs a new code.
        let _ = granted(&store, &bound.with_grant).await;
    }
}

#[tokio::test]
async fn a_rollback_leaves_nothing_that_lasts() {
    let (server, store) = upgraded().await;
    let (before, alice) = (ReleaseBefore(&server), TestUser::new("alice"));
    let _ = Bound::new(&store, &alice).await;
    for suffix in ["u", "g", "x", "a"] {
        let ttl: u64 = server.cli(&["pttl", &alice_key(suffix)]).parse().unwrap();
        // The longest of them counts a send for a day, and the key lasts for an hour more.
        let hours = if suffix == "u" { 25 } else { 2 };
        assert!(ttl <= hours * 3_600_000, "{suffix}: {ttl}");
    }
    // A key that ends leaves no record that the release before rejects.
    server.cli(&["del", &alice_key("g"), &alice_key("a"), &alice_key("x")]);
    let fields = server.cli(&["hkeys", &alice_key("u")]);
    let place = fields.lines().find_map(|field| field.strip_prefix("c:")).unwrap().to_owned();
    let record = server.cli(&["hget", &alice_key("u"), &format!("c:{place}")]);
    let parts: Vec<_> = record.splitn(7, '|').collect();
    let expired = [&parts[..4], &["1", "2"], &parts[6..]].concat().join("|");
    server.cli(&["hset", &alice_key("u"), &format!("c:{place}"), &expired]);
    assert!(before.user_state().is_some(), "a challenge that has expired is not read");
    let _ = before.unlock();
    let fields = server.cli(&["hkeys", &alice_key("u")]);
    assert!(!fields.contains('~'), "each write sweeps it: {fields}");
}
