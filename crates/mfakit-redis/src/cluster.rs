//! Connection to a Redis Cluster. Reads and writes go to primaries.
//!
//! A command that writes is sent once. The `redis` crate would send a command again whose connection broke, although it may
//! have taken effect, so its retries are off. Redirections are followed here: a command that a node redirected did not run.

use std::{io, time::Duration};

use redis::{
    Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind, Value,
    cluster::ClusterClient,
    cluster_async::ClusterConnection,
    cluster_routing::{RoutingInfo, SingleNodeRoutingInfo},
    from_redis_value,
};

pub(crate) struct Cluster {
    connection: ClusterConnection,
    timeout: Duration,
}

impl Cluster {
    pub(crate) async fn connect(client: &ClusterClient, timeout: Duration) -> RedisResult<Self> {
        let connection = within(timeout, client.get_async_connection()).await?;
        Ok(Self { connection, timeout })
    }

    pub(crate) async fn read<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        match self.write(command).await {
            Err(error) if error.is_connection_dropped() => self.write(command).await,
            answer => answer,
        }
    }

    pub(crate) async fn write<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        within(self.timeout, async {
            let mut connection = self.connection.clone();
            match command.query_async(&mut connection).await {
                Err(error) => match redirection(&error) {
                    Some((node, asking)) => follow(connection, command, node, asking).await,
                    None => Err(error),
                },
                answer => answer,
            }
        })
        .await
    }
}

/// Returns the node that has the slot, and whether the slot is still being moved there.
fn redirection(error: &RedisError) -> Option<(SingleNodeRoutingInfo, bool)> {
    let (address, _slot) = error.redirect_node()?;
    let (host, port) = address.rsplit_once(':')?;
    let node = SingleNodeRoutingInfo::ByAddress { host: host.to_owned(), port: port.parse().ok()? };
    Some((node, error.kind() == ErrorKind::Server(ServerErrorKind::Ask)))
}

async fn follow<T: FromRedisValue>(
    mut connection: ClusterConnection,
    command: &Cmd,
    node: SingleNodeRoutingInfo,
    asking: bool,
) -> RedisResult<T> {
    let answer = if asking {
        let mut both = redis::pipe();
        both.cmd("ASKING").add_command(command.clone());
        let answers = connection.route_pipeline(both, 0, 2, node).await?;
        answers.into_iter().next_back().unwrap_or(Value::Nil)
    } else {
        connection.route_command(command.clone(), RoutingInfo::SingleNode(node)).await?
    };
    Ok(from_redis_value(answer.extract_error()?)?)
}

async fn within<T>(timeout: Duration, answer: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    let answered = tokio::time::timeout(timeout, answer).await;
    answered.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}
