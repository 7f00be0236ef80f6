//! An approval runs once, over two instances, while a server hangs, and beside a release that keeps no consumed approvals.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use mfakit::{Channel, Code, MfaStore, StartRequest, Subject, store::ConsumeOutcome};
use mfakit_core::adapter::MfaBoundExt as _;
use mfakit_redis::RedisStore;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
};

use crate::{
    kit::{NO_TIME, TestUser, engine, granted, kept},
    layout::calls,
    order::{by_id, by_value, order, pay, required},
    release_before::alice_key,
    server::RedisServer,
};

async fn connect(server: &RedisServer) -> RedisStore {
    RedisStore::connect(server.url()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_requests_for_one_approval_at_two_instances_one_runs() {
    for meanwhile in ["nothing", "resends", "proposes", "cancels"] {
        let server = RedisServer::start().await;
        let (one, provider) = engine(connect(&server).await);
        let (two, _) = engine(connect(&server).await);
        let (alice, order) = (Subject::bearer("alice", "sid-1"), order("ACME Ltd"));
        let approval = one.propose(&alice, &required(), &order, None).await.unwrap().approval;
        let request = || StartRequest::new(pay(), Channel::Messaging).approval(approval.id);
        let live = one.start(&alice, request()).await.unwrap();
        let code = Code::parse(&provider.last_code().unwrap()).unwrap();
        let _ = one.verify(&alice, &pay(), &live, &code).await.unwrap();
        let ran = AtomicUsize::new(0);
        let requests = join_all((0..100).map(|at| {
            let (mfa, alice, order, ran) = (if at % 2 == 0 { &one } else { &two }, &alice, &order, &ran);
            async move {
                let runs = match at % 4 {
                    0 | 1 => by_value(mfa, alice, order).await,
                    _ => by_id(mfa, alice, &approval.id).await,
                };
                ran.fetch_add(usize::from(runs), Ordering::Relaxed);
            }
        }));
        let others = join_all((0..20).map(|at| {
            let (mfa, alice) = (if at % 2 == 0 { &one } else { &two }, &alice);
            let (order, live, code) = (&order, &live, &code);
            async move {
                match meanwhile {
                    "resends" => {
                        let _ = mfa.start(alice, request()).await;
                        let _ = mfa.verify(alice, &pay(), live, code).await;
                    }
                    "proposes" => drop(mfa.propose(alice, &required(), order, None).await.unwrap()),
                    "cancels" if at == 10 => {
                        mfa.revoke_approval(alice, &pay(), &approval.id).await.unwrap();
                    }
                    _ => {}
                }
            }
        }));
        tokio::join!(requests, others);
        let ran = ran.load(Ordering::Relaxed);
        let at_least = usize::from(meanwhile != "cancels");
        assert!((at_least..=1).contains(&ran), "{meanwhile}: {ran}");
        for mfa in [&one, &two] {
            assert!(!by_value(mfa, &alice, &order).await, "{meanwhile}");
            assert!(!by_id(mfa, &alice, &approval.id).await, "{meanwhile}");
        }
        let again = two.propose(&alice, &required(), &order, None).await.unwrap();
        assert_ne!(again.approval.id, approval.id, "{meanwhile}: the same value again needs another code");
        let Some(consumed) = again.consumed else {
            assert_eq!(ran, 0, "{meanwhile}: what was consumed is named");
            continue;
        };
        assert_eq!(ran, 1, "{meanwhile}: what was cancelled is not named");
        assert_eq!(consumed.id, approval.id, "{meanwhile}: the other instance names what was consumed");
        assert!(consumed.ago < Duration::from_secs(60), "{consumed:?}");
    }
}

#[tokio::test]
async fn a_grant_whose_consumption_gets_no_reply_runs_at_most_once() {
    let server = RedisServer::start().await;
    let timeout = Duration::from_millis(500);
    let store = RedisStore::builder(server.url()).timeout(timeout).connect().await.unwrap();
    let other = connect(&server).await;
    let alice = TestUser::new("alice");
    let bound = kept(&store, &alice, "first").await;
    let grant = granted(&store, &bound).await;
    server.pause();
    store.consume(bound.key(), &grant, NO_TIME).await.unwrap_err();
    server.resume();
    assert_eq!(server.cli(&["ping"]), "PONG");
    // The server has executed the command that waited, or has never read it.
    let was_consumed = other.is_consumed(bound.key(), NO_TIME).await.unwrap();
    let again = other.consume(bound.key(), &grant, NO_TIME).await.unwrap();
    assert_eq!(again == ConsumeOutcome::Gone, was_consumed);
    assert_eq!(other.consume(bound.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Gone);
    assert!(other.is_consumed(bound.key(), NO_TIME).await.unwrap());
}

/// Proxy of a server that closes the connections instead of forwarding a reply while `loses` is set. Returns its address.
async fn losing_replies(server: u16, loses: Arc<AtomicBool>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (mut from_client, mut to_client) = client.into_split();
            let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
            let (mut from_server, mut to_server) = server.into_split();
            let requests = tokio::spawn(async move { copy(&mut from_client, &mut to_server).await });
            let loses = loses.clone();
            tokio::spawn(async move {
                let mut reply = [0; 4096];
                while let Ok(length @ 1..) = from_server.read(&mut reply).await {
                    if loses.load(Ordering::SeqCst) || to_client.write_all(&reply[..length]).await.is_err() {
                        break;
                    }
                }
                requests.abort();
            });
        }
    });
    url
}

