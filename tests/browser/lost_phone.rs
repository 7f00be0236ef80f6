//! People who lost their phone replace its number with a recovery code.

use std::{fs, time::Duration};

use mfakit::{Policy, policy::Limit};
use serde_json::json;
use thirtyfour::Key;

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{
        CANCEL, CHANGE, DIALOG, GOOD, LOST, MAKE_CODES, NOTICE, NUMBER, RECOVER, RECOVERY, REMOVE, SAVE,
        SEND_TEXT, STATUS,
    },
    visitor::Visitor,
};

const PAGE: &str = "/mfa/number";
const WRONG: &str = "0000-0000-0000-0000";
const CODES: &str = "main[data-mfa-state=recovery-codes]";
const LINK: &str = "a[href='/mfa/number']";
const CODE_FIELD: &str = "input#mfa-code[name=code]";
const RECOVERY_FIELD: &str = "input#mfa-recovery[name=code]";
const NUMBER_FIELD: &str = "input#mfa-number[name=number]";

on_both! {
    a_lost_phone_is_replaced,
    a_lost_phone_is_replaced_without_javascript,
    a_lost_phone_is_replaced_with_the_keyboard,
    a_lost_phone_is_replaced_in_the_dialog,
    new_recovery_codes_stay_in_the_dialog,
    new_recovery_codes_can_be_saved,
    too_many_recovery_codes_are_rejected,
    an_old_sign_in_leads_to_a_new_one,
}

async fn a_lost_phone_is_replaced(bank: &BankServer, alice: &Visitor) {
    live_through(bank, alice).await;
}

async fn a_lost_phone_is_replaced_without_javascript(bank: &BankServer, alice: &Visitor) {
    alice.turn_javascript_off().await;
    live_through(bank, alice).await;
}

/// Makes recovery codes, signs in on another phone, and replaces the number there.
async fn live_through(bank: &BankServer, alice: &Visitor) {
    let codes = makes_codes(bank, alice).await;
    on_another_phone(bank, alice).await;
    alice.open(PAGE).await;
    alice.wait_for_text("main", "Recovery codes left: 10, made on ").await;
    assert!(!alice.sees(RECOVERY).await, "the form is closed");
    alice.click(LOST).await;
    for (typed, text) in [(WRONG, "This recovery code isn’t valid."), ("S3CRET", "has 16 letters and digits")]
    {
        alice.type_into(RECOVERY, typed).await;
        alice.click_through(RECOVER).await;
        alice.wait_for_text(NOTICE, text).await;
        alice.wait_for_focus(RECOVERY_FIELD).await;
        assert_eq!(alice.value(RECOVERY).await, "", "a code is never shown");
        assert_eq!(alice.title().await, "Error: Check the recovery code – Example Bank");
        let [field] = alice.hears_all("textbox").await;
        assert!(field.invalid && field.description.contains(text), "{field:?}");
        assert_eq!(field.name, "Recovery code");
    }
    // People type it as they like.
    alice.type_into(RECOVERY, &codes[0].to_lowercase().replace('-', " ")).await;
    alice.click_through(RECOVER).await;
    accepted(alice).await;
    alice.wait_for_text("main", "Recovery codes left: 9, ").await;
    assert_eq!(bank.provider().sends(), 1, "a recovery code sends nothing");
    replaces(bank, alice).await;

    alice.click(LOST).await;
    alice.type_into(RECOVERY, &codes[0]).await;
    alice.click_through(RECOVER).await;
    alice.wait_for_text(NOTICE, "This recovery code isn’t valid.").await;
    assert!(!alice.sees(NUMBER).await, "a used code opens nothing");
    alice.quiet_but_for(&["422"]).await;
}

