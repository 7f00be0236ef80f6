//! Every state of the page. Each has its own title and is accessible: light or dark, wide or narrow.

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use bank_tests::browser::other_than;
use mfakit::{
    Clock as _, DeclaredScope, MemoryNumberBook, MemoryStore, PhoneNumber, Policy, Timestamp,
    provider::ProviderErrorKind,
    store::StoreError,
    testing::{HookedStore, ManualClock, StoreHook, Verb},
};

use crate::{
    bank::BankServer,
    on_both::on_one,
    selectors::{CALL, CANCEL, CODE, DIALOG, NOTICE, SEND_TEXT},
    visitor::Visitor,
};

/// Names of the states, and the title of the page in each.
const TITLES: [(&str, &str); 17] = [
    ("ask", "Confirm it’s you"),
    ("sent", "Enter your code"),
    ("wrong", "Error: Wrong code"),
    ("malformed", "Error: Check the code"),
    ("over", "Error: This code no longer works"),
    ("too-soon", "Error: Please wait a moment"),
    ("spent", "Error: Too many codes requested"),
    ("throttled", "Error: Too many attempts"),
    ("locked", "Error: Temporarily locked"),
    ("disabled", "Error: Locked"),
    ("settling", "Error: Please wait a while"),
    ("no-number", "Error: No phone number on file"),
    ("refused", "Error: We can’t send a code"),
    ("send-failed", "Error: We couldn’t send the code"),
    ("check-failed", "Error: We couldn’t check the code"),
    ("done", "Confirmed"),
    ("unkept", "Error: Please allow cookies"),
];

on_one! {
    the_page_is_accessible_while_a_code_is_entered,
    the_page_is_accessible_while_a_code_is_requested,
    the_page_is_accessible_when_there_is_nothing_to_do,
    the_page_is_accessible_after_a_right_code,
    a_rejection_is_accessible,
    the_dialog_is_accessible,
}

#[test]
fn no_two_states_have_the_same_title() {
    assert_eq!(HashSet::from(TITLES.map(|(_, title)| title)).len(), TITLES.len());
}

async fn the_page_is_accessible_while_a_code_is_entered(bank: &BankServer, alice: &Visitor) {
    let provider = bank.provider();
    alice.log_in("alice").await;
    alice.open("/settings").await;
    meets(alice, "ask").await;
    alice.ask_for_a_text().await;
    meets(alice, "sent").await;
    alice.send_code("12345").await;
    meets(alice, "malformed").await;
    provider.fail_next_verify(ProviderErrorKind::Failed);
    alice.send_code("123456").await;
    meets(alice, "check-failed").await;
    provider.fail_next_verify(ProviderErrorKind::Throttled { retry_after: Duration::from_secs(40) });
    alice.send_code("123456").await;
    meets(alice, "throttled").await;
    let wrong = other_than(&bank.code());
    alice.send_code(&wrong).await;
    meets(alice, "wrong").await;
    // A code that the provider did not check is not an attempt.
    while alice.sees(CODE).await {
        alice.to_next_page(async || alice.send_code(&wrong).await).await;
        alice.wait_for(NOTICE).await;
    }
    says(alice, "wrong", "wrong-for-the-last-time").await;
    bank.clock().advance(Duration::from_secs(60));
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    bank.clock().advance(Duration::from_secs(5 * 60));
    alice.send_code(&bank.code()).await;
    meets(alice, "over").await;
    alice.quiet_but_for(&["410", "422", "429", "502", "503"]).await;
}

async fn the_page_is_accessible_while_a_code_is_requested(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/settings").await;
    bank.provider().fail_next_send(ProviderErrorKind::Unreachable);
    alice.click(SEND_TEXT).await;
    meets(alice, "send-failed").await;
    bank.clock().advance(Duration::from_secs(30));
    alice.open("/settings").await;
    alice.ask_by(CALL).await;
    says(alice, "sent", "sent-by-call").await;
    // The module disables the request for a new code until the wait is over. Without it, the button works.
    alice.turn_javascript_off().await;
    alice.reload().await;
    alice.click(SEND_TEXT).await;
    meets(alice, "too-soon").await;
    for minutes in [1, 1, 2] {
        bank.clock().advance(Duration::from_secs(minutes * 60));
        alice.ask_for_a_text().await;
    }
    meets(alice, "spent").await;
    alice.quiet_but_for(&["429", "502", "503"]).await;
}

