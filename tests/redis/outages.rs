//! While Redis fails, everybody is refused, soon, and nobody hears of it but the log; afterwards all goes on by itself.

use std::time::{Duration, Instant};

use mfakit::{
    Channel, Code, Decision, GrantToken, LoginId, Mfa, MfaStore, Reason, Requirement, Scope, StartError,
    StartRequest, Subject, VerifyError, store::AttemptReservation,
};
use mfakit_redis::{ConnectError, RedisStore};

use crate::{
    kit::{Asker, attempt, engine, live_challenge},
    server::RedisServer,
};

/// Longer than a healthy server takes to answer on a busy machine.
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
            Self::NoMemory => done(server, &["config", "set", "maxmemory", "1"]),
            Self::Replica => done(server, &["replicaof", "127.0.0.1", "1"]),
            Self::PasswordChanged => {
                done(server, &["config", "set", "requirepass", "changed"]);
                server.cli(&["-a", "changed", "client", "kill", "type", "normal"]);
            }
            Self::NoReplicas => done(server, &["config", "set", "min-replicas-to-write", "1"]),
        }
    }

    async fn end(self, server: &mut RedisServer) {
        match self {
            Self::Killed => server.restart().await,
            Self::Paused => server.resume(),
            Self::NoMemory => done(server, &["config", "set", "maxmemory", "0"]),
            Self::Replica => done(server, &["replicaof", "no", "one"]),
            Self::PasswordChanged => {
                done(server, &["-a", "changed", "config", "set", "requirepass", ""]);
            }
            Self::NoReplicas => done(server, &["config", "set", "min-replicas-to-write", "0"]),
        }
    }

    /// Whether grants that were made before can still be read.
    fn can_be_read(self) -> bool {
        matches!(self, Self::NoMemory | Self::Replica | Self::NoReplicas)
    }
}

fn done(server: &RedisServer, command: &[&str]) {
    assert_eq!(server.cli(command), "OK", "{command:?}");
}

async fn decision(mfa: &Mfa, who: &Subject, token: &GrantToken) -> Option<Reason> {
    let wanted = Requirement::new(Scope::new("pay").unwrap());
    match mfa.check(Some(who), &wanted, Some(token)).await.unwrap() {
        Decision::Granted(_) => None,
        Decision::Denied(denial) => Some(denial.reason),
    }
}

