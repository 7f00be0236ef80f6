//! Every state of the page of the number. Each is accessible: light or dark, wide or narrow, in forced colors.

use std::time::Duration;

use async_trait::async_trait;
use bank_tests::{
    browser::other_than,
    languages::{arabic, german},
};
use mfakit::{
    BoxError, Clock as _, MemoryNumberBook, NumberCheck, PhoneNumber, Policy, Timestamp,
    number_check::{Answer, Inquiry, OnCheckErrors},
    provider::ProviderErrorKind,
};

use crate::{
    bank::BankServer,
    on_both::on_one,
    selectors::{CALL, CHANGE, CODE, GOOD, NOTICE, NUMBER, REMOVE, SEND_TEXT},
    visitor::Visitor,
};

const PAGE: &str = "/mfa/number";
const TITLE: &str = "Your phone number";

/// Check that finds no channel for any number.
struct NoChannel;

#[async_trait]
impl NumberCheck for NoChannel {
    async fn check(&self, _: &Inquiry<'_>) -> Result<Answer, BoxError> {
        Ok(Answer::another_way([]))
    }
}

on_one! {
    the_page_is_accessible_while_a_number_is_added,
    the_page_is_accessible_while_a_number_is_changed,
    the_page_is_accessible_when_no_number_can_be_entered,
    every_reason_for_a_rejection_is_accessible,
    the_number_on_file_is_rejected,
    the_page_is_accessible_when_no_code_is_sent,
    the_page_is_accessible_when_no_channel_reaches_a_number,
    a_conflict_is_accessible,
    the_page_is_in_the_language_of_the_user,
}

async fn the_page_is_accessible_while_a_number_is_added(bank: &BankServer, carol: &Visitor) {
    carol.log_in_now(bank, "carol").await;
    carol.open(PAGE).await;
    meets(carol, "add", TITLE, "number-add").await;
    carol.type_into(NUMBER, "2025550123").await;
    carol.ask_for_a_text().await;
    meets(carol, "sent", "Enter your code", "number-sent").await;
    carol.send_code(&other_than(&bank.code())).await;
    meets(carol, "wrong", "Error: Wrong code", "number-wrong").await;
    carol.open(PAGE).await;
    carol.wait_for_text("main", "The number •••23 isn’t confirmed yet.").await;
    meets(carol, "add", TITLE, "number-add-pending").await;
    carol.click_through("main a[href*='/mfakit.enroll']").await;
    carol.send_code(&bank.code()).await;
    carol.wait_for(GOOD).await;
    meets(carol, "on-file", TITLE, "number-confirmed").await;
    carol.quiet_but_for(&["422"]).await;
}

async fn the_page_is_accessible_while_a_number_is_changed(bank: &BankServer, alice: &Visitor) {
    alice.log_in_now(bank, "alice").await;
    alice.open(PAGE).await;
    meets(alice, "on-file", TITLE, "number-on-file").await;
    alice.click_through(CHANGE).await;
    meets(alice, "ask", "Confirm it’s you", "number-manage").await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    alice.wait_until_path(PAGE).await;
    meets(alice, "change", TITLE, "number-change").await;
    alice.type_into(NUMBER, "2025550123").await;
    alice.ask_for_a_text().await;
    alice.open(PAGE).await;
    meets(alice, "change", TITLE, "number-change-pending").await;
    alice.click_through(REMOVE).await;
    alice.wait_for(GOOD).await;
    meets(alice, "add", TITLE, "number-removed").await;
    alice.quiet().await;
}

async fn the_page_is_accessible_when_no_number_can_be_entered(bank: &BankServer, visitor: &Visitor) {
    visitor.log_in_now(bank, "carol").await;
    bank.clock().advance(Duration::from_secs(11 * 60));
    visitor.open(PAGE).await;
    meets(visitor, "sign-in-too-old", "Error: Please sign in again", "number-sign-in-too-old").await;
    assert!(!visitor.sees(NUMBER).await, "no number can be entered");
    assert_eq!(visitor.attribute("a.mfa-button", "href").await.as_deref(), Some("/login"));

    for (state, title, disable_after) in
        [("locked", "Error: Temporarily locked", 50), ("disabled", "Error: Locked", 1)]
    {
        let bank = BankServer::with(bank.framework(), |engine| {
            engine.policy(Policy::default().lock_after(1).disable_after(disable_after))
        });
        let alice = visitor.visiting(&bank);
        alice.log_in("alice").await;
        alice.open("/settings").await;
        alice.ask_for_a_text().await;
        alice.send_code(&other_than(&bank.code())).await;
        alice.wait_for(&format!("main[data-mfa-state='{state}']")).await;
        alice.open(PAGE).await;
        meets(&alice, state, title, &format!("number-{state}")).await;
        assert!(!alice.sees(CHANGE).await && !alice.sees(NUMBER).await);
    }
    visitor.quiet_but_for(&["422"]).await;
}

