//! A guard gives the same answer whether the store and the app's function answer at once or have to be waited for.
//!
//! A request that passes at once takes a shorter way through the guard than any other. So each case runs through every
//! combination of the two, on both frameworks, and all must give the same answer and the same events.

mod actix;
mod axum;
mod cases;
mod store;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    panic::resume_unwind,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use mfakit::{
    IdentifyError, LoginId, Mfa, PhoneNumber, Secret, Subject, UserId,
    testing::{Events, ManualClock, TestProvider},
};

use cases::{CASES, Case, During, Who};
use store::{Fault, SwitchStore};

/// Time at which an answer arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    AtOnce,
    /// After everything else that is ready.
    Later,
}

/// All combinations for the store and the app's function.
const WAYS: [(When, When); 4] = [
    (When::AtOnce, When::AtOnce),
    (When::AtOnce, When::Later),
    (When::Later, When::AtOnce),
    (When::Later, When::Later),
];

/// Answer to a request, and everything that it caused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    pub(crate) events: Vec<String>,
    /// Number of calls of the app's function.
    pub(crate) identified: usize,
    /// Number of runs of the handler.
    pub(crate) ran: usize,
    /// Number of reads of the store.
    pub(crate) reads: usize,
}

/// One case, in one of the ways.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) mfa: Mfa,
    case: Case,
    /// Time at which the app's function answers.
    identifies: When,
    clock: ManualClock,
    store: SwitchStore,
    events: Events,
    cookie: String,
    identified: Arc<AtomicUsize>,
    ran: Arc<AtomicUsize>,
}

fn alice() -> Subject {
    Subject::cookie("alice", LoginId::from_bytes([1; 16]))
}

impl World {
    async fn new(case: Case, (reads, identifies): (When, When)) -> Self {
        let (events, clock, store) = (Events::new(), ManualClock::new(), SwitchStore::new(reads));
        let mfa = Mfa::builder(TestProvider::new(), "https://bank.example")
            .scope("pay", "make a payment")
            .directory(async |_: UserId| Ok::<_, Infallible>(PhoneNumber::new("+19195551234").ok()))
            .messaging_to(["US"])
            .login_url("/login")
            .secret(Secret::new([7; 32]).unwrap())
            .store(store.clone())
            .clock(clock.clone())
            .observer(events.clone())
            .build()
            .unwrap();
        let cookie = mfa.testing().grant(&alice(), "pay").await;
        mfa.testing().grant(&Subject::bearer("alice", "token"), "pay").await;
        clock.advance(case.later);
        store.break_with(case.fault);
        store.forget_reads();
        events.clear();
        let (identified, ran) = Default::default();
        Self { mfa, case, identifies, clock, store, events, cookie, identified, ran }
    }

    /// Returns the cookies of the request.
    pub(crate) fn cookies(&self) -> String {
        match self.case.cookie {
            Some(cookie) => cookie.to_owned(),
            None => format!("theme=dark; {}; id=7", self.cookie),
        }
    }

    /// Identifies the caller. Every extractor and function of the apps ends here.
    pub(crate) async fn identify(&self) -> Result<Option<Subject>, IdentifyError> {
        self.identified.fetch_add(1, Ordering::SeqCst);
        if self.identifies == When::Later {
            tokio::task::yield_now().await;
        }
        match self.case.who {
            Who::Alice => Ok(Some(alice())),
            Who::Elsewhere => Ok(Some(Subject::cookie("alice", LoginId::from_bytes([2; 16])))),
            Who::Program => Ok(Some(Subject::bearer("alice", "token"))),
            Who::Anonymous => Ok(None),
            Who::Nameless => Ok(Some(Subject::cookie("", LoginId::from_bytes([1; 16])))),
            Who::Fails => Err(IdentifyError::failed("the sessions are away")),
            Who::Misconfigured => Err(IdentifyError::misconfigured("no session layer")),
            // Like a panic, but without output on stderr.
            Who::Panics => resume_unwind(Box::new("for the test")),
        }
    }

    /// Extracts an argument of the handler. The case decides what happens meanwhile.
    pub(crate) async fn extract(&self) {
        match self.case.during {
            During::Nothing => return,
            During::Second => self.clock.advance(Duration::from_secs(2)),
            During::Revocation => {
                self.clock.advance(Duration::from_secs(2));
                self.mfa.revoke_user(&"alice".into()).await.unwrap();
            }
            During::Outage => {
                self.clock.advance(Duration::from_secs(2));
                self.store.break_with(Fault::Fails);
            }
            During::End => self.clock.advance(Duration::from_secs(600)),
        }
        tokio::task::yield_now().await;
    }

    /// Runs the handler.
    pub(crate) fn handle(&self) -> &'static str {
        self.ran.fetch_add(1, Ordering::SeqCst);
        "paid"
    }

    fn seen(&self, status: u16, headers: BTreeMap<String, String>, body: String) -> Seen {
        Seen {
            status,
            headers,
            body,
            events: self.events.all().into_iter().map(|event| event.details).collect(),
            identified: self.identified.load(Ordering::SeqCst),
            ran: self.ran.load(Ordering::SeqCst),
            reads: self.store.reads(),
        }
    }
}

/// Routes of each app: the attribute over arguments without and with a body, the layer, the layer around the attribute, and
/// the guard inside a handler.
const ROUTES: [&str; 5] = ["/parts", "/body", "/layer", "/both", "/inside"];

/// Checks every case on every route.
async fn check(ask: impl AsyncFn(World, &'static str) -> Seen) {
    for case in CASES {
        for route in ROUTES {
            let mut first = None;
            for way in WAYS {
                let seen = ask(World::new(case, way).await, route).await;
                let at = format!("{} on {route}, {way:?}", case.name);
                assert_eq!(seen.status, case.status_on(route), "{at}: {seen:#?}");
                assert_eq!(seen.identified, 1, "{at}: the app's function is called once");
                assert_eq!(seen.ran, usize::from(seen.status == 200), "{at}: the handler");
                assert_eq!(seen.headers.get("cache-control").map(String::as_str), Some("no-store"), "{at}");
                assert_eq!(&seen, first.get_or_insert_with(|| seen.clone()), "{at}: as in the first way");
            }
        }
    }
}
