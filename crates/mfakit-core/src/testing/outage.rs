//! Outage of a store.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{
    store::StoreError,
    testing::hooked::{StoreHook, Verb},
};

/// Switch that makes a [`HookedStore`](crate::testing::HookedStore) fail, and work again. Clones share one switch.
///
/// ```
/// use mfakit_core::{MemoryStore, MfaStore, testing::{HookedStore, Outage, Verb}};
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let outage = Outage::new();
/// let store = HookedStore::new(MemoryStore::new(), outage.clone());
/// assert!(store.unlock(&"alice".into()).await.is_ok());
///
/// outage.begin();
/// assert!(store.unlock(&"alice".into()).await.is_err());
///
/// outage.end();
/// outage.begin_for(Verb::Revoke);
/// assert!(store.unlock(&"alice".into()).await.is_ok());
/// # })
/// ```
#[derive(Clone, Debug, Default)]
pub struct Outage(Arc<Mutex<Failing>>);

#[derive(Debug, Default)]
enum Failing {
    #[default]
    Nothing,
    Everything,
    Only(Vec<Verb>),
}

impl Outage {
    /// Creates a switch that is off: the store works.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes every verb fail.
    pub fn begin(&self) {
        *self.failing() = Failing::Everything;
    }

    /// Makes one more verb fail.
    pub fn begin_for(&self, verb: Verb) {
        match &mut *self.failing() {
            Failing::Everything => {}
            Failing::Only(verbs) => verbs.push(verb),
            nothing @ Failing::Nothing => *nothing = Failing::Only(vec![verb]),
        }
    }

    /// Makes the store work again.
    pub fn end(&self) {
        *self.failing() = Failing::Nothing;
    }

    fn failing(&self) -> MutexGuard<'_, Failing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl StoreHook for Outage {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        let fails = match &*self.failing() {
            Failing::Nothing => false,
            Failing::Everything => true,
            Failing::Only(verbs) => verbs.contains(&verb),
        };
        if fails { Err(StoreError::new("the test makes the store fail")) } else { Ok(()) }
    }
}
