//! The function below the attribute. Its signature is parsed, and its body is not.
//!
//! The body may be incomplete. The compiler reports the mistakes in it.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    Attribute, FnArg, Pat, PatType, Safety, Signature, Type, Visibility,
    parse::{ParseStream, Parser},
};

use crate::{approve, mistake::Mistakes};

/// Maximum number of arguments of a handler, in axum and in actix-web.
const MOST_ARGUMENTS: usize = 16;

/// A function that can be guarded. If it has mistakes, the parts that the compiler would report again are removed.
pub(crate) struct Handler {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// Everything after the signature: one group of braces.
    pub(crate) body: TokenStream,
    /// True if the last argument has the marker `#[approve]`, which is removed from it.
    pub(crate) approves: bool,
}

/// The arguments as one pattern and one type each.
#[derive(Default)]
pub(crate) struct FoldedArguments<'a> {
    pub(crate) patterns: Vec<&'a Pat>,
    pub(crate) types: Vec<&'a Type>,
    /// Pattern and type of the marked argument, which is in neither of the lists.
    pub(crate) approved: Option<(&'a Pat, &'a Type)>,
    /// `#[allow(..)]` and `#[expect(..)]`, each once.
    pub(crate) lints: Vec<&'a Attribute>,
}

impl Handler {
    /// Parses the item, and adds each mistake. Returns `None` if the item is not a function or does not parse.
    pub(crate) fn parse(item: TokenStream, mistakes: &mut Mistakes) -> Option<Self> {
        let parser = |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_outer)?;
            let visibility = input.parse()?;
            if let Some((word, kind)) = other_than_function(input.fork().parse()?) {
                let advice = match kind {
                    "a module" | "an impl block" | "a trait" => "put it on each handler inside",
                    _ => "put it on the function that handles the request",
                };
                let message = format!("`#[require_mfa]` must be on a handler, but this is {kind}: {advice}");
                mistakes.at(word, message);
                input.parse::<TokenStream>()?;
                return Ok(None);
            }
            let signature = input.parse()?;
            let body = input.parse()?;
            Ok(Some(Self { attributes, visibility, signature, body, approves: false }))
        };
        let mut handler = parser.parse2(item).map_err(|error| mistakes.push(error)).ok()??;
        handler.check_qualifiers(mistakes);
        handler.approves = approve::take_marker(&mut handler.signature, mistakes);
        handler.check_arguments(mistakes);
        Some(handler)
    }

    /// Returns the arguments as one pattern and one type each, without those that have mistakes.
    pub(crate) fn folded(&self) -> FoldedArguments<'_> {
        let mut folded = FoldedArguments::default();
        for argument in &self.signature.inputs {
            let FnArg::Typed(PatType { attrs, pat, ty, .. }) = argument else { continue };
            folded.patterns.push(pat);
            folded.types.push(ty);
            for lint in attrs {
                // A second `expect` of the same lint would stay unfulfilled.
                let text = lint.to_token_stream().to_string();
                if !folded.lints.iter().any(|kept| kept.to_token_stream().to_string() == text) {
                    folded.lints.push(lint);
                }
            }
        }
        if self.approves {
            folded.approved = folded.patterns.pop().zip(folded.types.pop());
        }
        folded
    }

    fn check_qualifiers(&self, mistakes: &mut Mistakes) {
        let Signature { asyncness, safety, abi, fn_token, ident, .. } = &self.signature;
        if asyncness.is_none() {
            mistakes.at(fn_token, format!("a guarded handler must be async: write `async fn {ident}`"));
        }
        if let Safety::Unsafe(word) = safety {
            mistakes.at(
                word,
                "a handler cannot be `unsafe`, because the framework calls it: \
                 remove `unsafe`, and write an `unsafe` block inside",
            );
        }
        if let Some(abi) = abi {
            mistakes.at(
                abi,
                "a handler cannot be `extern`, because the framework calls it from Rust: remove `extern`",
            );
        }
        if let Some(TokenTree::Punct(semicolon)) = self.body.clone().into_iter().next() {
            mistakes.at(
                semicolon,
                "a guarded handler must have a body: put the attribute where the function is implemented",
            );
        }
    }

    /// Adds arguments that cannot be folded as mistakes, and removes what the compiler would report again.
    fn check_arguments(&mut self, mistakes: &mut Mistakes) {
        if let Some(extra) = self.signature.inputs.iter().nth(MOST_ARGUMENTS) {
            mistakes.at(
                extra,
                format!(
                    "a handler can have at most {MOST_ARGUMENTS} arguments, in axum and in actix-web: \
                     combine some of them in a tuple, such as `(headers, query): (HeaderMap, Query<Page>)`"
                ),
            );
        }
        for argument in &mut self.signature.inputs {
            match argument {
                FnArg::Receiver(receiver) => mistakes.at(
                    receiver,
                    "a guarded handler cannot take `self`: write an associated function without `self`, \
                     or call `require` on the `StepUp` extractor inside the handler",
                ),
                FnArg::Typed(argument) => {
                    argument.attrs.retain(|attribute| check_attribute(attribute, mistakes));
                }
            }
        }
        if let Some(variadic) = self.signature.variadic.take() {
            mistakes.at(variadic.dots, "a handler cannot be variadic: write one argument for each extractor");
        }
    }
}

