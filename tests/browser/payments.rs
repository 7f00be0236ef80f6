//! A payment at the bank, which a customer reads and approves.

use std::time::Duration;

use bank_tests::{
    browser::other_than,
    languages::{arabic, german},
};
use thirtyfour::Key;

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{CALL, CODE, DIALOG, NOTICE, SEND_APPROVED, SEND_TEXT},
    visitor::Visitor,
};

const AMOUNT: &str = "#amount";
const PAYEE: &str = "#payee";
const SEND: &str = "form[action='/transfer'] button";
const LINES: &str = "dl.mfa-lines";

on_both! {
    without_javascript_one_button_sends_the_payment,
    without_javascript_a_payment_needs_no_mouse,
    two_tabs_send_their_own_payments,
    the_page_is_accessible_in_every_state,
    page_message_and_call_name_the_same_payment,
}

async fn without_javascript_one_button_sends_the_payment(bank: &BankServer, alice: &Visitor) {
    alice.turn_javascript_off().await;
    alice.log_in("alice").await;
    order(alice, "100").await;
    alice.click(SEND).await;
    alice.wait_until_path("/mfa/transfer").await;
    reads(alice, "Send 100.00 USD to bob").await;
    alice.ask_for_a_text().await;
    reads(alice, "Send 100.00 USD to bob").await;
    alice.send_code(&other_than(&bank.code())).await;
    alice.wait_for_text(NOTICE, "That code isn’t right").await;
    reads(alice, "Send 100.00 USD to bob").await;
    alice.send_code(&bank.code()).await;
    alice.wait_for(SEND_APPROVED).await;
    reads(alice, "Send 100.00 USD to bob").await;
    assert_eq!(alice.text(SEND_APPROVED).await, "Send 100.00 USD to bob");
    alice.record_requests().await;
    alice.click_through(SEND_APPROVED).await;
    alice.wait_until_path("/account").await;
    alice.wait_for_text("tbody", "−$100.00").await;
    assert_eq!(alice.text(".sum").await, "$2,400.00");

    // The page of the approval is over, and its button sends nothing twice.
    alice.go_back().await;
    alice.reload().await;
    assert!(!alice.sees(SEND_APPROVED).await);
    alice.open("/account").await;
    assert_eq!(alice.text(".sum").await, "$2,400.00");
    alice.quiet_but_for(&["410", "422"]).await;
}

async fn without_javascript_a_payment_needs_no_mouse(bank: &BankServer, alice: &Visitor) {
    alice.turn_javascript_off().await;
    alice.log_in("alice").await;
    tab_to(alice, "input#amount[name=amount]").await;
    alice.press("100").await;
    alice.press(Key::Tab).await;
    alice.press("bob").await;
    alice.press(Key::Enter).await;
    alice.wait_for(SEND_TEXT).await;
    tab_to(alice, "button[name=channel][value=messaging]").await;
    alice.press(Key::Enter).await;
    alice.wait_for(CODE).await;
    alice.wait_for_focus("input#mfa-code[name=code]").await;
    alice.press(&*bank.code()).await;
    alice.press(Key::Enter).await;
    alice.wait_for(SEND_APPROVED).await;
    tab_to(alice, "button").await;
    alice.press(Key::Enter).await;
    alice.wait_until_path("/account").await;
    alice.wait_for_text("tbody", "−$100.00").await;
    alice.quiet().await;
}

async fn two_tabs_send_their_own_payments(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    let mut codes = Vec::new();
    let mut tabs = Vec::new();
    for amount in ["10", "20"] {
        if !tabs.is_empty() {
            alice.open_tab().await;
            alice.open("/account").await;
        }
        order(alice, amount).await;
        alice.click(SEND).await;
        alice.wait_for_text("dialog h1", &format!("Send {amount}.00 USD to bob")).await;
        alice.ask_for_a_text().await;
        tabs.push(alice.tab().await);
        codes.push(bank.code());
        // The wait before the next code.
        bank.clock().advance(Duration::from_secs(31));
    }
    for (tab, shown) in [(1, "−$20.00"), (0, "−$10.00")] {
        alice.switch_to(&tabs[tab]).await;
        alice.send_code(&codes[tab]).await;
        alice.wait_until_gone(DIALOG).await;
        alice.wait_for_text("tbody", shown).await;
    }
    assert_eq!(alice.text(".sum").await, "$2,470.00");
    alice.quiet_but_for(&["401"]).await;
}

