//! Budgets that a send is counted against besides those of its user: the number, its block of numbers, and the client
//! address.
//!
//! 1. A number that completed a challenge belongs to a real user. Its sends depend only on its own budget, so
//!    an attacker who exhausts a block or an address does not shut out users who have confirmed before.
//! 2. The number is reserved, and the other two budgets are looked up in the same round trip. If any of them is
//!    exhausted, the longest wait is returned, the reservation of the number is released, and nothing is written to the
//!    others. A process that stops in between leaves the number counted: fewer sends, never more.
//! 3. An unconfirmed number, which a person has entered, has its own budget and block. Anyone can enter any number, so
//!    these sends do not count toward its owner's budgets.
//! 4. A budget has one name for each secret that is still used for reading, and must have room under each of them. So a
//!    rotation forgets neither a count nor a completion, and instances count together during a rolling rotation.

use std::{
    net::{IpAddr, Ipv6Addr},
    time::Duration,
};

use futures_util::future::{join, join_all, join4};

use crate::{
    clock::Timestamp,
    engine::{
        backend_error::{BackendError, unless_panicked},
        mfa::Mfa,
        misconfigured::Misconfigured,
        number_on_file::{OnFile, Standing},
    },
    key_ring::Purpose,
    limit::Limit,
    phone::PhoneNumber,
    store::{Budget, BudgetChange, BudgetReservation, ReserveBudget},
    subject::UserId,
    token::ChallengeId,
};

/// Time for which the completion of a challenge by a number is remembered.
const REMEMBER_NUMBERS_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Number of digits at the end of a number that distinguish it from the others of its block.
const DIGITS_IN_BLOCK: usize = 4;

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Names of the budgets of an unconfirmed number.
const UNCONFIRMED_NUMBER: &str = "unconfirmed number";
const UNCONFIRMED_BLOCK: &str = "unconfirmed block";
/// Name of the budget of all numbers that one user enters. Each number has a budget of its own, so without this one, many
/// numbers would give a user many budgets.
const NEW_NUMBERS: &str = "new numbers";

/// Reason why budgets could not be reserved.
pub(super) enum NotReserved {
    /// A budget is exhausted.
    Exhausted { budget: &'static str, retry_at: Timestamp },
    /// The store failed.
    Failed(BackendError),
}

impl From<BackendError> for NotReserved {
    fn from(error: BackendError) -> Self {
        Self::Failed(error)
    }
}

/// Budget under one of its names, with the matching hash of the number.
#[derive(Clone, Copy)]
struct Name {
    /// Name of the budget in logs.
    kind: &'static str,
    budget: Budget,
    number: [u8; 32],
}

/// Combined answer of a budget under all of its names.
#[derive(Default)]
struct Answer {
    next_at: Timestamp,
    completed: bool,
    exhausted: Option<(&'static str, Timestamp)>,
}

/// Names under which something is reserved, to be released if the send is rejected.
#[derive(Default)]
struct Reserved(Vec<Budget>);

impl Mfa {
    /// Reserves all budgets. Returns the time at which all have room for the next send to this number.
    pub(super) async fn reserve_budgets(
        &self,
        user: &UserId,
        on_file: &OnFile,
        address: Option<IpAddr>,
        challenge: &ChallengeId,
    ) -> Result<Timestamp, NotReserved> {
        let mut reserved = Reserved::default();
        let outcome = self.reserve_each(user, on_file, address, challenge, &mut reserved).await;
        if outcome.is_err() {
            let release = |budget| self.settle(budget, BudgetChange::Release { challenge });
            let released = join_all(reserved.0.iter().map(release)).await;
            released.into_iter().collect::<Result<(), _>>().map_err(BackendError::from)?;
        }
        outcome
    }

    async fn reserve_each(
        &self,
        user: &UserId,
        on_file: &OnFile,
        address: Option<IpAddr>,
        challenge: &ChallengeId,
        reserved: &mut Reserved,
    ) -> Result<Timestamp, NotReserved> {
        let policy = &self.inner.policy;
        let (of_block, of_address) = (&policy.sends_per_block, &policy.sends_per_address);
        // A number that a person entered counts apart, so that its owner's budgets stay whole.
        let (number, of_number, block, of_user) = match on_file.standing {
            Standing::Confirmed(_) => (
                self.number_names(&on_file.number),
                &policy.sends_per_number,
                self.block_names(&on_file.number),
                Vec::new(),
            ),
            Standing::Unconfirmed => (
                self.unconfirmed_number_names(&on_file.number),
                &policy.sends_per_unconfirmed_number,
                self.unconfirmed_block_names(&on_file.number),
                self.new_number_names(user, &on_file.number),
            ),
        };
        let address = address.map(|address| self.address_names(&on_file.number, address)).unwrap_or_default();
        // All numbers that a user enters have the budget of one number.
        let (number, numbers, block_until, address_until) = join4(
            self.reserve(number, of_number, challenge),
            self.reserve(of_user, &policy.sends_per_number, challenge),
            self.exhausted(&block, of_block),
            self.exhausted(&address, of_address),
        )
        .await;
        let (number, numbers) = (reserved.note(number), reserved.note(numbers));
        let now = self.inner.clock.now();
        let (number, numbers) = (number?.until_full_hours(now), numbers?);
        let others = [block_until?, address_until?].into_iter().flatten();
        let others = others.filter(|_| !number.completed);
        longest(others.chain(number.exhausted).chain(numbers.exhausted))?;
        if number.completed {
            return Ok(number.next_at);
        }
        let (block, address) =
            join(self.reserve(block, of_block, challenge), self.reserve(address, of_address, challenge))
                .await;
        let (block, address) = (reserved.note(block), reserved.note(address));
        let (block, address) = (block?, address?);
        // A concurrent start may have exhausted it since.
        longest(block.exhausted.into_iter().chain(address.exhausted))?;
        // The next send may come from another address, so that budget does not matter here.
        Ok(number.next_at.max(numbers.next_at).max(block.next_at))
    }

