//! All that ever happened to one user. What is the case now is worked out from it anew each time, by counting.

mod happened;
mod spent;

use std::time::Duration;

use self::happened::Happened;
use crate::{
    challenge::Challenge,
    clock::Timestamp,
    grant::{Binding, GrantRecord},
    limit::Limit,
    lock::{Lock, LockRule},
    proof::{CodeProof, GrantNonce},
    scope::Scope,
    send_rule::SendRule,
    store::{GrantState, Repeat, Revocation, UserState},
    subject::LoginId,
    token::ChallengeId,
};

/// In this order they happened.
#[derive(Debug, Default)]
pub(super) struct History(Vec<Happened>);

/// A send, as it stands now.
struct Send {
    id: ChallengeId,
    login: LoginId,
    scope: Scope,
    at: Timestamp,
    resend_at: Timestamp,
    opened: bool,
    revoked: bool,
    before_success: bool,
}

#[derive(Debug)]
pub(super) enum Sent {
    Reserved { resend_at: Timestamp },
    TooSoon { resend_at: Timestamp, cooling_down: bool, live: Option<Box<Challenge>> },
    Locked(Lock),
}

#[derive(Debug)]
pub(super) enum Attempted {
    /// With the place in the history by which it is given back.
    Reserved {
        challenge: Box<Challenge>,
        failures: u32,
        lock: Lock,
        place: usize,
    },
    Rejected {
        challenge: Box<Challenge>,
        failures: u32,
        lock: Lock,
    },
    Repeated(Box<Repeat>),
    Over,
    Locked(Lock),
}

impl History {
    fn sends(&self) -> Vec<Send> {
        let mut sends: Vec<Send> = Vec::new();
        for happened in &self.0 {
            match happened {
                Happened::Reserved { id, login, scope, at, resend_at } => sends.push(Send {
                    id: *id,
                    login: *login,
                    scope: *scope,
                    at: *at,
                    resend_at: *resend_at,
                    opened: false,
                    revoked: false,
                    before_success: false,
                }),
                Happened::Released(id) => sends.retain(|send| send.id != *id),
                Happened::Opened(challenge) => {
                    sends
                        .iter_mut()
                        .filter(|send| send.id == challenge.id)
                        .for_each(|send| send.opened = true);
                }
                Happened::Redeemed { .. } => sends.iter_mut().for_each(|send| send.before_success = true),
                Happened::Revoked(what) => {
                    for send in sends.iter_mut().filter(|send| !send.opened) {
                        send.revoked |= what.covers(&send.login, &send.scope);
                    }
                }
                Happened::Attempted { .. }
                | Happened::GivenBack { .. }
                | Happened::AttemptReturned(_)
                | Happened::Settled { .. }
                | Happened::NumberChanged(_)
                | Happened::Consumed { .. }
                | Happened::Unlocked => {}
            }
        }
        sends
    }

    /// Returns the challenges that only time or a right code has ended.
    fn opened(&self) -> Vec<Challenge> {
        let mut challenges: Vec<Challenge> = Vec::new();
        for happened in &self.0 {
            match happened {
                Happened::Opened(new) => {
                    challenges.retain(|it| it.login != new.login || it.scope != new.scope);
                    challenges.push(new.clone());
                }
                Happened::Attempted { id, .. } => {
                    challenges.iter_mut().filter(|it| it.id == *id).for_each(|it| it.attempts_used += 1);
                }
                Happened::AttemptReturned(id) | Happened::Redeemed { id, .. } => {
                    let returned = challenges.iter_mut().filter(|it| it.id == *id && it.attempts_used > 0);
                    returned.for_each(|it| it.attempts_used -= 1);
                }
                Happened::NumberChanged(id) => challenges.retain(|it| it.id != *id),
                Happened::Revoked(what) => challenges.retain(|it| !what.covers(&it.login, &it.scope)),
                Happened::Reserved { .. }
                | Happened::Released(_)
                | Happened::GivenBack { .. }
                | Happened::Settled { .. }
                | Happened::Consumed { .. }
                | Happened::Unlocked => {}
            }
        }
        challenges
    }

    /// Returns the challenges that only time has ended.
    fn challenges(&self) -> Vec<Challenge> {
        self.opened().into_iter().filter(|it| self.redeemed(it.id).is_none()).collect()
    }