#[tokio::test]
async fn a_consumption_whose_reply_is_lost_is_not_sent_again_and_is_remembered() {
    let (server, loses) = (RedisServer::start().await, Arc::new(AtomicBool::new(false)));
    let cut = RedisStore::connect(losing_replies(server.port(), loses.clone()).await).await.unwrap();
    let (other, alice) = (connect(&server).await, TestUser::new("alice"));
    // The server has the script, so the reply that is lost is that of the consumption.
    let first = kept(&cut, &alice, "first").await;
    let grant = granted(&cut, &first).await;
    assert_eq!(cut.consume(first.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    let bound = kept(&cut, &alice, "second").await;
    let grant = granted(&cut, &bound).await;
    server.cli(&["config", "resetstat"]);
    loses.store(true, Ordering::SeqCst);
    cut.consume(bound.key(), &grant, NO_TIME).await.unwrap_err();
    let consumptions = calls(&server).get("evalsha").copied();
    loses.store(false, Ordering::SeqCst);
    assert_eq!(consumptions, Some(1));
    assert_eq!(other.consume(bound.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Gone);
    assert!(other.is_consumed(bound.key(), NO_TIME).await.unwrap());
    assert!(other.actions(bound.key(), NO_TIME).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_grant_that_another_release_makes_of_a_consumed_approval_is_not_used() {
    let server = RedisServer::start().await;
    let (store, alice) = (connect(&server).await, TestUser::new("alice"));
    let bound = kept(&store, &alice, "first").await;
    let grant = granted(&store, &bound).await;
    let (key, field) = (alice_key("g"), server.cli(&["hkeys", &alice_key("g")]));
    let record = server.cli(&["hget", &key, &field]);
    assert_eq!(store.consume(bound.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    server.cli(&["hset", &key, &field, &record]);
    assert_eq!(store.consume(bound.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Gone);
    assert!(store.is_consumed(bound.key(), NO_TIME).await.unwrap());
    assert!(store.actions(alice.key(), NO_TIME).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_unreadable_record_of_its_action_leaves_a_grant_unused() {
    let server = RedisServer::start().await;
    let (store, alice) = (connect(&server).await, TestUser::new("alice"));
    let bound = kept(&store, &alice, "first").await;
    let grant = granted(&store, &bound).await;
    let (key, field) = (alice_key("a"), server.cli(&["hkeys", &alice_key("a")]));
    let good = server.cli(&["hget", &key, &field]);
    for bad in ["", "garbage", "2|1", &good.replacen('2', "3", 1), &good.replacen("2|", "2|-", 1)] {
        server.cli(&["hset", &key, &field, bad]);
        store.consume(bound.key(), &grant, NO_TIME).await.unwrap_err();
        store.is_consumed(bound.key(), NO_TIME).await.unwrap_err();
    }
    server.cli(&["del", &key]);
    assert_eq!(server.cli(&["set", &key, "something else"]), "OK");
    store.consume(bound.key(), &grant, NO_TIME).await.unwrap_err();
    store.is_consumed(bound.key(), NO_TIME).await.unwrap_err();
    server.cli(&["del", &key]);
    server.cli(&["hset", &key, &field, &good]);
    assert_eq!(store.consume(bound.key(), &grant, NO_TIME).await.unwrap(), ConsumeOutcome::Consumed);
    assert!(store.is_consumed(bound.key(), NO_TIME).await.unwrap());
}
