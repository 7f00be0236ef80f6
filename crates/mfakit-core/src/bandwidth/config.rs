//! Validated settings.
//!
//! All mistakes are reported at once, each under the name that the developer used, which is that of an environment
//! variable or of a setter.

use std::{error::Error, fmt};

use super::{Credentials, credentials::CredentialKind, endpoint::Endpoint};
use crate::{channel::Channel, phone::PhoneNumber};

const BASE_URL: &str = "https://mfa.bandwidth.com/api/v1";
const MESSAGING_URL: &str = "https://messaging.bandwidth.com/api/v2";
/// Path of the Messaging API on a server of this machine, such as a local emulator.
const MESSAGING_PATH: &str = "/api/v2";
const TOKEN_URL: &str = "https://api.bandwidth.com/api/v1/oauth2/token";

/// Settings as they were given.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) account_id: Option<String>,
    pub(super) credentials: Option<Credentials>,
    pub(super) from: Option<String>,
    pub(super) messaging_application: Option<String>,
    pub(super) voice_application: Option<String>,
    pub(super) base_url: Option<String>,
    pub(super) token_url: Option<String>,
    pub(super) notice_from: Option<String>,
    pub(super) notice_application: Option<String>,
    pub(super) messaging_url: Option<String>,
}

/// Settings after every check.
pub(super) struct Config {
    pub(super) account_id: String,
    pub(super) credentials: Credentials,
    pub(super) from: PhoneNumber,
    pub(super) messaging_application: Option<String>,
    pub(super) voice_application: Option<String>,
    pub(super) token_url: Endpoint,
    pub(super) notice_from: PhoneNumber,
    /// `None` if no application sends text messages.
    pub(super) notice_application: Option<String>,
    base_url: Endpoint,
    messaging_url: Endpoint,
}

impl Draft {
    /// Checks everything. `earlier` contains problems that were found before, which are reported with the others.
    pub(super) fn check(self, names: Names, earlier: Vec<String>) -> Result<Config, BandwidthConfigError> {
        let mut problems = Problems { names, found: earlier };
        let account_id = problems.required(Setting::AccountId, self.account_id.as_deref(), account_id);
        // Only a service on this machine, such as a local emulator or a mock, still accepts a user name and a
        // password.
        let base_url = self.base_url.as_deref().unwrap_or(BASE_URL);
        let is_local = [Some(base_url), self.messaging_url.as_deref()].into_iter().flatten();
        let is_local = is_local.map(Endpoint::parse).all(|url| url.is_ok_and(|url| url.is_loopback()));
        let credentials = self.credentials.filter(|credentials| {
            let problem = credentials.problem().or_else(|| credentials.outlived(is_local));
            if let Some(problem) = problem {
                problems.add(Setting::Credentials, problem);
            }
            problem.is_none()
        });
        let from = problems.required(Setting::From, self.from.as_deref(), number);
        let notice_from = problems.optional(Setting::NoticeFrom, self.notice_from.as_deref(), number);
        let (messaging, voice) = (self.messaging_application.as_deref(), self.voice_application.as_deref());
        if messaging.is_none() && voice.is_none() {
            let (messaging, voice) =
                (names.of(Setting::MessagingApplication), names.of(Setting::VoiceApplication));
            problems.found.push(format!("neither {messaging} nor {voice} is set: at least one is required"));
        }
        let messaging_application = problems.optional(Setting::MessagingApplication, messaging, application);
        let voice_application = problems.optional(Setting::VoiceApplication, voice, application);
        let notice_application = self.notice_application.as_deref();
        let notice_application =
            problems.optional(Setting::NoticeApplication, notice_application, application);
        let messaging_url =
            problems.optional(Setting::MessagingUrl, self.messaging_url.as_deref(), Endpoint::parse);
        let base_url = problems.required(Setting::BaseUrl, Some(base_url), Endpoint::parse);
        let token_url = self.token_url.as_deref().unwrap_or(TOKEN_URL);
        let token_url = problems.required(Setting::TokenUrl, Some(token_url), Endpoint::parse);
        match (account_id, credentials, from, base_url, token_url) {
            (Some(account_id), Some(credentials), Some(from), Some(base_url), Some(token_url))
                if problems.found.is_empty() =>
            {
                Ok(Config {
                    account_id,
                    credentials,
                    notice_from: notice_from.unwrap_or_else(|| from.clone()),
                    notice_application: notice_application.or_else(|| messaging_application.clone()),
                    from,
                    messaging_application,
                    voice_application,
                    token_url,
                    messaging_url: messaging_url.map_or_else(|| messaging_beside(&base_url), Ok)?,
                    base_url,
                })
            }
            _ => Err(BandwidthConfigError { problems: problems.found }),
        }
    }
}

impl Config {
    /// Returns the URL for sending codes by this channel.
    pub(super) fn send_url(&self, channel: Channel) -> Endpoint {
        self.endpoint(channel.as_str())
    }

    /// Returns the URL for verifying codes.
    pub(super) fn verify_url(&self) -> Endpoint {
        self.endpoint("verify")
    }

    /// Returns whether one of the URLs is on this machine, which is never reached through a proxy.
    pub(super) fn is_local(&self) -> bool {
        [&self.base_url, &self.token_url, &self.messaging_url].iter().any(|url| url.is_loopback())
    }

    /// Returns whether a request goes to an https URL. With a user name and a password, no token is requested.
    pub(super) fn uses_tls(&self) -> bool {
        let requests_tokens = matches!(self.credentials.kind(), CredentialKind::OAuth2);
        self.base_url.uses_tls()
            || self.messaging_url.uses_tls()
            || (requests_tokens && self.token_url.uses_tls())
    }

