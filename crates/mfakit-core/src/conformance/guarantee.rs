//! Guarantees by name, so that a test runner can list them.

use std::{fmt, future::Future, pin::Pin};

use crate::conformance::suite::Suite;

/// One guarantee that every store must keep.
///
/// [`GUARANTEES`](super::GUARANTEES) lists all of them, for a harness that shows each as a test:
///
/// ```
/// use std::sync::Arc;
/// use mfakit_core::{MemoryStore, conformance::{GUARANTEES, Suite}, testing::ManualClock};
///
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// let suite = Suite::new(Arc::new(MemoryStore::new()), ManualClock::new());
/// for guarantee in GUARANTEES.iter().filter(|guarantee| guarantee.name().starts_with("grants::")) {
///     println!("{}", guarantee.name());
///     guarantee.check(&suite).await;
/// }
/// # })
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Guarantee {
    pub(super) name: &'static str,
    pub(super) check: Check,
}

/// Function that checks one guarantee.
pub(super) type Check = for<'a> fn(&'a Suite) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

impl Guarantee {
    /// Returns the name: the path of the guarantee's function in this module.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Checks that the store keeps this guarantee.
    ///
    /// # Panics
    ///
    /// Panics with an explanation if the store breaks it.
    pub async fn check(&self, suite: &Suite) {
        (self.check)(suite).await;
    }
}

impl fmt::Debug for Guarantee {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Guarantee").field(&self.name).finish()
    }
}
