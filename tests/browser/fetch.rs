//! A script of the app that needs a code: `mfa.fetch`.

use serde_json::json;

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{CANCEL, DIALOG, SEND_TEXT},
    visitor::Visitor,
};

const REPORT: &str = "a[data-report]";

on_both! {
    the_report_is_shown_after_a_code_and_not_without,
    two_calls_at_once_share_a_dialog,
    only_our_own_page_is_shown_in_a_dialog,
}

async fn the_report_is_shown_after_a_code_and_not_without(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.click(REPORT).await;
    alice.wait_for(SEND_TEXT).await;
    alice.click(CANCEL).await;
    alice.wait_until_gone(DIALOG).await;
    assert_eq!(alice.text("#report").await, "");
    alice.wait_for_focus("a[href=/api/report]").await;

    alice.click(REPORT).await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    alice.wait_for_text("#report", "has $").await;
    assert!(!alice.sees(DIALOG).await);
    assert_eq!(alice.path().await, "/account");
    alice.quiet_but_for(&["401"]).await;
}

async fn two_calls_at_once_share_a_dialog(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    let twice = "import('/mfa/-/mfa.js').then(async mfa => {
        const one = () => mfa.fetch('/api/report').then(response => response.status);
        window.answers = await Promise.all([one(), one()]);
    });";
    alice.script(twice).await;
    alice.ask_for_a_text().await;
    assert_eq!(alice.script("return document.querySelectorAll('dialog').length").await, 1);
    alice.send_code(&bank.code()).await;
    let answered = async || alice.script("return window.answers").await == json!([200, 200]);
    alice.wait_until("both have their answer", answered).await;
    alice.wait_until_gone("dialog").await;
    assert_eq!(bank.provider().sends(), 1);
    alice.quiet_but_for(&["401"]).await;
}

async fn only_our_own_page_is_shown_in_a_dialog(_: &BankServer, alice: &Visitor) {
    const GIVEN: &str = "given as it is";
    alice.log_in("alice").await;
    // Answers that none of the servers here sends, but a hostile one may.
    let answered = "
        const [from, status, link] = arguments;
        const response = new Response('', { status, headers: { link } });
        Object.defineProperty(response, 'url', { value: new URL(from, location).href });
        const fetched = window.fetch;
        window.fetch = async () => response;
        const { fetch } = await import('/mfa/-/mfa.js');
        const given = fetch('/').then(answer => answer === response ? 'given as it is' : 'another');
        let answer;
        given.then(done => { answer = done });
        while (!answer) {
            await new Promise(then => setTimeout(then));
            if (document.querySelector('dialog[open]')) answer = 'asked';
        }
        window.fetch = fetched;
        return answer;
    ";
    let script = format!("return (async (...arguments) => {{ {answered} }})(...arguments)");
    for (from, status, link, answer) in [
        ("https://elsewhere.example/", 401, "</mfa/settings>; rel=\"alternate\"", GIVEN),
        ("https://elsewhere.example/", 401, "<ORIGIN/mfa/settings>; rel=\"alternate\"", GIVEN),
        ("/", 401, "<https://elsewhere.example/mfa/settings>; rel=\"alternate\"", GIVEN),
        ("/", 401, "<//elsewhere.example/mfa/settings>; rel=\"alternate\"", GIVEN),
        ("/", 401, "<javascript:alert(1)>; rel=\"alternate\"", GIVEN),
        ("/", 401, "</account>; rel=\"alternate\"", GIVEN),
        ("/", 401, "</mfa/../account>; rel=\"alternate\"", GIVEN),
        ("/", 401, "</mfa/settings>; rel=\"next\"", GIVEN),
        ("/", 403, "</mfa/settings>; rel=\"alternate\"", GIVEN),
        ("/", 200, "</mfa/settings>; rel=\"alternate\"", GIVEN),
        ("/", 401, "</mfa/settings>; rel=\"alternate\"", "asked"),
    ] {
        let origin = alice.script("return location.origin").await;
        let whole = link.replace("ORIGIN", origin.as_str().unwrap());
        let arguments = vec![from.into(), status.into(), whole.into()];
        assert_eq!(alice.script_with(&script, arguments).await, answer, "{status} of {from} with {link}");
        assert_eq!(alice.sees(DIALOG).await, answer != GIVEN, "{status} of {from} with {link}");
    }
    alice.quiet().await;
}
