//! x
mod arguments; mod duration; mod expand; mod fallback; mod handler; mod mistake; mod model; mod scope;
use proc_macro::TokenStream;
/// x
#[proc_macro_attribute]
pub fn require_mfa(options: TokenStream, item: TokenStream) -> TokenStream {
    match model::Model::parse(options.into(), item.into()) {
        Ok(model) => expand::expand(&model),
        Err(fallback) => fallback.into_tokens(),
    }
    .into()
}