async fn the_page_is_accessible_when_there_is_nothing_to_do(bank: &BankServer, alice: &Visitor) {
    let framework = bank.framework();
    let locking = |disable_after| {
        move |engine: mfakit::MfaBuilder| {
            engine.policy(Policy::default().lock_after(1).disable_after(disable_after))
        }
    };
    for (state, disable_after) in [("locked", 50), ("disabled", 1)] {
        let bank = BankServer::with(framework, locking(disable_after));
        let alice = alice.visiting(&bank);
        alice.log_in("alice").await;
        alice.open("/settings").await;
        alice.ask_for_a_text().await;
        alice.send_code(&other_than(&bank.code())).await;
        meets(&alice, state).await;
        assert!(!alice.sees(CODE).await && !alice.sees(SEND_TEXT).await);
        assert_eq!(alice.text(CANCEL).await, "Back to Example Bank");
        alice.open("/mfa/settings").await;
        let stays = alice.attribute("main", "data-mfa-state").await;
        assert_eq!(stays.as_deref(), Some(state), "it stays so");
    }

    let number = PhoneNumber::new("+12025550123").unwrap();
    let bank = BankServer::with(framework, |engine| {
        let day = Duration::from_secs(24 * 60 * 60);
        let withdrawals = DeclaredScope::new("withdraw", "withdraw money").settled(day);
        let lately = MemoryNumberBook::new().with("alice", number, ManualClock::new().now());
        engine.declare(withdrawals).number_book(lately)
    });
    let settling = &alice.visiting(&bank);
    settling.log_in("alice").await;
    settling.open("/mfa/withdraw").await;
    meets(settling, "settling").await;
    settling.wait_for_text(NOTICE, "before 2026-01-02").await;
    assert!(!settling.sees(SEND_TEXT).await, "there is nothing to do");
    bank.clock().advance(Duration::from_secs(24 * 60 * 60));
    settling.reload().await;
    settling.wait_for(SEND_TEXT).await;

    let bank = BankServer::with(framework, |engine| engine.number_book(MemoryNumberBook::new()));
    let alice = &alice.visiting(&bank);
    alice.log_in("alice").await;
    alice.open("/settings").await;
    meets(alice, "no-number").await;
    assert_eq!(alice.attribute("a.mfa-button", "href").await.as_deref(), Some("/mfa/number"));
    assert_eq!(alice.text(CANCEL).await, "Back to Example Bank");

    let number = PhoneNumber::new("+442079460123").unwrap();
    let abroad = MemoryNumberBook::new().with("alice", number, Timestamp::from_millis(0));
    let bank = BankServer::with(framework, |engine| engine.number_book(abroad));
    let alice = &alice.visiting(&bank);
    alice.log_in("alice").await;
    alice.open("/settings").await;
    meets(alice, "refused").await;
    alice.quiet_but_for(&["409", "422", "423", "429"]).await;
}

async fn the_page_is_accessible_after_a_right_code(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    alice.wait_until_path("/settings").await;
    alice.open("/mfa/settings").await;
    meets(alice, "done").await;
    assert_eq!(alice.text("a.mfa-button").await, "Continue");

    alice.delete_cookie("__Host-mfa-settings").await;
    alice.open("/settings").await;
    meets(alice, "unkept").await;
    alice.quiet().await;
}

async fn a_rejection_is_accessible(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/mfa/nothing").await;
    refused(alice, "Page not found", "nothing").await;

    alice.open("/mfa/settings").await;
    alice.wait_for(SEND_TEXT).await;
    alice.script("document.querySelector('input[name=token]').value = 'stale'").await;
    alice.click(SEND_TEXT).await;
    refused(alice, "This form has expired", "foreign").await;

    for (hook, heading, name) in [
        (Trouble::Down, "This isn’t available right now", "unavailable"),
        (Trouble::Panics, "Something went wrong on our side", "misconfigured"),
    ] {
        let store = HookedStore::new(MemoryStore::new(), hook);
        let bank = BankServer::with(bank.framework(), |engine| engine.store(store));
        let alice = alice.visiting(&bank);
        alice.log_in("alice").await;
        alice.open("/mfa/settings").await;
        refused(&alice, heading, name).await;
    }
    alice.quiet_but_for(&["403", "404", "500", "503"]).await;
}

async fn the_dialog_is_accessible(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.type_into("#amount", "12.50").await;
    alice.type_into("#payee", "bob").await;
    alice.click("form[action='/transfer'] button").await;
    alice.wait_for(DIALOG).await;
    alice.assert_accessible("dialog-ask").await;
    alice.axe().await;
    alice.ask_for_a_text().await;
    alice.assert_accessible("dialog-sent").await;
    alice.axe().await;
    alice.send_code(&other_than(&bank.code())).await;
    alice.wait_for_text(NOTICE, "That code isn’t right").await;
    alice.assert_accessible("dialog-wrong").await;
    alice.axe().await;
    alice.quiet_but_for(&["401", "422"]).await;
}

/// Ways in which a store fails.
enum Trouble {
    Down,
    Panics,
}

#[async_trait]
impl StoreHook for Trouble {
    async fn before(&self, _: Verb) -> Result<(), StoreError> {
        match self {
            Self::Down => Err(StoreError::new("down for the test")),
            Self::Panics => panic!("panics for the test"),
        }
    }
}

/// Asserts that the page is in this state and has its title, and that it is accessible.
async fn meets(alice: &Visitor, state: &str) {
    says(alice, state, state).await;
}

async fn says(alice: &Visitor, state: &str, name: &str) {
    alice.wait_for(&format!("main[data-mfa-state='{state}']")).await;
    let (_, title) = TITLES.iter().find(|(known, _)| *known == state).unwrap();
    assert_eq!(alice.title().await, format!("{title} – Example Bank"));
    alice.assert_accessible(name).await;
}

async fn refused(alice: &Visitor, heading: &str, name: &str) {
    alice.wait_for("main[data-mfa-state='refusal']").await;
    assert_eq!(alice.text("h1").await, heading);
    assert_eq!(alice.title().await, format!("Error: {heading} – Example Bank"));
    alice.assert_accessible(name).await;
}
