//! Rejection as a response.

use axum_core::response::{IntoResponse, Response};

use crate::{mfa_rejection::MfaRejection, tower::into_response};

impl IntoResponse for MfaRejection {
    fn into_response(self) -> Response {
        into_response(self.into_answer())
    }
}
