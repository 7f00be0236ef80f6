//! Generates the guarded function: the same function with one argument in place of its arguments.
//!
//! The generated tokens have the span of the whole argument list. The compiler therefore reports an argument that
//! is not an extractor there, and not at the attribute. Their hygiene is that of the macro, so that lints of the
//! user's crate do not apply to them. Patterns and types keep their spans.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{LitBool, LitInt, Path, spanned::Spanned};

use crate::{
    handler::{FoldedArguments, Handler},
    model::{Model, RequireParameters},
    scope,
    value::ScopeName,
};

/// Generates the guarded function.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { facade, requirement, handler } = model;
    let Handler { attributes, visibility, signature, body, .. } = handler;
    let syn::Signature { constness, asyncness, safety, abi, fn_token, ident, generics, output, .. } =
        signature;
    let span = Span::mixed_site().located_at(signature.paren_token.span.join());
    let facade = match facade {
        Some(path) => path.to_token_stream(),
        None => quote_spanned!(span=> ::mfakit),
    };
    let requirement = require(&facade, requirement, span);
    let argument = guarded(&facade, &requirement, &handler.folded(), span);
    let mut arguments = TokenStream::new();
    signature.paren_token.surround(&mut arguments, |tokens| argument.to_tokens(tokens));
    let where_clause = &generics.where_clause;
    quote! {
        #(#attributes)*
        #visibility #constness #asyncness #safety #abi #fn_token #ident #generics #arguments #output
        #where_clause
        #body
    }
}

