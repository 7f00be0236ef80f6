//! Words in which a customer reads a transfer: on the page, in the message and in the call.

use bank::{Bank, accounts::Transfer, emulated::client_of, start_up::listen, step_up::step_up};
use mfakit::{
    Policy,
    testing::{ManualClock, TestProvider},
};
use mfakit_emulator::{Channel, Emulator};

use crate::{
    Candidate,
    approvals::{Proposal, fields},
    browser::Browser,
    languages::{arabic, german},
    reading::reading,
    strangers::STRANGERS,
};

/// Units of two segments of a text message: of the GSM alphabet, and of UTF-16.
const TWO_SEGMENTS: [usize; 2] = [2 * 153, 2 * 67];

pub async fn message_call_and_page_name_the_same_amount_and_payee(candidate: &Candidate) {
    let provider = TestProvider::new();
    let listener = listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let bank = Bank::open().unwrap();
    let engine = step_up(provider.clone(), address.port(), &bank).messages(german()).messages(arabic());
    let mfa = engine.policy(Policy::for_tests()).build().unwrap();
    (candidate.serve)(listener, bank, mfa);

    let mut alice = Browser::new(&format!("http://{address}"));
    alice.log_in("alice").await;
    for (language, amount, written, spoken) in [
        ("en", "100", "Send 100.00 USD to bob", "Send 100 US dollars to bob"),
        ("en", "1234.5", "Send 1,234.50 USD to bob", "Send 1234.50 US dollars to bob"),
        ("de", "100", "100,00 USD an bob senden", "100 US-Dollar an bob senden"),
        ("de", "1234.5", "1.234,50 USD an bob senden", "1234,50 US-Dollar an bob senden"),
        ("ar-EG", "100", "إرسال ١٠٠٫٠٠ USD إلى bob", "إرسال ١٠٠ دولار أمريكي إلى bob"),
        ("ar-EG", "1234.5", "إرسال ١٬٢٣٤٫٥٠ USD إلى bob", "إرسال ١٢٣٤٫٥٠ دولار أمريكي إلى bob"),
    ] {
        alice.language = language.to_owned();
        let rejected = alice.submit("/account", "/transfer", &fields((amount, "bob"))).await;
        assert_eq!(rejected.status, 303, "{}", rejected.body);
        let page = alice.open(rejected.location()).await;
        let heading = page.body.split("<h1").nth(1).unwrap().split("</h1>").next().unwrap();
        assert!(reading(heading).ends_with(written), "{language}: {heading}");
        let lines = page.body.split("<dl").nth(1).unwrap().split("</dl>").next().unwrap();
        let number: String = written.chars().filter(|c| c.is_numeric() || ".,٫٬".contains(*c)).collect();
        for part in [&format!("{number} USD"), "bob"] {
            assert!(reading(lines).contains(part), "{language}, {part}: {lines}");
        }

        let proposal = Proposal::of(&alice.order((amount, "bob")).await);
        alice.request_code(&proposal, "messaging").await;
        let message = provider.inbox().last().unwrap().message.clone();
        assert!(message.contains(written), "{language}: {message}");
        alice.request_code(&proposal, "voice").await;
        let call = provider.inbox().last().unwrap().message.clone();
        assert!(call.contains(spoken), "{language}: {call}");
        let sent = alice.open(rejected.location()).await;
        assert!(reading(&sent.body).contains(written), "{language}, once a code was sent: {}", sent.body);
    }
}

pub async fn no_payee_breaks_message_call_or_page(candidate: &Candidate) {
    let emulator = Emulator::builder().start().await.unwrap();
    let listener = listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let bank = Bank::open().unwrap();
    let engine = step_up(client_of(&emulator).unwrap(), address.port(), &bank);
    let mfa = engine.clock(ManualClock::new()).policy(Policy::for_tests()).build().unwrap();
    (candidate.serve)(listener, bank.clone(), mfa);

    let mut alice = Browser::new(&format!("http://{address}"));
    alice.log_in("alice").await;
    assert!(STRANGERS.len() >= 30);
    for payee in STRANGERS.iter().map(|payee| payee.replace("LONG", &"long ".repeat(80))) {
        let payee = payee.trim();
        bank.open_account(payee);
        let rejected = alice.submit("/account", "/transfer", &fields(("1", payee))).await;
        assert_eq!(rejected.status, 303, "{payee:?}: {}", rejected.body);
        let page = alice.open(rejected.location()).await;
        assert_page(payee, &page.body);

        let proposal = Proposal::of(&alice.order(("1", payee)).await);
        let challenge = alice.request_code(&proposal, "messaging").await;
        let message = emulator.inbox().last().unwrap().clone();
        assert_eq!(message.channel, Channel::Messaging);
        assert_message(payee, &message.message, &message.code);
        let again = alice.request_code(&proposal, "voice").await;
        let call = emulator.inbox().last().unwrap().clone();
        assert_call(payee, &call.message, &call.code);
        assert_page(payee, &alice.open(rejected.location()).await.body);

        assert_ne!(challenge, again);
        let entered = alice.enter_code(&again, &call.code).await;
        assert_eq!(entered.status, 200, "{payee:?}: {}", entered.body);
        let moved = alice.order(("1", payee)).await;
        assert_eq!(moved.location(), "/account", "{payee:?}: {}", moved.body);
        let bank::accounts::Entry::Sent(Transfer { payee: paid, .. }) =
            bank.account("alice").unwrap().statement[0].clone()
        else {
            panic!("nothing was sent to {payee:?}");
        };
        assert_eq!(paid, payee);
    }
}

