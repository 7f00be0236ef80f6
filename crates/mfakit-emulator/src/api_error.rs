//! Error responses, with the exact texts that Bandwidth documents or returns.
//!
//! 1. The MFA service returns `{"error", "requestId"}`.
//! 2. The Messaging API returns `{"type", "description"}`, and for an invalid request also `fieldErrors`.
//! 3. The gateway in front of it returns `{"message"}`, and for an explicit deny `{"Message"}` with a capital M.

use serde_json::{Value, json};

use crate::{endpoint::Endpoint, random};

/// Reason for which a call is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// 400: the request violates the documented limit that the text names.
    Invalid(String),
    /// 400 of the Messaging API: the request violates the documented limits of these fields.
    Fields(Vec<FieldError>),
    /// 415 of the Messaging API: the body is not declared as JSON.
    NotJson,
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

    /// Returns the body that this endpoint sends.
    pub(crate) fn body_at(&self, endpoint: Endpoint) -> Value {
        if endpoint != Endpoint::Text {
            return self.body();
        }
        match self {
            Self::Unauthorized => messaging_error("unauthorized", "Authentication Failed"),
            Self::Forbidden => messaging_error("forbidden", "Access Denied"),
            _ => self.body(),
        }
    }

    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Invalid(_) | Self::Fields(_) => 400,
            Self::NotJson => 415,
            Self::Unauthorized => 401,
            Self::Forbidden | Self::NoSuchRoute => 403,
            Self::TooLong => 413,
            Self::TooManyAttempts => 429,
        }
    }

    pub(crate) fn body(&self) -> Value {
        match self {
            Self::Invalid(why) => service_error(why),
            Self::Fields(errors) => {
                let mut body = messaging_error("request-validation", "Your request could not be accepted");
                if let Value::Object(members) = &mut body {
                    members.insert("fieldErrors".to_owned(), errors.iter().map(FieldError::body).collect());
                }
                body
            }
            Self::NotJson => messaging_error("unsupported-content-type", "Content type is not supported"),
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

/// Mistake in one field of a request to the Messaging API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldError {
    field: &'static str,
    description: String,
}

impl FieldError {
    pub(crate) fn new(field: &'static str, description: impl Into<String>) -> Self {
        Self { field, description: description.into() }
    }

    fn body(&self) -> Value {
        json!({"fieldName": self.field, "description": self.description})
    }
}

/// Returns the body for a fault that names only an endpoint and a status.
pub(crate) fn documented_body(endpoint: Endpoint, status: u16) -> Value {
    if endpoint == Endpoint::Text {
        return match status {
            200..=299 => json!({}),
            400 => ApiError::Fields(Vec::new()).body(),
            401 => ApiError::Unauthorized.body_at(endpoint),
            403 => ApiError::Forbidden.body_at(endpoint),
            415 => ApiError::NotJson.body(),
            // The documentation names no type for these.
            429 => messaging_error("too-many-requests", "Too Many Requests"),
            500 => messaging_error("internal-server-error", "Internal Error"),
            other => messaging_error("injected", &format!("{other} injected by the emulator")),
        };
    }
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

fn messaging_error(kind: &str, description: &str) -> Value {
    json!({"type": kind, "description": description})
}

fn service_error(words: &str) -> Value {
    json!({"error": words, "requestId": random::uuid()})
}