    /// Reserves one budget under all of its names at once, and returns the names that counted it.
    async fn reserve(
        &self,
        names: Vec<Name>,
        limits: &[Limit],
        challenge: &ChallengeId,
    ) -> (Vec<Budget>, Result<Answer, BackendError>) {
        let now = self.inner.clock.now();
        let answers = join_all(names.iter().map(|Name { budget, number, .. }| {
            let request = ReserveBudget { budget, challenge, number, limits, now };
            self.inner.store.reserve_budget(request)
        }));
        let (mut counted, mut answer) = (Vec::new(), Ok(Answer::default()));
        for (name, said) in names.iter().zip(answers.await) {
            if matches!(said, Ok(BudgetReservation::Reserved { .. })) {
                counted.push(name.budget);
            }
            answer = answer.and_then(|answer| Ok(answer.with(name.kind, said?)));
        }
        (counted, answer)
    }

    /// Looks up one budget under all of its names at once. Returns the time at which it has room again, if it
    /// has none now.
    async fn exhausted(
        &self,
        names: &[Name],
        limits: &[Limit],
    ) -> Result<Option<(&'static str, Timestamp)>, BackendError> {
        let now = self.inner.clock.now();
        let answers = join_all(names.iter().map(|Name { kind, budget, .. }| async move {
            let until = self.inner.store.exhausted_until(budget, limits, now).await?;
            Ok(until.map(|until| (*kind, until)))
        }));
        let answers: Vec<_> = answers.await.into_iter().collect::<Result<_, BackendError>>()?;
        Ok(answers.into_iter().flatten().max_by_key(|(_, until)| *until))
    }

    /// Records that the number completed a challenge. If that fails, its block stays counted, and an event
    /// reports it. The grant was earned all the same.
    ///
    /// A number that was confirmed just now counts under its ordinary names from then on, and its block of unconfirmed
    /// numbers no longer counts it.
    pub(super) async fn number_completed(&self, on_file: &OnFile) {
        let number = &on_file.number;
        let of_number = self.number_names(number).into_iter().map(|name| (name, true));
        let mut blocks = self.block_names(number);
        if on_file.standing == Standing::Unconfirmed {
            blocks.extend(self.unconfirmed_block_names(number));
        }
        let of_block = blocks.into_iter().map(|name| (name, false));
        let notes = of_number.chain(of_block).map(|(Name { budget, number, .. }, itself)| async move {
            let remember_for = if itself { REMEMBER_NUMBERS_FOR } else { Duration::ZERO };
            let completed = BudgetChange::Complete { number: &number, keep_counted: itself, remember_for };
            self.settle(&budget, completed).await
        });
        let _: Vec<Result<(), Misconfigured>> = join_all(notes).await;
    }

    /// Deletes the record that the number completed a challenge.
    pub(super) async fn forget_completions_of(&self, number: &PhoneNumber) -> Result<(), BackendError> {
        let now = self.try_now()?;
        let names = self.number_names(number);
        let forgotten =
            join_all(names.iter().map(|Name { budget, .. }| {
                self.inner.store.settle_budget(budget, BudgetChange::Forget, now)
            }));
        forgotten.await.into_iter().collect()
    }

    /// Counts a rejected code. Returns whether there are more of them than usual.
    ///
    /// # Errors
    ///
    /// Returns an error if the store panicked.
    pub(super) async fn rejections_abound(&self, on_file: &OnFile) -> Result<bool, Misconfigured> {
        // Each attempt on a challenge is a separate event, so it gets its own name.
        let (limits, now) = (&[self.inner.policy.rejections], self.inner.clock.now());
        let attempt = ChallengeId::random();
        let number = &on_file.hash(self.keys());
        let request = ReserveBudget { budget: &Budget::Rejections, challenge: &attempt, number, limits, now };
        let counted = unless_panicked(self.inner.store.reserve_budget(request).await)?;
        Ok(matches!(counted, Some(BudgetReservation::Exhausted { .. })))
    }

