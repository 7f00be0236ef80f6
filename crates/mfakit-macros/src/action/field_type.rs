//! Types of fields, as far as their names tell.

use syn::{GenericArgument, PathArguments, PathSegment, Type, TypePath, TypeReference, visit::Visit};

use crate::mistake::Mistakes;

/// Floating-point numbers, and wrappers of them.
const FLOATS: [&str; 6] = ["f16", "f32", "f64", "f128", "OrderedFloat", "NotNan"];

/// Collections that are equal in more than one order.
const UNORDERED: [(&str, &str); 8] = [
    ("HashMap", "BTreeMap"),
    ("AHashMap", "BTreeMap"),
    ("FxHashMap", "BTreeMap"),
    ("IndexMap", "BTreeMap"),
    ("HashSet", "BTreeSet"),
    ("AHashSet", "BTreeSet"),
    ("FxHashSet", "BTreeSet"),
    ("IndexSet", "BTreeSet"),
];

/// Adds a mistake for each part of a type that has no canonical form.
pub(crate) fn check(field: &Type, mistakes: &mut Mistakes) {
    Checker(mistakes).visit_type(field);
}

/// Number of values in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Values {
    One,
    /// One or none, in an `Option`.
    Optional,
    /// Any number, in a `Vec`.
    Many,
}

impl Values {
    /// Returns the number of values in a field of this type.
    pub(crate) fn of(field: &Type) -> Self {
        match last_segment(field) {
            Some(segment) if segment.ident == "Option" => Self::Optional,
            Some(segment) if segment.ident == "Vec" => Self::Many,
            _ => Self::One,
        }
    }

    /// Returns the number of values in what an `Option` or a `Vec` contains. `None` for other types.
    pub(crate) fn of_content(field: &Type) -> Option<Self> {
        let segment = last_segment(field)?;
        let is_container = Self::of(field) != Self::One;
        is_container.then(|| first_argument(segment).map(Self::of)).flatten()
    }
}

/// Returns whether a type is an `Option`.
fn is_option(field: &Type) -> bool {
    Values::of(field) == Values::Optional
}

struct Checker<'a>(&'a mut Mistakes);

impl<'ast> Visit<'ast> for Checker<'_> {
    fn visit_type_path(&mut self, path: &'ast TypePath) {
        if let Some(segment) = path.path.segments.last() {
            let name = segment.ident.to_string();
            if FLOATS.contains(&name.as_str()) {
                self.0.at(
                    segment,
                    format!("an action cannot contain `{name}`: use `mfakit::action::Money`, an integer or a `String`"),
                );
            } else if let Some((_, ordered)) = UNORDERED.iter().find(|(unordered, _)| name == *unordered) {
                self.0.at(
                    &segment.ident,
                    format!(
                        "an action cannot contain `{name}`, which has no order of its own: use `{ordered}`"
                    ),
                );
            } else if name == "Option" && first_argument(segment).is_some_and(is_like_none) {
                self.0.at(
                    segment,
                    "an action cannot contain an option in an option, because JSON writes `None` and `Some(None)` \
                     alike: use an enum",
                );
            }
        }
        syn::visit::visit_type_path(self, path);
    }

    fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
        self.0.at(
            reference,
            "an action owns its values, because it is kept until it is approved: use `String` or `Vec`",
        );
    }
}

/// Returns whether a type has a value that JSON writes like `None`.
fn is_like_none(argument: &Type) -> bool {
    is_option(argument) || matches!(argument, Type::Tuple(tuple) if tuple.elems.is_empty())
}

fn first_argument(segment: &PathSegment) -> Option<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(argument) => Some(argument),
        _ => None,
    })
}

fn last_segment(field: &Type) -> Option<&PathSegment> {
    match field {
        Type::Path(path) => path.path.segments.last(),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}
