//! Request body that a guard can hold back.

use std::{
    error::Error,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::{BodyExt, Empty, combinators::UnsyncBoxBody};
use mfakit_core::BoxError;

/// Request body of a guarded handler in a tower stack: the body of the server's request, which ends if the grant does.
///
/// Read it with `collect` of `http_body_util::BodyExt`. A handler whose body arrives after the end of the grant does not
/// see an error: it is dropped while it waits, and the client is answered like any request without a grant. The error of
/// a body is that of the connection.
///
/// [`RequireMfa::guard`](crate::require::RequireMfa::guard) creates it. A guard that is a layer accepts it as well: box the
/// body with [`new`](Self::new) around the layer.
///
/// ```
/// use std::convert::Infallible;
/// use http::{Request, Response, StatusCode};
/// use http_body_util::{BodyExt, Full};
/// use mfakit_middleware::tower::Body;
///
/// async fn transfer(request: Request<Body>) -> Result<Response<Full<bytes::Bytes>>, Infallible> {
///     let Ok(order) = request.into_body().collect().await else {
///         let mut response = Response::new(Full::from("the body ended early"));
///         *response.status_mut() = StatusCode::BAD_REQUEST;
///         return Ok(response);
///     };
///     Ok(Response::new(Full::from(order.to_bytes())))
/// }
/// ```
pub struct Body(UnsyncBoxBody<Bytes, BoxError>);

impl Body {
    /// Creates the body from that of a server, such as hyper's `Incoming`.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        Self(body.map_err(Into::into).boxed_unsync())
    }
}

/// An empty body.
impl Default for Body {
    fn default() -> Self {
        Self(Empty::new().map_err(|never| match never {}).boxed_unsync())
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        Pin::new(&mut self.0).poll_frame(cx).map_err(BodyError)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

/// Error of a [`Body`]: the connection ended, or the body is malformed. The source is the error of the server.
#[derive(Debug)]
pub struct BodyError(BoxError);

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request's body could not be read")
    }
}

impl Error for BodyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.0)
    }
}
