//! Everything about one user except the grants.

use std::time::Duration;

use smallvec::SmallVec;

use crate::{
    approval::ApprovalId,
    challenge::Challenge,
    clock::Timestamp,
    grant::GrantRecord,
    limit::Limit,
    lock::Lock,
    scope::Scope,
    send_rule::SendRule,
    store::{
        AttemptReservation, FindRepeat, Key, OpenOutcome, Redeem, ReleaseAttempt, RepeatLookup,
        ReserveAttempt, ReserveSend, Revocation, SendReservation, UserState,
    },
    stored::{Stored, stored},
    subject::LoginId,
    token::ChallengeId,
};

use super::{codes::Codes, expiring::Record, keyed_hash::KeyedHash};

/// Maximum time that a send may be in flight.
pub(super) const MAX_SEND_TIME: Duration = Duration::from_secs(60);

/// Everything about one user except the grants: sends, codes and failures. Small for most of its life, because after a
/// success all that is left within the hour is a send that counts for the user's budget.
pub(super) struct UserRecord {
    user: KeyedHash,
    /// The time from which nothing in this record is needed. Valid outside of the verbs.
    ends_at: Timestamp,
    /// Oldest first. Most users have one.
    sends: SmallVec<[Send; 1]>,
    codes: Option<Box<Codes>>,
}

/// Send that was counted.
struct Send {
    at: Timestamp,
    keep_until: Timestamp,
    /// Everything that no longer matters once the send has opened its challenge and the user has redeemed one.
    detail: Option<Box<Detail>>,
}

struct Detail {
    challenge: ChallengeId,
    login: LoginId,
    scope: Scope,
    resend_at: Timestamp,
    state: SendState,
    /// True if the user has redeemed a challenge since.
    succeeded_since: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SendState {
    /// In flight.
    Reserved,
    /// In flight, and revoked.
    Void,
    /// Accepted by the provider.
    Opened,
}

stored!(Send { at, keep_until, detail });
stored!(Detail { challenge, login, scope, resend_at, state, succeeded_since });

impl Stored for SendState {
    fn write(&self, to: &mut Vec<u8>) {
        let state: u8 = match self {
            Self::Reserved => 0,
            Self::Void => 1,
            Self::Opened => 2,
        };
        state.write(to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        match u8::read(from)? {
            0 => Some(Self::Reserved),
            1 => Some(Self::Void),
            2 => Some(Self::Opened),
            _ => None,
        }
    }
}

/// The only user in a table has no hash to keep.
impl Stored for UserRecord {
    fn write(&self, to: &mut Vec<u8>) {
        let Self { user: _, ends_at: _, sends, codes } = self;
        sends.write(to);
        codes.write(to);
    }

    fn read(from: &mut &[u8]) -> Option<Self> {
        let (sends, codes) = (Stored::read(from)?, Stored::read(from)?);
        Some(Self { user: KeyedHash::SOLE, ends_at: Timestamp::default(), sends, codes })
    }
}

impl Record for UserRecord {
    fn hash(&self) -> u64 {
        self.user.in_table()
    }

    fn ends_at(&self) -> Timestamp {
        self.ends_at
    }
}

impl UserRecord {
    pub(super) fn new(user: KeyedHash) -> Self {
        Self { user, ends_at: Timestamp::default(), sends: SmallVec::new(), codes: None }
    }

    pub(super) const fn user(&self) -> KeyedHash {
        self.user
    }

    /// Notes when the record ends, after a change. Returns whether anything is left in it.
    pub(super) fn settle(&mut self) -> bool {
        let sends = self.sends.iter().map(Send::ends_at);
        let codes = self.codes.iter().filter(|codes| !codes.is_blank()).map(|codes| codes.ends_at());
        let ends_at = sends.chain(codes).max();
        self.ends_at = ends_at.unwrap_or_default();
        ends_at.is_some()
    }

    /// Returns the first era that the failures of the user have not used.
    pub(super) fn next_era(&self) -> u64 {
        self.codes.as_ref().map_or(0, |codes| codes.next_era())
    }

