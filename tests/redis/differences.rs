//! Bound actions on Redis and in memory: the same answers, for random sequences of operations.

use std::time::Duration;

use mfakit::{
    ChallengeId, MemoryStore, MfaStore, Timestamp,
    policy::Limit,
    store::{
        AttemptReservation, Binding, Challenge, CodeProof, FindRepeat, GrantNonce, GrantRecord, KeptAction,
        LockRule, Redeem, RedeemOutcome, ReleaseAttempt, RepeatLookup, ReserveAttempt, ReserveSend,
        Revocation, SendReservation, SendRule, UserState,
    },
    testing::ManualClock,
};
use mfakit_redis::RedisStore;
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, FileFailurePersistence, TestRunner},
};

use crate::{
    kit::{LOCKS, NUMBER, TestUser, keep},
    server::RedisServer,
};

/// Operation on behalf of one of three sessions and scopes of one user. Numbers wrap.
#[derive(Clone, Debug)]
enum Operation {
    Pass(u32),
    /// Keeps the action with this number for a session and scope.
    Keep {
        at: usize,
        action: u8,
        minutes: u8,
    },
    /// Reserves a send for the nth action that was kept, or for none, and opens its challenge or leaves it in flight.
    Send {
        of: usize,
        opens: bool,
    },
    Open(usize),
    ReleaseSend(usize),
    Attempt {
        of: usize,
        challenge: usize,
        right: bool,
    },
    ReleaseAttempt(usize),
    Redeem {
        of: usize,
        challenge: usize,
        minutes: u8,
    },
    FindRepeat(usize),
    Consume {
        of: usize,
        grant: usize,
    },
    Revoke {
        kind: u8,
        at: usize,
    },
}

fn operation() -> impl Strategy<Value = Operation> {
    let nth = 0..6_usize;
    prop_oneof![
        4 => prop_oneof![1..60_000_u32, 60_000..600_000_u32].prop_map(Operation::Pass),
        6 => (nth.clone(), 0..5_u8, 0..7_u8)
            .prop_map(|(at, action, minutes)| Operation::Keep { at, action, minutes }),
        7 => (nth.clone(), prop_oneof![3 => Just(true), 1 => Just(false)])
            .prop_map(|(of, opens)| Operation::Send { of, opens }),
        2 => nth.clone().prop_map(Operation::Open),
        1 => nth.clone().prop_map(Operation::ReleaseSend),
        5 => (nth.clone(), nth.clone(), any::<bool>())
            .prop_map(|(of, challenge, right)| Operation::Attempt { of, challenge, right }),
        1 => nth.clone().prop_map(Operation::ReleaseAttempt),
        6 => (nth.clone(), nth.clone(), 0..12_u8)
            .prop_map(|(of, challenge, minutes)| Operation::Redeem { of, challenge, minutes }),
        2 => nth.clone().prop_map(Operation::FindRepeat),
        4 => (nth.clone(), nth.clone()).prop_map(|(of, grant)| Operation::Consume { of, grant }),
        1 => (0..4_u8, nth).prop_map(|(kind, at)| Operation::Revoke { kind, at }),
    ]
}

#[test]
fn bound_actions_on_redis_are_those_in_memory() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(RedisServer::start());
    let mut runner = TestRunner::new(Config {
        cases: 192,
        max_shrink_iters: 2_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::Off)),
        ..Config::default()
    });
    let compared = runner.run(&vec(operation(), 1..60), |operations| {
        runtime.block_on(compare(&server, &operations)).map_err(TestCaseError::fail)
    });
    compared.unwrap_or_else(|failure| panic!("{failure}"));
}

async fn compare(server: &RedisServer, operations: &[Operation]) -> Result<(), String> {
    server.cli(&["flushall"]);
    let clock = ManualClock::new();
    let redis = RedisStore::builder(server.url()).danger_clock(clock.clone()).connect().await.unwrap();
    let mut world = World::new(clock);
    let memory = MemoryStore::new();
    for (at, operation) in operations.iter().enumerate() {
        let call = world.next(operation);
        let (expected, actual) = (world.call(&memory, &call).await, world.call(&redis, &call).await);
        let (before, after) = (world.state(&memory).await, world.state(&redis).await);
        if (&expected, &before) != (&actual, &after) {
            return Err(format!("{at}: {operation:?}\n{expected}\n{actual}\n{before}\n{after}"));
        }
        world.note(&call, &memory).await;
    }
    Ok(())
}

/// What the operations refer to.
struct World {
    clock: ManualClock,
    users: [TestUser; 3],
    /// Users with an approval, and those without one.
    approving: Vec<TestUser>,
    sends: Vec<(TestUser, ChallengeId)>,
    grants: Vec<(TestUser, GrantRecord)>,
    next_id: u8,
}

