//! Options of the attribute: `scope = "transfer", max_age = "5m", once, crate = path`.
//!
//! 1. The tokens are first split at the commas, so that a mistake in one option does not hide one in the next.
//! 2. A misspelled option is not also reported as missing.
//! 3. A new option needs a variant of [`OptionName`] and a field of [`Arguments`].

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::Path;

use crate::{
    mistake::Mistakes,
    scope,
    value::{ScopeName, parse_facade, parse_max_age, parse_scope, string},
};

const NO_SCOPE: &str = "missing `scope`: write `#[require_mfa(scope = \"transfer\")]`, \
                        with the scope that the handler requires";

/// The checked options. An option with a mistake is `None` or its default.
pub(crate) struct Arguments {
    pub(crate) scope: Option<ScopeName>,
    /// In seconds.
    pub(crate) max_age: Option<u64>,
    pub(crate) once: bool,
    /// Path of the `mfakit` crate, if it is not `::mfakit`.
    pub(crate) facade: Option<Path>,
}

impl Arguments {
    /// Parses the options, and adds each mistake.
    pub(crate) fn parse(tokens: TokenStream, mistakes: &mut Mistakes) -> Self {
        let mut scope = ParsedOption::new(OptionName::Scope);
        let mut max_age = ParsedOption::new(OptionName::MaxAge);
        let mut once = ParsedOption::new(OptionName::Once);
        let mut facade = ParsedOption::new(OptionName::Crate);
        let options = split(tokens, mistakes);
        let has_scope =
            options.iter().any(|option| OptionName::nearest(&option.word()) == Some(OptionName::Scope));
        for option in options {
            match option.lookup(has_scope, mistakes) {
                Lookup::Known(OptionName::Scope) => scope.set_value(&option, mistakes, parse_scope),
                Lookup::Known(OptionName::MaxAge) => max_age.set_value(&option, mistakes, parse_max_age),
                Lookup::Known(OptionName::Once) => once.set_flag(&option, mistakes),
                Lookup::Known(OptionName::Crate) => facade.set_value(&option, mistakes, parse_facade),
                Lookup::Unknown(Some(OptionName::Scope)) => scope.seen = true,
                Lookup::Unknown(_) => {}
            }
        }
        if !scope.seen {
            mistakes.at_span(Span::call_site(), NO_SCOPE);
        }
        Self { scope: scope.value, max_age: max_age.value, once: once.value.is_some(), facade: facade.value }
    }
}

/// Names of the options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OptionName {
    Scope,
    MaxAge,
    Once,
    Crate,
}

impl OptionName {
    const ALL: [Self; 4] = [Self::Scope, Self::MaxAge, Self::Once, Self::Crate];

    fn word(self) -> &'static str {
        match self {
            Self::Scope => "scope",
            Self::MaxAge => "max_age",
            Self::Once => "once",
            Self::Crate => "crate",
        }
    }

    /// Returns an example of the option in source code.
    fn example(self) -> &'static str {
        match self {
            Self::Scope => "scope = \"transfer\"",
            Self::MaxAge => "max_age = \"5m\"",
            Self::Once => "once",
            Self::Crate => "crate = path::to::mfakit",
        }
    }

    /// Returns the most similar name, if at most a third of its letters differ.
    fn nearest(word: &str) -> Option<Self> {
        let word = word.to_lowercase().replace('-', "_");
        let (distance, name) = Self::ALL
            .map(|name| (strsim::damerau_levenshtein(&word, name.word()), name))
            .into_iter()
            .min_by_key(|(distance, _)| *distance)?;
        (distance <= name.word().len() / 3).then_some(name)
    }
}

/// An option with the value that was parsed for it.
struct ParsedOption<T> {
    name: OptionName,
    /// True if the source has this option, even with a mistake in it.
    seen: bool,
    value: Option<T>,
}

impl<T> ParsedOption<T> {
    fn new(name: OptionName) -> Self {
        Self { name, seen: false, value: None }
    }

    /// Sets the value, unless the option is a duplicate.
    fn set_value(
        &mut self,
        option: &RawOption,
        mistakes: &mut Mistakes,
        parse: impl FnOnce(&TokenStream, &mut Mistakes) -> Option<T>,
    ) {
        if self.is_first(option, mistakes) {
            self.value = option.value(self.name, mistakes).and_then(|value| parse(value, mistakes));
        }
    }

