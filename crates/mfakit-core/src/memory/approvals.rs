//! Kept actions of the users of one part, with the grants that are bound to them.
//!
//! Those whose grant was consumed are found under a hash of their own, so that a request does not visit them to find its
//! grant.

use crate::{
    approval::{Approval, ApprovalId},
    challenge::Challenge,
    clock::Timestamp,
    grant::{Binding, GrantRecord},
    kept_action::KeptAction,
    method::Method,
    store::{BoundGrants, ConsumedAction, GrantState, KeepAction, KeepOutcome, Key, Revocation},
};

use super::{
    expiring::{Expiring, Record},
    keyed_hash::KeyedHash,
};

/// Kept actions of the users of one part. A grant that is bound to an action is in the record of the action, so neither
/// outlives the other.
pub(super) struct Approvals {
    entries: Expiring<Entry>,
}

struct Entry {
    user: KeyedHash,
    action: Box<KeptAction>,
    state: State,
}

enum State {
    /// No code was entered.
    Waiting,
    /// A code was entered.
    Granted(BoundGrant),
    /// The grant was consumed. The texts of the action are gone, and only its approval is left.
    Consumed,
}

/// Grant of an approval, without what the action contains.
struct BoundGrant {
    binding: Binding,
    method: Method,
    verified_at: Timestamp,
    expires_at: Timestamp,
}

/// Way in which an action is kept.
pub(super) enum Plan {
    /// The action is kept already, and lasts longer now.
    Known(ApprovalId),
    /// The action needs a place of its own, because none of these is full.
    Add,
    /// The action takes the place of one of these, which go.
    Replace(Vec<ApprovalId>),
}

impl Entry {
    fn grant(&self) -> Option<GrantRecord> {
        let State::Granted(BoundGrant { binding, method, verified_at, expires_at }) = self.state else {
            return None;
        };
        let approval = Some(self.action.approval);
        Some(GrantRecord { binding, verified_at, expires_at, method, approval })
    }

    fn is_at(&self, user: KeyedHash, key: &Key<'_>) -> bool {
        self.user == user && self.action.login == *key.login && self.action.scope == *key.scope
    }

    /// Returns whether this is the action of the approval in the key.
    fn is_of(&self, user: KeyedHash, key: &Key<'_>) -> bool {
        key.approval == Some(&self.action.approval.id) && self.is_at(user, key)
    }

    /// Returns whether this is the action of a challenge.
    fn is_for(&self, user: KeyedHash, challenge: &Challenge) -> bool {
        let KeptAction { login, scope, approval, .. } = &*self.action;
        let is_it = (login, scope, Some(approval))
            == (&challenge.login, &challenge.scope, challenge.approval.as_ref());
        self.user == user && is_it && self.is_live(challenge.sent_at)
    }

    fn is_live(&self, now: Timestamp) -> bool {
        now < self.action.expires_at && !self.is_consumed()
    }

    const fn is_consumed(&self) -> bool {
        matches!(self.state, State::Consumed)
    }

    fn has_live_grant(&self, now: Timestamp) -> bool {
        matches!(&self.state, State::Granted(grant) if now < grant.expires_at)
    }

    fn last_until(&mut self, end: Timestamp) {
        self.action.expires_at = self.action.expires_at.max(end);
    }
}

impl Record for Entry {
    fn hash(&self) -> u64 {
        if self.is_consumed() { self.user.of_consumed() } else { self.user.in_table() }
    }

    fn ends_at(&self) -> Timestamp {
        self.action.expires_at
    }
}

impl Approvals {
    pub(super) const fn new() -> Self {
        Self { entries: Expiring::new() }
    }

    #[cfg(test)]
    pub(super) const fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn earliest(&self) -> Option<Timestamp> {
        self.entries.earliest()
    }

    /// Returns the grant of the approval in the key.
    pub(super) fn grant(&self, user: KeyedHash, key: Key<'_>) -> Option<GrantRecord> {
        self.entries.find(user.in_table(), |entry| entry.is_of(user, &key))?.grant()
    }

    /// Returns all grants of the user, session and scope.
    pub(super) fn grants(&self, user: KeyedHash, key: Key<'_>) -> BoundGrants {
        let all = self.entries.iter_hash(user.in_table());
        all.filter(|entry| entry.is_at(user, &key)).filter_map(Entry::grant).collect()
    }

    /// Returns the grants of a user, in all sessions and scopes.
    pub(super) fn grants_of(&self, user: KeyedHash, now: Timestamp) -> impl Iterator<Item = GrantState> {
        let live = self.live(user, now).filter(move |entry| entry.has_live_grant(now));
        live.filter_map(|entry| {
            let KeptAction { login, scope, .. } = *entry.action;
            Some(GrantState { login, scope, grant: entry.grant()? })
        })
    }

    /// Returns the actions of a user, in all sessions and scopes.
    pub(super) fn of(&self, user: KeyedHash, now: Timestamp) -> impl Iterator<Item = &KeptAction> {
        self.live(user, now).map(|entry| &*entry.action)
    }

