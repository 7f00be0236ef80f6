//! The page in a browser that runs no scripts.

use std::time::Duration;

use bank_tests::browser::other_than;
use thirtyfour::Key;

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{CALL, CODE, CONTINUE, NOTICE, SEND_TEXT},
    visitor::Visitor,
};

on_both! {
    a_user_is_prompted_for_a_code_and_returns,
    a_wrong_code_can_be_corrected,
    a_code_expires_after_five_minutes,
}

async fn a_user_is_prompted_for_a_code_and_returns(bank: &BankServer, alice: &Visitor) {
    alice.turn_javascript_off().await;
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.wait_until_path("/mfa/settings").await;
    assert!(alice.sees(SEND_TEXT).await && alice.sees(CALL).await);
    assert_eq!(bank.provider().sends(), 0, "looking sends nothing");

    alice.ask_for_a_text().await;
    assert_eq!(bank.provider().sends(), 1);
    let code = bank.code();
    let (first, second) = code.split_at(code.len() / 2);
    alice.type_into(CODE, &format!("{first} {second}")).await;
    alice.click(CONTINUE).await;
    alice.wait_until_path("/settings").await;
    assert_eq!(alice.text("h1").await, "Settings");
    alice.quiet().await;
}

async fn a_wrong_code_can_be_corrected(bank: &BankServer, alice: &Visitor) {
    alice.turn_javascript_off().await;
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    alice.type_into(CODE, &other_than(&bank.code())).await;
    alice.click(CONTINUE).await;
    alice.wait_for_text(NOTICE, "That code isn’t right").await;
    assert!(alice.title().await.starts_with("Error: "), "{}", alice.title().await);
    assert_eq!(alice.attribute(CODE, "aria-invalid").await.as_deref(), Some("true"));
    alice.wait_for_focus("input#mfa-code[name=code]").await;

    alice.press(&bank.code()).await;
    alice.press(Key::Enter).await;
    alice.wait_until_path("/settings").await;
    alice.quiet_but_for(&["422"]).await;
}

async fn a_code_expires_after_five_minutes(bank: &BankServer, alice: &Visitor) {
    alice.turn_javascript_off().await;
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    bank.clock().advance(Duration::from_secs(5 * 60));
    alice.type_into(CODE, &bank.code()).await;
    alice.click(CONTINUE).await;
    alice.wait_for(NOTICE).await;
    assert!(!alice.sees(CODE).await && alice.sees(SEND_TEXT).await, "a new one can be asked for");
    alice.quiet_but_for(&["410"]).await;
}
