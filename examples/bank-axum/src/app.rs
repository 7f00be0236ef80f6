//! The router: the routes, their guards, and the layers around them.

use axum::{
    Router,
    extract::FromRef,
    http::{HeaderName, HeaderValue, header},
    routing::{get, post},
};
use bank::{Bank, Inbox, pages::CONTENT_SECURITY_POLICY};
use mfakit::{Mfa, MfaLayer, RequireMfa};
use tower_http::{
    csrf::{CsrfLayer, ProtectionError},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};
use tower_sessions::SessionStore;

use crate::{error, routes, session};

/// State of all routes. Handlers extract the part that they use: `State<Bank>`, `State<Mfa>`.
#[derive(Clone, Debug, FromRef)]
pub struct App {
    /// The bank.
    pub bank: Bank,
    /// The engine. The sign-out handler uses it to revoke the grants of a session.
    pub mfa: Mfa,
    /// The emulator's inbox.
    pub inbox: Inbox,
}

impl App {
    /// Builds the router of the whole app, with its sessions in this store.
    pub fn router(self, sessions: impl SessionStore + Clone) -> Router {
        let pages = Router::new()
            .route("/", get(routes::home::show))
            .route("/login", get(routes::login::show).post(routes::login::log_in))
            .route("/logout", post(routes::logout::log_out))
            .route("/account", get(routes::account::show))
            .route("/transfer", get(routes::transfer::form).post(routes::transfer::send))
            .route("/settings", get(routes::settings::show).post(routes::settings::change))
            .route("/api/report", get(routes::report::report).layer(RequireMfa::scope("reports")))
            // The bank's forms need their own protection against cross-site request forgery. A form is accepted
            // only from the bank's own pages, according to Sec-Fetch-Site or otherwise Origin. A request with
            // neither does not come from a current browser, and a cross-site one lacks the SameSite cookie.
            .layer(CsrfLayer::new().with_rejection_response(|_: ProtectionError| error::cross_site()));

        Router::new()
            .merge(pages)
            .merge(mfakit::web::axum::routes(&self.mfa))
            .fallback(error::not_found)
            // A later layer wraps the earlier ones. `identify` runs inside, because it needs the session.
            .layer(MfaLayer::new(self.mfa.clone(), session::identify))
            .layer(session::layer(sessions))
            // Keep all pages out of the browser's cache. The files below set their own header.
            .layer(unless_set(header::CACHE_CONTROL, "no-store"))
            .merge(routes::files::routes())
            // The challenge page sets its own, stricter header.
            .layer(unless_set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
            .layer(unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            // Do not use `no-referrer`: the path of the form's page is the return target after the code.
            .layer(unless_set(header::REFERRER_POLICY, "same-origin"))
            .layer(TraceLayer::new_for_http())
            .with_state(self)
    }
}

fn unless_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
