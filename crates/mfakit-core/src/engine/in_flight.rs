//! Codes that are being checked at the moment, in this process.
//!
//! A double click sends the same code again while the provider is still checking the first. The second
//! request waits for the first to be answered, and only then asks the store, which recognizes a right code.
//! So the second request counts as no attempt, takes no attempt away from the first, and is not stopped by a
//! lock that the right code is about to lift.
//!
//! 1. Nothing is decided here. If the first code was not right, the store counts the waiting one like any
//!    other.
//! 2. Waiting reveals that a code equals the one in flight. So a different code, which does not wait, also
//!    ends the waiting of the codes that follow it. Of all guesses at a code in flight, only one is compared.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::{ChallengeId, CodeProof, Key, LoginId, Scope, UserId};

/// Codes that are being checked, by the challenge that they are entered for.
#[derive(Default)]
pub(crate) struct InFlight(Mutex<HashMap<Place, Vec<Flight>>>);

/// A challenge, and the subject that entered a code for it. Only codes of the same subject wait for each
/// other.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Place {
    challenge: ChallengeId,
    user: UserId,
    login: LoginId,
    scope: Scope,
}

struct Flight {
    proof: CodeProof,
    /// True if the same code may wait for this one.
    open: bool,
    /// Channel that closes when the check has ended, however it ends.
    ended: watch::Receiver<()>,
}

/// Code in flight. Dropping this ends it.
pub(super) struct Entry<'a> {
    in_flight: &'a InFlight,
    place: Place,
    ends: watch::Sender<()>,
}

impl InFlight {
    /// Enters a code, or waits until the same code, entered before, has been answered.
    pub(super) async fn enter(
        &self,
        key: Key<'_>,
        challenge: &ChallengeId,
        proof: CodeProof,
    ) -> Option<Entry<'_>> {
        let (user, login, scope) = (key.user.clone(), *key.login, *key.scope);
        let place = Place { challenge: *challenge, user, login, scope };
        let mut ended = match self.enter_or_find(place, proof) {
            Ok(entry) => return Some(entry),
            Err(ended) => ended,
        };
        // Nothing is ever sent. The error arrives when the other side is dropped.
        let _ = ended.changed().await;
        None
    }

    fn enter_or_find(&self, place: Place, proof: CodeProof) -> Result<Entry<'_>, watch::Receiver<()>> {
        let mut places = self.places();
        let flights = places.entry(place.clone()).or_default();
        if let Some(same) = flights.iter().find(|flight| flight.open && flight.proof == proof) {
            return Err(same.ended.clone());
        }
        flights.iter_mut().for_each(|flight| flight.open = false);
        let (ends, ended) = watch::channel(());
        flights.push(Flight { proof, open: true, ended });
        drop(places);
        Ok(Entry { in_flight: self, place, ends })
    }

    fn places(&self) -> MutexGuard<'_, HashMap<Place, Vec<Flight>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        let mut places = self.in_flight.places();
        if let Some(flights) = places.get_mut(&self.place) {
            flights.retain(|flight| !flight.ended.same_channel(&self.ends.subscribe()));
            if flights.is_empty() {
                places.remove(&self.place);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    struct World {
        in_flight: InFlight,
        user: UserId,
        login: LoginId,
        scope: Scope,
        challenge: ChallengeId,
    }

    impl World {
        fn new() -> Self {
            Self {
                in_flight: InFlight::default(),
                user: "alice".into(),
                login: LoginId::random(),
                scope: Scope::new("pay").unwrap(),
                challenge: ChallengeId::fresh(),
            }
        }

        fn enter(&self, code: u8) -> impl Future<Output = Option<Entry<'_>>> {
            self.enter_as(&self.user, code)
        }

        fn enter_as<'a>(&'a self, user: &'a UserId, code: u8) -> impl Future<Output = Option<Entry<'a>>> {
            let key = Key { user, login: &self.login, scope: &self.scope };
            self.in_flight.enter(key, &self.challenge, CodeProof::from_bytes([code; 32]))
        }
    }

    #[tokio::test]
    async fn the_same_code_waits_for_the_first_to_end_and_nothing_is_left() {
        let world = World::new();
        let first = world.enter(1).await.unwrap();
        let mut second = Box::pin(world.enter(1));
        assert!(second.as_mut().now_or_never().is_none(), "it waits");
        drop(first);
        assert!(second.await.is_none(), "it enters nothing of its own");
        assert!(world.in_flight.places().is_empty());
    }

    #[tokio::test]
    async fn one_other_code_is_compared_with_a_code_in_flight_and_no_more() {
        let world = World::new();
        let right = world.enter(1).await.unwrap();
        let guess = world.enter(2).now_or_never().flatten().unwrap();
        let lucky = world.enter(1).now_or_never().flatten();
        assert!(lucky.is_some(), "after a wrong guess the right one learns nothing");
        drop((right, guess, lucky));
        assert!(world.in_flight.places().is_empty());
    }

    #[tokio::test]
    async fn what_others_enter_neither_waits_nor_ends_a_wait() {
        let world = World::new();
        let bob = UserId::from("bob");
        let first = world.enter(1).await.unwrap();
        for code in [1, 2] {
            assert!(world.enter_as(&bob, code).now_or_never().flatten().is_some(), "{code}");
        }
        let mut second = Box::pin(world.enter(1));
        assert!(second.as_mut().now_or_never().is_none(), "it waits all the same");
        drop(first);
        assert!(second.await.is_none());
    }
}
