//! Server of the store, with a connection for most commands, and one for the writes that wait for replicas.

use std::time::Duration;

use redis::{Cmd, FromRedisValue, RedisResult, from_redis_value};

use crate::{
    origin::Origin,
    replicated::{ReplicaWait, Replicated},
    single::Single,
};

/// Servers that have a write when its answer returns.
#[derive(Clone, Copy)]
pub(crate) enum Ack {
    Primary,
    /// The primary, and the replicas that the store waits for, if it waits for any.
    Replicas,
}

pub(crate) struct Node {
    single: Single,
    replicated: Option<Replicated>,
}

impl Node {
    /// Creates connections that their first commands open.
    pub(crate) fn new(origin: Origin, timeout: Duration, wait: Option<ReplicaWait>) -> Self {
        let replicated = wait.map(|wait| Replicated::new(origin.clone(), timeout, wait));
        Self { single: Single::new(origin, timeout), replicated }
    }

    pub(crate) async fn read<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        self.single.read(command).await
    }

    pub(crate) async fn write<T: FromRedisValue>(&self, command: &Cmd, ack: Ack) -> RedisResult<T> {
        match (ack, &self.replicated) {
            (Ack::Replicas, Some(replicated)) => {
                Ok(from_redis_value(replicated.write(command.clone(), false).await?)?)
            }
            _ => self.single.write(command).await,
        }
    }

    /// Sends a command for a slot that is being moved to this server.
    #[cfg(feature = "cluster")]
    pub(crate) async fn write_asking<T: FromRedisValue>(&self, command: &Cmd, ack: Ack) -> RedisResult<T> {
        let answer = match (ack, &self.replicated) {
            (Ack::Replicas, Some(replicated)) => replicated.write(command.clone(), true).await?,
            _ => {
                let mut both = redis::Pipeline::new();
                both.cmd("ASKING").add_command(command.clone());
                let answers = self.single.write_all(&both).await?;
                answers.into_iter().next_back().unwrap_or(Ok(redis::Value::Nil))?
            }
        };
        Ok(from_redis_value(answer)?)
    }
}
