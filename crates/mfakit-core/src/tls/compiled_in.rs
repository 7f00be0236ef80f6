//! Provider that is compiled into rustls, because some crate of the app turned on its feature.
//!
//! A crate cannot see the features of another crate, but name resolution can. In [`provider`], `ring` is the module of
//! rustls if rustls has it, because a glob import in a function hides the items outside the function. Otherwise
//! the glob import brings no such name, and `ring` is the module below, which has no provider.

use rustls::crypto::CryptoProvider;

/// Stands in for `rustls::crypto::aws_lc_rs`, if rustls is compiled without it.
#[allow(dead_code)]
mod aws_lc_rs {
    pub(super) const fn default_provider() -> Option<rustls::crypto::CryptoProvider> {
        None
    }
}

/// Stands in for `rustls::crypto::ring`, if rustls is compiled without it.
#[allow(dead_code)]
mod ring {
    pub(super) const fn default_provider() -> Option<rustls::crypto::CryptoProvider> {
        None
    }
}

/// Result of either kind of `default_provider`.
trait PerhapsProvider {
    fn found(self) -> Option<CryptoProvider>;
}

impl PerhapsProvider for CryptoProvider {
    fn found(self) -> Option<CryptoProvider> {
        Some(self)
    }
}

impl PerhapsProvider for Option<CryptoProvider> {
    fn found(self) -> Option<CryptoProvider> {
        self
    }
}

/// Returns the provider that is compiled into rustls. If there are two, aws-lc-rs takes precedence.
pub(super) fn provider() -> Option<CryptoProvider> {
    #[allow(unused_imports, clippy::wildcard_imports)]
    use rustls::crypto::*;

    aws_lc_rs::default_provider().found().or_else(|| ring::default_provider().found())
}
