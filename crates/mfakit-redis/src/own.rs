//! Connections of the app: a client of the `redis` crate, or a pool of them.

use std::{error::Error, io, pin::Pin, time::Duration};

use redis::{Cmd, FromRedisValue, RedisError, RedisResult, Value, aio::ConnectionLike, from_redis_value};

type Answer<'a> = Pin<Box<dyn Future<Output = RedisResult<Value>> + Send + 'a>>;

/// Source of connections.
pub(crate) trait Source: Send + Sync {
    fn send<'a>(&'a self, command: &'a Cmd) -> Answer<'a>;
}

/// Connection whose clones share one connection.
pub(crate) struct Shared<C>(pub(crate) C);

impl<C: ConnectionLike + Clone + Send + Sync> Source for Shared<C> {
    fn send<'a>(&'a self, command: &'a Cmd) -> Answer<'a> {
        Box::pin(async {
            let mut connection = self.0.clone();
            connection.req_packed_command(command).await
        })
    }
}

/// Pool, with the function that takes a connection from it.
pub(crate) struct Pool<P, F> {
    pub(crate) pool: P,
    pub(crate) take: F,
}

impl<P, F, T, C, E> Source for Pool<P, F>
where
    P: Clone + Send + Sync,
    F: Fn(P) -> T + Send + Sync,
    T: Future<Output = Result<C, E>> + Send,
    C: ConnectionLike + Send,
    E: Into<Box<dyn Error + Send + Sync>>,
{
    fn send<'a>(&'a self, command: &'a Cmd) -> Answer<'a> {
        Box::pin(async {
            let taken = (self.take)(self.pool.clone()).await;
            let mut connection = taken.map_err(|error| RedisError::from(io::Error::other(error)))?;
            connection.req_packed_command(command).await
        })
    }
}

/// Connections of the app, with a limit for each answer. Nothing is sent twice.
pub(crate) struct Own {
    pub(crate) source: Box<dyn Source>,
    pub(crate) timeout: Duration,
}

impl Own {
    pub(crate) async fn send<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        let answer = tokio::time::timeout(self.timeout, self.source.send(command)).await;
        let answer = answer.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))?;
        Ok(from_redis_value(answer.extract_error()?)?)
    }
}
