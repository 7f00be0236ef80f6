//! A port that panics rejects the request, and the one event names exactly that port [LOG-5].

use std::panic::resume_unwind;

use async_trait::async_trait;
use mfakit_core::{
    BackendError, BoxError, Channel, Clock, Code, MemoryStore, Mfa, MfaProvider, PhoneNumber, Requirement,
    RiskCheck, StartError, StartRequest, Subject, Timestamp, UserId, VerifyError,
    adapter::MfaExt as _,
    provider::{ProviderError, SendReceipt, SendRequest, Verdict, VerifyRequest},
    risk::{OnRiskError, PlannedSend, Risk},
    store::StoreError,
    testing::{HookedStore, ManualClock, StoreHook, TestProvider, Verb},
};

use crate::world::{RecordedEvents, alice, pay, world, world_with};

/// Panics without output on stderr.
fn bug() -> ! {
    resume_unwind(Box::new("for the test"))
}

/// Store that panics at one verb.
struct PanicsAt(Verb);

#[async_trait]
impl StoreHook for PanicsAt {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        if verb == self.0 { bug() } else { Ok(()) }
    }
}

#[derive(Debug)]
struct PanickingProvider {
    sends: bool,
    inner: TestProvider,
}

#[async_trait]
impl MfaProvider for PanickingProvider {
    fn supports(&self, _: Channel) -> bool {
        true
    }

    async fn send(&self, request: &SendRequest<'_>) -> Result<SendReceipt, ProviderError> {
        if self.sends { self.inner.send(request).await } else { bug() }
    }

    async fn verify(&self, _: &VerifyRequest<'_>) -> Result<Verdict, ProviderError> {
        bug()
    }
}

struct PanickingCheck;

#[async_trait]
impl RiskCheck for PanickingCheck {
    async fn assess(&self, _: &PlannedSend<'_>) -> Result<Risk, BoxError> {
        bug()
    }
}

#[derive(Debug)]
struct PanickingClock;

impl Clock for PanickingClock {
    fn now(&self) -> Timestamp {
        bug()
    }
}

async fn panicking_directory(_: UserId) -> Result<Option<PhoneNumber>, BoxError> {
    bug()
}

fn blames(events: &RecordedEvents, port: &str) {
    let text = events.text();
    let told = text.matches(" panicked").count();
    assert!(told == 1 && text.contains(&format!("the app's {port} panicked")), "{port}: {text}");
}

fn ask() -> StartRequest {
    StartRequest::new(pay(), Channel::Messaging)
}

#[tokio::test]
async fn a_start_blames_the_port_that_panicked() {
    let store = |verb| world_with(move |b| b.store(HookedStore::new(MemoryStore::new(), PanicsAt(verb))));
    for (port, world) in [
        ("store", store(Verb::ReserveSend)),
        ("store", store(Verb::OpenChallenge)),
        ("directory", world_with(|builder| builder.directory(panicking_directory))),
        ("risk check", world_with(|builder| builder.risk_check(PanickingCheck, OnRiskError::Send))),
    ] {
        world.events.names();
        let started = world.start(&alice()).await;
        assert!(matches!(started, Err(StartError::Misconfigured(_))), "{port}: {started:?}");
        blames(&world.events, port);
    }
}

#[tokio::test]
async fn a_provider_that_panics_is_blamed_by_a_start_and_by_a_verify() {
    for sends in [false, true] {
        let (events, inner) = (RecordedEvents::default(), TestProvider::new());
        let provider = PanickingProvider { sends, inner: inner.clone() };
        let mfa = Mfa::builder(provider, "https://bank.example")
            .scope("pay", "pay")
            .directory(async |_: UserId| Ok::<_, BoxError>(PhoneNumber::new("+19195551234").ok()))
            .messaging_to(["US"])
            .clock(ManualClock::new())
            .observer(events.clone())
            .build()
            .unwrap();
        let alice = alice();
        let started = mfa.start(&alice, ask()).await;
        if sends {
            let code = Code::parse(&inner.last_code().unwrap()).unwrap();
            events.names();
            let verified = mfa.verify(&alice, &pay(), &started.unwrap().id, &code).await;
            assert!(matches!(verified, Err(VerifyError::Misconfigured(_))), "{verified:?}");
        } else {
            assert!(matches!(started, Err(StartError::Misconfigured(_))), "{started:?}");
        }
        blames(&events, "provider");
    }
}

