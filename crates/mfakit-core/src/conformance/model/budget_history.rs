//! Everything that ever happened to one budget.

use std::time::Duration;

use crate::{
    clock::Timestamp, conformance::model::room::earliest_room, limit::Limit, store::BudgetReservation,
    token::ChallengeId,
};

/// History of one budget: the events that were counted and not released, and the newest completion.
#[derive(Debug, Default)]
pub(super) struct BudgetHistory {
    events: Vec<BudgetEvent>,
    completed_until: Option<Timestamp>,
}

#[derive(Debug)]
struct BudgetEvent {
    challenge: ChallengeId,
    number: [u8; 32],
    at: Timestamp,
}

impl BudgetHistory {
    pub(super) fn reserve(
        &mut self,
        challenge: ChallengeId,
        number: [u8; 32],
        limits: &[Limit],
        now: Timestamp,
    ) -> BudgetReservation {
        let completed = self.completed_until.is_some_and(|end| now < end);
        if let Some(retry_at) = self.exhausted_until(limits, now) {
            return BudgetReservation::Exhausted { retry_at, completed };
        }
        self.events.push(BudgetEvent { challenge, number, at: now });
        BudgetReservation::Reserved { next_at: earliest_room(limits, &self.times(), now), completed }
    }

    pub(super) fn exhausted_until(&self, limits: &[Limit], now: Timestamp) -> Option<Timestamp> {
        let retry_at = earliest_room(limits, &self.times(), now);
        (now < retry_at).then_some(retry_at)
    }

    pub(super) fn release(&mut self, challenge: ChallengeId) {
        self.events.retain(|event| event.challenge != challenge);
    }

    pub(super) fn complete(
        &mut self,
        number: [u8; 32],
        keep_counted: bool,
        remember_for: Duration,
        now: Timestamp,
    ) {
        self.events.retain(|event| keep_counted || event.number != number);
        self.completed_until = Some(now.plus(remember_for));
    }

    pub(super) fn forget_completion(&mut self) {
        self.completed_until = None;
    }

    fn times(&self) -> Vec<Timestamp> {
        self.events.iter().map(|event| event.at).collect()
    }
}
