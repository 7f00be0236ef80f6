//! What a send is counted against beyond its user: the number, its block of numbers, the address that asked.
//!
//! 1. They are reserved one after the other, each in one step. Where one refuses, the others are asked all the same, so
//!    that the wait that is told is the longest of theirs, and what was reserved is given back. A process that stops in
//!    between leaves them counted: fewer sends, never more.
//! 2. A block counts only numbers that never completed a challenge: a run of numbers rented to be paid for being
//!    called, and not a company whose people are neighbours.

use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use crate::{
    Budget, BudgetChange, BudgetReservation, ChallengeId, Limit, Mfa, Purpose, ReserveBudget, StoreError,
    Timestamp, engine::mfa::OnFile,
};

/// How long it is remembered that a number completed a challenge.
const REMEMBER_NUMBERS_FOR: Duration = Duration::from_hours(90 * 24);

/// How many digits at its end tell a number from the others of its block.
const DIGITS_IN_BLOCK: usize = 4;

/// Why budgets could not be reserved.
pub(super) enum NotReserved {
    /// This one is used up.
    Exhausted { budget: &'static str, retry_at: Timestamp },
    /// The store could not be asked.
    Unavailable,
}

impl From<StoreError> for NotReserved {
    fn from(_: StoreError) -> Self {
        Self::Unavailable
    }
}

impl Mfa {
    /// Reserves all of them; says when all have room for the next send to this number.
    pub(super) async fn reserve_budgets(
        &self,
        on_file: &OnFile,
        address: Option<IpAddr>,
        challenge: &ChallengeId,
    ) -> Result<Timestamp, NotReserved> {
        let mut reserved = Vec::with_capacity(3);
        let outcome = self.reserve_each(on_file, address, challenge, &mut reserved).await;
        if outcome.is_err() {
            for budget in &reserved {
                self.settle(budget, BudgetChange::Release { challenge }).await;
            }
        }
        outcome
    }

    async fn reserve_each(
        &self,
        on_file: &OnFile,
        address: Option<IpAddr>,
        challenge: &ChallengeId,
        reserved: &mut Vec<Budget>,
    ) -> Result<Timestamp, NotReserved> {
        let policy = &self.inner.policy;
        let reserve = Reserve { challenge, number: &on_file.hash() };
        let number =
            self.reserve(reserve, self.number_budget(on_file), &policy.sends_per_number, reserved).await?;
        let block = if number.completed {
            Reserved::default()
        } else {
            self.reserve(reserve, self.block_budget(on_file), &policy.sends_per_block, reserved).await?
        };
        let address = match address {
            Some(address) => {
                let budget = self.address_budget(address);
                self.reserve(reserve, budget, &policy.sends_per_address, reserved).await?
            }
            None => Reserved::default(),
        };
        let exhausted = [number.exhausted, block.exhausted, address.exhausted].into_iter().flatten();
        match exhausted.max_by_key(|(_, retry_at)| *retry_at) {
            Some((budget, retry_at)) => Err(NotReserved::Exhausted { budget, retry_at }),
            // The next send may come from another address, so that one's budget says nothing of it.
            None => Ok(number.next_at.max(block.next_at)),
        }
    }

    async fn reserve(
        &self,
        Reserve { challenge, number }: Reserve<'_>,
        budget: Budget,
        limits: &[Limit],
        reserved: &mut Vec<Budget>,
    ) -> Result<Reserved, NotReserved> {
        let now = self.inner.clock.now();
        let request = ReserveBudget { budget: &budget, challenge, number, limits, now };
        Ok(match self.ask_store(self.inner.store.reserve_budget(request)).await? {
            BudgetReservation::Reserved { next_at, completed } => {
                reserved.push(budget);
                Reserved { next_at, completed, exhausted: None }
            }
            BudgetReservation::Exhausted { retry_at } => {
                Reserved { exhausted: Some((budget.kind(), retry_at)), ..Reserved::default() }
            }
        })
    }

    /// Notes that the number is a person's. Where that fails its block stays counted, and the observer knows.
    pub(super) async fn number_completed(&self, on_file: &OnFile) {
        let number = &on_file.hash();
        let of_number =
            BudgetChange::Complete { number, keep_counted: true, remember_for: REMEMBER_NUMBERS_FOR };
        let of_block = BudgetChange::Complete { number, keep_counted: false, remember_for: Duration::ZERO };
        self.settle(&self.number_budget(on_file), of_number).await;
        self.settle(&self.block_budget(on_file), of_block).await;
    }

    /// Counts a rejected code; says whether they are more than usual.
    pub(super) async fn rejections_abound(&self, on_file: &OnFile) -> bool {
        // Each attempt on a challenge is one, so it goes under a name of its own.
        let (limits, now) = (&[self.inner.policy.rejections], self.inner.clock.now());
        let attempt = ChallengeId::fresh();
        let number = &on_file.hash();
        let request = ReserveBudget { budget: &Budget::Rejections, challenge: &attempt, number, limits, now };
        let counted = self.ask_store(self.inner.store.reserve_budget(request)).await;
        matches!(counted, Ok(BudgetReservation::Exhausted { .. }))
    }

    pub(super) fn number_budget(&self, on_file: &OnFile) -> Budget {
        Budget::Number(self.budget_hash(b"number", on_file.number.as_e164().as_bytes()))
    }

    fn block_budget(&self, on_file: &OnFile) -> Budget {
        let number = on_file.number.as_e164().as_bytes();
        let block = number.get(..number.len().saturating_sub(DIGITS_IN_BLOCK)).unwrap_or_default();
        Budget::Block(self.budget_hash(b"block", block))
    }

    fn address_budget(&self, address: IpAddr) -> Budget {
        let network = match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            // Whoever has one address of a /64 has all of them.
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        };
        Budget::Address(self.budget_hash(b"address", network.to_string().as_bytes()))
    }

    fn budget_hash(&self, kind: &[u8], name: &[u8]) -> [u8; 32] {
        self.keys().hash(Purpose::Budget, &[kind, name])
    }

    pub(super) async fn settle(&self, budget: &Budget, change: BudgetChange<'_>) {
        // What could not be given back stays counted; the observer was told by `ask_store`.
        let now = self.inner.clock.now();
        let _: Result<(), StoreError> =
            self.ask_store(self.inner.store.settle_budget(budget, change, now)).await;
    }
}

/// What one budget said.
#[derive(Default)]
struct Reserved {
    next_at: Timestamp,
    completed: bool,
    exhausted: Option<(&'static str, Timestamp)>,
}

#[derive(Clone, Copy)]
struct Reserve<'a> {
    challenge: &'a ChallengeId,
    number: &'a [u8; 32],
}
