//! axum-login, on axum.

use std::convert::Infallible;

use axum::{Router, http::StatusCode, routing::post};
use axum_login::AuthManagerLayerBuilder;
use mfakit::{LoginId, Mfa, MfaLayer, StepUp, Subject, require_mfa};
use tower_sessions::{MemoryStore, SessionManagerLayer};

// Used by the test only.
use std::sync::{Arc, Mutex};

use axum_login::{AuthUser, AuthnBackend};
use mfakit::testing::on_tower;

use super::{
    browser::Jar,
    mfa::mfa,
    walk::{Renewal, keep_grant, sign_in, walk, walk_over_other_sessions},
};

type AuthSession = axum_login::AuthSession<Users>;

async fn identify(auth: AuthSession) -> Result<Option<Subject>, Infallible> {
    let signed_in = auth.user.zip(auth.session.id());
    Ok(signed_in.map(|(user, id)| Subject::cookie(user.id, LoginId::from_session_id(id))))
}

async fn log_in(auth: &mut AuthSession, user: &User) -> Result<(), axum_login::Error<Users>> {
    auth.session.cycle_id().await?; // the line to add before your call of `login`
    auth.login(user).await
}

async fn log_out(mut auth: AuthSession, step_up: StepUp) -> axum::response::Result<&'static str> {
    auth.logout().await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    step_up.sign_out().await?;
    Ok("signed out")
}

fn app(mfa: Mfa, users: Users, sessions: MemoryStore) -> Router {
    Router::new()
        .route("/transfer", post(transfer))
        .route("/logout", post(log_out))
        .merge(routes())
        .layer(MfaLayer::new(mfa, identify).with_routes())
        .layer(AuthManagerLayerBuilder::new(users, SessionManagerLayer::new(sessions)).build())
}

#[require_mfa(scope = "transfer")]
async fn transfer() -> &'static str {
    "sent"
}

/// A user as axum-login wants one. The session ends when the password changes.
#[derive(Clone, Debug)]
struct User {
    id: String,
    password_hash: String,
}

impl AuthUser for User {
    type Id = String;

    fn id(&self) -> String {
        self.id.clone()
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.password_hash.as_bytes()
    }
}

fn bob() -> User {
    User { id: "bob".to_owned(), password_hash: "bobs".to_owned() }
}

/// Two users, and a password of the first that can be changed.
#[derive(Clone)]
struct Users(Arc<Mutex<User>>);

impl Users {
    fn new() -> Self {
        let alice = User { id: "alice".to_owned(), password_hash: "one".to_owned() };
        Self(Arc::new(Mutex::new(alice)))
    }

    fn alice(&self) -> User {
        self.0.lock().unwrap().clone()
    }
}

impl AuthnBackend for Users {
    type User = User;
    type Credentials = ();
    type Error = Infallible;

    async fn authenticate(&self, (): ()) -> Result<Option<User>, Infallible> {
        Ok(Some(self.alice()))
    }

    async fn get_user(&self, id: &String) -> Result<Option<User>, Infallible> {
        Ok([self.alice(), bob()].into_iter().find(|user| user.id == *id))
    }
}

fn routes() -> Router {
    Router::new()
        .route(
            "/login",
            post(async |mut auth: AuthSession| {
                let user = auth.authenticate(()).await.unwrap().unwrap();
                log_in(&mut auth, &user).await.unwrap();
            }),
        )
        .route("/login/bob", post(async |mut auth: AuthSession| log_in(&mut auth, &bob()).await.unwrap()))
        .route("/visit", post(async |auth: AuthSession| auth.session.insert("visits", 1).await.unwrap()))
        .route("/renew", post(async |auth: AuthSession| auth.session.cycle_id().await.unwrap()))
}

#[tokio::test]
async fn a_grant_lives_and_dies_with_a_session_of_axum_login() {
    let (mfa, events) = mfa();
    let app = on_tower(app(mfa.clone(), Users::new(), MemoryStore::default()));
    walk(&mfa, &events, Renewal::EndsGrants, app).await;
}

#[tokio::test]
async fn no_grant_passes_from_one_session_of_axum_login_to_another() {
    let (mfa, events) = mfa();
    let app = on_tower(app(mfa.clone(), Users::new(), MemoryStore::default()));
    walk_over_other_sessions(&mfa, &events, app).await;
}

#[tokio::test]
async fn a_session_that_axum_login_ends_by_itself_takes_its_grants_with_it() {
    let ((mfa, events), users, mut jar) = (mfa(), Users::new(), Jar::default());
    let app = on_tower(app(mfa.clone(), users.clone(), MemoryStore::default()));
    let alice = sign_in(&mut jar, &app, &events).await;
    keep_grant(&mut jar, &mfa, &alice).await;
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, 200);
    users.0.lock().unwrap().password_hash = "two".to_owned();
    assert_eq!(jar.ask(&app, "POST", "/transfer").await.0, 401);
    sign_in(&mut jar, &app, &events).await;
}