/// Generates the type `Require<HI, LO, MAX_AGE, ONCE>`.
fn require(facade: &TokenStream, requirement: &RequireParameters, span: Span) -> TokenStream {
    let RequireParameters { scope, max_age, once } = requirement;
    let (high, low) = halves(facade, scope, span);
    let max_age = LitInt::new(&format!("{max_age}u64"), span);
    let once = LitBool::new(*once, span);
    quote_spanned!(span=> #facade::__private::Require<#high, #low, #max_age, #once>)
}

/// Generates the scope as two numbers, most significant byte first. A constant is evaluated by the compiler, which
/// reports an invalid one at its path.
fn halves(facade: &TokenStream, scope: &ScopeName, span: Span) -> (TokenStream, TokenStream) {
    match scope {
        ScopeName::Literal(scope) => {
            let (high, low) = scope::pack(scope);
            let half = |half| LitInt::new(&format!("0x{half:032x}u128"), span).into_token_stream();
            (half(high), half(low))
        }
        ScopeName::Constant(path) => {
            // All tokens are located at the path, where the compiler then reports an error.
            let facade: TokenStream =
                facade.clone().into_iter().map(|token| located_at(token, path)).collect();
            let span = span.located_at(path.span());
            let half = |high| {
                let high = LitBool::new(high, span);
                quote_spanned!(span=> { #facade::__private::scope_half::<#high>(#path) })
            };
            (half(true), half(false))
        }
    }
}

/// Moves a token to the location of a path. It still resolves as before.
fn located_at(mut token: TokenTree, path: &Path) -> TokenTree {
    token.set_span(token.span().located_at(path.span()));
    token
}

/// Generates the single argument. Its tuples have a trailing comma, which a tuple of one element needs.
fn guarded(
    facade: &TokenStream,
    requirement: &TokenStream,
    folded: &FoldedArguments<'_>,
    span: Span,
) -> TokenStream {
    let FoldedArguments { patterns, types, approved, lints } = folded;
    match approved {
        None => quote_spanned! {span=>
            #(#lints)*
            #facade::__private::Guarded { args: (#(#patterns,)*), .. }:
                #facade::__private::Guarded<#requirement, (#(#types,)*)>
        },
        Some((approved, of)) => quote_spanned! {span=>
            #(#lints)*
            #facade::__private::Bound { rest: (#(#patterns,)*), approved: #approved, .. }:
                #facade::__private::Bound<#requirement, (#(#types,)*), #of>
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the generated tokens as text, or the mistakes.
    fn expanded(options: TokenStream, item: TokenStream) -> Result<String, Vec<String>> {
        Model::parse(options, item)
            .map(|model| expand(&model).to_string())
            .map_err(|fallback| fallback.texts())
    }

    #[test]
    fn the_arguments_become_one_and_the_rest_stays() {
        for (case, item, expected) in [
            (
                "no argument",
                quote! { async fn f() {} },
                quote! {
                    async fn f(
                        ::mfakit::__private::Guarded { args: (), .. }: ::mfakit::__private::Guarded<
                            ::mfakit::__private::Require<
                                0x61000000000000000000000000000000u128,
                                0x00000000000000000000000000000000u128,
                                60u64,
                                false
                            >,
                            ()
                        >
                    ) {}
                },
            ),
            (
                "everything around the arguments",
                quote! {
                    /// Docs.
                    #[instrument]
                    pub(crate) async fn f<'a, T: Into<u8> + 'a, const N: usize>(
                        mut a: A<T>,
                        B { b, .. }: B<[u8; N]>,
                    ) -> Result<impl R + use<'a, T, N>, E>
                    where
                        T: Copy,
                    {
                        #![allow(unused)]
                        a?
                    }
                },
                quote! {
                    /// Docs.
                    #[instrument]
                    pub(crate) async fn f<'a, T: Into<u8> + 'a, const N: usize>(
                        ::mfakit::__private::Guarded { args: (mut a, B { b, .. },), .. }:
                            ::mfakit::__private::Guarded<
                                ::mfakit::__private::Require<
                                    0x61000000000000000000000000000000u128,
                                    0x00000000000000000000000000000000u128,
                                    60u64,
                                    false
                                >,
                                (A<T>, B<[u8; N]>,)
                            >
                    ) -> Result<impl R + use<'a, T, N>, E>
                    where
                        T: Copy,
                    {
                        #![allow(unused)]
                        a?
                    }
                },
            ),
            (
                "lints of the arguments, each once",
                quote! { async fn f(#[allow(x)] a: A, #[expect(y)] b: B, #[allow(x)] c: C) {} },
                quote! {
                    async fn f(
                        #[allow(x)] #[expect(y)]
                        ::mfakit::__private::Guarded { args: (a, b, c,), .. }:
                            ::mfakit::__private::Guarded<
                                ::mfakit::__private::Require<
                                    0x61000000000000000000000000000000u128,
                                    0x00000000000000000000000000000000u128,
                                    60u64,
                                    false
                                >,
                                (A, B, C,)
                            >
                    ) {}
                },
            ),
        ] {
            let got = expanded(quote!(scope = "a", max_age = "1m"), item);
            assert_eq!(got, Ok(expected.to_string()), "{case}");
        }
    }

    #[test]
    fn the_path_of_the_facade_can_be_set() {
        let got = expanded(quote!(scope = "a", crate = crate::web::mfa), quote! { async fn f() {} });
        let got = got.expect("no mistake");
        assert!(!got.contains(":: mfakit"), "{got}");
        assert_eq!(got.matches("crate :: web :: mfa :: __private ::").count(), 3, "{got}");
    }

    #[test]
    fn a_constant_is_evaluated_in_the_parameters() {
        let got = expanded(quote!(scope = scopes::PAY), quote! { async fn f() {} }).expect("no mistake");
        for half in ["true", "false"] {
            let call = format!("{{ :: mfakit :: __private :: scope_half :: < {half} > (scopes :: PAY) }}");
            assert!(got.contains(&call), "{got}");
        }
    }

    #[test]
    fn once_is_the_last_parameter_of_the_requirement() {
        for (options, parameters) in [
            (quote!(scope = "a", once), "0u64 , true >"),
            (quote!(once, scope = "a", max_age = "1m"), "60u64 , true >"),
            (quote!(scope = "a"), "0u64 , false >"),
        ] {
            let got = expanded(options, quote! { async fn f() {} }).expect("no mistake");
            assert!(got.contains(parameters), "{got}");
        }
    }

    #[test]
    fn the_marked_argument_is_apart_from_the_rest_and_consumes_the_grant() {
        for (options, item, argument) in [
            (
                quote!(scope = "a"),
                quote! { async fn f(#[approve] Form(order): Form<Order>) {} },
                quote! { ::mfakit::__private::Bound { rest: (), approved: Form(order), .. }: },
            ),
            (
                quote!(scope = "a", once),
                quote! { async fn f(a: A, #[allow(x)] B(b): B, #[approve] c: C<T>,) {} },
                quote! { #[allow(x)] ::mfakit::__private::Bound { rest: (a, B(b),), approved: c, .. }: },
            ),
        ] {
            let got = expanded(options, item).expect("no mistake");
            assert!(got.contains(&argument.to_string()), "{got}");
            assert!(got.contains("0u64 , true >"), "{got}");
        }
    }

    #[test]
    fn a_second_requirement_takes_in_the_approved_argument_of_the_first() {
        let once =
            expanded(quote!(scope = "a"), quote! { async fn f(#[approve] a: A) {} }).expect("no mistake");
        let twice = expanded(quote!(scope = "b"), once.parse().expect("tokens")).expect("no mistake");
        let nested =
            "Guarded { args : (:: mfakit :: __private :: Bound { rest : () , approved : a , .. } ,) , ..";
        assert!(twice.contains(nested), "{twice}");
    }

    #[test]
    fn a_body_that_does_not_parse_yet_is_kept() {
        let got = expanded(quote!(scope = "a"), quote! { async fn f() { let x = state. ; match } });
        assert!(got.expect("no mistake").ends_with("{ let x = state . ; match }"));
    }

    #[test]
    fn a_second_requirement_folds_the_argument_of_the_first() {
        let once = expanded(quote!(scope = "a"), quote! { async fn f(a: A) {} }).expect("no mistake");
        let twice = expanded(quote!(scope = "b"), once.parse().expect("tokens")).expect("no mistake");
        assert_eq!(twice.matches("Guarded {").count(), 2, "{twice}");
        let nested = "args : (:: mfakit :: __private :: Guarded { args : (a ,) , .. } ,) , ..";
        assert!(twice.contains(nested), "{twice}");
    }
}
