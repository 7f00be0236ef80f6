//! Sends: reserved, released, and opened as challenges.

use crate::{
    challenge::Challenge,
    clock::Timestamp,
    conformance::model::{
        history::{
            event::{ChallengeKey, Event, History, Owner},
            state::Send,
        },
        room::earliest_room,
    },
    lock::{Lock, LockRule},
    send_rule::SendRule,
    store::{OpenOutcome, SendReservation},
    token::ChallengeId,
};

impl History {
    pub(in crate::conformance::model) fn reserve_send(
        &mut self,
        ChallengeKey { id, owner }: ChallengeKey,
        (lock_rule, rule): (&LockRule, &SendRule),
        now: Timestamp,
    ) -> SendReservation {
        let (_, lock) = self.lock(lock_rule, now);
        if lock != Lock::Unlocked {
            return SendReservation::Locked(lock);
        }
        if self.lacks_action(owner, now) {
            return SendReservation::NoAction;
        }
        let sends = self.sends();
        let cooled_at = sends.iter().filter(|send| !send.before_success).map(|send| send.resend_at);
        let cooled_at = cooled_at.max().unwrap_or(now).max(now);
        let mut of_user: Vec<_> = sends.iter().map(|send| send.at).collect();
        let of_key = |send: &&Send| {
            send.owner.login == owner.login && send.owner.scope == owner.scope && !send.before_success
        };
        let mut of_key: Vec<_> = sends.iter().filter(of_key).map(|send| send.at).collect();
        let budgeted_at = earliest_room(&rule.per_user, &of_user, now);
        let budgeted_at = budgeted_at.max(earliest_room(&rule.per_login_and_scope, &of_key, now));
        let resend_at = cooled_at.max(budgeted_at);
        if now < resend_at {
            let live = self.live_challenge(owner, now).map(Box::new);
            return SendReservation::TooSoon { resend_at, cooling_down: cooled_at > budgeted_at, live };
        }
        let is_recent = |send: &&Send| !send.before_success && now < send.at.plus(SendRule::COUNTED_FOR);
        let recent = sends.iter().filter(is_recent).count();
        let wait = rule.cool_down.get(recent).or(rule.cool_down.last()).copied().unwrap_or_default();
        self.events.push(Event::SendReserved { id, owner, at: now, resend_at: now.plus(wait) });
        of_user.push(now);
        of_key.push(now);
        let budgeted_at = earliest_room(&rule.per_user, &of_user, now);
        let budgeted_at = budgeted_at.max(earliest_room(&rule.per_login_and_scope, &of_key, now));
        let action = self.action_of(owner, now).map(Box::new);
        SendReservation::Reserved { resend_at: now.plus(wait).max(budgeted_at), action }
    }

    pub(in crate::conformance::model) fn release_send(&mut self, id: ChallengeId) {
        if self.sends().iter().any(|send| send.id == id && !send.opened) {
            self.events.push(Event::SendReleased(id));
        }
    }

    pub(in crate::conformance::model) fn open_challenge(&mut self, challenge: &Challenge) -> OpenOutcome {
        let opens = |send: &Send| send.id == challenge.id && !send.opened && !send.revoked;
        if !self.sends().iter().any(opens) {
            return OpenOutcome::Over;
        }
        let action = self.action_of(Owner::of_challenge(challenge), challenge.sent_at);
        if action.map(|action| action.approval) != challenge.approval {
            return OpenOutcome::Over;
        }
        self.events.push(Event::ChallengeOpened(challenge.clone()));
        OpenOutcome::Opened
    }
}
