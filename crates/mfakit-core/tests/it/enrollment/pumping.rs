//! One person with many numbers, and what the limits tell about a number.

use std::{sync::Arc, time::Duration};

use mfakit_core::{Channel, Clock as _, NumberOnFile, Policy, Scope, StartError, StartRequest, Timestamp};

use super::{NEW, Town, number, town, town_with};
use crate::world::pay;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Requests a code for whatever the account of a person with many phones needs next, and enters it. Each time, the person
/// signs in again.
async fn goes_on(town: &Town, n: usize) -> Result<(), StartError> {
    let mallory = town.signs_in("mallory");
    if town.on_file("mallory").is_some() {
        let live = town.mfa.start(&mallory, StartRequest::new(Scope::MANAGE, Channel::Messaging)).await?;
        let verified = town.mfa.verify(&mallory, &Scope::MANAGE, &live.id, &town.code()).await.unwrap();
        town.mfa.remove_number(&mallory, verified.token.as_ref()).await.unwrap();
        return Ok(());
    }
    let area = if n.is_multiple_of(2) { 202 } else { 415 };
    let text = format!("+1{area}555{:04}", 100 + n);
    let proposed = town.propose(&mallory, &text, None).await.unwrap();
    let request = StartRequest::new(Scope::ENROLL, Channel::Messaging).approval(proposed.approval);
    let live = town.mfa.start(&mallory, request).await?;
    town.confirm(&mallory, &live, &town.code(), None).await.unwrap();
    Ok(())
}

#[tokio::test]
async fn a_person_who_confirms_and_removes_numbers_in_turn_is_sent_no_more_than_the_limits_of_a_user() {
    let town = town_with(|builder| builder.policy(Policy::default()));
    let mut sent: Vec<Timestamp> = Vec::new();
    for n in 0..6 * 60 * 2 {
        if goes_on(&town, n).await.is_ok() {
            sent.push(town.clock.now());
        }
        town.clock.advance(Duration::from_secs(30));
    }
    let within = |first: &Timestamp| sent.iter().filter(|at| *at >= first && at.since(*first) < HOUR).count();
    assert_eq!(sent.iter().map(within).max(), Some(5), "{} sends in six hours", sent.len());
    assert_eq!(town.provider.sends(), sent.len());
    assert!(sent.len() >= 19, "{}", sent.len());
}

#[tokio::test]
async fn all_numbers_that_a_user_enters_have_the_budget_of_one_number() {
    let town = town_with(|builder| builder.policy(Policy::default()));
    for n in 0..24 * 60 {
        let carol = town.signs_in("carol");
        let area = [202, 415, 312][n % 3];
        let proposed = town.propose(&carol, &format!("+1{area}555{:04}", 100 + n / 3), None).await;
        if let Ok(proposed) = proposed {
            let request = StartRequest::new(Scope::ENROLL, Channel::Messaging).approval(proposed.approval);
            let _ = town.mfa.start(&carol, request).await;
        }
        town.clock.advance(Duration::from_secs(59));
    }
    assert_eq!(town.provider.sends(), 10, "as many as an account with one number gets in a day");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_hundred_numbers_at_once_in_as_many_sessions_of_a_user_one_is_sent_a_code() {
    let town = Arc::new(town());
    let tasks: Vec<_> = (0..200)
        .map(|n| {
            let town = town.clone();
            tokio::spawn(async move {
                let carol = town.signs_in("carol");
                let proposed =
                    town.propose(&carol, &format!("+1202555{:04}", 100 + n % 100), None).await.unwrap();
                let request =
                    StartRequest::new(Scope::ENROLL, Channel::Messaging).approval(proposed.approval);
                town.mfa.start(&carol, request).await.is_ok()
            })
        })
        .collect();
    let mut sent = 0;
    for task in tasks {
        sent += usize::from(task.await.unwrap());
    }
    // The number that was sent a code may have given its place to those that were entered during the send.
    assert!(sent <= 1, "{sent}");
    assert_eq!(town.provider.sends(), 1);
}

/// Returns how a stranger's attempts on a number end, in sessions of different accounts.
async fn answers(town: &Town, text: &str) -> Vec<String> {
    let mut answers = Vec::new();
    for n in 0..5 {
        let stranger = town.signs_in(&format!("stranger-{n}"));
        let proposed = town.propose(&stranger, text, None).await;
        let Ok(proposed) = proposed else {
            answers.push(format!("{proposed:?}"));
            continue;
        };
        let request = StartRequest::new(Scope::ENROLL, Channel::Messaging).approval(proposed.approval);
        answers.push(match town.mfa.start(&stranger, request).await {
            Ok(live) => format!("{:?} {:?} {:?}", proposed.channels, live.resend_in, live.expires_in),
            Err(error) => format!("{:?} {error}", proposed.channels),
        });
    }
    answers
}

#[tokio::test]
async fn a_number_that_someone_uses_is_answered_like_one_that_is_not_in_use() {
    let mut seen = Vec::new();
    for standing in ["unused", "on file", "in daily use", "enrolled two days ago"] {
        let town = town_with(|builder| builder.policy(Policy::default()));
        let owner = town.signs_in("owner");
        match standing {
            "on file" => town.book.set("owner", NumberOnFile::new(number(NEW), Timestamp::from_millis(0))),
            "in daily use" => {
                town.book.set("owner", NumberOnFile::new(number(NEW), Timestamp::from_millis(0)));
                assert!(town.step_up(&owner, pay()).await.is_some());
            }
            "enrolled two days ago" => {
                town.change(&owner, NEW, None).await;
                town.clock.advance(48 * HOUR);
            }
            _ => {}
        }
        // The rest of its block is exhausted.
        for n in 0..9 {
            let other = town.signs_in(&format!("other-{n}"));
            let proposed = town.propose(&other, &format!("+1202555{:04}", 200 + n), None).await.unwrap();
            town.send(&other, proposed.approval, None).await.unwrap();
        }
        seen.push((standing, answers(&town, "+1 202 555 0123").await));
    }
    let (_, unused) = &seen[0];
    for (standing, answers) in &seen {
        assert_eq!(answers, unused, "{standing}");
    }
}
