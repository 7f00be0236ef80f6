//! Test that the body of a rejected request is not polled.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use actix_web::{
    dev::Payload,
    http::header,
    test::{TestRequest, call_service, init_service},
};
use bank::{Bank, Inbox, step_up::step_up};
use bank_actix::{Sessions, app};
use futures_util::stream::{self, StreamExt};
use mfakit::testing::TestProvider;

#[actix_web::test]
async fn a_rejected_request_polls_no_chunk_of_its_body() {
    let bank = Bank::open().unwrap();
    let mfa = step_up(TestProvider::new(), 3001, &bank).build().unwrap();
    let app = init_service(app(bank, mfa, Inbox::default(), Sessions::in_memory())).await;
    let form = |path: &str| {
        TestRequest::post()
            .uri(path)
            .insert_header((header::CONTENT_TYPE, "application/x-www-form-urlencoded"))
            .insert_header(("sec-fetch-site", "same-origin"))
    };
    let log_in = form("/login").set_payload("username=alice&password=alice").to_request();
    let logged_in = call_service(&app, log_in).await;
    let session = logged_in.headers().get(header::SET_COOKIE).unwrap().to_str().unwrap();
    let session = session.split(';').next().unwrap();

    for (path, cookie, mode, status) in [
        ("/settings", session, "cors", 401),
        ("/settings", session, "navigate", 303),
        ("/settings", "no-session=1", "cors", 401),
        ("/settings", "no-session=1", "navigate", 303),
        // The transfer of a customer is read, because the code is for this transfer.
        ("/transfer", "no-session=1", "cors", 401),
        ("/transfer", "no-session=1", "navigate", 303),
    ] {
        let request = form(path)
            .insert_header((header::COOKIE, cookie))
            .insert_header(("sec-fetch-mode", mode))
            .to_request();
        let polls = Arc::new(AtomicUsize::new(0));
        let counting = polls.clone();
        let body = stream::poll_fn(move |_| {
            counting.fetch_add(1, Ordering::SeqCst);
            None.into()
        });
        let (request, _) = request.replace_payload(Payload::Stream { payload: body.boxed_local() });
        let answer = call_service(&app, request).await;
        // The rest of the body is discarded after the answer.
        assert_eq!(polls.load(Ordering::SeqCst), 0, "{path}, {cookie}, {mode}");
        assert_eq!(answer.status(), status, "{path}, {cookie}, {mode}");
    }
}