/// Asserts that the code is in its two places only, that the last line binds it, and that nothing but a name is between
/// the words of the message.
fn assert_message(payee: &str, message: &str, code: &str) {
    let before = format!("Example Bank code {code}: Send 1.00 USD to ");
    let after = format!(". Never share it.\n\n@127.0.0.1 #{code}");
    let named = message.strip_prefix(&before).and_then(|rest| rest.strip_suffix(&after));
    let named = named.unwrap_or_else(|| panic!("{payee:?}: {message}"));
    assert_named(payee, named, code);
    let is_gsm = message.chars().all(|c| c.is_ascii() && c != '`');
    let units = if is_gsm {
        message.chars().map(|c| if "^{}\\[~]|".contains(c) { 2 } else { 1 }).sum()
    } else {
        message.encode_utf16().count()
    };
    assert!(units <= TWO_SEGMENTS[usize::from(!is_gsm)], "{payee:?}: {units} units of {message}");
}

fn assert_call(payee: &str, call: &str, code: &str) {
    let before = "Hello. This is Example Bank. Please listen to what you approve. Your code comes at the end. Send 1 US dollars to ";
    let after = format!(". Your code is: {code}. Again, your code is: {code}. ");
    let (named, end) = call
        .strip_prefix(before)
        .and_then(|rest| rest.split_once(&after))
        .unwrap_or_else(|| panic!("{payee:?}: {call}"));
    assert!(!end.contains(code), "{payee:?}: {call}");
    assert_named(payee, named, code);
}

/// Asserts that a payee in a message or a call is nothing but a name.
fn assert_named(payee: &str, named: &str, code: &str) {
    assert!(!named.is_empty() && !named.contains(code), "{payee:?}: {named:?}");
    for c in named.chars() {
        let is_bad = c.is_control() || "{}@#<>\u{2028}\u{2029}\u{200b}\u{feff}".contains(c);
        let is_bidi =
            matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        assert!(!is_bad && !is_bidi, "{payee:?}: {named:?} has {c:?}");
    }
    let characters: Vec<_> = named.chars().collect();
    let is_host = |part: &[char]| part[1] == '.' && part[0].is_alphanumeric() && part[2].is_alphabetic();
    assert!(!named.contains("://"), "{payee:?}: {named:?} has a scheme");
    assert!(!characters.windows(3).any(is_host), "{payee:?}: {named:?} has a host");
    let longest = named.split(|c: char| !c.is_numeric()).map(|digits| digits.chars().count()).max();
    assert!(longest.unwrap_or_default() < 5, "{payee:?}: {named:?} could be read as a code");
}

/// Asserts that the page shows the whole name, and that it is text.
fn assert_page(payee: &str, page: &str) {
    let lines = page.split("<dl").nth(1).unwrap_or_else(|| panic!("no lines in {page}"));
    let shown = reading(lines.split("</dl>").next().unwrap());
    let visible = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    assert!(visible(&shown).contains(&visible(payee)), "{payee:?}: {shown}");
    for markup in ["<script>", "<img src=x", "<b>", "</dl><", "onerror=\"", "javascript:\""] {
        assert!(!page.contains(markup), "{payee:?}: {markup} in {page}");
    }
    // The rest of the page is as for any other payee.
    assert_eq!(page.matches("<h1").count(), 1, "{payee:?}: {page}");
    assert_eq!(page.matches("<dl").count(), 1, "{payee:?}: {page}");
    assert_eq!(page.matches("</html>").count(), 1, "{payee:?}: {page}");
}
