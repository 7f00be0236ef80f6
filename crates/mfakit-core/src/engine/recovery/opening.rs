//! Permission to replace a lost number.

use serde::{Deserialize, Serialize};

use crate::{
    clock::Timestamp,
    engine::recovery::tag::{Tag, Tags},
    subject::Recognition,
};

/// Session and browser that ask for an opening.
pub(super) struct Asker {
    pub(super) login: Tags,
    pub(super) recognition: Recognition,
    /// Token in the cookie of the request.
    pub(super) token: Option<Tags>,
}

/// Permission to replace a lost number. It names the number, so it ends with any change of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Opening {
    /// Identifier. It says nothing.
    pub(super) id: Tag,
    /// Time at which it was made, in milliseconds, as all times here.
    pub(super) made_at: u64,
    /// Time at which it begins.
    pub(super) from: u64,
    /// Time at which it ends.
    pub(super) until: u64,
    /// Number on file that it is about.
    pub(super) number: Tag,
    /// Session that it is for. `None` for any session with a fresh sign-in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) login: Option<Tag>,
    /// Browser that it is for, by the token in its cookie. `None` for the app's opening, and for a bearer token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) token: Option<Tag>,
    /// Recovery code that opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<Tag>,
}

impl Opening {
    /// Returns whether it is about this number, and has not ended. One from the future counts as ended, because the clock was
    /// set back, and it would last too long.
    pub(super) fn is_alive(&self, number: &Tags, now: Timestamp, skew: std::time::Duration) -> bool {
        let made_at = Timestamp::from_millis(self.made_at);
        made_at <= now.plus(skew) && now < self.until() && number.has(&self.number)
    }

    /// Returns whether it is alive, and has begun.
    pub(super) fn is_open(&self, number: &Tags, now: Timestamp, skew: std::time::Duration) -> bool {
        self.is_alive(number, now, skew) && self.from() <= now
    }

    /// Returns whether a recovery code has opened it in this session.
    pub(super) fn is_of(&self, login: &Tags) -> bool {
        self.login.as_ref().is_some_and(|kept| login.has(kept))
    }

    /// Returns whether it is for this session and browser. One without a session is for every session, whose sign-in must be
    /// fresh.
    pub(super) fn is_for(&self, asker: &Asker) -> bool {
        self.login.is_none() || self.is_of(&asker.login) && self.is_for_browser(asker)
    }

    /// Compares the browser as a grant does: the token in its cookie, or that both were recognized by a bearer token.
    fn is_for_browser(&self, asker: &Asker) -> bool {
        match (&self.token, asker.recognition) {
            (Some(kept), Recognition::Cookie) => asker.token.as_ref().is_some_and(|token| token.has(kept)),
            (None, Recognition::Bearer) => true,
            (Some(_), Recognition::Bearer) | (None, Recognition::Cookie) => false,
        }
    }

    pub(super) const fn from(&self) -> Timestamp {
        Timestamp::from_millis(self.from)
    }

    pub(super) const fn until(&self) -> Timestamp {
        Timestamp::from_millis(self.until)
    }
}
