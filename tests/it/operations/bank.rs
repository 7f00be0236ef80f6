//! A bank, driven through everything that an operator watches.

use std::{io, net::TcpListener, time::Duration};

use actix_web::HttpServer;
use axum::{Router, body::Body, extract::Request, routing::get};
use bank::{Bank, Inbox, start_up::listen, step_up::step_up};
use bank_tests::browser::{Browser, other_than};
use mfakit::{
    Channel, LoginId, MemoryStore, Mfa, MfaLayer, NumberChange, PhoneNumber, Policy, RequireMfa, Requirement,
    Scope, StartRequest, Subject, UserId,
    notifier::{Notice, OnNoticeError},
    policy::Limit,
    provider::ProviderErrorKind,
    testing::{HookedStore, Outage, TestProvider},
};
use reqwest::Method;
use serde_json::json;
use tower::ServiceExt as _;

use crate::operations::recorder::Recorder;

/// Serves a bank in a task of the test's runtime.
pub(crate) type Serve = fn(TcpListener, Bank, Mfa);

pub(crate) fn on_axum(listener: TcpListener, bank: Bank, mfa: Mfa) {
    let app = bank_axum::App { bank, mfa, inbox: Inbox::default() };
    let router = app.router(tower_sessions::MemoryStore::default());
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
}

pub(crate) fn on_actix(listener: TcpListener, bank: Bank, mfa: Mfa) {
    let sessions = bank_actix::Sessions::in_memory();
    let app = move || bank_actix::app(bank.clone(), mfa.clone(), Inbox::default(), sessions.clone());
    let server = HttpServer::new(app).workers(1).disable_signals().listen(listener).unwrap().run();
    tokio::spawn(server);
}

/// A bank with its provider and its store, whose engine counts for a recorder.
struct Driven {
    address: String,
    mfa: Mfa,
    provider: TestProvider,
    outage: Outage,
}

impl Driven {
    fn open(serve: Serve, recorder: &Recorder) -> Self {
        let listener = listen(0).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (bank, provider, outage) = (Bank::open().unwrap(), TestProvider::new(), Outage::new());
        let store = HookedStore::new(MemoryStore::new(), outage.clone());
        let few = Policy::default().lock_after(4).rejections(Limit::new(3, Duration::from_secs(600)));
        let builder = step_up(provider.clone(), port, &bank).store(store).policy(few);
        let mfa = recorder.build(builder);
        serve(listener, bank, mfa.clone());
        Self { address: format!("http://127.0.0.1:{port}"), mfa, provider, outage }
    }

    async fn browser(&self, user: &str) -> Browser {
        let mut browser = Browser::new(&self.address);
        browser.log_in(user).await;
        browser
    }

    fn code(&self) -> String {
        self.provider.last_code().unwrap()
    }

    /// Requests a code, and returns the challenge.
    async fn start(&self, browser: &mut Browser, scope: &str) -> String {
        let started =
            browser.post(&format!("/mfa/{scope}/challenge"), &json!({"channel": "messaging"})).await;
        assert_eq!(started.status, 201, "{}", started.body);
        started.json()["challenge"].as_str().unwrap().to_owned()
    }

    async fn enter(&self, browser: &mut Browser, scope: &str, challenge: &str, code: &str) -> u16 {
        let entered = json!({"challenge": challenge, "code": code});
        browser.post(&format!("/mfa/{scope}/verify"), &entered).await.status.as_u16()
    }

    /// A user who is prompted, mistypes the code once, and sends the right one twice.
    async fn alice_confirms(&self) -> Browser {
        let mut alice = self.browser("alice").await;
        assert_eq!(alice.fetch("/settings").await.status, 401);
        let challenge = self.start(&mut alice, "settings").await;
        let code = self.code();
        for (code, status) in [(other_than(&code), 422), (code.clone(), 200), (code, 200)] {
            assert_eq!(self.enter(&mut alice, "settings", &challenge, &code).await, status);
        }
        assert_eq!(alice.fetch("/settings").await.status, 200);
        alice
    }

    /// A user who transfers money, while the provider fails in between.
    async fn alice_transfers(&self, alice: &mut Browser) {
        let proposal = alice.propose(("1", "bob")).await;
        let challenge = alice.request_code(&proposal, "messaging").await;
        self.provider.fail_next_verify(ProviderErrorKind::Failed);
        let code = self.code();
        for status in [502, 200] {
            assert_eq!(self.enter(alice, "transfer", &challenge, &code).await, status);
        }
        let paid = alice.submit("/account", "/transfer", &[("amount", "1"), ("payee", "bob")]).await;
        assert_eq!(paid.status, 303, "{}", paid.body);
        self.provider.fail_next_send(ProviderErrorKind::Credentials);
        let failed = alice.post("/mfa/reports/challenge", &json!({"channel": "messaging"})).await;
        assert_eq!(failed.status, 502);
    }

