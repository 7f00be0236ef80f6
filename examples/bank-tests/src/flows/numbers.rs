//! Customers add, replace and remove their phone number.

use serde_json::json;

use crate::{
    Candidate,
    browser::{Answer, Browser},
    program::Program,
};

/// Fills in the form for a number, enters the code that arrives, and returns the page that follows.
pub(super) async fn enters(browser: &mut Browser, bank: &Program, page: &Answer, number: &str) -> Answer {
    let sent = browser.send_form(page, "/mfa/number", &[("number", number), ("channel", "messaging")]).await;
    assert!(sent.location().starts_with("/mfa/mfakit.enroll?approval="), "{}", sent.body);
    let page = browser.open(sent.location()).await;
    let code = bank.last_code().await;
    let confirmed = browser.send_form(&page, "/mfa/mfakit.enroll/verify", &[("code", &code)]).await;
    assert!(confirmed.location().starts_with("/mfa/number?notice="), "{}", confirmed.body);
    browser.open(confirmed.location()).await
}

/// Enters a code to the number on file, after the button on the page of the number.
pub(super) async fn allows(browser: &mut Browser, bank: &Program) -> Answer {
    let page = browser.open("/mfa/number").await;
    let (_, rest) = page.body.split_once("class=\"mfa-button\" href=\"").unwrap();
    let address = rest.split('"').next().unwrap().replace("&#38;", "&");
    let page = browser.open(&address).await;
    let sent = browser.send_form(&page, "/mfa/mfakit.manage/challenge", &[("channel", "messaging")]).await;
    let page = browser.open(sent.location()).await;
    let code = bank.last_code().await;
    let confirmed = browser.send_form(&page, "/mfa/mfakit.manage/verify", &[("code", &code)]).await;
    assert_eq!(confirmed.location(), "/mfa/number", "{}", confirmed.body);
    browser.open("/mfa/number").await
}

pub async fn a_customer_without_a_number_adds_one(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut carol = bank.browser();
    carol.log_in("carol").await;
    let account = carol.open("/account").await;
    assert!(account.body.contains("<a href=\"/mfa/number\">Phone number</a>"), "{}", account.body);
    let settings = carol.open("/settings").await;
    let page = carol.open(settings.location()).await;
    assert!(page.body.contains("no phone number on your account"), "{}", page.body);

    let page = carol.open("/mfa/number").await;
    let page = enters(&mut carol, &bank, &page, "(202) 555-0123").await;
    assert!(page.body.contains("is confirmed.") && page.body.contains("•••23"), "{}", page.body);
    assert_eq!(bank.emulator("/inbox").await.last().unwrap()["to"], "+12025550123");
    carol.step_up("reports", async || bank.last_code().await).await;
    assert_eq!(carol.fetch("/api/report").await.status, 200);
}

pub async fn a_customer_replaces_and_removes_a_number(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let refused = alice.post("/mfa/number", &json!({ "number": "2025550123", "channel": "messaging" })).await;
    assert_eq!((refused.status.as_u16(), refused.json()["scope"].as_str()), (401, Some("mfakit.manage")));

    let page = allows(&mut alice, &bank).await;
    let page = enters(&mut alice, &bank, &page, "+1 202 555 0123").await;
    assert!(page.body.contains("We send codes to •••23."), "{}", page.body);
    assert!(!alice.cookies.contains_key("__Host-mfa-mfakit.manage"), "the cookie is dropped");

    let page = allows(&mut alice, &bank).await;
    assert_eq!(bank.emulator("/inbox").await.last().unwrap()["to"], "+12025550123", "the new number");
    let removed = alice.send_form(&page, "/mfa/number/remove", &[]).await;
    let page = alice.open(removed.location()).await;
    assert!(page.body.contains("Your phone number was removed."), "{}", page.body);
}

pub async fn a_customer_who_lost_the_phone_replaces_its_number(candidate: &Candidate) {
    let bank = Program::start(candidate).await;
    let mut alice = bank.browser();
    alice.log_in("alice").await;
    let page = allows(&mut alice, &bank).await;
    let made = alice.send_form(&page, "/mfa/number/codes", &[]).await;
    let codes: Vec<_> = made.body.split("<li><code>").skip(1).map(|rest| rest[..19].to_owned()).collect();
    assert_eq!(codes.len(), 10, "{}", made.body);

    let mut new_phone = bank.browser();
    new_phone.log_in("alice").await;
    let page = new_phone.open("/mfa/number").await;
    assert!(page.body.contains("Recovery codes left: 10"), "{}", page.body);
    let sent = bank.emulator("/inbox").await.len();
    let used = new_phone.send_form(&page, "/mfa/number/recover", &[("code", &codes[0])]).await;
    let page = new_phone.open(used.location()).await;
    assert!(page.body.contains("Your recovery code was accepted."), "{}", page.body);
    assert_eq!(bank.emulator("/inbox").await.len(), sent, "nothing is sent");
    let page = enters(&mut new_phone, &bank, &page, "+1 202 555 0123").await;
    assert!(page.body.contains("We send codes to •••23."), "{}", page.body);
    let again = new_phone.send_form(&page, "/mfa/number/recover", &[("code", &codes[0])]).await;
    assert!(again.body.contains("isn’t valid"), "{}", again.body);
}
