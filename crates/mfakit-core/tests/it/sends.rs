//! How many codes are sent, and how long to wait for the next one [SEND-2, SEND-3].

use std::{net::IpAddr, time::Duration};

use mfakit_core::{
    Channel, ClientAddress, Policy, StartError, StartRequest, Subject, policy::Limit,
    provider::ProviderErrorKind, store::Lock,
};

use crate::world::{World, alice, brisk, pay, roomy, settings, user, world, world_of, world_with};

const MILLISECOND: Duration = Duration::from_millis(1);

/// What a refused start was counted against, and how long to wait.
pub(crate) fn told<T: std::fmt::Debug>(started: Result<T, StartError>) -> (&'static str, Duration) {
    match started {
        Err(StartError::CoolingDown { retry_after, .. }) => ("cool-down", retry_after),
        Err(StartError::BudgetSpent { budget, retry_after, .. }) => (budget, retry_after),
        other => panic!("a limit is reached, and yet: {other:?}"),
    }
}

/// A way to send again and again that only one budget is in the way of.
struct Row {
    budget: &'static str,
    limit: Limit,
    policy: Policy,
    /// The `n`th one who asks, and what is on file for them.
    asker: fn(usize) -> (Subject, String),
}

fn one_number(name: &str) -> (Subject, String) {
    (user(name), "+19195551234".to_owned())
}

fn rows() -> Vec<Row> {
    let hours = |count, hours| Limit::new(count, Duration::from_hours(hours));
    let minutes = |count, minutes| Limit::new(count, Duration::from_mins(minutes));
    let many_of_one_number: fn(usize) -> (Subject, String) = |n| one_number(&format!("user {n}"));
    let mut rows = vec![
        Row {
            budget: "user",
            limit: minutes(3, 15),
            policy: brisk().sends_per_login_and_scope([minutes(3, 15)]),
            asker: |_| {
                let login = "00000000000000000000000000000001".parse().unwrap();
                (Subject::cookie("alice", login), "+19195551234".to_owned())
            },
        },
        Row {
            budget: "user",
            limit: hours(5, 1),
            policy: brisk().sends_per_user([hours(5, 1)]),
            asker: |_| one_number("alice"),
        },
        Row {
            budget: "block of numbers",
            limit: hours(10, 1),
            policy: brisk().sends_per_block([hours(10, 1)]),
            asker: |n| (user(&format!("user {n}")), format!("+1919555{:04}", 1200 + n)),
        },
        Row {
            budget: "address",
            limit: hours(10, 1),
            policy: brisk().sends_per_address([hours(10, 1)]),
            asker: |n| (user(&format!("user {n}")), format!("+1919{:03}1234", 200 + n)),
        },
    ];
    rows.extend([minutes(3, 10), hours(5, 1), hours(10, 24)].map(|limit| Row {
        budget: "number",
        limit,
        policy: brisk().sends_per_number([limit]),
        asker: many_of_one_number,
    }));
    rows
}

#[tokio::test]
async fn each_budget_allows_what_it_says_and_whoever_waits_as_long_as_told_is_served() {
    for Row { budget, limit, policy, asker } in rows() {
        let world = world_with(|builder| builder.policy(policy).client_address(ClientAddress::Direct));
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        let start = async |n| {
            let (subject, number) = asker(n);
            world.enter(subject.user().as_str(), number);
            let request = StartRequest::new(pay(), Channel::Messaging).address(address);
            world.mfa.start(&subject, request).await
        };
        let count = limit.count() as usize;
        for n in 0..count {
            assert!(start(n).await.is_ok(), "{budget}, {limit}: {n}");
            world.clock.advance(Duration::from_secs(30));
        }
        let wait = limit.window() - Duration::from_secs(30) * limit.count();
        assert_eq!(told(start(count).await), (budget, wait), "{limit}");
        world.clock.advance(wait - MILLISECOND);
        assert_eq!(told(start(count).await), (budget, MILLISECOND), "{limit}");
        world.clock.advance(MILLISECOND);
        assert!(start(count).await.is_ok(), "{budget}, {limit}");
        assert_eq!(world.provider.sends(), count + 1, "{budget}, {limit}");
    }
}

