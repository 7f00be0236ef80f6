//! A form of the app that needs a code. The dialog prompts for it, and the form is not lost.

use std::time::Duration;

use bank_tests::browser::other_than;
use thirtyfour::Key;

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{CANCEL, CODE, CONTINUE, DIALOG, NOTICE, SEND_TEXT},
    visitor::Visitor,
};

const AMOUNT: &str = "#amount";
const PAYEE: &str = "#payee";
const SEND: &str = "form[action='/transfer'] button";
const BALANCE: &str = ".sum";

on_both! {
    a_transfer_prompts_in_a_dialog_and_is_made_once,
    canceling_leaves_the_form_as_it_was,
    a_wrong_code_can_be_corrected_in_the_dialog,
    an_order_with_a_typo_comes_back_and_costs_no_code,
    a_form_with_a_grant_at_hand_is_sent_without_a_dialog,
    a_lost_connection_is_reported_in_the_dialog_once,
    a_session_that_ended_meanwhile_is_reported_in_the_dialog,
}

async fn a_transfer_prompts_in_a_dialog_and_is_made_once(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    let before = alice.text(BALANCE).await;
    order(alice, "12.50").await;
    alice.record_requests().await;
    // A double click. The second click finds the form busy.
    alice
        .script(&format!("const send = document.querySelector(\"{SEND}\"); send.click(); send.click()"))
        .await;
    alice.wait_for(SEND_TEXT).await;
    assert_eq!(alice.script("return document.querySelectorAll('dialog').length").await, 1);
    wait_until_it_has_the_focus(alice).await;
    let steal = format!(
        "const send = document.querySelector(\"{SEND}\"); send.focus();
        return document.activeElement === send"
    );
    assert_eq!(alice.script(&steal).await, false, "the form behind the dialog is inert");
    assert_eq!(bank.provider().sends(), 0, "looking sends nothing");

    alice.ask_for_a_text().await;
    alice.wait_for_focus("input#mfa-code[name=code]").await;
    alice.to_next_page(async || alice.send_code(&bank.code()).await).await;
    assert_eq!(alice.path().await, "/account");
    alice.wait_for_text("tbody", "−$12.50").await;
    wait_until_answered(alice, &[204, 303]).await;
    assert_eq!(
        alice.script("return document.querySelectorAll('tbody tr').length").await,
        2,
        "it is sent once"
    );
    assert_ne!(alice.text(BALANCE).await, before);
    alice.quiet_but_for(&["401"]).await;
}

async fn canceling_leaves_the_form_as_it_was(_: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    let before = alice.text(BALANCE).await;
    order(alice, "12.50").await;
    alice.record_requests().await;
    for by_key in [false, true] {
        alice.click(SEND).await;
        alice.wait_for(SEND_TEXT).await;
        if by_key {
            alice.press(Key::Escape).await;
        } else {
            alice.click(CANCEL).await;
        }
        let removed = "return document.querySelector('dialog') === null";
        alice.wait_until("the dialog is removed", async || alice.script(removed).await == true).await;
        assert_eq!((alice.value(AMOUNT).await, alice.value(PAYEE).await), ("12.50".into(), "bob".into()));
        let on_send = format!("return document.activeElement.matches(\"{SEND}\")");
        alice.wait_until("the focus is back", async || alice.script(&on_send).await == true).await;
    }
    assert_eq!(alice.path().await, "/account");
    wait_until_answered(alice, &[204, 204]).await;
    alice.reload().await;
    assert_eq!(alice.text(BALANCE).await, before);
    alice.quiet_but_for(&["401"]).await;
}

async fn a_wrong_code_can_be_corrected_in_the_dialog(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    order(alice, "1").await;
    alice.click(SEND).await;
    alice.ask_for_a_text().await;
    alice.send_code(&other_than(&bank.code())).await;
    alice.wait_for_text(NOTICE, "That code isn’t right").await;
    alice.wait_for_focus("input#mfa-code[name=code]").await;
    assert_eq!(alice.attribute(CODE, "aria-invalid").await.as_deref(), Some("true"));
    alice.press(&*bank.code()).await;
    alice.press(Key::Enter).await;
    alice.wait_until_gone(DIALOG).await;
    alice.wait_for_text("tbody", "−$1.00").await;
    alice.quiet_but_for(&["401", "422"]).await;
}

