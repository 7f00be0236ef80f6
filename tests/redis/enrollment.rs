//! Two instances that share one Redis and one number book [BIND-7, ENROL-1].

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::future::join_all;
use mfakit::{
    BoxError, Channel, Code, Decision, GrantToken, LiveChallenge, LoginId, MemoryNumberBook, Mfa,
    NumberOnFile, PhoneNumber, Policy, Reason, Requirement, Scope, Secret, StartRequest, Subject, Timestamp,
    notifier::{Notice, OnNoticeError},
    testing::TestProvider,
};
use mfakit_redis::RedisStore;

use crate::{layout::calls, server::RedisServer};

const OLD: &str = "+19195551234";
const NEW: &str = "+12025550123";

/// Two instances of an app. Alice has a number.
struct Instances {
    server: RedisServer,
    each: [Mfa; 2],
    provider: TestProvider,
    book: MemoryNumberBook,
    notices: Notices,
}

/// New numbers in the notices that were sent.
type Notices = Arc<Mutex<Vec<Option<String>>>>;

impl Instances {
    async fn new() -> Self {
        let (server, provider) = (RedisServer::start().await, TestProvider::new());
        let number = PhoneNumber::new(OLD).unwrap();
        let book = MemoryNumberBook::new().with("alice", number, Timestamp::from_millis(0));
        let notices = Notices::default();
        let one = Self::instance(&server, &provider, &book, &notices).await;
        let other = Self::instance(&server, &provider, &book, &notices).await;
        Self { server, each: [one, other], provider, book, notices }
    }

    async fn instance(
        server: &RedisServer,
        provider: &TestProvider,
        book: &MemoryNumberBook,
        notices: &Notices,
    ) -> Mfa {
        let notices = notices.clone();
        let notify = async move |notice: Notice| {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let new = notice.new_number.map(|number| number.as_e164().to_owned());
            notices.lock().unwrap().push(new);
            Ok::<(), BoxError>(())
        };
        Mfa::builder(provider.clone(), "https://bank.example")
            .scope("pay", "pay")
            .number_book(book.clone())
            .notifier(notify, OnNoticeError::Hold)
            .messaging_to(["US"])
            .policy(Policy::for_tests())
            .secret(Secret::new([1; 32]).unwrap())
            .store(RedisStore::connect(server.url()).await.unwrap())
            .build()
            .unwrap()
    }

    fn code(&self) -> Code {
        Code::parse(&self.provider.last_code().unwrap()).unwrap()
    }

    async fn step_up(&self, at: usize, subject: &Subject, scope: Scope) -> Option<GrantToken> {
        let live = self.each[at].start(subject, StartRequest::new(scope, Channel::Messaging)).await.unwrap();
        self.each[1 - at].verify(subject, &scope, &live.id, &self.code()).await.unwrap().token
    }

    /// Enters a number at one instance, and sends its code at the other.
    async fn enter(&self, subject: &Subject, text: &str, manage: Option<&GrantToken>) -> LiveChallenge {
        let proposed = self.each[0].propose_number(subject, text, manage).await.unwrap();
        let request = StartRequest::new(Scope::ENROLL, Channel::Messaging)
            .approval(proposed.approval)
            .manage(manage.cloned());
        self.each[1].start(subject, request).await.unwrap()
    }

    fn on_file(&self) -> NumberOnFile {
        self.book.find(&"alice".into()).unwrap()
    }
}

fn alice(mfa: &Mfa) -> Subject {
    Subject::cookie("alice", LoginId::random()).with_signed_in_at(mfa.now())
}

