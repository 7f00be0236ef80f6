//! Sends and the challenges that they open.

use std::time::Duration;

use crate::{
    challenge::Challenge,
    channel::Channel,
    conformance::{
        model::{
            comparison::{Comparison, IN_FLIGHT, LOCK_RULE, ReservedSend},
            describe,
            divergence::{Mismatch, expect_answer, expect_same},
            history::ChallengeKey,
            operation::{Actor, NthNewest},
        },
        test_user::CODE_LIFETIME,
    },
    store::{ReserveSend, SendReservation},
    token::{ChallengeId, ProviderScope},
};

impl Comparison {
    /// Reserves a send. Returns it if it was reserved.
    pub(in crate::conformance::model) async fn reserve_send(
        &mut self,
        actor: Actor,
    ) -> Result<Option<ReservedSend>, Mismatch> {
        let (user, now, id) = (self.users.in_store(actor), self.suite.now(), ChallengeId::random());
        let approval = user.approval;
        let request = ReserveSend { key: user.key(), challenge: &id, rule: &self.send_rule, now };
        let actual = expect_answer("reserve_send", self.suite.store().reserve_send(request).await)?;
        let (key, rules) = (ChallengeKey::new(id, &user), (&LOCK_RULE, &self.send_rule));
        let expected = self.users.in_model(actor).reserve_send(key, rules, now);
        expect_same(describe::send_reservation(&expected), describe::send_reservation(&actual))?;
        let SendReservation::Reserved { resend_at, .. } = actual else { return Ok(None) };
        let send = ReservedSend { actor, approval, id, at: now, resend_at };
        self.sends.push(send.clone());
        Ok(Some(send))
    }

    pub(in crate::conformance::model) async fn release_send(
        &mut self,
        send: NthNewest,
    ) -> Result<(), Mismatch> {
        let Some(ReservedSend { actor, id, at, .. }) = send.of(&self.sends) else { return Ok(()) };
        if self.suite.now() >= at.plus(IN_FLIGHT) {
            return Ok(());
        }
        let user = self.users.in_store(actor);
        expect_answer("release_send", self.suite.store().release_send(&user.id, &id).await)?;
        self.users.in_model(actor).release_send(id);
        Ok(())
    }

    pub(in crate::conformance::model) async fn open_challenge(
        &mut self,
        send: NthNewest,
        resend_delay: Duration,
    ) -> Result<(), Mismatch> {
        match send.of(&self.sends) {
            Some(send) => self.open_challenge_of(&send, resend_delay).await,
            None => Ok(()),
        }
    }

    /// Reserves a send and opens its challenge. Returns the challenge if the send was reserved.
    pub(in crate::conformance::model) async fn start(
        &mut self,
        actor: Actor,
    ) -> Result<Option<ChallengeId>, Mismatch> {
        let Some(send) = self.reserve_send(actor).await? else { return Ok(None) };
        self.open_challenge_of(&send, Duration::ZERO).await?;
        Ok(Some(send.id))
    }

    async fn open_challenge_of(
        &mut self,
        send: &ReservedSend,
        resend_delay: Duration,
    ) -> Result<(), Mismatch> {
        let (user, now) = (self.users.owner(send.actor, send.approval), self.suite.now());
        if now >= send.at.plus(IN_FLIGHT) {
            return Ok(());
        }
        // Challenges with a delay also take the other channel and a return target, so that both kinds occur.
        let is_delayed = !resend_delay.is_zero();
        let challenge = Challenge {
            id: send.id,
            login: user.login,
            scope: user.scope,
            approval: user.approval,
            method: if is_delayed { Channel::Voice } else { Channel::Messaging }.into(),
            provider_scope: ProviderScope::random(&user.scope),
            number: user.number,
            last_two: "34".to_owned(),
            sent_at: now,
            expires_at: now.plus(CODE_LIFETIME),
            resend_at: send.resend_at.plus(resend_delay),
            attempts: 5,
            attempts_used: 0,
            return_to: is_delayed.then(|| "signed".to_owned()),
        };
        let actual = self.suite.store().open_challenge(&user.id, &challenge).await;
        let actual = expect_answer("open_challenge", actual)?;
        let expected = self.users.in_model(send.actor).open_challenge(&challenge);
        expect_same(format!("{expected:?}"), format!("{actual:?}"))
    }
}
