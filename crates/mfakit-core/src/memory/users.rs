//! Users, their grants and their kept actions, in parts with a lock each.

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    kept_action::KeptAction,
    store::{
        AttemptReservation, BoundGrants, ConsumeOutcome, FindRepeat, KeepAction, Kept, Key, OpenOutcome,
        Redeem, RedeemOutcome, ReleaseAttempt, RepeatLookup, ReserveAttempt, ReserveSend, Revocation,
        SendReservation, StoreError, UserState,
    },
    token::ChallengeId,
};

use super::{
    earliest::Earliest,
    errors::{full, poisoned},
    keyed_hash::KeyedHash,
    part::{Keeping, Part, Removed},
    room::{Place, Room},
    sync::{Mutex, MutexGuard},
    user_record::UserRecord,
};

/// Users, their grants and their kept actions, in parts with a lock each. [The module](super) describes the locking.
pub(super) struct Users {
    parts: Vec<Mutex<Part>>,
    users: Room,
    grants: Room,
    actions: Room,
    users_end: Earliest,
    grants_end: Earliest,
    actions_end: Earliest,
}

/// Part that is locked for writing. Before it is unlocked, it notes when its first records end.
struct Held<'a> {
    users: &'a Users,
    number: usize,
    part: MutexGuard<'a, Part>,
}

impl Users {
    pub(super) fn new(capacity: usize, parts: usize) -> Self {
        let share = capacity.div_ceil(parts).max(1);
        Self {
            parts: std::iter::repeat_with(|| Mutex::new(Part::new(share))).take(parts).collect(),
            users: Room::new(capacity),
            grants: Room::new(capacity),
            actions: Room::new(capacity),
            users_end: Earliest::new(parts),
            grants_end: Earliest::new(parts),
            actions_end: Earliest::new(parts),
        }
    }

    /// Returns the numbers of users, of grants and of kept actions.
    pub(super) fn len(&self) -> [usize; 3] {
        [self.users.used(), self.grants.used(), self.actions.used()]
    }

    /// Returns the numbers of users, of grants and of kept actions in each part, counted there.
    #[cfg(test)]
    pub(super) fn parts(&self) -> Vec<[usize; 3]> {
        (0..self.parts.len()).map(|number| self.lock(number).unwrap().len()).collect()
    }

    pub(super) const fn capacity(&self) -> usize {
        self.users.limit()
    }

    /// Reads a grant. Takes one lock, and only to copy the grant.
    pub(super) fn grant(&self, user: KeyedHash, key: Key<'_>) -> Result<Option<GrantRecord>, StoreError> {
        Ok(self.lock(user.part(self.parts.len()))?.grant(user, key))
    }

    /// Reads the bound grants of a user, session and scope. Takes one lock, and only to copy them.
    pub(super) fn bound_grants(&self, user: KeyedHash, key: Key<'_>) -> Result<BoundGrants, StoreError> {
        Ok(self.lock(user.part(self.parts.len()))?.approvals.grants(user, key))
    }

    pub(super) fn actions(
        &self,
        user: KeyedHash,
        key: Key<'_>,
        now: Timestamp,
    ) -> Result<Vec<KeptAction>, StoreError> {
        Ok(self.lock(user.part(self.parts.len()))?.approvals.at(user, key, now))
    }

