//! Test that the body of a rejected request is not polled.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use axum::body::Body;
use bank::{Bank, Inbox, step_up::step_up};
use bank_axum::App;
use bytes::Bytes;
use mfakit::testing::TestProvider;
use tower::ServiceExt;
use tower_sessions::MemoryStore;

#[tokio::test]
async fn a_rejected_request_polls_no_frame_of_its_body() {
    let bank = Bank::open().unwrap();
    let mfa = step_up(TestProvider::new(), 3000, &bank).build().unwrap();
    let app = App { bank, mfa, inbox: Inbox::default() }.router(MemoryStore::default());
    let form = |path: &str| {
        http::Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
    };
    let log_in = form("/login").body(Body::from("username=alice&password=alice")).unwrap();
    let logged_in = app.clone().oneshot(log_in).await.unwrap();
    let session = logged_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();

    for (path, cookie, mode, status) in [
        ("/settings", session.as_str(), "cors", 401),
        ("/settings", session.as_str(), "navigate", 303),
        ("/settings", "no-session=1", "cors", 401),
        ("/settings", "no-session=1", "navigate", 303),
        // The transfer of a customer is read, because the code is for this transfer.
        ("/transfer", "no-session=1", "cors", 401),
        ("/transfer", "no-session=1", "navigate", 303),
    ] {
        let request = form(path).header("cookie", cookie).header("sec-fetch-mode", mode);
        let polls = Arc::new(AtomicUsize::new(0));
        let request = request.body(Body::new(CountedBody(polls.clone()))).unwrap();
        let answer = app.clone().oneshot(request).await.unwrap();
        // The rest of the body is discarded after the answer.
        assert_eq!(polls.load(Ordering::SeqCst), 0, "{path}, {cookie}, {mode}");
        assert_eq!(answer.status(), status, "{path}, {cookie}, {mode}");
    }
}

/// A body that counts how often it is polled.
struct CountedBody(Arc<AtomicUsize>);

impl http_body::Body for CountedBody {
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
