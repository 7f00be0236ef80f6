//! What can happen.

use std::time::Duration;

use crate::{clock::Timestamp, decision::Reason, provider::ProviderErrorKind, store::Revocation};

/// What happened.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum EventKind<'a> {
    /// The provider took a code for sending.
    CodeSent {
        /// The number, all but the last two digits hidden.
        sent_to: &'a str,
        /// Country of the number, or the calling code, such as `+1`, if the metadata does not know the
        /// number.
        region: &'a str,
        /// The provider's own name for the send.
        provider_id: &'a str,
    },
    /// A start was refused, before anything was sent or by the provider.
    SendRejected {
        /// Why.
        why: &'static str,
        /// Whether a limit was reached, rather than something wrong with the request.
        limited: bool,
        /// How long to wait, where that helps.
        retry_after: Option<Duration>,
    },
    /// The provider did not approve a code.
    CodeRejected {
        /// How many codes may still be tried.
        attempts_left: u32,
        /// How many codes of the user were rejected in a row.
        failures: u32,
    },
    /// So many codes were rejected in a row that the user is locked.
    Locked {
        /// Until when.
        until: Timestamp,
        /// How many codes of the user were rejected in a row.
        failures: u32,
    },
    /// So many codes were rejected in a row that the user's phone is no factor any longer, until the app unlocks it.
    Disabled {
        /// How many codes of the user were rejected in a row.
        failures: u32,
    },
    /// A code was given by somebody who is locked or disabled; nobody looked at it.
    AttemptRefused {
        /// How long to wait; `None` where only the app can unlock.
        retry_after: Option<Duration>,
    },
    /// The app unlocked a user.
    Unlocked,
    /// A code was given for a challenge that is over, or somebody else's.
    ChallengeOver,
    /// More codes were rejected over all users than the policy finds usual. Nobody is refused for it.
    RejectionsAbound,
    /// A challenge was met and a grant made.
    Granted {
        /// How long it lasts.
        lifetime: Duration,
        /// How many codes of the user were rejected in a row before.
        failures: u32,
    },
    /// The code that had redeemed a challenge was entered again, and answered with the same grant. Nothing
    /// was counted, and no grant was made.
    Repeated {
        /// Remaining lifetime of the grant.
        lifetime: Duration,
    },
    /// A grant for one use was used.
    Consumed,
    /// A guard refused somebody.
    Denied {
        /// Why.
        reason: Reason,
    },
    /// Grants were ended.
    Revoked {
        /// Which.
        what: Revocation,
    },
    /// It was forgotten that the user's number ever completed a challenge.
    NumberForgotten,
    /// A state-changing call did not come from the site itself, or its form token was wrong.
    ForgeryRefused {
        /// What was wrong.
        why: &'static str,
    },
    /// The provider could not be asked or did not say.
    ProviderFailed {
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
    /// A function of the app failed.
    AppFailed {
        /// Name of the function: `identify`, `directory`, `risk check` or `on_rejection`.
        function: &'static str,
        /// Its error.
        error: &'a str,
    },
    /// The number on file cannot be read. The user counts as one without a number.
    NumberUnreadable {
        /// Problem with the number, and how to write it. Shows no digit of the number itself.
        error: &'a str,
    },
    /// The app is put together wrongly; nobody passes until that is mended.
    Misconfigured {
        /// What is wrong, and what to do.
        error: &'a str,
    },
    /// The app did not say how to find out where requests come from, so sends are not counted by address.
    AddressesUncounted,
}

impl EventKind<'_> {
    /// Its name in OWASP's Logging Vocabulary, or one made like those.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CodeSent { .. } => "authn_code_sent",
            Self::SendRejected { limited: true, .. } | Self::AttemptRefused { .. } => {
                "excess_rate_limit_exceeded"
            }
            Self::SendRejected { limited: false, .. } => "authn_code_refused",
            Self::CodeRejected { .. } => "authn_login_fail",
            Self::Locked { .. } => "authn_login_lock",
            Self::Disabled { .. } => "authn_login_fail_max",
            Self::Unlocked => "authn_login_unlock",
            Self::ChallengeOver => "sequence_fail",
            Self::RejectionsAbound => "authn_login_fail_surge",
            Self::Granted { failures: 0, .. } => "authn_login_success",
            Self::Granted { .. } => "authn_login_successafterfail",
            Self::Repeated { .. } => "authn_login_repeated",
            Self::Consumed => "authn_token_consumed",
            Self::Denied { .. } => "authz_fail",
            Self::Revoked { .. } => "authn_token_revoked",
            Self::NumberForgotten => "authn_number_forgotten",
            Self::ForgeryRefused { .. } => "malicious_csrf",
            Self::ProviderFailed { .. } => "sys_provider_failed",
            Self::StoreFailed { .. } => "sys_store_failed",
            Self::AppFailed { .. } => "sys_app_failed",
            Self::NumberUnreadable { .. } => "sys_number_unreadable",
            Self::Misconfigured { .. } => "sys_misconfigured",
            Self::AddressesUncounted => "sys_addresses_uncounted",
        }
    }
}
