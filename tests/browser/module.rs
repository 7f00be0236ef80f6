//! The module on the page: it fills in the code, and counts waits down.

use std::time::Duration;

use serde_json::json;
use thirtyfour::Key;

use crate::{
    bank::BankServer,
    on_both::on_one,
    selectors::{CALL, CODE, CONTINUE, SEND_TEXT, STATUS},
    visitor::Visitor,
};

/// A phone that delivers a code when the test does, and records across pages what it was asked.
const WEB_OTP: &str = "
    window.OTPCredential = class {};
    const remember = (name, value) =>
        localStorage.setItem(name, JSON.stringify([...JSON.parse(localStorage.getItem(name) ?? '[]'), value]));
    navigator.credentials.get = ({ signal, ...wanted }) => new Promise((resolve, reject) => {
        remember('wanted', wanted);
        signal.addEventListener('abort', () => {
            remember('aborted', location.pathname);
            reject(signal.reason);
        });
        window.give = code => resolve({ code });
        window.refuse = () => reject(new DOMException('The user declined.', 'NotAllowedError'));
    });
";

/// Delivers a code, or nothing, and waits until the module has finished. Returns the content of the field and
/// the number of submitted forms.
const GIVE_AND_SETTLE: &str = "
    let submits = 0;
    addEventListener('submit', () => { submits++ }, true);
    const [given] = arguments;
    given === null ? window.refuse() : window.give(given);
    return new Promise(then => setTimeout(then))
        .then(() => [document.querySelector('input[name=code]').value, submits]);
";

/// A browser without autofill of codes. Pages must not ask it for one.
const NO_WEB_OTP: &str = "
    delete window.OTPCredential;
    navigator.credentials.get = () => localStorage.setItem('wanted', 'all the same');
";

/// Script that counts how often the status was written since the start of the page.
const COUNT_WRITINGS: &str = "
    window.writings = 0;
    addEventListener('DOMContentLoaded', () => {
        const status = document.querySelector('main.mfa [role=status]');
        if (!status) return;
        const count = changes => { window.writings += changes.length };
        window.empty = status.textContent === '';
        new MutationObserver(count).observe(status, { childList: true, characterData: true, subtree: true });
    });
";

on_one! {
    a_code_is_autofilled_and_sent,
    text_from_the_phone_is_used_only_if_it_is_a_code,
    a_browser_without_autofill_of_codes_is_not_asked_for_it,
    a_wait_counts_down_and_its_end_is_announced_once,
    an_expired_code_is_reported_and_the_page_stays,
    a_typed_code_is_sent_only_by_the_user,
    a_double_click_prompts_once,
}

async fn a_code_is_autofilled_and_sent(bank: &BankServer, alice: &Visitor) {
    alice.before_pages(WEB_OTP).await;
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    wait_until_remembered(alice, "wanted", json!([{ "otp": { "transport": ["sms"] } }])).await;
    alice.script_with("window.give(arguments[0])", vec![bank.code().into()]).await;
    alice.wait_until_path("/settings").await;
    // The form was sent.
    wait_until_remembered(alice, "aborted", json!(["/mfa/settings"])).await;

    // In the dialog as on the page.
    alice.script("localStorage.clear()").await;
    bank.clock().advance(Duration::from_secs(6 * 60));
    alice.type_into("#display_name", "Alice B.").await;
    alice.click("form[action='/settings'] button").await;
    alice.ask_for_a_text().await;
    let give = async || {
        alice.script_with("window.give(arguments[0])", vec![bank.code().into()]).await;
    };
    alice.to_next_page(give).await;
    assert_eq!(alice.path().await, "/settings");
    wait_until_remembered(alice, "aborted", json!(["/settings"])).await;
    alice.open("/account").await;
    assert_eq!(alice.text("h1").await, "Hello, Alice B.");
    alice.quiet_but_for(&["401"]).await;
}

async fn text_from_the_phone_is_used_only_if_it_is_a_code(bank: &BankServer, alice: &Visitor) {
    alice.before_pages(WEB_OTP).await;
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    for given in ["\"><img src=x onerror=alert(1)>", "12a456", "123", "123456789", "１２３４５６", " 123456"]
    {
        let left = alice.script_with(GIVE_AND_SETTLE, vec![given.into()]).await;
        assert_eq!(left, json!(["", 0]), "{given}");
        alice.reload().await;
        alice.wait_for(CODE).await;
    }
    assert!(!alice.sees("img[src=x]").await);
    assert_eq!(alice.script_with(GIVE_AND_SETTLE, vec![json!(null)]).await, json!(["", 0]));
    // Only the code that is sent now arrives.
    alice.send_code(&bank.code()).await;
    alice.wait_until_path("/settings").await;
    assert_eq!(bank.provider().verifies(), 1);
    alice.quiet().await;
}

async fn a_browser_without_autofill_of_codes_is_not_asked_for_it(_: &BankServer, alice: &Visitor) {
    alice.before_pages(NO_WEB_OTP).await;
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    // The module is done with a page when it has blocked the buttons.
    alice.wait_for(&format!("{SEND_TEXT}:disabled")).await;
    assert_eq!(alice.script("return localStorage.getItem('wanted')").await, json!(null));
    alice.quiet().await;
}

