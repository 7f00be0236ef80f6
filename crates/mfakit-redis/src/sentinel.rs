//! Discovery of the primary by Redis Sentinel.
//!
//! 1. All sentinels are asked at once, and the first answer that leads to a primary counts. A sentinel that does not
//!    answer delays nothing.
//! 2. The server that a sentinel names must state itself that it is a primary (`ROLE`). A sentinel that is cut off
//!    from the others may still name a former one.
//! 3. The sentinel must still name the same server then. A primary that hangs until its successor is promoted, and then
//!    continues, states that it is a primary as well.
//! 4. A sentinel is asked again whenever a connection is opened, and so after a failover: the former primary closes
//!    its connections, or rejects a write as a replica.

use futures_util::future::select_ok;
use redis::{ErrorKind, RedisError, RedisResult, Value};

use crate::{
    dial::{Dialer, Wire},
    target::Address,
};

#[derive(Clone)]
pub(crate) struct Sentinel {
    /// The sentinels, each with its settings.
    pub(crate) sentinels: Vec<(Dialer, Address)>,
    /// Name that the sentinels give the primary and its replicas.
    pub(crate) name: String,
    /// Settings for the servers.
    pub(crate) dialer: Dialer,
}

impl Sentinel {
    pub(crate) async fn open(&self) -> RedisResult<Wire> {
        let attempts: Vec<_> =
            self.sentinels.iter().map(|(dialer, address)| Box::pin(self.open_by(dialer, address))).collect();
        if attempts.is_empty() {
            return Err((ErrorKind::InvalidClientConfig, "there is no URL of a sentinel").into());
        }
        Ok(select_ok(attempts).await?.0)
    }

    async fn open_by(&self, dialer: &Dialer, sentinel: &Address) -> RedisResult<Wire> {
        let mut asked = dialer.dial(sentinel).await?;
        let mut announced = self.announced(&mut asked).await?;
        loop {
            let wire = self.open_primary(&announced).await?;
            let again = self.announced(&mut asked).await?;
            if again == announced {
                return Ok(wire);
            }
            announced = again;
        }
    }

    async fn announced(&self, asked: &mut Wire) -> RedisResult<Address> {
        let mut question = redis::cmd("SENTINEL");
        question.arg("GET-MASTER-ADDR-BY-NAME").arg(&self.name);
        let announced: Option<(String, u16)> = question.query_async(&mut asked.connection).await?;
        let (host, port) = announced.ok_or_else(|| {
            RedisError::from((ErrorKind::InvalidClientConfig, "the sentinel knows no primary of this name"))
        })?;
        Ok(Address::Tcp(host, port))
    }

    async fn open_primary(&self, address: &Address) -> RedisResult<Wire> {
        let mut wire = self.dialer.dial(address).await?;
        let role: Vec<Value> = redis::cmd("ROLE").query_async(&mut wire.connection).await?;
        let is_primary = match role.first() {
            Some(Value::BulkString(role)) => role == b"master",
            Some(Value::SimpleString(role)) => role == "master",
            _ => false,
        };
        if is_primary {
            Ok(wire)
        } else {
            Err((ErrorKind::Io, "the announced server is not a primary").into())
        }
    }
}
