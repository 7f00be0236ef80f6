//! Challenges of one user that a right code has redeemed, until they expire.

use crate::{
    approval::ApprovalId,
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    proof::CodeProof,
    store::{FindRepeat, Key, Repeat, ReserveAttempt, Revocation},
    stored::{Stored, stored},
    token::ChallengeId,
};

/// Spent challenges of one user, at most one for each session, scope and approval.
pub(super) struct Spent(Vec<Entry>);

struct Entry {
    proof: CodeProof,
    /// Answer to the code when it is entered again.
    repeat: Repeat,
}

stored!(Entry { proof, repeat });

impl Stored for Spent {
    fn write(&self, to: &mut Vec<u8>) {
        self.0.write(to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        Stored::read(from).map(Self)
    }
}

/// Result of entering a code for a challenge that may be spent.
pub(super) enum SpentOutcome {
    /// No challenge with this ID is spent.
    Unknown,
    /// The challenge is over for every code.
    Over,
    /// The code is the one that redeemed the challenge.
    Right(Box<Repeat>),
    /// The code is another one. An attempt was counted.
    Wrong(Box<Challenge>),
}

impl Spent {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the time at which the last challenge expires. `None` if there is none.
    pub(super) fn ends_at(&self) -> Option<Timestamp> {
        self.0.iter().map(|entry| entry.repeat.challenge.expires_at).max()
    }

    pub(super) fn sweep(&mut self, now: Timestamp) {
        self.0.retain(|entry| now < entry.repeat.challenge.expires_at);
        self.0.shrink_to_fit();
    }

    /// Keeps a challenge that was redeemed. The right attempt is not a guess, so it is returned to the challenge: the
    /// code can be entered again even if it was right at the last attempt.
    pub(super) fn insert(&mut self, proof: CodeProof, mut repeat: Repeat) {
        repeat.challenge.attempts_used = repeat.challenge.attempts_used.saturating_sub(1);
        self.remove_beside(&repeat.challenge);
        self.0.reserve_exact(1);
        self.0.push(Entry { proof, repeat });
    }

    /// Removes the challenge with the same session, scope and approval as another.
    pub(super) fn remove_beside(&mut self, other: &Challenge) {
        self.0.retain(|Entry { repeat, .. }| !repeat.challenge.replaces(other));
    }

    /// Removes the challenge of an approval.
    pub(super) fn remove_of(&mut self, id: &ApprovalId) {
        self.0.retain(|Entry { repeat, .. }| !repeat.challenge.is_for(id));
    }

    pub(super) fn revoke(&mut self, revocation: Revocation) {
        self.0.retain(|Entry { repeat: Repeat { challenge, .. }, .. }| {
            !revocation.covers(&challenge.login, &challenge.scope, challenge.approval_id())
        });
    }

    /// Compares a code with the one that redeemed the challenge. `grant` is the current grant of the key.
    pub(super) fn try_code(
        &mut self,
        request: &ReserveAttempt<'_>,
        grant: Option<&GrantRecord>,
    ) -> SpentOutcome {
        let ReserveAttempt { key, challenge: id, numbers, proofs, now, .. } = *request;
        let Some(at) = self.position_of(&key, id) else { return SpentOutcome::Unknown };
        let Some(Entry { proof, repeat }) = self.0.get_mut(at) else { return SpentOutcome::Unknown };
        let is_to_another = |numbers: &[[u8; 32]]| !numbers.contains(&repeat.challenge.number);
        if !is_current(repeat, grant, now) || numbers.is_some_and(is_to_another) {
            self.0.swap_remove(at);
            return SpentOutcome::Over;
        }
        if !repeat.challenge.is_live(now) {
            return SpentOutcome::Over;
        }
        if proofs.contains(proof) {
            return SpentOutcome::Right(Box::new(repeat.clone()));
        }
        repeat.challenge.attempts_used += 1;
        SpentOutcome::Wrong(Box::new(repeat.challenge.clone()))
    }

    /// Returns an attempt whose code did not reach the provider.
    pub(super) fn return_attempt(&mut self, key: &Key<'_>, challenge: &ChallengeId) {
        let at = self.position_of(key, challenge);
        if let Some(Entry { repeat, .. }) = at.and_then(|at| self.0.get_mut(at)) {
            repeat.challenge.attempts_used = repeat.challenge.attempts_used.saturating_sub(1);
        }
    }

    /// Finds the grant that the same code made after this attempt was counted, and returns the attempt to the
    /// challenge.
    pub(super) fn find(&mut self, request: FindRepeat<'_>, grant: Option<&GrantRecord>) -> Option<Repeat> {
        let FindRepeat { key, challenge, attempt: _, proofs, now } = request;
        let at = self.position_of(&key, challenge)?;
        let Entry { proof, repeat } = self.0.get_mut(at)?;
        if now >= repeat.challenge.expires_at || !is_current(repeat, grant, now) || !proofs.contains(proof) {
            return None;
        }
        repeat.challenge.attempts_used = repeat.challenge.attempts_used.saturating_sub(1);
        Some(repeat.clone())
    }

    fn position_of(&self, key: &Key<'_>, id: &ChallengeId) -> Option<usize> {
        let is_it = |challenge: &Challenge| challenge.id == *id && key.owns(challenge);
        self.0.iter().position(|Entry { repeat, .. }| is_it(&repeat.challenge))
    }
}

/// Returns whether the grant that the code made is still the current one, and has not expired.
fn is_current(repeat: &Repeat, grant: Option<&GrantRecord>, now: Timestamp) -> bool {
    grant == Some(&repeat.grant) && now < repeat.grant.expires_at
}
