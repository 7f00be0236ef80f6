//! Mistakes in the derive, and the labels of lines.

use quote::quote;

use super::*;

fn mistakes(item: TokenStream) -> Vec<String> {
    Model::parse(item).expect("an item").mistakes.texts()
}

#[test]
fn each_mistake_is_one_error_that_states_what_to_do() {
    for (item, expected) in [
        (quote! { struct A { a: f64 } }, "use `mfakit::action::Money`"),
        (quote! { struct A { a: Vec<(u8, Option<f32>)> } }, "cannot contain `f32`"),
        (quote! { struct A(std::collections::HashMap<String, u8>); }, "use `BTreeMap`"),
        (quote! { struct A { a: Box<HashSet<u8>> } }, "use `BTreeSet`"),
        (quote! { struct A { a: indexmap::IndexMap<u8, u8> } }, "use `BTreeMap`"),
        (quote! { struct A { a: Option<Option<u8>> } }, "use an enum"),
        (quote! { struct A { a: Vec<Option<std::option::Option<u8>>> } }, "use an enum"),
        (quote! { struct A { a: Option<()> } }, "use an enum"),
        (quote! { struct A { a: &'static str } }, "use `String`"),
        (quote! { struct A<'a> { a: Cow<'a, str> } }, "remove the lifetime"),
        (quote! { union A { a: u8 } }, "use a struct or an enum"),
        (quote! { enum A {} }, "without variants"),
        (quote! { struct A { #[action(amount)] a: Money, #[action(amount)] b: Money } }, "has one amount"),
        (quote! { enum A { B { #[action(payee)] a: A, #[action(payee)] b: A } } }, "has one payee"),
        (quote! { struct A { #[action(amount)] a: Vec<Money> } }, "a field for the total"),
        (quote! { struct A { #[action(payee)] a: std::vec::Vec<String> } }, "has one payee"),
        (quote! { struct A { #[action(line)] a: Option<Vec<u8>> } }, "remove the option"),
        (quote! { struct A { #[action(line)] a: Vec<Option<u8>> } }, "with its own `Display`"),
        (quote! { struct A { #[action(line)] a: Vec<Vec<u8>> } }, "with its own `Display`"),
        (quote! { struct A { #[action(amount, payee)] a: Money } }, "remove one of the options"),
        (quote! { struct A { #[action(amount)] #[action(line)] a: Money } }, "remove one of the options"),
        (quote! { struct A { #[action(amont)] a: Money } }, "the options of a field are"),
        (quote! { struct A { #[action(amount = "EUR")] a: Money } }, "takes no value"),
        (quote! { struct A { #[action(payee("x"))] a: String } }, "takes no value"),
        (quote! { struct A { #[action(line = Reference)] a: String } }, "write `line = \"Reference\"`"),
        (quote! { struct A { #[action(line = "")] a: String } }, "write `line = \"Reference\"`"),
        (quote! { struct A { #[action(line = " a")] a: String } }, "write `line = \"Reference\"`"),
        (quote! { struct A { #[action] a: String } }, "expected attribute arguments"),
        (quote! { #[action(scope = "a")] struct A; }, "`crate = path::to::mfakit`"),
        (quote! { #[action(amount)] struct A(Money); }, "above a field"),
        (quote! { #[action(name = order)] struct A; }, "write `name = \"order\"`"),
        (quote! { #[action(name = " ")] struct A; }, "write `name = \"order\"`"),
        (quote! { #[action(name = "a")] struct A<T>(T); }, "a generic type stands for several types"),
        (quote! { enum A { #[action(payee)] B(String) } }, "above its fields"),
        (quote! { struct A { #[serde(skip)] a: u8 } }, "remove the option, or move the field"),
        (
            quote! { struct A { #[serde(default, skip_serializing_if = "f")] a: u8 } },
            "the whole value is approved",
        ),
        (quote! { struct A { #[serde(with = "f")] a: u8 } }, "wrap the value"),
        (quote! { struct A { #[serde(deserialize_with = "f")] a: u8 } }, "wrap the value"),
        (quote! { struct A { #[serde(flatten)] a: B } }, "as a field of its own"),
        (quote! { #[serde(untagged)] enum A { B } }, "#[serde(tag = \"kind\")]"),
        (quote! { #[serde(from = "B")] struct A; }, "wrap the value"),
        (quote! { enum A { #[serde(other)] B } }, "merges all unknown variants"),
        (quote! { enum A { #[serde(skip)] B, C } }, "remove the option"),
        (quote! { enum A { B { #[serde(borrow)] a: u8 } } }, "remove the option"),
    ] {
        let texts = mistakes(item.clone());
        let [mistake] = texts.as_slice() else { panic!("{item}: {texts:?}") };
        assert!(mistake.contains(expected), "{item}: {mistake}");
    }
}

#[test]
fn what_has_one_form_has_no_mistake() {
    for item in [
        quote! { struct A; },
        quote! { struct A(u8, BTreeMap<String, Vec<Option<u8>>>); },
        quote! {
            #[serde(rename_all = "camelCase", deny_unknown_fields)]
            struct A<T> {
                #[serde(rename(serialize = "b", deserialize = "b"), default, alias = "c")]
                #[action(line = "Due date")]
                a: T,
                #[action(amount)]
                m: Option<Money>,
            }
        },
        quote! {
            #[action(crate = crate::mfa)]
            #[serde(tag = "kind", content = "of")]
            enum A { B, C(#[action(payee)] String), D { #[action(payee)] a: String } }
        },
    ] {
        assert_eq!(mistakes(item.clone()), [""; 0], "{item}");
    }
}

#[test]
fn a_line_without_a_label_has_the_name_of_its_field() {
    for (item, label) in [
        (quote! { struct A { #[action(line)] reference: String } }, "Reference"),
        (quote! { struct A { #[action(line)] due_date: String } }, "Due date"),
        (quote! { struct A { #[action(line)] r#type: String } }, "Type"),
        (quote! { struct A { #[action(line)] _élan_: String } }, "Élan"),
        (quote! { struct A(u8, #[action(line)] String); }, "Field 2"),
    ] {
        let model = Model::parse(item.clone()).expect("an item");
        assert_eq!(model.variants[0].parts[0].label(), label, "{item}");
    }
}
