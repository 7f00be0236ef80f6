//! Every state of the page of the number that is about a lost phone. Each is accessible: light or dark, wide or narrow,
//! in forced colors.

use std::time::Duration;

use bank_tests::{
    browser::other_than,
    languages::{arabic, german},
};
use mfakit::{Clock as _, Policy, SystemClock, UserId, policy::Limit};

use crate::{
    bank::BankServer,
    on_both::on_one,
    selectors::{CHANGE, LOST, MAKE_CODES, NOTICE, NUMBER, RECOVER, RECOVERY, REMOVE},
    visitor::Visitor,
};

const PAGE: &str = "/mfa/number";
const TITLE: &str = "Your phone number";
const WRONG: &str = "0000-0000-0000-0000";

on_one! {
    the_page_is_accessible_while_a_recovery_code_is_used,
    a_locked_person_with_recovery_codes_reads_when_to_enter_one,
    the_page_is_accessible_while_the_support_allows_a_recovery,
    recovery_codes_are_in_the_language_of_the_user,
}

async fn the_page_is_accessible_while_a_recovery_code_is_used(bank: &BankServer, alice: &Visitor) {
    let bank = BankServer::with(bank.framework(), |engine| {
        let limit = Limit::new(3, Duration::from_secs(60 * 60));
        engine.policy(Policy::default().recovery_attempts_per_user([limit]))
    });
    let alice = &alice.visiting(&bank);
    makes_codes(&bank, alice).await;
    meets(alice, "recovery-codes", "Your recovery codes", "recovery-codes").await;
    let print = async |media: &str| {
        let media = serde_json::json!({ "media": media });
        alice.browser().cdp().send_raw("Emulation.setEmulatedMedia", media).await.unwrap();
    };
    print("print").await;
    assert!(!alice.sees("a.mfa-button").await && alice.sees(".mfa-codes").await, "links are not printed");
    alice.screenshot("recovery-codes-print").await;
    print("").await;
    let code = alice.text(".mfa-codes li").await;

    opens_the_page(&bank, alice).await;
    meets(alice, "on-file", TITLE, "recovery-closed").await;
    alice.click(LOST).await;
    meets(alice, "on-file", TITLE, "recovery-open").await;
    for (typed, name) in [("S3CRET", "malformed"), (WRONG, "wrong")] {
        enters(alice, typed).await;
        alice.wait_for(NOTICE).await;
        meets(alice, "on-file", "Error: Check the recovery code", &format!("recovery-{name}")).await;
    }
    enters(alice, &code).await;
    meets(alice, "change", TITLE, "recovery-accepted").await;
    assert!(alice.sees(NUMBER).await && !alice.sees(REMOVE).await);

    opens_the_page(&bank, alice).await;
    alice.click(LOST).await;
    for _ in 0..2 {
        enters(alice, WRONG).await;
    }
    alice.wait_for_text(NOTICE, "Too many recovery codes").await;
    meets(alice, "on-file", "Error: Check the recovery code", "recovery-attempts").await;
    alice.quiet_but_for(&["422", "429"]).await;
}

async fn a_locked_person_with_recovery_codes_reads_when_to_enter_one(bank: &BankServer, alice: &Visitor) {
    let bank = BankServer::with(bank.framework(), |engine| engine.policy(Policy::default().lock_after(1)));
    let alice = &alice.visiting(&bank);
    makes_codes(&bank, alice).await;
    bank.clock().advance(Duration::from_secs(61));
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    alice.send_code(&other_than(&bank.code())).await;
    alice.wait_for("main[data-mfa-state='locked']").await;
    alice.open(PAGE).await;
    alice
        .wait_for_text("main", "Lost this phone? After this wait, you can enter a recovery code here.")
        .await;
    meets(alice, "locked", "Error: Temporarily locked", "recovery-locked").await;
    assert!(!alice.sees(RECOVERY).await && !alice.sees(CHANGE).await);
    alice.quiet_but_for(&["422"]).await;
}

