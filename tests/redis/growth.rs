//! Bounds of the keys: their number of fields, their lifetime, and what a full server still accepts.

use std::{collections::BTreeMap, time::Duration};

use mfakit::{
    ChallengeId, Code, LoginId, MfaStore, Policy, Scope, Subject, VerifyError,
    policy::Limit,
    store::{
        AttemptReservation, Budget, BudgetChange, ConsumeOutcome, FindRepeat, RedeemOutcome, ReleaseAttempt,
        RepeatLookup, ReserveBudget, Revocation,
    },
    testing::ManualClock,
};
use mfakit_redis::RedisStore;

use crate::{
    kit::{LOCKS, NO_TIME, PROOF, TestUser, live_challenge, many_sends, new_id, redeem, reserve_send},
    leftovers::{complete, instance, start_as},
    server::RedisServer,
};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the fields of the one key that matches.
fn fields(server: &RedisServer, pattern: &str) -> Vec<String> {
    let key = server.cli(&["keys", pattern]);
    let mut fields: Vec<_> = server.cli(&["hkeys", &key]).lines().map(str::to_owned).collect();
    fields.sort();
    fields
}

fn time_to_live(server: &RedisServer, pattern: &str) -> Duration {
    let key = server.cli(&["keys", pattern]);
    Duration::from_millis(server.cli(&["pttl", &key]).parse().unwrap())
}

#[tokio::test]
async fn a_user_who_does_all_that_is_allowed_has_small_keys() {
    let (server, clock) = (RedisServer::start().await, ManualClock::new());
    let policy = Policy::default().sends_per_number([Limit::new(1000, DAY)]);
    let (mfa, provider) = instance(&server, &clock, policy, &[1]).await;
    let pay = Scope::new("pay").unwrap();
    let mut most: BTreeMap<String, usize> = BTreeMap::new();
    let (mut sent, mut network) = (0, 0);
    for _ in 0..300 {
        clock.advance(Duration::from_secs(3 * 60));
        network += 1;
        // Each start is made in a new session, from a new network.
        let subject = Subject::cookie("alice@+19195551234", LoginId::random());
        let Ok(live) = start_as(&mfa, &subject, network).await else { continue };
        sent += 1;
        let right = provider.last_code().unwrap();
        let wrong = Code::parse(if right == "000000" { "000001" } else { "000000" }).unwrap();
        let rejected = mfa.verify(&subject, &pay, &live.id, &wrong).await;
        assert!(matches!(rejected, Err(VerifyError::WrongCode { .. })), "{rejected:?}");
        if sent % 3 == 0 {
            let _ = mfa.verify(&subject, &pay, &live.id, &Code::parse(&right).unwrap()).await.unwrap();
        }
        for kind in ["u", "g", "x"] {
            let count =
                fields(&server, &format!("*:{kind}")).iter().filter(|field| !field.is_empty()).count();
            let most = most.entry(kind.to_owned()).or_default();
            *most = count.max(*most);
        }
    }
    assert!(sent > 60, "{sent}");
    // Five sends an hour. A challenge and a spent one last for five minutes, a grant for ten.
    assert!(most["u"] <= 2 + 5 + 2 * 3 && most["g"] <= 4 && most["x"] <= 2, "{most:?}");
    // The addresses are as many as the sends that were counted, and each count has its own lifetime.
    let keys = server.cli(&["keys", "*"]);
    assert!(keys.lines().count() <= 3 + 2 + 1 + sent, "{keys}");
}

#[tokio::test]
async fn a_write_deletes_what_no_longer_counts() {
    let (server, clock) = (RedisServer::start().await, ManualClock::new());
    let (mfa, provider) = instance(&server, &clock, Policy::default(), &[1]).await;
    let (pay, alice) = (Scope::new("pay").unwrap(), Subject::cookie("alice@+19195551234", LoginId::random()));
    let live = start_as(&mfa, &alice, 1).await.unwrap();
    let wrong = if provider.last_code().unwrap() == "000000" { "000001" } else { "000000" };
    let _ = mfa.verify(&alice, &pay, &live.id, &Code::parse(wrong).unwrap()).await.unwrap_err();
    // The count of failures is kept for weeks, and the send for an hour.
    assert!(fields(&server, "*:u").iter().any(|field| field.starts_with("s:")));
    assert!(time_to_live(&server, "*:u") > 29 * DAY);
    clock.advance(2 * HOUR);
    mfa.unlock(alice.user()).await.unwrap();
    assert_eq!(fields(&server, "*:u"), ["failures", "v"]);
    assert!(time_to_live(&server, "*:u") <= HOUR);
}

