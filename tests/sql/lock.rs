//! Lock that keeps all others from writing.

#[cfg(feature = "postgres")]
use sqlx::PgConnection;
use sqlx::{Connection, SqliteConnection};

use crate::database::Database;

/// Lock on the table of users, which lets reads pass and not writes. On SQLite, it is on the whole file.
pub(crate) enum Lock {
    Sqlite(SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
}

impl Lock {
    pub(crate) async fn take(database: &Database) -> Self {
        match database {
            Database::Sqlite(file) => {
                let mut connection = SqliteConnection::connect_with(&file.options()).await.unwrap();
                sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await.unwrap();
                Self::Sqlite(connection)
            }
            #[cfg(feature = "postgres")]
            Database::Postgres { options, .. } => {
                let mut connection = PgConnection::connect_with(options).await.unwrap();
                let lock = "BEGIN; LOCK TABLE mfakit_users IN EXCLUSIVE MODE";
                sqlx::raw_sql(lock).execute(&mut connection).await.unwrap();
                Self::Postgres(connection)
            }
        }
    }

    pub(crate) async fn release(self) {
        match self {
            Self::Sqlite(mut connection) => {
                sqlx::raw_sql("COMMIT").execute(&mut connection).await.unwrap();
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(mut connection) => {
                sqlx::raw_sql("COMMIT").execute(&mut connection).await.unwrap();
            }
        }
    }
}
