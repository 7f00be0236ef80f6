//! Connections to servers: TCP, through a proxy if the environment names one, and TLS for https.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::{HeaderValue, Uri, header::USER_AGENT};
use hyper_util::{
    client::{
        legacy::connect::{Connected, Connection, HttpConnector, proxy::Tunnel},
        proxy::matcher::Matcher,
    },
    rt::TokioIo,
};
use tower_service::Service;

use crate::{
    box_error::BoxError,
    tls::{Stream, Tls},
};

/// Value of the `User-Agent` header, of requests and of the tunnel through a proxy.
pub(super) const AGENT: &str = concat!("mfakit/", env!("CARGO_PKG_VERSION"));

type Connecting = Pin<Box<dyn Future<Output = Result<TokioIo<Box<dyn Stream>>, BoxError>> + Send>>;

/// Connector of a client. One call has the time limit as a whole.
#[derive(Clone)]
pub(super) struct Connector {
    direct: Direct,
    proxies: Option<Arc<Matcher>>,
    timeout: Duration,
}

/// Connector that uses no proxy.
#[derive(Clone)]
struct Direct {
    tcp: HttpConnector,
    /// `None` if no URL is https.
    tls: Option<Tls>,
}

impl Connector {
    pub(super) fn new(tls: Option<Tls>, proxies: Option<Matcher>, timeout: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(timeout));
        Self { direct: Direct { tcp, tls }, proxies: proxies.map(Arc::new), timeout }
    }

    async fn connect(mut self, uri: Uri) -> Result<TokioIo<Box<dyn Stream>>, BoxError> {
        let intercepted = self.proxies.as_ref().and_then(|proxies| proxies.intercept(&uri));
        let Some(proxy) = intercepted.filter(|_| is_https(&uri)) else { return self.direct.call(uri).await };
        let agent = [(USER_AGENT, HeaderValue::from_static(AGENT))].into_iter().collect();
        let mut tunnel = Tunnel::new(proxy.uri().clone(), self.direct.clone()).with_headers(agent);
        if let Some(credentials) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(credentials.clone());
        }
        let stream = tunnel.call(uri.clone()).await?.into_inner();
        self.direct.secure(&uri, stream).await
    }
}

impl Direct {
    async fn secure(
        &self,
        uri: &Uri,
        stream: impl Stream + 'static,
    ) -> Result<TokioIo<Box<dyn Stream>>, BoxError> {
        // The client is not built without TLS if a URL is https.
        let tls = self.tls.as_ref().ok_or("there is no TLS for https")?;
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        Ok(TokioIo::new(tls.secure(host, stream).await?))
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<Box<dyn Stream>>;
    type Error = BoxError;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Connecting {
        let connector = self.clone();
        Box::pin(async move {
            let connected = tokio::time::timeout(connector.timeout, connector.connect(uri)).await;
            connected.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
        })
    }
}

impl Service<Uri> for Direct {
    type Response = TokioIo<Box<dyn Stream>>;
    type Error = BoxError;
    type Future = Connecting;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Connecting {
        let mut direct = self.clone();
        Box::pin(async move {
            let stream = direct.tcp.call(uri.clone()).await?.into_inner();
            if is_https(&uri) {
                return direct.secure(&uri, stream).await;
            }
            let stream: Box<dyn Stream> = Box::new(stream);
            Ok(TokioIo::new(stream))
        })
    }
}

impl Connection for Box<dyn Stream> {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

fn is_https(uri: &Uri) -> bool {
    uri.scheme_str() == Some("https")
}
