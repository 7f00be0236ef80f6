//! The rule that decides whether a request may pass, without any IO.

use std::time::Duration;

use crate::{
    approval::ApprovalId,
    clock::Timestamp,
    grant::{Binding, Grant, GrantRecord, GrantTerms},
    requirement::Requirement,
    subject::{Recognition, Subject},
    token::GrantToken,
};

/// Decision whether a request may pass.
///
/// This enum stays exhaustive, so that code that matches on it cannot let a request pass through a wildcard arm.
///
/// ```
/// use mfakit_core::{Decision, Reason};
///
/// /// Returns the status of the answer, or `None` if the request may pass.
/// fn status(decision: &Decision) -> Option<u16> {
///     match decision {
///         Decision::Granted(_) => None,
///         Decision::Denied(denial) => Some(match denial.reason {
///             Reason::Unavailable => 503,
///             _ => 401,
///         }),
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a request must be rejected unless the decision grants it"]
pub enum Decision {
    /// The request may pass.
    Granted(Grant),
    /// The request may not pass.
    Denied(Denial),
}

/// Decision that a request may not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denial {
    /// The reason.
    pub reason: Reason,
    /// The requirement of the route.
    pub requirement: Requirement,
    /// Maximum age of the grant: the shorter of the scope's lifetime and the route's `max_age`.
    pub max_age: Duration,
}

/// Reason why a request may not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// No code was verified for this scope in this session, or the request has no grant cookie.
    Missing,
    /// The code was verified too long ago.
    Expired,
    /// The grant cookie does not belong to this session's grant.
    Mismatch,
    /// The request is unauthenticated.
    Unauthenticated,
    /// The store failed.
    Unavailable,
}

impl Reason {
    /// Returns the reason as it is written in JSON and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Expired => "expired",
            Self::Mismatch => "mismatch",
            Self::Unauthenticated => "unauthenticated",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Time after the store was read during which a decision is used without reading the store again.
const FRESH_FOR: Duration = Duration::from_secs(1);

/// Freshness of a decision to let a request pass, as far as the clock alone can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Freshness {
    /// The store was read a moment ago, and the grant has not ended.
    Fresh,
    /// The store was read more than a second ago, or the clock was set back. The grant may have been revoked
    /// in the meantime, so the store must be read again.
    Stale,
    /// The grant has ended. The store does not have to be read.
    Over,
}

/// Judges a decision by the clock alone: the store was read at `asked_at`, and the grant ends at
/// `expires_at`.
pub(crate) fn freshness(asked_at: Timestamp, expires_at: Timestamp, now: Timestamp) -> Freshness {
    if now >= expires_at {
        Freshness::Over
    } else if now < asked_at || now.since(asked_at) > FRESH_FOR {
        Freshness::Stale
    } else {
        Freshness::Fresh
    }
}

/// Facts that a grant is judged by.
pub(crate) struct Question<'a> {
    pub(crate) subject: &'a Subject,
    #[cfg_attr(
        not(feature = "testing"),
        expect(dead_code, reason = "only the grants of a test are found by it")
    )]
    pub(crate) requirement: &'a Requirement,
    pub(crate) max_age: Duration,
    /// Approval that the grant must prove. `None` if the grant must not be bound to an action.
    pub(crate) approval: Option<&'a ApprovalId>,
    pub(crate) token: Option<&'a GrantToken>,
    pub(crate) now: Timestamp,
    pub(crate) clock_skew: Duration,
}