    /// Returns the actions of a user, session and scope, or the one of the approval in the key.
    pub(super) fn at(&self, user: KeyedHash, key: Key<'_>, now: Timestamp) -> Vec<KeptAction> {
        let at_key = self.live(user, now).filter(|entry| key.keeps(&entry.action));
        at_key.map(|entry| KeptAction::clone(&entry.action)).collect()
    }

    /// Returns whether the action of the approval in the key is kept.
    pub(super) fn has(&self, user: KeyedHash, key: Key<'_>, now: Timestamp) -> bool {
        let is_it = |entry: &Entry| entry.is_of(user, &key) && entry.is_live(now);
        self.entries.find(user.in_table(), is_it).is_some()
    }

    /// Returns whether the grant of the approval in the key was consumed.
    pub(super) fn is_consumed(&self, user: KeyedHash, key: Key<'_>, now: Timestamp) -> bool {
        let is_it = |entry: &Entry| entry.is_of(user, &key) && now < entry.action.expires_at;
        self.entries.find(user.of_consumed(), is_it).is_some_and(Entry::is_consumed)
    }

    /// Returns the approvals of a user that were consumed, in all sessions and scopes.
    pub(super) fn consumed(&self, user: KeyedHash, now: Timestamp) -> impl Iterator<Item = ConsumedAction> {
        let all = self.entries.iter_hash(user.of_consumed()).filter(move |entry| entry.user == user);
        let remembered = all.filter(move |entry| entry.is_consumed() && now < entry.action.expires_at);
        remembered.map(|entry| {
            let KeptAction { approval, login, scope, kept_at: consumed_at, .. } = *entry.action;
            ConsumedAction { approval, login, scope, consumed_at }
        })
    }

    /// Returns the newest approval of the same digest that was consumed for the session and scope of an action.
    pub(super) fn consumed_like(
        &self,
        user: KeyedHash,
        action: &KeptAction,
        now: Timestamp,
    ) -> Option<ConsumedAction> {
        let alike = self.consumed(user, now).filter(|consumed| consumed.is_like(action));
        alike.max_by_key(ConsumedAction::order)
    }

    /// Returns all actions of a user, those that have expired as well, and whether each was consumed.
    pub(super) fn all(&self, user: KeyedHash) -> impl Iterator<Item = (&KeptAction, bool)> {
        let hashes = [user.in_table(), user.of_consumed()].into_iter();
        let entries =
            hashes.flat_map(|hash| self.entries.iter_hash(hash)).filter(move |entry| entry.user == user);
        entries.map(|entry| (&*entry.action, entry.is_consumed()))
    }

    /// Adds an action that was read back, without its grant. Returns false if the part cannot hold more.
    #[must_use]
    pub(super) fn restore(&mut self, user: KeyedHash, action: KeptAction, is_consumed: bool) -> bool {
        let state = if is_consumed { State::Consumed } else { State::Waiting };
        self.entries.insert(Entry { user, action: Box::new(action), state })
    }

    /// Plans to keep an action. `is_open` returns whether an approval has a live challenge.
    pub(super) fn plan(
        &mut self,
        user: KeyedHash,
        request: KeepAction<'_>,
        is_open: impl Fn(&ApprovalId) -> bool,
    ) -> Plan {
        let KeepAction { key, action, rule, now } = request;
        let is_same = |entry: &Entry| {
            entry.is_at(user, &key)
                && entry.action.approval.digest == action.approval.digest
                && entry.is_live(now)
        };
        let extend = |entry: &mut Entry| {
            entry.last_until(action.expires_at);
            entry.action.approval.id
        };
        if let Some(id) = self.entries.change(user.in_table(), is_same, extend) {
            return Plan::Known(id);
        }
        let id = action.approval.id;
        let is_of_id = |entry: &Entry| entry.user == user && entry.action.approval.id == id;
        // What was approved for one action is never kept for another.
        let hashes = [user.in_table(), user.of_consumed()];
        let is_there = hashes.into_iter().any(|hash| self.entries.find(hash, is_of_id).is_some());
        let mut gone: Vec<_> = is_there.then_some(id).into_iter().collect();
        let mut kept: Vec<_> = self.live(user, now).filter(|entry| entry.action.approval.id != id).collect();
        kept.sort_by_cached_key(|entry| {
            let KeptAction { approval: Approval { id, .. }, kept_at, .. } = *entry.action;
            (entry.has_live_grant(now), is_open(&id), kept_at, id)
        });
        let of_place = |entry: &&Entry| entry.is_at(user, &key) && !entry.has_live_grant(now);
        for (limit, is_counted) in
            [(rule.per_place, &of_place as &dyn Fn(&&Entry) -> bool), (rule.per_user, &|_| true)]
        {
            let limit = usize::try_from(limit).unwrap_or(usize::MAX).max(1);
            let counted = kept.iter().filter(|entry| is_counted(entry));
            let counted: Vec<_> = counted.map(|entry| entry.action.approval.id).collect();
            let surplus = (counted.len() + 1).saturating_sub(limit);
            gone.extend(counted.into_iter().take(surplus));
            kept.retain(|entry| !gone.contains(&entry.action.approval.id));
        }
        if gone.is_empty() { Plan::Add } else { Plan::Replace(gone) }
    }

