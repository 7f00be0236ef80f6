//! Grants without a challenge.

use crate::{
    action::{Action, Approval},
    catalog::ScopeSettings,
    challenge::Challenge,
    channel::Channel,
    code::Code,
    engine::Mfa,
    proof::Entered,
    requirement::Requirement,
    scope::Scope,
    send_rule::SendRule,
    store::{Key, OpenOutcome, ReserveSend, SendReservation},
    subject::{Subject, UserId},
    token::{ChallengeId, GrantToken, ProviderScope},
};

/// Operations on an engine that only tests may use. [`Mfa::testing`] returns it.
///
/// ```
/// use mfakit_core::{Decision, Mfa, PhoneNumber, Requirement, Scope, Subject, UserId};
/// use mfakit_core::testing::TestProvider;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
///     .scope("transfer", "make a transfer")
///     .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
///     .messaging_to(["US"])
///     .build()?;
///
/// // A client that authenticates with a bearer token needs no cookie.
/// let program = Subject::bearer("alice", "the-token-id");
/// mfa.testing().grant(&program, "transfer").await;
/// let transfer = Requirement::new(Scope::new("transfer")?);
/// assert!(matches!(mfa.check(Some(&program), &transfer, None).await?, Decision::Granted(_)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Testing<'a> {
    mfa: &'a Mfa,
}

impl Mfa {
    /// Returns the operations that only tests may use. The `testing` feature enables this method. Enable it in
    /// `[dev-dependencies]` only.
    #[must_use]
    pub const fn testing(&self) -> Testing<'_> {
        Testing { mfa: self }
    }
}

