//! One use of the attribute, understood: the requirement and the handler it is for.
//!
//! Both halves are read to the end before anything is decided, so that all mistakes are reported at once.

use proc_macro2::TokenStream;
use syn::Path;

use crate::arguments::Arguments;
use crate::fallback::Fallback;
use crate::handler::Handler;
use crate::mistake::Mistakes;
use crate::scope;

/// What a use without mistakes says.
pub(crate) struct Model {
    /// Where the facade is found, if not at `::mfakit`.
    pub(crate) facade: Option<Path>,
    pub(crate) requirement: Requirement,
    pub(crate) handler: Handler,
}

/// The requirement, in the form of const parameters.
///
/// A generated marker type would read better, but has no place inside an `impl` block,
/// and an attribute cannot see whether it stands in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// The scope's bytes 0 to 15, big-endian.
    pub(crate) high: u128,
    /// The scope's bytes 16 to 31.
    pub(crate) low: u128,
    /// Whole seconds; 0 where none is given, which no given one can be.
    pub(crate) max_age: u64,
    /// Whether passing uses the grant up.
    pub(crate) once: bool,
}

impl Model {
    /// Reads the attribute's options and the item below it.
    pub(crate) fn parse(options: TokenStream, item: TokenStream) -> Result<Self, Fallback> {
        let mut mistakes = Mistakes::default();
        let arguments = Arguments::parse(options, &mut mistakes);
        let handler = Handler::parse(item.clone(), &mut mistakes);
        match (arguments.scope, handler) {
            (Some(scope), Some(handler)) if mistakes.is_empty() => {
                let (high, low) = scope::pack(&scope);
                let (max_age, once) = (arguments.max_age.unwrap_or(0), arguments.once);
                let requirement = Requirement { high, low, max_age, once };
                Ok(Self { facade: arguments.facade, requirement, handler })
            }
            (_, handler) => Err(Fallback::new(mistakes, handler, item)),
        }
    }
}
