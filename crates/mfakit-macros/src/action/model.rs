//! A type below the derive, checked. All mistakes are collected before they are reported.

use proc_macro2::TokenStream;
use syn::{
    Attribute, Data, DeriveInput, Field, Fields, Generics, Ident, Member, Path, Type, ext::IdentExt, parse2,
};

use crate::{
    action::{
        field_role::Role,
        field_type::{self, is_option},
        serde_options,
    },
    mistake::Mistakes,
};

/// Type without mistakes, or with those that were found.
pub(crate) struct Model {
    /// Path of the `mfakit` crate, if it is not `::mfakit`.
    pub(crate) facade: Option<Path>,
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
    /// True for an `Option`, whose `None` adds no words.
    pub(crate) optional: bool,
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
        let facade = parse_facade(&attrs, &mut mistakes);
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
        Ok(Self { facade, name: ident, generics, variants, mistakes, can_be_action })
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
}

/// Checks a field, and returns its part in the words.
fn part(member: Member, field: &Field, mistakes: &mut Mistakes) -> Option<Part> {
    serde_options::check(&field.attrs, mistakes);
    field_type::check(&field.ty, mistakes);
    let role = Role::parse(&field.attrs, mistakes)?;
    Some(Part { field: member, kind: field.ty.clone(), optional: is_option(&field.ty), role })
}

/// Parses the options of the type: only `crate`.
fn parse_facade(attributes: &[Attribute], mistakes: &mut Mistakes) -> Option<Path> {
    let mut facade = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("action")) {
        let parsed = attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("crate") {
                return Err(meta.error(
                    "unknown option: write `amount`, `payee` or `line` above a field; the only option of the \
                     whole type is `crate = path::to::mfakit`",
                ));
            }
            facade = Some(meta.value()?.call(Path::parse_mod_style)?);
            Ok(())
        });
        if let Err(error) = parsed {
            mistakes.push(error);
        }
    }
    facade
}

/// Adds a mistake for an option on a variant.
fn reject_options(attributes: &[Attribute], mistakes: &mut Mistakes) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("action")) {
        mistakes.at(attribute, "a variant has no options: write them above its fields");
    }
}

#[cfg(test)]
mod tests;
