//! Calls of an app in process.

use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use mfakit_core::BoxError;
use tower_service::Service;

use crate::{
    testing::call::{HttpCall, HttpReply},
    tower::PeerAddress,
};

/// Returns a function that sends calls to a tower service in process, such as axum's `Router`. The calls come from the
/// address 127.0.0.1.
///
/// ```
/// # use mfakit_core::{BoxError, testing::TestProvider};
/// use mfakit_middleware::testing::{Confirm, HttpCall, on_tower};
///
/// # async fn example(app: impl tower_service::Service<
/// #     http::Request<http_body_util::Full<bytes::Bytes>>,
/// #     Response = http::Response<http_body_util::Full<bytes::Bytes>>,
/// #     Error = std::convert::Infallible,
/// # > + Clone, provider: TestProvider, session: String) -> Result<(), BoxError> {
/// let send = on_tower(app);
/// let confirmed = Confirm::new("transfer").cookie(&session).run(&provider, &send).await?;
///
/// let cookies = format!("{session}; {}", confirmed.cookie().unwrap());
/// let reply = send(HttpCall::new("POST", "/transfer").header("cookie", cookies)).await?;
/// assert_eq!(reply.status, 200);
/// # Ok(())
/// # }
/// ```
pub fn on_tower<S, R>(service: S) -> impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>
where
    S: Service<Request<Full<Bytes>>, Response = Response<R>> + Clone,
    S::Error: Into<BoxError>,
    R: Body,
    R::Error: Into<BoxError>,
{
    async move |call: HttpCall| {
        let mut request = Request::builder().method(call.method).uri(call.path());
        for (name, value) in &call.headers {
            request = request.header(name, value);
        }
        let mut request = request.body(Full::from(call.body))?;
        request.extensions_mut().insert(PeerAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)));
        let mut service = service.clone();
        std::future::poll_fn(|cx| service.poll_ready(cx)).await.map_err(Into::into)?;
        let response = service.call(request).await.map_err(Into::into)?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(Into::into)?.to_bytes();
        Ok(HttpReply::new(parts.status.as_u16(), &parts.headers, String::from_utf8_lossy(&body)))
    }
}
