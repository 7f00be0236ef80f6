//! actix-identity, on actix-web.

use actix_identity::{Identity, error::LoginError};
use actix_session::{Session, SessionMiddleware, storage::CookieSessionStore};
use actix_web::{App, HttpMessage as _, HttpRequest, web};
use mfakit::{BoxError, LoginId, MfaMiddleware, MfaRejection, StepUp, Subject, require_mfa};

// Used by the test only.
use actix_identity::IdentityMiddleware;
use actix_web::{HttpResponse, cookie::Key, test};
use mfakit::Mfa;

use super::{
    browser::on_actix,
    mfa::mfa,
    walk::{Renewal, walk},
};

async fn identify(identity: Identity, session: Session) -> Result<Option<Subject>, BoxError> {
    let (user, id) = (identity.id()?, session.get::<LoginId>("login")?);
    Ok(id.map(|id| Subject::cookie(user, id)))
}

fn log_in(request: &HttpRequest, session: &Session, user: String) -> Result<(), LoginError> {
    Identity::login(&request.extensions(), user)?;
    Ok(session.insert("login", LoginId::random())?)
}

async fn log_out(
    identity: Identity,
    session: Session,
    step_up: StepUp,
) -> Result<&'static str, MfaRejection> {
    session.remove("login");
    identity.logout();
    step_up.sign_out().await?;
    Ok("signed out")
}

macro_rules! app {
    ($mfa:expr, $identity:expr, $key:expr) => {{
        let (mfa, identity, key): (Mfa, IdentityMiddleware, Key) = ($mfa, $identity, $key);
        App::new()
            .route("/transfer", web::post().to(transfer))
            .route("/logout", web::post().to(log_out))
            .configure(routes)
            .configure(mfakit::web::actix::routes(&mfa))
            .wrap(MfaMiddleware::new(mfa, identify))
            .wrap(identity)
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
            web::post().to(async |request: HttpRequest, session: Session| {
                log_in(&request, &session, "alice".to_owned()).unwrap();
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

#[actix_web::test]
async fn a_grant_lives_and_dies_with_a_session_of_actix_identity() {
    use actix_identity::config::LogoutBehavior::{DeleteIdentityKeys, PurgeSession};
    for behavior in [PurgeSession, DeleteIdentityKeys] {
        let (mfa, events) = mfa();
        let identity = IdentityMiddleware::builder().logout_behavior(behavior).build();
        let app = test::init_service(app!(mfa.clone(), identity, Key::generate())).await;
        walk(&mfa, &events, Renewal::KeepsGrants, on_actix(app)).await;
    }
}
