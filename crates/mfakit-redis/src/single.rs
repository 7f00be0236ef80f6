//! Connection to a single server.
//!
//! 1. A command that writes is sent once, and its result is final. A command that reads is sent once more if the
//!    connection was gone, as it may be after an idle period.
//! 2. A connection that broke, timed out or leads to a replica is not used again. The next command opens another one, so
//!    the store follows a host name that points elsewhere after a failover.
//! 3. While one command connects, the others wait for it. If it fails, they fail with it.
//!
//! The `redis` crate's own manager does not send commands twice either. But if a server accepts the connection and then
//! rejects it (a password that was changed too early, too many clients), the manager keeps that error for good.

use std::{
    io,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use redis::{
    Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError, RedisResult, ServerErrorKind, Value,
    aio::ConnectionLike,
};
use tokio::sync::Mutex;

use crate::{dial::Wire, origin::Origin};

pub(crate) struct Single {
    origin: Origin,
    timeout: Duration,
    current: RwLock<Option<Connected>>,
    /// Number of connections opened so far. A command closes only the connection that it used, not a later one.
    opened: AtomicU64,
    /// Lock of the task that connects, with its last failure.
    connecting: Mutex<Option<FailedAttempt>>,
}

#[derive(Clone)]
struct Connected {
    wire: Wire,
    number: u64,
}

struct FailedAttempt {
    ended: Instant,
    error: RedisError,
}

impl Single {
    /// Creates a connection that the first command opens.
    pub(crate) fn new(origin: Origin, timeout: Duration) -> Self {
        let (current, opened, connecting) = (RwLock::default(), AtomicU64::new(0), Mutex::default());
        Self { origin, timeout, current, opened, connecting }
    }

    pub(crate) async fn read<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        if let Some(connected) = self.current() {
            match self.send(connected, command).await {
                Err(error) if error.is_connection_dropped() => {}
                answer => return answer,
            }
        }
        self.send(self.connected().await?, command).await
    }

    pub(crate) async fn write<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        let connected = match self.current() {
            Some(connected) => connected,
            None => self.connected().await?,
        };
        self.send(connected, command).await
    }

    async fn send<T: FromRedisValue>(&self, mut connected: Connected, command: &Cmd) -> RedisResult<T> {
        let answer = command.query_async(&mut connected.wire.connection).await;
        if answer.as_ref().is_err_and(ends_connection) {
            self.close(connected.number);
        }
        answer
    }

    /// Sends several commands at once, one time, and returns the answer of each.
    pub(crate) async fn write_all(&self, commands: &Pipeline) -> RedisResult<Vec<RedisResult<Value>>> {
        let mut connected = match self.current() {
            Some(connected) => connected,
            None => self.connected().await?,
        };
        let answers = connected.wire.connection.req_packed_commands(commands, 0, commands.len()).await;
        let answers =
            answers.map(|answers| answers.into_iter().map(Value::extract_error).collect::<Vec<_>>());
        let ends_it = |answer: &RedisResult<Value>| answer.as_ref().is_err_and(ends_connection);
        if answers.as_ref().map_or_else(ends_connection, |answers| answers.iter().any(ends_it)) {
            self.close(connected.number);
        }
        answers
    }

    fn current(&self) -> Option<Connected> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn connected(&self) -> RedisResult<Connected> {
        let result = tokio::time::timeout(self.timeout, self.connect_in_turn()).await;
        result.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
    }

    async fn connect_in_turn(&self) -> RedisResult<Connected> {
        let begun = Instant::now();
        let mut failed = self.connecting.lock().await;
        if let Some(connected) = self.current() {
            return Ok(connected);
        }
        if let Some(failed) = failed.as_ref().filter(|failed| failed.ended >= begun) {
            return Err(failed.error.clone());
        }
        match self.origin.open().await {
            Ok(wire) => {
                let connected = Connected { wire, number: self.opened.fetch_add(1, Ordering::Relaxed) };
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(connected.clone());
                Ok(connected)
            }
            Err(error) => {
                *failed = Some(FailedAttempt { ended: Instant::now(), error: error.clone() });
                Err(error)
            }
        }
    }

    fn close(&self, number: u64) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        current.take_if(|connected| connected.number == number);
    }
}

/// Returns whether the connection that returned this error must not be used again.
fn ends_connection(error: &RedisError) -> bool {
    let replica = error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly);
    replica || error.is_timeout() || error.is_unrecoverable_error()
}
