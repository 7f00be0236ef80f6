//! Canonical forms: what has one, and that it stands for one value.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned, ser::SerializeMap};

use super::*;
use crate::action::{Currency, Money, Words};

/// Gives a type the words of an action, which the digest does not depend on.
macro_rules! actions {
    ($($name:ident)+) => {
        $(
            impl Action for $name {
                fn words(&self) -> Words {
                    Words::new()
                }
            }
        )+
    };
}

pub(super) fn scope(name: &str) -> Scope {
    Scope::new(name).unwrap()
}

/// Action with a value of any type.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Holding<T>(T);

impl<T: Serialize + DeserializeOwned + Send + Sync> Action for Holding<T> {
    fn words(&self) -> Words {
        Words::new()
    }
}

fn form<T: Serialize + DeserializeOwned + Send + Sync>(value: T) -> Result<String, InvalidAction> {
    let action = Holding(value);
    let canonical = CanonicalAction::new(&scope("pay"), &action)?;
    assert_eq!(digest_of(&scope("pay"), &action), Ok(canonical.digest()), "the digest without the bytes");
    Ok(String::from_utf8(canonical.into_bytes()).unwrap())
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Unit;

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Day {
    Tuesday,
    Monday,
}

#[test]
fn what_has_one_form_is_written_as_json() {
    let day = BTreeMap::from([(Day::Tuesday, 1), (Day::Monday, 2)]);
    let numbers = BTreeMap::from([(9, 'a'), (10, 'b')]);
    for (written, expected) in [
        (form(1_u8), "1"),
        (form(i128::MIN), "-170141183460469231731687303715884105728"),
        (form("a\"\n\u{e9}\u{1f512}".to_owned()), "\"a\\\"\\n\u{e9}\u{1f512}\""),
        (form(None::<u8>), "null"),
        (form(Some(1)), "1"),
        (form(Some(vec![None, Some(true)])), "[null,true]"),
        (form(()), "null"),
        (form(Unit), "null"),
        (form((1, "a".to_owned())), "[1,\"a\"]"),
        (form(numbers), "{\"9\":\"a\",\"10\":\"b\"}"),
        (form(day), "{\"Tuesday\":1,\"Monday\":2}"),
        (form(Money::new(100, Currency::EUR)), "{\"minor\":100,\"currency\":\"EUR\"}"),
        (form(HashMap::from([(2, 'b'), (10, 'c'), (-1, 'a')])), "{\"-1\":\"a\",\"2\":\"b\",\"10\":\"c\"}"),
        (form(Rest { rest: Inner { b: 1, a: 2 } }), "{\"a\":2,\"b\":1}"),
    ] {
        assert_eq!(written.as_deref(), Ok(expected));
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Skipping {
    #[serde(skip_serializing_if = "Option::is_none")]
    memo: Option<u8>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Rest {
    #[serde(flatten)]
    rest: Inner,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Inner {
    b: u8,
    a: u8,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Nested(Vec<Self>);

/// Writes a number that it does not read back.
#[derive(Debug, Deserialize)]
struct Rounded(u8);

impl Serialize for Rounded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0 / 10)
    }
}

/// Ignores the error of a part.
#[derive(Debug, Deserialize)]
struct Careless;

impl Serialize for Careless {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        let _ = map.serialize_entry(&1, &0.5);
        map.end()
    }
}

fn nested(depth: usize) -> Nested {
    (1..depth).fold(Nested(Vec::new()), |inner, _| Nested(vec![inner]))
}

#[test]
fn what_has_no_single_form_is_an_error_that_names_the_cure() {
    use InvalidAction::{
        Changed, Float, MapKey, MapKeyTwice, NestedOption, RawJson, Skipped, TooDeep, TooLarge,
    };
    let pairs = |keys: [u8; 3]| keys.map(|key| (key, key));
    for (name, found, expected) in [
        ("a float", form(0.5_f64), Float),
        ("a float without a value", form(f32::NAN), Float),
        ("a float within", form(vec![Some((1, 1.0))]), Float),
        ("a key that is a float", form(Floating), MapKey),
        ("an option in an option", form(Some(None::<u8>)), NestedOption),
        ("nothing in an option", form(Some(())), NestedOption),
        ("a unit in an option", form(Some(Unit)), NestedOption),
        ("an option in a newtype in an option", form(Some(Holding(None::<u8>))), NestedOption),
        ("a map with a key twice", form(Pairs(pairs([2, 1, 2]))), MapKeyTwice),
        ("keys of two types", form(Mixed), MapKeyTwice),
        ("a key that is a pair", form(BTreeMap::from([((1, 2), 3)])), MapKey),
        ("a field that is left out", form(Skipping { memo: None }), Skipped { field: "memo" }),
        ("unparsed JSON", form(Raw), RawJson),
        ("nesting", form(nested(100)), TooDeep),
        ("a long text", form("a".repeat(MAX_ACTION - 1)), TooLarge),
        ("many numbers", form(vec![1_u8; MAX_ACTION]), TooLarge),
        ("a value that changes", form(Rounded(123)), Changed),
        ("an error that is ignored", form(Careless), Float),
    ] {
        assert_eq!(found, Err(expected), "{name}");
    }
    assert!(form("a".repeat(MAX_ACTION - 2)).is_ok(), "as long as allowed");
    assert!(form(nested(30)).is_ok(), "less deep");
}

/// Map with a key that is a float.
#[derive(Deserialize)]
struct Floating;

impl Serialize for Floating {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(&0.5, &1)?;
        map.end()
    }
}

/// Map in the order of its entries.
#[derive(Deserialize)]
struct Pairs([(u8, u8); 3]);

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0)
    }
}

