//! Forms of the module are blocked until they are answered, and then freed at once.

use std::sync::Arc;

use async_trait::async_trait;
use mfakit::{
    MemoryStore,
    store::StoreError,
    testing::{HookedStore, StoreHook, Verb},
};
use tokio::sync::Semaphore;

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{CODE, CONTINUE, DIALOG, SEND_APPROVED, SEND_TEXT},
    visitor::Visitor,
};

on_both! {
    a_page_with_a_slow_answer_is_sent_once,
    a_dialog_with_a_slow_answer_is_sent_once,
    a_submission_that_was_stopped_is_no_longer_blocked,
    a_form_of_the_app_that_was_stopped_is_no_longer_blocked,
    a_page_that_comes_back_is_no_longer_blocked,
}

/// Store that delays the answer to a guard, an attempt or a send until a grant was dropped, while its gate is
/// shut. The driver does nothing while a page waits for the next, so the page itself opens the gate.
#[derive(Clone)]
struct Slow(Arc<Semaphore>);

#[async_trait]
impl StoreHook for Slow {
    async fn before(&self, verb: Verb) -> Result<(), StoreError> {
        if verb == Verb::Revoke {
            self.0.add_permits(1000);
        }
        if matches!(verb, Verb::Grant | Verb::BoundGrants | Verb::ReserveAttempt | Verb::ReserveSend) {
            self.0.acquire().await.map_err(|_| StoreError::new("the test is over"))?.forget();
        }
        Ok(())
    }
}

/// Returns a bank whose store waits, and the semaphore that lets it continue.
fn slow(bank: &BankServer) -> (BankServer, Arc<Semaphore>) {
    let gate = Arc::new(Semaphore::new(1000));
    let store = HookedStore::new(MemoryStore::new(), Slow(gate.clone()));
    (BankServer::with(bank.framework(), |engine| engine.store(store)), gate)
}

/// Clicks many times, and then drops a grant.
const KEEPS_CLICKING: &str = "const [selector] = arguments;
    let clicks = 0;
    const timer = setInterval(() => {
        document.querySelector(selector).click();
        if (++clicks < 10) return;
        clearInterval(timer);
        fetch('/mfa/reports', { method: 'DELETE' });
    }, 20);";

/// Clicks, stops the browser as soon as it goes anywhere, and clicks again.
const STOPS: &str = "const [selector] = arguments;
    const click = () => document.querySelector(selector).click();
    const stop = () => setTimeout(() => {
        click();
        window.stop();
        setTimeout(click);
    });
    navigation.addEventListener('navigate', stop, { once: true });
    click();";

/// Returns the number of posts to this path.
async fn posts(alice: &Visitor, path: &str) -> usize {
    alice.requests().await.iter().filter(|request| request.is("POST", path)).count()
}

/// Keeps clicking while the answer is held back. The last click lets it continue.
async fn keeps_clicking(alice: &Visitor, gate: &Semaphore, selector: &str) {
    gate.forget_permits(gate.available_permits());
    alice.record_requests().await;
    alice.script_with(KEEPS_CLICKING, vec![selector.into()]).await;
}

async fn a_page_with_a_slow_answer_is_sent_once(bank: &BankServer, alice: &Visitor) {
    let (bank, gate) = slow(bank);
    let alice = &alice.visiting(&bank);
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.wait_for(SEND_TEXT).await;
    keeps_clicking(alice, &gate, SEND_TEXT).await;
    alice.wait_for(CODE).await;
    assert_eq!(posts(alice, "/mfa/settings/challenge").await, 1);
    alice.type_into(CODE, &bank.code()).await;
    keeps_clicking(alice, &gate, CONTINUE).await;
    alice.wait_until_path("/settings").await;
    assert_eq!(posts(alice, "/mfa/settings/verify").await, 1);
    assert_eq!((bank.provider().sends(), bank.provider().verifies()), (1, 1));
    alice.quiet().await;
}

async fn a_dialog_with_a_slow_answer_is_sent_once(bank: &BankServer, alice: &Visitor) {
    let (bank, gate) = slow(bank);
    let alice = &alice.visiting(&bank);
    alice.log_in("alice").await;
    alice.type_into("#amount", "2").await;
    alice.type_into("#payee", "bob").await;
    keeps_clicking(alice, &gate, "form[action='/transfer'] button").await;
    alice.wait_for(DIALOG).await;
    assert_eq!(posts(alice, "/transfer").await, 1);
    keeps_clicking(alice, &gate, SEND_TEXT).await;
    alice.wait_for(CODE).await;
    assert_eq!(posts(alice, "/mfa/transfer/challenge").await, 1);
    alice.type_into(CODE, &bank.code()).await;
    keeps_clicking(alice, &gate, CONTINUE).await;
    alice.wait_for_text("tbody", "−$2.00").await;
    assert_eq!(posts(alice, "/mfa/transfer/verify").await, 1);
    assert_eq!((bank.provider().sends(), bank.provider().verifies()), (1, 1));
    alice.quiet().await;
}

async fn a_submission_that_was_stopped_is_no_longer_blocked(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.wait_for(SEND_TEXT).await;
    alice.script_with(STOPS, vec![SEND_TEXT.into()]).await;
    alice.wait_for(CODE).await;
    assert!(bank.provider().sends() > 0);
}

async fn a_form_of_the_app_that_was_stopped_is_no_longer_blocked(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.type_into("#amount", "2").await;
    alice.type_into("#payee", "bob").await;
    alice.record_requests().await;
    alice.script_with(STOPS, vec!["form[action='/transfer'] button".into()]).await;
    // A browser that has just been stopped may write no cookie. It then gets the page, as without the module.
    alice.wait_for(SEND_TEXT).await;
    let asked_in_the_dialog = alice.sees(DIALOG).await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    if !asked_in_the_dialog {
        alice.click(SEND_APPROVED).await;
    }
    alice.wait_until_path("/account").await;
    alice.wait_for_text("tbody", "−$2.00").await;
    alice.quiet().await;
}

async fn a_page_that_comes_back_is_no_longer_blocked(_: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/mfa/settings").await;
    alice.wait_for(SEND_TEXT).await;
    // Simulates the back/forward cache, which the driver disables.
    let sent = "
        const main = document.querySelector('main');
        const sends = () => {
            let sends;
            addEventListener('submit', event => { sends = !event.defaultPrevented; event.preventDefault() }, { once: true });
            main.querySelector('button[value=messaging]').click();
            return sends;
        };
        const before = [sends(), sends()];
        dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
        return [...before, sends()].join();";
    assert_eq!(alice.script(sent).await, "true,false,true");
    alice.go_offline().await;
    alice.click(SEND_TEXT).await;
    let error_page = async || alice.script("return location.href").await == "chrome-error://chromewebdata/";
    alice.script("dispatchEvent(new PageTransitionEvent('pageshow'))").await;
    alice.click(SEND_TEXT).await;
    alice.wait_until("the browser says that it is offline", error_page).await;
    alice.go_online().await;
    alice.go_back().await;
    alice.click(SEND_TEXT).await;
    alice.wait_for(CODE).await;
}
