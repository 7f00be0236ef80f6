//! The answers that are not a success, word for word as Bandwidth documents or shows them.
//!
//! 1. The MFA service itself says `{"error", "requestId"}`.
//! 2. The gateway before it says `{"message"}`, and for an explicit deny `{"Message"}` with a capital M.

use serde_json::{Value, json};

use crate::random;

/// Why a call was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 400: the request breaks a documented limit; the words say which.
    Invalid(String),
    /// 401: no credentials, unreadable ones, or a token that is unknown or expired.
    Unauthorized,
    /// 403: credentials nobody has.
    Denied,
    /// 403: the gateway's words for a path or method it does not know.
    NoSuchRoute,
    /// 413: the gateway's words for a body it will not carry.
    TooLong,
    /// 429: too many wrong codes for this number.
    TooManyAttempts,
}

impl Refusal {
    pub(crate) fn invalid(why: impl Into<String>) -> Self {
        Self::Invalid(why.into())
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) => 400,
            Self::Unauthorized => 401,
            Self::Denied | Self::NoSuchRoute => 403,
            Self::TooLong => 413,
            Self::TooManyAttempts => 429,
        }
    }

    pub(crate) fn body(&self) -> Value {
        match self {
            Self::Invalid(why) => service_error(why),
            Self::Unauthorized => json!({"message": "Unauthorized"}),
            Self::Denied => {
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

/// The body that goes with a status when a fault names only the status.
pub(crate) fn documented_body(status: u16) -> Value {
    match status {
        200..=299 => json!({}),
        400 => service_error("400 Request is malformed or invalid"),
        401 => Refusal::Unauthorized.body(),
        403 => Refusal::Denied.body(),
        429 => Refusal::TooManyAttempts.body(),
        500 => service_error("Internal Error"),
        other => service_error(&format!("{other} made up by the emulator")),
    }
}

fn service_error(words: &str) -> Value {
    json!({"error": words, "requestId": random::uuid()})
}