async fn every_reason_for_a_rejection_is_accessible(bank: &BankServer, carol: &Visitor) {
    let bank = BankServer::with(bank.framework(), |engine| engine.messaging_to(["US", "FR"]));
    let carol = carol.visiting(&bank);
    carol.log_in_now(&bank, "carol").await;
    carol.open(PAGE).await;
    let long = "+1 202 555 0123 and more that is no number";
    for (number, reason, text) in [
        (&long[..40], "unreadable", "This isn’t a phone number"),
        ("+1 471 555 0123", "unknown", "doesn’t seem to be in use"),
        ("+44 20 7946 0123", "country", "We can’t send codes to this country"),
        ("+1 900 555 0123", "service", "belongs to a service"),
        ("+33 1 42 68 53 00", "landline", "is a landline"),
    ] {
        carol.type_into(NUMBER, number).await;
        carol.click_through(SEND_TEXT).await;
        carol.wait_for_text(NOTICE, text).await;
        assert_eq!(carol.value(NUMBER).await, number);
        meets(&carol, "rejected", "Error: Check the phone number", &format!("number-{reason}")).await;
    }
    // A mobile phone in a country that gets no calls.
    carol.type_into(NUMBER, "+33 6 12 34 56 78").await;
    carol.click_through(CALL).await;
    carol.wait_for(NOTICE).await;
    meets(&carol, "rejected", "Error: We can’t send a code", "number-not-this-way").await;

    carol.quiet_but_for(&["422"]).await;
}

async fn the_number_on_file_is_rejected(bank: &BankServer, alice: &Visitor) {
    alice.log_in_now(bank, "alice").await;
    alice.open(PAGE).await;
    alice.click_through(CHANGE).await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    alice.wait_until_path(PAGE).await;
    alice.type_into(NUMBER, "919 555 1234").await;
    alice.click_through(SEND_TEXT).await;
    alice.wait_for_text(NOTICE, "the number that we already have").await;
    meets(alice, "rejected", "Error: Check the phone number", "number-unchanged").await;
    alice.quiet_but_for(&["409"]).await;
}

async fn the_page_is_accessible_when_no_code_is_sent(bank: &BankServer, carol: &Visitor) {
    carol.log_in_now(bank, "carol").await;
    carol.open(PAGE).await;
    carol.type_into(NUMBER, "2025550123").await;
    bank.provider().fail_next_send(ProviderErrorKind::Unreachable);
    carol.click_through(SEND_TEXT).await;
    meets(carol, "add", "Error: We couldn’t send the code", "number-send-failed").await;
    assert_eq!(carol.value(NUMBER).await, "2025550123");
    bank.clock().advance(Duration::from_secs(60));
    carol.ask_for_a_text().await;
    carol.open(PAGE).await;
    carol.type_into(NUMBER, "2025550145").await;
    carol.click_through(SEND_TEXT).await;
    meets(carol, "add", "Error: Please wait a moment", "number-too-soon").await;
    for _ in 0..2 {
        bank.clock().advance(Duration::from_secs(2 * 60));
        carol.open(PAGE).await;
        carol.type_into(NUMBER, "2025550123").await;
        carol.click_through(SEND_TEXT).await;
        carol.wait_for("main").await;
    }
    carol.open(PAGE).await;
    carol.type_into(NUMBER, "2025550123").await;
    bank.clock().advance(Duration::from_secs(2 * 60));
    carol.click_through(SEND_TEXT).await;
    meets(carol, "add", "Error: Too many codes requested", "number-spent").await;
    assert!(!carol.sees(CODE).await);
    carol.quiet_but_for(&["429", "502"]).await;
}

