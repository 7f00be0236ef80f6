//! Error responses, with the exact texts that Bandwidth documents or returns.
//!
//! 1. The MFA service returns `{"error", "requestId"}`.
//! 2. The gateway in front of it returns `{"message"}`, and for an explicit deny `{"Message"}` with a capital M.

use serde_json::{Value, json};

use crate::random;

/// Reason for which a call is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// 400: the request violates the documented limit that the text names.
    Invalid(String),
    /// 401: the credentials are missing or malformed, or the token is unknown or expired.
    Unauthorized,
    /// 403: the credentials are wrong.
    Forbidden,
    /// 403: the gateway's response to an unknown path or method.
    NoSuchRoute,
    /// 413: the gateway's response to a body that is too long.
    TooLong,
    /// 429: too many wrong codes were entered for this number.
    TooManyAttempts,
}

impl ApiError {
    pub(crate) fn invalid(why: impl Into<String>) -> Self {
        Self::Invalid(why.into())
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) => 400,
            Self::Unauthorized => 401,
            Self::Forbidden | Self::NoSuchRoute => 403,
            Self::TooLong => 413,
            Self::TooManyAttempts => 429,
        }
    }

    pub(crate) fn body(&self) -> Value {
        match self {
            Self::Invalid(why) => service_error(why),
            Self::Unauthorized => json!({"message": "Unauthorized"}),
            Self::Forbidden => {
                json!({"Message": "User is not authorized to access this resource with an explicit deny"})
            }
            Self::NoSuchRoute => json!({"message": "Missing Authentication Token"}),
            Self::TooLong => json!({"message": "Request Too Long"}),
            Self::TooManyAttempts => {
                service_error("This number has exceeded verification attempts, please wait 2 minutes")
            }
        }
    }
}

/// Returns the body for a fault that names only a status.
pub(crate) fn documented_body(status: u16) -> Value {
    match status {
        200..=299 => json!({}),
        400 => service_error("400 Request is malformed or invalid"),
        401 => ApiError::Unauthorized.body(),
        403 => ApiError::Forbidden.body(),
        429 => ApiError::TooManyAttempts.body(),
        500 => service_error("Internal Error"),
        other => service_error(&format!("{other} injected by the emulator")),
    }
}

fn service_error(words: &str) -> Value {
    json!({"error": words, "requestId": random::uuid()})
}