    fn number_names(&self, number: &PhoneNumber) -> Vec<Name> {
        self.names(number, None, Budget::Number, &[b"number", number.counted_as().as_bytes()])
    }

    fn unconfirmed_number_names(&self, number: &PhoneNumber) -> Vec<Name> {
        let counted_as = number.counted_as();
        let parts: [&[u8]; 2] = [UNCONFIRMED_NUMBER.as_bytes(), counted_as.as_bytes()];
        self.names(number, Some(UNCONFIRMED_NUMBER), Budget::Number, &parts)
    }

    fn block_names(&self, number: &PhoneNumber) -> Vec<Name> {
        self.names(number, None, Budget::Block, &[b"block", block(&number.counted_as())])
    }

    fn unconfirmed_block_names(&self, number: &PhoneNumber) -> Vec<Name> {
        let counted_as = number.counted_as();
        let parts: [&[u8]; 2] = [UNCONFIRMED_BLOCK.as_bytes(), block(&counted_as)];
        self.names(number, Some(UNCONFIRMED_BLOCK), Budget::Block, &parts)
    }

    fn new_number_names(&self, user: &UserId, number: &PhoneNumber) -> Vec<Name> {
        let parts: [&[u8]; 2] = [NEW_NUMBERS.as_bytes(), user.as_str().as_bytes()];
        self.names(number, Some(NEW_NUMBERS), Budget::Number, &parts)
    }

    fn address_names(&self, number: &PhoneNumber, address: IpAddr) -> Vec<Name> {
        let network = network(address).to_string();
        self.names(number, None, Budget::Address, &[b"address", network.as_bytes()])
    }

    /// Returns the names of a budget and the hashes of the number, each pair under the same secret. So instances that
    /// share any secret read and release each other's counts.
    fn names(
        &self,
        number: &PhoneNumber,
        kind: Option<&'static str>,
        budget: fn([u8; 32]) -> Budget,
        parts: &[&[u8]],
    ) -> Vec<Name> {
        let names = self.keys().hashes(Purpose::Budget, parts).into_iter().map(budget);
        let numbers = self.keys().hashes(Purpose::PhoneNumber, &[number.counted_as().as_bytes()]);
        let named =
            |(budget, number): (Budget, _)| Name { kind: kind.unwrap_or(budget.kind()), budget, number };
        names.zip(numbers).map(named).collect()
    }

    async fn settle(&self, budget: &Budget, change: BudgetChange<'_>) -> Result<(), Misconfigured> {
        let now = self.inner.clock.now();
        // A send that could not be released stays counted. The store port has reported the failure.
        unless_panicked(self.inner.store.settle_budget(budget, change, now).await)?;
        Ok(())
    }
}

/// Returns the next full hour, or this time if it is one.
fn full_hour(at: Timestamp) -> Timestamp {
    let hour = HOUR.as_secs() * 1000;
    Timestamp::from_millis(at.as_millis().div_ceil(hour).saturating_mul(hour))
}

/// Returns the digits that a number has in common with the others of its block.
fn block(number: &str) -> &[u8] {
    number.as_bytes().get(..number.len().saturating_sub(DIGITS_IN_BLOCK)).unwrap_or_default()
}

/// Returns the network whose addresses count as one: a single IPv4 address, or an IPv6 /64, because one client controls
/// all of it.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

impl Answer {
    /// Rounds long waits for an unconfirmed number up to a full hour. The exact wait would tell a stranger the minute at which
    /// another person entered the number.
    fn until_full_hours(self, now: Timestamp) -> Self {
        let rounded = |at| if at > now.plus(HOUR) { full_hour(at) } else { at };
        match self.exhausted {
            Some((UNCONFIRMED_NUMBER, retry_at)) => {
                Self { exhausted: Some((UNCONFIRMED_NUMBER, rounded(retry_at))), ..self }
            }
            _ => self,
        }
    }

    /// Adds the answer under one more name. Each name must have room, and one completion is enough.
    fn with(self, kind: &'static str, said: BudgetReservation) -> Self {
        match said {
            BudgetReservation::Reserved { next_at, completed } => Self {
                next_at: self.next_at.max(next_at),
                completed: self.completed || completed,
                exhausted: self.exhausted,
            },
            BudgetReservation::Exhausted { retry_at, completed } => Self {
                completed: self.completed || completed,
                exhausted: self.exhausted.max(Some((kind, retry_at))),
                ..self
            },
        }
    }
}

impl Reserved {
    fn note<T, E>(&mut self, (counted, answer): (Vec<Budget>, Result<T, E>)) -> Result<T, E> {
        self.0.extend(counted);
        answer
    }
}

/// Returns a rejection with the longest wait, if there is any.
fn longest(exhausted: impl Iterator<Item = (&'static str, Timestamp)>) -> Result<(), NotReserved> {
    match exhausted.max_by_key(|(_, retry_at)| *retry_at) {
        Some((budget, retry_at)) => Err(NotReserved::Exhausted { budget, retry_at }),
        None => Ok(()),
    }
}
