//! A script that owns a logged-in account and runs for a day.

use std::time::Duration;

use mfakit_core::{Channel, Clock, LoginId, StartRequest, Subject, Timestamp};

use crate::world::{World, pay, settings, world_with};

/// Asks every ten seconds of a day, in one of seven log-ins, for every scope by every channel in turn. Types the code
/// of what was sent, if it is to. Gives the times at which something was sent.
async fn a_day(world: &World, types_codes: bool) -> Vec<Timestamp> {
    let logins: Vec<_> = (0..7).map(|_| Subject::cookie("mallory", LoginId::random())).collect();
    let ways = [
        (pay(), Channel::Messaging),
        (pay(), Channel::Voice),
        (settings(), Channel::Messaging),
        (settings(), Channel::Voice),
    ];
    let mut sent = Vec::new();
    for (login, (scope, channel)) in logins.iter().cycle().zip(ways.into_iter().cycle()).take(24 * 360) {
        if let Ok(live) = world.mfa.start(login, StartRequest::new(scope, channel)).await {
            sent.push(world.clock.now());
            if types_codes {
                let verified = world.mfa.verify(login, &scope, &live.id, &world.right_code()).await;
                assert!(verified.is_ok(), "{verified:?}");
            }
        }
        world.clock.advance(Duration::from_secs(10));
    }
    assert_eq!(sent.len(), world.provider.sends(), "what is not told was not sent");
    sent
}

/// The most that were sent in any span of this length.
fn most_in(sent: &[Timestamp], window: Duration) -> usize {
    let from =
        |first: &Timestamp| sent.iter().filter(|at| *first <= **at && at.since(*first) < window).count();
    sent.iter().map(from).max().unwrap_or_default()
}

#[tokio::test]
async fn in_a_day_it_makes_the_app_send_what_the_table_says_whether_it_types_the_codes_or_not() {
    for types_codes in [false, true] {
        let world = world_with(|builder| builder.voice_to(["US"]));
        let sent = a_day(&world, types_codes).await;
        assert_eq!(sent.len(), 10, "ten go to a number in a day, and no limit holds back more than that");
        for (count, minutes) in [(3, 10), (5, 60), (10, 24 * 60)] {
            let most = most_in(&sent, Duration::from_mins(minutes));
            assert!(most <= count, "{most} in {minutes} min");
        }
    }
}

#[tokio::test]
async fn in_a_day_nothing_goes_to_a_country_that_is_not_listed() {
    let world = world_with(|builder| builder.voice_to(["US"]));
    for number in ["+18765551234", "+88161234567"] {
        *world.number.lock().unwrap() = Some(number);
        assert!(a_day(&world, false).await.is_empty(), "{number}");
    }
}

#[tokio::test]
async fn in_a_day_a_change_of_number_gives_an_account_no_more_than_its_own_budget() {
    // A new number for every start: what holds is the user's five an hour, and the block's ten.
    let world = world_with(|builder| builder.voice_to(["US"]));
    let mallory = Subject::cookie("mallory", LoginId::random());
    let mut sent = Vec::new();
    for n in 0..24 * 360 {
        world.enter("mallory", format!("+1919{:03}{:04}", 200 + n % 700, n % 10_000));
        if world.start(&mallory).await.is_ok() {
            sent.push(world.clock.now());
        }
        world.clock.advance(Duration::from_secs(10));
    }
    assert!(sent.len() <= 5 * 24, "{}", sent.len());
    assert!(most_in(&sent, Duration::from_hours(1)) <= 5);
    assert_eq!(sent.len(), world.provider.sends());
}
