//! axum-login, on axum.

use axum::{Router, routing::post};
use axum_login::AuthManagerLayerBuilder;
use mfakit::{LoginId, Mfa, MfaLayer, Subject};
use tower_sessions::{MemoryStore, SessionManagerLayer, session};

// Used by the test only.
use std::{
    convert::Infallible,
    sync::{Arc, Mutex},
};

use axum::extract::State;
use axum_login::{AuthUser, AuthnBackend};
use mfakit::{require_mfa, testing::on_tower};

use super::{
    browser::Jar,
    mfa::mfa,
    walk::{keep_grant, sign_in, walk},
};

type AuthSession = axum_login::AuthSession<Users>;

async fn identify(auth: AuthSession) -> Result<Option<Subject>, session::Error> {
    let id: Option<LoginId> = auth.session.get("login").await?;
    Ok(auth.user.zip(id).map(|(user, id)| Subject::cookie(user.name, id)))
}

async fn log_in(auth: &mut AuthSession, user: &User) -> Result<(), axum_login::Error<Users>> {
    auth.login(user).await?;
    Ok(auth.session.insert("login", LoginId::random()).await?)
}

async fn log_out(auth: &mut AuthSession, mfa: &Mfa) -> Result<(), mfakit::BoxError> {
    let id: Option<LoginId> = auth.session.get("login").await?;
    let user = auth.logout().await?;
    if let Some((user, id)) = user.zip(id) {
        mfa.revoke_login(&user.name.into(), &id).await?;
    }
    Ok(())
}

fn app(mfa: Mfa, users: Users, sessions: MemoryStore) -> Router {
    Router::new()
        .route("/transfer", post(transfer))
        .merge(routes())
        .merge(mfakit::web::axum::routes(&mfa))
        .layer(MfaLayer::new(mfa.clone(), identify))
        .layer(AuthManagerLayerBuilder::new(users, SessionManagerLayer::new(sessions)).build())
        .with_state(mfa)
}

#[require_mfa(scope = "transfer")]
async fn transfer() -> &'static str {
    "sent"
}

/// A user as axum-login wants one. The session ends when the password changes.
#[derive(Clone, Debug)]
struct User {
    name: String,
    password_hash: String,
}

impl AuthUser for User {
    type Id = String;

    fn id(&self) -> String {
        self.name.clone()
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.password_hash.as_bytes()
    }
}

/// One user, and a password that can be changed.
#[derive(Clone)]
struct Users(Arc<Mutex<User>>);

impl Users {
    fn new() -> Self {
        let alice = User { name: "alice".to_owned(), password_hash: "one".to_owned() };
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

    async fn get_user(&self, name: &String) -> Result<Option<User>, Infallible> {
        Ok(Some(self.alice()).filter(|user| user.name == *name))
    }
}

fn routes() -> Router<Mfa> {
    Router::new()
        .route(
            "/login",
            post(async |mut auth: AuthSession| {
                let user = auth.authenticate(()).await.unwrap().unwrap();
                log_in(&mut auth, &user).await.unwrap();
            }),
        )
        .route("/renew", post(async |auth: AuthSession| auth.session.cycle_id().await.unwrap()))
        .route(
            "/logout",
            post(async |mut auth: AuthSession, State(mfa): State<Mfa>| {
                log_out(&mut auth, &mfa).await.unwrap();
            }),
        )
}

#[tokio::test]
async fn a_grant_lives_and_dies_with_a_session_of_axum_login() {
    let (mfa, events) = mfa();
    walk(&mfa, &events, on_tower(app(mfa.clone(), Users::new(), MemoryStore::default()))).await;
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
