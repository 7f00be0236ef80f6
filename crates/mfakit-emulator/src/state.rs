//! State and operations of the emulator, without HTTP.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use serde_json::{Value, json};

use crate::{
    address::Address,
    api_error::ApiError,
    attempts::{AttemptCount, Attempts},
    bounded_log::{BoundedLog, Capacity},
    call::Call,
    clock::{self, Clock},
    codes::{Codes, Key},
    credentials::{Authorization, Credentials},
    endpoint::Endpoint,
    fault::{Fault, Faults},
    message::{Channel, Message},
    random,
    send_request::SendRequest,
    text::Text,
    text_request::TextRequest,
    token_request::{self, TokenError},
    tokens::Tokens,
    verify_request::VerifyRequest,
};

/// Capacity of the inbox.
const INBOX: Capacity = Capacity { count: 10_000, weight: 64 * 1024 * 1024 };
/// Capacity of the call log.
const CALLS: Capacity = Capacity { count: 50_000, weight: 64 * 1024 * 1024 };

/// An emulator's configuration, and everything that changes, behind one lock.
#[derive(Debug)]
pub(crate) struct EmulatorState {
    address: Address,
    credentials: Credentials,
    /// Replacement for `{NAME}` in messages.
    name: String,
    locked: Mutex<Locked>,
}

/// Everything that changes while the emulator runs.
#[derive(Debug)]
struct Locked {
    clock: Clock,
    inbox: BoundedLog<Message>,
    texts: BoundedLog<Text>,
    calls: BoundedLog<Recorded>,
    /// Number of calls since the start, which numbers the next call.
    next_call: u64,
    codes: Codes,
    attempts: Attempts,
    tokens: Tokens,
    faults: Faults,
}

/// A call in the log. The body stays text, which is many times smaller than the parsed JSON.
#[derive(Debug)]
struct Recorded {
    number: u64,
    time: SystemTime,
    endpoint: Endpoint,
    status: Option<u16>,
    body: String,
}

/// Identifies a recorded call until its response is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallNumber(u64);

impl EmulatorState {
    pub(crate) fn new(address: Address, credentials: Credentials, name: String, verify_limit: u32) -> Self {
        let locked = Locked {
            clock: Clock::new(),
            inbox: BoundedLog::new(INBOX),
            texts: BoundedLog::new(INBOX),
            calls: BoundedLog::new(CALLS),
            next_call: 0,
            codes: Codes::default(),
            attempts: Attempts::new(verify_limit),
            tokens: Tokens::default(),
            faults: Faults::default(),
        };
        Self { address, credentials, name, locked: Mutex::new(locked) }
    }

    pub(crate) fn address(&self) -> Address {
        self.address
    }