async fn a_lost_phone_is_replaced_with_the_keyboard(bank: &BankServer, alice: &Visitor) {
    allows_a_change(bank, alice).await;
    let [text, call] = ["messaging", "voice"].map(|way| format!("button[name=channel][value={way}]"));
    alice.tab_through(&[NUMBER_FIELD, &text, &call, "button", "button"]).await;
    alice.press(Key::Enter).await;
    alice.wait_for(CODES).await;
    let codes = codes_on(alice).await;
    alice.press(Key::Tab).await;
    let saves = async || alice.focused().await.starts_with("a[href=data:text/plain");
    alice.wait_until("the link that saves has the focus", saves).await;
    alice.tab_through(&["a[href=/mfa/number]"]).await;
    alice.press(Key::Enter).await;
    alice.wait_until_path(PAGE).await;
    alice.wait_for(CHANGE).await;

    on_another_phone(bank, alice).await;
    alice.open(PAGE).await;
    alice.press(Key::Tab).await;
    alice.tab_through(&["summary"]).await;
    alice.press(" ").await;
    alice.tab_through(&[RECOVERY_FIELD]).await;
    alice.press(WRONG).await;
    alice.press(Key::Enter).await;
    alice.wait_for_text(NOTICE, "This recovery code isn’t valid.").await;
    alice.wait_for_focus(RECOVERY_FIELD).await;
    alice.press(&*codes[3]).await;
    alice.press(Key::Enter).await;
    accepted(alice).await;
    alice.tab_through(&[NUMBER_FIELD]).await;
    alice.press("2025550123").await;
    alice.press(Key::Enter).await;
    alice.wait_for_focus(CODE_FIELD).await;
    alice.press(&*bank.code()).await;
    alice.press(Key::Enter).await;
    replaced(bank, alice).await;
    alice.quiet_but_for(&["422"]).await;
}

async fn a_lost_phone_is_replaced_in_the_dialog(bank: &BankServer, alice: &Visitor) {
    alice.log_in_now(bank, "alice").await;
    turns_the_dialog_on(alice).await;
    alice.click(LINK).await;
    alice.click_through(CHANGE).await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    alice.click_through(MAKE_CODES).await;
    shows(alice, "recovery-codes", "lost-dialog-codes").await;
    alice.wait_for_focus("h1#mfa-title").await;
    let codes = codes_on(alice).await;
    alice.click(CANCEL).await;
    alice.wait_until_gone("dialog").await;

    on_another_phone(bank, alice).await;
    turns_the_dialog_on(alice).await;
    alice.click(LINK).await;
    alice.click(LOST).await;
    shows(alice, "on-file", "lost-dialog-form").await;
    alice.type_into(RECOVERY, WRONG).await;
    alice.click_through(RECOVER).await;
    alice.wait_for_text(NOTICE, "This recovery code isn’t valid.").await;
    alice.wait_for_focus(RECOVERY_FIELD).await;
    shows(alice, "on-file", "lost-dialog-wrong").await;
    alice.type_into(RECOVERY, &codes[0]).await;
    alice.click_through(RECOVER).await;
    alice.wait_for_text("dialog .mfa-good", "Your recovery code was accepted.").await;
    shows(alice, "change", "lost-dialog-accepted").await;
    alice.press(Key::Escape).await;
    alice.wait_until_gone("dialog").await;
    assert_eq!(alice.script("return told").await, json!(["mfa-cancel"]), "the number is as it was");

    alice.click(LINK).await;
    alice.type_into(NUMBER, "2025550123").await;
    alice.ask_for_a_text().await;
    assert_eq!(bank.provider().inbox().last().unwrap().to.as_e164(), "+12025550123");
    alice.send_code(&bank.code()).await;
    alice.wait_for_text("dialog .mfa-good", "Your phone number is confirmed.").await;
    alice.click(CANCEL).await;
    alice.wait_until_gone("dialog").await;
    assert_eq!(alice.script("return told").await, json!(["mfa-cancel", "mfa-change"]));
    assert_eq!(alice.path().await, "/account");
    assert_eq!(bank.provider().sends(), 2);
    alice.quiet_but_for(&["422"]).await;
}

