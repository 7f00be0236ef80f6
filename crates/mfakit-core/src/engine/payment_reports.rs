//! Reports about values that are not payments.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use crate::scope::Scope;

/// Scopes of payments for which a value without an amount or a payee was reported. A request can cause this, so each scope
/// is reported once.
#[derive(Default)]
pub(crate) struct PaymentReports(Mutex<BTreeSet<Scope>>);

impl PaymentReports {
    /// Returns whether this is the first report about a scope.
    pub(super) fn is_first(&self, scope: Scope) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(scope)
    }
}
