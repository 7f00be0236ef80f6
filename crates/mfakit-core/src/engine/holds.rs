//! Users whose start was just rejected by a budget.
//!
//! The next start of the same user is answered from here, so that repeating it costs neither a query of the
//! directory nor a write to the store.
//!
//! 1. A hold lasts a few seconds, and never longer than the wait in the rejection.
//! 2. It concerns one user, and only a session of that user can cause it. So an attacker cannot hold up other
//!    users.
//! 3. It is a shortcut, not a count. The table has a fixed size, stays in this process and may lose any of its holds.

use std::{
    hash::{BuildHasher, RandomState},
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::{approval::ApprovalId, clock::Timestamp, subject::UserId};

/// Time for which a rejected start also answers the next starts of its user.
pub(crate) const HELD_FOR: Duration = Duration::from_secs(5);

/// Number of holds that fit into the table.
const PLACES: usize = 4096;

/// Holds of one engine. The hash of a user selects the place.
pub(crate) struct Holds {
    hasher: RandomState,
    places: Mutex<Box<[Option<Hold>]>>,
}

/// One rejection, and the user that it concerns.
#[derive(Clone)]
pub(crate) struct Hold {
    pub(crate) user: UserId,
    /// Unconfirmed number that the code was for. `None` if the code was for the number on file.
    pub(crate) number: Option<ApprovalId>,
    pub(crate) budget: &'static str,
    /// Network of the request, if its budget is the exhausted one.
    pub(crate) network: Option<IpAddr>,
    pub(crate) since: Timestamp,
    pub(crate) retry_at: Timestamp,
}

impl Holds {
    pub(crate) fn new() -> Self {
        let places = std::iter::repeat_with(|| None).take(PLACES).collect();
        Self { hasher: RandomState::new(), places: Mutex::new(places) }
    }

    pub(crate) fn put(&self, hold: Hold) {
        let user = hold.user.clone();
        self.in_place_of(&user, |place| *place = Some(hold));
    }

    /// Returns the hold of a user who starts for this number from this network, if it still lasts.
    pub(crate) fn find(
        &self,
        user: &UserId,
        number: Option<ApprovalId>,
        network: Option<IpAddr>,
        now: Timestamp,
    ) -> Option<Hold> {
        let lasts = |hold: &&Hold| {
            hold.user == *user
                && hold.number == number
                && (hold.network.is_none() || hold.network == network)
                && hold.since <= now
                && now < hold.retry_at.min(hold.since.plus(HELD_FOR))
        };
        self.in_place_of(user, |place| place.as_ref().filter(lasts).cloned()).flatten()
    }

    /// Ends a user's hold, because the user completed a challenge, which may have opened the budget.
    pub(crate) fn end(&self, user: &UserId) {
        self.in_place_of(user, |place| place.take_if(|hold| hold.user == *user));
    }

    fn in_place_of<T>(&self, user: &UserId, act: impl FnOnce(&mut Option<Hold>) -> T) -> Option<T> {
        let at = usize::try_from(self.hasher.hash_one(user) % PLACES as u64).ok()?;
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.get_mut(at).map(act)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Timestamp {
        Timestamp::from_millis(secs * 1000)
    }

    fn hold(user: &str, retry_at: u64, network: Option<IpAddr>) -> Hold {
        Hold {
            user: user.into(),
            number: None,
            budget: "number",
            network,
            since: at(100),
            retry_at: at(retry_at),
        }
    }

    #[test]
    fn a_hold_lasts_a_few_seconds_and_never_longer_than_the_wait_that_was_told() {
        for (retry_at, now, lasts) in [
            (900, 100, true),
            (900, 104, true),
            (900, 105, false),
            (102, 101, true),
            (102, 102, false),
            (900, 99, false),
        ] {
            let holds = Holds::new();
            holds.put(hold("alice", retry_at, None));
            assert_eq!(
                holds.find(&"alice".into(), None, None, at(now)).is_some(),
                lasts,
                "{retry_at}, {now}"
            );
        }
    }

    #[test]
    fn a_hold_is_for_its_user_and_its_network_alone_and_ends_with_a_success() {
        let holds = Holds::new();
        let [here, there] = ["192.0.2.1", "192.0.2.2"].map(|address| address.parse().ok());
        holds.put(hold("alice", 900, here));
        let finds = |user: &str, network| holds.find(&user.into(), None, network, at(101)).is_some();
        assert!(finds("alice", here));
        let other = Some(ApprovalId::random());
        assert!(holds.find(&"alice".into(), other, here, at(101)).is_none(), "another number");
        assert!(!finds("alice", there) && !finds("alice", None) && !finds("bob", here));
        holds.end(&"bob".into());
        assert!(finds("alice", here));
        holds.end(&"alice".into());
        assert!(!finds("alice", here));
    }

    #[test]
    fn a_crowd_takes_no_more_room_than_there_is() {
        let holds = Holds::new();
        for n in 0..3 * PLACES {
            holds.put(hold(&n.to_string(), 900, None));
        }
        let found =
            (0..3 * PLACES).filter(|n| holds.find(&n.to_string().into(), None, None, at(101)).is_some());
        assert!((1..=PLACES).contains(&found.count()));
    }
}
