//! A type below the derive, checked. All mistakes are collected before they are reported.

use proc_macro2::TokenStream;
use syn::{
    Attribute, Data, DeriveInput, Field, Fields, GenericParam, Generics, Ident, LitStr, Member, Path, Type,
    ext::IdentExt, meta::ParseNestedMeta, parse2,
};

use crate::{
    action::{
        field_role::Role,
        field_type::{self, Values},
        serde_options,
    },
    mistake::Mistakes,
};

/// Type without mistakes, or with those that were found.
pub(crate) struct Model {
    /// Path of the `mfakit` crate, if it is not `::mfakit`.
    pub(crate) facade: Option<Path>,
    /// Name in the digest, if it is not the path of the type.
    pub(crate) digest_name: Option<LitStr>,
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) variants: Vec<Variant>,
    pub(crate) mistakes: Mistakes,
    /// False for a union and for a type that borrows, of which every implementation would be another error.
    pub(crate) can_be_action: bool,
}

/// Variant of an enum, or the struct itself.
pub(crate) struct Variant {
    /// Name of the variant. `None` for a struct.
    pub(crate) name: Option<Ident>,
    pub(crate) parts: Vec<Part>,
}

/// Field with a part in the words.
pub(crate) struct Part {
    pub(crate) field: Member,
    pub(crate) kind: Type,
    /// Number of values, each of which adds words.
    pub(crate) values: Values,
    pub(crate) role: Role,
}

impl Part {
    /// Returns the label of a line without one: the name of its field, such as "Due date".
    pub(crate) fn label(&self) -> String {
        let name = match &self.field {
            Member::Named(name) => name.unraw().to_string(),
            Member::Unnamed(index) => format!("field {}", index.index + 1),
        };
        let mut characters = name.trim_matches('_').chars();
        let first = characters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(characters.map(|c| if c == '_' { ' ' } else { c })).collect()
    }
}

impl Model {
    /// Parses the item below the derive.
    pub(crate) fn parse(item: TokenStream) -> syn::Result<Self> {
        let DeriveInput { attrs, ident, generics, data, .. } = parse2(item)?;
        let mut mistakes = Mistakes::default();
        let Options { facade, digest_name } = Options::parse(&attrs, &generics, &mut mistakes);
        serde_options::check(&attrs, &mut mistakes);
        let can_be_action = generics.lifetimes().next().is_none() && !matches!(data, Data::Union(_));
        if let Some(lifetime) = generics.lifetimes().next() {
            mistakes.at(
                lifetime,
                "an action owns its values, because it is kept until it is approved: remove the lifetime",
            );
        }
        let variants = match data {
            Data::Struct(data) => vec![Variant::new(None, data.fields, &mut mistakes)],
            Data::Enum(data) => {
                if data.variants.is_empty() {
                    mistakes
                        .at(&ident, "an enum without variants has no value that could be approved: add one");
                }
                let variants = data.variants.into_iter().map(|variant| {
                    reject_options(&variant.attrs, &mut mistakes);
                    serde_options::check(&variant.attrs, &mut mistakes);
                    Variant::new(Some(variant.ident), variant.fields, &mut mistakes)
                });
                variants.collect()
            }
            Data::Union(data) => {
                mistakes.at(data.union_token, "a union cannot be an action: use a struct or an enum");
                Vec::new()
            }
        };
        Ok(Self { facade, digest_name, name: ident, generics, variants, mistakes, can_be_action })
    }
}

impl Variant {
    fn new(name: Option<Ident>, fields: Fields, mistakes: &mut Mistakes) -> Self {
        let named = fields.members().collect::<Vec<_>>().into_iter().zip(fields);
        let parts: Vec<_> = named.filter_map(|(member, field)| part(member, &field, mistakes)).collect();
        for (role, word) in [(Role::Amount, "amount"), (Role::Payee, "payee")] {
            for second in parts.iter().filter(|part| part.role == role).skip(1) {
                mistakes.at(
                    &second.field,
                    format!("an action has one {word}: write `#[action(line)]` for this field"),
                );
            }
        }
        Self { name, parts }
    }

