//! Number of codes that are sent, and the wait for the next one [SEND-2, SEND-3].

use std::{net::IpAddr, time::Duration};

use mfakit_core::{
    Channel, ClientAddress, Policy, StartError, StartRequest, Subject, policy::Limit,
    provider::ProviderErrorKind, store::Lock,
};

use crate::world::{World, alice, brisk, pay, roomy, settings, user, world, world_of, world_with};

const MILLISECOND: Duration = Duration::from_millis(1);

/// Returns the limit that rejected a start, and the wait.
pub(crate) fn rejection<T: std::fmt::Debug>(started: Result<T, StartError>) -> (&'static str, Duration) {
    match started {
        Err(StartError::CoolingDown { retry_after, .. }) => ("cool-down", retry_after),
        Err(StartError::BudgetSpent { budget, retry_after, .. }) => (budget, retry_after),
        other => panic!("the limit is exhausted, so the start must be rejected: {other:?}"),
    }
}

/// Series of sends that only one budget limits.
struct Row {
    budget: &'static str,
    limit: Limit,
    policy: Policy,
    /// Returns the user of the `n`th send, and the number on file.
    user_and_number: fn(usize) -> (Subject, String),
}

fn one_number(name: &str) -> (Subject, String) {
    (user(name), "+19195551234".to_owned())
}

fn rows() -> Vec<Row> {
    let hours = |count, hours: u64| Limit::new(count, Duration::from_secs(hours * 60 * 60));
    let minutes = |count, minutes: u64| Limit::new(count, Duration::from_secs(minutes * 60));
    let many_of_one_number: fn(usize) -> (Subject, String) = |n| one_number(&format!("user {n}"));
    let mut rows = vec![
        Row {
            budget: "user",
            limit: minutes(3, 15),
            policy: brisk().sends_per_login_and_scope([minutes(3, 15)]),
            user_and_number: |_| {
                let login = "00000000000000000000000000000001".parse().unwrap();
                (Subject::cookie("alice", login), "+19195551234".to_owned())
            },
        },
        Row {
            budget: "user",
            limit: hours(5, 1),
            policy: brisk().sends_per_user([hours(5, 1)]),
            user_and_number: |_| one_number("alice"),
        },
        Row {
            budget: "block of numbers",
            limit: hours(10, 1),
            policy: brisk().sends_per_block([hours(10, 1)]),
            user_and_number: |n| (user(&format!("user {n}")), format!("+1919555{:04}", 1200 + n)),
        },
        Row {
            budget: "address",
            limit: hours(10, 1),
            policy: brisk().sends_per_address([hours(10, 1)]),
            user_and_number: |n| (user(&format!("user {n}")), format!("+1919{:03}1234", 200 + n)),
        },
    ];
    rows.extend([minutes(3, 10), hours(5, 1), hours(10, 24)].map(|limit| Row {
        budget: "number",
        limit,
        policy: brisk().sends_per_number([limit]),
        user_and_number: many_of_one_number,
    }));
    rows
}

