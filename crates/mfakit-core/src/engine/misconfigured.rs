//! Mistakes in how the app is set up.

/// Mistake in how the app is set up. Requests are rejected until it is fixed.
///
/// The text states what is wrong and how to fix it. It is for the log, not for users of the app.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misconfigured(String);

impl Misconfigured {
    /// Creates a mistake. The text states how to fix it.
    pub fn new(what: impl Into<String>) -> Self {
        Self(what.into())
    }

    /// Creates the mistake of a guard or a call that names a scope that was not declared.
    #[must_use]
    pub fn undeclared(scope: &str) -> Self {
        Self(format!(
            "the scope {scope:?} is not declared: add .scope({scope:?}, \"…\") to the builder of Mfa"
        ))
    }

    /// The builder has a setting for the address of a request, and a request has no address.
    pub(crate) fn no_address() -> Self {
        Self::new(
            "the address of a request is not known, although .client_address(…) is set: on axum, serve the app with \
             into_make_service_with_connect_info::<SocketAddr>(); on another tower stack, put a PeerAddress into each \
             request; behind proxies, check how many there are",
        )
    }

    /// Creates the mistake of a function of the app, or of a port, that panicked.
    #[must_use]
    pub fn panicked(function: &str) -> Self {
        Self(format!("the app's {function} panicked; nothing is granted on its word"))
    }

    /// A ceremony panicked outside of the ports, which catch their own panics.
    pub(crate) fn unguarded_panic() -> Self {
        Self::new("the app's clock panicked, or mfakit has a bug: all other functions of the app are guarded")
    }
}
