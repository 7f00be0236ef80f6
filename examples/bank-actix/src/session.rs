//! Sign-in: stores it in a session, reports it to mfakit, and ends it.

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
use mfakit::{Clock as _, LoginId, Mfa, Subject, SystemClock, Timestamp};

use crate::{AppError, memory::MemorySessions};

/// Key of the sign-in's id in the session's data. Grants are bound to this id.
const LOGIN_ID: &str = "login-id";
/// Key of the sign-in's time. Adding the first phone number requires a recent sign-in.
const SIGNED_IN_AT: &str = "signed-in-at";

/// Identifies the sender of a request to mfakit, based on the identity.
///
/// # Errors
///
/// Returns an error if the session cannot be read. The request is then rejected with a 503.
pub async fn identify(identity: Option<Identity>, session: Session) -> Result<Option<Subject>, AppError> {
    let Some(identity) = identity else { return Ok(None) };
    let login: Option<LoginId> = session.get(LOGIN_ID)?;
    let at: Option<Timestamp> = session.get(SIGNED_IN_AT)?;
    let user = identity.id()?;
    Ok(login.zip(at).map(|(login, at)| Subject::cookie(user, login).with_signed_in_at(at)))
}

/// Stores a sign-in in the session.
///
/// actix-identity gives the session a new key, so that a key that was planted in the browser is useless. The sign-in
/// gets a permanent id, to which mfakit binds grants.
pub(crate) fn log_in(request: &HttpRequest, session: &Session, user: String) -> Result<(), AppError> {
    session.clear();
    Identity::login(&request.extensions(), user)?;
    session.insert(LOGIN_ID, LoginId::random())?;
    session.insert(SIGNED_IN_AT, SystemClock.now())?;
    Ok(())
}

/// Ends the session and revokes its grants.
///
/// The session ends even if the grants cannot be revoked. The customer is then informed, although the grants cannot
/// be used without the session.
pub(crate) async fn log_out(identity: Identity, session: &Session, mfa: &Mfa) -> Result<(), AppError> {
    let (user, login): (_, Option<LoginId>) = (identity.id()?, session.get(LOGIN_ID)?);
    let revoked = match login {
        Some(login) => mfa.revoke_login(&user.into(), &login).await,
        None => Ok(()),
    };
    // This purges the session, which is actix-identity's default.
    identity.logout();
    revoked.map_err(AppError::from)
}

/// The session store, and the key that encrypts the cookies. All clones share the same sessions.
#[derive(Clone)]
pub struct Sessions<S> {
    store: S,
    key: Key,
}

impl Sessions<MemorySessions> {
    /// Creates a store in memory and a random key. Both are lost when the process ends.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { store: MemorySessions::default(), key: Key::generate() }
    }
}

impl<S: SessionStore> Sessions<S> {
    /// Uses a store that several instances share. They must also share the secret, of at least 32 bytes.
    pub fn shared(store: S, secret: &[u8]) -> Self {
        // The key is derived with a separate label, so that it differs from all other keys.
        Self { store, key: Key::derive_from(secret) }
    }

    /// Returns the session middleware for the app.
    pub(crate) fn middleware(self) -> SessionMiddleware<S> {
        SessionMiddleware::builder(self.store, self.key)
            .cookie_name("bank-actix".to_owned())
            // Needed only for plain http on your own machine. Remove this line everywhere else.
            .cookie_secure(false)
            // `Lax`, so that customers who follow a link in an e-mail are signed in.
            .cookie_same_site(SameSite::Lax)
            // The session expires one hour after the last change, which is the sign-in.
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

/// Responds with a 503 and a page if the session store fails. actix-session alone would respond with an empty 500.
pub(crate) async fn unavailable_if_store_fails(
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

/// A customer who is signed in. Other visitors are redirected to the sign-in page.
#[derive(Debug)]
pub struct Customer {
    /// User id.
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
