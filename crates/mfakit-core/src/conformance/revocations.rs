//! Guarantees that a revocation takes effect at once, for exactly what it covers.

use crate::{
    conformance::{
        suite::{Suite, race},
        test_user::{LOCKS, TestUser, lenient},
    },
    store::{AttemptReservation, OpenOutcome, RedeemOutcome, Revocation},
};

/// A revocation ends the grants and live challenges that it covers, and no others.
pub async fn a_revocation_ends_exactly_what_it_covers_at_once(suite: &Suite) {
    let shared_login = TestUser::new(suite).login;
    for kind in 0..4 {
        let one = TestUser { login: shared_login, ..TestUser::new(suite) };
        let users = [
            one.clone(),
            one.for_scope("transfer.x"),
            one.in_another_session(),
            one.in_another_session().for_scope("transfer.x"),
            // Another user, with the same session ID.
            TestUser { login: one.login, ..TestUser::new(suite) },
        ];
        let what = match kind {
            0 => Revocation::User,
            1 => Revocation::Login(one.login),
            2 => Revocation::Scope(one.scope),
            _ => Revocation::Elevation(one.login, one.scope),
        };
        let mut live = Vec::new();
        for user in &users {
            let _ = user.obtain_grant().await;
            live.push((user, user.start_challenge().await.id));
        }
        one.revoke(what).await;
        for (user, challenge) in live {
            let is_covered = user.id == one.id && what.covers(&user.login, &user.scope, None);
            let (grant, attempt) = (user.grant().await, user.attempt(&challenge).await);
            assert_eq!(grant.is_none(), is_covered, "{what:?} ends the grants it covers, and no others");
            let over = matches!(attempt, AttemptReservation::Over);
            assert_eq!(
                over, is_covered,
                "{what:?} ends the challenges it covers, and no others: {attempt:?}"
            );
            let redeemed = matches!(user.redeem(&challenge).await, RedeemOutcome::Granted(_));
            assert_eq!(redeemed, !is_covered, "{what:?}: a revoked challenge yields no grant");
        }
    }
}

/// A revocation resets neither the failures nor the lock.
pub async fn a_revocation_keeps_failures_and_lock(suite: &Suite) {
    let user = TestUser::new(suite);
    let tenth = user.fail(&LOCKS, 10).await;
    user.revoke(Revocation::User).await;
    let user_state = user.user_state().await;
    assert_eq!((user_state.failures, user_state.lock), (10, tenth.lock), "failures and lock are kept");
    assert!(
        user_state.challenges.is_empty() && user_state.grants.is_empty(),
        "nothing else is kept: {user_state:?}"
    );
}

/// A revocation ends earlier grants, not later ones.
pub async fn a_revocation_does_not_affect_later_grants(suite: &Suite) {
    let user = TestUser::new(suite);
    for what in [
        Revocation::User,
        Revocation::Login(user.login),
        Revocation::Scope(user.scope),
        Revocation::Elevation(user.login, user.scope),
    ] {
        user.revoke(what).await;
        let grant = user.obtain_grant().await;
        assert_eq!(user.grant().await, Some(grant), "after {what:?} a new grant is valid");
    }
}

/// A send in flight, a code that is being checked and a grant are all gone after a concurrent revocation, whichever comes
/// first.
pub async fn no_grant_survives_a_concurrent_revocation(suite: &Suite) {
    for _ in 0..20 {
        let user = TestUser::new(suite);
        let (id, _) = user.for_scope("settings").reserve_send(&lenient()).await;
        let challenge = user.start_challenge().await.id;
        race(8, |number| {
            let (user, settings) = (user.clone(), user.for_scope("settings"));
            async move {
                match number {
                    0 => user.revoke(Revocation::User).await,
                    1 => {
                        let _: OpenOutcome = settings.open_challenge(&settings.new_challenge(id)).await;
                    }
                    _ => {
                        let _: RedeemOutcome = user.redeem(&challenge).await;
                    }
                }
            }
        })
        .await;
        assert_eq!(user.grant().await, None, "a grant does not survive a concurrent revocation");
        let live = user.user_state().await.challenges;
        assert!(live.is_empty(), "a challenge does not survive a concurrent revocation: {live:?}");
    }
}
