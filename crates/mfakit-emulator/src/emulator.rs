//! Handle to a running emulator, and its builder.

use std::{
    fmt,
    future::Future,
    io,
    net::{Ipv4Addr, SocketAddrV4},
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    address::Address, call::Call, credentials::Credentials, fault::Fault, http, message::Message,
    state::EmulatorState, text::Text,
};

/// A running emulator on 127.0.0.1. It stops when this handle is dropped.
///
/// It serves from the Tokio runtime that started it. It keeps the newest 10,000 messages of each kind and the newest 50,000
/// calls, with a limit of 64 MiB each.
///
/// # Examples
///
/// Sends a code to the emulator, reads it in the inbox, and verifies it:
///
/// ```
/// use mfakit_emulator::Emulator;
/// use serde_json::{Value, json};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let bandwidth = Emulator::builder().start().await?;
/// let client = reqwest::Client::new();
/// let post = |operation: &str, body: Value| {
///     let url = format!("{}/accounts/9900000/code/{operation}", bandwidth.base_url());
///     client.post(url).basic_auth("emulator", Some("emulator")).json(&body).send()
/// };
///
/// let send = json!({
///     "to": "+12025550123",
///     "from": "+12025550100",
///     "applicationId": "emulator-messaging",
///     "message": "Your code is {CODE}",
///     "digits": 6,
/// });
/// assert_eq!(post("messaging", send).await?.status(), 200);
///
/// let code = &bandwidth.inbox()[0].code;
/// let verify = json!({ "to": "+12025550123", "code": code, "expirationTimeInMinutes": 3 });
/// let answer: Value = post("verify", verify).await?.json().await?;
/// assert_eq!(answer, json!({ "valid": true }));
/// assert_eq!(bandwidth.calls().len(), 2);
/// # Ok(())
/// # }
/// ```
pub struct Emulator {
    state: Arc<EmulatorState>,
    server: JoinHandle<()>,
}

impl Emulator {
    /// Returns a builder with the default options.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::default()
    }

    /// Returns the base URL of Bandwidth's API: `http://127.0.0.1:PORT/api/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        self.state.address().base_url()
    }

    /// Returns the base URL of Bandwidth's Messaging API: `http://127.0.0.1:PORT/api/v2`.
    #[must_use]
    pub fn messaging_url(&self) -> String {
        self.state.address().messaging_url()
    }

    /// Returns the URL of the token endpoint: `http://127.0.0.1:PORT/api/v1/oauth2/token`.
    #[must_use]
    pub fn token_url(&self) -> String {
        self.state.address().token_url()
    }

    /// Returns the URL of the inbox page: `http://127.0.0.1:PORT/`.
    #[must_use]
    pub fn inbox_url(&self) -> String {
        self.state.address().inbox_url()
    }

    /// Returns the port of 127.0.0.1 on which the emulator listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.state.address().port
    }

    /// Returns the environment variables that point an app at this emulator, with their values.
    ///
    /// These are the variables that mfakit's Bandwidth client reads, such as `BANDWIDTH_BASE_URL`.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        self.state.environment()
    }

    /// Returns the messages that the phones received, newest last.
    #[must_use]
    pub fn inbox(&self) -> Vec<Message> {
        self.state.inbox()
    }

    /// Returns the text messages without a code that the phones received, newest last.
    #[must_use]
    pub fn texts(&self) -> Vec<Text> {
        self.state.texts()
    }

    /// Returns the API calls in the order of arrival.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.state.calls()
    }

    /// Removes all messages from the inbox. Their codes stay valid.
    pub fn clear_inbox(&self) {
        self.state.clear_inbox();
    }

    /// Removes all text messages without a code.
    pub fn clear_texts(&self) {
        self.state.clear_texts();
    }

    /// Removes all calls from the call log.
    pub fn clear_calls(&self) {
        self.state.clear_calls();
    }

    /// Makes the next calls fail as the fault states.
    ///
    /// At most 1,000 faults are pending. If there are more, the oldest is discarded.
    pub fn fail(&self, fault: Fault) {
        self.state.fail(fault);
    }

    /// Removes the pending faults.
    pub fn clear_faults(&self) {
        self.state.clear_faults();
    }

    /// Advances the emulator's clock, so that codes and tokens expire and 429s are lifted.
    ///
    /// The clock advances by at most a hundred years in total.
    pub fn advance(&self, by: Duration) {
        self.state.advance(by);
    }

    /// Serves until `stop` resolves, then stops.
    pub async fn run_until(self, stop: impl Future<Output = ()>) {
        stop.await;
    }
}

/// Prints only the base URL, because messages and calls may be megabytes.
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

/// Builder for an [`Emulator`].
///
/// | option | default |
/// |---|---|
/// | [`port`](Self::port) | 0, which selects a free port |
/// | [`credentials`](Self::credentials) | user name `emulator`, password `emulator` |
/// | [`name`](Self::name) | `Emulator` |
/// | [`verify_limit`](Self::verify_limit) | 5 wrong codes |
///
/// # Examples
///
/// ```
/// use mfakit_emulator::Emulator;
///
/// # #[tokio::main]
/// # async fn main() -> std::io::Result<()> {
/// let bandwidth =
///     Emulator::builder().credentials("client", "secret").name("Bank").verify_limit(3).start().await?;
///
/// let variables = bandwidth.environment();
/// assert!(variables.contains(&("BANDWIDTH_CLIENT_ID", "client".to_owned())));
/// assert!(variables.contains(&("BANDWIDTH_BASE_URL", bandwidth.base_url())));
/// # Ok(())
/// # }
/// ```
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
    /// Sets the port. The default, 0, selects a free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the accepted user name and password, which are also the OAuth2 client id and secret.
    ///
    /// The default is `emulator` for both.
    pub fn credentials(mut self, user: impl Into<String>, password: impl Into<String>) -> Self {
        self.credentials = Credentials { user: user.into(), password: password.into() };
        self
    }

    /// Sets the replacement for `{NAME}` in messages. The default is `Emulator`.
    ///
    /// In the real service, Bandwidth sets it when an account is provisioned.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Sets the number of wrong codes per phone number after which a verify is answered with a 429. The default is 5.
    pub fn verify_limit(mut self, wrong_codes: u32) -> Self {
        self.verify_limit = wrong_codes;
        self
    }

    /// Listens on 127.0.0.1 and serves in a task of the current Tokio runtime.
    ///
    /// # Errors
    ///
    /// Returns an error if the port is in use or not permitted, and if the user name is empty or contains a colon,
    /// which Basic authentication cannot transmit.
    pub async fn start(self) -> io::Result<Emulator> {
        if self.credentials.user.is_empty() || self.credentials.user.contains(':') {
            let why = "the user name must not be empty or contain a colon";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let listener = TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.port)).await?;
        let address = Address { port: listener.local_addr()?.port() };
        let state = Arc::new(EmulatorState::new(address, self.credentials, self.name, self.verify_limit));
        let server = tokio::spawn(http::serve(listener, http::router(Arc::clone(&state))));
        Ok(Emulator { state, server })
    }
}
