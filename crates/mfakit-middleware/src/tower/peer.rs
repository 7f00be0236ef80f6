//! Who connected to the app.

use std::net::IpAddr;

use http::Extensions;

/// The address of who connected to the app, for servers that nothing else is known of.
///
/// Put it into the extensions of every request where [`ClientAddress`](mfakit_core::ClientAddress) is set. On axum
/// it is not needed where the app is served by `into_make_service_with_connect_info::<SocketAddr>()`, and counts
/// before that.
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

/// Who connected, as far as the server has said.
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
    fn what_the_app_says_itself_counts_before_what_the_server_says() {
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
