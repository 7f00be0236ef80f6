//! Types that the derive accepts. Those that it rejects are in `tests/macros`.

use std::{collections::BTreeMap, fmt};

use mfakit::{
    Action, Messages, Scope,
    action::{Amount, CanonicalAction, Currency, LineValue, Money, Words, decode, digest_of},
};
use serde::{Deserialize, Serialize};

/// Returns the lines of an action as text.
fn shown(action: &impl Action) -> Vec<String> {
    let text = action.words().text(&Messages::english(), "make a transfer");
    let lines = text.lines().iter().map(|line| format!("{}: {}", line.label, line.value));
    std::iter::once(text.sentence().to_owned()).chain(lines).collect()
}

fn euros(minor: u64) -> Money {
    Money::new(minor, Currency::EUR)
}

#[derive(Debug, PartialEq, Serialize, Deserialize, Action)]
#[serde(rename_all = "camelCase")]
struct Order {
    #[action(amount)]
    amount: Money,
    #[action(payee)]
    payee: String,
    #[action(line)]
    due_date: Option<String>,
    #[action(line = "Fee")]
    costs: Option<Money>,
    #[action(line)]
    count: u8,
    parts: BTreeMap<String, u32>,
}

fn order() -> Order {
    Order {
        amount: euros(10_000),
        payee: "ACME Ltd".to_owned(),
        due_date: Some("2026-12-01".to_owned()),
        costs: Some(euros(150)),
        count: 3,
        parts: BTreeMap::from([("a".to_owned(), 1)]),
    }
}

#[test]
fn a_struct_is_shown_by_its_fields_with_options() {
    let lines = ["Amount: 100.00 EUR", "To: ACME Ltd", "Due date: 2026-12-01", "Fee: 1.50 EUR", "Count: 3"];
    assert_eq!(shown(&order())[0], "Send 100.00 EUR to ACME Ltd");
    assert_eq!(shown(&order())[1..], lines);
    let without = Order { due_date: None, costs: None, ..order() };
    assert_eq!(shown(&without)[1..], ["Amount: 100.00 EUR", "To: ACME Ltd", "Count: 3"]);
    let fee = order().words().lines()[1].value().clone();
    assert_eq!(fee, LineValue::Amount(euros(150)), "an amount stays one until there is a language");
}

#[test]
fn every_field_is_part_of_the_digest() {
    let pay = Scope::new("pay").unwrap();
    let digest = |order: &Order| digest_of(&pay, order).unwrap();
    let same = digest(&order());
    assert_eq!(digest(&order()), same);
    for (field, other) in [
        ("amount", Order { amount: euros(10_001), ..order() }),
        ("currency", Order { amount: Money::new(10_000, Currency::USD), ..order() }),
        ("payee", Order { payee: "ACME Ltd ".to_owned(), ..order() }),
        ("due_date", Order { due_date: None, ..order() }),
        ("costs", Order { costs: None, ..order() }),
        ("count", Order { count: 4, ..order() }),
        ("parts", Order { parts: BTreeMap::new(), ..order() }),
    ] {
        assert_ne!(digest(&other), same, "{field}");
    }
    let kept = CanonicalAction::new(&pay, &order()).unwrap();
    assert_eq!(decode::<Order>(kept.bytes()), Ok(order()));
}

#[test]
fn forms_and_programs_send_one_value() {
    let json = r#"{"parts":{"a":1},"count":3,"costs":"1.5 EUR","payee":"ACME Ltd",
        "dueDate":"2026-12-01","amount":{"currency":"EUR","minor":10000}}"#;
    let read: Order = serde_json::from_str(json).unwrap();
    let pay = Scope::new("pay").unwrap();
    assert_eq!(digest_of(&pay, &read), digest_of(&pay, &order()));
}

#[derive(Serialize, Deserialize, Action)]
#[serde(tag = "kind")]
enum Mandate {
    Open {
        #[action(payee)]
        payee: Iban,
        #[action(line = "Limit")]
        limit: Money,
    },
    Raise(Raise),
    Close,
}

#[derive(Serialize, Deserialize)]
struct Raise {
    by: Money,
}

/// Account of the app's own type.
#[derive(Serialize, Deserialize)]
struct Iban(String);

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {}", self.0)
    }
}

#[test]
fn an_enum_is_shown_by_its_variant() {
    let open = Mandate::Open { payee: Iban("17".to_owned()), limit: euros(5) };
    assert_eq!(shown(&open), ["Send to account 17", "To: account 17", "Limit: 0.05 EUR"]);
    assert_eq!(shown(&Mandate::Close), ["make a transfer"]);
    let raise = Mandate::Raise(Raise { by: euros(1) });
    assert_eq!(shown(&raise), ["make a transfer"]);
    let settings = Scope::new("settings").unwrap();
    for mandate in [open, Mandate::Close, raise] {
        let kept = CanonicalAction::new(&settings, &mandate).unwrap();
        let read = decode::<Mandate>(kept.bytes()).unwrap();
        assert_eq!(digest_of(&settings, &read), Ok(kept.digest()));
    }
}

/// Amount in a type of the app's own.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Price(Money);

impl Amount for Price {
    fn amount(&self) -> Option<Money> {
        Some(self.0)
    }
}

