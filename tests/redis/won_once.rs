//! Races between two instances of any store.

use std::time::Duration;

use futures_util::future::join_all;
use mfakit::{
    MfaStore,
    policy::Limit,
    store::{AttemptReservation, ConsumeOutcome, RedeemOutcome, SendReservation, SendRule},
};

use crate::kit::{NO_TIME, TestUser, attempt, live_challenge, new_id, redeem, reserve_send};

/// Runs each race on both instances at once: 200 attempts, 100 right codes, 100 uses of a grant, and 20 sends.
pub(crate) async fn no_race_is_won_twice<S: MfaStore>(stores: [S; 2]) {
    let either = |at: usize| &stores[at % 2];
    let alice = TestUser::new("alice");

    let challenge = live_challenge(&stores[0], &alice).await;
    let attempts = join_all((0..200).map(|at| attempt(either(at), &alice, &challenge.id))).await;
    let reserved = |attempt: &AttemptReservation| matches!(attempt, AttemptReservation::Reserved { .. });
    assert_eq!(attempts.into_iter().filter(|attempt| reserved(attempt.as_ref().unwrap())).count(), 5);

    let challenge = live_challenge(&stores[0], &alice).await;
    let redeemed = join_all((0..100).map(|at| redeem(either(at), &alice, &challenge.id))).await;
    let mut grants = redeemed.into_iter().filter_map(|redeemed| match redeemed.unwrap() {
        RedeemOutcome::Granted(grant) => Some(grant),
        RedeemOutcome::Over => None,
    });
    let grant = grants.next().unwrap();
    assert!(grants.next().is_none());

    let consumed = join_all((0..100).map(|at| either(at).consume(alice.key(), &grant, NO_TIME))).await;
    let taken = |consumed: &ConsumeOutcome| *consumed == ConsumeOutcome::Consumed;
    assert_eq!(consumed.into_iter().filter(|consumed| taken(consumed.as_ref().unwrap())).count(), 1);

    let rule = SendRule {
        cool_down: vec![Duration::from_secs(30)],
        per_login_and_scope: vec![Limit::new(3, Duration::from_secs(10 * 60))],
        per_user: vec![Limit::new(10, Duration::from_secs(24 * 60 * 60))],
    };
    let (bob, ids) = (TestUser::new("bob"), [(); 20].map(|()| new_id()));
    let sends = join_all(ids.iter().enumerate().map(|(at, id)| reserve_send(either(at), &bob, id, &rule)));
    let reserved = |send: &SendReservation| matches!(send, SendReservation::Reserved { .. });
    assert_eq!(sends.await.into_iter().filter(|send| reserved(send.as_ref().unwrap())).count(), 1);
}