    fn is_first(&mut self, option: &RawOption, mistakes: &mut Mistakes) -> bool {
        let first = !std::mem::replace(&mut self.seen, true);
        if !first {
            mistakes.at(&option.name, format!("duplicate option `{}`: remove one of them", self.name.word()));
        }
        first
    }
}

impl ParsedOption<()> {
    /// Sets an option that has no value.
    fn set_flag(&mut self, option: &RawOption, mistakes: &mut Mistakes) {
        if self.is_first(option, mistakes) {
            self.value = option.flag(self.name, mistakes);
        }
    }
}

/// Tokens of one option, split at its `=`.
#[derive(Default)]
struct RawOption {
    name: TokenStream,
    value: Option<TokenStream>,
}

/// Result of looking up the name of an option.
enum Lookup {
    Known(OptionName),
    /// The name is unknown and was reported. Holds the option that was probably intended.
    Unknown(Option<OptionName>),
}

impl RawOption {
    /// Returns the text before the `=`, without spaces.
    fn word(&self) -> String {
        self.name.to_string().replace(' ', "")
    }

    /// Looks up the name, and reports it if it is unknown.
    fn lookup(&self, has_scope: bool, mistakes: &mut Mistakes) -> Lookup {
        let first = self.name.clone().into_iter().next();
        if let Some(TokenTree::Ident(ident)) = &first
            && let Some(name) = OptionName::ALL.into_iter().find(|name| ident == name.word())
        {
            return Lookup::Known(name);
        }
        if let Some(TokenTree::Literal(_)) = &first {
            let scope = string(&self.name).map(|literal| literal.value());
            let example = scope.filter(|text| self.value.is_none() && scope::check(text).is_ok());
            let example = example.as_deref().unwrap_or("transfer");
            mistakes.at(&self.name, format!("expected an option name: write `scope = {example:?}`"));
            return Lookup::Unknown(Some(OptionName::Scope));
        }
        let word = self.word();
        let nearest = OptionName::nearest(&word);
        let (intended, advice) = match nearest {
            Some(name) => (nearest, format!("did you mean `{}`? Write `{}`", name.word(), name.example())),
            // A single word is probably the scope, if there is no scope yet.
            None if !has_scope && self.value.is_none() && scope::check(&word).is_ok() => {
                (Some(OptionName::Scope), format!("to require a scope, write `scope = {word:?}`"))
            }
            None => (None, "the options are `scope`, `max_age`, `once` and `crate`".to_owned()),
        };
        mistakes.at(&self.name, format!("unknown option `{word}`: {advice}"));
        Lookup::Unknown(intended)
    }

    /// Checks that the option has no value, not even `= true`. An option without a value is on if it is written.
    fn flag(&self, name: OptionName, mistakes: &mut Mistakes) -> Option<()> {
        let extra: TokenStream =
            self.name.clone().into_iter().skip(1).chain(self.value.clone().into_iter().flatten()).collect();
        if extra.is_empty() && self.value.is_none() {
            return Some(());
        }
        let place = if extra.is_empty() { &self.name } else { &extra };
        let word = name.word();
        mistakes.at(place, format!("`{word}` takes no value: write `{word}`, or leave it out"));
        None
    }

    /// Returns the tokens after the `=`, and reports it if there are none.
    fn value(&self, name: OptionName, mistakes: &mut Mistakes) -> Option<&TokenStream> {
        let extra: TokenStream = self.name.clone().into_iter().skip(1).collect();
        match &self.value {
            _ if !extra.is_empty() => {
                mistakes.at(extra, format!("expected `=` and a value: write `{}`", name.example()));
                None
            }
            Some(value) if !value.is_empty() => Some(value),
            _ => {
                mistakes
                    .at(&self.name, format!("`{}` needs a value: write `{}`", name.word(), name.example()));
                None
            }
        }
    }
}

