//! TLS by rustls.

use std::{fmt, io, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
};
use rustls_platform_verifier::Verifier;
use tokio_rustls::TlsConnector;

use super::{certificates::Certificates, compiled_in, error::TlsError, stream::Stream};
use crate::box_error::BoxError;

/// TLS of a client, by rustls.
#[derive(Clone)]
pub struct Tls(Arc<ClientConfig>);

impl Tls {
    /// Prepares TLS with the provider that the features name, or else with the one that is found.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no provider, if a certificate or the key is not valid, or if this machine trusts no
    /// certificate authority and none was set.
    pub fn new(certificates: &Certificates) -> Result<Self, TlsError> {
        let provider = crypto_provider().ok_or(TlsError::CryptoProvider)?;
        let config = config(&provider, certificates).map_err(TlsError::Certificates)?;
        Ok(Self(Arc::new(config)))
    }

    /// Offers HTTP/1.1 to servers (ALPN).
    #[must_use]
    pub fn for_http1(mut self) -> Self {
        Arc::make_mut(&mut self.0).alpn_protocols = vec![b"http/1.1".to_vec()];
        self
    }

    /// Encrypts a connection to `host`, which must present a valid certificate.
    ///
    /// # Errors
    ///
    /// Returns an error if the handshake fails or the certificate is not valid.
    pub async fn secure(&self, host: &str, stream: impl Stream + 'static) -> io::Result<Box<dyn Stream>> {
        let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
        Ok(Box::new(TlsConnector::from(Arc::clone(&self.0)).connect(name, stream).await?))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

fn crypto_provider() -> Option<Arc<CryptoProvider>> {
    #[cfg(feature = "rustls-aws-lc-rs")]
    let named = Some(rustls::crypto::aws_lc_rs::default_provider());
    #[cfg(all(feature = "rustls-ring", not(feature = "rustls-aws-lc-rs")))]
    let named = Some(rustls::crypto::ring::default_provider());
    #[cfg(not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring")))]
    let named = None;
    named
        .map(Arc::new)
        .or_else(|| CryptoProvider::get_default().cloned())
        .or_else(|| compiled_in::provider().map(Arc::new))
}

fn config(provider: &Arc<CryptoProvider>, certificates: &Certificates) -> Result<ClientConfig, BoxError> {
    let verifier = verifier(provider, certificates)?;
    let config = ClientConfig::builder_with_provider(Arc::clone(provider));
    let config = config.with_safe_default_protocol_versions()?;
    let mut config = config.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    if let Some((chain, key)) = &certificates.client {
        let chain = CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>()?;
        let key = provider.key_provider.load_private_key(PrivateKeyDer::from_pem_slice(key)?)?;
        let identity = CertifiedKey::new(chain, key);
        identity.keys_match()?;
        config.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(identity));
    }
    Ok(config)
}

/// Returns the verifier of the operating system, or one that trusts the authorities that were set.
fn verifier(
    provider: &Arc<CryptoProvider>,
    certificates: &Certificates,
) -> Result<Arc<dyn ServerCertVerifier>, BoxError> {
    let Some(pem) = &certificates.authorities else {
        return Ok(Arc::new(Verifier::new(Arc::clone(provider))?));
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        roots.add(certificate?)?;
    }
    Ok(WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_another_crate_compiled_in_is_found_and_not_installed() {
        // The development dependencies of this crate turn on a provider, as another crate of an app does.
        assert!(compiled_in::provider().is_some());
        assert!(crypto_provider().is_some());
        assert!(Tls::new(&Certificates::default()).is_ok());
        assert!(CryptoProvider::get_default().is_none());
    }

    #[test]
    fn certificates_that_are_no_pem_are_rejected() {
        let no_pem = || Some(b"no certificate".to_vec());
        let authorities = Certificates { authorities: no_pem(), client: None };
        let client =
            Certificates { authorities: None, client: Some((b"no certificate".into(), b"no key".into())) };
        for certificates in [authorities, client] {
            assert!(matches!(Tls::new(&certificates), Err(TlsError::Certificates(_))));
        }
    }
}
