//! The page as a screen reader gets it.

use bank_tests::browser::other_than;

use crate::{
    bank::BankServer,
    on_both::on_one,
    selectors::{CALL, CODE, NOTICE, SEND_TEXT},
    visitor::Visitor,
};

on_one! {
    the_field_describes_its_format_and_its_error,
    the_dialog_has_an_accessible_name,
}

async fn the_field_describes_its_format_and_its_error(bank: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.open("/settings").await;
    alice.ask_for_a_text().await;
    assert_eq!(alice.attribute("html", "lang").await.as_deref(), Some("en"));
    let [field] = alice.hears_all("textbox").await;
    assert_eq!(field.name, "Code");
    assert!(field.description.starts_with("Enter the latest 6-digit code."), "{field:?}");
    assert!(field.description.ends_with("5 attempts left.") && !field.invalid, "{field:?}");
    assert_eq!(alice.hears("alert").await, []);
    assert_eq!(alice.hears("heading").await[0].name, "Enter your code");
    let [_, again, _] = alice.hears_all("button").await;
    assert_eq!(again.name, "Text me again");
    assert!(again.description.starts_with("You can request a new code in"), "{again:?}");
    for attribute in [("type", "text"), ("inputmode", "numeric"), ("autocomplete", "one-time-code")] {
        assert_eq!(alice.attribute(CODE, attribute.0).await.as_deref(), Some(attribute.1));
    }
    assert_eq!(alice.attribute(CODE, "maxlength").await, None);

    alice.send_code(&other_than(&bank.code())).await;
    alice.wait_for_text(NOTICE, "That code isn’t right").await;
    let [field] = alice.hears_all("textbox").await;
    assert_eq!(field.name, "Code");
    assert!(field.invalid, "{field:?}");
    assert!(field.description.starts_with("That code isn’t right."), "{field:?}");
    assert!(field.description.ends_with("4 attempts left."), "{field:?}");
    assert_eq!(alice.hears("alert").await.len(), 1);
    alice.quiet_but_for(&["422"]).await;
}

async fn the_dialog_has_an_accessible_name(_: &BankServer, alice: &Visitor) {
    alice.log_in("alice").await;
    alice.type_into("#amount", "1").await;
    alice.type_into("#payee", "bob").await;
    alice.click("form[action='/transfer'] button").await;
    alice.wait_for(SEND_TEXT).await;
    let [dialog] = alice.hears_all("dialog").await;
    assert_eq!(dialog.name, "Send 1.00 USD to bob");
    assert_eq!(alice.attribute("dialog", "lang").await.as_deref(), Some("en"));
    // A screen reader gets nothing from behind the dialog.
    let [message, call] = alice.hears_all("button").await;
    assert_eq!((&*message.name, &*call.name), ("Send me a text message", "Call me"));
    assert_eq!(alice.hears("textbox").await, []);
    alice.ask_by(CALL).await;
    let [dialog] = alice.hears_all("dialog").await;
    assert_eq!(dialog.name, "Send 1.00 USD to bob");
    alice.quiet_but_for(&["401"]).await;
}
