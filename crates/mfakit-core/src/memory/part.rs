//! The users of one part, with their grants and kept actions.

use std::{cmp::Reverse, collections::BinaryHeap, ops::AddAssign};

use crate::{
    approval::ApprovalId,
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    lock::Lock,
    store::{
        KeepAction, KeepOutcome, Kept, Key, OpenOutcome, Redeem, RedeemOutcome, ReserveSend, SendReservation,
        StoreError, UserState,
    },
};

use super::{
    approvals::{Approvals, Plan},
    expiring::Expiring,
    grants::Grants,
    keyed_hash::KeyedHash,
    user_record::{MAX_SEND_TIME, UserRecord},
};

/// Maximum number of records of one kind that one verb sweeps. A verb adds at most one, so no backlog grows, and no
/// verb stalls.
pub(super) const SWEPT_AT_ONCE: usize = 8;

/// The users of one part, with their grants and kept actions.
pub(super) struct Part {
    users: Expiring<UserRecord>,
    pub(super) grants: Grants,
    pub(super) approvals: Approvals,
    /// Users with a challenge, by the time at which it expires. Memory is returned then, because a challenge is large
    /// and the rest of its user's record lives longer. It may name users that have gone.
    challenges: BinaryHeap<Reverse<(Timestamp, KeyedHash)>>,
    /// An era that no failures of an earlier record have used.
    era: u64,
}

/// Numbers of records that were removed.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Removed {
    pub(super) users: usize,
    pub(super) grants: usize,
    pub(super) actions: usize,
    /// Approvals that were consumed, which take no place.
    pub(super) consumed: usize,
}

/// Result of keeping an action.
pub(super) struct Keeping {
    pub(super) kept: Kept,
    /// Records that went for it, without one whose place the action took.
    pub(super) removed: Removed,
    /// True if the action took the place that was offered.
    pub(super) takes_place: bool,
}

impl AddAssign for Removed {
    fn add_assign(&mut self, other: Self) {
        self.users += other.users;
        self.grants += other.grants;
        self.actions += other.actions;
        self.consumed += other.consumed;
    }
}

impl Part {
    /// Creates an empty part, which remembers at most this many approvals that were consumed.
    pub(super) const fn new(most_consumed: usize) -> Self {
        Self {
            users: Expiring::new(),
            grants: Grants::new(),
            approvals: Approvals::new(most_consumed),
            challenges: BinaryHeap::new(),
            era: 0,
        }
    }

    /// Creates the part of one user, whose failures begin with this era if there are none yet.
    pub(super) fn of_one(record: Option<UserRecord>, grants: Grants, approvals: Approvals, era: u64) -> Self {
        let mut part = Self { grants, approvals, era, ..Self::new(0) };
        if let Some(record) = record {
            // A record with nothing in it is left out.
            let _: bool = part.insert(record);
        }
        part
    }

    /// Returns the numbers of users, of grants and of kept actions.
    #[cfg(test)]
    pub(super) const fn len(&self) -> [usize; 3] {
        [self.users.len(), self.grants.len(), self.approvals.len()]
    }

    /// Returns the end of the user's record that ends first.
    pub(super) fn earliest_user(&self) -> Option<Timestamp> {
        self.users.earliest()
    }

    pub(super) fn has(&self, user: KeyedHash) -> bool {
        self.record(user).is_some()
    }

    pub(super) fn record(&self, user: KeyedHash) -> Option<&UserRecord> {
        self.users.find(user.in_table(), |record| record.user() == user)
    }

    pub(super) fn user_state(&self, user: KeyedHash, now: Timestamp) -> UserState {
        let mut state = self.record(user).map(|record| record.user_state(now)).unwrap_or_default();
        state.grants = self.grants.of(user, now);
        state.grants.extend(self.approvals.grants_of(user, now));
        state.actions = self.approvals.of(user, now).cloned().collect();
        state.consumed = self.approvals.consumed.of(user, now).copied().collect();
        state
    }

    pub(super) fn lock_of(&self, user: KeyedHash, now: Timestamp) -> Lock {
        self.record(user).map(|record| record.lock(now)).unwrap_or_default()
    }

    /// Returns the answer to a send whose action is gone. `None` if the action is kept, or if the send needs none.
    pub(super) fn without_action(
        &self,
        user: KeyedHash,
        request: &ReserveSend<'_>,
    ) -> Option<SendReservation> {
        let ReserveSend { key, now, .. } = *request;
        if key.approval.is_none() || self.approvals.has(user, key, now) {
            return None;
        }
        Some(match self.lock_of(user, now) {
            Lock::Unlocked => SendReservation::NoAction,
            lock => SendReservation::Locked(lock),
        })
    }