/// Map whose keys are of two types, and are written alike.
#[derive(Deserialize)]
struct Mixed;

impl Serialize for Mixed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(&true, &1)?;
        map.serialize_entry("true", &2)?;
        map.end()
    }
}

/// Imitates `RawValue`, which is behind a feature of `serde_json`.
#[derive(Deserialize)]
struct Raw;

impl Serialize for Raw {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        let mut raw = serializer.serialize_struct("$serde_json::private::RawValue", 1)?;
        raw.serialize_field("$serde_json::private::RawValue", "{\"a\":0.5}")?;
        raw.end()
    }
}

#[test]
fn a_digest_belongs_to_one_scope_and_to_a_known_form() {
    let action = Numbered(1);
    let (pay, payee) = (scope("pay"), scope("payee"));
    assert_ne!(digest_of(&pay, &action), digest_of(&payee, &action));
    // sha256sum of "mfakit action 1\0", a byte of value 3, "pay", four bytes of value 5, "order", "1".
    let digest = digest_of(&pay, &action).unwrap().to_string();
    assert_eq!(digest, "882e1136fc952d33e2fa6e3a09dd245833a314532939502f12469d20272fea12");
}

/// Action whose name does not depend on its path.
#[derive(Debug, Serialize, Deserialize)]
struct Numbered(u8);

impl Action for Numbered {
    fn words(&self) -> Words {
        Words::new()
    }

    fn name() -> &'static str {
        "order"
    }
}

#[test]
fn a_digest_belongs_to_one_type() {
    let pay = scope("pay");
    let kept = CanonicalAction::new(&pay, &Numbered(1)).unwrap();
    assert_eq!(kept.bytes(), CanonicalAction::new(&pay, &Holding(1_u8)).unwrap().bytes());
    assert_ne!(Ok(kept.digest()), digest_of(&pay, &Holding(1_u8)));
    assert_ne!(digest_of(&pay, &Holding(1_u8)), digest_of(&pay, &Holding(1_u16)));
    let digest = kept.digest();
    assert!(decode_kept::<Numbered>(&pay, kept.bytes(), &digest).is_some());
    assert!(decode_kept::<Holding<u8>>(&pay, kept.bytes(), &digest).is_none(), "another type");
    assert!(decode_kept::<Numbered>(&scope("payee"), kept.bytes(), &digest).is_none(), "another scope");
    assert!(decode_kept::<Numbered>(&pay, b"2", &digest).is_none(), "other bytes");
}

/// Version of an action that was kept, and the next one of the app.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Before {
    a: u8,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct After {
    a: u8,
    #[serde(default)]
    b: u8,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Narrower {}

actions! { Before After Narrower }

#[test]
fn a_form_of_another_version_of_the_type_is_an_error() {
    let kept = CanonicalAction::new(&scope("pay"), &Before { a: 1 }).unwrap().into_bytes();
    assert_eq!(decode::<Before>(&kept), Ok(Before { a: 1 }));
    assert_eq!(decode::<After>(&kept), Err(InvalidAction::Changed));
    assert_eq!(decode::<Narrower>(&kept), Err(InvalidAction::Changed));
    for other in
        ["{\"a\": 1}", "{\"a\":1}\n", "{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":2}", "[1]", "{}", "", "{\"a\":01}"]
    {
        assert!(decode::<Before>(other.as_bytes()).is_err(), "{other}");
    }
    let long = format!("{{\"a\":1{}}}", " ".repeat(MAX_ACTION));
    assert_eq!(decode::<Before>(long.as_bytes()), Err(InvalidAction::TooLarge));
}

/// Value that is written by its `Display`.
#[derive(Debug, PartialEq, Deserialize)]
struct Displayed(String);

impl Serialize for Displayed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}{}", self.0, ""))
    }
}

#[test]
fn every_character_is_written_as_by_serde_json() {
    let all: String = (0..=0x2ff).chain([0x2028, 0xfffd, 0x1_f512]).filter_map(char::from_u32).collect();
    for length in (0..100).chain([all.chars().count()]) {
        for start in 0..100 {
            let text: String = all.chars().skip(start).take(length).collect();
            let expected = serde_json::to_string(&text).unwrap();
            assert_eq!(form(text.clone()).as_ref(), Ok(&expected), "{start} {length}");
            assert_eq!(form(Displayed(text)), Ok(expected), "{start} {length}");
        }
    }
    for at in 0..200 {
        for escaped in ["\"", "\\", "\n", "\u{1f}"] {
            let mut text = "n".repeat(200);
            text.replace_range(at..=at, escaped);
            let expected = serde_json::to_string(&text).unwrap();
            assert_eq!(form(text), Ok(expected), "{escaped:?} after {at}");
        }
    }
    for number in
        [0, 1, 9, 10, 99, u128::from(u64::MAX), u128::from(u64::MAX) + 1, 10_u128.pow(38), u128::MAX]
    {
        assert_eq!(form(number), Ok(number.to_string()));
    }
    assert_eq!(form(i64::MIN), Ok(i64::MIN.to_string()));
}
