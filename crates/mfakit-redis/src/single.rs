//! The way to a single server.
//!
//! 1. A command that writes is sent once, and whatever comes of it is the answer. One that reads is sent once more where
//!    the connection was gone, as it may be after a quiet while.
//! 2. A connection that broke, fell silent or leads to a replica is not used again: the next command makes another, so
//!    that the store follows a name that leads elsewhere after a failover.
//! 3. While one command connects, the others wait for it, and where it fails they fail with it.
//!
//! The `redis` crate's own manager sends nothing twice either, but where a server takes the connection and then refuses it (a
//! password that was changed too early, too many clients), it keeps that refusal for good.

use std::{
    io,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind,
    aio::MultiplexedConnection,
};
use tokio::sync::Mutex;

/// How many commands may wait to be written, before the next ones wait to be queued.
const QUEUE: usize = 1024;

pub(crate) struct Single {
    client: Client,
    timeout: Duration,
    current: RwLock<Option<Line>>,
    /// Counts the connections, so that nobody takes away the one that came after their own.
    made: AtomicU64,
    /// Held by whoever connects.
    connecting: Mutex<Option<FailedAttempt>>,
}

#[derive(Clone)]
struct Line {
    connection: MultiplexedConnection,
    number: u64,
}

struct FailedAttempt {
    ended: Instant,
    error: RedisError,
}

impl Single {
    pub(crate) async fn connect(client: Client, timeout: Duration) -> RedisResult<Self> {
        let (current, made, connecting) = (RwLock::default(), AtomicU64::new(0), Mutex::default());
        let single = Self { client, timeout, current, made, connecting };
        single.line().await?;
        Ok(single)
    }

    pub(crate) async fn read<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        if let Some(line) = self.current() {
            match self.ask(line, command).await {
                Err(error) if error.is_connection_dropped() => {}
                answer => return answer,
            }
        }
        self.ask(self.line().await?, command).await
    }

    pub(crate) async fn write<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        let line = match self.current() {
            Some(line) => line,
            None => self.line().await?,
        };
        self.ask(line, command).await
    }

    async fn ask<T: FromRedisValue>(&self, mut line: Line, command: &Cmd) -> RedisResult<T> {
        let answer = command.query_async(&mut line.connection).await;
        if answer.as_ref().is_err_and(ends_the_line) {
            self.hang_up(line.number);
        }
        answer
    }

    fn current(&self) -> Option<Line> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn line(&self) -> RedisResult<Line> {
        let connected = tokio::time::timeout(self.timeout, self.connect_in_turn()).await;
        connected.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
    }

    async fn connect_in_turn(&self) -> RedisResult<Line> {
        let begun = Instant::now();
        let mut failed = self.connecting.lock().await;
        if let Some(line) = self.current() {
            return Ok(line);
        }
        if let Some(failed) = failed.as_ref().filter(|failed| failed.ended >= begun) {
            return Err(failed.error.clone());
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.timeout))
            .set_response_timeout(Some(self.timeout))
            .set_pipeline_buffer_size(QUEUE);
        match self.client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(connection) => {
                let line = Line { connection, number: self.made.fetch_add(1, Ordering::Relaxed) };
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(line.clone());
                Ok(line)
            }
            Err(error) => {
                *failed = Some(FailedAttempt { ended: Instant::now(), error: error.clone() });
                Err(error)
            }
        }
    }

    fn hang_up(&self, number: u64) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        current.take_if(|line| line.number == number);
    }
}

/// Whether nothing more is to be asked over the connection that gave this answer.
fn ends_the_line(error: &RedisError) -> bool {
    let replica = error.kind() == ErrorKind::Server(ServerErrorKind::ReadOnly);
    replica || error.is_timeout() || error.is_unrecoverable_error()
}
