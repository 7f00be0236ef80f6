//! Connection of the store, to a single server or a Cluster.

use std::time::Duration;

use mfakit_core::store::StoreError;
use redis::{
    Client, Cmd, ConnectionInfo, ErrorKind, FromRedisValue, IntoConnectionInfo, RedisError, RedisResult,
    ServerErrorKind, cluster::ClusterClientBuilder, io::tcp::TcpSettings,
};

use crate::{cluster::Cluster, error::ConnectError, scripts::LuaScript, single::Single};

/// One multiplexed connection, to a single server or to each primary of a Cluster.
pub(crate) enum Connection {
    Single(Box<Single>),
    Cluster(Cluster),
}

/// Effect of a command. One that writes must not be sent twice.
#[derive(Clone, Copy)]
enum Effect {
    Read,
    Write,
}

impl Connection {
    /// Connects to a single server.
    pub(crate) async fn single(url: &str, timeout: Duration) -> Result<Self, ConnectError> {
        prepare_tls();
        let client = Client::open(connection_info(url)?).map_err(|error| ConnectError::Url(error.into()))?;
        let single = Single::connect(client, timeout).await.map_err(connect_error)?;
        Self::Single(Box::new(single)).ping().await
    }

    /// Connects to a Cluster by some of its nodes.
    pub(crate) async fn cluster(urls: &[String], timeout: Duration) -> Result<Self, ConnectError> {
        prepare_tls();
        let nodes: Vec<_> = urls.iter().map(|url| connection_info(url)).collect::<Result<_, _>>()?;
        let client = ClusterClientBuilder::new(nodes)
            .connection_timeout(timeout)
            .response_timeout(timeout)
            .tcp_settings(tcp())
            .retries(0)
            .build()
            .map_err(|error| ConnectError::Url(error.into()))?;
        Self::Cluster(Cluster::connect(&client, timeout).await.map_err(connect_error)?).ping().await
    }

    /// Sends a first command. A server that requires a password accepts a connection without one, and rejects the first
    /// command.
    async fn ping(self) -> Result<Self, ConnectError> {
        self.send::<()>(Effect::Read, &redis::cmd("PING")).await.map_err(connect_error)?;
        Ok(self)
    }

    /// Sends one command that only reads, and waits for its answer.
    pub(crate) async fn read<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        self.send(Effect::Read, command).await.map_err(store_error)
    }

    /// Calls a script that only reads.
    pub(crate) async fn call_read<T: FromRedisValue>(
        &self,
        script: &LuaScript,
        keys: &[&str],
        arguments: &[&str],
    ) -> Result<T, StoreError> {
        self.call(Effect::Read, script, keys, arguments).await.map_err(store_error)
    }

    /// Calls a script that writes.
    pub(crate) async fn call_write<T: FromRedisValue>(
        &self,
        script: &LuaScript,
        keys: &[&str],
        arguments: &[&str],
    ) -> Result<T, StoreError> {
        self.call(Effect::Write, script, keys, arguments).await.map_err(store_error)
    }

    /// Calls a script by its hash, and sends its source if the server does not have it.
    async fn call<T: FromRedisValue>(
        &self,
        effect: Effect,
        script: &LuaScript,
        keys: &[&str],
        arguments: &[&str],
    ) -> RedisResult<T> {
        let call = |verb: &str, script: &str| {
            let mut command = redis::cmd(verb);
            command.arg(script).arg(keys.len()).arg(keys).arg(arguments);
            command
        };
        match self.send(effect, &call("EVALSHA", &script.hash)).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                // The call was rejected before it ran, so nothing happens twice. `EVAL` also loads the script, on the
                // node that is called.
                self.send(effect, &call("EVAL", &script.source)).await
            }
            answer => answer,
        }
    }

    async fn send<T: FromRedisValue>(&self, effect: Effect, command: &Cmd) -> RedisResult<T> {
        match (self, effect) {
            (Self::Single(single), Effect::Read) => single.read(command).await,
            (Self::Single(single), Effect::Write) => single.write(command).await,
            (Self::Cluster(cluster), Effect::Read) => cluster.read(command).await,
            (Self::Cluster(cluster), Effect::Write) => cluster.write(command).await,
        }
    }
}

fn connection_info(url: &str) -> Result<ConnectionInfo, ConnectError> {
    let info = url.into_connection_info().map_err(|error| ConnectError::Url(error.into()))?;
    // Sending the library's name would be one more command that an ACL must allow, and that its log would report.
    let settings = info.redis_settings().clone().set_skip_set_lib_name();
    Ok(info.set_tcp_settings(tcp()).set_redis_settings(settings))
}

/// Disables Nagle's algorithm: a command is small, and its caller sends nothing more until the answer arrives.
fn tcp() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

/// Installs a cryptography provider for TLS if the app has not, because `rustls` panics without one.
fn prepare_tls() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Another thread may have installed a provider first.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
}

fn store_error(error: RedisError) -> StoreError {
    let detail = match (error.kind(), error.code()) {
        _ if error.is_timeout() => "Redis did not answer in time",
        (ErrorKind::Server(ServerErrorKind::ReadOnly), _) => "this Redis is a read-only replica",
        (ErrorKind::Server(ServerErrorKind::BusyLoading), _) => "Redis is starting and loads its data",
        (ErrorKind::Server(_), Some("OOM")) => "Redis is out of memory",
        (ErrorKind::Server(_), Some("WRONGTYPE")) => {
            "a key of mfakit in Redis has the wrong type: something else wrote it"
        }
        _ if error.to_string().contains("MFAKIT unreadable") => "a record in Redis cannot be read",
        _ => "the call to Redis failed",
    };
    StoreError::new(detail).with_source(error)
}

fn connect_error(error: RedisError) -> ConnectError {
    match (error.kind(), error.code()) {
        (ErrorKind::InvalidClientConfig, _) => ConnectError::Url(error.into()),
        (ErrorKind::AuthenticationFailed, _) | (_, Some("WRONGPASS" | "NOAUTH" | "NOPERM")) => {
            ConnectError::Credentials(error.into())
        }
        _ => ConnectError::Unreachable(error.into()),
    }
}
