//! Certificates that an app sets, in PEM form.

use std::fmt;

/// Certificates that replace or supplement those of the machine. `Debug` shows no contents.
#[derive(Clone, Default)]
pub struct Certificates {
    /// Authorities that are trusted instead of those of the machine.
    pub authorities: Option<Vec<u8>>,
    /// Certificate chain and private key that identify this client.
    pub client: Option<(Vec<u8>, Vec<u8>)>,
}

impl fmt::Debug for Certificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificates").finish_non_exhaustive()
    }
}
