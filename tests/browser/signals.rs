//! Calls of `mfa.fetch` that share a dialog, that the caller aborts, and that have a deadline.

use serde_json::json;

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{CANCEL, CODE, DIALOG, SEND_TEXT},
    site::Site,
    visitor::Visitor,
};

on_both! {
    the_time_that_the_user_takes_does_not_count_against_a_timeout,
    a_timeout_still_aborts_the_request_after_the_code,
    a_caller_who_aborts_closes_the_dialog,
    a_dialog_stays_for_the_caller_who_did_not_abort,
    the_second_request_repeats_the_first,
    two_calls_that_each_need_a_code_ask_twice,
    a_call_that_cannot_open_a_dialog_gets_the_rejection,
}

/// Calls a route of the site with `mfa.fetch`, with these further options. `window[name]` gets the outcome.
async fn call(alice: &Visitor, name: &str, path: &str, options: &str) {
    let script = format!(
        "import('/mfa/-/mfa.js').then(mfa => mfa.fetch('{path}', {{ method: 'POST', {options} }})).then(
            async response => {{ window.{name} = `${{response.status}} ${{await response.text()}}` }},
            error => {{ window.{name} = error.name }});"
    );
    alice.script(&script).await;
}

/// Waits for the outcome of a call.
async fn outcome(alice: &Visitor, name: &str) -> String {
    let ended = async || alice.script(&format!("return window.{name} !== undefined")).await == true;
    alice.wait_until(&format!("{name} has ended"), ended).await;
    alice.script(&format!("return window.{name}")).await.as_str().unwrap().to_owned()
}

/// Signal that a test ends: `window.late()` as a timeout does, `window.abort()` as a caller does.
const SIGNAL: &str = "const controller = new AbortController();
    window.signal = controller.signal;
    window.late = () => controller.abort(new DOMException('late', 'TimeoutError'));
    window.abort = () => controller.abort();";

async fn the_time_that_the_user_takes_does_not_count_against_a_timeout(bank: &BankServer, alice: &Visitor) {
    let site = Site::seen_by(alice, bank.framework(), "").await;
    alice.script(SIGNAL).await;
    call(alice, "answer", "/kept/text", "body: 'x', signal: AbortSignal.any([window.signal])").await;
    alice.ask_for_a_text().await;
    // A minute after the dialog opened, which leaves a minute for the answer.
    alice.script("const { now } = Date; Date.now = () => now() + 60000; window.late()").await;
    assert!(alice.sees(CODE).await, "the dialog stays");
    alice.send_code(&site.code()).await;
    assert_eq!(outcome(alice, "answer").await, "200 made as text");
    assert_eq!(site.statuses(), [401, 200]);

    // An abort during the first request is the caller's.
    call(alice, "late", "/kept/text", "signal: AbortSignal.abort(new DOMException('late', 'TimeoutError'))")
        .await;
    assert_eq!(outcome(alice, "late").await, "TimeoutError");
    alice.quiet_but_for(&["401"]).await;
}

async fn a_timeout_still_aborts_the_request_after_the_code(bank: &BankServer, alice: &Visitor) {
    let site = Site::seen_by(alice, bank.framework(), "").await;
    alice.script(SIGNAL).await;
    // The second request is never answered.
    let silent = "const { fetch } = window; let times = 0;
        window.fetch = (input, init) => ++times === 1 ? fetch(input, init) : new Promise((_, reject) => {
            const { signal } = new Request(input, init);
            window.waiting = true;
            signal.addEventListener('abort', () => reject(signal.reason));
        });";
    alice.script(silent).await;
    call(alice, "answer", "/kept/text", "signal: window.signal").await;
    alice.ask_for_a_text().await;
    alice.send_code(&site.code()).await;
    alice.wait_until("it is sent again", async || alice.script("return window.waiting").await == true).await;
    alice.script("window.late()").await;
    assert_eq!(outcome(alice, "answer").await, "TimeoutError");
    alice.quiet_but_for(&["401"]).await;
}

async fn a_caller_who_aborts_closes_the_dialog(bank: &BankServer, alice: &Visitor) {
    let site = Site::seen_by(alice, bank.framework(), "").await;
    alice.script(SIGNAL).await;
    call(alice, "answer", "/kept/text", "signal: window.signal").await;
    alice.wait_for(SEND_TEXT).await;
    alice.script("window.abort()").await;
    assert_eq!(outcome(alice, "answer").await, "AbortError");
    alice.wait_until_gone(DIALOG).await;
    assert_eq!(alice.script("return document.querySelector('dialog')").await, json!(null));

    // The next call asks again.
    call(alice, "next", "/kept/text", "").await;
    alice.ask_for_a_text().await;
    alice.send_code(&site.code()).await;
    assert_eq!(outcome(alice, "next").await, "200 made as text");
    assert_eq!(site.statuses(), [401, 401, 200]);
    alice.quiet_but_for(&["401"]).await;
}