async fn new_recovery_codes_stay_in_the_dialog(bank: &BankServer, alice: &Visitor) {
    allows_a_change(bank, alice).await;
    alice.open("/account").await;
    turns_the_dialog_on(alice).await;
    alice.click(LINK).await;
    alice.click_through(MAKE_CODES).await;
    let codes = codes_on(alice).await;
    let first = format!("{DIALOG} h1");
    alice.wait_for_focus("h1#mfa-title").await;
    // Browsers let a page stop Escape only once in a row. `requestClose` stands for the gesture back of a phone.
    for by_key in [true, true, true, false, false] {
        if by_key {
            alice.press(Key::Escape).await;
        } else {
            alice.script("document.querySelector('dialog').requestClose()").await;
        }
        alice.wait_for_focus("a[href=/mfa/number]").await;
        assert_eq!(alice.text(&format!("{DIALOG} {CANCEL}")).await, "I’ve kept them safe");
        alice.wait_for_text(&format!("{DIALOG} {STATUS}"), "because they’re shown only once").await;
        assert_eq!(codes_on(alice).await, codes);
        alice.script(&format!("document.querySelector('{first}').focus()")).await;
    }
    alice.click_outside().await;
    assert_eq!(codes_on(alice).await, codes);
    shows(alice, "recovery-codes", "lost-dialog-codes-kept").await;
    assert_eq!(alice.script("return told").await, json!([]));
    alice.press(Key::Escape).await;
    alice.wait_for_focus("a[href=/mfa/number]").await;
    alice.press(Key::Enter).await;
    alice.wait_until_gone("dialog").await;
    assert_eq!(alice.script("return told").await, json!(["mfa-cancel"]), "the number is as it was");
    // Other pages close as before.
    alice.click(LINK).await;
    alice.wait_for(CHANGE).await;
    alice.press(Key::Escape).await;
    alice.wait_until_gone("dialog").await;
    alice.quiet().await;
}

async fn new_recovery_codes_can_be_saved(bank: &BankServer, alice: &Visitor) {
    let folder =
        std::env::temp_dir().join(format!("mfakit-codes-{}-{:?}", std::process::id(), bank.framework()));
    fs::create_dir_all(&folder).unwrap();
    let allow = json!({ "behavior": "allow", "downloadPath": folder });
    alice.browser().cdp().send_raw("Browser.setDownloadBehavior", allow).await.unwrap();
    let saved = folder.join("recovery-codes.txt");
    for (scripts, in_dialog) in [(true, false), (true, true), (false, false)] {
        if !scripts {
            alice.turn_javascript_off().await;
        }
        allows_a_change(bank, alice).await;
        if in_dialog {
            alice.open("/account").await;
            turns_the_dialog_on(alice).await;
            alice.click(LINK).await;
        }
        alice.click_through(MAKE_CODES).await;
        let codes = codes_on(alice).await;
        alice.click(SAVE).await;
        let is_whole = |text: &str| text.ends_with(&format!("\r\n\r\n{}\r\n", codes.join("\r\n")));
        let is_there = async || fs::read_to_string(&saved).is_ok_and(|text| is_whole(&text));
        alice.wait_until("the file is saved", is_there).await;
        let text = fs::read_to_string(&saved).unwrap();
        assert!(text.starts_with("Recovery codes for Example Bank\r\n"), "{text}");
        fs::remove_file(&saved).unwrap();
        assert_eq!(codes_on(alice).await, codes, "the page stays");
        // They are shown once.
        alice.open(PAGE).await;
        alice.wait_for_text("main", "Recovery codes left: 10, ").await;
        assert!(!alice.text("main").await.contains(&codes[0]));
        on_another_phone(bank, alice).await;
    }
    fs::remove_dir(&folder).unwrap();
    alice.quiet().await;
}

async fn too_many_recovery_codes_are_rejected(bank: &BankServer, alice: &Visitor) {
    let hour = Duration::from_secs(60 * 60);
    let bank = BankServer::with(bank.framework(), |engine| {
        engine.policy(Policy::default().recovery_attempts_per_user([Limit::new(2, hour)]))
    });
    let alice = &alice.visiting(&bank);
    let codes = makes_codes(&bank, alice).await;
    on_another_phone(&bank, alice).await;
    alice.open(PAGE).await;
    alice.click(LOST).await;
    for typed in [WRONG, WRONG, &codes[0]] {
        alice.type_into(RECOVERY, typed).await;
        alice.click_through(RECOVER).await;
        alice.wait_for(NOTICE).await;
    }
    alice.wait_for_text(NOTICE, "Too many recovery codes were entered. Try again in 60 minutes.").await;
    assert!(!alice.sees(NUMBER).await, "a right code opens nothing");
    bank.clock().advance(hour);
    alice.open(PAGE).await;
    alice.wait_for_text("main", "Recovery codes left: 10, ").await;
    alice.quiet_but_for(&["422", "429"]).await;
}

