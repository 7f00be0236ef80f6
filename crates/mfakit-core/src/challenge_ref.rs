//! Reference to a challenge, as a client sends it back with the code.

use std::{fmt, str::FromStr};

use crate::{
    approval::ApprovalId,
    token::{ChallengeId, InvalidChallengeId},
};

/// Identifier of a challenge, with that of its approval if the challenge is bound to an action.
///
/// [`Mfa::verify`](crate::engine::Mfa::verify) takes one. The approval is part of the owner of a challenge, so a reference
/// without it does not find a bound challenge.
///
/// `Display` writes `{challenge}`, or `{challenge}.{approval}`. Clients treat it as opaque.
///
/// ```
/// use mfakit_core::{ChallengeId, ChallengeRef, action::ApprovalId};
///
/// let challenge = ChallengeId::from_bytes([7; 32]);
/// let bound = ChallengeRef::from(challenge).approval(ApprovalId::from_bytes([8; 16]));
/// assert_eq!(bound.to_string().parse::<ChallengeRef>()?, bound);
/// assert_eq!(ChallengeRef::from(challenge).to_string(), challenge.to_string());
/// # Ok::<(), mfakit_core::error::InvalidChallengeId>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChallengeRef {
    /// Identifier of the challenge.
    pub id: ChallengeId,
    /// Identifier of its approval. `None` if the challenge is not bound to an action.
    pub approval: Option<ApprovalId>,
}

impl ChallengeRef {
    /// Sets the approval. `None` removes it.
    #[must_use]
    pub fn approval(mut self, approval: impl Into<Option<ApprovalId>>) -> Self {
        self.approval = approval.into();
        self
    }
}

impl From<ChallengeId> for ChallengeRef {
    fn from(id: ChallengeId) -> Self {
        Self { id, approval: None }
    }
}

impl From<&ChallengeId> for ChallengeRef {
    fn from(id: &ChallengeId) -> Self {
        Self::from(*id)
    }
}

impl From<&Self> for ChallengeRef {
    fn from(challenge: &Self) -> Self {
        *challenge
    }
}

impl fmt::Display for ChallengeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.approval {
            None => self.id.fmt(f),
            Some(approval) => write!(f, "{}.{approval}", self.id),
        }
    }
}

impl FromStr for ChallengeRef {
    type Err = InvalidChallengeId;

    fn from_str(text: &str) -> Result<Self, InvalidChallengeId> {
        match text.split_once('.') {
            None => Ok(Self::from(text.parse::<ChallengeId>()?)),
            Some((id, approval)) => {
                let approval = ApprovalId::decode(approval).ok_or(InvalidChallengeId)?;
                Ok(Self { id: id.parse()?, approval: Some(approval) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_reference_is_read() {
        let (id, approval) = (ChallengeId::from_bytes([7; 32]), ApprovalId::from_bytes([8; 16]));
        let bound = ChallengeRef::from(id).approval(approval);
        for reference in [bound, ChallengeRef::from(id)] {
            assert_eq!(reference.to_string().parse(), Ok(reference));
        }
        for bad in
            ["", ".", &format!("{id}."), &format!(".{approval}"), &format!("{bound}."), &format!("{id}.{id}")]
        {
            assert_eq!(bad.parse::<ChallengeRef>(), Err(InvalidChallengeId), "{bad:?}");
        }
    }
}