#[tokio::test]
async fn a_grant_from_before_a_change_is_dead_at_the_next_request_on_the_other_instance() {
    let instances = Instances::new().await;
    let (here, elsewhere) = (alice(&instances.each[0]), alice(&instances.each[0]));
    let pay = Scope::new("pay").unwrap();
    let pays = instances.step_up(0, &elsewhere, pay).await;
    let manage = instances.step_up(0, &here, Scope::MANAGE).await;
    let check = async || {
        instances.each[1].check(Some(&elsewhere), &Requirement::new(pay), pays.as_ref()).await.unwrap()
    };
    assert!(matches!(check().await, Decision::Granted(_)));

    let live = instances.enter(&here, NEW, manage.as_ref()).await;
    instances.each[0].confirm_number(&here, &live, &instances.code(), manage.as_ref()).await.unwrap();
    assert_eq!(instances.on_file().number.as_e164(), NEW);
    instances.server.cli(&["config", "resetstat"]);
    match check().await {
        Decision::Denied(denial) => assert_eq!(denial.reason, Reason::Missing),
        granted @ Decision::Granted(_) => panic!("{granted:?}"),
    }
    assert_eq!(calls(&instances.server), BTreeMap::from([("hget".to_owned(), 1)]), "as without a change");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_all_codes_at_two_instances_five_wrong_ones_are_compared_and_one_right_one_changes_the_number() {
    let instances = Instances::new().await;
    let alice = alice(&instances.each[0]);
    let manage = instances.step_up(0, &alice, Scope::MANAGE).await;
    let live = instances.enter(&alice, NEW, manage.as_ref()).await;
    let right = instances.provider.last_code().unwrap();
    let wrong = Code::parse(if right == "000000" { "000001" } else { "000000" }).unwrap();
    let verifies = instances.provider.verifies();
    let confirm = |at: usize, live: LiveChallenge, code: Code| {
        let (mfa, alice, manage) = (instances.each[at % 2].clone(), alice.clone(), manage.clone());
        async move { mfa.confirm_number(&alice, &live, &code, manage.as_ref()).await }
    };
    let rejected = join_all((0..200).map(|at| confirm(at, live.clone(), wrong.clone()))).await;
    assert!(rejected.iter().all(Result::is_err));
    assert!(instances.provider.verifies() - verifies <= 5, "{}", instances.provider.verifies() - verifies);

    let live = instances.enter(&alice, NEW, manage.as_ref()).await;
    let right = instances.code();
    let confirmed = join_all((0..100).map(|at| confirm(at, live.clone(), right.clone()))).await;
    assert_eq!(confirmed.iter().filter(|confirmed| confirmed.is_ok()).count(), 1);
    assert_eq!(instances.on_file().number.as_e164(), NEW);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_hundred_replacements_at_two_instances_one_sends_a_notice_which_names_the_winner() {
    let instances = Instances::new().await;
    let mut ready = Vec::new();
    for at in 0..10 {
        let alice = alice(&instances.each[0]);
        let manage = instances.step_up(0, &alice, Scope::MANAGE).await;
        let live = instances.enter(&alice, &format!("+120255501{}", 10 + at), manage.as_ref()).await;
        ready.push((alice, manage, live, instances.code()));
    }
    let confirmed = join_all((0..100).map(|n| {
        let (alice, manage, live, code) = &ready[n % 10];
        instances.each[n / 10 % 2].confirm_number(alice, live, code, manage.as_ref())
    }));
    let won: Vec<_> = confirmed.await.into_iter().flatten().collect();
    assert_eq!(won.len(), 1, "{won:?}");
    assert_eq!(instances.on_file().number, won[0].number);
    assert_eq!(*instances.notices.lock().unwrap(), [Some(won[0].number.as_e164().to_owned())]);
}

#[tokio::test]
async fn a_dump_shows_no_number_that_waits_for_its_code() {
    let instances = Instances::new().await;
    let alice = alice(&instances.each[0]);
    let manage = instances.step_up(0, &alice, Scope::MANAGE).await;
    let _live = instances.enter(&alice, NEW, manage.as_ref()).await;
    let mut dump = String::new();
    for key in instances.server.cli(&["keys", "*"]).lines() {
        dump += key;
        if instances.server.cli(&["type", key]).trim() == "hash" {
            dump += &instances.server.cli(&["hgetall", key]);
        }
    }
    assert!(dump.contains(":mfakit.enroll:"), "the number waits: {dump}");
    for digits in ["2025550123", "9195551234"] {
        assert!(!dump.contains(digits), "{dump}");
    }
}
