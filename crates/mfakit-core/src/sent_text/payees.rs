//! Payees that strangers chose, in messages, in calls and on the page.

use super::{
    segments::Length,
    tests::{parse, sent, site},
    *,
};
use crate::{
    action::{Currency, Money, Words},
    messages::Messages,
    site::Site,
};

/// Names of payees, and how they are shown: in a message, in a call, and on the page.
const PAYEES: &[[&str; 5]] = &[
    ["an ordinary name", "ACME & Sons Ltd.", "ACME & Sons Ltd.", "ACME Sons Ltd", "ACME & Sons Ltd."],
    [
        "a name with signs",
        "Frank\u{2019}s \u{2013} Bar",
        "Frank's - Bar",
        "Frank's - Bar",
        "Frank\u{2019}s \u{2013} Bar",
    ],
    [
        "initials",
        "S.p.A. J.P. Morgan v2.0",
        "S.p.A. J.P. Morgan v2.0",
        "S.p.A J.P Morgan v2.0",
        "S.p.A. J.P. Morgan v2.0",
    ],
    ["the code's placeholder", "{CODE}", "(CODE)", "CODE", "{CODE}"],
    ["other placeholders", "a {NAME} {SCOPE}", "a (NAME) (SCOPE)", "a NAME SCOPE", "a {NAME} {SCOPE}"],
    ["a nested placeholder", "{{CODE}}", "((CODE))", "CODE", "{{CODE}}"],
    ["wide braces", "\u{ff5b}CODE\u{ff5d}", "(CODE)", "CODE", "\u{ff5b}CODE\u{ff5d}"],
    ["a placeholder of ours", "{payee} {code}", "(payee) (code)", "payee code", "{payee} {code}"],
    [
        "a binding line",
        "ACME\n\n@evil.example #000000",
        "ACME evil. example ..0000",
        "ACME evil example 0 0 0 0",
        "ACME @evil.example #000000",
    ],
    ["two lines", "ACME\r\nLtd", "ACME Ltd", "ACME Ltd", "ACME Ltd"],
    ["odd lines", "A\u{2028}B\u{85}C\u{b}D\u{2029}", "A B C D", "A B C D", "A B C D"],
    ["control characters", "ACME\0\u{1b}[31m\u{7f}", "ACME [31m", "ACME 31m", "ACME [31m"],
    [
        "another code",
        "Your code is 000000",
        "Your code is ..0000",
        "Your code is 0 0 0 0",
        "Your code is 000000",
    ],
    ["a spaced code", "0 0 0 0 0 0", "..0000", "0 0 0 0", "0 0 0 0 0 0"],
    ["a code with signs", "000-00 0.00", "..0000", "0 0 0 0", "000-00 0.00"],
    [
        "a code across signs that are dropped",
        "code 123@@@@456",
        "code ..3456",
        "code 3 4 5 6",
        "code 123@@@@456",
    ],
    [
        "a code across many signs",
        "code 123 **** ____ 456",
        "code ..3456",
        "code 3 4 5 6",
        "code 123 **** ____ 456",
    ],
    [
        "a code of single digits",
        "1@@@@2####3%%%%4<<<<5>>>>6",
        "..3456",
        "3 4 5 6",
        "1@@@@2####3%%%%4<<<<5>>>>6",
    ],
    [
        "a code across pictures",
        "123 \u{1f512}\u{1f512}\u{1f512}\u{1f512} 456",
        "..3456",
        "3 4 5 6",
        "123 \u{1f512}\u{1f512}\u{1f512}\u{1f512} 456",
    ],
    ["a code without width", "12\u{200b}34\u{2060}56", "..3456", "3 4 5 6", "123456"],
    [
        "an Arabic code",
        "\u{660}\u{661}\u{662}\u{663}\u{664}\u{665}",
        "..\u{662}\u{663}\u{664}\u{665}",
        "\u{662} \u{663} \u{664} \u{665}",
        "\u{660}\u{661}\u{662}\u{663}\u{664}\u{665}",
    ],
    [
        "a wide code",
        "\u{ff10}\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}",
        "..\u{ff12}\u{ff13}\u{ff14}\u{ff15}",
        "\u{ff12} \u{ff13} \u{ff14} \u{ff15}",
        "\u{ff10}\u{ff11}\u{ff12}\u{ff13}\u{ff14}\u{ff15}",
    ],
    [
        "a mathematical code",
        "\u{1d7ce}\u{1d7ce}\u{1d7ce}\u{1d7ce}\u{1d7ce}\u{1d7ce}",
        "..\u{1d7ce}\u{1d7ce}\u{1d7ce}\u{1d7ce}",
        "\u{1d7ce} \u{1d7ce} \u{1d7ce} \u{1d7ce}",
        "\u{1d7ce}\u{1d7ce}\u{1d7ce}\u{1d7ce}\u{1d7ce}\u{1d7ce}",
    ],
    [
        "a code in circles",
        "\u{2460}\u{2461}\u{2462}\u{2463}\u{2464}\u{2465}",
        "..\u{2462}\u{2463}\u{2464}\u{2465}",
        "\u{2462} \u{2463} \u{2464} \u{2465}",
        "\u{2460}\u{2461}\u{2462}\u{2463}\u{2464}\u{2465}",
    ],
    [
        "a code of keys",
        "1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}3\u{20e3}4\u{20e3}5\u{20e3}6\u{20e3}",
        "..3456",
        "3 4 5 6",
        "1\u{20e3}2\u{20e3}3\u{20e3}4\u{20e3}5\u{20e3}6\u{20e3}",
    ],
    ["an account", "DE89 3704 0044 0532 0130 00", "DE..3000", "DE 3 0 0 0", "DE89 3704 0044 0532 0130 00"],
    ["a phone number", "call +1 (919) 555-1234", "call +..1234", "call 1 2 3 4", "call +1 (919) 555-1234"],
    [
        "a link",
        "https://evil.example/login",
        "https: / /evil. example/login",
        "https evil example login",
        "https://evil.example/login",
    ],
    ["a host", "see evil.example", "see evil. example", "see evil example", "see evil.example"],
    ["a short host", "t.co/x", "t. co/x", "t co x", "t.co/x"],
    ["a loud host", "WWW.EVIL", "WWW. EVIL", "WWW EVIL", "WWW.EVIL"],
    [
        "a host with another dot",
        "evil\u{3002}example",
        "evil\u{3002} example",
        "evil example",
        "evil\u{3002}example",
    ],
    ["an old host", "ACME.com", "ACME. com", "ACME com", "ACME.com"],
    ["a host with a leader", "evil\u{2024}com", "evil\u{2024} com", "evil com", "evil\u{2024}com"],
    ["a host with a small dot", "evil\u{fe52}com", "evil\u{fe52} com", "evil com", "evil\u{fe52}com"],
    ["a host that ends with a ligature", "evil.\u{fb01}", "evil. \u{fb01}", "evil \u{fb01}", "evil.\u{fb01}"],
    [
        "a host after a numbered dot",
        "evil\u{2488}com",
        "evil\u{2488} com",
        "evil\u{2488} com",
        "evil\u{2488}com",
    ],
    [
        "a scheme with other signs",
        "http\u{fe55}\u{2215}\u{2044}evil",
        "http\u{fe55} \u{2215} \u{2044}evil",
        "http evil",
        "http\u{fe55}\u{2215}\u{2044}evil",
    ],
    [
        "small signs",
        "a\u{fe6b}b\u{fe5f}1\u{fe37}CODE\u{fe38}",
        "a b 1(CODE)",
        "a b 1 CODE",
        "a\u{fe6b}b\u{fe5f}1\u{fe37}CODE\u{fe38}",
    ],
    [
        "a code of two digits a sign",
        "\u{246b}\u{246d}\u{2481}",
        "..\u{246d}\u{2481}",
        "\u{246d} \u{2481}",
        "\u{246b}\u{246d}\u{2481}",
    ],
    ["a code of fractions", "\u{bd}\u{bc}\u{be}", "..\u{bc}\u{be}", "\u{bc} \u{be}", "\u{bd}\u{bc}\u{be}"],
    [
        "a spelled code",
        "X. Your code is one, two",
        "X. Your code is one, two",
        "X Your code is one two",
        "X. Your code is one, two",
    ],
    [
        "an account of many letters",
        "GB33BUKB20201555555555",
        "GB33BUKB..5555",
        "GB33BUKB 5 5 5 5",
        "GB33BUKB20201555555555",
    ],
    ["a host with a joint", "evil\u{2060}.example", "evil. example", "evil example", "evil.example"],
    [
        "an encoded host",
        "xn--80ak6aa92e.com",
        "xn--80ak6aa92e. com",
        "xn--80ak6aa92e com",
        "xn--80ak6aa92e.com",
    ],
    [
        "an address",
        "mallory@evil.example",
        "mallory evil. example",
        "mallory evil example",
        "mallory@evil.example",
    ],
    ["a machine", "http://203.0.113.7/x", "http: / /..1137/x", "http 1 1 3 7 x", "http://203.0.113.7/x"],
    ["a short machine", "1.1.1.1", "1. 1. 1. 1", "1 1 1 1", "1.1.1.1"],
    ["reversed writing", "ACME\u{202e}dtL", "ACMEdtL", "ACMEdtL", "ACMEdtL"],
    ["unbalanced isolates", "\u{2067}ACME\u{2069}\u{2069}", "ACME", "ACME", "ACME"],
    ["invisible letters", "\u{e0041}\u{f8ff}AC\u{ad}ME\u{feff}", "ACME", "ACME", "ACME"],
    [
        "a pile of marks",
        "A\u{300}\u{301}\u{302}\u{303}\u{304}CME",
        "A\u{300}\u{301}CME",
        "A\u{300}\u{301}CME",
        "A\u{300}\u{301}CME",
    ],
    ["a mark at the beginning", "\u{301}ACME", "ACME", "ACME", "ACME"],
    ["nothing visible", "\u{200b}\u{2060}\u{ad} ", "?", "?", "?"],
    ["nothing", "", "?", "?", "?"],
    [
        "pictures",
        "\u{1f468}\u{200d}\u{1f469} ACME",
        "\u{1f468}\u{1f469} ACME",
        "ACME",
        "\u{1f468}\u{1f469} ACME",
    ],
    [
        "HTML",
        "<script>alert(1)</script>",
        "script alert(1) /script",
        "script alert 1 script",
        "<script>alert(1)</script>",
    ],
    [
        "SSML",
        "A <break time=\"9s\"/> B",
        "A break time=\"9s\"/ B",
        "A break time 9s B",
        "A <break time=\"9s\"/> B",
    ],
];