    /// Returns whether a field is the amount and another the payee.
    pub(crate) fn is_payment(&self) -> bool {
        [Role::Amount, Role::Payee].iter().all(|role| self.parts.iter().any(|part| part.role == *role))
    }
}

/// Checks a field, and returns its part in the words.
fn part(member: Member, field: &Field, mistakes: &mut Mistakes) -> Option<Part> {
    serde_options::check(&field.attrs, mistakes);
    field_type::check(&field.ty, mistakes);
    let role = Role::parse(&field.attrs, mistakes)?;
    let values = Values::of(&field.ty);
    check_values(values, &role, &field.ty, mistakes);
    Some(Part { field: member, kind: field.ty.clone(), values, role })
}

/// Adds a mistake for a field with more values than its part in the words has.
fn check_values(values: Values, role: &Role, kind: &Type, mistakes: &mut Mistakes) {
    match (values, role, Values::of_content(kind)) {
        (Values::Many, Role::Amount, _) => mistakes.at(
            kind,
            "an action has one amount: add a field for the total, and write `#[action(line)]` for this field, whose \
             items each have a line",
        ),
        (Values::Many, Role::Payee, _) => mistakes.at(
            kind,
            "an action has one payee: write `#[action(line)]` for this field, whose items each have a line",
        ),
        (Values::Optional, Role::Line(_), Some(Values::Many)) => mistakes.at(
            kind,
            "a line cannot show an option of a `Vec`: remove the option, because an empty `Vec` has no line",
        ),
        (Values::Many, Role::Line(_), Some(Values::Optional | Values::Many)) => mistakes.at(
            kind,
            "a line shows one value, and an item of this `Vec` is an `Option` or another `Vec`: write a type for the \
             items, with its own `Display`",
        ),
        _ => {}
    }
}

/// Options of the type.
#[derive(Default)]
struct Options {
    facade: Option<Path>,
    digest_name: Option<LitStr>,
}

impl Options {
    fn parse(attributes: &[Attribute], generics: &Generics, mistakes: &mut Mistakes) -> Self {
        let mut options = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("action")) {
            let parsed = attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("crate") {
                    options.facade = Some(meta.value()?.call(Path::parse_mod_style)?);
                } else if meta.path.is_ident("name") {
                    options.digest_name = Some(digest_name(&meta, generics)?);
                } else {
                    return Err(meta.error(
                        "unknown option: write `amount`, `payee` or `line` above a field; the options of the whole type \
                         are `name = \"order\"` and `crate = path::to::mfakit`",
                    ));
                }
                Ok(())
            });
            if let Err(error) = parsed {
                mistakes.push(error);
            }
        }
        options
    }
}

/// Parses the name of a type in the digest.
fn digest_name(meta: &ParseNestedMeta<'_>, generics: &Generics) -> syn::Result<LitStr> {
    let name: LitStr = meta.value()?.parse().map_err(|error| {
        syn::Error::new(error.span(), "the name must be a string literal: write `name = \"order\"`")
    })?;
    let text = name.value();
    if text.is_empty() || text.trim() != text || text.chars().any(char::is_control) {
        let what =
            "the name is empty, or has space around it or a control character: write `name = \"order\"`";
        return Err(syn::Error::new_spanned(name, what));
    }
    if generics.params.iter().any(|parameter| !matches!(parameter, GenericParam::Lifetime(_))) {
        let what = "a generic type stands for several types, which cannot share a name: remove this option";
        return Err(syn::Error::new_spanned(name, what));
    }
    Ok(name)
}

/// Adds a mistake for an option on a variant.
fn reject_options(attributes: &[Attribute], mistakes: &mut Mistakes) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("action")) {
        mistakes.at(attribute, "a variant has no options: write them above its fields");
    }
}

#[cfg(test)]
mod tests;
