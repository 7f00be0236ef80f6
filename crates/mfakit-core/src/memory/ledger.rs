//! Everything that a store keeps of one user, as a value.
//!
//! It is a part of the memory store with one user in it, so it answers as that store does.

use std::fmt;

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    kept_action::KeptAction,
    random::random,
    store::{
        AttemptReservation, BoundGrants, ConsumeOutcome, ConsumedAction, FindRepeat, GrantState, KeepAction,
        Kept, Key, OpenOutcome, Redeem, RedeemOutcome, ReleaseAttempt, RepeatLookup, ReserveAttempt,
        ReserveSend, Revocation, SendReservation, StoreError, UserState,
    },
    stored::{Stored, from_bytes, stored, to_bytes},
    subject::UserId,
    token::ChallengeId,
};

use super::{
    approvals::Approvals,
    consumed::Remembered,
    errors::full,
    expiring::Record,
    grants::Grants,
    keyed_hash::KeyedHash,
    part::{Part, Removed},
    user_record::UserRecord,
};

const USER: KeyedHash = KeyedHash::SOLE;

/// Everything that a store keeps of one user: sends, codes, failures, kept actions, grants, and the last
/// [hundred](ConsumedAction::MOST_OF_USER) consumed approvals. A store on a database that
/// has no scripts reads it, applies one verb of [`MfaStore`](crate::MfaStore), and writes it back if it is still what was
/// read.
///
/// ```
/// use std::time::Duration;
/// use mfakit_core::{LoginId, Scope, Timestamp, UserId, ChallengeId};
/// use mfakit_core::{UserBytes, UserLedger, store::{Key, ReserveSend, SendReservation, SendRule}};
///
/// let now = Timestamp::from_millis(1_767_268_800_000);
/// let (user, login, scope) = (UserId::from("alice"), LoginId::random(), Scope::new("transfer")?);
/// let key = Key::unbound(&user, &login, &scope);
/// let rule = SendRule { cool_down: vec![Duration::from_secs(30)], per_login_and_scope: Vec::new(), per_user: Vec::new() };
///
/// // One statement reads the row of the user. This user has none.
/// let read = UserBytes::default();
/// let mut ledger = UserLedger::read(&read, now)?;
/// let id = ChallengeId::from_bytes([7; 32]);
/// let SendReservation::Reserved { .. } = ledger.reserve_send(ReserveSend::new(key, &id, &rule, now)) else {
///     panic!("the first send is never too soon");
/// };
/// // Another one writes it, if nothing has changed it since.
/// let written = ledger.write();
/// assert!(written != read && written.ends_at > Some(now));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct UserLedger(Part);

/// Bytes of a [`UserLedger`], in the columns that a table has for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UserBytes {
    /// Grants. A guarded request reads no other column. `None` if there are none.
    pub grants: Option<Vec<u8>>,
    /// Sends, codes and failures. `None` if there are none.
    pub codes: Option<Vec<u8>>,
    /// Actions. `None` if there are none.
    pub actions: Option<Vec<u8>>,
    /// Time from which nothing in these columns is needed. Not needed to read them back. `None` if there is nothing in them.
    pub ends_at: Option<Timestamp>,
}

/// Grants of one user, for the guard.
///
/// ```
/// use mfakit_core::{LoginId, Scope, UserGrants, UserId, store::Key};
///
/// let (user, login, scope) = (UserId::from("alice"), LoginId::random(), Scope::new("transfer")?);
/// let grants = UserGrants::read(None)?;
/// assert_eq!(grants.grant(Key::unbound(&user, &login, &scope)), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct UserGrants(Vec<GrantState>);

/// Actions, and the approvals that were consumed.
#[derive(Default)]
struct Actions {
    kept: Vec<KeptAction>,
    consumed: Vec<Remembered>,
}

stored!(Actions { kept, consumed });

impl UserGrants {
    /// Reads the [column](UserBytes::grants) of a user's grants back.
    ///
    /// # Errors
    ///
    /// Returns an error if it is not what [`UserLedger::write`] returned.
    pub fn read(grants: Option<&[u8]>) -> Result<Self, StoreError> {
        read("grants", grants).map(|grants| Self(grants.unwrap_or_default()))
    }

    /// Returns the answer of [`MfaStore::grant`](crate::MfaStore::grant).
    #[must_use]
    pub fn grant(&self, key: Key<'_>) -> Option<GrantRecord> {
        let is_of =
            |grant: &&GrantRecord| grant.approval.map(|approval| approval.id).as_ref() == key.approval;
        self.at(key).find(is_of).cloned()
    }

