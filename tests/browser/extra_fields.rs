//! Scripts of an app that add fields to every form, including ours in the dialog.

use crate::{bank::BankServer, on_both::on_both, site::Site, visitor::Visitor};

/// Script that adds fields to every form when it appears, and again when it is submitted.
const EVERY_FORM: &str = "
    const fields = [
        { name: '_csrf', value: 'x'.repeat(300), type: 'hidden' },
        { name: '_csrf', value: 'again', type: 'hidden' },
        { name: '', value: 'no name', type: 'hidden' },
        { name: 'a file', type: 'file' },
        { name: 'utf8', value: '✓', type: 'hidden' },
        { name: 'ticked', type: 'checkbox', checked: true },
    ];
    const add = form => form.append(...fields.map(field => Object.assign(document.createElement('input'), field)));
    addEventListener('DOMContentLoaded', () => {
        const seen = new WeakSet();
        const look = () => document.querySelectorAll('form').forEach(form => {
            if (seen.has(form)) return;
            seen.add(form);
            add(form);
        });
        look();
        new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
        addEventListener('submit', ({ target }) => add(target), true);
        addEventListener('formdata', ({ formData }) => formData.append('_csrf', 'a third'));
    });
";

on_both! {
    fields_that_an_app_adds_to_the_dialog_are_harmless,
    fields_that_an_extension_adds_to_the_page_are_harmless,
    buttons_that_an_app_disables_in_the_dialog_come_back,
}

async fn fields_that_an_app_adds_to_the_dialog_are_harmless(bank: &BankServer, alice: &Visitor) {
    alice.before_pages(EVERY_FORM).await;
    let html = "<form method=post action=/kept/text data-mfa><input name=a value=1><button>Send</button>";
    let site = Site::seen_by(alice, bank.framework(), html).await;
    alice.click("form[data-mfa] button").await;
    alice.ask_for_a_text().await;
    assert!(alice.script("return document.querySelectorAll('dialog [name=_csrf]').length").await != 0);
    alice.send_code(&site.code()).await;
    alice.wait_for_text("body", "made as text").await;
    let posts = site.posts();
    assert_eq!(posts[0].body, posts[1].body);
    assert_eq!(site.statuses(), [204, 200]);
    alice.quiet().await;
}

async fn fields_that_an_extension_adds_to_the_page_are_harmless(bank: &BankServer, alice: &Visitor) {
    alice.before_pages(EVERY_FORM).await;
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    alice.wait_until_path("/settings").await;
    alice.open("/mfa/settings").await;
    alice.click(".mfa-drop button").await;
    alice.wait_until_path("/account").await;
    alice.open("/settings").await;
    alice.wait_until_path("/mfa/settings").await;
    alice.quiet().await;
}

async fn buttons_that_an_app_disables_in_the_dialog_come_back(bank: &BankServer, alice: &Visitor) {
    alice
        .before_pages("addEventListener('submit', ({ submitter }) => { submitter.disabled = true }, true)")
        .await;
    let html = "<form method=post action=/kept/text data-mfa><button name=go value=yes>Send</button>";
    let site = Site::seen_by(alice, bank.framework(), html).await;
    alice.click("form[data-mfa] button").await;
    alice.ask_for_a_text().await;
    alice.go_offline().await;
    alice.send_code(&site.code()).await;
    alice.wait_for_text("dialog [role=alert]", "We can’t reach the site.").await;
    alice.go_online().await;
    alice.click("dialog form.mfa-code button").await;
    alice.wait_for_text("body", "made as text").await;
    assert_eq!(site.posts()[1].body, "go=yes");
    alice.quiet_but_for(&["ERR_INTERNET_DISCONNECTED"]).await;
}
