//! Generates the implementation of `Action`.
//!
//! The tokens of a field have the span of its type, at which the compiler reports a type that cannot be shown. If there
//! are mistakes, the implementation has no words. It prevents errors at every use of the type, and never compiles.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Generics, parse_quote, spanned::Spanned};

use crate::action::{
    field_role::Role,
    field_type::Values,
    model::{Model, Part, Variant},
};

/// Generates the implementation, beside an error for each mistake.
pub(crate) fn expand(model: &Model) -> TokenStream {
    let Model { facade, digest_name, name, generics, variants, mistakes, can_be_action } = model;
    let facade = facade.as_ref().map_or_else(|| quote!(::mfakit), ToTokens::to_token_stream);
    let errors = mistakes.to_compile_errors();
    if !can_be_action {
        return errors;
    }
    let body = if mistakes.is_empty() {
        let arms = variants.iter().map(|variant| arm(&facade, variant));
        quote! {
            #[allow(unused_imports)]
            use #facade::action::__private::ByDisplay as _;
            match self { #(#arms)* }
        }
    } else {
        quote!(#facade::action::Words::new())
    };
    let named = digest_name.as_ref().map(|name| {
        quote! {
            fn name() -> &'static str {
                #name
            }
        }
    });
    let generics = bounded(generics, &facade);
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let payment = variants.iter().all(Variant::is_payment).then(|| {
        quote! {
            #[automatically_derived]
            impl #parameters #facade::action::Payment for #name #arguments #bounds {}
        }
    });
    quote! {
        #errors
        #[automatically_derived]
        impl #parameters #facade::action::Action for #name #arguments #bounds {
            fn words(&self) -> #facade::action::Words {
                #body
            }
            #named
        }
        #payment
    }
}

/// Adds the traits that an action needs, if they depend on type parameters. Without these, the compiler reports a missing
/// trait itself.
fn bounded(generics: &Generics, facade: &TokenStream) -> Generics {
    let mut generics = generics.clone();
    if generics.type_params().next().is_some() {
        let bound = parse_quote! {
            Self: #facade::action::__private::Serialize
                + #facade::action::__private::DeserializeOwned
                + ::core::marker::Send
                + ::core::marker::Sync
        };
        generics.make_where_clause().predicates.push(bound);
    }
    generics
}

/// Generates the arm of a variant.
fn arm(facade: &TokenStream, variant: &Variant) -> TokenStream {
    let named = |(at, part)| format_ident!("part_{at}", span = span_of(part));
    let names: Vec<_> = variant.parts.iter().enumerate().map(named).collect();
    let fields = variant.parts.iter().map(|part| &part.field);
    let words = format_ident!("words", span = Span::mixed_site());
    let parts = variant.parts.iter().zip(&names).map(|(part, name)| add(facade, part, name, &words));
    let path = match &variant.name {
        Some(name) => quote!(Self::#name),
        None => quote!(Self),
    };
    quote! {
        #path { #(#fields: #names,)* .. } => {
            let #words = #facade::action::Words::new();
            #(#parts)*
            #words
        }
    }
}

/// Generates the statement that adds a field to the words.
fn add(facade: &TokenStream, part: &Part, name: &syn::Ident, words: &syn::Ident) -> TokenStream {
    let span = span_of(part);
    let value = format_ident!("value", span = span);
    let added = match &part.role {
        Role::Amount => {
            return quote_spanned! {span=>
                let #words = match #facade::action::__private::amount(#name) {
                    ::core::option::Option::Some(#value) => #words.with_amount(#value),
                    ::core::option::Option::None => #words,
                };
            };
        }
        Role::Payee => quote_spanned! {span=>
            #words.with_payee(#facade::action::__private::text(#value))
        },
        Role::Line(label) => {
            let label = label.clone().unwrap_or_else(|| part.label());
            quote_spanned! {span=>
                #words.with_line(#label, (&#facade::action::__private::shown(#value)).mfakit_line_value())
            }
        }
    };
    match part.values {
        Values::One => quote_spanned!(span=> let #words = { let #value = #name; #added };),
        Values::Optional => quote_spanned! {span=>
            let #words = match #name {
                ::core::option::Option::Some(#value) => #added,
                ::core::option::Option::None => #words,
            };
        },
        Values::Many => quote_spanned! {span=>
            let mut #words = #words;
            for #value in #name {
                #words = #added;
            }
        },
    }
}

/// Returns the span of a field's type, with the hygiene of the macro.
fn span_of(part: &Part) -> Span {
    Span::mixed_site().located_at(part.kind.span())
}