/// Splits the tokens at the commas, and each part at its first `=`.
fn split(tokens: TokenStream, mistakes: &mut Mistakes) -> Vec<RawOption> {
    let mut options = Vec::new();
    let mut option = RawOption::default();
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

/// Adds an option that has a name. An empty option is allowed at the end, but not before a comma.
fn push(options: &mut Vec<RawOption>, option: RawOption, comma: Option<TokenTree>, mistakes: &mut Mistakes) {
    match (option.name.is_empty(), option.value, comma) {
        (false, value, _) => options.push(RawOption { value, ..option }),
        (true, Some(value), _) => {
            mistakes.at(value, "expected an option name: write `scope = \"transfer\"`");
        }
        (true, None, Some(comma)) => mistakes.at(comma, "unexpected comma: remove it"),
        (true, None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use super::*;

    fn parse(tokens: TokenStream) -> (Arguments, Vec<String>) {
        let mut mistakes = Mistakes::default();
        let arguments = Arguments::parse(tokens, &mut mistakes);
        (arguments, mistakes.texts())
    }

    #[test]
    fn options_can_be_in_any_order_and_end_with_a_comma() {
        for tokens in [
            quote!(scope = "transfer", max_age = "5m", once, crate = a::b),
            quote!(once, crate = "a::b", max_age = "300s", scope = "transfer",),
            quote!(max_age = r"5m", scope = r#"transfer"#, crate = a::b, once,),
        ] {
            let (arguments, mistakes) = parse(tokens);
            assert_eq!(mistakes, [""; 0]);
            assert!(matches!(arguments.scope, Some(ScopeName::Literal(scope)) if scope == "transfer"));
            assert_eq!(arguments.max_age, Some(300));
            assert!(arguments.once);
            assert_eq!(arguments.facade.to_token_stream().to_string(), "a :: b");
        }
    }

    #[test]
    fn a_scope_alone_is_enough() {
        let (arguments, mistakes) = parse(quote!(scope = "transfer"));
        assert_eq!(mistakes, [""; 0]);
        assert!(arguments.max_age.is_none() && !arguments.once && arguments.facade.is_none());
    }

    #[test]
    fn each_mistake_is_one_error_that_states_what_to_write() {
        for (tokens, expected) in [
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
            (quote!(scope = "a", once, once), "duplicate option `once`"),
            (quote!(scope = "a", once = true), "write `once`, or leave it out"),
            (quote!(scope = "a", once = false), "write `once`, or leave it out"),
            (quote!(scope = "a", once =), "write `once`, or leave it out"),
            (quote!(scope = "a", once(true)), "write `once`, or leave it out"),
            (quote!(scope = "a", onec), "did you mean `once`"),
            (quote!(scope = "a", Once), "did you mean `once`"),
            (quote!(scope = "a", bind = order), "the options are"),
            (quote!(scope = "a", scope = "B"), "duplicate option `scope`"),
            (quote!(scope = "a", max_age = 90), "write `max_age = \"90s\"`"),
            (quote!(scope = "a", max_age = 5m), "write `max_age = \"5m\"`"),
            (quote!(scope = "a", max_age = AGE), "write `max_age = \"5m\"`"),
            (quote!(scope = "a", max_age = "25h"), "24 hours"),
            (quote!(scope = "a", crate = "a b"), "write `crate = path::to::mfakit`"),
            (quote!(scope = "a", crate = a<b>), "write `crate = path::to::mfakit`"),
            (quote!(scope = "a",,), "unexpected comma"),
            (quote!(, scope = "a"), "unexpected comma"),
        ] {
            let (_, mistakes) = parse(tokens.clone());
            let [mistake] = mistakes.as_slice() else { panic!("{tokens}: {mistakes:?}") };
            assert!(mistake.contains(expected), "{tokens}: {mistake}");
        }
    }

    #[test]
    fn a_scope_can_be_the_path_of_a_constant() {
        for tokens in
            [quote!(TRANSFER), quote!(scopes::TRANSFER), quote!(crate::scopes::transfer), quote!(::a::b)]
        {
            let (arguments, mistakes) = parse(quote!(scope = #tokens, once));
            assert_eq!(mistakes, [""; 0], "{tokens}");
            let Some(ScopeName::Constant(path)) = arguments.scope else { panic!("{tokens}") };
            assert_eq!(path.to_token_stream().to_string(), tokens.to_string());
        }
        for tokens in
            [quote!(concat!("a", "b")), quote!(format()), quote!(1), quote!(A + B), quote!(&TRANSFER)]
        {
            let (_, mistakes) = parse(quote!(scope = #tokens));
            let [mistake] = mistakes.as_slice() else { panic!("{tokens}: {mistakes:?}") };
            assert!(mistake.contains("or `scope = scopes::TRANSFER`"), "{tokens}: {mistake}");
        }
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let (_, mistakes) = parse(quote!(scop = "transfer", max_age = "5", crate = "", ones, max_age = "1m"));
        assert_eq!(mistakes.len(), 5, "{mistakes:?}");
    }
}
