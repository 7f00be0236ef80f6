//! Mistakes in how the app is put together.

/// The app is put together wrongly: nobody passes until that is mended.
///
/// The text says what is wrong and what to do; it is for the log, not for the person who asks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misconfigured(String);

impl Misconfigured {
    /// A mistake, in words that say what to do.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// A guard or a call names a scope that the builder does not know.
    #[must_use]
    pub fn undeclared(scope: &str) -> Self {
        Self(format!(
            "the scope {scope:?} is not declared: add .scope({scope:?}, \"…\") to the builder of Mfa"
        ))
    }

    /// The builder was told how to find out where requests come from, and it cannot be found out.
    #[must_use]
    pub(crate) fn no_address() -> Self {
        Self::new(
            "the address of a request is not known, though .client_address(…) is set: on axum, serve the app by \
             into_make_service_with_connect_info::<SocketAddr>(); on another tower stack, put a PeerAddress into each \
             request; behind proxies, check how many there are",
        )
    }

    /// A function of the app's own panicked.
    #[must_use]
    pub fn panicked(function: &str) -> Self {
        Self(format!("the app's {function} panicked; nobody passes on its word"))
    }
}
