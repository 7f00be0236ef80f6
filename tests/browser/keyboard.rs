//! The page and the dialog with the keyboard alone.

use thirtyfour::Key;

use crate::{
    bank::BankServer,
    on_both::on_both,
    selectors::{CODE, DIALOG, SEND_TEXT},
    visitor::Visitor,
};

const MESSAGING: &str = "button[name=channel][value=messaging]";
const VOICE: &str = "button[name=channel][value=voice]";
const FIELD: &str = "input#mfa-code[name=code]";
/// Elements that end or leave the prompt.
const OUT: &str = "body";

on_both! {
    the_page_needs_no_mouse,
    the_dialog_needs_no_mouse,
}

async fn the_page_needs_no_mouse(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.wait_for(SEND_TEXT).await;
    walks(alice, &[MESSAGING, VOICE, "a[href=/account]"]).await;
    alice.press(Key::Tab).await;
    // The focus is not trapped.
    alice.wait_for_focus(OUT).await;
    alice.tab_to(MESSAGING).await;
    alice.press(Key::Enter).await;

    alice.wait_for(CODE).await;
    alice.wait_for_focus(FIELD).await;
    // Buttons that have to wait are skipped.
    walks(alice, &["button", "a[href=/account]"]).await;
    for back in ["button", FIELD] {
        alice.press_with(Key::Shift, Key::Tab).await;
        alice.wait_for_focus(back).await;
    }
    alice.press(&*bank.code()).await;
    alice.press(Key::Enter).await;
    alice.wait_until_path("/settings").await;
    assert_eq!(alice.text("h1").await, "Settings");
    alice.quiet().await;
}

async fn the_dialog_needs_no_mouse(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    let mut stops = Vec::new();
    while stops.last().map(String::as_str) != Some("input#amount[name=amount]") {
        assert!(stops.len() < 20, "the amount is not among {stops:?}");
        alice.press(Key::Tab).await;
        stops.push(alice.focused().await);
    }
    alice.press("12.50").await;
    alice.press(Key::Tab).await;
    alice.wait_for_focus("input#payee[name=payee]").await;
    alice.press("bob").await;
    for escapes in [true, false] {
        alice.press(Key::Enter).await;
        alice.wait_for(SEND_TEXT).await;
        alice.wait_for_focus("h1#mfa-title").await;
        walks(alice, &[MESSAGING, VOICE, "a[href=/account]"]).await;
        // Once more around, through the browser's own controls, and past nothing behind the dialog.
        let mut met = Vec::new();
        while met.last().map(String::as_str) != Some(MESSAGING) && met.len() < 5 {
            alice.press(Key::Tab).await;
            met.push(alice.focused().await);
        }
        met.retain(|focused| focused != OUT && !focused.starts_with("dialog"));
        assert_eq!(met, [MESSAGING]);
        if escapes {
            alice.press(Key::Escape).await;
            alice.wait_until_gone("dialog, form[aria-busy=true]").await;
            alice.wait_for_focus("input#payee[name=payee]").await;
        }
    }
    alice.press(" ").await;
    alice.wait_for(CODE).await;
    alice.wait_for_focus(FIELD).await;
    walks(alice, &["button", "a[href=/account]"]).await;
    for back in ["button", FIELD] {
        alice.press_with(Key::Shift, Key::Tab).await;
        alice.wait_for_focus(back).await;
    }
    alice.press(&*bank.code()).await;
    alice.press(Key::Enter).await;
    alice.wait_until_gone(DIALOG).await;
    alice.wait_for_text("tbody", "−$12.50").await;
    alice.quiet_but_for(&["401"]).await;
}

/// Presses Tab for each of these, and checks that it gets the focus and shows it.
async fn walks(alice: &Visitor, stops: &[&str]) {
    for stop in stops {
        alice.tab_to(stop).await;
        let outline = "const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
            return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2";
        assert_eq!(alice.script(outline).await, true, "the focus on {stop} is visible");
    }
}
