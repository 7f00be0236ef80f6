//! People add, replace and remove their phone number.

use std::time::Duration;

use thirtyfour::Key;

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{CALL, CHANGE, CODE, CONTINUE, GOOD, NOTICE, NUMBER, REMOVE, SEND_TEXT},
    visitor::Visitor,
};

const PAGE: &str = "/mfa/number";
const FIELD: &str = "input#mfa-number[name=number]";
const CODE_FIELD: &str = "input#mfa-code[name=code]";
const MANAGE_COOKIE: &str = "__Host-mfa-mfakit.manage";

on_both! {
    a_number_is_added_replaced_and_removed,
    a_number_is_added_replaced_and_removed_without_javascript,
    a_number_is_added_replaced_and_removed_with_the_keyboard,
    a_rejected_number_can_be_corrected,
    a_double_click_sends_one_code,
    a_change_on_an_old_page_leads_to_the_code_again,
}

async fn a_number_is_added_replaced_and_removed(bank: &BankServer, carol: &Visitor) {
    live_through(bank, carol).await;
}

async fn a_number_is_added_replaced_and_removed_without_javascript(bank: &BankServer, carol: &Visitor) {
    carol.turn_javascript_off().await;
    live_through(bank, carol).await;
}

/// Adds a number, replaces it and removes the new one.
async fn live_through(bank: &BankServer, carol: &Visitor) {
    carol.log_in_now(bank, "carol").await;
    carol.click_through("a[href='/mfa/number']").await;
    carol.wait_until_path(PAGE).await;
    carol.wait_for_text("main", "Add a phone number").await;
    carol.type_into(NUMBER, "(202) 555-0123").await;
    carol.ask_for_a_text().await;
    assert!(carol.path().await.starts_with("/mfa/mfakit.enroll?"), "{}", carol.path().await);
    assert_eq!(bank.provider().inbox().last().unwrap().to.as_e164(), "+12025550123");
    carol.wait_for_text("main", "We sent a text message to •••23.").await;
    assert!(!carol.path().await.contains("555"), "no address contains the number");
    carol.send_code(&bank.code()).await;
    confirmed(carol, "23").await;

    allow(bank, carol, "+12025550123").await;
    carol.type_into(NUMBER, "+1 202 555 0145").await;
    carol.ask_by(CALL).await;
    assert_eq!(bank.provider().inbox().last().unwrap().to.as_e164(), "+12025550145", "the new number");
    carol.wait_for_text("main", "We’re calling •••45.").await;
    // The number on file counts until the new one is confirmed.
    carol.open(PAGE).await;
    carol.wait_for_text("main", "We send codes to •••23.").await;
    carol.wait_for_text("main", "The number •••45 isn’t confirmed yet.").await;
    carol.click_through("main a[href*='/mfakit.enroll']").await;
    carol.send_code(&bank.code()).await;
    confirmed(carol, "45").await;

    allow(bank, carol, "+12025550145").await;
    carol.click_through(REMOVE).await;
    carol.wait_for_text(GOOD, "Your phone number was removed.").await;
    carol.wait_for_text("main", "Add a phone number").await;
    assert!(!carol.cookies().await.iter().any(|cookie| cookie.name == MANAGE_COOKIE));
    assert_eq!(bank.provider().sends(), 4, "a code for each step, and none to look at a page");
    carol.quiet().await;
}

async fn a_number_is_added_replaced_and_removed_with_the_keyboard(bank: &BankServer, carol: &Visitor) {
    carol.log_in_now(bank, "carol").await;
    carol.open(PAGE).await;
    for (number, ending) in [("2025550123", "23"), ("2025550145", "45")] {
        carol
            .tab_through(&[
                FIELD,
                "button[name=channel][value=messaging]",
                "button[name=channel][value=voice]",
            ])
            .await;
        carol.press_with(Key::Shift, Key::Tab).await;
        carol.press_with(Key::Shift, Key::Tab).await;
        carol.wait_for_focus(FIELD).await;
        carol.press(number).await;
        // Without a button, Enter requests a text message.
        carol.press(Key::Enter).await;
        carol.wait_for_focus(CODE_FIELD).await;
        carol.press(&*bank.code()).await;
        carol.press(Key::Enter).await;
        confirmed(carol, ending).await;

        carol.press(Key::Tab).await;
        assert!(carol.focused().await.starts_with("a[href=/mfa/mfakit.manage?"), "{}", carol.focused().await);
        bank.clock().advance(Duration::from_secs(61));
        carol.press(Key::Enter).await;
        carol.wait_until_path("/mfa/mfakit.manage").await;
        carol.tab_through(&["button[name=channel][value=messaging]"]).await;
        carol.press(" ").await;
        carol.wait_for_focus(CODE_FIELD).await;
        carol.press(&*bank.code()).await;
        carol.press(Key::Enter).await;
        carol.wait_until_path(PAGE).await;
        carol.wait_for(REMOVE).await;
    }
    carol
        .tab_through(&[
            FIELD,
            "button[name=channel][value=messaging]",
            "button[name=channel][value=voice]",
            "button",
        ])
        .await;
    carol.press(Key::Enter).await;
    carol.wait_for_text(GOOD, "Your phone number was removed.").await;
    carol.quiet().await;
}

