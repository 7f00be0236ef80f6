//! The library, with a clock that the test moves.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use axum::{Router, body::Body};
use bank::{Bank, Inbox, emulated::client_of, step_up::step_up};
use bank_axum::App;
use bytes::Bytes;
use mfakit::testing::{ManualClock, TestProvider};
use mfakit_emulator::{Emulator, Endpoint, Fault};
use tokio::net::TcpListener;
use tower::ServiceExt;
use tower_sessions::MemoryStore;

use crate::browser::Browser;

#[tokio::test]
async fn settings_ask_again_after_five_minutes_and_transfers_after_ten() {
    let emulator = Emulator::builder().start().await.unwrap();
    let clock = ManualClock::new();
    let mut alice = Browser::new(&serve(&emulator, &clock).await);
    alice.log_in("alice").await;
    for scope in ["settings", "transfer"] {
        alice.step_up(scope, async || emulator.inbox().last().unwrap().code.clone()).await;
    }
    let order = [("amount", "1"), ("payee", "bob")];

    clock.advance(Duration::from_secs(4 * 60 + 50));
    assert_eq!(alice.fetch("/settings").await.status, 200);
    clock.advance(Duration::from_secs(20));
    let refused = alice.fetch("/settings").await;
    assert_eq!((refused.status.as_u16(), &refused.json()["reason"]), (401, &"expired".into()));
    assert_eq!(alice.submit("/account", "/transfer", &order).await.location(), "/account");
    clock.advance(Duration::from_mins(5));
    // From the page that a wrong order brought, whose address is that of the POST.
    let refused = alice.submit("/transfer", "/transfer", &order).await;
    assert!(refused.location().starts_with("/mfa/transfer?"), "{}", refused.location());
    assert_eq!(alice.open("/transfer").await.location(), "/account");
}

#[tokio::test]
async fn when_bandwidth_fails_a_person_may_try_again_and_gets_nowhere_without_a_code() {
    let emulator = Emulator::builder().start().await.unwrap();
    let mut alice = Browser::new(&serve(&emulator, &ManualClock::new()).await);
    alice.log_in("alice").await;
    emulator.fail(Fault::on(Endpoint::Messaging).status(500));
    let page = alice.open("/mfa/settings").await;
    let fields = [("token", page.hidden("token")), ("channel", "messaging")];
    let failed = alice.submit("/mfa/settings", "/mfa/settings/challenge", &fields).await;
    assert_eq!(failed.status, 502, "{}", failed.body);
    assert_eq!(alice.fetch("/settings").await.status, 401);
}

#[tokio::test]
async fn a_refused_transfer_polls_no_frame_of_its_body() {
    let app = router(3000, TestProvider::new(), &ManualClock::new());
    let form = |path: &str| {
        http::Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
    };
    let log_in = form("/login").body(Body::from("username=alice&password=alice")).unwrap();
    let logged_in = app.clone().oneshot(log_in).await.unwrap();
    let session = logged_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();

    let polls = Arc::new(AtomicUsize::new(0));
    for (cookie, asker, status) in [
        (session.as_str(), "cors", 401),
        (session.as_str(), "navigate", 303),
        ("nobody=here", "cors", 401),
        ("nobody=here", "navigate", 303),
    ] {
        let request = form("/transfer").header("cookie", cookie).header("sec-fetch-mode", asker);
        let request = request.body(Body::new(Counted(polls.clone()))).unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), status, "{cookie}, {asker}");
    }
    assert_eq!(polls.load(Ordering::SeqCst), 0);
}

/// The bank on a free port, with a clock of its own and the emulator behind the real client.
async fn serve(emulator: &Emulator, clock: &ManualClock) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = router(address.port(), client_of(emulator).unwrap(), clock);
    tokio::spawn(async { axum::serve(listener, app).await });
    format!("http://{address}")
}

fn router(port: u16, provider: impl mfakit::MfaProvider, clock: &ManualClock) -> Router {
    let bank = Bank::open().unwrap();
    let mfa = step_up(provider, port, &bank).clock(clock.clone()).build().unwrap();
    App { bank, mfa, inbox: Inbox::default() }.router(MemoryStore::default())
}

/// A body that counts how often it is asked for more.
struct Counted(Arc<AtomicUsize>);

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Poll::Ready(None)
    }
}