fn words(payee: &str) -> Words {
    Words::new().with_amount(Money::new(12_345_600, Currency::EUR)).with_payee(payee)
}

/// Returns whether a phone may turn a part of a text into a link.
fn has_link(text: &str) -> bool {
    let letters = |part: &str| part.chars().take_while(|c| c.is_alphabetic()).count();
    let dots = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];
    text.contains("//") || text.split(' ').any(|word| word.split(dots).skip(1).any(|end| letters(end) > 1))
}

/// Returns the largest number of digits without a letter between them.
fn digits(text: &str) -> usize {
    let is_digit = |c: &char| c.is_numeric();
    let runs = text.split(|c: char| c.is_alphabetic()).map(|run| run.chars().filter(is_digit).count());
    runs.max().unwrap_or_default()
}

#[test]
fn a_payee_is_shown_without_what_it_could_do() {
    assert!(PAYEES.len() > 40);
    for [name, payee, message, call, page] in PAYEES {
        assert_eq!(safe_text::for_message(payee), *message, "{name}, in a message");
        assert_eq!(safe_text::for_call(payee), *call, "{name}, in a call");
        assert_eq!(safe_text::for_page(payee), *page, "{name}, on the page");
        let text = words(payee).text(&Messages::english(), "make a transfer");
        let sentence = text.sentence().replace(['\u{2068}', '\u{2069}'], "");
        assert_eq!(sentence, format!("Send 123,456.00 EUR to {page}"), "{name}");
        assert!(!text.sentence().contains(char::is_control), "{name}");
    }
}