async fn the_page_is_accessible_when_no_channel_reaches_a_number(bank: &BankServer, visitor: &Visitor) {
    let bank =
        BankServer::with(bank.framework(), |engine| engine.number_check(NoChannel, OnCheckErrors::default()));
    let alice = visitor.visiting(&bank);
    alice.log_in_now(&bank, "alice").await;
    alice.open("/settings").await;
    alice.click_through(SEND_TEXT).await;
    meets(&alice, "no-channel", "Error: No way to send a code", "no-channel").await;
    assert!(!alice.sees(SEND_TEXT).await && !alice.sees(CALL).await, "there is nothing to choose");

    let carol = visitor.visiting(&bank);
    carol.log_in_now(&bank, "carol").await;
    carol.open(PAGE).await;
    carol.type_into(NUMBER, "2025550123").await;
    carol.click_through(SEND_TEXT).await;
    carol.wait_for_text(NOTICE, "None of the ways in which we send codes reaches this number.").await;
    meets(&carol, "rejected", "Error: Check the phone number", "number-no-channel").await;
    assert_eq!(carol.value(NUMBER).await, "2025550123", "it can be corrected");
    assert_eq!(bank.provider().sends(), 0);
    carol.quiet_but_for(&["422"]).await;
}

async fn a_conflict_is_accessible(bank: &BankServer, carol: &Visitor) {
    let book = MemoryNumberBook::new();
    let bank = BankServer::with(bank.framework(), |engine| engine.number_book(book.clone()));
    let carol = &carol.visiting(&bank);
    carol.log_in_now(&bank, "carol").await;
    carol.open(PAGE).await;
    carol.type_into(NUMBER, "2025550123").await;
    carol.ask_for_a_text().await;
    // The app itself saves another number in the meantime.
    let _ = book.with("carol", PhoneNumber::new("+12025550145").unwrap(), Timestamp::from_millis(0));
    carol.send_code(&bank.code()).await;
    carol.wait_until_path("/mfa/mfakit.manage").await;
    meets(carol, "ask", "Confirm it’s you", "number-changed-elsewhere").await;
    carol.quiet().await;
}

async fn the_page_is_in_the_language_of_the_user(bank: &BankServer, carol: &Visitor) {
    for (language, direction, title, remove) in [
        ("de", "ltr", "Ihre Telefonnummer", "Nummer entfernen"),
        ("ar-EG", "rtl", "رقم هاتفك", "إزالة هذا الرقم"),
    ] {
        let bank = BankServer::with(bank.framework(), |engine| engine.messages(german()).messages(arabic()));
        let carol = &carol.visiting(&bank);
        carol.speaks(language).await;
        carol.log_in_now(&bank, "carol").await;
        carol.open(PAGE).await;
        assert_eq!(carol.property("html", "dir").await, direction);
        assert_eq!(carol.text("h1").await, title);
        carol.assert_accessible(&format!("number-{language}-add")).await;
        adds_a_number(&bank, carol, language).await;
        let date = format!("{}", bank.clock().now()).split('T').next().unwrap().to_owned();
        let date = if direction == "rtl" { format!("\u{2066}{date}\u{2069}") } else { date };
        carol.wait_for_text("main", &date).await;

        bank.clock().advance(Duration::from_secs(61));
        carol.click_through(CHANGE).await;
        carol.ask_for_a_text().await;
        carol.send_code(&bank.code()).await;
        carol.wait_until_path(PAGE).await;
        assert_eq!(carol.text(REMOVE).await, remove);
        carol.assert_accessible(&format!("number-{language}-change")).await;
        carol.click_through(REMOVE).await;
        carol.wait_for(GOOD).await;
        carol.assert_accessible(&format!("number-{language}-removed")).await;
    }
    carol.quiet_but_for(&["422"]).await;
}

async fn adds_a_number(bank: &BankServer, carol: &Visitor, language: &str) {
    let looks = async |name: &str| carol.assert_accessible(&format!("number-{language}-{name}")).await;
    carol.type_into(NUMBER, "+1 471 555 0123").await;
    carol.click_through(SEND_TEXT).await;
    carol.wait_for(NOTICE).await;
    looks("rejected").await;
    carol.type_into(NUMBER, "2025550123").await;
    carol.ask_for_a_text().await;
    looks("sent").await;
    let message = bank.provider().inbox().last().unwrap().message.clone();
    assert!(!message.contains("your") && message.contains(&bank.code()), "{message}");
    carol.open(PAGE).await;
    looks("pending").await;
    carol.click_through("main a[href*='/mfakit.enroll']").await;
    carol.send_code(&bank.code()).await;
    carol.wait_for(GOOD).await;
    looks("confirmed").await;
}

/// Asserts that the page is in this state and has this title, and that it is accessible.
async fn meets(visitor: &Visitor, state: &str, title: &str, name: &str) {
    visitor.wait_for(&format!("main[data-mfa-state='{state}']")).await;
    assert_eq!(visitor.title().await, format!("{title} – Example Bank"));
    visitor.assert_accessible(name).await;
    visitor.assert_seen_in_forced_colors(name).await;
}
