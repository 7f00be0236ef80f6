//! The function below the attribute: its signature understood, its body left as it is.
//!
//! The body may be half typed, and no mistake in it is ours to report.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, FnArg, Pat, PatType, Safety, Signature, Type, Visibility};

use crate::mistake::Mistakes;

/// A function that can be guarded, or the nearest that the compiler accepts where it cannot.
pub(crate) struct Handler {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// Everything behind the signature: one brace group.
    pub(crate) body: TokenStream,
}

/// The arguments, taken apart for the fold.
#[derive(Default)]
pub(crate) struct Folded<'a> {
    pub(crate) patterns: Vec<&'a Pat>,
    pub(crate) types: Vec<&'a Type>,
    /// `#[allow(..)]` and `#[expect(..)]`, each once.
    pub(crate) lints: Vec<&'a Attribute>,
}

impl Handler {
    /// Reads the item and notes each mistake. `None` where it is not a function, or none that can be read.
    pub(crate) fn parse(item: TokenStream, mistakes: &mut Mistakes) -> Option<Self> {
        let parser = |input: ParseStream<'_>| {
            let attributes = input.call(Attribute::parse_outer)?;
            let visibility = input.parse()?;
            if let Some((word, kind)) = other_than_function(input.fork().parse()?) {
                let advice = match kind {
                    "a module" | "an impl block" | "a trait" => "put it on each handler inside",
                    _ => "put it on the function that answers the request",
                };
                let message = format!("`#[require_mfa]` belongs on a handler, and this is {kind}: {advice}");
                mistakes.at(word, message);
                input.parse::<TokenStream>()?;
                return Ok(None);
            }
            let signature = input.parse()?;
            let body = input.parse()?;
            Ok(Some(Self { attributes, visibility, signature, body }))
        };
        let mut handler = parser.parse2(item).map_err(|error| mistakes.push(error)).ok()??;
        handler.check_qualifiers(mistakes);
        handler.check_arguments(mistakes);
        Some(handler)
    }

    /// The arguments as one pattern and one type each; mistakes among them are not in it.
    pub(crate) fn folded(&self) -> Folded<'_> {
        let mut folded = Folded::default();
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
        folded
    }

    fn check_qualifiers(&self, mistakes: &mut Mistakes) {
        let Signature { asyncness, safety, abi, fn_token, ident, .. } = &self.signature;
        if asyncness.is_none() {
            mistakes.at(fn_token, format!("a guarded handler is async: write `async fn {ident}`"));
        }
        if let Safety::Unsafe(word) = safety {
            mistakes.at(
                word,
                "a handler cannot be `unsafe`, for a framework calls it: \
                 take the word away and write an `unsafe` block inside",
            );
        }
        if let Some(abi) = abi {
            mistakes.at(abi, "a handler is called from Rust: take the `extern` away");
        }
        if let Some(TokenTree::Punct(semicolon)) = self.body.clone().into_iter().next() {
            mistakes.at(
                semicolon,
                "a guarded handler has a body: put the attribute where the function is implemented",
            );
        }
    }

    /// Notes what cannot be folded, and takes away what the compiler would refuse a second time.
    fn check_arguments(&mut self, mistakes: &mut Mistakes) {
        for argument in &mut self.signature.inputs {
            match argument {
                FnArg::Receiver(receiver) => mistakes.at(
                    receiver,
                    "a guarded handler takes no `self`: move it to an associated function without `self`, \
                     or take the `StepUp` extractor and ask inside",
                ),
                FnArg::Typed(argument) => {
                    argument.attrs.retain(|attribute| check_attribute(attribute, mistakes));
                }
            }
        }
        if let Some(variadic) = self.signature.variadic.take() {
            mistakes.at(variadic.dots, "a handler cannot be variadic: write an argument for each extractor");
        }
    }
}

/// Notes an attribute that the folded argument cannot carry. Says whether the fallback keeps it.
fn check_attribute(attribute: &Attribute, mistakes: &mut Mistakes) -> bool {
    let path = attribute.path();
    if path.is_ident("allow") || path.is_ident("expect") {
        return true;
    }
    if path.is_ident("cfg") || path.is_ident("cfg_attr") {
        mistakes.at(
            attribute,
            "an argument of a guarded handler cannot depend on a `cfg`: \
             write the handler once for each case and put `#[cfg(..)]` above the whole function",
        );
        return true;
    }
    let advice = if path.is_ident("doc") {
        "write this as a `//` comment, or into the function's documentation"
    } else if ["warn", "deny", "forbid"].iter().any(|level| path.is_ident(level)) {
        "put this one above the function"
    } else {
        "take this one away"
    };
    mistakes.at(
        attribute,
        format!(
            "an argument of a guarded handler carries `#[allow(..)]` and `#[expect(..)]` only, \
             for all arguments become one: {advice}"
        ),
    );
    false
}

/// Where the item, behind its visibility, is not a function: the word that says so, and what it is.
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
    fn one_mistake_is_one_error_that_says_what_to_do() {
        for (item, says) in [
            (quote! { fn f() {} }, "write `async fn f`"),
            (quote! { const fn f() {} }, "write `async fn f`"),
            (quote! { async unsafe fn f() {} }, "take the word away"),
            (quote! { async extern "C" fn f() {} }, "take the `extern` away"),
            (quote! { async fn f(self) {} }, "`StepUp`"),
            (quote! { async fn f(&mut self, a: A) {} }, "`StepUp`"),
            (quote! { async fn f(self: Arc<Self>) {} }, "`StepUp`"),
            (quote! { async fn f(#[cfg(x)] a: A) {} }, "above the whole function"),
            (quote! { async fn f(#[cfg_attr(x, allow(y))] a: A) {} }, "above the whole function"),
            (quote! { async fn f(#[deny(x)] a: A) {} }, "above the function"),
            (quote! { async fn f(#[header] a: A) {} }, "take this one away"),
            (quote! { async fn f(#[doc = "x"] a: A) {} }, "`//` comment"),
            (quote! { async fn f(a: A, ...) {} }, "an argument for each extractor"),
            (quote! { async fn f(); }, "has a body"),
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
            assert!(mistake.contains(says), "{item}: {mistake}");
        }
    }
}
