//! While Redis fails, every request is rejected quickly. Afterward the store recovers by itself.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use mfakit::{
    Channel, Code, Decision, GrantToken, LoginId, Mfa, MfaStore, PhoneNumber, Reason, Requirement, Scope,
    Secret, StartError, StartRequest, Subject, UserId, VerifyError, store::AttemptReservation,
    testing::TestProvider,
};
use mfakit_redis::{ConnectError, RedisStore};

use crate::{
    kit::{TestUser, attempt, engine, live_challenge, redeem},
    sentinel_server::wait,
    server::RedisServer,
};

/// A healthy server answers faster, even on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Outage {
    Killed,
    Paused,
    NoMemory,
    Replica,
    PasswordChanged,
    NoReplicas,
}

impl Outage {
    fn begin(self, server: &mut RedisServer) {
        match self {
            Self::Killed => server.kill(),
            Self::Paused => server.pause(),
            Self::NoMemory => expect_ok(server, &["config", "set", "maxmemory", "1"]),
            Self::Replica => expect_ok(server, &["replicaof", "127.0.0.1", "1"]),
            Self::PasswordChanged => {
                expect_ok(server, &["config", "set", "requirepass", "changed"]);
                server.cli(&["-a", "changed", "client", "kill", "type", "normal"]);
            }
            Self::NoReplicas => expect_ok(server, &["config", "set", "min-replicas-to-write", "1"]),
        }
    }

    async fn end(self, server: &mut RedisServer) {
        match self {
            Self::Killed => server.restart().await,
            Self::Paused => server.resume(),
            Self::NoMemory => expect_ok(server, &["config", "set", "maxmemory", "0"]),
            Self::Replica => expect_ok(server, &["replicaof", "no", "one"]),
            Self::PasswordChanged => {
                expect_ok(server, &["-a", "changed", "config", "set", "requirepass", ""]);
            }
            Self::NoReplicas => expect_ok(server, &["config", "set", "min-replicas-to-write", "0"]),
        }
    }

    /// Returns whether earlier grants can still be read.
    fn can_be_read(self) -> bool {
        matches!(self, Self::NoMemory | Self::Replica | Self::NoReplicas)
    }
}

fn expect_ok(server: &RedisServer, command: &[&str]) {
    assert_eq!(server.cli(command), "OK", "{command:?}");
}

async fn denial(mfa: &Mfa, subject: &Subject, token: &GrantToken) -> Option<Reason> {
    let wanted = Requirement::new(Scope::new("pay").unwrap());
    match mfa.check(Some(subject), &wanted, Some(token)).await.unwrap() {
        Decision::Granted(_) => None,
        Decision::Denied(denial) => Some(denial.reason),
    }
}