    pub(super) fn is_consumed(
        &self,
        user: KeyedHash,
        key: Key<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.lock(user.part(self.parts.len()))?.approvals.consumed.has(user, key, now))
    }

    pub(super) fn keep_action(&self, user: KeyedHash, request: KeepAction<'_>) -> Result<Kept, StoreError> {
        let mut held = self.hold(user)?;
        held.sweep(request.now);
        let (mut place, mut kept) = (None, held.part.keep_action(user, request, false));
        if kept.is_none() {
            place = self.actions.take();
            if place.is_none() {
                // One lock at a time: this one is released before the store looks into other parts.
                drop(held);
                place = self.room_for_action(request.now);
                held = self.hold(user)?;
            }
            kept = held.part.keep_action(user, request, place.is_some());
        }
        let Keeping { kept, removed, takes_place } = kept.ok_or_else(full)?;
        self.give_back(removed);
        if takes_place && let Some(place) = place {
            place.keep();
        }
        Ok(kept)
    }

    pub(super) fn user_state(&self, user: KeyedHash, now: Timestamp) -> Result<UserState, StoreError> {
        Ok(self.lock(user.part(self.parts.len()))?.user_state(user, now))
    }

    pub(super) fn reserve_send(
        &self,
        user: KeyedHash,
        request: ReserveSend<'_>,
    ) -> Result<SendReservation, StoreError> {
        // A bound grant has the place of its action.
        if request.key.approval.is_none() && !self.has_room_for_grants(request.now) {
            return Err(full());
        }
        let mut held = self.hold(user)?;
        held.sweep(request.now);
        let mut place = None;
        if !held.part.has(user) {
            place = self.users.take();
            if place.is_none() {
                // One lock at a time: this one is released before the store looks into other parts.
                drop(held);
                place = self.room_for_user(request.now);
                held = self.hold(user)?;
            }
        }
        if let Some(rejected) = held.part.without_action(user, &request) {
            return Ok(rejected);
        }
        if let Some(reserved) = held.change(user, |record| record.reserve_send(request)) {
            return Ok(held.part.with_action(user, &request, reserved));
        }
        let place = place.ok_or_else(full)?;
        let mut record = UserRecord::new(user);
        let reserved = record.reserve_send(request);
        if held.part.insert(record) {
            place.keep();
            return Ok(held.part.with_action(user, &request, reserved));
        }
        match reserved {
            SendReservation::Reserved { .. } => Err(full()),
            rejected => Ok(rejected),
        }
    }

    pub(super) fn release_send(&self, user: KeyedHash, challenge: &ChallengeId) -> Result<(), StoreError> {
        self.hold(user)?.change(user, |record| record.release_send(challenge));
        Ok(())
    }

    pub(super) fn open_challenge(
        &self,
        user: KeyedHash,
        challenge: &Challenge,
    ) -> Result<OpenOutcome, StoreError> {
        let mut held = self.hold(user)?;
        let (opened, removed) = held.part.open_challenge(user, challenge);
        self.give_back(removed);
        Ok(opened)
    }

    pub(super) fn reserve_attempt(
        &self,
        user: KeyedHash,
        request: ReserveAttempt<'_>,
    ) -> Result<AttemptReservation, StoreError> {
        let mut held = self.hold(user)?;
        held.sweep(request.now);
        let grant = held.part.grant(user, request.key);
        let reserved = held.change(user, |record| record.reserve_attempt(request, grant.as_ref()));
        Ok(reserved.unwrap_or(AttemptReservation::Over))
    }

    pub(super) fn release_attempt(
        &self,
        user: KeyedHash,
        request: ReleaseAttempt<'_>,
    ) -> Result<(), StoreError> {
        self.hold(user)?.change(user, |record| record.release_attempt(request));
        Ok(())
    }

    pub(super) fn redeem(&self, user: KeyedHash, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        let mut held = self.hold(user)?;
        held.sweep(request.now);
        let (outcome, is_new, removed) = held.part.redeem(user, request)?;
        self.give_back(removed);
        if is_new {
            self.grants.exceed();
        }
        Ok(outcome)
    }

    pub(super) fn find_repeat(
        &self,
        user: KeyedHash,
        request: FindRepeat<'_>,
    ) -> Result<RepeatLookup, StoreError> {
        let mut held = self.hold(user)?;
        let grant = held.part.grant(user, request.key);
        let found = held.change(user, |record| record.find_repeat(request, grant.as_ref()));
        Ok(found.unwrap_or(RepeatLookup::Nothing))
    }

    pub(super) fn consume(
        &self,
        user: KeyedHash,
        key: Key<'_>,
        grant: &GrantRecord,
        now: Timestamp,
    ) -> Result<ConsumeOutcome, StoreError> {
        let mut held = self.hold(user)?;
        if key.approval.is_some() {
            let Some(removed) = held.part.consume_bound(user, key, grant, now) else {
                return Ok(ConsumeOutcome::Gone);
            };
            self.give_back(removed);
            return Ok(ConsumeOutcome::Consumed);
        }
        if !held.part.grants.remove(user, key, grant) {
            return Ok(ConsumeOutcome::Gone);
        }
        self.grants.give_back(1);
        Ok(ConsumeOutcome::Consumed)
    }

    pub(super) fn revoke(&self, user: KeyedHash, revocation: Revocation) -> Result<(), StoreError> {
        let mut held = self.hold(user)?;
        self.grants.give_back(held.part.grants.revoke(user, revocation));
        self.actions.give_back(held.part.approvals.revoke(user, revocation));
        held.change(user, |record| record.revoke(revocation));
        Ok(())
    }

    pub(super) fn unlock(&self, user: KeyedHash) -> Result<(), StoreError> {
        self.hold(user)?.change(user, UserRecord::unlock);
        Ok(())
    }

    /// Returns whether there is room for one more grant, after looking for expired ones.
    fn has_room_for_grants(&self, now: Timestamp) -> bool {
        while self.grants.is_full() {
            let Some(number) = self.grants_end.ended(now) else {
                // Another thread may have removed the last one since.
                return !self.grants.is_full();
            };
            self.sweep_part(number, now);
        }
        true
    }

    /// Returns a place for one more user, after looking for expired ones.
    fn room_for_user(&self, now: Timestamp) -> Option<Place<'_>> {
        self.room_for_one(&self.users, &self.users_end, now)
    }

    /// Returns a place for one more action, after looking for expired ones.
    fn room_for_action(&self, now: Timestamp) -> Option<Place<'_>> {
        self.room_for_one(&self.actions, &self.actions_end, now)
    }

    fn room_for_one<'a>(&self, room: &'a Room, end: &Earliest, now: Timestamp) -> Option<Place<'a>> {
        loop {
            if let Some(place) = room.take() {
                return Some(place);
            }
            let Some(number) = end.ended(now) else {
                // Another thread may have removed the last one since.
                return room.take();
            };
            self.sweep_part(number, now);
        }
    }

    /// Sweeps a part in which something has ended.
    fn sweep_part(&self, number: usize, now: Timestamp) {
        match self.lock(number) {
            Ok(part) => Held { users: self, number, part }.sweep(now),
            Err(_) => {
                // Nothing in a poisoned part is used again, so there is nothing to find in it.
                self.users_end.note(number, None);
                self.grants_end.note(number, None);
                self.actions_end.note(number, None);
            }
        }
    }

    fn give_back(&self, removed: Removed) {
        self.users.give_back(removed.users);
        self.grants.give_back(removed.grants);
        self.actions.give_back(removed.actions);
    }

    fn hold(&self, user: KeyedHash) -> Result<Held<'_>, StoreError> {
        let number = user.part(self.parts.len());
        Ok(Held { users: self, number, part: self.lock(number)? })
    }

    fn lock(&self, number: usize) -> Result<MutexGuard<'_, Part>, StoreError> {
        self.parts.get(number).and_then(|part| part.lock().ok()).ok_or_else(poisoned)
    }
}

impl Held<'_> {
    fn sweep(&mut self, now: Timestamp) {
        let removed = self.part.sweep(now);
        self.users.give_back(removed);
    }

    /// Changes the record of a user. `None` if there is none.
    fn change<T>(&mut self, user: KeyedHash, change: impl FnOnce(&mut UserRecord) -> T) -> Option<T> {
        let (changed, removed) = self.part.change(user, change)?;
        self.users.give_back(removed);
        Some(changed)
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.users.users_end.note(self.number, self.part.earliest_user());
        self.users.grants_end.note(self.number, self.part.grants.earliest());
        self.users.actions_end.note(self.number, self.part.approvals.earliest());
    }
}
