//! Request to check a code, checked against every documented limit.

use std::time::Duration;

use crate::{api_error::ApiError, fields::Fields, send_request::DEFAULT_SCOPE};

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct VerifyRequest {
    pub(crate) to: String,
    pub(crate) scope: String,
    pub(crate) code: String,
    /// Age at which a code expires. The verify determines it, not the send.
    pub(crate) within: Duration,
}

impl VerifyRequest {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let fields = Fields::parse(body)?;
        let to = fields.phone_number("to")?;

        let code = fields.text("code", "code")?;
        if !(4..=8).contains(&code.chars().count()) {
            return Err(ApiError::invalid("code must be from 4 to 8 characters"));
        }

        let minutes = fields.number("expirationTimeInMinutes")?;
        if !(1.0..=15.0).contains(&minutes) {
            return Err(ApiError::invalid("expirationTimeInMinutes must be from 1 to 15"));
        }

        let scope = fields.optional_text("scope")?.unwrap_or(DEFAULT_SCOPE);
        Ok(Self {
            to: to.to_owned(),
            scope: scope.to_owned(),
            code: code.to_owned(),
            within: Duration::from_secs_f64(minutes * 60.0),
        })
    }
}