async fn rejects_and_recovers(outage: Outage) {
    let mut server = RedisServer::persistent().await;
    let store = RedisStore::builder(server.url()).timeout(TIMEOUT).connect().await.unwrap();
    let (mfa, provider) = engine(store);
    let subject = |user: &str| Subject::cookie(user, LoginId::random());
    let (alice, bob, carol) = (subject("alice"), subject("bob"), subject("carol"));
    let pay = Scope::new("pay").unwrap();
    let cookie = mfa.testing().grant(&bob, "pay").await;
    let token = GrantToken::from_cookie(cookie.split_once('=').unwrap().1.as_bytes()).unwrap();
    let started = mfa.start(&alice, StartRequest::new(pay, Channel::Messaging)).await.unwrap();
    let code = Code::parse(&provider.last_code().unwrap()).unwrap();
    assert_eq!(denial(&mfa, &bob, &token).await, None);

    outage.begin(&mut server);
    let begun = Instant::now();
    let expected = (!outage.can_be_read()).then_some(Reason::Unavailable);
    assert_eq!(denial(&mfa, &bob, &token).await, expected, "{outage:?}");
    let start = mfa.start(&carol, StartRequest::new(pay, Channel::Messaging)).await;
    assert!(matches!(start, Err(StartError::Unavailable)), "{outage:?}: {start:?}");
    let verify = mfa.verify(&alice, &pay, &started.id, &code).await;
    assert!(matches!(verify, Err(VerifyError::Unavailable)), "{outage:?}: {verify:?}");
    assert_eq!((provider.sends(), provider.verifies()), (1, 0), "{outage:?}: the provider is not called");
    // The engine gives up on a store after ten seconds.
    assert!(begun.elapsed() < 15 * TIMEOUT, "{outage:?}: {:?}", begun.elapsed());

    outage.end(&mut server).await;
    let begun = Instant::now();
    while denial(&mfa, &bob, &token).await.is_some() {
        assert!(begun.elapsed() < Duration::from_secs(90), "{outage:?}: the store recovers");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let verified = mfa.verify(&alice, &pay, &started.id, &code).await;
    assert!(verified.is_ok(), "{outage:?}: {verified:?}");
}

#[tokio::test]
async fn requests_are_rejected_while_the_server_is_killed_and_its_records_survive() {
    rejects_and_recovers(Outage::Killed).await;
}

#[tokio::test]
async fn requests_to_a_server_that_hangs_are_rejected_in_bounded_time() {
    rejects_and_recovers(Outage::Paused).await;
}

#[tokio::test]
async fn a_full_server_accepts_no_start_and_no_attempt() {
    rejects_and_recovers(Outage::NoMemory).await;
}

#[tokio::test]
async fn a_server_that_became_a_replica_accepts_no_start_and_no_attempt() {
    rejects_and_recovers(Outage::Replica).await;
}

#[tokio::test]
async fn requests_are_rejected_while_the_password_is_changed() {
    rejects_and_recovers(Outage::PasswordChanged).await;
}

#[tokio::test]
async fn a_server_without_its_required_replicas_accepts_no_start_and_no_attempt() {
    rejects_and_recovers(Outage::NoReplicas).await;
}

#[tokio::test]
async fn many_requests_to_a_server_that_hangs_fail_as_soon_as_one() {
    let server = RedisServer::start().await;
    let store = RedisStore::builder(server.url()).timeout(TIMEOUT).connect().await.unwrap();
    let alice = TestUser::new("alice");
    server.pause();
    // The first calls use the existing connection, the next ones open another.
    for _ in 0..2 {
        let begun = Instant::now();
        let all = futures_util::future::join_all((0..200).map(|_| store.grant(alice.key()))).await;
        assert!(all.iter().all(Result::is_err));
        // Sequential calls would take two hundred times as long.
        assert!(begun.elapsed() < 20 * TIMEOUT, "{:?}", begun.elapsed());
    }
    server.resume();
}

#[tokio::test]
async fn an_error_of_the_store_names_the_cause() {
    let server = RedisServer::start().await;
    let store = RedisStore::connect(server.url()).await.unwrap();
    let alice = TestUser::new("alice");
    let challenge = live_challenge(&store, &alice).await;
    for (option, wrong, right, cause) in [
        ("maxmemory", "1", "0", "Redis is out of memory"),
        ("min-replicas-to-write", "1", "0", "Redis rejects writes because too few replicas are connected"),
    ] {
        expect_ok(&server, &["config", "set", option, wrong]);
        let error = attempt(&store, &alice, &challenge.id).await.unwrap_err();
        expect_ok(&server, &["config", "set", option, right]);
        assert_eq!(error.to_string(), format!("the store failed: {cause}"));
    }
    expect_ok(&server, &["replicaof", "127.0.0.1", "1"]);
    let error = attempt(&store, &alice, &challenge.id).await.unwrap_err();
    expect_ok(&server, &["replicaof", "no", "one"]);
    assert_eq!(error.to_string(), "the store failed: this Redis is a read-only replica");

    let _ = redeem(&store, &alice, &challenge.id).await.unwrap();
    let keys = server.cli(&["keys", "*"]);
    for key in keys.lines() {
        server.cli(&["del", key]);
        expect_ok(&server, &["set", key, "something else"]);
    }
    let by_command = store.grant(alice.key()).await.unwrap_err();
    let by_script = store.user_state(&alice.id, challenge.sent_at).await.unwrap_err();
    for error in [by_command, by_script] {
        let cause = "a key of mfakit in Redis has the wrong type: something else wrote it";
        assert_eq!(error.to_string(), format!("the store failed: {cause}"));
    }
}

#[tokio::test]
async fn requests_are_rejected_while_the_server_loads_its_data() {
    let mut server = RedisServer::with(&["--save", "", "--appendonly", "no", "--rdbcompression", "no"]).await;
    let store = RedisStore::builder(server.url()).timeout(TIMEOUT).connect().await.unwrap();
    let alice = TestUser::new("alice");
    let challenge = live_challenge(&store, &alice).await;
    let _ = redeem(&store, &alice, &challenge.id).await.unwrap();
    // Enough that the server answers while it loads them.
    let script = "for number = 1, 1000 do redis.call('set', number, string.rep('-', 1000)) end return 'OK'";
    expect_ok(&server, &["eval", script, "0"]);
    expect_ok(&server, &["save"]);
    server.kill();
    server
        .restart_loading(&["--key-load-delay", "100000", "--loading-process-events-interval-bytes", "1024"])
        .await;

    let cause = "the store failed: Redis is starting and loads its data";
    // A write is not sent again, and so it is what finds that the former connection is gone.
    let _ = attempt(&store, &alice, &challenge.id).await.unwrap_err();
    for _ in 0..2 {
        assert_eq!(store.grant(alice.key()).await.unwrap_err().to_string(), cause);
        assert_eq!(attempt(&store, &alice, &challenge.id).await.unwrap_err().to_string(), cause);
    }
    let connected = RedisStore::connect(server.url()).await;
    assert!(matches!(connected, Err(ConnectError::Unreachable(_))), "{connected:?}");

    expect_ok(&server, &["config", "set", "key-load-delay", "0"]);
    wait(|| server.cli(&["ping"]) == "PONG").await;
    assert!(store.grant(alice.key()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_read_reconnects_to_a_restarted_server() {
    let mut server = RedisServer::persistent().await;
    let store = RedisStore::builder(server.url()).timeout(TIMEOUT).connect().await.unwrap();
    let alice = TestUser::new("alice");
    let challenge = live_challenge(&store, &alice).await;
    server.kill();
    server.restart().await;
    assert_eq!(store.grant(alice.key()).await.unwrap(), None);
    server.kill();
    server.restart().await;
    assert_eq!(store.user_state(&alice.id, challenge.sent_at).await.unwrap().challenges.len(), 1);
    let tried = attempt(&store, &alice, &challenge.id).await.unwrap();
    assert!(matches!(tried, AttemptReservation::Reserved { .. }), "{tried:?}");
}

#[tokio::test]
async fn an_attempt_whose_answer_is_lost_is_counted_at_most_once() {
    let server = RedisServer::start().await;
    let store = RedisStore::builder(server.url()).timeout(TIMEOUT).connect().await.unwrap();
    let alice = TestUser::new("alice");
    let challenge = live_challenge(&store, &alice).await;
    server.pause();
    attempt(&store, &alice, &challenge.id).await.unwrap_err();
    server.resume();
    // When the server answers again, it has executed every waiting command.
    assert_eq!(server.cli(&["ping"]), "PONG");
    let user_state = store.user_state(&alice.id, challenge.sent_at).await.unwrap();
    assert!(user_state.failures <= 1, "{user_state:?}");
}

#[tokio::test]
async fn connection_errors_do_not_contain_the_password() {
    let server = RedisServer::with(&["--requirepass", "right"]).await;
    let (port, password) = (server.port(), "s3cr3t");
    let wrong = |user: &str| format!("redis://{user}:{password}@127.0.0.1:{port}");
    let no_user = RedisStore::connect(wrong("")).await.unwrap_err();
    assert!(matches!(no_user, ConnectError::Credentials(_)), "{no_user:?}");
    let unknown = RedisStore::connect(wrong("nobody")).await.unwrap_err();
    assert!(matches!(unknown, ConnectError::Credentials(_)), "{unknown:?}");
    let none = RedisStore::connect(server.url()).await.unwrap_err();
    assert!(matches!(none, ConnectError::Credentials(_)), "{none:?}");
    let tls = RedisStore::builder(format!("rediss://:{password}@127.0.0.1:{port}"));
    let tls = tls.timeout(TIMEOUT).connect().await.unwrap_err();
    assert!(matches!(tls, ConnectError::Unreachable(_)), "{tls:?}");
    let unreachable = RedisStore::connect(format!("redis://:{password}@127.0.0.1:1")).await.unwrap_err();
    assert!(matches!(unreachable, ConnectError::Unreachable(_)), "{unreachable:?}");
    let url = RedisStore::connect(format!("http://:{password}@127.0.0.1")).await.unwrap_err();
    assert!(matches!(url, ConnectError::Url(_)), "{url:?}");
    for error in [no_user, unknown, none, tls, unreachable, url] {
        assert!(!format!("{error} {error:?}").contains(password), "{error:?}");
    }
    RedisStore::connect(format!("redis://:right@127.0.0.1:{port}")).await.unwrap();
}

/// The server hangs between the attempt and the grant, and continues after a while, with the commands that have arrived.
#[tokio::test]
async fn a_server_that_hangs_before_it_makes_a_grant_leaves_none_after_an_error() {
    for millis in [700, 2200] {
        let server = Arc::new(RedisServer::start().await);
        let store = RedisStore::builder(server.url()).timeout(Duration::from_millis(500));
        let (hangs, provider) = (Arc::new(AtomicBool::new(false)), TestProvider::new());
        let (of_directory, hanging) = (server.clone(), hangs.clone());
        let directory = move |_: UserId| {
            if hanging.swap(false, Ordering::SeqCst) {
                of_directory.pause();
                let server = of_directory.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(millis)).await;
                    server.resume();
                });
            }
            async { PhoneNumber::new("+19195551234").map(Some) }
        };
        let mfa = Mfa::builder(provider.clone(), "https://bank.example")
            .scope("pay", "make a payment")
            .directory(directory)
            .messaging_to(["US"])
            .secret(Secret::new([7; 32]).unwrap())
            .store(store.connect().await.unwrap())
            .build()
            .unwrap();
        let (program, pay) = (Subject::bearer("alice", "sid-1"), Scope::new("pay").unwrap());
        let live = mfa.start(&program, StartRequest::new(pay, Channel::Messaging)).await.unwrap();
        let code = Code::parse(&provider.last_code().unwrap()).unwrap();
        hangs.store(true, Ordering::SeqCst);
        let verified = mfa.verify(&program, &pay, &live.id, &code).await;
        assert!(matches!(verified, Err(VerifyError::Unavailable)), "{millis} ms: {verified:?}");
        let (begun, mut last) = (Instant::now(), None);
        while begun.elapsed() < Duration::from_secs(8) {
            last = Some(mfa.check(Some(&program), &Requirement::new(pay), None).await.unwrap());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let Some(Decision::Denied(denial)) = &last else { panic!("{millis} ms: {last:?}") };
        assert_ne!(denial.reason, Reason::Unavailable, "{millis} ms");
    }
}
