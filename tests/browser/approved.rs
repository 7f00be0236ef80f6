//! An action that a person reads, and that a code is good for.

use serde_json::json;
use thirtyfour::Key;

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{CANCEL, CODE, DIALOG, SEND_TEXT},
    site::Site,
    visitor::Visitor,
};

const FORM: &str = "<form method=post action=/bound data-mfa><input name=amount value=100>
    <input name=payee value=ACME><button>Send</button></form>";
const SEND: &str = "form[data-mfa] button";
const GO: &str = "form.mfa-go button";
/// Heading and lines of the action.
const ACTION: &str = "Send to ACME|To ACME|Units 100";

on_both! {
    a_form_is_sent_again_once_its_action_is_approved,
    two_actions_have_a_dialog_each,
    without_javascript_a_button_carries_out_the_action,
}

/// Returns the heading and the lines of the action, as they are shown.
async fn shown(alice: &Visitor, within: &str) -> String {
    let script = "const words = found => found.innerText.replace(/\\s+/g, ' ').trim();
        const all = document.querySelectorAll(`${arguments[0]} h1, ${arguments[0]} .mfa-lines > div`);
        return [...all].map(words).join('|')";
    alice.script_with(script, vec![within.into()]).await.as_str().unwrap_or_default().to_owned()
}

async fn a_form_is_sent_again_once_its_action_is_approved(bank: &BankServer, alice: &Visitor) {
    let site = Site::seen_by(alice, bank.framework(), FORM).await;
    alice.click(SEND).await;
    alice.wait_for(SEND_TEXT).await;
    assert_eq!(shown(alice, DIALOG).await, ACTION);
    alice.axe().await;
    alice.ask_for_a_text().await;
    assert_eq!(shown(alice, DIALOG).await, ACTION);
    alice.send_code(&site.code()).await;
    alice.wait_for_text("body", "sent 100 to ACME").await;
    assert_eq!(site.statuses(), [204, 200]);
    alice.quiet().await;
}

/// Sends 5 to a payee with `mfa.fetch`. The text of the answer is added to `window.answers`.
async fn send(alice: &Visitor, payee: &str) {
    let send = "const [payee] = arguments;
        import('/mfa/-/mfa.js').then(async mfa => {
            const body = new URLSearchParams({ amount: 5, payee });
            const answer = await mfa.fetch('/bound', { method: 'POST', body });
            window.answers.push(await answer.text());
        })";
    alice.script_with(send, vec![payee.into()]).await;
}

async fn two_actions_have_a_dialog_each(bank: &BankServer, alice: &Visitor) {
    let site = Site::seen_by(alice, bank.framework(), "").await;
    alice.count_responses().await;
    alice.script("window.answers = []").await;
    send(alice, "Ann").await;
    alice.wait_for(SEND_TEXT).await;
    // Rejections of requests that are made at once may arrive in any order, and the first to arrive opens its dialog.
    send(alice, "Bob").await;
    send(alice, "Ann").await;
    alice.wait_for_responses(3).await;
    assert_eq!(shown(alice, DIALOG).await, "Send to Ann|To Ann|Units 5");
    alice.ask_for_a_text().await;
    alice.send_code(&site.code()).await;
    let second = async || shown(alice, DIALOG).await == "Send to Bob|To Bob|Units 5";
    alice.wait_until("the second action is shown", second).await;
    alice.ask_for_a_text().await;
    alice.send_code(&site.code()).await;
    // Two callers had shared the first dialog, whose approval was good for one of them.
    let third = async || shown(alice, DIALOG).await == "Send to Ann|To Ann|Units 5";
    alice.wait_until("the first action is shown again", third).await;
    alice.click(CANCEL).await;
    let answered = async || alice.script("return window.answers.length").await == 3;
    alice.wait_until("all have their answer", answered).await;
    let sent = "return window.answers.filter(answer => answer.startsWith('sent')).sort()";
    assert_eq!(alice.script(sent).await, json!(["sent 5 to Ann", "sent 5 to Bob"]));
    assert_eq!(site.provider().sends(), 2);
    alice.quiet_but_for(&["401"]).await;
}

async fn without_javascript_a_button_carries_out_the_action(bank: &BankServer, alice: &Visitor) {
    let site = Site::seen_by(alice, bank.framework(), FORM).await;
    alice.turn_javascript_off().await;
    alice.reload().await;
    alice.click(SEND).await;
    alice.wait_for(SEND_TEXT).await;
    assert_eq!(shown(alice, "main").await, ACTION);
    alice.ask_for_a_text().await;
    alice.type_into(CODE, &site.code()).await;
    alice.press(Key::Enter).await;
    alice.wait_for(GO).await;
    assert_eq!(shown(alice, "main").await, ACTION);
    assert_eq!(alice.text(GO).await, "Send to ACME");
    alice.click(GO).await;
    alice.wait_for_text("body", "sent 100 to ACME").await;
    assert_eq!(site.statuses(), [303, 200]);
    let posted: Vec<_> = site.posts().into_iter().map(|post| post.body).collect();
    assert_eq!(posted, ["amount=100&payee=ACME", ""], "the button sends no value");
    alice.go_back().await;
    alice.wait_for("[data-mfa-state=refusal], .mfa-go").await;
    alice.quiet_but_for(&["410"]).await;
}
