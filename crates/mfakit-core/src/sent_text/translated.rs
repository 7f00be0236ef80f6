//! Messages, calls and pages about actions in several languages.

use super::{
    segments::{Length, is_gsm},
    tests::{sent, site},
    *,
};
use crate::{
    action::{Currency, Money, Words},
    messages::{InvalidText, MessageId, Messages},
};

fn german(id: MessageId) -> &'static str {
    match id {
        MessageId::ActionMessage => "{app}, Code {code}: {action}. Nicht weitergeben.",
        MessageId::ActionCall => "Guten Tag. Hier ist {app}. Sie geben frei: {action}. Ihr Code ist: {code}.",
        MessageId::SendAmountTo => "{amount} an {payee} senden",
        MessageId::SendAmount => "{amount} senden",
        MessageId::SendTo => "An {payee} senden",
        MessageId::AmountLabel => "Betrag",
        MessageId::PayeeLabel => "An",
        other => other.english(),
    }
}

fn arabic(id: MessageId) -> &'static str {
    match id {
        MessageId::ActionMessage => "{code} هو رمزك من {app} للموافقة: {action}. لا تشاركه.",
        MessageId::ActionCall => "مرحبا. هنا {app}. أنت توافق على: {action}. رمزك هو: {code}.",
        MessageId::SendAmountTo => "إرسال {amount} إلى {payee}",
        MessageId::SendAmount => "إرسال {amount}",
        MessageId::SendTo => "إرسال إلى {payee}",
        MessageId::AmountLabel => "المبلغ",
        MessageId::PayeeLabel => "إلى",
        other => other.english(),
    }
}

/// Adds the plural forms of the language, which no text of an action has.
fn complete(mut messages: Messages) -> Messages {
    while let Err(InvalidText::NoForm { id, form }) = messages.check() {
        let text = messages.text(id).to_owned();
        messages = messages.form(id, form, text);
    }
    messages
}

#[test]
fn message_call_and_page_name_one_amount_and_payee_in_every_language() {
    let words = Words::new()
        .with_amount(Money::new(123_450, Currency::EUR))
        .with_payee("ACME Ltd")
        .with_line("Reference", "2026-17");
    let german = Messages::new("de", german).line("reference", "Verwendungszweck").currency("EUR", "Euro");
    let arabic = Messages::new("ar-EG", arabic).line("reference", "المرجع").currency("EUR", "يورو");
    let isolated = |text: &str| format!("\u{2068}{text}\u{2069}");
    let (amount, payee) = (isolated("١٬٢٣٤٫٥٠ EUR"), isolated("ACME Ltd"));
    for (messages, message, call, page, lines) in [
        (
            Messages::english(),
            "Send 1,234.50 EUR to ACME Ltd".to_owned(),
            "Send 1234.50 E U R to ACME Ltd",
            "Send 1,234.50 EUR to ACME Ltd".to_owned(),
            ["Amount: 1,234.50 EUR", "To: ACME Ltd", "Reference: 2026-17"],
        ),
        (
            german,
            "1.234,50 EUR an ACME Ltd senden".to_owned(),
            "1234,50 Euro an ACME Ltd senden",
            "1.234,50 EUR an ACME Ltd senden".to_owned(),
            ["Betrag: 1.234,50 EUR", "An: ACME Ltd", "Verwendungszweck: 2026-17"],
        ),
        (
            arabic,
            "إرسال ١٬٢٣٤٫٥٠ EUR إلى ACME Ltd".to_owned(),
            "إرسال ١٢٣٤٫٥٠ يورو إلى ACME Ltd",
            format!("إرسال {amount} إلى {payee}"),
            ["المبلغ: ١٬٢٣٤٫٥٠ EUR", "إلى: ACME Ltd", "المرجع: 2026-17"],
        ),
    ] {
        assert_eq!(complete(messages.clone()).check(), Ok(()), "{messages}");
        let site = site("https://bank.example", false);
        let text = |channel| sent(channel, &site, &messages, "make a transfer", Some(&words));
        let (sms, voice) = (text(Channel::Messaging), text(Channel::Voice));
        assert!(sms.contains(&message) && sms.ends_with("\n\n@bank.example #{CODE}"), "{sms}");
        assert!(Length::of(&sms.replace(CODE_PLACEHOLDER, "123456")).fits_two_segments(), "{sms}");
        assert!(voice.contains(call), "{voice}");
        let text = words.text(&messages, "make a transfer");
        assert_eq!(text.sentence(), page, "{messages}");
        let shown = text.lines().iter().map(|line| format!("{}: {}", line.label, line.value));
        assert_eq!(shown.collect::<Vec<_>>(), lines, "{messages}");
        assert!(!sms.contains(['\u{2068}', '\u{2069}']) && !voice.contains(['\u{2068}', '\u{2069}']));
    }
}

#[test]
fn amounts_are_written_as_in_the_language() {
    for (tag, currency, minor, written, spoken) in [
        ("de", Currency::EUR, 10_000, "100,00 EUR", "100 E U R"),
        ("de", Currency::EUR, 123_456_789, "1.234.567,89 EUR", "1234567,89 E U R"),
        ("de-CH", Currency::CHF, 123_456_789, "1'234'567.89 CHF", "1234567.89 C H F"),
        ("fr", Currency::EUR, 123_456_789, "1\u{202f}234\u{202f}567,89 EUR", "1234567,89 E U R"),
        ("en-IN", Currency::USD, 123_456_789, "12,34,567.89 USD", "1234567.89 U S D"),
        ("ar-EG", Currency::EUR, 10_000, "١٠٠٫٠٠ EUR", "١٠٠ E U R"),
        ("ja", Currency::JPY, 1_000_000, "1,000,000 JPY", "1000000 J P Y"),
        ("en", Currency::EUR, 1, "0.01 EUR", "0.01 E U R"),
        ("en", Currency::EUR, u64::MAX, "184,467,440,737,095,516.15 EUR", "184467440737095516.15 E U R"),
    ] {
        let (messages, money) = (Messages::new(tag, MessageId::english), Money::new(minor, currency));
        assert_eq!(money.text(&messages), written, "{tag}");
        assert_eq!(money.spoken(&messages), spoken, "{tag}");
    }
}

#[test]
fn the_separators_of_a_number_do_not_make_a_message_dearer() {
    let site = site("https://bank.example", false);
    let words = Words::new().with_amount(Money::new(12_345_600, Currency::EUR)).with_payee("ACME Ltd");
    for tag in ["fr", "de-CH", "en-ZA"] {
        let messages = Messages::new(tag, MessageId::english);
        let message = sent(Channel::Messaging, &site, &messages, "pay", Some(&words));
        assert!(is_gsm(&message), "{tag}: {message}");
    }
}
