//! A challenge as its owner may see it.

use std::time::Duration;

use crate::{challenge::Challenge, channel::Channel, clock::Timestamp, token::ChallengeId};

/// A challenge on which a code may still be tried, as its owner may see it.
#[derive(Clone, Debug)]
pub struct LiveChallenge {
    /// Its name, which goes back with the code.
    pub id: ChallengeId,
    /// How the code travels.
    pub channel: Channel,
    /// Where to, all but the last two digits hidden: `•••34`.
    pub sent_to: String,
    /// For how long a code is accepted.
    pub expires_in: Duration,
    /// How long to wait for the next code.
    pub resend_in: Duration,
    /// How many codes may be tried.
    pub attempts_left: u32,
    /// Where the person was going, sealed.
    pub return_to: Option<String>,
}

impl LiveChallenge {
    pub(crate) fn seen(challenge: &Challenge, now: Timestamp) -> Self {
        Self {
            id: challenge.id,
            channel: challenge.channel,
            sent_to: challenge.sent_to(),
            expires_in: challenge.expires_at.since(now),
            resend_in: challenge.resend_at.since(now),
            attempts_left: challenge.attempts_left(),
            return_to: challenge.return_to.clone(),
        }
    }
}
