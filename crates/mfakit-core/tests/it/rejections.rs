//! A rejected start or attempt costs the server less than the client, and leaves nothing behind.

use std::{
    io,
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use mfakit_core::{
    Channel, ClientAddress, Code, LiveChallenge, MemoryStore, MfaBuilder, PhoneNumber, Policy, StartError,
    StartRequest, Subject, UserId, VerifyError,
    policy::Limit,
    store::StoreError,
    testing::{HookedStore, StoreHook, Verb},
};

use crate::{
    sends::rejection,
    world::{World, alice, brisk, pay, roomy, user, world_with},
};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Time for which a rejected start also answers the next ones.
const HELD_FOR: Duration = Duration::from_secs(5);

/// Functions of an app that a test counts or breaks. Clones share their state.
#[derive(Clone, Default)]
struct Phones {
    asked: Arc<AtomicUsize>,
    fails: Arc<AtomicBool>,
    number: Arc<Mutex<Option<String>>>,
}

impl Phones {
    fn of(number: &str) -> Self {
        let phones = Self::default();
        phones.change(Some(number));
        phones
    }

    fn change(&self, number: Option<&str>) {
        *self.number.lock().unwrap() = number.map(str::to_owned);
    }

    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }

    fn listed(&self, builder: MfaBuilder) -> MfaBuilder {
        let phones = self.clone();
        builder.directory(move |_: UserId| {
            phones.asked.fetch_add(1, Ordering::SeqCst);
            let number = phones.number.lock().unwrap().clone();
            let fails = phones.fails.load(Ordering::SeqCst);
            async move {
                if fails {
                    return Err(io::Error::other("down for the test"));
                }
                number.map(PhoneNumber::new).transpose().map_err(io::Error::other)
            }
        })
    }
}

/// Returns the `n`th of many /64 networks.
fn network(n: u128) -> IpAddr {
    Ipv6Addr::from_bits((0x2001_0db8 << 96) | (n << 64)).into()
}

async fn start_from(world: &World, subject: &Subject, address: IpAddr) -> Result<LiveChallenge, StartError> {
    world.mfa.start(subject, StartRequest::new(pay(), Channel::Messaging).address(address)).await
}

fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

