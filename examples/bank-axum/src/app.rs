//! The router: which routes there are, what guards them, and which layers go around them.

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

/// Everything the routes need. Handlers ask for the part they use: `State<Bank>`, `State<Mfa>`.
#[derive(Clone, Debug, FromRef)]
pub struct App {
    /// The bank.
    pub bank: Bank,
    /// The engine, for what the attribute and the layers do not do: ending a log-in's grants.
    pub mfa: Mfa,
    /// Where a newcomer reads the codes.
    pub inbox: Inbox,
}

impl App {
    /// The whole app as a router, with its sessions in this store.
    pub fn router(self, sessions: impl SessionStore + Clone) -> Router {
        let pages = Router::new()
            .route("/", get(routes::home::show))
            .route("/login", get(routes::login::show).post(routes::login::log_in))
            .route("/logout", post(routes::logout::log_out))
            .route("/account", get(routes::account::show))
            .route("/transfer", get(routes::transfer::form).post(routes::transfer::transfer))
            .route("/settings", get(routes::settings::show).post(routes::settings::change))
            .route("/api/report", get(routes::report::report).layer(RequireMfa::scope("reports")))
            // The bank's own forms need protection against forgery of their own. A form is taken from the
            // bank's own pages only, as the browser says by Sec-Fetch-Site or else by Origin. What says
            // neither is no browser of this decade, and gets no further than its SameSite cookie.
            .layer(CsrfLayer::new().with_rejection_response(|_: ProtectionError| error::cross_site()));

        Router::new()
            .merge(pages)
            .merge(mfakit::web::axum::routes(&self.mfa))
            .fallback(error::not_found)
            // The later layer goes around the earlier: `identify` runs inside and needs the session.
            .layer(MfaLayer::new(self.mfa.clone(), session::identify).login("/login"))
            .layer(session::layer(sessions))
            // Nothing of a bank is to be found in the browser's cache. The two files below say otherwise.
            .layer(unless_set(header::CACHE_CONTROL, "no-store"))
            .merge(routes::files::routes())
            // The page that asks for the code brings stricter ones of its own.
            .layer(unless_set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
            .layer(unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            // Not `no-referrer`: by the path of the form's page people find back after the code.
            .layer(unless_set(header::REFERRER_POLICY, "same-origin"))
            .layer(TraceLayer::new_for_http())
            .with_state(self)
    }
}

fn unless_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
