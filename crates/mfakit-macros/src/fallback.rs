//! What is emitted when there are mistakes: the errors, and beside them the item itself.
//!
//! Without the item every use of it would be a second error. It does not compile into an unguarded
//! handler either, for a `compile_error!` always stands beside it.

use proc_macro2::TokenStream;
use quote::quote;

use crate::handler::Handler;
use crate::mistake::Mistakes;

/// The mistakes, and the item they are in.
pub(crate) struct Fallback {
    mistakes: Mistakes,
    item: TokenStream,
}

impl Fallback {
    /// Takes the handler where it could be read, for what the compiler would report again is gone from it,
    /// and the item as it was written otherwise.
    pub(crate) fn new(mistakes: Mistakes, handler: Option<Handler>, item: TokenStream) -> Self {
        let item = match handler {
            Some(Handler { attributes, visibility, signature, body }) => {
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
    fn the_item_stands_beside_its_errors_as_it_was() {
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
    fn what_the_compiler_would_report_again_is_gone_from_the_fallback() {
        let item = quote! { async fn f(#[header] #[allow(x)] a: A, rest: ...) {} };
        let left = quote! { async fn f(#[allow(x)] a: A,) {} };
        assert_eq!(fallback(quote!(scope = "a"), item).item(), left.to_string());
    }
}