    /// Returns the URL for sending messages.
    pub(super) fn messages_url(&self) -> Endpoint {
        self.messaging_url.below(["users", &self.account_id, "messages"])
    }

    fn endpoint(&self, name: &str) -> Endpoint {
        self.base_url.below(["accounts", &self.account_id, "code", name])
    }
}

/// Error for settings that are missing or malformed, all at once. It names the settings and contains no value.
///
/// ```
/// use mfakit_core::bandwidth::{Bandwidth, Credentials};
///
/// let builder = Bandwidth::builder("9900000", Credentials::oauth2("client-id", "client-secret"));
/// let error = builder.messaging_application("app-1").build().unwrap_err();
/// assert_eq!(error.to_string(), "Bandwidth is not configured: from is not set");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BandwidthConfigError {
    problems: Vec<String>,
}

impl BandwidthConfigError {
    /// Creates an error with a single problem.
    pub(super) fn one(problem: String) -> Self {
        Self { problems: vec![problem] }
    }

    /// Returns the problems. Each one names its setting: `BANDWIDTH_FROM is not set`.
    pub fn problems(&self) -> impl Iterator<Item = &str> {
        self.problems.iter().map(String::as_str)
    }
}

impl fmt::Display for BandwidthConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bandwidth is not configured: {}", self.problems.join("; "))
    }
}

impl Error for BandwidthConfigError {}

/// Names of the settings in errors.
#[derive(Clone, Copy)]
pub(super) enum Names {
    /// Names of environment variables.
    Variables,
    /// Names of the builder's setters.
    Setters,
}

/// One of the settings.
#[derive(Clone, Copy)]
pub(super) enum Setting {
    AccountId,
    Credentials,
    From,
    MessagingApplication,
    VoiceApplication,
    BaseUrl,
    TokenUrl,
    NoticeFrom,
    NoticeApplication,
    MessagingUrl,
}

impl Names {
    pub(super) const fn of(self, setting: Setting) -> &'static str {
        match self {
            Self::Variables => match setting {
                Setting::AccountId => "BANDWIDTH_ACCOUNT_ID",
                Setting::Credentials => "the pair of credentials in the environment",
                Setting::From => "BANDWIDTH_FROM",
                Setting::MessagingApplication => "BANDWIDTH_MESSAGING_APPLICATION_ID",
                Setting::VoiceApplication => "BANDWIDTH_VOICE_APPLICATION_ID",
                Setting::BaseUrl => "BANDWIDTH_BASE_URL",
                Setting::TokenUrl => "BANDWIDTH_TOKEN_URL",
                Setting::NoticeFrom => "BANDWIDTH_NOTICE_FROM",
                Setting::NoticeApplication => "BANDWIDTH_NOTICE_APPLICATION_ID",
                Setting::MessagingUrl => "BANDWIDTH_MESSAGING_URL",
            },
            Self::Setters => match setting {
                Setting::AccountId => "account_id",
                Setting::Credentials => "credentials",
                Setting::From => "from",
                Setting::MessagingApplication => "messaging_application",
                Setting::VoiceApplication => "voice_application",
                Setting::BaseUrl => "base_url",
                Setting::TokenUrl => "token_url",
                Setting::NoticeFrom => "notice_from",
                Setting::NoticeApplication => "notice_application",
                Setting::MessagingUrl => "messaging_url",
            },
        }
    }
}

struct Problems {
    names: Names,
    found: Vec<String>,
}

impl Problems {
    fn add(&mut self, setting: Setting, problem: &str) {
        let separator = if matches!(setting, Setting::Credentials) { ": " } else { " " };
        self.found.push(format!("{}{separator}{problem}", self.names.of(setting)));
    }

    fn required<T>(
        &mut self,
        setting: Setting,
        value: Option<&str>,
        read: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        if value.is_none() {
            self.add(setting, "is not set");
        }
        self.optional(setting, value, read)
    }

    fn optional<T>(
        &mut self,
        setting: Setting,
        value: Option<&str>,
        read: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        read(value?).map_err(|problem| self.add(setting, problem)).ok()
    }
}

/// Returns the default URL of the Messaging API. A server on this machine plays both APIs, so that nothing reaches
/// Bandwidth from there.
fn messaging_beside(base_url: &Endpoint) -> Result<Endpoint, BandwidthConfigError> {
    if base_url.is_loopback() {
        return Ok(base_url.at(MESSAGING_PATH));
    }
    Endpoint::parse(MESSAGING_URL).map_err(|why| BandwidthConfigError::one(format!("{MESSAGING_URL} {why}")))
}

fn number(text: &str) -> Result<PhoneNumber, &'static str> {
    PhoneNumber::new(text).map_err(|_| "is not a number in E.164 form, such as +19195551234")
}

fn account_id(text: &str) -> Result<String, &'static str> {
    match text {
        "" => Err("is empty"),
        // A URL drops these segments, so the request would go to another account.
        "." | ".." => Err("is not a valid account ID"),
        _ if text.chars().any(|c| c.is_control() || c.is_whitespace()) => {
            Err("contains a space, a line break or another control character")
        }
        _ => Ok(text.to_owned()),
    }
}

fn application(text: &str) -> Result<String, &'static str> {
    match text.chars().count() {
        0 => Err("is empty"),
        1..=50 if text.chars().any(char::is_control) => Err("contains a control character"),
        1..=50 => Ok(text.to_owned()),
        _ => Err("is longer than the 50 characters that Bandwidth accepts"),
    }
}

#[cfg(test)]
mod tests;
