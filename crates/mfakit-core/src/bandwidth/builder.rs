//! Sets Bandwidth up.

use std::{fmt, time::Duration};

use super::{
    Bandwidth, BandwidthConfigError, Credentials,
    config::{Draft, Names},
    provider::Patience,
};

/// Sets [`Bandwidth`] up. Made by [`Bandwidth::builder`].
///
/// [`from`](Self::from) is needed, and at least one of
/// [`messaging_application`](Self::messaging_application) and
/// [`voice_application`](Self::voice_application).
#[must_use]
pub struct BandwidthBuilder {
    draft: Draft,
    timeout: Patience,
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
        Self { draft, timeout: Patience::default() }
    }

    /// The number that codes come from, in E.164 form: one of yours at Bandwidth that belongs to the
    /// applications.
    pub fn from(mut self, number: impl Into<String>) -> Self {
        self.draft.from = Some(number.into());
        self
    }

    /// The id of the application that sends text messages, 1 to 50 characters.
    pub fn messaging_application(mut self, id: impl Into<String>) -> Self {
        self.draft.messaging_application = Some(id.into());
        self
    }

    /// The id of the application that calls, 1 to 50 characters.
    pub fn voice_application(mut self, id: impl Into<String>) -> Self {
        self.draft.voice_application = Some(id.into());
        self
    }

    /// Where the API is, up to what comes before `/accounts`. `https://mfa.bandwidth.com/api/v1` unless said
    /// otherwise; plain http on this machine only, for an emulator.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.draft.base_url = Some(url.into());
        self
    }

    /// Where bearer tokens are bought. `https://api.bandwidth.com/api/v1/oauth2/token` unless said otherwise;
    /// plain http on this machine only, for an emulator.
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.draft.token_url = Some(url.into());
        self
    }

    /// How long a connection may take (2 s), and a whole call with everything that belongs to it (8 s). For
    /// tests, which have no such time.
    #[doc(hidden)]
    pub fn timeout(mut self, connect: Duration, total: Duration) -> Self {
        self.timeout = Patience { connect, total };
        self
    }

    /// Checks everything. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Names every setting that is missing or malformed, all at once.
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
