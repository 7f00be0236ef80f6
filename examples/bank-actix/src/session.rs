//! Who is logged in: kept in a session, said to mfakit, and ended.

use std::future::{Ready, ready};

use actix_identity::{Identity, IdentityExt};
use actix_session::{
    Session, SessionMiddleware,
    config::{PersistentSession, TtlExtensionPolicy},
    storage::SessionStore,
};
use actix_web::{
    Error, FromRequest, HttpMessage, HttpRequest,
    body::MessageBody,
    cookie::{Key, SameSite, time::Duration},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::StatusCode,
    middleware::Next,
};
use mfakit::{LoginId, Mfa, Subject};

use crate::{AppError, memory::MemorySessions};

/// Where in a session's data it says which log-in it is: what an elevation is bound to.
const LOGIN_ID: &str = "login-id";

/// Says to mfakit who sends a request: whoever the identity says it is.
///
/// # Errors
///
/// When the session cannot be read; the request is then refused with 503.
pub async fn identify(identity: Option<Identity>, session: Session) -> Result<Option<Subject>, AppError> {
    let Some(identity) = identity else { return Ok(None) };
    let login: Option<LoginId> = session.get(LOGIN_ID)?;
    let user = identity.id()?;
    Ok(login.map(|login| Subject::cookie(user, login)))
}

/// Remembers that somebody has logged in.
///
/// The session gets a new key, so that one planted in the browser beforehand is worth nothing: actix-identity
/// renews it. The log-in gets an id that stays, which mfakit binds elevations to.
pub(crate) fn log_in(request: &HttpRequest, session: &Session, user: String) -> Result<(), AppError> {
    session.clear();
    Identity::login(&request.extensions(), user)?;
    session.insert(LOGIN_ID, LoginId::random())?;
    Ok(())
}

/// Ends the log-in with everything that was granted to it.
///
/// The session ends whether or not the grants could be ended. If not, the person is told, although nobody
/// can use them without a session.
pub(crate) async fn log_out(identity: Identity, session: &Session, mfa: &Mfa) -> Result<(), AppError> {
    let (user, login): (_, Option<LoginId>) = (identity.id()?, session.get(LOGIN_ID)?);
    let revoked = match login {
        Some(login) => mfa.revoke_login(&user.into(), &login).await,
        None => Ok(()),
    };
    // Purges the session: actix-identity's way unless it is told otherwise.
    identity.logout();
    revoked.map_err(AppError::from)
}

/// The sessions, and the key that their cookies are sealed with. Clones are the same sessions.
#[derive(Clone)]
pub struct Sessions<S> {
    store: S,
    key: Key,
}

impl Sessions<MemorySessions> {
    /// No sessions yet, and a key that ends with the process, as the sessions do.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { store: MemorySessions::default(), key: Key::generate() }
    }
}

impl<S: SessionStore> Sessions<S> {
    /// The sessions in this store. Instances that share it have to share the secret, of 32 bytes or more.
    pub fn shared(store: S, secret: &[u8]) -> Self {
        // Derived with a label of its own, so that it is no key of anything else.
        Self { store, key: Key::derive_from(secret) }
    }

    /// What goes around the app.
    pub(crate) fn middleware(self) -> SessionMiddleware<S> {
        SessionMiddleware::builder(self.store, self.key)
            .cookie_name("bank-actix".to_owned())
            // Only because this is plain http on one's own machine. Anywhere else leave the line out.
            .cookie_secure(false)
            // Lax, so that people who follow a link from their mail find themselves logged in.
            .cookie_same_site(SameSite::Lax)
            // Counted from the log-in.
            .session_lifecycle(
                PersistentSession::default()
                    .session_ttl(Duration::hours(1))
                    .session_ttl_extension_policy(TtlExtensionPolicy::OnStateChanges),
            )
            .build()
    }
}

impl<S> std::fmt::Debug for Sessions<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

/// Goes around the sessions. While their store is down, whoever has a session is asked to try again later:
/// actix-session alone would say 500, and nothing else.
pub(crate) async fn or_try_later(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    next.call(request).await.map_err(|error| {
        if error.as_response_error().status_code() == StatusCode::INTERNAL_SERVER_ERROR {
            AppError::SessionsDown(error.to_string()).into()
        } else {
            error
        }
    })
}

/// A customer who is logged in. Anybody else is sent to the log-in page.
#[derive(Debug)]
pub struct Customer {
    /// Who it is.
    pub id: String,
}

impl FromRequest for Customer {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.get_identity().and_then(|identity| identity.id());
        ready(id.map(|id| Self { id }).map_err(AppError::from))
    }
}
