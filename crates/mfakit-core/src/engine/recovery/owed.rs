//! Openings, and changes that they permit, that neither the recovery book nor the store could end.
//!
//! This process remembers them, so they permit nothing here from the first moment on. Other instances do not know of them until
//! they have [ended](super::pay). While the store does not answer, no instance permits a recovery, because none can look up what
//! is over.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::subject::{LoginId, UserId};

/// Owner of openings and changes that are still to be ended: the user (`None`), or one session.
type Whose = (UserId, Option<LoginId>);

/// Debts of this process: openings and changes that are still to be ended.
#[derive(Default)]
pub(in crate::engine) struct Owed(Mutex<Debts>);

#[derive(Default)]
struct Debts {
    open: HashMap<Whose, Debt>,
    last: u64,
}

/// One debt. A later one of the same user or session takes its place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Debt(u64);

impl Owed {
    /// Records a debt.
    pub(super) fn add(&self, user: &UserId, login: Option<&LoginId>) -> Debt {
        let mut debts = self.debts();
        debts.last += 1;
        let debt = Debt(debts.last);
        debts.open.insert(whose(user, login), debt);
        debt
    }

    /// Returns whether something of a user, or of a session, is still to be ended.
    pub(in crate::engine) fn has(&self, user: &UserId, login: Option<&LoginId>) -> bool {
        let debts = self.debts();
        // Most calls find no debt at all.
        !debts.open.is_empty() && debts.open.contains_key(&whose(user, login))
    }

    /// Returns whether this debt is still the current one.
    pub(super) fn has_debt(&self, user: &UserId, login: Option<&LoginId>, debt: Debt) -> bool {
        self.debts().open.get(&whose(user, login)) == Some(&debt)
    }

    /// Records that everything of a user, or of a session, has ended.
    pub(super) fn settle(&self, user: &UserId, login: Option<&LoginId>) {
        self.debts().open.remove(&whose(user, login));
    }

    /// Records that one debt is over. A later one stays.
    pub(super) fn settle_debt(&self, user: &UserId, login: Option<&LoginId>, debt: Debt) {
        let (mut debts, whose) = (self.debts(), whose(user, login));
        if debts.open.get(&whose) == Some(&debt) {
            debts.open.remove(&whose);
        }
    }

    fn debts(&self) -> MutexGuard<'_, Debts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn whose(user: &UserId, login: Option<&LoginId>) -> Whose {
    (user.clone(), login.copied())
}
