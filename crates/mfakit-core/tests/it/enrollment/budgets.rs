//! Numbers that are not confirmed have budgets of their own [SEND-1].

use std::{collections::HashMap, time::Duration};

use mfakit_core::{
    Channel, ClientAddress, Clock as _, NumberOnFile, Policy, Scope, StartError, StartRequest, Subject,
    Timestamp, policy::Limit,
};

use super::{NEW, Town, number, town, town_with};
use crate::world::pay;

/// Number of the owner who is bothered.
const VICTIM: &str = "+14155550100";

/// Enters the victim's number in an account. Returns whether a code was sent.
async fn bothers(town: &Town, thief: &Subject, text: &str) -> Result<(), StartError> {
    let proposed = town.propose(thief, text, None).await.unwrap();
    let request = StartRequest::new(Scope::ENROLL, Channel::Messaging).approval(proposed.approval);
    town.mfa.start(thief, request).await.map(|_| ())
}

#[tokio::test]
async fn a_thousand_accounts_that_name_one_number_send_it_three_messages_a_day() {
    let town = town_with(|builder| builder.policy(Policy::default()));
    town.book.set("victim", NumberOnFile::new(number(VICTIM), Timestamp::from_millis(0)));
    let victim = town.signs_in("victim");
    let mut sent = Vec::new();
    for n in 0..1000_u64 {
        let thief = town.signs_in(&format!("mallory-{n}"));
        match bothers(&town, &thief, VICTIM).await {
            Ok(()) => sent.push(town.clock.now()),
            Err(StartError::BudgetSpent { budget, retry_after, .. }) => {
                assert!(budget.starts_with("unconfirmed"), "{budget}");
                let hour = Duration::from_secs(60 * 60);
                let until = town.clock.now() + retry_after;
                let is_full = until.as_millis().is_multiple_of(3_600_000);
                assert!(is_full || retry_after <= hour, "{until} tells when the number was entered");
            }
            Err(other) => panic!("{other:?}"),
        }
        town.clock.advance(Duration::from_secs(2 * 24 * 36));
    }
    let day = Duration::from_secs(24 * 60 * 60);
    let most =
        sent.iter().map(|first| sent.iter().filter(|at| **at >= *first && at.since(*first) < day).count());
    assert_eq!(most.max(), Some(3), "in {} sends", sent.len());
    assert_eq!(town.provider.sends(), sent.len());

    // The owner's own limits are whole: three in ten minutes, five in an hour.
    let sends = town.provider.sends();
    for wait in [0, 30, 60] {
        town.clock.advance(Duration::from_secs(wait));
        let started = town.mfa.start(&victim, StartRequest::new(pay(), Channel::Messaging)).await;
        assert!(started.is_ok(), "{started:?}");
    }
    assert_eq!(town.provider.sends(), sends + 3);
}

#[tokio::test]
async fn a_burst_on_one_number_is_limited_as_well() {
    let town = std::sync::Arc::new(town_with(|builder| builder.policy(Policy::default())));
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let town = town.clone();
            tokio::spawn(async move {
                let thief = town.signs_in(&format!("mallory-{n}"));
                bothers(&town, &thief, VICTIM).await.is_ok()
            })
        })
        .collect();
    let mut sent = 0;
    for task in tasks {
        sent += usize::from(task.await.unwrap());
    }
    assert_eq!((sent, town.provider.sends()), (3, 3));
}

#[tokio::test]
async fn the_owner_who_used_up_the_ordinary_limits_can_still_be_bothered_no_more_than_the_own_limit_allows() {
    let town = town();
    let mut refused = HashMap::new();
    for n in 0..6 {
        let thief = town.signs_in(&format!("mallory-{n}"));
        if let Err(StartError::BudgetSpent { budget, .. }) = bothers(&town, &thief, VICTIM).await {
            *refused.entry(budget).or_insert(0) += 1;
        }
    }
    assert_eq!(refused, HashMap::from([("unconfirmed number", 3)]));
}

