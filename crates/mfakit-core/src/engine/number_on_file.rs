//! The telephone number that a user's codes go to.

use crate::{
    engine::mfa::Mfa,
    event::{EventContext, EventKind, with_causes},
    key_ring::Purpose,
    phone::{InvalidPhoneNumber, PhoneNumber},
    subject::UserId,
    timeout::{CALL_TIMEOUT, with_timeout},
};

/// A number, and the keyed hashes that challenges may have kept of it: one for each secret.
pub(crate) struct OnFile {
    pub(crate) number: PhoneNumber,
    pub(crate) hashes: Vec<[u8; 32]>,
}

impl OnFile {
    /// The hash that is written down.
    pub(crate) fn hash(&self) -> [u8; 32] {
        self.hashes.first().copied().unwrap_or_default()
    }
}

/// The directory erred; the observer knows how.
pub(crate) struct DirectoryFailed;

impl Mfa {
    /// Asks the directory for the number on file, and hashes it. A number that cannot be read counts as none,
    /// and an event gives the reason.
    pub(crate) async fn number_on_file(&self, user: &UserId) -> Result<Option<OnFile>, DirectoryFailed> {
        let error = match with_timeout(self.inner.directory.number(user)).await {
            Some(Ok(number)) => {
                return Ok(number.map(|number| {
                    let hashes = self.keys().hashes(Purpose::PhoneNumber, &[number.as_e164().as_bytes()]);
                    OnFile { number, hashes }
                }));
            }
            Some(Err(error)) if InvalidPhoneNumber::is_behind(&error) => {
                let unreadable = EventKind::NumberUnreadable { error: &with_causes(&*error) };
                self.observe(EventContext::user(user), unreadable);
                return Ok(None);
            }
            Some(Err(error)) => with_causes(&*error),
            None => format!("no answer within {CALL_TIMEOUT:?}"),
        };
        let failed = EventKind::AppFailed { function: "directory", error: &error };
        self.observe(EventContext::user(user), failed);
        Err(DirectoryFailed)
    }
}
