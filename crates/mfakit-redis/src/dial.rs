//! Opens connections to servers.
//!
//! The streams are made here, so that TLS is the app's choice. The `redis` crate speaks the protocol on them.

use std::{io, sync::Arc, time::Duration};

use futures_util::future::select_ok;
use mfakit_core::adapter::{Stream, Tls};
use redis::{AsyncConnectionConfig, RedisConnectionInfo, RedisResult, aio::MultiplexedConnection};
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::{
    net::{TcpStream, lookup_host},
    task::AbortHandle,
};

use crate::target::Address;

/// Maximum number of commands that wait to be written. Further ones wait to be queued.
const QUEUE_LENGTH: usize = 1024;

/// Settings with which connections are opened.
#[derive(Clone)]
pub(crate) struct Dialer {
    /// TLS, unless the URL does without it.
    pub(crate) tls: Option<Tls>,
    /// Credentials and database.
    pub(crate) settings: RedisConnectionInfo,
    /// Limit for an answer. Callers bound the time of connecting.
    pub(crate) timeout: Duration,
}

/// Open connection. It is closed when its last clone is dropped.
#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) connection: MultiplexedConnection,
    _driver: Arc<Driver>,
}

/// Task that reads and writes. Dropping this ends it.
struct Driver(AbortHandle);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Dialer {
    /// Opens a connection, and sends the credentials and the number of the database.
    pub(crate) async fn dial(&self, address: &Address) -> RedisResult<Wire> {
        let stream = self.stream(address).await?;
        let config = AsyncConnectionConfig::new()
            .set_response_timeout(Some(self.timeout))
            .set_pipeline_buffer_size(QUEUE_LENGTH);
        let (connection, driver) =
            MultiplexedConnection::new_with_config(&self.settings, stream, config).await?;
        let driver = Driver(tokio::spawn(driver).abort_handle());
        Ok(Wire { connection, _driver: Arc::new(driver) })
    }

    async fn stream(&self, address: &Address) -> io::Result<Box<dyn Stream>> {
        match address {
            Address::Tcp(host, port) => {
                let stream = tcp(host, *port).await?;
                match &self.tls {
                    Some(tls) => tls.secure(host, stream).await,
                    None => Ok(Box::new(stream)),
                }
            }
            #[cfg(unix)]
            Address::Unix(path) => Ok(Box::new(UnixStream::connect(path).await?)),
            #[cfg(not(unix))]
            Address::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }
}

/// Connects to the first address of a host that answers.
async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let attempts: Vec<_> =
        lookup_host((host, port)).await?.map(|address| Box::pin(TcpStream::connect(address))).collect();
    if attempts.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "the host has no address"));
    }
    let (stream, _) = select_ok(attempts).await?;
    // A command is small, and its caller sends nothing more until the answer arrives.
    stream.set_nodelay(true)?;
    Ok(stream)
}
