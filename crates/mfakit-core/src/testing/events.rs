//! Observer that keeps the events.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use crate::{
    channel::Channel,
    clock::Timestamp,
    event::{Event, Observer},
    scope::Scope,
    subject::{Subject, UserId},
};

/// Time after which a test that waits for an event fails.
const PATIENCE: Duration = Duration::from_secs(10);

/// Observer that keeps every event for a test. Clones share one record.
///
/// ```
/// use mfakit_core::{LoginId, Mfa, PhoneNumber, Requirement, Scope, Subject, UserId};
/// use mfakit_core::testing::{Events, TestProvider};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let events = Events::new();
/// let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
///     .scope("transfer", "make a transfer")
///     .directory(async |_: UserId| PhoneNumber::new("+19195551234").map(Some))
///     .messaging_to(["US"])
///     .observer(events.clone())
///     .build()?;
/// events.clear(); // Building the engine has logged that client addresses are not configured.
///
/// let alice = Subject::cookie("alice", LoginId::random());
/// let transfer = Requirement::new(Scope::new("transfer")?);
/// mfa.check(Some(&alice), &transfer, None).await?;
/// assert_eq!(events.kinds(), ["Denied"]);
/// assert_eq!(events.last_subject(), Some(alice));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Events(Arc<Record>);

#[derive(Default)]
struct Record {
    events: Mutex<Vec<RecordedEvent>>,
    more: Notify,
}

/// Event that [`Events`] recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordedEvent {
    /// Time of the event by the engine's clock.
    pub at: Timestamp,
    /// Name in the log, such as `authn_login_fail`.
    pub name: &'static str,
    /// Name of the [`EventKind`](crate::event::EventKind), such as `CodeRejected`.
    pub kind: String,
    /// Kind with its details, such as `CodeRejected { attempts_left: 4, failures: 1 }`.
    pub details: String,
    /// User of the request, or the user that the app acted on.
    pub user: Option<UserId>,
    /// Caller of the request, as the app's identity function returned it.
    pub subject: Option<Subject>,
    /// Scope that the request was about.
    pub scope: Option<Scope>,
    /// Channel of the code.
    pub channel: Option<Channel>,
}

impl Events {
    /// Creates an observer without events. Pass a clone to [`observer`](crate::engine::MfaBuilder::observer).
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns all events, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<RecordedEvent> {
        self.events().clone()
    }

    /// Returns the kinds of all events, oldest first, such as `["CodeSent", "Granted"]`.
    #[must_use]
    pub fn kinds(&self) -> Vec<String> {
        self.events().iter().map(|event| event.kind.clone()).collect()
    }

    /// Returns the caller of the latest request that caused an event. A rejected request always causes one.
    ///
    /// Use it to find out the [`LoginId`](crate::subject::LoginId) that the app created at sign-in: send a request to a
    /// guarded route, and pass the subject to [`Testing::grant`](crate::testing::Testing::grant).
    #[must_use]
    pub fn last_subject(&self) -> Option<Subject> {
        self.events().iter().rev().find_map(|event| event.subject.clone())
    }

    /// Removes all events.
    pub fn clear(&self) {
        self.events().clear();
    }

    /// Waits for an event of this kind, such as `Granted`, and returns the first one. An event that was recorded before
    /// the call counts.
    ///
    /// # Panics
    ///
    /// Panics if there is none within 10 seconds.
    #[allow(clippy::panic, reason = "a test that waits in vain fails")]
    pub async fn wait_for(&self, kind: &str) -> RecordedEvent {
        let waiting = async {
            loop {
                let more = self.0.more.notified();
                let found = self.events().iter().find(|event| event.kind == kind).cloned();
                if let Some(event) = found {
                    return event;
                }
                more.await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, waiting).await;
        found.unwrap_or_else(|_| panic!("no event {kind} within {PATIENCE:?}, only {:?}", self.kinds()))
    }

    fn events(&self) -> MutexGuard<'_, Vec<RecordedEvent>> {
        self.0.events.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Events {
    fn observe(&self, event: &Event<'_>) {
        let details = format!("{:?}", event.kind);
        let kind = details.split(' ').next().unwrap_or_default().to_owned();
        self.events().push(RecordedEvent {
            at: event.at,
            name: event.name(),
            kind,
            details,
            user: event.about.user.cloned(),
            subject: event.about.recorded_subject().cloned(),
            scope: event.about.scope.copied(),
            channel: event.about.channel,
        });
        self.0.more.notify_waiters();
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Events").field(&self.kinds()).finish()
    }
}
