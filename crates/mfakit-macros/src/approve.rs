//! The marker `#[approve]` of the argument that a person approves.
//!
//! It is not an attribute of its own. Without `#[require_mfa]` above the handler, the compiler does not find it.

use syn::{Attribute, FnArg, Meta, Path, Signature};

use crate::mistake::Mistakes;

const NAME: &str = "approve";

/// Removes the markers, and adds each mistake in them. Returns whether the last argument has one.
pub(crate) fn take_marker(signature: &mut Signature, mistakes: &mut Mistakes) -> bool {
    let last = signature.inputs.len().saturating_sub(1);
    let mut first = None;
    for (at, argument) in signature.inputs.iter_mut().enumerate() {
        let attributes = match argument {
            FnArg::Typed(argument) => &mut argument.attrs,
            // A receiver is a mistake already.
            FnArg::Receiver(receiver) => {
                receiver.attrs.retain(|attribute| !attribute.path().is_ident(NAME));
                continue;
            }
        };
        for marker in attributes.extract_if(.., |attribute| attribute.path().is_ident(NAME)) {
            check(&marker, first, at, last, mistakes);
            first.get_or_insert(at);
        }
    }
    first == Some(last)
}

/// Checks a marker on the argument at `at`. `first` is the position of the first marked argument, if this is not the first
/// marker.
fn check(marker: &Attribute, first: Option<usize>, at: usize, last: usize, mistakes: &mut Mistakes) {
    if !matches!(marker.meta, Meta::Path(_)) {
        mistakes.at(marker, "`#[approve]` takes no value: write `#[approve]`");
    } else if first == Some(at) {
        mistakes.at(marker, "duplicate `#[approve]`: remove one of them");
    } else if first.is_some() {
        mistakes.at(
            marker,
            "only one argument can be approved: put all that is approved into one type, \
             and mark the argument that extracts it",
        );
    } else if at != last {
        mistakes.at(
            marker,
            "the approved argument must be the last one, because it is extracted after the others: \
             move it to the end",
        );
    }
}

/// Returns whether the path is probably a misspelled marker.
pub(crate) fn is_misspelled(path: &Path) -> bool {
    let word = path.get_ident().map(|ident| ident.to_string().to_lowercase()).unwrap_or_default();
    strsim::damerau_levenshtein(&word, NAME) <= NAME.len() / 3
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;
    use quote::{ToTokens, quote};

    use super::*;

    fn taken(signature: &TokenStream) -> (bool, String, Vec<String>) {
        let mut signature: Signature = syn::parse2(signature.clone()).expect("a signature");
        let mut mistakes = Mistakes::default();
        let approves = take_marker(&mut signature, &mut mistakes);
        (approves, signature.to_token_stream().to_string(), mistakes.texts())
    }

    #[test]
    fn the_marker_of_the_last_argument_is_found_and_removed() {
        for (marked, rest, approves) in [
            (quote! { async fn f() }, quote! { async fn f() }, false),
            (quote! { async fn f(a: A) }, quote! { async fn f(a: A) }, false),
            (quote! { async fn f(#[approve] a: A) }, quote! { async fn f(a: A) }, true),
            (
                quote! { async fn f(a: A, #[allow(x)] #[approve] B(b): B,) },
                quote! { async fn f(a: A, #[allow(x)] B(b): B,) },
                true,
            ),
        ] {
            assert_eq!(taken(&marked), (approves, rest.to_string(), vec![]), "{marked}");
        }
    }

    #[test]
    fn each_mistake_is_one_error_that_states_what_to_do() {
        for (signature, expected) in [
            (quote! { async fn f(#[approve] a: A, b: B) }, "move it to the end"),
            (quote! { async fn f(#[approve] a: A, #[approve] b: B) }, "into one type"),
            (quote! { async fn f(#[approve] #[approve] a: A) }, "remove one of them"),
            (quote! { async fn f(#[approve(a)] a: A) }, "write `#[approve]`"),
            (quote! { async fn f(#[approve = true] a: A) }, "write `#[approve]`"),
        ] {
            let (_, rest, mistakes) = taken(&signature);
            assert!(mistakes.iter().any(|mistake| mistake.contains(expected)), "{signature}: {mistakes:?}");
            assert!(!rest.contains(NAME), "{rest}");
        }
    }
}