/// Operation with everything that it needs, so that both stores get the same.
enum Call {
    Nothing,
    Keep(TestUser, Box<KeptAction>),
    Send { user: TestUser, id: ChallengeId, opens: bool },
    Open(Box<Challenge>),
    ReleaseSend(ChallengeId),
    Attempt { user: TestUser, challenge: ChallengeId, proof: CodeProof },
    ReleaseAttempt(TestUser, ChallengeId),
    Redeem { user: TestUser, challenge: ChallengeId, lifetime: Duration },
    FindRepeat(TestUser, ChallengeId),
    Consume(TestUser, Box<GrantRecord>),
    Revoke(Revocation),
}

impl World {
    fn new(clock: ManualClock) -> Self {
        let alice = TestUser::new("alice");
        let elsewhere = TestUser::new("alice");
        let other_scope = TestUser { scope: mfakit::Scope::new("pay.x").unwrap(), ..alice.clone() };
        let users = [alice, elsewhere, other_scope];
        Self { clock, approving: users.to_vec(), users, sends: Vec::new(), grants: Vec::new(), next_id: 0 }
    }

    fn now(&self) -> Timestamp {
        mfakit::Clock::now(&self.clock)
    }

    fn challenge(&self, (user, id): &(TestUser, ChallengeId)) -> Box<Challenge> {
        let mut challenge = user.challenge(self.now());
        challenge.id = *id;
        Box::new(challenge)
    }

    fn next(&mut self, operation: &Operation) -> Call {
        let minutes = |minutes: u8| Duration::from_secs(60 * u64::from(minutes));
        match *operation {
            Operation::Pass(millis) => {
                self.clock.advance(Duration::from_millis(millis.into()));
                Call::Nothing
            }
            Operation::Keep { at, action, minutes: of } => {
                let user = self.users[at % 3].clone();
                let now = self.now();
                let action = user.action(&action.to_string(), now).with_times(now, now.plus(minutes(of)));
                self.approving.push(user.approving(action.approval));
                Call::Keep(user, Box::new(action))
            }
            Operation::Send { of, opens } => {
                self.next_id = self.next_id.wrapping_add(1);
                let (user, id) = (newest(&self.approving, of), ChallengeId::from_bytes([self.next_id; 32]));
                let Some(user) = user else { return Call::Nothing };
                self.sends.push((user.clone(), id));
                Call::Send { user, id, opens }
            }
            Operation::Open(of) => {
                newest(&self.sends, of).map_or(Call::Nothing, |send| Call::Open(self.challenge(&send)))
            }
            Operation::ReleaseSend(of) => {
                newest(&self.sends, of).map_or(Call::Nothing, |(_, id)| Call::ReleaseSend(id))
            }
            Operation::Attempt { of, challenge, right } => {
                self.owner(of, challenge).map_or(Call::Nothing, |(user, challenge)| {
                    let proof = CodeProof::from_bytes(if right { [4; 32] } else { [9; 32] });
                    Call::Attempt { user, challenge, proof }
                })
            }
            Operation::ReleaseAttempt(of) => {
                newest(&self.sends, of).map_or(Call::Nothing, |(user, id)| Call::ReleaseAttempt(user, id))
            }
            Operation::Redeem { of, challenge, minutes: lifetime } => {
                self.owner(of, challenge).map_or(Call::Nothing, |(user, challenge)| Call::Redeem {
                    user,
                    challenge,
                    lifetime: minutes(lifetime),
                })
            }
            Operation::FindRepeat(of) => {
                newest(&self.sends, of).map_or(Call::Nothing, |(user, id)| Call::FindRepeat(user, id))
            }
            Operation::Consume { of, grant } => {
                let Some((owner, grant)) = newest(&self.grants, grant) else { return Call::Nothing };
                if self.now() >= grant.expires_at {
                    // It may have been swept, or not.
                    return Call::Nothing;
                }
                let user = if of < 4 { Some(owner) } else { newest(&self.approving, of) };
                user.map_or(Call::Nothing, |user| Call::Consume(user, Box::new(grant)))
            }
            Operation::Revoke { kind, at } => {
                let TestUser { login, scope, .. } = self.users[at % 3];
                Call::Revoke(match kind {
                    0 => Revocation::User,
                    1 => Revocation::Login(login),
                    2 => Revocation::Scope(scope),
                    _ => Revocation::Elevation(login, scope),
                })
            }
        }
    }

    /// Returns a challenge with its owner, or now and then with another one.
    fn owner(&self, of: usize, challenge: usize) -> Option<(TestUser, ChallengeId)> {
        let (owner, id) = newest(&self.sends, challenge)?;
        let user = if of < 5 { owner } else { newest(&self.approving, of)? };
        Some((user, id))
    }

