//! Address of an emulator, as URLs for apps and for browsers.

/// A port of 127.0.0.1. The emulator listens on no other address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) port: u16,
}

impl Address {
    pub(crate) fn base_url(self) -> String {
        format!("{}api/v1", self.inbox_url())
    }

    pub(crate) fn messaging_url(self) -> String {
        format!("{}api/v2", self.inbox_url())
    }

    pub(crate) fn token_url(self) -> String {
        format!("{}/oauth2/token", self.base_url())
    }

    pub(crate) fn inbox_url(self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}
