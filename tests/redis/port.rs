//! Free port for a server.

use std::net::Ipv4Addr;

use tokio::net::TcpSocket;

/// A port of this machine that is reserved for as long as this value lives, whether or not a server listens
/// on it.
///
/// The socket is bound and does not listen. Linux does not hand out its port to sockets that ask for any
/// port, but lets a server bind and listen that asks for this one.
pub(crate) struct Port(TcpSocket);

impl Port {
    /// Reserves a free port.
    pub(crate) fn reserve() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        Self(socket)
    }

    /// Returns the number of the port.
    pub(crate) fn number(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }
}