    /// Returns the answer of [`MfaStore::bound_grants`](crate::MfaStore::bound_grants).
    #[must_use]
    pub fn bound_grants(&self, key: Key<'_>) -> BoundGrants {
        self.at(key).cloned().collect()
    }

    fn at(&self, key: Key<'_>) -> impl Iterator<Item = &GrantRecord> {
        let all = self.0.iter().filter(move |it| it.login == *key.login && it.scope == *key.scope);
        all.map(|it| &it.grant)
    }
}

impl UserLedger {
    /// Reads the columns of a user back, without what has expired. A user without a row has
    /// [no bytes](UserBytes::default).
    ///
    /// # Errors
    ///
    /// Returns an error if they are not what [`write`](Self::write) returned. Reject the request then, and keep the row:
    /// a newer version may have written it.
    pub fn read(bytes: &UserBytes, now: Timestamp) -> Result<Self, StoreError> {
        let UserBytes { grants, codes, actions, ends_at: _ } = bytes;
        let record = read("codes", codes.as_deref())?;
        let (mut unbound, mut approvals) = (Grants::new(), Approvals::new(ConsumedAction::MOST_OF_USER));
        let Actions { kept, consumed } = read("actions", actions.as_deref())?.unwrap_or_default();
        for action in kept {
            if !approvals.restore(USER, action) {
                return Err(unreadable("actions"));
            }
        }
        consumed.into_iter().for_each(|remembered| approvals.consumed.insert(USER, remembered));
        let user = UserId::from("");
        for GrantState { login, scope, grant } in UserGrants::read(grants.as_deref())?.0 {
            let id = grant.approval.map(|approval| approval.id);
            let key = Key { user: &user, login: &login, scope: &scope, approval: id.as_ref() };
            let is_new = match id {
                None => unbound.insert(USER, key, &grant)?,
                Some(_) => approvals.set_grant(USER, key, &grant),
            };
            if !is_new {
                return Err(unreadable("grants"));
            }
        }
        // Half of all numbers, so that counting on from it never ends.
        let era = u64::from_le_bytes(random()) >> 1;
        let mut ledger = Self(Part::of_one(record, unbound, approvals, era));
        ledger.sweep(now);
        Ok(ledger)
    }

    /// Returns the columns of the row. Equal ledgers have equal columns, so a verb that has changed nothing shows in them.
    #[must_use]
    pub fn write(&self) -> UserBytes {
        let Self(part) = self;
        let all = Timestamp::default();
        let mut grants: Vec<_> = part.grants.of(USER, all);
        grants.extend(part.approvals.grants_of(USER, all));
        grants.sort_by_cached_key(|it| {
            (*it.login.as_bytes(), it.scope.pack(), it.grant.approval.map(|it| it.id))
        });
        let mut kept: Vec<_> = part.approvals.all(USER).cloned().collect();
        kept.sort_by_key(|action| action.approval.id);
        let mut consumed: Vec<_> = part.approvals.consumed.all(USER).cloned().collect();
        consumed.sort_by_key(|it| it.consumed.approval.id);
        let ends = grants.iter().map(|it| it.grant.expires_at);
        let ends = ends.chain(kept.iter().map(|action| action.expires_at));
        let ends = ends.chain(consumed.iter().map(|it| it.until));
        let ends_at = ends.chain(part.record(USER).map(Record::ends_at)).max();
        UserBytes {
            grants: (!grants.is_empty()).then(|| to_bytes(&grants)),
            codes: part.record(USER).map(to_bytes),
            actions: (!kept.is_empty() || !consumed.is_empty())
                .then(|| to_bytes(&Actions { kept, consumed })),
            ends_at,
        }
    }

    /// Returns the answer of [`MfaStore::user_state`](crate::MfaStore::user_state).
    #[must_use]
    pub fn user_state(&self, now: Timestamp) -> UserState {
        self.0.user_state(USER, now)
    }

    /// Returns the answer of [`MfaStore::actions`](crate::MfaStore::actions).
    #[must_use]
    pub fn actions(&self, key: Key<'_>, now: Timestamp) -> Vec<KeptAction> {
        self.0.approvals.at(USER, key, now)
    }

    /// Returns the answer of [`MfaStore::is_consumed`](crate::MfaStore::is_consumed).
    #[must_use]
    pub fn is_consumed(&self, key: Key<'_>, now: Timestamp) -> bool {
        self.0.approvals.consumed.has(USER, key, now)
    }

    /// Applies [`MfaStore::keep_action`](crate::MfaStore::keep_action).
    ///
    /// # Errors
    ///
    /// Returns an error if the user has more than 65,000 records of one kind.
    pub fn keep_action(&mut self, request: KeepAction<'_>) -> Result<Kept, StoreError> {
        self.0.keep_action(USER, request, true).map(|keeping| keeping.kept).ok_or_else(full)
    }

