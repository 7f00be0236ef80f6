//! Rows with axum-login and the memory store of tower-sessions.
//!
//! All three load the session and its user for each request, and have the same cookies.

use std::{convert::Infallible, rc::Rc, sync::Arc};

use axum::{
    Router,
    extract::FromRequestParts,
    http::{Request, StatusCode, header, request::Parts},
    response::Response,
    routing::get,
};
use axum_login::{AuthManagerLayerBuilder, AuthUser, AuthnBackend};
use mfakit::{LoginId, Mfa, MfaLayer, Subject};
use tokio::runtime::Runtime;
use tower::Service;
use tower_sessions::{
    MemoryStore, SessionManagerLayer, SessionStore,
    session::{Id, Record},
};

use crate::{
    Row, by_attribute, request, row, unguarded,
    world::{OTHERS, cookies, is_recent, unix_seconds},
};

type AuthSession = axum_login::AuthSession<Users>;

/// Key of the session under which an app keeps the time at which a code was entered.
const CODE_ENTERED_AT: &str = "pay_code_entered_at";

/// User as axum-login needs one.
#[derive(Clone, Debug)]
struct User {
    name: Arc<str>,
}

impl AuthUser for User {
    type Id = String;

    fn id(&self) -> String {
        self.name.as_ref().to_owned()
    }

    fn session_auth_hash(&self) -> &[u8] {
        b"alice's"
    }
}

/// One user, who is already in memory.
#[derive(Clone)]
struct Users(User);

impl AuthnBackend for Users {
    type User = User;
    type Credentials = ();
    type Error = Infallible;

    async fn authenticate(&self, (): ()) -> Result<Option<User>, Infallible> {
        Ok(Some(self.0.clone()))
    }

    async fn get_user(&self, _: &String) -> Result<Option<User>, Infallible> {
        Ok(Some(self.0.clone()))
    }
}

async fn log_in(mut auth: AuthSession) {
    let user = auth.authenticate(()).await.unwrap().unwrap();
    auth.login(&user).await.unwrap();
    auth.session.insert(CODE_ENTERED_AT, unix_seconds()).await.unwrap();
}

async fn identify(auth: AuthSession) -> Result<Option<Subject>, Infallible> {
    let signed_in = auth.user.zip(auth.session.id());
    // As text, because earlier revisions take no other identifier.
    Ok(signed_in
        .map(|(user, id)| Subject::cookie(user.name, LoginId::from_session_id(id.to_string().as_str()))))
}

/// Guard that an app would write by hand: the user is signed in, and entered a code recently.
struct CodeEntered;

impl<S: Send + Sync> FromRequestParts<S> for CodeEntered {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        let auth = parts.extensions.get::<AuthSession>().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
        auth.user.as_ref().ok_or(StatusCode::UNAUTHORIZED)?;
        let entered = auth.session.get(CODE_ENTERED_AT).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
        is_recent(entered).then_some(Self).ok_or(StatusCode::UNAUTHORIZED)
    }
}

async fn by_session_key(_: CodeEntered) -> &'static str {
    "done"
}

pub(crate) fn rows(runtime: &Rc<Runtime>, mfa: &Mfa) -> Vec<Row> {
    let sessions = MemoryStore::default();
    runtime.block_on(others(&sessions));
    let users = Users(User { name: "alice".into() });
    let auth = AuthManagerLayerBuilder::new(users, SessionManagerLayer::new(sessions)).build();
    let mut signing_in = Router::new().route("/login", get(log_in)).layer(auth.clone());
    let signed_in = Request::get("/login").body(axum::body::Body::empty()).unwrap();
    let session = session_cookie(&runtime.block_on(signing_in.call(signed_in)).unwrap());
    let id: Id = session.trim_start_matches("id=").parse().unwrap();
    let subject = Subject::cookie("alice", LoginId::from_session_id(id.to_string().as_str()));
    let cookies = cookies(&session, &runtime.block_on(mfa.testing().grant(&subject, "pay")));
    let row = |name, over, app: Router| {
        let cookies = cookies.clone();
        row((name, over), runtime, app.layer(auth.clone()), move || request(&cookies))
    };
    let pay = |handler| Router::new().route("/pay", handler);
    vec![
        row("axum-login", "", pay(get(unguarded))),
        row("axum-login, session key", "axum-login", pay(get(by_session_key))),
        row(
            "axum-login, attribute",
            "axum-login",
            pay(get(by_attribute)).layer(MfaLayer::new(mfa.clone(), identify)),
        ),
    ]
}

/// Makes the other sessions.
async fn others(sessions: &MemoryStore) {
    let expiry_date = tower_sessions::cookie::time::OffsetDateTime::now_utc()
        + tower_sessions::cookie::time::Duration::days(14);
    for other in 0..OTHERS {
        let data = [("user".to_owned(), other.into())].into();
        sessions.create(&mut Record { id: Id::default(), data, expiry_date }).await.unwrap();
    }
}

/// Returns the session's cookie, without its attributes.
fn session_cookie(signed_in: &Response) -> String {
    let cookie = signed_in.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split_once(';').unwrap().0.to_owned()
}
