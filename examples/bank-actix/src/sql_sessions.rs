//! Sessions in the database of the bank, which several instances share.

use actix_session::storage::{
    LoadError, SaveError, SessionKey, SessionStore, UpdateError, generate_session_key,
};
use actix_web::cookie::time::Duration;
use bank::database::{SessionRows, now};

use crate::memory::State;

/// Sessions in the database of the bank. All clones share the same sessions.
#[derive(Clone, Debug)]
pub struct SqlSessions(pub SessionRows);

impl SessionStore for SqlSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let found = self.0.load(key.as_ref()).await.map_err(|error| LoadError::Other(error.into()))?;
        let state = found.map(|(data, _)| serde_json::from_str(&data)).transpose();
        state.map_err(|error| LoadError::Deserialization(error.into()))
    }

    async fn save(&self, state: State, ttl: &Duration) -> Result<SessionKey, SaveError> {
        let data = serde_json::to_string(&state).map_err(|error| SaveError::Serialization(error.into()))?;
        // A new key is random, so no other session has it.
        let key = generate_session_key();
        match self.0.insert(key.as_ref(), &data, expiry(ttl)).await {
            Ok(true) => Ok(key),
            Ok(false) => Err(SaveError::Other(anyhow::anyhow!("the new session's key is in use"))),
            Err(error) => Err(SaveError::Other(error.into())),
        }
    }

    async fn update(&self, key: SessionKey, state: State, ttl: &Duration) -> Result<SessionKey, UpdateError> {
        let data = serde_json::to_string(&state).map_err(|error| UpdateError::Serialization(error.into()))?;
        let updated = self.0.update(key.as_ref(), &data, expiry(ttl)).await;
        updated.map_err(|error| UpdateError::Other(error.into()))?;
        Ok(key)
    }

    async fn update_ttl(&self, key: &SessionKey, ttl: &Duration) -> anyhow::Result<()> {
        Ok(self.0.extend(key.as_ref(), expiry(ttl)).await?)
    }

    async fn delete(&self, key: &SessionKey) -> anyhow::Result<()> {
        Ok(self.0.delete(key.as_ref()).await?)
    }
}

fn expiry(ttl: &Duration) -> i64 {
    now().saturating_add(ttl.whole_seconds())
}