async fn refused_and_recovers(outage: Outage) {
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
    assert_eq!(decision(&mfa, &bob, &token).await, None);

    outage.begin(&mut server);
    let begun = Instant::now();
    let expected = (!outage.can_be_read()).then_some(Reason::Unavailable);
    assert_eq!(decision(&mfa, &bob, &token).await, expected, "{outage:?}");
    let start = mfa.start(&carol, StartRequest::new(pay, Channel::Messaging)).await;
    assert!(matches!(start, Err(StartError::Unavailable)), "{outage:?}: {start:?}");
    let verify = mfa.verify(&alice, &pay, &started.id, &code).await;
    assert!(matches!(verify, Err(VerifyError::Unavailable)), "{outage:?}: {verify:?}");
    assert_eq!((provider.sends(), provider.verifies()), (1, 0), "{outage:?}: the provider is not asked");
    // The engine gives any store ten seconds.
    assert!(begun.elapsed() < 15 * TIMEOUT, "{outage:?}: {:?}", begun.elapsed());

    outage.end(&mut server).await;
    let begun = Instant::now();
    while decision(&mfa, &bob, &token).await.is_some() {
        assert!(begun.elapsed() < Duration::from_secs(90), "{outage:?}: it recovers");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let verified = mfa.verify(&alice, &pay, &started.id, &code).await;
    assert!(verified.is_ok(), "{outage:?}: {verified:?}");
}

#[tokio::test]
async fn a_killed_server_refuses_and_remembers_when_it_is_back() {
    refused_and_recovers(Outage::Killed).await;
}

#[tokio::test]
async fn a_server_that_falls_silent_refuses_in_bounded_time() {
    refused_and_recovers(Outage::Paused).await;
}

#[tokio::test]
async fn a_full_server_takes_no_start_and_no_attempt() {
    refused_and_recovers(Outage::NoMemory).await;
}

#[tokio::test]
async fn a_server_that_became_a_replica_takes_no_start_and_no_attempt() {
    refused_and_recovers(Outage::Replica).await;
}

#[tokio::test]
async fn a_password_that_changed_refuses_until_it_is_changed_back() {
    refused_and_recovers(Outage::PasswordChanged).await;
}

#[tokio::test]
async fn a_server_without_the_replicas_it_wants_takes_no_start_and_no_attempt() {
    refused_and_recovers(Outage::NoReplicas).await;
}

#[tokio::test]
async fn a_crowd_that_asks_a_silent_server_is_refused_as_soon_as_one() {
    let server = RedisServer::start().await;
    let store = RedisStore::builder(server.url()).timeout(TIMEOUT).connect().await.unwrap();
    let alice = Asker::new("alice");
    server.pause();
    // The first find the connection they had, the next make one.
    for _ in 0..2 {
        let begun = Instant::now();
        let all = futures_util::future::join_all((0..200).map(|_| store.grant(alice.key()))).await;
        assert!(all.iter().all(Result::is_err));
        // One after the other, two hundred would take two hundred times as long.
        assert!(begun.elapsed() < 20 * TIMEOUT, "{:?}", begun.elapsed());
    }
    server.resume();
}

#[tokio::test]
async fn a_server_that_was_away_meanwhile_is_asked_anew_by_whoever_reads() {
    let mut server = RedisServer::persistent().await;
    let store = RedisStore::builder(server.url()).timeout(TIMEOUT).connect().await.unwrap();
    let alice = Asker::new("alice");
    let challenge = live_challenge(&store, &alice).await;
    server.kill();
    server.restart().await;
    assert_eq!(store.grant(alice.key()).await.unwrap(), None);
    server.kill();
    server.restart().await;
    assert_eq!(store.user_state(&alice.user, challenge.sent_at).await.unwrap().challenges.len(), 1);
    let tried = attempt(&store, &alice, &challenge.id).await.unwrap();
    assert!(matches!(tried, AttemptReservation::Reserved { .. }), "{tried:?}");
}

#[tokio::test]
async fn an_attempt_that_nobody_heard_the_answer_of_is_counted_once_at_most() {
    let server = RedisServer::start().await;
    let store = RedisStore::builder(server.url()).timeout(TIMEOUT).connect().await.unwrap();
    let alice = Asker::new("alice");
    let challenge = live_challenge(&store, &alice).await;
    server.pause();
    attempt(&store, &alice, &challenge.id).await.unwrap_err();
    server.resume();
    // Once a server answers again, it has read everything that was waiting for it.
    assert_eq!(server.cli(&["ping"]), "PONG");
    let user_state = store.user_state(&alice.user, challenge.sent_at).await.unwrap();
    assert!(user_state.failures <= 1, "{user_state:?}");
}

#[tokio::test]
async fn what_is_wrong_at_the_start_is_said_without_the_password() {
    let server = RedisServer::with(&["--requirepass", "right"]).await;
    let (port, stranger) = (server.port(), "s3cr3t");
    let wrong = |user: &str| format!("redis://{user}:{stranger}@127.0.0.1:{port}");
    let refused = RedisStore::connect(wrong("")).await.unwrap_err();
    assert!(matches!(refused, ConnectError::Credentials(_)), "{refused:?}");
    let unknown = RedisStore::connect(wrong("nobody")).await.unwrap_err();
    assert!(matches!(unknown, ConnectError::Credentials(_)), "{unknown:?}");
    let none = RedisStore::connect(server.url()).await.unwrap_err();
    assert!(matches!(none, ConnectError::Credentials(_)), "{none:?}");
    let tls = RedisStore::builder(format!("rediss://:{stranger}@127.0.0.1:{port}"));
    let tls = tls.timeout(TIMEOUT).connect().await.unwrap_err();
    assert!(matches!(tls, ConnectError::Unreachable(_)), "{tls:?}");
    let nobody = RedisStore::connect(format!("redis://:{stranger}@127.0.0.1:1")).await.unwrap_err();
    assert!(matches!(nobody, ConnectError::Unreachable(_)), "{nobody:?}");
    let url = RedisStore::connect(format!("http://:{stranger}@127.0.0.1")).await.unwrap_err();
    assert!(matches!(url, ConnectError::Url(_)), "{url:?}");
    for error in [refused, unknown, none, tls, nobody, url] {
        assert!(!format!("{error} {error:?}").contains(stranger), "{error:?}");
    }
    RedisStore::connect(format!("redis://:right@127.0.0.1:{port}")).await.unwrap();
}
