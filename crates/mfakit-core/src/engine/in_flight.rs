//! Codes that this process is currently verifying.
//!
//! A second click sends the same code while the first is at the provider. The second request waits for the answer to
//! the first, and only then calls the store, which recognizes a code that was right. So it does not count as an attempt,
//! takes no attempt away from the first, and is not held up by a lock that a right code is about to lift.
//!
//! 1. No code is compared here. Every code for the same place waits, whether or not it is equal, so the wait reveals
//!    nothing about the code in flight. The store checks and counts the codes that waited, like all others.
//! 2. A code waits once, for [`CALL_TIMEOUT`](crate::timeout::CALL_TIMEOUT) at most. When the flight ends, all codes that
//!    waited continue at the same time. None of them waits for another.
//! 3. A place has one open flight. Entering and ending a flight take constant time under the lock.

use std::{
    collections::{HashMap, hash_map::Entry as Slot},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;

use crate::{
    scope::Scope,
    store::Key,
    subject::{LoginId, UserId},
    timeout::with_timeout,
    token::ChallengeId,
};

/// Maximum number of codes that wait for one flight. Additional codes continue at once, as ordinary attempts.
const MOST_WAITING: usize = 256;

/// The open flight of each place. When its sender is dropped, the flight ends and all waiting codes continue.
#[derive(Default)]
pub(crate) struct InFlight(Mutex<HashMap<Place, watch::Sender<()>>>);

/// A challenge and the subject who entered a code for it. Codes of other subjects do not wait for it.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Place {
    challenge: ChallengeId,
    user: UserId,
    login: LoginId,
    scope: Scope,
}

/// The open flight of a place. It ends when this value is dropped.
pub(super) struct Entry<'a> {
    in_flight: &'a InFlight,
    place: Place,
}

impl InFlight {
    /// Waits for the open flight of the place, if there is one, and then opens the next. Returns `None` if another code
    /// has opened it, or if the wait was too long. The code then continues, and no other code waits for it.
    pub(super) async fn enter(&self, key: Key<'_>, challenge: &ChallengeId) -> Option<Entry<'_>> {
        let (user, login, scope) = (key.user.clone(), *key.login, *key.scope);
        let place = Place { challenge: *challenge, user, login, scope };
        let mut ended = match self.open(&place) {
            Ok(entry) => return Some(entry),
            Err(ended) => ended?,
        };
        // Nothing is ever sent, so this returns an error, as soon as the sender is dropped.
        let _ = with_timeout(ended.changed()).await;
        self.open(&place).ok()
    }

    /// Opens the flight of a place, or returns the end of the one that is open, if there is room to wait for it.
    fn open(&self, place: &Place) -> Result<Entry<'_>, Option<watch::Receiver<()>>> {
        match self.places().entry(place.clone()) {
            Slot::Occupied(open) => {
                let ends = open.get();
                Err((ends.receiver_count() < MOST_WAITING).then(|| ends.subscribe()))
            }
            Slot::Vacant(free) => {
                free.insert(watch::Sender::new(()));
                Ok(Entry { in_flight: self, place: place.clone() })
            }
        }
    }

    fn places(&self) -> MutexGuard<'_, HashMap<Place, watch::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        // The place is free only while there is no entry, so the flight belongs to this one. The waiting codes are
        // woken when the lock is free again.
        let ends = self.in_flight.places().remove(&self.place);
        drop(ends);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, future::join_all};

    use super::*;
    use crate::timeout::CALL_TIMEOUT;

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
                challenge: ChallengeId::random(),
            }
        }

        fn enter(&self) -> impl Future<Output = Option<Entry<'_>>> {
            self.enter_as(&self.user)
        }

        fn enter_as<'a>(&'a self, user: &'a UserId) -> impl Future<Output = Option<Entry<'a>>> {
            let key = Key { user, login: &self.login, scope: &self.scope, approval: None };
            self.in_flight.enter(key, &self.challenge)
        }

        fn waiting(&self) -> usize {
            self.in_flight.places().values().map(watch::Sender::receiver_count).sum()
        }
    }

    #[tokio::test]
    async fn a_code_waits_for_the_first_to_end_and_nothing_is_left() {
        let world = World::new();
        let first = world.enter().await.unwrap();
        let mut second = Box::pin(world.enter());
        assert!(second.as_mut().now_or_never().is_none(), "it waits");
        drop(first);
        drop(second.await.expect("it opens the next flight"));
        assert!(world.in_flight.places().is_empty());
    }

    #[tokio::test]
    async fn all_that_waited_go_on_at_once_and_wait_for_none_of_the_others() {
        let world = World::new();
        let first = world.enter().await.unwrap();
        let mut rest: Vec<_> = (0..100).map(|_| Box::pin(world.enter())).collect();
        assert!(rest.iter_mut().all(|code| code.as_mut().now_or_never().is_none()));
        drop(first);
        // Every entry is kept until all others are there.
        let entries = join_all(rest).now_or_never().expect("none waits a second time");
        assert_eq!(entries.iter().flatten().count(), 1, "one of them is the next that others wait for");
        drop(entries);
        assert!(world.in_flight.places().is_empty());
    }

    #[tokio::test]
    async fn a_thousand_codes_are_one_flight_and_a_bounded_number_waits_for_it() {
        let world = World::new();
        let first = world.enter().await.unwrap();
        let mut rest: Vec<_> = (0..1000).map(|_| Box::pin(world.enter())).collect();
        let waits = rest.iter_mut().map(|code| code.as_mut().now_or_never());
        let went_on = waits.flatten().inspect(|entry| assert!(entry.is_none())).count();
        let flights = world.in_flight.places().len();
        assert_eq!((flights, world.waiting(), went_on), (1, MOST_WAITING, 744));
        drop((rest, first));
        assert!(world.in_flight.places().is_empty());
    }

    #[tokio::test]
    async fn a_code_that_stops_waiting_leaves_its_room_to_another() {
        let world = World::new();
        let _first = world.enter().await.unwrap();
        for _ in 0..1000 {
            assert!(world.enter().now_or_never().is_none(), "it waits");
        }
        assert_eq!(world.waiting(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_flight_without_end_is_waited_for_no_longer_than_anything_else() {
        let world = World::new();
        let _first = world.enter().await.unwrap();
        let begun = tokio::time::Instant::now();
        assert!(world.enter().await.is_none());
        assert!(begun.elapsed() < CALL_TIMEOUT * 2, "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn a_code_waits_for_none_of_another_user() {
        let world = World::new();
        let bob = UserId::from("bob");
        let _first = world.enter().await.unwrap();
        assert!(world.enter_as(&bob).now_or_never().flatten().is_some());
        assert!(world.enter().now_or_never().is_none());
    }
}