async fn the_page_is_accessible_in_every_state(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.script("document.querySelector('form[data-mfa]').removeAttribute('data-mfa')").await;
    order(alice, "100").await;
    alice.click(SEND).await;
    alice.wait_until_path("/mfa/transfer").await;
    alice.assert_accessible("payment-ask").await;
    alice.ask_for_a_text().await;
    alice.assert_accessible("payment-sent").await;
    alice.send_code(&bank.code()).await;
    alice.wait_for(SEND_APPROVED).await;
    alice.assert_accessible("payment-done").await;
    let heading = &alice.hears("heading").await[0];
    assert_eq!(heading.name, "Send 100.00 USD to bob");
    assert_eq!(alice.hears("button").await[0].name, "Send 100.00 USD to bob");
    alice.click_through(SEND_APPROVED).await;
    alice.wait_until_path("/account").await;
    alice.go_back().await;
    alice.reload().await;
    alice.assert_accessible("payment-over").await;
    alice.quiet_but_for(&["410"]).await;
}

async fn page_message_and_call_name_the_same_payment(bank: &BankServer, alice: &Visitor) {
    let bank = BankServer::with(bank.framework(), |engine| engine.messages(german()).messages(arabic()));
    let alice = alice.visiting(&bank);
    alice.log_in("alice").await;
    for (language, written, spoken) in [
        ("en", "Send 1,234.50 USD to bob", "Send 1234.50 US dollars to bob"),
        ("de", "1.234,50 USD an bob senden", "1234,50 US-Dollar an bob senden"),
        ("ar-EG", "إرسال ١٬٢٣٤٫٥٠ USD إلى bob", "إرسال ١٢٣٤٫٥٠ دولار أمريكي إلى bob"),
    ] {
        alice.speaks(language).await;
        alice.open("/account").await;
        alice.script("document.querySelector('form[data-mfa]').removeAttribute('data-mfa')").await;
        order(&alice, "1234.50").await;
        alice.click(SEND).await;
        alice.wait_until_path("/mfa/transfer").await;
        reads(&alice, written).await;
        alice.assert_accessible(&format!("payment-{language}")).await;
        alice.ask_for_a_text().await;
        let message = bank.provider().inbox().last().unwrap().message.clone();
        assert!(message.contains(written), "{message}");
        alice.screenshot(&format!("payment-{language}-sent")).await;
        bank.clock().advance(Duration::from_secs(61));
        alice.reload().await;
        alice.ask_by(CALL).await;
        let call = bank.provider().inbox().last().unwrap().message.clone();
        assert!(call.contains(spoken), "{call}");

        alice.send_code(&bank.code()).await;
        alice.wait_for(SEND_APPROVED).await;
        reads(&alice, written).await;
        alice.screenshot(&format!("payment-{language}-done")).await;
        // The phone, beside the page.
        let phone =
            "document.body.replaceChildren(...[...arguments].join('\\n\\n').split('\\n').map(text => {
            const shown = Object.assign(document.createElement('p'), { textContent: text, dir: 'auto' });
            shown.className = 'mfa';
            return shown;
        }))";
        alice.script_with(phone, vec![message.into(), call.into()]).await;
        alice.screenshot(&format!("payment-{language}-phone")).await;
        bank.clock().advance(Duration::from_secs(3600));
    }
    alice.quiet().await;
}

/// Fills in an order to bob.
async fn order(alice: &Visitor, amount: &str) {
    alice.type_into(AMOUNT, amount).await;
    alice.type_into(PAYEE, "bob").await;
}

/// Waits until the page names a payment in its heading, and asserts that its lines contain the amount and the payee.
async fn reads(alice: &Visitor, sentence: &str) {
    let isolates = "const words = found => (found?.innerText ?? '').replace(/[\\u2068\\u2069]/g, '');
        return words(document.querySelector(arguments[0]))";
    let text = async |selector: &str| {
        let text = alice.script_with(isolates, vec![selector.into()]).await;
        text.as_str().unwrap_or_default().to_owned()
    };
    alice.wait_until(&format!("the heading is {sentence:?}"), async || text("h1").await == sentence).await;
    let amount: String = sentence.chars().filter(|c| c.is_numeric() || ".,٫٬".contains(*c)).collect();
    let lines = text(LINES).await;
    assert!(lines.contains(&format!("{amount} USD")) && lines.contains("bob"), "{lines}");
}

/// Presses Tab until this has the focus.
async fn tab_to(alice: &Visitor, stop: &str) {
    let mut stops = Vec::new();
    while stops.last().map(String::as_str) != Some(stop) {
        assert!(stops.len() < 20, "{stop} is not among {stops:?}");
        alice.press(Key::Tab).await;
        stops.push(alice.focused().await);
    }
}