#[tokio::test]
async fn each_budget_allows_its_limit_and_its_wait_is_exact() {
    for Row { budget, limit, policy, user_and_number } in rows() {
        let world = world_with(|builder| builder.policy(policy).client_address(ClientAddress::Direct));
        let address: IpAddr = "192.0.2.1".parse().unwrap();
        let start = async |n| {
            let (subject, number) = user_and_number(n);
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
        assert_eq!(rejection(start(count).await), (budget, wait), "{limit}");
        world.clock.advance(wait - MILLISECOND);
        assert_eq!(rejection(start(count).await), (budget, MILLISECOND), "{limit}");
        world.clock.advance(MILLISECOND);
        assert!(start(count).await.is_ok(), "{budget}, {limit}");
        assert_eq!(world.provider.sends(), count + 1, "{budget}, {limit}");
    }
}

#[tokio::test]
async fn the_wait_after_a_send_is_exact_for_every_limit() {
    // The default policy, with all of its limits: one user, one number, one session and scope.
    let (world, alice) = (world(), alice());
    for sends in 1..=10 {
        let live = world.start(&alice).await.unwrap();
        world.clock.advance(live.resend_in - MILLISECOND);
        assert_eq!(rejection(world.start(&alice).await).1, MILLISECOND, "{sends}");
        world.clock.advance(MILLISECOND);
    }
    // The first nine waits take less than the day in which ten sends are allowed.
    assert_eq!(world.provider.sends(), 10);
    assert!(world.start(&alice).await.is_ok());
}

#[tokio::test]
async fn a_rejected_start_leaves_nothing_counted() {
    let hour = Duration::from_secs(60 * 60);
    let policy = roomy().sends_per_user([Limit::new(2, hour)]).sends_per_number([Limit::new(1, hour)]);
    let (world, alice) = (world_of(policy), alice());
    let _live = world.start(&user("bob")).await.unwrap();
    for _ in 0..20 {
        assert_eq!(rejection(world.start(&alice).await), ("number", hour));
    }
    // After the hold of the rejection, her own cool-down and budget are unchanged.
    world.enter("alice", "+19195550001");
    world.clock.advance(Duration::from_secs(5));
    assert_eq!(world.start(&alice).await.unwrap().resend_in, hour);
    world.enter("alice", "+19195550002");
    world.clock.advance(hour);
    assert!(world.start(&alice).await.is_ok());
}

#[tokio::test]
async fn a_later_rejection_gives_back_what_earlier_budgets_counted() {
    let hour = Duration::from_secs(60 * 60);
    let policy = roomy().sends_per_number([Limit::new(1, hour)]).sends_per_block([Limit::new(1, hour)]);
    let world = world_of(policy);
    world.enter("bob", "+19195550001");
    let _live = world.start(&user("bob")).await.unwrap();
    world.clock.advance(Duration::from_secs(30 * 60));
    for _ in 0..5 {
        assert_eq!(
            rejection(world.start(&alice()).await),
            ("block of numbers", Duration::from_secs(30 * 60))
        );
    }
    world.clock.advance(Duration::from_secs(30 * 60));
    assert!(world.start(&alice()).await.is_ok(), "rejected starts did not count her number");
}

#[tokio::test]
async fn of_two_exhausted_budgets_the_longer_wait_is_returned() {
    let (short, long) = (Duration::from_secs(10 * 60), Duration::from_secs(60 * 60));
    let policy = roomy().sends_per_number([Limit::new(1, short)]).sends_per_block([Limit::new(1, long)]);
    let world = world_of(policy);
    let _live = world.start(&user("bob")).await.unwrap();
    assert_eq!(rejection(world.start(&alice()).await), ("block of numbers", long));
    world.clock.advance(long);
    assert!(world.start(&alice()).await.is_ok(), "a start after the returned wait succeeds");
}

#[tokio::test]
async fn the_budget_of_one_scope_does_not_delay_another() {
    let policy = roomy().sends_per_login_and_scope([Limit::new(1, Duration::from_secs(15 * 60))]);
    let (world, alice) = (world_of(policy), alice());
    let sent = world.start(&alice).await.unwrap();
    assert_eq!(sent.resend_in, Duration::from_secs(15 * 60));
    world.clock.advance(Duration::from_secs(30));
    let elsewhere = StartRequest::new(settings(), Channel::Messaging);
    assert!(world.mfa.start(&alice, elsewhere).await.is_ok());
}

#[tokio::test]
async fn a_send_that_the_provider_rejects_stays_counted() {
    let world = world_of(brisk().sends_per_number([Limit::new(2, Duration::from_secs(60 * 60))]));
    world.provider.fail_next_send(ProviderErrorKind::Failed);
    assert!(matches!(world.start(&alice()).await, Err(StartError::ProviderFailed)));
    assert_eq!(rejection(world.start(&alice()).await), ("cool-down", Duration::from_secs(30)));
    assert!(world.start(&user("bob")).await.is_ok());
    assert_eq!(rejection(world.start(&user("carol")).await), ("number", Duration::from_secs(60 * 60)));
}

#[tokio::test]
async fn sends_to_a_run_of_neighboring_numbers_are_limited() {
    let world = world();
    let neighbor = |n: usize| {
        let name = format!("user {n}");
        world.enter(&name, format!("+1919555{:04}", 4200 + n));
        user(&name)
    };
    let mut sent = 0;
    for n in 0..12 {
        sent += usize::from(world.start(&neighbor(n)).await.is_ok());
    }
    assert_eq!(sent, 10);
}

#[tokio::test]
async fn numbers_that_completed_a_challenge_do_not_count_toward_their_block() {
    let world = world();
    let colleagues: Vec<_> = (0..12).map(|n| (user(&format!("user {n}")), 4200 + n)).collect();
    for (subject, digits) in &colleagues {
        world.enter(subject.user().as_str(), format!("+1919555{digits}"));
        let live = world.start(subject).await.unwrap();
        let _verified = world.answer(subject, &live, &world.right_code()).await.unwrap();
    }
    world.clock.advance(Duration::from_secs(24 * 89 * 60 * 60));
    for (subject, _) in &colleagues {
        assert!(world.start(subject).await.is_ok(), "completions are remembered for 90 days");
    }
    // After that they count like other numbers.
    world.clock.advance(Duration::from_secs(24 * 2 * 60 * 60));
    let mut sent = 0;
    for (subject, _) in &colleagues {
        sent += usize::from(world.start(subject).await.is_ok());
    }
    assert_eq!(sent, 10);
}

#[tokio::test]
async fn a_completed_number_depends_on_neither_block_nor_address() {
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
    world.clock.advance(Duration::from_secs(24 * 60 * 60));
    for n in 0..10 {
        assert!(start(&format!("stranger {n}"), n).await.is_ok(), "{n}");
    }
    let rejected = rejection(start("newcomer", 8888).await);
    assert!(matches!(rejected, ("block of numbers" | "address", _)), "{rejected:?}");
    for _ in 0..3 {
        let started = start("victim", 7777).await;
        assert!(started.is_ok(), "{started:?}");
        world.clock.advance(Duration::from_secs(2 * 60));
    }
    // The number's own budget still applies, and only its wait is returned.
    assert_eq!(
        rejection(start("another user of the number", 7777).await),
        ("number", Duration::from_secs(4 * 60))
    );
}

#[tokio::test]
async fn a_success_ends_the_wait_and_resets_only_the_budget_of_session_and_scope() {
    let three = [Limit::new(3, Duration::from_secs(15 * 60))];
    for (name, policy, last) in [
        ("session and scope", brisk().sends_per_login_and_scope(three), None),
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
            Some(budget) => assert_eq!(rejection(at_once), (budget, Duration::from_secs(14 * 60)), "{name}"),
        }
    }
}

#[tokio::test]
async fn the_cool_down_applies_across_sessions_scopes_and_channels() {
    let world = world_with(|builder| builder.voice_to(["US"]));
    let _live = world.start(&alice()).await.unwrap();
    for request in [
        StartRequest::new(pay(), Channel::Messaging),
        StartRequest::new(pay(), Channel::Voice),
        StartRequest::new(settings(), Channel::Messaging),
    ] {
        let started = world.mfa.start(&alice(), request).await;
        assert_eq!(rejection(started), ("cool-down", Duration::from_secs(30)));
    }
    assert!(world.start(&user("bob")).await.is_ok(), "another user does not wait");
}

#[tokio::test]
async fn rejected_starts_do_not_lock_the_user() {
    let (world, alice): (World, _) = (world(), alice());
    for _ in 0..100 {
        let _rejected = world.start(&alice).await;
    }
    assert_eq!(world.mfa.status(alice.user()).await.unwrap().lock, Lock::Unlocked);
    assert_eq!(world.provider.sends(), 1);
}
