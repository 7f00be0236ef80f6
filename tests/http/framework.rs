//! Interface that a web framework implements to run the cases.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use mfakit::{LoginId, Mfa, Rejection, Subject, Timestamp};

use crate::http::ask::Ask;

/// A web framework: it builds the standard app and serves it.
///
/// | route | guard | handler |
/// |---|---|---|
/// | `POST /pay` | attribute, `pay`, `max_age = "5m"` | reads a form with `amount` |
/// | `GET /settings` | attribute, `settings` | |
/// | `GET /own-cache` | attribute, `settings` | answers with `Cache-Control: public, max-age=3600` |
/// | `GET /hour` | attribute, `settings`, `max_age = "1h"` | |
/// | `GET /report` | layer, `reports` | |
/// | `POST /upload` | attribute, `pay` | reads the raw body |
/// | `POST /maybe` | `StepUp`, `pay`, above an `amount` of 100 | reads a form with `amount` |
/// | `GET /both` | layer `reports` around attribute `settings` | answers the scope of its `Grant` |
/// | `GET /proof` | attribute, `settings` | answers scope, channel, `verified_at` and `expires_at` of its `Grant` |
/// | `GET /grant` | none | extracts a `Grant` anyway |
/// | `GET /public` | none | answers with `Cache-Control: public, max-age=3600` |
/// | `GET /undeclared` | attribute, an undeclared scope | |
/// | `GET /managed`, `GET /enrolled` | layer, `mfakit.manage` or `mfakit.enroll` | |
/// | `GET /vault/list`, `/vault/deep/list` | layer around the nest `/vault`, `reports` | |
/// | `/vault/…` | the same | the nest's fallback |
/// | `GET /vault/late` | added after the layer around the nest | |
/// | `GET /loose/list` | layer on the route and not on the nest, `reports` | |
/// | `/loose/…` | none | the nest's fallback |
/// | `GET /hollow/list` | layer around the nest `/hollow`, which has no fallback, `reports` | |
/// | `/files/…` | layer around the nest, `reports` | static files |
/// | `/bound/…` | in several ways, and the grant is for one value | see [`bound`](crate::http::cases) |
/// | `/once/…` | in several ways, and the grant is consumed | see [`once`](crate::http::cases) |
/// | `GET /late` | attribute, `settings`; added after `MfaLayer` | |
/// | `/mfa/…` | | the routes |
///
/// Every handler counts its run in the [`Ledger`], and has an extractor that counts itself before any other.
#[async_trait(?Send)]
pub(crate) trait Framework {
    /// Returns the framework's name for names of tests.
    fn name(&self) -> &'static str;

    /// Returns its differences from others.
    fn manner(&self) -> Manner;

    /// Builds the standard app.
    async fn serve(&self, app: App) -> Box<dyn Server>;
}

/// Differences between frameworks that affect the reach of a guard.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    /// Name of the type that wraps the whole app.
    pub(crate) layer_name: &'static str,
    /// A layer also wraps routes that are added after it. axum's `layer` wraps the routes that exist when it is
    /// called; actix-web's `wrap` wraps the finished app or scope.
    pub(crate) layer_covers_later: bool,
    /// A layer around a nest without its own fallback also wraps the app's fallback there. In axum the outer
    /// router answers for such a nest, outside of the nest's layer; actix-web's scope answers with the app's
    /// default service itself, inside its middleware.
    pub(crate) layer_covers_outer_rest: bool,
    /// A nest answers its own prefix with a trailing slash, `/vault/`. axum leaves that to the outer router,
    /// even if the nest has a fallback; actix-web's scope answers it.
    pub(crate) nest_has_its_slash: bool,
}

/// A running app.
#[async_trait(?Send)]
pub(crate) trait Server {
    /// Answers one request.
    async fn answer(&self, ask: Ask) -> Answered;
}

/// Status, headers with lower-case names, and body.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Settings of the app to build.
pub(crate) struct App {
    pub(crate) mfa: Mfa,
    pub(crate) ledger: Ledger,
    pub(crate) shape: Shape,
}

/// Composition of the app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    pub(crate) layer: Layer,
    /// URL of the app's sign-in page.
    pub(crate) login_url: Option<&'static str>,
    /// Answer to a path without a route.
    pub(crate) rest: Rest,
    /// The framework's own path normalization, which trims slashes, runs before the routes.
    pub(crate) normalized: bool,
    /// The framework's usual CORS middleware wraps everything. The trusted origin may call with credentials.
    pub(crate) cors: bool,
    /// The layer's function for rejections.
    pub(crate) rejections: Rejections,
}

/// Answer of the app's own function for rejections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejections {
    /// No such function.
    Default,
    /// An answer in the app's own format, with the status 418 and without any header of the default answer.
    /// Its body contains everything that the function gets.
    Own,
    /// The default answer with the header `x-own: 1`.
    Marked,
    /// No answer: the function panics.
    Panicking,
    /// An answer with the status 200.
    Succeeding,
    /// An answer whose body never arrives.
    Streaming,
}

