//! The users of one part, and their grants.

use std::{cmp::Reverse, collections::BinaryHeap};

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    store::{OpenOutcome, UserState},
};

use super::{expiring::Expiring, grants::Grants, keyed_hash::KeyedHash, user_record::UserRecord};

/// Maximum number of records of one kind that one verb sweeps. A verb adds at most one, so no backlog grows, and no
/// verb stalls.
pub(super) const SWEPT_AT_ONCE: usize = 8;

/// The users of one part, and their grants.
pub(super) struct Part {
    users: Expiring<UserRecord>,
    pub(super) grants: Grants,
    /// Users with a challenge, by the time at which it expires. Memory is returned then, because a challenge is large
    /// and the rest of its user's record lives longer. It may name users that have gone.
    challenges: BinaryHeap<Reverse<(Timestamp, KeyedHash)>>,
    /// An era that no failures of an earlier record have used.
    era: u64,
}

/// Numbers of records that were removed.
#[derive(Clone, Copy, Default)]
pub(super) struct Removed {
    pub(super) users: usize,
    pub(super) grants: usize,
}

impl Part {
    pub(super) const fn new() -> Self {
        Self { users: Expiring::new(), grants: Grants::new(), challenges: BinaryHeap::new(), era: 0 }
    }

    /// Returns the numbers of users and of grants.
    #[cfg(test)]
    pub(super) const fn len(&self) -> (usize, usize) {
        (self.users.len(), self.grants.len())
    }

    /// Returns the end of the user's record that ends first.
    pub(super) fn earliest_user(&self) -> Option<Timestamp> {
        self.users.earliest()
    }

    pub(super) fn has(&self, user: KeyedHash) -> bool {
        self.users.find(user.in_table(), |record| record.user() == user).is_some()
    }

    pub(super) fn user_state(&self, user: KeyedHash, now: Timestamp) -> UserState {
        let record = self.users.find(user.in_table(), |record| record.user() == user);
        let mut state = record.map(|record| record.user_state(now)).unwrap_or_default();
        state.grants = self.grants.of(user, now);
        state
    }

    /// Adds the record of a new user. Returns false if nothing is in it, or if the part cannot hold more.
    #[must_use]
    pub(super) fn insert(&mut self, mut record: UserRecord) -> bool {
        record.settle() && self.users.insert(record)
    }

    /// Changes the record of a user, and removes it if nothing is left in it. `None` if there is no record.
    pub(super) fn change<T>(
        &mut self,
        user: KeyedHash,
        change: impl FnOnce(&mut UserRecord) -> T,
    ) -> Option<(T, Removed)> {
        let is_it = |record: &UserRecord| record.user() == user;
        let change = |record: &mut UserRecord| (change(record), record.next_era(), record.settle());
        let (changed, era, is_left) = self.users.change(user.in_table(), is_it, change)?;
        let mut removed = Removed::default();
        if !is_left {
            self.users.remove(user.in_table(), is_it);
            self.era = self.era.max(era);
            removed.users = 1;
        }
        Some((changed, removed))
    }

    pub(super) fn open_challenge(
        &mut self,
        user: KeyedHash,
        challenge: &Challenge,
    ) -> (OpenOutcome, Removed) {
        let era = self.era;
        let opened = self.change(user, |record| record.open_challenge(challenge, era));
        let opened = opened.unwrap_or((OpenOutcome::Over, Removed::default()));
        if opened.0 == OpenOutcome::Opened {
            self.challenges.push(Reverse((challenge.expires_at, user)));
        }
        opened
    }

    /// Removes records that have ended, a bounded number of each kind, those that ended first. Visits no others.
    pub(super) fn sweep(&mut self, now: Timestamp) -> Removed {
        let mut removed = Removed::default();
        for _ in 0..SWEPT_AT_ONCE {
            removed.users += self.sweep_challenge(now).users;
        }
        while removed.users < SWEPT_AT_ONCE
            && let Some(record) = self.users.pop_ended(now)
        {
            self.era = self.era.max(record.next_era());
            removed.users += 1;
        }
        while removed.grants < SWEPT_AT_ONCE && self.grants.remove_ended(now) {
            removed.grants += 1;
        }
        removed
    }

    /// Removes what has ended from the record of the user whose challenge expires first, if it has expired.
    fn sweep_challenge(&mut self, now: Timestamp) -> Removed {
        if self.challenges.peek().is_none_or(|Reverse((expires_at, _))| now < *expires_at) {
            return Removed::default();
        }
        let Some(Reverse((_, user))) = self.challenges.pop() else { return Removed::default() };
        if self.challenges.capacity() > 2 * self.challenges.len() + 16 {
            self.challenges.shrink_to_fit();
        }
        let mut era = 0;
        let swept = self.change(user, |record| {
            era = record.next_era();
            record.sweep(now);
        });
        self.era = self.era.max(era);
        swept.map(|((), removed)| removed).unwrap_or_default()
    }
}
