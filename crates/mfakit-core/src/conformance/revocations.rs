//! What was revoked is gone at once, for everybody.

use crate::{
    conformance::{
        suite::{Suite, race},
        test_user::{TestUser, lenient},
    },
    store::{AttemptReservation, OpenOutcome, RedeemOutcome, Revocation},
};

/// The grants and live challenges that a revocation covers, and no others.
pub async fn a_revocation_ends_exactly_what_it_covers_at_once(suite: &Suite) {
    let login_of = TestUser::new(suite).login;
    for kind in 0..4 {
        let one = TestUser { login: login_of, ..TestUser::new(suite) };
        let everybody = [
            one.clone(),
            one.for_scope("transfer.x"),
            one.in_another_session(),
            one.in_another_session().for_scope("transfer.x"),
            // Somebody else, in a log-in of the same bits.
            TestUser { login: one.login, ..TestUser::new(suite) },
        ];
        let what = match kind {
            0 => Revocation::User,
            1 => Revocation::Login(one.login),
            2 => Revocation::Scope(one.scope),
            _ => Revocation::Elevation(one.login, one.scope),
        };
        let mut live = Vec::new();
        for user in &everybody {
            let _ = user.obtain_grant().await;
            live.push((user, user.start_challenge().await.id));
        }
        one.revoke(what).await;
        for (user, challenge) in live {
            let gone = user.id == one.id && what.covers(&user.login, &user.scope);
            let (grant, attempt) = (user.grant().await, user.attempt(&challenge).await);
            assert_eq!(grant.is_none(), gone, "{what:?} ends the grants it covers, and no others");
            let over = matches!(attempt, AttemptReservation::Over);
            assert_eq!(over, gone, "{what:?} ends the challenges it covers, and no others: {attempt:?}");
            let redeemed = matches!(user.redeem(&challenge).await, RedeemOutcome::Granted(_));
            assert_eq!(redeemed, !gone, "{what:?}: what was revoked becomes no grant");
        }
    }
}

/// A revocation gives back neither failures nor a lock.
pub async fn a_revocation_keeps_failures_and_lock(suite: &Suite) {
    let user = TestUser::new(suite);
    let tenth = user.fail(&crate::conformance::test_user::LOCKS, 10).await;
    user.revoke(Revocation::User).await;
    let user_state = user.user_state().await;
    assert_eq!((user_state.failures, user_state.lock), (10, tenth.lock), "failures and lock stand");
    assert!(
        user_state.challenges.is_empty() && user_state.grants.is_empty(),
        "and nothing else: {user_state:?}"
    );
}

/// A revocation ends what there was, and not what comes.
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
        assert_eq!(user.grant().await, Some(grant), "after {what:?} a new grant stands");
    }
}

/// Whichever comes first, a code on its way, a code being checked and a grant are gone after the revocation.
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
        assert_eq!(user.grant().await, None, "a grant does not survive a revocation that it raced");
        let live = user.user_state().await.challenges;
        assert!(live.is_empty(), "nor does a challenge: {live:?}");
    }
}
