//! Builder of the client.

use std::{fmt, time::Duration};

use super::{
    Bandwidth, BandwidthConfigError, Credentials,
    client::TimeLimits,
    config::{Draft, Names},
};

/// Builder of [`Bandwidth`], created by [`Bandwidth::builder`].
///
/// [`from`](Self::from) is required, and at least one of [`messaging_application`](Self::messaging_application) and
/// [`voice_application`](Self::voice_application). Calling a setter again replaces the value.
///
/// ```
/// use mfakit_core::bandwidth::{Bandwidth, Credentials};
///
/// let incomplete = Bandwidth::builder("9900000", Credentials::oauth2("client-id", "client-secret"));
/// let error = incomplete.from("919-555-4321").build().unwrap_err();
/// let problems: Vec<_> = error.problems().collect();
/// assert_eq!(problems.len(), 2);
/// assert!(problems[0].starts_with("from is not a number in E.164 form"));
/// ```
#[must_use]
pub struct BandwidthBuilder {
    draft: Draft,
    timeout: TimeLimits,
}

impl Bandwidth {
    /// Returns a builder for this account.
    pub fn builder(account_id: impl Into<String>, credentials: Credentials) -> BandwidthBuilder {
        BandwidthBuilder::new(account_id.into(), credentials)
    }
}

impl BandwidthBuilder {
    fn new(account_id: String, credentials: Credentials) -> Self {
        let draft =
            Draft { account_id: Some(account_id), credentials: Some(credentials), ..Draft::default() };
        Self { draft, timeout: TimeLimits::default() }
    }

    /// Sets the number that codes are sent from, in E.164 form. It must be one of your numbers at Bandwidth that
    /// belongs to the applications.
    pub fn from(mut self, number: impl Into<String>) -> Self {
        self.draft.from = Some(number.into());
        self
    }

    /// Sets the id of the application that sends text messages, 1 to 50 characters.
    pub fn messaging_application(mut self, id: impl Into<String>) -> Self {
        self.draft.messaging_application = Some(id.into());
        self
    }

    /// Sets the id of the application that makes voice calls, 1 to 50 characters.
    pub fn voice_application(mut self, id: impl Into<String>) -> Self {
        self.draft.voice_application = Some(id.into());
        self
    }

    /// Sets the base URL of the API, without `/accounts`. The default is `https://mfa.bandwidth.com/api/v1`. Plain
    /// http is accepted on this machine only, for a local emulator.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.draft.base_url = Some(url.into());
        self
    }

    /// Sets the number that [notices](Bandwidth::notifier) are sent from, in E.164 form. The default is the number of the
    /// codes.
    pub fn notice_from(mut self, number: impl Into<String>) -> Self {
        self.draft.notice_from = Some(number.into());
        self
    }

    /// Sets the id of the application that sends [notices](Bandwidth::notifier), 1 to 50 characters. The default is the
    /// application that sends codes by text message.
    pub fn notice_application(mut self, id: impl Into<String>) -> Self {
        self.draft.notice_application = Some(id.into());
        self
    }

    /// Sets the base URL of the Messaging API, without `/users`, for [notices](Bandwidth::notifier). The default is
    /// `https://messaging.bandwidth.com/api/v2`, or `/api/v2` of the same server if [`base_url`](Self::base_url) is on this
    /// machine.
    pub fn messaging_url(mut self, url: impl Into<String>) -> Self {
        self.draft.messaging_url = Some(url.into());
        self
    }

    /// Sets the URL of the token service. The default is `https://api.bandwidth.com/api/v1/oauth2/token`. Plain
    /// http is accepted on this machine only, for a local emulator.
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.draft.token_url = Some(url.into());
        self
    }

    /// Sets the time limits for connecting (2 s) and for a whole call, including everything that belongs to it (8 s),
    /// for tests that cannot wait that long.
    #[doc(hidden)]
    pub fn timeout(mut self, connect: Duration, total: Duration) -> Self {
        self.timeout = TimeLimits { connect, total };
        self
    }

    /// Checks all settings and builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Returns an error that names every setting that is missing or malformed, or says how to get TLS if the app is
    /// built without it.
    pub fn build(self) -> Result<Bandwidth, BandwidthConfigError> {
        Bandwidth::new(self.draft.check(Names::Setters, Vec::new())?, self.timeout)
    }
}

impl fmt::Debug for BandwidthBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BandwidthBuilder")
            .field("account_id", &self.draft.account_id)
            .field("credentials", &self.draft.credentials)
            .finish_non_exhaustive()
    }
}
