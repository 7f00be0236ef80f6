//! Sessions in the database of the bank, which several instances share.

use async_trait::async_trait;
use bank::database::SessionRows;
use tower_sessions::{
    SessionStore,
    cookie::time::OffsetDateTime,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// Sessions in the database of the bank.
///
/// The published stores for sqlx are built on its version 0.8, and an app can contain only one SQLite.
#[derive(Clone, Debug)]
pub struct SqlSessions(pub SessionRows);

#[async_trait]
impl SessionStore for SqlSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !self
            .0
            .insert(&record.id.to_string(), &encode(record)?, expiry(record))
            .await
            .map_err(failed)?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.0.update(&record.id.to_string(), &encode(record)?, expiry(record)).await.map_err(failed)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some((data, expiry)) = self.0.load(&id.to_string()).await.map_err(failed)? else {
            return Ok(None);
        };
        let decode = |error: &dyn ToString| Error::Decode(error.to_string());
        Ok(Some(Record {
            id: *id,
            data: serde_json::from_str(&data).map_err(|error| decode(&error))?,
            expiry_date: OffsetDateTime::from_unix_timestamp(expiry).map_err(|error| decode(&error))?,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.0.delete(&id.to_string()).await.map_err(failed)
    }
}

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

fn expiry(record: &Record) -> i64 {
    record.expiry_date.unix_timestamp()
}

#[allow(clippy::needless_pass_by_value, reason = "`map_err` passes it by value")]
fn failed(error: impl ToString) -> Error {
    Error::Backend(error.to_string())
}
