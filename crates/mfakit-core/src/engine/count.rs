//! Counts a send against everything that limits it.
//!
//! 1. The user's own limits come first, in one step of the store. Only then is the directory queried for the
//!    number. The budgets that users share come last.
//! 2. A rejection releases what was reserved, and leaves nothing in the store.

use std::net::IpAddr;

use crate::{
    action::{Approval, Words},
    challenge::Challenge,
    channel::Channel,
    clock::Timestamp,
    destinations::Area,
    engine::{
        backend_error::{BackendError, unless_panicked},
        budgets::{NotReserved, network},
        enroll::{NotPermitted, Step},
        holds::Hold,
        live_challenge::LiveChallenge,
        mfa::Mfa,
        number_on_file::{OnFile, Standing},
        start_error::StartError,
    },
    kept_action::KeptAction,
    lock::Lock,
    number_tokens::NumberTokens,
    scope::Scope,
    store::{Budget, Key, ReserveSend, SendReservation},
    subject::Subject,
    token::ChallengeId,
};

/// A send that is to be counted.
pub(super) struct Asked<'a> {
    pub(super) challenge: &'a ChallengeId,
    pub(super) channel: Channel,
    pub(super) address: Option<IpAddr>,
    /// Cookies that allow a change of the number.
    pub(super) tokens: &'a NumberTokens,
}

/// Send that every limit has room for.
pub(super) struct Counted {
    pub(super) on_file: OnFile,
    pub(super) area: Area,
    pub(super) resend_at: Timestamp,
    /// Action that the code is for, if the key has an approval.
    pub(super) action: Option<PlannedAction>,
}

/// Action that a code is for.
pub(super) struct PlannedAction {
    pub(super) approval: Approval,
    pub(super) words: Words,
}

/// Number on file that every shared limit has room for.
struct Reached {
    on_file: OnFile,
    area: Area,
    resend_at: Timestamp,
}

/// Reason to reject a send that the user's own limits allow.
enum Rejected {
    Start(StartError),
    Budget { budget: &'static str, retry_at: Timestamp },
}

impl From<StartError> for Rejected {
    fn from(error: StartError) -> Self {
        Self::Start(error)
    }
}

impl From<NotPermitted> for Rejected {
    fn from(why: NotPermitted) -> Self {
        match why {
            NotPermitted::Denied(denied) => Self::Start(StartError::ChangeDenied(denied)),
            NotPermitted::Failed(error) => error.into(),
        }
    }
}

impl From<BackendError> for Rejected {
    fn from(error: BackendError) -> Self {
        Self::Start(error.into())
    }
}

impl Mfa {
    /// Counts the send against everything that limits it, and looks up the number in the process. The user's own limits
    /// come first, so that a start they reject costs no query of the directory. A rejection leaves nothing counted, so
    /// a rejection never causes another one.
    pub(super) async fn reserve_all(
        &self,
        subject: &Subject,
        key: Key<'_>,
        asked: &Asked<'_>,
    ) -> Result<Counted, StartError> {
        let (challenge, from) = (asked.challenge, asked.address.map(network));
        // The next number that a person enters has budgets of its own.
        let number = key.approval.filter(|_| *key.scope == Scope::ENROLL).copied();
        if let Some(held) = self.inner.holds.find(key.user, number, from, self.inner.clock.now()) {
            let live = self.unless_locked(key).await?;
            return Err(self.budget_spent(held.budget, held.retry_at, live));
        }
        let (resend_at, kept) = self.reserve_send(key, challenge).await?;
        let counted = match self.planned_action(key, kept.as_deref()) {
            Ok(action) => {
                let reached = self.count_beyond_the_user(subject, key, kept.as_deref(), asked).await;
                reached.map(|reached| (reached, action))
            }
            Err(error) => Err(error.into()),
        };
        let rejected = match counted {
            Ok((Reached { on_file, area, resend_at: shared }, action)) => {
                return Ok(Counted { on_file, area, resend_at: resend_at.max(shared), action });
            }
            Err(rejected) => rejected,
        };
        let released = unless_panicked(self.inner.store.release_send(key.user, challenge).await)?;
        match rejected {
            Rejected::Start(error) => Err(error),
            Rejected::Budget { budget, retry_at } => {
                released.ok_or(StartError::Unavailable)?;
                let live = self.unless_locked(key).await?;
                let network = from.filter(|_| budget == Budget::ADDRESS);
                let since = self.inner.clock.now();
                self.inner.holds.put(Hold {
                    user: key.user.clone(),
                    number,
                    budget,
                    network,
                    since,
                    retry_at,
                });
                Err(self.budget_spent(budget, retry_at, live))
            }
        }
    }

