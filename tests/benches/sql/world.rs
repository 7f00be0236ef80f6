//! Databases that the rows are measured on.

use std::{env, sync::Arc};

use mfakit::Secret;
use mfakit_sqlx::{Pool, SqlStore};

use crate::{
    database::{Database, File},
    server::PostgresServer,
};

/// Server of PostgreSQL, which waits for the disk and counts statements.
pub(crate) struct World(Arc<PostgresServer>);

impl World {
    pub(crate) async fn start() -> Self {
        let settings = ["shared_preload_libraries=pg_stat_statements", "pg_stat_statements.track=top"];
        Self(Arc::new(PostgresServer::with(&settings).await))
    }

    /// Returns an empty database of each kind.
    pub(crate) async fn databases(&self) -> [Database; 2] {
        [Database::Sqlite(File::new()), self.postgres().await]
    }

    /// Returns an empty database of PostgreSQL.
    pub(crate) async fn postgres(&self) -> Database {
        Database::Postgres { options: self.0.database().await, _server: self.0.clone() }
    }
}

/// Returns a store whose tables have been created.
pub(crate) async fn store(pool: impl Into<Pool>) -> SqlStore {
    let builder = SqlStore::builder(pool, Secret::new([1; 32]).unwrap());
    builder.migrate().await.unwrap().connect().await.unwrap()
}

/// Returns the rows that the environment asks for.
pub(crate) fn rows(unless_set: u32) -> u32 {
    env::var("MFAKIT_ROWS").map_or(unless_set, |rows| rows.parse().unwrap())
}