async fn an_old_sign_in_leads_to_a_new_one(bank: &BankServer, alice: &Visitor) {
    let codes = makes_codes(bank, alice).await;
    on_another_phone(bank, alice).await;
    alice.open(PAGE).await;
    bank.clock().advance(Duration::from_secs(11 * 60));
    alice.click(LOST).await;
    alice.type_into(RECOVERY, &codes[0]).await;
    alice.click_through(RECOVER).await;
    alice.wait_for_text(NOTICE, "only within 10 minutes of signing in").await;
    assert_eq!(alice.title().await, "Error: Please sign in again – Example Bank");
    alice.assert_accessible("lost-sign-in-too-old").await;
    alice.click_through("a.mfa-button[href='/login']").await;
    alice.wait_until_path("/login").await;
    // The code was not spent.
    alice.log_in_now(bank, "alice").await;
    alice.open(PAGE).await;
    alice.click(LOST).await;
    alice.type_into(RECOVERY, &codes[0]).await;
    alice.click_through(RECOVER).await;
    accepted(alice).await;
    alice.quiet_but_for(&["401"]).await;
}

/// Enters the number of the new phone, and the code to it.
async fn replaces(bank: &BankServer, alice: &Visitor) {
    alice.type_into(NUMBER, "(202) 555-0123").await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    replaced(bank, alice).await;
}

/// Asserts that the number is that of the new phone.
async fn replaced(bank: &BankServer, alice: &Visitor) {
    alice.wait_for_text(GOOD, "Your phone number is confirmed.").await;
    alice.wait_for_text("main", "We send codes to •••23.").await;
    assert_eq!(bank.provider().inbox().last().unwrap().to.as_e164(), "+12025550123");
    assert!(alice.sees(CHANGE).await && !alice.sees(NUMBER).await, "the permission is consumed");
}

/// Asserts that a recovery code was accepted, which opens the replacement and nothing else.
async fn accepted(alice: &Visitor) {
    alice.wait_until_path(PAGE).await;
    alice.wait_for_text(GOOD, "Your recovery code was accepted.").await;
    assert!(alice.sees(SEND_TEXT).await && !alice.sees(REMOVE).await && !alice.sees(MAKE_CODES).await);
}

/// Makes recovery codes, and returns them.
async fn makes_codes(bank: &BankServer, alice: &Visitor) -> Vec<String> {
    allows_a_change(bank, alice).await;
    alice.wait_for_text("main", "You have no recovery codes.").await;
    alice.click_through(MAKE_CODES).await;
    alice.wait_for(CODES).await;
    codes_on(alice).await
}

/// Logs in, and enters a code to the number on file.
async fn allows_a_change(bank: &BankServer, alice: &Visitor) {
    alice.log_in_now(bank, "alice").await;
    alice.open(PAGE).await;
    alice.click_through(CHANGE).await;
    alice.ask_for_a_text().await;
    alice.send_code(&bank.code()).await;
    alice.wait_until_path(PAGE).await;
    alice.wait_for(REMOVE).await;
}

/// Returns the recovery codes that are shown.
async fn codes_on(alice: &Visitor) -> Vec<String> {
    let text = alice.text(".mfa-codes").await;
    let codes: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
    assert_eq!(codes.len(), 10, "{text}");
    codes
}

/// Logs in as on another phone, which has no cookies.
async fn on_another_phone(bank: &BankServer, alice: &Visitor) {
    alice.browser().delete_all_cookies().await.unwrap();
    alice.log_in_now(bank, "alice").await;
}

/// Lets the link of the account page open the dialog, and records its events.
async fn turns_the_dialog_on(alice: &Visitor) {
    let turn_on = "
        window.told = [];
        document.querySelector(\"a[href='/mfa/number']\").dataset.mfa = '';
        for (const name of ['mfa-change', 'mfa-cancel']) addEventListener(name, () => told.push(name));";
    alice.script(turn_on).await;
}

/// Asserts that the dialog is in this state, and that it is accessible.
async fn shows(alice: &Visitor, state: &str, name: &str) {
    alice.wait_for(&format!("{DIALOG}[data-mfa-state='{state}']")).await;
    alice.assert_accessible(name).await;
}