    /// Applies [`MfaStore::reserve_send`](crate::MfaStore::reserve_send).
    pub fn reserve_send(&mut self, request: ReserveSend<'_>) -> SendReservation {
        if let Some(rejected) = self.0.without_action(USER, &request) {
            return rejected;
        }
        let reserved = match self.0.change(USER, |record| record.reserve_send(request)) {
            Some((reserved, _)) => reserved,
            None => {
                let mut record = UserRecord::new(USER);
                let reserved = record.reserve_send(request);
                // Nothing is in the record if the send is rejected.
                let _: bool = self.0.insert(record);
                reserved
            }
        };
        self.0.with_action(USER, &request, reserved)
    }

    /// Applies [`MfaStore::release_send`](crate::MfaStore::release_send).
    pub fn release_send(&mut self, challenge: &ChallengeId) {
        self.0.change(USER, |record| record.release_send(challenge));
    }

    /// Applies [`MfaStore::open_challenge`](crate::MfaStore::open_challenge). A store with its own clock sets the times of
    /// the challenge by it first.
    pub fn open_challenge(&mut self, challenge: &Challenge) -> OpenOutcome {
        self.0.open_challenge(USER, challenge).0
    }

    /// Applies [`MfaStore::reserve_attempt`](crate::MfaStore::reserve_attempt).
    pub fn reserve_attempt(&mut self, request: ReserveAttempt<'_>) -> AttemptReservation {
        let grant = self.0.grant(USER, request.key);
        let reserved = self.0.change(USER, |record| record.reserve_attempt(request, grant.as_ref()));
        reserved.map_or(AttemptReservation::Over, |(reserved, _)| reserved)
    }

    /// Applies [`MfaStore::release_attempt`](crate::MfaStore::release_attempt).
    pub fn release_attempt(&mut self, request: ReleaseAttempt<'_>) {
        self.0.change(USER, |record| record.release_attempt(request));
    }

    /// Applies [`MfaStore::redeem`](crate::MfaStore::redeem).
    ///
    /// # Errors
    ///
    /// Returns an error if the user has more than 65,000 grants.
    pub fn redeem(&mut self, request: Redeem<'_>) -> Result<RedeemOutcome, StoreError> {
        self.0.redeem(USER, request).map(|(outcome, ..)| outcome)
    }

    /// Applies [`MfaStore::find_repeat`](crate::MfaStore::find_repeat).
    pub fn find_repeat(&mut self, request: FindRepeat<'_>) -> RepeatLookup {
        let grant = self.0.grant(USER, request.key);
        let found = self.0.change(USER, |record| record.find_repeat(request, grant.as_ref()));
        found.map_or(RepeatLookup::Nothing, |(found, _)| found)
    }

    /// Applies [`MfaStore::consume`](crate::MfaStore::consume).
    pub fn consume(&mut self, key: Key<'_>, grant: &GrantRecord, now: Timestamp) -> ConsumeOutcome {
        let is_consumed = match key.approval {
            Some(_) => self.0.consume_bound(USER, key, grant, now).is_some(),
            None => self.0.grants.remove(USER, key, grant),
        };
        if is_consumed { ConsumeOutcome::Consumed } else { ConsumeOutcome::Gone }
    }

    /// Applies [`MfaStore::revoke`](crate::MfaStore::revoke).
    pub fn revoke(&mut self, revocation: Revocation) {
        self.0.grants.revoke(USER, revocation);
        self.0.approvals.revoke(USER, revocation);
        self.0.change(USER, |record| record.revoke(revocation));
    }

    /// Applies [`MfaStore::unlock`](crate::MfaStore::unlock).
    pub fn unlock(&mut self) {
        self.0.change(USER, UserRecord::unlock);
    }

    /// Removes everything that has expired.
    fn sweep(&mut self, now: Timestamp) {
        self.0.change(USER, |record| record.sweep(now));
        while self.0.sweep(now) != Removed::default() {}
    }
}

impl fmt::Debug for UserLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserLedger").finish_non_exhaustive()
    }
}

/// Reads a column back. `None` if it is empty.
fn read<T: Stored>(what: &str, bytes: Option<&[u8]>) -> Result<Option<T>, StoreError> {
    bytes.map(|bytes| from_bytes(bytes).ok_or_else(|| unreadable(what))).transpose()
}

fn unreadable(what: &str) -> StoreError {
    StoreError::new(format!(
        "the record of a user's {what} cannot be read; a newer version of mfakit may have written it"
    ))
}
