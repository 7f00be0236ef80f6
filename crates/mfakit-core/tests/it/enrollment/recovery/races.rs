//! Concurrent requests.

use std::sync::Arc;

use futures_util::future::join_all;
use mfakit_core::{Policy, RecoverError};

use super::{NEW, refuge_with};
use crate::enrollment::OTHER;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_sessions_with_one_recovery_code_one_wins() {
    let refuge = Arc::new(refuge_with(|builder| builder.policy(Policy::for_tests())));
    let (_, codes) = refuge.alice_lost_her_phone().await;
    let sessions: Vec<_> = (0..100).map(|_| refuge.signs_in("alice")).collect();
    let used = join_all(sessions.iter().map(|session| {
        let (refuge, session, code) = (refuge.clone(), session.clone(), codes[0].clone());
        async move { tokio::spawn(async move { refuge.uses(&session, &code).await }).await.unwrap() }
    }))
    .await;
    assert_eq!(used.iter().filter(|used| used.is_ok()).count(), 1);
    assert!(used.iter().all(|used| matches!(used, Ok(_) | Err(RecoverError::Rejected))));
    assert_eq!(refuge.count("RecoveryCodeUsed"), 1);
    let mut open = 0;
    for session in &sessions {
        open += usize::from(refuge.may_replace(session, None).await);
    }
    assert_eq!(open, 1, "the opening is for the winner");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_uses_in_one_session_one_uses_the_code() {
    let refuge = Arc::new(refuge_with(|builder| builder.policy(Policy::for_tests())));
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    let used = join_all((0..100).map(|_| {
        let (refuge, session, code) = (refuge.clone(), alice.clone(), codes[0].clone());
        async move { tokio::spawn(async move { refuge.uses(&session, &code).await }).await.unwrap() }
    }))
    .await;
    assert!(used.iter().all(|used| used.as_ref().unwrap().codes_left == 9), "a repeat answers the same");
    assert_eq!(refuge.count("RecoveryCodeUsed"), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_codes_at_once_are_each_good_once() {
    let refuge = Arc::new(refuge_with(|builder| builder.policy(Policy::for_tests())));
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    let used = join_all(codes.iter().map(|code| {
        let (refuge, session, code) = (refuge.clone(), alice.clone(), code.clone());
        async move { tokio::spawn(async move { refuge.uses(&session, &code).await }).await.unwrap() }
    }))
    .await;
    let mut left: Vec<_> = used.iter().map(|used| used.as_ref().unwrap().codes_left).collect();
    left.sort_unstable();
    assert_eq!(left, (0..10).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_replacements_with_one_opening_one_wins() {
    for _ in 0..20 {
        let refuge = Arc::new(refuge_with(|builder| builder.policy(Policy::for_tests())));
        let (alice, codes) = refuge.alice_lost_her_phone().await;
        refuge.uses(&alice, &codes[0]).await.unwrap();
        let one = (refuge.enter(&alice, NEW, None).await, refuge.code());
        let two = (refuge.enter(&alice, OTHER, None).await, refuge.code());
        let confirmed = join_all([one, two].map(|(live, code)| {
            let (refuge, alice) = (refuge.clone(), alice.clone());
            async move {
                tokio::spawn(async move { refuge.confirm(&alice, &live, &code, None).await }).await.unwrap()
            }
        }))
        .await;
        assert_eq!(confirmed.iter().filter(|confirmed| confirmed.is_ok()).count(), 1, "{confirmed:?}");
        assert_eq!((refuge.count("RecoveryConsumed"), refuge.count("NumberReplaced")), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_wrong_codes_at_once_are_limited() {
    let refuge = Arc::new(refuge_with(|builder| builder));
    let (alice, codes) = refuge.alice_lost_her_phone().await;
    let used = join_all((0..100).map(|_| {
        let (refuge, session) = (refuge.clone(), alice.clone());
        async move {
            tokio::spawn(async move { refuge.uses(&session, "0000-0000-0000-0000").await }).await.unwrap()
        }
    }))
    .await;
    let compared = used.iter().filter(|used| matches!(used, Err(RecoverError::Rejected))).count();
    assert_eq!(compared, 5);
    let right = refuge.uses(&alice, &codes[0]).await;
    assert!(matches!(right, Err(RecoverError::TooManyAttempts { .. })), "{right:?}");
}
