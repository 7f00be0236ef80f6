//! A send opens one challenge, and one challenge is live for a log-in and scope.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    channel::Channel,
    conformance::{
        person::{Person, all_of, generous, scope},
        suite::{Suite, race},
    },
    store::{AttemptReservation, OpenOutcome, Revocation, SendReservation},
    token::ChallengeId,
};

async fn reserved(person: &Person) -> ChallengeId {
    let (id, answer) = person.reserve_send(&generous()).await;
    assert!(matches!(answer, SendReservation::Reserved { .. }), "{answer:?}");
    id
}

/// Of twenty at once, one opens it; and it is not opened again, even after it is over.
pub async fn a_challenge_is_opened_once(suite: &Suite) {
    let person = Person::new(suite);
    let challenge = person.challenge(reserved(&person).await);
    let answers = race(20, |_| {
        let (person, challenge) = (person.clone(), challenge.clone());
        async move { person.open(&challenge).await }
    })
    .await;
    let opened = answers.iter().filter(|answer| **answer == OpenOutcome::Opened).count();
    assert_eq!(opened, 1, "a challenge is opened once of twenty times");
    let _ = person.redeem(&challenge.id).await;
    assert_eq!(
        person.open(&challenge).await,
        OpenOutcome::Over,
        "a challenge that was met is not opened again"
    );
    assert!(person.user_state().await.challenges.is_empty());
}

/// Nothing opens without a send that was counted for this user.
pub async fn a_challenge_is_opened_only_by_a_reserved_send_of_its_user(suite: &Suite) {
    let (person, stranger) = (Person::new(suite), Person::new(suite));
    let id = reserved(&person).await;
    assert_eq!(stranger.open(&stranger.challenge(id)).await, OpenOutcome::Over, "another user's send");
    let _ = reserved(&stranger).await;
    assert_eq!(
        stranger.open(&stranger.challenge(id)).await,
        OpenOutcome::Over,
        "another user's send, once more"
    );
    let unknown = person.challenge(ChallengeId::random());
    assert_eq!(person.open(&unknown).await, OpenOutcome::Over, "no send at all");
    assert!(stranger.user_state().await.challenges.is_empty(), "nothing is live that was not opened");
    assert_eq!(
        person.open(&person.challenge(id)).await,
        OpenOutcome::Opened,
        "the send is still good for its own"
    );
}

/// A code that was on its way when its user, log-in or scope was revoked is good for nothing; the others are.
pub async fn a_revoked_send_opens_nothing(suite: &Suite) {
    let person = Person::new(suite);
    let (elsewhere, other) = (person.elsewhere(), person.wants("transfer.x"));
    let both = Revocation::Elevation(person.login, person.scope);
    for (what, of_elsewhere, of_other) in [
        (Revocation::User, OpenOutcome::Over, OpenOutcome::Over),
        (Revocation::Login(person.login), OpenOutcome::Opened, OpenOutcome::Over),
        (Revocation::Scope(person.scope), OpenOutcome::Over, OpenOutcome::Opened),
        (both, OpenOutcome::Opened, OpenOutcome::Opened),
    ] {
        let [first, second, third] =
            [reserved(&person).await, reserved(&elsewhere).await, reserved(&other).await];
        person.revoke(what).await;
        let opening = person.open(&person.challenge(first)).await;
        assert_eq!(opening, OpenOutcome::Over, "{what:?} ends what is on its way");
        let again = person.open(&person.challenge(first)).await;
        assert_eq!(again, OpenOutcome::Over, "{what:?}: it stays over");
        let opening = elsewhere.open(&elsewhere.challenge(second)).await;
        assert_eq!(opening, of_elsewhere, "{what:?}, in another log-in");
        let opening = other.open(&other.challenge(third)).await;
        assert_eq!(opening, of_other, "{what:?}, for another scope");
        let anew = person.start().await;
        let _ = person.try_code(&anew.id).await;
        person.unlock().await;
    }
}

/// A resend ends the challenge before it when it is opened, and not while it is on its way.
pub async fn a_newer_challenge_replaces_the_one_of_its_login_and_scope(suite: &Suite) {
    let person = Person::new(suite);
    let (elsewhere, other) = (person.elsewhere(), person.wants("transfer.x"));
    let [old, in_elsewhere, for_other] =
        [person.start().await.id, elsewhere.start().await.id, other.start().await.id];
    let new = reserved(&person).await;
    let _ = person.try_code(&old).await;
    assert_eq!(person.open(&person.challenge(new)).await, OpenOutcome::Opened);
    let answer = person.attempt(&old).await;
    assert!(matches!(answer, AttemptReservation::Over), "the older challenge is over: {answer:?}");
    let first = person.try_code(&new).await;
    assert_eq!(first.challenge.attempts_used, 1, "the newer one has all its attempts");
    let _ = (elsewhere.try_code(&in_elsewhere).await, other.try_code(&for_other).await);
    assert_eq!(person.user_state().await.challenges.len(), 3, "one is live for each log-in and scope");
}

/// Everything that a challenge says, on both channels, with and without a place to go back to.
pub async fn a_challenge_comes_back_as_it_was_written(suite: &Suite) {
    let longest = scope(&"s".repeat(crate::scope::Scope::MAX_LEN));
    for (channel, return_to, name) in [
        (Channel::Messaging, None, scope("a")),
        (Channel::Voice, Some(String::new()), longest),
        (Channel::Voice, Some("|:\0\r\n\"{}é\u{1f511} ".repeat(100)), scope("0._-")),
    ] {
        let person = Person { scope: name, ..Person::new(suite) };
        let opened = person
            .start_with(|it| Challenge {
                channel,
                return_to,
                last_two: "07".to_owned(),
                resend_at: it.sent_at.plus(Duration::from_millis(12_345)),
                attempts: 3,
                ..it
            })
            .await;
        let user_state = person.user_state().await;
        let told: Vec<_> = user_state.challenges.iter().map(all_of).collect();
        assert_eq!(told, [all_of(&opened)], "the standing tells a challenge as it was written");
        let attempt = person.try_code(&opened.id).await.challenge;
        let expected = Challenge { attempts_used: 1, ..opened };
        assert_eq!(all_of(&attempt), all_of(&expected), "an attempt tells it as it was written");
    }
}
