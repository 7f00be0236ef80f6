//! Script that controls a signed-in account and runs for a day.

use std::time::Duration;

use mfakit_core::{Channel, Clock, LoginId, StartRequest, Subject, Timestamp};

use crate::world::{World, pay, settings, world_with};

/// Starts a challenge every ten seconds for a day, in seven sessions, for every scope and channel in turn. Enters the codes
/// if `enters_codes` is set. Returns the times at which a message was sent.
async fn a_day(world: &World, enters_codes: bool) -> Vec<Timestamp> {
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
            if enters_codes {
                let verified = world.mfa.verify(login, &scope, &live.id, &world.right_code()).await;
                assert!(verified.is_ok(), "{verified:?}");
            }
        }
        world.clock.advance(Duration::from_secs(10));
    }
    assert_eq!(sent.len(), world.provider.sends(), "every send was reported");
    sent
}

/// Returns the highest number of sends in any span of this length.
fn most_in(sent: &[Timestamp], window: Duration) -> usize {
    let from =
        |first: &Timestamp| sent.iter().filter(|at| *first <= **at && at.since(*first) < window).count();
    sent.iter().map(from).max().unwrap_or_default()
}

#[tokio::test]
async fn in_a_day_a_script_causes_no_more_sends_than_the_limits_allow() {
    for enters_codes in [false, true] {
        let world = world_with(|builder| builder.voice_to(["US"]));
        let sent = a_day(&world, enters_codes).await;
        assert_eq!(
            sent.len(),
            10,
            "the limit of a number allows ten in a day, and no other limit allows fewer"
        );
        for (count, minutes) in [(3, 10), (5, 60), (10, 24 * 60)] {
            let most = most_in(&sent, Duration::from_secs(minutes * 60));
            assert!(most <= count, "{most} in {minutes} min");
        }
    }
}

#[tokio::test]
async fn in_a_day_nothing_is_sent_to_an_unlisted_country() {
    let world = world_with(|builder| builder.voice_to(["US"]));
    for number in ["+18765551234", "+88161234567"] {
        *world.number.lock().unwrap() = Some(number);
        assert!(a_day(&world, false).await.is_empty(), "{number}");
    }
}

#[tokio::test]
async fn in_a_day_changing_numbers_gains_an_account_no_sends() {
    // Every start uses a new number, so only the limits of the user (five an hour) and the block (ten) apply.
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
    assert!(most_in(&sent, Duration::from_secs(60 * 60)) <= 5);
    assert_eq!(sent.len(), world.provider.sends());
}
