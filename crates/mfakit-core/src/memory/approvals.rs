//! Kept actions of the users of one part, with the grants that are bound to them.

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
    consumed::{Consumed, Remembered},
    expiring::{Expiring, Record},
    keyed_hash::KeyedHash,
};

/// Kept actions of the users of one part. A grant that is bound to an action is in the record of the action, so neither
/// outlives the other.
pub(super) struct Approvals {
    entries: Expiring<Entry>,
    pub(super) consumed: Consumed,
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
        now < self.action.expires_at
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
        self.user.in_table()
    }

    fn ends_at(&self) -> Timestamp {
        self.action.expires_at
    }
}

impl Approvals {
    /// Creates an empty list, which remembers at most this many approvals that were consumed.
    pub(super) const fn new(most_consumed: usize) -> Self {
        Self { entries: Expiring::new(), consumed: Consumed::new(most_consumed) }
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

    /// Returns all actions of a user, those that have expired as well.
    pub(super) fn all(&self, user: KeyedHash) -> impl Iterator<Item = &KeptAction> {
        let all = self.entries.iter_hash(user.in_table()).filter(move |entry| entry.user == user);
        all.map(|entry| &*entry.action)
    }

    /// Adds an action that was read back, without its grant. Returns false if the part cannot hold more.
    #[must_use]
    pub(super) fn restore(&mut self, user: KeyedHash, action: KeptAction) -> bool {
        self.entries.insert(Entry { user, action: Box::new(action), state: State::Waiting })
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
        let is_there = self.entries.find(user.in_table(), is_of_id).is_some();
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
        self.consumed.remove(user, &action.approval.id);
        self.restore(user, action.clone()).then_some(KeepOutcome::Kept(action.approval.id))
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

    /// Removes the action of the approval in the key, and remembers that its grant was consumed, until the action would have
    /// expired and for ten minutes. Returns whether the action was there.
    pub(super) fn consume(&mut self, user: KeyedHash, key: Key<'_>, now: Timestamp) -> bool {
        let is_it = |entry: &Entry| entry.is_of(user, &key);
        let Some(entry) = self.entries.remove(user.in_table(), is_it) else { return false };
        let KeptAction { approval, login, scope, expires_at, .. } = *entry.action;
        let consumed = ConsumedAction::new(approval, login, scope, now);
        let until = expires_at.max(now.plus(ConsumedAction::REMEMBERED_FOR));
        self.consumed.insert(user, Remembered { consumed, until });
        true
    }

    /// Removes an action of the user. Returns whether it was there.
    pub(super) fn remove(&mut self, user: KeyedHash, id: &ApprovalId) -> bool {
        let is_it = |entry: &Entry| entry.user == user && entry.action.approval.id == *id;
        self.entries.remove(user.in_table(), is_it).is_some()
    }

    /// Removes the actions that a revocation covers, and returns their number.
    pub(super) fn revoke(&mut self, user: KeyedHash, revocation: Revocation) -> usize {
        let covers = |entry: &Entry| {
            let KeptAction { login, scope, approval, .. } = &*entry.action;
            entry.user == user && revocation.covers(login, scope, Some(&approval.id))
        };
        self.consumed.revoke(user, revocation);
        std::iter::from_fn(|| self.entries.remove(user.in_table(), covers)).count()
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
