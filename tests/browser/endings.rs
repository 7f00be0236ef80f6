//! Every ending of a form that the module handles: the browser shows, saves or follows the answer as it would
//! without it.

use std::fs;

use serde_json::json;

use crate::{bank::BankServer, on_both::on_both, selectors::DIALOG, site::Site, visitor::Visitor};

const SEND: &str = "form[data-mfa] button";

on_both! {
    every_answer_of_an_app_is_shown_unchanged,
    a_download_is_saved_and_the_page_stays,
    an_empty_answer_leaves_the_page_and_the_form_as_they_are,
    a_redirect_is_followed_wherever_it_leads,
    an_answer_keeps_its_own_policy,
    a_session_that_ended_leads_to_the_log_in_page,
    an_outage_is_shown,
    a_lost_connection_is_shown,
    a_session_that_ended_at_the_bank_leads_to_its_log_in_page,
}

/// Returns the page of a form for this path.
fn form(path: &str) -> String {
    format!(
        "<form method=post action='{path}' data-mfa><input name=what value=it><button>Send</button></form>"
    )
}

/// Enters the code that the dialog prompts for.
async fn confirm(site: &Site, alice: &Visitor) {
    alice.ask_for_a_text().await;
    alice.send_code(&site.code()).await;
}

async fn every_answer_of_an_app_is_shown_unchanged(bank: &BankServer, alice: &Visitor) {
    for (kind, shown, status) in [
        ("text", "made as text", 200),
        ("json", "{\"made\":\"as JSON\"}", 200),
        ("typo", "there is a typo", 400),
        ("broken", "it broke", 500),
        ("page", "made", 200),
        ("no-such-kind", "no such kind", 404),
    ] {
        // At once if no code is needed, and after the code if one is.
        for guard in ["open", "kept"] {
            let path = format!("/{guard}/{kind}");
            let site = Site::seen_by(alice, bank.framework(), &form(&path)).await;
            alice.click(SEND).await;
            if guard == "kept" {
                confirm(&site, alice).await;
            }
            alice.wait_until_path(&path).await;
            alice.wait_for_text("body", shown).await;
            let expected = if guard == "kept" { vec![204, status] } else { vec![status] };
            assert_eq!(site.statuses(), expected, "{path}");
            // With a live grant.
            if guard == "kept" {
                alice.open(&site.at("/")).await;
                alice.click(SEND).await;
                alice.wait_until_path(&path).await;
                alice.wait_for_text("body", shown).await;
                assert_eq!(site.statuses(), [204, status, status], "{path}");
            }
            if kind == "page" {
                assert_eq!(alice.title().await, "ran", "scripts of the app's own page run");
            }
        }
    }
    alice.quiet_but_for(&["400", "404", "500"]).await;
}

async fn a_download_is_saved_and_the_page_stays(bank: &BankServer, alice: &Visitor) {
    let folder =
        std::env::temp_dir().join(format!("mfakit-saved-{}-{:?}", std::process::id(), bank.framework()));
    fs::create_dir_all(&folder).unwrap();
    let allow = json!({ "behavior": "allow", "downloadPath": folder });
    alice.browser().cdp().send_raw("Browser.setDownloadBehavior", allow).await.unwrap();
    let saved = folder.join("statement.csv");

    let site = Site::seen_by(alice, bank.framework(), &form("/kept/file")).await;
    alice.click(SEND).await;
    confirm(&site, alice).await;
    let is_there = async || fs::read_to_string(&saved).is_ok_and(|text| text == "made,as,a,file");
    alice.wait_until("the file is saved", is_there).await;
    assert_eq!(alice.path().await, "/");
    fs::remove_file(&saved).unwrap();

    // The form is free again as soon as it has been answered.
    wait_until_settled(alice).await;
    alice.click(SEND).await;
    alice.wait_until("the file is saved again", is_there).await;
    assert_eq!(site.statuses(), [204, 200, 200]);
    assert_eq!(site.provider().sends(), 1);
    fs::remove_dir_all(&folder).unwrap();
    alice.quiet().await;
}

async fn an_empty_answer_leaves_the_page_and_the_form_as_they_are(bank: &BankServer, alice: &Visitor) {
    let site = Site::seen_by(alice, bank.framework(), &form("/open/nothing")).await;
    alice.type_into("input[name=what]", "mine").await;
    for times in 1..=2 {
        alice.click(SEND).await;
        alice.wait_until("the form is carried out", async || site.statuses() == vec![204; times]).await;
        wait_until_settled(alice).await;
    }
    assert_eq!((alice.path().await, alice.value("input[name=what]").await), ("/".into(), "mine".into()));
    assert!(!alice.sees(DIALOG).await);
    alice.quiet().await;
}

