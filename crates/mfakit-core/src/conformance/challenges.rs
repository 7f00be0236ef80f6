//! Guarantees that a send opens one challenge, and that one challenge is live for each session and scope.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    channel::Channel,
    conformance::{
        suite::{Suite, race},
        test_user::{TestUser, describe_challenge, lenient, scope},
    },
    store::{AttemptReservation, OpenOutcome, Revocation, SendReservation},
    token::ChallengeId,
};

async fn reserved(user: &TestUser) -> ChallengeId {
    let (id, answer) = user.reserve_send(&lenient()).await;
    assert!(matches!(answer, SendReservation::Reserved { .. }), "{answer:?}");
    id
}

/// Of twenty concurrent calls, one opens the challenge. It is never opened again, even after it is over.
pub async fn a_challenge_is_opened_once(suite: &Suite) {
    let user = TestUser::new(suite);
    let challenge = user.new_challenge(reserved(&user).await);
    let answers = race(20, |_| {
        let (user, challenge) = (user.clone(), challenge.clone());
        async move { user.open_challenge(&challenge).await }
    })
    .await;
    let opened = answers.iter().filter(|answer| **answer == OpenOutcome::Opened).count();
    assert_eq!(opened, 1, "one of twenty concurrent calls opens a challenge");
    let _ = user.redeem(&challenge.id).await;
    assert_eq!(
        user.open_challenge(&challenge).await,
        OpenOutcome::Over,
        "a redeemed challenge is not opened again"
    );
    assert!(user.user_state().await.challenges.is_empty());
}

/// A challenge is opened only by a send that was reserved for the same user.
pub async fn a_challenge_is_opened_only_by_a_reserved_send_of_its_user(suite: &Suite) {
    let (user, stranger) = (TestUser::new(suite), TestUser::new(suite));
    let id = reserved(&user).await;
    assert_eq!(
        stranger.open_challenge(&stranger.new_challenge(id)).await,
        OpenOutcome::Over,
        "another user's send"
    );
    let _ = reserved(&stranger).await;
    assert_eq!(
        stranger.open_challenge(&stranger.new_challenge(id)).await,
        OpenOutcome::Over,
        "another user's send, although the user has reserved one too"
    );
    let unknown = user.new_challenge(ChallengeId::random());
    assert_eq!(user.open_challenge(&unknown).await, OpenOutcome::Over, "no send at all");
    assert!(stranger.user_state().await.challenges.is_empty(), "a challenge that was not opened is not live");
    assert_eq!(
        user.open_challenge(&user.new_challenge(id)).await,
        OpenOutcome::Opened,
        "the send still opens the challenge of its own user"
    );
}

/// A send in flight whose user, session or scope is revoked opens no challenge. Other sends do.
pub async fn a_revoked_send_opens_no_challenge(suite: &Suite) {
    let user = TestUser::new(suite);
    let (elsewhere, other) = (user.in_another_session(), user.for_scope("transfer.x"));
    let both = Revocation::Elevation(user.login, user.scope);
    for (what, of_elsewhere, of_other) in [
        (Revocation::User, OpenOutcome::Over, OpenOutcome::Over),
        (Revocation::Login(user.login), OpenOutcome::Opened, OpenOutcome::Over),
        (Revocation::Scope(user.scope), OpenOutcome::Over, OpenOutcome::Opened),
        (both, OpenOutcome::Opened, OpenOutcome::Opened),
    ] {
        let [first, second, third] =
            [reserved(&user).await, reserved(&elsewhere).await, reserved(&other).await];
        user.revoke(what).await;
        let opening = user.open_challenge(&user.new_challenge(first)).await;
        assert_eq!(opening, OpenOutcome::Over, "{what:?} ends a send in flight");
        let again = user.open_challenge(&user.new_challenge(first)).await;
        assert_eq!(again, OpenOutcome::Over, "{what:?}: the send stays over");
        let opening = elsewhere.open_challenge(&elsewhere.new_challenge(second)).await;
        assert_eq!(opening, of_elsewhere, "{what:?}, in another session");
        let opening = other.open_challenge(&other.new_challenge(third)).await;
        assert_eq!(opening, of_other, "{what:?}, for another scope");
        let anew = user.start_challenge().await;
        let _ = user.attempt_counted(&anew.id).await;
        user.unlock().await;
    }
}

/// A resend ends the challenge before it when it is opened, not while it is in flight.
pub async fn a_newer_challenge_replaces_the_older_one_of_its_session_and_scope(suite: &Suite) {
    let user = TestUser::new(suite);
    let (elsewhere, other) = (user.in_another_session(), user.for_scope("transfer.x"));
    let [old, in_elsewhere, for_other] = [
        user.start_challenge().await.id,
        elsewhere.start_challenge().await.id,
        other.start_challenge().await.id,
    ];
    let new = reserved(&user).await;
    let _ = user.attempt_counted(&old).await;
    assert_eq!(user.open_challenge(&user.new_challenge(new)).await, OpenOutcome::Opened);
    let answer = user.attempt(&old).await;
    assert!(matches!(answer, AttemptReservation::Over), "the older challenge is over: {answer:?}");
    let first = user.attempt_counted(&new).await;
    assert_eq!(first.challenge.attempts_used, 1, "the newer challenge has all its attempts");
    let _ = (elsewhere.attempt_counted(&in_elsewhere).await, other.attempt_counted(&for_other).await);
    assert_eq!(
        user.user_state().await.challenges.len(),
        3,
        "one challenge is live for each session and scope"
    );
}

/// Every field of a challenge is read back unchanged, on both channels, with and without a return target.
pub async fn a_challenge_is_read_back_as_written(suite: &Suite) {
    let longest = scope(&"s".repeat(crate::scope::Scope::MAX_LEN));
    for (channel, return_to, name) in [
        (Channel::Messaging, None, scope("a")),
        (Channel::Voice, Some(String::new()), longest),
        (Channel::Voice, Some("|:\0\r\n\"{}é\u{1f511} ".repeat(100)), scope("0._-")),
    ] {
        let user = TestUser { scope: name, ..TestUser::new(suite) };
        let opened = user
            .start_challenge_with(|it| Challenge {
                method: channel.into(),
                return_to,
                last_two: "07".to_owned(),
                resend_at: it.sent_at.plus(Duration::from_millis(12_345)),
                attempts: 3,
                ..it
            })
            .await;
        let user_state = user.user_state().await;
        let actual: Vec<_> = user_state.challenges.iter().map(describe_challenge).collect();
        assert_eq!(
            actual,
            [describe_challenge(&opened)],
            "the user state contains a challenge as it was written"
        );
        let attempt = user.attempt_counted(&opened.id).await.challenge;
        let expected = Challenge { attempts_used: 1, ..opened };
        assert_eq!(
            describe_challenge(&attempt),
            describe_challenge(&expected),
            "an attempt returns the challenge as it was written"
        );
    }
}
