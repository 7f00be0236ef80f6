//! Two instances that share one Redis, one number book and one recovery book [ENROL-6].

use std::time::Duration;

use futures_util::future::join_all;
use mfakit::{
    Channel, Code, LoginId, MemoryNumberBook, MemoryRecoveryBook, Mfa, PhoneNumber, Policy, RecoverError,
    Scope, Secret, StartRequest, Subject, Timestamp, UserId, policy::Limit, testing::TestProvider,
};
use mfakit_redis::RedisStore;

use crate::server::RedisServer;

/// Two instances of an app. Alice has a number and ten recovery codes.
struct Instances {
    _server: RedisServer,
    each: [Mfa; 2],
    book: MemoryRecoveryBook,
    codes: Vec<String>,
}

impl Instances {
    async fn new(policy: Policy) -> Self {
        let (server, provider) = (RedisServer::start().await, TestProvider::new());
        let number = PhoneNumber::new("+19195551234").unwrap();
        let numbers = MemoryNumberBook::new().with("alice", number, Timestamp::from_millis(0));
        let book = MemoryRecoveryBook::new();
        let instance = async || {
            Mfa::builder(provider.clone(), "https://bank.example")
                .scope("pay", "pay")
                .number_book(numbers.clone())
                .recovery(book.clone())
                .messaging_to(["US"])
                .policy(policy.clone())
                .secret(Secret::new([1; 32]).unwrap())
                .store(RedisStore::connect(server.url()).await.unwrap())
                .build()
                .unwrap()
        };
        let each = [instance().await, instance().await];
        let alice = alice(&each[0]);
        let live = each[0].start(&alice, StartRequest::new(Scope::MANAGE, Channel::Messaging)).await.unwrap();
        let code = Code::parse(&provider.last_code().unwrap()).unwrap();
        let manage = each[1].verify(&alice, &Scope::MANAGE, &live.id, &code).await.unwrap().token;
        let made = each[0].make_recovery_codes(&alice, manage.as_ref()).await.unwrap();
        let codes = made.codes.iter().map(mfakit::RecoveryCode::expose).collect();
        Self { _server: server, each, book, codes }
    }

    /// Uses a code at one of the instances, in a session of its own.
    async fn uses(&self, at: usize, code: &str) -> Result<(), RecoverError> {
        let mfa = &self.each[at % 2];
        mfa.use_recovery_code(&alice(mfa), code, None).await.map(drop)
    }
}

fn alice(mfa: &Mfa) -> Subject {
    Subject::cookie("alice", LoginId::random()).with_signed_in_at(mfa.now())
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_uses_at_two_instances_one_wins() {
    let instances = Instances::new(Policy::for_tests()).await;
    let used = join_all((0..100).map(|at| instances.uses(at, &instances.codes[0]))).await;
    assert_eq!(used.iter().filter(|used| used.is_ok()).count(), 1);
    assert!(used.iter().all(|used| matches!(used, Ok(()) | Err(RecoverError::Rejected))), "{used:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_are_counted_across_instances() {
    let hour = Duration::from_secs(60 * 60);
    let policy = Policy::for_tests().recovery_attempts_per_user([Limit::new(5, hour)]);
    let instances = Instances::new(policy).await;
    let tried = join_all((0..100).map(|at| instances.uses(at, "0000-0000-0000-0000"))).await;
    let compared = tried.iter().filter(|tried| matches!(tried, Err(RecoverError::Rejected))).count();
    assert_eq!(compared, 5);
    let limited = tried.iter().filter(|tried| matches!(tried, Err(RecoverError::TooManyAttempts { .. })));
    assert_eq!(limited.count(), 95);
}

#[tokio::test]
async fn a_used_code_stays_used_at_the_other_instance_when_the_record_is_set_back() {
    let instances = Instances::new(Policy::for_tests()).await;
    let backup = instances.book.find(&UserId::from("alice"));
    instances.uses(0, &instances.codes[0]).await.unwrap();
    instances.book.set("alice", backup);
    let again = instances.uses(1, &instances.codes[0]).await;
    assert!(matches!(again, Err(RecoverError::Rejected)), "{again:?}");
    instances.uses(1, &instances.codes[1]).await.unwrap();
}
