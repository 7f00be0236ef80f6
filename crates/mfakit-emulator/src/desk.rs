//! The emulator itself, without HTTP: what was sent, counted, issued and ordered, behind one lock.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::address::Address;
use crate::attempts::{Attempts, Counted};
use crate::call::Call;
use crate::clock::Clock;
use crate::codes::{Codes, Key};
use crate::credentials::{Authorization, Credentials};
use crate::endpoint::Endpoint;
use crate::fault::{Fault, Faults};
use crate::message::{Channel, Message};
use crate::newest::{Most, Newest};
use crate::random;
use crate::refusal::Refusal;
use crate::send::Send;
use crate::token_request::{self, Oauth};
use crate::tokens::Tokens;
use crate::verify::Verify;

const INBOX: Most = Most { count: 10_000, weight: 64 * 1024 * 1024 };
const CALLS: Most = Most { count: 50_000, weight: 64 * 1024 * 1024 };

#[derive(Debug)]
pub(crate) struct Desk {
    address: Address,
    credentials: Credentials,
    /// What `{NAME}` becomes.
    name: String,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    clock: Clock,
    inbox: Newest<Message>,
    calls: Newest<Recorded>,
    recorded: u64,
    codes: Codes,
    attempts: Attempts,
    tokens: Tokens,
    faults: Faults,
}

/// A call as it is kept: the body stays text, which is many times smaller than the JSON it parses to.
#[derive(Debug)]
struct Recorded {
    number: u64,
    time: SystemTime,
    endpoint: Endpoint,
    status: Option<u16>,
    body: String,
}

/// Names a recorded call until it is answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CallNumber(u64);

impl Desk {
    pub(crate) fn new(address: Address, credentials: Credentials, name: String, verify_limit: u32) -> Self {
        let state = State {
            clock: Clock::new(),
            inbox: Newest::new(INBOX),
            calls: Newest::new(CALLS),
            recorded: 0,
            codes: Codes::default(),
            attempts: Attempts::new(verify_limit),
            tokens: Tokens::default(),
            faults: Faults::default(),
        };
        Self { address, credentials, name, state: Mutex::new(state) }
    }

    pub(crate) fn address(&self) -> Address {
        self.address
    }

    /// The variables that point an app here.
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

    /// Writes a call down as it arrives, not yet answered.
    pub(crate) fn record(&self, endpoint: Endpoint, body: &[u8]) -> CallNumber {
        let body = match endpoint {
            Endpoint::Token => token_request::redacted(body),
            Endpoint::Messaging | Endpoint::Voice | Endpoint::Verify => {
                String::from_utf8_lossy(body).into_owned()
            }
        };
        let mut state = self.state();
        let number = state.recorded;
        state.recorded += 1;
        let time = state.clock.now();
        let weight = body.len() + size_of::<Recorded>();
        state.calls.push(weight, Recorded { number, time, endpoint, status: None, body });
        CallNumber(number)
    }

    pub(crate) fn answered(&self, call: CallNumber, status: u16) {
        let mut state = self.state();
        // Looked for from the newest on: a call is answered soon after it was recorded, or was cleared since.
        let found = state.calls.iter_mut().rev().find(|recorded| recorded.number == call.0);
        if let Some(recorded) = found {
            recorded.status = Some(status);
        }
    }

    /// Whether a caller may use the API.
    ///
    /// The gateway's reading: nothing, or nothing readable, is a 401; so is a token that is unknown or expired; a
    /// user name and password that are wrong are denied outright (403), as Bandwidth's live tests show.
    pub(crate) fn admit(&self, authorization: Option<&[u8]>) -> Result<(), Refusal> {
        let authorization = authorization.and_then(Authorization::read).ok_or(Refusal::Unauthorized)?;
        match authorization {
            Authorization::Basic { user, password } if self.credentials.are(&user, &password) => Ok(()),
            Authorization::Basic { .. } => Err(Refusal::Denied),
            Authorization::Bearer(token) => {
                let state = self.state();
                if state.tokens.hold(&token, state.clock.now()) { Ok(()) } else { Err(Refusal::Unauthorized) }
            }
        }
    }

    pub(crate) fn issue_token(&self, authorization: Option<&[u8]>, body: &[u8]) -> Result<String, Oauth> {
        token_request::judge(&self.credentials, authorization, body)?;
        let mut state = self.state();
        let now = state.clock.now();
        Ok(state.tokens.issue(now))
    }

    /// Sends a code; gives the message's or call's id.
    pub(crate) fn send(&self, account: &str, channel: Channel, body: &[u8]) -> Result<String, Refusal> {
        let send = Send::read(body)?;
        let code = random::code(send.digits);
        let text = send.text(&code, &self.name);
        let mut state = self.state();
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

    /// Whether a code is valid. Wrong, expired, never sent and sent under another scope all look the same.
    pub(crate) fn verify(&self, account: &str, body: &[u8]) -> Result<bool, Refusal> {
        let verify = Verify::read(body)?;
        let mut state = self.state();
        let now = state.clock.now();
        if state.attempts.limited(&verify.to, now) {
            return Err(Refusal::TooManyAttempts);
        }
        let key = Key { account: account.to_owned(), to: verify.to, scope: verify.scope };
        if state.codes.hold(&key, &verify.code, verify.within, now) {
            state.attempts.succeed(&key.to);
            return Ok(true);
        }
        match state.attempts.fail(&key.to, now) {
            Counted::Within => Ok(false),
            Counted::Exceeded => Err(Refusal::TooManyAttempts),
        }
    }

    pub(crate) fn inbox(&self) -> Vec<Message> {
        self.state().inbox.iter().cloned().collect()
    }

    /// The newest `most` messages, newest last.
    pub(crate) fn newest(&self, most: usize) -> Vec<Message> {
        let state = self.state();
        let messages = state.inbox.iter();
        let skipped = messages.len().saturating_sub(most);
        messages.skip(skipped).cloned().collect()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        let state = self.state();
        let calls = state.calls.iter().map(|recorded| Call {
            time: recorded.time,
            endpoint: recorded.endpoint,
            status: recorded.status,
            body: serde_json::from_str(&recorded.body)
                .unwrap_or_else(|_| Value::from(recorded.body.as_str())),
        });
        calls.collect()
    }

    pub(crate) fn clear_inbox(&self) {
        self.state().inbox.clear();
    }

    pub(crate) fn clear_calls(&self) {
        self.state().calls.clear();
    }

    pub(crate) fn fail(&self, fault: Fault) {
        self.state().faults.add(fault);
    }

    pub(crate) fn clear_faults(&self) {
        self.state().faults.clear();
    }

    pub(crate) fn take_fault(&self, endpoint: Endpoint) -> Option<Fault> {
        self.state().faults.take(endpoint)
    }

    pub(crate) fn advance(&self, by: Duration) -> SystemTime {
        let mut state = self.state();
        state.clock.advance(by);
        state.clock.now()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing is left half-written by a panic here, so a poisoned lock is as good as a whole one.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The body of a token answer.
pub(crate) fn token_body(token: &str) -> Value {
    json!({"access_token": token, "token_type": "Bearer", "expires_in": crate::tokens::LIFETIME.as_secs()})
}
