//! Clocks that differ from each other and from the server's, and clocks that go back.

use std::time::Duration;

use mfakit::{
    Channel, Clock, Code, Mfa, MfaStore, StartRequest, Subject, SystemClock, Timestamp,
    policy::Limit,
    store::{
        AttemptReservation, Binding, Budget, BudgetReservation, Challenge, ConsumeOutcome, GrantNonce,
        GrantRecord, Redeem, RedeemOutcome, ReserveAttempt, ReserveBudget, ReserveSend, SendReservation,
    },
    testing::{ManualClock, TestProvider},
};
use mfakit_sqlx::SqlStore;

use crate::{
    database::Database,
    guarded::{denial, pay},
    kit::{self, LOCKS, NUMBER, PROOF, TestUser, live_challenge, many_sends, new_id},
    stores::builder,
    workers::alice,
};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Time of a clock at this time of the machine.
type Shift = fn(Timestamp) -> Timestamp;

/// Clocks that differ by less than the five seconds that are tolerated, and by an hour.
const CLOCKS: [(&str, Shift); 4] = [
    ("in time", |now| now),
    ("four seconds behind", |now| now - Duration::from_secs(4)),
    ("an hour ahead", |now| now.plus(HOUR)),
    ("an hour behind", |now| now - HOUR),
];

/// Clock of the machine, shifted.
#[derive(Debug)]
struct Shifted(Shift);

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        self.0(SystemClock.now())
    }
}

