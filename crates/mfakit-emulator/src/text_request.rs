//! Request to send a text message through the Messaging API, checked against every documented limit.
//!
//! All mistakes are reported at once, as in Bandwidth's documentation of its errors.

use serde_json::{Map, Value};

use crate::{
    api_error::{ApiError, FieldError},
    fields::is_e164,
    send_request::UNKNOWN_APPLICATION,
};

/// Longest text, in characters.
const LONGEST_TEXT: usize = 2048;

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TextRequest {
    pub(crate) to: Vec<String>,
    pub(crate) from: String,
    pub(crate) application: String,
    pub(crate) text: String,
}

impl TextRequest {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
            return Err(ApiError::Fields(Vec::new()));
        };
        match (to(&fields), from(&fields), application(&fields), text(&fields)) {
            (Ok(to), Ok(from), Ok(application), Ok(text)) => Ok(Self { to, from, application, text }),
            (to, from, application, text) => {
                let errors = [to.err(), from.err(), application.err(), text.err()];
                Err(ApiError::Fields(errors.into_iter().flatten().collect()))
            }
        }
    }
}

/// Reads one recipient, or several. The documentation's own examples of errors have a single text, too.
fn to(fields: &Map<String, Value>) -> Result<Vec<String>, FieldError> {
    let none = "'to' must contain at least one telephone number";
    let numbers = match fields.get("to") {
        Some(Value::String(one)) => vec![Value::from(one.as_str())],
        Some(Value::Array(several)) => several.clone(),
        _ => Vec::new(),
    };
    if numbers.is_empty() {
        return Err(FieldError::new("to", none));
    }
    let mut read: Vec<String> = Vec::new();
    for number in &numbers {
        let number = number.as_str().unwrap_or_default();
        if !is_e164(number) {
            let why = format!("'{number}' must be replaced with a valid E164 formatted telephone number");
            return Err(FieldError::new("to", why));
        }
        if read.iter().any(|earlier| earlier == number) {
            return Err(FieldError::new("to", "'to' must not contain a telephone number twice"));
        }
        read.push(number.to_owned());
    }
    Ok(read)
}

/// Reads the sender: a number, or an alphanumeric sender ID.
fn from(fields: &Map<String, Value>) -> Result<String, FieldError> {
    let from = fields.get("from").and_then(Value::as_str).unwrap_or_default();
    let is_sign = |c: char| c.is_ascii_alphanumeric() || " -+_&".contains(c);
    let is_sender_id = (1..=11).contains(&from.chars().count())
        && from.chars().all(is_sign)
        && from.chars().any(|c| c.is_ascii_alphabetic());
    if is_e164(from) || is_sender_id {
        Ok(from.to_owned())
    } else {
        Err(FieldError::new("from", "'from' must contain exactly one telephone number"))
    }
}

fn application(fields: &Map<String, Value>) -> Result<String, FieldError> {
    match fields.get("applicationId").and_then(Value::as_str) {
        None | Some("") => Err(FieldError::new("applicationId", "'applicationId' is required")),
        Some(UNKNOWN_APPLICATION) => {
            Err(FieldError::new("applicationId", "'applicationId' does not exist on this account"))
        }
        Some(id) => Ok(id.to_owned()),
    }
}

fn text(fields: &Map<String, Value>) -> Result<String, FieldError> {
    let text = match fields.get("text") {
        None => "",
        Some(Value::String(text)) => text,
        Some(_) => return Err(FieldError::new("text", "'text' must be a string")),
    };
    let has_media = fields.get("media").and_then(Value::as_array).is_some_and(|media| !media.is_empty());
    if text.is_empty() && !has_media {
        return Err(FieldError::new("text", "'text' is required unless media is included"));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(FieldError::new("text", "'text' must be 2048 characters or less"));
    }
    Ok(text.to_owned())
}
