//! What was revoked is gone at once, for everybody.

use crate::{
    conformance::{
        person::{Person, generous},
        suite::{Suite, race},
    },
    store::{AttemptReservation, OpenOutcome, RedeemOutcome, Revocation},
};

/// The grants and live challenges that a revocation covers, and no others.
pub async fn what_is_revoked_is_gone_at_once_and_nothing_else(suite: &Suite) {
    let login_of = Person::new(suite).login;
    for kind in 0..4 {
        let one = Person { login: login_of, ..Person::new(suite) };
        let everybody = [
            one.clone(),
            one.wants("transfer.x"),
            one.elsewhere(),
            one.elsewhere().wants("transfer.x"),
            // Somebody else, in a log-in of the same bits.
            Person { login: one.login, ..Person::new(suite) },
        ];
        let what = match kind {
            0 => Revocation::User,
            1 => Revocation::Login(one.login),
            2 => Revocation::Scope(one.scope),
            _ => Revocation::Elevation(one.login, one.scope),
        };
        let mut live = Vec::new();
        for person in &everybody {
            let _ = person.elevate().await;
            live.push((person, person.start().await.id));
        }
        one.revoke(what).await;
        for (person, challenge) in live {
            let gone = person.user == one.user && what.covers(&person.login, &person.scope);
            let (grant, attempt) = (person.grant().await, person.attempt(&challenge).await);
            assert_eq!(grant.is_none(), gone, "{what:?} ends the grants it covers, and no others");
            let over = matches!(attempt, AttemptReservation::Over);
            assert_eq!(over, gone, "{what:?} ends the challenges it covers, and no others: {attempt:?}");
            let redeemed = matches!(person.redeem(&challenge).await, RedeemOutcome::Granted(_));
            assert_eq!(redeemed, !gone, "{what:?}: what was revoked becomes no grant");
        }
    }
}

/// A revocation gives back neither failures nor a lock.
pub async fn what_was_counted_stays_counted(suite: &Suite) {
    let person = Person::new(suite);
    let tenth = person.fail(&crate::conformance::person::LOCKS, 10).await;
    person.revoke(Revocation::User).await;
    let user_state = person.user_state().await;
    assert_eq!((user_state.failures, user_state.lock), (10, tenth.lock), "failures and lock stand");
    assert!(
        user_state.challenges.is_empty() && user_state.grants.is_empty(),
        "and nothing else: {user_state:?}"
    );
}

/// A revocation ends what there was, and not what comes.
pub async fn what_is_asked_for_afterwards_is_new(suite: &Suite) {
    let person = Person::new(suite);
    for what in [
        Revocation::User,
        Revocation::Login(person.login),
        Revocation::Scope(person.scope),
        Revocation::Elevation(person.login, person.scope),
    ] {
        person.revoke(what).await;
        let grant = person.elevate().await;
        assert_eq!(person.grant().await, Some(grant), "after {what:?} a new grant stands");
    }
}

/// Whichever comes first, a code on its way, a code being checked and a grant are gone after the revocation.
pub async fn no_grant_survives_a_revocation_that_races_it(suite: &Suite) {
    for _ in 0..20 {
        let person = Person::new(suite);
        let (id, _) = person.wants("settings").reserve_send(&generous()).await;
        let challenge = person.start().await.id;
        race(8, |number| {
            let (person, settings) = (person.clone(), person.wants("settings"));
            async move {
                match number {
                    0 => person.revoke(Revocation::User).await,
                    1 => {
                        let _: OpenOutcome = settings.open(&settings.challenge(id)).await;
                    }
                    _ => {
                        let _: RedeemOutcome = person.redeem(&challenge).await;
                    }
                }
            }
        })
        .await;
        assert_eq!(person.grant().await, None, "a grant does not survive a revocation that it raced");
        let live = person.user_state().await.challenges;
        assert!(live.is_empty(), "nor does a challenge: {live:?}");
    }
}