#[tokio::test]
async fn the_wait_that_is_told_with_a_code_is_true_whichever_limit_makes_it() {
    // The default policy, with everything it counts: one user, one number, one log-in and scope.
    let (world, alice) = (world(), alice());
    for sends in 1..=10 {
        let live = world.start(&alice).await.unwrap();
        world.clock.advance(live.resend_in - MILLISECOND);
        assert_eq!(told(world.start(&alice).await).1, MILLISECOND, "{sends}");
        world.clock.advance(MILLISECOND);
    }
    // The first nine waits together were shorter than the day of which ten are allowed.
    assert_eq!(world.provider.sends(), 10);
    assert!(world.start(&alice).await.is_ok());
}

#[tokio::test]
async fn a_start_that_is_refused_leaves_nothing_counted() {
    let hour = Duration::from_hours(1);
    let policy = roomy().sends_per_user([Limit::new(2, hour)]).sends_per_number([Limit::new(1, hour)]);
    let (world, alice) = (world_of(policy), alice());
    let _live = world.start(&user("bob")).await.unwrap();
    for _ in 0..20 {
        assert_eq!(told(world.start(&alice).await), ("number", hour));
    }
    // Once the hold of the rejection has ended, her own cool-down and budget are as if she had not asked.
    world.enter("alice", "+19195550001");
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.start(&alice).await.unwrap().resend_in, hour);
    world.enter("alice", "+19195550002");
    world.clock.advance(hour);
    assert!(world.start(&alice).await.is_ok());
}

#[tokio::test]
async fn what_an_earlier_budget_counted_is_given_back_when_a_later_one_refuses() {
    let hour = Duration::from_hours(1);
    let policy = roomy().sends_per_number([Limit::new(1, hour)]).sends_per_block([Limit::new(1, hour)]);
    let world = world_of(policy);
    world.enter("bob", "+19195550001");
    let _live = world.start(&user("bob")).await.unwrap();
    world.clock.advance(Duration::from_mins(30));
    for _ in 0..5 {
        assert_eq!(told(world.start(&alice()).await), ("block of numbers", Duration::from_mins(30)));
    }
    world.clock.advance(Duration::from_mins(30));
    assert!(world.start(&alice()).await.is_ok(), "her number was not counted by what was refused");
}

#[tokio::test]
async fn of_two_budgets_that_are_used_up_the_longer_wait_is_told() {
    let (short, long) = (Duration::from_mins(10), Duration::from_hours(1));
    let policy = roomy().sends_per_number([Limit::new(1, short)]).sends_per_block([Limit::new(1, long)]);
    let world = world_of(policy);
    let _live = world.start(&user("bob")).await.unwrap();
    assert_eq!(told(world.start(&alice()).await), ("block of numbers", long));
    world.clock.advance(long);
    assert!(world.start(&alice()).await.is_ok(), "whoever waited as long as told is served");
}

#[tokio::test]
async fn the_budget_of_one_scope_keeps_no_other_waiting() {
    let policy = roomy().sends_per_login_and_scope([Limit::new(1, Duration::from_mins(15))]);
    let (world, alice) = (world_of(policy), alice());
    let sent = world.start(&alice).await.unwrap();
    assert_eq!(sent.resend_in, Duration::from_mins(15));
    world.clock.advance(Duration::from_secs(30));
    let elsewhere = StartRequest::new(settings(), Channel::Messaging);
    assert!(world.mfa.start(&alice, elsewhere).await.is_ok());
}

#[tokio::test]
async fn a_send_that_the_provider_refuses_stays_counted() {
    let world = world_of(brisk().sends_per_number([Limit::new(2, Duration::from_hours(1))]));
    world.provider.fail_next_send(ProviderErrorKind::Failed);
    assert!(matches!(world.start(&alice()).await, Err(StartError::ProviderFailed)));
    assert_eq!(told(world.start(&alice()).await), ("cool-down", Duration::from_secs(30)));
    assert!(world.start(&user("bob")).await.is_ok());
    assert_eq!(told(world.start(&user("carol")).await), ("number", Duration::from_hours(1)));
}

#[tokio::test]
async fn a_run_of_neighbouring_numbers_is_cut_short() {
    let world = world();
    let neighbour = |n: usize| {
        let name = format!("user {n}");
        world.enter(&name, format!("+1919555{:04}", 4200 + n));
        user(&name)
    };
    let mut sent = 0;
    for n in 0..12 {
        sent += usize::from(world.start(&neighbour(n)).await.is_ok());
    }
    assert_eq!(sent, 10);
}

