//! Where an emulator listens, as addresses an app or a person uses.

/// A port of 127.0.0.1; nothing else is ever listened on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) port: u16,
}

impl Address {
    pub(crate) fn base_url(self) -> String {
        format!("{}api/v1", self.inbox_url())
    }

    pub(crate) fn token_url(self) -> String {
        format!("{}/oauth2/token", self.base_url())
    }

    pub(crate) fn inbox_url(self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}
