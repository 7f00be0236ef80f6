//! The way to the server.

use std::time::Duration;

use mfakit_core::StoreError;
use redis::{
    Client, Cmd, ErrorKind, FromRedisValue, RedisError, ServerErrorKind,
    aio::{ConnectionManager, ConnectionManagerConfig},
    cluster::ClusterClientBuilder,
    cluster_async::ClusterConnection,
};

use crate::{error::ConnectError, scripts::Code};

/// One multiplexed connection, to a single server or to each primary of a Cluster. Clones are one.
#[derive(Clone)]
pub(crate) struct Connection {
    link: Link,
    timeout: Duration,
}

#[derive(Clone)]
enum Link {
    Single(ConnectionManager),
    Cluster(ClusterConnection),
}

impl Connection {
    /// Connects to a single server, and finds back to it when it was away. A command is never sent twice.
    pub(crate) async fn single(url: &str, timeout: Duration) -> Result<Self, ConnectError> {
        let client = Client::open(url).map_err(|error| ConnectError::Url(error.into()))?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(timeout))
            .set_response_timeout(Some(timeout))
            // One try for each request that finds nobody there: the next request tries again.
            .set_number_of_retries(0);
        let connected =
            tokio::time::timeout(2 * timeout, ConnectionManager::new_with_config(client, config)).await;
        let manager = connected.map_err(|late| ConnectError::Unreachable(late.into()))?.map_err(refused)?;
        Ok(Self { link: Link::Single(manager), timeout })
    }

    /// Connects to a Cluster by some of its nodes. Reads and writes go to primaries.
    pub(crate) async fn cluster(urls: &[String], timeout: Duration) -> Result<Self, ConnectError> {
        let client = ClusterClientBuilder::new(urls.iter().map(String::as_str))
            .connection_timeout(timeout)
            .response_timeout(timeout)
            .retries(2)
            .build()
            .map_err(|error| ConnectError::Url(error.into()))?;
        let connected = tokio::time::timeout(2 * timeout, client.get_async_connection()).await;
        let connection =
            connected.map_err(|late| ConnectError::Unreachable(late.into()))?.map_err(refused)?;
        Ok(Self { link: Link::Cluster(connection), timeout })
    }

    /// Sends one command and waits for its answer.
    pub(crate) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        self.raw(command).await.map_err(failed)
    }

    /// Calls a script by its hash, and sends it where the server does not know it.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        script: &Code,
        keys: &[&str],
        arguments: &[&str],
    ) -> Result<T, StoreError> {
        let call = |verb: &str, script: &str| {
            let mut command = redis::cmd(verb);
            command.arg(script).arg(keys.len()).arg(keys).arg(arguments);
            command
        };
        match self.raw(&call("EVALSHA", &script.hash)).await {
            Err(Failure::Redis(error)) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                // It was refused before it ran, so nothing happens twice.
                self.ask(&call("EVAL", &script.source)).await
            }
            answer => answer.map_err(failed),
        }
    }

    async fn raw<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Failure> {
        let answered = async {
            match &self.link {
                Link::Single(manager) => command.query_async(&mut manager.clone()).await,
                Link::Cluster(connection) => command.query_async(&mut connection.clone()).await,
            }
        };
        match tokio::time::timeout(self.timeout, answered).await {
            Ok(answer) => answer.map_err(Failure::Redis),
            Err(_) => Err(Failure::Silent(self.timeout)),
        }
    }
}

enum Failure {
    Redis(RedisError),
    Silent(Duration),
}

fn failed(failure: Failure) -> StoreError {
    match failure {
        Failure::Silent(timeout) => StoreError::new(format!("Redis did not answer within {timeout:?}")),
        Failure::Redis(error) => {
            let code = error.code().unwrap_or_default().to_owned();
            let detail = match error.kind() {
                ErrorKind::Server(ServerErrorKind::ReadOnly) => "this Redis is a read-only replica",
                ErrorKind::Server(_) if code == "OOM" => "Redis has no memory left",
                ErrorKind::Server(_) if code == "WRONGTYPE" => {
                    "something else wrote a key of mfakit's in Redis"
                }
                _ if error.to_string().contains("MFAKIT unreadable") => "a record in Redis cannot be read",
                _ => "Redis could not be asked",
            };
            StoreError::new(detail).with_source(error)
        }
    }
}

fn refused(error: RedisError) -> ConnectError {
    match error.kind() {
        ErrorKind::AuthenticationFailed => ConnectError::Credentials(error.into()),
        ErrorKind::InvalidClientConfig => ConnectError::Url(error.into()),
        _ if matches!(error.code(), Some("WRONGPASS" | "NOAUTH" | "NOPERM")) => {
            ConnectError::Credentials(error.into())
        }
        _ => ConnectError::Unreachable(error.into()),
    }
}