    /// Removes everything that has ended.
    pub(super) fn sweep(&mut self, now: Timestamp) {
        self.sends.retain(|send| !send.has_ended(now));
        self.sends.shrink_to_fit();
        if let Some(codes) = &mut self.codes {
            codes.sweep(now);
        }
        self.codes.take_if(|codes| codes.is_blank());
    }

    pub(super) fn user_state(&self, now: Timestamp) -> UserState {
        let counted = self.sends.iter().filter(|send| now < send.keep_until).filter_map(Send::unsuccessful);
        let (failures, lock) =
            self.codes.as_ref().map(|codes| (codes.failures(now), codes.lock(now))).unwrap_or_default();
        UserState {
            failures,
            lock,
            resend_at: counted.map(|detail| detail.resend_at).max(),
            challenges: self.codes.iter().flat_map(|codes| codes.live(now)).cloned().collect(),
            grants: Vec::new(),
            actions: Vec::new(),
            consumed: Vec::new(),
        }
    }

    pub(super) fn lock(&self, now: Timestamp) -> Lock {
        self.codes.as_ref().map(|codes| codes.lock(now)).unwrap_or_default()
    }

    /// Returns whether an approval has a live challenge.
    pub(super) fn is_open(&self, id: &ApprovalId, now: Timestamp) -> bool {
        self.codes.as_ref().is_some_and(|codes| codes.live(now).any(|challenge| challenge.is_for(id)))
    }

    pub(super) fn reserve_send(&mut self, request: ReserveSend<'_>) -> SendReservation {
        let ReserveSend { key, challenge, rule, now } = request;
        match self.lock(now) {
            Lock::Unlocked => {}
            lock => return SendReservation::Locked(lock),
        }
        self.sends.retain(|send| !send.has_ended(now));
        let cooled_at = self.cooled_at(rule, now);
        let budgeted_at = self.budgeted_at(&key, rule, now);
        let resend_at = cooled_at.max(budgeted_at);
        if now < resend_at {
            let live = self.codes.as_ref().and_then(|codes| codes.live_of(&key, now));
            let live = live.cloned().map(Box::new);
            return SendReservation::TooSoon { resend_at, cooling_down: cooled_at > budgeted_at, live };
        }
        let counted = 1 + self.sends.iter().filter(|send| send.counts_for_cool_down(now)).count();
        let cooled_at = now.plus(rule.wait_after(counted));
        let detail = Detail {
            challenge: *challenge,
            login: *key.login,
            scope: *key.scope,
            resend_at: cooled_at,
            state: SendState::Reserved,
            succeeded_since: false,
        };
        let keep_until = now.plus(rule.keep());
        self.sends.push(Send { at: now, keep_until, detail: Some(Box::new(detail)) });
        let resend_at = cooled_at.max(self.budgeted_at(&key, rule, now));
        SendReservation::Reserved { resend_at, action: None }
    }

    pub(super) fn release_send(&mut self, challenge: &ChallengeId) {
        self.sends.retain(|send| send.in_flight().is_none_or(|detail| detail.challenge != *challenge));
    }

    /// Opens the challenge of a reserved send. If these are the user's first codes, their failures begin with this era.
    pub(super) fn open_challenge(&mut self, challenge: &Challenge, era: u64) -> OpenOutcome {
        let reserved =
            |detail: &Detail| detail.challenge == challenge.id && detail.state == SendState::Reserved;
        let mut sends = self.sends.iter_mut();
        let send = sends.find(|send| send.detail.as_deref().is_some_and(reserved));
        let Some(send) = send else { return OpenOutcome::Over };
        if let Some(detail) = &mut send.detail {
            detail.state = SendState::Opened;
        }
        send.drop_detail();
        self.codes.get_or_insert_with(|| Box::new(Codes::new(era))).open(challenge);
        OpenOutcome::Opened
    }

    /// Reserves an attempt. `grant` is the current grant of the key.
    pub(super) fn reserve_attempt(
        &mut self,
        request: ReserveAttempt<'_>,
        grant: Option<&GrantRecord>,
    ) -> AttemptReservation {
        self.codes.as_mut().map_or(AttemptReservation::Over, |codes| codes.reserve_attempt(request, grant))
    }

