//! The test of every recipe with a session cookie: sign-in, code, renewal, sign-out, and sign-in again.

use mfakit::{
    BoxError, Decision, GrantToken, Mfa, Requirement, Scope, Subject,
    testing::{Events, HttpCall, HttpReply},
};

use super::browser::Jar;

/// Effect of a new session ID on a grant.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Renewal {
    /// The `LoginId` is in the session's data, so the grant stays.
    KeepsGrants,
    /// The `LoginId` is made from the session's ID, so the grant ends.
    EndsGrants,
}

/// The app has `POST /login`, `/renew` (a new session id), `/logout` and `/transfer`, which is guarded.
pub(crate) async fn walk(
    mfa: &Mfa,
    events: &Events,
    renewal: Renewal,
    app: impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>,
) {
    let mut jar = Jar::default();
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, 401, "no user is signed in");

    let alice = sign_in(&mut jar, &app, events).await;
    keep_grant(&mut jar, mfa, &alice).await;
    assert_eq!(jar.ask(&app, "POST", "/transfer").await, (200, "sent".to_owned()));

    let before = jar.clone();
    assert_eq!(jar.ask(&app, "POST", "/renew").await.0, 200);
    assert_ne!(jar, before, "the session cookie is another one");
    let after = if renewal == Renewal::KeepsGrants { 200 } else { 401 };
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, after, "a new session ID");

    // A second sign-in without a sign-out in between is another session.
    assert_ne!(sign_in(&mut jar.clone(), &app, events).await, alice);

    let mut jar = Jar::default();
    let alice = sign_in(&mut jar, &app, events).await;
    let granted = keep_grant(&mut jar, mfa, &alice).await;
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, 200);
    let mut kept = jar.clone();

    assert!(stands(mfa, &alice, &granted).await);
    assert_eq!(jar.ask(&app, "POST", "/logout").await.0, 200);
    assert!(!stands(mfa, &alice, &granted).await, "the grant ended with the log-in");
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, 401);
    assert_eq!(kept.ask(&app, "POST", "/transfer").await.0, 401, "the old cookies are worth nothing");

    let (name, value) = granted.split_once('=').unwrap();
    jar.keep(name, value);
    assert_ne!(sign_in(&mut jar, &app, events).await, alice, "a new log-in, a new code");

    // A grant for every session passes in a session of this crate as well, without its cookie.
    mfa.testing().grant_user("alice", "transfer");
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, 200);
    mfa.revoke_user(alice.user()).await.unwrap();
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, 401);
}

/// Signs in, and returns the subject that the guard rejects because there is no code yet.
pub(crate) async fn sign_in(
    jar: &mut Jar,
    app: &impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>,
    events: &Events,
) -> Subject {
    assert_eq!(jar.ask(app, "POST", "/login").await.0, 200);
    events.clear();
    let (status, body) = jar.ask(app, "POST", "/transfer").await;
    assert_eq!((status, body.contains("step-up-required")), (401, true), "no code yet: {body}");
    events.last_subject().unwrap()
}

/// Makes a grant for this session, and keeps its cookie.
pub(crate) async fn keep_grant(jar: &mut Jar, mfa: &Mfa, subject: &Subject) -> String {
    let granted = mfa.testing().grant(subject, "transfer").await;
    let (name, value) = granted.split_once('=').unwrap();
    jar.keep(name, value);
    granted
}

/// Reports whether the engine itself still has the grant.
async fn stands(mfa: &Mfa, subject: &Subject, cookie: &str) -> bool {
    let (_, value) = cookie.split_once('=').unwrap();
    let token = GrantToken::from_cookie(value.as_bytes()).unwrap();
    let requirement = Requirement::new(Scope::new("transfer").unwrap());
    matches!(mfa.check(Some(subject), &requirement, Some(&token)).await, Ok(Decision::Granted(_)))
}

/// Signs in over the sessions of others. The app also has `POST /visit`, which starts a session without a user, and
/// `/login/bob`.
pub(crate) async fn walk_over_other_sessions(
    mfa: &Mfa,
    events: &Events,
    app: impl AsyncFn(HttpCall) -> Result<HttpReply, BoxError>,
) {
    for planted in ["/visit", "/login/bob"] {
        let mut attacker = Jar::default();
        assert_eq!(attacker.ask(&app, "POST", planted).await.0, 200);
        let mut victim = attacker.clone();
        let alice = sign_in(&mut victim, &app, events).await;
        let granted = keep_grant(&mut victim, mfa, &alice).await;
        assert_eq!(victim.ask(&app, "POST", "/transfer").await.0, 200);

        // The attacker has the session that was planted, and even the grant.
        let (name, value) = granted.split_once('=').unwrap();
        attacker.keep(name, value);
        let (status, body) = attacker.ask(&app, "POST", "/transfer").await;
        assert_eq!((status, body.contains("unauthenticated")), (401, true), "{planted}: {body}");
    }

    // The user signs in again with the same browser, then another user, and then the first one, all without a sign-out.
    let mut browser = Jar::default();
    let alice = sign_in(&mut browser, &app, events).await;
    keep_grant(&mut browser, mfa, &alice).await;
    assert_eq!(browser.ask(&app, "POST", "/transfer").await.0, 200);
    for path in ["/login", "/login/bob", "/login"] {
        assert_eq!(browser.ask(&app, "POST", path).await.0, 200);
        let (status, body) = browser.ask(&app, "POST", "/transfer").await;
        assert_eq!((status, body.contains("step-up-required")), (401, true), "{path}: {body}");
    }
}
