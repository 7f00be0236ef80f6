//! What an auditor wants to know.

use std::{fmt, time::Duration};

use crate::{Channel, ProviderErrorKind, Reason, Revocation, Scope, UserId};

/// Something an auditor wants to know. Carries no code, no full number and no token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The provider took a code for sending.
    CodeSent {
        /// To whom.
        user: &'a UserId,
        /// For what.
        scope: &'a Scope,
        /// How.
        channel: Channel,
        /// The number, all but the last two digits hidden.
        sent_to: &'a str,
        /// The provider's own name for the send.
        provider_id: &'a str,
    },
    /// A start was refused before anything was sent.
    SendRefused {
        /// To whom.
        user: &'a UserId,
        /// For what.
        scope: &'a Scope,
        /// How.
        channel: Channel,
        /// Why.
        why: &'static str,
        /// How long to wait, where that helps.
        retry_after: Option<Duration>,
    },
    /// The provider did not approve a code.
    CodeRejected {
        /// Whose.
        user: &'a UserId,
        /// For what.
        scope: &'a Scope,
        /// How many codes may still be tried.
        attempts_left: u32,
    },
    /// A code was given for a challenge that is over, or somebody else's.
    ChallengeOver {
        /// By whom.
        user: &'a UserId,
        /// For what.
        scope: &'a Scope,
    },
    /// A challenge was met and a grant made.
    Granted {
        /// Whose.
        user: &'a UserId,
        /// For what.
        scope: &'a Scope,
        /// How the code travelled.
        channel: Channel,
        /// How long it lasts.
        lifetime: Duration,
    },
    /// A guard refused somebody.
    Denied {
        /// Whom.
        user: Option<&'a UserId>,
        /// For what.
        scope: &'a Scope,
        /// Why.
        reason: Reason,
    },
    /// Grants were ended.
    Revoked {
        /// Whose.
        user: &'a UserId,
        /// Which.
        what: Revocation,
    },
    /// A state-changing call did not come from the site itself, or its form token was wrong.
    ForgeryRefused {
        /// For what.
        scope: &'a Scope,
        /// What was wrong.
        why: &'static str,
    },
    /// The provider could not be asked or did not say.
    ProviderFailed {
        /// For what.
        scope: &'a Scope,
        /// Who must act.
        kind: ProviderErrorKind,
        /// The provider's error.
        error: &'a str,
    },
    /// The store could not be asked.
    StoreFailed {
        /// The store's error.
        error: &'a str,
    },
    /// A function of the app's own erred: the one that says who it is, or the one that knows the numbers.
    AppFailed {
        /// Which.
        function: &'static str,
        /// Its error.
        error: &'a str,
    },
    /// The app is put together wrongly; nobody passes until that is mended.
    Misconfigured {
        /// What is wrong, and what to do.
        error: &'a str,
    },
}

/// Hears every [`Event`]. Must not block.
pub trait Observer: Send + Sync + 'static {
    /// Something happened.
    fn observe(&self, event: &Event<'_>);
}

impl fmt::Debug for dyn Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// Writes every event to `tracing`, target `mfakit`.
#[derive(Clone, Copy, Debug, Default)]
pub struct TracingObserver;

impl Observer for TracingObserver {
    fn observe(&self, event: &Event<'_>) {
        match event {
            Event::CodeSent { user, scope, channel, sent_to, provider_id } => {
                tracing::info!(target: "mfakit", user = user.as_str(), %scope, %channel, sent_to, provider_id, "code sent");
            }
            Event::SendRefused { user, scope, channel, why, retry_after } => {
                tracing::warn!(target: "mfakit", user = user.as_str(), %scope, %channel, why, ?retry_after, "send refused");
            }
            Event::CodeRejected { user, scope, attempts_left } => {
                tracing::warn!(target: "mfakit", user = user.as_str(), %scope, attempts_left, "code rejected");
            }
            Event::ChallengeOver { user, scope } => {
                tracing::warn!(target: "mfakit", user = user.as_str(), %scope, "code for a challenge that is over");
            }
            Event::Granted { user, scope, channel, lifetime } => {
                tracing::info!(target: "mfakit", user = user.as_str(), %scope, %channel, ?lifetime, "granted");
            }
            Event::Denied { user, scope, reason } => {
                let user = user.map(UserId::as_str);
                tracing::info!(target: "mfakit", user, %scope, reason = reason.as_str(), "denied");
            }
            Event::Revoked { user, what } => {
                tracing::info!(target: "mfakit", user = user.as_str(), ?what, "revoked");
            }
            Event::ForgeryRefused { scope, why } => {
                tracing::warn!(target: "mfakit", %scope, why, "forged call refused");
            }
            Event::ProviderFailed { scope, kind, error } => {
                tracing::error!(target: "mfakit", %scope, ?kind, %error, "provider failed");
            }
            Event::StoreFailed { error } => {
                tracing::error!(target: "mfakit", %error, "store failed");
            }
            Event::AppFailed { function, error } => {
                tracing::error!(target: "mfakit", function, %error, "function of the app failed");
            }
            Event::Misconfigured { error } => {
                tracing::error!(target: "mfakit", %error, "misconfigured");
            }
        }
    }
}

/// An error and what caused it, on one line.
#[must_use]
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
