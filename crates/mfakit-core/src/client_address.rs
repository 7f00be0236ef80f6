//! Where a request comes from, as far as that can be known.

/// How the app finds out which address a request comes from. Without saying so it does not, because a header that
/// anybody can write would decide [RATE-8].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientAddress {
    /// Clients connect to the app itself: the address is that of the connection, and headers do not matter.
    Direct,
    /// Clients connect through this many proxies of one's own, each of which appends the address it was called from to
    /// `X-Forwarded-For`, as nginx, `HAProxy` and the clouds' load balancers do. The address is the entry at this
    /// place counted from the right; what stands left of it was written by the client and does not matter.
    TrustedProxies(usize),
}
