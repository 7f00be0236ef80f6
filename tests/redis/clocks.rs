//! Instances whose clocks differ from each other and from the server's, which decides.

use std::time::Duration;

use mfakit::{
    Channel, Clock, Code, Mfa, Policy, StartRequest, Subject, SystemClock, Timestamp, action::ApprovalId,
    policy::Limit, testing::TestProvider,
};
use mfakit_core::adapter::MfaBoundExt as _;
use mfakit_redis::RedisStore;

use crate::{
    kit::builder,
    order::{Order, by_id, by_value, order, pay, required},
    server::RedisServer,
};

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Instance whose clock differs from that of the server.
struct Instance {
    name: &'static str,
    mfa: Mfa,
    provider: TestProvider,
}

/// Clock that is off by the same time always.
#[derive(Debug)]
struct Off(fn(Timestamp) -> Timestamp);

impl Clock for Off {
    fn now(&self) -> Timestamp {
        self.0(SystemClock.now())
    }
}

/// Time of an instance, by the time of the server.
type Shift = fn(Timestamp) -> Timestamp;

/// Instances whose clocks differ by less than the tolerated five seconds, and by an hour.
const CLOCKS: [(&str, Shift); 5] = [
    ("in time", |now| now),
    ("four seconds ahead", |now| now.plus(4 * SECOND)),
    ("four seconds behind", |now| now - 4 * SECOND),
    ("an hour ahead", |now| now.plus(HOUR)),
    ("an hour behind", |now| now - HOUR),
];

/// Limits with so many sends that none is rejected.
fn roomy() -> Policy {
    let many = [Limit::new(1000, HOUR)];
    Policy::default().sends_per_number(many).sends_per_block(many)
}

async fn instances(server: &RedisServer) -> Vec<Instance> {
    let mut instances = Vec::new();
    for (name, change) in CLOCKS {
        let store = RedisStore::connect(server.url()).await.unwrap();
        let (builder, provider) = builder(store);
        let mfa = builder.policy(roomy()).clock(Off(change)).build().unwrap();
        instances.push(Instance { name, mfa, provider });
    }
    instances
}

fn alice(at: usize) -> Subject {
    // Each pair of instances has its own user, so that no cool-down of one affects another.
    Subject::bearer(format!("alice-{at}").as_str(), "sid-1")
}

/// Approves an order at one instance.
async fn approved(at: &Instance, alice: &Subject, order: &Order) -> ApprovalId {
    let id = at.mfa.propose(alice, &required(), order, None).await.unwrap().approval.id;
    let request = StartRequest::new(pay(), Channel::Messaging).approval(id);
    let live = at.mfa.start(alice, request).await.unwrap();
    let code = Code::parse(&at.provider.last_code().unwrap()).unwrap();
    let _ = at.mfa.verify(alice, &pay(), &live, &code).await.unwrap();
    id
}

/// Returns whether the clock of an instance is within the tolerance.
fn is_near(instance: &Instance) -> bool {
    !instance.name.contains("hour")
}

#[tokio::test]
async fn what_is_approved_at_one_instance_runs_once_at_any_whose_clock_is_near() {
    let server = RedisServer::start().await;
    let all = instances(&server).await;
    for (number, (one, other)) in
        all.iter().flat_map(|one| all.iter().map(move |other| (one, other))).enumerate()
    {
        let (alice, order) = (alice(number), order("ACME Ltd"));
        let name = format!("approved {}, requested {}", one.name, other.name);
        let id = approved(one, &alice, &order).await;
        let runs = if number % 2 == 0 {
            by_value(&other.mfa, &alice, &order).await
        } else {
            by_id(&other.mfa, &alice, &id).await
        };
        assert_eq!(runs, is_near(other), "{name}");
        // An instance whose clock is wrong rejects, and leaves the grant to the others.
        assert_eq!(by_value(&all[0].mfa, &alice, &order).await, !runs, "{name}");
        for instance in &all {
            assert!(!by_value(&instance.mfa, &alice, &order).await, "{name}, again {}", instance.name);
            assert!(!by_id(&instance.mfa, &alice, &id).await, "{name}, again {}", instance.name);
        }
    }
}

#[tokio::test]
async fn the_time_since_an_approval_was_consumed_is_that_of_the_server() {
    let server = RedisServer::start().await;
    let all = instances(&server).await;
    let (alice, order, required) = (alice(0), order("ACME Ltd"), required());
    let id = approved(&all[0], &alice, &order).await;
    assert!(by_value(&all[0].mfa, &alice, &order).await);
    tokio::time::sleep(2 * SECOND).await;
    for instance in &all {
        let again = instance.mfa.propose(&alice, &required, &order, None).await.unwrap();
        let consumed = again.consumed.unwrap();
        assert_eq!(consumed.id, id, "{}", instance.name);
        assert!((2 * SECOND..30 * SECOND).contains(&consumed.ago), "{}: {consumed:?}", instance.name);
        let situation = instance.mfa.bound_situation(&alice, &required, Some(&again.approval.id), &|_| None);
        let situation = situation.await.unwrap();
        let shown = situation.action.unwrap().consumed.unwrap();
        assert!((2 * SECOND..30 * SECOND).contains(&shown.ago), "{}: {shown:?}", instance.name);
    }
}
