//! API for a front end on another origin, on actix-web.

use std::{convert::Infallible, net::TcpListener};

use actix_cors::Cors;
use actix_web::{App, HttpRequest, HttpServer, http::header, rt::System, web};
use mfakit::{Mfa, MfaMiddleware, Subject, require_mfa, web::cors};
use tokio::sync::oneshot;

use super::{Recognition, by_cookie, tokens};

fn cors(front_end: &str) -> Cors {
    Cors::default()
        .allowed_origin(front_end)
        .allowed_methods(cors::ALLOWED_METHODS)
        .allowed_headers(cors::ALLOWED_HEADERS)
        .expose_headers(cors::EXPOSED_HEADERS)
}

async fn identify(request: HttpRequest) -> Result<Option<Subject>, Infallible> {
    let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    Ok(authorization.and_then(tokens::subject))
}

#[require_mfa(scope = "transfer", once)]
async fn transfer(amount: String) -> String {
    format!("sent ${amount}")
}

async fn refresh() -> String {
    tokens::issue(600)
}

async fn identify_by_cookie(request: HttpRequest) -> Result<Option<Subject>, Infallible> {
    let cookies = request.headers().get(header::COOKIE).and_then(|value| value.to_str().ok());
    Ok(cookies.and_then(by_cookie))
}

macro_rules! start {
    ($listener:expr, $mfa:expr, $identify:expr, $cors:expr, $closed:expr) => {{
        let (listener, mfa): (TcpListener, Mfa) = ($listener, $mfa);
        listener.set_nonblocking(true).unwrap();
        System::new().block_on(async {
            let app = move || {
                App::new()
                    .route("/transfer", web::post().to(transfer))
                    .route("/refresh", web::post().to(refresh))
                    .configure(mfakit::web::actix::routes(&mfa))
                    .wrap(MfaMiddleware::new(mfa.clone(), $identify))
                    .wrap($cors)
            };
            let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
            let handle = server.handle();
            actix_web::rt::spawn(server);
            let _ = $closed.await;
            handle.stop(false).await;
        });
    }};
}

pub(super) fn serve(
    listener: TcpListener,
    mfa: Mfa,
    front_end: &str,
    recognition: Recognition,
    closed: oneshot::Receiver<()>,
) {
    let front_end = front_end.to_owned();
    match recognition {
        Recognition::Bearer => start!(listener, mfa, identify, cors(&front_end), closed),
        Recognition::Cookie => {
            start!(listener, mfa, identify_by_cookie, cors(&front_end).supports_credentials(), closed);
        }
    }
}
