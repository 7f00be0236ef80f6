//! Rejected starts leave no keys, and accepted ones make few calls.

use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use mfakit::{
    Channel, ClientAddress, Code, LiveChallenge, LoginId, Mfa, PhoneNumber, Policy, Scope, Secret,
    StartError, StartRequest, Subject, UserId,
    policy::Limit,
    testing::{ManualClock, TestProvider},
};
use mfakit_redis::RedisStore;

use crate::{layout::calls, server::RedisServer};

/// Returns an instance whose users are named by their numbers.
pub(crate) async fn instance(
    server: &RedisServer,
    clock: &ManualClock,
    policy: Policy,
    secrets: &[u8],
) -> (Mfa, TestProvider) {
    let provider = TestProvider::new();
    let store = RedisStore::builder(server.url()).danger_clock(clock.clone()).connect().await.unwrap();
    let builder = Mfa::builder(provider.clone(), "https://bank.example")
        .scope("pay", "pay")
        .directory(async |user: UserId| {
            let number = user.as_str().split_once('@').map(|(_, number)| PhoneNumber::new(number));
            number.transpose()
        })
        .messaging_to(["US"])
        .client_address(ClientAddress::Direct)
        .policy(policy)
        .clock(clock.clone())
        .store(store);
    let builder =
        secrets.iter().fold(builder, |builder, byte| builder.secret(Secret::new([*byte; 32]).unwrap()));
    (builder.build().unwrap(), provider)
}

/// Starts in a new session, from the `n`th of many /64 networks.
pub(crate) async fn start_as(mfa: &Mfa, subject: &Subject, n: u128) -> Result<LiveChallenge, StartError> {
    let address: IpAddr = Ipv6Addr::from_bits((0x2001_0db8 << 96) | (n << 64)).into();
    let request = StartRequest::new(Scope::new("pay").unwrap(), Channel::Messaging).address(address);
    mfa.start(subject, request).await
}

async fn starts(mfa: &Mfa, user: &str, network: u128) -> bool {
    start_as(mfa, &Subject::cookie(user, LoginId::random()), network).await.is_ok()
}

pub(crate) async fn complete(mfa: &Mfa, provider: &TestProvider, user: &str, network: u128) {
    let (pay, subject) = (Scope::new("pay").unwrap(), Subject::cookie(user, LoginId::random()));
    let live = start_as(mfa, &subject, network).await.unwrap();
    let code = Code::parse(&provider.last_code().unwrap()).unwrap();
    let _ = mfa.verify(&subject, &pay, &live.id, &code).await.unwrap();
}

#[tokio::test]
async fn a_rejected_start_leaves_no_key() {
    let hour = [Limit::new(1, Duration::from_secs(60 * 60))];
    for (what, policy, number, network) in [
        ("number", Policy::default().sends_per_number(hour), "+19195551234", None),
        ("block", Policy::default().sends_per_block(hour), "+19195550001", None),
        ("address", Policy::default().sends_per_address(hour), "+19198880001", Some(0)),
        ("destination", Policy::default(), "+442071838750", None),
    ] {
        let (server, clock) = (RedisServer::start().await, ManualClock::new());
        let (mfa, provider) = instance(&server, &clock, policy, &[1]).await;
        assert!(starts(&mfa, "first@+19195551234", 0).await);
        let keys = server.cli(&["dbsize"]);
        for n in 0..50 {
            let network = network.unwrap_or(n + 1);
            assert!(!starts(&mfa, &format!("{n}@{number}"), network).await, "{what}");
            assert!(!starts(&mfa, &n.to_string(), network).await, "the user has no number");
        }
        assert_eq!(server.cli(&["dbsize"]), keys, "{what}");
        assert_eq!(provider.sends(), 1, "{what}");
    }
}

#[tokio::test]
async fn a_rotation_forgets_no_completion() {
    let (server, clock) = (RedisServer::start().await, ManualClock::new());
    let colleague = |n: u32| format!("{n}@+1919555{:04}", 1000 + n);
    let (mfa, provider) = instance(&server, &clock, Policy::default(), &[1]).await;
    for n in 0..14 {
        complete(&mfa, &provider, &colleague(n), u128::from(n)).await;
    }
    for secrets in [&[1_u8, 2] as &[_], &[2, 1]] {
        clock.advance(Duration::from_secs(2 * 60 * 60));
        let (mfa, _) = instance(&server, &clock, Policy::default(), secrets).await;
        for n in 0..14 {
            assert!(starts(&mfa, &colleague(n), 0).await, "{secrets:?}: {n}");
        }
    }
}

#[tokio::test]
async fn a_start_makes_no_unnecessary_calls() {
    let (server, clock) = (RedisServer::start().await, ManualClock::new());
    let (mfa, provider) = instance(&server, &clock, Policy::default(), &[1]).await;
    // Afterward the server has the scripts.
    complete(&mfa, &provider, "warm@+12025550123", 7).await;
    let commands = |of: &str| calls(&server).get(of).copied().unwrap_or_default();
    for (user, reads_beside, writes) in [("new@+19195551234", 2, 5), ("warm@+12025550123", 2, 3)] {
        clock.advance(Duration::from_secs(60 * 60));
        server.cli(&["config", "resetstat"]);
        assert!(starts(&mfa, user, 8).await);
        assert_eq!((commands("evalsha"), commands("hset")), (writes + reads_beside, writes), "{user}");
    }
}

#[tokio::test]
async fn a_verify_makes_no_unnecessary_calls() {
    let (server, clock) = (RedisServer::start().await, ManualClock::new());
    let (mfa, provider) = instance(&server, &clock, Policy::default(), &[1]).await;
    // Afterward the server has the scripts.
    complete(&mfa, &provider, "warm@+12025550123", 7).await;
    let (pay, alice) = (Scope::new("pay").unwrap(), Subject::cookie("a@+19195551234", LoginId::random()));
    let live = start_as(&mfa, &alice, 1).await.unwrap();
    let right = provider.last_code().unwrap();
    let wrong = if right == "000000" { "000001" } else { "000000" };
    // The attempt, then its settlement and the rejection, or the grant, the number and its block.
    for (what, code, expected) in
        [("a wrong code", wrong, 3), ("the right code", &right, 4), ("again", &right, 1)]
    {
        // The first rejected code of the server loads two scripts.
        let _ = mfa.verify(&alice, &pay, &live.id, &Code::parse(wrong).unwrap()).await;
        server.cli(&["config", "resetstat"]);
        let _ = mfa.verify(&alice, &pay, &live.id, &Code::parse(code).unwrap()).await;
        assert_eq!(calls(&server).get("evalsha"), Some(&expected), "{what}");
    }
}