    fn grants(&self) -> Vec<GrantState> {
        let mut grants: Vec<GrantState> = Vec::new();
        for happened in &self.0 {
            match happened {
                Happened::Redeemed { login, scope, grant, .. } => {
                    grants.retain(|it| it.login != *login || it.scope != *scope);
                    grants.push(GrantState { login: *login, scope: *scope, grant: grant.clone() });
                }
                Happened::Consumed { login, scope } => {
                    grants.retain(|it| it.login != *login || it.scope != *scope);
                }
                Happened::Revoked(what) => grants.retain(|it| !what.covers(&it.login, &it.scope)),
                Happened::Reserved { .. }
                | Happened::Released(_)
                | Happened::Opened(_)
                | Happened::Attempted { .. }
                | Happened::GivenBack { .. }
                | Happened::AttemptReturned(_)
                | Happened::Settled { .. }
                | Happened::NumberChanged(_)
                | Happened::Unlocked => {}
            }
        }
        grants
    }

    /// When the failures in a row happened that count now, by place in the history.
    fn failures(&self, rule: &LockRule, now: Timestamp) -> Vec<(usize, Timestamp)> {
        let mut failures: Vec<(usize, Timestamp)> = Vec::new();
        let mut forget_at = None;
        for (place, happened) in self.0.iter().enumerate() {
            match happened {
                Happened::Attempted { at, forget_after, .. } => {
                    if is_forgotten(&failures, forget_at, rule, *at) {
                        failures.clear();
                    }
                    failures.push((place, *at));
                    forget_at = Some(at.plus(*forget_after));
                }
                Happened::GivenBack { attempt } => failures.retain(|(place, _)| place != attempt),
                Happened::Redeemed { .. } | Happened::Unlocked => failures.clear(),
                Happened::Reserved { .. }
                | Happened::Released(_)
                | Happened::Opened(_)
                | Happened::AttemptReturned(_)
                | Happened::Settled { .. }
                | Happened::NumberChanged(_)
                | Happened::Consumed { .. }
                | Happened::Revoked(_) => {}
            }
        }
        if is_forgotten(&failures, forget_at, rule, now) {
            failures.clear();
        }
        failures
    }

    fn lock(&self, rule: &LockRule, now: Timestamp) -> (u32, Lock) {
        let failures = self.failures(rule, now);
        let count = u32::try_from(failures.len()).unwrap_or(u32::MAX);
        if count >= rule.disable_after {
            return (count, Lock::Disabled);
        }
        let Some((_, last)) = failures.last() else { return (0, Lock::Open) };
        if count % rule.lock_after != 0 {
            return (count, Lock::Open);
        }
        let mut lasts = rule.lock_for;
        for _ in 1..count / rule.lock_after {
            lasts *= 2;
        }
        let end = last.plus(lasts.min(rule.longest_lock));
        (count, if now < end { Lock::Until(end) } else { Lock::Open })
    }

    fn live(&self, login: LoginId, scope: Scope, now: Timestamp) -> Option<Challenge> {
        let live = |it: &Challenge| now < it.expires_at && it.attempts_used < it.attempts;
        self.challenges().into_iter().find(|it| it.login == login && it.scope == scope && live(it))
    }

    pub(super) fn reserve_send(
        &mut self,
        (id, login, scope): (ChallengeId, LoginId, Scope),
        (locks, rule): (&LockRule, &SendRule),
        now: Timestamp,
    ) -> Sent {
        let (_, lock) = self.lock(locks, now);
        if lock != Lock::Open {
            return Sent::Locked(lock);
        }
        let sends = self.sends();
        let cooled = sends.iter().filter(|send| !send.before_success).map(|send| send.resend_at);
        let cooled = cooled.max().unwrap_or(now).max(now);
        let of_user: Vec<_> = sends.iter().map(|send| send.at).collect();
        let of_key = sends.iter().filter(|it| it.login == login && it.scope == scope && !it.before_success);
        let of_key: Vec<_> = of_key.map(|send| send.at).collect();
        let room = |of_user: &[Timestamp], of_key: &[Timestamp]| {
            room_at(&rule.per_user, of_user, now).max(room_at(&rule.per_login_and_scope, of_key, now))
        };
        let budgeted = room(&of_user, &of_key);
        let resend_at = cooled.max(budgeted);
        if now < resend_at {
            let live = self.live(login, scope, now).map(Box::new);
            return Sent::TooSoon { resend_at, cooling_down: cooled > budgeted, live };
        }
        let lately = |send: &&Send| !send.before_success && now < send.at.plus(SendRule::COUNTED_FOR);
        let before = sends.iter().filter(lately).count();
        let wait = rule.cool_down.get(before).or(rule.cool_down.last()).copied().unwrap_or_default();
        let (of_user, of_key) = ([of_user, vec![now]].concat(), [of_key, vec![now]].concat());
        self.0.push(Happened::Reserved { id, login, scope, at: now, resend_at: now.plus(wait) });
        Sent::Reserved { resend_at: now.plus(wait).max(room(&of_user, &of_key)) }
    }

    pub(super) fn release_send(&mut self, id: ChallengeId) {
        if self.sends().iter().any(|send| send.id == id && !send.opened) {
            self.0.push(Happened::Released(id));
        }
    }

