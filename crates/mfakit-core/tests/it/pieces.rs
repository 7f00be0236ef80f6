//! The forms in which an app passes its own parts to the builder: functions with and without state, and pointers.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use mfakit_core::{
    BoxError, Channel, Clock, Directory, MemoryStore, Mfa, MfaBuilder, MfaProvider, MfaStore, Observer,
    PhoneNumber, RiskCheck, StartError, StartRequest, Subject, SystemClock, UserId,
    event::{Event, TracingObserver, observer_fn},
    risk::{OnRiskError, PlannedSend, Risk},
    testing::TestProvider,
};

use crate::world::{RecordedEvents, pay, user};

/// Connection pool as apps have it: cheap to clone, with async methods that borrow it.
#[derive(Clone, Default)]
struct Pool {
    reads: Arc<AtomicU32>,
}

impl Pool {
    async fn phone(&self, account: i64) -> Result<Option<String>, io::Error> {
        tokio::task::yield_now().await;
        self.reads.fetch_add(1, Ordering::Relaxed);
        match account {
            1 => Ok(Some("(919) 555-1234".to_owned())),
            2 => Ok(None),
            3 => Ok(Some("nonsense".to_owned())),
            _ => Err(io::Error::other("away")),
        }
    }

    async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
        let stored = self.phone(user.parse()?).await?;
        Ok(stored.map(|text| PhoneNumber::parse(&text, "US")).transpose()?)
    }
}

#[async_trait]
impl Directory for Pool {
    async fn number(&self, user: &UserId) -> Result<Option<PhoneNumber>, BoxError> {
        self.number(user).await
    }
}

async fn number(pool: Pool, user: UserId) -> Result<Option<PhoneNumber>, BoxError> {
    pool.number(&user).await
}

fn builder() -> MfaBuilder {
    Mfa::builder(TestProvider::new(), "https://bank.example").scope("pay", "pay").messaging_to(["US"])
}

