//! TLS that is not compiled in.

use std::io;

use super::{certificates::Certificates, error::TlsError, stream::Stream};

/// TLS of a client. It is not compiled in, so there is no value of this type.
#[derive(Clone, Debug)]
pub enum Tls {}

impl Tls {
    /// Prepares TLS.
    ///
    /// # Errors
    ///
    /// Returns an error that names the features with TLS.
    pub const fn new(_: &Certificates) -> Result<Self, TlsError> {
        Err(TlsError::Feature)
    }

    /// Offers HTTP/1.1 to servers (ALPN).
    #[must_use]
    pub const fn for_http1(self) -> Self {
        self
    }

    /// Encrypts a connection to `host`.
    ///
    /// # Errors
    ///
    /// Never returns, because there is no value of this type.
    pub async fn secure(&self, _: &str, _: impl Stream + 'static) -> io::Result<Box<dyn Stream>> {
        match *self {}
    }
}
