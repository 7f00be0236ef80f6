//! Budgets of attempts to use a recovery code.
//!
//! 1. An attempt is counted before the code is compared, against the user and, if the app configures it, against the
//!    client address. Right codes count too.
//! 2. Both budgets are reserved at once. If one of them is exhausted, the other is released.
//! 3. A budget has one name for each secret, as those of sends have.

use std::net::IpAddr;

use futures_util::future::{join, join_all};

use crate::{
    clock::Timestamp,
    engine::{backend_error::BackendError, budgets::network, mfa::Mfa, recovery::over::number},
    key_ring::Purpose,
    limit::Limit,
    store::{Budget, BudgetChange, BudgetReservation, ReserveBudget},
    subject::UserId,
    token::ChallengeId,
};

impl Mfa {
    /// Counts an attempt. Returns the time at which there is room again, if there is none now.
    pub(super) async fn count_recovery(
        &self,
        user: &UserId,
        address: Option<IpAddr>,
    ) -> Result<Option<Timestamp>, BackendError> {
        let address = address.filter(|_| self.client_address().is_some());
        let (policy, attempt) = (&self.inner.policy.recovery, ChallengeId::random());
        let of_user = self.recovery_names(Budget::Number, b"recovery of user", user.as_str());
        let of_address =
            address.map(|address| network(address).to_string()).map_or_else(Vec::new, |network| {
                self.recovery_names(Budget::Address, b"recovery from address", &network)
            });
        let (user, address) = join(
            self.count_each(&of_user, &policy.per_user, &attempt),
            self.count_each(&of_address, &policy.per_address, &attempt),
        )
        .await;
        let (counted, outcome) = match (user, address) {
            ((by_user, Ok(user)), (by_address, Ok(address))) => {
                ([by_user, by_address].concat(), Ok(user.max(address)))
            }
            // It is not known what is counted, so everything stays counted.
            ((_, Err(error)), _) | (_, (_, Err(error))) => (Vec::new(), Err(error)),
        };
        if let Ok(Some(_)) = outcome {
            let now = self.try_now()?;
            let change = BudgetChange::Release { challenge: &attempt };
            let releases = counted.iter().map(|name| self.inner.store.settle_budget(name, change, now));
            join_all(releases).await.into_iter().collect::<Result<(), _>>()?;
        }
        outcome
    }

    /// Counts an attempt under all names of one budget. Returns those that counted it.
    async fn count_each(
        &self,
        names: &[Budget],
        limits: &[Limit],
        attempt: &ChallengeId,
    ) -> (Vec<Budget>, Result<Option<Timestamp>, BackendError>) {
        let now = self.inner.clock.now();
        let answers = join_all(names.iter().map(|budget| async move {
            let number = &number(budget);
            let request = ReserveBudget { budget, challenge: attempt, number, limits, now };
            self.inner.store.reserve_budget(request).await
        }));
        let (mut counted, mut exhausted) = (Vec::new(), Ok(None));
        for (name, answer) in names.iter().zip(answers.await) {
            match answer {
                Ok(BudgetReservation::Reserved { .. }) => counted.push(*name),
                Ok(BudgetReservation::Exhausted { retry_at, .. }) => {
                    exhausted = exhausted.map(|until: Option<Timestamp>| until.max(Some(retry_at)));
                }
                Err(error) => exhausted = Err(error),
            }
        }
        (counted, exhausted)
    }

    fn recovery_names(&self, budget: fn([u8; 32]) -> Budget, kind: &[u8], whose: &str) -> Vec<Budget> {
        self.keys().hashes(Purpose::Budget, &[kind, whose.as_bytes()]).into_iter().map(budget).collect()
    }
}
