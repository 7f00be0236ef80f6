//! Errors of TLS before any connection.

use crate::box_error::BoxError;

/// Error of preparing TLS. The message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The app is built without TLS.
    #[error(
        "TLS requires one of mfakit's features rustls-no-provider, rustls-aws-lc-rs, rustls-ring and native-tls"
    )]
    Feature,
    /// No feature names a cryptography provider for rustls, and none is found.
    #[error(
        "rustls has no cryptography provider: turn on one of mfakit's features rustls-aws-lc-rs, rustls-ring and \
         native-tls, or install a provider at the start of main, as in \
         rustls::crypto::ring::default_provider().install_default()"
    )]
    CryptoProvider,
    /// The certificates or the key that were set are not valid, or this machine trusts no certificate authority.
    #[error(
        "the certificates for TLS cannot be used: set PEM, or install the certificate authorities of the operating \
         system"
    )]
    Certificates(#[source] BoxError),
}
