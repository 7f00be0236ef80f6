//! TLS of the clients in this workspace: of Bandwidth's API, and of Redis.
//!
//! 1. The app chooses by features. With several, the first of these applies: `rustls-aws-lc-rs`, `rustls-ring`,
//!    `native-tls`, `rustls-no-provider`. All but the last name what they use, and the last takes what it finds.
//! 2. `rustls-no-provider` takes the provider that the process has installed. If there is none, it takes one that
//!    another crate of the app compiled into rustls, aws-lc-rs before ring.
//! 3. Nothing is installed for the whole process. Every configuration names its provider, because
//!    `ClientConfig::builder()` panics if two providers are compiled in and none is installed.
//! 4. No feature of a package that apps use themselves is turned on, except those that the feature's name states.
//!    `reqwest` with rustls and without a provider, for instance, would panic in apps that use it for plain http.

mod certificates;
#[cfg(all(
    feature = "rustls-no-provider",
    any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", not(feature = "native-tls"))
))]
mod compiled_in;
mod error;
#[cfg(all(feature = "native-tls", not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))))]
mod native;
#[cfg(not(any(feature = "native-tls", feature = "rustls-no-provider")))]
mod off;
#[cfg(all(
    feature = "rustls-no-provider",
    any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", not(feature = "native-tls"))
))]
mod rustls;
mod stream;

#[cfg(all(feature = "native-tls", not(any(feature = "rustls-aws-lc-rs", feature = "rustls-ring"))))]
pub use native::Tls;
#[cfg(not(any(feature = "native-tls", feature = "rustls-no-provider")))]
pub use off::Tls;
#[cfg(all(
    feature = "rustls-no-provider",
    any(feature = "rustls-aws-lc-rs", feature = "rustls-ring", not(feature = "native-tls"))
))]
pub use rustls::Tls;

pub use certificates::Certificates;
pub use error::TlsError;
pub use stream::Stream;
