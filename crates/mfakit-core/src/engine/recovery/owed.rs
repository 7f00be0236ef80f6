//! Openings that neither the recovery book nor the store could end.
//!
//! This process remembers them, so they open nothing here from the first moment on. Other instances do not know of them until
//! they have [ended](super::pay). While the store does not answer, no instance permits a recovery, because none can look up what
//! is over.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::subject::{LoginId, UserId};

/// Openings that are still to be ended, by user: all of them (`None`), or the one of a session.
type Openings = HashMap<UserId, Vec<Option<LoginId>>>;

/// Openings that are still to be ended.
#[derive(Default)]
pub(in crate::engine) struct Owed(Mutex<Openings>);

impl Owed {
    /// Records that openings are to be ended. Returns false if this is recorded already.
    pub(super) fn add(&self, user: &UserId, login: Option<&LoginId>) -> bool {
        let mut openings = self.openings();
        let of_user = openings.entry(user.clone()).or_default();
        let is_new = !of_user.contains(&login.copied());
        if is_new {
            of_user.push(login.copied());
        }
        is_new
    }

    /// Returns whether the openings of a user, or of a session, are still to be ended.
    pub(super) fn has(&self, user: &UserId, login: Option<&LoginId>) -> bool {
        self.openings().get(user).is_some_and(|of_user| of_user.contains(&login.copied()))
    }

    /// Records that the openings have ended.
    pub(super) fn settle(&self, user: &UserId, login: Option<&LoginId>) {
        let mut openings = self.openings();
        if let Some(of_user) = openings.get_mut(user) {
            of_user.retain(|session| session.as_ref() != login);
            if of_user.is_empty() {
                openings.remove(user);
            }
        }
    }

    fn openings(&self) -> MutexGuard<'_, Openings> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
