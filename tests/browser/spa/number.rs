//! Forms of a front end on another origin, which change the phone number.

use serde_json::Value;

use super::{Api, Recognition, in_dialog, open, type_code, wait_for, wait_until_closed};
use crate::{bank::BankServer, visitor::Visitor};

pub(super) async fn forms_of_the_front_end_change_the_number(bank: &BankServer, alice: &Visitor) {
    let script = format!(
        "{}\n{}
        const show = (answer) => answer.text().then((text) => (window.answer = [answer.status, text]));
        const numbers = {{ number, enterNumber, confirmNumber, removeNumber, makeRecoveryCodes, recover, show }};
        Object.assign(window, numbers);",
        include_str!("cookie.js"),
        include_str!("number.js"),
    );
    let api = Api::open(bank.framework(), Recognition::Cookie, &script).await;
    open(alice, &api.front_end.on_the_same_site()).await;
    alice.script("document.cookie = 'who=alice; path=/'").await;
    let state = answered(alice, "number()", 200).await;
    assert_eq!((&state["number"], &state["may_change"]), (&"•••34".into(), &false.into()), "{state}");

    call(alice, "enterNumber('12', 'messaging')").await;
    prompted(&api, alice).await;
    assert_eq!(answer(alice, 422).await["reason"], "unreadable");
    confirmed(&api, alice, "+12025550123").await;

    call(alice, "makeRecoveryCodes()").await;
    prompted(&api, alice).await;
    let made = answer(alice, 200).await;
    assert_eq!(made["codes"].as_array().unwrap().len(), 10, "{made}");
    assert_eq!(answered(alice, "recover('0000-0000-0000-0000')", 422).await["reason"], "wrong");
    let code = made["codes"][0].as_str().unwrap();
    assert_eq!(answered(alice, &format!("recover('{code}')"), 200).await["codes_left"], 9);
    confirmed(&api, alice, "+12025550145").await;

    call(alice, "removeNumber()").await;
    prompted(&api, alice).await;
    answer(alice, 204).await;
    assert_eq!(answered(alice, "number()", 200).await["number"], Value::Null);
    assert_eq!(api.provider.sends(), 5);
    alice.quiet_but_for(&["401", "422"]).await;
}

/// Enters a number and the code to it, which the session may do without a prompt.
async fn confirmed(api: &Api, alice: &Visitor, number: &str) {
    let entered = answered(alice, &format!("enterNumber('{number}', 'messaging')"), 201).await;
    assert_eq!(api.provider.inbox().last().unwrap().to.as_e164(), number);
    let call = format!("confirmNumber({entered}, '{}')", api.code());
    assert!(answered(alice, &call, 200).await["number"].as_str().unwrap().ends_with(&number[10..]));
}

/// Calls one of the functions for the number.
async fn call(alice: &Visitor, function: &str) {
    alice.script(&format!("{function}.then(show)")).await;
}

/// Waits for the answer to a call.
async fn answer(alice: &Visitor, status: u16) -> Value {
    let is_there = async || alice.script("return window.answer?.[0]").await == status;
    alice.wait_until(&format!("the answer is {status}"), is_there).await;
    let text = alice.script("const [, text] = answer; answer = null; return text").await;
    serde_json::from_str(text.as_str().unwrap()).unwrap_or_default()
}

async fn answered(alice: &Visitor, function: &str, status: u16) -> Value {
    call(alice, function).await;
    answer(alice, status).await
}

/// Enters the code that the dialog prompts for.
async fn prompted(api: &Api, alice: &Visitor) {
    wait_for(alice, "Enter a code to change your phone number.").await;
    in_dialog(alice, "dialog.querySelector('button[value=messaging]').click()").await;
    wait_for(alice, "We sent a text message to").await;
    type_code(alice, &api.code()).await;
    wait_until_closed(alice).await;
}
