//! Ceremony of one user: a message, a wrong code, the right one, and the end of the grant.

use mfakit::{
    ChallengeId, MfaStore,
    store::{ConsumeOutcome, GrantRecord, RedeemOutcome, Revocation, StoreError},
};
use mfakit_redis::RedisStore;

use crate::kit::{NO_TIME, TestUser, attempt, many_sends, redeem, reserve_send};

/// Step of a ceremony, in order. A replica has the first of them, up to some step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    Nothing,
    Send,
    Open,
    WrongCode,
    RightCode,
    Grant,
    End,
}

/// The end of a grant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Use,
    Revoke,
    /// None yet: the grant is kept.
    Keep,
}

/// Ceremony, as far as the store acknowledged it.
pub(crate) struct Ceremony {
    pub(crate) user: TestUser,
    pub(crate) end: End,
    pub(crate) acknowledged: Step,
    pub(crate) grant: Option<GrantRecord>,
}

impl Ceremony {
    pub(crate) fn new(user: &str, end: End) -> Self {
        Self { user: TestUser::new(user), end, acknowledged: Step::Nothing, grant: None }
    }

    /// Runs all steps. `on_success` is called after each.
    ///
    /// Every attempt is counted before the provider compares the code, so a wrong one and the right one are alike here.
    pub(crate) async fn run(
        &mut self,
        store: &RedisStore,
        on_success: impl Fn(Step),
    ) -> Result<(), StoreError> {
        let (user, mut challenge) = (self.user.clone(), self.user.challenge(NO_TIME));
        challenge.id = ChallengeId::from_bytes([7; 32]);
        let mut done = |step| {
            self.acknowledged = step;
            on_success(step);
        };
        let _ = reserve_send(store, &user, &challenge.id, &many_sends()).await?;
        done(Step::Send);
        let _ = store.open_challenge(&user.id, &challenge).await?;
        done(Step::Open);
        for step in [Step::WrongCode, Step::RightCode] {
            let _ = attempt(store, &user, &challenge.id).await?;
            done(step);
        }
        let RedeemOutcome::Granted(grant) = redeem(store, &user, &challenge.id).await? else {
            // A primary without the challenge: it is lost, and the ceremony with it.
            return Ok(());
        };
        done(Step::Grant);
        self.grant = Some(grant);
        self.end(store).await?;
        if self.acknowledged == Step::End {
            on_success(Step::End);
        }
        Ok(())
    }

    /// Uses or revokes the grant.
    pub(crate) async fn end(&mut self, store: &RedisStore) -> Result<(), StoreError> {
        let grant = self.grant.as_ref().unwrap();
        let is_acknowledged = match self.end {
            End::Use => store.consume(self.user.key(), grant, NO_TIME).await? == ConsumeOutcome::Consumed,
            End::Revoke => {
                let elevation = Revocation::Elevation(self.user.login, self.user.scope);
                store.revoke(&self.user.id, elevation).await?;
                true
            }
            End::Keep => false,
        };
        if is_acknowledged {
            self.acknowledged = Step::End;
        }
        Ok(())
    }
}
