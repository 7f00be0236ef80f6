//! Where a request comes from, as far as that can be known.

/// How the app finds out which address a request comes from. Without saying so it does not, because a header that
/// anybody can write would decide [RATE-8].
///
/// `Forwarded`, `X-Real-IP` and their kin are never read. An address of IPv4 that is written as IPv6 is the one of IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAddress {
    /// Clients connect to the app itself: the address is that of the connection, and headers do not matter.
    ///
    /// On axum it is known where the app is served by `into_make_service_with_connect_info::<SocketAddr>()`, in other
    /// tower stacks where they put mfakit's `PeerAddress` into the request, on actix-web always.
    Direct,
    /// Clients connect through this many proxies of one's own, each of which appends the address it was called from to
    /// `X-Forwarded-For`, as nginx, `HAProxy` and the clouds' load balancers do. The address is the entry at this
    /// place counted from the right; what stands left of it was written by the client and does not matter.
    ///
    /// A request whose entry is missing, or is no address, is counted by who connected. Too high a number lets clients
    /// choose their address, and so does a way to the app past the proxies.
    TrustedProxies(usize),
}