#[tokio::test]
async fn a_completed_number_is_remembered_in_a_small_key_of_its_own() {
    let (server, clock) = (RedisServer::start().await, ManualClock::new());
    let (mfa, provider) = instance(&server, &clock, Policy::default(), &[1]).await;
    complete(&mfa, &provider, "alice@+19195551234", 1).await;
    assert_eq!(fields(&server, "*:{n*:d"), ["done", "v"]);
    let remembered = time_to_live(&server, "*:{n*:d");
    assert!(remembered > 90 * DAY && remembered <= 90 * DAY + HOUR, "{remembered:?}");
    // The send to the number stays counted for a day.
    assert_eq!(fields(&server, "*:{n*:e").len(), 2);
    let counted = time_to_live(&server, "*:{n*:e");
    assert!(counted > DAY && counted <= DAY + HOUR, "{counted:?}");
    let key = server.cli(&["keys", "*:{n*:d"]);
    let bytes: u32 = server.cli(&["memory", "usage", &key]).parse().unwrap();
    assert!(bytes <= 200, "{bytes}");
    for pattern in ["*:{n*:d", "*:{n*:e"] {
        let key = server.cli(&["keys", pattern]);
        assert_eq!(server.cli(&["object", "encoding", &key]), "listpack", "{pattern}");
    }
}

/// Reserves three attempts. Returns their numbers, and the era of the failures that count them.
async fn attempts_in_flight(store: &RedisStore, user: &TestUser, challenge: &ChallengeId) -> ([u32; 3], u64) {
    let (mut attempts, mut counted_in) = ([0; 3], 0);
    for number in &mut attempts {
        match crate::kit::attempt(store, user, challenge).await.unwrap() {
            AttemptReservation::Reserved { attempt, era, .. } => {
                (*number, counted_in) = (attempt, era);
            }
            other => panic!("{other:?}"),
        }
    }
    (attempts, counted_in)
}

#[tokio::test]
async fn a_full_server_accepts_no_new_record_and_every_end_of_one() {
    let server = RedisServer::start().await;
    let store = RedisStore::connect(server.url()).await.unwrap();
    let (alice, bob, carol) = (TestUser::new("alice"), TestUser::new("bob"), TestUser::new("carol"));
    let (mut grants, mut challenges) = (Vec::new(), Vec::new());
    for user in [&alice, &bob] {
        let challenge = live_challenge(&store, user).await;
        let RedeemOutcome::Granted(grant) = redeem(&store, user, &challenge.id).await.unwrap() else {
            panic!()
        };
        grants.push(grant);
        challenges.push(challenge.id);
    }
    let live = live_challenge(&store, &carol).await;
    let (attempts, era) = attempts_in_flight(&store, &carol, &live.id).await;
    let (reserved, budget, limits) = (new_id(), Budget::Block([1; 32]), [Limit::new(9, HOUR)]);
    let _ = reserve_send(&store, &carol, &reserved, &many_sends()).await.unwrap();
    let event = ReserveBudget::new(&budget, &reserved, &[2; 32], &limits, NO_TIME);
    let _ = store.reserve_budget(event).await.unwrap();
    let number = Budget::Number([4; 32]);
    let complete = BudgetChange::Complete { number: &[2; 32], keep_counted: true, remember_for: HOUR };
    store.settle_budget(&number, complete, NO_TIME).await.unwrap();
    assert_eq!(server.cli(&["config", "set", "maxmemory", "1"]), "OK");

    reserve_send(&store, &alice, &new_id(), &many_sends()).await.unwrap_err();
    store.reserve_budget(event).await.unwrap_err();
    crate::kit::attempt(&store, &carol, &live.id).await.unwrap_err();
    redeem(&store, &carol, &live.id).await.unwrap_err();

    let [first, second, third] = attempts;
    let release = |attempt| ReleaseAttempt::new(carol.key(), &live.id, attempt, era, &LOCKS, NO_TIME);
    store.release_attempt(release(first).unsent()).await.unwrap();
    store.release_attempt(release(second)).await.unwrap();
    assert_eq!(store.user_state(&carol.id, NO_TIME).await.unwrap().failures, 1);
    let proofs = [PROOF];
    let repeat = FindRepeat::new(carol.key(), &live.id, third, &proofs, NO_TIME);
    assert!(matches!(store.find_repeat(repeat).await.unwrap(), RepeatLookup::Pending));
    let found = crate::kit::find_repeat(&store, &alice, &challenges[0]).await.unwrap();
    assert!(matches!(found, RepeatLookup::Found(_)), "{found:?}");
    store.unlock(&carol.id).await.unwrap();
    assert_eq!(store.user_state(&carol.id, NO_TIME).await.unwrap().failures, 0);
    store.settle_budget(&number, BudgetChange::Forget, NO_TIME).await.unwrap();
    assert_eq!(store.grant(alice.key()).await.unwrap().as_ref(), Some(&grants[0]));
    assert_eq!(store.consume(alice.key(), &grants[0], NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    store.revoke(&bob.id, Revocation::User).await.unwrap();
    assert_eq!(store.grant(bob.key()).await.unwrap(), None);
    store.release_send(&carol.id, &reserved).await.unwrap();
    let released = BudgetChange::Release { challenge: &reserved };
    store.settle_budget(&budget, released, NO_TIME).await.unwrap();
    store.revoke(&carol.id, Revocation::User).await.unwrap();
    assert_eq!(server.cli(&["config", "set", "maxmemory", "0"]), "OK");
    assert!(store.user_state(&carol.id, NO_TIME).await.unwrap().challenges.is_empty());
}
