//! What the store asks, wherever it is kept.

use std::time::Duration;

use mfakit_core::store::StoreError;
use redis::{
    Client, Cmd, ConnectionInfo, ErrorKind, FromRedisValue, IntoConnectionInfo, RedisError, RedisResult,
    ServerErrorKind, cluster::ClusterClientBuilder, io::tcp::TcpSettings,
};

use crate::{cluster::Cluster, error::ConnectError, scripts::Code, single::Single};

/// One multiplexed connection, to a single server or to each primary of a Cluster.
pub(crate) enum Connection {
    Single(Box<Single>),
    Cluster(Cluster),
}

/// Whether a command changes anything, so that it must not be sent twice.
#[derive(Clone, Copy)]
enum Effect {
    None,
    Some,
}

impl Connection {
    /// Connects to a single server.
    pub(crate) async fn single(url: &str, timeout: Duration) -> Result<Self, ConnectError> {
        prepare_tls();
        let client = Client::open(server(url)?).map_err(|error| ConnectError::Url(error.into()))?;
        let single = Single::connect(client, timeout).await.map_err(refused)?;
        Self::Single(Box::new(single)).greeted().await
    }

    /// Connects to a Cluster by some of its nodes.
    pub(crate) async fn cluster(urls: &[String], timeout: Duration) -> Result<Self, ConnectError> {
        prepare_tls();
        let nodes: Vec<_> = urls.iter().map(|url| server(url)).collect::<Result<_, _>>()?;
        let client = ClusterClientBuilder::new(nodes)
            .connection_timeout(timeout)
            .response_timeout(timeout)
            .tcp_settings(tcp())
            .retries(0)
            .build()
            .map_err(|error| ConnectError::Url(error.into()))?;
        Self::Cluster(Cluster::connect(&client, timeout).await.map_err(refused)?).greeted().await
    }

    /// A server that wants a password takes a connection without one, and refuses the first command.
    async fn greeted(self) -> Result<Self, ConnectError> {
        self.send::<()>(Effect::None, &redis::cmd("PING")).await.map_err(refused)?;
        Ok(self)
    }

    /// Sends one command that only reads, and waits for its answer.
    pub(crate) async fn read<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        self.send(Effect::None, command).await.map_err(failed)
    }

    /// Calls a script that only reads.
    pub(crate) async fn theme<T: FromRedisValue>(
        &self,
        script: &Code,
        keys: &[&str],
        arguments: &[&str],
    ) -> Result<T, StoreError> {
        self.call(Effect::None, script, keys, arguments).await.map_err(failed)
    }

    /// Calls a script that writes.
    pub(crate) async fn run<T: FromRedisValue>(
        &self,
        script: &Code,
        keys: &[&str],
        arguments: &[&str],
    ) -> Result<T, StoreError> {
        self.call(Effect::Some, script, keys, arguments).await.map_err(failed)
    }

    /// Calls a script by its hash, and sends it where the server does not know it.
    async fn call<T: FromRedisValue>(
        &self,
        effect: Effect,
        script: &Code,
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
                // It was refused before it ran, so nothing happens twice. `EVAL` loads it in the same step, on the
                // node that is asked.
                self.send(effect, &call("EVAL", &script.source)).await
            }
            answer => answer,
        }
    }

    async fn send<T: FromRedisValue>(&self, effect: Effect, command: &Cmd) -> RedisResult<T> {
        match (self, effect) {
            (Self::Single(single), Effect::None) => single.read(command).await,
            (Self::Single(single), Effect::Some) => single.write(command).await,
            (Self::Cluster(cluster), Effect::None) => cluster.read(command).await,
            (Self::Cluster(cluster), Effect::Some) => cluster.write(command).await,
        }
    }
}

fn server(url: &str) -> Result<ConnectionInfo, ConnectError> {
    let server = url.into_connection_info().map_err(|error| ConnectError::Url(error.into()))?;
    // Saying which library asks would be one more command for an ACL to allow, and for its log to complain about.
    let settings = server.redis_settings().clone().set_skip_set_lib_name();
    Ok(server.set_tcp_settings(tcp()).set_redis_settings(settings))
}

/// Without delay: a command is small, and whoever waits for its answer has nothing more to send.
fn tcp() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

/// Chooses who does the cryptography of TLS where the app has not, since `rustls` panics where nobody did.
fn prepare_tls() {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Somebody may be faster, and then theirs counts.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
}

fn failed(error: RedisError) -> StoreError {
    let detail = match (error.kind(), error.code()) {
        _ if error.is_timeout() => "Redis did not answer in time",
        (ErrorKind::Server(ServerErrorKind::ReadOnly), _) => "this Redis is a read-only replica",
        (ErrorKind::Server(ServerErrorKind::BusyLoading), _) => {
            "Redis is starting and reads what it wrote down"
        }
        (ErrorKind::Server(_), Some("OOM")) => "Redis has no memory left",
        (ErrorKind::Server(_), Some("WRONGTYPE")) => "something else wrote a key of mfakit's in Redis",
        _ if error.to_string().contains("MFAKIT unreadable") => "a record in Redis cannot be read",
        _ => "Redis could not be asked",
    };
    StoreError::new(detail).with_source(error)
}

fn refused(error: RedisError) -> ConnectError {
    match (error.kind(), error.code()) {
        (ErrorKind::InvalidClientConfig, _) => ConnectError::Url(error.into()),
        (ErrorKind::AuthenticationFailed, _) | (_, Some("WRONGPASS" | "NOAUTH" | "NOPERM")) => {
            ConnectError::Credentials(error.into())
        }
        _ => ConnectError::Unreachable(error.into()),
    }
}
