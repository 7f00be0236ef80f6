//! Apps, amounts and payees that leave little room.

use std::time::Duration;

use crate::{
    action::{Currency, Money, Words, safe_text},
    channel::Channel,
    messages::Messages,
    sent_text::{
        CODE_PLACEHOLDER, SentText, compose,
        segments::Length,
        tests::{sent, site},
    },
    site::Site,
};

#[test]
fn an_app_whose_name_leaves_no_room_is_found_when_it_starts() {
    let room = |name: &str, host: &str| {
        let site = Site { name: name.to_owned(), ..site(host, false) };
        let (messages, lifetime) = (Messages::english(), Duration::from_secs(300));
        let (channel, label, digits) = (Channel::Messaging, "pay", 6);
        SentText { channel, site: &site, messages: &messages, label, lifetime, digits, words: None }
            .missing_room()
    };
    assert_eq!(room("Example Bank", "https://bank.example"), 0);
    assert_eq!(room(&"A".repeat(60), "https://the-longest-name-of-a-host.bank.example"), 65);
    // An app with just enough room shows 20 characters of the longest payee, and its amount.
    let name =
        (1..60).map(|length| "A".repeat(length)).take_while(|name| room(name, "https://bank.example") == 0);
    let site = Site { name: name.last().unwrap(), ..site("https://bank.example", false) };
    let payee = "\u{416}".repeat(200);
    let words =
        Words::new().with_amount(Money::new(999_999_999_999_999_999, Currency::EUR)).with_payee(payee);
    let message = sent(Channel::Messaging, &site, &Messages::english(), "pay", Some(&words));
    let shown = format!("Send 9,999,999,999,999,999.99 EUR to {}\u{2026}. ", "\u{416}".repeat(20));
    assert!(message.contains(&shown), "{message}");
    assert_eq!(message.replace(CODE_PLACEHOLDER, "123456").encode_utf16().count(), 134);
}

#[test]
fn a_message_has_two_segments_or_is_not_sent() {
    let payees = ["ACME", "\u{416}", "e\u{301}\u{302}", "\u{1f512}", "\u{20ac}", "a"];
    let payees = payees.iter().flat_map(|payee| [(*payee).to_owned(), payee.repeat(9), payee.repeat(200)]);
    let payees: Vec<_> = payees.collect();
    let (mut composed, mut refused) = (0, 0);
    for (length, minor) in (1..=60).flat_map(|length| [0, 10_000, u64::MAX].map(|minor| (length, minor))) {
        for payee in &payees {
            let site = Site { name: "A".repeat(length), ..site("https://the-host-of-a.bank.example", false) };
            let amount = Money::new(minor, Currency::EUR);
            let words = Words::new().with_amount(amount).with_payee(payee);
            let (messages, label, lifetime) = (&Messages::english(), "pay", Duration::from_secs(300));
            let (channel, site, words, digits) = (Channel::Messaging, &site, Some(&words), 6);
            let text = compose(&SentText { channel, site, messages, label, lifetime, digits, words });
            let Ok(message) = text else {
                refused += 1;
                continue;
            };
            composed += 1;
            let filled = message.replace(CODE_PLACEHOLDER, "123456");
            assert!(Length::of(&filled).fits_two_segments(), "{filled}");
            let (_, shown) = filled.split_once(&format!("Send {} to ", amount.text(messages))).unwrap();
            let shown = shown.split_once(". Never").unwrap().0.trim_end_matches(['.', '\u{2026}']);
            let whole = safe_text::for_message(payee);
            assert!(shown == whole || safe_text::characters(shown) >= 8, "{shown:?} of {whole:?}");
        }
    }
    assert!(composed > 1000 && refused > 100, "{composed} {refused}");
}
