//! A service worker that forwards navigations, which turns them into requests by script.

use crate::{bank::BankServer, on_both::on_both, visitor::Visitor};

/// Link that leads on.
const ON: &str = "main a.mfa-button";

on_both! {
    a_user_behind_a_service_worker_gets_the_page_and_returns,
    a_user_behind_a_service_worker_can_cancel,
}

/// Signs in, and lets the worker take control.
async fn behind_a_worker(alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/account").await;
    let taken_over = alice
        .script(
            "return new Promise(then => {
                navigator.serviceWorker.addEventListener('controllerchange', () => then(true));
                navigator.serviceWorker.register('/worker.js').catch(() => then(false));
            })",
        )
        .await;
    assert_eq!(taken_over, true);
}

async fn a_user_behind_a_service_worker_gets_the_page_and_returns(bank: &BankServer, alice: &Visitor) {
    behind_a_worker(alice).await;
    alice.open("/settings?tab=2").await;
    alice.wait_for_text("h1", "Confirm it’s you").await;
    alice.axe().await;
    alice.click_through(ON).await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    alice.wait_for("main[data-mfa-state=done]").await;
    alice.click(ON).await;
    alice.wait_for_text("h1", "Settings").await;
    assert_eq!(alice.script("return location.pathname + location.search").await, "/settings?tab=2");
    alice.quiet_but_for(&["401"]).await;
}

async fn a_user_behind_a_service_worker_can_cancel(bank: &BankServer, alice: &Visitor) {
    behind_a_worker(alice).await;
    alice.open("/settings").await;
    alice.wait_for_text("h1", "Confirm it’s you").await;
    alice.click("[data-mfa-cancel]").await;
    alice.wait_until_path("/account").await;
    assert_eq!(bank.provider().sends(), 0);
    alice.quiet_but_for(&["401"]).await;
}
