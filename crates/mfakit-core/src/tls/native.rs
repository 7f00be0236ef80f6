//! TLS of the system.

use std::io;

use native_tls::{Certificate, Identity, TlsConnector};

use super::{certificates::Certificates, error::TlsError, stream::Stream};
use crate::box_error::BoxError;

/// TLS of a client, by the system.
#[derive(Clone, Debug)]
pub struct Tls(tokio_native_tls::TlsConnector);

impl Tls {
    /// Prepares TLS.
    ///
    /// # Errors
    ///
    /// Returns an error if a certificate or the key is not valid.
    pub fn new(certificates: &Certificates) -> Result<Self, TlsError> {
        let connector = connector(certificates).map_err(TlsError::Certificates)?;
        Ok(Self(connector.into()))
    }

    /// Offers HTTP/1.1 to servers. They assume it without an offer, so nothing is set.
    #[must_use]
    pub const fn for_http1(self) -> Self {
        self
    }

    /// Encrypts a connection to `host`, which must present a valid certificate.
    ///
    /// # Errors
    ///
    /// Returns an error if the handshake fails or the certificate is not valid.
    pub async fn secure(&self, host: &str, stream: impl Stream + 'static) -> io::Result<Box<dyn Stream>> {
        let stream = self.0.connect(host, stream).await.map_err(io::Error::other)?;
        Ok(Box::new(stream))
    }
}

fn connector(certificates: &Certificates) -> Result<TlsConnector, BoxError> {
    let mut connector = TlsConnector::builder();
    if let Some(pem) = &certificates.authorities {
        connector.disable_built_in_roots(true);
        let authorities = Certificate::stack_from_pem(pem)?;
        if authorities.is_empty() {
            return Err("there is no certificate in the PEM text of the authorities".into());
        }
        for certificate in authorities {
            connector.add_root_certificate(certificate);
        }
    }
    if let Some((chain, key)) = &certificates.client {
        connector.identity(Identity::from_pkcs8(chain, key)?);
    }
    Ok(connector.build()?)
}
