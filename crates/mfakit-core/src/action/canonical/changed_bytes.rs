//! Kept actions whose bytes were changed.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{
    properties::{Kind, Order},
    tests::scope,
    *,
};
use crate::{
    action::{Currency, Money},
    hostile_text::HostileText,
};

/// Bytes of a kept action that were changed, or that never were one.
fn changed(random: &mut HostileText, form: &[u8]) -> Vec<u8> {
    const PARTS: [&str; 24] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u0000",
        "\\ud800",
        "null",
        "0",
        "-1",
        "1e9",
        "0.5",
        "true",
        "\"minor\":1",
        "\"currency\":\"EUR\"",
        "\"Named\"",
        "{\"at\":1,\"within\":[",
        "\u{e9}",
        " ",
        "[[[[[[[[",
        "\0",
    ];
    let mut bytes = form.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        let end = (at + random.below(8)).min(bytes.len());
        match random.below(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.truncate(at),
            3 => drop(bytes.splice(at..at, random.of_parts(&PARTS, 4).into_bytes())),
            4 => {
                let copy = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, copy));
            }
            _ => drop(bytes.splice(at..end, random.of_ascii(6).into_bytes())),
        }
    }
    bytes
}

/// Decodes changed bytes for some time. Returns the number of all, and of those that are a value.
fn decode_changed_bytes(seed: u64, time: Duration) -> (u64, u64) {
    let (mut random, begun) = (HostileText::new(seed), Instant::now());
    let order = |text: &str, kind| Order {
        amount: Money::new(10_000, Currency::EUR),
        payee: text.to_owned(),
        memo: None,
        count: -1,
        big: u128::MAX,
        urgent: true,
        mark: '\u{1f512}',
        parts: vec![(1, None), (2, Some(-3))],
        names: BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]),
        limits: BTreeMap::from([(-1, Money::new(1, Currency::JPY)), (2, Money::new(2, Currency::CHF))]),
        kind,
    };
    let forms = [
        order("ACME Ltd", Kind::Plain),
        order(
            "",
            Kind::Named { at: 1, within: vec![Kind::Both(1, "x".to_owned()), Kind::Marked(String::new())] },
        ),
    ];
    let forms = forms.map(|order| CanonicalAction::new(&scope("pay"), &order).unwrap().into_bytes());
    let (mut all, mut values) = (0, 0);
    while begun.elapsed() < time {
        let bytes = changed(&mut random, &forms[(all % 2) as usize]);
        if let Ok(order) = decode::<Order>(&bytes) {
            let again = CanonicalAction::new(&scope("pay"), &order).unwrap();
            assert_eq!(again.bytes(), bytes, "a value of bytes that are not its form");
            values += 1;
        }
        all += 1;
    }
    (all, values)
}

#[test]
fn changed_bytes_are_an_error_or_the_form_of_another_value() {
    let (all, values) = decode_changed_bytes(14, Duration::from_millis(500));
    assert!(values > 0 && values < all, "{values} of {all}");
}

#[test]
#[ignore = "takes ten minutes"]
fn changed_bytes_are_decoded_for_ten_minutes() {
    let seed = std::process::id().into();
    let (all, values) = decode_changed_bytes(seed, Duration::from_secs(600));
    println!("seed {seed}: {all} decoded, {values} of them values");
}
