//! Attempts on challenges, and codes that are entered again.

use crate::{
    conformance::{
        model::{
            comparison::{Comparison, CountedAttempt, IN_FLIGHT, LOCK_RULE, ReservedSend},
            describe,
            divergence::{Mismatch, expect_answer, expect_same},
            history::ChallengeKey,
            operation::{Actor, NthNewest},
        },
        test_user::TestUser,
    },
    store::{AttemptReservation, ReleaseAttempt},
    token::ChallengeId,
};

impl Comparison {
    /// Attempts the right code on behalf of the challenge's owner.
    pub(in crate::conformance::model) async fn attempt(
        &mut self,
        challenge: NthNewest,
    ) -> Result<(), Mismatch> {
        let Some(send) = challenge.of(&self.sends) else { return Ok(()) };
        let ReservedSend { actor, id, .. } = send;
        self.reserve_attempt(actor, self.users.owner(actor, send.approval), id).await
    }

    /// Attempts the right code, whatever number is on file.
    pub(in crate::conformance::model) async fn attempt_for_any_number(
        &mut self,
        challenge: NthNewest,
    ) -> Result<(), Mismatch> {
        let Some(send) = challenge.of(&self.sends) else { return Ok(()) };
        let ReservedSend { actor, id, .. } = send;
        let user = self.users.owner(actor, send.approval);
        let actual = user.attempt_for_any_number(&LOCK_RULE, &id).await;
        self.compare_attempt(actor, (id, &user), None, &actual)
    }

    /// Attempts the right code while a different number is on file.
    pub(in crate::conformance::model) async fn attempt_with_changed_number(
        &mut self,
        challenge: NthNewest,
    ) -> Result<(), Mismatch> {
        let Some(send) = challenge.of(&self.sends) else { return Ok(()) };
        let ReservedSend { actor, id, .. } = send;
        let user = TestUser { number: [9; 32], ..self.users.owner(actor, send.approval) };
        self.reserve_attempt(actor, user, id).await
    }

    /// Attempts the code of an actor on any challenge, or on an unknown one.
    pub(in crate::conformance::model) async fn attempt_as(
        &mut self,
        actor: Actor,
        challenge: NthNewest,
    ) -> Result<(), Mismatch> {
        let id = challenge.of(&self.sends).map_or_else(ChallengeId::random, |send| send.id);
        self.reserve_attempt(actor, self.users.in_store(actor), id).await
    }

    /// Starts a challenge and attempts a code on it several times.
    pub(in crate::conformance::model) async fn fail(
        &mut self,
        actor: Actor,
        times: u8,
    ) -> Result<(), Mismatch> {
        let Some(id) = self.start(actor).await? else { return Ok(()) };
        for _ in 0..times {
            self.reserve_attempt(actor, self.users.in_store(actor), id).await?;
        }
        Ok(())
    }

    /// Attempts a code that is never right.
    pub(in crate::conformance::model) async fn guess(
        &mut self,
        challenge: NthNewest,
    ) -> Result<(), Mismatch> {
        let Some(send) = challenge.of(&self.sends) else { return Ok(()) };
        let ReservedSend { actor, id, .. } = send;
        self.reserve_attempt(actor, self.users.guessing(actor, send.approval), id).await
    }

    async fn reserve_attempt(
        &mut self,
        actor: Actor,
        user: TestUser,
        challenge: ChallengeId,
    ) -> Result<(), Mismatch> {
        let actual = user.attempt_under(&LOCK_RULE, &challenge, &[user.number]).await;
        self.compare_attempt(actor, (challenge, &user), Some(user.number), &actual)
    }

    /// Compares the answer to an attempt with the model's, and keeps the attempt if it was counted.
    fn compare_attempt(
        &mut self,
        actor: Actor,
        (challenge, user): (ChallengeId, &TestUser),
        number: Option<[u8; 32]>,
        actual: &AttemptReservation,
    ) -> Result<(), Mismatch> {
        let now = self.suite.now();
        let (key, entered) = (ChallengeKey::new(challenge, user), (number, user.proof));
        let expected = self.users.in_model(actor).reserve_attempt(key, entered, &LOCK_RULE, now);
        expect_same(describe::attempt_reservation(&expected), describe::attempt_reservation(actual))?;
        if let AttemptReservation::Reserved { attempt: number_in_model, era: era_in_model, .. } = expected
            && let AttemptReservation::Reserved { attempt: number_in_store, era: era_in_store, .. } = *actual
        {
            self.attempts.push(CountedAttempt {
                actor,
                approval: user.approval,
                challenge,
                number_in_store,
                number_in_model,
                era_in_store,
                era_in_model,
                at: now,
                is_released: false,
            });
        }
        Ok(())
    }

    /// Releases an attempt, once.
    pub(in crate::conformance::model) async fn release_attempt(
        &mut self,
        attempt: NthNewest,
        unsent: bool,
    ) -> Result<(), Mismatch> {
        let now = self.suite.now();
        let Some(position) = attempt.position(self.attempts.len()) else { return Ok(()) };
        let Some(attempt) = self.attempts.get_mut(position) else { return Ok(()) };
        if attempt.is_released || now >= attempt.at.plus(IN_FLIGHT) {
            return Ok(());
        }
        attempt.is_released = true;
        let user = TestUser { approval: attempt.approval, ..self.users.in_store(attempt.actor) };
        let (key, id, number, era) =
            (user.key(), &attempt.challenge, attempt.number_in_store, attempt.era_in_store);
        let request = ReleaseAttempt::new(key, id, number, era, &LOCK_RULE, now);
        let request = if unsent { request.unsent() } else { request };
        expect_answer("release_attempt", self.suite.store().release_attempt(request).await)?;
        self.users.in_model(attempt.actor).release_attempt(attempt.era_in_model, unsent);
        Ok(())
    }

    /// Looks up whether the code of the newest attempt on a challenge was entered before.
    pub(in crate::conformance::model) async fn find_repeat(
        &mut self,
        challenge: NthNewest,
        right_code: bool,
    ) -> Result<(), Mismatch> {
        let Some(send) = challenge.of(&self.sends) else { return Ok(()) };
        let ReservedSend { actor, id, .. } = send;
        let now = self.suite.now();
        let user = if right_code {
            self.users.owner(actor, send.approval)
        } else {
            self.users.guessing(actor, send.approval)
        };
        let newest = self.attempts.iter().rev().find(|attempt| attempt.challenge == id);
        let (in_store, in_model) =
            newest.map_or((0, 0), |attempt| (attempt.number_in_store, attempt.number_in_model));
        let actual = user.settle(&id, in_store).await;
        let key = ChallengeKey::new(id, &user);
        let expected = self.users.in_model(actor).find_repeat(key, (in_model, user.proof), now);
        expect_same(describe::repeat_lookup(&expected), describe::repeat_lookup(&actual))
    }
}
