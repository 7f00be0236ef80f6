//! Bodies of the three requests, with exactly the fields of Bandwidth's OpenAPI document.

use std::time::Duration;

use serde::Serialize;

use crate::provider::{SendRequest, VerifyRequest};

/// Body of a send, by text message or voice call (`codeRequest`).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CodeRequest<'a> {
    to: &'a str,
    from: &'a str,
    application_id: &'a str,
    scope: &'a str,
    message: &'a str,
    digits: u8,
}

impl<'a> CodeRequest<'a> {
    pub(super) fn new(request: &SendRequest<'a>, from: &'a str, application_id: &'a str) -> Self {
        Self {
            to: request.to.as_e164(),
            from,
            application_id,
            scope: request.scope.as_str(),
            message: request.message,
            digits: request.digits,
        }
    }
}

/// Body of a verify (`verifyCodeRequest`).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct VerifyCodeRequest<'a> {
    to: &'a str,
    scope: &'a str,
    expiration_time_in_minutes: u64,
    code: &'a str,
}

impl<'a> VerifyCodeRequest<'a> {
    pub(super) fn new(request: &VerifyRequest<'a>) -> Self {
        Self {
            to: request.to.as_e164(),
            scope: request.scope.as_str(),
            expiration_time_in_minutes: whole_minutes(request.lifetime),
            code: request.code.expose_digits(),
        }
    }
}

/// Body of a text message (`messageRequest` of the Messaging API).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageRequest<'a> {
    application_id: &'a str,
    /// One number. Several would be in one conversation, and would see each other.
    to: [&'a str; 1],
    from: &'a str,
    text: &'a str,
}

impl<'a> MessageRequest<'a> {
    pub(super) const fn new(application_id: &'a str, from: &'a str, to: &'a str, text: &'a str) -> Self {
        Self { application_id, to: [to], from, text }
    }
}

/// Returns the lifetime in minutes, rounded up, so that Bandwidth never rejects a code as too old while the engine
/// still accepts it. The result is 1 to 15, which is the range that Bandwidth accepts.
fn whole_minutes(lifetime: Duration) -> u64 {
    lifetime.as_secs().saturating_add(u64::from(lifetime.subsec_nanos() > 0)).div_ceil(60).clamp(1, 15)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{channel::Channel, code::Code, phone::PhoneNumber, token::ProviderScope};

    #[test]
    fn a_send_has_six_fields_and_the_placeholder_as_it_came() {
        let to = PhoneNumber::new("+19195551234").unwrap();
        let scope = ProviderScope::from_stored("transfer-abcdefghijklmnop");
        let message = "Your code to make a \"transfer\" is {CODE}.\n@bank.example #{CODE}";
        let request = SendRequest { to: &to, channel: Channel::Messaging, scope: &scope, message, digits: 6 };
        assert_eq!(
            serde_json::to_value(CodeRequest::new(&request, "+19195554321", "app-1")).unwrap(),
            json!({
                "to": "+19195551234",
                "from": "+19195554321",
                "applicationId": "app-1",
                "scope": "transfer-abcdefghijklmnop",
                "message": message,
                "digits": 6,
            })
        );
    }

    #[test]
    fn a_verify_has_four_fields() {
        let to = PhoneNumber::new("+19195551234").unwrap();
        let scope = ProviderScope::from_stored("pay-abcdefghijklmnop");
        let code = Code::parse("012 345").unwrap();
        let request =
            VerifyRequest { to: &to, scope: &scope, code: &code, lifetime: Duration::from_secs(300) };
        assert_eq!(
            serde_json::to_value(VerifyCodeRequest::new(&request)).unwrap(),
            json!({
                "to": "+19195551234",
                "scope": "pay-abcdefghijklmnop",
                "expirationTimeInMinutes": 5,
                "code": "012345",
            })
        );
    }

    #[test]
    fn a_lifetime_becomes_one_to_fifteen_whole_minutes() {
        for (lifetime, minutes) in [
            (Duration::ZERO, 1),
            (Duration::from_nanos(1), 1),
            (Duration::from_secs(60), 1),
            (Duration::new(60, 1), 2),
            (Duration::from_secs(299), 5),
            (Duration::from_secs(300), 5),
            (Duration::from_secs(900), 15),
            (Duration::from_secs(901), 15),
            (Duration::MAX, 15),
        ] {
            assert_eq!(whole_minutes(lifetime), minutes, "{lifetime:?}");
        }
    }
}
