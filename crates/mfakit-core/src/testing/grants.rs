//! Grants without a ceremony.

use crate::{
    challenge::Challenge,
    channel::Channel,
    code::Code,
    engine::Mfa,
    proof::Entered,
    scope::Scope,
    send_rule::SendRule,
    store::{Key, OpenOutcome, ReserveSend, SendReservation},
    subject::Subject,
    token::{ChallengeId, GrantToken, ProviderScope},
};

/// What only tests may do with an engine; from [`Mfa::testing`].
#[derive(Debug)]
pub struct Testing<'a> {
    mfa: &'a Mfa,
}

impl Mfa {
    /// What only tests may do: exists with the feature `testing`, which belongs into
    /// `[dev-dependencies]` and nowhere else.
    #[must_use]
    pub const fn testing(&self) -> Testing<'_> {
        Testing { mfa: self }
    }
}

impl Testing<'_> {
    /// Makes a grant as if `subject` had just typed the right code, and returns the cookie for the `Cookie`
    /// header: `__Host-mfa-transfer=…`. For a bearer subject, who needs none, it is empty.
    ///
    /// # Panics
    ///
    /// When the scope is not declared or the store refuses, so that the test says so.
    #[allow(clippy::expect_used, clippy::panic, reason = "a test wants to stop where it is set up wrongly")]
    pub async fn grant(&self, subject: &Subject, scope: &str) -> String {
        let scope = Scope::new(scope).expect("the test names a scope");
        let entry = self.mfa.scope(&scope).unwrap_or_else(|| panic!("the scope {scope} is not declared"));
        let (store, now, id) = (&self.mfa.inner.store, self.mfa.inner.clock.now(), ChallengeId::random());
        let key = Key { user: subject.user(), login: subject.login(), scope: &scope };
        // No limits: what a test grants counts for nothing.
        let rule = &SendRule { cool_down: Vec::new(), per_login_and_scope: Vec::new(), per_user: Vec::new() };
        let reserved = store.reserve_send(ReserveSend { key, challenge: &id, rule, now }).await;
        let reserved = reserved.expect("the store takes a challenge");
        assert!(matches!(reserved, SendReservation::Reserved { .. }), "the user is locked: {reserved:?}");
        let challenge = Challenge {
            id,
            login: *subject.login(),
            scope,
            channel: Channel::Messaging,
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
        assert_eq!(opened.expect("the store takes a challenge"), OpenOutcome::Opened);
        let code = &Code::parse("0000").expect("four digits are a code");
        let entered = Entered { subject, scope: &scope, challenge: &challenge.id, code };
        let verified =
            self.mfa.redeem(entered, &challenge, entry.grant_lifetime(), 0).await.expect("the store grants");
        let cookie = |token: GrantToken| format!("{}={}", GrantToken::cookie_name(&scope), token.expose());
        verified.token.map(cookie).unwrap_or_default()
    }
}
