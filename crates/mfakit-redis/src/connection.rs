//! Connection of the store: to a single server, to a Cluster, or of the app.

use std::time::Duration;

use mfakit_core::store::StoreError;
use redis::{Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind, ToRedisArgs};

#[cfg(feature = "cluster")]
use crate::{cluster::Cluster, dial::Dialer, target::Address};
use crate::{
    error::ConnectError,
    node::{Ack, Node},
    origin::Origin,
    own::Own,
    replicated::{ReplicaWait, is_too_few},
    scripts::LuaScript,
};

/// Connection to a single server, to each primary of a Cluster, or of the app.
pub(crate) enum Connection {
    Single(Box<Node>),
    #[cfg(feature = "cluster")]
    Cluster(Box<Cluster>),
    Own(Own),
}

/// Effect of a command. One that writes must not be sent twice.
#[derive(Clone, Copy)]
enum Effect {
    Read,
    Write(Ack),
}

impl Connection {
    /// Connects to a single server.
    pub(crate) async fn single(
        origin: Origin,
        timeout: Duration,
        wait: Option<ReplicaWait>,
    ) -> Result<Self, ConnectError> {
        Self::Single(Box::new(Node::new(origin, timeout, wait))).ping().await
    }

    /// Connects to a Cluster by some of its nodes.
    #[cfg(feature = "cluster")]
    pub(crate) async fn cluster(
        dialer: Dialer,
        nodes: Vec<Address>,
        wait: Option<ReplicaWait>,
    ) -> Result<Self, ConnectError> {
        let cluster = Cluster::connect(dialer, nodes, wait).await.map_err(connect_error)?;
        Self::Cluster(Box::new(cluster)).ping().await
    }

    /// Uses connections of the app.
    pub(crate) async fn own(own: Own) -> Result<Self, ConnectError> {
        Self::Own(own).ping().await
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

    /// Sends one command that only reads to the server, or to each primary of a Cluster. Returns the answers of those
    /// that accepted it.
    pub(crate) async fn read_each(&self, command: &Cmd) -> Vec<String> {
        match self {
            Self::Single(_) | Self::Own(_) => self.read(command).await.into_iter().collect(),
            #[cfg(feature = "cluster")]
            Self::Cluster(cluster) => cluster.read_each(command).await,
        }
    }

    /// Calls a script that only reads.
    pub(crate) async fn call_read<T: FromRedisValue>(
        &self,
        script: &LuaScript,
        keys: &[String],
        arguments: &[&str],
    ) -> Result<T, StoreError> {
        self.call(Effect::Read, script, keys, arguments).await.map_err(store_error)
    }

    /// Calls a script that writes.
    pub(crate) async fn call_write<T: FromRedisValue>(
        &self,
        script: &LuaScript,
        keys: &[String],
        arguments: &[&str],
    ) -> Result<T, StoreError> {
        self.call(Effect::Write(Ack::Primary), script, keys, arguments).await.map_err(store_error)
    }

    /// Calls a script that counts or ends something. The answer waits for replicas, if the store does.
    pub(crate) async fn call_replicated<T: FromRedisValue>(
        &self,
        script: &LuaScript,
        keys: &[String],
        arguments: &[&str],
    ) -> Result<T, StoreError> {
        self.call(Effect::Write(Ack::Replicas), script, keys, arguments).await.map_err(store_error)
    }

    /// Calls a script that writes, with arguments that are not all text.
    pub(crate) async fn call_write_bytes<T: FromRedisValue>(
        &self,
        script: &LuaScript,
        keys: &[String],
        arguments: &[&[u8]],
    ) -> Result<T, StoreError> {
        self.call(Effect::Write(Ack::Primary), script, keys, arguments).await.map_err(store_error)
    }

    /// Calls a script by its hash, and sends its source if the server does not have it.
    async fn call<T: FromRedisValue, A: ToRedisArgs + Sync>(
        &self,
        effect: Effect,
        script: &LuaScript,
        keys: &[String],
        arguments: &[A],
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
            (Self::Single(single), Effect::Write(ack)) => single.write(command, ack).await,
            #[cfg(feature = "cluster")]
            (Self::Cluster(cluster), Effect::Read) => cluster.read(command).await,
            #[cfg(feature = "cluster")]
            (Self::Cluster(cluster), Effect::Write(ack)) => cluster.write(command, ack).await,
            (Self::Own(own), _) => own.send(command).await,
        }
    }
}

fn store_error(error: RedisError) -> StoreError {
    // By its code alone, because the client has a kind for some codes only, and the same code for a command and for the
    // script that sent it.
    let detail = match error.code() {
        _ if is_too_few(&error) => "too few replicas of Redis have acknowledged the write in time",
        _ if error.is_timeout() => "Redis did not answer in time",
        Some("READONLY") => "this Redis is a read-only replica",
        Some("LOADING") => "Redis is starting and loads its data",
        Some("OOM") => "Redis is out of memory",
        Some("MISCONF") => "Redis rejects writes because it cannot save its data",
        Some("NOREPLICAS") => "Redis rejects writes because too few replicas are connected",
        Some("NOAUTH" | "WRONGPASS" | "NOPERM") => "Redis rejects the user name or password, or a command",
        Some("WRONGTYPE") => "a key of mfakit in Redis has the wrong type: something else wrote it",
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
