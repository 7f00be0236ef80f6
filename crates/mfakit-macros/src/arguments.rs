//! What stands in the attribute's parentheses: `scope = "transfer", max_age = "5m", once, crate = path`.
//!
//! 1. The text is cut at the commas first, so that a mistake in one option hides none in the next.
//! 2. An option that was meant but written wrongly is not reported a second time as missing.
//! 3. A further option (`bind = argument`) is a name in [`Name`] and a field in [`Arguments`].

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::{LitStr, Path};

use crate::mistake::Mistakes;
use crate::{duration, scope};

const NO_SCOPE: &str = "the scope is missing: write `#[require_mfa(scope = \"transfer\")]`, \
                        with the name of what the handler protects";

/// The options, read and checked. What has a mistake is `None` or its default.
pub(crate) struct Arguments {
    pub(crate) scope: Option<String>,
    /// In seconds.
    pub(crate) max_age: Option<u64>,
    pub(crate) once: bool,
    /// Where the facade is found, if not at `::mfakit`.
    pub(crate) facade: Option<Path>,
}

impl Arguments {
    /// Reads the options and notes each mistake.
    pub(crate) fn parse(tokens: TokenStream, mistakes: &mut Mistakes) -> Self {
        let mut scope = Slot::new(Name::Scope);
        let mut max_age = Slot::new(Name::MaxAge);
        let mut once = Slot::new(Name::Once);
        let mut facade = Slot::new(Name::Crate);
        let options = split(tokens, mistakes);
        let scope_written = options.iter().any(|option| Name::nearest(&option.word()) == Some(Name::Scope));
        for option in options {
            match option.known(scope_written, mistakes) {
                Known::Option(Name::Scope) => scope.fill(&option, mistakes, read_scope),
                Known::Option(Name::MaxAge) => max_age.fill(&option, mistakes, read_max_age),
                Known::Option(Name::Once) => once.set(&option, mistakes),
                Known::Option(Name::Crate) => facade.fill(&option, mistakes, read_facade),
                Known::Meant(Some(Name::Scope)) => scope.given = true,
                Known::Meant(_) => {}
            }
        }
        if !scope.given {
            mistakes.at_span(Span::call_site(), NO_SCOPE);
        }
        Self { scope: scope.value, max_age: max_age.value, once: once.value.is_some(), facade: facade.value }
    }
}

/// The options that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Scope,
    MaxAge,
    Once,
    Crate,
}

impl Name {
    const ALL: [Self; 4] = [Self::Scope, Self::MaxAge, Self::Once, Self::Crate];

    fn word(self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::MaxAge => "max_age",
            Self::Once => "once",
            Self::Crate => "crate",
        }
    }

    /// The option as the user would write it.
    fn example(self) -> &'static str {
        match self {
            Self::Scope => "scope = \"transfer\"",
            Self::MaxAge => "max_age = \"5m\"",
            Self::Once => "once",
            Self::Crate => "crate = path::to::mfakit",
        }
    }

    fn nearest(word: &str) -> Option<Self> {
        let word = word.to_lowercase().replace('-', "_");
        let (distance, name) = Self::ALL
            .map(|name| (strsim::damerau_levenshtein(&word, name.word()), name))
            .into_iter()
            .min_by_key(|(distance, _)| *distance)?;
        (distance <= name.word().len() / 3).then_some(name)
    }
}

/// An option's place: whether somebody meant to fill it, and with what.
struct Slot<T> {
    name: Name,
    given: bool,
    value: Option<T>,
}

impl<T> Slot<T> {
    fn new(name: Name) -> Self {
        Self { name, given: false, value: None }
    }

    fn fill(
        &mut self,
        option: &Written,
        mistakes: &mut Mistakes,
        read: impl FnOnce(&TokenStream, &mut Mistakes) -> Option<T>,
    ) {
        if self.is_first(option, mistakes) {
            self.value = option.value(self.name, mistakes).and_then(|value| read(value, mistakes));
        }
    }

