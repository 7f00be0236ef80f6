//! Stores of instances that share one secret.

use mfakit::Secret;
use mfakit_sqlx::{Pool, SqlStore, SqlStoreBuilder};

/// Returns the builder that all instances use.
pub(crate) fn builder(pool: impl Into<Pool>) -> SqlStoreBuilder {
    SqlStore::builder(pool, Secret::new([1; 32]).unwrap())
}

/// Creates the tables if they are missing, and returns a store.
pub(crate) async fn connected(pool: impl Into<Pool>) -> SqlStore {
    builder(pool).migrate().await.unwrap().connect().await.unwrap()
}
