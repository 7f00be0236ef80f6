//! Form that makes recovery codes, as the page showed it.
//!
//! Without scripts, a browser sends the form twice after a double click, and shows only the second answer. So the form carries
//! what it was shown for, signed for the session. A form that no longer fits makes no codes, and the answer says so: the codes
//! of the first answer stay good.

use mfakit_core::{
    LoginId, Mfa, NumberSituation, Timestamp,
    adapter::{MfaExt as _, Purpose},
};

use crate::address::RECOVERY_CODES;

/// State that a form was shown for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CodesForm {
    /// Time at which the earlier codes were made.
    codes_made_at: Option<Timestamp>,
    /// End of the grant that allows new codes.
    granted_until: Timestamp,
}

impl CodesForm {
    /// Returns what a form shows now.
    pub(crate) fn now(mfa: &Mfa, situation: &NumberSituation) -> Self {
        let codes = situation.recovery.as_ref().and_then(|recovery| recovery.codes);
        Self {
            codes_made_at: codes.map(|codes| codes.made_at),
            granted_until: mfa.now().plus(situation.may_change_for.unwrap_or_default()),
        }
    }

    /// Returns whether codes were made after the form was shown. `made_at` is the time of the codes that are left.
    pub(crate) fn is_older_than(&self, made_at: Option<Timestamp>) -> bool {
        made_at.is_some() && made_at != self.codes_made_at
    }

    /// Returns whether the grant of the form would still count, if it had not been consumed or revoked.
    pub(crate) fn would_be_granted(&self, now: Timestamp) -> bool {
        now < self.granted_until
    }

    /// Signs the state for a session.
    pub(crate) fn sign(&self, mfa: &Mfa, login: &LoginId) -> String {
        let made_at = self.codes_made_at.map(|at| at.as_millis().to_string()).unwrap_or_default();
        let text = format!("{} {made_at}", self.granted_until.as_millis());
        mfa.keys().sign(Purpose::Return, &context(login), &text)
    }

    /// Opens a signed state. Returns `None` unless it is one of this session.
    pub(crate) fn open(signed: &str, mfa: &Mfa, login: &LoginId) -> Option<Self> {
        let text = mfa.keys().open(Purpose::Return, &context(login), signed)?;
        let (until, made_at) = text.split_once(' ')?;
        let time = |millis: &str| millis.parse().ok().map(Timestamp::from_millis);
        let codes_made_at = if made_at.is_empty() { None } else { Some(time(made_at)?) };
        Some(Self { codes_made_at, granted_until: time(until)? })
    }
}

/// Returns the context of the signature. No scope has this name.
const fn context(login: &LoginId) -> [&[u8]; 2] {
    [RECOVERY_CODES.as_bytes(), login.as_bytes()]
}