/// Returns everything that the app's function gets about a rejection.
pub(crate) fn told(rejection: &Rejection) -> serde_json::Value {
    serde_json::json!({
        "code": rejection.kind().name(),
        "status": rejection.status(),
        "title": rejection.title(),
        "detail": rejection.detail(),
        "scope": rejection.scope(),
        "reason": rejection.reason(),
        "max_age": rejection.max_age().map(|age| age.as_secs()),
        "confirm_at": rejection.challenge_url(),
        "page": rejection.page_url(),
        "attempts_left": rejection.attempts_left(),
        "wait": rejection.retry_after().map(|wait| wait.as_secs()),
        "whole": rejection.to_json(),
    })
}

/// Answer to a path without a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Nothing: 404.
    Nothing,
    /// A handler guarded by `settings`.
    Guarded,
    /// A handler without a guard.
    Open,
}

/// Place of `MfaLayer` or `MfaMiddleware`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// Around the whole app, as intended.
    Around,
    /// Nowhere.
    Missing,
    /// Inside the guard of `/report`, and nowhere else.
    InsideGuard,
    /// Around the whole app, but with another engine than the routes.
    Foreign,
    /// Around the whole app, and inside the layer of another engine.
    InsideForeign,
    /// Around the whole app, twice.
    Twice,
}

/// Counts of what happened behind the guards.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    runs: AtomicUsize,
    extracted: AtomicUsize,
    identified: AtomicUsize,
    body_read: AtomicUsize,
    drained: AtomicUsize,
    /// Time of all sign-ins, if the app says so.
    signed_in_at: Mutex<Option<Timestamp>>,
}

/// Counts the bytes that are read of the body of one request: by the app until it has answered, and then by
/// the drain.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    ledger: Ledger,
    answered: Arc<AtomicBool>,
}

impl Taken {
    pub(crate) fn count(&self, bytes: usize) {
        let Counts { body_read, drained, .. } = &*self.ledger.0;
        let by = if self.answered.load(Ordering::SeqCst) { drained } else { body_read };
        by.fetch_add(bytes, Ordering::SeqCst);
    }

    /// Records that the answer was sent.
    pub(crate) fn answered(&self) {
        self.answered.store(true, Ordering::SeqCst);
    }
}

impl Ledger {
    pub(crate) fn handler_ran(&self) {
        self.0.runs.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn extractor_ran(&self) {
        self.0.extracted.fetch_add(1, Ordering::SeqCst);
    }

    /// Returns a counter for the body of one request.
    pub(crate) fn taken(&self) -> Taken {
        Taken { ledger: self.clone(), answered: Arc::default() }
    }

    /// Returns the number of bytes that were drained of all bodies.
    pub(crate) fn drained(&self) -> usize {
        self.0.drained.load(Ordering::SeqCst)
    }

    /// Returns the runs of handlers, the runs of extractors, the calls of the identity function, and the
    /// bytes of bodies read before the answer.
    pub(crate) fn counts(&self) -> [usize; 4] {
        let Counts { runs, extracted, identified, body_read, .. } = &*self.0;
        [runs, extracted, identified, body_read].map(|count| count.load(Ordering::SeqCst))
    }

    /// Identifies the caller, like the app's identity function: by its table of tokens, then of sessions.
    pub(crate) fn identify<'a>(
        &self,
        authorization: Option<&str>,
        cookies: impl Iterator<Item = &'a str>,
    ) -> Result<Option<Subject>, io::Error> {
        self.0.identified.fetch_add(1, Ordering::SeqCst);
        if authorization == Some("Bearer alice-token") {
            return Ok(Some(self.signed_in(Subject::bearer("alice", "alice-token"))));
        }
        if authorization == Some("Bearer token-without-id") {
            return Ok(Some(Subject::bearer("alice", "")));
        }
        let mut pairs = cookies.flat_map(|header| header.split(';')).map(str::trim);
        let login = |last: char| format!("{last:0>32}").parse::<LoginId>().ok();
        let (user, login) = match pairs.find_map(|pair| pair.strip_prefix("session=")) {
            Some("alice") => ("alice", login('1')),
            Some("alice-elsewhere") => ("alice", login('2')),
            Some("bob") => ("bob", login('3')),
            Some("carol") => ("carol", login('4')),
            Some("dave") => ("dave", login('5')),
            Some("no-user") => ("", login('6')),
            Some("no-login") => ("alice", login('0')),
            Some("lookup-fails") => return Err(io::Error::other("the table of sessions is away")),
            // Like a panic, but without a message on stderr, which only failures should write to.
            Some("lookup-panics") => std::panic::resume_unwind(Box::new("as the case wants it")),
            _ => return Ok(None),
        };
        Ok(login.map(|login| self.signed_in(Subject::cookie(user, login))))
    }

    /// Adds the time of the sign-in.
    fn signed_in(&self, subject: Subject) -> Subject {
        let signed_in_at = *self.0.signed_in_at.lock().unwrap_or_else(PoisonError::into_inner);
        match signed_in_at {
            Some(at) => subject.with_signed_in_at(at),
            None => subject,
        }
    }

    /// Sets the time of all sign-ins by cookie.
    pub(crate) fn sign_in_at(&self, at: impl Into<Option<Timestamp>>) {
        *self.0.signed_in_at.lock().unwrap_or_else(PoisonError::into_inner) = at.into();
    }
}
