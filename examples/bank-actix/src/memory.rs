//! Sessions in memory.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration as StdDuration, Instant},
};

use actix_session::storage::{
    LoadError, SaveError, SessionKey, SessionStore, UpdateError, generate_session_key,
};
use actix_web::cookie::time::Duration;

/// Contents of a session, as in the trait `SessionStore`.
pub(crate) type State = HashMap<String, String>;

/// Sessions in the memory of this process. All clones share the same sessions.
///
/// actix-session has a store that keeps sessions in the cookie, and one for Redis. The cookie is not enough for a
/// bank, because sign-out cannot revoke a copy of it. A bank with several instances uses
/// [`RedisSessions`](crate::RedisSessions) instead.
#[derive(Clone, Default)]
pub struct MemorySessions(Arc<Mutex<HashMap<String, StoredSession>>>);

struct StoredSession {
    state: State,
    until: Instant,
}

impl MemorySessions {
    fn sessions(&self) -> MutexGuard<'_, HashMap<String, StoredSession>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemorySessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemorySessions")
    }
}

impl SessionStore for MemorySessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let sessions = self.sessions();
        let live = sessions.get(key.as_ref()).filter(|session| session.until > Instant::now());
        Ok(live.map(|session| session.state.clone()))
    }

    async fn save(&self, state: State, ttl: &Duration) -> Result<SessionKey, SaveError> {
        let (key, now) = (generate_session_key(), Instant::now());
        let mut sessions = self.sessions();
        sessions.retain(|_, session| session.until > now);
        sessions.insert(key.as_ref().to_owned(), StoredSession { state, until: now + to_std(ttl) });
        Ok(key)
    }

    /// Updates a session. A session that has ended in the meantime stays ended.
    async fn update(&self, key: SessionKey, state: State, ttl: &Duration) -> Result<SessionKey, UpdateError> {
        if let Some(session) = self.sessions().get_mut(key.as_ref()) {
            *session = StoredSession { state, until: Instant::now() + to_std(ttl) };
        }
        Ok(key)
    }

    async fn update_ttl(&self, key: &SessionKey, ttl: &Duration) -> anyhow::Result<()> {
        if let Some(session) = self.sessions().get_mut(key.as_ref()) {
            session.until = Instant::now() + to_std(ttl);
        }
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> anyhow::Result<()> {
        self.sessions().remove(key.as_ref());
        Ok(())
    }
}

/// Converts a duration. A negative one becomes zero.
fn to_std(ttl: &Duration) -> StdDuration {
    StdDuration::try_from(*ttl).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::HOUR;

    fn state(value: &str) -> State {
        State::from([("who".to_owned(), value.to_owned())])
    }

    #[tokio::test]
    async fn clones_share_their_sessions() {
        let sessions = MemorySessions::default();
        let key = sessions.save(state("alice"), &HOUR).await.unwrap();
        assert_eq!(sessions.clone().load(&key).await.unwrap(), Some(state("alice")));
        let key = sessions.clone().update(key, state("bob"), &HOUR).await.unwrap();
        assert_eq!(sessions.load(&key).await.unwrap(), Some(state("bob")));
        let other = sessions.save(state("carol"), &HOUR).await.unwrap();
        assert_ne!(key, other);
    }

    #[tokio::test]
    async fn a_request_in_progress_at_sign_out_does_not_restore_the_session() {
        let sessions = MemorySessions::default();
        let key = sessions.save(state("alice"), &HOUR).await.unwrap();
        sessions.delete(&key).await.unwrap();
        sessions.update_ttl(&key, &HOUR).await.unwrap();
        let key = sessions.update(key, state("alice"), &HOUR).await.unwrap();
        assert_eq!(sessions.load(&key).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_session_expires_and_is_removed() {
        let sessions = MemorySessions::default();
        let key = sessions.save(state("alice"), &Duration::ZERO).await.unwrap();
        assert_eq!(sessions.load(&key).await.unwrap(), None);
        sessions.save(state("bob"), &HOUR).await.unwrap();
        assert_eq!(sessions.sessions().len(), 1);
    }
}