    pub(super) fn open(&mut self, challenge: &Challenge) -> bool {
        let opens = |send: &Send| send.id == challenge.id && !send.opened && !send.revoked;
        let opened = self.sends().iter().any(opens);
        if opened {
            self.0.push(Happened::Opened(challenge.clone()));
        }
        opened
    }

    pub(super) fn attempt(
        &mut self,
        (id, login, scope): (ChallengeId, LoginId, Scope),
        (number, proof): ([u8; 32], CodeProof),
        rule: &LockRule,
        now: Timestamp,
    ) -> Attempted {
        let (_, lock) = self.lock(rule, now);
        if lock != Lock::Open {
            return Attempted::Locked(lock);
        }
        if let Some((right, repeat)) = self.spent((id, login, scope), now) {
            return self.attempt_on_spent(repeat, (number, proof, proof == right), rule, now);
        }
        let Some(mut challenge) = self.live(login, scope, now).filter(|it| it.id == id) else {
            return Attempted::Over;
        };
        if challenge.number != number {
            self.0.push(Happened::NumberChanged(id));
            return Attempted::Over;
        }
        challenge.attempts_used += 1;
        let place = self.0.len();
        let (number, forget_after) = (challenge.attempts_used, rule.forget_after);
        self.0.push(Happened::Attempted { id, number, proof, at: now, forget_after });
        let (failures, lock) = self.lock(rule, now);
        Attempted::Reserved { challenge: Box::new(challenge), failures, lock, place }
    }

    pub(super) fn give_back(&mut self, attempt: usize) {
        self.0.push(Happened::GivenBack { attempt });
    }

    pub(super) fn redeem(
        &mut self,
        (id, login, scope): (ChallengeId, LoginId, Scope),
        (binding, lifetime): (Binding, Duration),
        (proof, nonce): (CodeProof, GrantNonce),
        now: Timestamp,
    ) -> Option<GrantRecord> {
        let theirs = |it: &Challenge| it.id == id && it.login == login && it.scope == scope;
        let challenge = self.challenges().into_iter().find(|it| theirs(it) && now < it.expires_at)?;
        let (expires_at, channel) = (now.plus(lifetime), challenge.channel);
        let grant = GrantRecord { binding, verified_at: now, expires_at, channel };
        self.0.push(Happened::Redeemed { id, login, scope, grant: grant.clone(), proof, nonce });
        Some(grant)
    }

    pub(super) fn grant(&self, login: LoginId, scope: Scope) -> Option<GrantRecord> {
        let found = self.grants().into_iter().find(|it| it.login == login && it.scope == scope);
        found.map(|it| it.grant)
    }

    pub(super) fn consume(&mut self, login: LoginId, scope: Scope, grant: &GrantRecord) -> bool {
        let there = self.grant(login, scope).as_ref() == Some(grant);
        if there {
            self.0.push(Happened::Consumed { login, scope });
        }
        there
    }

    pub(super) fn revoke(&mut self, what: Revocation) {
        self.0.push(Happened::Revoked(what));
    }

    pub(super) fn unlock(&mut self) {
        self.0.push(Happened::Unlocked);
    }

    pub(super) fn user_state(&self, rule: &LockRule, now: Timestamp) -> UserState {
        let (failures, lock) = self.lock(rule, now);
        let counted = self.sends().into_iter().filter(|send| !send.before_success);
        let live = |it: &Challenge| now < it.expires_at && it.attempts_used < it.attempts;
        UserState {
            failures,
            lock,
            resend_at: counted.map(|send| send.resend_at).max(),
            challenges: self.challenges().into_iter().filter(live).collect(),
            grants: self.grants().into_iter().filter(|it| now < it.grant.expires_at).collect(),
        }
    }
}

/// Whether failures are too long ago, unless there are so many that they disabled.
fn is_forgotten(
    failures: &[(usize, Timestamp)],
    forget_at: Option<Timestamp>,
    rule: &LockRule,
    now: Timestamp,
) -> bool {
    failures.len() < rule.disable_after as usize && forget_at.is_some_and(|at| now >= at)
}

/// The first moment from now on at which no window would hold more than it may with one more in it.
pub(super) fn room_at(limits: &[Limit], times: &[Timestamp], now: Timestamp) -> Timestamp {
    let fits = |moment: Timestamp| {
        limits.iter().all(|limit| {
            let within = times.iter().filter(|at| moment < at.plus(limit.window())).count();
            within < limit.count() as usize
        })
    };
    let leaving = times.iter().flat_map(|at| limits.iter().map(|limit| at.plus(limit.window())));
    let moments = std::iter::once(now).chain(leaving.filter(|moment| *moment > now));
    moments.filter(|moment| fits(*moment)).min().unwrap_or(now)
}