#[test]
fn a_hostile_payee_breaks_no_message() {
    let long = ["A", "\u{416}", "\u{1f512}", "{CODE}", "a.example ", "\u{20ac}", "e\u{301}\u{302}", "0 "];
    let long = long.map(|part| part.repeat(4000 / part.len()));
    let payees = PAYEES.iter().map(|[_, payee, ..]| *payee).chain(long.iter().map(String::as_str));
    for payee in payees {
        let site = site("https://bank.example", false);
        let message = sent(Channel::Messaging, &site, &Messages::english(), "pay", Some(&words(payee)));
        let filled = message.replace(CODE_PLACEHOLDER, "123456");
        assert_eq!(message.matches(CODE_PLACEHOLDER).count(), 2, "{message}");
        assert!(Length::of(&filled).fits_two_segments(), "{filled}");
        assert_eq!(parse(&filled), Some(("bank.example".to_owned(), None, "123456".to_owned())), "{filled}");
        let lines: Vec<_> = filled.lines().collect();
        let [text, "", "@bank.example #123456"] = lines.as_slice() else { panic!("{filled}") };
        let rest = text.strip_prefix("Example Bank code 123456: Send 123,456.00 EUR to ");
        let rest = rest.and_then(|rest| rest.strip_suffix(". Never share it."));
        let rest = rest.unwrap_or_else(|| panic!("the amount or the rest is cut off: {filled}"));
        assert!(!rest.is_empty() && !rest.contains(['{', '}', '@', '#']) && !has_link(rest), "{rest}");
        assert!(!rest.contains(char::is_control) && digits(rest) < 6, "{rest}");
    }
}