/// Judges the record that the store has under the subject's user and log-in and the requirement's scope.
///
/// A grant of another approval does not count, whatever the store returned: a bound one never counts for an unbound
/// requirement, and an unbound one never for a bound requirement.
///
/// A grant ends at the instant its age reaches `max_age`; one verified further in the future than the
/// clocks may differ counts as ended [GRANT-3].
#[inline]
pub(crate) fn judge(record: &GrantRecord, question: &Question<'_>) -> Result<GrantTerms, Reason> {
    if record.approval.as_ref().map(|approval| &approval.id) != question.approval {
        return Err(Reason::Missing);
    }
    match (&record.binding, question.subject.recognition()) {
        (Binding::Bearer, Recognition::Bearer) => {}
        (Binding::Cookie(hash), Recognition::Cookie) => {
            let presented = question.token.ok_or(Reason::Missing)?.hash();
            if presented != *hash {
                return Err(Reason::Mismatch);
            }
        }
        (Binding::Bearer, Recognition::Cookie) | (Binding::Cookie(_), Recognition::Bearer) => {
            return Err(Reason::Mismatch);
        }
    }
    let expires_at = record.expires_at.min(record.verified_at.plus(question.max_age));
    let from_the_future = record.verified_at > question.now.plus(question.clock_skew);
    if from_the_future || question.now >= expires_at {
        return Err(Reason::Expired);
    }
    Ok(GrantTerms {
        verified_at: record.verified_at,
        expires_at,
        channel: record.method.sent_over(),
        recognition: question.subject.recognition(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        approval::{ActionDigest, Approval},
        channel::Channel,
        scope::Scope,
        subject::LoginId,
    };

    const VERIFIED_AT: Timestamp = Timestamp::from_millis(1_000_000);
    const DIGEST: ActionDigest = ActionDigest::from_bytes([9; 32]);

    fn asked(
        recognition: Recognition,
        token: Option<&GrantToken>,
        binding: Binding,
        max_age: u64,
        at: i64,
    ) -> Result<GrantTerms, Reason> {
        let subject = match recognition {
            Recognition::Cookie => Subject::cookie("alice", LoginId::random()),
            Recognition::Bearer => Subject::bearer("alice", "jti"),
        };
        let record = GrantRecord {
            binding,
            verified_at: VERIFIED_AT,
            expires_at: VERIFIED_AT.plus(Duration::from_secs(10 * 60)),
            method: Channel::Messaging.into(),
            approval: None,
        };
        let question = Question {
            subject: &subject,
            requirement: &Requirement::new(Scope::new("pay").unwrap()),
            max_age: Duration::from_secs(max_age),
            approval: None,
            token,
            now: Timestamp::from_millis(VERIFIED_AT.as_millis().checked_add_signed(at).unwrap()),
            clock_skew: Duration::from_secs(5),
        };
        judge(&record, &question)
    }

    #[test]
    fn only_the_right_cookie_or_the_right_token_counts() {
        let (token, other) = (GrantToken::random(), GrantToken::random());
        let cookie = Binding::Cookie(token.hash());
        let judged = |recognition, token, binding| asked(recognition, token, binding, 600, 0).map(|_| ());
        assert_eq!(judged(Recognition::Cookie, Some(&token), cookie), Ok(()));
        assert_eq!(judged(Recognition::Bearer, None, Binding::Bearer), Ok(()));
        assert_eq!(judged(Recognition::Cookie, None, cookie), Err(Reason::Missing));
        assert_eq!(judged(Recognition::Cookie, Some(&other), cookie), Err(Reason::Mismatch));
        assert_eq!(judged(Recognition::Bearer, Some(&token), cookie), Err(Reason::Mismatch));
        assert_eq!(judged(Recognition::Cookie, Some(&token), Binding::Bearer), Err(Reason::Mismatch));
        assert_eq!(judged(Recognition::Cookie, None, Binding::Bearer), Err(Reason::Mismatch));
    }

    #[test]
    fn a_grant_counts_for_its_own_approval_and_for_nothing_else() {
        let [own, other] = [7, 8].map(|byte| Approval::new(ApprovalId::from_bytes([byte; 16]), DIGEST));
        let subject = Subject::bearer("alice", "jti");
        for (name, granted, required, passes) in [
            ("unbound for unbound", None, None, true),
            ("bound for its approval", Some(own), Some(&own.id), true),
            ("bound for another approval", Some(own), Some(&other.id), false),
            ("bound for unbound", Some(own), None, false),
            ("unbound for bound", None, Some(&own.id), false),
        ] {
            let end = VERIFIED_AT.plus(Duration::from_secs(600));
            let record = GrantRecord::new(Binding::Bearer, VERIFIED_AT, end, Channel::Voice, granted);
            let question = Question {
                subject: &subject,
                requirement: &Requirement::new(Scope::new("pay").unwrap()),
                max_age: Duration::from_secs(600),
                approval: required,
                token: None,
                now: VERIFIED_AT,
                clock_skew: Duration::ZERO,
            };
            assert_eq!(
                judge(&record, &question).map(|_| ()),
                passes.then_some(()).ok_or(Reason::Missing),
                "{name}"
            );
        }
    }

    #[test]
    fn a_yes_is_fresh_for_a_second_and_never_beyond_the_end_of_its_grant() {
        let at = Timestamp::from_millis;
        for (name, expires_at, now, expected) in [
            ("in the same instant", 600_000, 100_000, Freshness::Fresh),
            ("a second later", 600_000, 101_000, Freshness::Fresh),
            ("more than a second later", 600_000, 101_001, Freshness::Stale),
            ("the clock was set back", 600_000, 99_999, Freshness::Stale),
            ("just before the end", 100_500, 100_499, Freshness::Fresh),
            ("at the end, within the second", 100_500, 100_500, Freshness::Over),
            ("at the end, long after", 600_000, 600_000, Freshness::Over),
            ("after the end", 600_000, u64::MAX, Freshness::Over),
        ] {
            assert_eq!(freshness(at(100_000), at(expires_at), at(now)), expected, "{name}");
        }
    }

    #[test]
    fn a_grant_ends_at_the_shorter_age_and_never_comes_from_the_future() {
        for (name, max_age, at, passes) in [
            ("at once", 300, 0, true),
            ("just before the route's age", 300, 299_999, true),
            ("at the route's age", 300, 300_000, false),
            ("just before the grant's own end", 3600, 599_999, true),
            ("at the grant's own end", 3600, 600_000, false),
            ("verified as far ahead as clocks may differ", 300, -5_000, true),
            ("verified further ahead", 300, -5_001, false),
            ("a route that wants no age at all", 0, 0, false),
        ] {
            let judged = asked(Recognition::Bearer, None, Binding::Bearer, max_age, at);
            assert_eq!(judged.is_ok(), passes, "{name}");
        }
    }
}