#[derive(Serialize, Deserialize, Action)]
struct Purchase(#[action(amount)] Price, #[action(line)] u32, #[action(payee)] Option<String>);

#[derive(Serialize, Deserialize, Action)]
struct Everything;

#[derive(Serialize, Deserialize, Action)]
struct Wrapper<T: fmt::Display + Send + Sync, const N: usize>
where
    T: Clone,
{
    #[action(payee)]
    of: T,
    #[action(line)]
    r#type: char,
}

#[test]
fn fields_may_have_no_names_and_types_parameters() {
    assert_eq!(
        shown(&Purchase(Price(euros(5)), 7, None)),
        ["Send 0.05 EUR", "Amount: 0.05 EUR", "Field 2: 7"]
    );
    assert_eq!(shown(&Everything), ["make a transfer"]);
    let wrapper = Wrapper::<_, 3> { of: 5_u8, r#type: 'x' };
    assert_eq!(shown(&wrapper), ["Send to 5", "To: 5", "Type: x"]);
}

#[derive(Serialize, Deserialize, Action)]
struct Batch {
    #[action(line = "Payment")]
    payments: Vec<Iban>,
    #[action(line)]
    fees: std::vec::Vec<Money>,
    parts: Vec<u8>,
}

#[test]
fn each_item_of_a_vec_has_a_line() {
    let batch = |names: &[&str]| Batch {
        payments: names.iter().map(|name| Iban((*name).to_owned())).collect(),
        fees: vec![euros(5), euros(6)],
        parts: vec![1],
    };
    let fees = ["Fees: 0.05 EUR", "Fees: 0.06 EUR"];
    let two = batch(&["17", "18"]);
    assert_eq!(shown(&two)[1..3], ["Payment: account 17", "Payment: account 18"]);
    assert_eq!(shown(&two)[3..], fees);
    assert_eq!(shown(&batch(&[]))[1..], fees, "an empty one has no line");
    let pay = Scope::new("pay").unwrap();
    let digests: Vec<_> = [&["17", "18"] as &[&str], &["18", "17"], &["17"], &["17", "18", "18"], &[]]
        .map(|names| digest_of(&pay, &batch(names)).unwrap())
        .into();
    for (at, digest) in digests.iter().enumerate() {
        assert!(!digests[..at].contains(digest), "the digest has the items, their number and their order");
    }
}

/// Names that the derive's code must not pick up.
mod hostile {
    #![allow(dead_code, non_camel_case_types, reason = "no name is used but by a mistake")]

    use serde::{Deserialize, Serialize};

    struct Option;
    struct Some;
    struct None;
    struct String;
    struct Words;
    struct Amount;
    struct LineValue;
    trait Display {}
    trait ToString {
        fn to_string(&self) -> u8;
    }
    impl<T> ToString for T {
        fn to_string(&self) -> u8 {
            0
        }
    }
    trait ByDisplay {
        fn text(&self) -> u8;
        fn with_payee(&self) -> u8;
    }
    impl<T> ByDisplay for T {
        fn text(&self) -> u8 {
            0
        }
        fn with_payee(&self) -> u8 {
            0
        }
    }
    struct Vec;
    trait IntoIterator {
        fn into_iter(self) -> u8;
    }
    impl<T> IntoIterator for T {
        fn into_iter(self) -> u8 {
            0
        }
    }
    mod mfakit {}

    #[derive(Serialize, Deserialize, ::mfakit::Action)]
    pub(super) struct Order {
        #[action(payee)]
        pub(super) words: ::std::string::String,
        #[action(line)]
        pub(super) value: u8,
        #[action(amount)]
        pub(super) part_0: ::mfakit::action::Money,
        #[action(line)]
        pub(super) items: ::std::vec::Vec<u8>,
    }
}

#[test]
fn the_names_of_the_app_do_not_matter() {
    let order = hostile::Order { words: "ACME".to_owned(), value: 1, part_0: euros(5), items: vec![2] };
    assert_eq!(shown(&order)[1..], ["Amount: 0.05 EUR", "To: ACME", "Value: 1", "Items: 2"]);
}

mod renamed {
    pub(super) use mfakit as facade;
}

#[derive(Serialize, Deserialize, Action)]
#[action(crate = renamed::facade)]
struct Elsewhere {
    #[action(payee)]
    payee: String,
}

macro_rules! order {
    ($name:ident { $(#[$option:meta] $field:ident: $kind:ty),* }) => {
        #[derive(Serialize, Deserialize, Action)]
        struct $name { $(#[$option] $field: $kind),* }
    };
}

order!(Generated { #[action(payee)] payee: String, #[action(line)] memo: Option<String> });

#[test]
fn the_facade_may_have_another_path_and_the_type_may_come_from_a_macro() {
    assert_eq!(Elsewhere { payee: "A".to_owned() }.words(), Words::new().with_payee("A"));
    let generated = Generated { payee: "A".to_owned(), memo: None };
    assert_eq!(generated.words(), Words::new().with_payee("A"));
}

#[test]
fn a_digest_allocates_nothing_for_strings_and_integers() {
    #[derive(Serialize, Deserialize, Action)]
    struct Long {
        #[action(amount)]
        amount: Money,
        #[action(payee)]
        payee: String,
        memo: Option<String>,
        numbers: (u64, i128, bool, char),
    }
    let pay = Scope::new("pay").unwrap();
    let text = "A \"quoted\" text \n ".repeat(25);
    let long = Long {
        amount: euros(1),
        payee: text.clone(),
        memo: Some(text),
        numbers: (u64::MAX, i128::MIN, true, 'x'),
    };
    let length = CanonicalAction::new(&pay, &long).unwrap().bytes().len();
    assert!((900..1200).contains(&length), "{length}");
    let mut digest = None;
    let allocated = allocation_counter::measure(|| digest = Some(digest_of(&pay, &long)));
    assert_eq!(allocated.count_total, 0);
    assert_eq!(digest, Some(Ok(CanonicalAction::new(&pay, &long).unwrap().digest())));
}
