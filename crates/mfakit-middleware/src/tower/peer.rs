//! Address of the peer.

use std::net::IpAddr;

use http::Extensions;

/// Address of the peer that connected to the app, for servers that do not provide it.
///
/// If [`ClientAddress`](mfakit_core::ClientAddress) is configured, put this into the extensions of every request. An
/// axum app that is served with `into_make_service_with_connect_info::<SocketAddr>()` does not need it. If both are
/// present, this one takes precedence.
///
/// ```
/// use mfakit_middleware::tower::PeerAddress;
///
/// # let mut request = http::Request::new(());
/// # let stream_peer = std::net::SocketAddr::from(([127, 0, 0, 1], 49152));
/// request.extensions_mut().insert(PeerAddress(stream_peer.ip()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub IpAddr);

/// Returns the address of the peer, if the app or the server provides it.
pub(crate) fn peer(extensions: &Extensions) -> Option<IpAddr> {
    if let Some(PeerAddress(address)) = extensions.get() {
        return Some(*address);
    }
    #[cfg(feature = "axum")]
    {
        use axum::extract::connect_info::{ConnectInfo, MockConnectInfo};
        use std::net::SocketAddr;

        if let Some(ConnectInfo(socket)) = extensions.get::<ConnectInfo<SocketAddr>>() {
            return Some(socket.ip());
        }
        if let Some(MockConnectInfo(socket)) = extensions.get::<MockConnectInfo<SocketAddr>>() {
            return Some(socket.ip());
        }
    }
    None
}

#[cfg(all(test, feature = "axum"))]
mod tests {
    use std::net::SocketAddr;

    use axum::extract::connect_info::{ConnectInfo, MockConnectInfo};

    use super::*;

    fn socket(last: u8) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, last], 49152))
    }

    #[test]
    fn the_address_from_the_app_takes_precedence_over_that_from_the_server() {
        let mut extensions = Extensions::new();
        assert_eq!(peer(&extensions), None);
        extensions.insert(MockConnectInfo(socket(1)));
        assert_eq!(peer(&extensions), Some(socket(1).ip()));
        extensions.insert(ConnectInfo(socket(2)));
        assert_eq!(peer(&extensions), Some(socket(2).ip()));
        extensions.insert(PeerAddress(socket(3).ip()));
        assert_eq!(peer(&extensions), Some(socket(3).ip()));
    }
}
