//! Texts of messages, and how a phone reads them.

use std::time::Duration;

use super::*;
use crate::{action::Words, messages::Messages, site::Site};

pub(super) fn site(origin: &str, single_code: bool) -> Site {
    Site {
        name: "Example Bank".to_owned(),
        origin: origin.to_owned(),
        host: crate::site::parse_origin(origin).unwrap().host().to_string(),
        path: "/mfa".to_owned(),
        login_url: None,
        public_path: String::new(),
        trusted_origins: Vec::new(),
        theme: crate::theme::Theme::new(),
        single_code,
        code_host: None,
        android_app_hash: None,
    }
}

fn composed(channel: Channel, single_code: bool) -> String {
    let site = site("https://bank.example:8443", single_code);
    sent(channel, &site, &Messages::english(), "make a transfer", None)
}

/// Composes a text for a code of six digits that lasts five minutes.
pub(super) fn sent(
    channel: Channel,
    site: &Site,
    messages: &Messages,
    label: &str,
    words: Option<&Words>,
) -> String {
    let lifetime = Duration::from_secs(5 * 60);
    compose(&SentText { channel, site, messages, label, lifetime, digits: 6, words }).unwrap()
}

/// An origin-bound one-time code: the host of its origin, an embedded host, the code.
pub(super) type OriginBound = (String, Option<String>, String);

/// The parsing algorithm of the specification, step by step
/// (<https://wicg.github.io/sms-one-time-codes/#parsing>).
pub(super) fn parse(message: &str) -> Option<OriginBound> {
    let normalized = message.replace("\r\n", "\n").replace('\r', "\n");
    let line: Vec<char> = normalized.split('\n').next_back()?.chars().collect();
    let mut position = 0;
    let host = marked_token(&line, &mut position, '@')?;
    if *line.get(position)? != ' ' {
        return None;
    }
    position += 1;
    let code = marked_token(&line, &mut position, '#')?;
    let mut embedded = None;
    if line.get(position) == Some(&' ') {
        position += 1;
        embedded = marked_token(&line, &mut position, '%');
    }
    Some((host, embedded, code))
}

/// "Extract a marked token".
fn marked_token(line: &[char], position: &mut usize, marker: char) -> Option<String> {
    if *line.get(*position)? != marker {
        return None;
    }
    *position += 1;
    let whitespace = |c: &char| matches!(c, '\t' | '\n' | '\u{c}' | '\r' | ' ');
    let token: String = line.get(*position..)?.iter().take_while(|c| !whitespace(c)).collect();
    *position += token.chars().count();
    (!token.is_empty()).then_some(token)
}

#[test]
fn the_parser_reads_the_examples_of_the_specification() {
    let found = |host: &str, embedded: Option<&str>| {
        Some((host.to_owned(), embedded.map(str::to_owned), "747723".to_owned()))
    };
    for (message, parsed) in [
        ("747723 is your ExampleCo authentication code.\n\n@example.com #747723", found("example.com", None)),
        (
            "747723 is your code.\n\n@example.com #747723 %ecommerce.example",
            found("example.com", Some("ecommerce.example")),
        ),
        ("@example.com #747723 %ecommerce.example $future", found("example.com", Some("ecommerce.example"))),
        ("@example.com #747723 $future", found("example.com", None)),
        ("something @example.com #747723", None),
        ("#747723 %ecommerce.example @example.com", None),
        ("@example.com code #747723", None),
        ("@example.com  #747723", None),
        ("@example.com #747723\n", None),
        ("@ #747723", None),
        ("@example.com #", None),
        ("", None),
    ] {
        assert_eq!(parse(message), parsed, "{message:?}");
    }
}

#[test]
fn a_text_message_is_bound_to_the_site() {
    let text = composed(Channel::Messaging, false).replace(CODE_PLACEHOLDER, "123456");
    assert_eq!(parse(&text), Some(("bank.example".to_owned(), None, "123456".to_owned())));
    assert!(text.starts_with("123456 is your Example Bank code to make a transfer."), "{text}");
    assert!(text.ends_with("\n\n@bank.example #123456"), "{text}");
    assert_eq!(text.lines().filter(|line| line.contains('@')).count(), 1);
}

#[test]
fn a_text_message_is_bound_to_the_origin_of_the_field() {
    let site = Site { code_host: Some("app.example".to_owned()), ..site("https://api.example", false) };
    let compose = |channel| sent(channel, &site, &Messages::english(), "pay", None);
    let text = compose(Channel::Messaging).replace(CODE_PLACEHOLDER, "123456");
    assert_eq!(parse(&text), Some(("app.example".to_owned(), None, "123456".to_owned())));
    assert!(!compose(Channel::Voice).contains("app.example"));
}

#[test]
fn a_message_for_an_android_app_ends_with_its_hash_and_has_no_binding() {
    for single_code in [true, false] {
        let hash = Some("FA+9qCX9VSu".to_owned());
        let site = Site { android_app_hash: hash, ..site("https://bank.example", single_code) };
        let compose = |channel| sent(channel, &site, &Messages::english(), "pay", None);
        let text = compose(Channel::Messaging);
        assert!(text.ends_with("\n\nFA+9qCX9VSu") && !text.contains('@'), "{text}");
        assert_eq!(text.matches(CODE_PLACEHOLDER).count(), 1, "{text}");
        assert!(!compose(Channel::Voice).contains("FA+9qCX9VSu"));
    }
}

#[test]
fn a_text_message_fits_the_alphabet_of_the_cheapest_messages() {
    // Outside of it a message of the same length is sent in more than twice as many parts (3GPP TS 23.038).
    assert!(composed(Channel::Messaging, false).is_ascii());
}

#[test]
fn a_call_reads_the_code_twice_and_has_no_binding() {
    let text = composed(Channel::Voice, false);
    assert_eq!(text.matches(CODE_PLACEHOLDER).count(), 2);
    assert!(!text.contains(['@', '#', '\n']) && parse(&text).is_none(), "{text}");
}

#[test]
fn a_provider_with_a_single_code_gets_one_placeholder() {
    for channel in Channel::all().iter().copied() {
        let text = composed(channel, true);
        assert_eq!(text.matches(CODE_PLACEHOLDER).count(), 1, "{text}");
        assert!(!text.contains(['@', '#', '\n']), "{text}");
    }
}

#[test]
fn a_message_names_the_app_the_purpose_the_code_and_its_lifetime() {
    for channel in Channel::all().iter().copied() {
        for single_code in [true, false] {
            let text = composed(channel, single_code);
            for part in ["Example Bank", "make a transfer", "5 minutes", "Do not share"] {
                assert!(text.contains(part), "{text}");
            }
            assert!(text.len() <= LONGEST_MESSAGE);
        }
    }
}
