//! One use of the attribute: the requirement and the handler.
//!
//! Both are parsed completely before a mistake is reported, so that all mistakes are reported together.

use proc_macro2::TokenStream;
use syn::Path;

use crate::{
    arguments::Arguments, fallback::Fallback, handler::Handler, mistake::Mistakes, value::ScopeName,
};

/// A use of the attribute without mistakes.
pub(crate) struct Model {
    /// Path of the `mfakit` crate, if it is not `::mfakit`.
    pub(crate) facade: Option<Path>,
    pub(crate) requirement: RequireParameters,
    pub(crate) handler: Handler,
}

/// Requirement as const parameters of `Require`.
///
/// A generated marker type would be easier to read, but it cannot be declared inside an `impl` block, and an
/// attribute cannot detect that it is in one.
pub(crate) struct RequireParameters {
    pub(crate) scope: ScopeName,
    /// Seconds. 0 means that there is no `max_age`, because a `max_age` of zero is rejected.
    pub(crate) max_age: u64,
    /// True if a request that passes consumes the grant.
    pub(crate) once: bool,
}

impl Model {
    /// Parses the options of the attribute and the item below it.
    pub(crate) fn parse(options: TokenStream, item: TokenStream) -> Result<Self, Fallback> {
        let mut mistakes = Mistakes::default();
        let arguments = Arguments::parse(options, &mut mistakes);
        let handler = Handler::parse(item.clone(), &mut mistakes);
        match (arguments.scope, handler) {
            (Some(scope), Some(handler)) if mistakes.is_empty() => {
                let max_age = arguments.max_age.unwrap_or(0);
                // A grant for one action is good for one request.
                let once = arguments.once || handler.approves;
                let requirement = RequireParameters { scope, max_age, once };
                Ok(Self { facade: arguments.facade, requirement, handler })
            }
            (_, handler) => Err(Fallback::new(mistakes, handler, item)),
        }
    }
}