    /// Calls a verb, and describes the answer without the numbers that each store counts for itself.
    async fn call(&self, store: &impl MfaStore, call: &Call) -> String {
        let now = self.now();
        match call {
            Call::Nothing => String::new(),
            Call::Keep(user, action) => format!("{:?}", keep(store, user, action).await.unwrap()),
            Call::Send { user, id, opens } => {
                let rule = sends();
                let request = ReserveSend::new(user.key(), id, &rule, now);
                let reserved = store.reserve_send(request).await.unwrap();
                if !matches!(reserved, SendReservation::Reserved { .. }) || !opens {
                    return format!("{reserved:?}");
                }
                let opened = store.open_challenge(&user.id, &self.challenge(&(user.clone(), *id))).await;
                format!("{reserved:?} {:?}", opened.unwrap())
            }
            Call::Open(challenge) => {
                format!("{:?}", store.open_challenge(&self.users[0].id, challenge).await.unwrap())
            }
            Call::ReleaseSend(id) => {
                format!("{:?}", store.release_send(&self.users[0].id, id).await.unwrap())
            }
            Call::Attempt { user, challenge, proof } => {
                let (numbers, proofs, rule) = (&[NUMBER], &[*proof], &locks());
                let request = ReserveAttempt::new(user.key(), challenge, numbers, proofs, rule, now);
                match store.reserve_attempt(request).await.unwrap() {
                    AttemptReservation::Reserved { challenge, failures, lock, .. } => {
                        format!("Reserved {challenge:?} {failures} {lock:?}")
                    }
                    other => format!("{other:?}"),
                }
            }
            Call::ReleaseAttempt(user, id) => {
                // No attempt has this number, and no failures have this era.
                let request = ReleaseAttempt::new(user.key(), id, 1000, 1000, &LOCKS, now).unsent();
                format!("{:?}", store.release_attempt(request).await.unwrap())
            }
            Call::Redeem { user, challenge, lifetime } => {
                format!("{:?}", self.redeem(store, user, challenge, *lifetime).await)
            }
            Call::FindRepeat(user, id) => {
                let proofs = &[CodeProof::from_bytes([4; 32])];
                let request = FindRepeat::new(user.key(), id, 1000, proofs, now);
                match store.find_repeat(request).await.unwrap() {
                    // The number of the attempt is each store's own, so it settles none here.
                    RepeatLookup::Pending => "Pending".to_owned(),
                    other => format!("{other:?}"),
                }
            }
            Call::Consume(user, grant) => format!("{:?}", store.consume(user.key(), grant).await.unwrap()),
            Call::Revoke(what) => format!("{:?}", store.revoke(&self.users[0].id, *what).await.unwrap()),
        }
    }

    async fn redeem(
        &self,
        store: &impl MfaStore,
        user: &TestUser,
        challenge: &ChallengeId,
        lifetime: Duration,
    ) -> RedeemOutcome {
        let (proof, nonce) = (&CodeProof::from_bytes([4; 32]), &GrantNonce::from_bytes([5; 32]));
        let request = Redeem::new(user.key(), challenge, Binding::Bearer, lifetime, proof, nonce, self.now());
        store.redeem(request).await.unwrap()
    }

    /// Describes everything that a store returns without a change, in an order of its own.
    async fn state(&self, store: &impl MfaStore) -> String {
        let now = self.now();
        let UserState { failures, lock, resend_at, challenges, grants, actions, .. } =
            store.user_state(&self.users[0].id, now).await.unwrap();
        let mut lines = vec![format!("{failures} {lock:?} {resend_at:?}")];
        lines.extend(challenges.iter().map(|challenge| format!("{challenge:?}")));
        lines.extend(grants.iter().map(|grant| format!("{grant:?}")));
        lines.extend(actions.iter().map(|action| format!("{action:?}")));
        for user in &self.users {
            let actions = store.actions(user.key(), now).await.unwrap();
            lines.extend(actions.iter().map(|action| format!("at {action:?}")));
            let bound = store.bound_grants(user.key()).await.unwrap();
            let live = bound.iter().filter(|grant| now < grant.expires_at);
            lines.extend(live.map(|grant| format!("bound at {:?} {grant:?}", user.scope)));
        }
        for user in &self.approving {
            let grant = store.grant(user.key()).await.unwrap().filter(|grant| now < grant.expires_at);
            lines.extend(grant.map(|grant| format!("of {:?} {grant:?}", user.approval)));
            if user.approval.is_some() {
                let actions = store.actions(user.key(), now).await.unwrap();
                lines.extend(actions.iter().map(|action| format!("of {action:?}")));
            }
        }
        lines.sort();
        lines.join("\n")
    }

    /// Notes the grants that are there now.
    async fn note(&mut self, call: &Call, store: &impl MfaStore) {
        if let Call::Redeem { user, .. } = call
            && let Some(grant) = store.grant(user.key()).await.unwrap()
        {
            self.grants.push((user.clone(), grant));
        }
    }
}

/// Returns the nth newest, counted from the end. Wraps.
fn newest<T: Clone>(items: &[T], nth: usize) -> Option<T> {
    let age = nth.checked_rem(items.len())?;
    items.get(items.len() - 1 - age).cloned()
}

/// Few sends within a minute, so that some are too soon. Each is kept for long, because memory and Redis sweep at different
/// times.
fn sends() -> SendRule {
    let long = Limit::new(1000, Duration::from_secs(30 * 24 * 60 * 60));
    let per_user = vec![Limit::new(4, Duration::from_secs(60)), long];
    SendRule { cool_down: Vec::new(), per_login_and_scope: Vec::new(), per_user }
}

fn locks() -> LockRule {
    LockRule { lock_after: 4, lock_for: Duration::from_secs(60), ..LOCKS }
}
