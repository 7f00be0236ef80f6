//! Source of the client's IP address.

/// Source of the client's IP address.
///
/// The app must configure it with [`client_address`](crate::engine::MfaBuilder::client_address). By default the address
/// is unknown and sends are not limited by address, because headers that any client can write must not decide this
/// [RATE-8].
///
/// `Forwarded`, `X-Real-IP` and similar headers are never read. An IPv4 address that is written as IPv6 counts
/// as the IPv4 address.
///
/// ```
/// use mfakit_core::{ClientAddress, Mfa, MfaBuilder, MfaProvider};
///
/// fn behind_one_load_balancer(provider: impl MfaProvider) -> MfaBuilder {
///     Mfa::builder(provider, "https://bank.example").client_address(ClientAddress::TrustedProxies(1))
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAddress {
    /// Clients connect to the app directly. The address is that of the connection, and headers are ignored.
    ///
    /// On axum, the address is known if you serve the app with `into_make_service_with_connect_info::<SocketAddr>()`.
    /// Other tower stacks put mfakit's `PeerAddress` into the request. On actix-web, it is always known.
    Direct,
    /// Clients connect through this number of your proxies. Each of them appends the address of its client to
    /// `X-Forwarded-For`, as nginx, `HAProxy` and the load balancers of cloud providers do. The address is the
    /// entry at this position, counted from the right. Entries to its left were written by the client and are
    /// ignored.
    ///
    /// A request without such an entry, or with one that is not a valid address, counts toward the address of its
    /// connection. If the number is too high, or if clients can reach the app without the proxies, clients can choose
    /// their address.
    TrustedProxies(usize),
}
