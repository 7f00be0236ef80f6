//! One send, and what is bound to it.
//!
//! ```text
//!               provider accepts                  right code: consumed, grant made
//!  reserved ─────────────────────► live ─────────────────────────────────────────► spent
//!     │                             │ ▲
//!     │ provider refuses            │ └─ wrong code: one attempt fewer
//!     ▼                             ▼
//!   nothing                        over: expired, no attempt left, a newer one live,
//!                                        number changed, log-in revoked
//! ```

use std::time::Duration;

use crate::{
    channel::Channel,
    clock::Timestamp,
    scope::Scope,
    subject::LoginId,
    token::{ChallengeId, ProviderScope},
};

/// One code on its way or arrived: what a store keeps of it. Holds no code and no telephone number.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// Its name.
    pub id: ChallengeId,
    /// The log-in that asked, and the only one that may answer.
    pub login: LoginId,
    /// What the code will be good for.
    pub scope: Scope,
    /// How the code travels.
    pub channel: Channel,
    /// The scope under which the provider knows this send.
    pub provider_scope: ProviderScope,
    /// The keyed hash of the number it went to.
    pub number: [u8; 32],
    /// The last two digits of that number, to be shown.
    pub last_two: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// From when on no code is accepted.
    pub expires_at: Timestamp,
    /// When the user may ask for the next one.
    pub resend_at: Timestamp,
    /// How many codes may be tried.
    pub attempts: u32,
    /// How many have been.
    pub attempts_used: u32,
    /// Where the person was going, sealed.
    pub return_to: Option<String>,
}

impl Challenge {
    /// Whether a code may still be tried. A clock that was set back does not give it more time: sent more
    /// than a minute from now, it is over.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        let from_the_future = self.sent_at > now.plus(Duration::from_mins(1));
        now < self.expires_at && !from_the_future && self.attempts_used < self.attempts
    }

    /// How many codes may still be tried.
    #[must_use]
    pub const fn attempts_left(&self) -> u32 {
        self.attempts.saturating_sub(self.attempts_used)
    }

    /// The number it went to, as a person may see it: `•••34`.
    #[must_use]
    pub fn sent_to(&self) -> String {
        format!("•••{}", self.last_two)
    }
}
