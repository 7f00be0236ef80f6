//! Keeping actions until they are approved, and reading the grants that are bound to them.

use smallvec::SmallVec;

use crate::{
    approval::{ActionDigest, ApprovalId},
    clock::Timestamp,
    grant::GrantRecord,
    kept_action::KeptAction,
    store::{ConsumedAction, Key},
};

/// Limits on the actions that are kept for one user.
///
/// ```
/// use mfakit_core::store::ActionRule;
///
/// assert_eq!(ActionRule::default(), ActionRule { per_place: 3, per_user: 12 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionRule {
    /// Largest number without a live grant for one session and scope. At least one is kept.
    pub per_place: u32,
    /// Largest number for one user, over all sessions and scopes. At least one is kept.
    pub per_user: u32,
}

impl Default for ActionRule {
    fn default() -> Self {
        Self { per_place: 3, per_user: 12 }
    }
}

/// Request to keep an action.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct KeepAction<'a> {
    /// User, session and scope of the action, without an approval.
    pub key: Key<'a>,
    /// The action. It is kept under the identifier of its approval, unless it is kept already.
    pub action: &'a KeptAction,
    /// Limits on the actions of the user.
    pub rule: &'a ActionRule,
    /// Current time.
    pub now: Timestamp,
}

impl<'a> KeepAction<'a> {
    /// Creates a request, for tests of a store.
    #[must_use]
    pub const fn new(key: Key<'a>, action: &'a KeptAction, rule: &'a ActionRule, now: Timestamp) -> Self {
        Self { key, action, rule, now }
    }
}

/// Answer to a request to keep an action.
///
/// ```
/// use mfakit_core::store::{ApprovalId, KeepOutcome, Kept};
///
/// let id = ApprovalId::random();
/// let kept = Kept::new(KeepOutcome::Kept(id), None);
/// assert_eq!((kept.outcome.id(), kept.consumed), (id, None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct Kept {
    /// Identifier that the action is kept under.
    pub outcome: KeepOutcome,
    /// Newest approval of an action with the same digest that was consumed for the same session and scope.
    pub consumed: Option<ConsumedAction>,
}

impl Kept {
    /// Creates an answer, for a store.
    pub const fn new(outcome: KeepOutcome, consumed: Option<ConsumedAction>) -> Self {
        Self { outcome, consumed }
    }
}

/// Outcome of keeping an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum KeepOutcome {
    /// The action was kept, under its own identifier.
    Kept(ApprovalId),
    /// An action with the same digest was there already, under this identifier. It lasts at least as long as the new one
    /// would.
    Known(ApprovalId),
}

impl KeepOutcome {
    /// Returns the identifier that the action is kept under.
    #[must_use]
    pub const fn id(self) -> ApprovalId {
        match self {
            Self::Kept(id) | Self::Known(id) => id,
        }
    }
}

/// Grants of one user, session and scope that are bound to actions.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{Channel, Timestamp};
/// use mfakit_core::store::{ActionDigest, Approval, ApprovalId, Binding, BoundGrants, GrantRecord};
///
/// let now = Timestamp::from_millis(1_767_268_800_000);
/// let approval = Approval::new(ApprovalId::random(), ActionDigest::from_bytes([7; 32]));
/// let end = now + Duration::from_secs(300);
/// let grant = GrantRecord::new(Binding::Bearer, now, end, Channel::Voice, Some(approval));
/// let grants: BoundGrants = [grant.clone()].into_iter().collect();
/// assert_eq!(grants.of_digest(&approval.digest), Some(&grant));
/// assert_eq!(grants.of_digest(&ActionDigest::from_bytes([8; 32])), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BoundGrants(SmallVec<[GrantRecord; 1]>);

impl BoundGrants {
    /// Creates an empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns whether there is no grant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the number of grants.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Returns the grants, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = &GrantRecord> {
        self.0.iter()
    }

    /// Returns the grant for the action with this digest.
    #[must_use]
    pub fn of_digest(&self, digest: &ActionDigest) -> Option<&GrantRecord> {
        self.iter().find(|grant| grant.approval.is_some_and(|approval| approval.digest == *digest))
    }

    /// Returns the grant of the approval with this identifier.
    #[must_use]
    pub fn of_approval(&self, id: &ApprovalId) -> Option<&GrantRecord> {
        self.iter().find(|grant| grant.is_for(id))
    }
}

/// Leaves out a grant that is not bound, because it proves no approval.
impl FromIterator<GrantRecord> for BoundGrants {
    fn from_iter<I: IntoIterator<Item = GrantRecord>>(grants: I) -> Self {
        Self(grants.into_iter().filter(|grant| grant.approval.is_some()).collect())
    }
}
