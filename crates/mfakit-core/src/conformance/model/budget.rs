//! All that ever happened to one budget.

use std::time::Duration;

use crate::{
    clock::Timestamp, conformance::model::history::room_at, limit::Limit, store::BudgetReservation,
    token::ChallengeId,
};

/// What it counted and was not given back, and until when it is known that a number completed.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    counted: Vec<(ChallengeId, [u8; 32], Timestamp)>,
    known_until: Option<Timestamp>,
}

impl Ledger {
    pub(super) fn reserve(
        &mut self,
        (challenge, number): (ChallengeId, [u8; 32]),
        limits: &[Limit],
        now: Timestamp,
    ) -> BudgetReservation {
        let completed = self.known_until.is_some_and(|end| now < end);
        if let Some(retry_at) = self.exhausted_until(limits, now) {
            return BudgetReservation::Exhausted { retry_at, completed };
        }
        self.counted.push((challenge, number, now));
        BudgetReservation::Reserved { next_at: room_at(limits, &self.times(), now), completed }
    }

    pub(super) fn exhausted_until(&self, limits: &[Limit], now: Timestamp) -> Option<Timestamp> {
        let retry_at = room_at(limits, &self.times(), now);
        (now < retry_at).then_some(retry_at)
    }

    pub(super) fn release(&mut self, challenge: ChallengeId) {
        self.counted.retain(|(counted, ..)| *counted != challenge);
    }

    pub(super) fn complete(&mut self, number: [u8; 32], keep: bool, remember: Duration, now: Timestamp) {
        self.counted.retain(|(_, counted, _)| keep || *counted != number);
        self.known_until = Some(now.plus(remember));
    }

    pub(super) fn forget(&mut self) {
        self.known_until = None;
    }

    fn times(&self) -> Vec<Timestamp> {
        self.counted.iter().map(|(.., at)| *at).collect()
    }
}