#[tokio::test]
async fn a_rejected_start_leaves_the_store_unchanged() {
    let one = || [Limit::new(1, HOUR)];
    let phones = Phones::of("+19195551234");
    let prepare = async |world: &World, phones: &Phones, n: u128| {
        phones.change(Some("+19195551234"));
        let sent = start_from(world, &user(&format!("neighbor {n}")), network(0)).await;
        assert!(sent.is_ok(), "{sent:?}");
    };
    let nothing = |_: &Phones| {};
    for (what, policy, change) in [
        ("number", brisk().sends_per_number(one()), nothing as fn(&Phones)),
        ("block of numbers", brisk().sends_per_block(one()), |phones| phones.change(Some("+19195550001"))),
        ("address", brisk().sends_per_address(one()), |phones| phones.change(Some("+19198880001"))),
        ("no number", brisk(), |phones| phones.change(None)),
        ("destination", brisk(), |phones| phones.change(Some("+442071838750"))),
        ("directory", brisk(), |phones| phones.fails.store(true, Ordering::SeqCst)),
    ] {
        let store = Arc::new(MemoryStore::new());
        let world = world_with(|builder| {
            let builder = builder.policy(policy).client_address(ClientAddress::Direct);
            phones.listed(builder).store(store.clone())
        });
        prepare(&world, &phones, 0).await;
        change(&phones);
        let before = format!("{store:?}");
        for n in 0..50 {
            // Each is an unknown user whose other budgets have room.
            let network = network(if what == "address" { 0 } else { 1 + n });
            let rejected = start_from(&world, &user(&format!("user {n}")), network).await;
            assert!(rejected.is_err(), "{what}: {rejected:?}");
        }
        assert_eq!(format!("{store:?}"), before, "{what}");
        assert_eq!(world.provider.sends(), 1, "{what}");
        phones.fails.store(false, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn one_account_in_many_networks_does_not_fill_the_store() {
    let phones = Phones::of("+19195551234");
    let world = world_with(|builder| {
        phones.listed(builder.store(MemoryStore::with_capacity(100)).client_address(ClientAddress::Direct))
    });
    for _ in 0..3 {
        assert!(start_from(&world, &user("mallory"), network(0)).await.is_ok());
        world.clock.advance(Duration::from_secs(121));
    }
    for n in 0..400 {
        world.clock.advance(Duration::from_millis(500));
        assert_eq!(rejection(start_from(&world, &user("mallory"), network(1 + n)).await).0, "number");
    }
    phones.change(Some("+12025550123"));
    let stranger = start_from(&world, &user("stranger"), network(9999)).await;
    assert!(stranger.is_ok(), "{stranger:?}");
}

#[tokio::test]
async fn starts_that_a_budget_rejects_call_the_directory_once_in_five_seconds() {
    let phones = Phones::of("+19195551234");
    let world =
        world_with(|builder| phones.listed(builder.policy(brisk().sends_per_number([Limit::new(1, HOUR)]))));
    assert!(world.start(&user("bob")).await.is_ok());
    phones.asked();
    let alice = alice();
    for round in 0..3 {
        let wait = HOUR - HELD_FOR * round;
        for _ in 0..100 {
            assert_eq!(rejection(world.start(&alice).await), ("number", wait));
        }
        assert_eq!(phones.asked(), 1);
        world.clock.advance(HELD_FOR);
    }
    // No other user is held up, and the reported wait stays true.
    phones.change(Some("+12025550123"));
    assert!(world.start(&user("carol")).await.is_ok());
    phones.change(Some("+19195551234"));
    world.clock.advance(HOUR - 3 * HELD_FOR - Duration::from_millis(1));
    assert_eq!(rejection(world.start(&alice).await), ("number", Duration::from_millis(1)));
    world.clock.advance(Duration::from_millis(1));
    assert!(world.start(&alice).await.is_ok());
}

#[tokio::test]
async fn a_success_ends_the_hold_of_a_rejected_start() {
    let world = world_with(|builder| builder.policy(roomy().sends_per_block([Limit::new(1, HOUR)])));
    let alice = alice();
    let live = world.start(&alice).await.unwrap();
    world.clock.advance(Duration::from_secs(30));
    assert_eq!(rejection(world.start(&alice).await).0, "block of numbers");
    let _verified = world.answer(&alice, &live, &world.right_code()).await.unwrap();
    assert!(
        world.start(&alice).await.is_ok(),
        "the number has completed a challenge, so it no longer counts toward its block"
    );
}

#[tokio::test]
async fn a_repeated_rejected_start_returns_the_live_challenge_of_its_session() {
    let world = world_with(|builder| builder.policy(roomy().sends_per_number([Limit::new(1, HOUR)])));
    let alice = alice();
    let live = world.start(&alice).await.unwrap();
    world.clock.advance(Duration::from_secs(60));
    for _ in 0..2 {
        let rejected = world.start(&alice).await;
        let Err(StartError::BudgetSpent { live: Some(returned), .. }) = rejected else {
            panic!("{rejected:?}")
        };
        assert_eq!(returned.id, live.id);
    }
    let elsewhere = user("alice");
    let rejected = world.start(&elsewhere).await;
    assert!(matches!(rejected, Err(StartError::BudgetSpent { live: None, .. })), "{rejected:?}");
}

#[tokio::test]
async fn a_start_that_the_users_own_limits_reject_does_not_call_the_directory() {
    let phones = Phones::of("+19195551234");
    let world = world_with(|builder| phones.listed(builder));
    let alice = alice();
    let first = world.start(&alice).await.unwrap();
    phones.asked();
    for _ in 0..100 {
        assert_eq!(rejection(world.start(&alice).await).0, "cool-down");
    }
    world.clock.advance(Duration::from_secs(30));
    let _second = world.start(&alice).await.unwrap();
    world.clock.advance(Duration::from_secs(60));
    let last = world.start(&alice).await.unwrap();
    world.clock.advance(Duration::from_secs(120));
    phones.asked();
    for _ in 0..100 {
        assert_eq!(rejection(world.start(&alice).await).0, "user");
        let over = world.answer(&alice, &first, &code("000000")).await;
        assert!(matches!(over, Err(VerifyError::ChallengeOver)), "{over:?}");
        let foreign = world.answer(&user("bob"), &last, &code("000000")).await;
        assert!(matches!(foreign, Err(VerifyError::ChallengeOver)), "{foreign:?}");
    }
    assert_eq!(phones.asked(), 0);
}

#[tokio::test]
async fn a_locked_user_causes_no_call_of_the_directory() {
    let phones = Phones::of("+19195551234");
    let world = world_with(|builder| phones.listed(builder.policy(Policy::default().lock_after(1))));
    let alice = alice();
    let live = world.start(&alice).await.unwrap();
    let _wrong = world.answer(&alice, &live, &world.wrong_code()).await;
    phones.asked();
    for _ in 0..100 {
        for code in [world.wrong_code(), world.right_code()] {
            let locked = world.answer(&alice, &live, &code).await;
            assert!(matches!(locked, Err(VerifyError::Locked { .. })), "{locked:?}");
        }
        let locked = world.start(&alice).await;
        assert!(matches!(locked, Err(StartError::Locked { .. })), "{locked:?}");
    }
    assert_eq!((phones.asked(), world.provider.verifies()), (0, 1));
}

/// Hook that delays every release until a test lets it go.
#[derive(Clone, Default)]
struct SlowToGiveBack(Arc<AtomicBool>);

#[async_trait]
impl StoreHook for SlowToGiveBack {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        while matches!(verb, Verb::ReleaseSend | Verb::SettleBudget) && !self.0.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

#[tokio::test]
async fn starts_in_rejection_do_not_fill_the_budgets_of_their_neighbors() {
    let hook = SlowToGiveBack::default();
    let world = world_with(|builder| {
        let store = HookedStore::new(MemoryStore::new(), hook.clone());
        builder
            .policy(brisk().sends_per_address([Limit::new(1, HOUR)]).sends_per_block([Limit::new(10, HOUR)]))
            .client_address(ClientAddress::Direct)
            .store(store)
    });
    world.enter("first", "+12025550123");
    assert!(
        start_from(&world, &user("first"), network(0)).await.is_ok(),
        "the address has no room any longer"
    );
    let hammering: Vec<_> = (0..30)
        .map(|n| {
            let name = format!("user {n}");
            world.enter(&name, format!("+1919555{:04}", 1000 + n));
            let (mfa, subject) = (world.mfa.clone(), user(&name));
            let request = StartRequest::new(pay(), Channel::Messaging).address(network(0));
            tokio::spawn(async move { mfa.start(&subject, request).await })
        })
        .collect();
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    world.enter("victim", "+19195559999");
    let victim = start_from(&world, &user("victim"), network(1)).await;
    assert!(victim.is_ok(), "{victim:?}");
    hook.0.store(true, Ordering::SeqCst);
    for start in hammering {
        assert_eq!(rejection(start.await.unwrap()).0, "address");
    }
}
