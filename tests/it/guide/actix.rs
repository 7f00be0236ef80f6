//! The same program on actix-web, and the test that drives it.

use actix_session::{Session, SessionGetError, SessionInsertError};
use actix_session::{SessionMiddleware, storage::CookieSessionStore};
use actix_web::{App, HttpServer, cookie::Key, dev::Server, get, web::Redirect};
use mfakit::{BoxError, LoginId, Mfa, MfaMiddleware, MfaProvider, Subject, UserId};
use mfakit::{bandwidth::Bandwidth, require_mfa};
use std::net::TcpListener;

#[get("/settings")]
#[require_mfa(scope = "settings", max_age = "5m")]
async fn settings() -> &'static str {
    "These are your settings."
}

#[get("/login")]
async fn sign_in(session: Session) -> Result<Redirect, SessionInsertError> {
    session.insert("user", "alice")?; // your app checks a password first
    session.insert("login", LoginId::random())?;
    Ok(Redirect::to("/settings").see_other())
}

async fn identify(session: Session) -> Result<Option<Subject>, SessionGetError> {
    let (user, id) = (session.get::<String>("user")?, session.get::<LoginId>("login")?);
    Ok(user.zip(id).map(|(user, id)| Subject::cookie(user, id)))
}

fn serve(bandwidth: impl MfaProvider, listener: TcpListener) -> Result<Server, BoxError> {
    let mfa = Mfa::builder(bandwidth, "http://localhost:3000")
        .scope("settings", "change your settings")
        .directory(async |_: UserId| Some("+12025550123".to_owned()))
        .messaging_to(["US"])
        .login_url("/login")
        .build()?;
    let key = Key::generate();
    let server = HttpServer::new(move || {
        App::new()
            .service(sign_in)
            .service(settings)
            .configure(mfakit::web::actix::routes(&mfa))
            .wrap(MfaMiddleware::new(mfa.clone(), identify))
            .wrap(SessionMiddleware::new(CookieSessionStore::default(), key.clone()))
    });
    Ok(server.listen(listener)?.run())
}

#[actix_web::main]
async fn main() -> Result<(), BoxError> {
    Ok(serve(Bandwidth::from_env()?, TcpListener::bind("127.0.0.1:3000")?)?.await?)
}

#[actix_web::test]
async fn the_program_on_actix_prompts_for_a_code_and_accepts_it() {
    let emulator = super::emulator().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let server = serve(super::client_of(&emulator), listener).unwrap();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    super::walk(&address, &emulator).await;
    handle.stop(false).await;
}
