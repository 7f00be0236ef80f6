//! The page in an app's own theme and messages.

use std::time::Duration;

use bank_tests::languages::{arabic, german};
use mfakit::{Theme, theme::ColorScheme};

use crate::{
    bank::BankServer,
    on_both::on_one,
    selectors::{CODE, SEND_TEXT},
    visitor::Visitor,
};

on_one! {
    an_app_has_its_own_theme_and_links,
    the_page_is_in_the_language_of_the_user,
    arabic_is_laid_out_from_right_to_left,
}

async fn an_app_has_its_own_theme_and_links(bank: &BankServer, alice: &Visitor) {
    let bank = BankServer::with(bank.framework(), |engine| {
        let look = Theme::new()
            .logo("/bank.svg")
            .accent("#7c2d92", "#e9a8ff")
            .color_scheme(ColorScheme::Dark)
            .help("/help");
        engine.theme(look.alternative("/security-key?for={scope}", "Use a security key"))
    });
    let alice = alice.visiting(&bank);
    alice.log_in("alice").await;
    alice.prefers("light").await;
    alice.open("/settings").await;
    alice.wait_for(SEND_TEXT).await;
    let background = alice.style("main", "backgroundColor").await;
    assert_eq!(background, "rgb(24, 28, 34)", "dark, whatever is preferred");
    assert_eq!(alice.style(SEND_TEXT, "backgroundColor").await, "rgb(233, 168, 255)");
    assert_eq!(alice.attribute(".mfa-help", "href").await.as_deref(), Some("/help"));
    let other = ".mfa-other a";
    assert_eq!(alice.text(other).await, "Use a security key");
    assert_eq!(alice.attribute(other, "href").await.as_deref(), Some("/security-key?for=settings"));
    alice.assert_accessible("dressed").await;
    alice.quiet().await;
}

async fn the_page_is_in_the_language_of_the_user(bank: &BankServer, alice: &Visitor) {
    let bank = BankServer::with(bank.framework(), |engine| engine.messages(german()));
    let alice = alice.visiting(&bank);
    alice.speaks("de").await;
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.wait_for_text("h1", "Bitte bestätigen Sie").await;
    assert_eq!(alice.attribute("html", "lang").await.as_deref(), Some("de"));
    assert!(alice.text("main").await.contains("um Ihre Einstellungen zu ändern"));
    alice.ask_for_a_text().await;
    alice.time_passes(Duration::from_secs(1)).await;
    alice.wait_for_text("#mfa-wait", "29 Sekunden").await;
    alice.assert_accessible("german").await;

    // The dialog of an app that is in another language.
    alice.open("/account").await;
    alice.type_into("#amount", "1").await;
    alice.type_into("#payee", "bob").await;
    alice.click("form[action='/transfer'] button").await;
    alice.wait_for_text("dialog h1", "1,00 USD an bob senden").await;
    assert_eq!(alice.attribute("dialog", "lang").await.as_deref(), Some("de"));
    alice.quiet_but_for(&["401"]).await;
}

async fn arabic_is_laid_out_from_right_to_left(bank: &BankServer, alice: &Visitor) {
    let bank = BankServer::with(bank.framework(), |engine| engine.messages(arabic()));
    let alice = alice.visiting(&bank);
    alice.speaks("ar").await;
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    assert_eq!(alice.attribute("html", "lang").await.as_deref(), Some("ar-EG"));
    assert_eq!(alice.attribute("html", "dir").await.as_deref(), Some("rtl"));
    // Digits still run from left to right, both in the number and in the code field.
    assert!(alice.text("main").await.contains("\u{2066}•••34\u{2069}"));
    assert_eq!(alice.property(CODE, "dir").await, "ltr");
    alice.assert_accessible("arabic").await;
    alice.send_code(&bank.code()).await;
    alice.wait_until_path("/settings").await;
    alice.quiet().await;
}