async fn a_rejected_number_can_be_corrected(bank: &BankServer, carol: &Visitor) {
    carol.log_in_now(bank, "carol").await;
    for scripts in [true, false] {
        if !scripts {
            carol.turn_javascript_off().await;
        }
        carol.open(PAGE).await;
        carol.type_into(NUMBER, "+1 471 555 0123").await;
        carol.click_through(SEND_TEXT).await;
        carol.wait_for_text(NOTICE, "This number doesn’t seem to be in use.").await;
        carol.wait_for_focus(FIELD).await;
        assert_eq!(carol.value(NUMBER).await, "+1 471 555 0123", "it can be corrected");
        assert_eq!(carol.title().await, "Error: Check the phone number – Example Bank");
        let [field] = carol.hears_all("textbox").await;
        assert!(field.invalid && field.description.contains("doesn’t seem to be in use"), "{field:?}");
        assert_eq!(field.name, "Phone number");
        assert_eq!(bank.provider().sends(), 0);
    }
    carol.type_into(NUMBER, "+1 202 555 0123").await;
    carol.ask_for_a_text().await;
    carol.send_code(&bank.code()).await;
    confirmed(carol, "23").await;
    carol.quiet_but_for(&["422"]).await;
}

async fn a_double_click_sends_one_code(bank: &BankServer, carol: &Visitor) {
    carol.log_in_now(bank, "carol").await;
    carol.open(PAGE).await;
    carol.type_into(NUMBER, "2025550123").await;
    carol.record_requests().await;
    let twice = format!("const send = document.querySelector('{SEND_TEXT}'); send.click(); send.click()");
    carol.script(&twice).await;
    carol.wait_for(CODE).await;
    assert_eq!(bank.provider().sends(), 1);
    let posts = carol.requests().await.iter().filter(|request| request.is("POST", PAGE)).count();
    assert_eq!(posts, 1);
    carol.quiet().await;
}

async fn a_change_on_an_old_page_leads_to_the_code_again(bank: &BankServer, alice: &Visitor) {
    alice.log_in_now(bank, "alice").await;
    alice.open(PAGE).await;
    allow(bank, alice, "+19195551234").await;
    let old = alice.tab().await;
    alice.open_tab().await;
    alice.open(PAGE).await;
    alice.click_through(REMOVE).await;
    alice.wait_for(GOOD).await;
    // Nothing is left to remove.
    alice.switch_to(&old).await;
    alice.click_through(REMOVE).await;
    alice.wait_for("main[data-mfa-state='refusal']").await;
    alice.click_through("a.mfa-button").await;
    alice.wait_until_path(PAGE).await;

    alice.type_into(NUMBER, "2025550123").await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    confirmed(alice, "23").await;
    allow(bank, alice, "+12025550123").await;
    alice.type_into(NUMBER, "2025550145").await;
    bank.clock().advance(Duration::from_secs(10 * 60));
    alice.click_through(SEND_TEXT).await;
    alice.wait_until_path("/mfa/mfakit.manage").await;
    assert_eq!(bank.provider().inbox().last().unwrap().to.as_e164(), "+12025550123");
    alice.quiet_but_for(&["409"]).await;
}

/// Enters a code to the number on file, which allows a change.
async fn allow(bank: &BankServer, visitor: &Visitor, number: &str) {
    bank.clock().advance(Duration::from_secs(61));
    visitor.click_through(CHANGE).await;
    visitor.wait_until_path("/mfa/mfakit.manage").await;
    visitor.ask_for_a_text().await;
    assert_eq!(bank.provider().inbox().last().unwrap().to.as_e164(), number);
    visitor.send_code(&bank.code()).await;
    visitor.wait_until_path(PAGE).await;
    visitor.wait_for(REMOVE).await;
}

/// Waits for the page that follows the code to a new number.
async fn confirmed(visitor: &Visitor, ending: &str) {
    visitor.wait_until_path(PAGE).await;
    visitor.wait_for_text(GOOD, "Your phone number is confirmed.").await;
    visitor.wait_for_text("main", &format!("We send codes to •••{ending}.")).await;
    assert!(!visitor.sees(CONTINUE).await && visitor.sees(CHANGE).await);
    assert!(!visitor.cookies().await.iter().any(|cookie| cookie.name == MANAGE_COOKIE));
}
