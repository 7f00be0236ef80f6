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
