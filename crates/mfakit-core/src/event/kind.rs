//! Kinds of events.

use std::time::Duration;

use crate::{
    clock::Timestamp,
    decision::Reason,
    number_check::{Facts, Moment},
    provider::ProviderErrorKind,
    store::Revocation,
};

/// Kind of an [`Event`](crate::event::Event), with its details.
///
/// ```
/// use mfakit_core::event::EventKind;
///
/// fn pages_an_operator(kind: &EventKind<'_>) -> bool {
///     matches!(kind, EventKind::StoreFailed { .. } | EventKind::Misconfigured { .. })
/// }
/// assert!(pages_an_operator(&EventKind::StoreFailed { error: "no connection" }));
/// assert_eq!(EventKind::Consumed.name(), "authn_token_consumed");
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum EventKind<'a> {
    /// The provider accepted a code for sending.
    CodeSent {
        /// Masked number: all but the last two digits are hidden.
        sent_to: &'a str,
        /// Country of the number, or the calling code, such as `+1`, if the metadata does not know the
        /// number.
        region: &'a str,
        /// Identifier of the send at the provider.
        provider_id: &'a str,
    },
    /// A start was rejected, before anything was sent or by the provider.
    SendRejected {
        /// Reason of the rejection.
        why: &'static str,
        /// True if a limit was reached, false if something is wrong with the request.
        limited: bool,
        /// Time to wait, if a wait helps.
        retry_after: Option<Duration>,
    },
    /// The provider did not approve a code.
    CodeRejected {
        /// Number of attempts that are left.
        attempts_left: u32,
        /// Consecutive rejected codes of the user.
        failures: u32,
    },
    /// The user was locked after too many consecutive rejected codes.
    Locked {
        /// End of the lock.
        until: Timestamp,
        /// Consecutive rejected codes of the user.
        failures: u32,
    },
    /// The user's phone is disabled as a factor after too many consecutive rejected codes, until the app
    /// unlocks it.
    Disabled {
        /// Consecutive rejected codes of the user.
        failures: u32,
    },
    /// A locked or disabled user entered a code. It was not verified.
    AttemptRejected {
        /// Time to wait. `None` if only the app can unlock.
        retry_after: Option<Duration>,
    },
    /// The app unlocked a user.
    Unlocked,
    /// A code was entered for a challenge that is over or that belongs to another session.
    ChallengeOver,
    /// More codes were rejected across all users than the policy considers usual. This rejects no request.
    RejectionSurge,
    /// A challenge was completed and a grant was made.
    Granted {
        /// Lifetime of the grant.
        lifetime: Duration,
        /// Consecutive rejected codes of the user before this one.
        failures: u32,
    },
    /// The code that had redeemed a challenge was entered again, and answered with the same grant. Nothing
    /// was counted, and no grant was made.
    Repeated {
        /// Remaining lifetime of the grant.
        lifetime: Duration,
    },
    /// A grant for a single use was consumed.
    Consumed,
    /// A guard rejected a request.
    Denied {
        /// Reason of the rejection.
        reason: Reason,
    },
    /// Grants were revoked.
    Revoked {
        /// Grants that were revoked.
        what: Revocation,
    },
    /// The record that the user's number completed a challenge was deleted.
    NumberForgotten,
    /// A person added the first number. All grants and challenges of the user ended.
    NumberAdded {
        /// Masked number: all but the last two digits are hidden.
        number: &'a str,
    },
    /// A person replaced the number. All grants and challenges of the user ended.
    NumberReplaced {
        /// Masked number that was on file.
        from: &'a str,
        /// Masked number that is on file now.
        to: &'a str,
    },
    /// A person removed the number. All grants and challenges of the user ended.
    NumberRemoved {
        /// Masked number that was on file.
        number: &'a str,
    },
    /// The app changed the number itself. All grants and challenges of the user ended.
    NumberChanged,
    /// A number was not proposed, confirmed or removed. The number on file is as before.
    NumberChangeRejected {
        /// Reason of the rejection.
        why: &'static str,
    },
    /// A person made recovery codes. All earlier ones ended.
    RecoveryCodesMade {
        /// Number of codes.
        count: usize,
    },
    /// A recovery code was used. It opened the replacement of the number for this session, for ten minutes.
    RecoveryCodeUsed {
        /// Number of recovery codes that are left.
        left: usize,
    },
    /// A recovery code opened nothing. A text that does not have the form of one has no event.
    RecoveryCodeRejected {
        /// Reason of the rejection.
        why: &'static str,
    },
    /// The app allowed a user to replace the number without a code to it.
    RecoveryAllowed {
        /// Time at which it begins.
        from: Timestamp,
        /// Time at which it ends.
        until: Timestamp,
    },
    /// An opening by a recovery code or by the app ended before it was consumed.
    RecoveryRevoked {
        /// Cause: `by the app`, `code entered`, `revoked` or `forgotten`.
        why: &'static str,
    },
    /// A replacement of the number consumed what a recovery code or the app had opened.
    RecoveryConsumed,
    /// The text of a user in the recovery book is forged, damaged, of another user, or encrypted with a secret that is no
    /// longer configured. It opens nothing.
    RecoveryUnreadable,
    /// The recovery book did not answer within a second, failed, or has a text that cannot be read here. So what a recovery code or the
    /// app had opened could not be ended there, because of a code to the number on file, a revocation, or a call of your support. It opens
    /// nothing, and after a code or a revocation, the book is called again in the background for at most half a minute.
    RecoveryRevocationPending {
        /// True if the store has noted it, so that none of it opens anything in the meantime. If false, the store failed as well, and only
        /// this process remembers it until one of them answers.
        noted: bool,
    },
    /// The number was changed, but the store failed to end the grants that were made during the change. The revocation
    /// is repeated in the background, for at most half a minute. [`Mfa::revoke_user`](crate::engine::Mfa::revoke_user)
    /// ends these grants too.
    RevocationPending,
    /// The app's [`NumberCheck`](crate::number_check::NumberCheck) answered.
    NumberChecked {
        /// Moment of the check.
        moment: Moment,
        /// Opinion of the check: `accepted`, `rejected` or `another way`.
        opinion: &'static str,
        /// Facts behind the opinion.
        facts: Facts,
    },
    /// A person was notified of a change.
    NoticeSent {
        /// Kind of the [notice](crate::notifier::NoticeKind), such as `number_replaced`.
        notice: &'static str,
    },
    /// A person was not notified of a change, because the notifier failed.
    NoticeFailed {
        /// Kind of the [notice](crate::notifier::NoticeKind), such as `number_replaced`.
        notice: &'static str,
        /// True if the change was [held](crate::notifier::OnNoticeError::Hold), false if it is made without a notice.
        held: bool,
        /// Text of the notifier's error.
        error: &'a str,
    },
    /// A state-changing request did not come from the site itself, or its form token was wrong.
    ForgeryRejected {
        /// Reason of the rejection.
        why: &'static str,
    },
    /// The provider could not be reached, or returned no verdict.
    ProviderFailed {
        /// Kind of the error.
        kind: ProviderErrorKind,
        /// Text of the provider's error.
        error: &'a str,
    },
    /// The store failed.
    StoreFailed {
        /// Text of the store's error.
        error: &'a str,
    },
    /// A function of the app failed.
    AppFailed {
        /// Name of the function: `identify`, `directory`, `number book`, `recovery book`, `risk check`, `number check` or
        /// `on_rejection`.
        function: &'static str,
        /// Text of its error.
        error: &'a str,
    },
    /// The number on file cannot be read. The user counts as having no number.
    NumberUnreadable {
        /// Problem with the number, and how to write it. It contains no digit of the number itself.
        error: &'a str,
    },
    /// The app is configured incorrectly. Requests are rejected until that is fixed.
    Misconfigured {
        /// Problem, and how to fix it.
        error: &'a str,
    },
    /// Browsers were redirected to a page, and no request for one has reached this instance. Another instance may have
    /// answered. If none does, no code can be entered.
    RoutesNotReached {
        /// Number of redirects, and how to fix it if no instance answers.
        notice: &'a str,
    },
    /// The app does not configure how the client address is determined, so sends are not limited by address.
    ClientAddressNotConfigured,
}

