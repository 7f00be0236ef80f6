//! What is emitted when all is well: the same function with one argument in place of its arguments.
//!
//! The generated tokens lie, for the compiler's messages, on the whole list of arguments: a type in it that
//! is no extractor is reported there, and not at the attribute. Their hygiene is that of the macro, which
//! keeps the lints of the user's crate away from them. Patterns and types keep the places they have.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{LitBool, LitInt};

use crate::handler::{Folded, Handler};
use crate::model::{Model, Requirement};

/// The guarded function.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { facade, requirement, handler } = model;
    let Handler { attributes, visibility, signature, body } = handler;
    let syn::Signature { constness, asyncness, safety, abi, fn_token, ident, generics, output, .. } =
        signature;
    let place = Span::mixed_site().located_at(signature.paren_token.span.join());
    let facade = match facade {
        Some(path) => path.to_token_stream(),
        None => quote_spanned!(place=> ::mfakit),
    };
    let requirement = require(&facade, *requirement, place);
    let argument = guarded(&facade, &requirement, &handler.folded(), place);
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

/// `Require<HI, LO, MAX_AGE, ONCE>`. A bound argument would be a further parameter.
fn require(facade: &TokenStream, requirement: Requirement, place: Span) -> TokenStream {
    let Requirement { high, low, max_age, once } = requirement;
    let high = LitInt::new(&format!("0x{high:032x}u128"), place);
    let low = LitInt::new(&format!("0x{low:032x}u128"), place);
    let max_age = LitInt::new(&format!("{max_age}u64"), place);
    let once = LitBool::new(once, place);
    quote_spanned!(place=> #facade::__private::Require<#high, #low, #max_age, #once>)
}

/// The one argument. Its tuples have a comma behind every element, as a tuple of one must have.
fn guarded(facade: &TokenStream, requirement: &TokenStream, folded: &Folded<'_>, place: Span) -> TokenStream {
    let Folded { patterns, types, lints } = folded;
    quote_spanned! {place=>
        #(#lints)*
        #facade::__private::Guarded { args: (#(#patterns,)*), .. }:
            #facade::__private::Guarded<#requirement, (#(#types,)*)>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tokens as text, or the mistakes.
    fn expanded(options: TokenStream, item: TokenStream) -> Result<String, Vec<String>> {
        Model::parse(options, item)
            .map(|model| expand(&model).to_string())
            .map_err(|fallback| fallback.texts())
    }

    #[test]
    fn the_arguments_become_one_and_all_else_stays() {
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
    fn the_facade_may_be_elsewhere() {
        let got = expanded(quote!(scope = "a", crate = crate::web::mfa), quote! { async fn f() {} });
        let got = got.expect("no mistake");
        assert!(!got.contains(":: mfakit"), "{got}");
        assert_eq!(got.matches("crate :: web :: mfa :: __private ::").count(), 3, "{got}");
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
    fn a_body_that_is_no_rust_yet_is_kept() {
        let got = expanded(quote!(scope = "a"), quote! { async fn f() { let x = state. ; match } });
        assert!(got.expect("no mistake").ends_with("{ let x = state . ; match }"));
    }

    #[test]
    fn a_second_requirement_folds_what_the_first_has_folded() {
        let once = expanded(quote!(scope = "a"), quote! { async fn f(a: A) {} }).expect("no mistake");
        let twice = expanded(quote!(scope = "b"), once.parse().expect("tokens")).expect("no mistake");
        assert_eq!(twice.matches("Guarded {").count(), 2, "{twice}");
        let nested = "args : (:: mfakit :: __private :: Guarded { args : (a ,) , .. } ,) , ..";
        assert!(twice.contains(nested), "{twice}");
    }
}
