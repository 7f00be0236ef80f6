//! Rows with actix-session.
//!
//! actix-session has no store in memory, so these rows use its cookie store: every request decrypts the session. All
//! three do that, and have the same cookies.

use std::{
    future::{Ready, ready},
    rc::Rc,
};

use actix_session::{Session, SessionExt, SessionGetError, SessionMiddleware, storage::CookieSessionStore};
use actix_web::{
    App, Error, FromRequest, HttpRequest, HttpResponse,
    cookie::Key,
    dev::{Payload, Service, ServiceResponse},
    error::ErrorUnauthorized,
    http::header,
    test, web,
};
use mfakit::{LoginId, Mfa, MfaMiddleware, Subject};
use tokio::runtime::Runtime;

use crate::{
    Row, by_attribute, request, row, unguarded,
    world::{cookies, is_recent, unix_seconds},
};

/// Key of the session under which an app keeps the time at which a code was entered.
const CODE_ENTERED_AT: &str = "pay_code_entered_at";

async fn identify(session: Session) -> Result<Option<Subject>, SessionGetError> {
    let (user, id) = (session.get::<String>("user")?, session.get::<LoginId>("login")?);
    Ok(user.zip(id).map(|(user, id)| Subject::cookie(user, id)))
}

/// Guard that an app would write by hand: the user is signed in, and entered a code recently.
struct CodeEntered;

impl FromRequest for CodeEntered {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = request.get_session();
        let read = || -> Result<bool, SessionGetError> {
            Ok(session.get::<String>("user")?.is_some() && is_recent(session.get(CODE_ENTERED_AT)?))
        };
        ready(match read() {
            Ok(true) => Ok(Self),
            Ok(false) => Err(ErrorUnauthorized("no code")),
            Err(error) => Err(error.into()),
        })
    }
}

async fn by_session_key(_: CodeEntered) -> &'static str {
    "done"
}

pub(crate) fn rows(runtime: &Rc<Runtime>, mfa: &Mfa) -> Vec<Row> {
    let (key, login) = (Key::generate(), LoginId::random());
    let log_in = move |session: Session| async move {
        session.insert("user", "alice").unwrap();
        session.insert("login", login).unwrap();
        session.insert(CODE_ENTERED_AT, unix_seconds()).unwrap();
        HttpResponse::Ok().finish()
    };
    let session = || SessionMiddleware::new(CookieSessionStore::default(), key.clone());
    let signing_in = App::new().route("/login", web::get().to(log_in)).wrap(session());
    let signing_in = runtime.block_on(test::init_service(signing_in));
    let signed_in = signing_in.call(test::TestRequest::with_uri("/login").to_request());
    let session_cookie = session_cookie(&runtime.block_on(signed_in).unwrap());
    let grant = runtime.block_on(mfa.testing().grant(&Subject::cookie("alice", login), "pay"));
    let cookies = cookies(&session_cookie, &grant);
    macro_rules! row {
        ($name:literal, $over:literal, $app:expr) => {{
            let (app, cookies) = ($app.wrap(session()), cookies.clone());
            row(($name, $over), runtime, runtime.block_on(test::init_service(app)), move || request(&cookies))
        }};
    }
    let pay = || web::resource("/pay");
    vec![
        row!("actix-session", "", App::new().service(pay().to(unguarded))),
        row!("actix-session, session key", "actix-session", App::new().service(pay().to(by_session_key))),
        row!(
            "actix-session, attribute",
            "actix-session",
            App::new().service(pay().to(by_attribute)).wrap(MfaMiddleware::new(mfa.clone(), identify))
        ),
    ]
}

/// Returns the session's cookie, without its attributes.
fn session_cookie(signed_in: &ServiceResponse) -> String {
    let cookie = signed_in.headers().get(header::SET_COOKIE).unwrap().to_str().unwrap();
    cookie.split_once(';').unwrap().0.to_owned()
}