impl EventKind<'_> {
    /// Returns a short, constant message for a line of the log.
    #[must_use]
    pub const fn message(&self) -> &'static str {
        match self {
            Self::CodeSent { .. } => "code sent",
            Self::SendRejected { limited: true, .. } => "code not sent: limit reached",
            Self::SendRejected { limited: false, .. } => "code not sent",
            Self::CodeRejected { .. } => "code rejected",
            Self::Locked { .. } => "user locked",
            Self::Disabled { .. } => "user disabled",
            Self::AttemptRejected { .. } => "attempt rejected: user locked",
            Self::Unlocked => "user unlocked",
            Self::ChallengeOver => "attempt rejected: challenge over",
            Self::RejectionSurge => "unusually many codes rejected",
            Self::Granted { .. } => "code accepted: grant made",
            Self::Repeated { .. } => "code entered again: same grant",
            Self::Consumed => "grant consumed",
            Self::Denied { .. } => "request denied by a guard",
            Self::Revoked { .. } => "grants revoked",
            Self::NumberForgotten => "number forgotten",
            Self::NumberAdded { .. } => "number added",
            Self::NumberReplaced { .. } => "number replaced",
            Self::NumberRemoved { .. } => "number removed",
            Self::NumberChanged => "number changed by the app",
            Self::NumberChangeRejected { .. } => "change of number rejected",
            Self::RecoveryCodesMade { .. } => "recovery codes made",
            Self::RecoveryCodeUsed { .. } => "recovery code used",
            Self::RecoveryCodeRejected { .. } => "recovery code rejected",
            Self::RecoveryAllowed { .. } => "recovery allowed by the app",
            Self::RecoveryRevoked { .. } => "recovery revoked",
            Self::RecoveryConsumed => "recovery consumed",
            Self::RecoveryUnreadable => "recovery record unreadable",
            Self::RecoveryRevocationPending { .. } => "recovery not revoked yet in the recovery book",
            Self::RevocationPending => "grants not revoked yet after a change of number",
            Self::NumberChecked { .. } => "number checked",
            Self::NoticeSent { .. } => "notice sent",
            Self::NoticeFailed { held: true, .. } => "notice not sent: change held",
            Self::NoticeFailed { held: false, .. } => "notice not sent",
            Self::ForgeryRejected { .. } => "cross-site request rejected",
            Self::ProviderFailed { .. } => "provider failed",
            Self::StoreFailed { .. } => "store failed",
            Self::AppFailed { .. } => "function of the app failed",
            Self::NumberUnreadable { .. } => "phone number on file unreadable",
            Self::Misconfigured { .. } => "app misconfigured",
            Self::RoutesNotReached { .. } => "challenge page not reached",
            Self::ClientAddressNotConfigured => "client addresses not configured",
        }
    }

    /// Returns the name in OWASP's Logging Vocabulary, or a similar one if it has none.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CodeSent { .. } => "authn_code_sent",
            Self::SendRejected { limited: true, .. } | Self::AttemptRejected { .. } => {
                "excess_rate_limit_exceeded"
            }
            Self::SendRejected { limited: false, .. } => "authn_code_refused",
            Self::CodeRejected { .. } => "authn_login_fail",
            Self::Locked { .. } => "authn_login_lock",
            Self::Disabled { .. } => "authn_login_fail_max",
            Self::Unlocked => "authn_login_unlock",
            Self::ChallengeOver => "sequence_fail",
            Self::RejectionSurge => "authn_login_fail_surge",
            Self::Granted { failures: 0, .. } => "authn_login_success",
            Self::Granted { .. } => "authn_login_successafterfail",
            Self::Repeated { .. } => "authn_login_repeated",
            Self::Consumed => "authn_token_consumed",
            Self::Denied { .. } => "authz_fail",
            Self::Revoked { .. } => "authn_token_revoked",
            Self::NumberForgotten => "authn_number_forgotten",
            Self::NumberAdded { .. } => "authn_number_added",
            Self::NumberReplaced { .. } => "authn_number_replaced",
            Self::NumberRemoved { .. } => "authn_number_removed",
            Self::NumberChanged => "authn_number_changed",
            Self::NumberChangeRejected { .. } => "authn_number_change_fail",
            Self::RecoveryCodesMade { .. } => "authn_recovery_codes_made",
            Self::RecoveryCodeUsed { .. } => "authn_recovery_success",
            Self::RecoveryCodeRejected { .. } => "authn_recovery_fail",
            Self::RecoveryAllowed { .. } => "authn_recovery_allowed",
            Self::RecoveryRevoked { .. } => "authn_recovery_revoked",
            Self::RecoveryConsumed => "authn_recovery_consumed",
            Self::RecoveryUnreadable => "sys_recovery_unreadable",
            Self::RecoveryRevocationPending { .. } => "authn_recovery_revoke_pending",
            Self::RevocationPending => "authn_token_revoke_pending",
            Self::NumberChecked { .. } => "authn_number_checked",
            Self::NoticeSent { .. } => "authn_notice_sent",
            Self::NoticeFailed { .. } => "sys_notice_failed",
            Self::ForgeryRejected { .. } => "malicious_csrf",
            Self::ProviderFailed { .. } => "sys_provider_failed",
            Self::StoreFailed { .. } => "sys_store_failed",
            Self::AppFailed { .. } => "sys_app_failed",
            Self::NumberUnreadable { .. } => "sys_number_unreadable",
            Self::Misconfigured { .. } => "sys_misconfigured",
            Self::RoutesNotReached { .. } => "sys_routes_not_reached",
            Self::ClientAddressNotConfigured => "sys_addresses_uncounted",
        }
    }
}
