//! The page for people who hear it, who need it dark, and who have a small window or large letters.

use bank_tests::browser::other_than;

use crate::{
    bank::BankServer,
    on_both::on_both,
    person::Person,
    selectors::{CODE, CONTINUE, NOTICE, SEND_TEXT},
};

on_both! {
    the_page_shuts_nobody_out_before_anything_is_sent,
    the_page_shuts_nobody_out_when_a_code_is_on_its_way,
    the_page_shuts_nobody_out_after_a_wrong_code,
}

async fn the_page_shuts_nobody_out_before_anything_is_sent(_: &BankServer, alice: &Person) {
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.wait_for(SEND_TEXT).await;
    shuts_nobody_out(alice, "nothing-sent").await;
    alice.quiet().await;
}

async fn the_page_shuts_nobody_out_when_a_code_is_on_its_way(_: &BankServer, alice: &Person) {
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.click(SEND_TEXT).await;
    alice.wait_for(CODE).await;
    shuts_nobody_out(alice, "sent").await;
    alice.quiet().await;
}

async fn the_page_shuts_nobody_out_after_a_wrong_code(bank: &BankServer, alice: &Person) {
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.click(SEND_TEXT).await;
    alice.wait_for(CODE).await;
    alice.type_into(CODE, &other_than(&bank.code())).await;
    alice.click(CONTINUE).await;
    alice.wait_for(NOTICE).await;
    shuts_nobody_out(alice, "wrong-code").await;
    alice.quiet_but_for(&["422"]).await;
}

/// Light and dark, wide and as narrow as WCAG 2.2 asks for (1.4.10: 320 CSS pixels, which is a window of 1280 pixels
/// at 400 %).
async fn shuts_nobody_out(alice: &Person, state: &str) {
    for scheme in ["light", "dark"] {
        alice.prefers(scheme).await;
        for (width, height) in [(1280, 900), (320, 640)] {
            alice.window(width, height).await;
            assert!(!alice.scrolls_sideways().await, "{state} in {width} pixels scrolls sideways");
            alice.axe().await;
            alice.screenshot(&format!("{state}-{scheme}-{width}")).await;
        }
    }
}
