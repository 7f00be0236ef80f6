//! Reads a request's JSON object field by field, with the error texts of Bandwidth's API.
//!
//! 1. A required field that is missing, `null` or the empty string is rejected with "… is required".
//! 2. An optional field may be missing. If it is present, `null` is a wrong type like any other, because the
//!    specification has no nullable field.
//! 3. Lengths count characters, as JSON Schema does.
//! 4. Unknown fields are ignored, whatever their value. Older official SDKs send some that the API no longer
//!    has.

use serde_json::{Map, Value};

use crate::api_error::ApiError;

#[derive(Debug)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Parses a body of any content type, because Bandwidth's own examples are sent as `text/plain`.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) | Err(_) => Err(ApiError::invalid("400 Request is malformed or invalid")),
        }
    }

    /// Returns a required text. Errors call it `name`.
    pub(crate) fn text(&self, field: &str, name: &str) -> Result<&str, ApiError> {
        match self.0.get(field) {
            None | Some(Value::Null) => Err(ApiError::invalid(format!("{name} is required"))),
            Some(Value::String(text)) if text.is_empty() => {
                Err(ApiError::invalid(format!("{name} is required")))
            }
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(ApiError::invalid(format!("{name} must be a string"))),
        }
    }

    /// Returns an optional text, which may be missing but not `null`.
    pub(crate) fn optional_text(&self, field: &str) -> Result<Option<&str>, ApiError> {
        match self.0.get(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::invalid(format!("{field} must be a string"))),
        }
    }

    /// Returns a required number. JSON does not distinguish `6` from `6.0`, so neither does this.
    pub(crate) fn number(&self, field: &str) -> Result<f64, ApiError> {
        match self.0.get(field) {
            None | Some(Value::Null) => Err(ApiError::invalid(format!("{field} is required"))),
            Some(value) => {
                value.as_f64().ok_or_else(|| ApiError::invalid(format!("{field} must be a number")))
            }
        }
    }

    /// Returns a required phone number of the documented pattern `^\+[1-9]\d{1,14}$`.
    pub(crate) fn phone_number(&self, field: &str) -> Result<&str, ApiError> {
        let name = format!("{field} number");
        let number = self.text(field, &name)?;
        if is_e164(number) {
            Ok(number)
        } else {
            Err(ApiError::invalid(format!("{name} must be in E.164 format")))
        }
    }
}

/// Checks that a text has at most `most` characters.
pub(crate) fn at_most(name: &str, text: &str, most: usize) -> Result<(), ApiError> {
    if text.chars().count() > most {
        return Err(ApiError::invalid(format!("{name} must be at most {most} characters")));
    }
    Ok(())
}

/// Returns whether a text is a phone number of the documented pattern.
pub(crate) fn is_e164(text: &str) -> bool {
    let Some(digits) = text.strip_prefix('+') else { return false };
    (2..=15).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !digits.starts_with('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_follow_the_documented_pattern() {
        for good in ["+12", "+19195551234", "+123456789012345"] {
            assert!(is_e164(good), "{good}");
        }
        for bad in
            ["", "+", "+1", "19195551234", "+0195551234", "+1234567890123456", "+1 919", "+1919٣", "+12\n"]
        {
            assert!(!is_e164(bad), "{bad:?}");
        }
    }
}