    fn is_first(&mut self, option: &Written, mistakes: &mut Mistakes) -> bool {
        let first = !std::mem::replace(&mut self.given, true);
        if !first {
            mistakes.at(&option.name, format!("`{}` is given twice: keep one of the two", self.name.word()));
        }
        first
    }
}

impl Slot<()> {
    /// Fills the place of an option that is a word and has no value.
    fn set(&mut self, option: &Written, mistakes: &mut Mistakes) {
        if self.is_first(option, mistakes) {
            self.value = option.word_alone(self.name, mistakes);
        }
    }
}

/// One piece between commas, cut at its `=`.
#[derive(Default)]
struct Written {
    name: TokenStream,
    value: Option<TokenStream>,
}

/// What the name of an option turned out to be.
enum Known {
    Option(Name),
    /// Unknown and noted; perhaps one of ours was meant.
    Meant(Option<Name>),
}

impl Written {
    /// What stands before `=`, without spaces.
    fn word(&self) -> String {
        self.name.to_string().replace(' ', "")
    }

    /// Looks the name up, and notes it where it is unknown.
    fn known(&self, scope_written: bool, mistakes: &mut Mistakes) -> Known {
        let first = self.name.clone().into_iter().next();
        if let Some(TokenTree::Ident(ident)) = &first
            && let Some(name) = Name::ALL.into_iter().find(|name| ident == name.word())
        {
            return Known::Option(name);
        }
        if let Some(TokenTree::Literal(_)) = &first {
            let scope = string(&self.name).map(|literal| literal.value());
            let example = scope.filter(|text| self.value.is_none() && scope::check(text).is_ok());
            let example = example.as_deref().unwrap_or("transfer");
            mistakes.at(&self.name, format!("an option begins with its name: write `scope = {example:?}`"));
            return Known::Meant(Some(Name::Scope));
        }
        let word = self.word();
        let nearest = Name::nearest(&word);
        let (meant, advice) = match nearest {
            Some(name) => (nearest, format!("did you mean `{}`? Write `{}`", name.word(), name.example())),
            // A word alone, where no scope is written, is most likely meant as one.
            None if !scope_written && self.value.is_none() && scope::check(&word).is_ok() => {
                (Some(Name::Scope), format!("for a scope write `scope = {word:?}`"))
            }
            None => (None, "the options are `scope`, `max_age`, `once` and `crate`".to_owned()),
        };
        mistakes.at(&self.name, format!("unknown option `{word}`: {advice}"));
        Known::Meant(meant)
    }

    /// Nothing may stand behind the name, be it `= true`: what is written is meant, and what is not is left out.
    fn word_alone(&self, name: Name, mistakes: &mut Mistakes) -> Option<()> {
        let behind: TokenStream =
            self.name.clone().into_iter().skip(1).chain(self.value.clone().into_iter().flatten()).collect();
        if behind.is_empty() && self.value.is_none() {
            return Some(());
        }
        let place = if behind.is_empty() { &self.name } else { &behind };
        let word = name.word();
        mistakes.at(place, format!("`{word}` is a word without a value: write `{word}`, or leave it out"));
        None
    }

    /// The tokens behind `=`; a known option without them is a mistake.
    fn value(&self, name: Name, mistakes: &mut Mistakes) -> Option<&TokenStream> {
        let extra: TokenStream = self.name.clone().into_iter().skip(1).collect();
        match &self.value {
            _ if !extra.is_empty() => {
                mistakes
                    .at(extra, format!("an option is a name, `=` and a value: write `{}`", name.example()));
                None
            }
            Some(value) if !value.is_empty() => Some(value),
            _ => {
                mistakes
                    .at(&self.name, format!("`{}` has no value: write `{}`", name.word(), name.example()));
                None
            }
        }
    }
}

/// Cuts at the commas, and each piece at its first `=`.
fn split(tokens: TokenStream, mistakes: &mut Mistakes) -> Vec<Written> {
    let mut options = Vec::new();
    let mut option = Written::default();
    for token in tokens {
        let sign = if let TokenTree::Punct(punct) = &token { Some(punct.as_char()) } else { None };
        match (sign, &mut option.value) {
            (Some(','), _) => push(&mut options, std::mem::take(&mut option), Some(token), mistakes),
            (_, Some(value)) => value.extend([token]),
            (Some('='), None) => option.value = Some(TokenStream::new()),
            (_, None) => option.name.extend([token]),
        }
    }
    push(&mut options, option, None, mistakes);
    options
}