    /// Adds an action. Returns `None` if the part cannot hold more.
    pub(super) fn insert(&mut self, user: KeyedHash, action: &KeptAction) -> Option<KeepOutcome> {
        let entry = Entry { user, action: Box::new(action.clone()), state: State::Waiting };
        self.entries.insert(entry).then_some(KeepOutcome::Kept(action.approval.id))
    }

    /// Lets an action last at least until a time. Returns a copy, unless it is gone.
    pub(super) fn extend(
        &mut self,
        user: KeyedHash,
        key: Key<'_>,
        until: Timestamp,
        now: Timestamp,
    ) -> Option<Box<KeptAction>> {
        let is_it = |entry: &Entry| entry.is_of(user, &key) && entry.is_live(now);
        self.entries.change(user.in_table(), is_it, |entry| {
            entry.last_until(until);
            entry.action.clone()
        })
    }

    /// Returns whether the action of a challenge is kept, or the challenge needs none.
    pub(super) fn has_for(&self, user: KeyedHash, challenge: &Challenge) -> bool {
        let is_it = |entry: &Entry| entry.is_for(user, challenge);
        challenge.approval.is_none() || self.entries.find(user.in_table(), is_it).is_some()
    }

    /// Lets the action of a challenge last until the challenge expires.
    pub(super) fn last_for(&mut self, user: KeyedHash, challenge: &Challenge) {
        let is_it = |entry: &Entry| entry.is_for(user, challenge);
        self.entries.change(user.in_table(), is_it, |entry| entry.last_until(challenge.expires_at));
    }

    /// Adds the grant of an approval, replacing any earlier one. Returns false if the action is gone.
    #[must_use]
    pub(super) fn set_grant(&mut self, user: KeyedHash, key: Key<'_>, grant: &GrantRecord) -> bool {
        let GrantRecord { binding, method, verified_at, expires_at, approval: _ } = *grant;
        let set = |entry: &mut Entry| {
            entry.last_until(expires_at);
            entry.state = State::Granted(BoundGrant { binding, method, verified_at, expires_at });
        };
        self.entries.change(user.in_table(), |entry| entry.is_of(user, &key), set).is_some()
    }

    /// Notes that the grant of the approval in the key was consumed. The record remains until it expires. The time of keeping
    /// becomes the time of consumption. Returns false if no record remains.
    #[must_use]
    pub(super) fn consume(&mut self, user: KeyedHash, key: Key<'_>, now: Timestamp) -> bool {
        let is_it = |entry: &Entry| entry.is_of(user, &key);
        // Its hash changes, so it is removed and added.
        let Some(mut entry) = self.entries.remove(user.in_table(), is_it) else { return false };
        let KeptAction { approval, login, scope, expires_at, .. } = *entry.action;
        let bare = KeptAction::new(approval, login, scope, String::new(), Vec::new());
        *entry.action = bare.with_times(now, expires_at);
        entry.last_until(now.plus(ConsumedAction::REMEMBERED_FOR));
        entry.state = State::Consumed;
        self.entries.insert(entry)
    }

    /// Removes an action of the user. Returns whether it was there.
    pub(super) fn remove(&mut self, user: KeyedHash, id: &ApprovalId) -> bool {
        let is_it = |entry: &Entry| entry.user == user && entry.action.approval.id == *id;
        let mut hashes = [user.in_table(), user.of_consumed()].into_iter();
        hashes.any(|hash| self.entries.remove(hash, is_it).is_some())
    }

    /// Removes the actions that a revocation covers, and returns their number.
    pub(super) fn revoke(&mut self, user: KeyedHash, revocation: Revocation) -> usize {
        let covers = |entry: &Entry| {
            let KeptAction { login, scope, approval, .. } = &*entry.action;
            entry.user == user && revocation.covers(login, scope, Some(&approval.id))
        };
        let of_consumed = (!revocation.keeps_consumed()).then_some(user.of_consumed());
        let hashes = [user.in_table()].into_iter().chain(of_consumed);
        let mut remove_all = |hash: u64| std::iter::from_fn(|| self.entries.remove(hash, covers)).count();
        hashes.map(&mut remove_all).sum()
    }

    /// Removes the action that expires first, if it has expired. Returns whether it has.
    pub(super) fn remove_ended(&mut self, now: Timestamp) -> bool {
        self.entries.pop_ended(now).is_some()
    }

    fn live(&self, user: KeyedHash, now: Timestamp) -> impl Iterator<Item = &Entry> {
        let all = self.entries.iter_hash(user.in_table());
        all.filter(move |entry| entry.user == user && entry.is_live(now))
    }
}
