//! actix-session, on actix-web.

use actix_session::{
    Session, SessionGetError, SessionInsertError, SessionMiddleware, storage::CookieSessionStore,
};
use actix_web::{App, web};
use mfakit::{LoginId, Mfa, MfaMiddleware, Subject};
use serde::{Deserialize, Serialize};

// Used by the test only.
use actix_web::{HttpResponse, cookie::Key, test};
use mfakit::require_mfa;

use super::{browser::on_actix, mfa::mfa, walk::walk};

#[derive(Serialize, Deserialize)]
struct LogIn {
    user: String,
    id: LoginId,
}

async fn identify(session: Session) -> Result<Option<Subject>, SessionGetError> {
    let log_in: Option<LogIn> = session.get("log-in")?;
    Ok(log_in.map(|log_in| Subject::cookie(log_in.user, log_in.id)))
}

fn log_in(session: &Session, user: String) -> Result<(), SessionInsertError> {
    session.clear();
    session.renew();
    session.insert("log-in", LogIn { user, id: LoginId::random() })
}

async fn log_out(session: &Session, mfa: &Mfa) -> Result<(), mfakit::BoxError> {
    let log_in: Option<LogIn> = session.get("log-in")?;
    session.purge();
    if let Some(LogIn { user, id }) = log_in {
        mfa.revoke_login(&user.into(), &id).await?;
    }
    Ok(())
}

macro_rules! app {
    ($mfa:expr, $key:expr) => {{
        let (mfa, key): (Mfa, Key) = ($mfa, $key);
        App::new()
            .route("/transfer", web::post().to(transfer))
            .configure(routes(&mfa))
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

fn routes(mfa: &Mfa) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let mfa = web::Data::new(mfa.clone());
    move |config| {
        config
            .app_data(mfa)
            .route(
                "/login",
                web::post().to(async |session: Session| {
                    log_in(&session, "alice".to_owned()).unwrap();
                    HttpResponse::Ok().finish()
                }),
            )
            .route(
                "/renew",
                web::post().to(async |session: Session| {
                    session.renew();
                    HttpResponse::Ok().finish()
                }),
            )
            .route(
                "/logout",
                web::post().to(async |session: Session, mfa: web::Data<Mfa>| {
                    log_out(&session, &mfa).await.unwrap();
                    HttpResponse::Ok().finish()
                }),
            );
    }
}

/// The session is in the cookie itself, so one that was kept still opens after a log-out. Its grants are gone.
#[actix_web::test]
async fn a_grant_lives_and_dies_with_a_session_of_actix_session() {
    let (mfa, events) = mfa();
    let app = test::init_service(app!(mfa.clone(), Key::generate())).await;
    walk(&mfa, &events, on_actix(app)).await;
}