async fn the_page_is_accessible_while_the_support_allows_a_recovery(bank: &BankServer, alice: &Visitor) {
    alice.log_in_now(bank, "alice").await;
    bank.mfa().recovery().allow(&UserId::from("alice")).await.unwrap();
    alice.open(PAGE).await;
    alice.wait_for_text("main", "We were asked to let you replace this number without a code to it").await;
    meets(alice, "on-file", TITLE, "recovery-waits").await;
    bank.clock().advance(Duration::from_secs(24 * 60 * 60));
    alice.open(PAGE).await;
    alice.wait_for_text("main", "Please sign out, and sign in again first.").await;
    meets(alice, "on-file", TITLE, "recovery-needs-sign-in").await;
    assert!(!alice.sees(NUMBER).await);

    let bank = BankServer::with(bank.framework(), |engine| {
        engine.policy(Policy::default().recovery_wait(Duration::ZERO))
    });
    let alice = &alice.visiting(&bank);
    bank.clock().set(SystemClock.now());
    bank.mfa().recovery().allow(&UserId::from("alice")).await.unwrap();
    opens_the_page(&bank, alice).await;
    alice.wait_for_text("main", "You can replace this number without a code to it until ").await;
    meets(alice, "change", TITLE, "recovery-allowed").await;
    assert!(alice.sees(NUMBER).await && !alice.sees(REMOVE).await);
    alice.quiet().await;
}

async fn recovery_codes_are_in_the_language_of_the_user(bank: &BankServer, alice: &Visitor) {
    for (language, direction, title) in
        [("de", "ltr", "Ihre Codes zur Wiederherstellung"), ("ar-EG", "rtl", "رموز الاسترداد الخاصة بك")]
    {
        let bank = BankServer::with(bank.framework(), |engine| engine.messages(german()).messages(arabic()));
        let alice = &alice.visiting(&bank);
        let looks = async |name: &str| alice.assert_accessible(&format!("recovery-{language}-{name}")).await;
        alice.speaks(language).await;
        makes_codes(&bank, alice).await;
        assert_eq!(alice.property("html", "dir").await, direction);
        assert_eq!(alice.text("h1").await, title);
        assert_eq!(alice.style(".mfa-codes", "direction").await, "ltr", "codes are read from left to right");
        looks("codes").await;
        let code = alice.text(".mfa-codes li").await;
        opens_the_page(&bank, alice).await;
        alice.click(LOST).await;
        looks("open").await;
        enters(alice, WRONG).await;
        alice.wait_for(NOTICE).await;
        looks("wrong").await;
        enters(alice, &code).await;
        alice.wait_for(NUMBER).await;
        looks("accepted").await;
        bank.mfa().recovery().allow(&UserId::from("alice")).await.unwrap();
        opens_the_page(&bank, alice).await;
        alice.wait_for(".mfa-allowed").await;
        looks("waits").await;
    }
    alice.quiet_but_for(&["422"]).await;
}

/// Enters a code to the number on file, and makes recovery codes.
async fn makes_codes(bank: &BankServer, alice: &Visitor) {
    opens_the_page(bank, alice).await;
    alice.click_through(CHANGE).await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    alice.wait_until_path(PAGE).await;
    alice.click_through(MAKE_CODES).await;
    alice.wait_for("main[data-mfa-state='recovery-codes']").await;
}

/// Logs in, and opens the page of the number.
async fn opens_the_page(bank: &BankServer, alice: &Visitor) {
    alice.log_in_now(bank, "alice").await;
    alice.open(PAGE).await;
}

async fn enters(alice: &Visitor, code: &str) {
    alice.type_into(RECOVERY, code).await;
    alice.click_through(RECOVER).await;
}

/// Asserts that the page is in this state and has this title, and that it is accessible.
async fn meets(alice: &Visitor, state: &str, title: &str, name: &str) {
    alice.wait_for(&format!("main[data-mfa-state='{state}']")).await;
    assert_eq!(alice.title().await, format!("{title} – Example Bank"));
    alice.assert_accessible(name).await;
    alice.assert_seen_in_forced_colors(name).await;
}