async fn a_redirect_is_followed_wherever_it_leads(bank: &BankServer, alice: &Visitor) {
    for (kind, host) in [("onward", "127.0.0.1"), ("away", "localhost")] {
        for guard in ["open", "kept"] {
            let site = Site::seen_by(alice, bank.framework(), &form(&format!("/{guard}/{kind}"))).await;
            alice.click(SEND).await;
            if guard == "kept" {
                confirm(&site, alice).await;
            }
            alice.wait_until_path("/made").await;
            assert_eq!(alice.script("return location.hostname").await, host);
            alice.wait_for_text("h1", "made there").await;
            assert_eq!(site.statuses().iter().filter(|status| **status == 303).count(), 1);
        }
    }
    alice.quiet().await;
}

async fn an_answer_keeps_its_own_policy(bank: &BankServer, alice: &Visitor) {
    for kind in ["sandboxed", "strict"] {
        let path = format!("/open/{kind}");
        let _site = Site::seen_by(alice, bank.framework(), &form(&path)).await;
        alice.click(SEND).await;
        alice.wait_until_path(&path).await;
        alice.wait_for_text("h1", "made").await;
        assert_eq!(alice.title().await, "", "{kind}: no script of it ran");
        if kind == "sandboxed" {
            assert_eq!(alice.script("return self.origin").await, "null");
        }
    }
}

async fn a_session_that_ended_leads_to_the_log_in_page(bank: &BankServer, alice: &Visitor) {
    let site = Site::seen_by(alice, bank.framework(), &form("/kept/text")).await;
    alice.delete_cookie("who").await;
    alice.click(SEND).await;
    alice.wait_until_path("/login").await;
    assert_eq!(site.statuses(), [303]);
    alice.quiet().await;
}

async fn an_outage_is_shown(bank: &BankServer, alice: &Visitor) {
    let site = Site::seen_by(alice, bank.framework(), &form("/kept/text")).await;
    alice.script("document.cookie = 'who=trouble; path=/'").await;
    alice.click(SEND).await;
    alice.wait_for_text("h1", "This isn’t available right now").await;
    assert_eq!(site.statuses(), [503]);
    alice.quiet_but_for(&["503"]).await;
}

async fn a_lost_connection_is_shown(bank: &BankServer, alice: &Visitor) {
    let error_page = async || alice.script("return location.href").await == "chrome-error://chromewebdata/";
    let mut site = Site::seen_by(alice, bank.framework(), &form("/kept/text")).await;
    alice.go_offline().await;
    alice.click(SEND).await;
    alice.wait_until("the browser says that it is offline", error_page).await;
    alice.go_online().await;

    // The same after the code.
    alice.open(&site.at("/")).await;
    alice.click(SEND).await;
    alice.ask_for_a_text().await;
    let code = site.code();
    let hold = "const { submit } = HTMLFormElement.prototype;
        HTMLFormElement.prototype.submit = function () { window.send = () => submit.call(this); };";
    alice.script(hold).await;
    alice.send_code(&code).await;
    alice
        .wait_until("the form is to be sent", async || alice.script("return !!window.send").await == true)
        .await;
    site.close();
    alice.script("window.send()").await;
    alice.wait_until("the browser says that the site cannot be reached", error_page).await;
    assert_eq!(site.statuses(), [204]);
}

async fn a_session_that_ended_at_the_bank_leads_to_its_log_in_page(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.type_into("#amount", "2").await;
    alice.type_into("#payee", "bob").await;
    alice.delete_cookie(&format!("bank-{}", bank.framework().name())).await;
    alice.click("form[action='/transfer'] button").await;
    alice.wait_until_path("/login").await;
    alice.quiet().await;
}

/// Waits until the page accepts the form again.
///
/// The response removes the cookie, but the module notices that only when its timer fires, every 100 ms. Until then it
/// ignores a second click. A later timer of the same page shows that it has fired.
async fn wait_until_settled(alice: &Visitor) {
    let waits = async || alice.script("return document.cookie.includes('--stay-')").await == true;
    alice.wait_until("the answer has arrived", async || !waits().await).await;
    alice
        .script("document.body.settled = false; setTimeout(() => (document.body.settled = true), 250)")
        .await;
    let settled = async || alice.script("return document.body.settled").await == true;
    alice.wait_until("the module has noticed it", settled).await;
}