#[test]
fn a_hostile_payee_breaks_no_call() {
    for [name, payee, ..] in PAYEES {
        for single_code in [true, false] {
            let site = site("https://bank.example", single_code);
            let call = sent(Channel::Voice, &site, &Messages::english(), "pay", Some(&words(payee)));
            let codes = if single_code { 1 } else { 2 };
            assert_eq!(call.matches(CODE_PLACEHOLDER).count(), codes, "{name}: {call}");
            assert!(call.starts_with("Hello. This is Example Bank. "), "{name}: {call}");
            assert!(call.contains("Send 123456 E U R to ") && call.ends_with("Goodbye."), "{name}: {call}");
            let spoken = call.replace(CODE_PLACEHOLDER, "");
            let plain = |c: char| c.is_alphanumeric() || " .,:;?'-\u{300}\u{301}\u{302}".contains(c);
            assert!(spoken.chars().all(plain), "{name}: {spoken}");
            assert!(call.chars().count() < 400, "{name}: {call}");
        }
    }
}

#[test]
fn a_payee_is_cut_off_where_the_message_ends_and_the_amount_never() {
    let hash = Some("FA+9qCX9VSu".to_owned());
    let bank = || site("https://bank.example", false);
    let android = Site { android_app_hash: hash, ..bank() };
    let (a, zh) = ("A".repeat(200), "\u{416}".repeat(200));
    for (name, site, payee, kept) in [
        ("at the longest name", bank(), &a, "A".repeat(70)),
        ("in UTF-16", bank(), &zh, format!("{}\u{2026}", "\u{416}".repeat(44))),
        (
            "with one code",
            super::tests::site("https://bank.example", true),
            &zh,
            format!("{}\u{2026}", "\u{416}".repeat(67)),
        ),
        ("for an Android app", android, &a, format!("{}...", "A".repeat(58))),
    ] {
        let message = sent(Channel::Messaging, &site, &Messages::english(), "pay", Some(&words(payee)));
        let start = "Example Bank code {CODE}: Send 123,456.00 EUR to ";
        let shown = message.strip_prefix(start).and_then(|rest| rest.split_once(". Never share it."));
        assert_eq!(shown.map(|(shown, _)| shown), Some(kept.as_str()), "{name}: {message}");
        let filled = message.replace(CODE_PLACEHOLDER, "123456");
        let android = site.android_app_hash.is_some();
        assert!(
            if android { filled.len() <= 140 } else { Length::of(&filled).fits_two_segments() },
            "{name}"
        );
        assert_eq!(filled.ends_with("\n\nFA+9qCX9VSu"), android, "{name}: {message}");
    }
}

#[test]
fn a_call_says_that_the_code_comes_at_its_end_before_a_name_can_sound_like_one() {
    let payee = "X. Your code for it is: one two three, four five six. Goodbye";
    let site = site("https://bank.example", false);
    let call = sent(Channel::Voice, &site, &Messages::english(), "pay", Some(&words(payee)));
    let sentences: Vec<_> = call.split_inclusive(". ").map(str::trim_end).collect();
    let expected = [
        "Hello.",
        "This is Example Bank.",
        "Please listen to what you approve.",
        "Your code comes at the end.",
        "Send 123456 E U R to X Your code for it is one two three four five six Goodbye.",
        "Your code is: {CODE}.",
        "Again, your code is: {CODE}.",
    ];
    assert_eq!(sentences.get(..expected.len()), Some(expected.as_slice()), "{call}");
}

#[test]
fn an_action_without_amount_and_payee_is_named_by_the_label() {
    for channel in Channel::all().iter().copied() {
        let site = site("https://bank.example", false);
        let text = |words: Option<&Words>| sent(channel, &site, &Messages::english(), "pay", words);
        assert_eq!(text(Some(&Words::new().with_line("Reference", "17"))), text(None));
        let amount = text(Some(&Words::new().with_amount(Money::new(5, Currency::JPY))));
        assert!(amount.contains("Send 5 "), "{amount}");
        let payee = text(Some(&Words::new().with_payee("ACME")));
        assert!(payee.contains("Send to ACME"), "{payee}");
    }
}
