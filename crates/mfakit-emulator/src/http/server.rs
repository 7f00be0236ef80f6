//! Accept loop: hyper below axum's router, so that a connection can be closed without a response.

use std::{convert::Infallible, fmt, io, time::Duration};

use axum::{Router, body::Body, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tower_service::Service as _;

use super::response::HangUp;

/// Serves until the future is dropped, which also ends its connections.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve_connection(stream, router.clone()));
                }
                Err(error) => pause_unless_caused_by_peer(&error).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve_connection(stream: TcpStream, router: Router) {
    // Send small responses at once. Waiting to fill a packet would only slow down tests.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut router = router.clone();
        async move {
            let result: Result<Response, Infallible> = router.call(request.map(Body::new)).await;
            let Ok(response) = result;
            // An error from the service makes hyper close the connection without writing anything.
            if response.extensions().get::<HangUp>().is_some() {
                Err(ConnectionDropped)
            } else {
                Ok(response)
            }
        }
    });
    // There is no timeout, because clients may be idle between calls for any time. Ignore the error: the peer has
    // disconnected, or a fault has dropped the connection.
    let _ =
        http1::Builder::new().header_read_timeout(None).serve_connection(TokioIo::new(stream), service).await;
}

/// Pauses after an error that the peer did not cause. If the process has no file handles left, `accept` fails
/// immediately, and without a pause the loop would be busy.
async fn pause_unless_caused_by_peer(error: &io::Error) {
    let caused_by_peer = matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    );
    if !caused_by_peer {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[derive(Debug)]
struct ConnectionDropped;

impl fmt::Display for ConnectionDropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fault dropped the connection")
    }
}

impl std::error::Error for ConnectionDropped {}
