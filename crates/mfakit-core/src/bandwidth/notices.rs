//! Settings of notices.

use super::{config::Config, endpoint::Endpoint};
use crate::phone::PhoneNumber;

/// Settings of notices.
#[derive(Clone)]
pub(super) struct Notices {
    pub(super) url: Endpoint,
    pub(super) from: PhoneNumber,
    pub(super) application: String,
}

impl Notices {
    /// Returns the settings, or `None` if no application sends text messages.
    pub(super) fn new(config: &Config) -> Option<Self> {
        let application = config.notice_application.clone()?;
        Some(Self { url: config.messages_url(), from: config.notice_from.clone(), application })
    }
}
