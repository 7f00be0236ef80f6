//! Options of serde beside an action. Those that leave out or merge parts of a value are rejected.

use syn::{Attribute, Meta, Token, punctuated::Punctuated};

use crate::mistake::Mistakes;

/// Options that change the names of parts, or what is read. Every part is still written, each in its own way.
const HARMLESS: [&str; 12] = [
    "alias",
    "bound",
    "content",
    "crate",
    "default",
    "deny_unknown_fields",
    "expecting",
    "rename",
    "rename_all",
    "rename_all_fields",
    "tag",
    "transparent",
];

/// Adds a mistake for each option with which two values could have one digest.
pub(crate) fn check(attributes: &[Attribute], mistakes: &mut Mistakes) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        let options = attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        // serde itself reports options that it cannot parse.
        for option in options.into_iter().flatten() {
            let name = option.path().get_ident().map(ToString::to_string).unwrap_or_default();
            if !HARMLESS.contains(&name.as_str()) {
                let advice = advice(&name);
                mistakes.at(
                    option,
                    format!(
                        "an action cannot have `#[serde({name})]`, because the whole value is approved: {advice}"
                    ),
                );
            }
        }
    }
}

/// Returns what to write instead of an option.
fn advice(name: &str) -> &'static str {
    match name {
        "skip" | "skip_serializing" | "skip_deserializing" | "skip_serializing_if" => {
            "remove the option, or move the field to another struct"
        }
        "flatten" => "write the struct as a field of its own",
        "untagged" => "remove the option, or write `#[serde(tag = \"kind\")]`",
        "other" => "remove the option, because it merges all unknown variants",
        "with" | "serialize_with" | "deserialize_with" | "from" | "into" | "try_from" | "remote"
        | "getter" => "wrap the value in a type with its own `Serialize` and `Deserialize`",
        _ => "remove the option",
    }
}
