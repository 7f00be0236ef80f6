//! Owner of a record.

use crate::{
    scope::Scope,
    subject::{LoginId, UserId},
};

/// Owner of a challenge or a grant: a user, a session and a scope.
///
/// Exhaustive on purpose: a store that ignored a new part of the key would mix the records of two owners.
///
/// ```
/// use mfakit_core::{LoginId, Scope, UserId, store::Key};
///
/// let (user, login, scope) = (UserId::from("alice"), LoginId::random(), Scope::new("transfer")?);
/// let key = Key { user: &user, login: &login, scope: &scope };
/// # let _ = key;
/// # Ok::<(), mfakit_core::error::InvalidScope>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// User of the record.
    pub user: &'a UserId,
    /// Session of the record.
    pub login: &'a LoginId,
    /// Scope of the record.
    pub scope: &'a Scope,
}