    pub(super) fn release_attempt(&mut self, request: ReleaseAttempt<'_>) {
        if let Some(codes) = &mut self.codes {
            codes.release_attempt(request);
        }
    }

    /// Redeems a challenge, which then becomes spent. Returns its grant.
    pub(super) fn redeem(&mut self, request: Redeem<'_>) -> Option<GrantRecord> {
        let grant = self.codes.as_mut()?.redeem(request)?;
        for send in &mut self.sends {
            if let Some(detail) = &mut send.detail {
                detail.succeeded_since = true;
            }
            send.drop_detail();
        }
        Some(grant)
    }

    /// Settles an attempt and looks up the grant that its code made. `grant` is the current grant of the key.
    pub(super) fn find_repeat(
        &mut self,
        request: FindRepeat<'_>,
        grant: Option<&GrantRecord>,
    ) -> RepeatLookup {
        self.codes.as_mut().map_or(RepeatLookup::Nothing, |codes| codes.find_repeat(request, grant))
    }

    pub(super) fn revoke(&mut self, revocation: Revocation) {
        if let Some(codes) = &mut self.codes {
            codes.revoke(revocation);
        }
        let in_flight = self.sends.iter_mut().filter_map(|send| send.detail.as_deref_mut());
        in_flight
            .filter(|detail| detail.state == SendState::Reserved)
            .filter(|detail| revocation.covers(&detail.login, &detail.scope, None))
            .for_each(|detail| detail.state = SendState::Void);
    }

    /// Removes the challenges of an approval.
    pub(super) fn end_approval(&mut self, id: &ApprovalId) {
        if let Some(codes) = &mut self.codes {
            codes.end_approval(id);
        }
    }

    pub(super) fn unlock(&mut self) {
        if let Some(codes) = &mut self.codes {
            codes.unlock();
        }
    }

    /// Returns the end of the wait after the newest send. It is at most the longest wait away, even if the clock was
    /// set back since.
    fn cooled_at(&self, rule: &SendRule, now: Timestamp) -> Timestamp {
        if rule.cool_down.is_empty() {
            return now;
        }
        let counted = self.sends.iter().filter_map(Send::unsuccessful);
        counted.map(|detail| detail.resend_at).max().unwrap_or(now).clamp(now, now.plus(rule.keep()))
    }

    /// Returns the time at which both budgets have room.
    fn budgeted_at(&self, key: &Key<'_>, rule: &SendRule, now: Timestamp) -> Timestamp {
        let all: Vec<_> = self.sends.iter().map(|send| send.at).collect();
        let of_key = self.sends.iter().filter(|send| {
            send.unsuccessful().is_some_and(|detail| detail.login == *key.login && detail.scope == *key.scope)
        });
        let of_key: Vec<_> = of_key.map(|send| send.at).collect();
        let per_user = Limit::all_next_at(&rule.per_user, &all, now);
        per_user.max(Limit::all_next_at(&rule.per_login_and_scope, &of_key, now))
    }
}

impl Send {
    /// Returns the time from which nothing counts the send. A send in flight is kept even if no rule counts it, so that
    /// its challenge can be opened.
    fn ends_at(&self) -> Timestamp {
        match self.in_flight() {
            Some(_) => self.keep_until.max(self.at.plus(MAX_SEND_TIME)),
            None => self.keep_until,
        }
    }

    fn has_ended(&self, now: Timestamp) -> bool {
        now >= self.ends_at()
    }

    fn counts_for_cool_down(&self, now: Timestamp) -> bool {
        self.unsuccessful().is_some() && now < self.at.plus(SendRule::COUNTED_FOR)
    }

    fn in_flight(&self) -> Option<&Detail> {
        self.detail.as_deref().filter(|detail| detail.state != SendState::Opened)
    }

    /// Returns the detail of a send after which the user has redeemed no challenge.
    fn unsuccessful(&self) -> Option<&Detail> {
        self.detail.as_deref().filter(|detail| !detail.succeeded_since)
    }

    /// Drops the detail if it no longer matters.
    fn drop_detail(&mut self) {
        self.detail.take_if(|detail| detail.succeeded_since && detail.state == SendState::Opened);
    }
}
