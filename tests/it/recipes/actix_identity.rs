//! actix-identity, on actix-web.

use actix_identity::{Identity, error::LoginError};
use actix_session::{Session, SessionMiddleware, storage::CookieSessionStore};
use actix_web::{App, HttpMessage as _, HttpRequest, web};
use mfakit::{LoginId, Mfa, MfaMiddleware, Subject};

// Used by the test only.
use actix_identity::IdentityMiddleware;
use actix_web::{HttpResponse, cookie::Key, test};
use mfakit::require_mfa;

use super::{browser::on_actix, mfa::mfa, walk::walk};

async fn identify(identity: Identity, session: Session) -> Result<Option<Subject>, mfakit::BoxError> {
    let id: Option<LoginId> = session.get("login")?;
    let user = identity.id()?;
    Ok(id.map(|id| Subject::cookie(user, id)))
}

fn log_in(request: &HttpRequest, session: &Session, user: String) -> Result<(), LoginError> {
    Identity::login(&request.extensions(), user)?;
    Ok(session.insert("login", LoginId::random())?)
}

async fn log_out(identity: Identity, session: &Session, mfa: &Mfa) -> Result<(), mfakit::BoxError> {
    let (user, id) = (identity.id()?, session.get::<LoginId>("login")?);
    session.remove("login");
    identity.logout();
    if let Some(id) = id {
        mfa.revoke_login(&user.into(), &id).await?;
    }
    Ok(())
}

macro_rules! app {
    ($mfa:expr, $identity:expr, $key:expr) => {{
        let (mfa, identity, key): (Mfa, IdentityMiddleware, Key) = ($mfa, $identity, $key);
        App::new()
            .route("/transfer", web::post().to(transfer))
            .configure(routes(&mfa))
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

fn routes(mfa: &Mfa) -> impl FnOnce(&mut web::ServiceConfig) + use<> {
    let mfa = web::Data::new(mfa.clone());
    move |config| {
        config
            .app_data(mfa)
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
            )
            .route(
                "/logout",
                web::post().to(async |identity: Identity, session: Session, mfa: web::Data<Mfa>| {
                    log_out(identity, &session, &mfa).await.unwrap();
                    HttpResponse::Ok().finish()
                }),
            );
    }
}

#[actix_web::test]
async fn a_grant_lives_and_dies_with_a_session_of_actix_identity() {
    use actix_identity::config::LogoutBehavior::{DeleteIdentityKeys, PurgeSession};
    for behavior in [PurgeSession, DeleteIdentityKeys] {
        let (mfa, events) = mfa();
        let identity = IdentityMiddleware::builder().logout_behavior(behavior).build();
        let app = test::init_service(app!(mfa.clone(), identity, Key::generate())).await;
        walk(&mfa, &events, on_actix(app)).await;
    }
}