async fn a_wait_counts_down_and_its_end_is_announced_once(bank: &BankServer, alice: &Visitor) {
    const WAIT: &str = "#mfa-wait";
    alice.before_pages(COUNT_WRITINGS).await;
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    bank.clock().advance(Duration::from_secs(20));
    alice.reload().await;
    alice.wait_for_text(WAIT, "You can request a new code in 10 seconds").await;
    alice.wait_for(&format!("{SEND_TEXT}:disabled")).await;
    alice.wait_for(&format!("{CALL}:disabled")).await;
    let empty = alice.script("return window.empty").await;
    assert_eq!(empty, true, "the region is there before it says anything");
    alice.time_passes(Duration::from_secs(1)).await;
    alice.wait_for_text(WAIT, "in 9 seconds").await;
    alice.time_passes(Duration::from_secs(8)).await;
    alice.wait_for_text(WAIT, "in 1 second").await;
    assert_eq!(alice.script("return window.writings").await, 0, "seconds are not said");

    alice.time_passes(Duration::from_secs(1)).await;
    alice.wait_for_text(WAIT, "You can request a new code now.").await;
    let status = format!("return document.querySelector('{STATUS}').textContent");
    assert_eq!(alice.script(&status).await, "You can request a new code now.");
    assert_eq!(alice.script("return window.writings").await, 1);
    // The focus is where it was.
    alice.wait_for_focus("input#mfa-code[name=code]").await;
    bank.clock().advance(Duration::from_secs(10));
    alice.click(CALL).await;
    alice.wait_for_text("main", "We’re calling").await;
    alice.quiet().await;
}

async fn an_expired_code_is_reported_and_the_page_stays(bank: &BankServer, alice: &Visitor) {
    alice.before_pages(WEB_OTP).await;
    alice.before_pages(COUNT_WRITINGS).await;
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    bank.clock().advance(Duration::from_secs(5 * 60 - 9));
    alice.reload().await;
    alice.wait_for(CODE).await;
    alice.script("localStorage.clear()").await;
    alice.record_requests().await;
    alice.type_into(CODE, "12").await;
    alice.time_passes(Duration::from_secs(9)).await;
    alice.wait_for_text("#mfa-hint", "This code has expired. Request a new one.").await;
    // The module no longer waits for a code.
    wait_until_remembered(alice, "aborted", json!(["/mfa/settings"])).await;
    let status = format!("return document.querySelector('{STATUS}').textContent");
    assert_eq!(alice.script(&status).await, "This code has expired. Request a new one.");
    assert_eq!(alice.script("return window.writings").await, 1);
    assert_eq!(alice.value(CODE).await, "12");
    alice.screenshot("expired-while-open").await;

    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    alice.wait_until_path("/settings").await;
    assert_eq!(
        forms(alice).await,
        ["/mfa/settings/challenge", "/mfa/settings/verify"],
        "nothing else was sent"
    );
    alice.quiet().await;
}

async fn a_typed_code_is_sent_only_by_the_user(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    alice.record_requests().await;
    let code = bank.code();
    alice.wait_for_focus("input#mfa-code[name=code]").await;
    alice.press(&*code).await;
    assert_eq!(alice.value(CODE).await, code);

    // Cut and pasted, as from a message that groups the digits.
    let (first, second) = code.split_at(3);
    alice.type_into(CODE, &format!("{first} {second}")).await;
    for keys in ["a", "x", "v"] {
        alice.press_with(Key::Control, keys).await;
    }
    assert_eq!(alice.value(CODE).await, format!("{first} {second}"));
    alice.press(Key::Enter).await;
    alice.wait_until_path("/settings").await;
    assert_eq!(forms(alice).await, ["/mfa/settings/verify"], "the last digit sends nothing");
    assert_eq!(bank.provider().verifies(), 1);
    alice.quiet().await;
}

async fn a_double_click_prompts_once(bank: &BankServer, alice: &Visitor) {
    let twice = async |selector: &str| {
        let click = "const found = document.querySelector(arguments[0]); found.click(); found.click()";
        alice.script_with(click, vec![selector.into()]).await;
    };
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.wait_for(SEND_TEXT).await;
    twice(SEND_TEXT).await;
    alice.wait_for("main[data-mfa-state=sent]").await;
    alice.type_into(CODE, &bank.code()).await;
    twice(CONTINUE).await;
    alice.wait_until_path("/settings").await;
    assert_eq!((bank.provider().sends(), bank.provider().verifies()), (1, 1));
    alice.quiet().await;
}

/// Waits until the phone remembers this.
async fn wait_until_remembered(alice: &Visitor, name: &str, value: serde_json::Value) {
    let remembered = "return JSON.parse(localStorage.getItem(arguments[0]) ?? '[]')";
    let is_it = async || alice.script_with(remembered, vec![name.into()]).await == value;
    alice.wait_until(&format!("what was {name} is {value}"), is_it).await;
}

/// Returns the paths to which forms were sent since the recording began.
async fn forms(alice: &Visitor) -> Vec<String> {
    let requests = alice.requests().await;
    requests.into_iter().filter(|request| request.method == "POST").map(|request| request.target).collect()
}
