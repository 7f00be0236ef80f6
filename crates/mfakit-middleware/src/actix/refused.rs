//! A refusal as a response.

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};

use crate::{Refused, answer::Answer};

/// The same in the types of actix-web. What cannot be said in them becomes a bare 500, never a success.
pub(crate) fn into_response(answer: Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for (name, value) in answer.headers {
        let Ok(value) = HeaderValue::try_from(value) else {
            return HttpResponse::InternalServerError().finish();
        };
        response.append_header((HeaderName::from_static(name), value));
    }
    response.body(answer.body.into_owned())
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        into_response(self.clone().into_answer())
    }
}