    /// Returns the environment variables that point an app at this emulator.
    pub(crate) fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("BANDWIDTH_ACCOUNT_ID", "9900000".to_owned()),
            ("BANDWIDTH_CLIENT_ID", self.credentials.user.clone()),
            ("BANDWIDTH_CLIENT_SECRET", self.credentials.password.clone()),
            ("BANDWIDTH_FROM", "+12025550100".to_owned()),
            ("BANDWIDTH_MESSAGING_APPLICATION_ID", "emulator-messaging".to_owned()),
            ("BANDWIDTH_VOICE_APPLICATION_ID", "emulator-voice".to_owned()),
            ("BANDWIDTH_BASE_URL", self.address.base_url()),
            ("BANDWIDTH_TOKEN_URL", self.address.token_url()),
        ]
    }

    /// Records a call on arrival, before its response is known.
    pub(crate) fn record(&self, endpoint: Endpoint, body: &[u8]) -> CallNumber {
        let body = match endpoint {
            Endpoint::Token => token_request::redacted(body),
            Endpoint::Messaging | Endpoint::Voice | Endpoint::Verify | Endpoint::Text => {
                String::from_utf8_lossy(body).into_owned()
            }
        };
        let mut state = self.lock();
        let number = state.next_call;
        state.next_call += 1;
        let time = state.clock.now();
        let weight = body.len() + size_of::<Recorded>();
        state.calls.push(weight, Recorded { number, time, endpoint, status: None, body });
        CallNumber(number)
    }

    /// Records the status of a call's response.
    pub(crate) fn record_status(&self, call: CallNumber, status: u16) {
        let mut state = self.lock();
        // Search from the newest call, because most responses follow soon. The log may have been cleared meanwhile.
        let found = state.calls.iter_mut().rev().find(|recorded| recorded.number == call.0);
        if let Some(recorded) = found {
            recorded.status = Some(status);
        }
    }

    /// Checks the credentials of a call.
    ///
    /// Missing or malformed credentials result in a 401, and so does an unknown or expired token. A wrong user name or
    /// password results in a 403, as in Bandwidth's live tests.
    pub(crate) fn authorize(&self, authorization: Option<&[u8]>) -> Result<(), ApiError> {
        let authorization = authorization.and_then(Authorization::parse).ok_or(ApiError::Unauthorized)?;
        match authorization {
            Authorization::Basic { user, password } if self.credentials.matches(&user, &password) => Ok(()),
            Authorization::Basic { .. } => Err(ApiError::Forbidden),
            Authorization::Bearer(token) => {
                let state = self.lock();
                if state.tokens.contains(&token, state.clock.now()) {
                    Ok(())
                } else {
                    Err(ApiError::Unauthorized)
                }
            }
        }
    }

    /// Issues an access token.
    pub(crate) fn issue_token(
        &self,
        authorization: Option<&[u8]>,
        body: &[u8],
    ) -> Result<String, TokenError> {
        token_request::check(&self.credentials, authorization, body)?;
        let mut state = self.lock();
        let now = state.clock.now();
        Ok(state.tokens.issue(now))
    }

    /// Sends a code, and returns the id of the message or voice call.
    pub(crate) fn send(&self, account: &str, channel: Channel, body: &[u8]) -> Result<String, ApiError> {
        let send = SendRequest::parse(body)?;
        let code = random::code(send.digits);
        let text = send.text(&code, &self.name);
        let mut state = self.lock();
        let now = state.clock.now();
        let id = match channel {
            Channel::Messaging => random::message_id(now),
            Channel::Voice => random::call_id(),
        };
        let key = Key { account: account.to_owned(), to: send.to.clone(), scope: send.scope.clone() };
        state.codes.add(key, code.clone(), now);
        let message = Message {
            id: id.clone(),
            time: now,
            channel,
            to: send.to,
            from: send.from,
            scope: send.scope,
            message: text,
            code,
        };
        state.inbox.push(message.message.len() + size_of::<Message>(), message);
        Ok(id)
    }

    /// Sends a text message without a code, and returns the message as the Messaging API does.
    pub(crate) fn send_text(&self, body: &[u8]) -> Result<Value, ApiError> {
        let TextRequest { to, from, application, text } = TextRequest::parse(body)?;
        let mut state = self.lock();
        let now = state.clock.now();
        let id = random::message_id(now);
        let answer = json!({
            "id": id,
            "owner": from,
            "applicationId": application,
            "time": clock::rfc3339(now),
            "direction": "out",
            "to": to,
            "from": from,
            "text": text,
        });
        let text = Text { id, time: now, to, from, application_id: application, text };
        state.texts.push(text.text.len() + size_of::<Text>(), text);
        Ok(answer)
    }

    /// Returns true if a code is valid. A code that is wrong, expired, was never sent, or was sent under another scope
    /// is not valid, and the caller cannot distinguish these cases.
    pub(crate) fn verify(&self, account: &str, body: &[u8]) -> Result<bool, ApiError> {
        let verify = VerifyRequest::parse(body)?;
        let mut state = self.lock();
        let now = state.clock.now();
        if state.attempts.is_limited(&verify.to, now) {
            return Err(ApiError::TooManyAttempts);
        }
        let key = Key { account: account.to_owned(), to: verify.to, scope: verify.scope };
        if state.codes.contains(&key, &verify.code, verify.within, now) {
            state.attempts.succeed(&key.to);
            return Ok(true);
        }
        match state.attempts.fail(&key.to, now) {
            AttemptCount::WithinLimit => Ok(false),
            AttemptCount::OverLimit => Err(ApiError::TooManyAttempts),
        }
    }

    pub(crate) fn inbox(&self) -> Vec<Message> {
        self.lock().inbox.iter().cloned().collect()
    }

    /// Returns the newest `count` messages, newest last.
    pub(crate) fn newest_messages(&self, count: usize) -> Vec<Message> {
        let state = self.lock();
        let messages = state.inbox.iter();
        let skipped = messages.len().saturating_sub(count);
        messages.skip(skipped).cloned().collect()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        let state = self.lock();
        let calls = state.calls.iter().map(|recorded| Call {
            time: recorded.time,
            endpoint: recorded.endpoint,
            status: recorded.status,
            body: serde_json::from_str(&recorded.body)
                .unwrap_or_else(|_| Value::from(recorded.body.as_str())),
        });
        calls.collect()
    }

    pub(crate) fn texts(&self) -> Vec<Text> {
        self.lock().texts.iter().cloned().collect()
    }

    /// Returns the newest `count` text messages without a code, newest last.
    pub(crate) fn newest_texts(&self, count: usize) -> Vec<Text> {
        let state = self.lock();
        let texts = state.texts.iter();
        let skipped = texts.len().saturating_sub(count);
        texts.skip(skipped).cloned().collect()
    }

    pub(crate) fn clear_texts(&self) {
        self.lock().texts.clear();
    }

    pub(crate) fn clear_inbox(&self) {
        self.lock().inbox.clear();
    }

    pub(crate) fn clear_calls(&self) {
        self.lock().calls.clear();
    }

    pub(crate) fn fail(&self, fault: Fault) {
        self.lock().faults.add(fault);
    }

    pub(crate) fn clear_faults(&self) {
        self.lock().faults.clear();
    }

    pub(crate) fn take_fault(&self, endpoint: Endpoint) -> Option<Fault> {
        self.lock().faults.take(endpoint)
    }

    pub(crate) fn advance(&self, by: Duration) -> SystemTime {
        let mut state = self.lock();
        state.clock.advance(by);
        state.clock.now()
    }

    fn lock(&self) -> MutexGuard<'_, Locked> {
        // A panic leaves nothing half-written here, so a poisoned lock can be used.
        self.locked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the body of a token response.
pub(crate) fn token_body(token: &str) -> Value {
    json!({"access_token": token, "token_type": "Bearer", "expires_in": crate::tokens::LIFETIME.as_secs()})
}