/// Keeps an option that has a name. Nothing at all may stand before the end, but not before a comma.
fn push(options: &mut Vec<Written>, option: Written, comma: Option<TokenTree>, mistakes: &mut Mistakes) {
    match (option.name.is_empty(), option.value, comma) {
        (false, value, _) => options.push(Written { value, ..option }),
        (true, Some(value), _) => {
            mistakes.at(value, "an option begins with its name: write `scope = \"transfer\"`");
        }
        (true, None, Some(comma)) => mistakes.at(comma, "no option stands before this comma: take it away"),
        (true, None, None) => {}
    }
}

fn read_scope(value: &TokenStream, mistakes: &mut Mistakes) -> Option<String> {
    let Some(literal) = string(value) else {
        let word = value.to_string();
        let example = if scope::check(&word).is_ok() { word.as_str() } else { "transfer" };
        mistakes.at(
            value,
            format!("the scope is written out as a string literal: write `scope = \"{example}\"`"),
        );
        return None;
    };
    let text = literal.value();
    let Err(fault) = scope::check(&text) else { return Some(text) };
    let lower = text.to_ascii_lowercase();
    let advice = if lower != text && scope::check(&lower).is_ok() {
        format!("write `scope = {lower:?}`")
    } else {
        "write lower-case letters, digits and `.`, `_` or `-`, at most 32".to_owned()
    };
    let message = match fault {
        scope::Fault::Empty => "the scope is empty: write for example `scope = \"transfer\"`".to_owned(),
        scope::Fault::Character(wrong) => format!("a scope has no {wrong:?} in it: {advice}"),
        scope::Fault::First(wrong) => {
            format!("a scope does not begin with {wrong:?}: begin it with a lower-case letter or a digit")
        }
        scope::Fault::TooLong(length) => format!(
            "a scope has at most {} characters, and this one has {length}: shorten it",
            scope::MAX_LEN
        ),
    };
    mistakes.at(literal, message);
    None
}

fn read_max_age(value: &TokenStream, mistakes: &mut Mistakes) -> Option<u64> {
    let Some(literal) = string(value) else {
        let number = value.to_string();
        let example = match duration::parse(&number) {
            Err(duration::Fault::NoUnit(number)) => format!("{number}s"),
            Ok(_) => number,
            Err(_) => "5m".to_owned(),
        };
        mistakes.at(
            value,
            format!("`max_age` is written out as a string literal: write `max_age = \"{example}\"`"),
        );
        return None;
    };
    duration::parse(&literal.value()).map_err(|fault| mistakes.at(literal, fault)).ok()
}

/// A path as it is, or in a string as serde has it.
fn read_facade(value: &TokenStream, mistakes: &mut Mistakes) -> Option<Path> {
    let path = match string(value) {
        Some(literal) => literal.parse_with(Path::parse_mod_style),
        None => Path::parse_mod_style.parse2(value.clone()),
    };
    path.map_err(|_| {
        mistakes.at(value, "`crate` is the path to the mfakit crate: write `crate = path::to::mfakit`");
    })
    .ok()
}

