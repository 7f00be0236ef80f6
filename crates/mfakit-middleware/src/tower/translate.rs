//! From our plain answer to an HTTP response.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::answer::Answer;

/// The same in the types of `http`. What cannot be said in them becomes a bare 500, never a success.
pub(crate) fn into_response<B: From<Bytes>>(answer: Answer) -> Response<B> {
    let body = match answer.body {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let mut response = Response::new(B::from(body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        let Ok(value) = HeaderValue::try_from(value) else {
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            continue;
        };
        response.headers_mut().append(HeaderName::from_static(name), value);
    }
    response
}
