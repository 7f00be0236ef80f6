//! Converts rejections to responses, and back.

use std::sync::Arc;

use actix_web::{
    HttpResponse, ResponseError, body,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use futures_util::FutureExt;

use crate::{
    answer::Answer,
    mfa_rejection::MfaRejection,
    rejection::{OnRejection, Rejection},
};

/// Converts an answer to a response. A header that actix-web cannot represent turns it into a bare 500, never into
/// a success.
pub(crate) fn into_response(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for (name, value) in answer.headers {
        let (Ok(name), Ok(value)) = (HeaderName::try_from(&*name), HeaderValue::try_from(value)) else {
            return HttpResponse::InternalServerError().finish();
        };
        response.append_header((name, value));
    }
    let mut response = response.body(answer.body.into_owned());
    if let Some(kind) = answer.kind {
        response.extensions_mut().insert(kind);
    }
    response
}

impl ResponseError for MfaRejection {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        into_response(self.clone().into_answer())
    }
}

/// Wraps the app's function for rejections in plain types.
pub(crate) fn on_rejection(
    function: impl Fn(&Rejection, HttpResponse) -> HttpResponse + Send + Sync + 'static,
) -> OnRejection {
    Arc::new(move |rejection, answer| from_response(function(rejection, into_response(answer))))
}

/// Converts a response to plain types. Returns an error if its body is not in memory.
fn from_response(response: HttpResponse) -> Result<Answer, String> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_string().into(), text(value))).collect();
    let status = response.status().as_u16();
    match body::to_bytes(response.into_body()).now_or_never() {
        Some(Ok(body)) => Ok(Answer::from_parts(status, headers, body.to_vec())),
        Some(Err(error)) => Err(format!("its body cannot be read: {error}")),
        None => Err("its body is a stream, but must be in memory".to_owned()),
    }
}
