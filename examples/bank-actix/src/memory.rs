//! Sessions in this process.

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

/// What is in a session, as the trait has it.
pub(crate) type State = HashMap<String, String>;

/// Sessions in the memory of this process; clones are the same.
///
/// actix-session brings one store that keeps sessions in the cookie and one for Redis. The cookie alone would
/// do for a bank only until somebody copies it: log-out could not take that copy back. A bank of several
/// instances takes [`RedisSessions`](crate::RedisSessions) in place of this one.
#[derive(Clone, Default)]
pub struct MemorySessions(Arc<Mutex<HashMap<String, Kept>>>);

struct Kept {
    state: State,
    until: Instant,
}

impl MemorySessions {
    fn kept(&self) -> MutexGuard<'_, HashMap<String, Kept>> {
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
        let kept = self.kept();
        let live = kept.get(key.as_ref()).filter(|kept| kept.until > Instant::now());
        Ok(live.map(|kept| kept.state.clone()))
    }

    async fn save(&self, state: State, ttl: &Duration) -> Result<SessionKey, SaveError> {
        let (key, now) = (generate_session_key(), Instant::now());
        let mut kept = self.kept();
        kept.retain(|_, kept| kept.until > now);
        kept.insert(key.as_ref().to_owned(), Kept { state, until: now + lasting(ttl) });
        Ok(key)
    }

    /// A session that was ended meanwhile stays ended.
    async fn update(&self, key: SessionKey, state: State, ttl: &Duration) -> Result<SessionKey, UpdateError> {
        if let Some(kept) = self.kept().get_mut(key.as_ref()) {
            *kept = Kept { state, until: Instant::now() + lasting(ttl) };
        }
        Ok(key)
    }

    async fn update_ttl(&self, key: &SessionKey, ttl: &Duration) -> anyhow::Result<()> {
        if let Some(kept) = self.kept().get_mut(key.as_ref()) {
            kept.until = Instant::now() + lasting(ttl);
        }
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> anyhow::Result<()> {
        self.kept().remove(key.as_ref());
        Ok(())
    }
}

/// A length of time that is less than nothing is none.
fn lasting(ttl: &Duration) -> StdDuration {
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
    async fn clones_are_the_same_sessions() {
        let sessions = MemorySessions::default();
        let key = sessions.save(state("alice"), &HOUR).await.unwrap();
        assert_eq!(sessions.clone().load(&key).await.unwrap(), Some(state("alice")));
        let key = sessions.clone().update(key, state("bob"), &HOUR).await.unwrap();
        assert_eq!(sessions.load(&key).await.unwrap(), Some(state("bob")));
        let other = sessions.save(state("carol"), &HOUR).await.unwrap();
        assert_ne!(key, other);
    }

    #[tokio::test]
    async fn a_request_that_was_under_way_at_log_out_brings_no_session_back() {
        let sessions = MemorySessions::default();
        let key = sessions.save(state("alice"), &HOUR).await.unwrap();
        sessions.delete(&key).await.unwrap();
        sessions.update_ttl(&key, &HOUR).await.unwrap();
        let key = sessions.update(key, state("alice"), &HOUR).await.unwrap();
        assert_eq!(sessions.load(&key).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_session_ends_in_time_and_is_forgotten() {
        let sessions = MemorySessions::default();
        let key = sessions.save(state("alice"), &Duration::ZERO).await.unwrap();
        assert_eq!(sessions.load(&key).await.unwrap(), None);
        sessions.save(state("bob"), &HOUR).await.unwrap();
        assert_eq!(sessions.kept().len(), 1);
    }
}
