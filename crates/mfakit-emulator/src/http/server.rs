//! The accept loop: hyper under axum's router, so that a connection can be closed without an answer.

use std::convert::Infallible;
use std::fmt;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower_service::Service as _;

use super::answer::HangUp;

/// Serves until the future is dropped; its connections end with it.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, router.clone()));
                }
                Err(error) => pause_unless_it_was_the_peer(&error).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn converse(stream: TcpStream, router: Router) {
    // Answers are small and waited for; holding one back to fill a packet only makes tests slow.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut router = router.clone();
        async move {
            let answered: Result<Response, Infallible> = router.call(request.map(Body::new)).await;
            let Ok(response) = answered;
            // An error from the service makes hyper close the connection with nothing written.
            if response.extensions().get::<HangUp>().is_some() { Err(HungUp) } else { Ok(response) }
        }
    });
    // Clients may idle between calls as long as they like, hence no timeout. An error here is the peer's going
    // away, or a connection dropped on order: neither is news.
    let _ =
        http1::Builder::new().header_read_timeout(None).serve_connection(TokioIo::new(stream), service).await;
}

/// Out of file handles, `accept` fails at once and for ever; without a pause that would be a busy loop.
async fn pause_unless_it_was_the_peer(error: &io::Error) {
    let of_the_peer = matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    );
    if !of_the_peer {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[derive(Debug)]
struct HungUp;

impl fmt::Display for HungUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("connection dropped on order")
    }
}

impl std::error::Error for HungUp {}
