//! Browsers in which the module cannot work. Forms behave like ordinary ones.

use crate::{bank::BankServer, on_both::on_both, selectors::SEND_TEXT, site::Site, visitor::Visitor};

const SEND: &str = "form[data-mfa] button";
const FORM: &str =
    "<form method=post action=/kept/text data-mfa><input name=what value=it><button>Send</button></form>";

on_both! {
    an_unsupported_browser_sends_an_ordinary_form,
    a_dialog_that_fails_leads_to_the_page,
    a_browser_without_request_submit_sends_the_form,
    a_browser_without_request_submit_sends_an_autofilled_code,
    without_javascript_the_page_prompts,
}

async fn an_unsupported_browser_sends_an_ordinary_form(bank: &BankServer, alice: &Visitor) {
    for (missing, script) in [
        ("showModal", "delete HTMLDialogElement.prototype.showModal"),
        ("showModal, undefined", "HTMLDialogElement.prototype.showModal = undefined"),
        ("dialogs", "delete window.HTMLDialogElement"),
        ("formdata events", "addEventListener('formdata', event => event.stopImmediatePropagation(), true)"),
        (
            "cookies for scripts",
            "Object.defineProperty(Document.prototype, 'cookie', {
                configurable: true, get: () => '', set() { throw new DOMException('no', 'SecurityError') } })",
        ),
        (
            "cookies",
            "Object.defineProperty(Document.prototype, 'cookie', { configurable: true, get: () => '', set() {} })",
        ),
    ] {
        let site = Site::seen_by(alice, bank.framework(), FORM).await;
        let before = alice.tab().await;
        alice.open_tab().await;
        alice.before_pages(script).await;
        alice.open(&site.at("/")).await;
        alice.click(SEND).await;
        alice.wait_until_path("/mfa/pay").await;
        assert!(alice.sees(SEND_TEXT).await, "{missing}");
        assert_eq!(site.statuses(), [303], "{missing}");
        alice.go_back().await;
        alice.wait_until_path("/").await;
        alice.click(SEND).await;
        alice.wait_until_path("/mfa/pay").await;
        assert_eq!(site.statuses(), [303, 303], "{missing}: and again");
        alice.switch_to(&before).await;
    }
}

async fn a_dialog_that_fails_leads_to_the_page(bank: &BankServer, alice: &Visitor) {
    for (what, script) in [
        ("requests", "XMLHttpRequest.prototype.open = () => { throw new Error('for the test') }"),
        ("showModal", "HTMLDialogElement.prototype.showModal = () => { throw new Error('for the test') }"),
        ("replaceChildren", "delete Element.prototype.replaceChildren"),
        ("a page that is none", "DOMParser.prototype; Document.prototype.querySelector = () => null"),
    ] {
        let site = Site::seen_by(alice, bank.framework(), FORM).await;
        let send = "document.querySelector('form[data-mfa] button')";
        alice.script(&format!("const send = {send}; {script}; send.click()")).await;
        alice.wait_until_path("/mfa/pay").await;
        assert_eq!(site.statuses(), [204], "{what}");
        assert!(alice.sees(SEND_TEXT).await, "{what}");
    }
}

async fn a_browser_without_request_submit_sends_the_form(bank: &BankServer, alice: &Visitor) {
    alice.before_pages("delete HTMLFormElement.prototype.requestSubmit").await;
    let site = Site::seen_by(alice, bank.framework(), FORM).await;
    alice.click(SEND).await;
    alice.ask_for_a_text().await;
    alice.send_code(&site.code()).await;
    alice.wait_for_text("body", "made as text").await;
    assert_eq!(site.statuses(), [204, 200]);
    alice.quiet().await;
}

async fn a_browser_without_request_submit_sends_an_autofilled_code(bank: &BankServer, alice: &Visitor) {
    let phone = "delete HTMLFormElement.prototype.requestSubmit;
        window.OTPCredential = class {};
        navigator.credentials.get = () => new Promise(given => { window.give = code => given({ code }) });";
    alice.before_pages(phone).await;
    let site = Site::seen_by(alice, bank.framework(), FORM).await;
    alice.click(SEND).await;
    alice.ask_for_a_text().await;
    alice.script_with("window.give(arguments[0])", vec![site.code().into()]).await;
    alice.wait_for_text("body", "made as text").await;
    alice.quiet().await;
}

async fn without_javascript_the_page_prompts(bank: &BankServer, alice: &Visitor) {
    let site = Site::seen_by(alice, bank.framework(), FORM).await;
    alice.turn_javascript_off().await;
    alice.reload().await;
    alice.click(SEND).await;
    alice.ask_for_a_text().await;
    alice.send_code(&site.code()).await;
    alice.wait_for(SEND).await;
    alice.click(SEND).await;
    alice.wait_for_text("body", "made as text").await;
    assert_eq!(site.statuses(), [303, 200]);
    alice.quiet().await;
}
