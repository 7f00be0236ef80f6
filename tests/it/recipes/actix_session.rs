//! actix-session, on actix-web.

use actix_session::{Session, SessionGetError, SessionInsertError};
use actix_session::{SessionMiddleware, storage::CookieSessionStore};
use actix_web::{App, web};
use mfakit::{LoginId, MfaMiddleware, MfaRejection, StepUp, Subject, require_mfa};

// Used by the test only.
use actix_web::{HttpResponse, cookie::Key, test};
use mfakit::Mfa;

use super::{
    browser::on_actix,
    mfa::mfa,
    walk::{Renewal, walk},
};

async fn identify(session: Session) -> Result<Option<Subject>, SessionGetError> {
    let (user, id) = (session.get::<String>("user")?, session.get::<LoginId>("login")?);
    Ok(user.zip(id).map(|(user, id)| Subject::cookie(user, id)))
}

fn log_in(session: &Session, user: &str) -> Result<(), SessionInsertError> {
    session.clear();
    session.renew();
    session.insert("user", user)?;
    session.insert("login", LoginId::random())
}

async fn log_out(session: Session, step_up: StepUp) -> Result<&'static str, MfaRejection> {
    session.purge();
    step_up.sign_out().await?;
    Ok("signed out")
}

macro_rules! app {
    ($mfa:expr, $key:expr) => {{
        let (mfa, key): (Mfa, Key) = ($mfa, $key);
        App::new()
            .route("/transfer", web::post().to(transfer))
            .route("/logout", web::post().to(log_out))
            .configure(routes)
            .configure(mfakit::web::actix::routes(&mfa))
            // Later middleware wraps earlier middleware, so the session is there when `identify` runs.
            .wrap(MfaMiddleware::new(mfa, identify))
            .wrap(SessionMiddleware::new(CookieSessionStore::default(), key))
    }};
}

#[require_mfa(scope = "transfer")]
async fn transfer() -> &'static str {
    "sent"
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .route(
            "/login",
            web::post().to(async |session: Session| {
                log_in(&session, "alice").unwrap();
                HttpResponse::Ok().finish()
            }),
        )
        .route(
            "/renew",
            web::post().to(async |session: Session| {
                session.renew();
                HttpResponse::Ok().finish()
            }),
        );
}

/// The session is in the cookie itself, so one that was kept still opens after a log-out. Its grants are gone.
#[actix_web::test]
async fn a_grant_lives_and_dies_with_a_session_of_actix_session() {
    let (mfa, events) = mfa();
    let app = test::init_service(app!(mfa.clone(), Key::generate())).await;
    walk(&mfa, &events, Renewal::KeepsGrants, on_actix(app)).await;
}
