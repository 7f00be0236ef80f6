//! The app: the routes, their guards, and the middleware around them.

use actix_identity::IdentityMiddleware;
use actix_session::storage::SessionStore;
use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    http::header,
    middleware::{DefaultHeaders, Logger, from_fn},
    web,
};
use bank::{Bank, Inbox, pages::CONTENT_SECURITY_POLICY};
use mfakit::{Mfa, MfaMiddleware, RequireMfa};

use crate::{error, own_pages::own_pages_only, routes, session, session::Sessions};

/// Builds the whole app. Every worker of the server builds its own, from the same parts.
pub fn app(
    bank: Bank,
    mfa: Mfa,
    inbox: Inbox,
    sessions: Sessions<impl SessionStore + 'static>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let report = web::resource("/api/report")
        .wrap(RequireMfa::scope("reports"))
        .route(web::get().to(routes::report::report));

    let pages = web::scope("")
        // The bank's forms need their own protection against cross-site request forgery. mfakit's have theirs.
        .wrap(from_fn(own_pages_only))
        .service(routes::home::show)
        .service(routes::login::show)
        .service(routes::login::log_in)
        .service(routes::logout::log_out)
        .service(routes::account::show)
        .service(routes::transfer::form)
        .service(routes::transfer::send)
        .service(routes::settings::show)
        .service(routes::settings::change)
        .service(report);

    App::new()
        .app_data(web::Data::new(bank))
        .app_data(web::Data::new(mfa.clone()))
        .app_data(web::Data::new(inbox))
        .configure(mfakit::web::actix::routes(&mfa))
        .configure(routes::files::routes)
        .service(pages)
        .default_service(web::to(error::not_found))
        // A later middleware wraps the earlier ones. `identify` runs inside, because it needs the identity, which
        // needs the session.
        .wrap(MfaMiddleware::new(mfa, session::identify))
        .wrap(IdentityMiddleware::default())
        .wrap(sessions.middleware())
        .wrap(from_fn(session::unavailable_if_store_fails))
        .wrap(
            DefaultHeaders::new()
                // Keep all pages out of the browser's cache. The files set their own header.
                .add((header::CACHE_CONTROL, "no-store"))
                // The challenge page sets its own, stricter header.
                .add((header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY))
                .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                // Do not use `no-referrer`: the path of the form's page is the return target after the code.
                .add((header::REFERRER_POLICY, "same-origin")),
        )
        .wrap(Logger::default())
}