/// The value as a plain string literal, also where a `macro_rules!` handed it on.
fn string(value: &TokenStream) -> Option<LitStr> {
    syn::parse2::<LitStr>(value.clone()).ok().filter(|literal| literal.suffix().is_empty())
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use super::*;

    fn read(tokens: TokenStream) -> (Arguments, Vec<String>) {
        let mut mistakes = Mistakes::default();
        let arguments = Arguments::parse(tokens, &mut mistakes);
        (arguments, mistakes.texts())
    }

    #[test]
    fn options_come_in_any_order_and_with_a_comma_at_the_end() {
        for tokens in [
            quote!(scope = "transfer", max_age = "5m", once, crate = a::b),
            quote!(once, crate = "a::b", max_age = "300s", scope = "transfer",),
            quote!(max_age = r"5m", scope = r#"transfer"#, crate = a::b, once,),
        ] {
            let (arguments, mistakes) = read(tokens);
            assert_eq!(mistakes, [""; 0]);
            assert_eq!(arguments.scope.as_deref(), Some("transfer"));
            assert_eq!(arguments.max_age, Some(300));
            assert!(arguments.once);
            assert_eq!(arguments.facade.to_token_stream().to_string(), "a :: b");
        }
    }

    #[test]
    fn a_scope_alone_is_enough() {
        let (arguments, mistakes) = read(quote!(scope = "transfer"));
        assert_eq!(mistakes, [""; 0]);
        assert!(arguments.max_age.is_none() && !arguments.once && arguments.facade.is_none());
    }

    #[test]
    fn one_mistake_is_one_error_that_says_what_to_write() {
        for (tokens, says) in [
            (quote!(), "write `#[require_mfa(scope = \"transfer\")]`"),
            (quote!("reports"), "write `scope = \"reports\"`"),
            (quote!("scope" = "reports"), "write `scope = \"transfer\"`"),
            (quote!(reports), "write `scope = \"reports\"`"),
            (quote!(scope), "write `scope = \"transfer\"`"),
            (quote!(scope =), "write `scope = \"transfer\"`"),
            (quote!(scope: "reports"), "write `scope = \"transfer\"`"),
            (quote!(= "reports", scope = "a"), "write `scope = \"transfer\"`"),
            (quote!(scope = reports), "write `scope = \"reports\"`"),
            (quote!(scope = "Reports"), "write `scope = \"reports\"`"),
            (quote!(scope = b"reports"), "string literal"),
            (quote!(scope = "a" + "b"), "string literal"),
            (quote!(scope = "a"x), "string literal"),
            (quote!(scoep = "reports"), "did you mean `scope`"),
            (quote!(Scope = "reports"), "did you mean `scope`"),
            (quote!(scope = "a", maxage = "5m"), "did you mean `max_age`"),
            (quote!(scope = "a", max - age = "5m"), "did you mean `max_age`"),
            (quote!(scope = "a", krate = b), "did you mean `crate`"),
            (quote!(scope = "a", ttl = "5m"), "the options are `scope`, `max_age`, `once` and `crate`"),
            (quote!(once), "write `#[require_mfa(scope = \"transfer\")]`"),
            (quote!(scope = "a", once, once), "`once` is given twice"),
            (quote!(scope = "a", once = true), "write `once`, or leave it out"),
            (quote!(scope = "a", once = false), "write `once`, or leave it out"),
            (quote!(scope = "a", once =), "write `once`, or leave it out"),
            (quote!(scope = "a", once(true)), "write `once`, or leave it out"),
            (quote!(scope = "a", onec), "did you mean `once`"),
            (quote!(scope = "a", Once), "did you mean `once`"),
            (quote!(scope = "a", bind = order), "the options are"),
            (quote!(scope = "a", scope = "B"), "`scope` is given twice"),
            (quote!(scope = "a", max_age = 90), "write `max_age = \"90s\"`"),
            (quote!(scope = "a", max_age = 5m), "write `max_age = \"5m\"`"),
            (quote!(scope = "a", max_age = AGE), "write `max_age = \"5m\"`"),
            (quote!(scope = "a", max_age = "25h"), "24 hours"),
            (quote!(scope = "a", crate = "a b"), "write `crate = path::to::mfakit`"),
            (quote!(scope = "a", crate = a<b>), "write `crate = path::to::mfakit`"),
            (quote!(scope = "a",,), "take it away"),
            (quote!(, scope = "a"), "take it away"),
        ] {
            let (_, mistakes) = read(tokens.clone());
            let [mistake] = mistakes.as_slice() else { panic!("{tokens}: {mistakes:?}") };
            assert!(mistake.contains(says), "{tokens}: {mistake}");
        }
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let (_, mistakes) = read(quote!(scop = "transfer", max_age = "5", crate = "", ones, max_age = "1m"));
        assert_eq!(mistakes.len(), 5, "{mistakes:?}");
    }
}
