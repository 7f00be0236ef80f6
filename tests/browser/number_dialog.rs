//! The page of the number in a dialog on the app's own page.

use bank_tests::browser::other_than;
use serde_json::json;
use std::time::Duration;
use thirtyfour::Key;

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{CANCEL, CHANGE, CODE, DIALOG, GOOD, NOTICE, NUMBER, REMOVE, SEND_TEXT, STATUS},
    visitor::Visitor,
};

const LINK: &str = "a[href='/mfa/number']";
const AMOUNT: &str = "#amount";

/// Turns the dialog on for the link, and records its events.
const TURN_ON: &str = "
    window.told = [];
    document.querySelector(\"a[href='/mfa/number']\").dataset.mfa = '';
    for (const name of ['mfa-change', 'mfa-cancel'])
        addEventListener(name, event => told.push(`${name} of ${event.target.localName}`));
";

on_both! {
    a_number_is_added_replaced_and_removed_in_the_dialog,
    a_wrong_entry_can_be_corrected_in_the_dialog,
    leaving_the_dialog_changes_nothing,
    a_form_that_needs_a_first_number_is_sent,
    a_script_opens_the_dialog,
    a_request_that_lacks_a_number_is_made_again,
    a_link_that_opens_elsewhere_is_left_alone,
}

async fn a_number_is_added_replaced_and_removed_in_the_dialog(bank: &BankServer, carol: &Visitor) {
    account(bank, carol, "carol").await;
    carol.type_into(AMOUNT, "12.50").await;
    carol.click(LINK).await;
    carol.wait_for_focus("h1#mfa-title").await;
    shows(carol, "add", "number-dialog-add").await;
    carol.type_into(NUMBER, "2025550123").await;
    carol.ask_for_a_text().await;
    carol.wait_for_focus("input#mfa-code[name=code]").await;
    shows(carol, "sent", "number-dialog-sent").await;
    carol.send_code(&bank.code()).await;
    carol.wait_for_text(GOOD, "Your phone number is confirmed.").await;
    assert_eq!(carol.text(&format!("{DIALOG} {STATUS}")).await, "Your phone number is confirmed.");
    shows(carol, "on-file", "number-dialog-confirmed").await;

    bank.clock().advance(Duration::from_secs(61));
    allow(bank, carol).await;
    shows(carol, "change", "number-dialog-change").await;
    carol.type_into(NUMBER, "2025550145").await;
    carol.ask_for_a_text().await;
    assert_eq!(bank.provider().inbox().last().unwrap().to.as_e164(), "+12025550145");
    carol.send_code(&bank.code()).await;
    carol.wait_for_text("dialog", "We send codes to •••45.").await;

    bank.clock().advance(Duration::from_secs(61));
    allow(bank, carol).await;
    carol.click_through(REMOVE).await;
    carol.wait_for_text(GOOD, "Your phone number was removed.").await;
    carol.click(CANCEL).await;
    carol.wait_until_gone("dialog").await;
    assert_eq!(carol.script("return told").await, json!(["mfa-change of a"]));
    assert_eq!((carol.path().await, carol.value(AMOUNT).await), ("/account".into(), "12.50".into()));
    assert_eq!(bank.provider().sends(), 4);
    carol.quiet_but_for(&["401"]).await;
}

async fn a_wrong_entry_can_be_corrected_in_the_dialog(bank: &BankServer, carol: &Visitor) {
    account(bank, carol, "carol").await;
    carol.click(LINK).await;
    carol.type_into(NUMBER, "+1 471 555 0123").await;
    carol.click_through(SEND_TEXT).await;
    carol.wait_for_text(NOTICE, "doesn’t seem to be in use").await;
    carol.wait_for_focus("input#mfa-number[name=number]").await;
    shows(carol, "rejected", "number-dialog-rejected").await;
    carol.type_into(NUMBER, "2025550123").await;
    carol.go_offline().await;
    carol.click(SEND_TEXT).await;
    carol.wait_for_text("dialog [role=alert]:not([id])", "We can’t reach the site").await;
    carol.go_online().await;
    carol.ask_for_a_text().await;
    carol.send_code(&other_than(&bank.code())).await;
    carol.wait_for_text(NOTICE, "That code isn’t right").await;
    carol.send_code(&bank.code()).await;
    carol.wait_for_text(GOOD, "is confirmed").await;
    carol.quiet_but_for(&["422", "ERR_INTERNET_DISCONNECTED"]).await;
}

async fn leaving_the_dialog_changes_nothing(bank: &BankServer, alice: &Visitor) {
    account(bank, alice, "alice").await;
    for by_key in [true, false] {
        alice.click(LINK).await;
        alice.wait_for(CHANGE).await;
        if by_key {
            alice.press(Key::Escape).await;
        } else {
            alice.click(CANCEL).await;
        }
        alice.wait_until_gone("dialog").await;
        alice.wait_for_focus("a[href=/mfa/number]").await;
    }
    assert_eq!(alice.script("return told").await, json!(["mfa-cancel of a", "mfa-cancel of a"]));
    assert_eq!(bank.provider().sends(), 0);
    alice.quiet().await;
}

async fn a_form_that_needs_a_first_number_is_sent(bank: &BankServer, carol: &Visitor) {
    account(bank, carol, "carol").await;
    carol.type_into(AMOUNT, "12.50").await;
    carol.type_into("#payee", "bob").await;
    carol.click("form[action='/transfer'] button").await;
    shows(carol, "no-number", "number-dialog-none").await;
    carol.click_through("dialog a.mfa-button").await;
    carol.type_into(NUMBER, "2025550123").await;
    carol.ask_for_a_text().await;
    bank.clock().advance(Duration::from_secs(61));
    carol.send_code(&bank.code()).await;
    // The number is on file, and the payment needs a code of its own.
    shows(carol, "ask", "number-dialog-ask").await;
    carol.ask_for_a_text().await;
    carol.to_next_page(async || carol.send_code(&bank.code()).await).await;
    carol.wait_for_text("tbody", "−$12.50").await;
    assert_eq!(bank.provider().sends(), 2);
    carol.quiet_but_for(&["401"]).await;
}

async fn a_script_opens_the_dialog(bank: &BankServer, carol: &Visitor) {
    account(bank, carol, "carol").await;
    let open = "import('/mfa/-/mfa.js').then(async mfa => { window.changed = String(await mfa.number()) })";
    carol.script(open).await;
    carol.wait_for(NUMBER).await;
    carol.press(Key::Escape).await;
    carol
        .wait_until("the script is told", async || carol.script("return window.changed").await == "false")
        .await;
    carol.script(open).await;
    carol.type_into(NUMBER, "2025550123").await;
    carol.ask_for_a_text().await;
    carol.send_code(&bank.code()).await;
    carol.wait_for(GOOD).await;
    carol.press(Key::Escape).await;
    carol
        .wait_until("the script is told", async || carol.script("return window.changed").await == "true")
        .await;
    carol.quiet().await;
}

async fn a_request_that_lacks_a_number_is_made_again(bank: &BankServer, carol: &Visitor) {
    account(bank, carol, "carol").await;
    // The app's answer names the page of the number. After that, the same request needs a code to the new one.
    let request = "
        const real = window.fetch;
        let asked = 0;
        window.fetch = async (...call) => {
            if (asked++) return real(...call);
            const headers = { link: '</mfa/number>; rel=\"alternate\"; type=\"text/html\"' };
            return Object.defineProperty(new Response(null, { status: 401, headers }), 'url', { value: location.href });
        };
        import('/mfa/-/mfa.js').then(async mfa => { window.status = (await mfa.fetch('/api/report')).status })";
    carol.script(request).await;
    carol.type_into(NUMBER, "2025550123").await;
    carol.ask_for_a_text().await;
    carol.send_code(&bank.code()).await;
    carol.wait_for(GOOD).await;
    bank.clock().advance(Duration::from_secs(61));
    carol.press(Key::Escape).await;
    carol.wait_for_text("dialog", "Enter a code to see the reports.").await;
    carol.ask_for_a_text().await;
    carol.send_code(&bank.code()).await;
    carol
        .wait_until("the request is answered", async || carol.script("return window.status").await == "200")
        .await;
    carol.quiet_but_for(&["401"]).await;
}

async fn a_link_that_opens_elsewhere_is_left_alone(bank: &BankServer, carol: &Visitor) {
    account(bank, carol, "carol").await;
    for (what, event) in [
        ("a new tab", "{ ctrlKey: true }"),
        ("a new window", "{ shiftKey: true }"),
        ("a download", "{ altKey: true }"),
        ("the middle button", "{ button: 1 }"),
    ] {
        let click = format!(
            "let left;
            const look = event => {{ left = !event.defaultPrevented; event.preventDefault(); }};
            addEventListener('click', look);
            document.querySelector(\"{LINK}\").dispatchEvent(
                new MouseEvent('click', {{ bubbles: true, cancelable: true, ...{event} }}));
            removeEventListener('click', look);
            return left"
        );
        assert_eq!(carol.script(&click).await, true, "{what}");
    }
    carol.script(&format!("document.querySelector(\"{LINK}\").target = '_top'")).await;
    carol.click(LINK).await;
    carol.wait_until_path("/mfa/number").await;
    assert!(!carol.sees(DIALOG).await && !carol.sees(CODE).await);
    carol.quiet().await;
}

/// Opens the account page, whose link then opens the dialog.
async fn account(bank: &BankServer, visitor: &Visitor, name: &str) {
    visitor.log_in_now(bank, name).await;
    visitor.script(TURN_ON).await;
}

/// Enters a code to the number on file.
async fn allow(bank: &BankServer, visitor: &Visitor) {
    visitor.click_through(CHANGE).await;
    visitor.ask_for_a_text().await;
    visitor.send_code(&bank.code()).await;
    visitor.wait_for(REMOVE).await;
}

/// Asserts that the dialog is in this state, and that it is accessible.
async fn shows(visitor: &Visitor, state: &str, name: &str) {
    visitor.wait_for(&format!("{DIALOG}[data-mfa-state='{state}']")).await;
    visitor.assert_accessible(name).await;
}