#[tokio::test]
async fn numbers_that_completed_a_challenge_do_not_count_for_their_block() {
    let world = world();
    let colleagues: Vec<_> = (0..12).map(|n| (user(&format!("user {n}")), 4200 + n)).collect();
    for (subject, digits) in &colleagues {
        world.enter(subject.user().as_str(), format!("+1919555{digits}"));
        let live = world.start(subject).await.unwrap();
        let _verified = world.answer(subject, &live, &world.right_code()).await.unwrap();
    }
    world.clock.advance(Duration::from_hours(24 * 89));
    for (subject, _) in &colleagues {
        assert!(world.start(subject).await.is_ok(), "they are remembered for 90 days");
    }
    // Then they are numbers as any other.
    world.clock.advance(Duration::from_hours(24 * 2));
    let mut sent = 0;
    for (subject, _) in &colleagues {
        sent += usize::from(world.start(subject).await.is_ok());
    }
    assert_eq!(sent, 10);
}

#[tokio::test]
async fn who_completed_before_depends_on_neither_block_nor_address() {
    let world = world_with(|builder| builder.client_address(ClientAddress::Direct));
    let address: IpAddr = "192.0.2.1".parse().unwrap();
    let start = async |name: &str, digits: usize| {
        world.enter(name, format!("+1919555{digits:04}"));
        let subject = user(name);
        let request = StartRequest::new(pay(), Channel::Messaging).address(address);
        world.mfa.start(&subject, request).await.map(|live| (subject, live))
    };
    let (victim, live) = start("victim", 7777).await.unwrap();
    let _verified = world.answer(&victim, &live, &world.right_code()).await.unwrap();
    world.clock.advance(Duration::from_hours(24));
    for n in 0..10 {
        assert!(start(&format!("stranger {n}"), n).await.is_ok(), "{n}");
    }
    let shut = told(start("newcomer", 8888).await);
    assert!(matches!(shut, ("block of numbers" | "address", _)), "{shut:?}");
    for _ in 0..3 {
        let started = start("victim", 7777).await;
        assert!(started.is_ok(), "{started:?}");
        world.clock.advance(Duration::from_mins(2));
    }
    // The number's own budget still holds, and only its wait is reported.
    assert_eq!(told(start("another user of the number", 7777).await), ("number", Duration::from_mins(4)));
}

#[tokio::test]
async fn a_success_ends_the_wait_and_the_budget_of_the_login_and_scope_and_no_other() {
    let three = [Limit::new(3, Duration::from_mins(15))];
    for (name, policy, last) in [
        ("log-in and scope", brisk().sends_per_login_and_scope(three), None),
        ("user", brisk().sends_per_user(three), Some("user")),
        ("number", brisk().sends_per_number(three), Some("number")),
    ] {
        let (world, alice) = (world_of(policy), alice());
        for _ in 0..2 {
            let _live = world.start(&alice).await.unwrap();
            world.clock.advance(Duration::from_secs(30));
        }
        let live = world.start(&alice).await.unwrap();
        let _verified = world.answer(&alice, &live, &world.right_code()).await.unwrap();
        let at_once = world.start(&alice).await;
        match last {
            None => assert_eq!(at_once.unwrap().resend_in, Duration::from_secs(30), "{name}"),
            Some(budget) => assert_eq!(told(at_once), (budget, Duration::from_mins(14)), "{name}"),
        }
    }
}

#[tokio::test]
async fn the_cool_down_is_the_users_over_logins_scopes_and_channels() {
    let world = world_with(|builder| builder.voice_to(["US"]));
    let _live = world.start(&alice()).await.unwrap();
    for request in [
        StartRequest::new(pay(), Channel::Messaging),
        StartRequest::new(pay(), Channel::Voice),
        StartRequest::new(settings(), Channel::Messaging),
    ] {
        let started = world.mfa.start(&alice(), request).await;
        assert_eq!(told(started), ("cool-down", Duration::from_secs(30)));
    }
    assert!(world.start(&user("bob")).await.is_ok(), "somebody else's");
}

#[tokio::test]
async fn starts_that_are_refused_lock_nobody() {
    let (world, alice): (World, _) = (world(), alice());
    for _ in 0..100 {
        let _refused = world.start(&alice).await;
    }
    assert_eq!(world.mfa.status(alice.user()).await.unwrap().lock, Lock::Open);
    assert_eq!(world.provider.sends(), 1);
}
