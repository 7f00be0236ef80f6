//! Losses of a promotion: what the primary had acknowledged, and its successor lacks.

use futures_util::{StreamExt, stream};
use mfakit::{
    MfaStore,
    policy::Limit,
    store::{ConsumeOutcome, SendReservation, SendRule, StoreError},
};
use mfakit_redis::RedisStore;
use std::time::Duration;

use crate::{
    ceremony::{Ceremony, End, Step},
    kit::{NO_TIME, many_sends, new_id, reserve_send},
};

/// Ceremonies that are examined at once.
const AT_ONCE: usize = 64;

/// Acknowledged steps that are lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Losses {
    /// Grants for one use that passed once more.
    pub(crate) uses: u32,
    pub(crate) revocations: u32,
    pub(crate) grants: u32,
    pub(crate) attempts: u32,
    pub(crate) sends: u32,
}

impl Losses {
    fn plus(self, other: Self) -> Self {
        Self {
            uses: self.uses + other.uses,
            revocations: self.revocations + other.revocations,
            grants: self.grants + other.grants,
            attempts: self.attempts + other.attempts,
            sends: self.sends + other.sends,
        }
    }
}

/// Looks for every acknowledged step of these ceremonies on the current primary. The store must not wait for replicas.
pub(crate) async fn losses(store: &RedisStore, ceremonies: &[Ceremony]) -> Losses {
    stream::iter(ceremonies)
        .map(|ceremony| async move { losses_of(store, ceremony).await.unwrap() })
        .buffer_unordered(AT_ONCE)
        .fold(Losses::default(), |sum, one| std::future::ready(sum.plus(one)))
        .await
}

async fn losses_of(store: &RedisStore, ceremony: &Ceremony) -> Result<Losses, StoreError> {
    let Ceremony { user, acknowledged, grant, .. } = ceremony;
    let mut losses = Losses::default();
    let survived = survived(store, ceremony).await?;
    let lost = |step: Step| u32::from(step <= *acknowledged && step > survived);
    losses.sends = lost(Step::Send);
    losses.attempts = lost(Step::WrongCode) + lost(Step::RightCode);
    losses.grants = lost(Step::Grant);
    if *acknowledged == Step::End && ceremony.end == End::Use {
        let again = store.consume(user.key(), grant.as_ref().unwrap(), NO_TIME).await?;
        losses.uses = u32::from(again == ConsumeOutcome::Consumed);
    }
    if *acknowledged == Step::End && ceremony.end == End::Revoke {
        losses.revocations = u32::from(store.grant(user.key()).await?.is_some());
    }
    Ok(losses)
}

/// Returns the last step of a ceremony that the primary has.
async fn survived(store: &RedisStore, ceremony: &Ceremony) -> Result<Step, StoreError> {
    let user = &ceremony.user;
    let state = store.user_state(&user.id, NO_TIME).await?;
    if !state.grants.is_empty() {
        return Ok(Step::Grant);
    }
    if !state.challenges.is_empty() {
        return Ok(match state.failures {
            0 => Step::Open,
            1 => Step::WrongCode,
            _ => Step::RightCode,
        });
    }
    // A send counts for its session and scope until the challenge is redeemed, and for its user for longer.
    let one = || vec![Limit::new(1, Duration::from_secs(24 * 60 * 60))];
    if has_room(store, ceremony, SendRule { per_user: one(), ..many_sends() }).await? {
        return Ok(Step::Nothing);
    }
    let is_redeemed =
        has_room(store, ceremony, SendRule { per_login_and_scope: one(), ..many_sends() }).await?;
    Ok(if is_redeemed { Step::End } else { Step::Send })
}

/// Returns whether this rule allows one more message.
async fn has_room(store: &RedisStore, ceremony: &Ceremony, rule: SendRule) -> Result<bool, StoreError> {
    let id = new_id();
    let reserved = reserve_send(store, &ceremony.user, &id, &rule).await?;
    let has_room = matches!(reserved, SendReservation::Reserved { .. });
    if has_room {
        store.release_send(&ceremony.user.id, &id).await?;
    }
    Ok(has_room)
}
