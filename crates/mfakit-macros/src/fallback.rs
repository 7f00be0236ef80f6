//! Generates the output for an attribute with mistakes: the errors, and the item itself.
//!
//! Without the item, every use of it would be a second error. The item never compiles into an unguarded handler,
//! because there is always a `compile_error!` beside it.

use proc_macro2::TokenStream;
use quote::quote;

use crate::{handler::Handler, mistake::Mistakes};

/// The mistakes, and the item below the attribute.
pub(crate) struct Fallback {
    mistakes: Mistakes,
    item: TokenStream,
}

impl Fallback {
    /// Emits the parsed handler if there is one, because everything that the compiler would report again has been
    /// removed from it. Otherwise emits the item unchanged.
    pub(crate) fn new(mistakes: Mistakes, handler: Option<Handler>, item: TokenStream) -> Self {
        let item = match handler {
            Some(Handler { attributes, visibility, signature, body, .. }) => {
                quote!(#(#attributes)* #visibility #signature #body)
            }
            None => item,
        };
        Self { mistakes, item }
    }

    pub(crate) fn into_tokens(self) -> TokenStream {
        let Self { mistakes, item } = self;
        let errors = mistakes.to_compile_errors();
        quote!(#errors #item)
    }

    #[cfg(test)]
    pub(crate) fn texts(&self) -> Vec<String> {
        self.mistakes.texts()
    }

    #[cfg(test)]
    pub(crate) fn item(&self) -> String {
        self.item.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    fn fallback(options: TokenStream, item: TokenStream) -> Fallback {
        Model::parse(options, item).err().expect("mistakes")
    }

    #[test]
    fn mistakes_in_the_options_and_in_the_function_are_reported_together() {
        let item = quote! { unsafe fn f(&self, #[cfg(x)] a: A) {} };
        let texts = fallback(quote!(scop = "a"), item).texts();
        assert_eq!(texts.len(), 5, "{texts:?}");
    }

    #[test]
    fn the_item_is_emitted_unchanged_beside_its_errors() {
        for item in [
            quote! { #[doc = "x"] pub fn f<T>(a: A<T>) -> R where T: Copy { a; b. } },
            quote! { async fn f(#[cfg(x)] a: A, #[allow(y)] &self) {} },
            quote! { struct A { a: u8 } },
            quote! { impl A { fn f() {} } },
            quote! { async fn f(a: A, b:) { half typed } },
        ] {
            assert_eq!(fallback(quote!(scope = "a"), item.clone()).item(), item.to_string());
        }
    }

    #[test]
    fn the_fallback_omits_what_the_compiler_would_report_again() {
        let item = quote! { async fn f(#[header] #[approve] #[allow(x)] a: A, rest: ...) {} };
        let left = quote! { async fn f(#[allow(x)] a: A,) {} };
        assert_eq!(fallback(quote!(scope = "a"), item).item(), left.to_string());
    }
}