    /// Adds the action of its approval to a send that was reserved. The action lasts while the send is in flight.
    pub(super) fn with_action(
        &mut self,
        user: KeyedHash,
        request: &ReserveSend<'_>,
        reserved: SendReservation,
    ) -> SendReservation {
        let ReserveSend { key, now, .. } = *request;
        let SendReservation::Reserved { resend_at, .. } = reserved else { return reserved };
        let action = self.approvals.extend(user, key, now.plus(MAX_SEND_TIME), now);
        SendReservation::Reserved { resend_at, action }
    }

    /// Redeems a challenge. The second value is true if the grant is one more than before, outside of an action.
    pub(super) fn redeem(
        &mut self,
        user: KeyedHash,
        request: Redeem<'_>,
    ) -> Result<(RedeemOutcome, bool, Removed), StoreError> {
        let is_bound = request.key.approval.is_some();
        if is_bound && !self.approvals.has(user, request.key, request.now) {
            return Ok((RedeemOutcome::Over, false, Removed::default()));
        }
        let (grant, removed) = self.change(user, |record| record.redeem(request)).unwrap_or_default();
        let Some(grant) = grant else { return Ok((RedeemOutcome::Over, false, removed)) };
        if is_bound {
            let is_set = self.approvals.set_grant(user, request.key, &grant);
            let outcome = if is_set { RedeemOutcome::Granted(grant) } else { RedeemOutcome::Over };
            return Ok((outcome, false, removed));
        }
        // The code was sent and entered, so its grant is kept even if the store has become full.
        let is_new = self.grants.insert(user, request.key, &grant)?;
        Ok((RedeemOutcome::Granted(grant), is_new, removed))
    }

    /// Returns the grant of a key: the bound one of its approval, or the unbound one.
    pub(super) fn grant(&self, user: KeyedHash, key: Key<'_>) -> Option<GrantRecord> {
        if key.approval.is_some() { self.approvals.grant(user, key) } else { self.grants.find(user, key) }
    }

    /// Keeps an action. Returns `None` if it needs a place and has none, or if the part cannot hold more.
    pub(super) fn keep_action(
        &mut self,
        user: KeyedHash,
        request: KeepAction<'_>,
        has_place: bool,
    ) -> Option<Keeping> {
        let record = self.users.find(user.in_table(), |record| record.user() == user);
        let is_open = |id: &ApprovalId| record.is_some_and(|record| record.is_open(id, request.now));
        let consumed = self.approvals.consumed.like(user, request.action, request.now);
        let mut removed = Removed::default();
        let takes_place = match self.approvals.plan(user, request, is_open) {
            Plan::Known(id) => {
                let kept = Kept { outcome: KeepOutcome::Known(id), consumed };
                return Some(Keeping { kept, removed, takes_place: false });
            }
            Plan::Add if !has_place => return None,
            Plan::Add => true,
            Plan::Replace(gone) => {
                gone.iter().for_each(|id| removed += self.end_approval(user, id));
                removed.actions = removed.actions.saturating_sub(1);
                false
            }
        };
        let outcome = self.approvals.insert(user, request.action)?;
        Some(Keeping { kept: Kept { outcome, consumed }, removed, takes_place })
    }

    /// Consumes a bound grant with everything of its approval, and remembers that. `None` if it is not this grant any more.
    pub(super) fn consume_bound(
        &mut self,
        user: KeyedHash,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Option<Removed> {
        let is_current = self.approvals.grant(user, key).as_ref() == Some(grant);
        let id = key.approval.filter(|_| is_current)?;
        let mut removed = self.end_challenges(user, id);
        removed.actions += usize::from(self.approvals.consume(user, key, now));
        Some(removed)
    }

    /// Removes an action of a user, with its grant and its challenges.
    fn end_approval(&mut self, user: KeyedHash, id: &ApprovalId) -> Removed {
        let mut removed = self.end_challenges(user, id);
        removed.actions += usize::from(self.approvals.remove(user, id));
        removed
    }

    /// Removes the challenges of an approval.
    fn end_challenges(&mut self, user: KeyedHash, id: &ApprovalId) -> Removed {
        let changed = self.change(user, |record| record.end_approval(id));
        changed.map(|((), removed)| removed).unwrap_or_default()
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
        if !self.approvals.has_for(user, challenge) {
            return (OpenOutcome::Over, Removed::default());
        }
        let era = self.era;
        let opened = self.change(user, |record| record.open_challenge(challenge, era));
        let opened = opened.unwrap_or((OpenOutcome::Over, Removed::default()));
        if opened.0 == OpenOutcome::Opened {
            self.approvals.last_for(user, challenge);
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
        while removed.actions < SWEPT_AT_ONCE && self.approvals.remove_ended(now) {
            removed.actions += 1;
        }
        while removed.consumed < SWEPT_AT_ONCE && self.approvals.consumed.remove_ended(now) {
            removed.consumed += 1;
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
