//! Place from which a connection is opened: a server, or the one that Redis Sentinel announces.

use redis::RedisResult;

#[cfg(feature = "sentinel")]
use crate::sentinel::Sentinel;
use crate::{
    dial::{Dialer, Wire},
    target::Address,
};

#[derive(Clone)]
pub(crate) enum Origin {
    Server {
        dialer: Dialer,
        address: Address,
    },
    #[cfg(feature = "sentinel")]
    Sentinel(Sentinel),
}

impl Origin {
    pub(crate) async fn open(&self) -> RedisResult<Wire> {
        match self {
            Self::Server { dialer, address } => dialer.dial(address).await,
            #[cfg(feature = "sentinel")]
            Self::Sentinel(sentinel) => sentinel.open().await,
        }
    }
}
