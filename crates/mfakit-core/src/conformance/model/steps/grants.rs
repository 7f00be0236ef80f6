//! Grants: made, read, consumed and revoked. Unlocking.

use std::time::Duration;

use crate::{
    approval::ApprovalId,
    clock::Timestamp,
    conformance::{
        model::{
            comparison::Comparison,
            describe,
            divergence::{Mismatch, expect_answer, expect_same},
            history::{ChallengeKey, Owner},
            operation::{Actor, NthNewest},
        },
        test_user::{GRANT_LIFETIME, TestUser},
    },
    grant::Binding,
    store::{RedeemOutcome, Revocation},
    token::{ChallengeId, GrantToken},
};

impl Comparison {
    /// Redeems a challenge on behalf of its owner.
    pub(in crate::conformance::model) async fn redeem(
        &mut self,
        challenge: NthNewest,
        lifetime: Duration,
        by_cookie: bool,
    ) -> Result<(), Mismatch> {
        let Some(send) = challenge.of(&self.sends) else { return Ok(()) };
        let user = self.users.owner(send.actor, send.approval);
        self.redeem_challenge((send.actor, user), send.id, lifetime, by_cookie).await
    }

    /// Redeems any challenge, or an unknown one, on behalf of an actor.
    pub(in crate::conformance::model) async fn redeem_as(
        &mut self,
        actor: Actor,
        challenge: NthNewest,
    ) -> Result<(), Mismatch> {
        let id = challenge.of(&self.sends).map_or_else(ChallengeId::random, |send| send.id);
        self.redeem_challenge((actor, self.users.in_store(actor)), id, GRANT_LIFETIME, true).await
    }

    async fn redeem_challenge(
        &mut self,
        (actor, user): (Actor, TestUser),
        challenge: ChallengeId,
        lifetime: Duration,
        by_cookie: bool,
    ) -> Result<(), Mismatch> {
        let now = self.suite.now();
        let cookie = Binding::Cookie(GrantToken::random().hash());
        let binding = if by_cookie { cookie } else { Binding::Bearer };
        let actual = user.redeem_with(&challenge, binding, lifetime).await;
        let (key, code) = (ChallengeKey::new(challenge, &user), (user.proof, user.nonce));
        let expected = self.users.in_model(actor).redeem(key, (binding, lifetime), code, now);
        expect_same(redeem_outcome(&expected, now), redeem_outcome(&actual, now))?;
        if let RedeemOutcome::Granted(grant) = expected {
            self.grants.push((actor, grant));
        }
        Ok(())
    }

    pub(in crate::conformance::model) async fn read_grant(&mut self, actor: Actor) -> Result<(), Mismatch> {
        let (user, now) = (self.users.in_store(actor), self.suite.now());
        let actual = user.grant().await;
        let expected = self.users.in_model(actor).grant(Owner::new(&user));
        expect_same(describe::grant(expected.as_ref(), now), describe::grant(actual.as_ref(), now))?;
        self.read_consumed(actor, user).await
    }

    /// Reads whether the approval of a user was consumed.
    async fn read_consumed(&mut self, actor: Actor, user: TestUser) -> Result<(), Mismatch> {
        let now = self.suite.now();
        let actual = expect_answer("is_consumed", self.suite.store().is_consumed(user.key(), now).await)?;
        let expected = self.users.in_model(actor).is_consumed(Owner::new(&user), now);
        expect_same(format!("consumed: {expected}"), format!("consumed: {actual}"))
    }

    pub(in crate::conformance::model) async fn read_bound_grants(
        &mut self,
        actor: Actor,
    ) -> Result<(), Mismatch> {
        let (user, now) = (self.users.in_store(actor), self.suite.now());
        let actual = user.bound_grants().await;
        let expected = self.users.in_model(actor).bound_grants(Owner::new(&user), now);
        expect_same(describe::bound_grants(expected.iter(), now), describe::bound_grants(actual.iter(), now))
    }

    /// Consumes a grant that has not expired, current or not.
    pub(in crate::conformance::model) async fn consume(&mut self, grant: NthNewest) -> Result<(), Mismatch> {
        let Some((actor, grant)) = grant.of(&self.grants) else { return Ok(()) };
        if self.suite.now() >= grant.expires_at {
            return Ok(());
        }
        let user = TestUser { approval: grant.approval, ..self.users.in_store(actor) };
        let actual = user.consume(&grant).await;
        let expected = self.users.in_model(actor).consume(Owner::new(&user), &grant, self.suite.now());
        expect_same(format!("{expected:?}"), format!("{actual:?}"))?;
        self.read_consumed(actor, user).await?;
        self.read_grant(actor).await
    }

    pub(in crate::conformance::model) async fn revoke_user(&mut self, actor: Actor) -> Result<(), Mismatch> {
        self.revoke(actor, Revocation::User).await
    }

    pub(in crate::conformance::model) async fn revoke_login(&mut self, actor: Actor) -> Result<(), Mismatch> {
        let user = self.users.in_store(actor);
        self.revoke(actor, Revocation::Login(user.login)).await
    }

    pub(in crate::conformance::model) async fn revoke_scope(&mut self, actor: Actor) -> Result<(), Mismatch> {
        let user = self.users.in_store(actor);
        self.revoke(actor, Revocation::Scope(user.scope)).await
    }

    pub(in crate::conformance::model) async fn revoke_elevation(
        &mut self,
        actor: Actor,
    ) -> Result<(), Mismatch> {
        let user = self.users.in_store(actor);
        self.revoke(actor, Revocation::Elevation(user.login, user.scope)).await
    }

    pub(in crate::conformance::model) async fn revoke_approval(
        &mut self,
        actor: Actor,
    ) -> Result<(), Mismatch> {
        let user = self.users.in_store(actor);
        let id = user.approval.map_or_else(ApprovalId::random, |approval| approval.id);
        self.revoke(actor, Revocation::Approval(user.login, user.scope, id)).await
    }

    async fn revoke(&mut self, actor: Actor, revocation: Revocation) -> Result<(), Mismatch> {
        let user = self.users.in_store(actor);
        expect_answer("revoke", self.suite.store().revoke(&user.id, revocation).await)?;
        self.users.in_model(actor).revoke(revocation);
        Ok(())
    }

    pub(in crate::conformance::model) async fn unlock(&mut self, actor: Actor) -> Result<(), Mismatch> {
        let user = self.users.in_store(actor);
        expect_answer("unlock", self.suite.store().unlock(&user.id).await)?;
        self.users.in_model(actor).unlock();
        Ok(())
    }
}

/// Describes the outcome as of the moment of redeeming. A grant without any lifetime is still a grant.
fn redeem_outcome(outcome: &RedeemOutcome, now: Timestamp) -> String {
    match outcome {
        RedeemOutcome::Granted(grant) => format!("granted: {}", describe::grant(Some(grant), now)),
        RedeemOutcome::Over => "over".to_owned(),
    }
}