impl Testing<'_> {
    /// Makes a grant as if `subject` had just entered the right code. Returns the cookie for the `Cookie` header, such
    /// as `__Host-mfa-transfer=…`, or an empty string for a bearer subject, which needs none.
    ///
    /// # Panics
    ///
    /// Panics if the scope is not declared, if it is [bound only](crate::DeclaredScope::bound), or if the store does not make
    /// the grant. For a scope that is bound only, use [`approve`](Self::approve).
    pub async fn grant(&self, subject: &Subject, scope: &str) -> String {
        let scope = self.unbound(scope, "approve(&subject, scope, &action)");
        let token = self.redeemed(subject, scope, None).await;
        let cookie = |token: GrantToken| format!("{}={}", GrantToken::cookie_name(&scope), token.expose());
        token.map(cookie).unwrap_or_default()
    }

    /// Makes a grant for one action, as if `subject` had requested it and had just entered the right code. Returns the cookie
    /// for the `Cookie` header, or an empty string for a bearer subject, which needs none.
    ///
    /// The grant is good for exactly this action, once. The action is kept like any other, so a request may also name its
    /// approval.
    ///
    /// # Panics
    ///
    /// Panics if the scope is not declared, if the action cannot be approved, or if the store does not make the grant.
    #[allow(clippy::expect_used, reason = "a test that is set up incorrectly fails")]
    pub async fn approve<A: Action>(&self, subject: &Subject, scope: &str, action: &A) -> String {
        let scope = self.declared(scope);
        let proposal = self.mfa.proposal(&scope, action).expect("the action has a canonical form");
        let kept = self.mfa.keep(subject, &scope, proposal, None).await;
        let approval = kept.expect("the action is kept").approval;
        let token = self.redeemed(subject, scope, Some(approval)).await;
        let name = GrantToken::bound_cookie_name(&scope, &approval.id);
        token.map(|token| format!("{name}={}", token.expose())).unwrap_or_default()
    }

    /// Makes a grant, and returns its token.
    #[allow(clippy::expect_used, reason = "a test that is set up incorrectly fails")]
    async fn redeemed(
        &self,
        subject: &Subject,
        scope: Scope,
        approval: Option<Approval>,
    ) -> Option<GrantToken> {
        let lifetime = self.mfa.scope(&scope).map(ScopeSettings::grant_lifetime).unwrap_or_default();
        let (store, now, id) = (&self.mfa.inner.store, self.mfa.inner.clock.now(), ChallengeId::random());
        let id_of_approval = approval.as_ref().map(|approval| &approval.id);
        let key =
            Key { user: subject.user(), login: subject.login(), scope: &scope, approval: id_of_approval };
        // No limits apply, because the grants of a test do not count as sends.
        let rule = &SendRule { cool_down: Vec::new(), per_login_and_scope: Vec::new(), per_user: Vec::new() };
        let reserved = store.reserve_send(ReserveSend { key, challenge: &id, rule, now }).await;
        let reserved = reserved.expect("the store keeps a challenge");
        assert!(matches!(reserved, SendReservation::Reserved { .. }), "the user is locked: {reserved:?}");
        let challenge = Challenge {
            id,
            login: *subject.login(),
            scope,
            approval,
            method: Channel::Messaging.into(),
            provider_scope: ProviderScope::random(&scope),
            number: [0; 32],
            last_two: "00".to_owned(),
            sent_at: now,
            expires_at: now.plus(self.mfa.inner.policy.code_lifetime),
            resend_at: now,
            attempts: 1,
            attempts_used: 1,
            return_to: None,
        };
        let opened = store.open_challenge(subject.user(), &challenge).await;
        assert_eq!(opened.expect("the store keeps a challenge"), OpenOutcome::Opened);
        let code = &Code::parse("0000").expect("four digits are a valid code");
        let entered =
            Entered { subject, scope: &scope, challenge: &challenge.id, approval: id_of_approval, code };
        let verified = self.mfa.redeem(entered, &challenge, lifetime, 0, 0).await;
        verified.expect("the store makes a grant").token
    }

    #[allow(clippy::expect_used, reason = "a test that is set up incorrectly fails")]
    fn declared(&self, scope: &str) -> Scope {
        let scope = Scope::new(scope).expect("the test uses a valid scope");
        assert!(self.mfa.scope(&scope).is_some(), "the scope {scope} is not declared");
        scope
    }

    /// Returns a scope whose grants need no action.
    fn unbound(&self, scope: &str, instead: &str) -> Scope {
        let scope = self.declared(scope);
        let bound = self.mfa.scope(&scope).is_some_and(ScopeSettings::is_bound);
        assert!(!bound, "the scope {scope} is bound only, so a grant needs an action: call {instead}");
        scope
    }

    /// Gives `user` a grant in every session, present and future, as if each of them had just entered the right code.
    /// No request needs the grant cookie for it, whether the app recognizes the user by a cookie or by a bearer token.
    ///
    /// The test needs neither the session nor its [`LoginId`](crate::subject::LoginId), so it can test an app over HTTP.
    /// The grant ends like any other:
    ///
    /// - It expires after the lifetime of the scope, counted from this call.
    /// - A guard with `once` consumes it, and a sign-out ([`revoke_login`](Mfa::revoke_login)) and a dropped confirmation
    ///   ([`revoke_grant`](Mfa::revoke_grant)) revoke it. Each of these ends it for one session. Other sessions keep
    ///   theirs, and so do those of later sign-ins.
    /// - [`revoke_user`](Mfa::revoke_user) and [`revoke_scope`](Mfa::revoke_scope) end it for all sessions.
    ///
    /// A second call makes a new grant. This engine keeps the grant in its memory, and the store does not contain it.
    /// [`Mfa::status`] does not list it.
    ///
    /// ```
    /// # use mfakit_core::{Decision, Mfa, PhoneNumber, UserId, testing::TestProvider};
    /// use mfakit_core::{LoginId, Requirement, Scope, Subject};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
    /// #     .scope("transfer", "make a transfer")
    /// #     .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
    /// #     .messaging_to(["US"])
    /// #     .build()?;
    /// mfa.testing().grant_user("alice", "transfer");
    ///
    /// let transfer = Requirement::new(Scope::new("transfer")?);
    /// for alice in [Subject::cookie("alice", LoginId::random()), Subject::bearer("alice", "a token's id")] {
    ///     assert!(matches!(mfa.check(Some(&alice), &transfer, None).await?, Decision::Granted(_)));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Panics if the scope is not declared, or if it is [bound only](crate::DeclaredScope::bound). For a scope that is bound
    /// only, use [`approve_user`](Self::approve_user).
    pub fn grant_user(&self, user: impl Into<UserId>, scope: &str) {
        let scope = self.unbound(scope, "approve_user(user, scope, &action)");
        self.mfa.grant_user(&user.into(), scope, None);
    }

    /// Gives `user` a grant for one action in every session, as [`grant_user`](Self::grant_user) does for a scope.
    ///
    /// Each session can carry out exactly this action, once. No action is kept, so a request must contain the action, and
    /// cannot name its approval.
    ///
    /// # Panics
    ///
    /// Panics if the scope is not declared, or if the action cannot be approved.
    #[allow(clippy::expect_used, reason = "a test that is set up incorrectly fails")]
    pub fn approve_user<A: Action>(&self, user: impl Into<UserId>, scope: &str, action: &A) {
        let scope = self.declared(scope);
        let read = self.mfa.read_back(&Requirement::new(scope), action);
        let (_, digest) = read.expect("the action has a canonical form");
        self.mfa.grant_user(&user.into(), scope, Some(digest));
    }
}
