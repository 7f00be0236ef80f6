//! Reasons of rejections, as metrics and spans name them.

use crate::{
    decision::Reason,
    engine::{start_error::StartError, verify_error::VerifyError},
    event::EventKind,
};

/// Reasons of a rejected start, as events name them, and their labels.
pub(crate) const START_REASONS: [(&str, &str); 21] = [
    ("no number", "no_number"),
    ("channel unavailable", "channel_unavailable"),
    ("number unknown to the metadata", "unknown_number"),
    ("country not listed", "country_not_listed"),
    ("not a personal line", "not_personal"),
    ("risk check", "risk_check"),
    ("number check", "number_check"),
    ("cooling down", "cooling_down"),
    ("user", "budget_user"),
    ("number", "budget_number"),
    ("block of numbers", "budget_block"),
    ("address", "budget_address"),
    ("locked", "locked"),
    ("provider throttled", "provider_throttled"),
    ("provider failed", "provider_failed"),
    ("revoked", "revoked"),
    ("approval over", "approval_over"),
    ("settling", "settling"),
    ("change denied", "change_denied"),
    ("unavailable", "unavailable"),
    ("misconfigured", "misconfigured"),
];

/// Reasons of a denied request.
#[cfg(feature = "metrics")]
pub(crate) const CHECK_REASONS: [Reason; 5] =
    [Reason::Missing, Reason::Expired, Reason::Mismatch, Reason::Unauthenticated, Reason::Unavailable];

/// Outcome of an operation: its label, and whether it failed for a reason that an operator must look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) outcome: &'static str,
    pub(crate) has_failed: bool,
}

/// Reasons that have the label of another one, so that there are fewer series.
const OTHER_NAMES: [(&str, &str); 5] = [
    ("new numbers", "user"),
    ("unconfirmed number", "number"),
    ("unconfirmed block", "block of numbers"),
    ("step-up required", "change denied"),
    ("sign-in too old", "change denied"),
];

/// Returns the label of a reason for which a start was rejected.
pub(crate) fn start_reason(why: &str) -> &'static str {
    let why = OTHER_NAMES.iter().find(|(name, _)| *name == why).map_or(why, |(_, other)| other);
    START_REASONS.iter().find(|(name, _)| *name == why).map_or("other", |(_, label)| label)
}

impl Ended {
    pub(crate) const fn well(outcome: &'static str) -> Self {
        Self { outcome, has_failed: false }
    }

    pub(crate) const fn failed(outcome: &'static str) -> Self {
        Self { outcome, has_failed: true }
    }

    pub(crate) fn start<T>(result: &Result<T, StartError>) -> Self {
        let Err(error) = result else { return Self::well("sent") };
        let has_failed = matches!(
            error,
            StartError::Throttled { .. }
                | StartError::ProviderFailed
                | StartError::Unavailable
                | StartError::Misconfigured(_)
        );
        match error.event() {
            EventKind::SendRejected { why, .. } => Self { outcome: start_reason(why), has_failed },
            _ => Self { outcome: "other", has_failed },
        }
    }

    pub(crate) const fn verify<T>(result: &Result<T, VerifyError>) -> Self {
        let (outcome, has_failed) = match result {
            Ok(_) => ("approved", false),
            Err(VerifyError::WrongCode { .. }) => ("wrong_code", false),
            Err(VerifyError::MalformedCode) => ("malformed_code", false),
            Err(VerifyError::ChallengeOver) => ("challenge_over", false),
            Err(VerifyError::Locked { .. }) => ("locked", false),
            Err(VerifyError::Throttled { .. }) => ("provider_throttled", true),
            Err(VerifyError::ProviderFailed) => ("provider_failed", true),
            Err(VerifyError::Unavailable) => ("unavailable", true),
            Err(VerifyError::Misconfigured(_)) => ("misconfigured", true),
        };
        Self { outcome, has_failed }
    }

    pub(crate) const fn check(denied: Option<Reason>) -> Self {
        match denied {
            None => Self::well("granted"),
            Some(reason) => {
                Self { outcome: reason.as_str(), has_failed: matches!(reason, Reason::Unavailable) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Budget;

    #[test]
    fn every_budget_has_a_label() {
        let kinds = [Budget::Number([0; 32]), Budget::Block([0; 32]), Budget::Address([0; 32])];
        let kinds = kinds.iter().map(Budget::kind).chain([
            "user",
            "new numbers",
            "unconfirmed number",
            "unconfirmed block",
        ]);
        for kind in kinds {
            assert!(start_reason(kind).starts_with("budget_"), "{kind}");
        }
        assert_eq!(start_reason("anything else"), "other");
    }
}
