//! A refusal as a response.

use axum_core::response::{IntoResponse, Response};

use crate::{Refused, tower::into_response};

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        into_response(self.into_answer())
    }
}
