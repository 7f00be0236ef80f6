//! Stores of instances that share one secret.

use std::time::Duration;

use mfakit::Secret;
use mfakit_sqlx::{Pool, SqlStore, SqlStoreBuilder};

/// Returns the builder that all instances use, with the longest timeout that it accepts, because machines are busy.
pub(crate) fn builder(pool: impl Into<Pool>) -> SqlStoreBuilder {
    SqlStore::builder(pool, Secret::new([1; 32]).unwrap()).timeout(Duration::from_secs(3))
}

/// Creates the tables if they are missing, and returns a store.
pub(crate) async fn connected(pool: impl Into<Pool>) -> SqlStore {
    builder(pool).migrate().await.unwrap().connect().await.unwrap()
}
