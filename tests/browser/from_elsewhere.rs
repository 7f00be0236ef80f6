//! What pages of others can do to somebody who is logged in.

use crate::{bank::BankServer, elsewhere::Elsewhere, on_both::on_both, person::Person, selectors::SEND_TEXT};

on_both! {
    a_form_on_another_site_sends_nothing,
    a_form_of_another_origin_on_the_same_site_sends_nothing,
    no_page_elsewhere_shows_the_page_in_a_frame,
}

async fn a_form_on_another_site_sends_nothing(bank: &BankServer, alice: &Person) {
    let elsewhere = Elsewhere::with(form_that_sends_itself(bank, alice).await).await;
    // Without the log-in's cookie, which is `SameSite=Lax`, it is nobody who asks, and is sent to log in.
    assert_eq!(sends_nothing(bank, alice, &elsewhere.on_another_site()).await, Some(303));
}

async fn a_form_of_another_origin_on_the_same_site_sends_nothing(bank: &BankServer, alice: &Person) {
    let elsewhere = Elsewhere::with(form_that_sends_itself(bank, alice).await).await;
    assert_eq!(sends_nothing(bank, alice, &elsewhere.on_the_same_site()).await, Some(403));
}

async fn no_page_elsewhere_shows_the_page_in_a_frame(bank: &BankServer, alice: &Person) {
    alice.log_in("alice").await;
    alice.open("/mfa/settings").await;
    alice.quiet().await;
    let html = format!("<!doctype html><iframe src='{}/mfa/settings'></iframe>", bank.address());
    let elsewhere = Elsewhere::with(html).await;
    for page in [elsewhere.on_the_same_site(), elsewhere.on_another_site()] {
        alice.open(&page).await;
        alice.browser().enter_frame(0).await.unwrap();
        assert_eq!(alice.script("return location.href").await, "chrome-error://chromewebdata/", "{page}");
        assert!(!alice.sees(SEND_TEXT).await && !alice.sees("main").await, "{page}");
        alice.browser().enter_default_frame().await.unwrap();
        alice.quiet_but_for(&["frame-ancestors"]).await;
    }
}

/// It knows more than others can: the token of this log-in.
async fn form_that_sends_itself(bank: &BankServer, alice: &Person) -> String {
    alice.log_in("alice").await;
    alice.open("/mfa/settings").await;
    let token = alice.value("input[name=token]").await;
    format!(
        "<!doctype html><form method='post' action='{}/mfa/settings/challenge'>
        <input name='token' value='{token}'><input name='channel' value='messaging'></form>
        <script>document.forms[0].submit()</script>",
        bank.address(),
    )
}

async fn sends_nothing(bank: &BankServer, alice: &Person, page: &str) -> Option<u16> {
    alice.open(page).await;
    let posted = alice.wait_for_answer("POST", "/mfa/settings/challenge").await;
    assert_eq!(bank.provider().sends(), 0);
    posted.status
}