async fn an_order_with_a_typo_comes_back_and_costs_no_code(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    order(alice, "abc").await;
    alice.record_requests().await;
    alice.click_through(SEND).await;
    alice.wait_for_text("#amount-wrong", "We can’t send this amount").await;
    assert!(alice.title().await.starts_with("Error: "), "{}", alice.title().await);
    assert_eq!((alice.value(AMOUNT).await, alice.value(PAYEE).await), ("abc".into(), "bob".into()));
    alice.wait_for_focus("input#amount[name=amount]").await;
    assert!(!alice.sees(DIALOG).await);

    alice.type_into(AMOUNT, "3").await;
    alice.click(SEND).await;
    alice.ask_for_a_text().await;
    alice.to_next_page(async || alice.send_code(&bank.code()).await).await;
    alice.wait_until_path("/account").await;
    alice.wait_for_text("tbody", "−$3.00").await;
    wait_until_answered(alice, &[422, 204, 303]).await;
    assert_eq!(bank.provider().sends(), 1, "no code was asked for before");
    alice.quiet_but_for(&["401", "422"]).await;
}

async fn a_form_with_a_grant_at_hand_is_sent_without_a_dialog(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    alice.wait_until_path("/settings").await;
    alice.type_into("#display_name", "Alice B.").await;
    alice.to_next_page(async || alice.click("form[action='/settings'] button").await).await;
    assert_eq!(alice.value("#display_name").await, "Alice B.");
    assert!(!alice.sees(DIALOG).await && bank.provider().sends() == 1);

    // Five minutes later it prompts, and then saves what was typed.
    bank.clock().advance(Duration::from_secs(5 * 60));
    alice.type_into("#display_name", "Alice C.").await;
    alice.click("form[action='/settings'] button").await;
    alice.wait_for(DIALOG).await;
    alice.ask_for_a_text().await;
    alice.to_next_page(async || alice.send_code(&bank.code()).await).await;
    assert_eq!(alice.path().await, "/settings");
    alice.open("/account").await;
    assert_eq!(alice.text("h1").await, "Hello, Alice C.");
    alice.quiet_but_for(&["401"]).await;
}

async fn a_lost_connection_is_reported_in_the_dialog_once(bank: &BankServer, alice: &Visitor) {
    const TOLD: &str = "dialog [role=alert]";
    alice.log_in("alice").await;
    order(alice, "2").await;
    alice.click(SEND).await;
    alice.ask_for_a_text().await;
    alice.go_offline().await;
    for _ in 0..2 {
        alice.send_code(&bank.code()).await;
        alice.wait_for_text(TOLD, "We can’t reach the site.").await;
        alice.wait_until_gone("dialog[aria-busy]").await;
    }
    assert_eq!(alice.script(&format!("return document.querySelectorAll('{TOLD}').length")).await, 1);
    assert_eq!(alice.value(CODE).await, bank.code(), "nothing has to be typed again");
    alice.screenshot("dialog-offline").await;

    alice.go_online().await;
    alice.click(CONTINUE).await;
    alice.wait_until_gone(DIALOG).await;
    alice.wait_for_text("tbody", "−$2.00").await;
    alice.quiet_but_for(&["401", "ERR_INTERNET_DISCONNECTED"]).await;
}

async fn a_session_that_ended_meanwhile_is_reported_in_the_dialog(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    order(alice, "2").await;
    alice.click(SEND).await;
    alice.wait_for(SEND_TEXT).await;
    alice.delete_cookie(&format!("bank-{}", bank.framework().name())).await;
    alice.click(SEND_TEXT).await;
    alice.wait_for_text("dialog h1", "You’re not signed in").await;
    wait_until_it_has_the_focus(alice).await;
    alice.axe().await;
    alice.screenshot("dialog-logged-out").await;
    assert_eq!(bank.provider().sends(), 0);
    assert_eq!(alice.attribute("dialog .mfa-button", "href").await.as_deref(), Some("/login"));
    alice.click(CANCEL).await;
    alice.wait_until_gone(DIALOG).await;
    assert_eq!(alice.value(AMOUNT).await, "2");
    alice.quiet_but_for(&["401"]).await;
}

/// Fills in an order to bob.
async fn order(alice: &Visitor, amount: &str) {
    alice.type_into(AMOUNT, amount).await;
    alice.type_into(PAYEE, "bob").await;
}

async fn wait_until_it_has_the_focus(alice: &Visitor) {
    let is_inside = "return document.activeElement.closest('dialog') !== null";
    alice.wait_until("the focus is in the dialog", async || alice.script(is_inside).await == true).await;
}

/// Waits until the orders have been answered with these statuses.
async fn wait_until_answered(alice: &Visitor, statuses: &[u16]) {
    let answers = async || {
        let requests = alice.requests().await;
        let orders = requests.iter().filter(|request| request.is("POST", "/transfer"));
        orders.map(|order| order.status.unwrap_or_default()).collect::<Vec<_>>()
    };
    let what = format!("the orders are answered with {statuses:?}");
    alice.wait_until(&what, async || answers().await == statuses).await;
}