async fn a_dialog_stays_for_the_caller_who_did_not_abort(bank: &BankServer, alice: &Visitor) {
    let site = Site::seen_by(alice, bank.framework(), "").await;
    alice.script(SIGNAL).await;
    alice.count_responses().await;
    call(alice, "first", "/kept/text", "signal: window.signal").await;
    alice.wait_for(SEND_TEXT).await;
    call(alice, "second", "/kept/json", "").await;
    alice.wait_for_responses(2).await;
    alice.script("window.abort()").await;
    assert_eq!(outcome(alice, "first").await, "AbortError");
    alice.ask_for_a_text().await;
    alice.send_code(&site.code()).await;
    assert_eq!(outcome(alice, "second").await, "200 {\"made\":\"as JSON\"}");
    assert_eq!(site.statuses(), [401, 401, 200]);
    alice.quiet_but_for(&["401"]).await;
}

async fn the_second_request_repeats_the_first(bank: &BankServer, alice: &Visitor) {
    for (what, options, body) in [
        ("text", "body: 'some text'", "some text"),
        ("a form", "body: new URLSearchParams({ a: '1 2' })", "a=1+2"),
        ("bytes", "body: new Blob(['in ', 'parts'], { type: 'text/x-odd' })", "in parts"),
        ("something that outlives the page", "body: 'kept', keepalive: true", "kept"),
        ("headers", "body: '{}', headers: { 'content-type': 'application/json', 'x-odd': '1' }", "{}"),
    ] {
        let site = Site::seen_by(alice, bank.framework(), "").await;
        call(alice, "answer", "/kept/text", options).await;
        alice.ask_for_a_text().await;
        alice.send_code(&site.code()).await;
        assert_eq!(outcome(alice, "answer").await, "200 made as text", "{what}");
        let posts = site.posts();
        assert_eq!(site.statuses(), [401, 200], "{what}");
        assert_eq!(posts[1].body, body, "{what}");
        assert_eq!(posts[0].content_type, posts[1].content_type, "{what}");
        assert_eq!(posts[0].body, posts[1].body, "{what}");
    }
    alice.quiet_but_for(&["401"]).await;
}

async fn two_calls_that_each_need_a_code_ask_twice(bank: &BankServer, alice: &Visitor) {
    let site = Site::seen_by(alice, bank.framework(), "").await;
    alice.count_responses().await;
    call(alice, "first", "/once/text", "body: '1'").await;
    alice.wait_for(SEND_TEXT).await;
    call(alice, "second", "/once/text", "body: '2'").await;
    alice.wait_for_responses(2).await;
    alice.ask_for_a_text().await;
    alice.send_code(&site.code()).await;
    alice.wait_until("one request passed", async || site.statuses().contains(&200)).await;
    // The grant of the other is consumed, so this call requires a code of its own.
    alice.ask_for_a_text().await;
    alice.send_code(&site.code()).await;
    assert_eq!(outcome(alice, "first").await, "200 made as text");
    assert_eq!(outcome(alice, "second").await, "200 made as text");
    let carried_out: Vec<_> = site.posts().into_iter().filter(|post| post.status == 200).collect();
    assert_eq!(carried_out.len(), 2);
    assert_ne!(carried_out[0].body, carried_out[1].body);
    assert_eq!(site.provider().sends(), 2);

    // Canceling cancels both.
    call(alice, "third", "/once/text", "body: '3'").await;
    alice.wait_for(SEND_TEXT).await;
    alice.click(CANCEL).await;
    assert!(outcome(alice, "third").await.starts_with("401 "));
    alice.quiet_but_for(&["401"]).await;
}

async fn a_call_that_cannot_open_a_dialog_gets_the_rejection(bank: &BankServer, alice: &Visitor) {
    for script in [
        "HTMLDialogElement.prototype.showModal = undefined",
        "HTMLDialogElement.prototype.showModal = () => { throw new Error('for the test') }",
        "XMLHttpRequest.prototype.open = () => { throw new Error('for the test') }",
    ] {
        let site = Site::seen_by(alice, bank.framework(), "").await;
        alice.script(script).await;
        call(alice, "answer", "/kept/text", "").await;
        let answer = outcome(alice, "answer").await;
        assert!(answer.starts_with("401 ") && answer.contains("step-up-required"), "{script}: {answer}");
        assert_eq!(alice.script("return document.querySelector('dialog')").await, json!(null));
        assert_eq!(site.statuses(), [401]);
    }
    alice.quiet_but_for(&["401"]).await;
}