#[tokio::test]
async fn a_store_that_panics_is_blamed_wherever_it_is_called() {
    let (alice, requirement) = (alice(), Requirement::new(pay()));
    let panicking = |verb| {
        let world = world_with(|b| b.store(HookedStore::new(MemoryStore::new(), PanicsAt(verb))));
        world.events.names();
        world
    };
    let world = panicking(Verb::Grant);
    assert!(world.mfa.check(Some(&alice), &requirement, None).await.is_err());
    blames(&world.events, "store");
    let world = panicking(Verb::UserState);
    let situation = world.mfa.situation(&alice, &requirement, None).await;
    assert!(matches!(situation, Err(BackendError::Misconfigured(_))), "{situation:?}");
    blames(&world.events, "store");
    let world = panicking(Verb::Revoke);
    let revoked = world.mfa.revoke_user(alice.user()).await;
    assert!(matches!(revoked, Err(BackendError::Misconfigured(_))), "{revoked:?}");
    blames(&world.events, "store");
    let world = panicking(Verb::Unlock);
    let unlocked = world.mfa.unlock(alice.user()).await;
    assert!(matches!(unlocked, Err(BackendError::Misconfigured(_))), "{unlocked:?}");
    blames(&world.events, "store");
}

#[tokio::test]
async fn a_store_that_panics_after_the_grant_is_made_takes_nothing_from_the_user() {
    let world = world_with(|b| b.store(HookedStore::new(MemoryStore::new(), PanicsAt(Verb::SettleBudget))));
    let alice = Subject::bearer("alice", "sid-1");
    let live = world.start(&alice).await.unwrap();
    world.events.names();
    let verified = world.answer(&alice, &live, &world.right_code()).await;
    assert!(verified.is_ok(), "a verify that makes a grant succeeds: {verified:?}");
    assert_eq!(world.reason(&alice, Requirement::new(pay()), None).await, None);
    assert!(world.events.text().contains("the app's store panicked"), "{}", world.events.text());
}

#[tokio::test]
async fn a_directory_that_panics_is_blamed_by_the_page_and_by_support() {
    let world = world_with(|builder| builder.directory(panicking_directory));
    world.events.names();
    let situation = world.mfa.situation(&alice(), &Requirement::new(pay()), None).await;
    assert!(matches!(situation, Err(BackendError::Misconfigured(_))), "{situation:?}");
    blames(&world.events, "directory");
    world.events.names();
    let forgotten = world.mfa.forget_number(alice().user()).await;
    assert!(matches!(forgotten, Err(BackendError::Misconfigured(_))), "{forgotten:?}");
    blames(&world.events, "directory");
}

#[tokio::test]
async fn a_clock_that_panics_lets_nothing_pass() {
    let world = world_with(|builder| builder.clock(PanickingClock));
    world.events.names();
    assert!(world.mfa.check(Some(&alice()), &Requirement::new(pay()), None).await.is_err());
    blames(&world.events, "clock");
    let started = world.start(&alice()).await;
    assert!(matches!(started, Err(StartError::Misconfigured(_))), "{started:?}");
}

#[tokio::test]
async fn every_error_of_the_engine_works_with_the_question_mark_operator() {
    async fn start(mfa: &Mfa) -> anyhow::Result<()> {
        let alice = alice();
        let challenge = mfa.start(&alice, ask()).await?;
        let _verified = mfa.verify(&alice, &pay(), &challenge.id, &Code::parse("000000")?).await?;
        mfa.revoke_user(alice.user()).await?;
        Ok(())
    }
    let world = world();
    *world.number.lock().unwrap() = None;
    let error = start(&world.mfa).await.unwrap_err();
    assert!(error.is::<StartError>());
    assert_eq!(error.to_string(), "no phone number is on file for the user");
}

#[tokio::test]
async fn an_error_of_the_directory_is_the_source_of_the_error_of_a_call() {
    let world = world_with(|builder| {
        builder
            .directory(async |_: UserId| Err::<Option<PhoneNumber>, BoxError>("the table is locked".into()))
    });
    let error = world.mfa.forget_number(alice().user()).await.unwrap_err();
    let chain: Vec<_> = anyhow::Error::from(error).chain().map(ToString::to_string).collect();
    assert_eq!(chain, ["the directory failed", "the table is locked"]);
}
