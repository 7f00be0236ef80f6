//! What is emitted when all is well: the same function with one argument in place of its arguments.
//!
//! The generated tokens lie, for the compiler's messages, on the whole list of arguments: a type in it that
//! is no extractor is reported there, and not at the attribute. Their hygiene is that of the macro, which
//! keeps the lints of the user's crate away from them. Patterns and types keep the places they have.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::LitInt;

use crate::handler::{Folded, Handler};
use crate::model::{Model, Requirement};

/// The guarded function.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { facade, requirement, handler } = model;
    let Handler { attributes, visibility, signature, body } = handler;
    let syn::Signature { constness, asyncness, safety, abi, fn_token, ident, generics, output, .. } = signature;
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

/// `Require<HI, LO, MAX_AGE>`. `once` and a bound argument would be further parameters.
fn require(facade: &TokenStream, requirement: Requirement, place: Span) -> TokenStream {
    let Requirement { high, low, max_age } = requirement;
    let high = LitInt::new(&format!("0x{high:032x}u128"), place);
    let low = LitInt::new(&format!("0x{low:032x}u128"), place);
    let max_age = LitInt::new(&format!("{max_age}u64"), place);
    quote_spanned!(place=> #facade::__private::Require<#high, #low, #max_age>)
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