/// Confirms a code at this instance.
async fn confirm(mfa: &Mfa, provider: &TestProvider, user: &Subject) {
    let started = mfa.start(user, StartRequest::new(pay(), Channel::Messaging)).await.unwrap();
    let code = Code::parse(&provider.last_code().unwrap()).unwrap();
    let _ = mfa.verify(user, &pay(), &started.id, &code).await.unwrap();
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_server_whose_clock_is_wrong_lets_nothing_pass_that_has_expired() {
    use crate::database::pool_of;

    let Database::Postgres { options, _server } = Database::postgres().await else { unreachable!() };
    let owner = pool_of(&options).await;
    for (name, by, is_near) in [
        ("in_time", "0 seconds", true),
        ("ahead_a_little", "3 seconds", true),
        ("behind_a_little", "-3 seconds", true),
        ("ahead", "1 hour", false),
        ("behind", "-1 hour", false),
    ] {
        // The session finds these functions before those of PostgreSQL.
        let function = |function: &str| {
            format!(
                "CREATE FUNCTION {name}.{function}() RETURNS timestamptz LANGUAGE sql VOLATILE AS \
                 $$ SELECT pg_catalog.{function}() + interval '{by}' $$"
            )
        };
        let functions = ["clock_timestamp", "transaction_timestamp"].map(function).join("; ");
        let schema = format!("CREATE SCHEMA {name}; {functions}");
        sqlx::raw_sql(sqlx::AssertSqlSafe(schema)).execute(&owner).await.unwrap();
        let shifted = options.clone().options([("search_path", format!("{name},pg_catalog,public"))]);
        let pool = pool_of(&shifted).await;
        // Separate tables, because each case sends to the same number.
        let prefix = format!("{name}_");
        builder(&owner).prefix(&prefix).migrate().await.unwrap();
        let store = builder(&pool).prefix(&prefix).connect().await.unwrap();
        let probe = store.probe(Timestamp::default()).await.unwrap();
        let (mfa, provider) = kit::engine(store);
        let user = Subject::bearer(name, "sid-1");
        confirm(&mfa, &provider, &user).await;
        assert_eq!(denial(&mfa, &user).await.is_none(), is_near, "{name}: {probe:?}");
    }
}

#[tokio::test]
async fn an_instance_whose_clock_is_wrong_lets_nothing_pass_that_others_would_not() {
    for database in Database::each().await {
        drop(builder(database.pool().await).migrate().await.unwrap());
        let mut instances = Vec::new();
        for (name, clock) in CLOCKS {
            let store = builder(database.pool().await).connect().await.unwrap();
            let (builder, provider) = kit::builder(store);
            let many = [Limit::new(1000, HOUR)];
            let policy = mfakit::Policy::default().sends_per_number(many).sends_per_block(many);
            instances.push((name, builder.policy(policy).clock(Shifted(clock)).build().unwrap(), provider));
        }
        for (at, (one, mfa, provider)) in instances.iter().enumerate() {
            // SQLite has no server with a clock, so all instances must use the clock of one machine.
            if database.is_sqlite() && one.contains("hour") {
                continue;
            }
            let user = Subject::bearer(format!("alice-{at}").as_str(), "sid-1");
            confirm(mfa, provider, &user).await;
            for (other, mfa, _) in &instances {
                let is_near = !other.contains("hour");
                let name = format!("{}: confirmed {one}, asked {other}", database.name());
                assert_eq!(denial(mfa, &user).await.is_none(), is_near, "{name}");
            }
        }
    }
}

#[tokio::test]
async fn a_clock_that_goes_back_frees_no_lock_no_budget_and_no_used_grant() {
    for database in Database::each().await {
        let clock = ManualClock::new();
        let store = builder(database.pool().await).migrate().await.unwrap();
        let store = store.danger_clock(clock.clone()).connect().await.unwrap();
        let noon = clock.now();
        let grant = grant(&store, &alice(), noon).await;
        assert_eq!(store.consume(alice().key(), &grant, noon).await.unwrap(), ConsumeOutcome::Consumed);
        let bob = TestUser::new("bob");
        lock(&store, &bob, noon).await;
        exhaust_budget(&store, noon).await;
        let carol = TestUser::new("carol");
        assert!(may_send(&store, &carol, noon).await);
        for back in [Duration::from_secs(1), HOUR, 48 * HOUR] {
            let earlier = noon - back;
            clock.set(earlier);
            let name = format!("{}, {back:?}", database.name());
            assert!(!may_attempt(&store, &bob, earlier).await, "{name}: the lock");
            assert!(!has_budget(&store, earlier).await, "{name}: the budget");
            assert!(!may_send(&store, &carol, earlier).await, "{name}: the cool-down");
            let used = store.consume(alice().key(), &grant, earlier).await.unwrap();
            assert_ne!(used, ConsumeOutcome::Consumed, "{name}: the grant");
        }
    }
}

async fn open(store: &SqlStore, user: &TestUser, challenge: &Challenge, now: Timestamp) {
    let rule = many_sends();
    let _ = store.reserve_send(ReserveSend::new(user.key(), &challenge.id, &rule, now)).await.unwrap();
    let _ = store.open_challenge(&user.id, challenge).await.unwrap();
}

async fn lock(store: &SqlStore, user: &TestUser, now: Timestamp) {
    let challenge = user.challenge(now).with_attempts(100, 0);
    open(store, user, &challenge, now).await;
    let (key, numbers, proofs) = (user.key(), &[NUMBER], &[PROOF]);
    for _ in 0..11 {
        let request = ReserveAttempt::new(key, &challenge.id, numbers, proofs, &LOCKS, now);
        let _ = store.reserve_attempt(request).await.unwrap();
    }
}

async fn grant(store: &SqlStore, user: &TestUser, now: Timestamp) -> GrantRecord {
    let challenge = user.challenge(now);
    open(store, user, &challenge, now).await;
    let (nonce, lifetime) = (GrantNonce::from_bytes([5; 32]), Duration::from_secs(10 * 60));
    let request = Redeem::new(user.key(), &challenge.id, Binding::Bearer, lifetime, &PROOF, &nonce, now);
    match store.redeem(request).await.unwrap() {
        RedeemOutcome::Granted(grant) => grant,
        RedeemOutcome::Over => panic!("the challenge is live"),
    }
}

async fn may_attempt(store: &SqlStore, user: &TestUser, now: Timestamp) -> bool {
    let challenge = user.challenge(now);
    let (key, numbers, proofs) = (user.key(), &[NUMBER], &[PROOF]);
    let state = store.user_state(&user.id, now).await.unwrap();
    let id = state.challenges.first().map_or(challenge.id, |live| live.id);
    let request = ReserveAttempt::new(key, &id, numbers, proofs, &LOCKS, now);
    matches!(store.reserve_attempt(request).await.unwrap(), AttemptReservation::Reserved { .. })
}

async fn exhaust_budget(store: &SqlStore, now: Timestamp) {
    for _ in 0..10 {
        assert!(has_budget(store, now).await);
    }
    assert!(!has_budget(store, now).await);
}

/// Returns whether one more send to the number was reserved.
async fn has_budget(store: &SqlStore, now: Timestamp) -> bool {
    let (budget, id, limits) = (Budget::Number(NUMBER), new_id(), [Limit::new(10, HOUR)]);
    let request = ReserveBudget::new(&budget, &id, &NUMBER, &limits, now);
    matches!(store.reserve_budget(request).await.unwrap(), BudgetReservation::Reserved { .. })
}

async fn may_send(store: &SqlStore, user: &TestUser, now: Timestamp) -> bool {
    let rule = mfakit::store::SendRule { cool_down: vec![Duration::from_secs(30)], ..many_sends() };
    let sent = store.reserve_send(ReserveSend::new(user.key(), &new_id(), &rule, now)).await.unwrap();
    matches!(sent, SendReservation::Reserved { .. })
}

/// A manual clock stands still, which must not keep writes from taking effect.
#[tokio::test]
async fn a_manual_clock_decides_on_expiry_and_not_on_whether_a_write_is_in_time() {
    for database in Database::each().await {
        for clock in [Timestamp::from_millis(0), Timestamp::from_millis(u64::MAX / 4)] {
            let manual = ManualClock::new();
            manual.set(clock);
            let store = builder(database.pool().await).migrate().await.unwrap();
            let store = store.danger_clock(manual).connect().await.unwrap();
            let user = TestUser::new("alice");
            let challenge = live_challenge(&store, &user).await;
            assert!(kit::attempt(&store, &user, &challenge.id).await.is_ok(), "{}", database.name());
        }
    }
}