/// Returns the outcome of a start for a user.
async fn start(mfa: &Mfa, account: i64) -> &'static str {
    let subject = Subject::cookie(account, *user("any").login());
    match mfa.start(&subject, StartRequest::new(pay(), Channel::Messaging)).await {
        Ok(_) => "sent",
        Err(StartError::NoNumber) => "no number",
        Err(StartError::Unavailable) => "unavailable",
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_directory_can_have_a_pool_in_every_form() {
    let pool = Pool::default();
    let (one, two, three) = (pool.clone(), pool.clone(), pool.clone());
    let forms = [
        ("directory_with and a function", builder().directory_with(pool.clone(), number)),
        (
            "directory_with and an async closure",
            builder().directory_with(pool.clone(), async |pool, user: UserId| pool.number(&user).await),
        ),
        (
            "directory_with and a closure with an async block",
            builder().directory_with(pool.clone(), |pool: Pool, user: UserId| async move {
                pool.number(&user).await
            }),
        ),
        (
            "the text of a column",
            builder()
                .directory_with(pool.clone(), async |pool, id: i64| pool.phone(id).await)
                .default_region("US"),
        ),
        ("an async closure that captures", builder().directory(async move |user| one.number(&user).await)),
        (
            "an async block that captures",
            builder().directory(move |user: UserId| async move { two.number(&user).await }),
        ),
        (
            "a closure that clones",
            builder().directory(move |user: UserId| {
                let pool = three.clone();
                async move { pool.number(&user).await }
            }),
        ),
        ("a type", builder().directory(pool.clone())),
        ("an Arc", builder().directory(Arc::new(pool.clone()))),
        ("an Arc of a trait object", builder().directory(Arc::new(pool.clone()) as Arc<dyn Directory>)),
        ("a Box of a trait object", builder().directory(Box::new(pool.clone()) as Box<dyn Directory>)),
    ];
    for (form, builder) in forms {
        let before = pool.reads.load(Ordering::Relaxed);
        let events = RecordedEvents::default();
        let mfa = builder.observer(events.clone()).build().unwrap();
        assert_eq!(start(&mfa, 1).await, "sent", "{form}");
        assert_eq!(start(&mfa, 2).await, "no number", "{form}");
        events.names();
        assert_eq!(start(&mfa, 3).await, "no number", "{form}");
        assert!(events.names().contains(&"sys_number_unreadable"), "{form}");
        assert_eq!(start(&mfa, 4).await, "unavailable", "{form}");
        assert_eq!(pool.reads.load(Ordering::Relaxed) - before, 4, "{form}");
    }
}

#[tokio::test]
async fn text_is_a_number_in_e164_form_or_of_the_default_region() {
    let national = "(919) 555-1234";
    let us = |builder: MfaBuilder| builder.default_region("US");
    let text = |text: &'static str| builder().directory(async move |_: UserId| Some(text.to_owned()));
    for (what, builder, outcome, event) in [
        ("E.164", text("+19195551234"), "sent", "authn_code_sent"),
        ("E.164, with a region", us(text("+19195551234")), "sent", "authn_code_sent"),
        ("national", text(national), "no number", "sys_number_unreadable"),
        ("national, with a region", us(text(national)), "sent", "authn_code_sent"),
        ("an empty column", us(text("")), "no number", "sys_number_unreadable"),
        (
            "no number",
            us(builder().directory(async |_: UserId| None::<String>)),
            "no number",
            "authn_code_refused",
        ),
        (
            "a boxed directory",
            us(builder()
                .directory(Box::new(async |_: UserId| Some("9195551234".to_owned())) as Box<dyn Directory>)),
            "sent",
            "authn_code_sent",
        ),
        (
            "an error",
            us(builder().directory(async |_: UserId| Err::<Option<String>, _>(io::Error::other("away")))),
            "unavailable",
            "sys_app_failed",
        ),
        (
            "an ID of another type",
            us(builder().directory_with((), async |(), _: std::net::IpAddr| Some("9195551234".to_owned()))),
            "unavailable",
            "sys_app_failed",
        ),
    ] {
        let events = RecordedEvents::default();
        let mfa = builder.observer(events.clone()).build().unwrap();
        assert_eq!(start(&mfa, 1).await, outcome, "{what}");
        assert!(events.names().contains(&event), "{what}");
    }
}

struct NeverRisky;

#[async_trait]
impl RiskCheck for NeverRisky {
    async fn assess(&self, _: &PlannedSend<'_>) -> Result<Risk, BoxError> {
        Ok(Risk::Accept)
    }
}

#[tokio::test]
async fn parts_can_be_chosen_at_run_time() {
    let inbox = TestProvider::new();
    let events = Arc::new(RecordedEvents::default());
    for shared in [false, true] {
        let builder = if shared {
            let provider: Arc<dyn MfaProvider> = Arc::new(inbox.clone());
            let store: Arc<dyn MfaStore> = Arc::new(MemoryStore::new());
            let (clock, observer): (Arc<dyn Clock>, Arc<dyn Observer>) =
                (Arc::new(SystemClock), events.clone());
            let risk: Arc<dyn RiskCheck> = Arc::new(NeverRisky);
            let builder = Mfa::builder(provider, "https://bank.example").store(store).clock(clock);
            builder.observer(observer).risk_check(risk, OnRiskError::Reject)
        } else {
            let provider: Box<dyn MfaProvider> = Box::new(inbox.clone());
            let store: Box<dyn MfaStore> = Box::new(MemoryStore::new());
            let (clock, observer): (Box<dyn Clock>, Box<dyn Observer>) =
                (Box::new(SystemClock), Box::new(events.clone()));
            let risk: Box<dyn RiskCheck> = Box::new(NeverRisky);
            let builder = Mfa::builder(provider, "https://bank.example").store(store).clock(clock);
            builder.observer(observer).risk_check(risk, OnRiskError::Reject)
        };
        let builder = builder.scope("pay", "pay").messaging_to(["US"]).directory(Pool::default());
        assert_eq!(start(&builder.build().unwrap(), 1).await, "sent");
        assert!(events.names().contains(&"authn_code_sent"));
    }
    assert_eq!(inbox.inbox().len(), 2);
}

#[tokio::test]
async fn an_observer_can_be_a_closure() {
    let sent = Arc::new(AtomicU32::new(0));
    let count = sent.clone();
    let observer = observer_fn(move |event: &Event<'_>| {
        TracingObserver.observe(event);
        count.fetch_add(u32::from(event.name() == "authn_code_sent"), Ordering::Relaxed);
    });
    let mfa = builder().directory(Pool::default()).observer(observer).build().unwrap();
    assert_eq!(start(&mfa, 1).await, "sent");
    assert_eq!(sent.load(Ordering::Relaxed), 1);
}