/// Adds a mistake if the folded argument cannot have this attribute. Returns true if the fallback keeps it.
fn check_attribute(attribute: &Attribute, mistakes: &mut Mistakes) -> bool {
    let path = attribute.path();
    if path.is_ident("allow") || path.is_ident("expect") {
        return true;
    }
    if path.is_ident("cfg") || path.is_ident("cfg_attr") {
        mistakes.at(
            attribute,
            "an argument of a guarded handler cannot depend on a `cfg`: \
             write one handler for each case, with `#[cfg(..)]` above the whole function",
        );
        return true;
    }
    let advice = if path.is_ident("doc") {
        "write a `//` comment, or document the function"
    } else if ["warn", "deny", "forbid"].iter().any(|level| path.is_ident(level)) {
        "put this attribute above the function"
    } else if approve::is_misspelled(path) {
        "did you mean `#[approve]`?"
    } else {
        "remove this attribute"
    };
    mistakes.at(
        attribute,
        format!(
            "an argument of a guarded handler can only have `#[approve]`, `#[allow(..)]` and `#[expect(..)]`, \
             because all arguments are combined into one: {advice}"
        ),
    );
    false
}

/// Returns the keyword and the kind of an item that is not a function. The visibility must be removed before.
fn other_than_function(item: TokenStream) -> Option<(TokenTree, &'static str)> {
    const QUALIFIERS: [&str; 6] = ["const", "async", "unsafe", "safe", "extern", "default"];
    const KINDS: [(&str, &str); 11] = [
        ("fn", ""),
        ("struct", "a struct"),
        ("enum", "an enum"),
        ("union", "a union"),
        ("mod", "a module"),
        ("impl", "an impl block"),
        ("trait", "a trait"),
        ("type", "a type alias"),
        ("static", "a static"),
        ("use", "an import"),
        ("macro_rules", "a macro"),
    ];
    let mut tokens = item.into_iter().peekable();
    let first = tokens.peek()?.clone();
    let qualifies = |token: &TokenTree| {
        matches!(token, TokenTree::Literal(_)) || QUALIFIERS.iter().any(|word| is_word(token, word))
    };
    let kind = tokens.find(|token| !qualifies(token)).and_then(|token| {
        let (_, kind) = KINDS.iter().find(|(word, _)| is_word(&token, word))?;
        Some((token, *kind))
    });
    match kind {
        Some((_, "")) => None,
        Some(other) => Some(other),
        None if is_word(&first, "const") => Some((first, "a constant")),
        None => Some((first, "something else")),
    }
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn each_mistake_is_one_error_that_states_what_to_do() {
        let seventeen = (0..17).map(|at| quote::format_ident!("a{at}"));
        for (item, expected) in [
            (quote! { fn f() {} }, "write `async fn f`"),
            (quote! { const fn f() {} }, "write `async fn f`"),
            (quote! { async unsafe fn f() {} }, "remove `unsafe`"),
            (quote! { async extern "C" fn f() {} }, "cannot be `extern`"),
            (quote! { async fn f(self) {} }, "`StepUp`"),
            (quote! { async fn f(&mut self, a: A) {} }, "`StepUp`"),
            (quote! { async fn f(self: Arc<Self>) {} }, "`StepUp`"),
            (quote! { async fn f(#[cfg(x)] a: A) {} }, "above the whole function"),
            (quote! { async fn f(#[cfg_attr(x, allow(y))] a: A) {} }, "above the whole function"),
            (quote! { async fn f(#[deny(x)] a: A) {} }, "above the function"),
            (quote! { async fn f(#[header] a: A) {} }, "remove this attribute"),
            (quote! { async fn f(#[approved] a: A) {} }, "did you mean `#[approve]`?"),
            (quote! { async fn f(#[approve] &self) {} }, "`StepUp`"),
            (quote! { async fn f(#[doc = "x"] a: A) {} }, "`//` comment"),
            (quote! { async fn f(#(#seventeen: A),*) {} }, "at most 16 arguments"),
            (quote! { async fn f(a: A, ...) {} }, "one argument for each extractor"),
            (quote! { async fn f(); }, "must have a body"),
            (quote! { pub struct A; }, "this is a struct"),
            (quote! { enum A {} }, "this is an enum"),
            (quote! { union A { a: u8 } }, "this is a union"),
            (quote! { mod a {} }, "put it on each handler inside"),
            (quote! { unsafe impl A for B {} }, "put it on each handler inside"),
            (quote! { pub(crate) unsafe trait A {} }, "put it on each handler inside"),
            (quote! { const A: u8 = 1; }, "this is a constant"),
            (quote! { static A: u8 = 1; }, "this is a static"),
            (quote! { type A = u8; }, "this is a type alias"),
            (quote! { use a::b; }, "this is an import"),
            (quote! { macro_rules! a { () => {} } }, "this is a macro"),
            (quote! { extern "C" {} }, "something else"),
            (quote! { async fn f(a: A, b:) {} }, "expected"),
        ] {
            let mut mistakes = Mistakes::default();
            let _ = Handler::parse(item.clone(), &mut mistakes);
            let texts = mistakes.texts();
            let [mistake] = texts.as_slice() else { panic!("{item}: {texts:?}") };
            assert!(mistake.contains(expected), "{item}: {mistake}");
        }
    }
}
