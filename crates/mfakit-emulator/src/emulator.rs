//! Starting, steering and stopping an emulator.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::address::Address;
use crate::call::Call;
use crate::credentials::Credentials;
use crate::desk::Desk;
use crate::fault::Fault;
use crate::http;
use crate::message::Message;

/// A running emulator on 127.0.0.1. It stops when this is dropped.
///
/// It serves from the Tokio runtime that started it, and remembers the newest 10,000 messages and the newest 50,000
/// calls, of each at most 64 MiB.
pub struct Emulator {
    desk: Arc<Desk>,
    server: JoinHandle<()>,
}

impl Emulator {
    /// The options, each with its default.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    /// Where Bandwidth's API is: `http://127.0.0.1:PORT/api/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.desk.address().base_url()
    }

    /// Where access tokens are issued: `http://127.0.0.1:PORT/api/v1/oauth2/token`.
    #[must_use]
    pub fn token_url(&self) -> String {
        self.desk.address().token_url()
    }

    /// Where a person reads what was sent: `http://127.0.0.1:PORT/`.
    #[must_use]
    pub fn inbox_url(&self) -> String {
        self.desk.address().inbox_url()
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.desk.address().port
    }

    /// The environment variables that point an app at this emulator, with their values.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.desk.environment()
    }

    /// What the phones received, newest last.
    #[must_use]
    pub fn inbox(&self) -> Vec<Message> {
        self.desk.inbox()
    }

    /// The API calls in the order they arrived.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.desk.calls()
    }

    /// Empties the inbox. Codes that were in it stay valid.
    pub fn clear_inbox(&self) {
        self.desk.clear_inbox();
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        self.desk.clear_calls();
    }

    /// Makes the next calls fail. At most 1,000 faults wait; beyond it the oldest is let go.
    pub fn fail(&self, fault: Fault) {
        self.desk.fail(fault);
    }

    /// Takes back the faults that have not happened yet.
    pub fn clear_faults(&self) {
        self.desk.clear_faults();
    }

    /// Moves the emulator's clock forward: codes and tokens age, 429s are lifted. It goes no further ahead than a
    /// hundred years in all.
    pub fn advance(&self, by: Duration) {
        self.desk.advance(by);
    }

    /// Serves until `stop` resolves, then stops.
    pub async fn run_until(self, stop: impl Future<Output = ()>) {
        stop.await;
    }
}

/// Says where it is; what it holds may be megabytes.
impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// How an [`Emulator`] is to be. Defaults: a free port, credentials `emulator`/`emulator`, five wrong codes, the name
/// `Emulator`.
#[derive(Debug, Clone)]
#[must_use]
pub struct EmulatorBuilder {
    port: u16,
    credentials: Credentials,
    name: String,
    verify_limit: u32,
}

impl Default for EmulatorBuilder {
    fn default() -> Self {
        Self {
            port: 0,
            credentials: Credentials { user: "emulator".to_owned(), password: "emulator".to_owned() },
            name: "Emulator".to_owned(),
            verify_limit: 5,
        }
    }
}

impl EmulatorBuilder {
    /// The port to listen on; 0, the default, is any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The one user name and password that pass, by Basic and as OAuth2 client id and secret.
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Credentials { user: user.into(), password: password.into() };
        self
    }

    /// What `{NAME}` becomes in messages. Bandwidth sets it when an account is provisioned.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// How many wrong codes of one number are answered before the next one is a 429.
    pub fn verify_limit(mut self, wrong_codes: u32) -> Self {
        self.verify_limit = wrong_codes;
        self
    }

    /// Listens on 127.0.0.1 and serves in a task of the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// When the port is taken or may not be listened on, and when the user name is empty or has a colon in it, which
    /// Basic cannot carry.
    pub async fn start(self) -> io::Result<Emulator> {
        if self.credentials.user.is_empty() || self.credentials.user.contains(':') {
            let why = "the user name must be something without a colon";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let listener = TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.port)).await?;
        let address = Address { port: listener.local_addr()?.port() };
        let desk = Arc::new(Desk::new(address, self.credentials, self.name, self.verify_limit));
        let server = tokio::spawn(http::serve(listener, http::router(Arc::clone(&desk))));
        Ok(Emulator { desk, server })
    }
}