    /// Looks up the number, and counts the send against its budget and those of its block and the address.
    async fn count_beyond_the_user(
        &self,
        subject: &Subject,
        key: Key<'_>,
        kept: Option<&KeptAction>,
        asked: &Asked<'_>,
    ) -> Result<Reached, Rejected> {
        let on_file = if *key.scope == Scope::ENROLL {
            self.number_to_confirm(subject, kept, asked).await?
        } else {
            self.number_on_file(key.user).await?.ok_or(StartError::NoNumber)?
        };
        if let Some(until) = self.settles_at(key.scope, &on_file, self.try_now().map_err(StartError::from)?) {
            return Err(StartError::Settling { until }.into());
        }
        let reach = self.inner.destinations.reach(&on_file.number);
        let area = reach.by(asked.channel).map_err(StartError::DestinationRejected)?;
        match self.reserve_budgets(key.user, &on_file, asked.address, asked.challenge).await {
            Ok(resend_at) => Ok(Reached { on_file, area, resend_at }),
            Err(NotReserved::Exhausted { budget, retry_at }) => Err(Rejected::Budget { budget, retry_at }),
            Err(NotReserved::Failed(error)) => Err(error.into()),
        }
    }

    /// Returns the number that a person entered, if the session may change the number, and if the number on file is still the
    /// one from then.
    async fn number_to_confirm(
        &self,
        subject: &Subject,
        kept: Option<&KeptAction>,
        asked: &Asked<'_>,
    ) -> Result<OnFile, Rejected> {
        let current = self.current_number(subject.user()).await?;
        let _ = self.may_change(subject, current.as_ref(), asked.tokens, Step::Enter).await?;
        let proposed = kept.and_then(|action| self.proposed(subject.user(), action));
        let proposed = proposed.filter(|proposed| proposed.is_from(self.keys(), current.as_ref()));
        let Some(proposed) = proposed else { return Err(StartError::ApprovalOver.into()) };
        if asked.channel == Channel::Messaging && proposed.number.is_landline() {
            return Err(StartError::ChannelUnavailable.into());
        }
        Ok(OnFile::new(self.keys(), proposed.number, Standing::Unconfirmed))
    }

    /// Returns the action that the code is for. It must be the one of the approval in the key.
    fn planned_action(
        &self,
        key: Key<'_>,
        kept: Option<&KeptAction>,
    ) -> Result<Option<PlannedAction>, StartError> {
        match (key.approval, kept) {
            (None, _) => Ok(None),
            (Some(id), Some(action)) if action.approval.id == *id => {
                let words = self.read_words(action)?;
                Ok(Some(PlannedAction { approval: action.approval, words }))
            }
            (Some(_), _) => Err(self.inner.store.unreadable("a send was reserved without its action").into()),
        }
    }

    async fn reserve_send(
        &self,
        key: Key<'_>,
        challenge: &ChallengeId,
    ) -> Result<(Timestamp, Option<Box<KeptAction>>), StartError> {
        let now = self.inner.clock.now();
        let request = ReserveSend { key, challenge, rule: &self.inner.policy.sends, now };
        let (resend_at, cooling_down, live) = match self.inner.store.reserve_send(request).await? {
            SendReservation::Reserved { resend_at, action } => return Ok((resend_at, action)),
            SendReservation::NoAction => return Err(StartError::ApprovalOver),
            SendReservation::Locked(lock) => {
                return Err(StartError::Locked { retry_after: lock.retry_after(self.inner.clock.now()) });
            }
            SendReservation::TooSoon { resend_at, cooling_down, live } => (resend_at, cooling_down, live),
        };
        // Reads the clock again, because the store call may have been slow.
        let now = self.inner.clock.now();
        // The live challenge has the wait of its number, which the user's part of the store does not have.
        let told = live.as_ref().map_or(resend_at, |challenge| challenge.resend_at);
        let (resend_at, cooling_down) =
            if told > resend_at { (told, false) } else { (resend_at, cooling_down) };
        let retry_after = resend_at.since(now);
        let live = live.map(|challenge| Box::new(LiveChallenge::seen(&challenge, now)));
        Err(if cooling_down {
            StartError::CoolingDown { retry_after, live }
        } else {
            StartError::BudgetSpent { budget: "user", retry_after, live }
        })
    }

    /// Returns the live challenge of this session and scope, to be named in the rejection. A lock comes
    /// first.
    async fn unless_locked(&self, key: Key<'_>) -> Result<Option<Challenge>, StartError> {
        let user_state = self.inner.store.user_state(key.user, self.inner.clock.now()).await?;
        if user_state.lock != Lock::Unlocked {
            let retry_after = user_state.lock.retry_after(self.inner.clock.now());
            return Err(StartError::Locked { retry_after });
        }
        Ok(user_state.challenges.into_iter().find(|challenge| key.owns(challenge)))
    }

    fn budget_spent(&self, budget: &'static str, retry_at: Timestamp, live: Option<Challenge>) -> StartError {
        let now = self.inner.clock.now();
        let live = live.map(|challenge| Box::new(LiveChallenge::seen(&challenge, now)));
        StartError::BudgetSpent { budget, retry_after: retry_at.since(now), live }
    }
}