    /// A user who guesses until the lock, and goes on.
    async fn bob_guesses(&self) {
        let mut bob = self.browser("bob").await;
        let challenge = self.start(&mut bob, "settings").await;
        let soon = bob.post("/mfa/settings/challenge", &json!({"channel": "messaging"})).await;
        assert_eq!(soon.status, 429);
        let wrong = other_than(&self.code());
        for status in [422, 422, 422, 422, 429] {
            assert_eq!(self.enter(&mut bob, "settings", &challenge, &wrong).await, status);
        }
        let locked = bob.post("/mfa/settings/challenge", &json!({"channel": "messaging"})).await;
        assert_eq!(locked.status, 429);
    }

    async fn a_form_of_another_site_is_sent(&self, alice: &mut Browser) {
        let forged =
            alice.bare(Method::POST, "/mfa/settings/challenge").header("sec-fetch-site", "cross-site");
        let answer = alice.send(forged.json(&json!({"channel": "messaging"}))).await;
        assert_eq!(answer.status, 403);
    }

    async fn the_store_fails(&self, alice: &mut Browser) {
        self.outage.begin();
        assert_eq!(alice.fetch("/settings").await.status, 503);
        self.outage.end();
    }
}

/// Fails to identify the caller, as an app does whose session store is down.
async fn the_identify_function_fails(mfa: &Mfa) {
    let guarded = get(async || "done").layer(RequireMfa::scope("settings"));
    let identify = async || Err::<Option<Subject>, _>(io::Error::other("the session store is down"));
    let app = Router::new().route("/", guarded).layer(MfaLayer::new(mfa.clone(), identify));
    let request = Request::get("/").body(Body::empty()).unwrap();
    assert_eq!(app.oneshot(request).await.unwrap().status(), 503);
}

/// Starts in an engine whose directory fails, and in one whose budget of a number is exhausted.
async fn starts_fail(recorder: &Recorder) {
    let settings = Scope::new("settings").unwrap();
    let builder = |number: Result<&'static str, &'static str>| {
        Mfa::builder(TestProvider::new(), "https://bank.example")
            .scope("settings", "change your settings")
            .directory(async move |_: UserId| match number {
                Ok(number) => Ok(PhoneNumber::new(number).ok()),
                Err(error) => Err(io::Error::other(error)),
            })
            .messaging_to(["US"])
    };
    let start = || StartRequest::new(settings, Channel::Messaging);
    let mfa = recorder.build(builder(Err("no table")));
    let alice = Subject::cookie("alice", LoginId::random());
    let _ = mfa.start(&alice, start()).await.map(drop).unwrap_err();
    let mfa = recorder.build(builder(Ok("+19195551234")));
    for at in 0..10 {
        let user = Subject::cookie(format!("user-{at}"), LoginId::random());
        let _ = mfa.start(&user, start()).await;
    }
}

/// Reports a change in an engine whose notifier fails.
async fn a_notice_fails(recorder: &Recorder) {
    let builder = Mfa::builder(TestProvider::new(), "https://bank.example")
        .scope("settings", "change your settings")
        .directory(async |_: UserId| Ok::<Option<PhoneNumber>, io::Error>(None))
        .notifier(
            async |_: Notice| Err::<(), _>(io::Error::other("the mail server is away")),
            OnNoticeError::Hold,
        )
        .messaging_to(["US"]);
    let removed = NumberChange::remove(PhoneNumber::new("+19195551234").unwrap());
    let notified = recorder.build(builder).number_changed_by(&UserId::from("alice"), &removed).await;
    assert!(notified.is_err());
}

/// Opens a bank, and drives it through everything that the alerts and the dashboard name.
pub(crate) async fn drive(serve: Serve, recorder: &Recorder) {
    let bank = Driven::open(serve, recorder);
    let mut alice = bank.alice_confirms().await;
    bank.alice_transfers(&mut alice).await;
    bank.bob_guesses().await;
    bank.a_form_of_another_site_is_sent(&mut alice).await;
    the_identify_function_fails(&bank.mfa).await;
    starts_fail(recorder).await;
    a_notice_fails(recorder).await;
    let undeclared = Requirement::new(Scope::new("undeclared").unwrap());
    bank.mfa.check(None, &undeclared, None).await.map(drop).unwrap_err();
    bank.the_store_fails(&mut alice).await;
    assert!(bank.mfa.health().await.is_ready());
}
