//! Forms with large files, which a browser sends to their end before it reads any answer.

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{CODE, SEND_TEXT},
    visitor::Visitor,
};

on_both! {
    a_form_with_a_large_file_is_answered_with_the_page_that_asks_for_a_code,
    a_form_with_a_large_file_opens_the_dialog,
}

/// Adds a form with a file of this size, and sends it.
const SEND: &str = "
    const form = document.createElement('form');
    Object.assign(form, { method: 'post', enctype: 'multipart/form-data', action: '/settings' });
    if (arguments[1]) form.dataset.mfa = '';
    const input = Object.assign(document.createElement('input'), { type: 'file', name: 'receipt' });
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array(arguments[0])], 'receipt.bin'));
    input.files = files.files;
    form.append(input);
    document.body.append(form);
    form.requestSubmit();";

const SIZES: [u32; 2] = [8_000_000, 30_000_000];

async fn a_form_with_a_large_file_is_answered_with_the_page_that_asks_for_a_code(
    bank: &BankServer,
    alice: &Visitor,
) {
    alice.log_in("alice").await;
    for size in SIZES {
        alice.open("/account").await;
        alice.script_with(SEND, vec![size.into(), false.into()]).await;
        alice.wait_until_path("/mfa/settings").await;
        alice.wait_for(SEND_TEXT).await;
    }
    alice.ask_for_a_text().await;
    alice.wait_for(CODE).await;
    assert_eq!(bank.provider().sends(), 1);
    alice.quiet().await;
}

async fn a_form_with_a_large_file_opens_the_dialog(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    for size in SIZES {
        alice.open("/account").await;
        alice.script_with(SEND, vec![size.into(), true.into()]).await;
        alice.wait_for("dialog").await;
        alice.wait_for(SEND_TEXT).await;
    }
    assert_eq!(bank.provider().sends(), 0);
    alice.quiet_but_for(&["401"]).await;
}
