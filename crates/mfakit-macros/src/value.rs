//! Values of the options: a scope, an age and a path.

use proc_macro2::TokenStream;
use syn::{LitStr, Path, parse::Parser};

use crate::{duration, mistake::Mistakes, scope};

/// Value of the option `scope`.
pub(crate) enum ScopeName {
    /// A checked literal.
    Literal(String),
    /// The path of a constant, which the compiler checks.
    Constant(Path),
}

/// Parses a literal, or the path of a constant.
pub(crate) fn parse_scope(value: &TokenStream, mistakes: &mut Mistakes) -> Option<ScopeName> {
    let Some(literal) = string(value) else {
        let word = value.to_string();
        let is_word = scope::check(&word).is_ok();
        // A lowercase word is more likely a literal without quotes than a constant.
        if !is_word && let Ok(path) = Path::parse_mod_style.parse2(value.clone()) {
            return Some(ScopeName::Constant(path));
        }
        let example = if is_word { word.as_str() } else { "transfer" };
        let expected = "the scope must be a string literal or the path of a `&str` constant";
        mistakes
            .at(value, format!("{expected}: write `scope = \"{example}\"` or `scope = scopes::TRANSFER`"));
        return None;
    };
    let text = literal.value();
    let Err(invalid) = scope::check(&text) else { return Some(ScopeName::Literal(text)) };
    let lower = text.to_ascii_lowercase();
    let advice = if lower != text && scope::check(&lower).is_ok() {
        format!("write `scope = {lower:?}`")
    } else {
        "use at most 32 lowercase letters, digits, `.`, `_` and `-`".to_owned()
    };
    let message = match invalid {
        scope::Invalid::Empty => {
            "the scope is empty: write a name, such as `scope = \"transfer\"`".to_owned()
        }
        scope::Invalid::Character(wrong) => format!("a scope cannot contain {wrong:?}: {advice}"),
        scope::Invalid::First(wrong) => {
            format!("a scope cannot begin with {wrong:?}: begin with a lowercase letter or a digit")
        }
        scope::Invalid::TooLong(length) => format!(
            "a scope can have at most {} characters, but this one has {length}: shorten it",
            scope::MAX_LEN
        ),
    };
    mistakes.at(literal, message);
    None
}

/// Parses the age, in seconds.
pub(crate) fn parse_max_age(value: &TokenStream, mistakes: &mut Mistakes) -> Option<u64> {
    let Some(literal) = string(value) else {
        let number = value.to_string();
        let example = match duration::parse(&number) {
            Err(duration::Invalid::NoUnit(number)) => format!("{number}s"),
            Ok(_) => number,
            Err(_) => "5m".to_owned(),
        };
        mistakes.at(value, format!("`max_age` must be a string literal: write `max_age = \"{example}\"`"));
        return None;
    };
    duration::parse(&literal.value()).map_err(|invalid| mistakes.at(literal, invalid)).ok()
}

/// Parses a path, or a string that contains one, as in serde's attributes.
pub(crate) fn parse_facade(value: &TokenStream, mistakes: &mut Mistakes) -> Option<Path> {
    let path = match string(value) {
        Some(literal) => literal.parse_with(Path::parse_mod_style),
        None => Path::parse_mod_style.parse2(value.clone()),
    };
    path.map_err(|_| {
        mistakes.at(value, "`crate` must be the path to the mfakit crate: write `crate = path::to::mfakit`");
    })
    .ok()
}

/// Returns the value if it is a string literal without a suffix. `macro_rules!` can pass it in an invisible group.
pub(crate) fn string(value: &TokenStream) -> Option<LitStr> {
    syn::parse2::<LitStr>(value.clone()).ok().filter(|literal| literal.suffix().is_empty())
}
