//! The test of every recipe with a session cookie: sign-in, code, renewal, sign-out, and sign-in again.

use mfakit::{Decision, GrantToken, LoginId, Mfa, Requirement, Scope, Subject};

use super::browser::{Answered, Ask, Jar};

/// The app has `POST /login`, `/renew` (a new session id), `/logout` and `/transfer`, which is guarded, and
/// `GET /who`, which answers with the `LoginId` that its `identify` finds.
pub(crate) async fn walk(mfa: &Mfa, app: impl AsyncFn(Ask<'_>) -> Answered) {
    let mut jar = Jar::default();
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, 401, "no user is signed in");

    assert_eq!(jar.ask(&app, "POST", "/login").await.0, 200);
    let (status, body) = jar.ask(&app, "POST", "/transfer").await;
    assert_eq!((status, body.contains("step-up-required")), (401, true), "no code yet: {body}");

    let alice = who(&mut jar, &app).await;
    let granted = mfa.testing().grant(&alice, "transfer").await;
    jar.take(&granted);
    assert_eq!(jar.ask(&app, "POST", "/transfer").await, (200, "sent".to_owned()));

    let before = jar.clone();
    assert_eq!(jar.ask(&app, "POST", "/renew").await.0, 200);
    assert_ne!(jar, before, "the session cookie is another one");
    assert_eq!(who(&mut jar, &app).await, alice, "the log-in is the same one");
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, 200);

    // A second sign-in without a sign-out in between is another session, and the first one keeps its grant.
    let mut again = jar.clone();
    assert_eq!(again.ask(&app, "POST", "/login").await.0, 200);
    assert_ne!(who(&mut again, &app).await, alice);
    assert_eq!(again.ask(&app, "POST", "/transfer").await.0, 401);

    let mut jar = Jar::default();
    assert_eq!(jar.ask(&app, "POST", "/login").await.0, 200);
    let alice = who(&mut jar, &app).await;
    let granted = mfa.testing().grant(&alice, "transfer").await;
    jar.take(&granted);
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, 200);
    let mut kept = jar.clone();

    assert!(stands(mfa, &alice, &granted).await);
    assert_eq!(jar.ask(&app, "POST", "/logout").await.0, 200);
    assert!(!stands(mfa, &alice, &granted).await, "the grant ended with the log-in");
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, 401);
    assert_eq!(kept.ask(&app, "POST", "/transfer").await.0, 401, "the old cookies are worth nothing");

    jar.take(&granted);
    assert_eq!(jar.ask(&app, "POST", "/login").await.0, 200);
    assert_ne!(who(&mut jar, &app).await, alice);
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, 401, "a new log-in, a new code");
}

async fn who(jar: &mut Jar, app: &impl AsyncFn(Ask<'_>) -> Answered) -> Subject {
    let (_, login) = jar.ask(app, "GET", "/who").await;
    Subject::cookie("alice", login.parse::<LoginId>().unwrap())
}

/// Reports whether the engine itself still has the grant.
async fn stands(mfa: &Mfa, subject: &Subject, cookie: &str) -> bool {
    let (_, value) = cookie.split_once("=").unwrap();
    let token = GrantToken::from_cookie(value.as_bytes()).unwrap();
    let requirement = Requirement::new(Scope::new("transfer").unwrap());
    matches!(mfa.check(Some(subject), &requirement, Some(&token)).await, Ok(Decision::Granted(_)))
}
