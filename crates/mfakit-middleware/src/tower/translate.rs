//! Converts plain answers to HTTP responses, and back.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use mfakit_core::BoxError;

use crate::{
    answer::Answer,
    rejection::{OnRejection, Rejection},
};

/// Converts an answer to a response. A header that `http` cannot represent turns the status into 500, never into a
/// success.
pub(crate) fn into_response<B: From<Bytes>>(answer: Answer) -> Response<B> {
    let body = match answer.body {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let mut response = Response::new(B::from(body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(kind) = answer.kind {
        response.extensions_mut().insert(kind);
    }
    for (name, value) in answer.headers {
        let (Ok(name), Ok(value)) = (HeaderName::try_from(&*name), HeaderValue::try_from(value)) else {
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            continue;
        };
        response.headers_mut().append(name, value);
    }
    response
}

/// Wraps the app's function for rejections in plain types.
pub(crate) fn on_rejection<B>(
    function: impl Fn(&Rejection, Response<Full<Bytes>>) -> Response<B> + Send + Sync + 'static,
) -> OnRejection
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    Arc::new(move |rejection, answer| from_response(function(rejection, into_response(answer))))
}

/// Converts a response to plain types. Returns an error if its body is not in memory.
fn from_response<B>(response: Response<B>) -> Result<Answer, String>
where
    B: Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let (parts, body) = response.into_parts();
    let body = match body.collect().now_or_never() {
        Some(Ok(body)) => body.to_bytes().to_vec(),
        Some(Err(error)) => return Err(format!("its body cannot be read: {}", error.into())),
        None => return Err("its body is a stream, but must be in memory".to_owned()),
    };
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = parts.headers.iter().map(|(name, value)| (name.to_string().into(), text(value))).collect();
    Ok(Answer::from_parts(parts.status.as_u16(), headers, body))
}
