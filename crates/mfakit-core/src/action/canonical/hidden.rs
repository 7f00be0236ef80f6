//! Types that write less than they have. What is read back has nothing that the digest does not cover.

use std::collections::HashMap;

use proptest::{collection, prelude::*};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{tests::scope, *};
use crate::action::Words;

/// Account with a part that is read and never written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Account {
    iban: String,
    #[serde(default, skip_serializing)]
    bank: String,
}

/// Days whose variants are written alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum When {
    Once { day: u8 },
    Monthly { day: u8 },
}

/// Number of a card, of which only the last digit is written.
#[derive(Clone, Debug, PartialEq)]
struct Masked(u16);

impl Serialize for Masked {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("*{}", self.0 % 10))
    }
}

impl<'de> Deserialize<'de> for Masked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.trim_start_matches('*').parse().map(Self).map_err(serde::de::Error::custom)
    }
}

/// Time that is written without its milliseconds.
#[derive(Clone, Debug, PartialEq)]
struct Time {
    millis: u32,
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.millis / 1000)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { millis: u32::deserialize(deserializer)?.saturating_mul(1000) })
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    account: Account,
    when: When,
    card: Masked,
    time: Time,
    notes: HashMap<String, u8>,
}

impl Action for Order {
    fn words(&self) -> Words {
        Words::new().with_payee(format!("{} {}", self.account.iban, self.account.bank))
    }
}

/// Orders from few values, so that many pairs are written alike.
fn orders() -> impl Strategy<Value = Order> {
    let account = ("[ab]", "[cd]?").prop_map(|(iban, bank)| Account { iban, bank });
    let when = prop_oneof![
        (0..2_u8).prop_map(|day| When::Once { day }),
        (0..2_u8).prop_map(|day| When::Monthly { day })
    ];
    let card = prop::sample::select(vec![1, 11, 21]).prop_map(Masked);
    let time = prop::sample::select(vec![1000, 1001, 1999]).prop_map(|millis| Time { millis });
    (account, when, card, time, collection::hash_map("[xyz]", 0..1_u8, 0..3))
        .prop_map(|(account, when, card, time, notes)| Order { account, when, card, time, notes })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn values_with_equal_digests_are_equal_when_read_back(one in orders(), other in orders()) {
        let pay = scope("pay");
        let ((one_read, one_digest), (other_read, other_digest)) =
            (read_back(&pay, &one).unwrap(), read_back(&pay, &other).unwrap());
        prop_assert_eq!(one_digest == other_digest, one_read == other_read);
        prop_assert_eq!(digest_of(&pay, &one), Ok(one_digest));
        prop_assert_eq!(read_back(&pay, &one_read), Ok((one_read.clone(), one_digest)), "reading it again");
        let (kept, shown) = CanonicalAction::read_back(&pay, &one).unwrap();
        prop_assert_eq!(decode_kept(&pay, kept.bytes(), &one_digest), Some(one_read));
        let (words, payee) = (shown.words(), format!("{} ", one.account.iban));
        prop_assert_eq!(words.payee(), Some(payee.as_str()), "as it is shown");
    }
}

#[test]
fn what_is_not_written_is_not_read_back() {
    let order = Order {
        account: Account { iban: "DE1".to_owned(), bank: "MALLORY".to_owned() },
        when: When::Monthly { day: 1 },
        card: Masked(4711),
        time: Time { millis: 1999 },
        notes: HashMap::new(),
    };
    let (read, _) = read_back(&scope("pay"), &order).unwrap();
    let approved = Order {
        account: Account { iban: "DE1".to_owned(), bank: String::new() },
        when: When::Once { day: 1 },
        card: Masked(1),
        time: Time { millis: 1000 },
        notes: HashMap::new(),
    };
    assert_eq!(read, approved);
}

#[test]
fn a_map_without_order_has_one_form() {
    let keys: Vec<_> = (0..40).map(|key| format!("key {key}")).collect();
    let mut forms = std::collections::HashSet::new();
    for _ in 0..20 {
        let notes: HashMap<_, _> =
            keys.iter().map(|key| (key.clone(), HashMap::from([(1, 2), (3, 4)]))).collect();
        forms.insert(CanonicalAction::new(&scope("pay"), &Noted(notes)).unwrap().into_bytes());
    }
    assert_eq!(forms.len(), 1);
}

#[derive(Debug, Serialize, Deserialize)]
struct Noted(HashMap<String, HashMap<u8, u8>>);

impl Action for Noted {
    fn words(&self) -> Words {
        Words::new()
    }
}