#[tokio::test]
async fn a_block_of_numbers_that_are_not_confirmed_leaves_the_ordinary_block_whole() {
    let town = town_with(|builder| builder.policy(Policy::default()));
    town.book.set("victim", NumberOnFile::new(number(VICTIM), Timestamp::from_millis(0)));
    let mut refused = 0;
    for n in 0..15 {
        let thief = town.signs_in(&format!("mallory-{n}"));
        match bothers(&town, &thief, &format!("+1415555{:04}", 200 + n)).await {
            Ok(()) => {}
            Err(StartError::BudgetSpent { budget: "unconfirmed block", .. }) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(refused, 5, "ten in an hour");
    let victim = town.signs_in("victim");
    assert!(town.mfa.start(&victim, StartRequest::new(pay(), Channel::Messaging)).await.is_ok());
}

#[tokio::test]
async fn people_who_confirm_their_numbers_leave_room_for_the_next_of_their_block() {
    let town = town_with(|builder| builder.policy(Policy::default()));
    for n in 0..30 {
        let user = town.signs_in(&format!("user-{n}"));
        town.change(&user, &format!("+1415555{:04}", 200 + n), None).await;
    }
    assert_eq!(town.provider.sends(), 30);
}

#[tokio::test]
async fn a_number_that_was_confirmed_counts_as_one_that_a_person_uses() {
    let limit = [Limit::new(1, Duration::from_secs(60 * 60))];
    let town = town_with(|builder| builder.policy(crate::world::brisk().sends_per_block(limit)));
    let carol = town.signs_in("carol");
    town.change(&carol, NEW, None).await;
    for _ in 0..3 {
        assert!(town.step_up(&carol, pay()).await.is_some(), "its block does not limit it");
    }
    let manage = town.manage(&carol).await;
    town.mfa.remove_number(&carol, manage.as_ref()).await.unwrap();
    // Another person gets the number.
    town.book.set("dora", NumberOnFile::new(number(NEW), town.clock.now()));
    let dora = town.signs_in("dora");
    assert!(town.mfa.start(&dora, StartRequest::new(pay(), Channel::Messaging)).await.is_ok());
    town.wait();
    let second = town.mfa.start(&dora, StartRequest::new(pay(), Channel::Messaging)).await;
    assert!(
        matches!(second, Err(StartError::BudgetSpent { budget: "block of numbers", .. })),
        "what the number completed for carol was forgotten: {second:?}"
    );
}

#[tokio::test]
async fn a_number_with_a_typing_error_does_not_hold_up_the_right_one() {
    let town = town_with(|builder| {
        builder.policy(
            crate::world::brisk().sends_per_unconfirmed_number([Limit::new(1, Duration::from_secs(3600))]),
        )
    });
    let first = town.signs_in("mallory");
    bothers(&town, &first, VICTIM).await.unwrap();
    let carol = town.signs_in("carol");
    let refused = bothers(&town, &carol, VICTIM).await;
    assert!(matches!(refused, Err(StartError::BudgetSpent { .. })), "{refused:?}");
    bothers(&town, &carol, NEW).await.unwrap();
    let again = bothers(&town, &carol, VICTIM).await;
    assert!(again.is_err(), "{again:?}");
}

#[tokio::test]
async fn the_address_of_a_request_counts_as_usual() {
    let town = town_with(|builder| {
        builder
            .client_address(ClientAddress::Direct)
            .policy(crate::world::brisk().sends_per_address([Limit::new(2, Duration::from_secs(3600))]))
    });
    let mut refused = 0;
    for n in 0..4 {
        let thief = town.signs_in(&format!("mallory-{n}"));
        let proposed = town.propose(&thief, &format!("+1415{}0100", 555 + n), None).await.unwrap();
        let request = StartRequest::new(Scope::ENROLL, Channel::Messaging)
            .approval(proposed.approval)
            .address("192.0.2.7".parse().ok());
        match town.mfa.start(&thief, request).await {
            Ok(_) => {}
            Err(StartError::BudgetSpent { budget: "address", .. }) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(refused, 2);
}
